"""Clients for the embedded AWS: an address of this machine, and never another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from boto3.session import Session
from botocore.config import Config

from longshore_local.cloud.emulator import ACCOUNT, REGION, ROOT_KEY, ROOT_SECRET

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_codebuild import CodeBuildClient
    from mypy_boto3_codepipeline import CodePipelineClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

QUICK = Config(
    connect_timeout=5,
    read_timeout=70,
    retries={"mode": "standard", "total_max_attempts": 2},
    s3={"addressing_style": "path"},  # no name of a bucket resolves here
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key and its secret, made up on this machine; those of a session have a token."""

    key: str
    secret: str
    token: str | None = None


ROOT = Credentials(ROOT_KEY, ROOT_SECRET)


class Cloud:
    """The embedded AWS as one caller sees it.

    `ecs_endpoint` is where ECS, CodePipeline and CodeBuild answer, if not where the rest does, and
    `ecr_endpoint` where ECR does.
    """

    region = REGION
    account = ACCOUNT

    def __init__(
        self,
        endpoint: str,
        *,
        ecs_endpoint: str | None = None,
        ecr_endpoint: str | None = None,
        credentials: Credentials = ROOT,
    ) -> None:
        self.endpoint = endpoint
        self.ecs_endpoint = ecs_endpoint or endpoint
        self.ecr_endpoint = ecr_endpoint or endpoint
        self.credentials = credentials
        self._session = Session(
            aws_access_key_id=credentials.key,
            aws_secret_access_key=credentials.secret,
            aws_session_token=credentials.token,
            region_name=REGION,
        )

    def seen_by(self, credentials: Credentials) -> "Cloud":
        """Return the same cloud as somebody else sees it."""
        return Cloud(
            self.endpoint,
            ecs_endpoint=self.ecs_endpoint,
            ecr_endpoint=self.ecr_endpoint,
            credentials=credentials,
        )

    def environment(self) -> Mapping[str, str]:
        """Return the variables that make any AWS SDK or command a caller of this cloud."""
        own = {
            "AWS_ENDPOINT_URL_ECS": self.ecs_endpoint,
            "AWS_ENDPOINT_URL_CODEPIPELINE": self.ecs_endpoint,
            "AWS_ENDPOINT_URL_CODEBUILD": self.ecs_endpoint,
            "AWS_ENDPOINT_URL_ECR": self.ecr_endpoint,
        }
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            **{name: where for name, where in own.items() if where != self.endpoint},
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.credentials.key,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret,
            **({"AWS_SESSION_TOKEN": self.credentials.token} if self.credentials.token else {}),
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        """Amazon CloudWatch."""
        return self._session.client("cloudwatch", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """AWS CloudFormation."""
        return self._session.client("cloudformation", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def codebuild(self) -> "CodeBuildClient":
        """AWS CodeBuild."""
        return self._session.client("codebuild", endpoint_url=self.ecs_endpoint, config=QUICK)

    @cached_property
    def codepipeline(self) -> "CodePipelineClient":
        """AWS CodePipeline."""
        return self._session.client("codepipeline", endpoint_url=self.ecs_endpoint, config=QUICK)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """Amazon DynamoDB."""
        return self._session.client("dynamodb", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def ecr(self) -> "ECRClient":
        """Amazon ECR."""
        return self._session.client("ecr", endpoint_url=self.ecr_endpoint, config=QUICK)

    @cached_property
    def ecs(self) -> "ECSClient":
        """Amazon ECS."""
        return self._session.client("ecs", endpoint_url=self.ecs_endpoint, config=QUICK)

    @cached_property
    def events(self) -> "EventBridgeClient":
        """Amazon EventBridge."""
        return self._session.client("events", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def iam(self) -> "IAMClient":
        """AWS IAM."""
        return self._session.client("iam", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def functions(self) -> "LambdaClient":
        """AWS Lambda, whose own name is a keyword of Python."""
        return self._session.client("lambda", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """Amazon CloudWatch Logs."""
        return self._session.client("logs", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def s3(self) -> "S3Client":
        """Amazon S3."""
        return self._session.client("s3", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def secrets(self) -> Any:  # noqa: ANN401 - no stubs are installed for one call
        """AWS Secrets Manager."""
        return self._session.client("secretsmanager", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def sns(self) -> "SNSClient":
        """Amazon SNS."""
        return self._session.client("sns", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def sqs(self) -> "SQSClient":
        """Amazon SQS."""
        return self._session.client("sqs", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def sts(self) -> "STSClient":
        """AWS STS."""
        return self._session.client("sts", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def trail(self) -> Any:  # noqa: ANN401 - no stubs are installed for what only tests ask
        """AWS CloudTrail: the emulator's record of every call but those to ECS."""
        return self._session.client("cloudtrail", endpoint_url=self.endpoint, config=QUICK)

    @cached_property
    def ssm(self) -> "SSMClient":
        """AWS Systems Manager's parameters."""
        return self._session.client("ssm", endpoint_url=self.endpoint, config=QUICK)
