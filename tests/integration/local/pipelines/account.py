"""An account of moto with a role, and the Git host beside it."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import boto3

from longshore_local.cloud.clients import Cloud

ACCOUNT = "123456789012"
REGION = "eu-west-1"


def trust(*services: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class OneAccount:
    """A cloud whose every caller sees the same account."""

    account = ACCOUNT
    functions: Any = SimpleNamespace(
        get_paginator=lambda _: SimpleNamespace(paginate=lambda: [{"Functions": []}])
    )

    def __getattr__(self, service: str) -> Any:  # noqa: ANN401 - a client of boto3
        make: Any = boto3.client
        made = make(service, region_name=REGION)
        self.__dict__[service] = made
        return made

    def seen_by(self, _credentials: object) -> "OneAccount":
        return self

    def environment(self) -> Mapping[str, str]:
        return {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}


def make_cloud() -> Cloud:
    return cast("Cloud", OneAccount())


def make_role(cloud: Cloud, name: str, *services: str) -> str:
    made = cloud.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(*services))
    return made["Role"]["Arn"]
