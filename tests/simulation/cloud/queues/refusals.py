"""What SQS refuses, with the codes that botocore shows for them.

SQS answers in JSON and still names its old query codes beside it, which botocore puts in front:
`AWS.SimpleQueueService.NonExistentQueue`, where the service model says QueueDoesNotExist.
"""

from longshore_local.awsjson.errors import ApiError

_OLD = "AWS.SimpleQueueService"


def no_such_queue() -> ApiError:
    """Return the error for a queue that does not exist."""
    return ApiError(f"{_OLD}.NonExistentQueue", "The specified queue does not exist.")


def invalid(value: object, parameter: str, reason: str) -> ApiError:
    """Return the error for a parameter with a value that SQS does not take."""
    message = f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"
    return ApiError("InvalidParameterValue", message)


def missing(parameter: str) -> ApiError:
    """Return the error for a parameter that this kind of queue requires."""
    return ApiError("MissingParameter", f"The request must contain the parameter {parameter}.")


def not_for_this_queue(value: object, parameter: str) -> ApiError:
    """Return the error for a parameter that only the other kind of queue takes."""
    reason = "The request include parameter that is not valid for this queue type."
    return invalid(value, parameter, reason)


def invalid_handle() -> ApiError:
    """Return the error for a receipt handle that no receive gave."""
    return ApiError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")


def expired_handle(handle: str) -> ApiError:
    """Return the error of a FIFO queue for a handle whose time is over."""
    return invalid(handle, "ReceiptHandle", "The receipt handle has expired.")


def not_available(handle: str) -> ApiError:
    """Return the error for changing the visibility of what somebody else has, or nobody."""
    reason = "Message does not exist or is not available for visibility timeout change."
    return invalid(handle, "ReceiptHandle", reason)


def not_in_flight() -> ApiError:
    """Return the error for changing the visibility of a message that waits in the queue."""
    return ApiError(f"{_OLD}.MessageNotInflight", "The specified message isn't in flight.")


def empty_batch() -> ApiError:
    """Return the error for a batch of nothing."""
    return ApiError(
        f"{_OLD}.EmptyBatchRequest", "There should be at least one entry in the request."
    )


def too_many_entries(most: int, count: int) -> ApiError:
    """Return the error for a batch that is too long."""
    message = f"Maximum number of entries per request are {most}. You have sent {count}."
    return ApiError(f"{_OLD}.TooManyEntriesInBatchRequest", message)


def repeated_id(name: str) -> ApiError:
    """Return the error for a batch that uses an id twice."""
    return ApiError(f"{_OLD}.BatchEntryIdsNotDistinct", f"Id {name} repeated.")


def invalid_id() -> ApiError:
    """Return the error for an id of a batch entry that is not spelt as it must be."""
    message = (
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
        "It can be at most 80 letters long."
    )
    return ApiError(f"{_OLD}.InvalidBatchEntryId", message)


def too_long_batch(most: int, size: int) -> ApiError:
    """Return the error for a batch of too many bytes."""
    message = f"Batch requests cannot be longer than {most} bytes. You have sent {size} bytes."
    return ApiError(f"{_OLD}.BatchRequestTooLong", message)


def invalid_contents() -> ApiError:
    """Return the error for characters that SQS does not carry."""
    message = "Invalid binary character was found in the message body."
    return ApiError("InvalidMessageContents", message)


def queue_exists(name: str) -> ApiError:
    """Return the error for creating a queue again with other attributes."""
    message = f"A queue named {name} already exists with a different value for an attribute."
    return ApiError("QueueAlreadyExists", message)


def invalid_attribute(name: str, reason: str) -> ApiError:
    """Return the error for an attribute with a value that SQS does not take."""
    return ApiError(
        "InvalidAttributeValue", f"Invalid value for the parameter {name}. Reason: {reason}"
    )


def unknown_attribute(name: str) -> ApiError:
    """Return the error for an attribute that this queue does not have, or cannot change."""
    return ApiError("InvalidAttributeName", f"Unknown Attribute {name}.")


def not_played(what: str) -> ApiError:
    """Return the error for a part of SQS that is not played: nothing of Longshore's uses it."""
    return ApiError(f"{_OLD}.UnsupportedOperation", f"{what} are not played here.")
