"""How a table and its stream are named."""

from longshore.domain.places import Home


def table_arn(home: Home, name: str) -> str:
    """Return the ARN of a table."""
    return f"arn:{home.partition}:dynamodb:{home.region}:{home.account}:table/{name}"


def stream_arn(home: Home, name: str) -> str:
    """Return the ARN of a table's stream; AWS names a stream by the moment it began."""
    return f"{table_arn(home, name)}/stream/2026-01-01T00:00:00.000"
