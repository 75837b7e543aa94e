"""Clusters."""

from collections.abc import Mapping

from longshore_local.awsjson.contract import without_none
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs import tags
from longshore_local.ecs.engine import Engine, Operation
from longshore_local.ecs.names import last_part
from longshore_local.ecs.region import DEFAULT_CLUSTER
from longshore_local.ecs.state import ClusterState
from longshore_local.worlds.params import Output, Params, page, text, texts

REPEATED = (
    "settings",
    "configuration",
    "capacityProviders",
    "defaultCapacityProviderStrategy",
    "serviceConnectDefaults",
)


def create_cluster(engine: Engine, params: Params) -> Output:
    """Create a cluster; one that exists is returned as it is."""
    region = engine.region
    name = text(params, "clusterName") or DEFAULT_CLUSTER
    cluster = region.clusters.get(name)
    if cluster is None or not cluster.active:
        cluster = ClusterState(arn=region.names.cluster(name), name=name)
        cluster.settings = without_none({key: params.get(key) for key in REPEATED})
        region.tags[cluster.arn] = tags.read(params)
        region.clusters[name] = cluster
    return {"cluster": _view(engine, cluster, with_tags=True)}


def describe_clusters(engine: Engine, params: Params) -> Output:
    """Describe clusters; the ones that do not exist come as failures."""
    region = engine.region
    names = [last_part(name) for name in texts(params, "clusters")] or [DEFAULT_CLUSTER]
    with_tags = "TAGS" in texts(params, "include")
    found = [region.clusters[name] for name in names if name in region.clusters]
    return {
        "clusters": [_view(engine, cluster, with_tags=with_tags) for cluster in found],
        "failures": [
            {"arn": region.names.cluster(name), "reason": "MISSING"}
            for name in names
            if name not in region.clusters
        ],
    }


def list_clusters(engine: Engine, params: Params) -> Output:
    """List the ARNs of the active clusters."""
    active = [cluster.arn for cluster in engine.region.clusters.values() if cluster.active]
    arns, following = page(params, active)
    return {"clusterArns": arns, **following}


def delete_cluster(engine: Engine, params: Params) -> Output:
    """Delete a cluster that has neither services nor tasks."""
    cluster = engine.region.cluster(params)
    services = [s for s in cluster.services.values() if s.status != "INACTIVE"]
    if any(service.status == "ACTIVE" for service in services):
        message = "The Cluster cannot be deleted while Services are active."
        raise ApiError("ClusterContainsServicesException", message)
    if services:
        message = "The Cluster cannot be deleted while Tasks are active."
        raise ApiError("ClusterContainsTasksException", message)
    cluster.active = False
    return {"cluster": _view(engine, cluster, with_tags=False)}


def _view(engine: Engine, cluster: ClusterState, *, with_tags: bool) -> Output:
    services = list(cluster.services.values())
    tasks = [task for service in services for task in service.tasks if task.counts]
    running = sum(task.status == "RUNNING" for task in tasks)
    return {
        **cluster.settings,
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": "ACTIVE" if cluster.active else "INACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": running,
        "pendingTasksCount": len(tasks) - running,
        "activeServicesCount": sum(service.status == "ACTIVE" for service in services),
        "statistics": [],
        "tags": engine.region.tags.get(cluster.arn, []) if with_tags else [],
    }


OPERATIONS: Mapping[str, Operation] = {
    "CreateCluster": create_cluster,
    "DescribeClusters": describe_clusters,
    "ListClusters": list_clusters,
    "DeleteCluster": delete_cluster,
}
