"""`longshore doctor`: make every check, show what was found, end by it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from longshore.domain.configuration import Configuration
from longshore.domain.stages import StageSnapshot
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.doctor.applications import ApplicationChecks, Ground
from longshore_cli.doctor.findings import Check, Finding, Status, attempt, counts
from longshore_cli.doctor.installation import InstallationChecks
from longshore_cli.doctor.permissions import Permissions, Role
from longshore_cli.doctor.reading import Reader
from longshore_cli.doctor.references import References
from longshore_cli.doctor.repositories import Repositories
from longshore_cli.doctor.services import Services
from longshore_cli.doctor.stack import Stack, read_stack
from longshore_cli.doctor.stages import Eyes, StageChecks
from longshore_cli.errors import CommandError
from longshore_cli.installation import Installation, find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.output import OutputFormat, print_json, print_line
from longshore_cli.status import parse_stage
from longshore_cli.wording import count_of

_WORDS = {
    Status.OK: "ok",
    Status.WARNING: "warning",
    Status.PROBLEM: "PROBLEM",
    Status.UNCHECKED: "unchecked",
}


def run_doctor(place: Place, stage: str | None, output: OutputFormat, *, quiet: bool) -> None:
    """Check the installation and its stages, or one stage; exit 3 where problems were found."""
    wanted = parse_stage(stage) if stage else None
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        if wanted is not None:
            snapshots = [ledger.existing(wanted)]
        else:
            seen = [ledger.snapshot(each) for each in ledger.stages()]
            snapshots = [each for each in seen if each is not None]
        examination = Examination(Reader(access), installation, datetime.now(UTC))
        findings = list(examination.findings(ledger, snapshots))
    if output is OutputFormat.JSON:
        print_json(_as_json(installation, findings))
    else:
        _print(installation, findings, quiet=quiet)
    _end(findings)


class Examination:
    """One run of all checks."""

    def __init__(self, reader: Reader, installation: Installation, now: datetime) -> None:
        """Prepare to look at what is at the moment `now`."""
        self._reader = reader
        self._installation = installation
        self._now = now
        self._subject = f"installation {installation.name}"

    def findings(self, ledger: LedgerView, snapshots: Sequence[StageSnapshot]) -> Iterator[Finding]:
        """Yield what was found: of the installation first, then of each stage."""
        check = Check("stack", self._subject)
        stacks: list[Stack] = []
        yield from attempt(check, lambda: self._stack(check, stacks))
        stack = next(iter(stacks), None)
        checks = InstallationChecks(self._reader, self._installation, self._now)
        yield from checks.findings(stack, ledger)
        if not snapshots:
            yield Check("stages", self._subject).warning(
                "no application is configured here yet",
                "longshore init --service CLUSTER/SERVICE writes a first longshore.yaml",
            )
        ground = Ground(self._reader, self._installation, stack)
        yield from ApplicationChecks(ground).findings(_configurations(ledger, snapshots))
        roles: list[str] = []
        role = Check("reconciler-role", self._subject)
        if stack is not None:
            yield from attempt(role, lambda: self._role(role, stack, roles))
        eyes = self._eyes(snapshots, next(iter(roles), None))
        for snapshot in snapshots:
            yield from StageChecks(eyes, snapshot).findings()

    def _stack(self, check: Check, found: list[Stack]) -> Iterator[Finding]:
        if not self._installation.stack:
            why = "the installation's parameter does not name its stack, so its parts are not known"
            yield check.unchecked(why, "deploy the stack again: sam deploy")
            return
        found.append(read_stack(self._reader, self._installation))
        yield check.ok(f"{self._installation.stack} has {len(found[0].resources)} resources")

    def _role(self, check: Check, stack: Stack, found: list[str]) -> Iterator[Finding]:
        """Find the role whose permissions the stages' checks ask about."""
        reconciler = stack.named("Reconciler")
        if reconciler is None:
            yield check.unchecked(
                "the stack has no Reconciler", "deploy the stack again: sam deploy"
            )
            return
        answer = self._reader.ask(
            "lambda", "get_function_configuration", FunctionName=reconciler.physical
        )
        found.append(answer["Role"])
        yield check.ok(f"it is {answer['Role']}")

    def _eyes(self, snapshots: Sequence[StageSnapshot], role: str | None) -> Eyes:
        services = [target.service for each in snapshots for target in each.spec.targets]
        return Eyes(
            reader=self._reader,
            services=Services(self._reader, services),
            repositories=Repositories(self._reader),
            references=References(self._reader),
            permissions=Permissions(Role(self._reader, role)) if role else None,
            home=self._installation.home,
            now=self._now,
        )


def _configurations(
    ledger: LedgerView, snapshots: Iterable[StageSnapshot]
) -> Sequence[Configuration]:
    """Return what is in force of the applications that stages are of."""
    names = dict.fromkeys(each.spec.id.application for each in snapshots)
    found = (ledger.in_force(name)[1] for name in names)
    return [configuration for configuration in found if configuration is not None]


def _as_json(installation: Installation, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "installation": installation.name,
        "version": installation.version,
        "region": installation.home.region,
        "summary": counts(findings),
        "findings": [finding.as_json() for finding in findings],
    }


def _print(installation: Installation, findings: Sequence[Finding], *, quiet: bool) -> None:
    """Show findings by what they are about; quiet leaves out what is well."""
    shown = [each for each in findings if not (quiet and each.status is Status.OK)]
    for subject in dict.fromkeys(each.subject for each in shown):
        print_line(subject)
        for finding in (each for each in shown if each.subject == subject):
            print_line(f"  {_WORDS[finding.status]:9}  {finding.check}: {finding.message}")
            if finding.next_step:
                print_line(f"{'':13}next: {finding.next_step}")
    number = counts(findings)
    print_line(
        f"{installation.name} in {installation.home.region}: "
        f"{count_of(number['problem'], 'problem')}, "
        f"{count_of(number['warning'], 'warning')}, {number['unchecked']} could not be checked, "
        f"{number['ok']} ok"
    )


def _end(findings: Sequence[Finding]) -> None:
    """Raise where problems were found; the worst comes first as it was met first."""
    problems = [finding for finding in findings if finding.status is Status.PROBLEM]
    if not problems:
        return
    first = problems[0]
    many = count_of(len(problems), "problem")
    raise CommandError(
        f"{many} found, the first in {first.subject}: {first.check}", next_step=first.next_step
    )
