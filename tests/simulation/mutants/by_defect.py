"""Defects that the product had, found by seeds or in review, brought back.

Each was mended. As a mutant it shows whether the simulation sees it, however the seeds change; the
seeds of `tests.simulation.regressions` are those that catch them today.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from longshore.domain.configuration import StageImage
from longshore.domain.deployments import DeploymentRecord, Leg, Phase
from longshore.domain.observations import EcsDeployment, EcsService
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from longshore.usecases.conclude_deployment import end
from longshore.usecases.round import Round
from tests.simulation.mutants.mutant import Mutant, replacing, together

_within = TargetRecord.within


def _forget_what_is_sought(self: TargetRecord, deployment: int) -> TargetRecord:
    within = _within(self, deployment)
    return within if within is self else replace(within, sought=())


def _took_back_to_anything(primary: EcsDeployment, target: TargetRecord) -> bool:
    known = {*target.forward.present, target.forward.ecs_deployment_id}
    return primary.id not in known and primary.task_definition in target.forward.origins


def _by_the_record_alone(self: StageSnapshot) -> bool:
    return self.stage.ledger not in {"", self.ledger}


def _no_copy(self: StageSnapshot) -> bool:
    del self
    return False


def _count_from_the_copy(round_: Round) -> None:
    del round_


def _with_the_old_release_live(
    round_: Round, deployment: DeploymentRecord, *, stage: StageRecord
) -> None:
    failed = deployment.phase is Phase.FAILED and stage.live is None
    end(round_, deployment, stage=replace(stage, live=round_.stage.live) if failed else stage)


def _must_return(self: TargetRecord) -> bool:
    return self.astray or self.forward.moved


def _nobodys(leg: Leg, service: EcsService | None) -> None:
    del leg, service


def _a_veto_keeps_only_its_own_back(
    images: Sequence[StageImage], kept: Release, since: datetime, candidate: Release
) -> bool:
    del images, kept, since, candidate
    return True


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "what-is-kept-back-keeps-nothing-older-back",
        "where what failed or was held is deleted, what was there before it ships in its place",
        replacing("longshore.decide.promotion._is_newer", _a_veto_keeps_only_its_own_back),
    ),
    Mutant(
        "another-hand-is-fought",
        "what another hand brought during a rollout is taken back with the rest",
        together(
            replacing("longshore.domain.stages.TargetRecord.must_return", property(_must_return)),
            replacing("longshore.usecases.return_stage.of_another_hand", _nobodys),
        ),
    ),
    Mutant(
        "sought-by-one-deployment-alone",
        "a registration whose answer was lost is forgotten when a newer release comes",
        replacing("longshore.domain.stages.TargetRecord.within", _forget_what_is_sought),
    ),
    Mutant(
        "the-breaker-is-always-right",
        "what a circuit breaker goes back to is taken for what the stage was verified on",
        replacing("longshore.usecases.return_stage._took_back", _took_back_to_anything),
    ),
    Mutant(
        "a-copy-is-believed",
        "a ledger that was restored from a backup is worked on as if nothing had happened since",
        replacing("longshore.domain.stages.StageSnapshot.restored", property(_no_copy)),
    ),
    Mutant(
        "no-record-is-no-copy",
        "a stage that the backup had not adopted yet brings again what has failed since",
        replacing("longshore.domain.stages.StageSnapshot.restored", property(_by_the_record_alone)),
    ),
    Mutant(
        "numbers-given-out-again",
        "a backup that was written over the ledger counts on from its own numbers",
        replacing("longshore.usecases.adopt_anew.count_on", _count_from_the_copy),
    ),
    Mutant(
        "live-after-a-failed-way-back",
        "a stage whose way back failed still counts as running what it ran before",
        replacing("longshore.usecases.return_stage.end", _with_the_old_release_live),
    ),
)
