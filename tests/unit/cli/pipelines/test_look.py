"""`longshore pipelines list` and `show`."""

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.unit.cli.pipelines.conftest import ANA, COMMIT, LOG, Engines, pipelines


def test_pipelines_are_listed_with_their_last_execution(engines: Engines) -> None:
    engines.checkout()
    engines.checkout(build="Failed")
    engines.executions["idle"] = []

    result = pipelines("list")

    assert result.exit_code == 0
    heading, checkout, idle = result.stdout.splitlines()
    assert heading.split() == ["PIPELINE", "STATUS", "STARTED", "TOOK", "COMMIT", "TRIGGER"]
    assert checkout.split()[:2] == ["checkout", "Failed"]
    assert COMMIT[:12] in checkout
    assert "a push" in checkout
    assert "has not run" in idle


def test_a_file_names_which_are_listed(engines: Engines, tmp_path: Path) -> None:
    for name in ("checkout", "search", "other"):
        engines.executions[name] = []
    file = tmp_path / "longshore.yaml"
    file.write_text(
        "pipelines: [{name: checkout, limit: 2h}, {name: gone}]\n"
        "git:\n"
        "  - {github: acme/a, pipeline: search}\n"
        "  - {github: acme/a, pipeline: checkout}\n"
        "  - {github: acme/a, build: image}\n"
    )

    found = json.loads(pipelines("list", "--config", file, "-o", "json").stdout)["pipelines"]

    assert [(each["pipeline"], each["exists"]) for each in found] == [
        ("checkout", True),
        ("gone", False),
        ("search", True),
    ]


@pytest.mark.parametrize(
    "text", ["", "[1]", "pipelines: 3", "pipelines: [{name: 3}, 4]", "git: {}"]
)
def test_a_file_that_names_none_lists_none(engines: Engines, tmp_path: Path, text: str) -> None:
    engines.executions["checkout"] = []
    (tmp_path / "a.yaml").write_text(text or "application: shop")

    result = pipelines("list", "--config", tmp_path / "a.yaml")

    assert result.exit_code == 0
    assert "names no pipeline" in result.stdout


def test_a_file_that_is_no_yaml_is_told(engines: Engines, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [")

    result = pipelines("list", "--config", tmp_path / "a.yaml")

    assert result.exit_code == 2
    assert "next: longshore apply" in result.stderr
    assert engines.asked == []


def test_without_pipelines_there_is_a_next_step(engines: Engines) -> None:
    assert "stacks/pipeline.yaml" in pipelines("list").stdout
    assert engines.called("ListPipelines")


def test_a_failed_build_is_told_with_phase_message_and_log(engines: Engines) -> None:
    id_ = engines.checkout(build="Failed")

    said = pipelines("show", "checkout").stdout

    assert f"execution  {id_}" in said
    assert "commit     0123456789ab on main by Ana: fix prices" in said
    assert "why Build/Build failed: phase BUILD failed: exit status 1" in said
    assert f"log: {LOG}" in said
    assert "next: longshore pipelines retry checkout --reason TEXT" in said


def test_longshores_own_action_is_told_by_its_summary(engines: Engines) -> None:
    engines.checkout(deploy="Failed")

    said = pipelines("show", "checkout").stdout

    assert "why Deploy/Longshore failed: checkout/prod: web did not come up: exit 1" in said
    assert engines.called("BatchGetBuilds") == []


def test_other_engines_are_told_by_their_error(engines: Engines) -> None:
    engines.ran("x", "1", "Failed")
    error = {"errorDetails": {"code": "JobFailed", "message": "no such service"}}
    engines.acted("1", "Deploy/Ecs", "Failed", provider="ECS", category="Deploy", result=error)
    engines.acted("1", "Deploy/S3", "Failed", provider="S3", category="Deploy")

    said = pipelines("show", "x").stdout

    assert "why Deploy/Ecs failed: JobFailed: no such service" in said
    assert "why Deploy/S3 failed: its engine does not say why" in said


def test_a_build_that_codebuild_has_forgotten_is_no_trouble(engines: Engines) -> None:
    engines.checkout(build="Failed")
    engines.builds.clear()

    assert (
        "why Build/Build failed: its engine does not say why"
        in pipelines("show", "checkout").stdout
    )


def test_of_an_action_that_was_retried_the_last_attempt_counts(engines: Engines) -> None:
    id_ = engines.checkout(build="Failed")
    engines.acted(id_, "Build/Build", "Succeeded", took=100)

    document = json.loads(pipelines("show", "checkout", "-o", "json").stdout)["execution"]

    assert [stage["name"] for stage in document["stages"]] == ["Source", "Build"]
    (action,) = document["stages"][1]["actions"]
    assert (action["status"], action["seconds"]) == ("Succeeded", 100)
    assert document["failures"] == []


def test_stages_come_in_the_order_in_which_they_began(engines: Engines) -> None:
    """CodePipeline lists actions newest first, and side by side ones in any order."""
    engines.ran("x", "1", "Succeeded")
    for path, began in (("B/two", 1030), ("A/one", 1000), ("B/one", 1020)):
        engines.acted("1", path, "Succeeded", began=float(began), took=30)

    stages = json.loads(pipelines("show", "x", "-o", "json").stdout)["execution"]["stages"]

    assert [(s["name"], s["seconds"], len(s["actions"])) for s in stages] == [
        ("A", 30, 1),
        ("B", 40, 2),
    ]


def test_a_waiting_approval_is_the_next_step(engines: Engines) -> None:
    engines.ran("x", "1", "InProgress")
    engines.acted("1", "Approve/Ask", "InProgress", provider="Manual", category="Approval")

    said = pipelines("show", "x").stdout

    assert "waits for somebody to approve it" in said
    assert "next: approve or reject Approve/Ask" in said
    assert "so far" in said


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ({"triggerType": "StartPipelineExecution", "triggerDetail": ANA}, "ana (role Developer)"),
        (
            {"triggerType": "CloudWatchEvent", "triggerDetail": "arn:aws:events:r:1:rule/pushed"},
            "the rule pushed",
        ),
        ({"triggerType": "AutomatedRollback"}, "an automatic rollback"),
        ({"triggerType": "Tomorrow"}, "Tomorrow"),
        ({}, "unknown"),
    ],
)
def test_a_trigger_is_said_in_words(engines: Engines, trigger: dict[str, str], said: str) -> None:
    engines.ran("x", "1", "Succeeded", trigger=trigger)

    assert said in pipelines("show", "x").stdout


def test_an_execution_is_found_by_the_beginning_of_its_id(engines: Engines) -> None:
    engines.page = 2
    for number in range(7):
        engines.ran("x", f"{number}abc", "Superseded" if number == 0 else "Succeeded")

    result = pipelines("show", "x", "--execution", "0a", "--limit", "3", "-o", "json")

    document = json.loads(result.stdout)
    assert document["execution"]["id"] == "0abc"
    assert [each["id"] for each in document["executions"]] == ["6abc", "5abc", "4abc"]


def test_an_execution_that_is_not_there_is_an_error(engines: Engines) -> None:
    engines.ran("x", "1", "Succeeded")

    result = pipelines("show", "x", "--execution", "2")

    assert result.exit_code == 3
    assert "has no execution 2" in result.stderr


def test_an_id_that_fits_several_is_not_guessed(engines: Engines) -> None:
    engines.ran("x", "11", "Succeeded")
    engines.ran("x", "12", "Succeeded")

    result = pipelines("show", "x", "--execution", "1")

    assert result.exit_code == 3
    assert "several executions" in result.stderr


def test_a_pipeline_that_never_ran_is_told(engines: Engines) -> None:
    engines.executions["x"] = []

    assert "has not run" in pipelines("show", "x").stdout


def test_a_pipeline_that_does_not_exist_names_close_ones(engines: Engines) -> None:
    engines.executions["checkout"] = []

    result = pipelines("show", "chekout")

    assert result.exit_code == 3
    assert "did you mean checkout?" in result.stderr


def test_the_message_of_a_connection_is_taken_out_of_its_json(engines: Engines) -> None:
    summary = json.dumps({"ProviderType": "GitHub", "CommitMessage": "fix it\n\nlong text"})
    revision = {"actionName": "Source", "revisionId": COMMIT, "revisionSummary": summary}
    engines.ran("x", "1", "Succeeded", sourceRevisions=[revision])

    assert "commit     0123456789ab: fix it\n" in pipelines("show", "x").stdout


@pytest.mark.parametrize("summary", ["{", "[" * 5000, '"x"', '{"CommitMessage": 3}', "3"])
def test_what_is_no_such_json_is_shown_as_it_is(engines: Engines, summary: str) -> None:
    revision = {"actionName": "Source", "revisionId": COMMIT, "revisionSummary": summary}
    engines.ran("x", "1", "Succeeded", sourceRevisions=[revision])

    assert summary[:100] in pipelines("show", "x").stdout


HOSTILE = "\x1b]0;owned\x07\u202egnp.exe [bold]x[/bold]"


def test_what_others_wrote_cannot_reach_the_terminal(engines: Engines) -> None:
    id_ = engines.checkout(build="Failed")
    engines.acted(id_, f"Build/{HOSTILE}", "Failed", result={"externalExecutionSummary": HOSTILE})
    engines.executions["checkout"][0]["statusSummary"] = HOSTILE
    engines.executions["checkout"][0]["sourceRevisions"][0]["revisionSummary"] = HOSTILE

    for output in ("table", "text", "json", "yaml", "ndjson"):
        said = pipelines("show", "checkout", "-o", output).stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(said), output
        assert "[bold]" in said


def test_the_formats_say_the_same(engines: Engines) -> None:
    engines.checkout(build="Failed")
    engines.checkout()

    document = json.loads(pipelines("show", "checkout", "-o", "json").stdout)
    from_yaml = YAML(typ="safe").load(pipelines("show", "checkout", "-o", "yaml").stdout)
    lines = pipelines("show", "checkout", "-o", "ndjson").stdout.splitlines()

    assert from_yaml == document
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == ["execution", "execution", "action", "action"]
    assert (
        pipelines("show", "checkout", "-o", "text").stdout == pipelines("show", "checkout").stdout
    )


def test_failures_are_among_the_lines(engines: Engines) -> None:
    engines.checkout(build="Failed")

    last = json.loads(pipelines("show", "checkout", "-o", "ndjson").stdout.splitlines()[-1])

    assert last["kind"] == "failure"
    assert (last["action"], last["phase"], last["log"]) == ("Build/Build", "BUILD", LOG)
