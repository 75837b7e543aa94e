"""What Slack answers instead of a result."""

from collections.abc import Sequence


class Refusal(Exception):
    """A call that Slack refuses: `code` is its name for the reason (`channel_not_found`).

    `details` say where a document is wrong, one each; `extra` goes into the answer as it is.
    """

    def __init__(
        self, code: str, details: Sequence[str] = (), extra: dict[str, object] | None = None
    ) -> None:
        """Keep the parts that an answer is made of."""
        super().__init__(f"{code}: {'; '.join(details)}" if details else code)
        self.code = code
        self.details = tuple(details)
        self.extra = extra or {}


class RateLimited(Exception):
    """A call that came too early; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        """Keep how long to wait."""
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after
