"""One deployment in a fresh process, as after a cold start: run by `benchmarks.peers`.

It sees the built layers alone (`-S`, PYTHONPATH), as Lambda does. Standard input is the batch that
the router gets; what the router sends is received and handed to the reconciler.
"""

import json
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"


class Invocation:
    """What Lambda gives a handler."""

    aws_request_id = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """Return time enough."""
        return 90_000


def handler_of(name: str) -> Any:  # noqa: ANN401 - a handler
    """Import a function as Lambda does, by its file."""
    spec = spec_from_file_location(f"app_{name}", FUNCTIONS / name / "app.py")
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - the files are there
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handler


def main() -> None:
    """Route, receive, reconcile."""
    route, reconcile = handler_of("router"), handler_of("reconciler")
    route(json.load(sys.stdin), Invocation())
    from longshore.runtime.wiring.shared import make_clients  # noqa: PLC0415 - timed as ours is

    found = make_clients().sqs.receive_message(
        QueueUrl=os.environ["LONGSHORE_WORK_URL"], MaxNumberOfMessages=10, AttributeNames=["All"]
    )
    records = [
        {"messageId": each["MessageId"], "body": each["Body"], "attributes": each["Attributes"]}
        for each in found["Messages"]
    ]
    reconcile({"Records": records}, Invocation())


if __name__ == "__main__":
    main()
