"""One suite on three AWSs: where one differs on purpose or by neglect, `differences` says so."""

from collections.abc import Generator, Iterator
from typing import cast

import pytest

from tests.contract.fakes.clouds import PROGRAM, CloudClients, Memory, open_cloud, stop_embedded
from tests.contract.fakes.difference import Difference
from tests.contract.fakes.differences import DIFFERENCES
from tests.contract.fakes.dynamodb_differences import DYNAMODB

CLOUDS = ("memory", "moto", "ministack")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on every AWS that plays its service: `CLOUDS` of its module, or all of them."""
    if "cloud" in metafunc.fixturenames:
        names = cast("tuple[str, ...]", getattr(metafunc.module, "CLOUDS", CLOUDS))
        marks = {"ministack": [pytest.mark.e2e]}
        params = [pytest.param(name, marks=marks.get(name, [])) for name in names]
        metafunc.parametrize("cloud", params, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the embedded AWS where it is not installed: `make .venvs/ministack/.ready`."""
    absent = [] if PROGRAM.exists() else [item for item in items if _cloud_of(item) == "ministack"]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Hold an AWS that differs to its difference: to behave better would be news as well."""
    difference = _difference_of(pyfuncitem)
    try:
        result = yield
    except Exception as error:
        if difference is None or difference.sign not in f"{type(error).__name__}: {error}":
            raise
        return True
    if difference is not None:
        pytest.fail(f"no difference any more, strike it from the table: {difference}")
    return result


@pytest.fixture(scope="session", autouse=True)
def _stop() -> Iterator[None]:
    yield
    stop_embedded()


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[CloudClients]:
    with open_cloud(request.param) as clients:
        yield clients


@pytest.fixture
def memory() -> Memory:
    return Memory()


def _cloud_of(item: pytest.Item) -> str | None:
    called = getattr(item, "callspec", None)
    return None if called is None else called.params.get("cloud")


def _difference_of(item: pytest.Function) -> Difference | None:
    cloud = _cloud_of(item)
    names = {item.name.replace(f"[{cloud}]", "").replace(f"{cloud}-", ""), item.originalname}
    found = [
        each for each in (*DIFFERENCES, *DYNAMODB) if each.cloud == cloud and each.test in names
    ]
    return found[0] if found else None
