"""What a build that a push started leaves behind: where its image came from, and why it failed."""

from collections.abc import Mapping

from longshore.domain.builds import BuildState, SeenBuild
from longshore.domain.executions import PipelineFailure
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.pushes import PushLink

_ENDS: Mapping[BuildState, str] = {
    BuildState.FAILED: "failed",
    BuildState.FAULT: "failed by a fault of CodeBuild",
    BuildState.TIMED_OUT: "timed out",
}


def image_of(seen: SeenBuild, link: PushLink) -> BuiltImage | None:
    """Return the image that a build says it pushed, with the push as its origin."""
    if seen.outcome.digest is None:
        return None
    return BuiltImage(
        digest=seen.outcome.digest,
        origin=Origin(commit=link.commit, author=link.pusher or None),
        build=seen.id,
        repository=link.repository.name,
    )


def failure_of(seen: SeenBuild) -> PipelineFailure | None:
    """Return why a build failed, None where it did not."""
    end, outcome = _ENDS.get(seen.state), seen.outcome
    if end is None:
        return None
    summary = f"{seen.project} {end}{outcome.where_and_why}"
    return PipelineFailure(summary, phase=outcome.phase, log=outcome.log)
