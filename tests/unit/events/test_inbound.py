from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longshore.domain.facts import ImagePushed
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known, Malformed, Unknown
from tests.support.samples import json_values, mutated_samples

Event = dict[str, Any]
Bend = Callable[..., Event]


def test_the_order_of_keys_and_unknown_fields_make_no_difference(bent: Bend) -> None:
    event = bent("ecr/push")
    backwards = dict(reversed(event.items()))
    backwards["detail"] = dict(reversed(event["detail"].items())) | {"actor": {"new": [1]}}

    assert parse_event(backwards | {"new-field": {}}) == parse_event(event)


@pytest.mark.parametrize("body", [None, 7, "text", [], [{}], True])
def test_what_is_no_object_is_malformed(body: object) -> None:
    parsed = parse_event(body)

    assert isinstance(parsed, Malformed)
    assert parsed.reason.endswith("where a JSON object is expected")


@pytest.mark.parametrize(
    ("envelope", "complaint"),
    [
        ({"source": ...}, "source is missing"),
        ({"source": ""}, "source is empty"),
        ({"source": ["aws.ecr"]}, "source is a list, not text"),
        ({"detail-type": ...}, "detail-type is missing"),
        ({"detail-type": None}, "detail-type is null"),
        ({"detail-type": 1}, "detail-type is a number, not text"),
    ],
)
def test_without_its_envelope_there_is_no_event(
    bent: Bend, envelope: dict[str, object], complaint: str
) -> None:
    assert parse_event(bent("ecr/push", **envelope)) == Malformed(
        f"no EventBridge event: {complaint}"
    )


@pytest.mark.parametrize(
    ("detail", "complaint"),
    [
        ("{}", "detail is text, not an object"),
        (None, "detail is null"),
        ([], "detail is a list, not an object"),
        (0, "detail is a number, not an object"),
    ],
)
def test_a_detail_is_an_object(
    load_event: Callable[[str], Event], detail: object, complaint: str
) -> None:
    event = load_event("ecr/push") | {"detail": detail}

    assert parse_event(event) == Malformed(f"no EventBridge event: {complaint}")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"CodePipeline.job": {"data": {"artifactCredentials": "s3cret"}}}, "job of a CodePipel"),
        ({"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "s3cret"}, "hook of CodeDeploy"),
        ({"Records": [{"body": "s3cret"}]}, "SQS or SNS records"),
        ({"Type": "Notification", "TopicArn": "s3cret"}, "an SNS message"),
        ({"Message": "s3cret", "TopicArn": "x"}, "an SNS message"),
        ({"AlarmName": "s3cret", "NewStateValue": "OK"}, "alarm as SNS tells it"),
        ({"source": "aws.cloudwatch", "alarmData": "s3cret"}, "alarm as it calls a function"),
        ({"source": "aws.codebuild", "detailType": "s3cret"}, "notification of the Developer"),
        ({"requestContext": {}, "body": "s3cret"}, "an HTTP request"),
        ({"rawPath": "/s3cret"}, "an HTTP request"),
        ({"approval": {"token": "s3cret"}, "consoleLink": ""}, "approval request"),
        ({"object_kind": "push", "user": "s3cret"}, "webhook of GitLab"),
        ({"push_data": {"pusher": "s3cret"}, "repository": {}}, "webhook of Docker Hub"),
        ({"eventKey": "s3cret"}, "webhook of Bitbucket"),
        ({"actor": "s3cret", "repository": {}}, "webhook of Bitbucket"),
        ({"zen": "s3cret", "hook": {}}, "webhook of GitHub"),
        ({"repository": {}, "sender": "s3cret"}, "webhook of GitHub"),
        ({"api_app_id": "s3cret"}, "request of Slack"),
        ({"trigger_id": "s3cret"}, "request of Slack"),
    ],
)
def test_what_it_may_be_instead_is_said_without_any_of_its_values(body: Event, words: str) -> None:
    parsed = parse_event(body)

    assert isinstance(parsed, Malformed)
    assert words in parsed.reason
    assert "s3cret" not in parsed.reason


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("aws.codepipeline", 'does not act on events "X" of CodePipeline'),
        ("aws.codebuild", 'does not act on events "X" of CodeBuild'),
        ("aws.codedeploy", 'does not act on events "X" of CodeDeploy'),
        ("aws.codecommit", 'does not act on events "X" of CodeCommit'),
        ("aws.cloudwatch", 'does not act on events "X" of CloudWatch'),
        ("aws.inspector2", 'does not act on events "X" of Inspector'),
        ("aws.ecr", 'does not act on events "X" of ECR'),
        ("aws.ecs", 'does not act on events "X" of ECS'),
        ("longshore", 'Longshore published this "X" itself'),
        ("shop\x1b", 'does not know events "X" of "shop\\ufffd"'),
    ],
)
def test_well_formed_events_that_are_not_acted_on_say_so(source: str, words: str) -> None:
    parsed = parse_event({"source": source, "detail-type": "X", "detail": {}})

    assert isinstance(parsed, Unknown)
    assert words in parsed.reason


@pytest.mark.parametrize(
    ("sample", "key", "value", "words"),
    [
        (
            "ecr/push",
            "action-type",
            "push",
            '"ECR Image Action" with action-type "push" and result "SUCCESS" of ECR',
        ),
        (
            "ecr/push",
            "result",
            "ODD",
            '"ECR Image Action" with action-type "PUSH" and result "ODD"',
        ),
        ("ecr/replication", "action-type", "\x1b", 'with action-type "\\ufffd" and result'),
        (
            "ecs/deployment_completed",
            "eventName",
            "SERVICE_DEPLOYMENT_PAUSED",
            '"ECS Deployment State Change" with eventName "SERVICE_DEPLOYMENT_PAUSED" of ECS',
        ),
    ],
)
def test_an_odd_event_of_a_type_that_is_read_says_what_is_odd(
    bent: Bend, sample: str, key: str, value: str, words: str
) -> None:
    parsed = parse_event(bent(sample, {key: value}))

    assert isinstance(parsed, Unknown)
    assert words in parsed.reason


def test_an_unknown_event_keeps_its_envelope(bent: Bend) -> None:
    event = bent("cloudwatch/alarm", account=7)

    parsed = parse_event(event)

    assert isinstance(parsed, Unknown)
    assert parsed.envelope.detail_type == "CloudWatch Alarm State Change"
    assert (parsed.envelope.account, parsed.envelope.region) == (None, "eu-central-1")
    assert (parsed.envelope.event_id, parsed.envelope.time) == (event["id"], event["time"])


# ── whatever comes ───────────────────────────────────────────────────────────────────────────


def one_answer(body: object) -> None:
    parsed = parse_event(body)

    if isinstance(parsed, Known):
        assert parsed.fact.home.account.isdigit()
        assert not isinstance(parsed.fact, ImagePushed) or parsed.fact.tag != ""
    else:
        assert parsed.reason
        assert parsed.reason.isprintable()


@given(json_values)
def test_any_json_has_one_answer(body: object) -> None:
    one_answer(body)


@given(
    st.sampled_from(
        [
            *("aws.ecr", "aws.ecs", "aws.codepipeline"),
            *("aws.codebuild", "aws.codedeploy", "aws.codecommit"),
        ]
    ),
    st.sampled_from(
        [
            "CodePipeline Pipeline Execution State Change",
            "CodePipeline Action Execution State Change",
            "CodeBuild Build State Change",
            "CodeDeploy Deployment State-change Notification",
            "CodeCommit Repository State Change",
            "ECR Image Action",
            "ECR Replication Action",
            "ECR Pull Through Cache Action",
            "ECR Referrer Action",
            "ECR Image Scan",
            "ECS Deployment State Change",
            "ECS Service Action",
            "ECS Task State Change",
        ]
    ),
    st.dictionaries(st.text(), json_values),
)
def test_any_detail_of_a_known_type_has_one_answer(
    source: str, detail_type: str, detail: dict[str, object]
) -> None:
    one_answer({"source": source, "detail-type": detail_type, "detail": detail})


@settings(max_examples=400)
@given(mutated_samples())
def test_any_damage_to_a_sample_has_one_answer(event: object) -> None:
    one_answer(event)
