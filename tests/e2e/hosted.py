"""A repository of the Git host beside the cloud, and what its pushes may start."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from longshore_local.embedded import EmbeddedAws
from longshore_local.git import BareRepository, RefUpdate, push_payload
from longshore_local.git.commands import git, push
from longshore_local.settings import HOME

APPLICATION = "pushed"
REPOSITORY = "example/pushed"
PIPELINE = f"{APPLICATION}-delivery"
PROJECT = f"{APPLICATION}-notes"
STARTABLE = (
    f"arn:aws:codepipeline:{HOME.region}:{HOME.account}:{PIPELINE}",
    f"arn:aws:codebuild:{HOME.region}:{HOME.account}:project/{PROJECT}",
)
PUSHER = "ada"
PERSON = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
BUILT = f"sha256:{7:064x}"
"""The image that a build says it pushed."""
BUILDSPEC = {
    "version": "0.2",
    "env": {"exported-variables": ["GIT_TAG", "GIT_COMMIT", "GIT_PUSHER", "IMAGE_DIGEST"]},
    "phases": {
        "build": {
            "commands": [
                'test "$(git rev-parse HEAD)" = "$GIT_COMMIT"',
                'test "$GIT_TAG" != "v1-broken"',
                f"IMAGE_DIGEST={BUILT}",
            ]
        }
    },
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@dataclass(frozen=True)
class Code:
    """A repository whose pushes are told of, and a clone of it."""

    aws: EmbeddedAws
    bare: BareRepository
    clone: Path

    def commit(self, files: Mapping[str, str]) -> str:
        for name, text in files.items():
            (self.clone / name).write_text(text)
        git(self.clone, "add", "--all")
        git(self.clone, *PERSON, "commit", "--quiet", "--allow-empty", "--message", "A change")
        return self._id("HEAD")

    def push(self, *refs: str) -> list[str]:
        return push(self.clone, "--quiet", "origin", *refs)

    def payload(self, before: str, after: str) -> Mapping[str, object]:
        """Return what the host tells of a push to main, commits named as Git takes them."""
        told = RefUpdate(self._id(before), self._id(after), "refs/heads/main")
        return push_payload(self.bare, told, PUSHER)

    def _id(self, commit: str) -> str:
        return git(self.clone, "rev-parse", commit)


def make_project(aws: EmbeddedAws) -> None:
    role = aws.cloud.iam.create_role(RoleName=PROJECT, AssumeRolePolicyDocument=json.dumps(TRUST))
    aws.cloud.codebuild.create_project(
        name=PROJECT,
        serviceRole=role["Role"]["Arn"],
        source={
            "type": "GITHUB",
            "location": f"https://github.com/{REPOSITORY}.git",
            "buildspec": json.dumps(BUILDSPEC, indent=1),
        },
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
    )


def builds(aws: EmbeddedAws) -> Any:  # noqa: ANN401 - as the API describes builds
    ids = aws.cloud.codebuild.list_builds_for_project(projectName=PROJECT).get("ids")
    return aws.cloud.codebuild.batch_get_builds(ids=ids)["builds"] if ids else []
