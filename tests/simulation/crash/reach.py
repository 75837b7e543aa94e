"""Which functions of the use cases a run comes to."""

import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType

import longshore.usecases

WATCHING = ("watch_execution.", "watch_build.", "look_again.")
LOOKING = frozenset(
    {f"route_event.{each}" for each in ("_look", "_look_at", "_named", "_projects")}
)
"""What watches pipelines and builds moves no stage, and no event of theirs arrives here: the tests
of the two use cases in tests/unit/usecases try every crash between two of their calls."""

_FOLDER = str(Path(longshore.usecases.__file__).parent)


def functions() -> frozenset[str]:
    """Return every function and method of the use cases, as `module.name`."""
    modules = [
        import_module(f"longshore.usecases.{found.name}")
        for found in pkgutil.iter_modules(longshore.usecases.__path__)
    ]
    every = {_name(code) for module in modules for code in _codes(module)}
    return frozenset(each for each in every - LOOKING if not each.startswith(WATCHING))


def reached(run: Callable[[], object]) -> frozenset[str]:
    """Return the functions of the use cases that are called while something runs."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return frozenset(_name(code) for code in codes if _is_ours(code))


def _codes(module: ModuleType) -> Iterator[CodeType]:
    for found in vars(module).values():
        if isinstance(found, type) and found.__module__ == module.__name__:
            if not getattr(found, "_is_protocol", False):
                yield from _codes_of_class(found)
        elif isinstance(found, FunctionType) and found.__module__ == module.__name__:
            yield found.__code__


def _codes_of_class(found: type) -> Iterator[CodeType]:
    for member in vars(found).values():
        plain = member.fget if isinstance(member, property) else member
        if isinstance(plain, FunctionType) and _is_ours(plain.__code__):
            yield plain.__code__


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(_FOLDER)


def _name(code: CodeType) -> str:
    return f"{Path(code.co_filename).stem}.{code.co_qualname}"
