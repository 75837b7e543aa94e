"""A secret while Secrets Manager is busy: who sends nonsense takes nobody's key away."""

import json
from typing import Any

import pytest

from longshore.aws.secrets import KEPT_AT_MOST, KEPT_FOR, NOT_AGAIN_WITHIN, Secret
from longshore.domain.errors import NotPermitted, Refused, Throttled

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:git"


class Vault:
    """Secrets Manager and the gate to it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.calls = 0
        self.text: str = json.dumps({"github": "key"})
        self.fails: Exception | None = None
        aws: Any = self
        self.secret = Secret(aws, aws, ARN, seconds=lambda: self.now)

    def call(self, method: Any, **parameters: object) -> Any:  # noqa: ANN401 - as gates are
        return method(**parameters)

    def get_secret_value(self, **_: object) -> dict[str, str]:
        self.calls += 1
        if self.fails is not None:
            raise self.fails
        return {"SecretString": self.text}


@pytest.fixture
def vault() -> Vault:
    return Vault()


def test_requests_that_cannot_be_verified_ask_once_in_a_while_however_busy_it_is(
    vault: Vault,
) -> None:
    assert vault.secret.values("github") == ("key",)
    vault.fails = Throttled("busy")
    vault.now += NOT_AGAIN_WITHIN.total_seconds()

    assert [vault.secret.renew() for _ in range(5)] == [False] * 5
    assert vault.calls == 2
    assert vault.secret.values("github") == ("key",)


def test_what_is_known_is_used_while_it_is_busy_and_not_for_ever(vault: Vault) -> None:
    vault.secret.values("github")
    vault.fails = Throttled("busy")
    vault.now += KEPT_FOR.total_seconds()

    assert [vault.secret.values("github") for _ in range(5)] == [("key",)] * 5
    assert vault.calls == 2

    vault.now += KEPT_AT_MOST.total_seconds()
    with pytest.raises(Throttled):
        vault.secret.values("github")

    vault.fails, vault.text = None, json.dumps({"github": "new"})
    vault.now += NOT_AGAIN_WITHIN.total_seconds()
    assert vault.secret.values("github") == ("new",)


def test_a_secret_that_was_taken_away_is_used_no_more(vault: Vault) -> None:
    vault.secret.values("github")
    vault.fails = Refused("no", "AccessDeniedException")
    vault.now += KEPT_FOR.total_seconds()

    for _ in range(2):
        with pytest.raises(NotPermitted):
            vault.secret.values("github")


def test_the_first_reading_has_nothing_to_go_on_with(vault: Vault) -> None:
    vault.now = 0.0
    vault.fails = Throttled("busy")

    with pytest.raises(Throttled):
        vault.secret.renew()
