import json
import os
from gzip import compress
from pathlib import Path

import pytest

from layers.dependencies import trim
from scripts import build


@pytest.fixture
def site_packages(tmp_path: Path) -> Path:
    """A botocore of three services, of which ecr has two API versions and a telling prefix."""
    data = tmp_path / "site/botocore/data"
    for service, prefix, api in [
        ("ecr", "api.ecr", "2015-09-21"),
        ("ecr", "ecr", "2010-01-01"),
        ("sqs", "sqs", "2012-11-05"),
        ("s3", "s3", "2006-03-01"),
    ]:
        folder = data / service / api
        folder.mkdir(parents=True)
        model = json.dumps({"metadata": {"endpointPrefix": prefix}})
        (folder / "service-2.json.gz").write_bytes(compress(model.encode()))
        (folder / "examples-1.json").write_text("{}")
    services = {"api.ecr": {"a": 1}, "sqs": {"b": 2}, "s3": {"c": 3}}
    endpoints = {"partitions": [{"partition": "aws", "services": services}], "version": 3}
    (data / "endpoints.json").write_text(json.dumps(endpoints))
    (data / "partitions.json").write_text("{}")
    (tmp_path / "site/boto3/data/s3").mkdir(parents=True)
    (tmp_path / "site/bin").mkdir()
    dist_info = tmp_path / "site/boto3-1.dist-info"
    dist_info.mkdir()
    for name in ("METADATA", "LICENSE", "RECORD"):
        (dist_info / name).touch()
    return tmp_path / "site"


def services_file(folder: Path, text: str) -> Path:
    path = folder / "services.txt"
    path.write_text(text)
    return path


def test_what_lambda_does_not_read_is_cut_away(site_packages: Path, tmp_path: Path) -> None:
    trim.main(site_packages, services_file(tmp_path, "# ours\necr\nsqs  # queues\n"))

    left = {str(path.relative_to(site_packages)) for path in site_packages.rglob("*")}
    assert {path for path in left if (site_packages / path).is_file()} == {
        "boto3-1.dist-info/LICENSE",
        "boto3-1.dist-info/METADATA",
        "botocore/data/ecr/2015-09-21/service-2.json",
        "botocore/data/endpoints.json",
        "botocore/data/partitions.json",
        "botocore/data/sqs/2012-11-05/service-2.json",
    }
    assert "bin" not in left


def test_endpoints_are_cut_by_their_prefix_and_never_through_a_link(
    site_packages: Path, tmp_path: Path
) -> None:
    endpoints = site_packages / "botocore/data/endpoints.json"
    cached = tmp_path / "installer-cache.json"
    os.link(endpoints, cached)
    before = cached.read_text()

    trim.main(site_packages, services_file(tmp_path, "ecr\n"))

    (partition,) = json.loads(endpoints.read_text())["partitions"]
    assert partition == {"partition": "aws", "services": {"api.ecr": {"a": 1}}}
    assert cached.read_text() == before


def test_a_model_loses_its_texts_and_nothing_else() -> None:
    member = {"documentation": {"shape": "String", "documentation": "Says what it is."}}
    model = {"documentation": "A service.", "shapes": {"Thing": {"members": member, "list": [1]}}}

    left = {"shapes": {"Thing": {"members": {"documentation": {"shape": "String"}}, "list": [1]}}}
    assert trim.undocumented(model) == left


def test_an_unknown_service_ends_the_build(site_packages: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"no service eccs"):
        trim.main(site_packages, services_file(tmp_path, "ecr\neccs\n"))


def interpreter(path: Path, status: int) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_a_shim_to_no_interpreter_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = interpreter(tmp_path / "shims/python3.13", 127)
    real = interpreter(tmp_path / "pyenv/versions/3.13.7/bin/python3.13", 0)
    monkeypatch.setenv("PATH", str(shim.parent))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))

    assert build.find_runtime() == str(real)


def test_without_an_interpreter_of_the_runtime_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    assert build.find_runtime() == ""
