"""Identifiers that look like AWS's and come from a seed: the same run gives the same ones."""

from hashlib import sha256


class Ids:
    """A sequence of identifiers, the same for the same seed."""

    def __init__(self, seed: str = "ecs") -> None:
        """Begin the sequence of a seed."""
        self._seed = seed
        self._count = 0

    def hex(self) -> str:
        """Return 32 hexadecimal digits, as in a task's ARN."""
        self._count += 1
        return sha256(f"{self._seed}:{self._count}".encode()).hexdigest()[:32]

    def digits(self) -> str:
        """Return 19 decimal digits, as in a deployment's id."""
        return str(10**18 + int(self.hex(), 16) % (9 * 10**18))

    def uuid(self) -> str:
        """Return an identifier in the form of a UUID, as events have."""
        plain = self.hex()
        return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
