"""Pushes out of their queue: what each is for is started."""

from collections import Counter
from collections.abc import Mapping, Sequence

from longshore.decide.triggers import Left
from longshore.domain.errors import Conflict, LongshoreError, Throttled, UnknownReply
from longshore.domain.pushes import Push
from longshore.events.git.messages import parse_push
from longshore.runtime.batch import (
    BatchAnswer,
    Event,
    Message,
    answer,
    failed_of_each,
    messages_of,
    raise_if_all,
)
from longshore.runtime.observability import (
    MESSAGES_REJECTED,
    STARTS_REFUSED,
    STARTS_WAITING,
    Journal,
)
from longshore.usecases.push_ports import StartPorts
from longshore.usecases.start_pushed import Began, Done, start_pushed

_PASSING = (Conflict, Throttled, UnknownReply)
"""What ends by itself: the message comes again, and nobody is called for it."""
_MOST_LINES = 20
"""Lines about what one push did not start: a thousand refs and fifty triggers would fill a log."""


def start_batch(event: Event, ports: StartPorts, journal: Journal) -> BatchAnswer:
    """Start what each push is for; return the messages that must come again.

    The template has each message come alone, so that nothing of its group is behind it here.
    """
    messages = messages_of(event)
    owing: set[str] = set()

    def work(message: Message) -> None:
        if not _done(message, ports, journal):
            owing.add(message.id)

    ids = [message.id for message in messages]
    failed = failed_of_each(messages, work, journal)
    raise_if_all(ids, failed)
    return answer(ids, {*failed, *owing})


def _done(message: Message, ports: StartPorts, journal: Journal) -> bool:
    """Start what a message is for; tell whether that is done, or cannot be."""
    try:
        name, push = parse_push(message.body)
    except ValueError as error:
        journal.warn("message rejected", reason=str(error), message_id=message.id)
        journal.count(MESSAGES_REJECTED, reason=str(error))
        return True
    try:
        done = start_pushed(name, push, ports)
    except _PASSING as error:
        _say_waiting(error, name, journal)
        return False
    _say(done, name, push, journal)
    return True


def _say_waiting(error: LongshoreError, name: str, journal: Journal) -> None:
    journal.note("push waits and comes again", push=name, reason=str(error))
    journal.count(STARTS_WAITING, kind=type(error).__name__)


def _say(done: Done, name: str, push: Push, journal: Journal) -> None:
    """Say of every start why, and of everything that a push did not start why not."""
    told = {"push": name, "repository": str(push.repository), "pusher": push.pusher}
    for began in done.began:
        _say_began(began, told, journal)
    _say_left(done.left, told, journal)
    started = sum(bool(began.started.execution) for began in done.began)
    journal.note("push done", known=done.known, started=started, **told)


def _say_left(left: Sequence[Left], told: Mapping[str, str], journal: Journal) -> None:
    """Say of the first ones each why, and of the rest how many there are of each reason."""
    for each in left[:_MOST_LINES]:
        what = {"ref": each.ref, "starts": each.what}
        journal.note("not started", reason=each.reason, **what, **told)
    for reason, more in Counter(each.reason for each in left[_MOST_LINES:]).most_common():
        journal.note("more not started", reason=reason, more=more, **told)


def _say_began(began: Began, told: dict[str, str], journal: Journal) -> None:
    started = began.started
    what = {
        "ref": started.ref,
        "commit": started.commit,
        "starts": f"{started.kind} {started.name}",
        **told,
    }
    if started.execution:
        journal.note("started", execution=started.execution, reason=began.reason, **what)
        return
    journal.warn("start refused", reason=started.reason, **what)
    journal.count(STARTS_REFUSED, reason=started.reason)
