"""Jobs of CodePipeline's Lambda action: the event, the action's parameters, continuation tokens.

https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
The event brings credentials. No text that is made here shows a value of it.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches

from longshore.domain.jobs import (
    Artifact,
    FailureType,
    Job,
    JobCredentials,
    JobError,
    JobParameters,
    Progress,
)
from longshore.domain.places import StageId
from longshore.events.documents import parse_document, shown
from longshore.events.ecr import TAG
from longshore.events.sections import parse_duration
from longshore.events.strict import Strict, encode_document

JOB = "CodePipeline.job"
"""The one key of the event."""

SHORTEST_TIMEOUT, LONGEST_TIMEOUT = timedelta(minutes=1), timedelta(hours=24)

_ID = re.compile(r"[0-9A-Za-z-]{1,128}")
_KEYS = frozenset({"stage", "tag", "image", "artifact", "file", "commit", "execution", "timeout"})
_EXAMPLE = '"application/stage" or {"stage": "application/stage", "tag": "1.4.0"}'


def job_id(event: object) -> str | None:
    """Return the id that an answer must name, None where the event is no job."""
    job = event.get(JOB) if isinstance(event, Mapping) else None
    found = job.get("id") if isinstance(job, Mapping) else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else None


def parse_job(event: Mapping[str, object], id_: str) -> Job:
    """Read a job; raise JobError where the action is not set up as it must be."""
    try:
        data = Strict("", event).object_at(JOB).object_at("data")
        configuration = data.object_at("actionConfiguration").object_at("configuration")
        return Job(
            id_,
            parse_parameters(configuration.optional_text("UserParameters")),
            tuple(_artifacts(data)),
            _credentials(data),
            _progress(data.optional_text("continuationToken")),
        )
    except ValueError as error:
        raise _wrong(f"the job is not as CodePipeline sends it: {error}") from None


def parse_parameters(text: str | None) -> JobParameters:
    """Read UserParameters: a stage's name, or a JSON object; raise JobError."""
    if not text or not text.strip():
        raise _wrong(f"the action has no UserParameters: say which stage, as {_EXAMPLE}")
    if not text.lstrip().startswith("{"):
        return JobParameters(stage=_stage(text.strip()))
    try:
        fields = Strict("", parse_document(text))
    except ValueError as error:
        raise _wrong(f"UserParameters is no JSON object: {error}; write {_EXAMPLE}") from None
    _check_keys(fields)
    try:
        return _parameters(fields)
    except ValueError as error:
        raise _wrong(f"UserParameters: {error}") from None


def encode_progress(progress: Progress) -> str:
    """Return a continuation token."""
    return encode_document(
        {
            "since": progress.since.isoformat(),
            "until": progress.until.isoformat(),
            "wish": progress.wish,
            "asked": progress.asked,
            "wanted": [f"{alias} {digest}" for alias, digest in progress.wanted],
        }
    )


def _progress(token: str | None) -> Progress | None:
    if not token:
        return None
    fields = Strict("continuationToken", parse_document(token))
    since, until = fields.moment("since"), fields.moment("until")
    pairs = (text.partition(" ") for text in fields.texts("wanted"))
    wanted = tuple((alias, digest) for alias, _, digest in pairs)
    return Progress(since, until, fields.text("wish"), fields.truth("asked"), wanted)


def _parameters(fields: Strict) -> JobParameters:
    tag = fields.optional_text("tag")
    if tag is not None and TAG.fullmatch(tag) is None:
        raise _wrong(f"UserParameters: {shown(tag)} is no tag")
    return JobParameters(
        stage=_stage(fields.text("stage")),
        tag=tag,
        image=fields.optional_text("image"),
        artifact=fields.optional_text("artifact"),
        file=fields.optional_text("file"),
        commit=fields.optional_text("commit") or None,
        execution=fields.optional_text("execution") or None,
        timeout=_timeout(fields.optional_text("timeout")),
    )


def _timeout(text: str | None) -> timedelta | None:
    if text is None:
        return None
    duration = parse_duration(text)
    if duration is None or not SHORTEST_TIMEOUT <= duration <= LONGEST_TIMEOUT:
        raise _wrong(f"UserParameters: {shown(text)} is no timeout: write 1m to 24h, such as 45m")
    return duration


def _stage(text: str) -> StageId:
    try:
        return StageId.parse(text)
    except ValueError:
        raise _wrong(f"{shown(text)} names no stage: write UserParameters as {_EXAMPLE}") from None


def _check_keys(fields: Strict) -> None:
    for key in fields.values:
        if key not in _KEYS:
            close = get_close_matches(key[:60], sorted(_KEYS), n=1)
            meant = f"did you mean {close[0]}?" if close else f"use {', '.join(sorted(_KEYS))}"
            raise _wrong(f"UserParameters has an unknown key {shown(key)}: {meant}")


def _artifacts(data: Strict) -> list[Artifact]:
    if not data.values.get("inputArtifacts"):
        return []
    return [_artifact(each) for each in data.objects("inputArtifacts")]


def _artifact(fields: Strict) -> Artifact:
    place = fields.object_at("location").object_at("s3Location")
    return Artifact(fields.text("name"), place.text("bucketName"), place.text("objectKey"))


def _credentials(data: Strict) -> JobCredentials | None:
    fields = data.optional_object("artifactCredentials")
    if fields is None:
        return None
    return JobCredentials(
        fields.text("accessKeyId"), fields.text("secretAccessKey"), fields.text("sessionToken")
    )


def _wrong(message: str) -> JobError:
    return JobError(FailureType.CONFIGURATION, message)
