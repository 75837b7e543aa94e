"""The message that an execution of a pipeline, or a build, is to be looked at, to JSON and back.

Reading is strict, as in `longshore.events.messages`.
"""

from collections.abc import Mapping
from hashlib import sha256

from longshore.domain.builds import AnyLook, BuildLook
from longshore.domain.executions import Look
from longshore.domain.pipelines import ExecutionRef, PipelineRef
from longshore.events.codebuild import BUILD_ID
from longshore.events.documents import parse_document
from longshore.events.messages import SCHEMA, content_of
from longshore.events.strict import Strict, encode_document

LOOK = "look"
"""The one key of a message that asks for a look: without a pipeline, at a build by itself."""


def encode_look(look: AnyLook) -> str:
    """Return the body of a message that asks for a look."""
    content: dict[str, object] = {
        "schema": SCHEMA,
        "pipeline": None,
        "build": look.build,
        "events": list(look.events),
        "attempt": look.attempt,
        "busy": look.busy,
    }
    if isinstance(look, Look):
        content |= {
            "pipeline": str(look.pipeline),
            "execution": look.execution,
            "ended": look.ended,
        }
    return encode_document({LOOK: content})


def parse_look(body: str | bytes) -> AnyLook:
    """Read a message body that asks for a look.

    Raises:
        ValueError: it is not JSON or no such message; the text says where it differs.
        UnknownSchema: a newer version sent it.
    """
    return look_from(parse_document(body))


def look_from(document: Mapping[str, object]) -> AnyLook:
    """Read a look from a message that is JSON already; raises as `parse_look` does."""
    fields = content_of(document, LOOK)
    pipeline = fields.optional_text("pipeline")
    return _build_look(fields) if pipeline is None else _look(fields, pipeline)


def _build_look(fields: Strict) -> BuildLook:
    build = fields.text("build")
    if BUILD_ID.fullmatch(build) is None:
        raise ValueError(f"{LOOK}: it names neither a pipeline nor a build")
    return BuildLook(
        build=build,
        events=fields.texts("events"),
        attempt=fields.whole("attempt"),
        busy=fields.whole("busy"),
    )


def _look(fields: Strict, pipeline: str) -> Look:
    look = Look(
        pipeline=PipelineRef.parse(pipeline),
        execution=fields.optional_text("execution"),
        build=fields.optional_text("build"),
        events=fields.texts("events"),
        ended=fields.truth("ended"),
        attempt=fields.whole("attempt"),
        busy=fields.whole("busy"),
    )
    _check(look)
    return look


def look_id(message_id: str, look: AnyLook) -> str:
    """Return the id by which SQS knows the look that one message caused.

    It comes from the message, never from the body: equal looks caused by two events both arrive.
    """
    return sha256(f"{message_id} {look.group}".encode()).hexdigest()


def _check(look: Look) -> None:
    """Refuse a look at nothing, and ids that belong to nothing."""
    if look.execution is not None:
        ExecutionRef(look.pipeline, look.execution)
    elif look.build is None or BUILD_ID.fullmatch(look.build) is None:
        raise ValueError(f"{LOOK}: it names neither an execution nor a build")
