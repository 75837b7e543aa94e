"""Fifty images over ten services while AWS throttles, fails, hangs and loses replies.

The functions reach AWS through a proxy that deals faults; the test's own calls do not. It is one
story, told by the fixture `fleet`; each test looks at one promise when it has ended.
"""

import os
import time
from collections.abc import Iterator
from random import Random

import pytest

from longshore_local.demo.scene import await_that
from longshore_local.deploy.prepared import prepare
from longshore_local.embedded import EmbeddedAws
from longshore_local.errors import LocalCloudError
from longshore_local.gates.people import policy_of_a_developer
from longshore_local.settings import EmbeddedSettings
from tests.e2e.conftest import ROOT
from tests.e2e.fleet import CHANNELS, PUSHES_OF_EACH, Fleet, pushes_in_turn
from tests.e2e.shop import CLUSTER, EXECUTION_ROLE, LOG_GROUP, TASK_ROLE, waiting
from tests.support.faults import Fault
from tests.support.faulty_proxy import FAIR, Card, Dealer, FaultyProxy, Hand

SEED = int(os.environ.get("FAULTS_SEED", "20"))
TOLD = f"FAULTS_SEED={SEED} deals the same cards again"

PAUSE = 0.3
"""Seconds between two pushes: a stage is often still busy with one when the next comes."""
SWEEP_EVERY = 3.0
SETTLED_WITHIN = 300.0
"""Seconds, of which about fifty are needed: that a call without a reply had no effect is certain
only when ECS has not shown its deployment for 45. What met trouble several times takes longer."""
TOLD_WITHIN = 120.0
"""Seconds: Slack takes one message a second and channel, 50 edits a minute."""

NOTHING: list[Card | None] = [None]

TRIED_AGAIN: list[Card | None] = [
    *NOTHING * 27,
    Card(Fault.ERROR),
    Card(Fault.UNAVAILABLE),
    Card(Fault.THROTTLED),
    Card(Fault.CUT),
    Card(Fault.LOST, attempts=2),
]
"""For what the SDK tries three times. All three never fail: where router, announcer or notifier
give up, their message comes again after three minutes, which is longer than this test may take."""

OUTAGE = [*TRIED_AGAIN, Card(Fault.ERROR, attempts=3)]
"""For what the reconciler calls alone: when it gives up it wakes the stage again by itself."""

REGISTERING: list[Card | None] = [
    *NOTHING * 3,
    Card(Fault.BUSY),
    Card(Fault.THROTTLED),
    Card(Fault.LOST),
    Card(Fault.ERROR),
]
UPDATING: list[Card | None] = [
    *NOTHING * 3,
    Card(Fault.THROTTLED),
    Card(Fault.LOST),
    Card(Fault.LOST),
]

BAD_DAY: Hand = {
    "*": TRIED_AGAIN,
    "dynamodb:TransactWriteItems": OUTAGE,
    "ecr:*": OUTAGE,
    "ecs:*": OUTAGE,
    "ecs:RegisterTaskDefinition": REGISTERING,
    "ecs:UpdateService": UPDATING,
}
READS = ("BatchGetItem", "GetItem", "Query")
WITHOUT_EFFECT = (Fault.CUT, Fault.ERROR)
"""Not among the cards of UpdateService: finding out that it did nothing takes the longest."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[FaultyProxy]:
    with FaultyProxy(Dealer(SEED)) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def fleet(proxy: FaultyProxy) -> Iterator[Fleet]:
    settings = EmbeddedSettings(
        root=ROOT,
        clusters=(CLUSTER,),
        task_roles=(TASK_ROLE, EXECUTION_ROLE),
        detour=proxy.detour,
        slack_channels=CHANNELS,
        log_groups=(LOG_GROUP,),
    )
    prepared = prepare(ROOT)
    with EmbeddedAws(settings) as aws:
        aws.start()
        aws.deploy(prepared)
        aws.cloud.ecs.create_cluster(clusterName=CLUSTER)
        policy = policy_of_a_developer(aws.cloud, aws.stack)
        fleet = Fleet(aws, aws.principals.create_user("ada", policy))
        fleet.launch()
        _push_through(fleet, proxy.dealer)
        _settle(fleet, proxy)
        yield fleet


def _push_through(fleet: Fleet, dealer: Dealer) -> None:
    """Push everything, one application after the other; some faults are certain, most are dealt.

    What happens to the last push of the first one is not healed by another push; it has the time
    of the second one to be found out. The true time-outs come last: while one call of the
    reconciler hangs, nothing else of it moves here, for the emulator serves a FIFO queue serially.
    """
    turns = pushes_in_turn(Random(SEED))  # noqa: S311 - as the proxy's
    dealer.play(BAD_DAY)
    dealer.order("sns:Publish", Fault.LATE)
    dealer.order("ecs:RegisterTaskDefinition", Fault.BUSY, Fault.LOST, Fault.THROTTLED)
    dealer.order("ecs:UpdateService", Fault.LOST, Fault.THROTTLED)
    _push(fleet, turns["mill"][:-1])
    dealer.order("ecs:UpdateService", *WITHOUT_EFFECT)
    _push(fleet, turns["mill"][-1:])
    _push(fleet, turns["port"][:-1])
    dealer.play(FAIR)
    dealer.order("ecs:DescribeServices", Fault.LATE)
    dealer.order("ecs:UpdateService", Fault.LATE)
    _push(fleet, turns["port"][-1:])


def _push(fleet: Fleet, turns: list[tuple[str, str]]) -> None:
    for number, (repository, version) in enumerate(turns):
        fleet.push(repository, version)
        time.sleep(PAUSE)
        if number % 10 == 0:
            fleet.aws.sweep()


def _settle(fleet: Fleet, proxy: FaultyProxy) -> None:
    """Sweep, as time would, until everything has come to its end."""
    until, swept = time.monotonic() + SETTLED_WITHIN, 0.0
    while left := fleet.unsettled():
        if time.monotonic() > until:
            met = dict(proxy.faults())
            raise LocalCloudError(f"{'; '.join(left)}; met {met}; {TOLD}")
        if time.monotonic() > swept + SWEEP_EVERY:
            fleet.aws.sweep()
            swept = time.monotonic()
        time.sleep(0.5)


def test_the_faults_were_real(fleet: Fleet, proxy: FaultyProxy) -> None:
    every = proxy.faults()
    certain = {Fault.LOST, Fault.THROTTLED}
    dealt = {*certain, Fault.CUT, Fault.ERROR, Fault.UNAVAILABLE}

    assert every.total() >= 60
    assert every[Fault.LATE] == 3
    assert set(proxy.faults("ecs:UpdateService")) >= {*certain, *WITHOUT_EFFECT, Fault.LATE}
    assert set(proxy.faults("ecs:RegisterTaskDefinition")) >= {*certain, Fault.BUSY}
    assert {fault for read in READS for fault in proxy.faults(f"dynamodb:{read}")} >= dealt
    assert all(one.effective for one in proxy.incidents if one.fault is Fault.LATE)
    assert sum(len(fleet.deployments(stage)) for stage in fleet.stages) > len(fleet.stages)


def test_every_service_runs_what_its_tag_names(fleet: Fleet) -> None:
    for berth in fleet.berths:
        wanted = fleet.wanted(berth.stage)[berth.image]
        stable = fleet.target(berth).stable

        assert fleet.running(berth) == {wanted}, f"{berth.name}; {TOLD}"
        assert stable is not None
        assert dict(stable.digests)[berth.image] == wanted
        assert fleet.rollouts(berth)[0] == stable.revision


def test_every_push_ended_once_in_every_stage(fleet: Fleet) -> None:
    for stage in fleet.stages:
        pushes, outcomes = fleet.pushes(stage.application), fleet.outcomes(stage)
        assert len(pushes) == len(set(pushes)) == PUSHES_OF_EACH * len(fleet.wanted(stage))
        assert set(pushes) <= outcomes.keys(), f"{stage}; {TOLD}"
        assert all(outcomes[push]["reason"] for push in pushes)


def test_nothing_was_registered_twice(fleet: Fleet) -> None:
    for berth in fleet.berths:
        fingerprints = fleet.fingerprints(berth)
        assert fingerprints
        assert len(fingerprints) == len(set(fingerprints)), f"{berth.name}; {TOLD}"


def test_no_service_was_moved_twice_by_a_deployment_or_back(fleet: Fleet) -> None:
    for berth in fleet.berths:
        *rollouts, _created = fleet.rollouts(berth)
        versions = [fleet.version(berth, one) for one in rollouts]

        assert versions == sorted(set(versions), reverse=True), f"{berth.name}; {TOLD}"
        assert len(rollouts) <= len(fleet.deployments(berth.stage))


def test_the_end_of_every_deployment_was_told(fleet: Fleet) -> None:
    await_that(lambda: not fleet.untold(), f"somebody was not told; {TOLD}")
    await_that(lambda: not fleet.unconfirmed(), f"an announcement was not confirmed; {TOLD}")


def test_slack_shows_each_deployment_once_and_as_it_ended(fleet: Fleet) -> None:
    await_that(lambda: not fleet.mistold(), f"Slack was not told all; {TOLD}", TOLD_WITHIN)

    assert fleet.mistold() == []


def test_no_answer_to_a_function_leads_out_of_this_machine(
    fleet: Fleet, proxy: FaultyProxy
) -> None:
    assert fleet.deployments(fleet.stages[0])
    assert proxy.passed >= {"ecr:GetDownloadUrlForLayer", "secretsmanager:GetSecretValue"}
    assert proxy.links == set()


def test_nothing_is_left_behind(fleet: Fleet) -> None:
    """What failed by an exception would lie invisible in its queue, or among the dead letters."""
    queues = ("Inbox", "Work", "Notices")
    dead = [f"{name}DeadLetters" for name in (*queues, "Rule", "Stream")]

    await_that(lambda: not waiting(fleet.aws, [*queues, *dead]), f"a message was left; {TOLD}")
