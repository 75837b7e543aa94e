"""Where moto and the embedded AWS differ from the simulation's ECR."""

from tests.contract.fakes.difference import TAKES, rows

ECR = (
    *rows(
        "moto",
        TAKES,
        {
            "test_a_push_without_a_tag_that_changes_nothing_is_refused": "takes it",
            "test_a_tag_is_spelt_as_the_oci_wants": "takes any tag",
            "test_a_manifest_is_what_its_digest_says": "ignores the digest",
            "test_an_index_of_images_that_are_not_there_is_refused": "takes any index",
            "test_a_listing_and_a_choice_do_not_go_together": "takes both",
            "test_a_token_that_nobody_gave_is_refused": "has no pages",
        },
    ),
    *rows(
        "moto",
        "AssertionError",
        {
            "test_an_image_is_known_by_its_digest": "makes up a digest of a digest",
            "test_the_parts_of_an_index_stay_as_long_as_it": "deletes the parts of an index",
            "test_images_can_be_listed_by_whether_they_have_tags": "ignores the filter",
            "test_what_cannot_be_deleted_is_told_one_by_one": "has no ImageTagDoesNotMatchDigest",
        },
    ),
    *rows("moto", "[5] == [2, 2, 1]", {"test_a_listing_has_pages": "has no pages"}),
    *rows(
        "moto",
        "KeyError: 'artifactMediaType'",
        {"test_an_image_says_what_kind_of_artifact_it_is": "does not tell"},
    ),
    *rows(
        "moto",
        "ImageNotFoundException",
        {"test_an_image_stays_when_its_last_tag_moves_away": "deletes it with its last tag"},
    ),
    *rows(
        "moto",
        "ImageAlreadyExistsException",
        {
            "test_some_tags_of_a_mutable_repository_cannot_move": "answers with another code",
            "test_a_pattern_fits_a_whole_tag": "matches the beginning of a tag",
        },
    ),
    *rows(
        "moto",
        "Exception: ",
        {
            "test_a_manifest_is_json_that_says_what_it_is[cut-off]": "breaks down",
            "test_a_repository_that_is_not_there_is_refused": "breaks down in PutImage",
        },
    ),
    *rows(
        "ministack",
        TAKES,
        {
            "test_a_push_that_changes_nothing_is_refused": "takes it",
            "test_a_push_without_a_tag_that_changes_nothing_is_refused": "takes it",
            "test_a_tag_is_spelt_as_the_oci_wants": "takes any tag",
            "test_a_manifest_is_json_that_says_what_it_is": "takes any text",
            "test_a_manifest_is_what_its_digest_says": "ignores the digest",
            "test_some_tags_of_an_immutable_repository_can_move": "knows no exclusions",
            "test_some_tags_of_a_mutable_repository_cannot_move": "knows no exclusions",
            "test_exclusions_need_a_setting_with_exclusions": "knows no exclusions",
            "test_an_index_of_images_that_are_not_there_is_refused": "takes any index",
            "test_what_is_not_there_is_refused": "answers with no images",
            "test_one_that_is_missing_hides_the_others": "answers with what it has",
            "test_a_tag_and_a_digest_must_belong_together": "looks at the digest alone",
            "test_a_repository_that_is_not_there_is_refused": "ignores the registry",
            "test_a_listing_and_a_choice_do_not_go_together": "takes both",
            "test_a_token_that_nobody_gave_is_refused": "has no pages",
        },
    ),
    *rows(
        "ministack",
        "AssertionError",
        {
            "test_an_image_says_what_kind_of_artifact_it_is": "tells the type of the manifest",
            "test_an_image_without_tags_has_no_list_of_them": "tells an empty list",
            "test_an_index_has_no_kind_of_its_own": "tells the type of the manifest",
            "test_the_parts_of_an_index_stay_as_long_as_it": "deletes the parts of an index",
            "test_images_can_be_listed_by_whether_they_have_tags": "ignores the filter",
            "test_an_image_that_is_deleted_goes_with_all_its_tags": "tells one of the tags",
            "test_what_cannot_be_deleted_is_told_one_by_one": "has ImageNotFound alone",
        },
    ),
    *rows("ministack", "[5] == [2, 2, 1]", {"test_a_listing_has_pages": "has no pages"}),
    *rows(
        "ministack",
        "not enough values to unpack",
        {"test_a_tag_that_is_deleted_leaves_an_image_that_has_others": "deletes the image"},
    ),
    *rows(
        "moto",
        "refused with ImageAlreadyExistsException",
        {
            "test_an_immutable_tag_stays_where_it_is": "answers with another code",
            "test_some_tags_of_an_immutable_repository_can_move": "answers with another code",
            "test_whether_tags_move_can_be_changed": "answers with another code",
        },
    ),
)
