"""What an operation works with."""

from collections.abc import Callable
from dataclasses import dataclass

from longshore_local.codepipeline.account import Account
from longshore_local.codepipeline.progress import Progress
from longshore_local.codepipeline.runs import Runs
from longshore_local.worlds.params import Output, Params


@dataclass(frozen=True, slots=True)
class Engine:
    """The account's memory, and who moves executions on."""

    account: Account
    progress: Progress

    @property
    def runs(self) -> Runs:
        """Who ends the runs of actions."""
        return self.progress.runs


Operation = Callable[[Engine, Params], Output]
