"""Slack beside the embedded AWS: the secret with the bot's token, and what names it."""

import json
from collections.abc import Mapping

from longshore_local.cloud.clients import Cloud
from longshore_local.slack import SlackStandIn

SECRET = "longshore-slack"  # noqa: S105 - the secret's name


def slack_parameters(cloud: Cloud, slack: SlackStandIn) -> Mapping[str, str]:
    """Store the token as somebody does who installs Longshore; return the template's parameters."""
    secret = cloud.secrets.create_secret(
        Name=SECRET, SecretString=json.dumps({"token": slack.token})
    )
    return {"SlackSecretArn": secret["ARN"], "SlackApiUrl": slack.api_url}
