"""What the pages say can be followed: links lead somewhere, and commands are as they are."""

import re
from pathlib import Path

import pytest
import typer
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

from longshore_cli.main import app
from tests.support.pages import (
    ROOT,
    Documented,
    Line,
    anchors_of,
    blocks_of,
    commands_of,
    links_of,
    name_of,
    pages,
    told_in,
)

PAGES = pytest.mark.parametrize("page", pages(), ids=name_of)
COMMANDS = typer.main.get_command(app)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
LONG_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
EVERYWHERE = {"--help", "--version", "--install-completion", "--show-completion"}
MAKE = re.compile(r"(?:^ *|`)make ([a-z0-9-]+)", re.MULTILINE)
AWS = re.compile(r"\baws ([a-z0-9]+) ([a-z-]+)([^`|\n]*)")
OF_THE_AWS_COMMAND = {"--query", "--output", "--region", "--profile", "--cli-input-json"}
FOUND_IN_FOLDERS = {"adr", "events"}
"""Folders that are linked to as such."""


@PAGES
def test_a_link_leads_to_a_page_and_a_heading_that_exist(page: Path) -> None:
    lost = [
        f"{line}: {target}"
        for line, target in links_of(page)
        if is_ours(target) and not leads_somewhere(page, target)
    ]

    assert lost == []


def leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    found = (page.parent / path).resolve() if path else page
    if not found.is_relative_to(ROOT) or not found.exists():
        return False
    return not anchor or anchor in anchors_of(found)


def test_every_page_is_reached_from_the_front_page() -> None:
    """Perhaps by way of others; what nobody links to nobody finds."""
    seen, to_read = set[Path](), [ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = {target.partition("#")[0] for _, target in links_of(page)}
        to_read += [(page.parent / each).resolve() for each in targets if is_ours(each)]

    lost = {*pages()} - seen
    assert [
        name_of(page) for page in sorted(lost) if page.parent.name not in FOUND_IN_FOLDERS
    ] == []


def is_ours(target: str) -> bool:
    return bool(target) and "://" not in target


@PAGES
def test_every_command_and_option_exists(page: Path) -> None:
    unknown = [
        f"{command}: {what}"
        for command in [*commands_of(page), *told_in(page)]
        if command.is_ours
        for what in unknown_of(command)
    ]

    assert unknown == []


def unknown_of(command: Documented) -> list[str]:
    """Return the command or the options of a line that do not exist."""
    words = command.text.partition("longshore ")[2].split()
    group: object = COMMANDS
    options = set(EVERYWHERE)
    while words and (children := getattr(group, "commands", None)):
        name = words.pop(0)
        if name.startswith("-") or name == "COMMAND":
            break
        if name not in children:
            return [name]
        group = children[name]
    options |= {each for one in getattr(group, "params", []) for each in one.opts}
    return sorted(set(OPTION.findall(re.sub(r"\"[^\"]*\"", "", " ".join(words)))) - options)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("longshore history STAGE --limit 3 -o json", []),
        ('longshore pause STAGE --reason "--no-such-option"', []),
        ("cat x | longshore render --task-definition - --image web=…", []),
        ("longshore COMMAND --help", []),
        ("longshore histroy STAGE", ["histroy"]),
        ("longshore history STAGE --last 3", ["--last"]),
    ],
)
def test_what_does_not_exist_is_seen(text: str, unknown: list[str]) -> None:
    assert unknown_of(Documented(Line("page", 1, text), text)) == unknown


@PAGES
def test_every_target_of_make_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {*MAKE.findall(page.read_text())} <= {*targets}


@PAGES
def test_every_call_of_the_aws_command_exists(page: Path) -> None:
    text = re.sub(r"\\\n\s*", "", page.read_text())

    assert [why for found in AWS.finditer(text) for why in strange_in(*found.groups())] == []


def strange_in(service: str, operation: str, rest: str) -> list[str]:
    """Return what botocore's model of a service does not know of a call."""
    loader = Loader()
    if service not in loader.list_available_services("service-2"):
        return [f"no service {service}"]
    model = ServiceModel(loader.load_service_model(service, "service-2"))
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return [f"no {service} {operation}"]
    shape = model.operation_model(names[operation]).input_shape
    known = {f"--{xform_name(member, '-')}" for member in (shape.members if shape else ())}
    given = {option.replace("--no-", "--") for option in LONG_OPTION.findall(rest)}
    return sorted(f"{operation} {each}" for each in given - known - OF_THE_AWS_COMMAND)


def test_blocks_commands_and_outputs_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.pages.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "Text `longshore status` and `longshore history\nSTAGE`.\n\n"
        "    longshore status        every stage\n"
        "    cat file |\n      longshore render --task-definition -\n\n"
        "```\n$ longshore apply --yes  # goes on\nin force\n\n$ docker push x\n```\n"
    )

    found = [(each.text, each.output) for each in commands_of(page)]

    assert found == [
        ("longshore status", None),
        ("cat file | longshore render --task-definition -", None),
        ("longshore apply --yes", ["in force"]),
        ("docker push x", []),
    ]
    assert [each.text for each in told_in(page)] == ["longshore status", "longshore history STAGE"]
    assert [len(block) for block in blocks_of(page)] == [4, 4]
    assert Documented(commands_of(page)[0].at, "longshore history STAGE").is_form
    assert not Documented(commands_of(page)[0].at, 'longshore retry a/b --reason "A B…"').is_form
