"""What a chat is told, in every kind and size."""

from collections.abc import Mapping
from dataclasses import replace

from longshore.domain.chat import Commit, LastLines, Telling
from longshore.domain.outcomes import EventName
from tests.support.builders import STAGE, make_announcement

OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64
REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout"
CAUSE = "staging/web did not come up: tasks failed to start."
WENT_BACK = "The stage is being returned to its stable release."


def image(tag: str | None, digest: str) -> Mapping[str, object]:
    """An image as an event tells it."""
    return {"repository": REPOSITORY, "tag": tag, "digest": digest}


def telling(name: EventName, sequence: int = 1, **detail: object) -> Telling:
    """What is told of a deployment from 1.0.0 to 1.1.0."""
    known: dict[str, object] = {
        "deployment": f"{STAGE}#1",
        "release": {"app": image("1.1.0", NEW)},
        "before": {"app": image("1.0.0", OLD)},
        "trigger": {"kind": "push", "actor": None},
        "reason": "1.1.0 is newer",
    }
    announcement = replace(make_announcement(sequence), name=name, detail={**known, **detail})
    return Telling(announcement)


STARTED = telling(EventName.DEPLOYMENT_STARTED, 1, phase="Progressing")
FOUND = replace(
    telling(
        EventName.DEPLOYMENT_FAILED,
        2,
        phase="RollingBack",
        failure={"summary": CAUSE, "container": "web"},
        reason=f"{CAUSE} {WENT_BACK}",
    ),
    commits={"app": Commit("abcdef1234567890", "https://github.com/shop/checkout/commit/abcdef12")},
    last_lines=LastLines("web", ("listening", "panic: no database")),
    mention=("S0123ABCDE", "here"),
)
BACK = telling(
    EventName.DEPLOYMENT_ROLLED_BACK,
    3,
    phase="RolledBack",
    failure={"summary": CAUSE, "container": "web"},
    reason=f"{CAUSE} The stage is back on 1.0.0.",
    seconds=95,
)

HOSTILE = "<!channel> *x* <https://evil|click> & `boom` ```\u202e\x1b[31m"
LONG = "<&>" * 2000


def worst(text: str) -> Telling:
    """A telling that is full of a text, everywhere and more often than there is room."""
    release = {f"image-{n}": image(text, NEW) for n in range(40)}
    before = {f"image-{n}": image(f"{text}0", OLD) for n in range(40)}
    filled = telling(
        EventName.DEPLOYMENT_FAILED,
        release=release,
        before=before,
        deployment=text,
        reason=f"{text} and then {text}",
        phase="RollingBack",
        trigger={"kind": "deploy", "actor": text},
        failure={"summary": text, "container": text, "last_event": text},
        seconds=10**9,
    )
    return replace(
        filled,
        commits={f"image-{n}": Commit(f"{n:040d}", f"https://git/{'x' * 300}") for n in range(40)},
        last_lines=LastLines(text, (text,) * 50),
        mention=("S0123ABCDE",) * 100,
    )
