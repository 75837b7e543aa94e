"""Go back to an earlier release by a person's word.

It is a deployment like others, but that it is never itself rolled back. What it leaves is vetoed,
and the stage moves no more by itself until somebody resumes it: else the next look at the registry
would undo it.
"""

from collections.abc import Sequence

from longshore.decide.promotion import Stay
from longshore.decide.word import decide_rollback, standing
from longshore.domain.actors import name_actor
from longshore.domain.errors import NotPermitted, Refused, Throttled, UnknownReply
from longshore.domain.holds import HoldKind, Veto
from longshore.domain.intents import Intent
from longshore.domain.outcomes import Outcome
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord
from longshore.usecases.begin_wanted import begin_wanted, decline
from longshore.usecases.round import Round


def hear_rollbacks(round_: Round, intents: Sequence[Intent]) -> None:
    """Begin, or decline, each rollback that was asked for."""
    for intent in intents:
        move = decide_rollback(round_.snapshot, leaving=intent.leaving, to=intent.to)
        if isinstance(move, Stay):
            decline(round_, intent, move)
        elif gone := _gone(round_, move.release):
            decline(round_, intent, Stay(gone, Outcome.REJECTED))
        else:
            begin_wanted(round_, intent, move, _left(round_, intent), HoldKind.ROLLED_BACK)


def _left(round_: Round, intent: Intent) -> StageRecord:
    """Return the stage with a veto of the release that a rollback leaves."""
    stage, release = round_.stage, standing(round_.snapshot)
    if release is None:
        return stage
    reason = f"{name_actor(intent.actor)} went back from it: {intent.reason}"
    return stage.vetoing(Veto(release.content, release, reason, round_.now))


def _gone(round_: Round, release: Release) -> str:
    """Say which image of a release the registry has no more; empty where it has them, or is away.

    A way back does not wait for the registry.
    """
    missing = []
    for image in release.images:
        round_.check_time()
        try:
            if _is_missing(round_, image):
                missing.append(image)
        except (NotPermitted, Throttled, UnknownReply):
            break
    return ", ".join(f"{i} is not in {i.repository.name} any more" for i in missing)


def _is_missing(round_: Round, image: ReleasedImage) -> bool:
    try:
        return round_.ports.registry.image_by_digest(image.repository, image.digest) is None
    except Refused:
        return True
