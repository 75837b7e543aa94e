"""What a cold start loads: nothing that the function does not use, and no client before a call."""

import json
import subprocess
import sys

import pytest

FUNCTIONS = ("router", "reconciler", "announcer", "notifier", "control")

NEVER = {
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.batch",  # takes as long as all of longshore
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.idempotency",
    "aws_lambda_powertools.utilities.parser",
    "aws_xray_sdk",
    "boto3",  # botocore is enough, and half as slow
    "pydantic",
    "slack_sdk",
    "typer",
}

PROGRAM = """
import json, sys
import functions.{name}.app
print(json.dumps([sorted(sys.modules), functions.{name}.app.handler.__name__]))
"""


def loaded_by(name: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name=name)],
        capture_output=True,
        text=True,
        check=True,
    )
    modules, handler = json.loads(run.stdout)
    assert handler == "handler"
    return set(modules)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_nothing_that_it_does_not_use(name: str) -> None:
    modules = loaded_by(name)

    assert {
        m for m in modules for never in NEVER if m == never or m.startswith(f"{never}.")
    } == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_no_part_of_longshore_that_another_one_needs(name: str) -> None:
    adapters = {m.removeprefix("longshore.aws.") for m in loaded_by(name) if "longshore.aws." in m}

    assert (
        adapters & {"ecs", "registry", "ledger", "directory", "publishing", "configurations"}
        == {
            "router": {"directory"},
            "reconciler": {"ecs", "ledger", "registry"},
            "announcer": {"publishing"},
            "notifier": {"publishing"},
            "control": {"configurations"},
        }[name]
    )


COLLECTING = """
import gc
import functions.{name}.app
from tests.support.runtime import FakeInvocation
print(gc.isenabled(), gc.get_freeze_count() > 0)
functions.{name}.app.make_journal(FakeInvocation())
print(gc.isenabled(), gc.get_freeze_count() > 0)
"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_garbage_is_collected_once_everything_is_imported(name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", COLLECTING.format(name=name)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == ["False", "False", "True", "True"]
