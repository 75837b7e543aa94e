"""A person's veto keeps a release away before it comes, and its end lets it again."""

from dataclasses import replace
from datetime import timedelta

from longshore.domain.deployments import Phase
from longshore.domain.intents import IntentKind, WantedImage
from longshore.domain.outcomes import EventName, Outcome
from longshore.domain.stages import MOST_GIVEN, MOST_VETOES
from tests.support.builders import REPOSITORY, make_digest
from tests.support.harbour import WORKER_REPOSITORY, Harbour, two_services
from tests.support.voyages import CRASH, make_harbour, of_digest
from tests.support.wishes import end_of, on_two, why


def test_what_is_vetoed_before_it_is_pushed_never_comes_and_the_next_does() -> None:
    harbour = on_two()
    wish = harbour.veto(3)
    harbour.run(minutes=1)

    harbour.push(3)
    harbour.run(minutes=40)

    assert end_of(harbour, wish) is Outcome.APPLIED
    assert harbour.told()[-1] is EventName.STAGE_VETOED
    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.latest == 1
    assert harbour.snapshot.stage.hold is None

    harbour.push(4)
    harbour.run(minutes=10)
    assert harbour.running() == of_digest(4)


def test_what_was_pushed_before_a_vetoed_release_that_never_ran_still_ships() -> None:
    """The tag goes back to an image from before it, which is newer than what runs."""
    harbour = on_two()
    harbour.veto(4)
    harbour.lose_events = True
    harbour.push(3)
    harbour.run(minutes=0.2)
    harbour.push(4)
    harbour.registry.push(REPOSITORY, make_digest(3), "main")
    harbour.lose_events = False
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(3)


def test_the_veto_ends_by_a_word_and_the_release_ships() -> None:
    harbour = on_two()
    harbour.veto(3)
    harbour.push(3)
    harbour.run(minutes=10)

    wish = harbour.unveto(3)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.APPLIED
    assert "lifted the veto" in why(harbour, wish)
    assert harbour.running() == of_digest(3)


def test_the_veto_that_a_failure_left_is_lifted_too() -> None:
    harbour = on_two()
    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=60)
    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    harbour.conduct.clear()

    harbour.unveto(3)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(3)


def test_what_is_not_vetoed_is_not_lifted() -> None:
    harbour = on_two()

    wish = harbour.unveto(3)
    harbour.run(minutes=1)

    assert end_of(harbour, wish) is Outcome.DUPLICATE


def test_what_is_live_on_its_way_or_pinned_is_not_vetoed() -> None:
    harbour = on_two()
    live = harbour.veto(2)
    harbour.run(minutes=1)
    harbour.push(3)
    harbour.run(minutes=0.2)
    assert harbour.snapshot.deployment is not None
    under_way = harbour.veto(3)
    harbour.run(minutes=10)
    harbour.pin()
    pinned = harbour.veto(3)
    harbour.run(minutes=10)

    assert end_of(harbour, live) is end_of(harbour, under_way) is Outcome.REJECTED
    assert "longshore rollback" in why(harbour, live)
    assert "longshore abort" in why(harbour, under_way)
    assert "longshore unpin" in why(harbour, pinned)
    assert harbour.snapshot.stage.vetoes == ()


def test_a_veto_that_is_so_already_only_grows_longer() -> None:
    harbour = on_two()
    until = harbour.clock.now() + timedelta(hours=1)
    harbour.veto(3, until=until)
    same = harbour.veto(3, until=until)
    harbour.veto(3)
    shorter = harbour.veto(3, until=until)
    harbour.run(minutes=1)

    (veto,) = harbour.snapshot.stage.vetoes
    assert veto.until is None
    assert end_of(harbour, same) is end_of(harbour, shorter) is Outcome.DUPLICATE


def test_an_end_lets_the_release_ship_and_is_told() -> None:
    harbour = on_two()
    harbour.veto(3, until=harbour.clock.now() + timedelta(minutes=20))
    harbour.push(3)
    harbour.run(minutes=19)
    assert harbour.running() == of_digest(2)

    harbour.run(minutes=8)

    assert harbour.running() == of_digest(3)
    assert EventName.STAGE_UNVETOED in harbour.told()
    assert harbour.snapshot.stage.due_at is None


def test_a_retry_that_has_not_begun_gives_way_to_a_veto_after_it() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    harbour.retry()
    harbour.veto(2)
    harbour.run(minutes=30)

    assert harbour.snapshot.stage.allowance is None
    assert harbour.snapshot.stage.latest == 1
    assert len(harbour.snapshot.stage.vetoes) == 1


def test_some_images_of_a_stage_are_vetoed_in_whatever_release_they_come() -> None:
    harbour = make_harbour(spec=two_services())
    harbour.ask(IntentKind.VETO, images=(WantedImage("worker", make_digest(3)),))
    harbour.lose_events = True
    harbour.push(3, repository=WORKER_REPOSITORY)
    harbour.lose_events = False
    harbour.push(2)
    harbour.run(minutes=20)
    assert harbour.snapshot.stage.latest == 0

    harbour.push(4, repository=WORKER_REPOSITORY)
    harbour.run(minutes=20)

    assert harbour.snapshot.stage.latest == 1
    assert harbour.running() == of_digest(2)


def many(harbour: Harbour, count: int) -> list[str]:
    wishes = [harbour.veto(number) for number in range(100, 100 + count)]
    harbour.run(minutes=2)
    return wishes


def test_people_leave_room_for_the_vetoes_of_failures() -> None:
    harbour = on_two()

    wishes = many(harbour, MOST_GIVEN + 1)

    assert [end_of(harbour, wish) for wish in wishes[:-1]] == [Outcome.APPLIED] * MOST_GIVEN
    assert end_of(harbour, wishes[-1]) is Outcome.REJECTED
    assert "longshore unveto" in why(harbour, wishes[-1])


def test_what_people_vetoed_outlasts_what_failures_vetoed() -> None:
    harbour = on_two()
    harbour.veto(3)
    harbour.run(minutes=1)
    stage = harbour.snapshot.stage
    (mine,) = stage.vetoes

    for number in range(200, 200 + MOST_VETOES):
        wanted = replace(mine.release.images[0], digest=make_digest(number))
        release = replace(mine.release, images=(wanted,))
        stage = stage.vetoing(replace(mine, content=release.content, release=release, actor=""))

    assert len(stage.vetoes) == MOST_VETOES
    assert stage.vetoes[0] == mine
    assert stage.vetoes[-1].release.images[0].digest == make_digest(199 + MOST_VETOES)
