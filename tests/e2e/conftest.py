"""One embedded AWS for all end-to-end tests: IAM enforced, each function under its own role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from longshore_local.containers.docker import engine_answers
from longshore_local.deploy.prepared import prepare
from longshore_local.embedded import EmbeddedAws
from longshore_local.gates.people import policy_of_a_developer
from longshore_local.gates.principals import Principal
from longshore_local.settings import EmbeddedSettings
from tests.e2e.hosted import STARTABLE
from tests.e2e.shop import CHANNELS, CLUSTER, EXECUTION_ROLE, LOG_GROUP, TASK_ROLE, Shops

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what lies here, and leave out what needs Docker where no engine answers."""
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        item.add_marker("e2e")
    of_docker = [item for item in mine if item.get_closest_marker("docker")]
    if of_docker and not engine_answers():
        config.hook.pytest_deselected(items=of_docker)
        items[:] = [item for item in items if item not in of_docker]


@pytest.fixture(scope="session")
def aws() -> Iterator[EmbeddedAws]:
    settings = EmbeddedSettings(
        root=ROOT,
        clusters=(CLUSTER,),
        task_roles=(TASK_ROLE, EXECUTION_ROLE),
        slack_channels=CHANNELS,
        log_groups=(LOG_GROUP,),
        startable=STARTABLE,
    )
    prepared = prepare(ROOT)
    with EmbeddedAws(settings) as cloud:
        cloud.start()
        cloud.deploy(prepared)
        cloud.cloud.ecs.create_cluster(clusterName=CLUSTER)
        yield cloud


@pytest.fixture(scope="session")
def developer(aws: EmbeddedAws) -> Principal:
    return aws.principals.create_user("ada", policy_of_a_developer(aws.cloud, aws.stack))


@pytest.fixture(scope="session")
def shops(aws: EmbeddedAws, developer: Principal) -> Shops:
    return Shops(aws, developer)
