import itertools

import pytest

from longshore.domain.errors import Throttled
from longshore.usecases.notify import Notified, notify
from longshore.usecases.publishing_ports import NotifyPorts
from tests.support.builders import make_announcement, make_stage_announcement
from tests.support.publishing_fakes import FakeChannel, InMemoryNoticeStore


class World:
    def __init__(self) -> None:
        self.channel = FakeChannel()
        self.told = InMemoryNoticeStore()
        self.ports = NotifyPorts(self.channel, self.told)


@pytest.fixture
def world() -> World:
    return World()


def test_people_are_told_once(world: World) -> None:
    assert notify(make_announcement(1), world.ports) is Notified.TOLD
    assert notify(make_announcement(1), world.ports) is Notified.STALE
    assert len(world.channel.notices) == 1


@pytest.mark.parametrize("order", sorted(set(itertools.permutations((1, 2, 3, 2, 1), 4))))
def test_what_people_are_told_never_goes_backwards(world: World, order: tuple[int, ...]) -> None:
    told = [
        sequence
        for sequence in order
        if notify(make_announcement(sequence), world.ports) is Notified.TOLD
    ]

    assert told == sorted(set(told))
    assert told[-1] == max(order)
    assert len(world.channel.notices) == len(told)


def test_subjects_do_not_know_each_other(world: World) -> None:
    notify(make_announcement(5), world.ports)

    assert notify(make_stage_announcement(1), world.ports) is Notified.TOLD


def test_what_is_told_of_a_stage_stands_each_for_itself(world: World) -> None:
    """A trouble that was held up on its way is still told after a hold that came later."""
    assert notify(make_stage_announcement(2), world.ports) is Notified.TOLD
    assert notify(make_stage_announcement(1), world.ports) is Notified.TOLD
    assert notify(make_stage_announcement(1), world.ports) is Notified.STALE


def test_a_channel_that_is_down_leaves_the_notice_untold(world: World) -> None:
    world.channel.failure = Throttled("sns:Publish got no answer")
    with pytest.raises(Throttled):
        notify(make_announcement(1), world.ports)
    world.channel.failure = None

    assert notify(make_announcement(1), world.ports) is Notified.TOLD


def test_a_crash_before_remembering_tells_twice_rather_than_never(world: World) -> None:
    world.told.failure = Throttled("dynamodb:UpdateItem got no answer")
    with pytest.raises(Throttled):
        notify(make_announcement(1), world.ports)
    world.told.failure = None

    assert notify(make_announcement(1), world.ports) is Notified.TOLD
    assert len(world.channel.notices) == 2
