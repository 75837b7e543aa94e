"""The post-receive hook: tells the webhook of every ref that a push moved.

Git gives it a line for each, `before after ref`, and shows people what it prints as `remote: …`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from longshore_local.errors import LocalCloudError
from longshore_local.git.delivery import deliver
from longshore_local.git.payload import RefUpdate, push_payload
from longshore_local.git.webhook import Installed


def tell(installed: Installed, lines: Iterable[str]) -> list[str]:
    """Deliver each update; return what people are shown. A failure ends no push: it is done."""
    shown = []
    for line in lines:
        update = RefUpdate(*line.split())
        payload = push_payload(installed.repository, update, installed.pusher)
        try:
            answer = deliver(installed.webhook, "push", payload)
        except LocalCloudError as error:
            shown.append(str(error))
        else:
            shown.append(f"webhook answered {answer.status} for {update.ref}: {answer.outcome}")
    return shown


def main() -> int:
    """Run in the folder of the repository, as git runs hooks."""
    for line in tell(Installed.read(Path.cwd()), sys.stdin):
        sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
