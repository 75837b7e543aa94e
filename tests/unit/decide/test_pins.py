"""Whether a release can be what a stage stays on."""

from dataclasses import replace

from longshore.decide.pins import Seen, decide_pin
from longshore.decide.promotion import Stay
from longshore.domain.outcomes import Outcome
from tests.support.builders import make_spec
from tests.unit.decide.test_word import LIVE, OLD, at


def test_a_release_without_an_image_that_the_stage_runs_is_not_pinned() -> None:
    (image,) = make_spec().images
    jobs = replace(image, alias="jobs")
    snapshot = replace(at(), spec=replace(make_spec(), images=(image, jobs)))

    move = decide_pin(snapshot, OLD, Seen(LIVE.id, None), None)

    assert isinstance(move, Stay)
    assert move.outcome is Outcome.REJECTED
    assert move.reason == f"{OLD} has no image for jobs, which the stage runs now"
