import pytest

from longshore.domain.references import EcrImage, parse_ecr_image, pinned_digest


@pytest.mark.parametrize(
    ("reference", "image"),
    [
        (
            "123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/shop:v1",
            EcrImage("123456789012", "eu-central-1", "team/shop", "v1", None),
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/shop:v1@sha256:00",
            EcrImage("123456789012", "cn-north-1", "shop", "v1", "sha256:00"),
        ),
        (
            "123456789012.dkr-ecr.us-east-1.on.aws/shop",
            EcrImage("123456789012", "us-east-1", "shop", "latest", None),
        ),
        ("public.ecr.aws/nginx/nginx:1", None),
        ("nginx", None),
        ("", None),
    ],
)
def test_what_lies_in_a_private_ecr_registry(reference: str, image: EcrImage | None) -> None:
    assert parse_ecr_image(reference) == image


@pytest.mark.parametrize(
    ("reference", "digest"),
    [("nginx:1@sha256:00", "sha256:00"), ("nginx:1", None), ("nginx@", None), ("", None)],
)
def test_a_digest_is_read_off_a_pinned_reference(reference: str, digest: str | None) -> None:
    assert pinned_digest(reference) == digest
