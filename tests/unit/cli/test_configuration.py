"""`longshore.yaml`: every problem with its place, and the same judgement as control's."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longshore.domain.places import Home
from longshore.events.sections import ConfigurationError
from longshore.usecases.read_configuration import read_configuration
from longshore_cli.configuration.models import json_schema
from longshore_cli.configuration.reading import check, load_configuration
from longshore_cli.configuration.source import MOST_BYTES, parse_source
from longshore_cli.errors import UsageError
from tests.unit.cli.conftest import run

HOME = Home("aws", "123456789012", "eu-central-1")
SCHEMA = Path(__file__).parent.parent.parent.parent / "docs/longshore.schema.json"

VALID: dict[str, Any] = {
    "apiVersion": "longshore/v1",
    "application": "shop",
    "images": {
        "app": {"repository": "team/shop", "select": {"tag": "main"}},
        "jobs": {
            "repository": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/jobs",
            "select": {"semver": "^1.4"},
        },
    },
    "stages": {
        "staging": {
            "mode": "deploy",
            "deadline": "30m",
            "bake": "10m",
            "alarms": {"watch": ["shop-5xx"], "onNoData": "pass", "cooldown": "2m"},
            "region": "eu-central-1",
            "targets": [
                {"service": "staging/web", "containers": {"web": "app"}, "base": "service"},
                {"service": "staging/jobs", "base": "latest"},
            ],
        },
        "production": {"account": "123456789012", "targets": [{"service": "prod/web"}]},
    },
    "pipelines": ["shop", {"name": "shop.images", "limit": "90m"}],
    "git": [
        {
            "github": "acme/shop",
            "branches": ["main", "release/*"],
            "paths": ["web/**"],
            "pushers": ["ada"],
            "pipeline": "shop",
            "source": "Source",
            "variables": ["GIT_COMMIT"],
        },
        {"gitlab": "acme/team/jobs", "tags": ["v*"], "build": "jobs-image"},
    ],
}


def as_yaml(document: object) -> bytes:
    """JSON is YAML."""
    return json.dumps(document, ensure_ascii=False).encode()


def problems(text: str) -> list[str]:
    return [str(problem) for problem in check(text.encode())[1]]


def control_accepts(document: object) -> bool:
    try:
        read_configuration(
            document,
            home=HOME,
            number=1,
            applied_by="",
            applied_at=datetime(2026, 11, 23, tzinfo=UTC),
            deploy=False,
        )
    except ConfigurationError:
        return False
    return True


def put(document: Any, path: tuple[str | int, ...], value: object) -> Any:  # noqa: ANN401  # JSON
    """Return a copy of a document with one value replaced or added."""
    copy = json.loads(json.dumps(document))
    place = copy
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return copy


def without(document: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401  # as above
    copy = json.loads(json.dumps(document))
    place = copy
    for part in path[:-1]:
        place = place[part]
    del place[path[-1]]
    return copy


def paths(document: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401  # as above
    found = [at] if at else []
    entries = dict(enumerate(document)) if isinstance(document, list) else document
    for key, value in entries.items() if isinstance(entries, dict) else ():
        found += paths(value, (*at, key))
    return found


def test_the_example_is_valid() -> None:
    assert problems(as_yaml(VALID).decode()) == []
    assert control_accepts(VALID)


# ── the same judgement as control's ───────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    [
        *(
            "",
            "x",
            "a/b",
            "shop",
            "main",
            "latest",
            "observe",
            "30m",
            "7d",
            "8d",
            "9s",
            "^1",
            "1,2",
        ),
        *("123456789012", "eu-central-1", "us-east-1", "app", "App", "no such", "-a", "a" * 41),
        *("longshore/v2", "*", "^1 ||", "\u00e9", "team//shop", "shop:1", "a/b/c", "1.4", "0m"),
        "210987654321.dkr.ecr.us-east-1.amazonaws.com/shop",
    ]
)
KEYS = st.sampled_from(
    [
        *("apiVersion", "application", "images", "stages", "repository", "select", "tag", "semver"),
        *("targets", "service", "containers", "base", "mode", "deadline", "account", "region"),
        *("slack", "on", "stages", "mention", "#shop", "started", "S0123ABCDE", "here"),
        *("pipelines", "name", "limit"),
        *("git", "github", "bitbucket", "branches", "paths", "pipeline", "build", "variables"),
        *("approval", "notify", "schedule", "newest", "before", "after", "windows", "soak", "x y"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.floats(0, 2) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS | WORDS, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def documents(draw: st.DrawFn) -> object:
    """The valid document after one to three changes anywhere."""
    document = VALID
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths(document)))
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "remove":
            document = without(document, path)
        elif change == "replace":
            document = put(document, path, draw(VALUES))
        elif isinstance(path[-1], str):
            document = put(document, (*path[:-1], draw(KEYS)), draw(VALUES))
        if not paths(document):
            break
    return document


@given(document=documents())
@settings(max_examples=400)
def test_the_command_and_control_accept_the_same_files(document: object) -> None:
    found = check(as_yaml(document))[1]

    assert (not found) == control_accepts(document), found


@given(document=documents())
@settings(max_examples=100)
def test_every_problem_has_a_place_and_a_sentence(document: object) -> None:
    for problem in check(as_yaml(document))[1]:
        assert problem.position.line >= 1
        assert problem.position.column >= 1
        assert len(problem.message) > 5
        assert "\n" not in problem.message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("images", "app", "repository"), "210987654321.dkr.ecr.us-east-1.amazonaws.com/shop"),
        (("images", "app", "account"), "210987654321"),
        (("stages", "production", "deadline"), "7d"),
        (("stages", "production", "targets"), [{"service": f"a/b{n}"} for n in range(90)]),
        (("images", "jobs", "select"), {"semver": ">=1.2 <2 || ^3"}),
        (("images", "Job_2"), {"repository": "jobs2", "select": {"tag": "2024-01-01"}}),
        (("pipelines",), [{"name": "a_b@c.d-e"}, "x"]),
        (("pipelines", 1, "limit"), "10m"),
        (("pipelines",), [f"p{number}" for number in range(20)]),
        (("git", 0, "paths"), ["app/[id]/page.tsx", "**/*.sql", "a b"]),
        (("git", 0, "pushers"), ["dependabot[bot]", "557058:c5b3", "{a54f16da}"]),
        (("git", 1, "gitlab"), "a/b/c/d/e"),
        (("git", 1), {"bitbucket": "~ada/shop", "branches": ["**"], "pipeline": "a.b@c_d"}),
    ],
)
def test_what_is_valid_is_valid_for_both(path: tuple[str, ...], value: object) -> None:
    document = put(VALID, path, value)

    assert problems(as_yaml(document).decode()) == []
    assert control_accepts(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("stages", "production", "targets"), [{"service": "staging/web"}]),
        (("stages", "production", "targets"), [{"service": f"a/b{n}"} for n in range(91)]),
        (("images", "again"), {"repository": "team/shop", "select": {"tag": "next"}}),
        (("images", "app", "account"), "1"),
        (("stages", "production", "region"), "cn-north-1"),
        (("images", "jobs", "region"), "us-east-1"),
        (("images", "jobs", "select", "semver"), ""),
        (("images", "app", "select"), {}),
        (("stages", "staging", "targets", 0, "containers"), None),
        (("stages", "staging", "targets", 0, "containers"), {"web": "nobody"}),
        (("stages", "production", "account"), 123456789012),
        (("stages", "production", "account"), None),
        (("pipelines",), []),
        (("pipelines",), None),
        (("pipelines",), "shop"),
        (("pipelines",), ["shop", {"name": "shop"}]),
        (("pipelines",), ["a b"]),
        (("pipelines",), [{}]),
        (("pipelines",), [7]),
        (("pipelines",), [f"p{number}" for number in range(21)]),
        (("pipelines", 1, "limit"), "9m"),
        (("pipelines", 1, "limit"), "8d"),
        (("pipelines", 1, "limit"), 3600),
        (("pipelines", 1, "nmae"), "x"),
        (("git",), []),
        (("git", 0, "github"), "acme/shop/web"),
        (("git", 0, "github"), "acme/*"),
        (("git", 0, "github"), "acme/shop.git"),
        (("git", 0, "github"), "https://github.com/acme/shop"),
        (("git", 1, "gitlab"), "jobs"),
        (("git", 0, "bitbucket"), "acme/shop"),
        (("git", 0, "build"), "image"),
        (("git", 0, "branches"), ["refs/heads/main"]),
        (("git", 0, "branches"), ["!main"]),
        (("git", 0, "branches"), ["a..[b]"]),
        (("git", 0, "paths"), ["/web/**"]),
        (("git", 0, "paths"), ["./web"]),
        (("git", 0, "pushers"), ["ada*"]),
        (("git", 0, "pushers"), []),
        (("git", 0, "variables"), ["COMMIT"]),
        (("git", 0, "variables"), ["GIT_TAG", "GIT_TAG"]),
        (("git", 0, "pipeline"), "a/b"),
        (("git", 1, "build"), "-x"),
        (("git", 1, "source"), "Source"),
        (("git", 1, "variables"), ["GIT_TAG"]),
        (("git", 1), {"bitbucket": "a/b", "branches": ["x"], "paths": ["y"], "build": "image"}),
        (("git", 1), {"gitlab": "a/b", "build": "image"}),
        (("git", 1), {"branches": ["x"], "build": "image"}),
        (("git",), [{"gitlab": "a/b", "build": "image", "tags": ["x"]}] * 51),
    ],
)
def test_what_is_refused_is_refused_by_both(path: tuple[str, ...], value: object) -> None:
    document = put(VALID, path, value)

    assert len(problems(as_yaml(document).decode())) == 1
    assert not control_accepts(document)


def test_a_file_for_another_partition_is_judged_where_it_is_applied() -> None:
    """Which installation a file goes to is not known while it is read."""
    document = put(VALID, ("stages", "staging", "region"), "cn-north-1")
    document = put(document, ("images", "jobs", "repository"), "jobs")

    assert problems(as_yaml(document).decode()) == []
    assert not control_accepts(document)


def test_a_stage_that_is_too_large_is_told_how_large_it_may_be() -> None:
    targets = [{"service": f"a/b{number}"} for number in range(91)]
    document = put(VALID, ("stages", "production", "targets"), targets)

    (problem,) = problems(as_yaml(document).decode())

    assert "stages.production.targets: has too many entries; 90 are possible" in problem


def test_an_application_has_as_many_images_for_both() -> None:
    more = {f"i{number}": {"repository": "jobs", "select": {"tag": "main"}} for number in range(41)}
    document = put(VALID, ("images",), VALID["images"] | more)

    (problem,) = problems(as_yaml(document).decode())

    assert "images: has too many entries; 40 are possible" in problem
    assert not control_accepts(document)


# ── problems and their places ─────────────────────────────────────────────────────────────────

FILE = """\
apiVersion: longshore/v1
application: shop
images:
  app: {repository: shop, select: {tag: main}}
stages:
  staging:
    targets:
      - service: staging/web
"""


def test_all_problems_are_told_at_once_in_the_order_of_lines() -> None:
    text = (
        FILE.replace("service:", "servce:")
        .replace("tag: main", "tag: 1.10")
        .replace("application: shop", "application: Shop")
        + "    deadline: 90\n    mode: observ\n    approval: {count: 1}\nnotify: []\n"
    )

    name = "use 1 to 40 of a-z, 0-9 and '-', beginning and ending with a letter or digit"
    quotes = "is meant as text, put it in quotes"
    assert problems(text) == [
        f"2:14: application: 'Shop' is no valid name; {name}",
        f"4:41: images.app.select.tag: expected text, found a number; if 1.10 {quotes}",
        "8:9: stages.staging.targets[0].service: is missing",
        "8:9: stages.staging.targets[0].servce: unknown key; did you mean 'service'?",
        f"9:15: stages.staging.deadline: expected text, found a number; if 90 {quotes}",
        "10:11: stages.staging.mode: 'observ' is none of deploy, observe: did you mean 'observe'?",
        "11:5: stages.staging.approval: approval is not acted on by this version; remove it",
        "12:1: notify: is empty; at least one is needed",
    ]


@pytest.mark.parametrize(
    "key",
    ["after", "soak", "approval", "windows", "before", "strategy"],
)
def test_keys_of_later_versions_are_refused_by_their_names(key: str) -> None:
    assert problems(f"{FILE}    {key}: x\n") == [
        f"9:5: stages.staging.{key}: {key} is not acted on by this version; remove it"
    ]


@pytest.mark.parametrize("key", ["newest", "numerical", "alphabetical"])
def test_selections_of_later_versions_are_refused_by_their_names(key: str) -> None:
    text = FILE.replace("tag: main", f"{key}: x")

    assert f"4:36: images.app.select.{key}: {key} is not acted on by this version" in "".join(
        problems(text)
    )


def test_a_schedule_is_refused_by_its_name() -> None:
    schedule = FILE.replace("service: staging/web", "schedule: nightly")

    assert "schedule is not acted on by this version" in "".join(problems(schedule))


def test_a_stage_deploys_or_observes() -> None:
    assert problems(f"{FILE}    mode: observe\n") == []
    assert problems(f"{FILE}    mode: watch\n") == [
        "9:11: stages.staging.mode: 'watch' is none of deploy, observe: use one of deploy, observe"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: the file is empty"),
        ("- a\n", "1:1: expected an object, found a list"),
        ("null\n", "1:1: the file is empty"),
        ("a: 1\na: 2\n", "2:1: a: this key stands twice; the first is in line 1"),
        ("1: x\n", "1:1: a key must be text; put it in quotes"),
        ("[a]: x\n", "1:1: a key must be text; put it in quotes"),
        ("a: !!python/object:os.system x\n", "1:4: a: the tag tag:yaml.org,2002:python"),
        ("a: !Ref x\n", "1:4: a: the tag !Ref is not allowed here"),
        ("a: !!set {x}\n", "1:4: a: the tag tag:yaml.org,2002:set is not allowed here"),
        ("a: 1\n---\nb: 2\n", "2:1: a file holds one document, here a second begins"),
        ("a: *b\n", "1:4: found undefined alias 'b'"),
        ("a: &x [*x]\n", "nested too deeply, or contains itself"),
        ("[" * 5000, "nested too deeply"),
        ("a: b: c\n", "1:5: mapping values are not allowed here"),
        ("a:\n\t- b\n", "2:1: found character"),
        ("a: '", "1:5: found unexpected end of stream"),
        ("a: \x07", "the character U+0007 is not allowed in YAML"),
    ],
)
def test_what_is_no_file_of_ours_is_told_with_its_place(text: str, expected: str) -> None:
    assert expected in "\n".join(problems(text))


def test_bytes_that_are_no_utf_8_are_told_with_their_place() -> None:
    assert [str(each) for each in check(b"a: 1\nb: \xff\n")[1]] == ["2:4: this is not UTF-8"]


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert "larger than 100 KiB" in problems("#" * (MOST_BYTES + 1))[0]


def test_aliases_of_aliases_end_at_a_limit() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    assert "says more than 20000 values" in "\n".join(problems("\n".join(lines)))


def test_yaml_1_2_leaves_words_and_dates_as_text() -> None:
    source = parse_source(b"{on: off, yes: no, y: n, d: 2024-01-01, v: 012, t: 1:30, b: true}")

    assert source.value == {
        "on": "off",
        "yes": "no",
        "y": "n",
        "d": "2024-01-01",
        "v": "012",
        "t": "1:30",
        "b": True,
    }


def test_an_alias_and_an_anchor_are_read() -> None:
    text = FILE.replace("tag: main", "tag: &t main").replace(
        "  app:", "  other: {repository: other, select: {tag: *t}}\n  app:"
    )

    assert "undefined alias" in problems(text)[0]
    assert (
        problems(FILE + "  production:\n    targets: &t [{service: prod/web}]\n    deadline: 1h\n")
        == []
    )


def test_a_valid_file_is_loaded_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "longshore.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + as_yaml(VALID))

    assert load_configuration(str(file)).document == VALID


def test_the_file_is_named_in_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "my.yaml"
    file.write_text(FILE.replace("service:", "servce:"))

    with pytest.raises(UsageError) as raised:
        load_configuration(str(file))

    assert raised.value.message.endswith(
        "has 2 problems; the configuration in force stays as it is"
    )
    assert all(detail.startswith(f"{file}:8:9: ") for detail in raised.value.details)
    assert raised.value.next_step == f"correct it, then: longshore apply {file}"


# ── the published schema ──────────────────────────────────────────────────────────────────────


def test_the_published_schema_is_that_of_the_models() -> None:
    """To renew it: longshore schema > docs/longshore.schema.json."""
    assert json.loads(SCHEMA.read_text()) == json_schema()


def test_the_schema_command_prints_the_schema() -> None:
    result = run("schema")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == json_schema()


def test_the_schema_knows_every_key_that_is_accepted() -> None:
    definitions: Any = json_schema()
    stage = definitions["$defs"]["Stage"]

    assert set(definitions["properties"]) == {
        *("apiVersion", "application", "git", "images", "stages", "notify", "pipelines")
    }
    assert set(stage["properties"]) == {
        *("targets", "deadline", "mode", "bake", "alarms", "account", "region")
    }
    assert set(definitions["$defs"]["Select"]["properties"]) == {"tag", "semver"}
    assert stage["additionalProperties"] is False
    assert "\\Z" not in json.dumps(definitions)
