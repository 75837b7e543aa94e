"""Cuts installed packages to what runs in Lambda: botocore's data to the services we call.

Of their models the documentation goes too, and the compression: every cold start reads them.

Usage: python3 trim.py SITE_PACKAGES SERVICES_FILE
"""

import json
import shutil
import sys
from collections.abc import Iterable, Mapping
from gzip import decompress
from pathlib import Path
from typing import Any

# What installers leave behind. METADATA and licences stay: importlib.metadata and lawyers ask.
INSTALLER_FILES = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "uv_cache.json")


def main(site_packages: Path, services_file: Path) -> None:
    """Trims the folder in place.

    Raises:
        SystemExit: A listed service is unknown to this botocore.
    """
    services = read_services(services_file)
    trim_botocore(site_packages / "botocore" / "data", services)
    keep_only(site_packages / "boto3" / "data", services)
    remove(site_packages / "boto3" / "examples")  # read by the documentation generator alone
    remove(site_packages / "bin")
    for dist_info in site_packages.glob("*.dist-info"):
        for name in INSTALLER_FILES:
            (dist_info / name).unlink(missing_ok=True)


def read_services(path: Path) -> frozenset[str]:
    """Reads one service name per line; # starts a comment."""
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return frozenset(line for line in lines if line)


def trim_botocore(data: Path, services: frozenset[str]) -> None:
    """Keeps the newest model of each service, and the endpoints of these services."""
    unknown = [service for service in sorted(services) if not (data / service).is_dir()]
    if unknown:
        sys.exit(f"trim: botocore has no service {', '.join(unknown)}; correct services.txt")
    keep_only(data, services)
    for service in services:
        newest = max(folder.name for folder in (data / service).iterdir())
        keep_only(data / service, {newest})
        (data / service / newest / "examples-1.json").unlink(missing_ok=True)
    trim_endpoints(data / "endpoints.json", {trim_model(data / name) for name in services})


def trim_model(service: Path) -> str:
    """Rewrites a model; returns the name endpoints.json knows the service by: api.ecr for ecr."""
    (packed,) = service.glob("*/service-2.json.gz")
    model = undocumented(json.loads(decompress(packed.read_bytes())))
    for parameter in model.get("clientContextParams", {}).values():
        parameter["documentation"] = ""  # read at the first call, and not asked whether it is there
    packed.unlink()
    packed.with_suffix("").write_text(json.dumps(model, separators=(",", ":")))
    prefix: str = model["metadata"]["endpointPrefix"]
    return prefix


def undocumented(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A model without its texts; a member that is only called documentation stays."""
    if isinstance(value, Mapping):
        return {
            key: undocumented(each)
            for key, each in value.items()
            if key != "documentation" or not isinstance(each, str)
        }
    return [undocumented(each) for each in value] if isinstance(value, list) else value


def trim_endpoints(path: Path, prefixes: set[str]) -> None:
    """Drops other services' endpoints; partitions and regions all stay."""
    document = json.loads(path.read_text())
    for partition in document["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in known if name in prefixes}
    path.unlink()  # never write through a hard link into an installer's cache
    path.write_text(json.dumps(document, separators=(",", ":")))


def keep_only(folder: Path, names: Iterable[str]) -> None:
    """Removes every folder inside that is not named; files stay."""
    kept = set(names)
    for child in folder.iterdir():
        if child.is_dir() and child.name not in kept:
            remove(child)


def remove(folder: Path) -> None:
    """Removes a folder, which may be absent."""
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
