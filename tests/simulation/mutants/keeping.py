"""Weak ways of keeping what people want kept: pins, vetoes, freezes of a scope, and their ends."""

from dataclasses import replace

from longshore.decide.promotion import Deploy, Stay
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.holds import Pin, Veto
from longshore.domain.intents import Intent
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord, StageSnapshot
from longshore.domain.stop_switch import Freeze, StopSwitch
from longshore.usecases.begin_wanted import Left
from longshore.usecases.begin_wanted import begin_wanted as _begin_wanted
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from tests.simulation.mutants.mutant import Mutant, replacing, together


def _whatever(self: Pin, release: Release) -> bool:
    del self, release
    return True


def _only_everything(self: StopSwitch, stage: object) -> Freeze | None:
    del stage
    return self.everything if self.on else None


def _nothing_ends(round_: Round) -> bool:
    del round_
    return False


def _no_ends(self: StageRecord) -> tuple[()]:
    del self
    return ()


def _brought_unpinned(round_: Round, intent: Intent, move: Deploy, left: Left) -> None:
    unpinned = replace(left, stage=replace(round_.stage, pin=None))
    _begin_wanted(round_, intent, move, unpinned)


def _still_pinned(round_: Round, failed: DeploymentRecord, heard: Changes) -> Changes:
    del round_, failed
    return heard


def _always(snapshot: StageSnapshot, veto: Veto) -> Stay | None:
    del snapshot, veto
    return None


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "pin-ignored",
        "what the policies choose ships although a person pinned the stage to something else",
        replacing("longshore.domain.holds.Pin.covers", _whatever),
    ),
    Mutant(
        "pinned-after-it-is-brought",
        "what is pinned is deployed, and the pin is not written with that",
        replacing("longshore.usecases.pin_stage.begin_wanted", _brought_unpinned),
    ),
    Mutant(
        "pin-outlives-its-release",
        "a stage stays pinned to what failed and was taken back",
        replacing("longshore.usecases.return_stage._unpinned", _still_pinned),
    ),
    Mutant(
        "freezes-of-a-scope-ignored",
        "only a freeze of everything keeps anything from beginning",
        replacing("longshore.domain.stop_switch.StopSwitch.over", _only_everything),
    ),
    Mutant(
        "nothing-ends-by-itself",
        "what was asked for until a moment stays after it",
        together(
            replacing("longshore.usecases.reconcile.end_by_time", _nothing_ends),
            replacing("longshore.domain.stages.StageRecord.ends", property(_no_ends)),
        ),
    ),
    Mutant(
        "a-veto-of-what-is-live",
        "a person vetoes what the stage is on, and nothing tells them",
        replacing("longshore.usecases.veto_release.decide_veto", _always),
    ),
)
