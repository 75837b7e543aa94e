"""CodePipeline's jobs, held to botocore's model of it; and artifacts in S3."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.stub import Stubber

from longshore.aws.artifacts import LARGEST_FILE, S3Artifacts
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.aws.pipeline_jobs import CodePipelineJobs
from longshore.domain.jobs import (
    Answer,
    Artifact,
    Fail,
    FailureType,
    GoOn,
    JobCredentials,
    JobError,
    Progress,
    Succeed,
)
from longshore.domain.origins import Origin
from longshore.events.jobs import encode_progress
from tests.support.fakes import NOON

JOB = "11111111-abcd-1111-abcd-111111abcdef"
EXECUTION = "22222222-abcd-1111-abcd-111111abcdef"
COMMIT = "c0ffee" * 6 + "c0ff"
PROGRESS = Progress(NOON, NOON + timedelta(hours=1), "job-1", asked=True)


@pytest.fixture
def stub(clients: Clients) -> Iterator[Stubber]:
    with Stubber(clients.codepipeline) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def jobs(clients: Clients) -> CodePipelineJobs:
    return CodePipelineJobs(Gate(), clients)


def details(**context: object) -> dict[str, object]:
    return {"jobDetails": {"id": JOB, "data": {"pipelineContext": context}}}


def execution(*revisions: dict[str, str]) -> dict[str, object]:
    return {
        "pipelineExecution": {
            "pipelineName": "checkout",
            "pipelineExecutionId": EXECUTION,
            "artifactRevisions": list(revisions),
            "trigger": {"triggerType": "WebhookV2"},
        }
    }


def test_a_job_leads_to_its_execution_and_the_commit(stub: Stubber, jobs: CodePipelineJobs) -> None:
    found = details(pipelineName="checkout", pipelineExecutionId=EXECUTION)
    stub.add_response("get_job_details", found, {"jobId": JOB})
    revisions = (
        {"name": "Config", "revisionId": "an-object-version"},
        {"name": "Source", "revisionId": COMMIT, "revisionUrl": "https://example.org/c"},
    )
    asked = {"pipelineName": "checkout", "pipelineExecutionId": EXECUTION}
    stub.add_response("get_pipeline_execution", execution(*revisions), asked)

    assert jobs.origin_of(JOB) == Origin(
        pipeline="checkout",
        execution=EXECUTION,
        commit=COMMIT,
        url="https://example.org/c",
        trigger="WebhookV2",
    )


def test_what_may_not_be_read_is_left_out(stub: Stubber, jobs: CodePipelineJobs) -> None:
    found = details(pipelineName="checkout", pipelineExecutionId=EXECUTION)
    stub.add_response("get_job_details", found)
    stub.add_client_error("get_pipeline_execution", "AccessDeniedException", "no", 400)
    stub.add_client_error("get_job_details", "AccessDeniedException", "no", 400)
    stub.add_response("get_job_details", details())

    assert jobs.origin_of(JOB) == Origin(pipeline="checkout", execution=EXECUTION)
    assert jobs.origin_of(JOB) == Origin()
    assert jobs.origin_of(JOB) == Origin()


def test_a_job_that_is_not_there_is_none(stub: Stubber, jobs: CodePipelineJobs) -> None:
    stub.add_client_error("get_job_details", "JobNotFoundException", "no such job", 400)

    assert jobs.origin_of(JOB) is None


def test_a_source_without_a_commit_is_named_by_its_revision(
    stub: Stubber, jobs: CodePipelineJobs
) -> None:
    found = details(pipelineName="checkout", pipelineExecutionId=EXECUTION)
    stub.add_response("get_job_details", found)
    stub.add_response("get_pipeline_execution", execution({"name": "S", "revisionId": "v7"}))

    origin = jobs.origin_of(JOB)

    assert origin is not None
    assert origin.commit == "v7"


def test_the_answers_are_as_codepipeline_takes_them(stub: Stubber, jobs: CodePipelineJobs) -> None:
    stub.add_response(
        "put_job_success_result",
        {},
        {
            "jobId": JOB,
            "continuationToken": encode_progress(PROGRESS),
            "executionDetails": {"summary": "half way", "percentComplete": 50},
        },
    )
    stub.add_response(
        "put_job_success_result",
        {},
        {
            "jobId": JOB,
            "outputVariables": {"release": "ab"},
            "executionDetails": {
                "summary": "live",
                "externalExecutionId": "checkout/production#7",
                "percentComplete": 100,
            },
        },
    )
    stub.add_response(
        "put_job_failure_result",
        {},
        {
            "jobId": JOB,
            "failureDetails": {
                "type": "JobFailed",
                "message": "it crashed",
                "externalExecutionId": JOB,
            },
        },
    )

    assert jobs.answer(JOB, GoOn(PROGRESS, "half way", 50))
    assert jobs.answer(JOB, Succeed("live", {"release": "ab"}, "checkout/production#7"))
    assert jobs.answer(JOB, Fail(FailureType.JOB_FAILED, "it crashed"))


@pytest.mark.parametrize("length", [1, 2000, 5000, 50_000])
def test_no_text_is_too_long(length: int, stub: Stubber, jobs: CodePipelineJobs) -> None:
    stub.add_response("put_job_failure_result", {})
    stub.add_response("put_job_success_result", {})
    stub.add_response("put_job_success_result", {})
    text = "ä" * length

    assert jobs.answer(JOB, Fail(FailureType.SYSTEM, text, text))
    assert jobs.answer(JOB, Succeed(text, {}, text))
    assert jobs.answer(JOB, GoOn(PROGRESS, text))


@pytest.mark.parametrize("code", ["JobNotFoundException", "InvalidJobStateException"])
@pytest.mark.parametrize(
    ("answer", "operation"),
    [
        (Fail(FailureType.SYSTEM, "x"), "put_job_failure_result"),
        (Succeed("x", {}), "put_job_success_result"),
    ],
)
def test_a_job_that_is_over_needs_no_answer(
    code: str, answer: Answer, operation: str, stub: Stubber, jobs: CodePipelineJobs
) -> None:
    stub.add_client_error(operation, code, "answered", 400)

    assert not jobs.answer(JOB, answer)


# ── artifacts ────────────────────────────────────────────────────────────────────────────────

ARTIFACT = Artifact("BuildOutput", "artifacts", "checkout/build/x.zip")
CREDENTIALS = JobCredentials("ASIAEXAMPLE", "secret", "token")
FILES = ("imagedefinitions.json", "imageDetail.json")


def packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.json", content)
    return buffer.getvalue()


def upload(clients: Clients, body: bytes) -> S3Artifacts:
    s3 = clients.s3_of("a", "b", "c")
    s3.create_bucket(
        Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket="artifacts", Key=ARTIFACT.key, Body=body)
    return S3Artifacts(Gate(), clients)


def refused(artifacts: S3Artifacts, credentials: JobCredentials | None = CREDENTIALS) -> JobError:
    with pytest.raises(JobError) as error:
        artifacts.read(ARTIFACT, credentials, FILES)
    assert "secret" not in str(error.value)
    return error.value


def test_the_first_of_the_files_is_read(clients: Clients) -> None:
    artifacts = upload(clients, packed(other=b"x", imageDetail=b"{}", imagedefinitions=b"[]"))

    assert artifacts.read(ARTIFACT, CREDENTIALS, FILES) == ("imagedefinitions.json", b"[]")


def test_an_artifact_without_them_holds_none(clients: Clients) -> None:
    assert upload(clients, packed(other=b"x")).read(ARTIFACT, CREDENTIALS, FILES) is None


@pytest.mark.parametrize("body", [b"", b"no zip", packed(imageDetail=b"{}")[:-30]])
def test_what_is_no_zip_file_is_refused(clients: Clients, body: bytes) -> None:
    error = refused(upload(clients, body))

    assert error.type is FailureType.CONFIGURATION
    assert "the input artifact BuildOutput is no zip file" in str(error)


def test_a_bomb_is_not_unpacked(clients: Clients) -> None:
    error = refused(upload(clients, packed(imageDetail=b"0" * (LARGEST_FILE + 1))))

    assert "holds a imageDetail.json of more than 256 KiB" in str(error)


def test_an_artifact_that_is_too_large_is_not_held(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("longshore.aws.artifacts.LARGEST_ARTIFACT", 10)

    assert "have the build put the file" in str(refused(upload(clients, packed(other=b"x" * 99))))


def test_an_artifact_that_is_gone_is_unavailable(clients: Clients) -> None:
    artifacts = upload(clients, b"")
    clients.s3_of("a", "b", "c").delete_object(Bucket="artifacts", Key=ARTIFACT.key)

    assert refused(artifacts).type is FailureType.UNAVAILABLE


def test_a_job_without_credentials_cannot_read(clients: Clients) -> None:
    assert "came without credentials" in str(refused(upload(clients, b""), None))
