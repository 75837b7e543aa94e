"""Checks of JSON documents that tell what is wrong in Slack's words.

A check yields a sentence for each fault, with the place of the fault as a JSON pointer:
`must be less than 151 characters [json-pointer:/blocks/0/text/text]`. Sentences as seen in
https://github.com/adobe/spacecat-api-service/issues/176 and in what Slack publishes for
https://docs.slack.dev/reference/methods/blocks.validate.
"""

from collections.abc import Callable, Iterator, Mapping

Check = Callable[[object, str], Iterator[str]]
"""Given a value and its pointer, yields what is wrong with it."""


def fault(what: str, pointer: str) -> str:
    """Return a sentence that tells of a fault at a place."""
    return f"{what} [json-pointer:{pointer}]"


def text(most: int, least: int = 1) -> Check:
    """Check a string whose length in characters lies between two numbers, both included."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield fault("must be a string", pointer)
        elif len(value) > most:
            yield fault(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            yield fault(f"must be more than {least - 1} characters", pointer)

    return check


def boolean(value: object, pointer: str) -> Iterator[str]:
    """Check true or false."""
    if not isinstance(value, bool):
        yield fault("must be a boolean", pointer)


def integer(value: object, pointer: str) -> Iterator[str]:
    """Check a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        yield fault("must be an integer", pointer)


def choice(*allowed: object) -> Check:
    """Check one of a few values."""
    names = ", ".join(str(each) for each in allowed)

    def check(value: object, pointer: str) -> Iterator[str]:
        if isinstance(value, bool) or value not in allowed:
            yield fault(f"must be one of: {names}", pointer)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """Check a list with so many items at most and at least."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield fault("must be an array", pointer)
            return
        if len(value) > most:
            yield fault(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield fault(f"no fewer than {least} items allowed", pointer)
        for number, each in enumerate(value):
            yield from item(each, f"{pointer}/{number}")

    return check


def record(
    required: Mapping[str, Check] | None = None, optional: Mapping[str, Check] | None = None
) -> Check:
    """Check an object with these properties and no others; `type` is checked by `typed`."""
    needed = required or {}
    known = {**needed, **(optional or {})}

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault("must be an object", pointer)
            return
        for name in needed.keys() - value.keys():
            yield fault(f"missing required field: {name}", pointer)
        for name, each in value.items():
            if name in known:
                yield from known[name](each, f"{pointer}/{name}")
            elif name != "type":
                yield fault(f"invalid additional property: {name}", pointer)

    return check


def typed(variants: Mapping[str, Check]) -> Check:
    """Check an object by the check that its `type` names."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield fault("must be an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            yield fault("missing required field: type", pointer)
        elif not isinstance(kind, str) or kind not in variants:
            yield fault(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from variants[kind](value, pointer)

    return check


def matching(check: Check) -> Check:
    """Tell first, as Slack does where it tries several schemas, that none of them fits."""

    def outer(value: object, pointer: str) -> Iterator[str]:
        faults = list(check(value, pointer))
        if faults:
            yield fault("failed to match all allowed schemas", pointer)
            yield from faults

    return outer
