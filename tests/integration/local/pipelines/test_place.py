"""Where builds run: source, artifacts, environment and log in the role of the project."""

import io
import zipfile
from pathlib import Path

import pytest

from longshore_local.buildhost.commands import BuildCommands
from longshore_local.buildhost.runner import SourceUnavailableError
from longshore_local.cloud.clients import Cloud
from longshore_local.codebuild import BuildOrder
from longshore_local.gates.principals import Principals
from longshore_local.pipelines.place import SERVICE, LocalBuildPlace
from longshore_local.pipelines.sessions import RoleSessions
from tests.integration.local.pipelines.account import make_role
from tests.unit.local.codebuild.scene import START
from tests.unit.local.git.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def place(cloud: Cloud, workshop: Workshop) -> LocalBuildPlace:
    sessions = RoleSessions(cloud, Principals(cloud))
    commands = BuildCommands("registry", "127.0.0.1:1", contained=False)
    return LocalBuildPlace(lambda: sessions, lambda: commands, {"acme/checkout": workshop.bare})


@pytest.fixture
def bucket(cloud: Cloud) -> str:
    cloud.s3.create_bucket(
        Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    return "artifacts"


@pytest.fixture
def role(cloud: Cloud) -> str:
    return make_role(cloud, "build", SERVICE)


def order(role: str, version: str = "", **source: object) -> BuildOrder:
    return BuildOrder(
        id="checkout:1",
        arn="arn",
        number=1,
        project="checkout",
        source=source,
        source_version=version,
        revision=version,
        artifacts={"type": "CODEPIPELINE", "location": "artifacts", "name": "checkout/Image/1"},
        environment={},
        image="image",
        role=role,
        initiator="root",
        log_group="/aws/codebuild/checkout",
        log_stream="1",
        started_at=START,
    )


def test_the_source_of_a_pipeline_lies_in_its_bucket(
    place: LocalBuildPlace, cloud: Cloud, bucket: str, role: str
) -> None:
    cloud.s3.put_object(Bucket=bucket, Key="checkout/Source/1", Body=b"zip")
    location = f"{bucket}/checkout/Source/1"

    assert place.source(order(role, type="CODEPIPELINE", location=location)) == b"zip"
    with pytest.raises(SourceUnavailableError, match="NoSuchKey"):
        place.source(order(role, type="CODEPIPELINE", location=f"{bucket}/nothing"))


@pytest.mark.parametrize("version", ["", "main", "v1"])
def test_a_repository_is_cloned_at_a_version(
    place: LocalBuildPlace, workshop: Workshop, role: str, version: str
) -> None:
    workshop.commit(a_txt="1")
    workshop.git("tag", "v1")
    workshop.push("HEAD:refs/heads/main", "v1")
    address = "https://github.com/acme/checkout.git"

    archive = place.source(order(role, version, type="GITHUB", location=address))

    with zipfile.ZipFile(io.BytesIO(archive)) as clone:
        assert clone.read("a.txt") == b"1"
        assert ".git/HEAD" in clone.namelist()


def test_a_source_that_is_not_there_is_told(place: LocalBuildPlace, role: str) -> None:
    elsewhere = "https://github.com/acme/other"
    with pytest.raises(SourceUnavailableError, match="repository not found"):
        place.source(order(role, type="GITHUB", location=elsewhere))
    with pytest.raises(SourceUnavailableError, match="source version nowhere"):
        place.source(order(role, "nowhere", type="GITHUB", location=f"{elsewhere}/acme/checkout"))
    with pytest.raises(SourceUnavailableError, match="there is no role"):
        place.source(order("role/nobody", type="S3", location="artifacts/key"))


def test_artifacts_are_kept_where_the_pipeline_says(
    place: LocalBuildPlace, cloud: Cloud, bucket: str, role: str
) -> None:
    place.keep(order(role), b"archive")

    kept = cloud.s3.get_object(Bucket=bucket, Key="checkout/Image/1")
    assert kept["Body"].read() == b"archive"


def test_the_environment_has_credentials_and_commands_of_its_own(
    place: LocalBuildPlace, tmp_path: Path, role: str
) -> None:
    folder = tmp_path / "build/src"
    folder.mkdir(parents=True)

    environment = place.environment(order(role), folder)

    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environment["PATH"].startswith(f"{folder.parent / 'bin'}:")
    assert Path(environment["HOME"]).is_dir()
    assert (folder.parent / "bin/docker").stat().st_mode & 0o111


def test_a_log_is_written_and_its_group_made(
    place: LocalBuildPlace, cloud: Cloud, role: str
) -> None:
    for line in ("one", "", "two"):
        place.write(order(role), line)

    read = cloud.logs.get_log_events(
        logGroupName="/aws/codebuild/checkout", logStreamName="1", startFromHead=True
    )
    assert [event.get("message") for event in read["events"]] == ["one", " ", "two"]
    place.write(order("role/nobody"), "to nobody")
