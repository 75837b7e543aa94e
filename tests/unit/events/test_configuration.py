import copy
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.domain.configuration import (
    Base,
    Configuration,
    StageImage,
    StageSpec,
    TargetSpec,
)
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.events.configuration import NOT_YET, parse_configuration
from longshore.events.sections import ConfigurationError
from tests.support.builders import HOME
from tests.support.fakes import NOON

Document = dict[str, Any]

SMALL: Document = {
    "apiVersion": "longshore/v1",
    "application": "checkout",
    "images": {"app": {"repository": "checkout", "select": {"tag": "main"}}},
    "stages": {"staging": {"targets": [{"service": "staging/web"}]}},
}
REGISTRY = "210987654321.dkr.ecr.us-east-1.amazonaws.com"


def parse(document: object, home: Home = HOME) -> Configuration:
    return parse_configuration(
        document, home=home, number=3, applied_by="arn:me", applied_at=NOON, deploy=True
    )


def changed(change: Callable[[Document], object]) -> Document:
    document = copy.deepcopy(SMALL)
    change(document)
    return document


def image(document: Document) -> Document:
    found: Document = document["images"]["app"]
    return found


def stage(document: Document) -> Document:
    found: Document = document["stages"]["staging"]
    return found


def target(document: Document) -> Document:
    found: Document = stage(document)["targets"][0]
    return found


def refusal(document: object, home: Home = HOME) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        parse(document, home)
    return caught.value


def test_defaults_are_filled_in() -> None:
    app = StageImage("app", RepositoryRef(HOME, "checkout"), TagPolicy("main"))
    web = TargetSpec(ServiceRef(HOME, "staging", "web"), (), Base.SERVICE)
    spec = StageSpec(StageId("checkout", "staging"), (app,), (web,), timedelta(minutes=30))

    assert parse(SMALL) == Configuration("checkout", 3, (spec,), "arn:me", NOON, deploy=True)


def test_everything_that_can_be_said_is_heard() -> None:
    document = {
        "apiVersion": "longshore/v1",
        "application": "checkout",
        "images": {
            "app": {"repository": f"{REGISTRY}/team/app", "select": {"semver": "^1.4"}},
            "job": {
                "repository": "job",
                "account": "210987654321",
                "region": "eu-west-1",
                "select": {"tag": "main"},
            },
        },
        "stages": {
            "staging": {
                "mode": "deploy",
                "account": HOME.account,
                "region": "eu-west-3",
                "deadline": "90s",
                "targets": [
                    {
                        "service": "st/web",
                        "containers": {"web": "app", "cron": "job"},
                        "base": "latest",
                    },
                    {"service": "st/worker", "base": "service"},
                ],
            },
        },
    }
    paris = Home("aws", HOME.account, "eu-west-3")

    (spec,) = parse(document).stages

    assert [(str(i.repository), i.selection) for i in spec.images] == [
        ("aws:210987654321:us-east-1:team/app", SemverPolicy("^1.4")),
        ("aws:210987654321:eu-west-1:job", TagPolicy("main")),
    ]
    assert spec.targets == (
        TargetSpec(ServiceRef(paris, "st", "web"), (("cron", "job"), ("web", "app")), Base.LATEST),
        TargetSpec(ServiceRef(paris, "st", "worker")),
    )
    assert spec.deadline == timedelta(seconds=90)


def test_an_image_is_at_home_where_its_stage_is() -> None:
    (spec,) = parse(changed(lambda d: stage(d).update(region="eu-west-3"))).stages

    assert str(spec.images[0].repository) == f"aws:{HOME.account}:eu-west-3:checkout"


def test_a_registry_of_china_is_read_in_china() -> None:
    home = Home("aws-cn", HOME.account, "cn-north-1")
    uri = f"{HOME.account}.dkr.ecr.cn-northwest-1.amazonaws.com.cn/app"

    (spec,) = parse(changed(lambda d: image(d).update(repository=uri)), home).stages

    assert spec.images[0].repository.uri == uri


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("10s", timedelta(seconds=10)),
        ("45m", timedelta(minutes=45)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
    ],
)
def test_durations_have_units(text: str, duration: timedelta) -> None:
    (spec,) = parse(changed(lambda d: stage(d).update(deadline=text))).stages

    assert spec.deadline == duration


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        (lambda d: d.pop("apiVersion"), "", "the key 'apiVersion' is missing"),
        (
            lambda d: d.update(apiVersion="longshore/v2"),
            "apiVersion",
            '"longshore/v2" is unknown: this version reads longshore/v1',
        ),
        (lambda d: d.update(aplication="x"), "aplication", "did you mean 'application'?"),
        (
            lambda d: d.update(zzz=1),
            "zzz",
            'unknown key "zzz": use one of apiVersion, application, git, images, notify, pipelines',
        ),
        (lambda d: d.update({7: 1}), "", "the key 7 is no text: put it in quotes"),
        (lambda d: d.update(application="Check out"), "application", "is no valid name"),
        (lambda d: d.update(application=""), "application", "is empty"),
        (lambda d: d.update(images={}), "images", "is empty"),
        (lambda d: d.update(images=[]), "images", "expected an object, found a list"),
        (lambda d: d["images"].update({"a b": {}}), "images.a b", "is no valid alias"),
        (
            lambda d: image(d).update(repositry="x"),
            "images.app.repositry",
            "did you mean 'repository'?",
        ),
        (
            lambda d: image(d).update(repository="checkout:1.4"),
            "images.app.repository",
            "is no ECR repository",
        ),
        (
            lambda d: image(d).update(repository=f"{REGISTRY}/app@sha256:{'0' * 64}"),
            "images.app.repository",
            "without tag or digest",
        ),
        (
            lambda d: image(d).update(repository=f"{REGISTRY}/app", account=HOME.account),
            "images.app.account",
            "contradicts the 210987654321 in the repository",
        ),
        (
            lambda d: image(d).update(repository="1234.dkr.ecr.us-east-1.amazonaws.com/app"),
            "images.app.repository",
            "is no ECR repository",
        ),
        (lambda d: image(d).update(account=123456789012), "images.app.account", "put it in quotes"),
        (lambda d: image(d).update(account="123"), "images.app.account", "write its 12 digits"),
        (lambda d: image(d).update(region="paris"), "images.app.region", "is no region such as"),
        (
            lambda d: image(d).update(region="cn-north-1"),
            "images.app.region",
            "cn-north-1 is not in aws",
        ),
        (
            lambda d: image(d).update(
                repository=f"{REGISTRY}/app".replace("us-east-1", "cn-north-1")
            ),
            "images.app.repository",
            "cn-north-1 is not in aws",
        ),
        (lambda d: image(d).pop("select"), "images.app", "the key 'select' is missing"),
        (lambda d: image(d).update(select="main"), "images.app.select", "expected an object"),
        (
            lambda d: image(d).update(select={"tag": "a", "semver": "*"}),
            "images.app.select",
            "not by both",
        ),
        (
            lambda d: image(d).update(select={"semver": 1.4}),
            "images.app.select.semver",
            "expected text, found a number: put it in quotes",
        ),
        (
            lambda d: image(d).update(select={"tag": "a:b"}),
            "images.app.select.tag",
            "is no valid image tag",
        ),
        (lambda d: d.update(stages=None), "stages", "expected an object, found null"),
        (
            lambda d: d["stages"].update(Prod={}),
            "stages.Prod",
            "use 1 to 40 of a-z, 0-9 and '-'",
        ),
        (lambda d: stage(d).update(dedline="1m"), "stages.staging.dedline", "mean 'deadline'?"),
        (lambda d: stage(d).update(deadline="1w"), "stages.staging.deadline", "is no duration"),
        (lambda d: stage(d).update(deadline="0m"), "stages.staging.deadline", "is no duration"),
        (
            lambda d: stage(d).update(deadline="9s"),
            "stages.staging.deadline",
            "9s is out of bounds: use 10s to 7d",
        ),
        (
            lambda d: stage(d).update(deadline="999999d"),
            "stages.staging.deadline",
            "out of bounds",
        ),
        (lambda d: stage(d).update(mode="dploy"), "stages.staging.mode", "did you mean 'deploy'?"),
        (
            lambda d: stage(d).update(account="210987654321"),
            "stages.staging.account",
            "deploys only in the account it is installed in, 123456789012",
        ),
        (
            lambda d: stage(d).update(targets=[{"service": f"a/b{n}"} for n in range(91)]),
            "stages.staging.targets",
            "91 services are too many",
        ),
        (
            lambda d: d["images"].update({f"i{n}": image(d) for n in range(40)}),
            "images",
            "41 images are too many",
        ),
        (lambda d: stage(d).update(targets=[]), "stages.staging.targets", "found an empty list"),
        (lambda d: stage(d).update(targets={}), "stages.staging.targets", "found an object"),
        (lambda d: stage(d).update(targets=["a/b"]), "stages.staging.targets[0]", "found text"),
        (
            lambda d: target(d).update(service="web"),
            "stages.staging.targets[0].service",
            "write cluster/service",
        ),
        (
            lambda d: target(d).update(base="newest"),
            "stages.staging.targets[0].base",
            '"newest" is none of latest, service',
        ),
        (
            lambda d: target(d).update(containers={"web": "ap"}),
            "stages.staging.targets[0].containers.web",
            "no image is called \"ap\": did you mean 'app'?",
        ),
        (
            lambda d: target(d).update(containers={"a b": "app"}),
            "stages.staging.targets[0].containers.a b",
            "is no container name",
        ),
        (
            lambda d: stage(d)["targets"].append({"service": "staging/web"}),
            "stages.staging.targets",
            "staging/web is a target of staging already",
        ),
        (
            lambda d: d["stages"].update(prod={"targets": [{"service": "staging/web"}]}),
            "stages.prod.targets",
            "staging/web is a target of staging already",
        ),
        (
            lambda d: d["images"].update(job=d["images"]["app"]),
            "stages.staging.targets",
            "the images app and job are of one repository: say under containers of staging/web",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    change: Callable[[Document], object], path: str, message: str
) -> None:
    error = refusal(changed(change))

    assert error.path == path
    assert message in error.message
    assert str(error) == (f"{path}: {error.message}" if path else error.message)


def not_yet(kind: str) -> Callable[[Document, str], object]:
    return {
        "event": lambda d, key: d.update(notify=[{"slack": "#shop", "on": [key]}]),
        "stage": lambda d, key: stage(d).update({key: "2h"}),
        "select": lambda d, key: image(d).update(select={key: {}}),
        "target": lambda d, key: target(d).update({key: "nightly"}),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind, keys in NOT_YET.items() for key in sorted(keys)]
)
def test_what_this_version_does_not_act_on_is_refused_by_its_name(kind: str, key: str) -> None:
    error = refusal(changed(lambda d: not_yet(kind)(d, key)))

    assert key in (*error.path.split("."), error.message.split("'")[1])
    assert f"does not act on {key!r} yet" in error.message


def test_services_of_one_name_in_two_regions_are_two() -> None:
    other = {"region": "eu-west-3", "targets": [{"service": "staging/web"}]}

    assert len(parse(changed(lambda d: d["stages"].update(prod=other))).stages) == 2


def test_two_images_of_one_repository_are_told_apart_by_containers() -> None:
    def both(document: Document) -> None:
        document["images"]["job"] = {"repository": "checkout", "select": {"tag": "job"}}
        target(document)["containers"] = {"web": "app", "cron": "job"}

    (spec,) = parse(changed(both)).stages

    assert [each.alias for each in spec.images] == ["app", "job"]


@pytest.mark.parametrize("document", [None, [], "text", 7, True, {}])
def test_what_is_no_configuration_is_refused(document: object) -> None:
    assert refusal(document).path == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = (
    ("application",),
    ("images",),
    ("images", "app"),
    ("images", "app", "repository"),
    ("images", "app", "select"),
    ("stages",),
    ("stages", "staging"),
    ("stages", "staging", "deadline"),
    ("stages", "staging", "targets"),
)


@given(st.sampled_from(PLACES), JSON)
def test_whatever_stands_anywhere_is_taken_or_refused_in_words(
    place: tuple[str, ...], value: object
) -> None:
    document = copy.deepcopy(SMALL)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    try:
        assert parse(document).application
    except ConfigurationError as error:
        assert error.message  # noqa: PT017  both ends are fine, silence is not


@given(st.text(max_size=300))
def test_reading_a_repository_takes_no_time(text: str) -> None:
    for name in (text, f"{REGISTRY}/{text}", "a" * 300 + text, "a-" * 150 + text):
        try:
            parse(changed(lambda d, name=name: image(d).update(repository=name)))  # type: ignore[misc]  # a default binds the name
        except ConfigurationError as error:
            assert re.match(r"images\.app\.repository", error.path)  # noqa: PT017  both ends are fine
