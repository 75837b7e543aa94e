"""What the webhook's answer means, and what to do next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from longshore_cli.errors import ExitCode
from longshore_cli.webhook.deliveries import GitHost


@dataclass(frozen=True, slots=True)
class Meaning:
    """An answer in words, what to do next, and how the command ends."""

    text: str
    next_step: str
    code: ExitCode = ExitCode.OK


_READ_LOG = "the reason stands in the log of the webhook function"


def meaning_of(
    status: int, answer: Mapping[str, object], host: GitHost, *, pushed: bool
) -> Meaning:
    """Say what a status means; `pushed` is False for a ping."""
    if status == HTTPStatus.ACCEPTED:
        return Meaning("accepted, and what the push starts is being started", _WATCH)
    if status == HTTPStatus.OK:
        return _of_ok(answer, pushed=pushed)
    if status == HTTPStatus.UNAUTHORIZED:
        return Meaning(
            "the signature is not accepted: the webhook has another secret",
            f"compare the secret of {host} in Secrets Manager with the Git host's; a changed one "
            "counts within half a minute",
            ExitCode.DENIED,
        )
    return _REFUSED.get(status) or _of_others(status)


_WATCH = "longshore pipelines list shows what runs now"


def _of_ok(answer: Mapping[str, object], *, pushed: bool) -> Meaning:
    outcome = answer.get("outcome")
    if outcome == "duplicate":
        return Meaning(
            "these very bytes came before: nothing was started again",
            f"{_WATCH}; another commit is another push",
            ExitCode.NOTHING_TO_DO,
        )
    if outcome == "pong" or (outcome == "ignored" and not pushed):
        return Meaning(
            "the webhook is there, and the secret is the right one",
            "longshore webhook test --push sends a sample push, which starts what it matches",
        )
    if outcome == "ignored":
        reason = answer.get("reason") or "no reason given"
        return Meaning(
            f"verified, and it starts nothing: {reason}",
            "look at branches, tags and paths under `git` in longshore.yaml",
            ExitCode.NOTHING_TO_DO,
        )
    return Meaning(
        "this is no answer of Longshore's webhook",
        "check the address: longshore webhook test without --url takes the installation's",
        ExitCode.FAILED,
    )


_REFUSED: Mapping[int, Meaning] = {
    HTTPStatus.BAD_REQUEST: Meaning(
        "verified, but no delivery of this Git host",
        f"check --provider; {_READ_LOG}",
        ExitCode.FAILED,
    ),
    HTTPStatus.FORBIDDEN: Meaning(
        "something before the webhook refused it",
        "look at the firewall or the proxy on the way",
        ExitCode.DENIED,
    ),
    HTTPStatus.NOT_FOUND: Meaning(
        "no configuration in force has the repository under `git`, or the address is wrong",
        "compare --repository, letter by letter, with longshore.yaml; then: longshore apply",
        ExitCode.FAILED,
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Meaning(
        "too many requests at once", "repeat the command in a moment", ExitCode.FAILED
    ),
}


def _of_others(status: int) -> Meaning:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Meaning("the webhook failed", f"repeat the command; {_READ_LOG}", ExitCode.FAILED)
    return Meaning("this was not expected", _READ_LOG, ExitCode.FAILED)
