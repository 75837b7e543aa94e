"""What a push starts: refs, files and people, each compared whole."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.decide import comparisons
from longshore.decide.comparisons import MOST_STEPS
from longshore.decide.globs import matches
from longshore.decide.triggers import (
    MOST_STARTS,
    Plan,
    plan_starts,
    token_of,
    told_to_builds,
)
from longshore.domain.pushes import GitRepository, Provider, Push, RefChange, RefKind, Startable
from longshore.domain.triggers import PushTrigger

SHOP = GitRepository(Provider.GITHUB, "acme/shop")
MAIN = RefChange(RefKind.BRANCH, "main", "a" * 40, "b" * 40, ("web/a.py", "docs/x.md"))
TAG = RefChange(RefKind.TAG, "v1.5", None, "b" * 40, None, "a tag says nothing of files")
PUSH = Push(SHOP, (MAIN,), "ada")
WEB = PushTrigger(SHOP, Startable.PIPELINE, "web", branches=("main", "release/*"))


def started(plan: Plan) -> list[tuple[str, str]]:
    return [(start.change.ref, start.trigger.name) for start in plan.starts]


def why_not(push: Push, trigger: PushTrigger) -> str:
    plan = plan_starts(push, [trigger])
    assert plan.starts == ()
    (left,) = plan.left
    return left.reason


def why(push: Push, trigger: PushTrigger) -> str:
    (start,) = plan_starts(push, [trigger]).starts
    assert start.commit == "b" * 40
    return start.reason


def test_a_branch_starts_what_names_it_and_says_why() -> None:
    assert why(PUSH, WEB) == "the branch is 'main'"
    assert why(replace(PUSH, refs=(replace(MAIN, name="release/1"),)), WEB) == (
        "the branch is 'release/*'"
    )


def test_a_tag_is_no_branch_and_a_branch_no_tag() -> None:
    tags = replace(WEB, branches=(), tags=("v*",))

    assert why(replace(PUSH, refs=(TAG,)), tags) == "the tag is 'v*'"
    assert why_not(replace(PUSH, refs=(TAG,)), WEB) == "the tag is none that it names"
    assert why_not(replace(PUSH, refs=(replace(MAIN, name="v1"),)), tags) == (
        "the branch is none that it names"
    )


def test_one_push_starts_every_pipeline_whose_files_changed() -> None:
    triggers = [
        replace(WEB, name="web", paths=("web/**",)),
        replace(WEB, name="docs", paths=("*.md", "docs/**")),
        replace(WEB, name="api", paths=("api/**",)),
        replace(WEB, name="all"),
    ]

    plan = plan_starts(PUSH, triggers)

    assert [start.trigger.name for start in plan.starts] == ["web", "docs", "all"]
    assert plan.starts[0].reason == "the branch is 'main', and web/a.py changed"
    assert [(left.ref, left.what, left.reason) for left in plan.left] == [
        ("refs/heads/main", "pipeline api", "no file changed that it names")
    ]


def test_where_it_is_not_known_which_files_changed_it_starts_and_says_so() -> None:
    forced = replace(PUSH, refs=(replace(MAIN, paths=None, unknown="the push was forced"),))

    assert why(forced, replace(WEB, paths=("api/**",))) == (
        "the branch is 'main', and which files changed is not known: the push was forced"
    )


@pytest.mark.parametrize("pusher", ["", "Ada", "ad", "adaa", "xada", "bob", "ada\n", "*"])
def test_who_may_push_is_named_whole(pusher: str) -> None:
    trigger = replace(WEB, pushers=("ada", "alan"))

    assert why_not(replace(PUSH, pusher=pusher), trigger) == "who pushed is not among its pushers"
    assert plan_starts(PUSH, [trigger]).starts


@pytest.mark.parametrize(
    "other",
    [
        GitRepository(Provider.GITLAB, "acme/shop"),
        GitRepository(Provider.GITHUB, "acme/shop2"),
        GitRepository(Provider.GITHUB, "Acme/shop"),
        GitRepository(Provider.GITHUB, "xacme/shop"),
    ],
)
def test_another_repository_is_another_repository(other: GitRepository) -> None:
    assert plan_starts(replace(PUSH, repository=other), [WEB]) == Plan()


def test_one_ref_starts_a_pipeline_once_and_another_ref_once_more() -> None:
    again = replace(WEB, branches=("**",), tags=("**",))
    both = replace(PUSH, refs=(MAIN, TAG))

    plan = plan_starts(both, [WEB, again])

    assert started(plan) == [("refs/heads/main", "web"), ("refs/tags/v1.5", "web")]
    assert "another trigger starts it" in plan.left[0].reason


def test_a_pipeline_and_a_build_of_one_name_are_two() -> None:
    build = replace(WEB, starts=Startable.BUILD)

    assert len(plan_starts(PUSH, [WEB, build]).starts) == 2


def test_a_slip_does_not_start_hundreds() -> None:
    tags = tuple(replace(TAG, name=f"v{number}") for number in range(MOST_STARTS + 5))
    trigger = replace(WEB, branches=(), tags=("*",))

    plan = plan_starts(replace(PUSH, refs=tags), [trigger])

    assert len(plan.starts) == MOST_STARTS
    assert len(plan.left) == 5
    assert "start this one by hand" in plan.left[0].reason


def test_the_token_is_of_push_ref_and_what_is_started() -> None:
    plan = plan_starts(replace(PUSH, refs=(MAIN, TAG)), [WEB, replace(WEB, tags=("*",), name="x")])
    tokens = {token_of(push, start) for start in plan.starts for push in ("one", "two")}

    assert len(tokens) == 2 * len(plan.starts)
    assert all(len(token) == 64 for token in tokens)
    assert token_of("one", plan.starts[0]) == token_of("one", plan.starts[0])


def test_a_build_is_told_what_was_pushed() -> None:
    branch, tag = plan_starts(replace(PUSH, refs=(MAIN, TAG)), [replace(WEB, tags=("*",))]).starts

    assert told_to_builds(PUSH, branch) == {
        "GIT_REPOSITORY": "acme/shop",
        "GIT_REF": "refs/heads/main",
        "GIT_BRANCH": "main",
        "GIT_COMMIT": "b" * 40,
        "GIT_PUSHER": "ada",
    }
    assert told_to_builds(replace(PUSH, pusher=""), tag) == {
        "GIT_REPOSITORY": "acme/shop",
        "GIT_REF": "refs/tags/v1.5",
        "GIT_TAG": "v1.5",
        "GIT_COMMIT": "b" * 40,
    }


# ── what comparing may take ───────────────────────────────────────────────────────────────────


def of_files(count: int, length: int = 100) -> Push:
    paths = tuple(f"{number:04}".rjust(length, "x") for number in range(count))
    return replace(PUSH, refs=(replace(MAIN, paths=paths),))


def test_a_glob_is_held_against_a_text_once_however_many_triggers_name_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: list[tuple[str, str]] = []

    def counted(glob: str, text: str) -> bool:
        held.append((glob, text))
        return matches(glob, text)

    monkeypatch.setattr(comparisons, "matches", counted)
    triggers = [replace(WEB, name=f"{n}", paths=("no/**", "docs/**")) for n in range(50)]

    plan_starts(PUSH, triggers)

    assert len(held) == len(set(held)) == 5  # one branch, two globs on two files


def test_more_files_than_are_held_against_so_many_globs_start_it() -> None:
    """Each of the files is a hundred letters, and `**` may have to look at all of them."""
    two = replace(WEB, paths=("**/none", "**/neither"))
    most = MOST_STEPS // (100 * len(two.paths))

    assert why_not(of_files(most), two) == "no file changed that it names"
    assert why(of_files(most + 1), two) == (
        "the branch is 'main', and which files changed is not known: they are more than are held "
        "against so many globs"
    )


def test_a_glob_of_another_folder_costs_next_to_nothing() -> None:
    services = [replace(WEB, name=f"{n}", paths=(f"services/{n}/**",)) for n in range(100)]

    plan = plan_starts(of_files(5000), services)

    assert plan.starts == ()
    assert {left.reason for left in plan.left} == {"no file changed that it names"}


def test_globs_of_other_repositories_are_not_counted() -> None:
    other = replace(WEB, repository=GitRepository(Provider.GITHUB, "acme/other"))
    others = [replace(other, paths=(f"**/{n}", f"**/x{n}")) for n in range(100)]

    plan = plan_starts(of_files(1000), [*others, replace(WEB, paths=("**/none",))])

    assert plan.starts == ()


def test_very_many_globs_on_very_many_files_are_not_even_counted() -> None:
    many = [replace(WEB, name=f"{n}", paths=(f"s/{n}/**",)) for n in range(201)]

    assert len(plan_starts(of_files(5000, 4), many).starts) == MOST_STARTS


@given(
    st.lists(st.text("ab/", max_size=4), max_size=4).map(tuple),
    st.lists(st.text("ab/*", min_size=1, max_size=4), min_size=1, max_size=3).map(tuple),
)
def test_it_starts_where_any_glob_stands_for_any_file(
    paths: tuple[str, ...], globs: tuple[str, ...]
) -> None:
    push = replace(PUSH, refs=(replace(MAIN, paths=paths),))

    plan = plan_starts(push, [replace(WEB, paths=globs), replace(WEB, name="x", paths=globs[::-1])])

    expected = any(matches(glob, path) for glob in globs for path in paths)
    assert len(plan.starts) == 2 * expected
