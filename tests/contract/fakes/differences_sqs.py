"""Where moto and the embedded AWS differ from the simulation's SQS."""

from tests.contract.fakes.difference import TAKES, rows

SQS = (
    *rows(
        "moto",
        TAKES,
        {
            "test_the_time_of_what_nobody_has_cannot_be_changed": "hides what is visible",
            "test_a_delay_is_fifteen_minutes_at_most[-1]": "takes a negative delay",
            "test_a_message_has_one_character_at_least": "takes an empty body",
            "test_a_message_has_a_mebibyte_at_most": "counts characters, not bytes",
            "test_a_message_has_no_control_characters": "carries any character",
            "test_a_standard_queue_has_no_deduplication": "takes an id and ignores it",
            "test_a_fifo_queue_is_strict[long-group]": "takes a group of any length",
            "test_a_fifo_queue_is_strict[odd-group]": "takes a group of any characters",
            "test_a_fifo_queue_refuses_a_handle_whose_time_is_over": "deletes by any handle",
            "test_dead_letters_lie_in_a_queue_of_the_same_type": "takes any type of queue",
            "test_the_name_of_a_fifo_queue_says_so[ending-without-fifo]": "makes a FIFO queue",
            "test_an_attribute_has_its_bounds": "takes any number",
            "test_an_attribute_that_nobody_knows_is_refused": "takes any attribute",
        },
    ),
    *rows(
        "moto",
        "AssertionError",
        {
            "test_an_earlier_handle_deletes_nothing_and_says_nothing": "deletes by any handle",
            "test_a_group_comes_in_its_order": "gives sequence numbers at random",
            "test_a_duplicate_is_answered_with_the_first_and_adds_nothing": "gives a new id",
            "test_a_duplicate_is_one_even_when_the_first_is_deleted": "forgets what is deleted",
            "test_deduplication_can_be_of_a_group": "deduplicates in the whole queue alone",
        },
    ),
    *rows(
        "moto",
        "MissingParameter",
        {"test_a_fifo_batch_says_which_entry_lacks_what": "refuses the whole batch"},
    ),
    *rows(
        "moto",
        "DeadLetterQueueSourceArn",
        {"test_what_was_received_too_often_is_a_dead_letter": "does not tell where it came from"},
    ),
    *rows(
        "ministack",
        TAKES,
        {
            "test_the_time_of_what_nobody_has_cannot_be_changed": "hides what is visible",
            "test_nobody_keeps_a_message_longer_than_twelve_hours": "takes any time",
            "test_a_delay_is_fifteen_minutes_at_most": "takes any delay",
            "test_a_standard_queue_has_no_deduplication": "takes an id and ignores it",
            "test_a_fifo_queue_is_strict[long-group]": "takes a group of any length",
            "test_a_fifo_queue_is_strict[odd-group]": "takes a group of any characters",
            "test_a_fifo_queue_refuses_a_handle_whose_time_is_over": "deletes by any handle",
            "test_dead_letters_lie_in_a_queue_of_the_same_type": "takes any type of queue",
            "test_the_name_of_a_fifo_queue_says_so[ending-without-fifo]": "makes a FIFO queue",
            "test_an_attribute_that_nobody_knows_is_refused": "takes any attribute",
        },
    ),
    *rows(
        "ministack",
        "ReceiptHandleIsInvalid",
        {
            "test_what_is_deleted_does_not_come_again": "refuses to delete twice",
            "test_an_earlier_handle_deletes_nothing_and_says_nothing": "refuses an earlier handle",
        },
    ),
    *rows(
        "ministack",
        "AssertionError",
        {
            "test_a_batch_is_answered_entry_by_entry": "takes any delay",
        },
    ),
    *rows(
        "moto",
        "refused with AWS.SimpleQueueService.NonExistentQueue",
        {
            "test_dead_letters_lie_in_a_queue_that_exists": "answers NonExistentQueue",
        },
    ),
    *rows(
        "ministack",
        "refused with InvalidAttributeValue",
        {
            "test_dead_letters_lie_in_a_queue_that_exists": "answers InvalidAttributeValue",
        },
    ),
)
