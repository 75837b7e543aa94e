"""botocore clients: built when first used, with time-outs that fit a function's time.

Endpoints come from botocore's own variables, `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`,
and from nowhere else. boto3 itself is not imported: its import costs time at every cold start and
its clients are these.
"""

from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.model import ServiceModel
from botocore.session import Session

from longshore import __version__

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_codebuild import CodeBuildClient
    from mypy_boto3_codepipeline import CodePipelineClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

READS = Config(
    connect_timeout=2,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent_extra=f"longshore/{__version__}",
)
"""For what may be done twice: reads, conditional writes with a token, messages."""

LOOK_UPS = READS.merge(
    Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1})
)
"""For what is nice to know: nobody waits for it long."""

ANSWERS = READS.merge(
    Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
)
"""For calls while somebody waits ten seconds at most, as Git hosts do."""

STARTS = READS.merge(
    Config(connect_timeout=1, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 1})
)
"""For what a queue brings again by itself within minutes."""

WRITES = READS.merge(Config(read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1}))
"""For RegisterTaskDefinition and UpdateService: a second attempt would have a second effect, and a
patient time-out leaves fewer answers unknown."""


class Clients:
    """The clients of one invocation environment, each built once when first asked for.

    A region may be named where what is called can lie in another one than Longshore itself.
    """

    def __init__(self, session: Session | None = None, *, reads: Config = READS) -> None:
        """Take credentials and region from `session`, by default from the environment."""
        self._session = session or Session()
        self._reads = reads
        self._built: dict[tuple[str, str | None, bool], Any] = {}

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """The ledger's client."""
        return cast("DynamoDBClient", self._client("dynamodb"))

    @property
    def sqs(self) -> "SQSClient":
        """The queues' client."""
        return cast("SQSClient", self._client("sqs"))

    @property
    def sns(self) -> "SNSClient":
        """The topic's client."""
        return cast("SNSClient", self._client("sns"))

    @property
    def events(self) -> "EventBridgeClient":
        """The bus's client."""
        return cast("EventBridgeClient", self._client("events"))

    @property
    def secrets(self) -> "SecretsManagerClient":
        """The client of the secrets."""
        return cast("SecretsManagerClient", self._client("secretsmanager"))

    @property
    def codepipeline(self) -> "CodePipelineClient":
        """The pipelines' client."""
        return cast("CodePipelineClient", self._client("codepipeline"))

    @property
    def codebuild(self) -> "CodeBuildClient":
        """The builds' client."""
        return cast("CodeBuildClient", self._client("codebuild"))

    def s3_of(self, access_key: str, secret_key: str, session_token: str) -> "S3Client":
        """Return a client of S3 with credentials of somebody else; it is kept nowhere."""
        client = self._session.create_client(
            "s3",
            config=self._reads,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=session_token,
        )
        return cast("S3Client", client)

    def cloudwatch(self, region: str) -> "CloudWatchClient":
        """Return the alarms' client of a region."""
        return cast("CloudWatchClient", self._client("cloudwatch", region))

    def logs(self, region: str) -> "CloudWatchLogsClient":
        """Return the logs' client of a region."""
        return cast("CloudWatchLogsClient", self._client("logs", region))

    def ecr(self, region: str) -> "ECRClient":
        """Return the registry's client of a region."""
        return cast("ECRClient", self._client("ecr", region))

    def ecs(self, region: str) -> "ECSClient":
        """Return the client that reads ECS in a region."""
        return cast("ECSClient", self._client("ecs", region))

    def ecs_writer(self, region: str) -> "ECSClient":
        """Return the client that writes to ECS in a region and never tries a second time."""
        return cast("ECSClient", self._client("ecs", region, writer=True))

    def service_model(self, service: str) -> ServiceModel:
        """Return botocore's model of a service, as shipped with this code."""
        return self._session.get_service_model(service)

    def _client(self, service: str, region: str | None = None, *, writer: bool = False) -> Any:
        key = (service, region, writer)
        if key not in self._built:
            self._built[key] = self._session.create_client(
                service, region_name=region, config=WRITES if writer else self._reads
            )
        return self._built[key]
