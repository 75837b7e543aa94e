"""Source actions that look at the Git repositories of this machine, and at the emulator's S3.

A connection's repository is found by its full name, one of CodeCommit by its bare name. Where a
clone is asked for (CODEBUILD_CLONE_REF) the artifact holds the clone itself, not a reference to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from longshore_local.cloud.clients import Cloud
from longshore_local.codepipeline import OutsideError, Revision
from longshore_local.codepipeline.declarations import CONNECTION, S3, ActionDeclaration
from longshore_local.errors import LocalCloudError
from longshore_local.git import BareRepository, Commit
from longshore_local.pipelines.outside import refusals

CLONE = "CODEBUILD_CLONE_REF"


@dataclass(slots=True)
class LocalSources:
    """`repositories` by their full names."""

    cloud: Cloud
    repositories: dict[str, BareRepository] = field(default_factory=dict)

    def find(self, action: ActionDeclaration, wanted: str | None) -> Revision:
        """Return the wanted revision, or the head of the branch."""
        if action.provider == S3:
            return self._object(action, wanted)
        repository = self._repository(action)
        branch = action.configuration["BranchName"]
        try:
            commit = repository.commit(wanted or f"refs/heads/{branch}")
        except LocalCloudError as error:
            raise OutsideError(
                "RevisionUnavailable",
                f"{repository.full_name} has no {wanted or f'branch {branch}'}",
            ) from error
        return Revision(
            commit.id,
            commit.message,
            f"https://github.com/{repository.full_name}/commit/{commit.id}",
            _variables(action, repository, commit),
        )

    def fetch(self, action: ActionDeclaration, revision: Revision) -> bytes:
        """Return the files of a revision."""
        if action.provider == S3:
            return self._content(action, revision)
        repository = self._repository(action)
        try:
            if action.configuration.get("OutputArtifactFormat") == CLONE:
                return repository.clone_archive(revision.id)
            return repository.archive(revision.id)
        except LocalCloudError as error:
            raise OutsideError("RevisionUnavailable", str(error)) from error

    def _repository(self, action: ActionDeclaration) -> BareRepository:
        given = action.configuration
        if action.provider == CONNECTION:
            found = self.repositories.get(given["FullRepositoryId"])
        else:
            named = given["RepositoryName"]
            by_name = {name.rpartition("/")[2]: one for name, one in self.repositories.items()}
            found = by_name.get(named)
        if found is None:
            name = given.get("FullRepositoryId") or given.get("RepositoryName")
            raise OutsideError("ConfigurationError", f"There is no repository {name}")
        return found

    def _object(self, action: ActionDeclaration, wanted: str | None) -> Revision:
        bucket, key = action.configuration["S3Bucket"], action.configuration["S3ObjectKey"]
        with refusals(f"The object {bucket}/{key} could not be read"):
            found = (
                self.cloud.s3.head_object(Bucket=bucket, Key=key, VersionId=wanted)
                if wanted
                else self.cloud.s3.head_object(Bucket=bucket, Key=key)
            )
        version, tag = found.get("VersionId") or "null", found["ETag"].strip('"')
        variables = {"BucketName": bucket, "ObjectKey": key, "ETag": tag, "VersionId": version}
        return Revision(version, f"Amazon S3 version id: {version}", "", variables)

    def _content(self, action: ActionDeclaration, revision: Revision) -> bytes:
        bucket, key = action.configuration["S3Bucket"], action.configuration["S3ObjectKey"]
        with refusals(f"The object {bucket}/{key} could not be read"):
            found = (
                self.cloud.s3.get_object(Bucket=bucket, Key=key)
                if revision.id == "null"
                else self.cloud.s3.get_object(Bucket=bucket, Key=key, VersionId=revision.id)
            )
            return found["Body"].read()


def _variables(
    action: ActionDeclaration, repository: BareRepository, commit: Commit
) -> Mapping[str, str]:
    """Return the variables that the provider documents for its source action."""
    given = action.configuration
    common = {
        "AuthorDate": commit.authored_at,
        "BranchName": given["BranchName"],
        "CommitId": commit.id,
        "CommitMessage": commit.message,
    }
    if action.provider != CONNECTION:
        return {
            **common,
            "CommitterDate": commit.committed_at,
            "RepositoryName": given["RepositoryName"],
        }
    return {
        **common,
        "AuthorDisplayName": commit.author,
        "AuthorEmail": commit.author_email,
        "AuthorId": commit.author_email.partition("@")[0],
        "ConnectionArn": given["ConnectionArn"],
        "FullRepositoryName": repository.full_name,
        "ProviderType": "GitHub",
    }
