"""The secret of the Git hosts: whether it holds what can be valid. What it holds is never said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from longshore.aws.pushes import keys_under
from longshore.aws.secrets import parse_secret, texts_under
from longshore.domain.configuration import Configuration
from longshore.domain.places import Home
from longshore.domain.pushes import Provider
from longshore.events.arns import Arn
from longshore.events.git.signatures import SHORTEST_SECRET, count_valid
from longshore_cli.doctor.findings import Check, Finding

Hosts = Mapping[Provider, Sequence[str]]
"""The Git hosts, each with the applications that hear of its pushes."""

_FORMS = {
    Provider.GITHUB: f'{{"github": "..."}}, {SHORTEST_SECRET} characters at least',
    Provider.GITLAB: '{"gitlab": "whsec_..."}, the signing token that GitLab shows',
    Provider.BITBUCKET: f'{{"bitbucket": "..."}}, {SHORTEST_SECRET} characters at least',
}


def hosts_of(configurations: Iterable[Configuration]) -> Hosts:
    """Return which hosts are listened to, and by whom."""
    found: dict[Provider, dict[str, None]] = {}
    for configuration in configurations:
        for trigger in configuration.git:
            found.setdefault(trigger.repository.provider, {})[configuration.application] = None
    return {host: list(found[host]) for host in sorted(found)}


def judge_no_webhook(check: Check, hosts: Hosts) -> Finding:
    """Say that nobody hears what is configured."""
    listening = ", ".join(dict.fromkeys(each for users in hosts.values() for each in users))
    return check.problem(
        f"{listening}: git: says what pushes start, and the installation has no webhook",
        "deploy the stack with GitSecretArn (docs/git.md, Set up)",
    )


def judge_no_secret(check: Check, arn: str, why: str) -> Finding:
    """Say that a secret cannot be had, whoever asks."""
    return check.problem(
        f"the secret {arn} cannot be read by anybody: {why}; every delivery is answered 500",
        "restore it or give it a value: docs/git.md, Set up",
    )


def judge_place(check: Check, arn: Arn | None, home: Home) -> Iterator[Finding]:
    """Say why the webhook cannot reach a secret: Secrets Manager follows no ARN elsewhere."""
    if arn is None or (arn.partition, arn.region) == (home.partition, home.region):
        return
    yield check.problem(
        f"the secret {arn} is in {arn.region} ({arn.partition}), and the webhook reads secrets in "
        f"{home.region} alone; every delivery is answered 500",
        f"make it in {home.region}, or replicate it there, and deploy with that ARN as "
        "GitSecretArn (docs/git.md, Set up)",
    )


def judge_owner(check: Check, arn: Arn | None, home: Home) -> Iterator[Finding]:
    """Say what else it takes to read a secret of another account, which is not looked at."""
    if arn is None or arn.account == home.account:
        return
    yield check.warning(
        f"the secret {arn} is of another account: whether the webhook may read it is not known",
        "have its policy and that of its own KMS key allow the role of the webhook, and name that "
        "key as GitSecretKeyArn; or keep the secret in the account of the installation",
    )


def judge_secret(
    check: Check, arn: str, text: str, hosts: Hosts, *, plain_tokens: bool
) -> Iterator[Finding]:
    """Say for which hosts nothing in a secret can be valid; `text` is its value."""
    try:
        texts = partial(texts_under, parse_secret(text))
    except ValueError:  # it quotes the secret
        yield check.problem(
            f"the secret {arn} is no JSON object; every delivery is answered 500",
            f"put {_FORMS[next(iter(hosts))]} into it",
        )
        return
    valid = {
        host: count_valid(host, keys_under(host, texts, plain_tokens=plain_tokens))
        for host in hosts
    }
    for host in (each for each in hosts if not valid[each]):
        yield check.problem(
            f"the secret {arn} holds nothing that is valid for {host}, whose pushes "
            f"{', '.join(hosts[host])} waits for: all are answered 401",
            f"put {_FORMS[host]} into it (docs/git.md)",
        )
    if all(valid.values()):
        yield check.ok(f"it holds what can be valid for {', '.join(hosts)}")
