"""Pushes a version of the example into a demo that was left running, without Docker.

Usage: AWS_ENDPOINT_URL=… python -m longshore_local.registry VERSION [broken]
"""

import os
import sys

from longshore_local.cloud.clients import Cloud
from longshore_local.demo.pushing import PushByApi


def main(version: str, kind: str = "") -> int:
    """Push a version; one that is `broken` crashes when it starts."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        sys.stderr.write("set AWS_ENDPOINT_URL to what the demo printed\n")
        return 2
    digest = PushByApi(Cloud(endpoint)).push(version, broken=kind == "broken")
    sys.stdout.write(f"pushed checkout:{version}, {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
