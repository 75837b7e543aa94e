import json
from dataclasses import replace

import pytest

from longshore.domain.errors import UnknownSchema
from longshore.domain.pushes import GitRepository, Provider, Push, RefChange, RefKind
from longshore.events.git.messages import (
    LONGEST,
    LONGEST_WITH_PATHS,
    encode_push,
    fitted,
    group_of,
    parse_push,
)

PUSH = Push(GitRepository(Provider.GITHUB, "acme/shop"), (), "ada")
NAME = "f" * 64
MAIN = RefChange(RefKind.BRANCH, "main", "a" * 40, "b" * 40, ("web/a.py",))
SMILE = "\N{GRINNING FACE}"
"""Four bytes as it is, twelve as it is sent."""


def of(*refs: RefChange) -> Push:
    return Push(PUSH.repository, refs, "ada")


def room(most: int, push: Push) -> int:
    """Return how many bytes are free beside a push."""
    return most - len(encode_push(NAME, push))


def bent(**changes: object) -> str:
    content = json.loads(encode_push("hash", PUSH))["push"]
    return json.dumps({"push": content | changes})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        bent(hash=7),
        bent(provider="sourcehut"),
        bent(refs=[{}]),
        bent(refs=[{"kind": "note"}]),
        bent(schema=0),
    ],
)
def test_what_is_no_push_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_push(body)


def test_a_push_of_a_newer_version_is_left_alone() -> None:
    with pytest.raises(UnknownSchema, match="finish the upgrade"):
        parse_push(bent(schema=2))


def test_a_group_is_the_repository_while_sqs_takes_it() -> None:
    assert group_of(PUSH.repository) == "github:acme/shop"
    deep = GitRepository(Provider.GITLAB, "/".join(["group"] * 15) + "/" + "x" * 60)
    assert len(group_of(deep)) == 64


def test_files_are_carried_along_up_to_the_last_byte_that_they_may_take() -> None:
    free = room(LONGEST_WITH_PATHS, of(replace(MAIN, paths=("",))))
    full, over = (of(replace(MAIN, paths=("x" * length,))) for length in (free, free + 1))

    assert fitted(NAME, full) == full
    assert fitted(NAME, over) == of(
        replace(MAIN, paths=None, unknown="more files changed than are looked through")
    )


@pytest.mark.parametrize("letter", [SMILE, "\x7f", "\x01", "é", '"', "x"])
def test_what_is_queued_is_measured_as_it_is_sent(letter: str) -> None:
    """However few letters there are, files never make a message longer than SQS takes."""
    fits = fitted(NAME, of(replace(MAIN, paths=tuple(f"{n}/{letter * 900}" for n in range(100)))))

    body = encode_push(NAME, fits)

    assert len(body.encode()) <= LONGEST_WITH_PATHS
    assert parse_push(body) == (NAME, fits)


def test_refs_are_carried_along_up_to_the_last_byte_of_a_message() -> None:
    refs = [RefChange(RefKind.TAG, f"{n}{SMILE * 70}", None, "b" * 40) for n in range(1000)]
    free = room(LONGEST, of(*refs, replace(refs[0], name="")))
    full, over = (of(*refs, replace(refs[0], name="x" * size)) for size in (free, free + 1))

    assert fitted(NAME, full) == full
    with pytest.raises(ValueError, match="1001 refs with names so long that it takes 1000001"):
        fitted(NAME, over)


def test_refs_that_say_no_files_keep_why_they_do_not() -> None:
    tag = RefChange(RefKind.TAG, "v1", None, "b" * 40, None, "a tag says nothing of files")

    fits = fitted(NAME, of(tag, replace(MAIN, paths=("x" * LONGEST_WITH_PATHS,))))

    assert [each.unknown for each in fits.refs] == [
        "a tag says nothing of files",
        "more files changed than are looked through",
    ]
