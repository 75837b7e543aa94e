"""The people around an installation: what they push, ask for, and do by hand."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any

from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs.images import Conduct, Exits, NeverHealthy, NeverStarts, Runs
from tests.simulation.documents import alias_of, document_of
from tests.simulation.forge import CHANGES
from tests.simulation.guards import GUARDING
from tests.simulation.keepers import Keepers
from tests.simulation.plan import KEEPING, Action, Application, Repository, Service
from tests.simulation.promises.at_ecs import SECRET
from tests.simulation.ways import ways_back
from tests.simulation.world import World

BAD: tuple[Conduct, ...] = (
    Exits(1, timedelta(seconds=1)),
    Exits(1, timedelta(seconds=1)),
    Exits(137, timedelta(seconds=25)),
    Exits(1, timedelta(minutes=30)),
    NeverStarts(),
    NeverHealthy(),
)
"""Images that crash at once, later, when all seemed well, or that never settle."""

OUTDATED = BAD[0]

TRIES = 5
GIVE_UP = 0.3
ASKED_AGAIN = frozenset({HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE})
ASKS_AGAIN = timedelta(seconds=40)
Anew = Callable[[], Mapping[str, object]]
"""Makes the request as it has to be now."""
PERSON = "arn:aws:sts::123456789012:assumed-role/Deployer/ada"


class People:
    """Does what a plan says, and what belongs to it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._plan = world.plan
        self._numbers = count(1)
        self._requests = count(1)
        self._pushed: dict[str, list[tuple[str, str]]] = {}
        self._deadlines: dict[str, int] = {}
        self._families: set[str] = set()
        self._last: tuple[str, Mapping[str, object]] | None = None
        world.truth.observing |= self._plan.observed
        self._keepers = Keepers(world, self._stage, self._images, self._wish, self._turn)

    # ── before anything begins ──────────────────────────────────────────────────────────────

    def set_up(self) -> None:
        """Create repositories and services, and let them settle."""
        for application in self._plan.applications:
            for repository in application.repositories:
                if repository.name in self._pushed:  # another application's as well
                    continue
                self._world.create_repository(repository)
                self._push_image(repository, Runs())
            for stage in application.stages:
                for service in stage.services:
                    self._create_service(service)
            for repository in application.repositories if self._plan.behind else ():
                self._push_image(repository, Runs())
        self._world.health.set_up()
        if self._plan.git:
            self._world.forge.set_up()

    def apply_all(self) -> None:
        """Put every application's configuration in force."""
        for application in self._plan.applications:
            self.apply(application)

    def _create_service(self, service: Service) -> None:
        world, image = self._world, self._image_of(service)
        ecs = world.cloud.ecs
        ecs.call("CreateCluster", {"clusterName": service.cluster})
        if service.family not in self._families:
            self._families.add(service.family)
            ecs.call("RegisterTaskDefinition", self._definition(service, image))
        breaker = {"enable": service.breaker != "off", "rollback": service.breaker == "on"}
        request = {
            "cluster": service.cluster,
            "serviceName": service.name,
            "taskDefinition": service.family,
            "desiredCount": service.desired,
            "deploymentConfiguration": {"deploymentCircuitBreaker": breaker},
        }
        world.by_hand("CreateService", request)

    def _image_of(self, service: Service) -> str:
        tag, digest = self._pushed[service.repository][-1]
        uri = self._world.cloud.uri(service.repository)
        return f"{uri}@{digest}" if service.pinned else f"{uri}:{tag}"

    def _definition(self, service: Service, image: str, memory: int = 256) -> Mapping[str, object]:
        return {
            "family": service.family,
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "containerDefinitions": [
                {"name": "proxy", "image": "public.ecr.aws/proxy:3", "essential": False},
                {
                    "name": "web",
                    "image": image,
                    "memory": memory,
                    "essential": True,
                    "environment": [{"name": "PASSWORD", "value": SECRET}],
                },
            ],
            "tags": [{"key": "team", "value": "shop"}],
        }

    # ── actions ─────────────────────────────────────────────────────────────────────────────

    def act(self, action: Action) -> None:
        """Do one thing of the plan."""
        self._world.tell("people", str(action))
        if action.verb in KEEPING:
            self._keepers.act(action)
            return
        if action.verb in GUARDING and action.verb != "push_ailing":
            self._world.health.act(action)
            return
        verb: Callable[[Action], None] = getattr(self, f"_{action.verb}")
        verb(action)

    def _push(self, action: Action) -> None:
        self._push_image(self._repository(action), Runs())

    def _push_image(self, repository: Repository, conduct: Conduct, *, index: bool = False) -> None:
        number = next(self._numbers)
        tag = f"1.{number}.0" if repository.by_version else "main"
        push = self._world.push_index if index else self._world.push
        digest = push(repository.name, number, tag, conduct)
        self._pushed.setdefault(repository.name, []).append((tag, digest))

    def _push_bad(self, action: Action) -> None:
        self._push_image(self._repository(action), BAD[action.how % len(BAD)])

    def _push_ailing(self, action: Action) -> None:
        """Push what ECS calls healthy, and alarms do not."""
        repository = self._repository(action)
        self._push_image(repository, Runs())
        self._world.truth.ailing.add(self._pushed[repository.name][-1][1])

    def _push_index(self, action: Action) -> None:
        self._push_image(self._repository(action), Runs(), index=True)

    def _push_quickly(self, action: Action) -> None:
        """Push three images within a second."""
        for _ in range(3):
            self._push_image(self._repository(action), Runs())

    def _push_artifact(self, action: Action) -> None:
        """Push a signature of the newest image: it must never be deployed."""
        repository = self._repository(action)
        _, digest = self._pushed[repository.name][-1]
        self._world.push_signature(repository.name, digest)

    def _push_back(self, action: Action) -> None:
        """Move the tag back to an image from before."""
        repository = self._repository(action)
        tag, digest = self._some_image(action, repository)
        self._world.tag(repository.name, tag, digest)

    def _tag_again(self, action: Action) -> None:
        """Give an image, mostly the newest, a second name; by version that may be a lower one."""
        repository = self._repository(action)
        newest, some = self._pushed[repository.name][-1], self._some_image(action, repository)
        _, digest = newest if action.how % 4 else some
        tag = f"1.{action.how % 19}.{action.whom}" if repository.by_version else "also"
        self._world.tag(repository.name, tag, digest)

    def _delete_tag(self, action: Action) -> None:
        repository = self._repository(action)
        tag, _ = self._some_image(action, repository)
        self._world.delete_image(repository.name, {"imageTag": tag})

    def _delete_image(self, action: Action) -> None:
        repository = self._repository(action)
        _, digest = self._some_image(action, repository)
        self._world.delete_image(repository.name, {"imageDigest": digest})

    def _expire_images(self, action: Action) -> None:
        self._world.expire_images(self._repository(action).name, keep=1 + action.how % 4)

    def _outdate_images(self, action: Action) -> None:
        """Change what images rely on, as a database does that moves on: none of them starts now."""
        for _, digest in self._pushed[self._repository(action).name]:
            self._world.truth.conduct[digest] = OUTDATED

    def _retry(self, action: Action) -> None:
        self._wish("retry", action)

    def _pause(self, action: Action) -> None:
        self._wish("pause", action)

    def _resume(self, action: Action) -> None:
        self._wish("resume", action)

    def _freeze(self, action: Action) -> None:
        self._turn(action, frozen=True)

    def _unfreeze(self, action: Action) -> None:
        self._turn(action, frozen=False)

    def _turn(self, action: Action, *, frozen: bool, **more: object) -> None:
        """Turn the stop switch; now and then by a look from before somebody else turned it."""
        ledger, wrong = self._world.watch.ledger, action.how % 4 == 0

        def request(behind: int = 0) -> Mapping[str, object]:
            switch = ledger.switch()
            seen = max(0, (switch.version if switch else 0) - behind)
            return {"frozen": frozen, "reason": "it is better so", "seen": seen, **more}

        self._ask("/v1/freeze", request, request(int(wrong)))

    def _deploy(self, action: Action) -> None:
        """Bring a stage to an image by name, whatever its policies choose."""
        self._wish("deploy", action, images=self._images(action))

    def _images(self, action: Action) -> Sequence[Mapping[str, object]]:
        repositories = self._application(action).repositories
        repository = repositories[action.how % len(repositories)]
        tag, digest = self._some_image(action, repository)
        return [{"alias": alias_of(repository), "digest": digest, "tag": tag}]

    def _roll_back(self, action: Action) -> None:
        """Bring a stage back to a release that was verified in it, as `longshore rollback` does."""
        there, ways = ways_back(self._world.watch.ledger, self._stage(action))
        if ways:
            self._world.truth.went_back.add(self._stage(action))
            to = ways[action.whom % len(ways)]
            self._wish("rollback", action, leaving=there.id if there else None, to=to.id)

    def _pipeline(self, action: Action) -> None:
        """Start a pipeline that brings the newest images, or some before them, to a stage."""
        application, cloud = self._application(action), self._world.cloud
        stage = application.stages[action.how % len(application.stages)]
        images = []
        for repository in application.repositories:
            pushed = self._pushed[repository.name]
            _, digest = pushed[-1] if action.how % 3 else pushed[action.whom % len(pushed)]
            images.append((alias_of(repository), f"{cloud.uri(repository.name)}@{digest}"))
        self._world.pipelines.start(f"{application.name}/{stage.name}", images)

    def _retry_pipelines(self, _: Action) -> None:
        """Retry every pipeline whose action failed, as people do who look at no reason."""
        self._world.pipelines.retry()

    def _commit(self, action: Action) -> None:
        """Push a commit to the Git host, which tells the webhook of it."""
        first = self._plan.applications[0].name
        in_force = self._world.cloud.configuration_in_force(first) > 0
        change = CHANGES[action.how % len(CHANGES)]
        self._world.forge.push(change, in_force=in_force, tries=self._patience())

    def _redeliver(self, action: Action) -> None:
        """Have the host deliver a push again."""
        self._world.forge.redeliver(action.whom, self._patience())

    def _send_again(self, _: Action) -> None:
        """Put the message of the last push into its queue again."""
        self._world.send_push_again()

    def _wish(self, kind: str, action: Action, **more: object) -> None:
        """Ask something of a stage."""
        body = {
            "stage": self._stage(action),
            "kind": kind,
            "reason": "it is better so",
            "id": f"wish-{next(self._requests):08d}",
            **more,
        }
        self._ask("/v1/intents", lambda: body, body)

    def _stage(self, action: Action) -> str:
        application = self._application(action)
        stage = application.stages[action.how % len(application.stages)]
        return f"{application.name}/{stage.name}"

    def _configure(self, action: Action) -> None:
        application = self._application(action)
        self._deadlines[application.name] = 10 + action.how % 20
        self.apply(application)

    def _apply_and_deploy(self, action: Action) -> None:
        self.apply(self._application(action), deploy=True)

    def _observe(self, action: Action) -> None:
        """Let a stage only observe from now on."""
        self._world.truth.observing.add(self._stage(action))
        self.apply(self._application(action))

    def _act_again(self, action: Action) -> None:
        """Let a stage that observes deploy again."""
        self._world.truth.observing.discard(self._stage(action))
        self.apply(self._application(action))

    def _move_observed(self, action: Action) -> None:
        """Bring a stage to its newest images, or some before them, as the team's own tool does."""
        for service in self._services_of(action):
            images = self._pushed[service.repository]
            back = -1 if action.how % 3 else -1 - action.whom % len(images)
            self._bring(service, images[back][1])

    def _roll_observed(self, action: Action) -> None:
        """Have ECS pull anew what a stage's revisions name, perhaps by a tag."""
        for service in self._services_of(action):
            self._update(service, {"forceNewDeployment": True})

    def _services_of(self, action: Action) -> Sequence[Service]:
        application = self._application(action)
        return application.stages[action.how % len(application.stages)].services

    def _repeat_request(self, _: Action) -> None:
        """Send the last request a second time, as whoever did not see its answer does."""
        if self._last is not None:
            path, body = self._last
            self._ask(path, lambda: body, body)

    def _leave_out_service(self, action: Action) -> None:
        """Take a service out of its stage: from then on it is nobody's."""
        service = self._service(action)
        self._leave_out(self._owner(service), str(service))

    def _leave_out_stage(self, action: Action) -> None:
        """Take a stage out of its application."""
        application = self._application(action)
        stage = application.stages[action.how % len(application.stages)]
        self._leave_out(application, f"{application.name}/{stage.name}")

    def _leave_out(self, application: Application, name: str) -> None:
        self._world.truth.left_out.add(name)
        self.apply(application)

    def _wait(self, _: Action) -> None:
        """Do nothing, so that what is under way can come to its end."""

    def _delete_service(self, action: Action) -> None:
        service = self._service(action)
        request = {"cluster": service.cluster, "service": service.name, "force": True}
        self._by_hand("DeleteService", service, request)
        self._world.truth.deleted.add(str(service))

    def _move_by_hand(self, action: Action) -> None:
        """Bring a service to another image behind Longshore's back."""
        service = self._service(action)
        images = self._pushed[service.repository]
        self._bring(service, images[action.how % len(images)][1])

    def _bring(self, service: Service, digest: str) -> None:
        """Bring a service to an image by a revision of another hand."""
        image = f"{self._world.cloud.uri(service.repository)}@{digest}"
        self._by_hand("RegisterTaskDefinition", service, self._definition(service, image, 300))
        self._update(service, {"taskDefinition": service.family})
        self._world.truth.moved[str(service)] = self._world.kernel.now
        found = self._world.cloud.service(service.cluster, service.name)
        self._world.truth.brought[str(service)] = found["taskDefinition"] if found else ""

    def _register_by_hand(self, action: Action) -> None:
        """Register a revision with another size, as Terraform does; no service is moved."""
        service = self._service(action)
        definition = self._definition(service, self._image_of(service), 257 + action.how)
        self._by_hand("RegisterTaskDefinition", service, definition)

    def _force(self, action: Action) -> None:
        self._update(self._service(action), {"forceNewDeployment": True})

    def _scale(self, action: Action) -> None:
        service = self._service(action)
        request = {"cluster": service.cluster, "service": service.name}
        self._try("UpdateService", {**request, "desiredCount": action.how % 4})

    def _change_breaker(self, action: Action) -> None:
        breaker = {"enable": action.how % 3 > 0, "rollback": action.how % 3 > 1}
        service = self._service(action)
        request = {"cluster": service.cluster, "service": service.name}
        settings = {"deploymentConfiguration": {"deploymentCircuitBreaker": breaker}}
        self._try("UpdateService", {**request, **settings})

    def _use_up_rates(self, action: Action) -> None:
        self._world.use_up_rates(1 + action.how % 60)

    def _restore_table(self, action: Action) -> None:
        """Restore the table: put the backup in its place, or write its items over what is there."""
        self._world.restore_table(in_place=action.how % 2 > 0)

    # ── through the control function ────────────────────────────────────────────────────────

    def apply(self, application: Application, *, deploy: bool = False) -> None:
        """Put an application's configuration in force, as `longshore apply` does."""

        def request() -> Mapping[str, object]:
            deadline = self._deadlines.get(application.name)
            return {
                "document": document_of(application, self._plan, self._world.truth, deadline),
                "deploy": deploy,
                "base": self._world.cloud.configuration_in_force(application.name),
            }

        self._ask("/v1/configurations", request, request())

    def _ask(
        self, path: str, anew: Anew, body: Mapping[str, object], tries: int | None = None
    ) -> None:
        """Send a request.

        One that gets no answer is sent again, unless people give up at once; one that is out of
        date is made anew.
        """
        left = self._patience() if tries is None else tries
        self._last = path, body
        event = {
            "requestContext": {
                "http": {"method": "POST"},
                "authorizer": {"iam": {"userArn": PERSON}},
            },
            "rawPath": path,
            "body": json.dumps(body),
        }

        def answered(answer: Any) -> None:
            status = answer["statusCode"] if answer else "nothing"
            self._world.tell("people", f"are answered {status} by {path}")
            if left and status in {"nothing", *ASKED_AGAIN}:
                again = anew() if status == HTTPStatus.CONFLICT else body
                ask = partial(self._ask, path, anew, again, left - 1)
                self._world.kernel.after(ASKS_AGAIN, ask)

        self._world.runtime.invoke("Control", event, answered)

    def _patience(self) -> int:
        """Return how often people ask again."""
        return 0 if self._world.weather.chance(GIVE_UP) else TRIES

    # ── whom an action is about ─────────────────────────────────────────────────────────────

    def _application(self, action: Action) -> Application:
        applications = self._plan.applications
        return applications[action.whom % len(applications)]

    def _repository(self, action: Action) -> Repository:
        repositories = [r for each in self._plan.applications for r in each.repositories]
        return repositories[action.whom % len(repositories)]

    def _service(self, action: Action) -> Service:
        services = [
            service
            for application in self._plan.applications
            for stage in application.stages
            for service in stage.services
        ]
        return services[action.whom % len(services)]

    def _owner(self, service: Service) -> Application:
        return next(
            application
            for application in self._plan.applications
            for stage in application.stages
            if service in stage.services
        )

    def _some_image(self, action: Action, repository: Repository) -> tuple[str, str]:
        images = self._pushed[repository.name]
        return images[action.how % len(images)]

    def _update(self, service: Service, change: Mapping[str, object]) -> None:
        request = {"cluster": service.cluster, "service": service.name, **change}
        self._by_hand("UpdateService", service, request)

    def _by_hand(self, operation: str, service: Service, request: Mapping[str, object]) -> None:
        """Do something to a service that Longshore may find out about, and need not mend."""
        self._world.truth.touched[str(service)] = self._world.kernel.now
        self._try(operation, request)

    def _try(self, operation: str, request: Mapping[str, object]) -> None:
        """Call ECS, which may refuse it: a service may be gone."""
        try:
            self._world.by_hand(operation, request)
        except ApiError as error:
            self._world.tell("people", f"are refused {operation}: {error}")
