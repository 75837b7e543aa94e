"""What the configuration and intent stores promise, held against the fakes and against DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.aws import items, keys
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.intents import DynamoIntentStore
from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.domain.configuration import Follower, StageImage
from longshore.domain.errors import Conflict, Refused
from longshore.domain.pipelines import PipelineFollower, PipelineRef, PipelineSpec
from longshore.domain.places import ServiceRef, StageId
from longshore.domain.policies import SemverPolicy
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import GitRepository, Provider, Startable
from longshore.domain.triggers import PushTrigger
from longshore.usecases.accept_configuration import ConfigurationRequest, accept_configuration
from longshore.usecases.control_ports import (
    ConfigurationStore,
    ControlPorts,
    IntentStore,
    Owner,
    Pointer,
)
from longshore.usecases.lookups import lookups_of
from tests.support.builders import (
    HOME,
    REPOSITORY,
    SERVICE,
    STAGE,
    make_configuration,
    make_intent,
    make_outcome,
    make_spec,
)
from tests.support.control_fakes import (
    InMemoryConfigurationStore,
    InMemoryIntentStore,
)
from tests.support.fakes import FakeClock, InMemoryWakeups
from tests.support.ledgers import TABLE, DynamoWorld
from tests.support.permissions import permissions_used

APPLICATION = STAGE.application
OTHER = StageId("shop", "main")
WORKER = ServiceRef(HOME, "prod", "worker")


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> ConfigurationStore:
    if request.param == "memory":
        return InMemoryConfigurationStore()
    dynamo: DynamoWorld = request.getfixturevalue("dynamo")
    return DynamoConfigurationStore(dynamo.table)


@pytest.fixture(params=["memory", "dynamodb"])
def intents(request: pytest.FixtureRequest) -> IntentStore:
    if request.param == "memory":
        return InMemoryIntentStore()
    dynamo: DynamoWorld = request.getfixturevalue("dynamo")
    return DynamoIntentStore(dynamo.table)


# ── the pointer and what it points at ────────────────────────────────────────────────────────


def test_an_application_that_nobody_knows_has_nothing_in_force(store: ConfigurationStore) -> None:
    assert store.pointer(APPLICATION) == Pointer(APPLICATION)
    assert store.configuration(APPLICATION, 1) is None
    assert store.owner(SERVICE) is None


def test_a_configuration_is_kept_as_it_is_under_a_number_of_its_own(
    store: ConfigurationStore,
) -> None:
    configuration = make_configuration(number=2)

    store.write(configuration)

    assert store.configuration(APPLICATION, 2) == configuration
    with pytest.raises(Conflict):
        store.write(replace(configuration, applied_by="arn:of:another"))
    assert store.configuration(APPLICATION, 2) == configuration


def test_configurations_are_listed_by_number_from_the_first_to_before_the_last(
    store: ConfigurationStore,
) -> None:
    for number in (1, 2, 3, 12):
        store.write(make_configuration(number=number))
    store.write(make_configuration(make_spec(OTHER), number=2))

    listed = store.configurations(APPLICATION, 2, 12)

    assert [(each.application, each.number) for each in listed] == [
        (APPLICATION, 2),
        (APPLICATION, 3),
    ]


def test_the_pointer_moves_once_from_where_it_was(store: ConfigurationStore) -> None:
    first = store.pointer(APPLICATION)

    switched = store.switch(first, 2, [])

    assert switched == store.pointer(APPLICATION)
    assert (switched.number, switched.base, switched.tidied) == (2, 0, 0)
    with pytest.raises(Conflict):
        store.switch(first, 3, [])
    assert store.switch(switched, 5, []).base == 2


def test_the_switch_writes_the_owners_with_it(store: ConfigurationStore) -> None:
    store.switch(store.pointer(APPLICATION), 1, [Owner(SERVICE, STAGE, 1)])

    assert store.owner(SERVICE) == Owner(SERVICE, STAGE, 1, version=1)


def test_a_switch_fails_whole_when_one_owner_has_moved(store: ConfigurationStore) -> None:
    store.claim(Owner(SERVICE, OTHER, 1))
    pointer = store.pointer(APPLICATION)

    with pytest.raises(Conflict):
        store.switch(pointer, 1, [Owner(WORKER, STAGE, 1), Owner(SERVICE, STAGE, 1)])

    assert store.pointer(APPLICATION) == pointer
    assert store.owner(WORKER) is None
    assert store.owner(SERVICE) == Owner(SERVICE, OTHER, 1, version=1)


def test_a_switch_takes_a_claim_over_and_moves_it_on(store: ConfigurationStore) -> None:
    store.claim(Owner(SERVICE, OTHER, 1))

    store.switch(store.pointer(APPLICATION), 3, [Owner(SERVICE, STAGE, 3, version=1)])

    assert store.owner(SERVICE) == Owner(SERVICE, STAGE, 3, version=2)


def test_what_is_tidied_is_remembered_unless_somebody_applied_meanwhile(
    store: ConfigurationStore,
) -> None:
    pointer = store.switch(store.pointer(APPLICATION), 2, [])
    store.mark_tidied(pointer)
    tidied = store.pointer(APPLICATION)
    assert (tidied.number, tidied.base, tidied.tidied) == (2, 0, 2)

    newer = store.switch(tidied, 3, [])
    store.mark_tidied(tidied)

    assert store.pointer(APPLICATION) == newer


# ── claims ───────────────────────────────────────────────────────────────────────────────────


def test_of_two_claims_on_what_nobody_had_one_holds(store: ConfigurationStore) -> None:
    claimed = store.claim(Owner(SERVICE, STAGE, 1))

    with pytest.raises(Conflict):
        store.claim(Owner(SERVICE, OTHER, 1))
    assert store.owner(SERVICE) == claimed


def test_a_claim_is_given_up_by_its_application_alone(store: ConfigurationStore) -> None:
    store.claim(Owner(SERVICE, STAGE, 1))

    store.release(SERVICE, "check", before=9)
    store.release(SERVICE, "shop", before=9)
    assert store.owner(SERVICE) is not None

    store.release(SERVICE, APPLICATION, before=9)
    store.release(SERVICE, APPLICATION, before=9)
    assert store.owner(SERVICE) is None


@pytest.mark.parametrize(("claimed_for", "kept"), [(4, False), (5, True), (6, True)])
def test_a_claim_that_is_not_older_is_not_given_up(
    store: ConfigurationStore,
    claimed_for: int,
    kept: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    store.claim(Owner(SERVICE, STAGE, claimed_for))

    store.release(SERVICE, APPLICATION, before=5)

    assert (store.owner(SERVICE) is not None) == kept


# ── intents ──────────────────────────────────────────────────────────────────────────────────


def test_an_intent_is_kept_once(intents: IntentStore) -> None:
    intent = make_intent()

    assert intents.put_once(intent)
    assert not intents.put_once(replace(intent, reason="something else"))
    assert intents.waiting(STAGE, intent.id) == intent
    assert intents.waiting(STAGE, "another") is None


# ── on DynamoDB alone: what others read of it ────────────────────────────────────────────────


def test_an_intent_that_was_heard_is_not_kept_again(dynamo: DynamoWorld) -> None:
    intents, intent = DynamoIntentStore(dynamo.table), make_intent()
    dynamo.put(items.outcome_item(make_outcome(intent.id)))

    assert not intents.put_once(intent)
    assert intents.waiting(STAGE, intent.id) is None


def test_a_configuration_larger_than_an_item_may_be_is_refused(dynamo: DynamoWorld) -> None:
    image = StageImage("app", REPOSITORY, SemverPolicy("*" * 110_000))
    spec = replace(make_spec(), images=(image,))

    with pytest.raises(Refused, match="keeps at most"):
        DynamoConfigurationStore(dynamo.table).write(make_configuration(spec))


def test_lookups_of_a_lower_number_do_not_replace_those_of_a_higher_one(
    dynamo: DynamoWorld,
) -> None:
    store = DynamoConfigurationStore(dynamo.table)
    old, new = (
        make_configuration(
            replace(make_spec(), images=(StageImage("app", REPOSITORY, SemverPolicy(text)),))
        )
        for text in ("^1", "^2")
    )

    store.write_lookups(lookups_of(new), 2)
    store.write_lookups(lookups_of(old), 1)
    assert dynamo.directory.followers(REPOSITORY) == [Follower(STAGE, new.stages[0].images)]

    store.write_lookups(lookups_of(old), 2)
    assert dynamo.directory.followers(REPOSITORY) == [Follower(STAGE, old.stages[0].images)]


def test_lookups_are_removed_unless_they_are_newer(dynamo: DynamoWorld) -> None:
    store, lookups = DynamoConfigurationStore(dynamo.table), lookups_of(make_configuration())
    store.write_lookups(lookups, 3)

    store.remove_lookups(lookups, before=3)
    assert (len(dynamo.directory.followers(REPOSITORY)), dynamo.directory.all_stages()) == (
        1,
        [STAGE],
    )

    store.remove_lookups(lookups, before=4)
    store.remove_lookups(lookups, before=4)
    assert (len(dynamo.directory.followers(REPOSITORY)), dynamo.directory.all_stages()) == (0, [])


def test_pipelines_are_looked_up_and_removed_as_stages_are(dynamo: DynamoWorld) -> None:
    store, pipeline = DynamoConfigurationStore(dynamo.table), PipelineRef(HOME, "checkout")
    spec = PipelineSpec(pipeline, timedelta(hours=3))
    lookups = lookups_of(replace(make_configuration(), pipelines=(spec,)))
    store.write_lookups(lookups, 3)

    store.remove_lookups(lookups, before=3)
    assert dynamo.directory.served_by(pipeline) == [PipelineFollower(APPLICATION, spec.limit)]

    store.remove_lookups(lookups, before=4)
    assert dynamo.directory.served_by(pipeline) == []


def test_projects_are_looked_up_and_removed_as_pipelines_are(dynamo: DynamoWorld) -> None:
    store = DynamoConfigurationStore(dynamo.table)
    repository = GitRepository(Provider.GITHUB, "acme/checkout")
    trigger = PushTrigger(repository, Startable.BUILD, "checkout-image")
    lookups = lookups_of(replace(make_configuration(), git=(trigger,)))
    store.write_lookups(lookups.along(lookups), 3)

    store.remove_lookups(lookups, before=3)
    found = dynamo.directory.started_for_pushes("checkout-image")
    assert found == [ProjectId(APPLICATION, "checkout-image")]

    store.remove_lookups(lookups.without(lookups), before=4)
    assert dynamo.directory.started_for_pushes("checkout-image") == found
    store.remove_lookups(lookups.without(lookups_of(make_configuration())), before=4)
    assert dynamo.directory.started_for_pushes("checkout-image") == []


def document(**stages: str) -> dict[str, object]:
    return {
        "apiVersion": "longshore/v1",
        "application": APPLICATION,
        "images": {"app": {"repository": "checkout", "select": {"semver": "^1.4"}}},
        "stages": {name: {"targets": [{"service": f"prod/{s}"}]} for name, s in stages.items()},
    }


def asked(wanted: object, *, base: int = 0, deploy: bool = False) -> ConfigurationRequest:
    return ConfigurationRequest(wanted, deploy, base, "arn:me")


def ports(dynamo: DynamoWorld) -> ControlPorts:
    store, intents = DynamoConfigurationStore(dynamo.table), DynamoIntentStore(dynamo.table)
    switch = DynamoStopSwitch(dynamo.table)
    return ControlPorts(store, intents, switch, InMemoryWakeups(), FakeClock(), HOME)


def test_what_apply_writes_is_what_router_and_reconciler_read(dynamo: DynamoWorld) -> None:
    request = asked(document(production="checkout-web"), deploy=True)

    accept_configuration(request, ports(dynamo))

    snapshot = dynamo.ledger.read_stage(STAGE)
    assert snapshot is not None
    assert (snapshot.config, snapshot.deploy_wanted, snapshot.applied_by) == (1, True, "arn:me")
    assert [target.service for target in snapshot.spec.targets] == [SERVICE]
    assert dynamo.directory.all_stages() == [STAGE]
    assert dynamo.directory.stage_of_service(SERVICE) == STAGE
    (follower,) = dynamo.directory.followers(REPOSITORY)
    assert follower == Follower(STAGE, snapshot.spec.images)


def test_what_is_not_in_force_any_more_is_not_found(dynamo: DynamoWorld) -> None:
    old = asked(document(production="checkout-web", old="worker"))
    new = asked(document(staging="checkout-web"), base=1)
    accept_configuration(old, ports(dynamo))
    accept_configuration(new, ports(dynamo))

    staging = StageId(APPLICATION, "staging")
    assert dynamo.ledger.read_stage(STAGE) is None
    assert dynamo.directory.all_stages() == [staging]
    assert dynamo.directory.stage_of_service(SERVICE) == staging
    assert dynamo.directory.stage_of_service(WORKER) is None
    assert [each.stage for each in dynamo.directory.followers(REPOSITORY)] == [staging]


def test_a_repeat_takes_few_calls_and_writes_nothing_new(dynamo: DynamoWorld) -> None:
    request = asked(document(production="checkout-web"))
    accept_configuration(request, ports(dynamo))
    before = dynamo.client.scan(TableName=TABLE)["Items"]
    dynamo.calls.calls.clear()

    accept_configuration(request, ports(dynamo))

    assert dynamo.client.scan(TableName=TABLE)["Items"] == before
    assert dynamo.calls.count("dynamodb:TransactWriteItems") == 0
    assert len(dynamo.calls.calls) == 5


def test_control_calls_what_it_is_granted(dynamo: DynamoWorld) -> None:
    accept_configuration(asked(document(production="checkout-web", old="worker")), ports(dynamo))
    accept_configuration(asked(document(production="checkout-web"), base=1), ports(dynamo))
    intents = DynamoIntentStore(dynamo.table)
    intents.put_once(make_intent())
    intents.put_once(make_intent())
    intents.waiting(STAGE, make_intent().id)

    used = permissions_used(dynamo.calls.calls, "aws", HOME.account)

    assert {permission.action for permission in used} == {
        f"dynamodb:{action}"
        for action in ("ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query")
    }


def test_items_carry_what_the_table_promises(dynamo: DynamoWorld) -> None:
    request = asked(document(production="checkout-web"))
    accept_configuration(request, ports(dynamo))

    found = dynamo.client.scan(TableName=TABLE)["Items"]

    assert {item["kind"]["S"] for item in found} == {
        "pointer",
        "configuration",
        "owner",
        "follower",
        "listed",
    }
    assert all({"schema", "version", "body"} <= item.keys() for item in found)
    pointer = dynamo.get(keys.pointer(APPLICATION))
    assert pointer is not None
    assert items.pointed_at(pointer) == 1
