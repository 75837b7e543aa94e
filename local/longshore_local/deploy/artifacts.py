"""Builds the code that the template names, by the makefiles that `sam build` calls, and zips it.

Nothing is built twice: each archive carries the hash of what it was made from in its name.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from longshore_local.deploy.documents import Template
from longshore_local.errors import LocalCloudError

CODE_OF = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
BUILT = Path(".aws-sam/local")


@dataclass(frozen=True, slots=True)
class Artifact:
    """The built code of one resource; `property` is where the template says where it lies."""

    resource: str
    property: str
    archive: Path


def build_artifacts(root: Path, template: Template) -> list[Artifact]:
    """Build what changed since the last time; `root` is the checkout.

    Raises:
        LocalCloudError: A build failed; the text holds what it said.
    """
    return [
        Artifact(name, where, _built(root, name, source, layer=where == "ContentUri"))
        for name, where, source in _sources(root, template)
    ]


def _sources(root: Path, template: Template) -> Iterator[tuple[str, str, Path]]:
    resources = template.get("Resources")
    for name, resource in (resources if isinstance(resources, dict) else {}).items():
        where = CODE_OF.get(resource.get("Type"))
        if where is not None:
            yield name, where, root / resource["Properties"][where]


def _built(root: Path, name: str, source: Path, *, layer: bool) -> Path:
    archive = root / BUILT / f"{name}-{_fingerprint(source)}.zip"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
            content = _make_layer(root, name, source, Path(scratch)) if layer else source
            _zip(content, Path(scratch) / "archive.zip", bytecode=layer)
            (Path(scratch) / "archive.zip").rename(archive)
        for older in set(archive.parent.glob(f"{name}-*.zip")) - {archive}:
            older.unlink(missing_ok=True)
    return archive


def _make_layer(root: Path, name: str, source: Path, scratch: Path) -> Path:
    """Run the layer's makefile; its bytecode is for the interpreter that runs functions here."""
    content = scratch / "content"
    content.mkdir()
    environment: Mapping[str, str] = {
        **os.environ,
        "PATH": os.pathsep.join([str(root / ".venv/bin"), os.environ.get("PATH", "")]),
        "ARTIFACTS_DIR": str(content),
        "PYTHON_313": sys.executable,
    }
    run = subprocess.run(
        ["make", "--no-print-directory", "-C", source, f"build-{name}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise LocalCloudError(f"failed to build {name}:\n{run.stdout}{run.stderr}".rstrip())
    return content


def _fingerprint(source: Path) -> str:
    digest = hashlib.sha256(str(sys.implementation.cache_tag).encode())
    for path in _files(source):
        digest.update(f"{path.relative_to(source)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _zip(content: Path, archive: Path, *, bytecode: bool) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for path in _files(content, bytecode=bytecode):
            target.write(path, path.relative_to(content))


def _files(folder: Path, *, bytecode: bool = False) -> list[Path]:
    """Return every file in order; bytecode that this machine left in the sources is left out."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if bytecode or "__pycache__" not in path.parts)
