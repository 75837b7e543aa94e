"""Stands before ECR: its links to layers lead to the registry on this machine.

The emulator's GetDownloadUrlForLayer names a host of AWS. Nothing here may ask one, and the same
blob lies under the same path of the emulator itself.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
"""

import json
import threading
from dataclasses import replace
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

from longshore_local.awsjson.exchange import Answer
from longshore_local.gates.passage import Passage, PassageHandler

OPERATION = "GetDownloadUrlForLayer"
NOTICED_AFTER = 0.05
"""Seconds."""


class LayerLinks:
    """An endpoint for ECR before the emulator's; a context manager."""

    def __init__(self, endpoint: str) -> None:
        """Listen for what is meant for the emulator at an endpoint."""
        self._server = Passage(urlsplit(endpoint).netloc, _Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(NOTICED_AFTER,), daemon=True
        )

    @property
    def endpoint_url(self) -> str:
        """Where an SDK finds ECR."""
        return self._server.endpoint_url

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def led_here(answer: Answer, upstream: str) -> Answer:
    """Return an answer whose link has the host of `upstream`; a refusal stays as it is."""
    if answer.status != HTTPStatus.OK:
        return answer
    document = json.loads(answer.body)
    link = urlsplit(document["downloadUrl"])._replace(scheme="http", netloc=upstream)
    return replace(answer, body=json.dumps({**document, "downloadUrl": link.geturl()}).encode())


class _Handler(PassageHandler):
    def pass_on(self, body: bytes) -> None:
        answer, headers = self.ask(body)
        if self.headers.get("X-Amz-Target", "").endswith(f".{OPERATION}"):
            answer = led_here(answer, self.server.upstream)
        self.send_back(answer, headers)
