"""Small stories of people who pin, veto, abort and freeze some, and of words that end by time."""

from collections.abc import Mapping

from tests.simulation.crash.scenario import (
    A_WHILE,
    CRASHES,
    LATER,
    NEVER_SETTLES,
    ONE,
    OUTCOME,
    TWO,
    Scenario,
    make_plan,
)

KEPT_BY_PEOPLE: Mapping[str, Scenario] = {
    "pinned": Scenario(
        "A stage stays on what is live; an image and a retry wait until it is unpinned.",
        make_plan(
            [TWO],
            (1, "push", 0, 0),
            (LATER, "pin", 1, 2),
            (60, "push", 0, 0),
            (60, "retry", 0, 0),
            (LATER, "unpin", 1, 2),
            A_WHILE,
        ),
        ("is pinned to", "is pinned no more", "shop/staging#2 is Succeeded"),
        aspects=OUTCOME,
    ),
    "pinned to another": Scenario(
        "A release that was verified before is pinned and brought; a rollback ends the pin.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "pin", 1, 0),
            (60, "repeat_request", 0, 0),
            (LATER, "push", 0, 0),
            (60, "roll_back", 0, 0),
            A_WHILE,
        ),
        ("is pinned to", "shop/staging#3 is Succeeded", "is pinned no more", "is paused"),
        aspects=OUTCOME,
    ),
    "pinned for a while": Scenario(
        "An older image is pinned by name for sixteen minutes; then the newest ships, once.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "pin", 0, 1),
            (LATER, "wait", 0, 0),
        ),
        ("is pinned to", "shop/staging#3 is Succeeded", "shop/staging#4 is Succeeded"),
        aspects=OUTCOME,
    ),
    "pinned to what fails": Scenario(
        "An image that crashes is pinned: it is taken back, and with that the pin ends.",
        make_plan(
            [TWO],
            (1, "push_bad", 0, CRASHES),
            (LATER, "pin", 1, 1),
            A_WHILE,
        ),
        ("is pinned to", "is pinned no more", "shop/staging#2 is RolledBack"),
        aspects=OUTCOME,
    ),
    "paused for a while": Scenario(
        "A stage is paused for three minutes, in which an image comes.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "pause_for", 0, 0),
            (30, "push", 0, 0),
            (LATER, "wait", 0, 0),
        ),
        ("is paused", "is resumed", "shop/staging#2 is Succeeded"),
        aspects=OUTCOME,
    ),
    "vetoed by people": Scenario(
        "A person vetoes what was there before, for a while and then for good, and lifts it.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "veto", 0, 2),
            (60, "veto", 1, 0),
            (60, "repeat_request", 0, 0),
            (LATER, "unveto", 0, 0),
            A_WHILE,
        ),
        ("vetoes", "vetoes no more"),
        aspects=OUTCOME,
    ),
    "vetoed for a while": Scenario(
        "A veto of sixteen minutes ends by itself.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "veto", 0, 1),
            (LATER, "wait", 0, 0),
        ),
        ("vetoes", "vetoes no more"),
        aspects=OUTCOME,
    ),
    "aborted": Scenario(
        "A person ends what never settles; its release stays away, and the next one comes.",
        make_plan(
            [TWO],
            (1, "push", 0, 0),
            (LATER, "push_bad", 0, NEVER_SETTLES),
            (60, "abort", 1, 0),
            (60, "abort", 1, 0),
            (LATER, "push", 0, 0),
            A_WHILE,
        ),
        ("shop/staging#2 is RolledBack", "aborted it", "shop/staging#3 is Succeeded"),
        aspects=OUTCOME,
    ),
    "some frozen": Scenario(
        "An application is frozen until a person ends it, then a stage until its time is over.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "freeze_some", 1, 0),
            (60, "push", 0, 0),
            (600, "unfreeze_some", 1, 0),
            (LATER, "freeze_some", 0, 1),
            (60, "push", 0, 0),
            (LATER, "wait", 0, 0),
        ),
        ("shop/staging#2 is Succeeded", "shop/staging#3 is Succeeded"),
        aspects=OUTCOME,
    ),
    "back to what is whole": Scenario(
        "A person goes back; the image of the release before was deleted, so it is the one before.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "delete_image", 0, 1),
            (60, "go_back", 0, 0),
            A_WHILE,
        ),
        ("is paused", "shop/staging#3 is Succeeded"),
        aspects=OUTCOME,
    ),
}
"""Scenarios by their names."""
