import pytest

from longshore.decide.concerns import Ignore, Wake, concerns
from longshore.decide.registered import FollowedImage, OwnedTarget, Place, Registered
from longshore.domain.facts import (
    EcsDeploymentChanged,
    Fact,
    ImageDeleted,
    ImagePushed,
    ImagePushFailed,
    ImageScanned,
    ImageStorageChanged,
    ReferrerChanged,
    Route,
    ServiceActed,
    ServiceMention,
    TaskMoved,
    TaskStopped,
)
from longshore.domain.failures import StoppedTask
from longshore.domain.observations import RolloutState
from longshore.domain.places import Home, RepositoryRef
from longshore.domain.policies import Selection, SemverPolicy, TagPolicy

HOME = Home("aws", "123456789012", "eu-central-1")
HERE = Place(HOME.account, HOME.region)
ANYWHERE = Place()
REPOSITORY = RepositoryRef(HOME, "checkout")
SERVICE = ServiceMention(HOME, "web", "prod")
TASK = StoppedTask("arn:aws:ecs:eu-central-1:123456789012:task/prod/1", None, "it exited")


def pushed(tag: str | None = "main", via: Route = Route.PUSH) -> ImagePushed:
    return ImagePushed(repository=REPOSITORY, tag=tag, via=via)


def changed(
    state: RolloutState = RolloutState.COMPLETED, service: ServiceMention = SERVICE
) -> EcsDeploymentChanged:
    return EcsDeploymentChanged(service=service, ecs_deployment_id="ecs-svc/1", state=state)


def stopped(
    started_by: str | None = "ecs-svc/1",
    group: str | None = "service:web",
    task: StoppedTask = TASK,
) -> TaskStopped:
    return TaskStopped(home=HOME, cluster="prod", started_by=started_by, group=group, task=task)


def follows(
    stage: str, selection: Selection | None, place: Place = HERE, name: str = "checkout"
) -> FollowedImage:
    return FollowedImage(stage, name, place, selection)


def owns(stage: str, place: Place = HERE, cluster: str = "prod", name: str = "web") -> OwnedTarget:
    return OwnedTarget(stage, cluster, name, place)


def images(*registered: FollowedImage) -> Registered:
    return Registered(images=registered)


def services(*registered: OwnedTarget) -> Registered:
    return Registered(services=registered)


# ── whatever is registered ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (pushed(), "checkout:main was pushed"),
        (pushed(via=Route.REPLICATION), "checkout:main was replicated here"),
        (pushed(via=Route.PULL_THROUGH), "checkout:main was pulled through the cache"),
        (changed(), "ecs-svc/1 of prod/web completed"),
        (changed(RolloutState.FAILED), "ecs-svc/1 of prod/web failed"),
        (changed(service=ServiceMention(HOME, "web")), "ecs-svc/1 of web completed"),
        (stopped(), "a task of ECS deployment ecs-svc/1 stopped"),
    ],
)
def test_some_facts_could_concern_a_stage(fact: Fact, words: str) -> None:
    concern = concerns(fact)

    assert isinstance(concern, Wake)
    assert concern.stages == ()
    assert words in concern.reason


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (pushed(None), "no tag"),
        (ImagePushFailed(repository=REPOSITORY, via=Route.PUSH), "the push failed"),
        (
            ImagePushFailed(repository=REPOSITORY, via=Route.REPLICATION),
            "the replication failed",
        ),
        (
            ImagePushFailed(repository=REPOSITORY, via=Route.PULL_THROUGH),
            "the pull through the cache failed",
        ),
        (ImageDeleted(repository=REPOSITORY, tag="main"), "deletion never deploys"),
        (ImageStorageChanged(repository=REPOSITORY, storage_class="ARCHIVE"), "storage class"),
        (ImageScanned(repository=REPOSITORY, status="COMPLETE"), "does not act on scans"),
        (ReferrerChanged(repository=REPOSITORY, action="PUSH"), "refers to an image"),
        (changed(RolloutState.IN_PROGRESS), "says nothing of how it ends"),
        (ServiceActed(service=SERVICE, action="SERVICE_STEADY_STATE"), "steady after a rollback"),
        (ServiceActed(service=SERVICE, action="TASKSET_STEADY_STATE"), "steady after a rollback"),
        (ServiceActed(service=SERVICE, action="SERVICE_DEPLOYMENT_FAILED"), "events of their own"),
        (ServiceActed(service=SERVICE, action="SERVICE_TASK_START_IMPAIRED"), "START_IMPAIRED"),
        (TaskMoved(home=HOME, cluster="prod", task="1", status="RUNNING"), "the task is RUNNING"),
        (stopped(started_by=None), "not started by a service"),
        (stopped(started_by="somebody"), "not started by a service"),
        (
            stopped(
                task=StoppedTask(
                    "1", "ServiceSchedulerInitiated", "Scaling activity initiated by (deployment x)"
                )
            ),
            "fewer are wanted",
        ),
    ],
)
def test_other_facts_concern_nobody_whatever_is_registered(fact: Fact, words: str) -> None:
    everything = Registered((follows("shop/prod", None, ANYWHERE),), (owns("shop/prod", ANYWHERE),))

    for registered in (None, everything):
        concern = concerns(fact, registered)
        assert isinstance(concern, Ignore)
        assert words in concern.reason


# ── pushes ───────────────────────────────────────────────────────────────────────────────────


def test_a_push_wakes_every_stage_that_may_choose_it_once_and_in_order() -> None:
    registered = images(
        follows("shop/staging", TagPolicy("main")),
        follows("shop/prod", SemverPolicy("^1")),
        follows("shop/lab", None),
        follows("shop/lab", TagPolicy("main")),
    )

    concern = concerns(pushed("main"), registered)

    assert concern == Wake(
        ("shop/lab", "shop/staging"),
        "checkout:main was pushed, which shop/lab, shop/staging may choose",
    )


def test_a_push_that_no_policy_can_choose_says_why_for_each_stage() -> None:
    registered = images(
        follows("shop/staging", TagPolicy("main")), follows("shop/prod", SemverPolicy("^1.4"))
    )

    assert concerns(pushed("2.0.0"), registered) == Ignore(
        "checkout:2.0.0 was pushed: shop/staging: it follows the tag main; "
        "shop/prod: it follows versions ^1.4, which the version 2.0.0 is not among"
    )


def test_a_long_list_of_reasons_is_cut() -> None:
    registered = images(*(follows(f"shop/s{i}", TagPolicy("main")) for i in range(5)))

    concern = concerns(pushed("dev"), registered)

    assert concern.reason.endswith("shop/s2: it follows the tag main; and 2 more")


def test_a_push_into_a_repository_that_nobody_follows_is_ignored() -> None:
    registered = images(follows("shop/prod", None, name="other"))

    assert concerns(pushed(), registered) == Ignore("no stage follows the repository checkout")


@pytest.mark.parametrize(
    "place", [Place("210987654321", HOME.region), Place(HOME.account, "us-east-1")]
)
def test_the_same_repository_elsewhere_is_another_one(place: Place) -> None:
    concern = concerns(pushed(), images(follows("shop/prod", None, place)))

    assert concern == Ignore(
        f"the repository checkout is registered in account {place.account}, region {place.region};"
        " this is account 123456789012, region eu-central-1"
    )


@pytest.mark.parametrize(
    "place", [ANYWHERE, Place(account=HOME.account), Place(region=HOME.region), HERE]
)
def test_a_place_that_names_no_account_or_region_means_any(place: Place) -> None:
    concern = concerns(pushed(), images(follows("shop/prod", None, place)))

    assert isinstance(concern, Wake)


def test_any_account_is_shown_as_such() -> None:
    assert str(Place(region="us-east-1")) == "account any, region us-east-1"


# ── services ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fact", [changed(), stopped()])
def test_news_of_a_service_wakes_its_owner(fact: Fact) -> None:
    registered = services(owns("shop/prod"), owns("shop/staging", cluster="staging"))

    concern = concerns(fact, registered)

    assert isinstance(concern, Wake)
    assert concern.stages == ("shop/prod",)


def test_a_service_without_its_cluster_may_be_any_of_that_name() -> None:
    registered = services(owns("shop/prod"), owns("shop/staging", cluster="staging"))

    concern = concerns(changed(service=ServiceMention(HOME, "web")), registered)

    assert isinstance(concern, Wake)
    assert concern.stages == ("shop/prod", "shop/staging")


def test_a_service_that_nobody_owns_is_ignored() -> None:
    registered = services(owns("shop/prod", name="worker"), owns("shop/lab", cluster="lab"))

    assert concerns(changed(), registered) == Ignore("no stage owns the service prod/web")


def test_the_same_service_elsewhere_is_another_one() -> None:
    registered = services(owns("shop/prod", Place(HOME.account, "us-east-1")))

    assert concerns(changed(), registered) == Ignore(
        "the service prod/web is registered in account 123456789012, region us-east-1; "
        "this is account 123456789012, region eu-central-1"
    )


def test_a_stopped_task_that_names_no_service_is_ignored() -> None:
    concern = concerns(stopped(group="family:web"), services(owns("shop/prod")))

    assert isinstance(concern, Ignore)
    assert "does not name its service" in concern.reason
