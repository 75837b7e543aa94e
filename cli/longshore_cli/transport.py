"""HTTP beside the API calls: by the proxy and the certificates that botocore would use."""

from urllib.parse import urlsplit

from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from longshore_cli.access import Access

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def http_session(access: Access, url: str, patience: int) -> URLLib3Session:
    """Return what sends requests to a URL; `patience` is in seconds, to connect and to wait."""
    bundle = access.session.get_config_variable("ca_bundle")
    return URLLib3Session(
        verify=bundle or True,
        proxies={} if is_loopback(url) else get_environ_proxies(url),
        timeout=patience,
    )
