"""A secret, read when it is needed and kept for minutes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from longshore.aws.gate import Gate
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.events.documents import parse_document

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT_FOR = timedelta(minutes=5)
"""How long a rotated secret may go on being used; who is refused reads it anew at once."""

KEPT_AT_MOST = timedelta(hours=1)
"""How long a secret is used where AWS does not answer who wants to read it anew."""

NOT_AGAIN_WITHIN = timedelta(seconds=30)
"""Who sends what cannot be verified makes nobody read a secret more often than this."""

_SLACK = '{"token": "xoxb-..."} or {"webhook": "https://..."}'

_BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before a text that is then uploaded as a file."""


def parse_secret(text: str) -> dict[str, object]:
    """Return what a secret holds; raise ValueError, which may quote it, where it is no object."""
    return parse_document(text.removeprefix(_BYTE_ORDER_MARK))


def texts_under(values: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return the texts under a key, one or a list of them."""
    value = values.get(key)
    listed = value if isinstance(value, list) else [value]
    return tuple(each for each in listed if isinstance(each, str) and each)


class Secret:
    """One secret of Secrets Manager that holds a JSON object."""

    def __init__(
        self,
        gate: Gate,
        client: "SecretsManagerClient",
        arn: str,
        *,
        holds: str = _SLACK,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Read the secret `arn` through `gate`; `holds` says to people what belongs into it."""
        self._seconds = seconds
        self._gate = gate
        self._client = client
        self._arn = arn
        self._holds = holds
        self._values: dict[str, object] | None = None
        self._read_at: float | None = None
        self._tried_at: float | None = None

    def value(self, key: str) -> str | None:
        """Return the text under a key, None where there is none.

        Raises NotPermitted where it cannot be read, is not there or is no JSON object: a person has
        to mend that. Its text stands in no message.
        """
        value = self._known().get(key)
        return value if isinstance(value, str) and value else None

    def values(self, key: str) -> tuple[str, ...]:
        """Return the texts under a key, one or a list of them; raise as `value` does."""
        return texts_under(self._known(), key)

    def renew(self) -> bool:
        """Read the secret anew, unless that was tried a moment ago; tell whether it was done now.

        Where AWS is busy, what is known stays: who sends nonsense takes nobody else's key away.
        """
        if self._within(NOT_AGAIN_WITHIN, self._tried_at):
            return False
        return self._refreshed()

    def forget(self) -> None:
        """Read the secret anew when it is needed next."""
        self._values = None

    def _known(self) -> dict[str, object]:
        if self._values is None:
            return self._refresh()
        fresh = self._within(KEPT_FOR, self._read_at)
        if not fresh and not self._within(NOT_AGAIN_WITHIN, self._tried_at):
            self._refreshed()
        return self._values

    def _refreshed(self) -> bool:
        """Read the secret anew, and go on with what is known where AWS is busy, for a while."""
        try:
            self._refresh()
        except Throttled:
            if not self._within(KEPT_AT_MOST, self._read_at):
                raise
            return False
        except NotPermitted:
            self.forget()
            raise
        return True

    def _refresh(self) -> dict[str, object]:
        self._tried_at = self._seconds()
        self._values, self._read_at = self._read(), self._tried_at
        return self._values

    def _within(self, span: timedelta, moment: float | None) -> bool:
        return moment is not None and self._seconds() - moment < span.total_seconds()

    def _read(self) -> dict[str, object]:
        try:
            reply = self._gate.call(self._client.get_secret_value, SecretId=self._arn)
        except Refused as error:
            message = f"the secret {self._arn} cannot be read, or holds nothing yet: {error}"
            raise NotPermitted(message) from error
        try:
            return parse_secret(reply.get("SecretString", ""))
        except ValueError:
            message = f"the secret {self._arn} is no JSON object: put {self._holds} into it"
            raise NotPermitted(message) from None
