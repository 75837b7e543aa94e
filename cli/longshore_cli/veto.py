"""`longshore veto` and `unveto`: keep a release from a stage, and let it again."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from longshore.decide.vetoes import decide_veto
from longshore.decide.word import standing
from longshore.domain.holds import Veto, until_text
from longshore.domain.intents import IntentKind
from longshore.domain.places import StageId
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageSnapshot
from longshore.events.ecr import DIGEST
from longshore.events.outbound import release_detail
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.answer import Asked, tell
from longshore_cli.control import Control
from longshore_cli.deploy import by_alias, find_image
from longshore_cli.ends import End
from longshore_cli.errors import CommandError, ExitCode
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.rollback import named_release
from longshore_cli.status import parse_stage
from longshore_cli.wish import Wish, ask, check_reason, refused


def run_veto(place: Place, names: Sequence[str], wish: Wish, end: End) -> None:
    """Say which release never comes, and ask control for just that."""
    stage, until = parse_stage(wish.stage), end.moment()
    check_reason(wish.reason, f'longshore veto {stage} 1.4.2 --reason "it loses orders"')
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        snapshot = ledger.existing(stage)
        release = _named(access, snapshot, names)
        _check_possible(snapshot, release, until)
        body = _body(release, until=until.isoformat() if until else None)
        intent = ask(Control(access, installation), stage, IntentKind.VETO, wish.reason, **body)
    told = _told(wish, intent, release) | {"until": body["until"]}
    lines = (
        f"{release} is kept from {stage}{until_text(until)}, by whatever tag",
        f"      longshore unveto {stage} {release.id} --reason TEXT lifts it",
    )
    asked = Asked(stage, IntentKind.VETO, intent, told, lines)
    tell(asked, wish.output, access, ledger, wish.watch)


def run_unveto(place: Place, name: str, wish: Wish) -> None:
    """Ask control to lift the veto of a release, whoever gave it."""
    stage = parse_stage(wish.stage)
    check_reason(wish.reason, f'longshore unveto {stage} 1.4.2 --reason "the database was it"')
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        snapshot = ledger.existing(stage)
        release = _vetoed(stage, [veto.release for veto in snapshot.stage.vetoes], name)
        body = _body(release)
        intent = ask(Control(access, installation), stage, IntentKind.UNVETO, wish.reason, **body)
    lines = (f"{release} may come to {stage} again, where its policies choose it",)
    asked = Asked(stage, IntentKind.UNVETO, intent, _told(wish, intent, release), lines)
    tell(asked, wish.output, access, ledger, wish.watch)


def _told(wish: Wish, intent: str, release: Release) -> dict[str, object]:
    told: dict[str, object] = {"stage": wish.stage, "intent": intent, "reason": wish.reason}
    return told | {"release": release_detail(release)}


def _body(release: Release, **more: object) -> dict[str, object]:
    images = [{"alias": i.alias, "digest": i.digest, "tag": i.tag} for i in release.images]
    return {"images": images, **more}


def _named(access: Access, snapshot: StageSnapshot, names: Sequence[str]) -> Release:
    """Return the release of an id that the stage knows, or of images.

    A digest is vetoed whether or not the registry has it, yet or any more.
    """
    by_id = [each for each in _known(snapshot) if [each.id] == list(names)]
    if by_id:
        return by_id[0]
    images = {image.alias: image for image in snapshot.spec.images}
    found: list[ReleasedImage] = []
    for alias, name in by_alias(snapshot, images, names, "veto").items():
        if DIGEST.fullmatch(name):
            found.append(ReleasedImage(alias, images[alias].repository, name))
        else:
            found.append(find_image(access.registry, images[alias], name))
    return Release.of(found)


def _known(snapshot: StageSnapshot) -> Iterator[Release]:
    stage = snapshot.stage
    held = stage.hold.release if stage.hold else None
    would = stage.would.release if stage.would else None
    for release in (standing(snapshot), stage.live, *stage.verified, held, would):
        if release is not None:
            yield release


def _check_possible(snapshot: StageSnapshot, release: Release, until: datetime | None) -> None:
    """Refuse what the stage would decline as it is now; what waits to be heard may change that."""
    asked = Veto(release.content, release, "", snapshot.applied_at, "whoever asks", until)
    stay = decide_veto(snapshot, asked)
    if stay is not None and not snapshot.intents:
        raise refused(snapshot.stage.id, stay)


def _vetoed(stage: StageId, vetoed: Sequence[Release], name: str) -> Release:
    found = named_release(vetoed, name)
    if isinstance(found, Release):
        return found
    what = f"names {len(found)} vetoed releases" if found else "is not vetoed"
    raise CommandError(
        f"{name} {what} of {stage}" if found else f"{name} {what} in {stage}",
        details=tuple(f"{each.id}  {each}" for each in found or vetoed),
        next_step=f"longshore status {stage} shows what is vetoed",
        code=ExitCode.FAILED if found else ExitCode.NOTHING_TO_DO,
    )
