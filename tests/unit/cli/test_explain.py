import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from longshore_cli.explain import FACT_KEYS, Outcome, explain
from longshore_cli.main import app
from tests.support.samples import EVENTS, json_values, mutated_samples

CONFIGURATION = """\
apiVersion: longshore/v1
application: checkout
images:
  app:
    repository: checkout
    select: {semver: "^1.4"}
stages:
  staging:
    targets: [{service: staging/checkout-web}]
  production:
    account: "210987654321"
    targets: [{service: prod/checkout-web}]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "longshore.yaml"
    path.write_text(CONFIGURATION)
    return path


def run(event: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["explain", "--event", str(event), *map(str, arguments)])


def explained(event: Path, *arguments: object) -> dict[str, Any]:
    result = run(event, "--output", "json", *arguments)
    assert result.exit_code == 0
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def written(tmp_path: Path, event: object) -> Path:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    return path


# ── without a configuration ──────────────────────────────────────────────────────────────────


def test_a_push_is_one_json_object_with_its_rule_and_its_fact() -> None:
    path = EVENTS / "ecr/push_2019.json"
    event = json.loads(path.read_bytes())

    assert explained(path) == {
        "rules": ["ImageActionRule"],
        "fact": {
            "type": "ImagePushed",
            "repository": "checkout",
            "tag": "1.4.2",
            "digest": event["detail"]["image-digest"],
            "account": "123456789012",
            "region": "eu-central-1",
            "via": "push",
            "service": None,
            "cluster": None,
            "ecs_deployment_id": None,
            "task": None,
            "pipeline": None,
            "execution": None,
            "pipeline_stage": None,
            "action": None,
            "build": None,
            "deployment": None,
            "reference": None,
            "commit": None,
            "state": None,
            "time": "2019-11-16T01:54:34Z",
            "event_id": event["id"],
        },
        "outcome": "wake",
        "reason": "checkout:1.4.2 was pushed: it concerns every stage that may choose this tag",
    }


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("ecr/push_untagged", {"type": "ImagePushed", "tag": None, "repository": "checkout"}),
        ("ecr/push_empty_tag", {"type": "ImagePushed", "tag": None}),
        ("ecr/replication", {"type": "ImagePushed", "via": "replication", "tag": "1.4.2"}),
        ("ecr/pull_through", {"via": "pull-through", "repository": "docker-hub/library/nginx"}),
        ("ecr/push_failed", {"type": "ImagePushFailed", "via": "push", "state": None}),
        ("ecr/delete", {"type": "ImageDeleted", "tag": "1.4.2", "via": None}),
        ("ecr/storage_class", {"type": "ImageStorageChanged", "state": "ARCHIVE"}),
        ("ecr/scan", {"type": "ImageScanned", "state": "COMPLETE", "tag": None}),
        ("ecr/referrer", {"type": "ReferrerChanged", "state": "PUSH"}),
        (
            "ecs/deployment_failed",
            {
                "type": "EcsDeploymentChanged",
                "state": "FAILED",
                "service": "checkout-web",
                "cluster": "staging",
                "ecs_deployment_id": "ecs-svc/4219857360182734501",
                "repository": None,
            },
        ),
        (
            "ecs/deployment_failed_old_arn_no_cluster",
            {"service": "checkout-web", "cluster": None},
        ),
        (
            "ecs/task_stopped_crash",
            {
                "type": "TaskStopped",
                "state": "STOPPED",
                "service": "checkout-web",
                "cluster": "staging",
                "ecs_deployment_id": "ecs-svc/4219857360182734501",
            },
        ),
        (
            "ecs/task_stopped_by_hand_run",
            {"service": None, "cluster": "staging", "ecs_deployment_id": None},
        ),
        ("ecs/task_running", {"type": "TaskMoved", "state": "RUNNING"}),
        (
            "codepipeline/pipeline_succeeded",
            {
                "type": "PipelineMoved",
                "pipeline": "checkout",
                "execution": "faca57ab-55ee-454c-a1c7-8fc4658c8035",
                "pipeline_stage": None,
                "state": "SUCCEEDED",
            },
        ),
        (
            "codepipeline/action_failed",
            {
                "type": "PipelineActionMoved",
                "pipeline_stage": "Build",
                "action": "Image",
                "state": "FAILED",
            },
        ),
        ("codepipeline/stage_started", {"pipeline_stage": "Build", "action": None}),
        (
            "codebuild/build_succeeded",
            {
                "type": "BuildMoved",
                "pipeline": "checkout",
                "build": "checkout:b08054db-a099-49ad-8ac7-cf63338d81b5",
                "state": "SUCCEEDED",
            },
        ),
        ("codebuild/build_by_hand", {"type": "BuildMoved", "pipeline": None}),
        ("codebuild/phase_failed", {"type": "BuildMoved", "state": "FAILED"}),
        (
            "codedeploy/deployment_success",
            {"type": "CodeDeployMoved", "deployment": "d-ABCDEF123", "state": "SUCCESS"},
        ),
        (
            "codecommit/reference_updated",
            {
                "type": "GitReferenceMoved",
                "repository": "checkout",
                "reference": "main",
                "commit": "f4d05743bf2b672850882161db80a1e9ad8cdadc",
                "state": "updated",
            },
        ),
        (
            "ecs/service_steady_state",
            {"type": "ServiceActed", "state": "SERVICE_STEADY_STATE", "service": "checkout-web"},
        ),
    ],
)
def test_every_fact_has_the_same_keys(sample: str, expected: dict[str, object]) -> None:
    fact = explained(EVENTS / f"{sample}.json")["fact"]

    assert tuple(fact) == FACT_KEYS
    assert expected == {key: fact[key] for key in expected}


def test_the_task_of_a_fact_is_its_arn() -> None:
    for sample in ("ecs/task_stopped_crash", "ecs/task_running"):
        path = EVENTS / f"{sample}.json"
        task_arn = json.loads(path.read_bytes())["detail"]["taskArn"]

        assert explained(path)["fact"]["task"] == task_arn


@pytest.mark.parametrize(
    ("sample", "outcome"),
    [
        ("codecommit/merge_commit.json", "ignored"),
        ("other/unknown_source.json", "ignored"),
        ("malformed/pipeline_job.json", "rejected"),
        ("malformed/not_json.txt", "rejected"),
        ("malformed/detail_is_text.json", "rejected"),
    ],
)
def test_what_tells_no_fact_has_none(sample: str, outcome: str) -> None:
    document = explained(EVENTS / sample)

    assert (document["fact"], document["outcome"], document["rules"]) == (None, outcome, [])
    assert document["reason"]


# ── with a configuration ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sample", "outcome", "words"),
    [
        ("ecr/push", "wake", "which checkout/staging may choose"),
        ("ecr/push_nested_repository", "ignored", "no stage follows the repository team/shop"),
        ("ecr/push_untagged", "ignored", "no tag"),
        ("ecr/delete", "ignored", "deletion never deploys"),
        ("ecs/deployment_failed", "wake", "failed, of checkout/staging"),
        ("ecs/deployment_completed_china", "wake", "of checkout/staging"),
        ("ecs/task_stopped_crash", "wake", "of checkout/staging"),
        ("codebuild/build_succeeded", "ignored", "no application names the pipeline"),
        ("codebuild/build_by_hand", "ignored", "no application the project checkout for a push"),
        ("malformed/no_account", "rejected", "account is missing"),
    ],
)
def test_a_configuration_says_which_stage_is_concerned(
    config: Path, sample: str, outcome: str, words: str
) -> None:
    document = explained(EVENTS / f"{sample}.json", "--config", config)

    assert document["outcome"] == outcome
    assert words in document["reason"]


def test_a_build_concerns_the_application_whose_pushes_start_it(config: Path) -> None:
    git = "git: [{github: acme/checkout, branches: [main], build: checkout}]\n"
    config.write_text(CONFIGURATION + git)

    document = explained(EVENTS / "codebuild/build_by_hand.json", "--config", config)

    assert (document["outcome"], document["rules"]) == ("wake", ["BuildStateRule"])
    assert document["reason"].endswith("is SUCCEEDED, and pushes start it for checkout")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"account": "210987654321", "region": "us-east-1"}, "which checkout/production, checkout"),
        ({"account": "111111111111"}, "which checkout/staging may choose"),
    ],
)
def test_a_stage_without_an_account_means_any(
    config: Path, tmp_path: Path, change: dict[str, str], words: str
) -> None:
    event = json.loads((EVENTS / "ecr/push.json").read_bytes()) | change

    document = explained(written(tmp_path, event), "--config", config)

    assert words in document["reason"]


def test_a_service_of_another_account_is_ignored_with_the_reason(
    config: Path, tmp_path: Path
) -> None:
    text = (EVENTS / "ecs/deployment_failed.json").read_text()
    event = json.loads(text.replace("staging/checkout-web", "prod/checkout-web"))

    document = explained(written(tmp_path, event), "--config", config)

    assert document["outcome"] == "ignored"
    assert "is registered in account 210987654321" in document["reason"]
    assert "this is account 123456789012" in document["reason"]


def test_what_is_not_acted_on_yet_is_a_warning_and_the_event_is_still_explained(
    config: Path,
) -> None:
    config.write_text(
        CONFIGURATION.replace(
            "    targets: [{service: st", "    soak: 5m\n    targets: [{service: st"
        )
    )

    result = run(EVENTS / "ecr/push.json", "--config", config, "--output", "json")

    assert json.loads(result.stdout)["outcome"] == "wake"
    assert result.stderr == (
        f"longshore: {config}:9:5: stages.staging.soak: "
        "this version of Longshore does not act on it yet\n"
    )


# ── files that cannot be read ────────────────────────────────────────────────────────────────


def test_an_event_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.json", tmp_path):
        result = run(path, "--output", "json")

        assert (result.exit_code, result.stdout) == (2, "")
        assert f"failed to read {path}" in result.stderr


@pytest.mark.parametrize(
    "text", ["", "just text", "- a\n- list\n", "a: [", "a: &a [*a]\n  b", "\x00"]
)
def test_a_configuration_that_is_no_mapping_is_a_usage_error(tmp_path: Path, text: str) -> None:
    config = tmp_path / "longshore.yaml"
    config.write_text(text)

    result = run(EVENTS / "ecr/push.json", "--config", config)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{config} is no YAML mapping" in result.stderr


def test_a_configuration_that_is_absent_is_a_usage_error(tmp_path: Path) -> None:
    result = run(EVENTS / "ecr/push.json", "--config", tmp_path / "absent.yaml")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "failed to read" in result.stderr


# ── for people ───────────────────────────────────────────────────────────────────────────────


def test_people_read_the_same(tmp_path: Path) -> None:
    arn = "arn:aws:ecs:eu-central-1:123456789012:service/prod/web"
    detail = {"eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/1"}
    event = {"source": "aws.ecs", "detail-type": "ECS Deployment State Change", "detail": detail}

    result = run(written(tmp_path, event | {"resources": [arn]}))

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        (
            "wake: ECS deployment ecs-svc/1 of prod/web failed: "
            "it concerns the stage that owns the service"
        ),
        "rules it meets: DeploymentStateRule",
        "fact: EcsDeploymentChanged",
        "  account           123456789012",
        "  region            eu-central-1",
        "  service           web",
        "  cluster           prod",
        "  ecs_deployment_id ecs-svc/1",
        "  state             FAILED",
    ]


def test_an_event_without_fact_and_rules_says_so() -> None:
    assert run(EVENTS / "malformed/empty_object.json").stdout.splitlines() == [
        "rejected: no EventBridge event: source is missing",
        "rules it meets: none",
        "fact: none",
    ]


@pytest.mark.parametrize("output", ["json", "text"])
def test_hostile_text_reaches_no_terminal(tmp_path: Path, output: str) -> None:
    hostile = "\x1b]0;gone\x07\x9b2J\u202e\ud800\r\n"
    event = {
        "source": f"aws{hostile}",
        "detail-type": hostile,
        "detail": {},
        "id": hostile,
        "time": hostile,
    }
    push = json.loads((EVENTS / "ecr/push.json").read_bytes())
    push |= {"id": hostile, "time": hostile}

    for each in (event, push):
        printed = run(written(tmp_path, each), "--output", output).stdout
        assert all(character.isprintable() or character == "\n" for character in printed)
        assert set("\x1b\x07\x9b\u202e\r").isdisjoint(printed)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_content_has_one_outcome_with_a_reason(content: bytes) -> None:
    explanation = explain(content, None)

    assert explanation.outcome in set(Outcome)
    assert explanation.reason
    assert set(json.dumps(explanation.reason)) <= set(string.printable)


@settings(max_examples=300)
@given(mutated_samples())
def test_nothing_wakes_that_no_rule_would_deliver(event: object) -> None:
    explanation = explain(json.dumps(event).encode(), None)

    assert explanation.rules or explanation.outcome is not Outcome.WAKE
