"""What Slack's messages need of AWS: memory and routes, the secret, labels, and logs."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from longshore.aws.chat_memory import DynamoRoutes, DynamoThreadStore
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Recorder
from longshore.aws.image_sources import EcrSources
from longshore.aws.secrets import Secret
from longshore.aws.task_logs import CloudWatchTaskLogs
from longshore.domain.chat import Commit, LastLines, Posted, Thread
from longshore.domain.errors import LongshoreError, NotPermitted, Refused, Throttled
from longshore.domain.routes import Route
from tests.support.answers import Answers
from tests.support.builders import make_announcement, make_configuration
from tests.support.ledgers import DynamoWorld

FIRST, SECOND = make_announcement(1), make_announcement(2)
MESSAGE = Posted("C0123ABCDE", "1700000000.000100")
REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout"
DIGEST, CONFIG = "sha256:" + "a" * 64, "sha256:" + "c" * 64
DEFINITION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7"
TASK = "arn:aws:ecs:eu-central-1:123456789012:task/live/0123456789abcdef"


def test_what_a_channel_was_told_is_kept_by_channel(dynamo: DynamoWorld) -> None:
    store = DynamoThreadStore(dynamo.table)
    assert store.thread(FIRST.thread, "#a") == Thread()

    store.keep(FIRST, "#a", Thread(MESSAGE, 1, 1))

    assert store.thread(FIRST.thread, "#a") == Thread(MESSAGE, 1, 1)
    assert store.thread(FIRST.thread, "#b") == Thread()


def test_what_is_older_does_not_take_the_place_of_what_is_newer(dynamo: DynamoWorld) -> None:
    store = DynamoThreadStore(dynamo.table)
    store.keep(SECOND, "#a", Thread(MESSAGE, 2, 2))

    store.keep(FIRST, "#a", Thread(None, 1, 1))
    store.keep(SECOND, "#a", Thread(replace(MESSAGE, ts="2"), 2, 2))

    assert store.thread(FIRST.thread, "#a") == Thread(replace(MESSAGE, ts="2"), 2, 2)


def test_routes_are_those_of_the_configuration_in_force(dynamo: DynamoWorld) -> None:
    routes = DynamoRoutes(dynamo.table)
    first = replace(make_configuration(), notify=(Route("#a"),))
    assert routes.routes_of(first.application) == ()

    dynamo.install(first)
    assert routes.routes_of(first.application) == (Route("#a"),)
    dynamo.install(replace(first, number=first.number + 1, notify=(Route("#b"),)))
    assert routes.routes_of(first.application) == (Route("#b"),)


def test_a_configuration_is_read_once(dynamo: DynamoWorld) -> None:
    dynamo.install(replace(make_configuration(), notify=(Route("#a"),)))
    routes = DynamoRoutes(dynamo.table)
    routes.routes_of("checkout")
    dynamo.calls.calls.clear()

    routes.routes_of("checkout")

    assert dynamo.calls.count("dynamodb:GetItem") == 1


def secret(clients: Clients, text: str) -> Secret:
    arn = clients.secrets.create_secret(Name="longshore/slack", SecretString=text)["ARN"]
    return Secret(Gate(), clients.secrets, arn)


def test_a_secret_is_read_when_it_is_needed_and_anew_when_it_was_refused(clients: Clients) -> None:
    held = secret(clients, '{"token": "xoxb-1", "webhook": ""}')
    assert (held.value("token"), held.value("webhook"), held.value("x")) == ("xoxb-1", None, None)

    clients.secrets.put_secret_value(SecretId="longshore/slack", SecretString='{"token": "xoxb-2"}')
    assert held.value("token") == "xoxb-1"
    held.forget()
    assert held.value("token") == "xoxb-2"


@pytest.mark.parametrize("text", ["xoxb-1", "[]", "{", ""])
def test_a_secret_that_is_no_object_is_for_a_person_and_is_not_told(
    clients: Clients, text: str
) -> None:
    with pytest.raises(NotPermitted, match="is no JSON object") as caught:
        secret(clients, text or "''").value("token")
    assert "xoxb-1" not in str(caught.value)


def test_a_secret_without_a_value_or_gone_is_for_a_person(clients: Clients) -> None:
    arn = clients.secrets.create_secret(Name="longshore/slack")["ARN"]
    held = Secret(Gate(), clients.secrets, arn)

    with pytest.raises(NotPermitted, match="cannot be read, or holds nothing yet"):
        held.value("token")
    clients.secrets.delete_secret(SecretId=arn)
    with pytest.raises(NotPermitted, match="cannot be read"):
        held.value("token")


def test_a_byte_order_mark_does_no_harm(clients: Clients) -> None:
    assert secret(clients, '\ufeff{"token": "xoxb-1"}').value("token") == "xoxb-1"


def labels(**config: object) -> bytes:
    return json.dumps({"architecture": "arm64", "config": config}).encode()


def manifest(**document: object) -> dict[str, object]:
    return {"images": [{"imageManifest": json.dumps(document)}]}


IMAGE = manifest(config={"digest": CONFIG})
LINK = {"downloadUrl": "https://blobs/1"}
REVISION = {"org.opencontainers.image.revision": "abcdef1234567890"}
SOURCE = {"org.opencontainers.image.source": "https://github.com/shop/checkout.git"}
BITBUCKET = {"org.opencontainers.image.source": "https://bitbucket.org/shop/checkout"}
BITBUCKET_PAGE = "https://bitbucket.org/shop/checkout/commits/abcdef1234567890"
PAGE = "https://github.com/shop/checkout/commit/abcdef1234567890"


def sources(answers: Answers, blob: bytes = b"{}") -> EcrSources:
    return EcrSources(Gate(answers), Clients(), lambda _: blob)


@pytest.mark.parametrize(
    ("found", "commit"),
    [
        ({**REVISION, **SOURCE}, Commit("abcdef1234567890", PAGE)),
        ({**REVISION, **BITBUCKET}, Commit("abcdef1234567890", BITBUCKET_PAGE)),
        (REVISION, Commit("abcdef1234567890")),
        (
            {**REVISION, "org.opencontainers.image.source": "javascript:x"},
            Commit("abcdef1234567890"),
        ),
        ({"org.opencontainers.image.revision": "<!channel>"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_commit_is_what_the_labels_name(found: object, commit: Commit | None) -> None:
    answers = Answers([IMAGE, LINK])

    assert sources(answers, labels(Labels=found)).commit(REPOSITORY, DIGEST) == commit


def test_an_image_is_asked_once() -> None:
    answers = Answers([IMAGE, LINK])
    asked = sources(answers, labels(Labels=REVISION))

    assert asked.commit(REPOSITORY, DIGEST) == asked.commit(REPOSITORY, DIGEST)
    assert len(answers.asked) == 2


def test_annotations_of_the_manifest_are_enough() -> None:
    answers = Answers([manifest(annotations=REVISION)])

    assert sources(answers).commit(REPOSITORY, DIGEST) == Commit("abcdef1234567890")


def test_of_an_index_the_first_image_is_asked() -> None:
    index = manifest(manifests=[{"digest": "sha256:" + "b" * 64}])
    answers = Answers([index, IMAGE, LINK])

    assert sources(answers, labels(Labels=REVISION)).commit(REPOSITORY, DIGEST) is not None
    assert sources(Answers([manifest(manifests=[])])).commit(REPOSITORY, DIGEST) is None
    assert sources(Answers([index] * 4)).commit(REPOSITORY, DIGEST) is None


@pytest.mark.parametrize(
    "answers",
    [
        [NotPermitted("ecr:BatchGetImage")],
        [Throttled("ecr")],
        [{"images": []}],
        [manifest()],
        [manifest(annotations=[1], manifests="none")],
        [{"images": [{"imageManifest": "no json"}]}],
        [{"images": [{"imageManifest": '{"a":' * 100_000}]}],
    ],
)
def test_an_image_that_cannot_be_read_has_no_commit(answers: list[object]) -> None:
    assert sources(Answers(answers)).commit(REPOSITORY, DIGEST) is None


def test_what_is_not_in_ecr_has_no_commit() -> None:
    assert sources(Answers([])).commit("docker.io/library/nginx", DIGEST) is None


def no_link(_: str) -> bytes:
    raise OSError("the link answered with status 403")


@pytest.mark.parametrize(
    ("answers", "repository", "why"),
    [
        ([NotPermitted("no ecr:BatchGetImage")], REPOSITORY, "no ecr:BatchGetImage"),
        ([{"images": []}], REPOSITORY, "has no image sha256:"),
        ([IMAGE, LINK], REPOSITORY, "was not had: the link answered with status 403"),
        ([], "docker.io/library/nginx", "docker.io/library/nginx lies in no private ECR"),
    ],
)
def test_who_asks_for_it_is_told_why_labels_cannot_be_read(
    answers: list[object], repository: str, why: str
) -> None:
    asked = EcrSources(Gate(Answers(answers)), Clients(), no_link)

    with pytest.raises(LongshoreError, match=why):
        asked.read(repository, DIGEST)


OPTIONS = {"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "web"}


def definition(driver: str = "awslogs", options: Mapping[str, str] = OPTIONS) -> dict[str, object]:
    logging = {"logDriver": driver, "options": options}
    return {
        "taskDefinition": {"containerDefinitions": [{"name": "web", "logConfiguration": logging}]}
    }


def last_lines(*answers: object, revision: str = DEFINITION) -> tuple[LastLines, Answers]:
    played = Answers(answers)
    logs = CloudWatchTaskLogs(Gate(played), Clients())
    return logs.last_lines(revision, "web", TASK), played


def test_the_last_lines_of_a_container_come_without_secrets() -> None:
    events = [{"message": "starting"}, {"message": "password=hunter2hunter2"}]

    found, played = last_lines(definition(), {"events": events})

    assert found == LastLines("web", ("starting", "password=[redacted]"))
    assert played.asked[1]["logGroupName"] == "/ecs/web"
    assert played.asked[1]["logStreamName"] == "web/web/0123456789abcdef"


def test_a_private_key_that_comes_line_by_line_is_told_to_nobody() -> None:
    key = [
        "-----BEGIN EC PRIVATE KEY-----",
        "MHcCAQEEIA",
        "c2hvcnQ=",
        "-----END EC PRIVATE KEY-----",
    ]
    events = [{"message": line} for line in [*key[1:], "again:", *key, "listening", "x" * 9000]]

    found, _ = last_lines(definition(), {"events": events})

    hidden = ["[redacted]"] * 2
    again = ["again:", "[redacted]", *hidden, key[-1]]
    assert found.lines == (*hidden, key[-1], *again, "listening", "x" * 2000)


@pytest.mark.parametrize(
    ("answers", "absence"),
    [
        ([definition("fluentd")], "fluentd"),
        ([definition(), {"events": []}], "it wrote nothing"),
        ([definition(), NotPermitted("logs:GetLogEvents is denied")], "logs:GetLogEvents"),
        ([definition(), Refused("no stream", "ResourceNotFoundException")], "does not exist"),
        ([Refused("wrong", "ClientException")], "wrong"),
        ([Throttled("busy")], "gave no answer"),
    ],
)
def test_where_there_are_no_lines_it_is_said_why(answers: list[object], absence: str) -> None:
    found, _ = last_lines(*answers)

    assert found.lines == ()
    assert absence in found.absence


def test_a_task_definition_that_leads_nowhere_keeps_no_message_waiting() -> None:
    for strange in (
        {**OPTIONS, "awslogs-region": "${AWS_REGION}"},
        {**OPTIONS, "awslogs-region": " "},
    ):
        found, _ = last_lines(definition(options=strange))
        assert "leads to no log" in found.absence
    assert "leads to no log" in last_lines(revision="web:7")[0].absence
    assert "leads to no log" in last_lines({})[0].absence


def test_every_call_passes_the_gate(clients: Clients) -> None:
    calls = Recorder()
    clients.secrets.create_secret(Name="longshore/slack", SecretString='{"token": "xoxb-1"}')
    Secret(Gate(calls), clients.secrets, "longshore/slack").value("token")

    assert calls.count("secretsmanager:GetSecretValue") == 1
