"""Weakenings that somebody chose who knows the promises and not what the simulation looks at.

Each is the wrong version of one function, as a hurried change would leave it: it passes every day
on which AWS is kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from longshore.aws import items
from longshore.aws.calls import AwsCall
from longshore.aws.intents import DynamoIntentStore
from longshore.aws.keys import Key
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.table import Table
from longshore.aws.transactions import ABSENT
from longshore.decide.promotion import Deploy, HoldBack, Move, _older, _why
from longshore.decide.selection import NothingToChoose
from longshore.decide.settlement import Done, Settlement, settle
from longshore.domain.configuration import Configuration, StageImage
from longshore.domain.deployments import LegState
from longshore.domain.errors import Conflict, LongshoreError, Throttled
from longshore.domain.holds import HoldKind
from longshore.domain.intents import Intent
from longshore.domain.observations import EcsDeployment, EcsService
from longshore.domain.outcomes import Announcement
from longshore.domain.releases import Release
from longshore.domain.stages import StageSnapshot, TargetRecord
from longshore.domain.wakeups import Wakeup
from longshore.usecases.accept_configuration import _write
from longshore.usecases.claim_services import claims_of
from longshore.usecases.control_ports import ConfigurationStore, Pointer
from longshore.usecases.look_at_registry import Look, look_at_registry
from longshore.usecases.ports import Registry
from longshore.usecases.publishing_ports import AnnouncePorts
from longshore.usecases.route_event import Routed, RouterPorts
from tests.simulation.mutants.mutant import Mutant, replacing, together

if TYPE_CHECKING:
    from longshore.aws.items import Item

_within = TargetRecord.within
_at_pointer = DynamoStageLedger._configuration_at  # noqa: SLF001  # the mutant goes around it


def _keep_the_way_back(self: TargetRecord, deployment: int) -> TargetRecord:
    return replace(_within(self, deployment), backward=self.backward)


def _or_the_primary(self: EcsService, ecs_deployment_id: str) -> EcsDeployment | None:
    matching = (d for d in self.deployments if d.id == ecs_deployment_id)
    return next(matching, self.primary)


def _wake_once_for_an_event(
    wakeups: Sequence[Wakeup], reason: str, message_id: str, ports: RouterPorts
) -> Routed:
    events = (event for wakeup in wakeups for event in wakeup.events)
    if wakeups:
        ports.work.wake(wakeups, next(events, message_id))
    return Routed("wake", reason, tuple(wakeup.stage for wakeup in wakeups))


def _look_if_it_answers(images: Sequence[StageImage], registry: Registry) -> Look:
    try:
        return look_at_registry(images, registry)
    except Throttled as error:
        return Look(NothingToChoose(str(error)), frozenset())


def _switch_and_leave_lookups_to_the_tidying(
    wanted: Configuration,
    pointer: Pointer,
    current: Configuration | None,
    store: ConfigurationStore,
) -> tuple[Pointer, Configuration]:
    claims = claims_of(wanted, current, store)
    configuration = _write(wanted, pointer, current, store)
    numbered = [replace(claim, number=configuration.number) for claim in claims]
    return store.switch(pointer, configuration.number, numbered), configuration


def _forward_of_what_is_live(snapshot: StageSnapshot, candidate: Release) -> Move:
    reference = snapshot.stage.live or snapshot.stage.stable
    for image in snapshot.spec.images:
        older = reference is not None and _older(image, reference, candidate)
        if older:
            return HoldBack(HoldKind.MOVED_BACK, candidate, older)
    return Deploy(candidate, _why(snapshot.deployment, reference, candidate))


def _get_eventually(self: Table, key: Key) -> "Item | None":
    reply = self.gate.call(
        self.client.get_item, TableName=self.name, Key=items.key_of(key), ConsistentRead=False
    )
    return reply.get("Item")


def _get_all_eventually(self: Table, *wanted: Key) -> "Sequence[Item | None]":
    return [_get_eventually(self, key) for key in wanted]


def _read_the_pointer_once(
    self: DynamoStageLedger, application: str, pointer: "Item | None"
) -> Configuration | None:
    known = (c for (of, _), c in self._configurations.items() if of == application)
    return next(known, None) or _at_pointer(self, application, pointer)


def _no_answer_is_no_effect(call: AwsCall, why: str) -> LongshoreError:
    return Throttled(f"{call.action} got no answer: {why}; it is tried again later")


def _put_unless_it_waits(self: DynamoIntentStore, intent: Intent) -> bool:
    name, item = self._table.name, items.intent_item(intent)
    try:
        self._table.transact(
            [{"Put": {"TableName": name, "Item": item, "ConditionExpression": ABSENT}}]
        )
    except Conflict:
        return False
    return True


def _queue_all_but_name_the_waiting_alone(
    announcements: Sequence[Announcement], ports: AnnouncePorts
) -> Mapping[str, str]:
    reasons: dict[str, str] = {}
    waiting: set[str] = set()
    for announcement in announcements:
        if announcement.subject in waiting:
            reasons[announcement.id] = f"waits for an earlier one of {announcement.subject}"
            continue
        try:
            ports.notices.put(announcement)
        except LongshoreError:
            waiting.add(announcement.subject)
    return reasons


def _settle_by_any_proof(targets: Sequence[TargetRecord]) -> Settlement:
    settlement = settle(targets)
    proven = any(target.forward.state is LegState.COMPLETED for target in targets)
    return Done() if isinstance(settlement, Done) and proven else settlement


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "the-last-way-back-is-believed",
        "Promise 4, for the way back: a new deployment keeps that of the one before, so where a "
        "second release fails on a target without a circuit breaker, the stage is said to be back "
        "by an ECS deployment of long ago, and no UpdateService is made.",
        replacing("longshore.domain.stages.TargetRecord.within", _keep_the_way_back),
    ),
    Mutant(
        "the-primary-stands-for-ours",
        "Promise 4: where ECS does not show our deployment, in a stale look or after a circuit "
        "breaker's rollback was over before anybody looked, the primary's COMPLETED is ours.",
        replacing("longshore.domain.observations.EcsService.deployment", _or_the_primary),
    ),
    Mutant(
        "an-event-wakes-once",
        "Promise 14: the work queue deduplicates by the event's id, so the wake-up that a round "
        "sends again (throttled, lost race, registry behind) within five minutes of the first "
        "vanishes and its (event, stage) pair never ends.",
        replacing("longshore.usecases.route_event._wake", _wake_once_for_an_event),
    ),
    Mutant(
        "adoption-does-not-wait-for-the-registry",
        "Promise 15: ECR throttled at the very moment of an adoption counts as nothing to choose, "
        "so what was pushed before is not held and a later look deploys it unasked.",
        replacing("longshore.usecases.adopt_stage.look_at_registry", _look_if_it_answers),
    ),
    Mutant(
        "lookups-follow-the-switch",
        "Promise 12: lookups are written by the clean-up alone, so after a crash or throttling "
        "between the switch and it a stage is in force that no push and no sweep finds, unless the "
        "person applies again.",
        replacing(
            "longshore.usecases.accept_configuration._put_in_force",
            _switch_and_leave_lookups_to_the_tidying,
        ),
    ),
    Mutant(
        "newer-than-live-is-new-enough",
        "Promise 5: during a deployment a candidate is compared with what is live instead of what "
        "is on its way, so a stale look at ECR or a tag moved back meanwhile supersedes the newer "
        "release by an older one.",
        replacing("longshore.decide.promotion._forward", _forward_of_what_is_live),
    ),
    Mutant(
        "single-items-are-read-eventually",
        "Promise 6: GetItem without ConsistentRead, so that a round soon after a deployment began "
        "may see the stage under way without its record, or a pointer and a claim of before, and "
        "begins the same release a second time.",
        together(
            replacing("longshore.aws.table.Table.get", _get_eventually),
            replacing("longshore.aws.table.Table.get_all", _get_all_eventually),
        ),
    ),
    Mutant(
        "the-pointer-is-read-once",
        "Promise 12: a warm environment keeps the first configuration it saw of an application, so "
        "after an apply the stage goes on under the old one, with services that are another's by "
        "then.",
        replacing(
            "longshore.aws.ledger.DynamoStageLedger._configuration_at",
            _read_the_pointer_once,
        ),
    ),
    Mutant(
        "no-answer-is-no-effect",
        "Promises 3 and 6: a lost reply of RegisterTaskDefinition or UpdateService is taken for "
        "throttling, so the content is registered twice while the listing lags, and a service that "
        "did move stays behind when another one of its stage fails before the next look.",
        replacing("longshore.aws.errors._unknown", _no_answer_is_no_effect),
    ),
    Mutant(
        "a-request-repeated-late-counts-twice",
        "Promise 10, a person's word is used once: an intent's id is looked for among the waiting "
        "alone, so a `retry` that the client sends again because its reply was lost, after it was "
        "consumed, lifts the veto that the release got meanwhile.",
        replacing("longshore.aws.intents.DynamoIntentStore.put_once", _put_unless_it_waits),
    ),
    Mutant(
        "what-was-not-queued-is-confirmed",
        "Promise 9: the announcement that SQS refused has no reason of its own, only those behind "
        "it have, so a throttled put of a failure's notice is confirmed and nobody is told.",
        replacing("longshore.usecases.announce._queue", _queue_all_but_name_the_waiting_alone),
    ),
    Mutant(
        "one-proof-proves-all",
        "Promise 11: a release that ran on one service is the stage's stable one although another "
        "has a desired count of 0 and never ran it, and after a later failure the stage is said to "
        "be back on it.",
        replacing("longshore.usecases.advance_deployment.settle", _settle_by_any_proof),
    ),
)
