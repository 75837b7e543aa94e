"""A secret, read when it is needed and kept for minutes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from longshore.aws.gate import Gate
from longshore.domain.errors import NotPermitted, Refused
from longshore.events.documents import parse_document

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEPT_FOR = timedelta(minutes=5)
"""How long a rotated secret may go on being used; who is refused reads it anew at once."""

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
        self._read_at = 0.0

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
        """Read the secret anew, unless that was done a moment ago; tell whether it was done now."""
        if self._seconds() - self._read_at < NOT_AGAIN_WITHIN.total_seconds():
            return False
        self.forget()
        self._known()
        return True

    def forget(self) -> None:
        """Read the secret anew when it is needed next."""
        self._values = None

    def _known(self) -> dict[str, object]:
        if self._values is None or self._seconds() - self._read_at > KEPT_FOR.total_seconds():
            self._values, self._read_at = self._read(), self._seconds()
        return self._values

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
