"""Every command line of the pages is typed as it stands there, in order, on one embedded AWS.

A line either ends as it should (with 0, or as `ENDS` says) or stands in `EXCLUDED` with the reason.
What a page shows as a command's output is what it prints, apart from digests, ages and ids. Lines
with placeholders, such as `longshore history STAGE`, are held to the command's own options by
tests/unit/test_pages.py.

For a new command: write it into the page. If it needs something to be there first, say so in
`BEFORE`; if it does not end with 0, in `ENDS`; if it cannot run here, in `EXCLUDED`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from longshore_local.deploy.prepared import prepare
from longshore_local.embedded import EmbeddedAws
from longshore_local.gates.people import policy_of_a_developer
from longshore_local.settings import EmbeddedSettings
from tests.e2e.reader import CLUSTER, STAGE, Reader, prints
from tests.e2e.shop import EXECUTION_ROLE, TASK_ROLE
from tests.support.pages import ROOT, Documented, commands_of, name_of, pages

FIRST_READ = ("README.md", "docs/install.md")
"""What a newcomer reads, in this order; the pages after them find its application in force."""

EXCLUDED: Mapping[str, str] = {
    "longshore --install-completion": "changes the settings of the shell it is run from",
    "longshore demo": "starts an AWS of its own; test_demo.py runs it",
    ".venv/bin/longshore demo -o json": "the same",
    "longshore watch checkout/prod --follow --timeout 30m": "waits for what nobody begins here",
    "longshore deploy checkout/prod api=1.4.2 worker=2.0.1": "the stage here has one image",
}
"""Lines that do not run here, and why."""

NEEDS_AN_ACCOUNT = re.compile(r"(make|git|export|cd|sam|aws|\.venvs/sam/bin/sam|pipx|uv) ")
"""Prompts of other programs: tests/unit/test_pages.py holds them to what those programs take."""

ENDS: Mapping[str, int] = {
    "longshore watch checkout/prod": 7,
    'longshore abort checkout/prod --reason "prices are wrong"': 7,
}
"""The exit status of the lines that do not end with 0."""

PUSH = re.compile(r"docker push \S+\.amazonaws\.com/(?P<repository>[a-z]+):(?P<tag>\S+)")
BROKEN = {"1.6.0"}
"""Tags whose images crash when they start, as the pages tell."""

LOOKS = {"status", "watch", "history", "events", "origin", "doctor", "explain", "render", "schema"}


def pushed_before(reader: Reader, command: Documented) -> None:
    """Let what is asked for by name be there, and nothing else in the way."""
    reader.let_go()
    for tag in re.findall(rf"{STAGE} (\d\S+)", command.text):
        reader.push("checkout", tag)


def free(reader: Reader, _: Documented) -> None:
    """Let no person hold the stage."""
    reader.let_go()


def paused(reader: Reader, _: Documented) -> None:
    """Let somebody have paused the stage."""
    reader.type(f"longshore pause {STAGE} --reason before")


def moved(reader: Reader, _: Documented) -> None:
    """Let there be a release to go back to."""
    reader.let_go()
    reader.push("checkout", f"1.{100 + reader.pushes}.0")


BEFORE: Mapping[str, Callable[[Reader, Documented], None]] = {
    "deploy": pushed_before,
    "pause": free,
    "resume": paused,
    "retry": free,
    "rollback": moved,
}
"""What each command takes for granted, beside an application in force."""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    settings = EmbeddedSettings(
        root=ROOT, clusters=(CLUSTER,), task_roles=(TASK_ROLE, EXECUTION_ROLE)
    )
    prepared = prepare(ROOT)
    with EmbeddedAws(settings) as aws:
        aws.start()
        aws.deploy(prepared)
        developer = aws.principals.create_user("ada", policy_of_a_developer(aws.cloud, aws.stack))
        reader = Reader(aws, developer, aws.scratch)
        reader.prepare()
        yield reader


def in_order() -> list[Path]:
    first = [ROOT / name for name in FIRST_READ]
    return first + [page for page in pages() if page not in first]


def test_what_the_pages_say_works(reader: Reader) -> None:
    for page in in_order():
        commands = [each for each in commands_of(page) if not each.is_form]
        name = name_of(page)
        reader.enter(name.replace("/", "-"), bring=name not in FIRST_READ)

        complaints = [why for command in commands if (why := complaint(reader, command))]

        assert not complaints, "\n\n".join(complaints)


def complaint(reader: Reader, command: Documented) -> str:
    """Type a line and return what is wrong with what came of it, an empty string if nothing is."""
    if command.text in EXCLUDED or NEEDS_AN_ACCOUNT.match(command.text):
        return ""
    if push := PUSH.fullmatch(command.text):
        reader.push(push["repository"], push["tag"], broken=push["tag"] in BROKEN)
        return ""
    if not command.is_ours:
        return f"{command}\nis neither run nor excluded: see the top of {Path(__file__).name}"
    verb = command.text.partition("longshore ")[2].partition(" ")[0]
    if verb in BEFORE:
        BEFORE[verb](reader, command)
    run = reader.type(command.text)
    if verb not in LOOKS:
        reader.settle()
    said = f"{command}\n{run.printed}{run.complained}"
    if run.code != ENDS.get(command.text, 0):
        return f"{said}ended with {run.code}"
    if command.output is not None and not prints(run, "\n".join(command.output)):
        return f"{said}is not what stands there"
    return ""


@pytest.mark.parametrize("line", [*EXCLUDED, *ENDS])
def test_the_tables_name_lines_that_stand_somewhere(line: str) -> None:
    assert line in {command.text for page in pages() for command in commands_of(page)}
