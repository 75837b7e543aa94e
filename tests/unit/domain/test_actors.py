"""Who signed, as people call them."""

import pytest

from longshore.domain.actors import name_actor


@pytest.mark.parametrize(
    ("arn", "text"),
    [
        (
            "arn:aws:sts::123456789012:assumed-role/Admin/ana@example.com",
            "ana@example.com (role Admin)",
        ),
        ("arn:aws:iam::123456789012:user/ana", "ana"),
        ("arn:aws:iam::123456789012:user/team/ana", "ana"),
        ("arn:aws-cn:iam::123456789012:role/ci/deploy", "deploy"),
        ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root"),
        ("somebody", "somebody"),
    ],
)
def test_who_signed_is_told_without_the_rest_of_the_arn(arn: str, text: str) -> None:
    assert name_actor(arn) == text
