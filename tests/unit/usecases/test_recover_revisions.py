"""A registration whose answer is lost is found again, and never made twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from longshore.aws.calls import AwsCall
from longshore.domain.deployments import Phase
from longshore.domain.errors import UnknownReply
from longshore_local.ecs.images import Exits
from tests.support.builders import HOME, SERVICE, STAGE
from tests.support.ecs import ecs_over
from tests.support.harbour import Harbour, WorkerDied
from tests.support.voyages import make_harbour, of_digest

CRASH = Exits(1, timedelta(seconds=1))


class Waters:
    """Loses the answer of one registration, and lists new revisions late."""

    def __init__(self, harbour: Harbour, error: type[BaseException], *, at: int = 1) -> None:
        self.harbour, self.error, self.at = harbour, error, at
        self.listed_after = timedelta(seconds=30)
        self.registered: list[Any] = []
        harbour.ecs = ecs_over(harbour.world, self.passage)
        harbour.ports = replace(harbour.ports, ecs=harbour.ecs.port)

    def passage(self, call: AwsCall, perform: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the call answers
        reply = perform()
        if call.operation == "ListTaskDefinitions":
            return {**reply, "taskDefinitionArns": self._listed(reply["taskDefinitionArns"])}
        if call.operation == "RegisterTaskDefinition":
            arn = reply["taskDefinition"]["taskDefinitionArn"]
            self.registered.append((arn, self.harbour.clock.now()))
            if len(self.registered) == self.at:
                raise self.error("lost")
        return reply

    def _listed(self, arns: list[str]) -> list[str]:
        now = self.harbour.clock.now()
        hidden = {arn for arn, at in self.registered if now - at < self.listed_after}
        return [arn for arn in arns if arn not in hidden]


def fingerprints(harbour: Harbour) -> list[str]:
    """Return the fingerprints of what Longshore registered, in order."""
    listed: Any = harbour.world.call("ListTaskDefinitions", {"familyPrefix": SERVICE.name})
    found = []
    for arn in listed["taskDefinitionArns"]:
        described: Any = harbour.world.call(
            "DescribeTaskDefinition", {"taskDefinition": arn, "include": ["TAGS"]}
        )
        tags = {tag["key"]: tag["value"] for tag in described.get("tags", ())}
        found += [tags["longshore:fingerprint"]] if "longshore:fingerprint" in tags else []
    return found


@pytest.mark.parametrize("error", [UnknownReply, WorkerDied])
def test_it_is_found_though_it_is_listed_late(error: type[BaseException]) -> None:
    harbour = make_harbour()
    waters = Waters(harbour, error)

    harbour.push(2)
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(2)
    assert len(waters.registered) == 1
    assert harbour.snapshot.target(SERVICE).sought == ()


def test_one_that_took_no_effect_is_made_again() -> None:
    harbour = make_harbour()

    def closed_once(call: AwsCall, perform: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the call answers
        if call.operation == "RegisterTaskDefinition" and not tried:
            tried.append(call)
            raise UnknownReply("closed")
        return perform()

    tried: list[AwsCall] = []
    harbour.ecs = ecs_over(harbour.world, closed_once)
    harbour.ports = replace(harbour.ports, ecs=harbour.ecs.port)

    harbour.push(2)
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(2)
    assert len(fingerprints(harbour)) == 1


def test_it_is_known_even_if_something_newer_came_meanwhile() -> None:
    harbour = make_harbour()
    waters = Waters(harbour, UnknownReply)
    harbour.push(2)
    harbour.run(minutes=0.1)

    harbour.push(3)
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(3)
    assert {arn for arn, _ in waters.registered} <= set(harbour.state.revisions.values())
    assert harbour.deployment(1).phase is Phase.SUPERSEDED


def test_it_stays_known_where_a_service_already_runs_the_same_content() -> None:
    """Somebody goes back to what was adopted, of which a copy was registered meanwhile."""
    harbour = Harbour()
    harbour.push(1)
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    waters = Waters(harbour, UnknownReply, at=0)
    for number in (2, 1, 3):
        harbour.push(number)
        harbour.retry(f"{number} is wanted")
        harbour.run(minutes=15)
    adopted = {"service": SERVICE.name, "taskDefinition": f"{SERVICE.name}:1"}
    harbour.world.call("UpdateService", {"cluster": SERVICE.cluster, **adopted})
    harbour.push(1)
    harbour.retry("1 is wanted")
    harbour.run(minutes=15)

    assert [harbour.deployment(each).phase for each in (1, 2, 3, 4)] == [Phase.SUCCEEDED] * 4
    assert len(waters.registered) == 3
    assert {arn for arn, _ in waters.registered} == set(harbour.state.revisions.values())


def test_the_way_back_is_not_registered_twice_either() -> None:
    harbour = make_harbour()
    waters = Waters(harbour, UnknownReply, at=2)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)

    made = fingerprints(harbour)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert len(made) == len(set(made)) == len(waters.registered)
    known = {f for (home, _, f) in harbour.state.revisions if home == HOME}
    assert set(made) <= known
    assert harbour.ledger.read_stage(STAGE) is not None
