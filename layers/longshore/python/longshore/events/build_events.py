"""The event Longshore publishes of a build that a push started: what its detail says.

As in `longshore.events.pipeline_events`, of whose keys it has those that fit a build.
"""

from longshore.domain.builds import SeenBuild
from longshore.domain.executions import PipelineFailure
from longshore.domain.pushes import PushLink
from longshore.events.outbound import SCHEMA, seconds_between
from longshore.events.pipeline_events import iso, push_detail


def build_detail(
    seen: SeenBuild, link: PushLink, application: str, failure: PipelineFailure
) -> dict[str, object]:
    """Return what an application is told of a build that failed."""
    return {
        "schema": SCHEMA,
        "application": application,
        "project": seen.project,
        "build": seen.id,
        "state": seen.state.value,
        "reason": failure.summary,
        "commit": {"id": link.commit, "summary": None, "url": None},
        "repository": link.repository.name,
        "push": push_detail(link),
        "failure": {
            "summary": failure.summary,
            "phase": failure.phase,
            "message": seen.outcome.message,
            "log": failure.log,
        },
        "started_at": iso(seen.started_at),
        "seconds": seconds_between(seen.started_at, seen.ended_at),
    }
