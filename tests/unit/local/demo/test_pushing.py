from pathlib import Path

from longshore.aws.image_sources import REVISION
from longshore.aws.image_sources import SOURCE as SOURCE_OF_PRODUCT
from longshore_local.demo.pushing import (
    OPENING,
    PRICES,
    REFUSAL,
    REVISION_LABEL,
    SOURCE,
    SOURCE_LABEL,
    arguments_of,
    commit_of,
)

EXAMPLE = Path(__file__).parents[4] / "examples/checkout"


def test_a_version_has_one_commit() -> None:
    assert commit_of("1.0.0") == commit_of("1.0.0") != commit_of("1.1.0")
    assert len(commit_of("1.0.0")) == 40
    assert set(commit_of("1.0.0")) <= set("0123456789abcdef")


def test_simulated_containers_write_what_the_example_writes() -> None:
    script = (EXAMPLE / "start.sh").read_text()

    assert f'echo "{OPENING}"\n' in script
    assert f'echo "{REFUSAL}" >&2\n' in script


def test_the_dockerfile_labels_as_the_api_does() -> None:
    dockerfile = (EXAMPLE / "Dockerfile").read_text()

    assert (REVISION_LABEL, SOURCE_LABEL) == (REVISION, SOURCE_OF_PRODUCT)
    assert f"{REVISION_LABEL}=${{REVISION}}" in dockerfile
    assert f"{SOURCE_LABEL}=${{SOURCE}}" in dockerfile
    assert f"ARG SOURCE={SOURCE}\n" in dockerfile
    for name in arguments_of("1.0.0", PRICES[0]):
        assert f"ARG {name}" in dockerfile
