"""Runs the demo for `longshore demo`."""

import json
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from longshore_local.demo.acts import Story
from longshore_local.demo.code import BRANCH, CLONE, tag_of
from longshore_local.demo.logs import last_logs
from longshore_local.demo.pushing import NO_PRICES, PRICES, REPOSITORY, arguments_of
from longshore_local.demo.report import Report
from longshore_local.demo.scene import CHANNEL, PIPELINE, STAGE
from longshore_local.demo.theatre import Engine, Theatre
from longshore_local.errors import LocalCloudError

ROOT = Path(__file__).resolve().parents[3]
FAILED, INTERRUPTED = 3, 130


def demo(*, output: str, keep: bool, engine: str = Engine.AUTO) -> None:
    """Play the story; `output` is text or json, `engine` auto, docker or none.

    Raises:
        SystemExit: With 3 when a step failed, 130 when somebody pressed Ctrl-C.
    """
    report = Report(speaks=output == "text")
    theatre = Theatre(ROOT, Engine(engine))
    try:
        with _ended_in_order(), theatre:
            logs = _play(theatre, report, keep=keep)
            _tell_the_end(theatre, report, logs, keep=keep)
            if keep:
                threading.Event().wait()
    except KeyboardInterrupt:
        sys.exit(0 if keep and report.ok else INTERRUPTED)
    if not report.ok:
        sys.exit(FAILED)


def _play(theatre: Theatre, report: Report, *, keep: bool) -> list[str]:
    """Do every step; return what the functions logged when one failed, nothing otherwise."""
    report.line("Longshore on this machine, without an AWS account")
    try:
        theatre.choose_engine()
        report.line(theatre.remark)
        report.line()
        report.step("set-up", theatre.set_up)
        report.step("start", theatre.start)
        report.step("deploy", theatre.deploy)
        for name, act in Story(keep=keep).acts():
            report.step(name, partial(act, theatre.scene))
    except LocalCloudError as error:
        report.fail(str(error))
        return _logs(theatre)
    except Exception as error:  # noqa: BLE001 - whatever it was, the logs help to find it
        report.fail(f"{type(error).__name__}: {error}")
        return _logs(theatre)
    return []


def _logs(theatre: Theatre) -> list[str]:
    return last_logs(theatre.aws.cloud) if hasattr(theatre, "scene") else []


def _tell_the_end(theatre: Theatre, report: Report, logs: list[str], *, keep: bool) -> None:
    exploring = _exploring(theatre) if keep and hasattr(theatre, "scene") else {}
    if not report.speaks:
        document = {
            **report.as_json(),
            "engine": "docker" if theatre.workshop else "none",
            "adaptations": _adaptations(theatre),
            "logs": logs,
            "explore": exploring,
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        sys.stdout.flush()
        return
    report.line()
    if report.ok:
        report.line(f"Done in {report.seconds:.0f} s.")
    else:
        report.line(f"Failed after {report.seconds:.0f} s: {report.failure}")
        for line in logs:
            report.line(f"  {line}")
    for line in _what_next(theatre, exploring, keep=keep):
        report.line(line)


def _what_next(theatre: Theatre, exploring: Mapping[str, object], *, keep: bool) -> Iterator[str]:
    if not keep:
        yield "Nothing was left running. Next:"
        yield "  make demo ARGS=--keep          leave it running and look around"
        yield "  cat examples/checkout/longshore.yaml"
        yield "  make deploy ENV=dev            install Longshore into an AWS account"
        return
    if not exploring:
        yield "It keeps running until you press Ctrl-C here."
        return
    yield "It keeps running until you press Ctrl-C here. In another terminal:"
    for name, value in theatre.scene.command.caller.environment().items():
        yield f"  export {name}={shlex.quote(value)}"
    yield "then, for example:"
    yield from (f"  {line}" for line in _commands(theatre))
    yield f"and watch {CHANNEL} at {exploring['slack']}"


def _adaptations(theatre: Theatre) -> list[Mapping[str, object]]:
    found = theatre.aws.adaptations if hasattr(theatre, "aws") else []
    return [asdict(each) for each in found]


def _exploring(theatre: Theatre) -> Mapping[str, object]:
    return {
        "environment": dict(theatre.scene.command.caller.environment()),
        "commands": _commands(theatre),
        "slack": theatre.scene.slack.page_url(CHANNEL),
        "folder": str(theatre.scene.command.folder),
        "stop": "Ctrl-C",
    }


def _commands(theatre: Theatre) -> list[str]:
    longshore = ROOT / ".venv/bin/longshore"
    broken, good = "1.6.0", "1.7.0"
    return [
        f"{longshore} status {STAGE}",
        _push(theatre, broken, broken=True),
        f'{longshore} retry {STAGE} --reason "to see it fail once more"',
        _push(theatre, good),
        *_git_push(theatre),
        f"{longshore} webhook test",
        f"less {theatre.scene.command.folder / 'longshore.yaml'}",
    ]


def _git_push(theatre: Theatre) -> list[str]:
    """Return the command lines that commit and push as the story does."""
    clone = f"git -C {theatre.aws.scratch / CLONE}"
    tag = tag_of("1.8.0")
    return [
        f"{clone} revert --no-edit HEAD && {clone} tag {tag} && {clone} push origin {BRANCH} {tag}",
        f"{ROOT / '.venv/bin/longshore'} pipelines show {PIPELINE}",
    ]


def _push(theatre: Theatre, version: str, *, broken: bool = False) -> str:
    """Return the command line that pushes a version as the story does."""
    if not theatre.workshop:
        tool = f"{ROOT / '.venv/bin/python'} -m longshore_local.registry {version}"
        return f"{tool} broken" if broken else tool
    reference = f"{theatre.aws.registry}/{REPOSITORY}:{version}"
    prices = NO_PRICES if broken else PRICES[0]
    arguments = {"BASE": theatre.workshop.base, **arguments_of(version, prices)}
    given = " ".join(f"--build-arg {name}={value}" for name, value in arguments.items())
    build = f"docker build -t {reference} {given} {ROOT / 'examples/checkout'}"
    return f"{build} && docker push {reference}"


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Turn a request to terminate into what Ctrl-C does, so that everything is put away.

    SIGINT is named too: a shell starts what runs in the background with SIGINT ignored.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    yield
