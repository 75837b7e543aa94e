"""The checks of what an application says of pushes and pipelines."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from longshore.domain.configuration import Configuration
from longshore.domain.errors import Refused
from longshore.domain.pipelines import PipelineRef
from longshore.domain.pushes import Startable
from longshore.events.arns import parse_arn
from longshore_cli.doctor import git_secret, starts
from longshore_cli.doctor.engines import Engines
from longshore_cli.doctor.findings import Check, Finding, attempt
from longshore_cli.doctor.permissions import Role
from longshore_cli.doctor.reading import Answer, Reader
from longshore_cli.doctor.stack import Stack
from longshore_cli.installation import Installation

PLAIN_TOKENS = "LONGSHORE_GITLAB_PLAIN_TOKEN"
"""What says in the webhook's environment whether GitLab's plain token counts."""

_UNREADABLE = frozenset({"ResourceNotFoundException", "InvalidRequestException"})
"""No such secret, or none with a value; or one that is about to be deleted."""


@dataclass(frozen=True, slots=True)
class Ground:
    """On what the checks stand; `stack` is None where it is not known."""

    reader: Reader
    installation: Installation
    stack: Stack | None


class ApplicationChecks:
    """Looks at applications as their configurations in force have them."""

    def __init__(self, ground: Ground) -> None:
        """Prepare to look; nothing is read yet."""
        self._ground = ground
        self._region = ground.installation.home.region
        self._engines = Engines(ground.reader)
        self._starter: Role | None = None

    def findings(self, configurations: Sequence[Configuration]) -> Iterator[Finding]:
        """Yield what was found: of the secret that all share, then of each application."""
        hosts = git_secret.hosts_of(configurations)
        if hosts:
            check = Check("git-secret", f"installation {self._ground.installation.name}")
            yield from attempt(check, lambda: self._secret(check, hosts))
        for configuration in configurations:
            yield from self._starts(configuration)
            for spec in configuration.pipelines:
                named = partial(self._named, spec.pipeline)
                yield from self._attempt("pipeline", configuration, named)

    def _attempt(
        self,
        id_: str,
        configuration: Configuration,
        judge: Callable[[Check], Iterable[Finding]],
    ) -> Sequence[Finding]:
        check = Check(id_, configuration.application)
        return attempt(check, lambda: judge(check))

    # ── the secret of the Git hosts ─────────────────────────────────────────────────────────────

    def _secret(self, check: Check, hosts: git_secret.Hosts) -> Iterator[Finding]:
        arn = self._ground.installation.git_secret_arn
        if not arn:
            yield git_secret.judge_no_webhook(check, hosts)
            return
        found, home = parse_arn(arn), self._ground.installation.home
        elsewhere = list(git_secret.judge_place(check, found, home))
        if elsewhere:
            yield from elsewhere
            return
        yield from git_secret.judge_owner(check, found, home)
        yield from self._held(check, arn, hosts)

    def _held(self, check: Check, arn: str, hosts: git_secret.Hosts) -> Iterator[Finding]:
        try:
            answer = self._ground.reader.ask(
                "secretsmanager", "get_secret_value", region=self._region, SecretId=arn
            )
        except Refused as error:
            if error.code not in _UNREADABLE:
                raise
            yield git_secret.judge_no_secret(check, arn, error.code)
            return
        text = str(answer.get("SecretString", ""))
        plain_tokens = self._plain_tokens()
        yield from git_secret.judge_secret(check, arn, text, hosts, plain_tokens=plain_tokens)

    def _plain_tokens(self) -> bool:
        """Say whether GitLab's plain token counts; where that is not known, as if it did."""
        found = self._function("Webhook")
        variables = (found or {}).get("Environment", {}).get("Variables", {PLAIN_TOKENS: "true"})
        return str(variables.get(PLAIN_TOKENS)) == "true"

    # ── what pushes start ───────────────────────────────────────────────────────────────────────

    def _starts(self, configuration: Configuration) -> Iterator[Finding]:
        for target in starts.targets_of(configuration.git):
            yield from self._attempt("push-target", configuration, partial(self._target, target))
            if self._ground.installation.git_secret_arn:
                may = partial(self._permission, target)
                yield from self._attempt("start-permission", configuration, may)

    def _target(self, target: starts.Target, check: Check) -> Iterator[Finding]:
        pipeline = target.starts is Startable.PIPELINE
        read = self._engines.pipeline if pipeline else self._engines.project
        found = read(target.name, self._region)
        yield starts.judge_target(check, target, found, self._region)

    def _permission(self, target: starts.Target, check: Check) -> Iterator[Finding]:
        role = self._role()
        if role is None:
            why = "the role of pipeline_start is not known without its stack and function"
            yield check.unchecked(why, "look at the checks of the installation")
            return
        home = self._ground.installation.home
        allowed = role.allows(target.action, target.arn(home))
        yield starts.judge_permission(check, target, home, allowed=allowed)

    def _role(self) -> Role | None:
        if self._starter is None:
            found = self._function("PipelineStart")
            self._starter = Role(self._ground.reader, found["Role"]) if found else None
        return self._starter

    def _function(self, logical: str) -> Answer | None:
        resource = self._ground.stack.named(logical) if self._ground.stack else None
        if resource is None:
            return None
        return self._ground.reader.ask(
            "lambda", "get_function_configuration", FunctionName=resource.physical
        )

    # ── pipelines that people are told of ───────────────────────────────────────────────────────

    def _named(self, pipeline: PipelineRef, check: Check) -> Iterator[Finding]:
        region = pipeline.home.region
        found = self._engines.pipeline(pipeline.name, region)
        yield starts.judge_named(check, pipeline.name, found, region)
