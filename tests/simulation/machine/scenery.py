"""What the machine draws from: configurations of the stage, services, tags and looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from longshore.domain.configuration import Base, StageSpec, TargetSpec
from longshore.domain.observations import RolloutState
from longshore.domain.places import StageId
from longshore.domain.policies import SemverPolicy
from longshore.domain.rates import Rate, Rates
from longshore.domain.wakeups import Hint
from longshore.usecases.round import SLICE
from tests.simulation.machine.storms import Squall
from tests.support.builders import REPOSITORY, SERVICE, STAGE, make_spec
from tests.support.harbour import WORKER, WORKER_REPOSITORY, two_services

SCARCE = Rates(Rate(2, timedelta(seconds=20)), Rate(2, timedelta(seconds=20)))
"""So few calls that the account's rate is used up now and then."""

REPOSITORY_OF = {SERVICE: REPOSITORY, WORKER: WORKER_REPOSITORY}
SERVICES = {"web": SERVICE, "worker": WORKER}
REPOSITORIES = {repository.name: repository for repository in REPOSITORY_OF.values()}

MOST_WAITING = 12
"""Wake-ups that are kept until somebody takes them."""


def _semver(spec: StageSpec) -> StageSpec:
    images = (replace(image, selection=SemverPolicy("^1")) for image in spec.images)
    return replace(spec, images=tuple(images))


def _latest(spec: StageSpec) -> StageSpec:
    return replace(spec, targets=tuple(replace(t, base=Base.LATEST) for t in spec.targets))


def _from_elsewhere(spec: StageSpec) -> StageSpec:
    moved = replace(spec.images[0], repository=WORKER_REPOSITORY)
    target = TargetSpec(SERVICE, containers=(("web", moved.alias),))
    return replace(spec, images=(moved,), targets=(target,))


def _with_ghosts(spec: StageSpec) -> StageSpec:
    """Add so many services that do not exist that they take more than one round."""
    ghosts = (TargetSpec(replace(SERVICE, name=f"ghost-{number}")) for number in range(SLICE))
    return replace(spec, targets=(*spec.targets, *ghosts))


SPECS = {
    "one service": make_spec(),
    "two services": two_services(),
    "versions": _semver(two_services()),
    "newest base": _latest(make_spec()),
    "another repository": _from_elsewhere(make_spec()),
    "ghosts": _with_ghosts(make_spec()),
    "no such stage": make_spec(StageId(STAGE.application, "staging"), WORKER),
}


@dataclass(frozen=True)
class Look:
    """One worker's look at the stage: what it is woken by, and the weather it has.

    `picks` are the wake-ups that wait and are delivered beside one of a clock or a person; with
    `again` they are delivered once more later, although they were done with. `to_rest` goes on
    looking, unhurried and in fair weather, until nothing is left to do.
    """

    hint: Hint = Hint.SWEEP
    picks: Sequence[int] = ()
    squalls: Mapping[int, Squall] = field(default_factory=dict)
    hurried: bool = False
    again: bool = False
    to_rest: bool = False

    def _repr_pretty_(self, printer: RepresentationPrinter, _: object) -> None:
        """Show what is unusual about it: a failing story has many looks."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        unusual = (f"{name}={value!r}" for name, value in said.items() if value)
        printer.text(f"Look({', '.join(unusual)})")


FAIR = Look()
TO_REST = Look(to_rest=True)

first_specs = st.sampled_from(["one service", "two services", "versions"])
specs = st.sampled_from([*SPECS, "one service", "two services"])
services = st.sampled_from(list(SERVICES))
repositories = st.sampled_from(["checkout", "checkout", "checkout-worker"])
tags = st.sampled_from(["main", "main", "main", "1.0.0", "1.1.0", "v1.1.0", "1.2.0-rc.1", "1.3.0"])
rollouts = st.sampled_from([RolloutState.COMPLETED, RolloutState.COMPLETED, *RolloutState, None])
numbers = st.integers(0, 7)
looks = st.sampled_from([FAIR, TO_REST]) | st.builds(
    Look,
    hint=st.sampled_from([Hint.SWEEP, *Hint]),
    picks=st.just(range(MOST_WAITING)) | st.lists(st.integers(0, MOST_WAITING - 1), max_size=2),
    squalls=st.dictionaries(st.integers(0, 14), st.sampled_from(Squall), max_size=2),
    hurried=st.sampled_from([False, False, False, True]),
    again=st.booleans(),
)
perhaps_a_look = looks | st.none()
"""Each fact may be seen at once, or pile up with others."""
