"""What lies under a link, from servers that do not all mean well."""

from collections.abc import Iterator
from itertools import repeat
from time import monotonic, sleep

import pytest

from longshore.aws import downloads
from longshore.aws.downloads import LARGEST, download
from tests.support.httpd import sending, serving


def test_a_blob_is_fetched_whole() -> None:
    with serving({"/blob": b"x" * 10, "/full": b"x" * LARGEST}) as address:
        assert download(f"{address}/blob") == b"x" * 10
        assert download(f"{address}/full") == b"x" * LARGEST


def test_what_is_missing_or_gone_is_an_error() -> None:
    with (
        serving({}) as address,
        pytest.raises(OSError, match="the link answered with status 404"),
    ):
        download(f"{address}/missing")
    with pytest.raises(OSError, match="the link gave no answer"):
        download(f"{address}/blob")


def test_what_never_ends_is_not_read_to_its_end() -> None:
    with (
        sending(repeat(b"x" * 65536)) as address,
        pytest.raises(OSError, match=f"more than {LARGEST} bytes"),
    ):
        download(address)


def test_a_server_that_drips_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "LONGEST", 0.3)

    def drops() -> Iterator[bytes]:
        for _ in range(300):
            sleep(0.02)
            yield b"x"

    begin = monotonic()
    with (
        sending(drops()) as address,
        pytest.raises(OSError, match=r"no more than \d+ bytes in 0\.3 s"),
    ):
        download(address)
    assert monotonic() - begin < 3


def test_a_server_that_falls_silent_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "TIMEOUT", 0.2)

    def silence() -> Iterator[bytes]:
        yield b"x"
        sleep(0.6)

    with (
        sending(silence()) as address,
        pytest.raises(OSError, match="the link broke off: ReadTimeoutError"),
    ):
        download(address)
