"""What the policies named: promises 5 and 14, of what is brought, held back and rejected."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.simulation.plan import Plan, Repository
from tests.simulation.promises.ledger_view import Body
from tests.simulation.truth import Truth

MOST_STALE = timedelta(seconds=30)
CHOSEN_BY_POLICY = frozenset({"adopted", "moved back"})
"""Holds of what the policies choose; the others are of what was deployed."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Knows what each policy could choose at some moment since a worker began."""

    plan: Plan
    truth: Truth

    def complaints(self, image: Body, since: datetime) -> Iterator[str]:
        """Yield why a policy cannot have chosen an image, whatever its worker was shown."""
        repository, tag = image["repository"]["name"], image["tag"]
        if image["digest"] not in self._named(repository, tag, since):
            yield f"{repository}:{tag} as {image['digest'][-6:]}, which it did not name"
        if self.by_version(repository):
            for higher in self._passed_over(repository, tag, since):
                yield f"{tag} and not {higher}"

    def by_version(self, repository: str) -> bool:
        """Whether the images of a repository are chosen by version."""
        every = (each for app in self.plan.applications for each in app.repositories)
        return any(each.by_version for each in every if each.name == repository)

    def _passed_over(self, repository: str, tag: str, since: datetime) -> Iterator[str]:
        """Yield the higher versions that were there all the while: a listing is whole."""
        for other in self.truth.tags_of(repository):
            higher = is_followed(other) and version_of(other) > version_of(tag)
            if higher and None not in self._named(repository, other, since):
                yield other

    def complaints_about_hold(self, stage: Body, since: datetime) -> Iterator[str]:
        """Yield why what is held back cannot be what the policies chose."""
        hold = stage["hold"]
        if hold["kind"] in CHOSEN_BY_POLICY and hold["release"] is not None:
            for image in hold["release"]["images"]:
                yield from self.complaints(image, since)

    def had_one(self, application: str, since: datetime) -> bool:
        """Whether each policy of an application had something to choose all the while."""
        mine = [each for each in self.plan.applications if each.name == application]
        return all(self._had_one(each, since) for app in mine for each in app.repositories)

    def _had_one(self, repository: Repository, since: datetime) -> bool:
        tags = self.truth.tags_of(repository.name) if repository.by_version else ["main"]
        followed = [t for t in tags if not repository.by_version or is_followed(t)]
        return any(None not in self._named(repository.name, tag, since) for tag in followed)

    def _named(self, repository: str, tag: str, since: datetime) -> set[str | None]:
        return self.truth.named(repository, tag, since - MOST_STALE)


def is_followed(tag: str) -> bool:
    """Whether the version range of the simulation's policies has a tag."""
    return version_of(tag)[:1] == (1,)


def version_of(tag: str | None) -> tuple[int, ...]:
    """Return a plain version as numbers; the simulation pushes no others."""
    return tuple(int(part) for part in (tag or "0").split(".") if part.isdigit())
