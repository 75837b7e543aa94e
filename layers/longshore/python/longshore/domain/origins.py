"""Where a release comes from: the way back from what runs to the push."""

from dataclasses import dataclass

SHORT_COMMIT = 12
"""Characters of a commit's id in words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The pipeline execution that brought a release, and the commit that it was built from.

    `commit` is a revision id of the source, `url` leads to it, `author` and `trigger` are words of
    the source and of CodePipeline. None stands for what nobody told.
    """

    pipeline: str | None = None
    execution: str | None = None
    commit: str | None = None
    url: str | None = None
    author: str | None = None
    trigger: str | None = None

    @property
    def told(self) -> str:
        """The origin in words; empty where nothing is known of it."""
        by = f"pipeline {self.pipeline}" if self.pipeline else ""
        built = f"commit {self.commit[:SHORT_COMMIT]}" if self.commit else ""
        return ", ".join(part for part in (by, built) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImage:
    """An image, and where it came from as the build says that pushed it.

    `repository` is the one of the source, as far as the source action tells it.
    """

    digest: str
    origin: Origin
    build: str
    repository: str | None = None
