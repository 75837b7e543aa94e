"""A registry that may show what it held before the last change."""

from collections.abc import Callable

from longshore.domain.places import RepositoryRef
from longshore.domain.releases import RegistryImage
from tests.support.fakes import FakeClock, InMemoryRegistry


class LaggingRegistry(InMemoryRegistry):
    """The registry's fake, with a memory of what was."""

    def __init__(self, clock: FakeClock, stale: Callable[[], bool]) -> None:
        super().__init__(clock)
        self.ever: set[str] = set()
        self._stale = stale
        self._before: dict[RepositoryRef, dict[str, RegistryImage]] = {}

    def arrive(self, repository: RepositoryRef, digest: str, *tags: str) -> None:
        """Push an image, or known content under other tags."""
        self._remember(repository)
        self.push(repository, digest, *tags)
        self.ever.add(digest)

    def untag(self, repository: RepositoryRef, tag: str) -> None:
        """Delete a tag; the image stays."""
        self._remember(repository)
        self.delete_tag(repository, tag)

    def remove(self, repository: RepositoryRef, digest: str) -> None:
        """Delete an image with all its tags; pushed again it is a new one."""
        self._remember(repository)
        self.images[repository].pop(digest, None)

    def _remember(self, repository: RepositoryRef) -> None:
        self._before[repository] = dict(self.images.setdefault(repository, {}))

    def _read(self, what: str, repository: RepositoryRef) -> dict[str, RegistryImage]:
        now = super()._read(what, repository)
        return self._before.get(repository, now) if self._stale() else now
