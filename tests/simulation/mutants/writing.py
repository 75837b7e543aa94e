"""Weak ways of writing to ECS and to the ledger."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from longshore.aws.ecs import AwsEcs
from longshore.aws.ecs_views import service_of
from longshore.domain.deployments import DeploymentRecord, Leg, LegState
from longshore.domain.observations import EcsService
from longshore.domain.outcomes import Announcement
from longshore.domain.places import Home, ServiceRef
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from tests.simulation.mutants.mutant import Mutant, Weaken, replacing, together
from tests.simulation.shipped import queue_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef

    from longshore.aws.items import Item

_commit = Round.commit


def _commit_nothing_before_a_call(self: Round, changes: Changes) -> None:
    """Leave out what would be written before a call to ECS: it is what asks for a token."""
    if changes.token is None:
        _commit(self, changes)


def _put_over_anything(table: str, item: "Item", read: int) -> "PutTypeDef":
    del read
    return {"TableName": table, "Item": item}


def _update_and_scale(self: AwsEcs, service: ServiceRef, revision: str) -> EcsService:
    reply = self._gate.call(
        self._clients.ecs_writer(service.home.region).update_service,
        cluster=service.cluster,
        service=service.name,
        taskDefinition=revision,
        desiredCount=1,
    )
    return service_of(reply["service"])


def _call_again_at_once(leg: Leg, now: datetime) -> bool:
    del now
    return leg.state is LegState.CALLING


def _find_nothing(self: AwsEcs, home: Home, family: str, tag: tuple[str, str]) -> None:
    del self, home, family, tag


def _end_nothing(
    round_: Round, by: DeploymentRecord
) -> tuple[DeploymentRecord | None, tuple[Announcement, ...]]:
    del round_, by
    return None, ()


def _impatient(logical_id: str) -> Mapping[str, str]:
    """Show a message of the work queue again long before its worker must have ended."""
    attributes = queue_attributes(logical_id)
    return {**attributes, "VisibilityTimeout": "15"} if logical_id == "Work" else attributes


def _may_call_again(rule: object) -> Weaken:
    return together(
        replacing("longshore.usecases.advance_deployment.may_call_again", rule),
        replacing("longshore.usecases.return_stage.may_call_again", rule),
    )


MUTANTS = (
    Mutant(
        "no-intent-record",
        "nothing is written before RegisterTaskDefinition and UpdateService",
        replacing("longshore.usecases.round.Round.commit", _commit_nothing_before_a_call),
    ),
    Mutant(
        "write-without-condition",
        "records are written whatever version the ledger holds",
        replacing("longshore.aws.transactions.over", _put_over_anything),
    ),
    Mutant(
        "visibility-too-short",
        "a message of the work queue comes again while its worker can still call ECS",
        replacing("tests.simulation.region.queue_attributes", _impatient),
    ),
    Mutant(
        "update-carries-desired-count",
        "UpdateService sets the desired count too",
        replacing("longshore.aws.ecs.AwsEcs.update_service", _update_and_scale),
    ),
    Mutant(
        "update-retried-blindly",
        "a call without an answer is made again at the next look that does not show its deployment",
        _may_call_again(_call_again_at_once),
    ),
    Mutant(
        "no-find-by-fingerprint",
        "a revision whose registration got no answer is not looked for",
        replacing("longshore.aws.ecs.AwsEcs.find_registered", _find_nothing),
    ),
    Mutant(
        "no-supersede",
        "a newer deployment begins beside the one under way",
        replacing("longshore.usecases.start_deployment._supersede", _end_nothing),
    ),
)
