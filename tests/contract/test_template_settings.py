"""Every function runs as meant, with its own settings and no others."""

import json
import re

import pytest

import longshore
from longshore.runtime.settings import (
    AnnouncerSettings,
    ControlSettings,
    NotifierSettings,
    PipelineJobSettings,
    PipelineStartSettings,
    PipelineWatchSettings,
    ReconcilerSettings,
    RouterSettings,
    Settings,
    WebhookSettings,
)
from tests.contract.cloudformation import Tree
from tests.contract.template import (
    KEY,
    att,
    environment,
    functions,
    ref,
    resource,
    resources,
    words_of,
)

HOME = {"LONGSHORE_PARTITION": ref("AWS::Partition"), "LONGSHORE_ACCOUNT": ref("AWS::AccountId")}
TABLE = {"LONGSHORE_TABLE": ref("Ledger")}
LEDGER = {"Fn::Join": ["/", [att("Ledger", "StreamArn"), ref("LedgerEpoch")]]}

SETTINGS = {
    "Router": TABLE
    | HOME
    | {"LONGSHORE_WORK_URL": ref("Work"), "LONGSHORE_EXECUTIONS_URL": ref("Executions")},
    "PipelineWatch": TABLE | {"LONGSHORE_INBOX_URL": ref("Inbox")},
    "Reconciler": TABLE
    | HOME
    | {"LONGSHORE_INBOX_URL": ref("Inbox"), "LONGSHORE_LEDGER": LEDGER}
    | {"LONGSHORE_REGISTER_RATE": ref("RegisterRate"), "LONGSHORE_UPDATE_RATE": ref("UpdateRate")},
    "Announcer": TABLE | {"LONGSHORE_BUS": ref("Bus"), "LONGSHORE_NOTICES_URL": ref("Notices")},
    "Notifier": TABLE
    | {"LONGSHORE_TOPIC_ARN": ref("Topic"), "LONGSHORE_NOTICES_URL": ref("Notices")}
    | {"LONGSHORE_SLACK_SECRET": ref("SlackSecretArn")}
    | {"LONGSHORE_SLACK_API_URL": ref("SlackApiUrl")},
    "Control": TABLE | HOME | {"LONGSHORE_INBOX_URL": ref("Inbox"), "LONGSHORE_LEDGER": LEDGER},
    "PipelineJob": TABLE | HOME | {"LONGSHORE_INBOX_URL": ref("Inbox"), "LONGSHORE_LEDGER": LEDGER},
    "Webhook": TABLE
    | {"LONGSHORE_PUSHES_URL": ref("Pushes"), "LONGSHORE_GIT_SECRET": ref("GitSecretArn")}
    | {"LONGSHORE_GITLAB_PLAIN_TOKEN": ref("GitLabPlainToken")},
    "PipelineStart": TABLE,
}

READ: dict[str, type[Settings]] = {
    "Router": RouterSettings,
    "Reconciler": ReconcilerSettings,
    "Announcer": AnnouncerSettings,
    "Notifier": NotifierSettings,
    "Control": ControlSettings,
    "PipelineJob": PipelineJobSettings,
    "PipelineWatch": PipelineWatchSettings,
    "Webhook": WebhookSettings,
    "PipelineStart": PipelineStartSettings,
}

NAME = {"Fn::If": ["NamesInstallation", ref("InstallationName"), ref("AWS::StackName")]}


@pytest.mark.parametrize("name", functions())
def test_a_function_finds_its_own_settings(name: str) -> None:
    ours = {key: value for key, value in environment(name).items() if key.startswith("LONGSHORE_")}

    assert ours == SETTINGS[name]


@pytest.mark.parametrize("name", functions())
def test_a_function_is_told_what_it_reads_and_nothing_else(name: str) -> None:
    told = {variable for variable in environment(name) if variable.startswith("LONGSHORE_")}

    assert told == READ[name].variables()


@pytest.mark.parametrize("name", functions())
def test_a_function_finds_the_settings_of_its_logs_and_metrics(name: str) -> None:
    others = {k: value for k, value in environment(name).items() if not k.startswith("LONGSHORE_")}

    assert others == {
        "POWERTOOLS_SERVICE_NAME": {"Fn::Sub": f"${{AWS::StackName}}-{words_of(name, '-')}"},
        "POWERTOOLS_METRICS_NAMESPACE": "Longshore",
        "POWERTOOLS_LOG_LEVEL": ref("LogLevel"),
    }


@pytest.mark.parametrize("name", functions())
def test_a_function_runs_its_own_file_on_both_layers(name: str) -> None:
    function = functions()[name]

    assert function["CodeUri"] == f"functions/{words_of(name, '_')}"
    assert function["Handler"] == "app.handler"
    assert function["Runtime"] == "python3.13"
    assert function["Layers"] == [ref("DependenciesLayer"), ref("LongshoreLayer")]
    assert resource(name)["Metadata"] == {"SkipBuild": True}


@pytest.mark.parametrize("name", functions())
def test_a_function_runs_on_the_chosen_processor_and_is_traced(name: str) -> None:
    function = functions()[name]

    assert function["Architectures"] == [ref("Architecture")]
    assert function["Tracing"] == ref("Tracing")
    assert function["KmsKeyArn"] == KEY
    assert function["ReservedConcurrentExecutions"] == {
        "Fn::If": ["ReservesConcurrency", ref("ReservedConcurrency"), ref("AWS::NoValue")]
    }


def test_functions_end_in_time() -> None:
    timeouts = {name: function["Timeout"] for name, function in functions().items()}

    assert timeouts == {
        "Router": 30,
        "Reconciler": 90,
        "Announcer": 30,
        "Notifier": 45,
        "Control": 30,
        "PipelineJob": 120,
        "PipelineWatch": 60,
        "Webhook": 9,
        "PipelineStart": 30,
    }


@pytest.mark.parametrize("name", ["DependenciesLayer", "LongshoreLayer"])
def test_a_layer_is_for_what_the_functions_run_on(name: str) -> None:
    layer = resources("AWS::Serverless::LayerVersion")[name]

    assert layer["CompatibleRuntimes"] == ["python3.13"]
    assert layer["CompatibleArchitectures"] == [ref("Architecture")]
    assert resource(name)["Metadata"]["BuildMethod"] == "makefile"


@pytest.mark.parametrize("name", functions())
def test_a_log_group_is_named_after_its_function_kept_for_a_while_and_encrypted(name: str) -> None:
    assert resources("AWS::Logs::LogGroup")[f"{name}Logs"] == {
        "LogGroupName": {
            "Fn::Sub": [f"/longshore/${{Name}}/{words_of(name, '-')}", {"Name": NAME}]
        },
        "RetentionInDays": ref("LogRetentionDays"),
        "KmsKeyId": KEY,
    }


def test_there_are_no_log_groups_beside_those_of_the_functions_and_of_the_api() -> None:
    groups = resources("AWS::Logs::LogGroup")
    of_the_api = groups["WebhookAccessLogs"]

    assert sorted({*groups} - {"WebhookAccessLogs"}) == sorted(f"{n}Logs" for n in functions())
    assert of_the_api["RetentionInDays"] == ref("LogRetentionDays")
    assert of_the_api["KmsKeyId"] == KEY


def test_the_webhook_answers_within_what_hosts_wait_and_no_faster_than_it_may() -> None:
    (integration,) = resources("AWS::ApiGatewayV2::Integration").values()
    (stage,) = resources("AWS::ApiGatewayV2::Stage").values()

    assert functions()["Webhook"]["Timeout"] * 1000 < integration["TimeoutInMillis"] <= 10_000
    assert integration["IntegrationUri"] == att("Webhook")
    assert integration["PayloadFormatVersion"] == "2.0"
    assert stage["DefaultRouteSettings"].keys() == {"ThrottlingBurstLimit", "ThrottlingRateLimit"}
    assert stage["AccessLogSettings"]["DestinationArn"] == att("WebhookAccessLogs")
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert not any("header" in value or "body" in value for value in logged.values())


def test_without_a_secret_nothing_of_the_webhook_is_there() -> None:
    alone = {"WebhookKeyPolicy": "NamesGitKey", "PipelineStartPolicy": "StartsNamed"}
    parts = [name for name in resources() if re.match("Webhook|Pushes|PipelineStart|Starts", name)]

    assert len(parts) > len(alone)
    for name in parts:
        assert resource(name)["Condition"] == alone.get(name, "TakesPushes"), name


def test_the_command_finds_the_installation() -> None:
    parameter = resources("AWS::SSM::Parameter")["Installation"]
    text, values = parameter["Value"]["Fn::Sub"]
    assert values == {
        "Slack": {"Fn::If": ["TellsSlack", "true", "false"]},
        "WebhookUrl": {
            "Fn::If": ["TakesPushes", {"Fn::Sub": "${WebhookApi.ApiEndpoint}/v1/git"}, ""]
        },
    }
    text = text.replace("${Slack}", "true")
    written: Tree = json.loads(re.sub(r"\$\{([\w.:]+)\}", r"<\1>", text))

    assert parameter["Name"] == {"Fn::Sub": ["/longshore/${Name}", {"Name": NAME}]}
    assert written == {
        "schema": 1,
        "version": longshore.__version__,
        "stack": "<AWS::StackName>",
        "table": "<Ledger>",
        "control_url": "<ControlUrl.FunctionUrl>",
        "topic_arn": "<Topic>",
        "bus": "<Bus>",
        "work_queue_url": "<Work>",
        "inbox_url": "<Inbox>",
        "pipeline_job": "<PipelineJob>",
        "webhook_url": "<WebhookUrl>",
        "git_secret_arn": "<GitSecretArn>",
        "slack": True,
    }


def test_published_events_are_archived() -> None:
    assert resources("AWS::Events::EventBus")["Bus"]["Name"] == NAME
    assert resources("AWS::Events::Archive")["BusArchive"]["SourceArn"] == att("Bus")
