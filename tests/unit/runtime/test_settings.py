from datetime import timedelta

import pytest

from longshore.domain.places import Home
from longshore.domain.rates import Rate
from longshore.runtime.settings import (
    AnnouncerSettings,
    ControlSettings,
    NotifierSettings,
    PipelineWatchSettings,
    ReconcilerSettings,
    RouterSettings,
    Settings,
    SettingsError,
)

AT_HOME = {"LONGSHORE_TABLE", "LONGSHORE_PARTITION", "LONGSHORE_ACCOUNT"}
VARIABLES: dict[type[Settings], set[str]] = {
    RouterSettings: AT_HOME | {"LONGSHORE_WORK_URL", "LONGSHORE_EXECUTIONS_URL"},
    PipelineWatchSettings: {"LONGSHORE_TABLE", "LONGSHORE_INBOX_URL"},
    ReconcilerSettings: AT_HOME
    | {"LONGSHORE_LEDGER", "LONGSHORE_INBOX_URL"}
    | {"LONGSHORE_REGISTER_RATE", "LONGSHORE_UPDATE_RATE"},
    ControlSettings: AT_HOME | {"LONGSHORE_LEDGER", "LONGSHORE_INBOX_URL"},
    AnnouncerSettings: {"LONGSHORE_TABLE", "LONGSHORE_BUS", "LONGSHORE_NOTICES_URL"},
    NotifierSettings: {"LONGSHORE_TABLE", "LONGSHORE_TOPIC_ARN", "LONGSHORE_NOTICES_URL"}
    | {"LONGSHORE_SLACK_SECRET", "LONGSHORE_SLACK_API_URL"},
}
ENVIRONMENT = {
    "AWS_REGION": "eu-central-1",
    "LONGSHORE_ACCOUNT": "123456789012",
    "LONGSHORE_PARTITION": "aws",
    "LONGSHORE_TABLE": "ledger",
    "LONGSHORE_EXECUTIONS_URL": "https://sqs/executions.fifo",
    "LONGSHORE_WORK_URL": "https://sqs/work.fifo",
    "PATH": "/bin",
}


@pytest.mark.parametrize("settings", VARIABLES)
def test_every_function_knows_its_own_variables(settings: type[Settings]) -> None:
    assert settings.variables() == VARIABLES[settings]


@pytest.mark.parametrize("settings", VARIABLES)
def test_every_function_reads_its_own_variables(settings: type[Settings]) -> None:
    environment = {name: f"value of {name}" for name in (*VARIABLES[settings], "AWS_REGION")}

    assert settings.from_env(environment) == settings.from_env({**environment, "OTHER": "x"})


def test_settings_say_where_the_installation_is() -> None:
    settings = RouterSettings.from_env(ENVIRONMENT)

    assert settings.home == Home("aws", "123456789012", "eu-central-1")
    assert (settings.table, settings.work_url) == ("ledger", "https://sqs/work.fifo")


def make_reconciler_settings(register: str, update: str) -> ReconcilerSettings:
    more = {
        "LONGSHORE_INBOX_URL": "https://sqs/inbox",
        "LONGSHORE_LEDGER": "ledger/1",
        "LONGSHORE_REGISTER_RATE": register,
        "LONGSHORE_UPDATE_RATE": update,
    }
    return ReconcilerSettings.from_env(ENVIRONMENT | more)


def test_settings_say_how_fast_ecs_may_be_called() -> None:
    rates = make_reconciler_settings("10/0.5", "50/8").rates

    assert rates.register == Rate(10, timedelta(seconds=2))
    assert rates.update == Rate(50, timedelta(milliseconds=125))


@pytest.mark.parametrize(
    ("register", "update", "name"),
    [("20", "50/5", "REGISTER_RATE"), ("20/1", "50/0", "UPDATE_RATE")],
)
def test_what_is_no_rate_is_named_by_its_variable(register: str, update: str, name: str) -> None:
    with pytest.raises(SettingsError, match=f"LONGSHORE_{name} cannot be read: .* is no rate"):
        _ = make_reconciler_settings(register, update).rates


def test_everything_that_is_missing_is_named_at_once() -> None:
    environment = {**ENVIRONMENT, "LONGSHORE_TABLE": ""}
    del environment["LONGSHORE_WORK_URL"], environment["AWS_REGION"]

    with pytest.raises(SettingsError) as caught:
        RouterSettings.from_env(environment)

    assert str(caught.value) == (
        "RouterSettings cannot be read: the environment lacks AWS_REGION, LONGSHORE_TABLE, "
        "LONGSHORE_WORK_URL; deploy template.yaml as it is"
    )
