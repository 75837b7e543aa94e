import re

import pytest

from longshore_cli.rules import read_rules, rules_met, shipped_rules

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: {Type: String, Default: !Sub "${AWS::Region}-${X}"}
Resources:
  Second:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.ecs]}
      Targets: [{Id: x, Arn: !GetAtt Inbox.Arn, Input: !Join ["", [a, !Ref Name]]}]
  First:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [{prefix: aws.}]}
  Clock:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: rate(1 minute)}
  OnOurBus:
    Type: AWS::Events::Rule
    Properties: {EventBusName: !Ref Bus, EventPattern: {source: [aws.ecs]}}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {EventPattern: {source: [aws.ecs]}}
"""


def test_only_patterned_rules_of_the_default_bus_are_read_sorted() -> None:
    rules = read_rules(TEMPLATE)

    assert [rule.name for rule in rules] == ["First", "Second"]
    assert [rule.matches({"source": "aws.ecr"}) for rule in rules] == [True, False]


def test_a_pattern_that_depends_on_the_deployment_is_refused() -> None:
    template = TEMPLATE.replace("{source: [aws.ecs]}", "{account: [!Ref AWS::AccountId]}", 1)

    with pytest.raises(ValueError, match=re.escape("account has an entry that is neither")):
        read_rules(template)


def test_the_shipped_rules_are_those_of_the_template() -> None:
    assert [rule.name for rule in shipped_rules()] == [
        "BuildStateRule",
        "DeploymentStateRule",
        "ImageActionRule",
        "PipelineStateRule",
        "PullThroughCacheActionRule",
        "ReplicationActionRule",
        "TaskStoppedRule",
    ]
    assert rules_met({"source": "aws.ecs"}) == ()
