from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.decide.registered import FollowedImage, NamedProject, OwnedTarget, Place
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore_cli.errors import UsageError
from longshore_cli.registrations import Registrations, read_registrations

ANYWHERE = Place()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "longshore.yaml"


def read(file: Path, text: str) -> Registrations:
    file.write_text(text)
    return read_registrations(str(file))


def one_image(file: Path, image: str, stage: str = "{targets: []}") -> Registrations:
    return read(
        file,
        f"apiVersion: longshore/v1\napplication: shop\nimages: {{app: {image}}}\n"
        f"stages: {{prod: {stage}}}\n",
    )


def one_target(file: Path, target: str) -> Registrations:
    return read(
        file,
        "apiVersion: longshore/v1\napplication: shop\nimages: {}\n"
        f"stages: {{prod: {{targets: [{target}]}}}}\n",
    )


# ── images ───────────────────────────────────────────────────────────────────────────────────


def test_a_stage_follows_every_image_by_its_policy(file: Path) -> None:
    found = read(
        file,
        """\
apiVersion: longshore/v1
application: shop
images:
  app: {repository: checkout, select: {semver: ^1.4}}
  proxy: {repository: team/proxy, select: {tag: 1.10}}
stages:
  staging: {targets: []}
  prod: {targets: []}
""",
    )

    assert found.warnings == ()
    assert found.registered.images == (
        FollowedImage("shop/staging", "checkout", ANYWHERE, SemverPolicy("^1.4")),
        FollowedImage("shop/staging", "team/proxy", ANYWHERE, TagPolicy("1.10")),
        FollowedImage("shop/prod", "checkout", ANYWHERE, SemverPolicy("^1.4")),
        FollowedImage("shop/prod", "team/proxy", ANYWHERE, TagPolicy("1.10")),
    )


@pytest.mark.parametrize(
    ("repository", "place"),
    [
        ("checkout", Place("111111111111", "eu-west-1")),
        (
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/checkout",
            Place("123456789012", "us-east-1"),
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/checkout",
            Place("123456789012", "cn-north-1"),
        ),
        (
            "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/checkout",
            Place("123456789012", "us-east-1"),
        ),
        ("123456789012.dkr-ecr.us-east-1.on.aws/checkout", Place("123456789012", "us-east-1")),
    ],
)
def test_the_account_of_a_uri_goes_before_that_of_the_stage(
    file: Path, repository: str, place: Place
) -> None:
    stage = "{targets: [], account: 111111111111, region: eu-west-1}"

    found = one_image(file, f"{{repository: {repository}, select: {{tag: main}}}}", stage)

    assert found.warnings == ()
    assert found.registered.images == (
        FollowedImage("shop/prod", "checkout", place, TagPolicy("main")),
    )


def test_the_account_of_an_image_goes_before_that_of_the_stage(file: Path) -> None:
    image = '{repository: checkout, account: "012345678901", select: {tag: main}}'

    found = one_image(file, image, "{targets: [], account: 111111111111, region: eu-west-1}")

    assert found.registered.images[0].place == Place("012345678901", "eu-west-1")


@pytest.mark.parametrize(
    ("select", "warning"),
    [
        ("{newest: {allow: main}}", "images.app.select.newest: this version of Longshore does"),
        ("{numerical: {}}", "images.app.select.numerical: this version of Longshore does"),
        ("{alphabetical: {}}", "images.app.select.alphabetical: this version of Longshore does"),
        ("{digest: x}", "images.app.select.digest: is no key known here"),
        ("{tag: main, semver: ^1}", "images.app.select: no policy that can be read"),
        ("{tag: main, newest: {}}", "images.app.select: no policy that can be read"),
        ("{semver: latest}", "images.app.select.semver: 'latest' is no version range"),
        ("{tag: a b}", "images.app.select.tag: is not what it should be"),
        ("{tag: [main]}", "images.app.select.tag: is no text"),
        ("{}", "images.app.select: no policy that can be read"),
        ("main", "images.app.select: is no mapping"),
    ],
)
def test_a_policy_that_cannot_be_read_may_choose_anything_and_is_warned_of(
    file: Path, select: str, warning: str
) -> None:
    found = one_image(file, f"{{repository: checkout, select: {select}}}")

    assert [image.selection for image in found.registered.images] == [None]
    assert any(warning in each for each in found.warnings)


@pytest.mark.parametrize(
    ("image", "warning"),
    [
        ("{select: {tag: main}}", "images.app.repository: is no ECR repository"),
        ("{repository: Shop, select: {tag: main}}", "images.app.repository: is no ECR repository"),
        ("{repository: 'checkout:main', select: {tag: main}}", "is no ECR repository"),
        ("null", "images.app: is no mapping"),
    ],
)
def test_an_image_without_a_repository_is_followed_by_nobody(
    file: Path, image: str, warning: str
) -> None:
    found = one_image(file, image)

    assert found.registered.images == ()
    assert any(warning in each for each in found.warnings)


def test_an_account_or_region_that_is_none_is_passed_over(file: Path) -> None:
    stage = "{targets: [], account: mine, region: EU}"

    found = one_image(file, "{repository: checkout, select: {tag: main}}", stage)

    assert found.registered.images[0].place == ANYWHERE
    assert len(found.warnings) == 2


# ── services ─────────────────────────────────────────────────────────────────────────────────


def test_a_stage_owns_its_services(file: Path) -> None:
    found = one_target(file, "{service: prod/web, containers: {web: app}, base: latest}")

    assert found.registered.services == (OwnedTarget("shop/prod", "prod", "web", ANYWHERE),)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("target", "warning"),
    [
        ("{schedule: nightly}", "targets[0].schedule: this version of Longshore does not act"),
        ("{service: web}", "targets[0].service: names no service: write cluster/service"),
        ("{service: a/b/c}", "targets[0].service: names no service: write cluster/service"),
        ("{service: [a/b]}", "targets[0].service: is no text"),
        ("{servce: a/b}", "targets[0].servce: is no key known here"),
        ("nightly", "targets[0]: is no mapping"),
    ],
)
def test_a_target_that_is_no_service_is_owned_by_nobody(
    file: Path, target: str, warning: str
) -> None:
    found = one_target(file, target)

    assert found.registered.services == ()
    assert any(warning in each for each in found.warnings)


# ── the rest ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "key",
    [
        "approval: {count: 1}",
        "windows: []",
        "soak: 2h",
        "soak: 5m",
        "before: {run-task: {}}",
        "after: staging",
    ],
)
def test_what_is_not_acted_on_is_warned_of_with_its_place(file: Path, key: str) -> None:
    found = one_image(
        file, "{repository: checkout, select: {tag: main}}", f"{{targets: [], {key}}}"
    )

    assert len(found.registered.images) == 1
    assert [warning.split(": ", 1)[1] for warning in found.warnings] == [
        f"stages.prod.{key.partition(':')[0]}: this version of Longshore does not act on it yet"
    ]
    assert found.warnings[0].startswith(f"{file}:4:")


def test_warnings_come_once_and_in_the_order_of_the_file(file: Path) -> None:
    found = read(
        file,
        """\
notifies: []
stages:
  a: {targets: [], soak: 2h}
  b: {targets: no}
images:
  app: {repository: checkout, select: {tag: main}, colour: red}
zebra: 1
""",
    )

    assert [warning.split(": ")[1] for warning in found.warnings] == [
        "notifies",
        "stages.a.soak",
        "stages.b.targets",
        "images.app.colour",
        "zebra",
    ]
    assert [image.stage for image in found.registered.images] == ["a", "b"]


def test_an_empty_mapping_registers_nothing_and_says_what_is_missing(file: Path) -> None:
    found = read(file, "{}")

    assert (found.registered.images, found.registered.services) == ((), ())
    assert [warning.split(": ", 1)[1] for warning in found.warnings] == [
        "images: is no mapping, so nothing of it is known",
        "stages: is no mapping, so nothing of it is known",
    ]


def test_a_key_that_stands_twice_is_a_warning(file: Path) -> None:
    found = read(file, "images: {}\nstages: {}\nstages: {}\n")

    assert [warning.split(": ", 1)[1] for warning in found.warnings] == [
        "stages: this key stands twice; the first is in line 2"
    ]


yaml_values = st.recursive(
    st.sampled_from(["checkout", "main", "1.10", "null", "7", "prod/web", "^1", "true", "!Ref x"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(
                [
                    "images",
                    "stages",
                    "targets",
                    "service",
                    "select",
                    "tag",
                    "semver",
                    "account",
                    "app",
                ]
            ),
            inner,
            max_size=4,
        ).map(lambda items: f"{{{', '.join(f'{key}: {value}' for key, value in items.items())}}}")
    ),
    max_leaves=12,
)


@given(text=yaml_values | st.text(max_size=40))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))

    try:
        found = read_registrations(str(file))
    except UsageError:
        return

    assert all(str(file) in warning for warning in found.warnings)


# ── builds that pushes start ─────────────────────────────────────────────────────────────────


def with_git(file: Path, git: str) -> Registrations:
    return read(
        file,
        "apiVersion: longshore/v1\napplication: shop\nimages: {}\nstages: {prod: {targets: []}}\n"
        f"git: {git}\n",
    )


def test_the_projects_are_named_that_pushes_start(file: Path) -> None:
    found = with_git(
        file,
        "[{github: a/b, branches: [main], build: shop-image}, {github: a/b, pipeline: shop}]",
    )

    assert found.warnings == ()
    assert found.registered.projects == (NamedProject("shop", "shop-image", ANYWHERE),)
    assert found.registered.pipelines == ()


@pytest.mark.parametrize("git", ["none", "[text]", "[{build: [a]}]", "[{build: 'a b'}]"])
def test_what_names_no_project_is_passed_over(file: Path, git: str) -> None:
    assert with_git(file, git).registered.projects == ()
