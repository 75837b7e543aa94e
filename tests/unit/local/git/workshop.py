"""A bare repository, and a clone in which somebody works."""

from pathlib import Path

from longshore_local.git import BareRepository
from longshore_local.git.commands import git

PERSON = ("-c", "user.name=Ada Lovelace", "-c", "user.email=ada@example.com")


class Workshop:
    """Commits and pushes from a clone."""

    def __init__(self, folder: Path) -> None:
        self.bare = BareRepository.create(folder / "checkout.git", "acme/checkout")
        self.clone = folder / "clone"
        git(folder, "clone", "--quiet", str(self.bare.path), str(self.clone))

    def git(self, *arguments: str) -> str:
        return git(self.clone, *PERSON, *arguments)

    def commit(self, message: str = "A change", **files: str | None) -> str:
        """Commit files (None removes one), and return the commit's id."""
        for name, text in files.items():
            path = self.clone / name.replace("__", "/").replace("_", ".")
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def push(self, *refs: str) -> None:
        self.git("push", "--quiet", "origin", *(refs or ("HEAD:refs/heads/main",)))
