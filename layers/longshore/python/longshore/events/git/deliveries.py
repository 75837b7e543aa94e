"""Deliveries of any of the hosts."""

from longshore.domain.pushes import Delivered, Provider
from longshore.events.git.bitbucket import parse_bitbucket
from longshore.events.git.github import parse_github
from longshore.events.git.gitlab import parse_gitlab
from longshore.events.git.signatures import Headers


def parse_delivery(provider: Provider, headers: Headers, body: bytes) -> Delivered:
    """Return what a verified delivery tells.

    Raises:
        ValueError: it is malformed; the text says where, and holds nothing long or hidden.
    """
    match provider:
        case Provider.GITHUB:
            return parse_github(headers, body)
        case Provider.GITLAB:
            return parse_gitlab(body)
        case Provider.BITBUCKET:
            return parse_bitbucket(headers, body)
