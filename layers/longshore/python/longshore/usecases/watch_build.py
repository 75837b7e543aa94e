"""Look at a build that a push started by itself: keep its image's origin, tell that it failed.

As with executions, what an event says is never kept: the build is read back from CodeBuild. A build
ends once, so what it is told by is made of its id, and written where it is not there yet.
"""

from collections.abc import Sequence

from longshore.decide.builds import failure_of, image_of
from longshore.domain.builds import BuildLook, BuildState, SeenBuild
from longshore.domain.errors import Conflict, Throttled
from longshore.domain.executions import PipelineFailure
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.pushes import PushLink
from longshore.events.build_events import build_detail
from longshore.usecases.look_again import is_last, look_once_more, look_when_free
from longshore.usecases.watch_execution import MOST_TOLD, Seen
from longshore.usecases.watch_ports import BuildChanges, WatchPorts


def watch_build(look: BuildLook, ports: WatchPorts) -> Seen:
    """Look at a build; where AWS is busy, it is looked at again later.

    Raises:
        NotPermitted, Refused: it cannot be read, and without that nothing is known of it.
    """
    try:
        return _watch(look, ports)
    except (Throttled, Conflict) as error:
        look_when_free(look, ports.looks)
        return Seen("later", str(error))


def _watch(look: BuildLook, ports: WatchPorts) -> Seen:
    link = ports.pushed.push_of(look.build)
    if link is None:  # who started it writes this down a moment after the build began
        return _not_shown(look, "no push started it", ports)
    seen = ports.builds.build(look.build)
    if seen is None:
        return Seen("ignored", "CodeBuild does not know the build")
    if seen.state is BuildState.IN_PROGRESS:
        return _not_shown(look, "CodeBuild does not show its end", ports)
    return _keep(seen, link, ports)


def _not_shown(look: BuildLook, reason: str, ports: WatchPorts) -> Seen:
    if is_last(look):
        return Seen("ignored", reason)
    look_once_more(look, ports.looks)
    return Seen("later", reason)


def _keep(seen: SeenBuild, link: PushLink, ports: WatchPorts) -> Seen:
    image, failure = image_of(seen, link), failure_of(seen)
    announcements = _announcements(seen, link, failure, ports) if failure else ()
    reason = f"it is {seen.state}"
    if image is None and not announcements:
        return Seen("unchanged", reason)
    ended_at = seen.ended_at or ports.clock.now()
    changes = BuildChanges(ended_at=ended_at, image=image, announcements=tuple(announcements))
    if not ports.pushed.commit(changes):
        return Seen("unchanged", f"{reason}, as was known")
    return Seen("kept", reason, told=tuple(each.name for each in announcements[:1]))


def _announcements(
    seen: SeenBuild, link: PushLink, failure: PipelineFailure, ports: WatchPorts
) -> Sequence[Announcement]:
    """Return what every application is told whose pushes start the project."""
    now = ports.clock.now()
    return [
        Announcement(
            stage=None,
            subject=f"{each.application}:{seen.id}",
            sequence=1,
            name=EventName.BUILD_FAILED,
            at=now,
            detail=build_detail(seen, link, each.application, failure),
            project=each,
        )
        for each in sorted(ports.directory.started_for_pushes(seen.project))[:MOST_TOLD]
    ]
