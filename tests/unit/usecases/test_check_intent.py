"""Wishes that lack what their kind needs, or have another kind's, are refused in a sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.intents import Intent, IntentKind, WantedImage
from longshore.usecases.check_intent import LONGEST, check_intent
from longshore.usecases.control_ports import InvalidError
from tests.support.builders import STAGE, make_digest, make_spec
from tests.support.fakes import NOON

APP = WantedImage("app", make_digest(1), "v1")
RELEASE = "0123456789ab"
SOON = NOON + timedelta(hours=2)
WISH = Intent("wish-0001", STAGE, IntentKind.PIN, "arn:of:ada", "because", NOON)
PIN = replace(WISH, to=RELEASE, leaving=RELEASE)
UNPIN = replace(WISH, kind=IntentKind.UNPIN, pinned=RELEASE)
VETO = replace(WISH, kind=IntentKind.VETO, images=(APP,))
ABORT = replace(WISH, kind=IntentKind.ABORT, number=7)
PAUSE = replace(WISH, kind=IntentKind.PAUSE)


@pytest.mark.parametrize(
    "wish",
    [
        PIN,
        replace(PIN, pinned=RELEASE, until=SOON),
        replace(WISH, images=(APP,), leaving=None),
        UNPIN,
        VETO,
        replace(VETO, until=SOON),
        replace(VETO, kind=IntentKind.UNVETO),
        ABORT,
        replace(PAUSE, until=NOON + LONGEST),
    ],
)
def test_what_is_whole_is_taken(wish: Intent) -> None:
    check_intent(wish, make_spec())


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (WISH, "a pin names one release"),
        (replace(PIN, images=(APP,)), "a pin names one release"),
        (replace(PIN, to="latest"), '"latest" is no release'),
        (replace(PIN, pinned="latest"), '"latest" is no release'),
        (replace(WISH, images=(APP, APP)), "a pin names an image twice"),
        (replace(WISH, images=(replace(APP, alias="no"),)), 'has no image "no"'),
        (replace(UNPIN, pinned=None), "an unpin names the release"),
        (replace(UNPIN, pinned="latest"), '"latest" is no release'),
        (replace(VETO, images=()), "a veto names at least one image"),
        (replace(VETO, to=RELEASE), "a veto goes from no release to another"),
        (replace(VETO, pinned=RELEASE), "a veto is of no pin"),
        (replace(VETO, images=(replace(APP, digest="latest"),)), "is no digest"),
        (replace(ABORT, number=None), "an abort names the deployment"),
        (replace(ABORT, number=0), "an abort names the deployment"),
        (replace(ABORT, images=(APP,)), "an abort names no images"),
        (replace(PAUSE, number=7), "a pause is of no deployment"),
        (replace(UNPIN, until=SOON), "an unpin has no end of its own"),
        (replace(PAUSE, until=NOON), "is not within the 366 days to come"),
        (replace(PAUSE, until=NOON - timedelta(days=1)), "is not within"),
        (replace(PAUSE, until=NOON + LONGEST + timedelta(seconds=1)), "is not within"),
    ],
)
def test_what_is_not_is_refused_with_what_to_do(wish: Intent, says: str) -> None:
    with pytest.raises(InvalidError, match=says) as refused:
        check_intent(wish, make_spec())

    assert refused.value.next_step
