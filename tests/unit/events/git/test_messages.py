import json

import pytest

from longshore.domain.errors import UnknownSchema
from longshore.domain.pushes import GitRepository, Provider, Push
from longshore.events.git.messages import encode_push, group_of, parse_push

PUSH = Push(GitRepository(Provider.GITHUB, "acme/shop"), (), "ada")


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
