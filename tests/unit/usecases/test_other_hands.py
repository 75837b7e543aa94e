"""What others do between two deployments: take services away and give them back, clean up, deny."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from longshore.aws.calls import AwsCall
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted, Refused, UnknownReply
from tests.support.builders import REPOSITORY, SERVICE, make_digest, make_spec
from tests.support.ecs import ecs_over
from tests.support.harbour import WORKER, Harbour, push_event
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest

Answer = Callable[[AwsCall], BaseException | None]


def answering(harbour: Harbour, answer: Answer) -> None:
    """Let ECS refuse what `answer` has an error for."""

    def passage(call: AwsCall, perform: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the call answers
        error = answer(call)
        if error is not None:
            raise error
        return perform()

    harbour.ecs = ecs_over(harbour.world, passage)
    harbour.ports = replace(harbour.ports, ecs=harbour.ecs.port)


def move_by_hand(harbour: Harbour, number: int) -> None:
    """Bring the worker to an image, as a person in the console does."""
    harbour.registry.push(REPOSITORY, make_digest(number), "by-hand")
    container = {"name": "web", "image": of_digest(number), "essential": True, "memory": 65}
    definition = {"family": WORKER.name, "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", definition)
    request = {"cluster": WORKER.cluster, "service": WORKER.name, "taskDefinition": WORKER.name}
    harbour.world.call("UpdateService", request)
    harbour.run(minutes=10)


def test_a_service_that_comes_back_into_the_configuration_is_adopted_as_it_is_then() -> None:
    both = replace(make_spec(), targets=(TargetSpec(SERVICE), TargetSpec(WORKER)))
    harbour = Harbour(spec=both)
    harbour.push(1)
    for target in both.targets:
        harbour.open_service(target.service, MAIN)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.apply(make_spec())
    harbour.run(minutes=1)
    move_by_hand(harbour, 4)

    harbour.apply(both)
    harbour.run(minutes=5)
    harbour.push(5, conduct=CRASH)
    harbour.run(minutes=60)

    assert harbour.running(SERVICE) == of_digest(2)
    assert harbour.running(WORKER) == of_digest(4)


def test_a_known_revision_that_somebody_deleted_is_registered_again() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    gone = next(arn for arn in harbour.state.revisions.values() if arn.endswith(":2"))

    def deleted(call: AwsCall) -> BaseException | None:
        asked = call.parameters.get("taskDefinition")
        if call.operation == "DescribeTaskDefinition" and asked == gone:
            return Refused("Unable to describe task definition.", "ClientException")
        return None

    answering(harbour, deleted)
    harbour.conduct.clear()
    harbour.retry()
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)
    assert harbour.deployment(2).phase is Phase.SUCCEEDED


def test_after_a_way_back_that_failed_the_stable_release_can_be_asked_for() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2)
    harbour.run(minutes=10)
    updates: list[AwsCall] = []

    def denied_back(call: AwsCall) -> BaseException | None:
        if call.operation != "UpdateService":
            return None
        updates.append(call)
        return NotPermitted("no") if len(updates) > 1 else None

    harbour.push(3, conduct=CRASH)
    answering(harbour, denied_back)
    harbour.run(minutes=60)
    assert harbour.deployment(2).phase is Phase.FAILED
    assert harbour.running() == of_digest(3)

    answering(harbour, lambda _: None)
    harbour.registry.push(REPOSITORY, make_digest(2), "main")
    harbour.deliver(push_event(make_digest(2), "main", harbour.clock.now()))
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)


def test_a_listing_that_is_denied_keeps_nothing_waiting() -> None:
    harbour = make_harbour(breaker=False)
    lost: list[AwsCall] = []

    def listing_denied(call: AwsCall) -> BaseException | None:
        if call.operation == "ListTaskDefinitions":
            return NotPermitted("ecs:ListTaskDefinitions is not permitted")
        if call.operation == "RegisterTaskDefinition" and not lost:
            lost.append(call)
            return UnknownReply("lost")
        return None

    answering(harbour, listing_denied)
    harbour.push(2)
    harbour.run(minutes=0.5)
    harbour.push(3)
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(3)
    assert harbour.snapshot.stage.trouble is None
