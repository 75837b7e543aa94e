"""Artifacts of CodePipeline: zip files in its bucket, read with the credentials of a job."""

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from botocore.exceptions import BotoCoreError

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.jobs import Artifact, FailureType, JobCredentials, JobError

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

MEBIBYTE = 1024 * 1024
LARGEST_ARTIFACT = 64 * MEBIBYTE
"""Bytes of a zip file. It is held in memory, and one that names images needs a few hundred."""
LARGEST_FILE = 256 * 1024
"""Bytes of the file that names the images, unpacked, whatever its header says."""


class S3Artifacts:
    """Reads files out of artifacts."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Call S3 through `gate`."""
        self._gate = gate
        self._clients = clients

    def read(
        self, artifact: Artifact, credentials: JobCredentials | None, files: tuple[str, ...]
    ) -> tuple[str, bytes] | None:
        """Return the first of some files that an artifact holds, None where it holds none.

        Raises:
            JobError: it cannot be read, is no zip file, or is too large.
            Throttled: S3 was busy.
        """
        if credentials is None:
            raise _wrong(FailureType.CONFIGURATION, artifact, "came without credentials to read it")
        client = self._clients.s3_of(
            credentials.access_key, credentials.secret_key, credentials.session_token
        )
        return _file(artifact, self._download(artifact, client), files)

    def _download(self, artifact: Artifact, client: "S3Client") -> bytes:
        try:
            reply = self._gate.call(client.get_object, Bucket=artifact.bucket, Key=artifact.key)
        except NotPermitted as error:
            raise _wrong(FailureType.PERMISSION, artifact, f"cannot be read: {error}") from error
        except Refused as error:
            raise _wrong(FailureType.UNAVAILABLE, artifact, f"cannot be read: {error}") from error
        body = _read(artifact, reply["Body"])
        if len(body) > LARGEST_ARTIFACT:
            size = f"is larger than {LARGEST_ARTIFACT // MEBIBYTE} MiB"
            cure = "have the build put the file with the images into an artifact of its own"
            raise _wrong(FailureType.CONFIGURATION, artifact, f"{size}: {cure}")
        return body


def _read(artifact: Artifact, body: "StreamingBody") -> bytes:
    """Read as much as may be kept, and a byte more."""
    try:
        return body.read(LARGEST_ARTIFACT + 1)
    except BotoCoreError as error:  # the connection broke, after the gate
        kind = type(error).__name__
        raise Throttled(f"the input artifact {artifact.name} was cut off: {kind}") from error


def _file(artifact: Artifact, body: bytes, files: tuple[str, ...]) -> tuple[str, bytes] | None:
    try:
        with ZipFile(BytesIO(body)) as packed:
            name = next((each for each in files if each in packed.NameToInfo), None)
            return None if name is None else (name, _unpacked(packed, name, artifact))
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        # RuntimeError: it is encrypted; NotImplementedError: a compression that nobody knows.
        raise _wrong(FailureType.CONFIGURATION, artifact, f"is no zip file: {error}") from error


def _unpacked(packed: ZipFile, name: str, artifact: Artifact) -> bytes:
    with packed.open(name) as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        size = f"holds a {name} of more than {LARGEST_FILE // 1024} KiB"
        raise _wrong(FailureType.CONFIGURATION, artifact, f"{size}, which no list of images is")
    return content


def _wrong(type_: FailureType, artifact: Artifact, what: str) -> JobError:
    return JobError(type_, f"the input artifact {artifact.name} {what}")
