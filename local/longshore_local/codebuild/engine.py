"""What an operation works with."""

from collections.abc import Callable
from dataclasses import dataclass

from longshore_local.codebuild.account import Account
from longshore_local.codebuild.progress import Progress
from longshore_local.worlds.params import Output, Params


@dataclass(frozen=True, slots=True)
class Engine:
    """The account's memory, and who moves builds on."""

    account: Account
    progress: Progress


Operation = Callable[[Engine, Params], Output]
