"""What is kept of a build: the files that the buildspec names, in a zip archive."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from longshore_local.buildhost.buildspec import ArtifactSpec


class NothingToKeepError(Exception):
    """No file is there that the buildspec names."""


def packed(folder: Path, spec: ArtifactSpec) -> bytes:
    """Return the archive; raise NothingToKeepError where it would be empty."""
    base = folder / spec.base
    target = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _chosen(base, spec.files):
            name = path.name if spec.flat else str(path.relative_to(base))
            if name not in names:
                names.add(name)
                archive.write(path, name)
    if not names:
        raise NothingToKeepError(f"no matching artifact paths found: {', '.join(spec.files)}")
    return target.getvalue()


def unpack(archive: bytes, folder: Path) -> None:
    """Write the files of an archive into a folder, executable ones so again."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        for entry in source.infolist():
            source.extract(entry, folder)
            mode = entry.external_attr >> 16 & 0o777
            if mode and not entry.is_dir():
                (folder / entry.filename).chmod(mode)


def _chosen(base: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        expression = re.compile(_expression(pattern.removeprefix("./")))
        for path in sorted(base.rglob("*")):
            if path.is_file() and expression.fullmatch(str(path.relative_to(base))):
                yield path


def _expression(pattern: str) -> str:
    """Return a glob as a regular expression: `*` stays in a folder, `**/*` does not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(part, re.escape(part)) for part in parts)
