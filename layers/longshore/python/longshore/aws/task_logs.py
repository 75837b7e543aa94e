"""What the containers of tasks wrote, from CloudWatch Logs, as far as it can be read."""

from botocore.exceptions import BotoCoreError

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.decide.log_streams import LogStream, NoLogStream, log_stream
from longshore.domain.chat import LastLines
from longshore.domain.errors import LongshoreError, NotPermitted, Refused
from longshore.events.log_lines import LineRedactor

MOST_LINES = 15


class CloudWatchTaskLogs:
    """Logs of the awslogs driver, in the region that a task definition names."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Call ECS and CloudWatch Logs through `gate`."""
        self._gate = gate
        self._clients = clients

    def last_lines(self, definition: str, container: str, task: str) -> LastLines:
        """Return the last lines of a container, free of secrets, or why there are none."""
        try:
            stream = self._stream(definition, container, task)
            if isinstance(stream, NoLogStream):
                return LastLines(container, absence=stream.reason)
            return self._lines(stream, container)
        except NotPermitted as error:
            return LastLines(container, absence=str(error))
        except Refused as error:
            return LastLines(container, absence=_refused(error))
        except LongshoreError:
            return LastLines(container, absence="CloudWatch Logs gave no answer in time")
        except (BotoCoreError, LookupError, ValueError):
            return LastLines(container, absence="its task definition leads to no log that exists")

    def _stream(self, definition: str, container: str, task: str) -> LogStream | NoLogStream:
        region = definition.split(":")[3]
        client = self._clients.ecs(region)
        reply = self._gate.call(client.describe_task_definition, taskDefinition=definition)
        return log_stream(reply["taskDefinition"], container, task, region)

    def _lines(self, stream: LogStream, container: str) -> LastLines:
        reply = self._gate.call(
            self._clients.logs(stream.region).get_log_events,
            logGroupName=stream.group,
            logStreamName=stream.name,
            limit=MOST_LINES,
            startFromHead=False,
        )
        lines = LineRedactor().lines(event["message"] for event in reply["events"])
        return LastLines(container, lines, "" if lines else "it wrote nothing")


def _refused(error: Refused) -> str:
    if error.code == "ResourceNotFoundException":
        return "it wrote nothing, or its log group does not exist"
    return str(error)
