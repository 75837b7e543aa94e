"""Check what people ask of a stage, before it is kept: each kind of wish has words of its own."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from longshore.domain.configuration import StageSpec
from longshore.domain.intents import ENDING, Intent, IntentKind
from longshore.events.documents import shown
from longshore.events.ecr import DIGEST, TAG
from longshore.usecases.control_ports import InvalidError

_RELEASE = re.compile(r"[0-9a-f]{12}")
_NAMING_IMAGES = frozenset({IntentKind.DEPLOY, IntentKind.PIN, IntentKind.VETO, IntentKind.UNVETO})
LONGEST = timedelta(days=366)
"""The furthest end of what a person asks for: beyond that nobody remembers why."""

_AS_THE_COMMAND = "send what the longshore command sends"


def check_intent(intent: Intent, spec: StageSpec) -> None:
    """Raise InvalidError where a wish lacks what its kind needs, or has another kind's."""
    kind, a_wish = intent.kind, _called(intent)
    if intent.images and kind not in _NAMING_IMAGES:
        raise InvalidError(f"{a_wish} names no images", _AS_THE_COMMAND)
    if (intent.to or intent.leaving) and kind not in {IntentKind.ROLLBACK, IntentKind.PIN}:
        raise InvalidError(f"{a_wish} goes from no release to another", _AS_THE_COMMAND)
    if intent.pinned and kind not in {IntentKind.PIN, IntentKind.UNPIN}:
        raise InvalidError(f"{a_wish} is of no pin", _AS_THE_COMMAND)
    if intent.number is not None and kind is not IntentKind.ABORT:
        raise InvalidError(f"{a_wish} is of no deployment", _AS_THE_COMMAND)
    check_until(intent.until, intent.at, ends=kind in ENDING, what=a_wish)
    if check := _CHECKS.get(intent.kind):
        check(intent, spec)


def _called(intent: Intent) -> str:
    return f"{'an' if intent.kind[0] in 'aeiou' else 'a'} {intent.kind}"


def check_until(until: datetime | None, now: datetime, *, ends: bool, what: str) -> None:
    """Raise InvalidError where something ends that cannot, or at no moment to come."""
    if until is None:
        return
    if not ends:
        raise InvalidError(f"{what} has no end of its own", "leave --for and --until out")
    if not now < until <= now + LONGEST:
        raise InvalidError(
            f"{until:%Y-%m-%d %H:%M}Z is not within the {LONGEST.days} days to come",
            "name a moment to come with --for or --until, or leave it out: then a person ends it",
        )


def _check_images(intent: Intent, spec: StageSpec) -> None:
    if not intent.images:
        raise InvalidError(f"{_called(intent)} names at least one image", _AS_THE_COMMAND)
    known = {image.alias for image in spec.images}
    for image in intent.images:
        if image.alias not in known:
            names = ", ".join(sorted(known))
            raise InvalidError(
                f"{intent.stage} has no image {shown(image.alias)}", f"name one of its own: {names}"
            )
        if DIGEST.fullmatch(image.digest) is None:
            raise InvalidError(f"{shown(image.digest)} is no digest", _AS_THE_COMMAND)
        if image.tag is not None and TAG.fullmatch(image.tag) is None:
            raise InvalidError(f"{shown(image.tag)} is no tag", _AS_THE_COMMAND)
    if len({image.alias for image in intent.images}) < len(intent.images):
        raise InvalidError(f"{_called(intent)} names an image twice", "name each image once")


def _check_rollback(intent: Intent, _: StageSpec) -> None:
    if intent.to is None:
        raise InvalidError("a rollback names the release to go back to", _AS_THE_COMMAND)
    _check_releases(intent.to, intent.leaving)


def _check_pin(intent: Intent, spec: StageSpec) -> None:
    if (intent.to is None) is (not intent.images):
        raise InvalidError("a pin names one release, by its id or its images", _AS_THE_COMMAND)
    if intent.images:
        _check_images(intent, spec)
    _check_releases(intent.to, intent.leaving, intent.pinned)


def _check_unpin(intent: Intent, _: StageSpec) -> None:
    if intent.pinned is None:
        raise InvalidError("an unpin names the release that is pinned", _AS_THE_COMMAND)
    _check_releases(intent.pinned)


def _check_abort(intent: Intent, _: StageSpec) -> None:
    if intent.number is None or intent.number < 1:
        raise InvalidError("an abort names the deployment that it ends", _AS_THE_COMMAND)


def _check_releases(*releases: str | None) -> None:
    for release in releases:
        if release is not None and _RELEASE.fullmatch(release) is None:
            raise InvalidError(f"{shown(release)} is no release", _AS_THE_COMMAND)


_CHECKS: Mapping[IntentKind, Callable[[Intent, StageSpec], None]] = {
    IntentKind.DEPLOY: _check_images,
    IntentKind.ROLLBACK: _check_rollback,
    IntentKind.PIN: _check_pin,
    IntentKind.UNPIN: _check_unpin,
    IntentKind.VETO: _check_images,
    IntentKind.UNVETO: _check_images,
    IntentKind.ABORT: _check_abort,
}
