"""The checks of a stage: its images first, then each of its services."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from longshore.decide.rendering import UnknownContainerError, managed_containers
from longshore.decide.selection import Chosen
from longshore.domain.configuration import Base, StageImage, TargetSpec
from longshore.domain.errors import Refused
from longshore.domain.places import Home, ServiceRef
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageSnapshot
from longshore.usecases.look_at_registry import look_at_registry
from longshore_cli.doctor import images, rollouts
from longshore_cli.doctor.cloudwatch import read_alarms
from longshore_cli.doctor.findings import Check, Finding, attempt
from longshore_cli.doctor.permissions import Permissions
from longshore_cli.doctor.platforms import Needed, judge_platform, needed_platform
from longshore_cli.doctor.reading import Answer, Reader
from longshore_cli.doctor.references import References
from longshore_cli.doctor.repositories import Repositories
from longshore_cli.doctor.services import Services


@dataclass(frozen=True, slots=True)
class Eyes:
    """Where the checks of all stages look; what one stage has read is not read for another."""

    reader: Reader
    services: Services
    repositories: Repositories
    references: References
    permissions: Permissions | None
    home: Home
    now: datetime


class StageChecks:
    """Looks at one stage as the ledger has it."""

    def __init__(self, eyes: Eyes, snapshot: StageSnapshot) -> None:
        """Prepare to look; nothing is read yet."""
        self._eyes = eyes
        self._snapshot = snapshot
        self._name = str(snapshot.spec.id)
        self._chosen: Release | None = None

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, the stage's own images before its services."""
        spec = self._snapshot.spec
        yield from images.judge_reach(
            Check("event-reach", self._name), spec.images, self._eyes.home
        )
        yield from self._attempt("choice", self._choice)
        yield from self._images()
        for target in spec.targets:
            yield from self._target(target)

    def _attempt(self, id_: str, judge: Callable[[Check], Iterator[Finding]]) -> Sequence[Finding]:
        check = Check(id_, self._name)
        return attempt(check, lambda: judge(check))

    def _choice(self, check: Check) -> Iterator[Finding]:
        registry = self._eyes.reader.access.registry
        try:
            choice = look_at_registry(self._snapshot.spec.images, registry)
        except Refused as error:
            if error.code != "RepositoryNotFoundException":
                raise
            yield check.problem(str(error), "aws ecr create-repository --repository-name NAME")
            return
        if isinstance(choice.choice, Chosen):
            self._chosen = choice.choice.release
            yield check.ok(f"the policies choose {self._chosen}")
        else:
            yield check.warning(
                f"the policies choose nothing: {choice.choice.reason}",
                "push an image that they choose, or correct longshore.yaml and apply it",
            )

    def _images(self) -> Iterator[Finding]:
        for image in self._snapshot.spec.images:
            yield from self._attempt("tag-mutability", partial(self._tag, image))
        for kept in images.kept_images(self._snapshot):
            yield from self._attempt("image", partial(self._presence, kept))
            yield from self._attempt("lifecycle-policy", partial(self._lifecycle, kept))

    def _tag(self, image: StageImage, check: Check) -> Iterator[Finding]:
        settings = self._eyes.repositories.settings(image.repository)
        yield images.judge_tag(check, image, settings)

    def _presence(self, kept: images.KeptImage, check: Check) -> Iterator[Finding]:
        stored = self._eyes.repositories.images(kept.image.repository)
        yield images.judge_presence(check, self._name, kept, stored)

    def _lifecycle(self, kept: images.KeptImage, check: Check) -> Iterator[Finding]:
        """Judge what is there; of what is gone the check of the image tells."""
        repositories, repository = self._eyes.repositories, kept.image.repository
        stored = repositories.images(repository)
        if kept.image.digest in stored:
            shelf = images.Shelf(stored, repositories.rules(repository), self._eyes.now)
            followed = {image.alias: image for image in self._snapshot.spec.images}
            yield images.judge_lifecycle(check, kept, shelf, followed.get(kept.image.alias))

    def _target(self, target: TargetSpec) -> Iterator[Finding]:
        service = target.service
        subject = f"{self._name}: {service}"
        check = Check("service", subject)
        found: list[Answer] = []

        def look() -> Iterator[Finding]:
            described = self._eyes.services.find(service)
            finding = rollouts.judge_service(check, service, described)
            if described is not None and not finding.next_step:
                found.append(described)
            yield finding

        yield from attempt(check, look)
        for described in found:
            yield from rollouts.judge_rollout(service, subject, described)
            yield from self._alarms(service, subject, described)
            yield from self._definition(target, subject, described)

    def _alarms(self, service: ServiceRef, subject: str, found: Answer) -> Sequence[Finding]:
        check = Check("deployment-alarms", subject)

        def judged() -> Iterator[Finding]:
            names = rollouts.deployment_alarms(found)
            alarms = read_alarms(self._eyes.reader, names, service.home.region)
            states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}
            yield rollouts.judge_alarms(check, names, states)

        return attempt(check, judged)

    def _definition(self, target: TargetSpec, subject: str, found: Answer) -> Iterator[Finding]:
        """Judge the task definition that the next revision starts from."""
        home = target.service.home
        check = Check("task-definition", subject)
        definitions: list[Answer] = []

        def look() -> Iterator[Finding]:
            current = self._eyes.services.definition(home, found["taskDefinition"])
            if target.base is Base.LATEST:
                current = self._eyes.services.definition(home, current["family"])
            definitions.append(current)
            yield check.ok(f"the next revision starts from {_revision(current)}")

        yield from attempt(check, look)
        for definition in definitions:
            yield from self._permissions(target.service, subject, definition)
            yield from self._platforms(target, subject, definition, found)
            yield from self._eyes.references.findings(subject, definition, home)

    def _permissions(
        self, service: ServiceRef, subject: str, definition: Answer
    ) -> Iterator[Finding]:
        if self._eyes.permissions is not None:
            yield from self._eyes.permissions.findings(subject, service, definition)
            return
        why = "the reconciler's role is not known without its stack and function"
        yield Check("pass-role", subject).unchecked(why, "look at the checks of the installation")

    def _platforms(
        self, target: TargetSpec, subject: str, definition: Answer, found: Answer
    ) -> Iterator[Finding]:
        """Judge the images that the policies choose or, where there are none, those that run."""
        check = Check("platform", subject)
        stage = self._snapshot.stage
        release = self._chosen or stage.live or stage.found
        repositories = {i.alias: i.repository for i in self._snapshot.spec.images}
        try:
            managed = managed_containers(definition, target, repositories)
        except UnknownContainerError as error:
            yield check.problem(str(error), "correct containers: in longshore.yaml and apply it")
            return
        needed = needed_platform(definition, found)
        for container, alias in sorted(managed.items()):
            image = release.image(alias) if release else None
            yield from attempt(check, partial(self._platform, check, container, image, needed))

    def _platform(
        self, check: Check, container: str, image: ReleasedImage | None, needed: Needed
    ) -> Iterator[Finding]:
        if image is None:
            why = f"container {container} has no image that is chosen, or known to run"
            yield check.unchecked(why, "push an image that the policies choose")
            return
        offered = self._eyes.repositories.platforms(image.repository, image.digest)
        yield judge_platform(check, f"container {container}: {image}", offered, needed)


def _revision(definition: Answer) -> str:
    return f"{definition.get('family')}:{definition.get('revision')}"
