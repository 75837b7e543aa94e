"""What DynamoDB refuses, and what this one does not play.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from longshore_local.awsjson.errors import ApiError


class NotPlayedError(Exception):
    """A request is fine for AWS, but goes beyond what is played here: build that first."""


class ItemRefusedError(ApiError):
    """What an item is, or would become, is not valid: in a transaction a reason to cancel it."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


def invalid(message: str) -> ApiError:
    """Return the refusal of a request as such."""
    return ApiError("ValidationException", message)


def not_found(message: str = "Requested resource not found") -> ApiError:
    """Return the refusal of a request to a table that does not exist."""
    return ApiError("ResourceNotFoundException", message)
