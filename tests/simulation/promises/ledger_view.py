"""The ledger as a stranger reads it: items and their JSON, without the product's own records."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item: what it is, where it lies and what it says."""

    kind: str
    pk: str
    sk: str
    version: int
    text: str
    due_at: int | None

    @property
    def body(self) -> Body:
        """What the record says."""
        return _read(self.text)


class _Record(dict[str, Any]):
    """A record as it is written: what is absent says nothing."""

    def __missing__(self, key: str) -> None:
        return None


@lru_cache(1024)
def _read(text: str) -> Body:
    found: Body = json.loads(text, object_hook=_Record)
    return found


def entry_of(item: Item) -> Entry:
    """Read an item."""
    return Entry(
        kind=item["kind"]["S"],
        pk=item["pk"]["S"],
        sk=item["sk"]["S"],
        version=int(item["version"]["N"]),
        text=item["body"]["S"],
        due_at=int(item["due_at"]["N"]) if "due_at" in item else None,
    )


@dataclass(frozen=True, slots=True)
class LedgerView:
    """Finds entries in the table as it is at this moment."""

    items: Callable[[], Iterator[Item]]
    get: Callable[[str, str], Item | None]

    def of_kind(self, kind: str) -> list[Entry]:
        """Return every entry of a kind."""
        return [entry_of(item) for item in self.items() if item["kind"]["S"] == kind]

    def stage(self, name: str) -> Entry | None:
        """Return a stage's entry."""
        return self._entry(f"stage#{name}", "stage")

    def target(self, stage: str, service_key: str) -> Entry | None:
        """Return the entry of a stage's target."""
        return self._entry(f"stage#{stage}", f"target#{service_key}")

    def deployment(self, stage: str, number: int) -> Entry | None:
        """Return the entry of a deployment."""
        return self._entry(f"deployments#{stage}", f"{number:010d}")

    def number_in_force(self, application: str) -> int | None:
        """Return the number of an application's configuration in force, None before the first."""
        entry = self._entry(f"application#{application}", "pointer")
        return None if entry is None else int(entry.body["number"])

    def configuration(self, application: str, number: int) -> Body | None:
        """Return a configuration of an application."""
        entry = self._entry(f"application#{application}", f"configuration#{number:08d}")
        return None if entry is None else entry.body

    def observes(self, stage: str, number: int | None) -> bool:
        """Whether a numbered configuration of a stage's application only observes the stage."""
        configuration = self.configuration(stage.partition("/")[0], number) if number else None
        stages = configuration["stages"] if configuration else ()
        return any(each["id"] == stage and each["mode"] == "observe" for each in stages)

    def switch(self) -> Entry | None:
        """Return the stop switch's entry, None where nobody ever turned it."""
        return self._entry("switch", "everything")

    def outcome(self, stage: str, event: str) -> Entry | None:
        """Return what came of an event in a stage."""
        return self._entry(f"outcomes#{stage}", event)

    def _entry(self, pk: str, sk: str) -> Entry | None:
        item = self.get(pk, sk)
        return None if item is None else entry_of(item)


def seekers(ledger: LedgerView, left_out: set[str]) -> Iterator[Entry]:
    """Yield the targets that a registration is sought for; stages left out are nobody's."""
    for entry in ledger.of_kind("target"):
        if entry.body["sought"] and entry.body["stage"] not in left_out:
            yield entry


TERMINAL = frozenset({"Succeeded", "Failed", "RolledBack", "Superseded", "Aborted"})


def digests_of(release: Body | None) -> frozenset[tuple[str, str]]:
    """Return what a release would run, whatever it is called: (repository, digest)."""
    images = release["images"] if release else ()
    return frozenset((image["repository"]["name"], image["digest"]) for image in images)
