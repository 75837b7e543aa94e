"""`longshore pin` and `unpin`: have a stage stay on a release, and let it go again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longshore.decide.pins import Keep, Seen, decide_pin, known_release
from longshore.decide.promotion import Stay, declined
from longshore.decide.word import standing
from longshore.domain.holds import until_text
from longshore.domain.intents import IntentKind
from longshore.domain.releases import Release
from longshore.domain.stages import StageSnapshot
from longshore.events.outbound import release_detail
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.answer import Asked, tell
from longshore_cli.control import Control
from longshore_cli.deploy import find_images, whole_release
from longshore_cli.ends import End
from longshore_cli.errors import CommandError, ExitCode
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.status import parse_stage
from longshore_cli.wish import Wish, ask, check_reason, refused


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be pinned: the release, and how control is told of it."""

    release: Release
    body: Mapping[str, object]


def run_pin(place: Place, names: Sequence[str], wish: Wish, end: End) -> None:
    """Say what the stage stays on, and ask control for just that."""
    stage, until = parse_stage(wish.stage), end.moment()
    check_reason(wish.reason, f'longshore pin {stage} --reason "the load test runs"')
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        snapshot = ledger.existing(stage)
        wanted = _wanted(access, snapshot, names)
        seen = _seen(snapshot)
        move = decide_pin(snapshot, wanted.release, seen, until)
        if isinstance(move, Stay):
            raise refused(stage, move)
        if not isinstance(move, Keep) and snapshot.freeze is not None:
            raise refused(stage, declined(snapshot.freeze.told))
        more = {**wanted.body, "leaving": seen.there, "pinned": seen.pinned}
        more |= {"until": until.isoformat() if until else None}
        control = Control(access, installation)
        intent = ask(control, stage, IntentKind.PIN, wish.reason, **more)
    told: dict[str, object] = {"stage": wish.stage, "intent": intent, "reason": wish.reason}
    told |= {"release": release_detail(wanted.release), "until": more["until"]}
    does = "stays on" if isinstance(move, Keep) else "is being brought to, and stays on,"
    lines = (
        f"{stage} {does} {wanted.release}{until_text(until)}",
        "pinned: nothing else ships, by itself or by `longshore deploy`, until",
        f"      longshore unpin {stage} --reason TEXT",
    )
    tell(Asked(stage, IntentKind.PIN, intent, told, lines), wish.output, access, ledger, wish.watch)


def run_unpin(place: Place, wish: Wish) -> None:
    """Ask control to end the pin that the stage has now."""
    stage = parse_stage(wish.stage)
    check_reason(wish.reason, f'longshore unpin {stage} --reason "the load test is over"')
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        pin = ledger.existing(stage).stage.pin
        if pin is None:
            raise CommandError(
                f"{stage} is not pinned",
                next_step=f"longshore status {stage} shows what else keeps it, if anything does",
                code=ExitCode.NOTHING_TO_DO,
            )
        control = Control(access, installation)
        intent = ask(control, stage, IntentKind.UNPIN, wish.reason, pinned=pin.release.id)
    told: dict[str, object] = {"stage": wish.stage, "intent": intent, "reason": wish.reason}
    told |= {"release": release_detail(pin.release)}
    lines = (f"{stage} need not stay on {pin.release} any more; what its policies choose ships",)
    asked = Asked(stage, IntentKind.UNPIN, intent, told, lines)
    tell(asked, wish.output, access, ledger, wish.watch)


def _seen(snapshot: StageSnapshot) -> Seen:
    there, pin = standing(snapshot), snapshot.stage.pin
    return Seen(there.id if there else None, pin.release.id if pin else None)


def _wanted(access: Access, snapshot: StageSnapshot, names: Sequence[str]) -> _Wanted:
    """Return the release that is named by its id or its images; the present one where none is."""
    there = standing(snapshot)
    known = known_release(snapshot, names[0]) if len(names) == 1 else None
    release = known if names else there
    if release is not None:
        return _Wanted(release, {"to": release.id})
    if not names or there is None:
        raise CommandError(
            f"{snapshot.stage.id} is on no release that all its services share",
            details=tuple(f"{each.id}  {each}" for each in snapshot.stage.verified),
            next_step=f"longshore pin {snapshot.stage.id} ID pins one that was verified",
        )
    named = Release.of(find_images(access.registry, snapshot, names))
    whole = whole_release(snapshot, named, there)
    if whole.content == there.content:
        return _Wanted(there, {"to": there.id})
    images = [{"alias": i.alias, "digest": i.digest, "tag": i.tag} for i in named.images]
    return _Wanted(whole, {"images": images})
