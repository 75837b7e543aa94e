"""The `git` section: repositories, globs and people by their names, and nothing guessed."""

import pytest

from longshore.domain.pushes import GitRepository, Provider, Startable
from longshore.domain.triggers import MOST_TRIGGERS, PushTrigger
from longshore.events.git_section import parse_triggers
from longshore.events.sections import ConfigurationError, Section

SMALL: dict[str, object] = {"github": "acme/shop", "branches": ["main"], "pipeline": "shop"}


def triggers(*entries: object) -> tuple[PushTrigger, ...]:
    return parse_triggers(Section.of({"git": list(entries)}, ""))


def refusal(**changes: object) -> str:
    entry = {key: value for key, value in (SMALL | changes).items() if value is not None}
    with pytest.raises(ConfigurationError) as caught:
        triggers(entry)
    return str(caught.value)


def test_without_git_no_push_starts_anything() -> None:
    assert parse_triggers(Section.of({}, "")) == ()


def test_a_trigger_needs_a_repository_a_ref_and_what_it_starts() -> None:
    assert triggers(SMALL) == (
        PushTrigger(
            GitRepository(Provider.GITHUB, "acme/shop"),
            Startable.PIPELINE,
            "shop",
            branches=("main",),
            source="Source",
        ),
    )


def test_a_trigger_says_everything() -> None:
    (trigger,) = triggers(
        {
            "gitlab": "acme/team/shop",
            "branches": ["release/*"],
            "tags": ["v*"],
            "paths": ["web/**"],
            "pushers": ["ada"],
            "pipeline": "shop",
            "source": "Code",
            "variables": ["GIT_TAG", "GIT_COMMIT"],
        }
    )

    assert trigger == PushTrigger(
        GitRepository(Provider.GITLAB, "acme/team/shop"),
        Startable.PIPELINE,
        "shop",
        ("release/*",),
        ("v*",),
        ("web/**",),
        ("ada",),
        "Code",
        ("GIT_TAG", "GIT_COMMIT"),
    )


def test_a_build_is_a_project() -> None:
    (trigger,) = triggers({"bitbucket": "SHOP/web", "tags": ["*"], "build": "web-image"})

    assert (trigger.starts, trigger.name) == (Startable.BUILD, "web-image")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"github": None}, "git[0]: write exactly one of github, gitlab, bitbucket"),
        ({"gitlab": "a/b"}, "git[0]: write exactly one of github, gitlab, bitbucket"),
        ({"pipeline": None}, "git[0]: write exactly one of pipeline, build"),
        ({"build": "x1"}, "git[0]: write exactly one of pipeline, build"),
        ({"github": "acme/*"}, 'git[0].github: "acme/*" is no repository'),
        ({"github": "acme/shop.git"}, "is no repository"),
        ({"github": "github.com/acme/shop"}, "is no repository"),
        ({"branches": None}, "git[0]: neither branches nor tags are named"),
        ({"branches": ["main", "refs/heads/x"]}, 'git[0].branches[1]: "refs/heads/x" names no'),
        ({"tags": ["v[0-9]"]}, "there is no negation and no regular expression"),
        ({"paths": ["/web"]}, "write it from the root of the repository"),
        ({"paths": ["src/**", "web/"]}, 'git[0].paths[1]: "web/" is no path'),
        ({"paths": ["/"]}, 'for all of a folder write "web/**"'),
        ({"branches": ["release/"]}, "'/' at its end (write release/**)"),
        ({"tags": ["v/"]}, "git[0].tags[0]"),
        ({"branches": ["x"] * 101}, "git[0].branches: 101 globs are too many: use at most 100"),
        ({"tags": ["x"] * 101}, "git[0].tags: 101 globs are too many: use at most 100"),
        ({"paths": ["x"] * 101}, "git[0].paths: 101 globs are too many: use at most 100"),
        ({"pushers": ["ada lovelace"]}, 'git[0].pushers[0]: "ada lovelace" is no account'),
        ({"pipeline": "a b"}, "is no pipeline of CodePipeline"),
        ({"source": "a b"}, "is no name of an action"),
        ({"variables": ["GIT_SHA"]}, '"GIT_SHA" is nothing that a push says'),
        ({"variables": ["GIT_TAG", "GIT_TAG"]}, "git[0].variables: GIT_TAG stands twice"),
        ({"stage": "x"}, 'git[0].stage: unknown key "stage"'),
        ({"pipeline": None, "build": "x1", "source": "y"}, "source is of pipelines"),
        ({"pipeline": None, "build": "x1", "variables": ["GIT_TAG"]}, "variables is of pipelines"),
        (
            {"github": None, "bitbucket": "a/b", "paths": ["x"]},
            "git[0].paths: Bitbucket does not say which files changed",
        ),
    ],
)
def test_what_is_wrong_with_a_trigger_is_named(changes: dict[str, object], message: str) -> None:
    assert message in refusal(**changes)


def test_there_are_not_more_triggers_than_anybody_reads() -> None:
    assert len(triggers(*[SMALL] * MOST_TRIGGERS)) == MOST_TRIGGERS
    with pytest.raises(ConfigurationError, match="51 triggers are too many"):
        triggers(*[SMALL] * (MOST_TRIGGERS + 1))


def test_a_list_takes_a_hundred_globs_and_a_glob_so_many_letters() -> None:
    (trigger,) = triggers(SMALL | {"branches": ["x" * 200] * 100, "paths": ["x" * 300] * 100})

    assert (len(trigger.branches), len(trigger.paths)) == (100, 100)
