"""Services: created, described, updated and deleted."""

from collections.abc import Mapping

from longshore_local.awsjson.contract import without_none
from longshore_local.ecs import deployments, errors, tags
from longshore_local.ecs.engine import Engine, Operation
from longshore_local.ecs.service_views import service_view
from longshore_local.ecs.state import ServiceState
from longshore_local.worlds.params import (
    Output,
    Params,
    flag,
    page,
    required,
    table,
    text,
    texts,
    whole,
)

MOST_DESCRIBED = 10

# Members of a service that a new deployment applies; changing one begins it.
DEPLOYED = (
    "capacityProviderStrategy",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
# Members that take effect by themselves.
ADJUSTED = (
    "availabilityZoneRebalancing",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
)
FIXED = ("launchType", "schedulingStrategy", "deploymentController")

ROLLING: Mapping[str, object] = {
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
}


def create_service(engine: Engine, params: Params) -> Output:
    """Create a service and, unless its controller is EXTERNAL, begin its first deployment."""
    region = engine.region
    cluster = region.cluster(params)
    name = required(params, "serviceName")
    existing = region.find_service(cluster, name)
    if existing is not None and existing.status != "INACTIVE":
        return {"service": service_view(region, _again(existing, params), with_tags=True)}
    given_tags = tags.read(params)
    service = ServiceState(
        arn=region.names.service(cluster.name, name),
        name=name,
        cluster=cluster,
        created_at=region.now,
        desired=_desired(params, 0),
        controller=text(table(params, "deploymentController"), "type") or "ECS",
        settings=_settings(params),
        client_token=text(params, "clientToken"),
    )
    _check_configuration(service.configuration)
    _begin_first(engine, service, params)
    region.tags[service.arn] = given_tags
    cluster.services[name] = service
    return {"service": service_view(region, service, with_tags=True)}


def describe_services(engine: Engine, params: Params) -> Output:
    """Describe up to ten services of a cluster; the ones that do not exist come as failures."""
    region = engine.region
    cluster = region.cluster(params)
    names = texts(params, "services")
    if not names:
        raise errors.invalid("Services cannot be empty.")
    if len(names) > MOST_DESCRIBED:
        raise errors.invalid(f"Services cannot have more than {MOST_DESCRIBED} elements.")
    with_tags = "TAGS" in texts(params, "include")
    found = {name: region.find_service(cluster, name) for name in names}
    return {
        "services": [
            service_view(region, service, with_tags=with_tags)
            for service in found.values()
            if service is not None
        ],
        "failures": [
            {"arn": _arn(engine, cluster.name, name), "reason": "MISSING"}
            for name, service in found.items()
            if service is None
        ],
    }


def update_service(engine: Engine, params: Params) -> Output:
    """Change a service; what only new tasks can get, such as a revision, begins a deployment."""
    region = engine.region
    service = region.service(params)
    if service.status != "ACTIVE":
        raise errors.service_not_active()
    _check_controller(service, params)
    changed = _apply(engine, service, params)
    primary = service.primary
    if primary is not None and service.controller == "ECS":
        name = text(params, "taskDefinition")
        wanted = region.runnable_definition(name) if name else primary.definition
        if changed or flag(params, "forceNewDeployment") or wanted is not primary.definition:
            deployments.begin(region, service, wanted)
    engine.rollout.steer(service)
    return {"service": service_view(region, service)}


def delete_service(engine: Engine, params: Params) -> Output:
    """Delete a service: DRAINING while its tasks stop, then INACTIVE."""
    service = engine.region.service(params)
    if service.status == "INACTIVE":
        raise errors.service_not_found()
    if service.desired > 0 and not flag(params, "force"):
        raise errors.invalid("The service cannot be stopped while it is scaled above 0.")
    service.status = "DRAINING"
    service.desired = 0
    engine.rollout.steer(service)
    return {"service": service_view(engine.region, service)}


def list_services(engine: Engine, params: Params) -> Output:
    """List the ARNs of a cluster's active services, ten a page unless told otherwise."""
    cluster = engine.region.cluster(params)
    wanted = {key: params[key] for key in ("launchType", "schedulingStrategy") if key in params}
    found = [
        service.arn
        for service in cluster.services.values()
        if service.status == "ACTIVE" and wanted.items() <= service.settings.items()
    ]
    arns, following = page(params, found, default=10)
    return {"serviceArns": arns, **following}


def _again(existing: ServiceState, params: Params) -> ServiceState:
    if existing.status == "DRAINING":
        raise errors.invalid("Unable to Start a service that is still Draining.")
    token = text(params, "clientToken")
    if token is None or token != existing.client_token:
        raise errors.invalid("Creation of service was not idempotent.")
    return existing


def _begin_first(engine: Engine, service: ServiceState, params: Params) -> None:
    if service.controller == "EXTERNAL":
        return
    name = text(params, "taskDefinition")
    if not name:
        raise errors.invalid("TaskDefinition can not be blank.")
    deployments.begin(engine.region, service, engine.region.runnable_definition(name))
    engine.rollout.steer(service)


def _settings(params: Params) -> dict[str, object]:
    given = without_none({key: params.get(key) for key in (*DEPLOYED, *ADJUSTED, *FIXED)})
    strategy = {} if "capacityProviderStrategy" in given else {"launchType": "EC2"}
    settings: dict[str, object] = {
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
        "schedulingStrategy": "REPLICA",
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "propagateTags": "NONE",
        **strategy,
        **given,
    }
    settings["deploymentConfiguration"] = {**ROLLING, **table(given, "deploymentConfiguration")}
    settings.setdefault("deploymentController", {"type": "ECS"})
    if settings.get("launchType") == "FARGATE":
        settings.setdefault("platformVersion", "LATEST")
    return settings


def _check_configuration(configuration: Params) -> None:
    percents = {configuration.get("maximumPercent"), configuration.get("minimumHealthyPercent")}
    if percents == {100}:
        raise errors.invalid(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
            "deployments."
        )


def _check_controller(service: ServiceState, params: Params) -> None:
    if service.controller == "ECS":
        return
    if text(params, "taskDefinition"):
        raise errors.wrong_controller(service.controller, "update task definition")
    if flag(params, "forceNewDeployment"):
        raise errors.wrong_controller(service.controller, "force a new deployment")
    for key in DEPLOYED:
        if key in params:
            raise errors.wrong_controller(service.controller, f"update {key}")


def _apply(engine: Engine, service: ServiceState, params: Params) -> bool:
    """Change what is given and nothing else; return whether running tasks lack a change."""
    if text(params, "taskDefinition"):
        # An unknown or deregistered revision refuses the whole update, not the rest of it.
        engine.region.runnable_definition(required(params, "taskDefinition"))
    given = without_none({key: params.get(key) for key in (*DEPLOYED, *ADJUSTED)})
    if "deploymentConfiguration" in given:
        merged = {**service.configuration, **table(given, "deploymentConfiguration")}
        _check_configuration(merged)
        given["deploymentConfiguration"] = merged
    changed = any(key in given and given[key] != service.settings.get(key) for key in DEPLOYED)
    desired = _desired(params, service.desired)
    service.steady = service.steady and desired == service.desired
    service.desired = desired
    service.settings.update(given)
    return changed


def _desired(params: Params, default: int) -> int:
    count = whole(params, "desiredCount")
    if count is not None and count < 0:
        raise errors.invalid("desiredCount can not be negative.")
    return default if count is None else count


def _arn(engine: Engine, cluster: str, name: str) -> str:
    return name if name.startswith("arn:") else engine.region.names.service(cluster, name)


OPERATIONS: Mapping[str, Operation] = {
    "CreateService": create_service,
    "DescribeServices": describe_services,
    "UpdateService": update_service,
    "DeleteService": delete_service,
    "ListServices": list_services,
}
