import json
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.events.models import EventPattern

from longshore_cli.patterns import compile_pattern, matches

EVENT: dict[str, Any] = {
    "source": "aws.ecr",
    "detail-type": "ECR Image Action",
    "account": "123456789012",
    "resources": ["arn:aws:ecr:eu-central-1:123456789012:repository/checkout", "other"],
    "detail": {
        "action-type": "PUSH",
        "result": "SUCCESS",
        "image-tag": "",
        "pushed-by": None,
        "signed": True,
        "size": 300,
        "ratio": 0.5,
        "wild": "a*b\\c",
        "containers": [
            {"name": "web", "exitCode": 1},
            {"name": "proxy", "exitCode": 0, "ports": [80, 443]},
        ],
        "nothing": [],
        "nested": {"deep": {"er": "x"}},
    },
}


def detail(**pattern: object) -> dict[str, object]:
    return {"detail": {key.replace("_", "-"): value for key, value in pattern.items()}}


MET = [
    {"source": ["aws.ecr"]},
    {"source": ["aws.ecs", "aws.ecr"], "account": ["123456789012"]},
    {"resources": ["other"]},
    detail(action_type=["PUSH"], result=["SUCCESS"]),
    detail(image_tag=[""]),
    detail(pushed_by=[None]),
    detail(signed=[True]),
    detail(size=[300]),
    detail(size=[300.0]),
    detail(nested={"deep": {"er": ["x"]}}),
    detail(result=[{"prefix": "SUC"}]),
    detail(result=[{"prefix": ""}]),
    detail(result=[{"prefix": {"equals-ignore-case": "suc"}}]),
    detail(result=[{"suffix": "CESS"}]),
    detail(result=[{"suffix": {"equals-ignore-case": "cess"}}]),
    detail(result=[{"equals-ignore-case": "success"}]),
    detail(result=[{"wildcard": "S*SS"}]),
    detail(result=[{"wildcard": "*"}]),
    detail(result=[{"wildcard": "*C*E*"}]),
    detail(result=[{"wildcard": "SUCCESS"}]),
    detail(wild=[{"wildcard": "a\\*b\\\\*"}]),
    detail(size=[{"exists": True}]),
    detail(image_tag=[{"exists": True}]),
    detail(pushed_by=[{"exists": True}]),
    detail(absent=[{"exists": False}]),
    {"absent": {"below": [{"exists": False}]}},
    {"source": {"below": [{"exists": False}]}},
    detail(size=[{"numeric": ["=", 300]}]),
    detail(size=[{"numeric": [">", 299.5]}]),
    detail(size=[{"numeric": [">=", 300, "<", 301]}]),
    detail(ratio=[{"numeric": [">", 0, "<=", 0.5]}]),
    detail(result=[{"anything-but": "FAILED"}]),
    detail(result=[{"anything-but": ["FAILED", "PENDING"]}]),
    detail(size=[{"anything-but": 7}]),
    detail(size=[{"anything-but": [1, 2]}]),
    detail(result=[{"anything-but": {"prefix": "F"}}]),
    detail(result=[{"anything-but": {"prefix": ["F", "P"]}}]),
    detail(result=[{"anything-but": {"suffix": "ED"}}]),
    detail(result=[{"anything-but": {"equals-ignore-case": "failed"}}]),
    detail(result=[{"anything-but": {"equals-ignore-case": ["failed", "x"]}}]),
    detail(result=[{"anything-but": {"wildcard": "F*D"}}]),
    detail(result=[{"anything-but": {"wildcard": ["F*", "P*"]}}]),
    {"resources": [{"anything-but": "other"}]},
    {"$or": [{"source": ["aws.ecs"]}, {"account": ["123456789012"]}]},
    detail(**{"$or": [{"size": [1]}, {"ratio": [0.5]}]}),
    {
        "source": ["aws.ecr"],
        "$or": [
            {"account": ["x"]},
            {"region": ["y"], "$or": [{"a": [1]}, {"b": [2]}]},
            {"detail": {"size": [300]}},
        ],
    },
]
NOT_MET = [
    {"source": ["AWS.ECR"]},
    {"source": ["aws.ecr"], "account": ["1"]},
    {"absent": ["x"]},
    {"absent": [None]},
    {"source": {"below": ["x"]}},
    detail(size=["300"]),
    detail(size=[301]),
    detail(image_tag=[None]),
    detail(pushed_by=[""]),
    detail(result=[{"prefix": "suc"}]),
    detail(size=[{"prefix": "3"}]),
    detail(result=[{"suffix": "X"}]),
    detail(result=[{"wildcard": "S*X"}]),
    detail(result=[{"wildcard": "SUCCESSSUC*SS"}]),
    detail(result=[{"wildcard": "S*E*E*S"}]),
    detail(result=[{"wildcard": "SUC"}]),
    detail(size=[{"exists": False}]),
    detail(absent=[{"exists": True}]),
    detail(size=[{"numeric": ["<", 300]}]),
    detail(result=[{"numeric": ["=", 1]}]),
    detail(result=[{"anything-but": "SUCCESS"}]),
    detail(absent=[{"anything-but": "x"}]),
    detail(size=[{"anything-but": [300, 2]}]),
    detail(result=[{"anything-but": {"prefix": "SUC"}}]),
    detail(result=[{"anything-but": {"suffix": ["X", "SS"]}}]),
    detail(result=[{"anything-but": {"equals-ignore-case": "Success"}}]),
    detail(result=[{"anything-but": {"wildcard": "S*"}}]),
    {"$or": [{"source": ["aws.ecs"]}, {"account": ["1"]}]},
]


# Here moto differs from AWS: it takes true for 1.
NOT_MET_EXCEPT_BY_MOTO = [
    detail(signed=[1]),
    detail(signed=[{"numeric": ["=", 1]}]),
]


def meets_by_moto(pattern: dict[str, Any]) -> bool:
    return EventPattern.load(json.dumps(pattern)).matches_event(EVENT)  # type: ignore[arg-type]  # moto asks for its own dict type


@pytest.mark.parametrize("pattern", MET, ids=json.dumps)
def test_a_pattern_that_the_event_meets(pattern: dict[str, Any]) -> None:
    assert matches(pattern, EVENT)
    assert meets_by_moto(pattern)


@pytest.mark.parametrize("pattern", NOT_MET, ids=json.dumps)
def test_a_pattern_that_the_event_does_not_meet(pattern: dict[str, Any]) -> None:
    assert not matches(pattern, EVENT)
    assert not meets_by_moto(pattern)


@pytest.mark.parametrize("pattern", NOT_MET_EXCEPT_BY_MOTO, ids=json.dumps)
def test_true_is_not_one(pattern: dict[str, Any]) -> None:
    assert not matches(pattern, EVENT)


@pytest.mark.parametrize(
    ("pattern", "met"),
    [
        (detail(containers={"name": ["web"], "exitCode": [1]}), True),
        (detail(containers={"name": ["web"], "exitCode": [0]}), False),
        (detail(containers={"ports": [443]}), True),
        (detail(containers={"ports": [{"numeric": [">", 443]}]}), False),
        (detail(containers=[{"exists": True}]), False),
        (detail(containers=[{"exists": False}]), True),
        (detail(nested=[{"exists": True}]), False),
        (detail(nothing=[{"exists": True}]), False),
        (detail(nothing=[{"exists": False}]), True),
        (detail(nothing={"below": [{"exists": False}]}), True),
        (detail(nothing=[{"anything-but": "x"}]), False),
    ],
)
def test_lists_are_looked_into_and_objects_are_no_values(
    pattern: dict[str, Any],
    met: bool,  # noqa: FBT001  a table of examples
) -> None:
    assert matches(pattern, EVENT) is met


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        (None, "the pattern must be an object with at least one field"),
        ({}, "the pattern must be an object with at least one field"),
        ({"a": {}}, "the pattern.a must be an object with at least one field"),
        ({"a": []}, "the pattern.a must be an object, or a list"),
        ({"a": "x"}, "the pattern.a must be an object, or a list"),
        ({"a": [["x"]]}, "the pattern.a has an entry that is neither a value nor an operator"),
        ({"a": [object()]}, "the pattern.a has an entry that is neither a value nor an operator"),
        ({"a": [{}]}, "the pattern.a has an entry that is not an object with exactly one operator"),
        ({"a": [{"prefix": "x", "suffix": "y"}]}, "not an object with exactly one operator"),
        ({"a": [{"cidr": "10.0.0.0/8"}]}, "'cidr' is no operator known here"),
        ({"a": {"b": [{"nope": "x"}]}}, "the pattern.a.b 'nope' is no operator known here"),
        ({"a": [{"prefix": 1}]}, "prefix takes text"),
        ({"a": [{"prefix": {"wildcard": "x"}}]}, "prefix does not take 'wildcard'"),
        ({"a": [{"suffix": {"equals-ignore-case": 1}}]}, "suffix takes text"),
        ({"a": [{"equals-ignore-case": ["x"]}]}, "equals-ignore-case takes text"),
        ({"a": [{"wildcard": None}]}, "wildcard takes text"),
        ({"a": [{"wildcard": "a**b"}]}, "two * in a row"),
        ({"a": [{"wildcard": "a\\b"}]}, "a backslash in a wildcard"),
        ({"a": [{"wildcard": "a\\"}]}, "a backslash in a wildcard"),
        ({"a": [{"exists": "true"}]}, "exists takes true or false"),
        ({"a": [{"numeric": 5}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": []}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": [">"]}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": [["x"], 1]}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": ["!=", 1]}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": ["<", 5, ">", 0]}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": [">", 5, "<", 5]}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": ["=", 1, "<", 3]}]}, "numeric takes one comparison"),
        ({"a": [{"numeric": ["=", "1"]}]}, "numeric compares with numbers"),
        ({"a": [{"numeric": ["=", True]}]}, "numeric compares with numbers"),
        ({"a": [{"numeric": ["=", 6e9]}]}, "numeric compares with numbers of at most 5000000000"),
        ({"a": [{"anything-but": []}]}, "anything-but takes texts or numbers"),
        ({"a": [{"anything-but": None}]}, "anything-but takes texts or numbers"),
        ({"a": [{"anything-but": ["x", 1]}]}, "anything-but takes texts or numbers"),
        ({"a": [{"anything-but": {"prefix": ""}}]}, "anything-but with prefix takes text"),
        ({"a": [{"anything-but": {"suffix": [""]}}]}, "anything-but with suffix takes text"),
        ({"a": [{"anything-but": {"wildcard": []}}]}, "anything-but with wildcard takes text"),
        ({"a": [{"anything-but": {"wildcard": [1]}}]}, "anything-but with wildcard takes text"),
        ({"a": [{"anything-but": {"numeric": "x"}}]}, "'numeric' is no operator known here"),
        ({"$or": [{"a": [1]}]}, "the pattern.$or must be a list of two or more objects"),
        ({"$or": {"a": [1]}}, "the pattern.$or must be a list of two or more objects"),
        ({"$or": [{"a": [1]}, "x"]}, "the pattern.$or[1] must be an object"),
        ({"a": [1], "$or": [{"a": [2]}, {"b": [1]}]}, "both beside $or and inside it"),
    ],
    ids=range(43),
)
def test_what_is_no_pattern_is_refused_before_anything_is_matched(
    pattern: object, complaint: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        compile_pattern(pattern)


def test_many_stars_on_a_long_value_take_no_time() -> None:
    pattern = compile_pattern({"a": [{"wildcard": "*a" * 200 + "b"}]})
    began = time.perf_counter()

    assert not pattern({"a": "a" * 50_000})
    assert time.perf_counter() - began < 1


def test_a_deeply_nested_list_is_no_trap() -> None:
    deep: object = "x"
    for _ in range(50_000):
        deep = [deep]

    assert matches({"a": ["x"]}, {"a": deep})
    assert not matches({"a": {"b": ["x"]}}, {"a": deep})


texts = st.text(alphabet="ab*", max_size=6)


@given(st.lists(texts.map(lambda text: text.replace("*", "")), min_size=1, max_size=4), texts)
def test_a_wildcard_is_the_regular_expression_it_stands_for(parts: list[str], value: str) -> None:
    inner = [part for part in parts[1:-1] if part]
    between = [parts[0], *inner, *parts[-1:]] if len(parts) > 1 else parts
    expected = re.fullmatch(".*".join(map(re.escape, between)), value) is not None

    assert matches({"a": [{"wildcard": "*".join(between)}]}, {"a": value}) == expected


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "ab", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), values))
def test_present_and_absent_are_opposites(event: dict[str, Any]) -> None:
    there, away = ({"a": [{"exists": exists}]} for exists in (True, False))

    assert matches(there, event) != matches(away, event)
