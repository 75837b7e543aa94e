"""`longshore rollback`: bring a stage back to a release that was verified in it."""

from collections.abc import Sequence

from longshore.decide.promotion import Stay
from longshore.decide.word import decide_rollback, standing, way_back
from longshore.domain.intents import IntentKind
from longshore.domain.releases import Release
from longshore.domain.stages import StageSnapshot
from longshore.events.outbound import release_detail
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.answer import Asked, tell
from longshore_cli.control import Control
from longshore_cli.errors import CommandError
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.status import parse_stage
from longshore_cli.wish import Wish, ask, check_reason, refused
from longshore_cli.wording import release_text

LEAST_OF_A_DIGEST = 6
"""Characters of a digest by which a release can be named."""


def run_rollback(place: Place, to: str | None, wish: Wish) -> None:
    """Say from what to what the stage goes back, and ask control for just that."""
    stage, reason = wish.stage, wish.reason
    wanted = parse_stage(stage)
    check_reason(reason, f'longshore rollback {stage} --reason "prices are wrong"')
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        snapshot = ledger.existing(wanted)
        there, back = standing(snapshot), _chosen(snapshot, to)
        leaving = there.id if there else None
        _check_possible(snapshot, leaving, back)
        control = Control(access, installation)
        way = {"to": back.id, "leaving": leaving, "named": to is not None}
        intent = ask(control, wanted, IntentKind.ROLLBACK, reason, **way)
    left = release_detail(there) if there else None
    told: dict[str, object] = {"stage": stage, "intent": intent, "reason": reason}
    told |= {"from": left, "to": release_detail(back)}
    vetoed = "what it leaves is vetoed, and " if there else ""
    pin = snapshot.stage.pin
    unpinned = () if pin is None or pin.covers(back) else (f"that ends its pin: {pin.told}",)
    lines = (
        f"{stage} goes back from {release_text(there)} to {back}",
        f"held: {vetoed}it moves no more by itself until",
        f"      longshore resume {stage} --reason TEXT",
        *unpinned,
    )
    asked = Asked(wanted, IntentKind.ROLLBACK, intent, told, lines)
    tell(asked, wish.output, access, ledger, wish.watch)


def _chosen(snapshot: StageSnapshot, to: str | None) -> Release:
    """Return the verified release that is named or, where none is, the one before."""
    stage = snapshot.stage
    found = way_back(snapshot) if to is None else named_release(stage.verified, to)
    if isinstance(found, Release):
        return found
    if to is None or not found:
        what = f"no verified release {to}" if to else "no other verified release to go back to"
        raise CommandError(
            f"{stage.id} has {what}",
            details=_listed(stage.verified),
            next_step=f"longshore deploy {stage.id} TAG brings any image of its repositories",
        )
    raise CommandError(
        f"{to} names {len(found)} verified releases of {stage.id}",
        details=_listed(found),
        next_step=f"longshore rollback {stage.id} --to ID --reason TEXT",
    )


def named_release(verified: Sequence[Release], to: str) -> Release | Sequence[Release]:
    """Find a release by its id, or by a tag or the beginning of a digest of one of its images."""
    by_id = [release for release in verified if release.id == to]
    found = by_id or [release for release in verified if _is_called(release, to)]
    return found[0] if len(found) == 1 else found


def _is_called(release: Release, name: str) -> bool:
    bare = name.removeprefix("sha256:")
    return any(
        image.tag == name
        or (len(bare) >= LEAST_OF_A_DIGEST and image.digest.partition(":")[2].startswith(bare))
        for image in release.images
    )


def _listed(releases: Sequence[Release]) -> tuple[str, ...]:
    return tuple(f"{release.id}  {release}" for release in releases)


def _check_possible(snapshot: StageSnapshot, leaving: str | None, back: Release) -> None:
    """Refuse what the stage would decline as it is now; what waits to be heard may change that."""
    move = decide_rollback(snapshot, leaving=leaving, to=back.id)
    if isinstance(move, Stay) and not snapshot.intents:
        raise refused(snapshot.stage.id, move)
