"""The errors of an AWS API."""


class ApiError(Exception):
    """What an AWS API answers instead of a result.

    `code` is AWS's own (`ClusterNotFoundException`), `status` the HTTP status it travels with.
    """

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        """Keep the parts that the protocol sends one by one."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class NoAnswerError(Exception):
    """The connection breaks instead of an answer: raised by a gate, before or after the effect."""
