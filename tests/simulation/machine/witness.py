"""What no order of facts may break, of each step that the ledger takes.

The ledger is looked at after every write of every worker, so that no state in between is missed.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from longshore.aws.items import seconds
from longshore.domain.configuration import StageImage, StageSpec
from longshore.domain.deployments import DeploymentRecord, Leg, LegState, Phase
from longshore.domain.holds import HoldKind
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord, TargetRecord
from tests.simulation.machine.adverse_ecs import AdverseEcs, images_of
from tests.simulation.machine.beginnings import begins_well
from tests.simulation.machine.graphs import leg_may_become
from tests.simulation.machine.moments import holds_together
from tests.simulation.machine.steps import nothing_is_lost, records_move_on
from tests.simulation.machine.vault import View

_LEFT_BEHIND = {Phase.ROLLING_BACK, Phase.FAILED, Phase.ABORTED}


class Witness:
    """Sees the ledger at each step and says what must not be."""

    def __init__(self, look: Callable[[], View], ecs: AdverseEcs) -> None:
        self.last = look()
        self.seen: Counter[str] = Counter()
        self._look = look
        self._ecs = ecs

    def step(self, spec: StageSpec | None = None) -> None:
        """Hold the ledger against what it was; `spec` is what the writer went by."""
        before, now = self.last, self._look()
        if before == now:
            return
        holds_together(now)
        nothing_is_lost(before, now)
        records_move_on(before, now)
        self._timer(before, now)
        self._targets(before, now, spec)
        self._deployments(before, now, spec)
        self._stage(before, now)
        self._count(now)
        self.last = now

    def again(self) -> None:
        """Begin anew from what the ledger holds: it was restored."""
        self.last = self._look()

    def nothing(self) -> None:
        """Hold that the ledger is what it was."""
        assert self._look() == self.last, "a write that was refused changed something"

    # ── a target ────────────────────────────────────────────────────────────────────────────

    def _targets(self, before: View, now: View, spec: StageSpec | None) -> None:
        stable = now.stage.stable
        images: list[StageImage | ReleasedImage] = [*(spec.images if spec else ())]
        images += stable.images if stable else ()
        for service, target in now.targets.items():
            was = before.targets.get(service, TargetRecord(target.stage, service))
            if target.ledger != was.ledger or target.deployment is None:
                was = TargetRecord(target.stage, service)  # adopted anew, or taken out
            assert (was.deployment or 0) <= (target.deployment or 0), "back to an older deployment"
            if target.deployment is not None:
                self._legs(was.within(target.deployment), target)
            if target.backward is not None and target.backward.state is LegState.CALLING:
                self._leads_back(target, target.backward, images)
            if target.stable is not None and target.stable != was.stable:
                revision = target.stable.revision
                assert (service, revision) in self._ecs.used, f"{service} never used {revision}"

    def _legs(self, was: TargetRecord, target: TargetRecord) -> None:
        ways = ((was.forward, target.forward), (was.backward or Leg(), target.backward or Leg()))
        for before, after in ways:
            assert leg_may_become(before, after), f"a leg went from {before} to {after}"
            assert after.reason or not after.state.over, f"no reason: {after}"
            if after.state.good:
                proven = after.state is LegState.COMPLETED
                shown = (target.service, after.ecs_deployment_id, proven)
                assert shown in self._ecs.completed, f"ECS never completed {shown}"

    def _leads_back(
        self, target: TargetRecord, leg: Leg, images: Iterable[StageImage | ReleasedImage]
    ) -> None:
        """Hold that a way back pins what was verified: a tag may name what failed by now."""
        digests = dict(target.stable.digests) if target.stable else {}
        verified: dict[str, set[str]] = {}
        for image in images:
            if image.alias in digests:
                verified.setdefault(image.repository.uri, set()).add(digests[image.alias])
        for reference in images_of(self._ecs.revisions[leg.revision or ""].definition):
            name, _, digest = reference.partition("@")
            wanted = verified.get(name.partition(":")[0], {digest})
            assert digest in wanted, f"{target.service} returns to {reference}, not to {wanted}"

    # ── a deployment ────────────────────────────────────────────────────────────────────────

    def _deployments(self, before: View, now: View, spec: StageSpec | None) -> None:
        changed = [each for n, each in now.deployments.items() if each != before.deployments.get(n)]
        for each in changed:
            assert spec is not None, f"{each.name} changed outside a transition"
            if each.number not in before.deployments:
                begins_well(before, each, spec)
            elif each.phase is Phase.SUCCEEDED:
                self._succeeds_well(now, each, spec)
            elif each.phase is Phase.ROLLED_BACK:
                _is_back(now, spec)
            was = before.deployments.get(each.number)
            if was is not None and was.phase is Phase.PROGRESSING and each.phase in _LEFT_BEHIND:
                _is_kept_back(before.stage, now.stage, each.release)

    def _succeeds_well(self, now: View, deployment: DeploymentRecord, spec: StageSpec) -> None:
        states = {now.targets[target.service].forward.state for target in spec.targets}
        if states != {LegState.COMPLETED}:  # where no task has run nothing was verified
            assert now.stage.stable == self.last.stage.stable, f"verified by {states}"
        wanted = {image.reference for image in deployment.release.images}
        for service in (target.service for target in spec.targets):
            target = now.targets[service]
            assert target.deployment == deployment.number
            assert target.forward.state.good, f"{service} is {target.forward.state}"
            runs = images_of(self._ecs.revisions[target.forward.revision or ""].definition)
            assert wanted.intersection(runs), f"{service} runs {runs}, not {wanted}"

    # ── the stage ───────────────────────────────────────────────────────────────────────────

    def _stage(self, before: View, now: View) -> None:
        """Hold that a release becomes live or stable by a verdict, or is found running."""
        if now.stage.config > before.stage.config or now.stage.ledger != before.stage.ledger:
            return  # adopted
        if _has_settled(before, now):
            _is_found(now)
            return
        ended = [each for n, each in now.deployments.items() if each != before.deployments.get(n)]
        brought = [each.release for each in ended if each.phase is Phase.SUCCEEDED]
        if now.stage.stable != before.stage.stable:
            assert brought == [now.stage.stable], f"{now.stage.stable} was never verified"
        if now.stage.live != before.stage.live:
            assert now.stage.live in _brought(now, ended), f"nothing brought {now.stage.live}"

    def _timer(self, before: View, now: View) -> None:
        """Hold that the index of timers knows each stage as it was last written."""
        if now.stage != before.stage:
            due_at = now.stage.due_at
            assert now.timer == (None if due_at is None else seconds(due_at))

    # ── what has been reached ───────────────────────────────────────────────────────────────

    def _count(self, now: View) -> None:
        seen = {f"phase {each.phase}" for each in now.deployments.values()}
        seen |= {f"outcome {end.outcome}" for end in now.outcomes.values()}
        for target in now.targets.values():
            seen.add(f"forward {target.forward.state}")
            seen |= {f"backward {target.backward.state}"} if target.backward else set()
        seen |= {f"hold {now.stage.hold.kind}"} if now.stage.hold else set()
        self.seen.update(seen)


def _brought(now: View, ended: Iterable[DeploymentRecord]) -> Iterable[Release | None]:
    """Return what is live after these ends: nothing at all where a way back failed.

    Nor is anything live where another hand moved a service.
    """
    for each in ended:
        match each.phase:
            case Phase.SUCCEEDED:
                yield each.release
            case Phase.ABORTED if _is_replaced(now.stage):
                yield None
            case Phase.ROLLED_BACK | Phase.ABORTED:
                yield now.stage.stable
            case Phase.FAILED:
                yield None
            case _:
                pass


def _is_replaced(stage: StageRecord) -> bool:
    return stage.hold is not None and stage.hold.kind is HoldKind.REPLACED


def _has_settled(before: View, now: View) -> bool:
    """Whether what ECS was moving at the adoption has come to its end."""
    moving = {service for service, target in before.targets.items() if target.astray}
    there = {s for s, target in now.targets.items() if target.stable and not target.astray}
    free = before.stage.current is None and now.stage.current is None
    return free and bool(moving) and moving <= there


def _is_found(now: View) -> None:
    """Hold that what is live, or the measure, then is what the targets were found to run."""
    found = {pair for t in now.targets.values() if t.stable for pair in t.stable.digests}
    for release in (now.stage.live, now.stage.found):
        for image in release.images if release else ():
            assert (image.alias, image.digest) in found, f"{release} was not found running"


def _is_kept_back(before: StageRecord, stage: StageRecord, release: Release) -> None:
    """Hold that a release which was left does not begin again by itself.

    Of what was under way in a backup nobody knows what became.
    """
    if stage.ledger == before.ledger:
        held = stage.hold is not None and stage.hold.covers(release)
        assert held or stage.veto_of(release), f"{release} may begin again"


def _is_back(now: View, spec: StageSpec) -> None:
    for service in (target.service for target in spec.targets):
        target = now.targets.get(service)
        if target is not None and target.must_return:
            assert target.backward is not None, f"{service} was left where it was"
            assert target.backward.state.good, f"{service} is {target.backward.state}"
