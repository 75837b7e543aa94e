"""Events have the shape of AWS's."""

import json
from datetime import datetime
from pathlib import Path

from longshore_local.codebuild import Fails, Succeeds
from longshore_local.codebuild.events import moment
from tests.unit.local.codebuild.scene import START, Scene

SAMPLE = json.loads(Path("events/codebuild/build_succeeded.json").read_text())


def test_a_build_is_told_of_when_it_begins_and_when_it_ends() -> None:
    scene = Scene(conduct=Succeeds({"TAG": "v1"}))
    build = scene.start()
    scene.later(minutes=5)

    begun, ended = scene.details("State")

    assert (begun["build-status"], begun["current-phase"]) == ("IN_PROGRESS", "QUEUED")
    assert (ended["build-status"], ended["current-phase"]) == ("SUCCEEDED", "COMPLETED")
    assert ended["build-id"].endswith(f":build/{build}")
    information = ended["additional-information"]
    assert information["build-complete"] is True
    assert information["exported-environment-variables"] == [{"name": "TAG", "value": "v1"}]
    assert information["build-start-time"] == "May 4, 2026 9:00:00 AM"


def test_an_event_has_every_key_of_the_sample() -> None:
    scene = Scene()
    scene.start()
    scene.later(minutes=5)
    event = scene.events[-1]
    detail = scene.details("State")[-1]

    assert SAMPLE.keys() == event.keys()
    assert SAMPLE["detail"].keys() <= detail.keys()
    known = SAMPLE["detail"]["additional-information"]
    assert known.keys() <= detail["additional-information"].keys()
    variables = detail["additional-information"]["environment"]["environment-variables"]
    (given,) = known["environment"]["environment-variables"]
    assert [one.keys() for one in variables] == [given.keys()]


def test_every_phase_is_told_of_and_one_that_failed_with_its_context() -> None:
    scene = Scene(conduct=Fails("BUILD", "make", 2))
    scene.start()
    scene.later(minutes=5)

    told = {one["completed-phase"]: one for one in scene.details("Phase")}

    assert len(told) == 10
    assert told["BUILD"]["completed-phase-status"] == "FAILED"
    assert told["BUILD"]["completed-phase-context"] == (
        "[COMMAND_EXECUTION_ERROR: Error while executing command: make. Reason: exit status 2]"
    )
    phases = scene.details("State")[-1]["additional-information"]["phases"]
    failed = next(one for one in phases if one.get("phase-status") == "FAILED")
    assert failed["phase-context"] == [
        "COMMAND_EXECUTION_ERROR: Error while executing command: make. Reason: exit status 2"
    ]


def test_times_are_written_in_a_twelve_hour_clock_without_a_zone() -> None:
    def at(hour: int) -> datetime:
        return START.replace(hour=hour)

    assert moment(at(0)) == "May 4, 2026 12:00:00 AM"
    assert moment(at(12)) == "May 4, 2026 12:00:00 PM"
    assert moment(at(16)) == "May 4, 2026 4:00:00 PM"
