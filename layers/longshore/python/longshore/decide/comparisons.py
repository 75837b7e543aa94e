"""A push held against the globs of all its triggers: nothing twice, and no more than there is time.

Many triggers name the same branches and folders, and a push may touch thousands of files.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from longshore.decide.globs import matches, steps_of
from longshore.domain.pushes import Push, RefChange
from longshore.domain.triggers import PushTrigger

MOST_STEPS = 1_000_000
"""Letters that are looked at for the files of one change: about a second on a small function."""
TOO_MANY = "they are more than are held against so many globs"


class Comparisons:
    """What was found out of one push; its texts are few, and each glob is tried once on them."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._named: dict[tuple[str, str], bool] = {}
        self._touched: dict[tuple[str, str], str | None] = {}

    def naming(self, globs: Sequence[str], change: RefChange) -> str | None:
        """Return the first glob that stands for the name of a ref."""
        return next((glob for glob in globs if self._is_named(glob, change.name)), None)

    def touched(self, globs: Sequence[str], change: RefChange) -> str | None:
        """Return a file that changed and that one of the globs stands for."""
        found = (self._file(glob, change) for glob in globs)
        return next((path for path in found if path is not None), None)

    def _is_named(self, glob: str, name: str) -> bool:
        key = (glob, name)
        if key not in self._named:
            self._named[key] = matches(glob, name)
        return self._named[key]

    def _file(self, glob: str, change: RefChange) -> str | None:
        key = (glob, change.ref)
        if key not in self._touched:
            paths = change.paths or ()
            self._touched[key] = next((path for path in paths if matches(glob, path)), None)
        return self._touched[key]


def within_reach(push: Push, triggers: Iterable[PushTrigger]) -> Push:
    """Return a push whose files count as not known where they are too many for so many globs."""
    globs = {glob for trigger in triggers for glob in trigger.paths}
    return replace(push, refs=tuple(_within_reach(change, globs) for change in push.refs))


def _within_reach(change: RefChange, globs: set[str]) -> RefChange:
    if change.paths is None or not _is_too_much(change.paths, globs):
        return change
    return replace(change, paths=None, unknown=TOO_MANY)


def _is_too_much(paths: Sequence[str], globs: set[str]) -> bool:
    """Count only where it may matter, and never longer than the comparing itself may take."""
    if sum(map(len, paths)) * len(globs) <= MOST_STEPS:
        return False
    if len(paths) * len(globs) > MOST_STEPS:
        return True
    return sum(steps_of(glob, path) for glob in globs for path in paths) > MOST_STEPS
