"""Source actions find revisions in the Git host and in S3."""

import io
import zipfile
from pathlib import Path

import pytest

from longshore_local.buildhost.artifacts import unpack
from longshore_local.cloud.clients import Cloud
from longshore_local.codepipeline import OutsideError
from longshore_local.codepipeline.declarations import ActionDeclaration, read_declaration
from longshore_local.git.commands import git
from longshore_local.pipelines.sources import LocalSources
from tests.unit.local.codepipeline.scene import deploy_source, kind, pipeline, source, stage
from tests.unit.local.git.workshop import Workshop


def action(provider: str = "CodeStarSourceConnection", **configuration: str) -> ActionDeclaration:
    given: dict[str, object] = {
        "ConnectionArn": "arn:aws:codeconnections:eu-west-1:1:connection/1",
        "FullRepositoryId": "acme/checkout",
        "BranchName": "main",
        **configuration,
    }
    declared = source(actionTypeId=kind("Source", provider), configuration=given)
    document = pipeline(stage("Source", declared), stage("Deploy", deploy_source()))
    return read_declaration(document, 1).stages[0].actions[0]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def sources(cloud: Cloud, workshop: Workshop) -> LocalSources:
    return LocalSources(cloud, {"acme/checkout": workshop.bare})


def test_the_head_of_the_branch_is_found_and_another_commit_if_wanted(
    sources: LocalSources, workshop: Workshop
) -> None:
    first = workshop.commit("First", a_txt="1")
    second = workshop.commit("Second\n\nMore", a_txt="2")
    workshop.push()

    head, wanted = sources.find(action(), None), sources.find(action(), first)

    assert (head.id, head.summary, wanted.id) == (second, "Second\n\nMore", first)
    assert head.url == f"https://github.com/acme/checkout/commit/{second}"
    assert head.variables["CommitId"] == second
    assert (head.variables["BranchName"], head.variables["AuthorEmail"]) == (
        "main",
        "ada@example.com",
    )


def test_files_come_alone_or_as_a_clone(
    sources: LocalSources, workshop: Workshop, tmp_path: Path
) -> None:
    commit = workshop.commit(a_txt="1")
    workshop.push()
    cloning = action(OutputArtifactFormat="CODEBUILD_CLONE_REF")
    folder = tmp_path / "clone-of-it"
    folder.mkdir()

    plain = sources.fetch(action(), sources.find(action(), None))
    unpack(sources.fetch(cloning, sources.find(cloning, None)), folder)

    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        assert archive.namelist() == ["a.txt"]
    assert git(folder, "rev-parse", "HEAD") == commit


def test_what_is_not_there_is_told(sources: LocalSources) -> None:
    with pytest.raises(OutsideError, match="acme/checkout has no branch main"):
        sources.find(action(), None)
    with pytest.raises(OutsideError, match="no repository acme/other"):
        sources.find(action(FullRepositoryId="acme/other"), None)
    with pytest.raises(OutsideError, match="has no cccc"):
        sources.find(action(), "c" * 40)


def test_codecommit_knows_repositories_by_their_bare_names(
    sources: LocalSources, workshop: Workshop
) -> None:
    commit = workshop.commit(a_txt="1")
    workshop.push()

    found = sources.find(action("CodeCommit", RepositoryName="checkout"), None)

    assert (found.id, found.variables["RepositoryName"]) == (commit, "checkout")


def test_objects_of_s3_are_found_by_version(sources: LocalSources, cloud: Cloud) -> None:
    s3 = cloud.s3
    s3.create_bucket(Bucket="source", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="source", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="source", Key="source.zip", Body=b"old")["VersionId"]
    new = s3.put_object(Bucket="source", Key="source.zip", Body=b"new")["VersionId"]
    declared = action("S3", S3Bucket="source", S3ObjectKey="source.zip")

    head, wanted = sources.find(declared, None), sources.find(declared, old)

    assert (head.id, wanted.id) == (new, old)
    assert sources.fetch(declared, wanted) == b"old"
    assert wanted.variables["VersionId"] == old
    with pytest.raises(OutsideError, match="could not be read"):
        sources.find(action("S3", S3Bucket="source", S3ObjectKey="nothing"), None)
