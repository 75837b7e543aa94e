"""What the checks ask of AWS: reads only, through the one gate, with the caller's credentials."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from longshore.aws.clients import READS
from longshore.aws.downloads import read_body
from longshore.domain.errors import Refused
from longshore_cli.access import Access
from longshore_cli.transport import http_session, is_loopback

Answer = Mapping[str, Any]
"""What AWS answered, as botocore parses it."""

_PATIENCE = 8


class Reader:
    """Calls read operations of any service, in the region of the command or another one."""

    def __init__(self, access: Access) -> None:
        """Read with the caller's own credentials."""
        self.access = access
        self._clients: dict[tuple[str, str], object] = {}

    def ask(
        self, service: str, operation: str, *, region: str | None = None, **parameters: object
    ) -> Answer:
        """Return AWS's answer, as `ask("ecr", "describe_images", repositoryName="shop")`.

        Raises what the gate raises: NotPermitted, Refused, Throttled.
        """
        client = self._client(service, region or self.access.region)
        method = cast("Callable[..., Answer]", getattr(client, operation))
        return self.access.gate.call(method, **parameters)

    def pages(
        self,
        operation: tuple[str, str],
        items: str,
        token: str,
        *,
        region: str | None = None,
        **parameters: object,
    ) -> Iterator[Answer]:
        """Yield the items of every page; `token` is how this API names its place in the list."""
        while True:
            service, name = operation
            answer = self.ask(service, name, region=region, **parameters)
            yield from answer.get(items, ())
            if not answer.get(token):
                return
            parameters[token] = answer[token]

    def download(self, url: str, registry: str) -> bytes:
        """Return what lies at a URL that a registry gave out; raise Refused where it cannot be had.

        What is too large for a configuration, or comes too slowly, is not read to its end.
        A stand-in of AWS on this machine does not lead off it: nothing but AWS itself sends anyone
        to a host of Amazon's.
        """
        host = urlsplit(url).hostname
        if is_loopback(registry) and not is_loopback(url):
            raise Refused(f"the registry at {registry} names a download at {host}", "Elsewhere")
        request = AWSRequest("GET", url, stream_output=True).prepare()
        try:
            response = http_session(self.access, url, _PATIENCE).send(request)
        except BotoCoreError as error:
            raise Refused(f"{host} gave no answer: {type(error).__name__}", "NoAnswer") from None
        if response.status_code != HTTPStatus.OK:
            response.raw.close()
            raise Refused(f"{host} answered {response.status_code}", "NoBlob")
        try:
            return read_body(response.raw)
        except OSError as error:
            raise Refused(f"{host} gave no blob: {error}", "NoBlob") from None

    def endpoint(self, service: str, region: str | None = None) -> str:
        """Return where a service is reached."""
        client = cast("Any", self._client(service, region or self.access.region))
        return str(client.meta.endpoint_url)

    def _client(self, service: str, region: str) -> object:
        if (service, region) not in self._clients:
            self._clients[service, region] = self.access.session.create_client(
                service, region_name=region, config=READS
            )
        return self._clients[service, region]
