"""Jobs of CodePipeline, read whatever they look like."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given

from longshore.domain.jobs import (
    Artifact,
    FailureType,
    JobCredentials,
    JobError,
    JobParameters,
    Progress,
)
from longshore.domain.places import StageId
from longshore.events.jobs import JOB, encode_progress, job_id, parse_job, parse_parameters
from tests.support.builders import STAGE
from tests.support.fakes import NOON
from tests.support.pipelines import job_event
from tests.support.samples import json_values, mutated_samples

ID = "11111111-abcd-1111-abcd-111111abcdef"


def refusal(parameters: str | None) -> str:
    with pytest.raises(JobError) as refused:
        parse_parameters(parameters)
    assert refused.value.type is FailureType.CONFIGURATION
    return str(refused.value)


def test_a_job_is_read_whole() -> None:
    job = parse_job(job_event(ID, "checkout/production"), ID)

    assert job.id == ID
    assert job.parameters == JobParameters(stage=STAGE)
    assert job.artifacts == (Artifact("BuildOutput", "artifacts", "checkout/build/x.zip"),)
    assert job.credentials == JobCredentials(
        "ASIAEXAMPLE", "not-to-be-seen", "not-to-be-seen-either"
    )
    assert job.progress is None


def test_credentials_are_in_no_text() -> None:
    job = parse_job(job_event(ID, "checkout/production"), ID)

    assert "not-to-be-seen" not in f"{job} {job!r}"
    assert "ASIAEXAMPLE" not in f"{job} {job!r}"


@pytest.mark.parametrize("event", [{}, {JOB: None}, {JOB: {}}, {JOB: {"id": 7}}, [], "x", None])
@pytest.mark.parametrize("id_", [None, "", "a b", "x" * 200, "é"])
def test_what_has_no_id_is_no_job(event: object, id_: str | None) -> None:
    assert job_id(event) is None
    assert job_id({JOB: {"id": id_}}) is None


def test_a_job_needs_no_artifacts_and_no_credentials() -> None:
    event = job_event(ID, "checkout/production")
    del event[JOB]["data"]["inputArtifacts"]  # type: ignore[index]  # built above
    del event[JOB]["data"]["artifactCredentials"]  # type: ignore[index]  # built above

    job = parse_job(event, ID)

    assert (job.artifacts, job.credentials) == ((), None)


def test_parameters_can_be_a_document() -> None:
    asked = {
        "stage": "checkout/production",
        "tag": "1.4.0",
        "image": "app",
        "artifact": "BuildOutput",
        "file": "out/imagedefinitions.json",
        "commit": "abc",
        "execution": "e-1",
        "timeout": "45m",
    }

    assert parse_parameters(json.dumps(asked)) == JobParameters(
        stage=STAGE,
        tag="1.4.0",
        image="app",
        artifact="BuildOutput",
        file="out/imagedefinitions.json",
        commit="abc",
        execution="e-1",
        timeout=timedelta(minutes=45),
    )


def test_what_a_variable_left_empty_is_not_said() -> None:
    found = parse_parameters('{"stage": "a/b", "commit": "", "execution": null}')

    assert found == JobParameters(stage=StageId("a", "b"))


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (None, "the action has no UserParameters"),
        ("  ", "the action has no UserParameters"),
        ("production", '"production" names no stage: write UserParameters as'),
        ("Checkout/Production", "names no stage"),
        ('{"stage": "a"}', "names no stage"),
        ('{"stage": 7}', "UserParameters: stage: expected text, found a number"),
        ("{}", "UserParameters: stage: expected text"),
        ('{"stage": "a/b"', "UserParameters is no JSON object: not JSON"),
        ('{"stage": "a/b", "tags": "1"}', 'unknown key "tags": did you mean tag?'),
        ('{"stage": "a/b", "zzz": "1"}', 'unknown key "zzz": use artifact, commit'),
        ('{"stage": "a/b", "tag": "a b"}', '"a b" is no tag'),
        ('{"stage": "a/b", "tag": "a:b"}', '"a:b" is no tag'),
        ('{"stage": "a/b", "timeout": "soon"}', '"soon" is no timeout'),
        ('{"stage": "a/b", "timeout": "30s"}', "write 1m to 24h"),
        ('{"stage": "a/b", "timeout": "25h"}', "write 1m to 24h"),
    ],
)
def test_wrong_parameters_say_what_is_wrong(parameters: str | None, said: str) -> None:
    assert said in refusal(parameters)


def test_progress_comes_back_as_it_was_given() -> None:
    progress = Progress(
        NOON,
        NOON + timedelta(hours=1),
        "job-1",
        asked=True,
        wanted=(("app", "abababababab"), ("worker", "cdcdcdcdcdcd")),
    )

    token = encode_progress(progress)

    assert parse_job(job_event(ID, "a/b", token), ID).progress == progress


def test_the_largest_progress_fits_into_a_token() -> None:
    wanted = tuple((f"{number:02d}" + "a" * 18, "ab" * 6) for number in range(40))
    progress = Progress(NOON, NOON, "job-" + "a" * 40, asked=True, wanted=wanted)

    assert len(encode_progress(progress)) <= 2048


@pytest.mark.parametrize("token", ["x", "{}", "[]", '{"since": "now"}'])
def test_a_token_that_is_not_ours_fails_the_job(token: str) -> None:
    with pytest.raises(JobError, match="the job is not as CodePipeline sends it"):
        parse_job(job_event(ID, "a/b", token), ID)


@pytest.mark.parametrize("key", ["data", "actionConfiguration", "configuration"])
def test_a_job_without_its_parts_fails(key: str) -> None:
    event = json.loads(json.dumps(job_event(ID, "a/b")).replace(f'"{key}"', '"gone"'))

    with pytest.raises(JobError, match="the job is not as CodePipeline sends it"):
        parse_job(event, ID)


SAMPLE = Path(__file__).parents[3] / "events/codepipeline/job.json"


def test_the_sample_is_read() -> None:
    event = json.loads(SAMPLE.read_text())
    found = job_id(event)

    assert found is not None
    assert parse_job(event, found).parameters.stage == StageId("checkout", "production")


@given(mutated_samples() | json_values)
def test_whatever_comes_in_is_a_job_or_refused_in_words(event: object) -> None:
    id_ = job_id(event)
    if id_ is None or not isinstance(event, dict):
        return
    try:
        said = parse_job(event, id_).id
    except JobError as error:
        said = str(error)
    assert said.isprintable()
