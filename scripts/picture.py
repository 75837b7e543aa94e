#!/usr/bin/env python3
"""Makes docs/images/slack.png from a channel's page, with headless Chromium.

Usage: scripts/picture.py SOURCE [--to FILE] [--size WIDTHxHEIGHT]

SOURCE is a saved HTML file or the address that `longshore demo --keep` prints for the channel.
Where pngquant is installed the picture has a palette, which makes the file a third as large.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/images/slack.png"
SIZE = "820x900"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHARPNESS = 2
"""Pixels of the picture for each of the page's, in both directions."""
COLOURS = "128"
"""So many that nobody sees a difference on a page of text."""
PATIENCE = 60.0
"""Seconds."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class NoPictureError(Exception):
    """No picture could be made; the text says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Make the picture; return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        take(browser(), address_of(given.source), Path(given.to), given.size)
    except NoPictureError as error:
        print(error, file=sys.stderr)
        return 3
    print(f"made {given.to}")
    return 0


def browser() -> str:
    """Return the path of a browser, and insist that emoji can be drawn."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise NoPictureError(
            f"no browser on PATH (looked for {', '.join(BROWSERS)}):"
            " install one, for example by `apt-get install -y chromium`"
        )
    if shutil.which("fc-list") and "emoji" not in _fonts():
        raise NoPictureError(
            "no emoji font is installed: the picture would have empty boxes;"
            " install one, for example by `apt-get install -y fonts-noto-color-emoji`"
        )
    return found


def address_of(source: str) -> str:
    """Return the URL of a page that is a file or a URL already."""
    if source.startswith(("http://", "https://")):
        return source
    path = Path(source).resolve()
    if not path.is_file():
        raise NoPictureError(f"{source} is neither a file nor an http address")
    return path.as_uri()


def take(program: str, address: str, target: Path, size: str) -> None:
    """Let the browser draw a page into a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        command = [
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--force-device-scale-factor={SHARPNESS}",
            f"--user-data-dir={folder}/profile",
            f"--window-size={size.replace('x', ',')}",
            f"--screenshot={picture}",
            address,
        ]
        complaint = _run(command)
        if not picture.is_file() or not picture.read_bytes().startswith(SIGNATURE):
            raise NoPictureError(f"{program} made no picture of {address}:\n{complaint}")
        shutil.copyfile(with_palette(picture), target)


def with_palette(picture: Path) -> Path:
    """Return a picture with few colours, the one that was given where that cannot be made."""
    small = picture.with_name("small.png")
    if shutil.which("pngquant"):
        _run(["pngquant", "--output", str(small), COLOURS, str(picture)])
    return small if small.is_file() else picture


def _run(command: Sequence[str]) -> str:
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return f"it took longer than {PATIENCE:.0f} s"
    return run.stderr.strip()


def _fonts() -> str:
    run = subprocess.run(["fc-list"], capture_output=True, text=True, check=False)
    return run.stdout.lower()


def _size(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{1,3}x[1-9]\d{1,3}", text):
        raise argparse.ArgumentTypeError(f"{text} is not WIDTHxHEIGHT, such as {SIZE}")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", metavar="SOURCE", help="a saved page, or its address")
    parser.add_argument("--to", metavar="FILE", default=TARGET, help=f"where to (default {TARGET})")
    parser.add_argument("--size", metavar="WIDTHxHEIGHT", default=SIZE, type=_size)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
