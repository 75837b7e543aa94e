"""Where a repository's pushes are told of, and the hook that does it."""

import json
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from longshore_local.git.repository import BareRepository

SETTINGS = "webhook.json"
HOOK = """\
#!/bin/sh
exec {python} -m longshore_local.git.hook
"""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of a repository."""

    url: str
    secret: str

    def install(self, repository: BareRepository, pusher: str) -> None:
        """Have every push to a repository told of, as one by `pusher`."""
        settings = {**asdict(self), "full_name": repository.full_name, "pusher": pusher}
        path = repository.path / SETTINGS
        path.touch(mode=0o600)
        path.write_text(json.dumps(settings))
        hook = repository.path / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK.format(python=shlex.quote(sys.executable)))
        hook.chmod(0o755)


@dataclass(frozen=True, slots=True)
class Installed:
    """What the hook of a repository finds."""

    webhook: Webhook
    repository: BareRepository
    pusher: str

    @classmethod
    def read(cls, folder: Path) -> "Installed":
        """Read what was installed in a repository's folder."""
        given = json.loads((folder / SETTINGS).read_text())
        webhook = Webhook(given["url"], given["secret"])
        return cls(webhook, BareRepository(folder, given["full_name"]), given["pusher"])
