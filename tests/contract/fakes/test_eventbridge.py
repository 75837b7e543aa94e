"""EventBridge: what is put, whoever plays it; and AWS's own events, in the simulation's alone."""

import json
from datetime import timedelta
from typing import Any

import pytest

from longshore.aws.gate import Gate
from longshore.aws.publishing import EventBridgePublisher
from longshore_cli.rules import rules_met
from tests.contract.fakes.boxes import Document
from tests.contract.fakes.clouds import CloudClients, Memory, fresh, refused
from tests.contract.test_samples_meet_rules import EVENTS, SAMPLES
from tests.simulation.cloud.eventbridge import EventBridge
from tests.simulation.cloud.installed_rules import clock_rules
from tests.support.builders import make_announcement


def bus(cloud: CloudClients) -> str:
    name = fresh("bus")
    cloud.events.create_event_bus(Name=name)
    return name


def entry(name: str, **more: Document) -> Document:
    given = {"Source": "longshore", "DetailType": "DeploymentStarted", "Detail": "{}"}
    return {"EventBusName": name, **given, **more}


def put(cloud: CloudClients, *entries: Document) -> Document:
    return cloud.events.put_events(Entries=entries)


# ── what is put ──────────────────────────────────────────────────────────────────────────────


def test_what_is_put_has_an_id(cloud: CloudClients) -> None:
    reply = put(cloud, *[entry(bus(cloud))] * 2)

    assert reply["FailedEntryCount"] == 0
    first, second = (result["EventId"] for result in reply["Entries"])
    assert first != second


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Detail": "no json"}, "MalformedDetail"),
        ({"Detail": "[]"}, "MalformedDetail"),
        ({"Detail": ""}, "InvalidArgument"),
        ({"Source": ""}, "InvalidArgument"),
        ({"DetailType": ""}, "InvalidArgument"),
        ({"Source": "aws.ecs"}, "NotAuthorizedForSourceException"),
    ],
    ids=["no-json", "list", "no-detail", "no-source", "no-type", "source-of-aws"],
)
def test_an_entry_is_refused_by_itself(cloud: CloudClients, more: Document, code: str) -> None:
    name = bus(cloud)

    reply = put(cloud, entry(name), entry(name, **more), entry(name))

    codes = [result.get("ErrorCode") for result in reply["Entries"]]
    assert (reply["FailedEntryCount"], codes) == (1, [None, code, None])


def test_a_request_has_ten_entries_at_most(cloud: CloudClients) -> None:
    with refused("ValidationException"):
        put(cloud, *[entry(bus(cloud))] * 11)


def test_a_request_has_a_size(cloud: CloudClients) -> None:
    name = bus(cloud)
    large = entry(name, Detail=json.dumps({"reason": "x" * 140_000}))

    assert put(cloud, large)["FailedEntryCount"] == 0
    with refused("ValidationException"):
        put(cloud, large, large)


def test_what_is_put_on_no_bus_is_taken(cloud: CloudClients) -> None:
    reply = put(cloud, entry("nowhere"))

    assert reply["FailedEntryCount"] == 0
    assert reply["Entries"][0]["EventId"]


def test_a_bus_cannot_be_made_twice(cloud: CloudClients) -> None:
    with refused("ResourceAlreadyExistsException"):
        cloud.events.create_event_bus(Name=bus(cloud))


def test_what_was_put_is_kept(memory: Memory) -> None:
    name, announcement = bus(memory.clients), make_announcement(2)
    publisher = EventBridgePublisher(Gate(), memory.clients.events, name)

    assert publisher.publish([announcement]) == {}

    (kept,) = memory.events.put(name)
    assert (kept.source, kept.detail_type) == ("longshore", "DeploymentStarted")
    assert (kept.time, kept.at) == (announcement.at, memory.now)
    assert kept.detail["id"] == announcement.id


def test_what_was_taken_and_lost_is_not_kept(memory: Memory) -> None:
    name = bus(memory.clients)

    put(memory.clients, entry("nowhere"), entry(name, DetailType="x" * 129))

    assert memory.events.put(name) == memory.events.put("default") == []


def test_an_entry_can_fail_inside_eventbridge(memory: Memory) -> None:
    events = EventBridge(memory.clock, to=lambda *_: None, ails=lambda detail: "2" in detail)
    entries = [entry("default", Detail=json.dumps({"n": number})) for number in (1, 2, 3)]

    reply: Document = events.call("PutEvents", {"Entries": entries})

    assert [each.get("ErrorCode") for each in reply["Entries"]] == [None, "InternalFailure", None]
    assert [kept.detail["n"] for kept in events.put("default")] == [1, 3]


# ── AWS's own events ─────────────────────────────────────────────────────────────────────────

EVENTS_OF_AWS = [sample for sample in SAMPLES if not sample.file.startswith("malformed/")]


@pytest.mark.parametrize("sample", EVENTS_OF_AWS, ids=lambda sample: sample.file)
def test_an_event_goes_where_the_template_says(memory: Memory, sample: Any) -> None:  # noqa: ANN401  a row of the table
    event = json.loads((EVENTS / sample.file).read_text())

    met = memory.events.deliver(event)

    assert met == sample.rules == rules_met(event)
    assert [queue for queue, _ in memory.sent] == ["Inbox"] * len(met)
    assert all(json.loads(body) == event for _, body in memory.sent)


@pytest.mark.parametrize(
    ("rule", "every", "body"),
    [
        ("TickRule", timedelta(minutes=1), '{"clock":"tick"}'),
        ("SweepRule", timedelta(minutes=15), '{"clock":"sweep"}'),
    ],
)
def test_a_clock_says_what_the_template_says(
    memory: Memory, rule: str, every: timedelta, body: str
) -> None:
    memory.events.fire(rule)

    assert memory.sent == [("Inbox", body)]
    assert clock_rules()[rule].every == every


def test_no_other_rule_is_a_clock() -> None:
    assert set(clock_rules()) == {"TickRule", "SweepRule"}


def test_an_event_nobody_waits_for_goes_nowhere(memory: Memory) -> None:
    assert memory.events.deliver({"source": "aws.ecr"}) == ()
    assert memory.events.deliver({}) == ()
    assert memory.sent == []
