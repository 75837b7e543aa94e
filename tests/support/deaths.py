"""Functions that are killed at a call, before it took effect or after it."""

from typing import Any


class CrashError(Exception):
    """The function was killed here."""


class Dying:
    """A port whose calls are counted with those of others; one of them kills the function."""

    def __init__(self, inner: object, death: "Death") -> None:
        self._inner = inner
        self._death = death

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  it stands for any port
        method = getattr(self._inner, name)

        def call(*arguments: object, **named: object) -> object:
            self._death.comes_before()
            result = method(*arguments, **named)
            self._death.comes_after()
            return result

        return call


class Death:
    """Kills before or after the n-th call."""

    def __init__(self, at: int, *, effect: bool) -> None:
        self.left = at
        self.effect = effect

    def comes_before(self) -> None:
        self.left -= 1
        if self.left == 0 and not self.effect:
            raise CrashError

    def comes_after(self) -> None:
        if self.left == 0 and self.effect:
            raise CrashError
