"""The parts of an installation: functions, rules, alarms, clock and timers. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from longshore_cli.doctor.findings import Check, Finding
from longshore_cli.wording import age, count_of, span

Document = Mapping[str, Any]

SWEEP_EVERY = timedelta(minutes=15)
"""As the stack's rule has it."""
LATE = timedelta(minutes=5)
"""After which a timer that the tick wakes each minute was missed, and no longer just read."""

_REDEPLOY = "deploy the stack again: sam deploy"


def judge_version(check: Check, installed: str, command: str) -> Finding:
    """Compare the versions of installation and command."""
    if installed == command:
        return check.ok(f"installation and command are both {command}")
    return check.warning(
        f"the installation is {installed}, the command {command}: one may not know what the other "
        "says",
        "bring both to the same version: upgrade the stack with sam deploy, or the command",
    )


def judge_function(check: Check, name: str, found: Document, reserved: int | None) -> Finding:
    """Say whether a function can be run; `reserved` is its concurrency, None where unlimited."""
    state, update = found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")
    if reserved == 0:
        return check.problem(
            f"{name} has a reserved concurrency of 0, so it never runs",
            f"aws lambda delete-function-concurrency --function-name {name}",
        )
    if state not in {"Active", "Inactive"}:
        why = found.get("StateReason") or "no reason given"
        return check.problem(f"{name} is {state}: {why}", _REDEPLOY)
    if update == "Failed":
        why = found.get("LastUpdateStatusReason") or "no reason given"
        return check.problem(f"the last update of {name} failed: {why}", _REDEPLOY)
    return check.ok(f"{name} is {state}")


def judge_mapping(check: Check, found: Document) -> Finding:
    """Say whether a queue or stream still reaches its function."""
    state, uuid = str(found.get("State", "Enabled")), found.get("UUID")
    if state in {"Disabled", "Disabling"}:
        return check.problem(
            "it was switched off: what arrives waits, four days at most (what a stream has, one)",
            f"aws lambda update-event-source-mapping --uuid {uuid} --enabled",
        )
    result = str(found.get("LastProcessingResult") or "")
    if result.startswith("PROBLEM"):
        return check.warning(
            f"Lambda cannot process it: {result}",
            f"aws lambda get-event-source-mapping --uuid {uuid}",
        )
    return check.ok(f"it is {state}")


def judge_rule(check: Check, found: Document) -> Finding:
    """Say whether a rule lets events through."""
    state, name = str(found.get("State", "")), found.get("Name")
    if state.startswith("ENABLED"):
        return check.ok("it is enabled")
    return check.problem(
        f"the rule {name} is {state or 'in no known state'}: what it should send is never heard of",
        f"aws events enable-rule --name {name}",
    )


def judge_alarms(
    check: Check, names: Sequence[str], found: Sequence[Document], now: datetime
) -> Sequence[Finding]:
    """Say which of the stack's alarms ring, are missing, or tell nobody."""
    findings = [_ringing(check, alarm, now) for alarm in found if alarm["StateValue"] == "ALARM"]
    missing = sorted(set(names) - {alarm["AlarmName"] for alarm in found})
    silent = [a["AlarmName"] for a in found if not a.get("ActionsEnabled", True)]
    if missing:
        findings.append(check.problem(f"deleted: {', '.join(missing)}", _REDEPLOY))
    if silent:
        findings.append(
            check.warning(
                f"their actions are switched off, so they tell nobody: {', '.join(silent)}",
                f"aws cloudwatch enable-alarm-actions --alarm-names {' '.join(silent)}",
            )
        )
    return findings or [check.ok(f"none of {count_of(len(names), 'alarm')} rings")]


def _ringing(check: Check, alarm: Document, now: datetime) -> Finding:
    since = alarm.get("StateUpdatedTimestamp")
    when = f", for {span(now - since)} now" if isinstance(since, datetime) else ""
    return check.problem(
        f"{alarm['AlarmName']} rings{when}: {alarm.get('AlarmDescription') or 'no description'}",
        "docs/runbook.md tells what to do about each alarm",
    )


def judge_sweep(
    check: Check, last: datetime | None, installed_at: datetime | None, now: datetime
) -> Finding:
    """Say whether the sweep runs; `last` is when one was completed, as its metric tells."""
    if last is None:
        if installed_at is not None and now - installed_at < 2 * SWEEP_EVERY:
            why = f"the stack is {span(now - installed_at)} old, and sweeps every 15 min"
            return check.unchecked(why, "repeat the command in a quarter of an hour")
        return check.unchecked(
            "CloudWatch knows of no completed sweep in 14 days: there was none, or the router's "
            "metrics do not arrive",
            "look at the checks of the alarm SweepMissingAlarm and the rule SweepRule",
        )
    if now - last > 3 * SWEEP_EVERY:
        return check.problem(
            f"the last sweep was completed {age(last, now)}, not within 15 min: lost events are "
            "not repaired",
            "look at the checks of the rule SweepRule, the inbox and the router",
        )
    return check.ok(f"a sweep was completed {age(last, now)}")


def judge_timers(check: Check, overdue: Sequence[datetime], now: datetime) -> Finding:
    """Say whether the tick runs: what is due is looked at within a minute or two."""
    if not overdue:
        return check.ok("no timer of a stage is overdue: the tick runs")
    return check.problem(
        f"{count_of(len(overdue), 'stage')} should have been looked at, the first "
        f"{age(min(overdue), now)}: "
        "the tick does not run, or stages are not reconciled",
        "look at the checks of the rule TickRule, the inbox and the work queue",
    )


def judge_execution_timers(check: Check, overdue: Sequence[datetime], now: datetime) -> Finding:
    """Say whether executions of pipelines that take too long would be noticed."""
    if not overdue:
        return check.ok("no timer of an execution is overdue: what is stuck is told")
    return check.problem(
        f"{count_of(len(overdue), 'execution')} should have been looked at, the first "
        f"{age(min(overdue), now)}: "
        "nobody would be told of a pipeline that is stuck",
        "look at the checks of the rule TickRule, the inbox and the queue of executions",
    )


def judge_outbox(check: Check, overdue: Sequence[datetime], now: datetime) -> Finding:
    """Say whether what happened is told."""
    if not overdue:
        return check.ok("every announcement was sent, or is on its way")
    return check.problem(
        f"overdue: {count_of(len(overdue), 'announcement')}, the first for "
        f"{span(now - min(overdue))}: "
        "deployments go on, but nobody is told",
        "look at the checks of the rule TickRule and the announcer",
    )
