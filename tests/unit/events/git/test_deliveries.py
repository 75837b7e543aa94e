"""What verified deliveries tell."""

import json
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longshore.domain.pushes import (
    Delivered,
    GitRepository,
    Ignored,
    Ping,
    Provider,
    Push,
    RefChange,
    RefKind,
)
from longshore.events.git.deliveries import parse_delivery
from longshore.events.git.messages import encode_push, parse_push
from tests.support.deliveries import (
    AFTER,
    BEFORE,
    SIGNED,
    Sent,
    bitbucket,
    github,
    gitlab,
    sample,
)
from tests.support.samples import json_values, places

ZEROS = "0" * 40
PATHS = ("README.md", "web/discount.py", "web/old.py", "web/prices.py")


def read(sent: Sent) -> Delivered:
    return parse_delivery(sent.provider, sent.headers, sent.body)


def pushed(sent: Sent) -> Push:
    push = read(sent)
    assert isinstance(push, Push)
    assert parse_push(encode_push("hash", push)) == ("hash", push)
    return push


def change(sent: Sent) -> RefChange:
    (only,) = pushed(sent).refs
    return only


def files(added: int, modified: int, removed: int) -> dict[str, list[str]]:
    """Return what a commit says of so many files."""
    counts = {"added": added, "modified": modified, "removed": removed}
    return {key: [f"{key}{n}" for n in range(count)] for key, count in counts.items()}


def reason(sent: Sent) -> str:
    ignored = read(sent)
    assert isinstance(ignored, Ignored)
    return ignored.reason


# ── GitHub ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", [False, True])
def test_a_push_of_github_tells_everything(form: bool) -> None:  # noqa: FBT001  a parameter
    assert pushed(github(sample("github_push"), form=form)) == Push(
        repository=GitRepository(Provider.GITHUB, "acme/checkout"),
        refs=(
            RefChange(
                kind=RefKind.BRANCH,
                name="main",
                before=BEFORE,
                after=AFTER,
                paths=PATHS,
            ),
        ),
        pusher="ada",
    )


def test_an_annotated_tag_is_built_from_its_commit() -> None:
    tag = change(github(sample("github_tag_annotated")))

    assert (tag.ref, tag.before, tag.after) == ("refs/tags/v1.5.0", None, AFTER)
    assert (tag.paths, tag.unknown) == (None, "a tag says nothing of files")


def test_a_tag_without_a_commit_is_what_it_points_to() -> None:
    bare = sample("github_tag_annotated", head_commit=None)

    assert change(github(bare)).after == bare["after"]


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [
        ({"commits": []}, "no commits are listed"),
        ({"forced": True}, "the push was forced"),
        ({"forced": None}, "the push was forced"),
        ({"commits": [{"id": AFTER}]}, "a commit does not say what it changed"),
        ({"commits": [{"modified": []}] * 20}, "20 commits are listed, and there may be more"),
        ({"commits": [{"modified": []}] * 2048}, "2048 commits are listed, and there may be more"),
        ({"commits": [{"modified": []}] * 2049}, "2049 commits are listed, and there may be more"),
        (
            {"commits": [files(2501, 0, 0), files(0, 2500, 0)]},
            "more files changed than are looked through",
        ),
        (
            {"commits": [{"modified": []}, files(1000, 1000, 1000)]},
            "a commit lists 3000 files or more, and there may be others",
        ),
        ({"before": ZEROS}, "the branch is new, and not all of its commits are listed"),
    ],
)
def test_where_not_all_files_are_known_it_says_why(
    changes: dict[str, object], unknown: str
) -> None:
    found = change(github(sample("github_push", **changes)))

    assert (found.paths, found.unknown) == (None, unknown)


def test_commits_of_fewer_files_than_are_listed_tell_all_of_them() -> None:
    """It is of each commit that only so many are listed, not of all together."""
    commits = [files(1000, 1000, 999), files(0, 0, 2001)]

    found = change(github(sample("github_push", commits=commits)))

    assert (len(found.paths or ()), found.unknown) == (4001, "")


def test_a_new_branch_has_nothing_before_it() -> None:
    found = change(github(sample("github_new_branch")))

    assert (found.ref, found.before, found.after) == ("refs/heads/release/1.5", None, AFTER)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (github(sample("github_branch_deleted")), "a ref was deleted"),
        (github(sample("github_push", before=AFTER)), "the push brings nothing new"),
        (github(sample("github_push", ref="refs/notes/x")), "neither a branch nor a tag"),
        (github(sample("github_push"), "create"), "comes as a push too"),
        (github(sample("github_push"), "delete"), "comes as a push too"),
        (github(sample("github_push"), "pull_request"), 'the event "pull_request" starts nothing'),
        (github({}, ""), 'the event "" starts nothing'),
        (gitlab({"object_kind": "pipeline"}), 'the event "pipeline" starts nothing'),
        (gitlab(sample("gitlab_push", after=ZEROS, checkout_sha=None)), "a ref was deleted"),
        (bitbucket({}, "pr:merged"), 'the event "pr:merged" starts nothing'),
        (bitbucket({"repository": {"full_name": "a/b"}, "push": {}}), "no branch or tag that can"),
    ],
)
def test_what_starts_nothing_is_ignored_with_a_reason(sent: Sent, expected: str) -> None:
    assert expected in reason(sent)


def test_a_ping_is_a_ping() -> None:
    assert read(github(sample("github_ping"), "ping")) == Ping()
    ping = bitbucket(sample("bitbucket_data_center_ping"), "diagnostics:ping")
    assert read(ping) == Ping()


def test_who_pushed_may_be_unknown() -> None:
    assert pushed(github(sample("github_push", sender=None, head_commit=None))).pusher == ""


# ── the content type is not signed ────────────────────────────────────────────────────────────


def test_json_that_is_called_a_form_is_none() -> None:
    """A text inside a push, which others may choose, must never be taken for the push itself."""
    inner = quote_plus(json.dumps(sample("github_push", ref="refs/heads/evil")))
    commit = sample("github_push")["commits"][0] | {"message": f"&payload={inner}&"}
    sent = github(sample("github_push", commits=[commit]))

    with pytest.raises(ValueError, match="no form"):
        read(sent.having(content_type="application/x-www-form-urlencoded"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (None, b"{}"),
        ("text/plain", b"{}"),
        ("application/x-www-form-urlencoded", b"payload=%7B%7D&payload=%7B%7D"),
        ("application/x-www-form-urlencoded", b"body=%7B%7D"),
        ("application/x-www-form-urlencoded", b"payload"),
        ("application/x-www-form-urlencoded", b"payload=%ff"),
        ("application/x-www-form-urlencoded", b"payload=\xff"),
        ("application/x-www-form-urlencoded", b""),
        ("application/json", b"payload=%7B%7D"),
        ("application/json", b"\xff"),
        ("application/json", b""),
    ],
)
def test_a_body_that_is_not_what_it_is_called_is_malformed(kind: str | None, body: bytes) -> None:
    headers = {} if kind is None else {"content-type": kind}

    with pytest.raises(ValueError, match=r"."):
        parse_delivery(Provider.GITHUB, headers | {"x-github-event": "push"}, body)


def test_the_content_type_may_have_parameters() -> None:
    sent = github(sample("github_push")).having(content_type="Application/JSON; charset=utf-8")

    assert pushed(sent)


# ── GitLab ────────────────────────────────────────────────────────────────────────────────────


def test_a_push_of_gitlab_tells_everything() -> None:
    assert pushed(gitlab(sample("gitlab_push"))) == Push(
        repository=GitRepository(Provider.GITLAB, "acme/shop/web"),
        refs=(
            RefChange(
                kind=RefKind.BRANCH,
                name="main",
                before=BEFORE,
                after=AFTER,
                paths=("web/discount.py", "web/prices.py"),
            ),
        ),
        pusher="ada",
    )


def test_a_tag_of_gitlab_is_built_from_its_commit() -> None:
    tag = change(gitlab(sample("gitlab_tag")))

    assert (tag.ref, tag.after, tag.unknown) == (
        "refs/tags/v1.5.0",
        AFTER,
        "a tag says nothing of files",
    )


def test_without_a_commit_to_check_out_it_is_what_the_ref_points_to() -> None:
    assert change(gitlab(sample("gitlab_push", checkout_sha=None))).after == AFTER


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [
        ({"total_commits_count": 31}, "2 commits are listed of 31"),
        ({"total_commits_count": None}, "2 commits are listed of an unknown number"),
        ({"commits": []}, "no commits are listed"),
        ({"commits": [{}], "total_commits_count": 1}, "a commit does not say what it changed"),
        ({"commits": [files(0, 5001, 0)], "total_commits_count": 1}, "more files changed than"),
        ({"before": ZEROS}, "the branch is new, and not all of its commits are listed"),
    ],
)
def test_gitlab_lists_twenty_commits_at_most(changes: dict[str, object], unknown: str) -> None:
    found = change(gitlab(sample("gitlab_push", **changes)))

    assert found.paths is None
    assert found.unknown.startswith(unknown)


def test_a_push_is_no_tag_and_a_tag_is_no_push() -> None:
    with pytest.raises(ValueError, match="another kind"):
        read(gitlab(sample("gitlab_push", ref="refs/tags/v1")))
    with pytest.raises(ValueError, match="another kind"):
        read(gitlab(sample("gitlab_tag", ref="refs/notes/v1")))


def test_a_name_that_one_may_choose_is_nobody() -> None:
    renamed = sample("gitlab_push", user_name="root")
    del renamed["user_username"]
    cloud = sample("bitbucket_cloud_push", actor={"nickname": "root", "display_name": "root"})

    assert pushed(gitlab(renamed)).pusher == ""
    assert pushed(bitbucket(cloud)).pusher == ""


# ── Bitbucket ─────────────────────────────────────────────────────────────────────────────────


def test_a_push_of_bitbucket_cloud_may_change_several_refs() -> None:
    push = pushed(bitbucket(sample("bitbucket_cloud_push")))

    assert (push.repository, push.pusher) == (
        GitRepository(Provider.BITBUCKET, "acme/checkout"),
        "557058:c5b3a1f2",
    )
    assert [(each.ref, each.before, each.after) for each in push.refs] == [
        ("refs/heads/main", BEFORE, AFTER),
        ("refs/tags/v1.5.0", None, AFTER),
    ]
    assert {each.unknown for each in push.refs} == {"Bitbucket does not say which files changed"}


def test_a_push_of_bitbucket_data_center_has_whole_refs() -> None:
    push = pushed(bitbucket(sample("bitbucket_data_center_push"), "repo:refs_changed"))

    assert (push.repository.name, push.pusher) == ("SHOP/checkout", "ada")
    assert [(each.ref, each.before, each.after) for each in push.refs] == [
        ("refs/heads/main", BEFORE, AFTER),
        ("refs/tags/v1.5.0", None, AFTER),
    ]


def test_the_header_must_say_what_the_body_says() -> None:
    with pytest.raises(ValueError, match="eventKey"):
        read(bitbucket(sample("bitbucket_data_center_push"), "diagnostics:ping"))


def test_what_is_neither_branch_nor_tag_is_passed_over() -> None:
    cloud = sample("bitbucket_cloud_push")
    cloud["push"]["changes"][0]["new"]["type"] = "bookmark"
    cloud["push"]["changes"].append({"new": None, "old": None})
    center = sample("bitbucket_data_center_push")
    center["changes"][0]["refId"] = "refs/notes/x"

    assert [each.ref for each in pushed(bitbucket(cloud)).refs] == ["refs/tags/v1.5.0"]
    assert [each.ref for each in pushed(bitbucket(center, "repo:refs_changed")).refs] == [
        "refs/tags/v1.5.0"
    ]


FAMILY = "\U0001f468\u200d\U0001f469"
"""One sign to look at; the joiner inside of it is not to be seen."""


@pytest.mark.parametrize("name", [FAMILY, "a\u202eb", "a b", "x" * 400])
def test_a_ref_that_cannot_be_shown_leaves_the_others_of_its_push(name: str) -> None:
    cloud, center = sample("bitbucket_cloud_push"), sample("bitbucket_data_center_push")
    cloud["push"]["changes"][0]["new"]["name"] = name
    center["changes"][0]["refId"] = f"refs/heads/{name}"

    for push in (pushed(bitbucket(cloud)), pushed(bitbucket(center, "repo:refs_changed"))):
        assert [each.ref for each in push.refs] == ["refs/tags/v1.5.0"]


def test_a_push_of_nothing_else_is_ignored_and_says_so() -> None:
    cloud, center = sample("bitbucket_cloud_push"), sample("bitbucket_data_center_push")
    cloud["push"]["changes"] = cloud["push"]["changes"][:1]
    cloud["push"]["changes"][0]["new"]["name"] = FAMILY
    center["changes"] = [center["changes"][0] | {"refId": "refs/heads/"}]

    for sent in (bitbucket(cloud), bitbucket(center, "repo:refs_changed")):
        assert reason(sent) == "the push names no branch or tag that can be started for"


def test_more_refs_than_anybody_means_are_too_many() -> None:
    center = sample("bitbucket_data_center_push")
    center["changes"] = center["changes"][1:] * 1001

    with pytest.raises(ValueError, match="1001 refs"):
        read(bitbucket(center, "repo:refs_changed"))


# ── whatever else comes ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "changes",
    [
        {"ref": "refs/heads/a b"},
        {"ref": "refs/heads/a\u202eb"},
        {"ref": ""},
        {"ref": "refs/heads/"},
        {"ref": "refs/tags/"},
        {"after": "main"},
        {"before": "main"},
        {"after": 7},
        {"repository": {"full_name": "acme"}},
        {"repository": {"full_name": "acme/checkout\n"}},
        {"repository": None},
        {"commits": [{"modified": [7]}]},
        {"commits": 7},
    ],
)
def test_what_cannot_be_is_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(github(sample("github_push", **changes)))


@pytest.mark.parametrize(
    "change", [("push", 7), ("repository", {"full_name": "acme/checkout#"}), ("actor", 7)]
)
def test_what_cannot_be_is_malformed_at_bitbucket(change: tuple[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(bitbucket(sample("bitbucket_cloud_push", **dict([change]))))


@pytest.mark.parametrize("name", [None, True, 5, 1.5, "", [], {}])
def test_a_name_that_is_no_text_is_malformed_at_bitbucket(name: object) -> None:
    cloud, center = sample("bitbucket_cloud_push"), sample("bitbucket_data_center_push")
    cloud["push"]["changes"][0]["new"]["name"] = name
    center["changes"][0]["refId"] = name

    for sent in (bitbucket(cloud), bitbucket(center, "repo:refs_changed")):
        with pytest.raises(ValueError, match=r"changes\[0\].* is no name of a branch or tag"):
            read(sent)


def test_a_repository_that_cannot_be_is_malformed_at_bitbucket() -> None:
    center = sample("bitbucket_data_center_push")
    center["repository"]["slug"] = "a/b/"

    with pytest.raises(ValueError, match="cannot be called so"):
        read(bitbucket(center, "repo:refs_changed"))


@given(st.data())
@settings(max_examples=300)
def test_whatever_a_signed_body_holds_it_tells_something_or_is_malformed(
    data: st.DataObject,
) -> None:
    sent = SIGNED[data.draw(st.sampled_from([n for n in SIGNED if n != "github-form"]))]()
    payload: Any = json.loads(sent.body)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(payload)[1:]))
        target = payload
        for step in way:
            target = target[step]
        target[last] = data.draw(json_values)
    told: Delivered | str
    try:
        told = parse_delivery(sent.provider, sent.headers, json.dumps(payload).encode())
    except ValueError as error:
        told = str(error)
    assert isinstance(told, Push | Ping | Ignored) or told.isprintable()
    if isinstance(told, Push):
        assert parse_push(encode_push("x", told)) == ("x", told)
        assert all(each.after and each.name for each in told.refs)
