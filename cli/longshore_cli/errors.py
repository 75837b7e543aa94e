"""How a command ends: exit codes, and errors that say what to do next."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command's exit status means; docs/cli.md promises these numbers to scripts."""

    OK = 0
    USAGE = 2
    """The command line or a file is wrong: nothing was asked of AWS."""
    FAILED = 3
    ROLLED_BACK = 4
    TIMED_OUT = 5
    DENIED = 6
    """A permission is missing, or the person said no."""
    NOTHING_TO_DO = 7


class CommandError(Exception):
    """An expected end of a command: what failed, on what, and what to do next.

    `next_step` is the next command, or else what to do; nobody is left without one.
    `details` are further lines, one finding each, such as the errors of a file. The text may hold
    what others wrote: whoever shows it makes control characters visible.
    """

    def __init__(
        self,
        message: str,
        *,
        next_step: str,
        details: tuple[str, ...] = (),
        code: ExitCode = ExitCode.FAILED,
    ) -> None:
        """Keep the parts apart, so that each is shown on its own line."""
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.details = details
        self.code = code


class UsageError(CommandError):
    """The command line or a file is wrong; AWS was not changed."""

    def __init__(self, message: str, *, next_step: str, details: tuple[str, ...] = ()) -> None:
        """Fix the exit code."""
        super().__init__(message, next_step=next_step, details=details, code=ExitCode.USAGE)
