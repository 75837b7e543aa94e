import json

import pytest

from longshore.domain.builds import AnyLook, BuildLook
from longshore.domain.errors import UnknownSchema
from longshore.domain.executions import Look
from longshore.events.look_messages import encode_look, look_id, parse_look
from tests.support.watch_fakes import EXECUTION, PIPELINE

LOOK = Look(pipeline=PIPELINE, execution=EXECUTION.id, events=("a", "b"), ended=True, attempt=1)
BUILD = Look(pipeline=PIPELINE, build="images:813953eb-2284", busy=3)


ALONE = BuildLook(build="images:813953eb-2284", events=("a",), attempt=1, busy=2)


@pytest.mark.parametrize("look", [LOOK, BUILD, ALONE])
def test_a_look_comes_back_as_it_went(look: AnyLook) -> None:
    assert parse_look(encode_look(look)) == look


def test_a_look_belongs_to_its_execution_or_its_build() -> None:
    assert (LOOK.group, BUILD.group) == (EXECUTION.id, "813953eb-2284")
    assert (ALONE.group, ALONE.project) == ("813953eb-2284", "images")


def test_two_events_make_two_looks_and_one_delivered_twice_makes_one() -> None:
    assert look_id("m-1", LOOK) == look_id("m-1", LOOK)
    assert len({look_id("m-1", LOOK), look_id("m-2", LOOK), look_id("m-1", BUILD)}) == 3


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"pipeline": "checkout"}, "names no pipeline"),
        ({"pipeline": 7}, "look.pipeline: expected text"),
        ({"execution": "a/b"}, "is the id of no execution"),
        ({"execution": None}, "names neither an execution nor a build"),
        ({"execution": None, "build": "x y"}, "names neither an execution nor a build"),
        ({"pipeline": None, "build": "x y"}, "names neither a pipeline nor a build"),
        ({"pipeline": None, "build": None}, "look.build: expected text"),
        ({"events": "a"}, "look.events: expected a list"),
        ({"ended": 1}, "look.ended: expected true or false"),
        ({"attempt": -1}, "look.attempt: expected a whole number"),
    ],
)
def test_what_is_no_look_is_refused(change: dict[str, object], complaint: str) -> None:
    document = json.loads(encode_look(LOOK))
    document["look"] |= change

    with pytest.raises(ValueError, match=complaint):
        parse_look(json.dumps(document))


def test_a_look_of_a_newer_version_is_not_ended() -> None:
    document = json.loads(encode_look(LOOK))
    document["look"]["schema"] = 2

    with pytest.raises(UnknownSchema):
        parse_look(json.dumps(document))
