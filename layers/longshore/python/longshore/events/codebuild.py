"""Events of AWS CodeBuild: builds and their phases.

A build's id is an ARN; the pipeline that started it is known by the build's initiator, the
execution by nothing. Environment variables stand in plain text beside what is read here: they are
not touched. Times are "Sep 1, 2017 4:12:29 PM", without a zone: those that count are read by API.
https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html
"""

import re

from longshore.domain.delivery_facts import BuildMoved
from longshore.domain.facts import Fact
from longshore.domain.projects import PROJECT_NAME
from longshore.events.arns import Arn, parse_arn
from longshore.events.documents import Fields, shown
from longshore.events.engines import arns_of, engine_home, loose_fields

BUILD_ID = re.compile(rf"{PROJECT_NAME.pattern}:[A-Za-z0-9-]{{1,64}}")
"""`project:id`, as BatchGetBuilds takes it."""

_STATE = "CodeBuild Build State Change"
_PHASE = "CodeBuild Build Phase Change"


def read_codebuild_event(event: Fields, detail_type: str) -> Fact | None:
    """Read an event of CodeBuild, None for a type that is not read; raise ValueError."""
    if detail_type not in {_STATE, _PHASE}:
        return None
    detail = event.fields("detail")
    arn = parse_arn(detail.values.get("build-id"))
    home = engine_home(event, (*((arn,) if arn else ()), *arns_of(event, "codebuild")))
    build = _build(detail, arn)
    return BuildMoved(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        home=home,
        project=build.partition(":")[0],
        build=build,
        status=detail.text("build-status") if detail_type == _STATE else None,
        phase=detail.loose_text("completed-phase") or detail.loose_text("current-phase"),
        phase_status=detail.loose_text("completed-phase-status"),
        initiator=loose_fields(detail, "additional-information").loose_text("initiator"),
    )


def _build(detail: Fields, arn: Arn | None) -> str:
    """Return the id of the build, which knows its project too."""
    detail.text("build-id")
    match arn.names("build") if arn and arn.service == "codebuild" else ():
        case (build,) if BUILD_ID.fullmatch(build):
            return build
        case _:
            raise ValueError(f"detail.build-id is {shown(detail.text('build-id'))}, of no build")
