"""Holds the shape of the code: which way imports point, and how large things may grow."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CORE = ROOT / "layers/longshore/python/longshore"
CLI = ROOT / "cli/longshore_cli"
LOCAL = ROOT / "local/longshore_local"
FUNCTIONS = ROOT / "functions"

# What each layer of the core may import of the core.
PURE = {
    "domain": {"domain"},
    "decide": {"domain", "decide"},
    "events": {"domain", "events"},
    "usecases": {"domain", "decide", "events", "usecases"},
}
MAY_IMPORT = PURE | {
    "aws": {*PURE, "aws"},
    "chatops": {*PURE, "chatops"},
    "runtime": {*PURE, "aws", "chatops", "runtime"},
}

# The one library the pure layers may use: it computes, and touches nothing.
PURE_LIBRARIES = {"nodesemver"}

MAX_MODULE_LINES = 300
MAX_TEST_LINES = 500
MAX_HANDLER_LINES = 40
VAGUE_NAMES = re.compile(r"(Manager|Helpers?|Utils?|Processor)$")
EXCEPTION_TO_A_RULE = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<rest>.*)")
CODES_THEN_REASON = re.compile(r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z-]+\])\W+\w+")


def modules(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported_by(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file, also only for types."""
    for node in ast.walk(ast.parse(path.read_text(), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "longshore":
            packages = (alias.name for alias in node.names if not alias.name.startswith("__"))
            yield from (f"longshore.{name}" for name in packages)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_every_layer_of_the_core_has_its_place_in_the_arrow() -> None:
    layers = {path.name for path in CORE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}

    assert layers <= set(MAY_IMPORT)


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_imports_point_one_way(layer: str) -> None:
    against = [
        f"{relative(path)} imports {module}"
        for path in modules(CORE / layer)
        for module in imported_by(path)
        if module.startswith("longshore.") and module.split(".")[1] not in MAY_IMPORT[layer]
    ]

    assert against == []


@pytest.mark.parametrize("layer", PURE)
def test_pure_layers_need_the_standard_library_alone(layer: str) -> None:
    allowed = sys.stdlib_module_names | {"longshore"}
    allowed |= PURE_LIBRARIES if layer == "decide" else set()

    foreign = [
        f"{relative(path)} imports {module}"
        for path in modules(CORE / layer)
        for module in imported_by(path)
        if module.partition(".")[0] not in allowed
    ]

    assert foreign == []


def test_pure_layers_load_no_aws_sdk() -> None:
    names = [
        ".".join(path.relative_to(CORE.parent).with_suffix("").parts)
        for layer in PURE
        for path in modules(CORE / layer)
        if path.stem != "__init__"
    ]
    program = f"import sys, {', '.join(names)}; print({{'boto3', 'botocore'}} & sys.modules.keys())"

    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (run.stdout, run.stderr) == ("set()\n", "")


def test_nothing_in_the_core_imports_what_is_built_on_it() -> None:
    outer = {"functions", "longshore_cli", "longshore_local", "tests", "scripts"}
    against = [
        f"{relative(path)} imports {module}"
        for path in modules(CORE)
        for module in imported_by(path)
        if module.partition(".")[0] in outer
    ]

    assert against == []


def test_a_function_is_one_short_file_in_a_folder_that_can_be_imported() -> None:
    folders = [path for path in FUNCTIONS.iterdir() if path.is_dir()]

    assert {path.name: [file.name for file in modules(path)] for path in folders} == {
        path.name: ["app.py"] for path in folders if path.name.isidentifier()
    }
    assert longer_than(MAX_HANDLER_LINES, FUNCTIONS) == {}


def test_functions_leave_aws_to_the_wiring() -> None:
    against = [
        f"{relative(path)} imports {module}"
        for path in modules(FUNCTIONS)
        for module in imported_by(path)
        if module.startswith(("boto", "longshore.aws", "longshore_"))
    ]

    assert against == []


def test_modules_stay_small_enough_to_read() -> None:
    assert longer_than(MAX_MODULE_LINES, CORE, CLI, LOCAL, ROOT / "scripts") == {}
    assert longer_than(MAX_TEST_LINES, ROOT / "tests") == {}


def longer_than(limit: int, *folders: Path) -> dict[str, int]:
    lines = {relative(path): len(path.read_text().splitlines()) for path in modules(*folders)}
    return {path: count for path, count in lines.items() if count > limit}


def test_names_say_what_a_thing_does() -> None:
    vague = [
        f"{relative(path)}: {node.name}"
        for path in modules(CORE, CLI, LOCAL)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and VAGUE_NAMES.search(node.name)
    ]
    attics = [
        relative(path)
        for path in modules(CORE, CLI, LOCAL)
        if {"common", "util", "utils", "helpers"} & {path.stem, path.parent.name}
    ]

    assert vague + attics == []


def test_every_exception_to_a_rule_gives_its_reason() -> None:
    unexplained = [
        f"{relative(path)}:{number}"
        for path in modules(CORE, CLI, LOCAL, FUNCTIONS, ROOT / "scripts", ROOT / "tests")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if path != Path(__file__)
        and (found := EXCEPTION_TO_A_RULE.search(line))
        and not CODES_THEN_REASON.match(found["rest"])
    ]

    assert unexplained == []
