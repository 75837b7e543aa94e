"""A ledger that was restored from a backup has forgotten what came since: nothing moves by that."""

from dataclasses import replace

from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted
from longshore.domain.holds import HoldKind
from longshore.domain.outcomes import EventName
from longshore_local.ecs.images import Exits, NeverStarts
from tests.support.builders import HOME, SERVICE, make_digest, make_spec
from tests.support.harbour import WORKER, Harbour, two_services
from tests.support.voyages import make_harbour, of_digest

CRASH = Exits(1)


def moved(harbour: Harbour) -> list[str]:
    """Return what was written to ECS since the last time this was asked."""
    writes = harbour.ecs.writes()
    harbour.ecs.calls.calls.clear()
    return writes


def test_what_runs_is_adopted_and_nothing_moves() -> None:
    harbour = make_harbour()
    backup = harbour.back_up()
    harbour.push(2)
    harbour.run(minutes=10)
    moved(harbour)

    harbour.restore(backup)
    harbour.run(minutes=40)
    stage = harbour.snapshot.stage

    assert moved(harbour) == []
    assert harbour.running() == of_digest(2)
    assert stage.live is not None
    assert stage.live == stage.stable
    assert stage.live.images[0].digest == make_digest(2)
    assert stage.hold is None
    assert harbour.told()[-1] is EventName.STAGE_ADOPTED


def test_a_release_whose_veto_is_forgotten_is_not_tried_again() -> None:
    harbour = make_harbour()
    backup = harbour.back_up()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    moved(harbour)

    harbour.restore(backup)
    harbour.run(minutes=40)
    hold = harbour.snapshot.stage.hold

    assert moved(harbour) == []
    assert hold is not None
    assert hold.kind is HoldKind.ADOPTED
    assert "restored from a backup" in hold.reason

    harbour.push(3)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(3)


def test_what_the_backup_has_under_way_is_ended() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.2)
    backup = harbour.back_up()
    harbour.run(minutes=10)
    harbour.push(3)
    harbour.run(minutes=10)
    moved(harbour)

    harbour.restore(backup)
    harbour.run(minutes=40)

    assert moved(harbour) == []
    assert harbour.deployment(1).phase is Phase.ABORTED
    assert "restored from a backup" in harbour.deployment(1).reason
    assert harbour.running() == of_digest(3)
    assert harbour.snapshot.stage.due_at is None


def test_a_failure_after_it_returns_to_what_ran_at_the_restore() -> None:
    harbour = make_harbour()
    backup = harbour.back_up()
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.restore(backup)
    harbour.run(minutes=20)

    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=60)

    assert harbour.running() == of_digest(2)


def test_a_service_on_its_way_returns_to_what_was_proven_when_the_next_release_fails() -> None:
    harbour = make_harbour(breaker=False)
    backup = harbour.back_up()
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=5)
    harbour.restore(backup)
    harbour.run(minutes=20)
    target = harbour.snapshot.target(SERVICE)

    assert target.astray
    assert dict(target.stable.digests) == {"app": make_digest(1)}  # type: ignore[union-attr]  # adopted

    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=90)

    assert harbour.running().partition("@")[2] in {"", make_digest(1)}
    assert harbour.snapshot.stage.current is None


def test_a_service_that_is_gone_and_services_that_differ_are_adopted_too() -> None:
    harbour = make_harbour(spec=two_services())
    backup = harbour.back_up()
    request = {"cluster": WORKER.cluster, "service": WORKER.name, "force": True}
    harbour.world.call("DeleteService", request)
    moved(harbour)

    harbour.restore(backup)
    harbour.run(minutes=40)

    assert moved(harbour) == []
    assert harbour.snapshot.target(WORKER).stable is None
    assert harbour.snapshot.stage.live is None


def test_a_hold_of_everything_stays() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.2)
    container = {"name": "web", "image": of_digest(1), "essential": True, "memory": 65}
    family = {"family": "other", "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", family)
    request = {"cluster": SERVICE.cluster, "service": SERVICE.name, "taskDefinition": "other"}
    harbour.world.call("UpdateService", request)
    harbour.run(minutes=20)
    held = harbour.snapshot.stage.hold

    harbour.restore(harbour.back_up())
    harbour.run(minutes=20)

    assert held is not None
    assert held.content is None
    assert harbour.snapshot.stage.hold == held


def test_more_than_ten_services_are_adopted_anew_slice_by_slice() -> None:
    services = [replace(SERVICE, name=f"web-{number}") for number in range(12)]
    spec = make_spec()
    targets = tuple(replace(spec.targets[0], service=service) for service in services)
    harbour = Harbour(spec=replace(spec, targets=targets))
    harbour.push(1)
    for service in services:
        harbour.open_service(service, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=20)
    moved(harbour)

    harbour.restore(harbour.back_up())
    harbour.run(minutes=20)

    assert moved(harbour) == []
    assert {target.ledger for target in harbour.snapshot.targets} == {"ledger/2"}
    assert harbour.snapshot.stage.ledger == "ledger/2"
    assert str(HOME) in str(harbour.snapshot.stage.live.images[0].repository)  # type: ignore[union-attr]  # adopted


def test_a_stage_that_was_not_adopted_yet_at_the_backup_moves_nothing_either() -> None:
    harbour = Harbour()
    harbour.push(1, "main")
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    backup = harbour.back_up()
    harbour.run(minutes=5)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    moved(harbour)

    harbour.restore(backup)
    harbour.run(minutes=40)
    hold = harbour.snapshot.stage.hold

    assert moved(harbour) == []
    assert harbour.running() == of_digest(1)
    assert hold is not None
    assert "restored from a backup" in hold.reason


def test_a_denied_look_does_not_make_it_any_other_stage() -> None:
    harbour = Harbour()
    harbour.push(1, "main")
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply(deploy=True)
    backup = harbour.back_up()
    harbour.run(minutes=5)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    moved(harbour)

    harbour.restore(backup)
    harbour.registry.failure = NotPermitted("the role may not ecr:DescribeImages")
    harbour.run(minutes=2)
    harbour.registry.failure = None
    harbour.run(minutes=40)

    assert moved(harbour) == []
    assert harbour.snapshot.stage.hold is not None


def test_a_wish_from_before_it_is_ended_and_not_heard_again() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    harbour.retry()
    backup = harbour.back_up()
    harbour.run(minutes=60)
    moved(harbour)

    harbour.restore(backup)
    harbour.run(minutes=40)

    assert moved(harbour) == []
    assert harbour.snapshot.intents == ()
    assert "rejected" in harbour.ends().values()


def test_what_left_the_configuration_at_the_restore_is_forgotten() -> None:
    both = two_services()
    harbour = make_harbour(spec=both)

    harbour.restore(harbour.back_up())
    harbour.apply(replace(both, images=both.images[:1], targets=both.targets[:1]))
    harbour.run(minutes=5)

    assert harbour.snapshot.target(WORKER).stable is None


def test_numbers_that_were_used_since_the_backup_are_not_given_out_again() -> None:
    harbour = make_harbour()
    backup = harbour.back_up()
    harbour.push(2)
    harbour.run(minutes=10)
    moved(harbour)

    harbour.write_back(backup)
    harbour.run(minutes=40)
    assert moved(harbour) == []
    harbour.push(3)
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(3)
    assert harbour.deployment(2).phase is Phase.SUCCEEDED


def test_what_was_under_way_or_told_since_the_backup_is_no_stumbling_block() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=1)
    backup = harbour.back_up()
    harbour.run(minutes=90)
    harbour.push(3, conduct=NeverStarts())
    harbour.run(minutes=1)
    harbour.registry.failure = NotPermitted("the role may not ecr:DescribeImages")
    harbour.run(minutes=16)
    harbour.registry.failure = None

    harbour.write_back(backup)
    harbour.run(minutes=90)

    assert [harbour.deployment(number).phase for number in (1, 2)] == [Phase.ABORTED] * 2
    assert harbour.snapshot.stage.ledger == "ledger/2"
    assert harbour.snapshot.stage.due_at is None


def test_a_quiet_stage_of_an_older_version_is_signed_once() -> None:
    harbour = make_harbour()
    stage = harbour.snapshot.stage
    harbour.state.stages[stage.id] = replace(stage, ledger="")
    harbour.run(minutes=20)
    signed = harbour.snapshot.stage
    harbour.run(minutes=40)

    assert signed.ledger == "ledger/1"
    assert harbour.snapshot.stage == signed


def test_records_of_an_older_version_name_no_ledger_and_are_no_copies() -> None:
    harbour = make_harbour()
    stage = harbour.snapshot.stage
    harbour.state.stages[stage.id] = replace(stage, ledger="")

    assert not harbour.snapshot.restored
