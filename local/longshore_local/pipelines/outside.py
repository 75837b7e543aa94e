"""What CodePipeline needs of others, of the emulator."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from longshore_local.awsjson import ApiError, Permission
from longshore_local.cloud.clients import Cloud
from longshore_local.codebuild import BuildWorld, Start
from longshore_local.codepipeline import (
    ArtifactCredentials,
    BuildReport,
    BuildRequest,
    Location,
    OutsideError,
)
from longshore_local.errors import LocalCloudError
from longshore_local.gates.policies import Policies
from longshore_local.pipelines.sessions import RoleSessions
from longshore_local.worlds.surroundings import Event

SERVICE = "codepipeline.amazonaws.com"
DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Turn what AWS refuses into an action's failure, told as CodePipeline tells it."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        kind = "PermissionError" if code in DENIED else "ConfigurationError"
        raise OutsideError(kind, f"{what}: {error}") from error
    except (BotoCoreError, LocalCloudError) as error:
        raise OutsideError("ConfigurationError", f"{what}: {error}") from error


@dataclass(frozen=True, slots=True)
class RoleArtifacts:
    """The artifact bucket, in S3; jobs carry credentials of the pipeline's role."""

    sessions: RoleSessions

    def put(self, role: str, location: Location, content: bytes) -> None:
        """Store an artifact as the pipeline's role."""
        with refusals(f"The artifact {location.bucket}/{location.key} could not be stored"):
            self._cloud(role).s3.put_object(Bucket=location.bucket, Key=location.key, Body=content)

    def credentials(self, role: str) -> ArtifactCredentials:
        """Return a session of the pipeline's role."""
        with refusals("No credentials could be made for the job"):
            made = self.sessions.principal(role, SERVICE).credentials
        return ArtifactCredentials(made.key, made.secret, made.token or "")

    def _cloud(self, role: str) -> Cloud:
        return self.sessions.cloud_of(role, SERVICE)


@dataclass(frozen=True, slots=True)
class RoleFunctions:
    """Lambda."""

    sessions: RoleSessions

    def invoke(self, role: str, function: str, event: Event) -> None:
        """Invoke a function asynchronously as the pipeline's role."""
        with refusals(f"The AWS Lambda function {function} could not be invoked"):
            self.sessions.cloud_of(role, SERVICE).functions.invoke(
                FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode()
            )


@dataclass(frozen=True, slots=True)
class RoleTopics:
    """SNS."""

    sessions: RoleSessions

    def publish(self, role: str, topic: str, subject: str, message: str) -> None:
        """Publish as the pipeline's role."""
        with refusals(f"The topic {topic} could not be told"):
            self.sessions.cloud_of(role, SERVICE).sns.publish(
                TopicArn=topic, Subject=subject, Message=message
            )


@dataclass(frozen=True, slots=True)
class RoleBuilds:
    """CodeBuild, as it is played here; whether the role may start a build is asked of IAM."""

    world: BuildWorld
    sessions: RoleSessions
    policies: Policies

    def start(self, request: BuildRequest) -> str:
        """Start a build of the artifact, as the pipeline's role."""
        self._admit(request)
        given = Start(
            {"environmentVariablesOverride": list(request.environment)},
            initiator=f"codepipeline/{request.pipeline}",
            revision=request.revision,
            source={"location": f"{request.source.bucket}/{request.source.key}"},
            artifacts=_kept_at(request.output),
        )
        try:
            return self.world.start(request.project, given)
        except ApiError as error:
            raise OutsideError("ConfigurationError", error.message) from error

    def look(self, build: str) -> BuildReport | None:
        """Return how a build ended; of one that failed its first phase that did."""
        found = self.world.build(build)
        if not found.complete:
            return None
        phase = found.failure
        code, message = phase.context if phase else ("", "")
        failure = f"Phase: {phase.type}, Code: {code}, Message: {message}" if phase else ""
        return BuildReport(found.status, failure, found.exported)

    def stop(self, build: str) -> None:
        """Stop a build."""
        self.world.call("StopBuild", {"id": build})

    def _admit(self, request: BuildRequest) -> None:
        home = self.world.home
        arn = f"arn:{home.partition}:codebuild:{home.region}:{home.account}:project/"
        with refusals("The build could not be started"):
            principal = self.sessions.principal(request.role, SERVICE)
        permission = Permission("codebuild:StartBuild", f"{arn}{request.project}")
        if self.policies.decide(principal, permission) is not None:
            raise OutsideError(
                "PermissionError",
                f"{principal.arn} is not authorized to perform codebuild:StartBuild on "
                f"{permission.resource}",
            )


def _kept_at(output: Location | None) -> dict[str, object]:
    if output is None:
        return {"type": "NO_ARTIFACTS"}
    return {"type": "CODEPIPELINE", "location": output.bucket, "name": output.key}
