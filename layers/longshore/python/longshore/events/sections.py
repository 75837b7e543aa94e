"""Parts of a configuration document, read strictly: no key is passed over, no value guessed."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import NoReturn

from longshore.events.documents import kind_of, shown

DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class ConfigurationError(ValueError):
    """A configuration is not valid; `path` leads to the place, `message` says what to do there."""

    def __init__(self, path: str, message: str) -> None:
        """Keep path and message apart, for callers who know the line a path stands on."""
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Section:
    """An object of the document and the path to it; readers raise ConfigurationError there."""

    path: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, value: object, path: str) -> "Section":
        """Return a value as a section; refuse what is no object, and keys that are no text."""
        if not isinstance(value, Mapping):
            raise ConfigurationError(path, f"expected an object, found {kind_of(value)}")
        for key in value:
            if not isinstance(key, str):
                raise ConfigurationError(path, f"the key {key!r} is no text: put it in quotes")
        return cls(path, value)

    def check_keys(self, known: Collection[str], *, not_yet: Collection[str] = ()) -> None:
        """Refuse keys that mean nothing, and by name those that this version does not act on."""
        for key in self.values:
            if key in not_yet:
                self.refuse(
                    key,
                    f"this version of Longshore does not act on {key!r} yet, and does not pretend "
                    "to: remove it, or wait for the version that does",
                )
            if key not in known:
                meant = suggestion(key, known, also=not_yet)
                self.refuse(key, f"unknown key {shown(key)}{meant}")

    def text(self, key: str) -> str:
        """Return a text that must be there and not be empty."""
        value = self._present(key)
        if not isinstance(value, str):
            self.refuse(key, f"expected text, found {kind_of(value)}{_quoting(value)}")
        return value or self.refuse(key, "is empty")

    def matching(self, key: str, pattern: re.Pattern[str], meaning: str) -> str:
        """Return a text that a pattern matches whole; `meaning` says what it must be."""
        value = self.text(key)
        return value if pattern.fullmatch(value) else self.refuse(key, f"{shown(value)} {meaning}")

    def choice(self, key: str, choices: Collection[str], *, default: str) -> str:
        """Return one of some texts, `default` when the key is absent."""
        value = self.text(key) if key in self.values else default
        if value in choices:
            return value
        return self.refuse(
            key,
            f"{shown(value)} is none of {', '.join(sorted(choices))}{suggestion(value, choices)}",
        )

    def duration(self, key: str, *, least: timedelta, most: timedelta) -> timedelta:
        """Return a duration such as 90s, 30m, 2h or 1d, within bounds."""
        value = self.text(key)
        duration = parse_duration(value)
        if duration is None:
            self.refuse(key, f"{shown(value)} is no duration: write it like 90s, 30m, 2h or 1d")
        if not least <= duration <= most:
            self.refuse(key, f"{value} is out of bounds: use {_short(least)} to {_short(most)}")
        return duration

    def section(self, key: str) -> "Section":
        """Return an object that must be there and not be empty."""
        section = Section.of(self._present(key), self.at(key))
        return section if section.values else self.refuse(key, "is empty")

    def sections(self, key: str) -> Iterator[tuple[str, "Section"]]:
        """Return the named objects inside an object that must be there and not be empty."""
        outer = self.section(key)
        for name, value in outer.values.items():
            yield name, Section.of(value, outer.at(name))

    def items(self, key: str) -> Iterator["Section"]:
        """Return the objects of a list that must be there and not be empty."""
        value = self._present(key)
        if not isinstance(value, list) or not value:
            found = "an empty list" if value == [] else kind_of(value)
            self.refuse(key, f"expected a list with at least one entry, found {found}")
        for index, item in enumerate(value):
            yield Section.of(item, f"{self.at(key)}[{index}]")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list that must not be empty, none when the key is absent."""
        if key not in self.values:
            return ()
        value = self.values[key]
        if not isinstance(value, list) or not value:
            found = "an empty list" if value == [] else kind_of(value)
            self.refuse(key, f"expected a list of texts, found {found}")
        for index, item in enumerate(value):
            if not isinstance(item, str) or not item:
                found = "an empty one" if item == "" else f"{kind_of(item)}{_quoting(item)}"
                self.refuse(f"{key}[{index}]", f"expected text, found {found}")
        return tuple(value)

    def at(self, key: str) -> str:
        """Return the path to a key."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, message: str) -> NoReturn:
        """Raise ConfigurationError about a key."""
        raise ConfigurationError(self.at(key), message)

    def _present(self, key: str) -> object:
        if key not in self.values:
            raise ConfigurationError(self.path, f"the key {key!r} is missing")
        return self.values[key]


def parse_duration(text: str) -> timedelta | None:
    """Return a duration such as 90s, 30m, 2h or 1d, None for anything else."""
    match = DURATION.fullmatch(text)
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def suggestion(text: str, known: Collection[str], *, also: Collection[str] = ()) -> str:
    """Return what somebody may have meant, as the end of a sentence.

    `also` are texts that may have been meant although they cannot be used.
    """
    close = get_close_matches(text[:60], sorted({*known, *also}), n=1)
    return f": did you mean {close[0]!r}?" if close else f": use one of {', '.join(sorted(known))}"


def _quoting(value: object) -> str:
    return ": put it in quotes" if isinstance(value, bool | int | float) else ""


def _short(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
