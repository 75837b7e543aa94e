import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from longshore.domain.errors import Conflict, NotPermitted, Throttled, UnknownSchema
from longshore.domain.intents import WantedImage
from longshore.domain.wakeups import Hint, Wakeup
from longshore.runtime.control_api import answer_request
from longshore.runtime.http import LARGEST_BODY
from longshore.usecases.control_ports import ControlPorts
from tests.support.builders import HOME, STAGE, make_digest
from tests.support.control_fakes import (
    InMemoryConfigurationStore,
    InMemoryIntentStore,
    InMemoryStopSwitch,
)
from tests.support.fakes import FakeClock, InMemoryWakeups
from tests.support.runtime import Written, url_event

DOCUMENT = {
    "apiVersion": "longshore/v1",
    "application": STAGE.application,
    "images": {"app": {"repository": "checkout", "select": {"tag": "main"}}},
    "stages": {STAGE.stage: {"targets": [{"service": "prod/web"}]}},
}
APPLY = {"document": DOCUMENT, "deploy": True, "base": 0}
RETRY = {"stage": str(STAGE), "kind": "retry", "reason": "mended", "id": "5e1d6e0c-8f83"}


class World:
    def __init__(self) -> None:
        self.store = InMemoryConfigurationStore()
        self.intents = InMemoryIntentStore()
        self.wakeups = InMemoryWakeups()
        self.written = Written()
        self.switch = InMemoryStopSwitch()
        self.ports = ControlPorts(
            self.store, self.intents, self.switch, self.wakeups, FakeClock(), HOME
        )

    def answer(self, event: dict[str, Any]) -> tuple[int, Any]:
        answered = answer_request(event, self.ports, self.written.journal)
        assert answered["headers"]["content-type"] == "application/json"
        assert answered["headers"]["cache-control"] == "no-store"
        return answered["statusCode"], json.loads(answered["body"])

    def apply(self, body: object = None, *, actor: str = "arn:of:somebody") -> tuple[int, Any]:
        return self.answer(url_event("/v1/configurations", body or APPLY, actor=actor))

    def ask(self, body: object) -> tuple[int, Any]:
        return self.answer(url_event("/v1/intents", body))


@pytest.fixture
def world() -> World:
    return World()


def test_a_configuration_is_put_in_force_by_who_signed(world: World) -> None:
    status, body = world.apply(actor="arn:aws:iam::123456789012:user/me")

    assert (status, body) == (
        200,
        {"application": "checkout", "number": 1, "stages": ["checkout/production"]},
    )
    in_force = world.store.state.in_force("checkout")
    assert in_force is not None
    assert (in_force.applied_by, in_force.deploy) == ("arn:aws:iam::123456789012:user/me", True)
    (line,) = world.written.lines
    assert (line["message"], line["actor"]) == ("request granted", in_force.applied_by)


def test_an_intent_is_taken(world: World) -> None:
    world.apply()
    world.wakeups.take()

    status, body = world.ask(RETRY)

    assert (status, body) == (
        202,
        {"id": "5e1d6e0c-8f83", "stage": "checkout/production", "kind": "retry"},
    )
    assert world.wakeups.take() == [Wakeup(STAGE, frozenset({Hint.PERSON}))]


def test_what_is_wanted_by_name_is_read(world: World) -> None:
    world.apply()
    image = {"alias": "app", "digest": make_digest(1), "tag": None}
    way = {"to": "0123456789ab", "leaving": None}

    assert world.ask({**RETRY, "id": "a-deployment", "kind": "deploy", "images": [image]})[0] == 202
    assert world.ask({**RETRY, "id": "a-rollback", "kind": "rollback", **way})[0] == 202

    deploy, rollback = world.intents.intents.values()
    assert deploy.images == (WantedImage("app", make_digest(1)),)
    assert (rollback.to, rollback.leaving) == ("0123456789ab", None)


@pytest.mark.parametrize("images", [None, {}, "app", [None], [{"alias": "app"}]])
def test_images_that_are_none_are_refused(world: World, images: object) -> None:
    world.apply()

    status, body = world.ask({**RETRY, "kind": "deploy", "images": images})

    assert status == 400
    assert body["error"].startswith("images")


def test_who_did_it_is_who_signed_whatever_the_body_says(world: World) -> None:
    world.apply({**APPLY, "actor": "arn:of:the:boss", "applied_by": "arn:of:the:boss"})

    in_force = world.store.state.in_force("checkout")
    assert in_force is not None
    assert in_force.applied_by == "arn:of:somebody"


@pytest.mark.parametrize(
    "change",
    [
        lambda context: context.pop("authorizer"),
        lambda context: context.update(authorizer=None),
        lambda context: context.update(authorizer={"iam": None}),
        lambda context: context["authorizer"]["iam"].pop("userArn"),
        lambda context: context["authorizer"]["iam"].update(userArn=""),
        lambda context: context["authorizer"]["iam"].update(userArn=7),
    ],
)
def test_a_request_that_nobody_signed_is_refused(
    world: World, change: Callable[[dict[str, Any]], object]
) -> None:
    event = url_event("/v1/configurations", {**APPLY, "actor": "arn:of:the:boss"})
    change(event["requestContext"])

    status, body = world.answer(event)

    assert status == 403
    assert body == {
        "error": "the request is not signed by an IAM identity",
        "next": "sign it with SigV4, as the longshore command does",
    }
    assert world.store.state.pointers == {}


def test_a_body_in_base64_is_read(world: World) -> None:
    event = url_event("/v1/configurations", base64.b64encode(json.dumps(APPLY).encode()).decode())
    event["isBase64Encoded"] = True

    assert world.answer(event)[0] == 200


def test_a_body_that_is_no_base64_is_refused(world: World) -> None:
    event = url_event("/v1/configurations", "not base64!")
    event["isBase64Encoded"] = True

    assert world.answer(event)[0] == 400


@pytest.mark.parametrize("encoded", [False, True])
def test_a_body_may_be_as_long_as_the_limit_and_no_longer(
    world: World,
    encoded: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    for length, expected in ((LARGEST_BODY, 400), (LARGEST_BODY + 1, 413)):
        text = "x" * length
        event = url_event(
            "/v1/intents", base64.b64encode(text.encode()).decode() if encoded else text
        )
        event["isBase64Encoded"] = encoded

        status, body = world.answer(event)

        assert status == expected
        assert set(body) == {"error", "next"}


def test_the_limit_counts_bytes(world: World) -> None:
    assert world.answer(url_event("/v1/intents", "€" * (LARGEST_BODY // 3 + 1)))[0] == 413


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "7", "[" * 100_000])
def test_a_body_that_is_no_object_is_refused(world: World, body: str) -> None:
    for path in ("/v1/configurations", "/v1/intents"):
        status, answer = world.answer(url_event(path, body))

        assert status == 400
        assert answer["error"].startswith("the body is not a JSON object")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"document": None}, "document: expected an object, found null"),
        ({"document": "text"}, "document: expected an object, found text"),
        ({"deploy": "yes"}, "deploy: expected true or false, found text"),
        ({"deploy": None}, "deploy: expected true or false, found null"),
        ({"base": None}, "base: expected a whole number of at least 0, found null"),
        ({"base": -1}, "base: expected a whole number of at least 0, found a number"),
        ({"base": True}, "base: expected a whole number, found a boolean"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(
    world: World, change: dict[str, object], error: str
) -> None:
    assert world.apply({**APPLY, **change}) == (
        400,
        {"error": error, "next": "send what the longshore command sends"},
    )


def test_without_deploy_nothing_is_deployed(world: World) -> None:
    world.apply({"document": DOCUMENT, "base": 0})

    in_force = world.store.state.in_force("checkout")
    assert in_force is not None
    assert not in_force.deploy


def test_a_document_that_is_not_valid_is_refused_with_its_place(world: World) -> None:
    wrong = {**DOCUMENT, "notify": [{"slack": "checkout"}]}

    status, body = world.apply({**APPLY, "document": wrong})

    assert status == 422
    assert body["error"].startswith('notify[0].slack: "checkout" is no Slack channel')
    assert body["next"] == "correct the file and apply it again"


def test_a_plan_that_is_out_of_date_is_a_conflict(world: World) -> None:
    status, body = world.apply({**APPLY, "base": 4})

    assert status == 409
    assert "plan again" in body["next"]


def test_a_stage_that_nobody_configured_is_not_found(world: World) -> None:
    assert world.ask(RETRY)[0] == 404


def test_other_paths_and_methods_are_refused(world: World) -> None:
    get = url_event("/v1/intents", RETRY)
    get["requestContext"]["http"]["method"] = "GET"

    assert world.answer(url_event("/", APPLY))[0] == 404
    assert world.answer(url_event("/v1/intents/", APPLY))[0] == 404
    assert world.answer(get)[0] == 405


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (Throttled("dynamodb:GetItem was slowed down"), 503, "was slowed down"),
        (Conflict("another writer was first"), 503, "another writer"),
        (NotPermitted("role x lacks dynamodb:GetItem"), 500, "lacks dynamodb:GetItem"),
        (UnknownSchema("finish the upgrade"), 500, "finish the upgrade"),
        (RuntimeError("secret"), 500, "Longshore failed"),
    ],
)
def test_what_fails_says_so_and_what_to_do_next(
    world: World, error: Exception, status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing(InMemoryWakeups):
        def send(self, *_: object, **__: object) -> None:
            raise error

    world.ports = replace(world.ports, wakeups=Failing())

    answered, body = world.apply()

    assert answered == status
    assert told in body["error"]
    assert body["next"]
    assert "secret" not in json.dumps(body)
    assert ("WorkFailed" in capsys.readouterr().out) == isinstance(error, RuntimeError)


@pytest.mark.parametrize("event", [{}, {"requestContext": None}, {"body": 7}])
def test_an_invocation_that_is_no_request_is_answered_all_the_same(
    world: World, event: dict[str, Any]
) -> None:
    status, body = world.answer(event)

    assert status in {403, 500}
    assert set(body) == {"error", "next"}


def test_no_body_is_ever_logged(world: World) -> None:
    world.apply({**APPLY, "document": {**DOCUMENT, "password": "hunter2"}})
    world.ask({**RETRY, "token": "hunter2"})

    assert "hunter2" not in world.written.buffer.getvalue()


def test_the_stop_switch_is_turned_and_stands_in_the_log(world: World) -> None:
    freeze = {"frozen": True, "reason": "prices are wrong", "seen": 0, "actor": "arn:of:the:boss"}

    status, body = world.answer(url_event("/v1/freeze", freeze))

    assert (status, body["frozen"], body["changed"]) == (200, True, True)
    assert (body["woken"], body["unwoken"]) == (None, None)
    assert (body["actor"], body["reason"]) == ("arn:of:somebody", "prices are wrong")
    (line,) = world.written.lines
    assert line["answer"] == body

    status, body = world.answer(url_event("/v1/freeze", {**freeze, "frozen": False}))
    assert (status, body["next"]) == (409, "see what is frozen: longshore status")

    status, body = world.answer(url_event("/v1/freeze", {**freeze, "frozen": False, "seen": 1}))
    assert (status, body["frozen"], body["woken"]) == (200, False, True)
    assert world.wakeups.sweeps == 1


def test_the_end_of_a_freeze_that_wakes_nobody_says_so(world: World) -> None:
    freeze = {"frozen": True, "reason": "prices are wrong", "seen": 0}
    world.answer(url_event("/v1/freeze", freeze))
    world.wakeups.failure = Throttled("SQS did not take 1 of 1 messages (ServiceUnavailable)")

    status, body = world.answer(url_event("/v1/freeze", {**freeze, "frozen": False, "seen": 1}))

    assert (status, body["frozen"], body["changed"], body["woken"]) == (200, False, True, False)
    assert body["unwoken"] == str(world.wakeups.failure)
    assert world.written.lines[-1]["answer"] == body


@pytest.mark.parametrize("missing", ["frozen", "reason", "seen"])
def test_a_turn_of_the_switch_says_all_that_it_is(world: World, missing: str) -> None:
    freeze = {"frozen": True, "reason": "prices are wrong", "seen": 0}
    del freeze[missing]

    status, body = world.answer(url_event("/v1/freeze", freeze))

    assert status == 400
    assert body["error"].startswith(missing)
