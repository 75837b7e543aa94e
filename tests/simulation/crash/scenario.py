"""What a small story is made of: a plan of few stages, a script, and what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tests.simulation.climate import CALM, Window
from tests.simulation.crash.ends import ASPECTS
from tests.simulation.crash.scripted import ALWAYS, Script
from tests.simulation.plan import Action, Application, Plan, Repository, Service, Stage

CRASHES, NEVER_STARTS, NEVER_SETTLES = 0, 4, 5
"""Places in the list of bad images."""

OUTCOME = frozenset({"live", "kept back", "runs"})
"""What must be the same where it is a matter of moments which steps lead to it."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan, what the world does to it, and what its story tells when nothing goes wrong.

    After every stop its end must be the same in these aspects.
    """

    about: str
    plan: Plan
    shows: tuple[str, ...]
    script: Script = field(default_factory=Script)
    aspects: frozenset[str] = ASPECTS


Do = tuple[float, str, int, int]
"""An action: the seconds after the one before it, the verb, `whom` and `how`."""

A_WHILE: Do = (240, "wait", 0, 0)
LATER = 1500
"""Seconds after which everything is over, even if a worker died and another had to come."""


APP = Repository("app", by_version=False, immutable=False)
SIDE = Repository("side", by_version=True, immutable=True)


def make_plan(stages: Sequence[Stage], *actions: Do, **more: Any) -> Plan:
    after, done = timedelta(), []
    for number, (pause, verb, whom, how) in enumerate(actions):
        after += timedelta(seconds=pause)
        done.append(Action(number, after, verb, whom, how))
    repositories = {service.repository for stage in stages for service in stage.services}
    images = tuple(each for each in (APP, SIDE) if each.name in repositories)
    return Plan(0, CALM, (Application("shop", images, tuple(stages)),), tuple(done), **more)


def make_service(name: str, **more: Any) -> Service:
    usual = {"cluster": "staging", "repository": "app", "breaker": "on", "desired": 1}
    return Service(**{**usual, "name": name, "base": "service", "pinned": True, **more})


def make_staging(*services: Service, deadline: int = 30) -> Stage:
    return Stage("staging", services, deadline)


def minutes(begins: float, ends: float) -> Window:
    return Window(timedelta(minutes=begins), timedelta(minutes=ends))


def points_from(seconds: float) -> Window:
    return replace(ALWAYS, begins=timedelta(seconds=seconds))


def points_until(seconds: float) -> Window:
    return replace(ALWAYS, ends=timedelta(seconds=seconds))


WEB = make_service("web")
API = make_service("api")
ONE = make_staging(WEB)
TWO = make_staging(WEB, API)
PRODUCTION = Stage("production", (make_service("web", cluster="production"),), 30)
