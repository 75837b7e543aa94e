"""Say why a rollout failed, in words that a person can act on."""

from collections.abc import Iterable, Sequence

from longshore.domain.failures import Failure, StoppedContainer, StoppedTask

_MEANINGS = {
    1: "the program ended with an error of its own",
    2: "the program refused its arguments",
    125: "the container runtime could not start it",
    126: "the command was found but may not be executed",
    127: "the command was not found in the image",
    134: "it aborted (SIGABRT)",
    135: "it touched memory that is not there (SIGBUS)",
    136: "it made an arithmetic error (SIGFPE)",
    137: "it was killed (SIGKILL): out of memory, or it did not stop in time",
    139: "it crashed on a memory access (SIGSEGV)",
    143: "it was asked to stop (SIGTERM)",
}
"""What exit codes mean: those above 128 are 128 plus the number of a signal."""

_SIGNALS_FROM = 128
_HIGHEST_SIGNAL = 64

_ASKED_TO_STOP = frozenset({0, 137, 143})
_BY_THE_SCHEDULER = frozenset({"ServiceSchedulerInitiated", "UserInitiated"})


def meaning_of(exit_code: int | None) -> str:
    """Return what an exit code means."""
    if exit_code is None:
        return "it never started"
    if exit_code == 0:
        return "it ended without an error, although it should keep running"
    return _MEANINGS.get(exit_code, _unnamed(exit_code))


def explain(
    service: str,
    headline: str,
    tasks: Sequence[StoppedTask],
    last_event: str | None = None,
) -> Failure:
    """Return the failure of a service: the most telling stopped task, the container that broke.

    A task that the scheduler stopped tells least: ECS stops healthy tasks too when it takes a
    deployment back.
    """
    task = min(tasks, key=_tells_little, default=None)
    container = _culprit(task.containers) if task else None
    return Failure(
        summary=" ".join([headline, *_cause(task, container)]),
        service=service,
        container=container.name if container else None,
        exit_code=container.exit_code if container else None,
        stopped_reason=task.stopped_reason if task else None,
        last_event=last_event,
        task=task.task if task else None,
    )


def _cause(task: StoppedTask | None, container: StoppedContainer | None) -> Iterable[str]:
    if task is None:
        return
    if container is not None:
        code = "" if container.exit_code is None else f" exited with code {container.exit_code}"
        yield f"Container {container.name!r}{code}: {meaning_of(container.exit_code)}."
        if container.reason:
            yield f"ECS says of it: {_sentence(container.reason)}"
    if task.stopped_reason:
        yield f"The task stopped because: {_sentence(task.stopped_reason)}"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _tells_little(task: StoppedTask) -> int:
    if any(c.exit_code not in {*_ASKED_TO_STOP, None} for c in task.containers):
        return 0
    if task.stop_code not in _BY_THE_SCHEDULER and not task.surplus:
        return 1
    return 3 if task.surplus else 2


def _culprit(containers: Sequence[StoppedContainer]) -> StoppedContainer | None:
    """Return the container that broke: the others of its task were merely stopped with it."""
    return min(containers, key=_blameless, default=None)


def _blameless(container: StoppedContainer) -> int:
    if container.reason and "OutOfMemory" in container.reason:
        return 0
    if container.exit_code not in {*_ASKED_TO_STOP, None}:
        return 1
    if container.exit_code is None and container.reason:
        return 2
    return 3 if container.exit_code == 0 else 4


def _unnamed(exit_code: int) -> str:
    signal = exit_code - _SIGNALS_FROM
    if 0 < signal <= _HIGHEST_SIGNAL:
        return f"it was ended by signal {signal}"
    return "the program gave this code; its own documentation says what it means"
