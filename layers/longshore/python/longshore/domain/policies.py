"""How a stage chooses an image among the tags of a repository."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagPolicy:
    """Follow one tag: the stage runs the digest that the tag names."""

    tag: str

    def __str__(self) -> str:
        """Return the policy as people write it."""
        return f"tag {self.tag}"


@dataclass(frozen=True, slots=True)
class SemverPolicy:
    """Follow the highest version inside a range; pre-releases only where the range names one."""

    range: str

    def __str__(self) -> str:
        """Return the policy as people write it."""
        return f"semver {self.range or '*'}"


Selection = TagPolicy | SemverPolicy
