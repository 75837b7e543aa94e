"""What happens in the world: in the registry, at ECS, by people, and with time."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from longshore.domain.configuration import Configuration
from longshore.domain.errors import NotPermitted
from longshore.domain.intents import Intent, IntentKind
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState
from longshore.domain.wakeups import Announced, Hint, StopEvidence
from tests.simulation.machine import scenery
from tests.simulation.machine.adverse_ecs import make_task
from tests.simulation.machine.scenery import REPOSITORIES, REPOSITORY_OF, SERVICES, SPECS
from tests.simulation.machine.world import World, fact
from tests.support.builders import STAGE, make_digest


class RegistryFacts(World):
    """Images come and go; events tell of it once, twice, or not at all."""

    @fact(repository=scenery.repositories, tag=scenery.tags, told=st.integers(0, 2))
    def a_new_image_was_pushed(self, repository: str, tag: str, told: int) -> None:
        digest = make_digest(len(self.registry.ever) + 1)
        self._push(repository, digest, tag, told)

    @fact(
        repository=scenery.repositories,
        number=scenery.numbers,
        tag=scenery.tags,
        told=st.integers(0, 2),
    )
    def a_known_image_was_tagged(self, repository: str, number: int, tag: str, told: int) -> None:
        digest = make_digest(1 + number % len(self.registry.ever))
        self._push(repository, digest, tag, told)

    @fact(repository=scenery.repositories, tag=scenery.tags)
    def a_tag_was_deleted(self, repository: str, tag: str) -> None:
        self.registry.untag(REPOSITORIES[repository], tag)

    @fact(repository=scenery.repositories, number=scenery.numbers)
    def an_image_was_deleted(self, repository: str, number: int) -> None:
        digest = make_digest(1 + number % len(self.registry.ever))
        self.registry.remove(REPOSITORIES[repository], digest)

    @fact(closed=st.booleans())
    def permissions_changed(self, *, closed: bool) -> None:
        denied = NotPermitted("the role may not ecr:DescribeImages on checkout")
        self.registry.failure = denied if closed else None

    def _push(self, repository: str, digest: str, tag: str, told: int) -> None:
        self.clock.advance(timedelta(seconds=1))
        self.registry.arrive(REPOSITORIES[repository], digest, tag)
        for _ in range(told):
            self.tell(Hint.REGISTRY, announced=Announced(REPOSITORIES[repository], tag, digest))


class EcsFacts(World):
    """Rollouts go on or not, services change by other hands, and looks show what they like."""

    @fact(
        service=scenery.services,
        rollout=scenery.rollouts,
        which=st.sampled_from([0, 0, 1, 2]),
        told=st.booleans(),
    )
    def a_rollout_went_on(
        self, service: str, rollout: RolloutState | None, which: int, *, told: bool
    ) -> None:
        shown = self.ecs.services.get(SERVICES[service])
        if shown is None or not shown.deployments:
            return
        index = which % len(shown.deployments)
        gone_on = replace(shown.deployments[index], rollout=rollout)
        deployments = (*shown.deployments[:index], gone_on, *shown.deployments[index + 1 :])
        self.ecs.show(SERVICES[service], replace(shown, deployments=deployments))
        if told:
            self.tell(Hint.ECS)

    @fact(rollout=st.sampled_from([RolloutState.COMPLETED, RolloutState.FAILED]))
    def every_rollout_ended(self, rollout: RolloutState) -> None:
        for service, shown in self.ecs.services.items():
            if shown is not None:
                ended = (replace(d, rollout=rollout) if d.primary else d for d in shown.deployments)
                self.ecs.show(service, replace(shown, deployments=tuple(ended)))

    @fact(service=scenery.services, which=scenery.numbers)
    def somebody_moved_a_service(self, service: str, which: int) -> None:
        if self.ecs.services.get(SERVICES[service]) is not None:
            self.ecs.begin(SERVICES[service], self._revision(which, SERVICES[service].name))

    @fact(
        service=scenery.services,
        number=scenery.numbers,
        pinned=st.booleans(),
        used=st.booleans(),
    )
    def somebody_registered_a_revision(
        self, service: str, number: int, *, pinned: bool, used: bool
    ) -> None:
        ref, digest = SERVICES[service], make_digest(1 + number % len(self.registry.ever))
        image = f"{REPOSITORY_OF[ref].uri}{f'@{digest}' if pinned else ':main'}"
        size = str(len(self.ecs.revisions))
        revision = self.ecs.add_revision(ref.name, image, {"memory": size})
        if used and self.ecs.services.get(ref) is not None:
            self.ecs.begin(ref, revision)

    @fact(which=scenery.numbers)
    def a_revision_was_deregistered(self, which: int) -> None:
        self.ecs.deregister(self._revision(which))

    @fact(service=scenery.services, count=st.sampled_from([0, 2]), breaker=st.booleans())
    def a_service_was_changed(self, service: str, count: int, *, breaker: bool) -> None:
        shown = self.ecs.services.get(SERVICES[service])
        if shown is not None:
            changed = replace(shown, desired_count=count, breaker_rolls_back=breaker)
            self.ecs.show(SERVICES[service], changed)

    @fact(service=scenery.services)
    def a_service_was_deleted_or_came_back(self, service: str) -> None:
        if self.ecs.services.get(SERVICES[service]) is None:
            image = f"{REPOSITORY_OF[SERVICES[service]].uri}:main"
            self.ecs.open(SERVICES[service], image)
        else:
            self.ecs.show(SERVICES[service], None)

    @fact(
        service=scenery.services,
        picks=st.lists(
            st.tuples(scenery.numbers, scenery.rollouts, st.booleans()), min_size=1, max_size=3
        ),
        on=scenery.numbers,
        status=st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DRAINING"]),
        controller=st.sampled_from(["ECS", "ECS", "ECS", "CODE_DEPLOY"]),
    )
    def ecs_shows_whatever_it_likes(
        self,
        service: str,
        picks: list[tuple[int, RolloutState | None, bool]],
        on: int,
        status: str,
        controller: str,
    ) -> None:
        known = self.ecs.known[SERVICES[service]]
        shown: dict[str, EcsDeployment] = {}
        for which, rollout, primary in picks:
            found = known[-1 - which % len(known)]
            shown[found.id] = replace(found, rollout=rollout, primary=primary)
        entries, base = tuple(shown.values()), self._revision(on)
        self.ecs.show(
            SERVICES[service], EcsService(status, controller, "ROLLING", 2, base, entries)
        )

    @fact(service=scenery.services, which=scenery.numbers)
    def a_task_stopped(self, service: str, which: int) -> None:
        known = self.ecs.known[SERVICES[service]]
        ecs_id = known[-1 - which % len(known)].id
        self.tell(Hint.TASK, evidence=StopEvidence(ecs_id, make_task(ecs_id)))

    def _revision(self, which: int, family: str = "") -> str:
        """Return a revision of a family, or of any, the newest first."""
        revisions = [arn for arn in self.ecs.revisions if f"/{family}:" in arn or not family]
        return revisions[-1 - which % len(revisions)]


class PeopleFacts(World):
    """People ask and configure; time passes."""

    @fact()
    def somebody_asked_to_retry(self) -> None:
        self.events += 1
        wish, who = f"wish-{self.events}", "arn:of:somebody"
        self.vault.wish(Intent(wish, STAGE, IntentKind.RETRY, who, "mended", self.clock.now()))

    @fact(name=scenery.specs, deploy=st.booleans())
    def a_configuration_was_applied(self, name: str, *, deploy: bool) -> None:
        self.install(name, deploy=deploy)

    @rule()
    def the_ledger_was_backed_up(self) -> None:
        self.vault.back_up()

    @fact(sure=st.sampled_from([False, False, True]))
    def the_ledger_was_restored(self, *, sure: bool) -> None:
        if sure:
            self.restore()

    @fact(seconds=st.sampled_from([1, 20, 46, 121, 901, 1801]))
    def time_passed(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def install(self, name: str, *, deploy: bool = False) -> None:
        """Put a configuration in force."""
        self.configurations += 1
        number, who, now = self.configurations, "arn:of:applier", self.clock.now()
        application = STAGE.application
        self.vault.install(Configuration(application, number, (SPECS[name],), who, now, deploy))
