"""Which pipelines a longshore.yaml names."""

from collections.abc import Iterator, Sequence

from longshore_cli.configuration.source import parse_source
from longshore_cli.documents import read_bytes
from longshore_cli.errors import UsageError

_NAMES = (("pipelines", "name"), ("git", "pipeline"))
"""The lists of the file, and the key that holds a pipeline's name in their items."""


def pipelines_named(file: str) -> Sequence[str]:
    """Return the pipelines of `pipelines` and `git`, each once, in order.

    Raises UsageError for what is no YAML. Nothing else of the file is judged here: apply does that.
    """
    source = parse_source(read_bytes(file, next_step="name a file that exists with --config"))
    if source.problems:
        details = tuple(map(str, source.problems))
        raise UsageError(
            f"{file} cannot be read", next_step=f"longshore apply {file} --dry-run", details=details
        )
    return list(dict.fromkeys(_names(source.value)))


def _names(value: object) -> Iterator[str]:
    document = value if isinstance(value, dict) else {}
    for section, key in _NAMES:
        items = document.get(section)
        for item in items if isinstance(items, list) else ():
            name = item.get(key) if isinstance(item, dict) else None
            if isinstance(name, str):
                yield name
