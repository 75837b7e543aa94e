"""One stage, told: what runs, what happens, what keeps it, and what a person can do next."""

from collections.abc import Sequence
from dataclasses import dataclass

from longshore.domain.deployments import DeploymentRecord, Leg, Phase
from longshore.domain.holds import Veto, Would
from longshore.domain.stages import StageSnapshot, TargetRecord
from longshore.events.outbound import (
    deployment_detail,
    freeze_detail,
    release_detail,
    stage_detail,
    would_detail,
)
from longshore_cli.freeze_view import end_of

_ENDED_BADLY = frozenset({Phase.FAILED, Phase.ROLLED_BACK, Phase.ABORTED})


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage as the ledger has it, with its deployment under way or the last one."""

    snapshot: StageSnapshot
    deployment: DeploymentRecord | None

    @property
    def name(self) -> str:
        """The stage as people type it."""
        return str(self.snapshot.stage.id)

    @property
    def adopted(self) -> bool:
        """Whether the configuration in force has been taken over by the reconciler."""
        return self.snapshot.stage.config >= self.snapshot.config

    @property
    def phase(self) -> str:
        """The phase of the deployment; before the first one, how far the adoption is."""
        if self.snapshot.deployment is None and not self.adopted:
            return "Adopting"
        if self.snapshot.deployment is None and self.snapshot.observing:
            return "Observing"
        return "Adopted" if self.deployment is None else self.deployment.phase.value

    @property
    def veto(self) -> Veto | None:
        """The veto of the release that was tried last."""
        tried = self.deployment
        return self.snapshot.stage.veto_of(tried.release) if tried else None

    @property
    def reason(self) -> str:
        """Why the stage is where it is: what keeps it from moving goes before what happened."""
        if self.snapshot.deployment is not None:
            return self.snapshot.deployment.reason
        if not self.adopted:
            return f"configuration {self.snapshot.config} is being adopted"
        if kept := self._kept:
            return kept
        if self.snapshot.observing:
            return self._observed
        return self.deployment.reason if self.deployment else "adopted as it is"

    @property
    def would(self) -> Would | None:
        """What an observing stage would deploy, None where that is what runs by now."""
        stage = self.snapshot.stage
        would, live = stage.would, stage.live
        came_true = would and live and live.content == would.release.content
        return None if came_true else would

    @property
    def _observed(self) -> str:
        if self.would is None:
            return "observing: nothing would be deployed"
        return f"observing: would deploy {self.would.release} because {self.would.reason}"

    @property
    def _kept(self) -> str:
        """What keeps the stage from moving: what is asked first; empty where nothing does."""
        stage, freeze = self.snapshot.stage, self.snapshot.freeze
        hold = stage.paused or stage.hold
        vetoed = f"vetoed: {self.veto.told}" if self.veto is not None else ""
        pinned, frozen = (each.told if each else "" for each in (stage.pin, freeze))
        return pinned or frozen or stage.trouble or (hold.told if hold is not None else vetoed)

    @property
    def next_steps(self) -> Sequence[str]:
        """What a person can do now, as commands where there are any."""
        if self.snapshot.deployment is not None or not self.adopted:
            return [f"longshore status {self.name} shows how it goes on"]
        if barred := self._lift_bar:
            return [barred]
        if self.snapshot.observing:
            return ["set `mode: deploy` for it in longshore.yaml, then: longshore apply"]
        stage = self.snapshot.stage
        if stage.paused is not None:
            return [f"longshore resume {self.name} --reason TEXT lets it move by itself again"]
        ended_badly = self.deployment is not None and self.deployment.phase in _ENDED_BADLY
        if stage.hold is not None or self.veto is not None or ended_badly:
            retry = f"longshore retry {self.name} --reason TEXT lets the present choice through"
            return [retry] if self._holds_everything else [retry, "a newer push ships by itself"]
        return []

    @property
    def _lift_bar(self) -> str:
        """The command that ends a pin or a freeze; empty where there is neither."""
        if self.snapshot.stage.pin is not None:
            return f"longshore unpin {self.name} --reason TEXT lets it move on"
        freeze = self.snapshot.freeze
        return f"{end_of(freeze)} ends the freeze" if freeze is not None else ""

    @property
    def _holds_everything(self) -> bool:
        hold = self.snapshot.stage.hold
        return hold is not None and hold.content is None

    @property
    def targets(self) -> Sequence[TargetRecord]:
        """The targets that the configuration in force names; the ledger remembers former ones."""
        named = {spec.service for spec in self.snapshot.spec.targets}
        return [target for target in self.snapshot.targets if target.service in named]

    def as_json(self) -> dict[str, object]:
        """Return the same content for programs."""
        stage = self.snapshot.stage
        return {
            **stage_detail(stage, self.reason),
            "name": self.name,
            "phase": self.phase,
            "mode": self.snapshot.spec.mode.value,
            "would": would_detail(self.would, before=stage.live) if self.would else None,
            "configuration": self.snapshot.config,
            "trouble": stage.trouble,
            "freeze": freeze_detail(self.snapshot.freeze) if self.snapshot.freeze else None,
            "vetoes": [_veto_json(veto) for veto in stage.vetoes],
            "verified": [
                {"id": release.id, "release": release_detail(release)} for release in stage.verified
            ],
            "deployment": deployment_detail(self.deployment) if self.deployment else None,
            "targets": [target_json(target) for target in self.targets],
            "next": list(self.next_steps),
        }


def present_leg(target: TargetRecord) -> Leg:
    """Return the way that a target is on: back where it is being returned, else forward."""
    return target.backward or target.forward


def target_json(target: TargetRecord) -> dict[str, object]:
    """Return a target for programs."""
    leg = present_leg(target)
    return {
        "service": str(target.service),
        "way": "back" if target.backward else "forward",
        "state": leg.state.value,
        "reason": leg.reason,
        "revision": leg.revision,
        "ecs_deployment_id": leg.ecs_deployment_id,
        "stable_revision": target.stable.revision if target.stable else None,
        "failure": target.failure.summary if target.failure else None,
    }


def _veto_json(veto: Veto) -> dict[str, object]:
    return {
        "id": veto.release.id,
        "release": release_detail(veto.release),
        "reason": veto.reason,
        "since": veto.since.isoformat(),
        "until": veto.until.isoformat() if veto.until else None,
    }
