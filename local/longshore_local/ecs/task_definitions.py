"""Task definitions: families of numbered revisions that never change."""

import re
from collections.abc import Mapping

from longshore_local.awsjson.contract import without_none
from longshore_local.ecs import errors, tags
from longshore_local.ecs.engine import Engine, Operation
from longshore_local.ecs.region import Region
from longshore_local.ecs.state import RevisionState
from longshore_local.worlds.params import Output, Params, flag, page, required, tables, text, texts

FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")

# What ECS fills in where a registration says nothing.
CONTAINER_DEFAULTS: Mapping[str, object] = {
    "cpu": 0,
    "portMappings": [],
    "essential": True,
    "environment": [],
    "mountPoints": [],
    "volumesFrom": [],
    "systemControls": [],
}
DEFAULTS: Mapping[str, object] = {"volumes": [], "placementConstraints": []}


def register_task_definition(engine: Engine, params: Params) -> Output:
    """Register the next revision of a family."""
    region = engine.region
    _check(params)
    family = required(params, "family")
    given = tags.read(params)
    revisions = region.families.setdefault(family, [])
    number = len(revisions) + 1
    revision = RevisionState(
        arn=region.names.task_definition(family, number),
        family=family,
        revision=number,
        document=_document(params),
        registered_at=region.now,
    )
    revisions.append(revision)
    region.tags[revision.arn] = given
    return {"taskDefinition": view(region, revision), "tags": given}


def describe_task_definition(engine: Engine, params: Params) -> Output:
    """Describe a revision, INACTIVE ones too; tags come beside it, and only when asked for."""
    revision = engine.region.find_definition(required(params, "taskDefinition"))
    if revision is None:
        raise errors.cannot_describe_task_definition()
    described: Output = {"taskDefinition": view(engine.region, revision)}
    if "TAGS" in texts(params, "include"):
        described["tags"] = engine.region.tags.get(revision.arn, [])
    return described


def deregister_task_definition(engine: Engine, params: Params) -> Output:
    """Make a revision INACTIVE: what uses it goes on, nothing new may."""
    name = required(params, "taskDefinition")
    if ":" not in name:
        raise errors.refused("Revision is missing.")
    revision = engine.region.find_definition(name)
    if revision is None:
        raise errors.cannot_describe_task_definition()
    revision.deregistered_at = revision.deregistered_at or engine.region.now
    return {"taskDefinition": view(engine.region, revision)}


def list_task_definitions(engine: Engine, params: Params) -> Output:
    """List ARNs, by family and then by revision number."""
    families = engine.region.families
    prefix, status = text(params, "familyPrefix"), text(params, "status") or "ACTIVE"
    found = [
        revision.arn
        for family in sorted(families)
        if prefix in (None, family)
        for revision in families[family]
        if _status(revision) == status
    ]
    if text(params, "sort") == "DESC":
        found.reverse()
    arns, following = page(params, found)
    return {"taskDefinitionArns": arns, **following}


def view(region: Region, revision: RevisionState) -> Output:
    """Return a revision as DescribeTaskDefinition shows it: with fields no one may register."""
    return {
        **revision.document,
        "taskDefinitionArn": revision.arn,
        "revision": revision.revision,
        "status": _status(revision),
        "requiresAttributes": _required_attributes(revision),
        "compatibilities": _compatibilities(revision.document),
        "registeredAt": revision.registered_at,
        "deregisteredAt": revision.deregistered_at,
        "registeredBy": region.names.root,
    }


def _check(params: Params) -> None:
    containers = tables(params, "containerDefinitions")
    names = [text(container, "name") for container in containers]
    if FAMILY.fullmatch(required(params, "family")) is None:
        raise errors.refused(
            "Family contains invalid characters: use letters, digits, hyphens and underscores."
        )
    if not containers:
        raise errors.refused("Container definitions should not be null or empty.")
    for container in containers:
        for member in ("name", "image"):
            if not text(container, member):
                raise errors.refused(f"Container.{member} should not be null or empty.")
    if len(set(names)) < len(names):
        raise errors.refused("Container.name contains duplicates.")
    if not any(container.get("essential") is not False for container in containers):
        raise errors.refused("At least one container must be marked as essential.")
    _check_memory(params, containers)


def _check_memory(params: Params, containers: list[Params]) -> None:
    if "FARGATE" in texts(params, "requiresCompatibilities"):
        if not (params.get("cpu") and params.get("memory")):
            raise errors.refused("Fargate requires that 'cpu' and 'memory' be defined.")
        if params.get("networkMode") != "awsvpc":
            raise errors.refused("Fargate only supports network mode 'awsvpc'.")
    for container in containers:
        if not (params.get("memory") or {"memory", "memoryReservation"} & container.keys()):
            raise errors.refused(
                f"Invalid setting for container '{text(container, 'name')}'. "
                "At least one of 'memory' or 'memoryReservation' must be specified."
            )


def _document(params: Params) -> dict[str, object]:
    registered = {**DEFAULTS, **{k: v for k, v in params.items() if k != "tags"}}
    registered["containerDefinitions"] = [
        {**CONTAINER_DEFAULTS, **container} for container in tables(params, "containerDefinitions")
    ]
    return without_none(registered)


def _status(revision: RevisionState) -> str:
    return "ACTIVE" if revision.active else "INACTIVE"


def _compatibilities(document: Params) -> list[str]:
    fargate = document.get("networkMode") == "awsvpc" and bool(document.get("cpu"))
    return ["EC2", "FARGATE"] if fargate else ["EXTERNAL", "EC2"]


def _required_attributes(revision: RevisionState) -> list[dict[str, str]]:
    images = [text(container, "image") or "" for container in revision.containers]
    needed = {
        "com.amazonaws.ecs.capability.ecr-auth": any(".dkr.ecr." in image for image in images),
        "com.amazonaws.ecs.capability.privileged-container": any(
            flag(container, "privileged") for container in revision.containers
        ),
        "com.amazonaws.ecs.capability.task-iam-role": "taskRoleArn" in revision.document,
        "com.amazonaws.ecs.capability.docker-remote-api.1.18": True,
    }
    return [{"name": name} for name, is_needed in needed.items() if is_needed]


OPERATIONS: Mapping[str, Operation] = {
    "RegisterTaskDefinition": register_task_definition,
    "DescribeTaskDefinition": describe_task_definition,
    "DeregisterTaskDefinition": deregister_task_definition,
    "ListTaskDefinitions": list_task_definitions,
}
