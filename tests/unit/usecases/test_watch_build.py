"""Watching builds that pushes start: an origin for the image, and each failure told once."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from longshore.decide.builds import failure_of, image_of
from longshore.domain.builds import BuildLook, BuildState, SeenBuild
from longshore.domain.errors import Conflict, LongshoreError, NotPermitted, Throttled
from longshore.domain.executions import BuildOutcome
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.places import StageId
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import GitRepository, Provider, PushLink, Startable
from longshore.domain.triggers import PushTrigger
from longshore.events.build_events import build_detail
from longshore.events.messages import encode_announcement, parse_announcement
from longshore.events.notices import compose_notice
from longshore.usecases.look_again import LOOKS_AGAIN, merged
from longshore.usecases.watch_build import watch_build
from longshore.usecases.watch_execution import MOST_TOLD, Seen
from tests.support.builders import make_configuration, make_digest, make_spec
from tests.support.deaths import CrashError, Death, Dying
from tests.support.fakes import NOON
from tests.support.watch_fakes import Watchtower

PROJECT = "checkout-image"
BUILD = f"{PROJECT}:813953eb-2284"
REPOSITORY = GitRepository(Provider.GITHUB, "acme/checkout")
LINK = PushLink(
    execution=BUILD,
    kind=Startable.BUILD,
    name=PROJECT,
    push="hash-of-the-body",
    repository=REPOSITORY,
    ref="refs/tags/v1.4",
    commit="f4d05743bf2b4c0ea3b1b0b1f0a6b1c6b0a4c0de",
    pusher="ada",
    at=NOON,
)
LOOK = BuildLook(build=BUILD, events=("e-1",))
FAILURE = BuildOutcome("BUILD", "exit status 2", "https://log.example/1")


def make_build(state: BuildState, outcome: BuildOutcome = FAILURE) -> SeenBuild:
    return SeenBuild(
        id=BUILD,
        state=state,
        outcome=outcome,
        started_at=NOON,
        ended_at=NOON + timedelta(minutes=3),
    )


@dataclass
class Kiln:
    """A watch, and a build of a project that pushes start for some applications."""

    tower: Watchtower = field(default_factory=Watchtower)

    def __post_init__(self) -> None:
        self.tower.pushed.links[BUILD] = LINK
        self.named_by("checkout")

    def named_by(self, *applications: str) -> None:
        for name in applications:
            configuration = make_configuration(make_spec(StageId(name, "dev")))
            trigger = PushTrigger(REPOSITORY, Startable.BUILD, PROJECT)
            self.tower.state.install(replace(configuration, git=(trigger,)))

    def show(self, seen: SeenBuild) -> None:
        self.tower.builds.shown[BUILD] = seen

    def look(self, look: BuildLook = LOOK) -> Seen:
        return watch_build(look, self.tower.ports)

    @property
    def told(self) -> list[Announcement]:
        return list(self.tower.state.announcements())


@pytest.fixture
def kiln() -> Kiln:
    return Kiln()


def test_the_image_of_a_build_gets_the_push_as_its_origin(kiln: Kiln) -> None:
    kiln.show(make_build(BuildState.SUCCEEDED, BuildOutcome(digest=make_digest(3))))

    assert kiln.look() == Seen("kept", "it is SUCCEEDED")
    assert kiln.tower.pushed.images[make_digest(3)] == BuiltImage(
        digest=make_digest(3),
        origin=Origin(commit=LINK.commit, author="ada"),
        build=BUILD,
        repository="acme/checkout",
    )
    assert kiln.told == []


def test_a_failure_is_told_once_however_often_it_is_looked_at(kiln: Kiln) -> None:
    kiln.show(make_build(BuildState.FAILED))

    first, again = kiln.look(), kiln.look()

    assert first == Seen("kept", "it is FAILED", told=(EventName.BUILD_FAILED,))
    assert again == Seen("unchanged", "it is FAILED, as was known")
    (told,) = kiln.told
    assert (told.subject, told.sequence, told.at) == (f"checkout:{BUILD}", 1, NOON)
    assert told.about == told.project == ProjectId("checkout", PROJECT)
    assert (told.stage, told.thread) == (None, told.subject)
    assert told.detail == {
        "schema": 1,
        "application": "checkout",
        "project": PROJECT,
        "build": BUILD,
        "state": "FAILED",
        "reason": "checkout-image failed in its phase BUILD: exit status 2",
        "commit": {"id": LINK.commit, "summary": None, "url": None},
        "repository": "acme/checkout",
        "push": {
            "provider": "github",
            "repository": "acme/checkout",
            "ref": "refs/tags/v1.4",
            "pusher": "ada",
        },
        "failure": {
            "summary": "checkout-image failed in its phase BUILD: exit status 2",
            "phase": "BUILD",
            "message": "exit status 2",
            "log": "https://log.example/1",
        },
        "started_at": NOON.isoformat(),
        "seconds": 180,
    }
    assert parse_announcement(encode_announcement(told)) == told


def test_people_read_which_push_broke_it_and_where_the_log_is(kiln: Kiln) -> None:
    kiln.show(make_build(BuildState.FAILED))
    kiln.look()

    notice = compose_notice(kiln.told[0])

    assert notice.subject == "FAILED build checkout-image: f4d05743bf2b"
    assert (
        notice.text
        == f"""\
FAILED build: checkout-image

Application checkout
Build       {BUILD}
Commit      f4d05743bf2b
Trigger     push of tag v1.4 by ada
After       3 min
Cause       checkout-image failed in its phase BUILD: exit status 2
Log         https://log.example/1
Next        To try again: push once more. What runs meanwhile: longshore status
"""
    )
    assert notice.attributes == {
        "application": "checkout",
        "project": PROJECT,
        "event": "BuildFailed",
        "severity": "error",
        "id": f"checkout:{BUILD}/1",
    }


def test_every_application_whose_pushes_start_the_project_is_told(kiln: Kiln) -> None:
    kiln.named_by("basket", "search")
    kiln.show(make_build(BuildState.FAILED))

    kiln.look()

    assert [each.application for each in kiln.told] == ["basket", "checkout", "search"]


def test_one_transaction_tells_only_so_many(kiln: Kiln) -> None:
    kiln.named_by(*(f"a{number:02d}" for number in range(MOST_TOLD + 5)))
    kiln.show(make_build(BuildState.FAILED))

    kiln.look()

    assert len(kiln.told) == MOST_TOLD


def test_a_build_that_fails_after_it_pushed_leaves_both(kiln: Kiln) -> None:
    kiln.show(make_build(BuildState.FAILED, replace(FAILURE, digest=make_digest(3))))

    kiln.look()

    assert len(kiln.told) == len(kiln.tower.pushed.images) == 1


@pytest.mark.parametrize("state", [BuildState.SUCCEEDED, BuildState.STOPPED])
def test_what_neither_failed_nor_names_an_image_changes_nothing(
    kiln: Kiln, state: BuildState
) -> None:
    kiln.show(make_build(state))

    assert kiln.look() == Seen("unchanged", f"it is {state}")
    assert kiln.told == []


def test_a_failure_that_concerns_nobody_any_more_is_told_to_nobody(kiln: Kiln) -> None:
    kiln.tower.state.install(make_configuration(make_spec(StageId("checkout", "dev")), number=2))
    kiln.show(make_build(BuildState.FAILED))

    assert kiln.look().kind == "unchanged"


# ── what is not shown, and what fails ────────────────────────────────────────────────────────


def looked_at_to_the_end(kiln: Kiln) -> tuple[Seen, list[object]]:
    look, delays = LOOK, list[object]()
    while True:
        seen = kiln.look(look)
        if not kiln.tower.looks.builds:
            return seen, delays
        ((look, delay),) = kiln.tower.looks.builds
        kiln.tower.looks.builds.clear()
        assert seen.kind == "later"
        delays.append(delay)


def test_a_build_that_no_push_started_is_ignored_after_its_link_may_have_come(kiln: Kiln) -> None:
    kiln.tower.pushed.links.clear()
    kiln.show(make_build(BuildState.FAILED))

    seen, delays = looked_at_to_the_end(kiln)

    assert seen == Seen("ignored", "no push started it")
    assert tuple(delays) == LOOKS_AGAIN
    assert kiln.told == []


def test_an_end_that_is_not_shown_is_looked_for_twice(kiln: Kiln) -> None:
    kiln.show(make_build(BuildState.IN_PROGRESS))

    seen, delays = looked_at_to_the_end(kiln)

    assert seen == Seen("ignored", "CodeBuild does not show its end")
    assert tuple(delays) == LOOKS_AGAIN


def test_a_build_that_is_forgotten_is_ignored(kiln: Kiln) -> None:
    assert kiln.look() == Seen("ignored", "CodeBuild does not know the build")


@pytest.mark.parametrize("error", [Throttled("busy"), Conflict("moved")])
def test_who_is_busy_is_asked_again_later_and_later(kiln: Kiln, error: LongshoreError) -> None:
    kiln.show(make_build(BuildState.FAILED))
    kiln.tower.pushed.failure = error
    look = LOOK

    for _ in range(3):
        assert kiln.look(look) == Seen("later", str(error))
        look, _ = kiln.tower.looks.builds[-1]

    delays = [delay for _, delay in kiln.tower.looks.builds]
    assert delays == [timedelta(seconds=20), timedelta(seconds=40), timedelta(seconds=80)]
    assert look == replace(LOOK, busy=3)
    assert kiln.told == []


def test_a_permission_that_is_missing_is_for_a_person(kiln: Kiln) -> None:
    kiln.tower.builds.failure = NotPermitted("codebuild:BatchGetBuilds is not permitted")

    with pytest.raises(NotPermitted):
        kiln.look()


def test_messages_of_one_build_make_one_look() -> None:
    looks = [replace(LOOK, events=("a", "b"), attempt=1, busy=2), replace(LOOK, events=("b",))]

    assert merged(looks) == replace(LOOK, events=("a", "b"), busy=2)


# ── words ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "outcome", "summary"),
    [
        (BuildState.FAILED, BuildOutcome("BUILD"), "failed in its phase BUILD"),
        (BuildState.FAILED, BuildOutcome(message="no image"), "failed: no image"),
        (BuildState.TIMED_OUT, BuildOutcome("INSTALL"), "timed out in its phase INSTALL"),
        (BuildState.FAULT, BuildOutcome(), "failed by a fault of CodeBuild"),
    ],
)
def test_a_failure_says_what_is_known(
    state: BuildState, outcome: BuildOutcome, summary: str
) -> None:
    failure = failure_of(make_build(state, outcome))

    assert failure is not None
    assert failure.summary == f"checkout-image {summary}"


def test_what_is_not_known_of_a_build_is_null() -> None:
    seen = replace(make_build(BuildState.FAULT, BuildOutcome()), started_at=None, ended_at=None)
    failure, link = failure_of(seen), replace(LINK, pusher="")
    assert failure is not None

    detail = build_detail(seen, link, "checkout", failure)

    assert (detail["started_at"], detail["seconds"]) == (None, None)
    image = image_of(replace(seen, outcome=BuildOutcome(digest=make_digest(1))), link)
    assert image is not None
    assert image.origin.author is None


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize("at", range(1, 6))
def test_a_crash_at_any_call_is_repaired_by_the_next_look(
    kiln: Kiln,
    at: int,
    effect: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    kiln.show(make_build(BuildState.FAILED, replace(FAILURE, digest=make_digest(3))))
    ports, death = kiln.tower.ports, Death(at, effect=effect)
    dying = replace(
        ports,
        directory=Dying(ports.directory, death),
        builds=Dying(ports.builds, death),
        pushed=Dying(ports.pushed, death),
    )
    try:
        watch_build(LOOK, dying)
    except CrashError:
        watch_build(LOOK, ports)
    else:
        assert at == 5, "fewer calls than expected"

    assert [each.name for each in kiln.told] == [EventName.BUILD_FAILED]
    assert kiln.tower.pushed.images[make_digest(3)].build == BUILD
