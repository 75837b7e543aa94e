"""How a deployment may begin: by a person's word, or past no veto, no hold and never backwards."""

from longshore.decide.versions import Version, parse_version
from longshore.domain.configuration import StageImage, StageSpec
from longshore.domain.deployments import DeploymentRecord, Phase, TriggerKind
from longshore.domain.policies import SemverPolicy
from longshore.domain.releases import Release, ReleasedImage
from tests.simulation.machine.vault import View


def begins_well(before: View, begun: DeploymentRecord, spec: StageSpec) -> None:
    """Hold a new deployment against the stage as it was before."""
    stage, release = before.stage, begun.release
    flight = None if stage.current is None else before.deployments[stage.current]
    assert begun.number == stage.latest + 1
    assert begun.phase is Phase.PROGRESSING
    assert flight is None or flight.phase is not Phase.ROLLING_BACK, "a way back was left"
    assert begun.trigger.kind is TriggerKind.APPLY or not stage.veto_of(release), "it is vetoed"
    if begun.trigger.actor is not None:
        return
    assert stage.hold is None or not stage.hold.covers(release), f"{release} is held"
    reference = flight.release if flight else (stage.live or stage.stable or stage.found)
    if reference is not None:
        for image in spec.images:
            assert not is_lower(image, reference, release), f"{release} is lower than {reference}"


def is_lower(image: StageImage, reference: Release, release: Release) -> bool:
    """Whether a release goes backwards in one image: by version first, by push time otherwise."""
    now, then = reference.image(image.alias), release.image(image.alias)
    if now is None or then is None or now.digest == then.digest:
        return False
    if isinstance(image.selection, SemverPolicy):
        had, gets = _version(now), _version(then)
        if had is not None and gets is not None and had != gets:
            return gets < had
    return bool(now.pushed_at and then.pushed_at and then.pushed_at < now.pushed_at)


def _version(image: ReleasedImage) -> Version | None:
    return parse_version(image.tag or "")
