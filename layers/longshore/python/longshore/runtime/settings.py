"""What each function is told by its environment, one frozen record a function.

template.yaml sets exactly these variables; a contract test holds the two together. Of Lambda's own
variables only the region is read.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Self

from longshore.domain.errors import LongshoreError
from longshore.domain.places import Home
from longshore.domain.rates import Rate, Rates

_PREFIX = "LONGSHORE_"
_LAMBDAS_OWN = {"region": "AWS_REGION"}


class SettingsError(LongshoreError):
    """Environment variables are missing or wrong; the text names them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The way from an environment to settings: the field `work_url` is `LONGSHORE_WORK_URL`."""

    @classmethod
    def variables(cls) -> frozenset[str]:
        """Return the variables that the template has to set."""
        return frozenset(cls._by_field().values()) - frozenset(_LAMBDAS_OWN.values())

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings; raise SettingsError with all the names that are missing or empty."""
        names = cls._by_field()
        given = {name for name in names.values() if environment.get(name)}
        missing = sorted({names[field.name] for field in fields(cls) if _required(field)} - given)
        if missing:
            raise SettingsError(
                f"{cls.__name__} cannot be read: the environment lacks {', '.join(missing)}; "
                "deploy template.yaml as it is"
            )
        return cls(**{field: environment[name] for field, name in names.items() if name in given})

    @classmethod
    def _by_field(cls) -> dict[str, str]:
        return {
            field.name: _LAMBDAS_OWN.get(field.name, _PREFIX + field.name.upper())
            for field in fields(cls)
        }


def _required(field: "Field[object]") -> bool:
    return field.default is MISSING


@dataclass(frozen=True, slots=True)
class _AtHome(Settings):
    """What functions are told that must know where they are."""

    table: str
    partition: str
    account: str
    region: str

    @property
    def home(self) -> Home:
        """Where the installation is."""
        return Home(self.partition, self.account, self.region)


@dataclass(frozen=True, slots=True)
class RouterSettings(_AtHome):
    """The router reads lookups and sends to the work queue, and to that of the executions."""

    work_url: str
    executions_url: str


@dataclass(frozen=True, slots=True)
class _KeepsLedger(_AtHome):
    """What functions are told that write a stage, or what it shall be, and wake it by the inbox.

    `ledger` is another one after the table was restored from a backup.
    """

    ledger: str
    inbox_url: str


@dataclass(frozen=True, slots=True)
class ReconcilerSettings(_KeepsLedger):
    """The reconciler wakes itself through the inbox, and paces its calls."""

    register_rate: str
    update_rate: str

    @property
    def rates(self) -> Rates:
        """How fast ECS may be called; raise SettingsError for what is no rate."""
        return Rates(
            _rate("LONGSHORE_REGISTER_RATE", self.register_rate),
            _rate("LONGSHORE_UPDATE_RATE", self.update_rate),
        )


def _rate(variable: str, text: str) -> Rate:
    try:
        return Rate.parse(text)
    except ValueError as error:
        raise SettingsError(f"{variable} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class ControlSettings(_KeepsLedger):
    """The control function writes configurations and intents."""


@dataclass(frozen=True, slots=True)
class PipelineJobSettings(_KeepsLedger):
    """The deploy action's function writes intents, as the control function does."""


@dataclass(frozen=True, slots=True)
class PipelineWatchSettings(Settings):
    """The watch over pipelines keeps timelines, and comes again through the inbox."""

    table: str
    inbox_url: str


@dataclass(frozen=True, slots=True)
class WebhookSettings(Settings):
    """The webhook verifies by a secret and queues pushes."""

    table: str
    pushes_url: str
    git_secret: str
    gitlab_plain_token: str

    @property
    def plain_tokens(self) -> bool:
        """Whether GitLab's token that is merely sent along counts; anything but yes is no."""
        return self.gitlab_plain_token == "true"  # noqa: S105  a switch, and no token


@dataclass(frozen=True, slots=True)
class PipelineStartSettings(Settings):
    """The starter of pipelines reads the ledger."""

    table: str


@dataclass(frozen=True, slots=True)
class AnnouncerSettings(Settings):
    """The announcer brings the outbox to the bus and to the queue of notices."""

    table: str
    bus: str
    notices_url: str


@dataclass(frozen=True, slots=True)
class NotifierSettings(Settings):
    """The notifier publishes notices to the topic, and to Slack where there is a secret for it."""

    table: str
    topic_arn: str
    notices_url: str
    slack_secret: str = ""
    slack_api_url: str = "https://slack.com/api/"
