"""The newest log lines of the tasks that a deployment started, from CloudWatch Logs.

Lines are what programs of others wrote: colours and control characters are taken out of them, and
what may be a secret (`longshore.events.log_lines`). Nothing that goes wrong here ends a watch.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError

from longshore.aws.errors import TRIED_AGAIN
from longshore.decide.log_streams import LogStream, NoLogStream, log_stream
from longshore.decide.rendering import UnknownContainerError, containers_of, managed_containers
from longshore.domain.deployments import Leg
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.observations import TaskDefinition
from longshore.domain.places import ServiceRef
from longshore.domain.stages import StageSnapshot
from longshore.events.documents import printable
from longshore.events.log_lines import LineRedactor
from longshore_cli.access import Access
from longshore_cli.picture import LogLine, ServicePicture

if TYPE_CHECKING:
    from mypy_boto3_ecs.literals import DesiredStatusType
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef, OutputLogEventTypeDef

MOST_SERVICES = 5
"""Services whose logs are read: those that are under way, or failed."""
MOST_TASKS = 2
"""Tasks whose logs are read, the newest of each service."""
MOST_LINES = 200
"""Lines told of one stream in one look; a program that writes more is cut."""
LOOKS_A_LIST = 3
"""Every how many looks the tasks are listed anew: lists and descriptions are the dear calls."""
_MOST_PATIENCE = 16

_STRANGE = (BotoCoreError, AttributeError, LookupError, TypeError, ValueError)
"""What is raised where a task definition holds what nobody expects, as a region that is none."""

_STATES: "Sequence[DesiredStatusType]" = ("RUNNING", "STOPPED")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Followed:
    """A stream that is read, and how far."""

    service: ServiceRef
    container: str
    task: str
    stream: LogStream
    token: str = ""
    redactor: LineRedactor = field(default_factory=LineRedactor)


@dataclass(slots=True)
class LogTail:
    """Follows the streams of the newest tasks; what cannot be read is told once, in `notes`."""

    access: Access
    lines: int
    notes: list[str] = field(default_factory=list)
    _followed: dict[LogStream, _Followed] = field(default_factory=dict)
    _definitions: dict[str, TaskDefinition] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _closed: bool = False
    _closed_groups: set[tuple[str, str]] = field(default_factory=set)
    _looks: int = 0
    _patience: int = 0
    _pass_over: int = 0

    def read(
        self, snapshot: StageSnapshot, services: Sequence[ServicePicture], *, last: bool = False
    ) -> Sequence[LogLine]:
        """Return the lines since the last time, oldest first; at first the last few of each stream.

        `last` looks for tasks once more, whenever they were listed before.
        """
        if self._closed or self.lines == 0:
            return ()
        if self._pass_over and not last:
            self._pass_over -= 1
            return ()
        found: list[LogLine] = []
        throttled: list[Throttled] = []
        if last or self._looks % LOOKS_A_LIST == 0:
            self._look_for_streams(snapshot, services, throttled)
        for followed in self._followed.values():
            found += self._lines_of(followed, throttled)
        self._be_patient(throttled)
        self._looks += 1
        return sorted(found, key=lambda line: line.at)

    def _look_for_streams(
        self,
        snapshot: StageSnapshot,
        services: Sequence[ServicePicture],
        throttled: list[Throttled],
    ) -> None:
        try:
            self._find_streams(snapshot, services)
        except Throttled as error:
            throttled.append(error)
        except (NotPermitted, Refused, *_STRANGE) as error:
            self._closed = True
            self._note(f"log lines are not shown: {_told(error)}")

    def _lines_of(self, followed: _Followed, throttled: list[Throttled]) -> Sequence[LogLine]:
        """Return the new lines of a stream; a group that cannot be read is left alone."""
        group = (followed.stream.region, followed.stream.group)
        if group in self._closed_groups:
            return ()
        try:
            return tuple(self._new_lines(followed))
        except Throttled as error:
            throttled.append(error)
        except (NotPermitted, *_STRANGE) as error:
            self._closed_groups.add(group)
            where = printable(f"of the group {group[1]} in {group[0]!r}")
            self._note(f"log lines {where} are not shown: {_told(error)}")
        return ()

    def _be_patient(self, throttled: Sequence[Throttled]) -> None:
        """Ask ever less often while AWS gives no answer, which a region that is none never does."""
        if not throttled:
            self._patience = 0
            return
        self._patience = min(self._patience * 2 + 1, _MOST_PATIENCE)
        self._pass_over = self._patience
        if self._patience == _MOST_PATIENCE:
            self._note(f"log lines may be missing: {_told(throttled[-1])}")

    # ── which streams ─────────────────────────────────────────────────────────────────────────

    def _find_streams(self, snapshot: StageSnapshot, services: Sequence[ServicePicture]) -> None:
        for picture in [each for each in services if _is_of_interest(each.target.forward)][
            :MOST_SERVICES
        ]:
            for task in self._newest_tasks(picture):
                definition = self._definition(picture.service, task["taskDefinitionArn"])
                for container in _containers(snapshot, picture.service, definition):
                    self._follow(picture.service, container, task["taskArn"], definition)

    def _newest_tasks(self, picture: ServicePicture) -> Sequence[Mapping[str, Any]]:
        mine = [
            task
            for status in _STATES
            for task in self.access.ecs.tasks(picture.service, status)
            if task.get("startedBy") == picture.target.forward.ecs_deployment_id
        ]
        return sorted(mine, key=_created, reverse=True)[:MOST_TASKS]

    def _definition(self, service: ServiceRef, arn: str) -> TaskDefinition:
        if arn not in self._definitions:
            described = self.access.ecs.describe_revision(service.home, arn)
            self._definitions[arn] = described.definition
        return self._definitions[arn]

    def _follow(
        self, service: ServiceRef, container: str, task: str, definition: TaskDefinition
    ) -> None:
        stream = log_stream(definition, container, task, service.home.region)
        if isinstance(stream, NoLogStream):
            self._note(f"log lines of {service} are not shown: {stream.reason}")
        elif stream not in self._followed:
            followed = _Followed(service, container, task.rpartition("/")[2], stream)
            self._followed[stream] = followed

    # ── what they say ─────────────────────────────────────────────────────────────────────────

    def _new_lines(self, followed: _Followed) -> Iterator[LogLine]:
        lines = [
            (datetime.fromtimestamp(event.get("timestamp", 0) / 1000, UTC), line)
            for event in self._events(followed)
            for line in event.get("message", "").splitlines()
        ]
        redacted = followed.redactor.lines(line for _, line in lines)
        for (at, _), line in zip(lines, redacted, strict=True):
            text = printable(line.expandtabs(4)).rstrip()
            if text:
                yield LogLine(at, followed.service, followed.container, followed.task, text)

    def _events(self, followed: _Followed) -> "Sequence[OutputLogEventTypeDef]":
        """Read on from where it was read to; a stream that is not there yet says nothing."""
        request: GetLogEventsRequestTypeDef = {
            "logGroupName": followed.stream.group,
            "logStreamName": followed.stream.name,
        }
        if followed.token:
            request |= {"nextToken": followed.token, "startFromHead": True}
        else:
            request |= {"limit": self.lines, "startFromHead": False}
        client = self.access.logs(followed.stream.region)
        try:
            reply = self.access.gate.call(client.get_log_events, **request)
        except Refused as error:
            if error.code != "ResourceNotFoundException":
                self._note(f"log lines of {followed.service} are not shown: {error}")
            return ()
        followed.token = reply.get("nextForwardToken", "")
        return self._newest(followed, reply["events"])

    def _newest(
        self, followed: _Followed, events: "Sequence[OutputLogEventTypeDef]"
    ) -> "Sequence[OutputLogEventTypeDef]":
        left_out = len(events) - MOST_LINES
        if left_out > 0:
            where = f"{followed.service} {followed.container}/{followed.task}"
            self.notes.append(f"{left_out} log lines of {where} are left out: it writes too many")
        return events[-MOST_LINES:]

    def _note(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self.notes.append(text)


def _told(error: Exception) -> str:
    return printable(str(error).removesuffix(TRIED_AGAIN) or type(error).__name__)


def _is_of_interest(leg: Leg) -> bool:
    return leg.ecs_deployment_id is not None and not leg.state.good


def _containers(
    snapshot: StageSnapshot, service: ServiceRef, definition: TaskDefinition
) -> Sequence[str]:
    """Return the containers that run the stage's images, or all where it cannot be told which."""
    repositories = {image.alias: image.repository for image in snapshot.spec.images}
    spec = next((each for each in snapshot.spec.targets if each.service == service), None)
    try:
        return sorted(managed_containers(definition, spec, repositories) if spec else ())
    except UnknownContainerError:
        return sorted(containers_of(definition))


def _created(task: Mapping[str, Any]) -> datetime:
    created: datetime = task.get("createdAt") or _LONG_AGO
    return created
