"""The user's own way into AWS: profile, region, and what goes wrong on it said in sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from botocore.exceptions import (
    BotoCoreError,
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.session import Session

from longshore.aws.clients import READS, Clients
from longshore.aws.ecs import AwsEcs
from longshore.aws.errors import TRIED_AGAIN
from longshore.aws.gate import Gate
from longshore.aws.registry import EcrRegistry
from longshore.domain.errors import (
    LongshoreError,
    NotPermitted,
    Refused,
    Throttled,
    UnknownSchema,
)
from longshore_cli.errors import CommandError, ExitCode, UsageError

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_ssm import SSMClient

_NO_CREDENTIALS = (
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
_TURNED_DOWN = (
    "expired",
    "incompletesignature",
    "invalidclienttokenid",
    "invalidsecurity",
    "invalidsignature",
    "missingauthenticationtoken",
    "signaturedoesnotmatch",
    "unrecognizedclient",
)
"""Parts of the error codes with which AWS turns down credentials, whatever they may do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which installation, and through which AWS profile and region it is reached."""

    installation: str = "longshore"
    profile: str | None = None
    region: str | None = None


class Access:
    """Sessions and clients of one run of the command."""

    def __init__(self, place: Place) -> None:
        """Prepare a session; nothing is read and nobody is called before a client is used."""
        self.place = place
        self.gate = Gate()
        self._logs: dict[str, CloudWatchLogsClient] = {}

    @cached_property
    def session(self) -> Session:
        """The user's session, in the region that was named."""
        session = Session(profile=self.place.profile)
        if self.place.region is not None:
            session.set_config_variable("region", self.place.region)
        return session

    @cached_property
    def region(self) -> str:
        """The region in which everything is looked for."""
        region = self.session.get_config_variable("region")
        if not region:
            raise NoRegionError
        return str(region)

    @cached_property
    def clients(self) -> Clients:
        """The clients of the adapters."""
        return Clients(self.session)

    @cached_property
    def ecs(self) -> AwsEcs:
        """ECS, through the adapter that the reconciler uses."""
        return AwsEcs(self.gate, self.clients)

    @cached_property
    def registry(self) -> EcrRegistry:
        """ECR, through the adapter that the reconciler uses."""
        return EcrRegistry(self.gate, self.clients)

    @cached_property
    def ssm(self) -> "SSMClient":
        """The client that finds an installation."""
        client = self.session.create_client("ssm", region_name=self.region, config=READS)
        return cast("SSMClient", client)

    def logs(self, region: str) -> "CloudWatchLogsClient":
        """Return the client that reads the logs of tasks in a region."""
        if region not in self._logs:
            client = self.session.create_client("logs", region_name=region, config=READS)
            self._logs[region] = cast("CloudWatchLogsClient", client)
        return self._logs[region]


@contextmanager
def aws_in_sentences() -> Iterator[None]:
    """Turn what AWS or the way to it refuses into a CommandError; defects pass."""
    try:
        yield
    except NotPermitted as error:
        raise CommandError(
            f"a permission is missing: {error}",
            next_step="have it allowed (docs/cli.md lists what each command needs), then repeat",
            code=ExitCode.DENIED,
        ) from None
    except LongshoreError as error:
        raise _of_answer(error) from None
    except BotoCoreError as error:
        raise _of_session(error) from None


def _of_answer(error: LongshoreError) -> CommandError:
    if isinstance(error, Refused) and any(part in error.code.lower() for part in _TURNED_DOWN):
        return CommandError(str(error), next_step=_SIGN_IN, code=ExitCode.DENIED)
    if isinstance(error, Throttled):
        return CommandError(
            str(error).removesuffix(TRIED_AGAIN),
            next_step="repeat the command in a moment; if that does not help, check the region, "
            "the network and AWS_ENDPOINT_URL",
        )
    if isinstance(error, UnknownSchema):
        return CommandError(str(error), next_step="bring the command to the version of the ledger")
    return CommandError(str(error), next_step="repeat the command")


_SIGN_IN = "sign in again (aws sso login, or new keys), check with: aws sts get-caller-identity"


def _of_session(error: BotoCoreError) -> CommandError:
    if isinstance(error, ProfileNotFound):
        return UsageError(str(error), next_step="aws configure list-profiles")
    if isinstance(error, NoRegionError):
        return UsageError(
            "no AWS region is set", next_step="name it with --region, or set AWS_REGION"
        )
    if isinstance(error, _NO_CREDENTIALS):
        return CommandError(
            f"no AWS credentials: {error}", next_step=_SIGN_IN, code=ExitCode.DENIED
        )
    return CommandError(f"failed to call AWS: {error}", next_step="repeat the command")
