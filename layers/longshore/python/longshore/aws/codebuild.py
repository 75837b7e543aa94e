"""AWS CodeBuild, as far as builds are read back."""

from collections.abc import Sequence

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.aws.pipeline_views import build_outcome, seen_build
from longshore.domain.builds import SeenBuild
from longshore.domain.executions import BuildOutcome, Builds
from longshore.events.codebuild import BUILD_ID

MOST_BUILDS = 100
"""What BatchGetBuilds takes in one request."""


class AwsBuilds:
    """Reads builds."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Read through `gate`."""
        self._gate = gate
        self._clients = clients

    def outcomes(self, builds: Sequence[str]) -> Builds:
        """Return what is said of each build; of one that is forgotten, nothing."""
        asked = [build for build in builds if BUILD_ID.fullmatch(build)]
        found = dict.fromkeys(builds, BuildOutcome())
        for start in range(0, len(asked), MOST_BUILDS):
            ids = asked[start : start + MOST_BUILDS]
            reply = self._gate.call(self._clients.codebuild.batch_get_builds, ids=ids)
            found |= {build["id"]: build_outcome(build) for build in reply.get("builds", ())}
        return found

    def build(self, build: str) -> SeenBuild | None:
        """Return a build as it is shown, None where there is none (any more)."""
        reply = self._gate.call(self._clients.codebuild.batch_get_builds, ids=[build])
        return next((seen_build(each) for each in reply.get("builds", ())), None)
