"""What stands between the command and AWS, said in sentences with the right exit code."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from longshore_cli.access import Access, Place
from longshore_cli.errors import CommandError
from longshore_cli.installation import find_installation, parameter_name, parse_installation
from tests.contract.cloudformation import load
from tests.unit.cli.conftest import Heard, HttpServer, Reply, World, run

TEMPLATE = Path(__file__).parent.parent.parent.parent / "template.yaml"


@pytest.fixture
def aws() -> Iterator[Callable[[Reply], HttpServer]]:
    """An AWS endpoint that answers every call in one way."""
    servers: list[HttpServer] = []

    def answering(reply: Reply) -> HttpServer:
        servers.append(HttpServer(lambda _: reply))
        return servers[-1]

    yield answering
    for server in servers:
        server.close()


def test_a_missing_permission_names_action_resource_and_identity(
    aws: Callable[[Reply], HttpServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = {
        "__type": "AccessDeniedException",
        "Message": "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: "
        "ssm:GetParameter on resource: arn:aws:ssm:eu-central-1:123456789012:parameter/longshore",
    }
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws((400, denied)).url)

    result = run("status")

    assert result.exit_code == 6
    for part in ("ssm:GetParameter", "parameter/longshore", "user/ana"):
        assert part in result.stderr


def test_expired_credentials_ask_to_sign_in_again(
    aws: Callable[[Reply], HttpServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = {"__type": "ExpiredTokenException", "message": "The security token is expired"}
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws((400, expired)).url)

    result = run("status")

    assert result.exit_code == 6
    assert "aws sso login" in result.stderr


@pytest.mark.parametrize(
    "code",
    [
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ],
)
def test_credentials_that_aws_turns_down_are_a_denial(
    aws: Callable[[Reply], HttpServer], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    turned_down = {"__type": code, "message": "The request signature does not match"}
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws((400, turned_down)).url)

    result = run("status")

    assert result.exit_code == 6
    assert "aws sts get-caller-identity" in result.stderr


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)

    result = run("status")

    assert result.exit_code == 6
    assert "no AWS credentials" in result.stderr


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    result = run("status")

    assert result.exit_code == 2
    assert "--region" in result.stderr


def test_an_unknown_profile() -> None:
    result = run("status", "--profile", "nobody")

    assert result.exit_code == 2
    assert "nobody" in result.stderr
    assert "aws configure list-profiles" in result.stderr


def test_an_endpoint_that_does_not_answer(
    aws: Callable[[Reply], HttpServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = aws((200, {}))
    server.close()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    result = run("status")

    assert result.exit_code == 3
    assert "ssm:GetParameter got no answer" in result.stderr
    assert "tried again" not in result.stderr
    assert "check the region" in result.stderr


def test_the_installation_is_found_by_its_name(world: World) -> None:
    world.install("other", version="0.2.0")

    found = find_installation(Access(Place("other")))

    assert (found.name, found.version, str(found.home)) == (
        "other",
        "0.2.0",
        "aws:123456789012:eu-central-1",
    )


def test_an_installation_that_is_not_there_says_what_to_do(world: World) -> None:
    result = world.run("status", "--installation", "nowhere")

    assert result.exit_code == 3
    assert "there is no installation 'nowhere' in eu-central-1" in result.stderr
    assert "--installation" in result.stderr


@pytest.mark.parametrize("name", ["", "my shop", "../x", "1st", "a/b", "x" * 129])
def test_what_cannot_be_an_installation_is_not_asked_for(
    aws: Callable[[Reply], HttpServer], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server = aws((200, {}))
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)

    result = run("status", "--installation", name)

    assert result.exit_code == 2
    assert "is no name of an installation" in result.stderr
    assert not server.heard


def test_the_environment_can_name_the_installation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGSHORE_INSTALLATION", "nowhere")

    assert "'nowhere'" in world.run("status").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is no JSON object"),
        ("[1]", "it is no JSON object"),
        ("[" * 100_000, "it is no JSON object"),
        ('{"schema": 2}', "speaks schema 2, this command 1"),
        ("{}", "speaks schema None"),
        ('{"schema": 1}', "version is missing"),
        ('{"schema": 1, "version": "1", "topic_arn": "x"}', "topic_arn is no ARN"),
    ],
)
def test_a_damaged_parameter_is_said(text: str, said: str) -> None:
    with pytest.raises(CommandError) as raised:
        parse_installation("longshore", text)

    assert said in raised.value.message


def test_the_template_leaves_the_parameter_that_the_command_reads() -> None:
    properties = load(TEMPLATE.read_text())["Resources"]["Installation"]["Properties"]
    name, value = (properties[key]["Fn::Sub"] for key in ("Name", "Value"))
    text = value[0] if isinstance(value, list) else value
    filled = text.replace("${Topic}", "arn:aws:sns:eu-central-1:123456789012:longshore")
    filled = filled.replace("${Slack}", "true")

    found = parse_installation("longshore", filled)

    assert name[0] == parameter_name("${Name}")
    assert (found.table, found.control_url) == ("${Ledger}", "${ControlUrl.FunctionUrl}")


def test_nobody_is_asked_twice(
    aws: Callable[[Reply], HttpServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A denial is final: no retry hides it for seconds."""
    server = aws((400, {"__type": "AccessDeniedException", "Message": "no"}))
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)

    run("status")

    heard: list[Heard] = server.heard
    assert len(heard) == 1
