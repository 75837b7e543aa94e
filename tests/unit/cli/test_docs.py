"""The pages of the command say what it does: keys, examples, exit codes, permissions."""

import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.model import OperationModel

from longshore.domain.deployments import Leg, LegState, Phase
from longshore.domain.stages import TargetRecord
from longshore.events.configuration import NOT_YET
from longshore_cli.configuration.models import json_schema
from longshore_cli.configuration.reading import check
from longshore_cli.errors import ExitCode
from longshore_cli.main import app
from tests.unit.cli.conftest import ACCOUNT, REGION, REGISTRY, World, item_of
from tests.unit.cli.records import REVISION, SERVICE, STAGE, deployment, stage
from tests.unit.cli.test_log_tail import AWSLOGS, ROLLOUT, Tasks

DOCS = Path(__file__).parent.parent.parent.parent / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text()
COMMANDS = (DOCS / "cli.md").read_text()
YAML = re.compile(r"```yaml\n(apiVersion.*?)```", re.DOTALL)
IMAGE = "image"
"""The file in which the world keeps what it has in its registry."""
ACTION = re.compile(r"`((?:ssm|dynamodb|ecs|ecr|logs):[A-Z]\w+)`")


def test_the_example_is_a_valid_file() -> None:
    (example,) = YAML.findall(CONFIGURATION)

    assert [str(problem) for problem in check(example.encode())[1]] == []


def test_every_key_is_explained() -> None:
    schema: Any = json_schema()
    keys = {key for model in schema["$defs"].values() for key in model["properties"]}

    missing = {key for key in keys | set(schema["properties"]) if key not in CONFIGURATION}

    assert missing == set()


def test_every_key_of_later_versions_is_named() -> None:
    page = CONFIGURATION.replace("\n", " ")
    refused = re.search(r"Keys that later versions will act on \((.*?)\) are", page)

    assert refused is not None
    named = set(re.findall(r"`(?:mode: )?([a-z-]+)`", refused[1])) - {"mode"}
    assert named == set().union(*NOT_YET.values())


def test_every_exit_code_is_explained() -> None:
    explained = {int(code) for code in re.findall(r"^\| (\d) \|", COMMANDS, re.MULTILINE)}

    assert explained == {int(code) for code in ExitCode}


def test_every_command_is_listed() -> None:
    listed = set(re.findall(r"^    longshore ([a-z]+)", COMMANDS, re.MULTILINE))

    commands = {each.callback.__name__ for each in app.registered_commands if each.callback}
    groups = {each.name for each in app.registered_groups}
    assert commands | groups == listed


def documented(command: str) -> set[str]:
    """The actions of a command's row, those that "the same" stands for included."""
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", COMMANDS, re.MULTILINE)
    named = {name: text for names, text in rows for name in re.findall(r"`([a-z]+)`", names)}
    text = named[command]
    actions = set(ACTION.findall(text))
    return actions | (documented("status") if "the same" in text else set())


def prepare(world: World) -> None:
    digest = world.push("shop", "main")
    world.write(f"{REGISTRY}/shop@{digest}", IMAGE)
    world.serve("staging/web", {"web": f"{REGISTRY}/shop:main"})
    let_deploy(world)


def let_deploy(world: World) -> None:
    """Begin a deployment whose only task writes to CloudWatch Logs."""
    tasks = Tasks(world)
    tasks.write(tasks.start(AWSLOGS), "up")
    rolling = Leg(LegState.ROLLING, REVISION, ecs_deployment_id=ROLLOUT)
    target = TargetRecord(STAGE, SERVICE, deployment=1, forward=rolling)
    for record in (stage(current=1, latest=1), deployment(Phase.PROGRESSING), target):
        world.table.client.put_item(TableName=world.table.name, Item=item_of(record))


def run_init(world: World) -> None:
    world.run("init", "--service", "staging/web", "--application", "shop", "--yes")
    world.run("init", "--service", "staging/none")
    world.run("init", "--service", "none/web")


def run_apply(world: World) -> None:
    """The second time there is a stage to read, and nothing to do."""
    assert world.run("apply", "--yes").exit_code == 0
    assert world.run("apply", "--yes").exit_code == 7


def run_status(world: World) -> None:
    assert world.run("status").exit_code == 0


def run_history(world: World) -> None:
    assert world.run("history", "shop/staging").exit_code == 0


def run_origin(world: World) -> None:
    """Moto does not know the link to an image's configuration, which is asked for last."""
    assert world.run("origin", "shop/staging").exit_code == 0
    task = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/staging/none"
    assert world.run("origin", task).exit_code == 3
    with pytest.raises(NotImplementedError):
        world.run("origin", (world.folder / IMAGE).read_text())


def run_retry(world: World) -> None:
    assert world.run("retry", "shop/staging", "--reason", "x").exit_code == 0


def run_pause(world: World) -> None:
    assert world.run("pause", "shop/staging", "--reason", "x").exit_code == 0


def run_resume(world: World) -> None:
    assert world.run("resume", "shop/staging", "--reason", "x").exit_code == 0


def run_watch(world: World) -> None:
    assert world.run("watch", "shop/staging", "--timeout", "1s").exit_code == 5


def run_freeze(world: World) -> None:
    assert world.run("freeze", "--everything", "--reason", "x").exit_code == 0


def run_unfreeze(world: World) -> None:
    assert world.run("unfreeze", "--everything", "--reason", "x").exit_code == 0


STEPS: Mapping[str, Callable[[World], None]] = {
    "init": run_init,
    "apply": run_apply,
    "status": run_status,
    "history": run_history,
    "origin": run_origin,
    "retry": run_retry,
    "pause": run_pause,
    "resume": run_resume,
    "watch": run_watch,
    "freeze": run_freeze,
    "unfreeze": run_unfreeze,
}
SENT = "Making request"


def test_the_permissions_are_those_of_the_calls(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """As botocore itself logs what it sends; control calls from a thread of its own."""
    prepare(world)
    caplog.set_level(logging.DEBUG, logger="botocore.endpoint")
    for command, step in STEPS.items():
        caplog.clear()
        step(world)
        called = {
            f"{model.service_model.service_name}:{model.name}"
            for record in caplog.records
            if record.msg.startswith(SENT) and record.threadName == "MainThread"
            for model in list(record.args or ())[:1]
            if isinstance(model, OperationModel)
        }
        assert called == documented(command), command
