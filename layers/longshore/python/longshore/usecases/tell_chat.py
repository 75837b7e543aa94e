"""Tell the channels of a chat of one announcement: open a message, keep it true, add a step.

A channel that cannot be told keeps neither the others waiting nor what mail and pagers are told:
what is owed to it comes again with the announcement, whose queue keeps the order. Telling comes
before remembering, as in `longshore.usecases.notify`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial

from longshore.domain.chat import Commit, LastLines, Posted, Telling, Thread
from longshore.domain.deployments import Phase
from longshore.domain.errors import LongshoreError, Throttled
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.routes import Route
from longshore.events.told import Told, text_of
from longshore.usecases.chat_ports import ChatPorts, MessageGone, NotTaken

NEEDED = timedelta(seconds=22)
"""A channel is not begun with less time left: an edit, a step, and what they wait for."""

FOR_A_STEP = timedelta(seconds=12)
"""A step is not begun with less: who is stopped while posting never knows, and posts again."""

LOOK_UP = timedelta(seconds=4)
"""What looking something up takes at most that a message is complete without."""

EVERY_CHANNEL = "every channel"

ONE_CHANNEL = "webhook"
"""What the channel of a webhook is called here: the webhook's owner has chosen it."""

_BROADCAST = frozenset({Phase.FAILED, Phase.ROLLED_BACK})

_CALLING = frozenset(
    {EventName.DEPLOYMENT_FAILED, EventName.PIPELINE_FAILED, EventName.BUILD_FAILED}
)
"""What people are called for, by name."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A channel that has not been told, and why; what is `lost` will not be told again."""

    channel: str
    error: LongshoreError
    lost: bool = False


def tell_chat(announcement: Announcement, ports: ChatPorts, away: set[str]) -> tuple[Owed, ...]:
    """Tell every channel that has to know; return those that could not be told.

    `away` are channels that failed before in the same batch, and threads of which no channel could
    be told: they are not asked again, so that nothing overtakes what they still wait for. Those
    that fail now are added.
    """
    try:
        _check_in_turn(announcement.thread, away)
        routes = _routes(announcement, ports)
    except LongshoreError as error:
        away.add(announcement.thread)
        return (Owed(EVERY_CHANNEL, error),)
    owed = []
    found_out = cache(partial(_telling, announcement, ports))
    for route in routes:
        try:
            _check_in_turn(route.slack, away)
            _tell(route, announcement, found_out, ports)
        except NotTaken as error:
            owed.append(Owed(route.slack, error, lost=True))
        except LongshoreError as error:
            away.add(route.slack)
            owed.append(Owed(route.slack, error))
    return tuple(owed)


def _check_in_turn(what: str, away: set[str]) -> None:
    if what in away:
        raise Throttled(f"{what} could not be told of something before this")


def _routes(announcement: Announcement, ports: ChatPorts) -> Iterable[Route]:
    routes = ports.routes.routes_of(announcement.application)
    covering = [route for route in routes if route.covers(announcement)]
    if ports.chat.living or not covering:
        return covering
    every = any(not route.events for route in covering)
    events = () if every else {name for route in covering for name in route.events}
    mention = {each for route in covering for each in route.mention}
    return [Route(ONE_CHANNEL, tuple(events), mention=tuple(sorted(mention)))]


def _tell(
    route: Route, announcement: Announcement, found_out: Callable[[], Telling], ports: ChatPorts
) -> None:
    known = ports.threads.thread(announcement.thread, route.slack)
    if announcement.sequence <= known.told:
        return
    if known.message is None and not route.opens(announcement):
        return
    _check_time(NEEDED, route, ports)
    failed = announcement.name in _CALLING
    telling = replace(found_out(), mention=route.mention if failed else ())
    if known.message is None:
        _open(route, telling, ports)
        return
    try:
        _go_on(route, telling, known, known.message, ports)
    except MessageGone:
        _open(route, telling, ports)


def _check_time(needed: timedelta, route: Route, ports: ChatPorts) -> None:
    if ports.clock.time_left() < needed:
        raise Throttled(f"no time was left to tell {route.slack}")


def _open(route: Route, telling: Telling, ports: ChatPorts) -> None:
    living = ports.chat.living  # asked first: what fails after a post makes it stand there twice
    message = ports.chat.open(route.slack, telling)
    _keep(route, telling, message if living else None, ports)


def _keep(route: Route, telling: Telling, message: Posted | None, ports: ChatPorts) -> None:
    """Remember that a channel knows all of an announcement."""
    announcement = telling.announcement
    told = Thread(message, announcement.sequence, announcement.sequence)
    ports.threads.keep(announcement, route.slack, told)


def _go_on(
    route: Route, telling: Telling, known: Thread, message: Posted, ports: ChatPorts
) -> None:
    """Make the message true, then add the step: whoever reads the step finds it confirmed."""
    announcement = telling.announcement
    if announcement.sequence > known.shown:
        ports.chat.edit(message, telling)
        known = replace(known, shown=announcement.sequence)
        ports.threads.keep(announcement, route.slack, known)
    _check_time(FOR_A_STEP, route, ports)
    ports.chat.add_step(message, telling, broadcast=_is_final_failure(announcement))
    _keep(route, telling, message, ports)


def _is_final_failure(announcement: Announcement) -> bool:
    failed = announcement.name is EventName.PIPELINE_FAILED
    return failed or Told(announcement.detail).text("phase") in _BROADCAST


def _telling(announcement: Announcement, ports: ChatPorts) -> Telling:
    """Find out what an announcement does not say: once, however many channels are told."""
    told = Told(announcement.detail)
    return Telling(
        announcement, last_lines=_last_lines(told, ports), commits=dict(_commits(told, ports))
    )


def _may_look_up(ports: ChatPorts) -> bool:
    return ports.clock.time_left() >= NEEDED + LOOK_UP


def _commits(told: Told, ports: ChatPorts) -> Iterator[tuple[str, Commit]]:
    for alias, image in told.images.items():
        commit = _commit(image, ports)
        if commit is not None:
            yield alias, commit


def _commit(image: Mapping[str, object], ports: ChatPorts) -> Commit | None:
    repository, digest = text_of(image, "repository"), text_of(image, "digest")
    if not (repository and digest and _may_look_up(ports)):
        return None
    return ports.sources.commit(repository, digest)


def _last_lines(told: Told, ports: ChatPorts) -> LastLines | None:
    definition, container = told.failure("task_definition"), told.failure("container")
    task = told.failure("task")
    if not (definition and container and task):
        return None
    if not _may_look_up(ports):
        return LastLines(container, absence="there was no time to read them")
    return ports.logs.last_lines(definition, container, task)
