"""`longshore render`: what it takes, what it refuses, and that no value is changed on the way."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from longshore_cli.main import app
from longshore_cli.rendering import is_pinned
from tests.unit.cli.conftest import run

DIGEST = "sha256:" + "0123456789abcdef" * 4
PINNED = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@{DIGEST}"
DESCRIBED = """\
{"taskDefinition": {
  "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7",
  "family": "web", "revision": 7, "status": "ACTIVE", "compatibilities": ["EC2"],
  "registeredAt": "2026-11-23T04:30:00+00:00", "registeredBy": "arn:aws:iam::123456789012:root",
  "requiresAttributes": [], "deregisteredAt": 0, "volumes": [], "cpu": "",
  "aRatio": 1.0, "aLong": 123456789012345678901234567890, "aFraction": 0.10000000000000000001,
  "anExponent": 1E400, "aZero": -0.0, "unheardOf": {"of": [null, true, {}, "\\ud83d\\ude80"]},
  "containerDefinitions": [
    {"name": "web", "image": "shop:1", "memory": 0, "environment": [{"name": "A", "value": ""}]},
    {"name": "proxy", "image": "nginx", "command": []}]},
 "tags": [{"key": "team", "value": ""}, {"key": "longshore:fingerprint", "value": "old"}]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "described.json"
    path.write_text(DESCRIBED)
    return path


def test_the_registration_keeps_every_digit_and_every_empty_value(file: Path) -> None:
    result = run("render", "--task-definition", file, "--image", f"web={PINNED}", "-o", "json")

    assert result.exit_code == 0, result.output
    for kept in ("1.0,", "123456789012345678901234567890", "0.10000000000000000001", "1E400"):
        assert kept in result.stdout
    registration = json.loads(result.stdout)
    tags = registration.pop("tags")
    assert tags[0] == {"key": "team", "value": ""}
    assert [tag["key"] for tag in tags[1:]] == ["longshore:fingerprint"]
    assert registration == {
        "family": "web",
        "volumes": [],
        "cpu": "",
        "aRatio": 1.0,
        "aLong": 123456789012345678901234567890,
        "aFraction": 0.1,
        "anExponent": float("inf"),
        "aZero": -0.0,
        "unheardOf": {"of": [None, True, {}, "\U0001f680"]},
        "containerDefinitions": [
            {
                "name": "web",
                "image": PINNED,
                "memory": 0,
                "environment": [{"name": "A", "value": ""}],
            },
            {"name": "proxy", "image": "nginx", "command": []},
        ],
    }


def test_people_see_what_changes_and_what_is_left_out(file: Path) -> None:
    result = run("render", "--task-definition", file, "--image", f"web={PINNED}")

    assert result.exit_code == 0
    assert PINNED in result.stdout
    assert "nginx" in result.stdout
    assert "taskDefinitionArn" in result.stdout


def test_a_bare_task_definition_is_taken_too(tmp_path: Path) -> None:
    bare = json.loads(DESCRIBED)["taskDefinition"] | {"tags": [{"key": "a", "value": "b"}]}
    file = tmp_path / "bare.json"
    file.write_text(json.dumps(bare).replace("Infinity", "1e400"))

    result = run("render", "--task-definition", file, "--image", f"web={PINNED}", "-o", "json")

    assert json.loads(result.stdout)["family"] == "web"
    assert json.loads(result.stdout)["tags"][0] == {"key": "a", "value": "b"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_files_of_other_shells_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "described.json"
    file.write_text(DESCRIBED, encoding=encoding)

    result = run("render", "--task-definition", file, "--image", f"web={PINNED}", "-o", "json")

    assert result.exit_code == 0, result.output


def test_stdin_is_read() -> None:
    arguments = ["render", "--task-definition", "-", "--image", f"web={PINNED}", "-o", "json"]

    result = CliRunner().invoke(app, arguments, input=DESCRIBED)

    assert json.loads(result.stdout)["family"] == "web"


def test_several_containers(file: Path) -> None:
    result = run(
        *("render", "--task-definition", file, "--output", "json"),
        *("--image", f"web={PINNED}", "--image", f"proxy=nginx@{DIGEST}"),
    )

    containers = json.loads(result.stdout)["containerDefinitions"]
    assert [each["image"] for each in containers] == [PINNED, f"nginx@{DIGEST}"]


@pytest.mark.parametrize(
    "image",
    [
        f"wbe={PINNED}",
        f"Web={PINNED}",
        f"={PINNED}",
        "web=",
        "web",
        "",
        "web=shop:1",
        "web=shop",
        f"web=shop:1@{DIGEST}",
        f"web=@{DIGEST}",
        f"web={DIGEST}",
        f"web=shop@{DIGEST[:-1]}",
        f"web=shop@{DIGEST}0",
        f"web=shop@{DIGEST.upper()}",
        f"web=shop@{DIGEST}\n",
        f"web=Shop@{DIGEST}",
        f"web= shop@{DIGEST}",
        f"web=shop@sha512:{'0' * 128}",
        f"web=shop@{DIGEST}@{DIGEST}",
    ],
)
@pytest.mark.parametrize("output", ["json", "text"])
def test_any_other_image_is_refused_with_nothing_on_stdout(
    file: Path, image: str, output: str
) -> None:
    result = run("render", "--task-definition", file, "--image", image, "--output", output)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_one_wrong_image_among_right_ones_is_refused(file: Path) -> None:
    result = run(
        *("render", "--task-definition", file, "--output", "json"),
        *("--image", f"web={PINNED}", "--image", "proxy=nginx"),
    )

    assert (result.exit_code, result.stdout) == (2, "")


def test_a_container_that_is_named_twice_is_refused(file: Path) -> None:
    result = run(
        *("render", "--task-definition", file),
        *("--image", f"web={PINNED}", "--image", f"web={PINNED}"),
    )

    assert (result.exit_code, result.stdout) == (2, "")
    assert "the container web twice" in result.stderr


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not JSON",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"taskDefinition": []}',
        '{"taskDefinition": {}}',
        '{"taskDefinition": {"containerDefinitions": []}}',
        '{"taskDefinition": {"containerDefinitions": "web"}}',
        '{"taskDefinition": {"containerDefinitions": [1, null]}}',
        '{"taskDefinition": {"containerDefinitions": [{"name": ["web"]}]}}',
        '{"taskDefinition": {"containerDefinitions": [{"name": null}]}}',
        '{"taskDefinition": {"containerDefinitions": [{"name": "web"}]}, "tags": {}}',
        '{"taskDefinition": {"containerDefinitions": [{"name": "web"}]}, "tags": [1]}',
        '{"containerDefinitions": [{"name": "web"}], "cpu": NaN}',
        '{"containerDefinitions": [{"name": "web"}], "cpu": 1, "cpu": 2}',
        "[" * 200_000,
    ],
)
def test_a_file_that_holds_no_task_definition_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "described.json"
    file.write_text(content)

    result = run("render", "--task-definition", file, "--image", f"web={PINNED}", "-o", "json")

    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("longshore: ")


def test_a_file_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    deep = '{"a":' * 600 + "1" + "}" * 600
    file = tmp_path / "described.json"
    file.write_text(f'{{"containerDefinitions": [{{"name": "web"}}], "deep": {deep}}}')

    result = run("render", "--task-definition", file, "--image", f"web={PINNED}", "-o", "json")

    assert (result.exit_code, result.stdout) == (2, "") or json.loads(result.stdout)


@pytest.mark.parametrize("name", ["nothing.json", "a\0b", "/"])
def test_a_file_that_cannot_be_read_is_refused(name: str) -> None:
    result = run("render", "--task-definition", name, "--image", f"web={PINNED}", "-o", "json")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "failed to read" in result.stderr
    assert "next: aws ecs describe-task-definition" in result.stderr


def test_the_same_content_has_the_same_fingerprint(file: Path, tmp_path: Path) -> None:
    other = json.loads(DESCRIBED)
    other["taskDefinition"]["revision"] = 8
    other["tags"] = other["tags"][:1]
    again = tmp_path / "again.json"
    again.write_text(json.dumps(other).replace("Infinity", "1e400"))

    prints = [
        json.loads(
            run(
                "render", "--task-definition", each, "--image", f"web={PINNED}", "-o", "json"
            ).stdout
        )["tags"][-1]
        for each in (file, again)
    ]

    assert prints[0] == prints[1]


@pytest.mark.parametrize(
    "reference",
    [
        PINNED,
        f"shop@{DIGEST}",
        f"team/shop@{DIGEST}",
        f"localhost:5000/shop@{DIGEST}",
        f"127.0.0.1:5000/a/b__c.d-e@{DIGEST}",
        f"public.ecr.aws/x/y@{DIGEST}",
    ],
)
def test_repositories_with_a_digest_are_pinned(reference: str) -> None:
    assert is_pinned(reference)


def test_an_endless_reference_is_refused_at_once() -> None:
    assert not is_pinned("a-" * 100_000)


@pytest.mark.parametrize("number", ["-0", "9" * 640, "-" + "9" * 5000, "1" + "0" * 700])
def test_a_whole_number_of_any_length_is_kept(tmp_path: Path, number: str) -> None:
    path = tmp_path / "described.json"
    path.write_text(f'{{"containerDefinitions": [{{"name": "web"}}], "odd": {number}}}')

    result = run("render", "--task-definition", path, "--image", f"web={PINNED}", "-o", "json")

    assert result.exit_code == 0, result.output
    assert f'"odd": {number},' in result.stdout
