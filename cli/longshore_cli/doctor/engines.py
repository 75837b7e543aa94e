"""Pipelines and build projects, as CodePipeline and CodeBuild have them."""

from collections.abc import Callable

from longshore.domain.errors import Refused
from longshore_cli.doctor.reading import Answer, Reader

_NO_PIPELINE = "PipelineNotFoundException"


class Engines:
    """Reads what is declared, each thing once; None stands for what is not there."""

    def __init__(self, reader: Reader) -> None:
        """Read with the caller's own credentials."""
        self._reader = reader
        self._known: dict[tuple[str, str], Answer | None] = {}

    def pipeline(self, name: str, region: str) -> Answer | None:
        """Return the declaration of a pipeline; raise what AWS raises otherwise."""
        return self._once(f"pipeline {name}", region, lambda: self._pipeline(name, region))

    def project(self, name: str, region: str) -> Answer | None:
        """Return a build project; raise what AWS raises."""
        return self._once(f"project {name}", region, lambda: self._project(name, region))

    def _once(self, what: str, region: str, read: Callable[[], Answer | None]) -> Answer | None:
        if (what, region) not in self._known:
            self._known[what, region] = read()
        return self._known[what, region]

    def _pipeline(self, name: str, region: str) -> Answer | None:
        try:
            answer = self._reader.ask("codepipeline", "get_pipeline", region=region, name=name)
        except Refused as error:
            if error.code != _NO_PIPELINE:
                raise
            return None
        declaration: Answer = answer["pipeline"]
        return declaration

    def _project(self, name: str, region: str) -> Answer | None:
        answer = self._reader.ask("codebuild", "batch_get_projects", region=region, names=[name])
        return next(iter(answer["projects"]), None)
