"""Holds the built layers: small enough to start fast, and with all that the code calls."""

import ast
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CORE = ROOT / "layers/longshore/python/longshore"
BUILT = ROOT / ".aws-sam/build"
MIB = 1024 * 1024

SERVICES = {
    line
    for line in (ROOT / "layers/dependencies/services.txt").read_text().splitlines()
    if not line.startswith("#")
}


@pytest.fixture(scope="module")
def dependencies() -> Path:
    return built("DependenciesLayer")


def built(layer: str) -> Path:
    folder = BUILT / layer / "python"
    assert folder.is_dir(), f"{folder} is missing: run `make build` first"
    return folder


@pytest.mark.parametrize(("layer", "limit"), [("DependenciesLayer", 12), ("LongshoreLayer", 1.25)])
def test_a_layer_stays_small(layer: str, limit: float, tmp_path: Path) -> None:
    folder = built(layer).parent

    with zipfile.ZipFile(tmp_path / "layer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))

    assert (tmp_path / "layer.zip").stat().st_size <= limit * MIB


def test_the_longshore_layer_holds_the_package_alone() -> None:
    assert [path.name for path in built("LongshoreLayer").parent.iterdir()] == ["python"]
    assert [path.name for path in built("LongshoreLayer").iterdir()] == ["longshore"]
    assert sources(built("LongshoreLayer") / "longshore") == sources(CORE)


def sources(package: Path) -> dict[str, bytes]:
    return {str(path.relative_to(package)): path.read_bytes() for path in package.rglob("*.py")}


def test_the_dependencies_layer_holds_what_its_lock_names(dependencies: Path) -> None:
    installed = {
        f"{found.name.lower().replace('_', '-')}=={found.version}"
        for found in distributions(path=[str(dependencies)])
    }
    lock = (ROOT / "layers/dependencies/requirements.txt").read_text()

    assert installed == {line.split()[0] for line in lock.splitlines() if "==" in line}


def test_the_layer_carries_the_services_that_the_code_calls(dependencies: Path) -> None:
    models = {path.name for path in (dependencies / "botocore/data").iterdir() if path.is_dir()}

    assert models == SERVICES
    assert clients_of(CORE) == SERVICES


def clients_of(folder: Path) -> set[str]:
    """The services for which the code makes clients: the first arguments of client(…)."""
    return {
        node.args[0].value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr.lstrip("_") in {"client", "create_client"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_the_dependencies_layer_suits_every_processor(dependencies: Path) -> None:
    compiled = [path.name for path in dependencies.rglob("*.so*")]

    assert compiled == []


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_trimmed_client_finds_its_endpoint(service: str, dependencies: Path) -> None:
    printed = run_with(
        dependencies,
        "from botocore.session import Session",
        f"client = Session().create_client({service!r}, region_name='eu-central-1')",
        "model = client.meta.service_model",
        "model.client_context_parameters",  # S3 has some: a client reads them at its first call
        "print(client.meta.endpoint_url, model.operation_names != [])",
    )

    host = {"cloudwatch": "monitoring", "ecr": "api.ecr"}.get(service, service)
    assert printed == f"https://{host}.eu-central-1.amazonaws.com True\n"


def test_trimmed_packages_still_load(dependencies: Path) -> None:
    printed = run_with(
        dependencies,
        "import boto3, nodesemver",
        "from aws_lambda_powertools import Logger, Metrics",
        "from aws_lambda_powertools.utilities import batch, parameters",
        "boto3.resource('dynamodb', region_name='eu-central-1')",
        "print(sorted({m.__file__.startswith(sys.path[0]) for m in (boto3, nodesemver, batch)}))",
    )

    assert printed == "[True]\n"


def run_with(folder: Path, *statements: str) -> str:
    """What a program prints that sees this folder and the standard library only."""
    program = "\n".join(["import sys", f"sys.path.insert(0, {str(folder)!r})", *statements])
    command = [sys.executable, "-I", "-S", "-B", "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    return run.stdout


@pytest.mark.parametrize("layer", ["DependenciesLayer", "LongshoreLayer"])
def test_bytecode_is_the_runtimes_and_is_never_checked_against_sources(layer: str) -> None:
    strange = [
        str(path)
        for path in built(layer).rglob("*.pyc")
        if not path.name.endswith(".cpython-313.pyc") or path.read_bytes()[4:8] != b"\1\0\0\0"
    ]

    assert strange == []
