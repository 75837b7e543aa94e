"""What ECR's rules do to one image; the examples A and B are those of its user guide."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from longshore_cli.doctor.lifecycle import Fate, Rule, StoredImage, fate_of, parse_policy

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def stored(digest: str, *tags: str, days: float, archived: bool = False) -> StoredImage:
    return StoredImage(digest, tags, NOW - timedelta(days=days), archived=archived)


def rule(priority: int, status: str, count: str, number: int, **more: object) -> dict[str, object]:
    """A rule as it stands in a policy; `more` goes into its selection or action."""
    action = more.pop("action", {"type": "expire"})
    unit = {} if count == "imageCountMoreThan" else {"countUnit": "days"}
    selection = {"tagStatus": status, "countType": count, "countNumber": number, **unit, **more}
    return {"rulePriority": priority, "selection": selection, "action": action}


def policy(*rules: dict[str, object]) -> tuple[Rule, ...]:
    return parse_policy(json.dumps({"rules": list(rules)}))


def gone(rules: tuple[Rule, ...], *images: StoredImage) -> list[str]:
    """The digests that ECR expires with its next look."""
    fates = {image.digest: fate_of(image, rules, images, NOW) for image in images}
    return [digest for digest, fate in fates.items() if fate and fate.due]


A = stored("a", "beta-1", "prod-1", days=10)
B = stored("b", "beta-2", "prod-2", days=9)
C = stored("c", "beta-3", days=8)
COUNT_BETA = {"tagPrefixList": ["beta"]}
COUNT_PROD = {"tagPrefixList": ["prod"]}


def test_what_an_earlier_rule_is_about_a_later_one_leaves_alone() -> None:
    """Example A: the second rule counts A and B, but may take neither."""
    rules = policy(
        rule(1, "tagged", "imageCountMoreThan", 1, **COUNT_PROD),
        rule(2, "tagged", "imageCountMoreThan", 1, **COUNT_BETA),
    )

    assert gone(rules, A, B, C) == ["a"]


def test_the_order_of_priorities_decides_and_not_that_of_the_text() -> None:
    """Example B: the same rules the other way round."""
    rules = policy(
        rule(2, "tagged", "imageCountMoreThan", 1, **COUNT_PROD),
        rule(1, "tagged", "imageCountMoreThan", 1, **COUNT_BETA),
    )

    assert gone(rules, A, B, C) == ["a", "b"]


@pytest.mark.parametrize("key", ["tagPrefixList", "tagPatternList"])
def test_several_prefixes_or_patterns_are_all_to_be_met(key: str) -> None:
    wanted = ["alpha", "beta"] if key == "tagPrefixList" else ["alpha*", "beta*"]
    rules = policy(rule(1, "tagged", "sinceImagePushed", 5, **{key: wanted}))
    both = stored("both", "alpha-1", "beta-1", days=12)

    assert gone(rules, stored("one", "alpha-1", days=12), both) == ["both"]


@pytest.mark.parametrize(
    ("pattern", "tag", "met"),
    [
        ("prod*", "prod-1", True),
        ("prod*", "my-prod", False),
        ("*prod", "my-prod", True),
        ("v1.*", "v1x2", False),
        ("*.4.*", "1.4.2", True),
        ("prod", "prod-1", False),
    ],
)
def test_a_pattern_knows_no_wildcard_but_the_star(pattern: str, tag: str, *, met: bool) -> None:
    rules = policy(rule(1, "tagged", "sinceImagePushed", 1, tagPatternList=[pattern]))

    assert (gone(rules, stored("it", tag, days=2)) == ["it"]) is met


def test_untagged_images_are_no_tagged_ones() -> None:
    rules = policy(rule(1, "untagged", "sinceImagePushed", 1))

    assert gone(rules, stored("tagged", "main", days=9), stored("bare", days=9)) == ["bare"]


def test_any_means_both() -> None:
    rules = policy(rule(1, "any", "imageCountMoreThan", 1))

    assert gone(rules, stored("old", "main", days=9), stored("new", days=8)) == ["old"]


def test_the_pushes_that_are_left_are_told() -> None:
    rules = policy(rule(3, "any", "imageCountMoreThan", 10))
    others = [stored(f"newer-{number}", days=number) for number in range(1, 7)]
    live = stored("live", "main", days=9)

    assert fate_of(live, rules, [live, *others], NOW) == Fate(3, archives=False, pushes=4)


def test_only_images_that_the_rule_is_about_push_another_one_out() -> None:
    rules = policy(rule(1, "tagged", "imageCountMoreThan", 2, tagPatternList=["v*"]))
    live = stored("live", "v1", days=9)
    others = [stored("bare", days=1), stored("main", "main", days=1), stored("v2", "v2", days=1)]

    assert fate_of(live, rules, [live, *others], NOW) == Fate(1, archives=False, pushes=1)


def test_the_time_that_is_left_is_told() -> None:
    rules = policy(rule(1, "any", "sinceImagePushed", 30))
    fate = fate_of(stored("live", "main", days=26), rules, [], NOW)

    assert fate == Fate(1, archives=False, wait=timedelta(days=4))
    assert fate is not None
    assert fate.soon(0, timedelta(days=5))
    assert not fate.soon(9, timedelta(days=3))
    assert not fate.due


def test_pulls_keep_an_image_where_the_rule_goes_by_them() -> None:
    archive = {"type": "transition", "targetStorageClass": "archive"}
    rules = policy(rule(1, "any", "sinceImagePulled", 90, action=archive))
    never = stored("never", "v1", days=100)
    pulled = replace(never, pulled_at=NOW - timedelta(days=1))

    assert fate_of(never, rules, [], NOW) == Fate(1, archives=True, wait=timedelta(days=-10))
    assert fate_of(pulled, rules, [], NOW) == Fate(1, archives=True, wait=timedelta(days=89))


def test_rules_of_the_archive_are_about_archived_images_only() -> None:
    rules = policy(
        rule(1, "any", "sinceImageTransitioned", 1, storageClass="archive"),
        rule(2, "any", "imageCountMoreThan", 1),
    )
    archived = stored("archived", days=9, archived=True)
    live = stored("live", "main", days=8)

    assert fate_of(live, rules, [archived, live], NOW) == Fate(2, archives=False, pushes=1)
    assert fate_of(archived, rules, [archived, live], NOW) is None


def test_without_a_rule_nothing_happens() -> None:
    assert fate_of(A, (), [A], NOW) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "a list where a JSON object is expected"),
        ('{"rules": ' + "[" * 100_000, "nested too deeply"),
        ('{"rules": [1]}', "no list of rules"),
        ("{", "not JSON: expecting"),
        ('{"rules": [{"rulePriority": 1}]}', "no selection"),
        (json.dumps({"rules": [rule(1, "any", "sinceMoon", 1)]}), "countType 'sinceMoon'"),
        (json.dumps({"rules": [rule(1, "some", "imageCountMoreThan", 1)]}), "tagStatus 'some'"),
        (
            json.dumps({"rules": [rule(1, "any", "sinceImagePushed", 1, countUnit="weeks")]}),
            "weeks",
        ),
        (
            json.dumps({"rules": [rule(1, "any", "imageCountMoreThan", 1, countNumber="9")]}),
            "number",
        ),
    ],
)
def test_what_is_not_understood_is_not_guessed(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_policy(text)
