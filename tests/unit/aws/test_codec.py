"""Records as JSON and back."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.aws.codec import check_schema, decode, encode
from longshore.domain.configuration import Configuration, StageImage, StageSpec, TargetSpec
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.errors import UnknownSchema
from longshore.domain.intents import Intent
from longshore.domain.outcomes import Announcement, EventOutcome
from longshore.domain.pipelines import PipelineId
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.projects import ProjectId
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.domain.wakeups import Hint
from longshore.usecases.ports import EcsDeploymentLink, KnownRevision
from tests.support.builders import STAGE, make_announcement, make_configuration
from tests.support.fakes import NOON

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
STAGES = st.builds(StageId, NAMES, NAMES)
PIPELINES = st.builds(PipelineId, NAMES, NAMES)
PROJECTS = st.builds(ProjectId, NAMES, NAMES)
MOMENTS = st.datetimes(min_value=NOON.replace(year=2020, tzinfo=None), timezones=st.just(UTC))
SPANS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)

DETAILS = st.dictionaries(st.text(), JSON)

for kind, strategy in ((StageId, STAGES), (datetime, MOMENTS), (timedelta, SPANS)):
    st.register_type_strategy(kind, strategy)

RECORDS = st.one_of(
    st.builds(StageRecord),
    st.builds(TargetRecord),
    st.builds(DeploymentRecord),
    st.builds(Intent),
    st.builds(EventOutcome),
    st.builds(Configuration),
    st.builds(KnownRevision),
    st.builds(EcsDeploymentLink),
    st.builds(Announcement, stage=STAGES, pipeline=st.none(), project=st.none(), detail=DETAILS),
    st.builds(Announcement, stage=st.none(), pipeline=PIPELINES, project=st.none(), detail=DETAILS),
    st.builds(Announcement, stage=st.none(), pipeline=st.none(), project=PROJECTS, detail=DETAILS),
)


@given(RECORDS)
def test_every_record_comes_back_as_it_was(record: object) -> None:
    body = encode(record)

    assert decode(body, type(record)) == record
    assert encode(decode(body, type(record))) == body


def test_a_body_says_nothing_of_python() -> None:
    deadline, service = timedelta(minutes=30), ServiceRef(Home("aws", "1", "x"), "prod", "web")
    images = (
        StageImage("app", RepositoryRef(service.home, "app"), SemverPolicy("^1.4")),
        StageImage("base", RepositoryRef(service.home, "base"), TagPolicy("main")),
    )
    spec = StageSpec(STAGE, images, (TargetSpec(service, (("web", "app"),)),), deadline)
    home = {"partition": "aws", "account": "1", "region": "x"}

    assert json.loads(encode(spec)) == {
        "id": "checkout/production",
        "images": [
            {
                "alias": "app",
                "repository": {"home": home, "name": "app"},
                "selection": {"policy": "semver", "range": "^1.4"},
            },
            {
                "alias": "base",
                "repository": {"home": home, "name": "base"},
                "selection": {"policy": "tag", "tag": "main"},
            },
        ],
        "targets": [
            {
                "service": {"home": home, "cluster": "prod", "name": "web"},
                "containers": [["web", "app"]],
                "base": "service",
            }
        ],
        "deadline": 1800.0,
        "bake": 0.0,
        "guard": {"watch": [], "on_no_data": "wait", "cooldown": 300.0},
        "mode": "deploy",
    }


def test_a_stage_that_an_older_version_configured_deploys() -> None:
    stage = make_configuration().stages[0]
    older = json.loads(encode(stage))
    del older["mode"]

    assert decode(json.dumps(older), StageSpec) == stage


def test_moments_are_kept_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    told = make_announcement(at=NOON.astimezone(berlin))

    body = encode(told)

    assert json.loads(body)["at"] == "2026-11-23T12:00:00+00:00"
    assert decode(body, Announcement).at.tzinfo is UTC


def test_moments_without_a_zone_are_refused() -> None:
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(ValueError, match="no time zone"):
        encode(make_announcement(at=naive))
    with pytest.raises(ValueError, match="no time zone"):
        decode(encode(make_announcement()).replace("+00:00", ""), Announcement)


def test_sets_are_sorted() -> None:
    @dataclass(frozen=True)
    class Hints:
        hints: frozenset[Hint]

    every = Hints(frozenset(Hint))

    assert json.loads(encode(every)) == {"hints": sorted(Hint)}
    assert decode(encode(every), Hints) == every


def test_names_of_people_stay_readable() -> None:
    assert "Jürgen" in encode(replace(make_configuration(), applied_by="Jürgen"))


def test_keys_of_a_newer_version_are_passed_over() -> None:
    document = json.loads(encode(StageRecord(STAGE)))
    document["mood"] = {"good": True}

    assert decode(json.dumps(document), StageRecord) == StageRecord(STAGE)


def test_keys_that_an_older_version_did_not_write_take_their_defaults() -> None:
    assert decode('{"id": "checkout/production"}', StageRecord) == StageRecord(STAGE)


@pytest.mark.parametrize(
    "body", ["{}", "[]", "null", '{"id": 7}', '{"id": "no-stage"}', "not JSON"]
)
def test_what_is_no_record_raises(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        decode(body, StageRecord)


def test_the_schema_of_a_newer_version_is_refused() -> None:
    check_schema(1, "stage#checkout/production stage")

    with pytest.raises(UnknownSchema, match=r"checkout/production.*schema is 2.*reads up to 1"):
        check_schema(2, "stage#checkout/production stage")


def test_a_record_that_lacks_what_it_needs_is_named() -> None:
    with pytest.raises(KeyError, match="a KnownRevision lacks"):
        decode("{}", KnownRevision)


def test_another_thing_than_a_record_is_refused() -> None:
    with pytest.raises(TypeError, match="KnownRevision is not read from list"):
        decode("[]", KnownRevision)
