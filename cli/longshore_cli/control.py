"""Speak to the control function: the only way in which the command changes anything.

Requests are signed with the caller's own credentials (Signature Version 4), and who signed is who
did it: no request carries the name of an actor.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError

from longshore_cli.access import Access
from longshore_cli.errors import CommandError, ExitCode
from longshore_cli.installation import Installation
from longshore_cli.transport import (
    NoAnswerError,
    UnreachableError,
    is_loopback,
    post,
    to_post,
)

_PATIENCE = 35
"""Seconds to connect, and to wait for an answer: control's own time-out is 30."""


@dataclass(frozen=True, slots=True)
class Control:
    """The control function of an installation, as this caller may use it."""

    access: Access
    installation: Installation
    patience: int = _PATIENCE

    def post(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Send a document, return the answer; raise CommandError unless control did as asked."""
        url = self._url(path)
        document = json.dumps(body).encode()
        request = to_post(url, document, {"Content-Type": "application/json"})
        self._sign(request)
        status, answer = self._send(request)
        if status >= HTTPStatus.BAD_REQUEST:
            raise _refusal(status, answer, self.installation)
        return answer

    def _url(self, path: str) -> str:
        base = self.installation.control_url
        if urlsplit(base).scheme != "https" and not is_loopback(base):
            raise CommandError(
                f"the control URL {base} is not https: nothing was sent",
                next_step="deploy the installation again; its stack writes the URL",
            )
        return base.rstrip("/") + path

    def _sign(self, request: AWSRequest) -> None:
        credentials = self.access.session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        region = self.installation.home.region
        SigV4Auth(credentials, "lambda", region).add_auth(request)

    def _send(self, request: AWSRequest) -> tuple[int, Mapping[str, object]]:
        """Send a request; raise CommandError where no answer came."""
        try:
            return post(self.access, request, self.patience)
        except NoAnswerError:
            raise CommandError(
                f"control at {request.url} gave no answer; it may have done what was asked",
                next_step="see what is in force: longshore status",
                code=ExitCode.TIMED_OUT,
            ) from None
        except UnreachableError as error:
            raise CommandError(
                f"failed to reach control: {error}",
                next_step="check the network, then repeat the command",
            ) from None


def _refusal(status: int, answer: Mapping[str, object], installation: Installation) -> CommandError:
    said = answer.get("error") or answer.get("Message") or answer.get("message")
    if status == HTTPStatus.FORBIDDEN:
        return CommandError(
            f"control refused the request: {said or 'Forbidden'}",
            next_step="have lambda:InvokeFunctionUrl and lambda:InvokeFunction on the control "
            f"function of {installation.name!r} allowed, then repeat",
            code=ExitCode.DENIED,
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        return CommandError(
            f"control failed ({status}): {said or 'no reason given'}",
            next_step="repeat the command; if it stays so, read the control function's log",
        )
    return CommandError(
        f"control refused: {said or f'HTTP {status}'}",
        next_step=str(answer.get("next") or "correct it, then repeat the command"),
    )
