"""The errors of CodePipeline, with its codes and wording."""

from longshore_local.awsjson.errors import ApiError


def invalid(message: str) -> ApiError:
    """Return a ValidationException."""
    return ApiError("ValidationException", message)


def pipeline_not_found(name: str) -> ApiError:
    """Return the error for a pipeline that does not exist."""
    return ApiError(
        "PipelineNotFoundException", f"The account does not have a pipeline with the name '{name}'"
    )


def version_not_found(name: str, version: int) -> ApiError:
    """Return the error for a version that a pipeline never had."""
    return ApiError(
        "PipelineVersionNotFoundException", f"Pipeline '{name}' has no version {version}"
    )


def name_in_use(name: str) -> ApiError:
    """Return the error for a second pipeline of one name."""
    return ApiError("PipelineNameInUseException", f"A pipeline with name '{name}' already exists")


def execution_not_found(pipeline: str, execution: str) -> ApiError:
    """Return the error for an execution that a pipeline does not have."""
    return ApiError(
        "PipelineExecutionNotFoundException",
        f"Pipeline '{pipeline}' does not have an execution with ID '{execution}'",
    )


def stage_not_found(pipeline: str, stage: str) -> ApiError:
    """Return the error for a stage that a pipeline does not have."""
    return ApiError(
        "StageNotFoundException", f"Pipeline '{pipeline}' does not have a stage named '{stage}'"
    )


def action_not_found(stage: str, action: str) -> ApiError:
    """Return the error for an action that a stage does not have."""
    return ApiError(
        "ActionNotFoundException", f"Stage '{stage}' does not have an action named '{action}'"
    )


def not_stoppable(execution: str, status: str) -> ApiError:
    """Return the error for stopping what has ended."""
    return ApiError(
        "PipelineExecutionNotStoppableException",
        f"Execution '{execution}' cannot be stopped because its status is {status}",
    )


def stopping_already(execution: str) -> ApiError:
    """Return the error for stopping twice."""
    return ApiError(
        "DuplicatedStopRequestException", f"Execution '{execution}' is already being stopped"
    )


def not_retryable(stage: str, execution: str, why: str) -> ApiError:
    """Return the error for a stage in which there is nothing to retry."""
    return ApiError(
        "StageNotRetryableException",
        f"Stage '{stage}' of execution '{execution}' cannot be retried: {why}",
    )


def not_latest(stage: str, execution: str) -> ApiError:
    """Return the error for retrying an execution after another one entered its stage."""
    return ApiError(
        "NotLatestPipelineExecutionException",
        f"Execution '{execution}' is not the latest one in stage '{stage}'",
    )


def job_not_found(job: str) -> ApiError:
    """Return the error for a job that nobody was given."""
    return ApiError("JobNotFoundException", f"Could not find job with ID '{job}'")


def job_over(job: str) -> ApiError:
    """Return the error for a result after the first one, or after the action ended."""
    return ApiError(
        "InvalidJobStateException",
        f"Job '{job}' cannot take a result: it is not in the state InProgress",
    )


def variables_too_large() -> ApiError:
    """Return the error for more output variables than an action may have."""
    return ApiError(
        "OutputVariablesSizeExceededException",
        "The total size of the output variables exceeds 122880 bytes",
    )


def wrong_approval_token() -> ApiError:
    """Return the error for a token that is not that of the approval that waits."""
    return ApiError("InvalidApprovalTokenException", "The approval token is not valid")


def approved_already() -> ApiError:
    """Return the error for deciding twice."""
    return ApiError(
        "ApprovalAlreadyCompletedException", "The approval action has already been decided"
    )


def wrong_page() -> ApiError:
    """Return the error for a token that no page gave."""
    return ApiError("InvalidNextTokenException", "The next token is not valid")


def bad_structure(message: str) -> ApiError:
    """Return the error for a pipeline whose parts do not fit together."""
    return ApiError("InvalidStructureException", message)


def bad_stage(message: str) -> ApiError:
    """Return the error for a stage that cannot be."""
    return ApiError("InvalidStageDeclarationException", message)


def bad_action(message: str) -> ApiError:
    """Return the error for an action that cannot be."""
    return ApiError("InvalidActionDeclarationException", message)
