"""Check what people ask of a stage, before it is kept: each kind of wish has words of its own."""

import re
from collections.abc import Callable, Mapping

from longshore.domain.configuration import StageSpec
from longshore.domain.intents import Intent, IntentKind
from longshore.events.documents import shown
from longshore.events.ecr import DIGEST, TAG
from longshore.usecases.control_ports import InvalidError

_RELEASE = re.compile(r"[0-9a-f]{12}")
_AS_THE_COMMAND = "send what the longshore command sends"


def check_intent(intent: Intent, spec: StageSpec) -> None:
    """Raise InvalidError where a wish lacks what its kind needs, or has another kind's."""
    if intent.images and intent.kind is not IntentKind.DEPLOY:
        raise InvalidError(f"a {intent.kind} names no images", _AS_THE_COMMAND)
    if (intent.to or intent.leaving) and intent.kind is not IntentKind.ROLLBACK:
        raise InvalidError(f"a {intent.kind} goes from no release to another", _AS_THE_COMMAND)
    if check := _CHECKS.get(intent.kind):
        check(intent, spec)


def _check_deploy(intent: Intent, spec: StageSpec) -> None:
    if not intent.images:
        raise InvalidError("a deploy names at least one image", _AS_THE_COMMAND)
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
        raise InvalidError("a deploy names an image twice", "name each image once")


def _check_rollback(intent: Intent, _: StageSpec) -> None:
    if intent.to is None:
        raise InvalidError("a rollback names the release to go back to", _AS_THE_COMMAND)
    for release in (intent.to, intent.leaving):
        if release is not None and _RELEASE.fullmatch(release) is None:
            raise InvalidError(f"{shown(release)} is no release", _AS_THE_COMMAND)


_CHECKS: Mapping[IntentKind, Callable[[Intent, StageSpec], None]] = {
    IntentKind.DEPLOY: _check_deploy,
    IntentKind.ROLLBACK: _check_rollback,
}
