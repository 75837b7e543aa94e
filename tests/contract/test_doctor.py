"""What `longshore doctor` knows of the template's parts by name."""

from longshore_cli.doctor.applications import PLAIN_TOKENS
from longshore_cli.doctor.installation import READERS
from longshore_cli.doctor.queues import NOT_BLINDLY
from tests.contract.cloudformation import Tree
from tests.contract.template import att, environment, functions, ref, resource, resources

QUEUE = "AWS::SQS::Queue"
GIVEN_UP = "DeadLetters"
DEAD = {"RedrivePolicy"}


def log_group(function: str) -> str:
    """The last part of the name of the log group that a function writes to."""
    written = resource(functions()[function]["LoggingConfig"]["LogGroup"]["Ref"])
    name: str = written["Properties"]["LogGroupName"]["Fn::Sub"][0]
    return name.rpartition("/")[2]


def readers() -> dict[str, str]:
    """Each queue with whose log says what becomes of its messages."""
    return {
        queue: log_group(function)
        for queue in resources(QUEUE)
        for function, properties in functions().items()
        for event in properties.get("Events", {}).values()
        if reads(event, queue)
    }


def reads(event: Tree, queue: str) -> bool:
    found: bool = event["Type"] == "SQS" and event["Properties"]["Queue"] == att(queue)
    return found


def test_whoever_reads_a_queue_is_known_by_the_log() -> None:
    assert readers() == READERS
    assert {queue for queue in resources(QUEUE) if not queue.endswith(GIVEN_UP)} == set(READERS)


def test_what_is_told_of_a_queue_is_of_one_that_there_is() -> None:
    assert NOT_BLINDLY.keys() <= READERS.keys()


def test_what_is_given_up_lies_in_a_queue_that_says_so() -> None:
    policies = [each["RedrivePolicy"] for each in resources(QUEUE).values() if each.keys() >= DEAD]
    given_up = {each["deadLetterTargetArn"]["Fn::GetAtt"][0] for each in policies}

    assert given_up
    assert all(queue.endswith(GIVEN_UP) for queue in given_up)


def test_the_webhook_says_whether_plain_tokens_count() -> None:
    assert environment("Webhook")[PLAIN_TOKENS] == ref("GitLabPlainToken")
    assert {"Webhook", "PipelineStart"} <= functions().keys()
