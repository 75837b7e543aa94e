"""Where moto and the embedded AWS differ from DynamoDB, which the simulation's follows.

What DynamoDB does is documented in its developer guide and its API reference. What they leave open
(what is not there equals nothing; which types are refused; the sizes of items) was measured on AWS
by the authors of dynalite and of Alternator's tests, and agrees with the simulation's.
"""

from collections.abc import Iterator, Sequence

from tests.contract.fakes.difference import Difference
from tests.contract.fakes.dynamodb_worlds import TAKEN

_LENIENT = "takes what DynamoDB refuses"
_FAILED = "AssertionError: assert 'ConditionalC"


def _moto() -> Iterator[Difference]:
    yield from _lenient(
        "moto",
        "test_what_is_not_there_equals_nothing",
        "test_a_query_asks_for_values_of_the_keys_own_type",
        "test_a_stretch_does_not_end_before_it_begins",
        "test_values_that_a_query_does_not_use_are_refused",
        "test_a_filter_does_not_read_the_key",
        "test_a_start_lies_in_the_stretch",
        "test_an_empty_condition_is_refused",
        "test_names_and_values_that_nothing_uses_are_refused",
        "test_an_index_keeps_only_its_own_type",
        "test_a_number_that_is_too_large_or_too_exact_is_refused",
        "test_nothing_is_deleted_under_what_is_no_key",
        *(
            f"test_nothing_is_read_under_what_is_no_key[{wrong}]"
            for wrong in ("number", "flag", "long-hash", "long-range")
        ),
    )
    tokens = "forgets request tokens: the same transaction again is another transaction"
    yield Difference(
        "moto",
        "test_a_transaction_under_the_same_token_succeeds_without_a_second_effect",
        tokens,
        "TransactionCanceledException",
    )
    yield Difference("moto", "test_another_content_under_a_known_token_is_refused", tokens, TAKEN)
    yield from _crashes()
    yield Difference(
        "moto",
        "test_a_number_begins_with_nothing",
        "lets the condition fail instead of refusing it",
        _FAILED,
    )
    yield Difference(
        "moto",
        "test_an_index_that_does_not_exist_is_not_read",
        "answers as if the table did not exist",
        "AssertionError: assert 'ResourceNot",
    )
    yield Difference(
        "moto",
        "test_an_update_that_cannot_be_done_cancels",
        "refuses the transaction instead of cancelling it",
        "AssertionError: assert 'Validation",
    )
    yield Difference(
        "moto",
        "test_a_number_comes_back_in_its_normal_form",
        "gives a number back as it was written",
        "AssertionError: assert {",
    )
    yield Difference(
        "moto",
        "test_an_item_has_at_most_400_kibibytes",
        "takes less: it counts more for each attribute",
        "Item size has exceeded the maximum allowed size",
    )


def _crashes() -> Iterator[Difference]:
    """Yield where moto answers what is wrong by an error of its own."""
    for test, error in (
        ("test_a_condition_that_is_not_well_formed_is_refused", "ValueError"),
        ("test_a_function_that_nobody_knows_is_refused", "ValueError"),
        ("test_names_and_values_of_a_condition_are_given", "KeyError"),
        ("test_names_of_an_update_are_given", "KeyError"),
        ("test_texts_and_numbers_are_in_no_order", "TypeError"),
        ("test_a_query_asks_for_one_stretch", "AssertionError"),
    ):
        yield Difference("moto", test, "breaks down", error)


def _ministack() -> Iterator[Difference]:
    yield from _lenient(
        "ministack",
        "test_what_is_not_there_equals_nothing",
        "test_nothing_can_be_added_to_a_text",
        "test_a_text_cannot_be_added",
        "test_an_update_that_is_cut_short_is_refused",
        "test_an_update_names_an_attribute_once",
        "test_an_update_has_each_section_once",
        "test_an_update_that_cannot_be_done_cancels",
        "test_a_query_asks_for_one_stretch",
        "test_a_filter_does_not_read_the_key",
    )
    for test in (
        "test_a_function_that_nobody_knows_is_refused",
        "test_a_number_begins_with_nothing",
    ):
        yield Difference("ministack", test, "lets the condition fail instead", _FAILED)
    yield Difference(
        "ministack",
        "test_an_attribute_that_is_a_number_begins_with_nothing",
        "refuses the condition instead of letting it fail",
        "AssertionError: assert 'Validation",
    )


def _lenient(cloud: str, *tests: str) -> Iterator[Difference]:
    return (Difference(cloud, test, _LENIENT, TAKEN) for test in tests)


DYNAMODB: Sequence[Difference] = (*_moto(), *_ministack())
