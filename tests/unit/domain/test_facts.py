import pytest

from longshore.domain.facts import ServiceMention, TaskMoved
from longshore.domain.places import Home, ServiceRef

HOME = Home("aws", "123456789012", "eu-central-1")


def task(started_by: str | None = None, group: str | None = None) -> TaskMoved:
    return TaskMoved(
        home=HOME, cluster="prod", started_by=started_by, group=group, task="1", status="RUNNING"
    )


def test_a_service_is_known_only_with_its_cluster() -> None:
    assert ServiceMention(HOME, "web", "prod").ref == ServiceRef(HOME, "prod", "web")
    assert ServiceMention(HOME, "web").ref is None
    assert [str(ServiceMention(HOME, "web", c)) for c in ("prod", None)] == ["prod/web", "web"]


@pytest.mark.parametrize(
    ("started_by", "ecs_deployment_id"),
    [("ecs-svc/1", "ecs-svc/1"), ("somebody", None), ("longshore/7", None), (None, None)],
)
def test_a_task_tells_the_ecs_deployment_that_started_it(
    started_by: str | None, ecs_deployment_id: str | None
) -> None:
    assert task(started_by=started_by).ecs_deployment_id == ecs_deployment_id


@pytest.mark.parametrize(
    ("group", "service"),
    [
        ("service:web", ServiceMention(HOME, "web", "prod")),
        ("service:", None),
        ("service:a b", None),
        ("service:x:y", None),
        ("family:web", None),
        ("web", None),
        (None, None),
    ],
)
def test_a_task_tells_the_service_of_its_group(
    group: str | None, service: ServiceMention | None
) -> None:
    assert task(group=group).service == service
