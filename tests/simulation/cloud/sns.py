"""Amazon SNS in memory: topics that keep what was published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from longshore.domain.places import Home
from longshore_local.awsjson.errors import ApiError
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import HOME, Clock
from tests.simulation.cloud.api import Output, Params

MOST_BYTES = 256 * 1024
"""Message and attributes together, unless a topic's MaximumMessageSize says more (API reference,
Publish)."""
LONGEST_SUBJECT = 100
"""Characters. The API reference wants fewer than 100; what SNS refuses begins at 101."""


@dataclass(frozen=True, slots=True)
class Published:
    """A message as its subscribers get it."""

    id: str
    at: datetime
    subject: str | None
    message: str
    attributes: Mapping[str, str]


class Sns:
    """The topics of one account and region; nobody subscribes, everything is kept."""

    def __init__(self, clock: Clock, ids: Ids | None = None, *, home: Home = HOME) -> None:
        """Begin without topics; `ids` name the messages."""
        self._clock = clock
        self._ids = ids or Ids("sns")
        self._home = home
        self._topics: dict[str, list[Published]] = {}
        self._operations: Mapping[str, Callable[[Params], Output]] = {
            "CreateTopic": self._create_topic,
            "Publish": self._publish,
        }

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call; raise ApiError for what SNS refuses."""
        perform = self._operations.get(operation)
        if perform is None:
            raise ApiError("InvalidAction", f"{operation} is not played here.")
        return perform(parameters)

    def published(self, topic_arn: str) -> list[Published]:
        """Return what was published to a topic, in its order."""
        return list(self._topics[topic_arn])

    def _create_topic(self, parameters: Params) -> Output:
        home = self._home
        arn = f"arn:{home.partition}:sns:{home.region}:{home.account}:{parameters['Name']}"
        self._topics.setdefault(arn, [])
        return {"TopicArn": arn}

    def _publish(self, parameters: Params) -> Output:
        topic = self._topics.get(str(parameters.get("TopicArn")))
        if topic is None:
            raise ApiError("NotFound", "Topic does not exist", status=404)
        subject = _subject(parameters)
        message = str(parameters["Message"])
        attributes = _attributes(parameters)
        _check_size(message, attributes)
        published = Published(self._ids.uuid(), self._clock(), subject, message, attributes)
        topic.append(published)
        return {"MessageId": published.id}


def _subject(parameters: Params) -> str | None:
    subject = parameters.get("Subject")
    if subject is None:
        return None
    text = str(subject)
    # ASCII alone is what e-mail shows everywhere and what SNS took before it took UTF-8.
    if not text or len(text) > LONGEST_SUBJECT or not (text.isascii() and text.isprintable()):
        raise _invalid("Subject")
    return text


def _attributes(parameters: Params) -> Mapping[str, str]:
    given = parameters.get("MessageAttributes", {})
    assert isinstance(given, Mapping)
    attributes = {}
    for name, attribute in given.items():
        value = attribute.get("StringValue")
        if attribute["DataType"] != "String" or not value:
            message = (
                f"The message attribute '{name}' must contain non-empty message attribute value "
                "for message attribute type 'String'; other types are not played here."
            )
            raise ApiError("ParameterValueInvalid", message)
        attributes[str(name)] = str(value)
    return attributes


def _check_size(message: str, attributes: Mapping[str, str]) -> None:
    if not message:
        raise _invalid("Empty message")
    size = len(message.encode())
    for name, value in attributes.items():
        size += len(name.encode()) + len("String") + len(value.encode())
    if size > MOST_BYTES:
        raise _invalid("Message too long")


def _invalid(what: str) -> ApiError:
    return ApiError("InvalidParameter", f"Invalid parameter: {what}")
