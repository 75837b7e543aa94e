"""A deliberate weakening of the protocol: what the simulation must be able to see."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

Weaken = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One weakening: its name, what it leaves out of the product, and how.

    `weaken` returns a context in which the product is weak. It replaces functions or attributes of
    the product's own modules, where the product looks them up; nothing outside of
    `longshore.*` and the settings of template.yaml is touched.
    """

    name: str
    what: str
    weaken: Weaken


def replacing(target: str, value: object) -> Weaken:
    """Return what replaces one attribute, by its dotted path, while the context lasts."""
    return lambda: patch(target, value)


def together(*weakenings: Weaken) -> Weaken:
    """Return what weakens in several places at once."""

    @contextmanager
    def weaken() -> Iterator[None]:
        if not weakenings:
            yield
            return
        with weakenings[0](), together(*weakenings[1:])():
            yield

    return weaken
