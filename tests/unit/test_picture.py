import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import picture

PNG = "\\211PNG\\r\\n\\032\\n"


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A PATH with nothing on it but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    yield folder
    assert not list(Path(os.environ["PATH"]).glob("*.png"))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    page = tmp_path / "a page.html"
    page.write_text("<p>hello")
    return page


def put(folder: Path, name: str, script: str) -> None:
    """Put a program on the PATH."""
    program = folder / name
    program.write_text(f"#!/bin/bash\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def browser_that_writes(content: str) -> str:
    return f"""for each in "$@"; do
        echo "$each"
        case $each in --screenshot=*) printf '{content}' > "${{each#--screenshot=}}";; esac
    done > "${{0%/*}}/asked"
    echo trouble >&2"""


def test_without_a_browser_it_says_what_to_install(
    tools: Path, page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert picture.main([str(page)]) == 3
    assert "no browser on PATH" in capsys.readouterr().err
    assert list(tools.iterdir()) == []


def test_the_browser_is_asked_for_the_page_and_the_picture_is_kept(
    tools: Path, page: Path, tmp_path: Path
) -> None:
    put(tools, "google-chrome", browser_that_writes(PNG))
    target = tmp_path / "images/slack.png"

    assert picture.main([str(page), "--to", str(target), "--size", "640x480"]) == 0

    asked = (tools / "asked").read_text().splitlines()
    assert target.read_bytes() == picture.SIGNATURE
    assert asked[-1] == page.as_uri()
    assert "--window-size=640,480" in asked


@pytest.mark.parametrize(
    ("script", "kept"),
    [('printf "%s" "$*" > "$2"', "128"), ("exit 99", "PNG")],
    ids=["it works", "it fails"],
)
def test_a_palette_is_made_where_it_can_be(
    tools: Path, page: Path, tmp_path: Path, script: str, kept: str
) -> None:
    put(tools, "chromium", browser_that_writes(PNG))
    put(tools, "pngquant", script)
    target = tmp_path / "slack.png"

    assert picture.main([str(page), "--to", str(target)]) == 0

    assert kept.encode() in target.read_bytes()


def test_an_address_is_passed_on(tools: Path, tmp_path: Path) -> None:
    put(tools, "chromium", browser_that_writes(PNG))

    assert picture.main(["http://127.0.0.1:1/x", "--to", str(tmp_path / "a.png")]) == 0
    assert (tools / "asked").read_text().splitlines()[-1] == "http://127.0.0.1:1/x"


def test_without_emoji_it_says_what_to_install(
    tools: Path, page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tools, "chromium", browser_that_writes(PNG))
    put(tools, "fc-list", "echo DejaVu Sans")

    assert picture.main([str(page)]) == 3
    assert "no emoji font" in capsys.readouterr().err


@pytest.mark.parametrize("script", [browser_that_writes("nothing"), "echo trouble >&2; exit 1"])
def test_a_browser_that_makes_no_picture_is_told(
    tools: Path, page: Path, tmp_path: Path, script: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tools, "chromium", script)
    target = tmp_path / "slack.png"

    assert picture.main([str(page), "--to", str(target)]) == 3

    assert "made no picture" in (complaint := capsys.readouterr().err)
    assert "trouble" in complaint
    assert not target.exists()


def test_a_page_that_is_not_there_is_told(
    tools: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tools, "chromium", browser_that_writes(PNG))

    assert picture.main([str(tmp_path / "none.html")]) == 3
    assert "neither a file nor an http address" in capsys.readouterr().err


def test_a_size_must_be_one(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        picture.main([str(page), "--size", "large"])
    assert "large is not WIDTHxHEIGHT" in capsys.readouterr().err
