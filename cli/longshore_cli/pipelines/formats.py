"""How the commands of pipelines print what they found: for people, or in one of three formats."""

import sys
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from longshore_cli.output import print_json, print_json_line


class PipelineFormat(StrEnum):
    """Whom the output is for."""

    TABLE = "table"
    TEXT = "text"
    JSON = "json"
    YAML = "yaml"
    NDJSON = "ndjson"


PipelineOutput = Annotated[
    PipelineFormat,
    typer.Option(
        "--output",
        "-o",
        help="table (or text) for people; json or yaml, one document; ndjson, one thing a line.",
    ),
]


def show(
    output: PipelineFormat,
    document: Mapping[str, object],
    parts: Iterable[Mapping[str, object]],
    tell: Callable[[], None],
) -> None:
    """Print what was found: `document` is all of it, `parts` the same one by one."""
    match output:
        case PipelineFormat.JSON:
            print_json(document)
        case PipelineFormat.YAML:
            _print_yaml(document)
        case PipelineFormat.NDJSON:
            for part in parts:
                print_json_line(part)
        case _:
            tell()


def _print_yaml(document: Mapping[str, object]) -> None:
    """Print YAML in ASCII alone: what others wrote is escaped, as in JSON."""
    from ruamel.yaml import YAML  # noqa: PLC0415  # takes longer to import than most calls to AWS

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # typed as None
    yaml.dump(document, sys.stdout)
