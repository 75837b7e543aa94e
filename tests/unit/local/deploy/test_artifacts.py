import zipfile
from pathlib import Path

import pytest

from longshore_local.deploy.artifacts import build_artifacts
from longshore_local.errors import LocalCloudError

MAKEFILE = """\
build-Layer:
\tmkdir -p $(ARTIFACTS_DIR)/python
\tcp module.py $(ARTIFACTS_DIR)/python
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer/Makefile").write_text(MAKEFILE)
    (tmp_path / "layer/module.py").write_text("X = 1\n")
    (tmp_path / "function/__pycache__").mkdir(parents=True)
    (tmp_path / "function/app.py").write_text("pass\n")
    (tmp_path / "function/__pycache__/app.cpython-311.pyc").write_bytes(b"host")
    return tmp_path


TEMPLATE: dict[str, object] = {
    "Resources": {
        "Layer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "layer"}},
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "function"}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
    }
}


def contents(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return sorted(opened.namelist())


def test_layers_are_made_and_functions_are_taken_as_they_are(root: Path) -> None:
    layer, function = build_artifacts(root, TEMPLATE)

    assert (layer.resource, layer.property) == ("Layer", "ContentUri")
    assert contents(layer.archive) == ["python/module.py"]
    assert (function.resource, function.property) == ("Function", "CodeUri")
    assert contents(function.archive) == ["app.py"]


def test_nothing_is_built_twice(root: Path) -> None:
    first = build_artifacts(root, TEMPLATE)
    made = [artifact.archive.stat().st_mtime_ns for artifact in first]

    again = build_artifacts(root, TEMPLATE)

    assert again == first
    assert [artifact.archive.stat().st_mtime_ns for artifact in again] == made


def test_a_change_builds_anew_and_removes_what_is_old(root: Path) -> None:
    before = build_artifacts(root, TEMPLATE)
    (root / "layer/module.py").write_text("X = 2\n")

    after = build_artifacts(root, TEMPLATE)

    assert after[0].archive != before[0].archive
    assert not before[0].archive.exists()
    assert after[1] == before[1]


def test_a_build_that_fails_says_what_make_said(root: Path) -> None:
    (root / "layer/Makefile").write_text("build-Layer:\n\techo so it broke >&2; false\n")

    with pytest.raises(LocalCloudError, match=r"failed to build Layer:\n.*so it broke"):
        build_artifacts(root, TEMPLATE)
    assert not list(root.glob(".aws-sam/local/Layer-*"))
