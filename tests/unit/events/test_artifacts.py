"""The files by which builds name their images."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.domain.jobs import FailureType, JobError, NamedImage
from longshore.events.artifacts import parse_images
from tests.support.samples import json_values


def test_definitions_name_containers() -> None:
    body = b'[{"name": "web", "imageUri": "repo:v2"}, {"name": "job", "imageUri": "other:v3"}]'

    assert parse_images("imagedefinitions.json", body) == (
        NamedImage("repo:v2", "web"),
        NamedImage("other:v3", "job"),
    )


def test_a_detail_names_one_image() -> None:
    detail = {
        "ImageSizeInBytes": "44728918",
        "ImageDigest": "sha256:ab",
        "Version": "1.0",
        "ImagePushedAt": "Mon Jan 21 20:04:00 UTC 2019",
        "RegistryId": "123456789012",
        "RepositoryName": "checkout",
        "ImageURI": "repo@sha256:ab",
        "ImageTags": ["latest"],
    }

    found = parse_images("imageDetail.json", json.dumps(detail).encode())

    assert found == (NamedImage("repo@sha256:ab", None, "sha256:ab"),)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_images("imageDetail.json", b'\xef\xbb\xbf{"ImageURI": "repo:v2"}')


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "an empty list where a list of images or one image is expected"),
        (b"7", "a number where a list of images or one image is expected"),
        (b"[7]", "imagedefinitions.json[0]: expected an object, found a number"),
        (b'[{"name": "web"}]', "imagedefinitions.json[0].imageUri: expected text, found null"),
        (b'[{"imageUri": "repo"}]', "imagedefinitions.json[0].name: expected text"),
        (b'{"imageUri": "repo"}', "imagedefinitions.json.ImageURI: expected text"),
        (b"\xff", "not UTF-8"),
        (b'[{"name": "web", "imageUri": "repo"}], 1', "not JSON"),
    ],
)
def test_a_malformed_file_says_how_it_should_be(body: bytes, said: str) -> None:
    with pytest.raises(JobError) as refused:
        parse_images("imagedefinitions.json", body)

    assert refused.value.type is FailureType.CONFIGURATION
    assert said in str(refused.value)
    assert 'write it as [{"name": "web", "imageUri"' in str(refused.value)


@given(st.binary(max_size=80) | json_values.map(lambda value: json.dumps(value).encode()))
def test_whatever_it_holds_it_is_images_or_refused(body: bytes) -> None:
    try:
        said = "" if parse_images("imageDetail.json", body) else "no images"
    except JobError as error:
        said = str(error)
    assert said != "no images"
    assert said.isprintable()
