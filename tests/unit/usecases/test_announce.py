import pytest

from longshore.domain.errors import NotPermitted, Throttled
from longshore.usecases.announce import Announcing, announce
from longshore.usecases.publishing_ports import AnnouncePorts
from tests.support.builders import make_announcement, make_stage_announcement
from tests.support.publishing_fakes import FakeBus, FakeNoticeQueue, FakeOutboxStore

FIRST, SECOND = make_announcement(1), make_announcement(2)
OTHER = make_stage_announcement(1)
ALL = (FIRST.id, SECOND.id, OTHER.id)


class World:
    def __init__(self) -> None:
        self.bus = FakeBus()
        self.notices = FakeNoticeQueue()
        self.outbox = FakeOutboxStore()
        self.ports = AnnouncePorts(self.bus, self.notices, self.outbox)

    def announce(self) -> Announcing:
        return announce([FIRST, SECOND, OTHER], self.ports)


@pytest.fixture
def world() -> World:
    return World()


def test_what_bus_and_queue_have_taken_is_confirmed(world: World) -> None:
    assert world.announce() == Announcing(ALL, {})
    assert tuple(world.bus.published) == ALL
    assert tuple(world.notices.queued) == ALL
    assert tuple(world.outbox.confirmed) == ALL


def test_nothing_to_announce_calls_nothing(world: World) -> None:
    assert announce([], world.ports) == Announcing((), {})
    assert world.bus.published == []


def test_an_event_that_the_bus_does_not_take_stays_in_the_outbox_alone(world: World) -> None:
    world.bus.refused[FIRST.id] = "the bus did not take it: InternalFailure"

    announcing = world.announce()

    assert announcing.unsent == {FIRST.id: "the bus did not take it: InternalFailure"}
    assert world.outbox.confirmed == [SECOND.id, OTHER.id]
    assert tuple(world.notices.queued) == ALL  # people are told all the same


def test_a_bus_that_is_down_keeps_no_notice_back(world: World) -> None:
    world.bus.failure = Throttled("events:PutEvents got no answer")

    announcing = world.announce()

    assert announcing.confirmed == ()
    assert set(announcing.unsent) == set(ALL)
    assert tuple(world.notices.queued) == ALL


def test_behind_a_notice_that_could_not_be_queued_its_subject_waits(world: World) -> None:
    world.notices.failures[FIRST.id] = Throttled("sqs:SendMessage was slowed down")

    announcing = world.announce()

    assert announcing.unsent == {
        FIRST.id: "sqs:SendMessage was slowed down",
        SECOND.id: "waits for an earlier one of checkout/production#1",
    }
    assert world.notices.queued == [OTHER.id]
    assert announcing.confirmed == (OTHER.id,)


def test_what_could_not_be_confirmed_goes_again(world: World) -> None:
    world.outbox.failure = NotPermitted("dynamodb:UpdateItem is denied")

    announcing = world.announce()

    assert announcing.unsent[FIRST.id] == "sent, but not confirmed: dynamodb:UpdateItem is denied"
    assert announcing.confirmed == ()


def test_a_defect_is_no_reason_to_go_on(world: World) -> None:
    world.outbox.failure = RuntimeError("defect")  # type: ignore[assignment]  # what nobody expects

    with pytest.raises(RuntimeError, match="defect"):
        world.announce()
