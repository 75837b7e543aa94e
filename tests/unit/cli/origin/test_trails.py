"""What leads on from an image, by whose word, and why something is not known."""

from dataclasses import replace

import pytest

from longshore.domain.chat import Commit
from longshore.domain.deployments import Phase, Trigger, TriggerKind
from longshore.domain.executions import ExecutionTrigger
from longshore.domain.origins import Origin
from longshore_cli.origin.sightings import SeenImage
from longshore_cli.origin.trails import Trail, Way, Word, trigger_text, way_of
from tests.unit.cli.conftest import HOME
from tests.unit.cli.origin.conftest import (
    BUILD,
    BUILT,
    COMMIT,
    DIGEST,
    EXECUTION,
    LINK,
    ORIGIN,
    PAGE,
    TIMELINE,
)
from tests.unit.cli.records import STAGE, deployment

OTHER = "f" * 40
BARE = SeenImage(digest=DIGEST)
TOLD = Trigger(TriggerKind.DEPLOY, "codepipeline:shop", (), replace(ORIGIN, commit=OTHER))
DEPLOYED = SeenImage(digest=DIGEST, came=(deployment(Phase.SUCCEEDED, trigger=TOLD),))


def test_a_build_goes_before_a_deployment() -> None:
    built, told = way_of(DEPLOYED, BUILT), way_of(DEPLOYED, None)

    assert built == Way(ORIGIN, Word.BUILD, BUILD)
    assert told is not None
    assert (told.word, told.origin.commit) == (Word.DEPLOYMENT, OTHER)
    assert way_of(BARE, None) is None


def test_a_build_by_itself_has_its_commit_from_the_push() -> None:
    alone = replace(BUILT, origin=Origin(commit=COMMIT, author="ana"))
    link = replace(LINK, execution=BUILD)
    trail = Trail(image=DEPLOYED, built=alone, link=link)

    assert trail.way == Way(alone.origin, Word.PUSH, BUILD)
    assert trail.commit is not None
    assert (trail.commit.word, trail.commit.author) == (Word.PUSH, "ana")
    assert (trail.why_no_build, trail.why_no_push, trail.next_step) == (None, None, None)


def test_a_push_may_have_started_a_build_or_an_execution() -> None:
    assert Way(ORIGIN, Word.BUILD, BUILD).links == [BUILD, f"shop:{EXECUTION.id}"]
    assert Way(Origin(commit=COMMIT), Word.DEPLOYMENT).links == []


@pytest.mark.parametrize(
    ("origin", "execution"),
    [
        (ORIGIN, EXECUTION),
        (Origin(pipeline="shop"), None),
        (Origin(execution="e-1"), None),
        (Origin(pipeline="shop", execution="#{Unresolved}"), None),
    ],
)
def test_an_execution_is_looked_for_where_there_can_be_one(
    origin: Origin, execution: object
) -> None:
    assert Way(origin, Word.DEPLOYMENT).execution(HOME) == execution


def test_the_commit_is_by_the_nearest_word() -> None:
    labelled = Commit("abcdef1", "https://git.example/abcdef1")
    without = replace(BUILT, origin=replace(ORIGIN, commit=None))

    def word(trail: Trail) -> tuple[str, Word] | None:
        return (trail.commit.id, trail.commit.word) if trail.commit else None

    assert word(Trail(image=DEPLOYED, built=BUILT, link=LINK)) == (COMMIT, Word.BUILD)
    assert word(Trail(image=DEPLOYED, labelled=labelled)) == (OTHER, Word.DEPLOYMENT)
    assert word(Trail(image=DEPLOYED, built=without, link=LINK)) == (COMMIT, Word.PUSH)
    assert word(Trail(image=BARE, labelled=labelled)) == ("abcdef1", Word.LABELS)
    assert word(Trail(image=BARE)) is None


def test_the_title_is_that_of_the_very_commit() -> None:
    same = Trail(image=BARE, built=BUILT, timeline=TIMELINE).commit
    other = Trail(image=DEPLOYED, timeline=TIMELINE).commit

    assert same is not None
    assert other is not None
    assert (same.summary, same.url, same.author, same.repository) == (
        "fix prices",
        PAGE,
        "Ana",
        "acme/shop",
    )
    assert other.summary is None


def test_a_build_is_found_in_its_timeline() -> None:
    found = Trail(image=BARE, built=BUILT, timeline=TIMELINE).build_run

    assert found is TIMELINE.runs[0]
    assert Trail(image=BARE, built=replace(BUILT, build="x:1"), timeline=TIMELINE).build_run is None
    assert Trail(image=BARE, built=BUILT).build_run is None


def test_what_is_known_has_no_reason_and_what_is_not_has_one() -> None:
    whole = Trail(image=DEPLOYED, built=BUILT, timeline=TIMELINE, link=LINK)
    nothing = Trail(image=BARE, labels="its labels name none")
    adopted = Trail(image=SeenImage(digest=DIGEST, looked=(STAGE,)))

    assert (whole.why_no_deployment, whole.why_no_build) == (None, None)
    assert (whole.why_no_commit, whole.why_no_push) == (None, None)
    assert whole.known
    assert not nothing.known
    assert nothing.why_no_deployment == "no stage runs it, ran it lately, or refuses it"
    assert "export IMAGE_DIGEST" in (nothing.why_no_build or "")
    assert (nothing.why_no_commit or "").endswith("its labels name none")
    assert "what built it is not known" in (nothing.why_no_push or "")
    assert "it was adopted, or came before" in (adopted.why_no_deployment or "")


def test_an_execution_without_a_push_says_what_began_it() -> None:
    trail = Trail(image=BARE, built=BUILT, timeline=TIMELINE)
    unsaid = Trail(image=BARE, built=replace(BUILT, origin=replace(ORIGIN, trigger=None)))

    assert trail.why_no_push == (
        f"Longshore's webhook is not known to have started shop:{EXECUTION.id} "
        "(trigger: started by ana)"
    )
    assert (unsaid.why_no_push or "").endswith(EXECUTION.id)


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        (ExecutionTrigger("WebhookV2", "arn:x"), "a push"),
        (ExecutionTrigger("StartPipelineExecution"), "StartPipelineExecution"),
        (None, "StartPipelineExecution"),
    ],
)
def test_nobody_is_said_to_have_started_it_who_is_not_named(
    kept: ExecutionTrigger | None, text: str
) -> None:
    assert trigger_text(kept, ORIGIN) == text
    assert trigger_text(None, Origin()) == "unknown"
