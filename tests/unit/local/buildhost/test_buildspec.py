"""What a buildspec says, and what is refused in it."""

import pytest

from longshore_local.buildhost.buildspec import BuildspecError, PhaseSpec, read_buildspec

WHOLE = """\
version: 0.2
env:
  variables: {IMAGE: checkout, CACHE: true, COUNT: 3}
  exported-variables: [TAG, DIGEST]
phases:
  install:
    commands: [echo install]
  build:
    on-failure: ABORT
    commands:
      - make build
      - |
        if true; then
          make push
        fi
    finally: [docker logout]
artifacts:
  base-directory: out
  files: ["imageDetail.json", "**/*.txt"]
  discard-paths: yes
"""


def test_everything_that_is_played_is_read() -> None:
    spec = read_buildspec(WHOLE)

    assert spec.variables == {"IMAGE": "checkout", "CACHE": "true", "COUNT": "3"}
    assert spec.exported == ("TAG", "DIGEST")
    assert spec.phases["INSTALL"] == PhaseSpec(("echo install",))
    build = spec.phases["BUILD"]
    assert build.commands == ("make build", "if true; then\n  make push\nfi\n")
    assert (build.always, build.aborts) == (("docker logout",), True)
    assert spec.artifacts.files == ("imageDetail.json", "**/*.txt")
    assert (spec.artifacts.base, spec.artifacts.flat) == ("out", True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version: [", "not YAML"),
        ("- a", "not a YAML mapping"),
        ("version: 0.1\nphases: {build: {commands: [a]}}", "invalid buildspec version 0.1"),
        ("version: 0.2", "no phases"),
        ("version: 0.2\nphases: {biuld: {commands: [a]}}", "phase biuld is unknown"),
        ("version: 0.2\nphases: [build]", "phases is not a YAML mapping"),
        ("version: 0.2\nphases: {build: {commands: [echo a: b]}}", "quote it"),
        (
            "version: 0.2\nenv: {secrets-manager: {A: b}}\nphases: {build: {commands: [a]}}",
            "env.secrets-manager is not played",
        ),
    ],
)
def test_what_cannot_be_read_is_told(text: str, words: str) -> None:
    with pytest.raises(BuildspecError, match=words):
        read_buildspec(text)
