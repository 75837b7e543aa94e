"""Where moto and the embedded AWS differ from what the simulation's AWS does.

Each row is tested: the test has to fail there, in the way that its sign says. `does` is what that
AWS does instead of what the name of the test says.
"""

from collections.abc import Sequence

from tests.contract.fakes.difference import TAKES, Difference, rows
from tests.contract.fakes.differences_ecr import ECR
from tests.contract.fakes.differences_sqs import SQS

SNS = (
    *rows(
        "moto",
        TAKES,
        {
            "test_a_subject_is_one_line_of_ascii": "takes any subject",
            "test_a_message_has_256_kibibytes_at_most": "takes an empty one, counts characters",
            "test_attributes_count_as_well": "counts the message alone",
        },
    ),
    *rows(
        "ministack",
        TAKES,
        {
            "test_a_subject_has_a_hundred_characters_at_most": "takes any subject",
            "test_a_subject_is_one_line_of_ascii": "takes any subject",
            "test_a_message_has_256_kibibytes_at_most[empty]": "takes an empty message",
            "test_an_attribute_has_a_value": "takes an empty value",
        },
    ),
    *rows(
        "moto",
        "refused with InvalidParameter",
        {
            "test_an_attribute_has_a_value": "answers InvalidParameter",
        },
    ),
)

EVENTBRIDGE = (
    *rows("moto", TAKES, {"test_a_request_has_a_size": "takes any size"}),
    *rows(
        "moto",
        "EventDetail should be of type dict",
        {"test_an_entry_is_refused_by_itself[list]": "warns of a detail that is no object"},
    ),
    *rows(
        "moto",
        "AssertionError",
        {"test_an_entry_is_refused_by_itself[source-of-aws]": "lets anybody speak for AWS"},
    ),
    *rows(
        "moto",
        "ResourceNotFoundException",
        {"test_what_is_put_on_no_bus_is_taken": "refuses the whole request"},
    ),
    *rows("ministack", TAKES, {"test_a_request_has_a_size": "takes any size"}),
    *rows(
        "ministack",
        "AssertionError",
        {
            f"test_an_entry_is_refused_by_itself[{what}]": "takes any entry"
            for what in ("no-json", "list", "no-detail", "no-source", "no-type")
        },
    ),
)

ECS = (
    *rows(
        "moto",
        TAKES,
        {
            "test_a_container_needs_an_image": "takes a container without one",
            "test_more_than_ten_services_are_refused": "takes any number",
            "test_a_service_cannot_be_moved_to_what_was_deregistered": "moves it there",
            "test_a_service_that_is_deleted_cannot_be_moved": "moves it all the same",
            "test_the_tasks_of_a_missing_service_are_refused": "answers with no tasks",
        },
    ),
    *rows(
        "moto",
        "AssertionError",
        {
            "test_the_newest_revisions_can_come_first": "has neither order nor pages",
            "test_a_service_is_moved_to_a_revision": "leaves the deployments as they were",
            "test_a_task_that_is_missing_is_told": "keeps silent about it",
        },
    ),
    *rows("moto", "KeyError: 'nextToken'", {"test_a_listing_of_revisions_has_pages": "has none"}),
    *rows(
        "moto",
        "KeyError: 'deploymentConfiguration'",
        {"test_a_service_is_described_with_its_breaker": "forgets it"},
    ),
)

DIFFERENCES: Sequence[Difference] = (*SQS, *ECR, *SNS, *EVENTBRIDGE, *ECS)
