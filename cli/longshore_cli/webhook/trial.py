"""`longshore webhook test`: send what a Git host sends, and say what the answer means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import uuid4

from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.errors import CommandError, ExitCode, UsageError
from longshore_cli.installation import Installation, find_installation
from longshore_cli.output import OutputFormat, print_json, print_line, print_warning
from longshore_cli.transport import (
    NoAnswerError,
    UnreachableError,
    is_loopback,
    post,
    to_post,
)
from longshore_cli.webhook.answers import Meaning, meaning_of
from longshore_cli.webhook.deliveries import Delivery, GitHost, SamplePush, ping_of, push_of
from longshore_cli.webhook.keys import region_of, secret_of_aws, secret_of_environment
from longshore_cli.webhook.signing import signature

PATIENCE = 15
"""Seconds; the hosts wait for ten."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PATH = "/v1/git"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is sent, to where, and where its secret is; without `push` it is a ping."""

    host: GitHost
    push: SamplePush | None = None
    url: str | None = None
    secret_arn: str | None = None
    secret_variable: str | None = None


def run_trial(place: Place, trial: Trial, output: OutputFormat) -> None:
    """Sign, send, and say what was answered; raise CommandError where it is not as it should be."""
    if trial.push is not None:
        _check(trial.push)
    with aws_in_sentences():
        access = Access(place)
        url, secret = _where_and_with(access, trial)
        delivery = push_of(trial.host, trial.push) if trial.push else ping_of(trial.host)
        status, answer = _send(access, url, _signed(trial.host, secret, delivery))
    meaning = meaning_of(status, answer, trial.host, pushed=trial.push is not None)
    _tell(url, trial, status, meaning, output)


def _check(push: SamplePush) -> None:
    """Refuse a push that no host would tell of."""
    if bool(push.branch) == bool(push.tag):
        raise UsageError(
            "a push is one of a branch or of a tag", next_step="give --branch or --tag"
        )
    if not push.repository:
        raise UsageError("no repository is named", next_step="--repository owner/name")
    if _COMMIT.fullmatch(push.commit) is None:
        raise UsageError(
            f"{push.commit!r} is no commit: what it starts, starts with that commit",
            next_step="--commit $(git rev-parse HEAD)",
        )


def _where_and_with(access: Access, trial: Trial) -> tuple[str, str]:
    """Return the address and the secret; the installation is asked for what was not given."""
    given = trial.secret_arn or trial.secret_variable
    installation = None if trial.url and given else find_installation(access)
    url = _address(trial.url or _known(installation, "webhook_url"), trial.host)
    if trial.secret_variable:
        return url, secret_of_environment(trial.secret_variable)
    arn = trial.secret_arn or _known(installation, "git_secret_arn")
    if installation is not None and not trial.secret_arn:
        _warn_of_another_region(arn, installation.home.region)
    return url, secret_of_aws(access, arn, trial.host)


def _warn_of_another_region(arn: str, region: str) -> None:
    """Say that the webhook cannot read what this command can: it reads in its own region."""
    if region_of(arn) not in {"", region}:
        print_warning(
            f"the secret {arn} is in another region than the webhook, which reads secrets in "
            f"{region} alone: deploy with the ARN of one that is there as GitSecretArn"
        )


def _known(installation: Installation | None, key: str) -> str:
    value = str(getattr(installation, key, ""))
    if not value:
        raise CommandError(
            f"the installation has no webhook: its parameter has no {key}",
            next_step=(
                "deploy Longshore with GitSecretArn, as docs/git.md tells; or name an address with "
                "--url, and its secret with --secret-from or --secret-env"
            ),
        )
    return value


def _address(url: str, host: GitHost) -> str:
    """Return where deliveries of a host go, whether `url` says all of it or only the beginning.

    A secret goes nowhere without TLS.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(url):
        raise UsageError(
            f"{url} is not https: nothing was sent", next_step="give the address with https://"
        )
    whole = url.rstrip("/")
    if f"{_PATH}/" in parts.path.rstrip("/"):
        return whole
    return f"{whole.removesuffix(_PATH)}{_PATH}/{host}"


def _signed(host: GitHost, secret: str, delivery: Delivery) -> Delivery:
    try:
        shown = signature(host, secret, delivery.body, str(uuid4()), datetime.now(UTC))
    except ValueError as error:
        raise CommandError(
            f"the secret for {host} cannot be used: {error}",
            next_step="make a longer one, and give it to the Git host and to Secrets Manager",
        ) from None
    return Delivery({**delivery.headers, **shown}, delivery.body)


def _send(access: Access, url: str, delivery: Delivery) -> tuple[int, Mapping[str, object]]:
    try:
        return post(access, to_post(url, delivery.body, delivery.headers), PATIENCE)
    except NoAnswerError:
        raise CommandError(
            f"{url} gave no answer within {PATIENCE} s; a Git host would have given up, too",
            next_step="read the log of the webhook function",
            code=ExitCode.TIMED_OUT,
        ) from None
    except UnreachableError as error:
        # The kind alone: the text may quote a header, and GitLab's holds the token itself.
        raise CommandError(
            f"failed to reach {url}: {type(error.__cause__).__name__}",
            next_step="check the address and the network, then repeat the command",
        ) from None


def _tell(url: str, trial: Trial, status: int, meaning: Meaning, output: OutputFormat) -> None:
    what = f"a push of {trial.push.ref}" if trial.push else "a ping"
    if meaning.code is not ExitCode.OK:
        raise CommandError(
            f"{what} to {url} was answered {status}: {meaning.text}",
            next_step=meaning.next_step,
            code=meaning.code,
        )
    if output is OutputFormat.JSON:
        print_json(
            {
                "url": url,
                "provider": trial.host.value,
                "sent": "push" if trial.push else "ping",
                "status": status,
                "answer": meaning.text,
                "next": meaning.next_step,
            }
        )
        return
    print_line(f"{what} to {url}")
    print_line(f"answered {status} {HTTPStatus(status).phrase}: {meaning.text}")
    print_line(f"next: {meaning.next_step}")
