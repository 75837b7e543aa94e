"""Speaking AWS's JSON protocol: what every stand-in for an AWS API has in common.

A stand-in is a function `call(operation, parameters)` and the IAM permissions each operation asks
for. This package brings the rest: checks against the botocore service model, the protocol on the
wire, errors in AWS's form, and a server that any AWS SDK reaches through `endpoint_url`.
"""

from longshore_local.awsjson.access import (
    AccessDenied,
    Authorize,
    Permission,
    allow_everything,
)
from longshore_local.awsjson.contract import ContractError, ServiceContract, service_contract
from longshore_local.awsjson.errors import ApiError, NoAnswerError
from longshore_local.awsjson.exchange import Exchange, StandIn
from longshore_local.awsjson.server import JsonServer

__all__ = [
    "AccessDenied",
    "ApiError",
    "Authorize",
    "ContractError",
    "Exchange",
    "JsonServer",
    "NoAnswerError",
    "Permission",
    "ServiceContract",
    "StandIn",
    "allow_everything",
    "service_contract",
]
