"""JSON between parts of Longshore: canonical writing, and reading that forgives nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from longshore.events.documents import kind_of


def encode_document(document: Mapping[str, object]) -> str:
    """Return a document as canonical JSON: sorted keys, no spaces, numbers that JSON has."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Strict:
    """A JSON object and the path to it; every reader raises ValueError that names path and key.

    Messages name what was expected and the kind of what was found, not the value: a value may be
    long, hostile or a secret.
    """

    path: str
    values: Mapping[str, object]

    def text(self, key: str) -> str:
        """Return a text that must be there; it may be empty."""
        value = self.values.get(key)
        return value if isinstance(value, str) else self._refuse(key, "text")

    def optional_text(self, key: str) -> str | None:
        """Return a text, None when the key is absent or null."""
        return None if self.values.get(key) is None else self.text(key)

    def whole(self, key: str, *, least: int = 0, default: int | None = None) -> int:
        """Return a whole number not below `least`, `default` (if any) when the key is absent."""
        value = self.optional_whole(key) if key in self.values else default
        if value is None or value < least:
            self._refuse(key, f"a whole number of at least {least}")
        return value

    def optional_whole(self, key: str) -> int | None:
        """Return a whole number, None when the key is absent or null."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | None):
            self._refuse(key, "a whole number")
        return value

    def truth(self, key: str, *, default: bool | None = None) -> bool:
        """Return a boolean, `default` (if any) when the key is absent; null is no boolean."""
        value = self.values.get(key, default)
        return value if isinstance(value, bool) else self._refuse(key, "true or false")

    def moment(self, key: str) -> datetime:
        """Return a time given in ISO 8601 with its offset, in UTC."""
        try:
            moment = datetime.fromisoformat(self.text(key))
        except ValueError:
            self._refuse(key, "a time as in ISO 8601")
        if moment.tzinfo is None:
            self._refuse(key, "a time with its offset from UTC")
        return moment.astimezone(UTC)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that must be there; it may be empty."""
        found = self._list(key)
        texts = tuple(each for each in found if isinstance(each, str))
        return texts if len(texts) == len(found) else self._refuse(key, "a list of texts only")

    def object_at(self, key: str) -> "Strict":
        """Return an object that must be there."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            self._refuse(key, "an object")
        return Strict(self.at(key), value)

    def optional_object(self, key: str) -> "Strict | None":
        """Return an object, None when the key is absent or null."""
        return None if self.values.get(key) is None else self.object_at(key)

    def objects(self, key: str) -> tuple["Strict", ...]:
        """Return a list of objects that must be there; it may be empty."""
        each = {f"{key}[{index}]": value for index, value in enumerate(self._list(key))}
        items = Strict(self.path, each)
        return tuple(items.object_at(name) for name in each)

    def at(self, key: str) -> str:
        """Return the path to a key."""
        return f"{self.path}.{key}" if self.path else key

    def _list(self, key: str) -> Sequence[object]:
        value = self.values.get(key)
        return value if isinstance(value, list) else self._refuse(key, "a list")

    def _refuse(self, key: str, expected: str) -> NoReturn:
        found = kind_of(self.values.get(key))
        raise ValueError(f"{self.at(key)}: expected {expected}, found {found}")
