"""The front before ECR, as an SDK client meets it."""

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.session import Session

from longshore_local.cloud.clients import Credentials
from longshore_local.gates.layer_links import LayerLinks
from longshore_local.gates.principals import Kind, Principal
from longshore_local.gates.signatures import SignedRequest, verified
from tests.support.faulty_proxy import FAIR, Dealer, FaultyProxy

ADA = Principal(Kind.USER, "ada", "arn:aws:iam::1:user/ada", "AIDA", Credentials("AKIA1", "s3"))
DIGEST = f"sha256:{'c' * 64}"
LINK = f"https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/team/shop/blobs/{DIGEST}"
ANSWERS: Mapping[str, tuple[int, object]] = {
    "GetDownloadUrlForLayer": (200, {"downloadUrl": LINK, "layerDigest": DIGEST}),
    "DescribeRepositories": (200, {"repositories": [{"repositoryUri": LINK}]}),
    "BatchGetImage": (400, {"__type": "RepositoryNotFoundException", "message": LINK}),
}


class Emulator(ThreadingHTTPServer):
    """Answers by operation, and keeps each request as it came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[SignedRequest] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Emulator
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        url = f"http://{headers['host']}{self.path}"
        self.server.requests.append(SignedRequest("POST", url, headers, body))
        status, document = ANSWERS[headers["x-amz-target"].rpartition(".")[2]]
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amzn-RequestId", "request-1")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    server = Emulator()
    worker = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    worker.start()
    yield server
    server.shutdown()
    server.server_close()
    worker.join()


def client(endpoint: str) -> Any:  # noqa: ANN401 - no stubs for a bare session
    session = Session()
    session.set_credentials(ADA.credentials.key, ADA.credentials.secret)
    config = Config(retries={"total_max_attempts": 1})
    return session.create_client("ecr", "eu-west-1", endpoint_url=endpoint, config=config)


@pytest.fixture
def ecr(emulator: Emulator) -> Iterator[Any]:
    with LayerLinks(emulator.address) as front:
        yield client(front.endpoint_url)


def test_a_link_to_a_layer_leads_to_the_emulator(ecr: Any, emulator: Emulator) -> None:  # noqa: ANN401 - as client
    answer = ecr.get_download_url_for_layer(repositoryName="team/shop", layerDigest=DIGEST)

    assert answer["downloadUrl"] == f"{emulator.address}/v2/team/shop/blobs/{DIGEST}"
    assert answer["layerDigest"] == DIGEST
    assert answer["ResponseMetadata"]["RequestId"] == "request-1"


def test_every_other_answer_passes_as_it_is(ecr: Any) -> None:  # noqa: ANN401 - as client
    assert ecr.describe_repositories()["repositories"] == [{"repositoryUri": LINK}]
    with pytest.raises(ClientError, match="RepositoryNotFoundException") as caught:
        ecr.batch_get_image(repositoryName="none", imageIds=[{"imageTag": "1"}])
    assert LINK in str(caught.value)


def test_a_request_arrives_as_it_was_signed(ecr: Any, emulator: Emulator) -> None:  # noqa: ANN401 - as client
    ecr.get_download_url_for_layer(repositoryName="team/shop", layerDigest=DIGEST)

    (request,) = emulator.requests
    assert verified(request, {ADA.credentials.key: ADA}.get) == ADA
    assert request.headers["host"] != emulator.address.removeprefix("http://")


def test_a_detour_before_it_changes_nothing(emulator: Emulator) -> None:
    with LayerLinks(emulator.address) as front, FaultyProxy(Dealer(1)) as proxy:
        proxy.dealer.play(FAIR)
        answer = client(proxy.detour(front.endpoint_url)).get_download_url_for_layer(
            repositoryName="team/shop", layerDigest=DIGEST
        )

    assert answer["downloadUrl"].startswith(emulator.address)
    assert proxy.passed == {"ecr:GetDownloadUrlForLayer"}
    assert proxy.links == set()
    (request,) = emulator.requests
    assert verified(request, {ADA.credentials.key: ADA}.get) == ADA


def test_a_proxy_finds_links_that_lead_out(emulator: Emulator) -> None:
    with FaultyProxy(Dealer(1)) as proxy:
        client(proxy.detour(emulator.address)).get_download_url_for_layer(
            repositoryName="team/shop", layerDigest=DIGEST
        )

    assert proxy.links == {("ecr:GetDownloadUrlForLayer", LINK)}


def test_an_emulator_that_is_gone_is_a_broken_connection(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with (
        LayerLinks("http://127.0.0.1:1") as front,
        pytest.raises(ConnectionClosedError),
    ):
        client(front.endpoint_url).describe_repositories()

    assert capfd.readouterr().err == ""
