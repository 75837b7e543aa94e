"""What a service refuses although an SDK sends it."""

import pytest

from longshore_local.awsjson import service_contract
from longshore_local.awsjson.constraints import as_validation_error

START = {"name": "checkout"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "a b"}, "'name' failed to satisfy constraint: Member must satisfy regular"),
        ({"clientRequestToken": "sha256:1"}, "regular expression pattern: ^[a-zA-Z0-9-]+$"),
        ({"clientRequestToken": "a" * 129}, "length less than or equal to 128"),
        ({"clientRequestToken": ""}, "length greater than or equal to 1"),
        (
            {"sourceRevisions": [{"actionName": "S", "revisionType": "TAG", "revisionValue": "1"}]},
            "'sourceRevisions.1.member.revisionType' failed to satisfy constraint: Member must",
        ),
    ],
)
def test_a_value_that_the_model_does_not_allow_is_told(
    changes: dict[str, object], words: str
) -> None:
    found = service_contract("codepipeline").violations(
        "StartPipelineExecution", {**START, **changes}
    )

    assert words in as_validation_error(found)
    assert as_validation_error(found).startswith(f"{len(found)} validation error")


def test_numbers_and_maps_are_held_to_the_model_too() -> None:
    contract = service_contract("codepipeline")

    assert contract.violations("ListPipelineExecutions", {"pipelineName": "a", "maxResults": 101})
    assert contract.violations(
        "PutJobSuccessResult",
        {"jobId": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "outputVariables": {"a b": "1"}},
    )


def test_what_the_model_allows_is_nothing_to_tell_of() -> None:
    given = {"name": "checkout", "clientRequestToken": "a-1", "sourceRevisions": []}

    assert service_contract("codepipeline").violations("StartPipelineExecution", given) == []


def test_a_pattern_that_python_cannot_read_allows_everything() -> None:
    tags = [{"key": "longshore:pipeline", "value": "checkout"}]

    assert service_contract("codebuild").violations("CreateProject", {"tags": tags}) == []
