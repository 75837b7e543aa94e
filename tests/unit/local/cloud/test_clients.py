from longshore_local.cloud.clients import Cloud, Credentials

ADA = Credentials("AKIA1", "s3")
EVERYWHERE = "http://127.0.0.1:1"


def test_a_caller_finds_what_does_not_answer_where_the_rest_does() -> None:
    cloud = Cloud(EVERYWHERE, ecs_endpoint="http://127.0.0.1:2", ecr_endpoint="http://127.0.0.1:3")

    environment = cloud.seen_by(ADA).environment()

    endpoints = {name: value for name, value in environment.items() if "ENDPOINT" in name}
    assert endpoints == {
        "AWS_ENDPOINT_URL": EVERYWHERE,
        "AWS_ENDPOINT_URL_CODEBUILD": "http://127.0.0.1:2",
        "AWS_ENDPOINT_URL_CODEPIPELINE": "http://127.0.0.1:2",
        "AWS_ENDPOINT_URL_ECS": "http://127.0.0.1:2",
        "AWS_ENDPOINT_URL_ECR": "http://127.0.0.1:3",
    }
    assert environment["AWS_ACCESS_KEY_ID"] == "AKIA1"


def test_one_endpoint_is_enough() -> None:
    assert [name for name in Cloud(EVERYWHERE).environment() if "ENDPOINT" in name] == [
        "AWS_ENDPOINT_URL"
    ]
