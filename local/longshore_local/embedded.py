"""The embedded AWS as a whole: the emulator, the stand-ins, the drivers, and Longshore in it."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from longshore_local.awsjson import Exchange, JsonServer
from longshore_local.buildhost.commands import BuildCommands
from longshore_local.chat import slack_parameters
from longshore_local.cloud.clients import Cloud
from longshore_local.cloud.emulator import Emulator, EmulatorSettings, free_port
from longshore_local.containers.tasks import ContainerTasks
from longshore_local.deploy.adaptations import Adaptation
from longshore_local.deploy.additions import ADDITIONS
from longshore_local.deploy.parameters import parameters
from longshore_local.deploy.prepared import Prepared
from longshore_local.deploy.stack import Stack, deploy_stack
from longshore_local.drivers.deliveries import Deliveries
from longshore_local.drivers.registry import RegistryWatch
from longshore_local.drivers.rounds import Round, Rounds
from longshore_local.drivers.rules import DeployedRules
from longshore_local.ecs import EcsWorld, ecs_stand_in
from longshore_local.errors import LocalCloudError
from longshore_local.gates.function_url import FunctionUrl
from longshore_local.gates.layer_links import LayerLinks
from longshore_local.gates.policies import Policies
from longshore_local.gates.principals import Principals
from longshore_local.gates.recorder import Recorder
from longshore_local.git import Webhook
from longshore_local.githost import GitHost
from longshore_local.log_streams import LogStreams
from longshore_local.pipelines.yard import PipelineYard
from longshore_local.registry.conduct import RegistryImages
from longshore_local.registry.output import ImageOutput
from longshore_local.settings import HOME, MINISTACK, REGISTRY, EmbeddedSettings
from longshore_local.slack import SlackStandIn
from longshore_local.worlds.surroundings import Event

STACK = "longshore"
LOOK_EVERY = 0.2
"""Seconds between two looks at the registry."""


@dataclass(slots=True)
class EmbeddedAws:
    """A context manager: `start`, then `deploy`; leave the context and nothing is left of it."""

    settings: EmbeddedSettings
    adaptations: list[Adaptation] = field(default_factory=list)
    _held: ExitStack = field(default_factory=ExitStack)
    _emulator: Emulator = field(init=False)
    cloud: Cloud = field(init=False)
    principals: Principals = field(init=False)
    ecs: EcsWorld = field(init=False)
    yard: PipelineYard = field(init=False)
    recorder: Recorder = field(init=False)
    rules: DeployedRules = field(init=False)
    deliveries: Deliveries = field(init=False)
    tasks: ContainerTasks | None = None
    slack: SlackStandIn | None = None
    stack: Stack = field(init=False)
    _git_host: GitHost = field(default_factory=GitHost)

    def start(self) -> None:
        """Start the emulator, ECS beside it, and who tells of events.

        Raises:
            LocalCloudError: The emulator is not installed, or did not start.
        """
        program = self.settings.root / MINISTACK
        if not program.exists():
            raise LocalCloudError(
                f"{program} is missing: run `make {program.parent.parent}/.ready`"
            )
        if self.settings.slack_channels:
            channels = self.settings.slack_channels
            self.slack = self._held.enter_context(SlackStandIn(channels=channels))
        port = free_port()
        endpoint = f"http://127.0.0.1:{port}"
        server = JsonServer(self._exchange(endpoint), heartbeat=self._settle)
        ecr = self._held.enter_context(LayerLinks(endpoint))
        detour = self.settings.detour
        extra = {
            "AWS_ENDPOINT_URL": detour(endpoint),
            "AWS_ENDPOINT_URL_ECS": detour(server.endpoint_url),
            "AWS_ENDPOINT_URL_CODEPIPELINE": detour(server.endpoint_url),
            "AWS_ENDPOINT_URL_CODEBUILD": detour(server.endpoint_url),
            "AWS_ENDPOINT_URL_ECR": detour(ecr.endpoint_url),
        }
        self._emulator = self._held.enter_context(Emulator(EmulatorSettings(program, port, extra)))
        self._emulator.wait_until_ready()
        self.cloud = Cloud(
            endpoint, ecs_endpoint=server.endpoint_url, ecr_endpoint=ecr.endpoint_url
        )
        for group in self.settings.log_groups:
            self.cloud.logs.create_log_group(logGroupName=group)
        self._held.enter_context(self.deliveries)
        self._held.enter_context(self.yard)
        self._held.enter_context(server)
        if self.tasks is not None:
            self._held.enter_context(self.tasks)
        self._held.enter_context(Rounds(self._rounds()))

    def deploy(self, prepared: Prepared) -> None:
        """Deploy the template, and let the command find the function URL that answers here."""
        settings = self.settings
        given = {
            **parameters(HOME, settings.clusters, settings.task_roles, settings.log_groups),
            **(slack_parameters(self.cloud, self.slack) if self.slack else {}),
            **self._git_host.parameters(self.cloud, settings.startable),
        }
        self.stack = deploy_stack(self.cloud, STACK, prepared.template, prepared.artifacts, given)
        front = FunctionUrl(self.cloud, self.principals, self.stack["Control"])
        self._held.enter_context(front)
        self._announce(control_url=front.address, webhook_url=self.webhook_url)
        self.adaptations = [*prepared.adaptations, *ADDITIONS]

    def _exchange(self, endpoint: str) -> Exchange:
        """Wire ECS to the emulator: its IAM decides, its registry knows the images."""
        cloud = Cloud(endpoint)
        self.principals = Principals(cloud)
        self.rules = DeployedRules(cloud)
        self.ecs = EcsWorld(
            clock=_now,
            images=RegistryImages(cloud, contained=self.settings.contained),
            emit=self._emit,
            home=HOME,
            pace=self.settings.pace,
        )
        self.yard = PipelineYard(
            cloud=cloud,
            full_cloud=lambda: self.cloud,
            commands=self._build_commands,
            principals=self.principals,
            clock=_now,
            emit=self._emit,
            home=HOME,
        )
        self.recorder = Recorder(Policies(cloud, self.principals))
        exchange = Exchange(
            [ecs_stand_in(self.ecs), *self.yard.stand_ins], self.recorder, self.yard.lock
        )
        streams = LogStreams(cloud)
        if self.settings.contained:
            self.tasks = ContainerTasks(self.ecs, exchange.lock, self.localized, streams)
            self.deliveries = Deliveries(self.rules)
        else:
            output = ImageOutput(self.ecs, exchange.lock, streams)
            self.deliveries = Deliveries(self.rules, hear=output.hear)
        return exchange

    @property
    def scratch(self) -> Path:
        """A folder that goes with the emulator."""
        return self._emulator.scratch

    @property
    def registry(self) -> str:
        """The host and port where images can be pushed to and pulled from."""
        return self.cloud.endpoint.removeprefix("http://")

    def localized(self, image: str) -> str:
        """Return an image of this registry by the address at which it can be pulled."""
        return image.replace(REGISTRY, self.registry, 1)

    def _emit(self, event: Event) -> None:
        self.deliveries.put(event)
        if self.tasks is not None:
            self.tasks.hear(event)

    def _settle(self) -> None:
        self.ecs.settle()
        self.yard.settle()

    def _build_commands(self) -> BuildCommands:
        return BuildCommands(
            REGISTRY,
            self.registry,
            contained=self.settings.contained,
            arguments=self.settings.build_arguments,
        )

    def _rounds(self) -> list[Round]:
        watch = RegistryWatch(self.cloud, self.deliveries.put)
        rounds = [Round(watch.look, LOOK_EVERY)]
        if self.settings.clock_every:
            rounds.append(Round(self.tick, self.settings.clock_every))
        return rounds

    def tick(self) -> None:
        """Let the clock's minute pass at once."""
        self.rules.fire("rate(1 minute)")

    def sweep(self) -> None:
        """Let the sweep come at once."""
        self.rules.fire("rate(15 minutes)")

    @property
    def webhook_url(self) -> str:
        """Where Git hosts tell of pushes; empty where there is no webhook."""
        if not self.settings.startable:
            return ""
        return self._git_host.address(self.cloud, self.stack["WebhookApi"])

    @property
    def webhook(self) -> Webhook:
        """The webhook as a repository of this machine's Git host has it."""
        return self._git_host.webhook(self.webhook_url)

    def _announce(self, **addresses: str) -> None:
        name = self.stack["Installation"]
        value = json.loads(self.cloud.ssm.get_parameter(Name=name)["Parameter"].get("Value", ""))
        self.cloud.ssm.put_parameter(
            Name=name, Value=json.dumps({**value, **addresses}), Overwrite=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.__exit__(kind, error, trace)


def _now() -> datetime:
    return datetime.now(UTC)
