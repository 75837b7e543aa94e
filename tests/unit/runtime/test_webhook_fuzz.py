"""Forged, bent and repeated deliveries by the thousand: none has an effect, and none raises.

`make fuzz` runs ten times as many (LONGSHORE_FUZZ); LONGSHORE_SEED chooses others.
"""

import json
import logging
import os
import random
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

import pytest
from aws_lambda_powertools.logging.logger import Logger

from longshore.domain.errors import Throttled
from longshore.events.git.messages import parse_push
from longshore.runtime.observability import Journal
from longshore.runtime.webhook_api import answer_delivery
from longshore.usecases.start_pushed import start_pushed
from tests.support.deliveries import (
    PLAIN_TOKEN,
    SIGNED,
    SIGNING_TOKEN,
    github,
    gitlab_signature,
    http_event,
    hub_signature,
    sample,
)
from tests.support.push_fakes import ON_MAIN, SHOP, PushWorld

TRIES = int(os.environ.get("LONGSHORE_FUZZ", "10000"))
SEED = int(os.environ.get("LONGSHORE_SEED", "1"))

Event = dict[str, Any]
GOOD: Mapping[str, Event] = {name: http_event(make()) for name, make in SIGNED.items()}
SIGNATURES = ("x-hub-signature-256", "x-hub-signature", "webhook-signature")


class _Nowhere:
    """A stream that keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


@pytest.fixture(scope="module")
def journal() -> Iterator[Journal]:
    nowhere: Any = _Nowhere()
    logger = Logger(service="fuzz", stream=nowhere)
    logging.getLogger("fuzz").propagate = False  # pytest would keep every line
    with redirect_stdout(nowhere):
        yield Journal(logger)


def signature_of(event: Event) -> str:
    return next(name for name in SIGNATURES if name in event["headers"])


def body_of(event: Event) -> bytes:
    body: str = event["body"]
    return body.encode()


# ── what an attacker may change ───────────────────────────────────────────────────────────────

Change = Callable[[random.Random, Event], None]


def bent(rng: random.Random, text: str, alphabet: str) -> str:
    """Return a text that differs in one to three places."""
    letters, before = list(text), text
    while "".join(letters) == before:
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(letters) + 1)
            match rng.randrange(3):
                case 0:
                    letters[place : place + 1] = rng.choice(alphabet)
                case 1:
                    letters[place:place] = rng.choice(alphabet)
                case _:
                    del letters[place : place + rng.randint(1, 4)]
    return "".join(letters)


def change_body(rng: random.Random, event: Event) -> None:
    event["body"] = bent(rng, event["body"], 'ab0 {}[]",:\\\n\u20ac\x00')


def change_what_is_pushed(rng: random.Random, event: Event) -> None:
    replaced = {"main": "evil", "9f8e": "0000", "ada": "eve", "acme": "evil"}
    old, new = rng.choice([*replaced.items()])
    event["body"] = event["body"].replace(old, new, rng.randint(1, 9))


def write_json_anew(rng: random.Random, event: Event) -> None:
    if event["body"].startswith("{"):
        indent = rng.choice([1, 2, 3])
        event["body"] = json.dumps(json.loads(event["body"]), indent=indent)
    else:
        event["body"] += "&"


def cut_or_repeat_body(rng: random.Random, event: Event) -> None:
    body = event["body"]
    event["body"] = rng.choice([body[: rng.randrange(len(body))], body * 2, body + " ", " " + body])


def change_signature(rng: random.Random, event: Event) -> None:
    name = signature_of(event)
    event["headers"][name] = bent(rng, event["headers"][name], "0123456789abcdefABCDEF+/=,v ")


def forge_signature(rng: random.Random, event: Event) -> None:
    body, secret = body_of(event), rng.choice(["", "secret", "x" * 27, "longshore/git"])
    token = "whsec_" + b64encode(rng.randbytes(32)).decode()
    moment = event["headers"].get("webhook-timestamp", "0")
    forged = {"webhook-signature": f"v1,{gitlab_signature(body, moment, token=token)}"}
    name = signature_of(event)
    event["headers"][name] = forged.get(name, hub_signature(body, secret))


def lose_signature(rng: random.Random, event: Event) -> None:
    name = signature_of(event)
    value = event["headers"].pop(name)
    event["headers"][rng.choice(["signature", "x-signature", "authorization", f"x-{name}"])] = value


def spell_signature_otherwise(rng: random.Random, event: Event) -> None:
    name = signature_of(event)
    value = event["headers"][name]
    event["headers"][name] = rng.choice(
        [
            value.upper(),
            value.replace("=", "", 1),
            value.partition("=")[2] or value[3:],
            f"x{value}",
            f"{value}\n",
            f'"{value}"',
            value.replace("sha256", "sha1").replace("v1", "v1a"),
        ]
    )


def double_header(rng: random.Random, event: Event) -> None:
    name = rng.choice([signature_of(event), *(h for h in event["headers"] if "webhook-" in h)])
    value = event["headers"][name]
    if rng.random() < 0.5:
        event["headers"][name.title()] = rng.choice([value, "x"])
    else:
        event["headers"][name] = f"{value},{rng.choice([value, 'x'])}"


def change_token(rng: random.Random, event: Event) -> None:
    """GitLab: other ids and moments; elsewhere a plain token instead of the signature."""
    headers = event["headers"]
    if "webhook-id" in headers and rng.random() < 0.6:
        name = rng.choice(["webhook-id", "webhook-timestamp"])
        headers[name] = bent(rng, headers[name], "0123456789.-")
        return
    headers.pop(signature_of(event))
    headers["x-gitlab-token"] = rng.choice([PLAIN_TOKEN, SIGNING_TOKEN, "", "token"])


def change_encoding(rng: random.Random, event: Event) -> None:
    event["headers"]["content-encoding"] = rng.choice(["gzip", "deflate", "br", "identity, gzip"])


def change_base64(rng: random.Random, event: Event) -> None:
    body = body_of(event)
    encoded = b64encode(body).decode()
    text, flag = rng.choice(
        [
            (encoded, False),
            (event["body"], True),
            (urlsafe_b64encode(b"\xff" * 9 + body).decode(), True),
            (encoded[:-5], True),
            (bent(rng, encoded, "abcXYZ"), True),
            (f"{encoded}\n", True),
        ]
    )
    event["body"], event["isBase64Encoded"] = text, flag


def change_kind_and_body(rng: random.Random, event: Event) -> None:
    """Say that the body is of another kind: its reader must not find anything else in it."""
    headers = event["headers"]
    form = "application/x-www-form-urlencoded"
    kinds = [form, "text/plain", "", "multipart/form-data"]
    if "x-github-event" in headers:
        is_form = headers["content-type"] == form
        headers["content-type"] = "application/json" if is_form else rng.choice(kinds)
    else:
        headers["x-event-key"] = rng.choice(["diagnostics:ping", "pr:merged", "repo:fork", ""])
        change_body(rng, event)


def send_elsewhere(rng: random.Random, event: Event) -> None:
    here = event["rawPath"].rpartition("/")[2]
    hosts = [host for host in ("github", "gitlab", "bitbucket", "sourcehut", "") if host != here]
    event["rawPath"] = f"/v1/git/{rng.choice(hosts)}"


def lose_a_part(rng: random.Random, event: Event) -> None:
    match rng.randrange(4):
        case 0:
            event.pop("headers")
        case 1:
            event["body"] = rng.choice([None, "", 7, []])
        case 2:
            event["rawPath"] = rng.choice([None, 7, "/", "/v1/git"])
        case _:
            event["headers"] = dict.fromkeys(event["headers"])


CHANGES: tuple[Change, ...] = (
    change_body,
    change_what_is_pushed,
    write_json_anew,
    cut_or_repeat_body,
    change_signature,
    forge_signature,
    lose_signature,
    spell_signature_otherwise,
    double_header,
    change_token,
    change_encoding,
    change_base64,
    change_kind_and_body,
    send_elsewhere,
    lose_a_part,
)


def test_the_good_ones_have_an_effect(journal: Journal) -> None:
    """Else what follows would show nothing."""
    for event in GOOD.values():
        world = PushWorld()
        world.followers.found = [ON_MAIN]
        world.followers.all_known = True  # every host's

        assert answer_delivery(event, world.receiving, journal)["statusCode"] == 202


def test_no_forged_delivery_has_an_effect_and_none_raises(journal: Journal) -> None:
    rng = random.Random(SEED)  # noqa: S311  a seed to find a failure again, no secret
    world = PushWorld()
    world.followers.all_known = True  # so that only the signature keeps it out
    names = [*GOOD]
    for number in range(TRIES):
        event = {**GOOD[names[number % len(names)]]}
        event["headers"] = dict(event["headers"])
        change = CHANGES[number // len(names) % len(CHANGES)]
        change(rng, event)
        if event == GOOD[names[number % len(names)]]:  # it found nothing to change in this one
            change_body(rng, event)

        status = answer_delivery(event, world.receiving, journal)["statusCode"]

        told = f"try {number} of seed {SEED}: {change.__name__} was answered {status}"
        assert status != 202, told
        assert 200 <= status < 500 or change is lose_a_part, told
        assert not world.records.records, told
        assert not world.queue.messages, told


def test_no_replay_has_a_second_effect(journal: Journal) -> None:
    """Headers that are not signed are varied, and the worker comes by whenever it likes."""
    rng = random.Random(SEED)  # noqa: S311  as above
    world, good = PushWorld(), github(sample("github_push"))
    answers = set()
    for number in range(TRIES):
        varied = good.having(
            x_github_delivery=str(number),
            user_agent=f"GitHub-Hookshot/{rng.randrange(99)}",
            x_forwarded_for="192.0.2.1" if rng.random() < 0.5 else None,
        )
        event = http_event(replace(varied, base64=rng.random() < 0.5))
        answers.add(answer_delivery(event, world.receiving, journal)["statusCode"])
        if rng.random() < 0.3:
            work(world, rng)

    work(world, random.Random(0))  # noqa: S311  as above
    assert answers == {200, 202}
    assert len(world.starter.started) == 1
    assert len(world.records.records) == 1


def work(world: PushWorld, rng: random.Random) -> None:
    """Let the worker take what is queued; now and then AWS is busy, after all or before."""
    for _, body in world.queue.take():
        name, push = parse_push(body)
        busy = rng.random() < 0.2
        world.starter.failing = lambda _, busy=busy: Throttled("busy") if busy else None  # type: ignore[misc]  # bound early
        try:
            start_pushed(name, push, world.starting)
        except Throttled:
            world.queue.messages.append((name, body))
    world.starter.failing = lambda _: None


# ── identities ────────────────────────────────────────────────────────────────────────────────

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
LOOKALIKES = {"a": "\u0430", "c": "\u0441", "e": "\u0435", "k": "\u212a", "o": "\u043e"}


def neighbours(rng: random.Random, name: str, alphabet: str) -> Iterator[str]:
    """Yield endless names that contain a name, are part of it, or look like it."""
    while True:
        before = "".join(rng.choices(alphabet, k=rng.randint(0, 4)))
        behind = "".join(rng.choices(alphabet, k=rng.randint(0, 4)))
        place = rng.randrange(len(name))
        looks = LOOKALIKES.get(name[place], name[place].swapcase())
        found = rng.choice(
            [
                f"{before}{name}{behind}",
                name[:place],
                name[place + 1 :],
                name[:place] + name[place + 1 :],
                name[:place] + rng.choice(alphabet) + name[place:],
                name[:place] + looks + name[place + 1 :],
                f"{name}\n",
                f"{name}\x00{behind}",
                f"{name},{name}",
            ]
        )
        if found != name:
            yield found


PUSH = {
    **{key: sample("github_push")[key] for key in ("ref", "before", "after", "repository")},
    "sender": {"login": "ada"},
}
"""As little as a push can be."""


def test_no_repository_passes_for_one_that_is_named(journal: Journal) -> None:
    rng = random.Random(SEED)  # noqa: S311  as above
    world, others = PushWorld(), neighbours(rng, SHOP.name, f"{LETTERS}/")
    payload = dict(PUSH)
    for _ in range(TRIES):
        payload["repository"] = {"full_name": next(others)}

        status = answer_delivery(http_event(github(payload)), world.receiving, journal)

        assert status["statusCode"] in {400, 404}, payload["repository"]
    assert not world.records.records


def test_nobody_passes_for_who_may_push(journal: Journal) -> None:
    rng = random.Random(SEED)  # noqa: S311  as above
    world, others = PushWorld(), neighbours(rng, "ada", LETTERS)
    world.followers.found = [replace(ON_MAIN, pushers=("ada",))]
    payload = dict(PUSH)
    for _ in range(TRIES):
        payload["sender"] = {"login": next(others)}

        answer_delivery(http_event(github(payload)), world.receiving, journal)
        for name, body in world.queue.take():
            start_pushed(name, parse_push(body)[1], world.starting)

    assert world.starter.calls == []
    answer_delivery(http_event(github(PUSH)), world.receiving, journal)
    ((name, body),) = world.queue.take()
    start_pushed(name, parse_push(body)[1], world.starting)
    assert len(world.starter.calls) == 1
