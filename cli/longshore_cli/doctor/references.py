"""What a task definition needs to exist beside its image: secrets, parameters, log groups."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from longshore.domain.errors import Refused
from longshore.domain.places import Home
from longshore.events.arns import Arn, parse_arn
from longshore_cli.doctor.findings import Check, Finding, attempt
from longshore_cli.doctor.reading import Reader

Document = Mapping[str, Any]

_SECRET_PARTS = 2
"""`secret:NAME`; a key, a stage and a version may follow in a task definition."""


@dataclass(frozen=True, slots=True, order=True)
class SecretReference:
    """Where a container's secret is taken from: the ARN or name that `valueFrom` has."""

    container: str
    source: str

    @property
    def arn(self) -> Arn | None:
        """The secret's or parameter's ARN; None for the bare name of a parameter."""
        found = parse_arn(self.source)
        if found is None or found.service != "secretsmanager":
            return found
        resource = ":".join(found.resource.split(":")[:_SECRET_PARTS])
        return Arn(found.partition, found.service, found.region, found.account, resource)


@dataclass(frozen=True, slots=True, order=True)
class LogGroup:
    """A log group that a container writes to and does not make."""

    container: str
    name: str
    region: str


def secrets_of(definition: Document) -> Sequence[SecretReference]:
    """Return every reference once a container: secrets, those of log drivers, of registries."""
    found: dict[SecretReference, None] = {}
    for container in definition.get("containerDefinitions", ()):
        name = str(container.get("name"))
        logs = container.get("logConfiguration") or {}
        listed = [*container.get("secrets", ()), *(logs.get("secretOptions") or ())]
        sources = [str(each.get("valueFrom")) for each in listed if each.get("valueFrom")]
        registry = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
        found |= {
            SecretReference(name, each): None for each in [*sources, *filter(None, [registry])]
        }
    return list(found)


def log_groups_of(definition: Document, home: Home) -> Sequence[LogGroup]:
    """Return the log groups that must be there before a task starts."""
    found: dict[LogGroup, None] = {}
    for container in definition.get("containerDefinitions", ()):
        logs = container.get("logConfiguration") or {}
        options = logs.get("options") or {}
        makes_it = str(options.get("awslogs-create-group", "")).lower() == "true"
        group = options.get("awslogs-group")
        if logs.get("logDriver") == "awslogs" and group and not makes_it:
            region = options.get("awslogs-region") or home.region
            found[LogGroup(str(container.get("name")), str(group), str(region))] = None
    return list(found)


class References:
    """Looks whether they exist; a value is never read. Each question is asked once."""

    def __init__(self, reader: Reader) -> None:
        """Ask with the caller's own credentials."""
        self._reader = reader
        self._known: dict[tuple[str, str, str], str] = {}

    def findings(self, subject: str, definition: Document, home: Home) -> Iterator[Finding]:
        """Yield what is missing of one task definition's needs, or that nothing is."""
        secrets, groups = secrets_of(definition), log_groups_of(definition, home)
        yield from self._all(Check("secrets", subject), secrets, home)
        yield from self._all(Check("log-groups", subject), groups, home)

    def _all(
        self, check: Check, needed: Iterable[SecretReference | LogGroup], home: Home
    ) -> Iterator[Finding]:
        listed = list(needed)
        found = [
            f for each in listed for f in attempt(check, partial(self._one, check, each, home))
        ]
        yield from found
        if not found:
            yield check.ok(
                f"all {len(listed)} exist" if listed else "the task definition names none"
            )

    def _one(self, check: Check, each: SecretReference | LogGroup, home: Home) -> Iterator[Finding]:
        missing = self._missing(each, home)
        if missing:
            yield check.problem(f"container {each.container}: {missing}", _next(each))

    def _missing(self, each: SecretReference | LogGroup, home: Home) -> str:
        if isinstance(each, LogGroup):
            return self._once("logs", each.region, each.name, self._missing_group)
        arn = each.arn
        if arn is not None and arn.account != home.account:
            message = f"{each.source} lies in account {arn.account}"
            raise Refused(message, "OtherAccount")
        if arn is not None and arn.service == "secretsmanager":
            return self._once("secret", arn.region, str(arn), self._missing_secret)
        region = arn.region if arn else home.region
        name = arn.resource.partition("/")[2] if arn else each.source
        return self._once("parameter", region, name, self._missing_parameter)

    def _once(self, kind: str, region: str, name: str, look: Callable[[str, str], str]) -> str:
        key = (kind, region, name)
        if key not in self._known:
            self._known[key] = look(region, name)
        return self._known[key]

    def _missing_secret(self, region: str, arn: str) -> str:
        try:
            found = self._reader.ask(
                "secretsmanager", "describe_secret", region=region, SecretId=arn
            )
        except Refused as error:
            if error.code != "ResourceNotFoundException":
                raise
            return f"there is no secret {arn}"
        if found.get("DeletedDate"):
            return f"the secret {arn} is deleted, or will be shortly"
        return ""

    def _missing_parameter(self, region: str, name: str) -> str:
        """Look for a parameter; its ARN does not tell whether the name begins with a slash."""
        bare = name.removeprefix("/")
        names = [name] if name.startswith("/") else [f"/{bare}", *([] if "/" in bare else [bare])]
        found = self._reader.pages(
            ("ssm", "describe_parameters"),
            "Parameters",
            "NextToken",
            region=region,
            ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": names}],
        )
        return "" if any(found) else f"there is no parameter {name} in {region}"

    def _missing_group(self, region: str, name: str) -> str:
        found = self._reader.pages(
            ("logs", "describe_log_groups"),
            "logGroups",
            "nextToken",
            region=region,
            logGroupNamePrefix=name,
        )
        known = any(group["logGroupName"] == name for group in found)
        return "" if known else f"there is no log group {name} in {region}, so no task can start"


def _next(each: SecretReference | LogGroup) -> str:
    if isinstance(each, LogGroup):
        return f"aws logs create-log-group --log-group-name {each.name} --region {each.region}"
    return "create it, or correct valueFrom in the task definition"
