import pytest

from longshore.events.arns import REGION, Arn, first_arn, parse_arn, partition_of


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("us-east-1", "aws"),
        ("ap-southeast-4", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_a_region_lies_in_one_partition(region: str, partition: str) -> None:
    assert REGION.fullmatch(region)
    assert partition_of(region) == partition


@pytest.mark.parametrize("text", ["", "EU (Ireland)", "eu", "eu-central", "eu-central-1 ", "-1"])
def test_other_text_is_no_region(text: str) -> None:
    assert REGION.fullmatch(text) is None


def test_an_arn_is_read_and_written() -> None:
    text = "arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/web"

    arn = parse_arn(text)

    assert arn == Arn("aws-cn", "ecs", "cn-north-1", "123456789012", "service/prod/web")
    assert str(arn) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "service/web",
        "arn:gcp:ecs:cn-north-1:123456789012:service/web",
        "arn:aws:ecs:eu-central-1:1234:service/web",
        "arn:aws:ecs:eu-central-1:123456789012:",
        "arn:aws:ecs:eu-central-1:123456789012:service/a b",
        "arn:aws:ecs:eu-central-1:123456789012:service/\x1b",
        "arn:aws:ecs:eu-central-1:123456789012:" + "x" * 2000,
    ],
)
def test_other_values_are_no_arn(text: object) -> None:
    assert parse_arn(text) is None


@pytest.mark.parametrize(
    ("resource", "names"),
    [
        ("service/prod/web", ("prod", "web")),
        ("service/web", ("web",)),
        ("service", ()),
        ("task/prod/1", ()),
        ("services/web", ()),
    ],
)
def test_the_names_of_a_resource_are_those_after_its_kind(
    resource: str, names: tuple[str, ...]
) -> None:
    assert Arn("aws", "ecs", "eu-central-1", "123456789012", resource).names("service") == names


def test_the_first_arn_of_a_kind_is_found_among_anything() -> None:
    service = "arn:aws:ecs:eu-central-1:123456789012:service/prod/web"
    cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod"

    assert first_arn([None, "x", cluster, service], "ecs", "service") == parse_arn(service)
    assert first_arn([cluster], "ecs", "service") is None
    assert first_arn([service], "ecr", "service") is None
    assert first_arn(service, "ecs", "service") is None
    assert first_arn(None, "ecs", "service") is None
