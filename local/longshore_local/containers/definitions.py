"""What of a task definition a Docker engine is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from longshore_local.log_streams import LogDestination, log_destination


@dataclass(frozen=True, slots=True)
class ContainerPlan:
    """One container: its name in the definition, its image, and what `docker run` is given.

    `logs` is where what it writes goes, None where the definition sends it nowhere we know.
    """

    name: str
    image: str
    options: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    logs: LogDestination | None = None


def container_plans(described: Mapping[str, object]) -> list[ContainerPlan]:
    """Read the containers of a DescribeTaskDefinition answer.

    Environment, ports, entry point, command, user, working directory and the awslogs driver are
    taken over; limits, volumes, secrets, health checks and the order of starting are not.
    """
    definition = described.get("taskDefinition")
    containers = definition.get("containerDefinitions") if isinstance(definition, Mapping) else ()
    return [_plan(one) for one in _mappings(containers)]


def _plan(container: Mapping[str, object]) -> ContainerPlan:
    options = [
        f"--env={pair['name']}={pair['value']}" for pair in _mappings(container.get("environment"))
    ]
    # A port of the loopback interface that is free: several tasks run side by side.
    options += [
        f"--publish=127.0.0.1::{mapping['containerPort']}"
        for mapping in _mappings(container.get("portMappings"))
    ]
    for option, key in (("--user", "user"), ("--workdir", "workingDirectory")):
        if container.get(key):
            options.append(f"{option}={container[key]}")
    entry, command = _texts(container.get("entryPoint")), _texts(container.get("command"))
    if entry:
        options.append(f"--entrypoint={entry[0]}")
    return ContainerPlan(
        name=str(container["name"]),
        image=str(container["image"]),
        options=tuple(options),
        command=(*entry[1:], *command),
        logs=log_destination(container),
    )


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
