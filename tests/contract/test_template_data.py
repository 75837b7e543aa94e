"""What is stored is encrypted, can be restored, and is not lost by accident."""

import pytest

from tests.contract.template import (
    KEY,
    QUEUE,
    Statement,
    policy_of,
    ref,
    resource,
    resources,
    statements,
    template,
    walk,
)

LEDGER = resources("AWS::DynamoDB::Table")["Ledger"]
KEY_POLICY = {s.sid: s for s in statements(resources("AWS::KMS::Key")["Key"]["KeyPolicy"])}
TOPIC_POLICY = {s.sid: s for s in policy_of("AWS::SNS::TopicPolicy", "Topics", "Topic")}


def test_the_ledger_can_be_restored_and_outlives_the_stack() -> None:
    kept = resource("Ledger")

    assert LEDGER["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert LEDGER["DeletionProtectionEnabled"] == ref("DeletionProtection")
    assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_ledger_is_paid_by_use_and_forgets_what_expired() -> None:
    assert LEDGER["BillingMode"] == "PAY_PER_REQUEST"
    assert LEDGER["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_the_ledger_is_encrypted_with_the_key() -> None:
    assert LEDGER["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": KEY,
    }


def test_the_ledger_has_keys_stream_and_the_index_of_timers() -> None:
    assert keys(LEDGER["KeySchema"]) == [("pk", "HASH", "S"), ("sk", "RANGE", "S")]
    assert LEDGER["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    (due,) = LEDGER["GlobalSecondaryIndexes"]
    assert due["IndexName"] == "due"
    assert keys(due["KeySchema"]) == [("due_shard", "HASH", "S"), ("due_at", "RANGE", "N")]
    assert due["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["kind", "stage"],
    }


def keys(schema: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    types = {a["AttributeName"]: a["AttributeType"] for a in LEDGER["AttributeDefinitions"]}
    return [(k["AttributeName"], k["KeyType"], types[k["AttributeName"]]) for k in schema]


@pytest.mark.parametrize("name", sorted(resources(QUEUE)))
def test_a_queue_is_encrypted_so_that_services_can_send(name: str) -> None:
    queue = resources(QUEUE)[name]

    assert queue["SqsManagedSseEnabled"] is True
    assert "KmsMasterKeyId" not in queue


def test_the_topic_is_encrypted_with_a_key_that_alarms_can_use() -> None:
    assert resources("AWS::SNS::Topic")["Topic"]["KmsMasterKeyId"] == KEY


def test_no_key_of_aws_is_used_where_its_services_send() -> None:
    texts = [node for node in walk(template()) if isinstance(node, str)]

    assert [text for text in texts if "alias/aws/" in text] == []


def test_the_stack_makes_a_key_where_none_is_given() -> None:
    key = resource("Key")

    assert key["Condition"] == "MakesKey"
    assert template()["Conditions"]["MakesKey"] == {"Fn::Equals": [ref("KmsKeyArn"), ""]}


def test_the_key_rotates_and_outlives_the_ledger() -> None:
    key = resource("Key")

    assert key["Properties"]["EnableKeyRotation"] is True
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_services_use_the_key_for_this_account_alone() -> None:
    assert services("AwsServicesSend") == [
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        "sns.amazonaws.com",
    ]
    assert KEY_POLICY["AwsServicesSend"].condition == {
        "StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}
    }


def services(sid: str) -> list[str]:
    policy = resources("AWS::KMS::Key")["Key"]["KeyPolicy"]["Statement"]
    (found,) = [s["Principal"]["Service"] for s in policy if s["Sid"] == sid]
    names: list[str] = found
    return names


def test_logs_use_the_key_for_our_log_groups_alone() -> None:
    condition = KEY_POLICY["LogsAreEncrypted"].condition
    (pattern, _) = condition["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]["Fn::Sub"]  # type: ignore[index] # the template says what is there

    assert pattern == (
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/longshore/${Name}/*"
    )


def test_grants_on_the_key_are_for_aws_services() -> None:
    assert KEY_POLICY["GrantsForAwsServicesOnly"] == Statement(
        sid="GrantsForAwsServicesOnly",
        effect="Deny",
        actions=("kms:CreateGrant",),
        resources=("*",),
        condition={
            "BoolIfExists": {
                "aws:PrincipalIsAWSService": "false",
                "kms:GrantIsForAWSResource": "false",
            }
        },
    )


def test_our_alarms_may_publish_and_no_other_service() -> None:
    allowed = TOPIC_POLICY["OurAlarmsPublish"]

    assert allowed.actions == ("sns:Publish",)
    assert allowed.condition == {
        "StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")},
        "ArnLike": {
            "aws:SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}"
                ":alarm:${AWS::StackName}-*"
            }
        },
    }
    assert {sid for sid, s in TOPIC_POLICY.items() if s.effect == "Allow"} == {"OurAlarmsPublish"}


def test_the_topic_refuses_what_does_not_come_over_tls() -> None:
    denied = TOPIC_POLICY["OnlyOverTls"]

    assert (denied.effect, denied.actions) == ("Deny", ("sns:Publish",))
    assert denied.condition == {"Bool": {"aws:SecureTransport": "false"}}


def test_nothing_but_ledger_and_key_stays_behind() -> None:
    kept = [n for n, r in template()["Resources"].items() if r.get("DeletionPolicy") == "Retain"]

    assert kept == ["Key", "Ledger"]
