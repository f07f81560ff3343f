"""Where the server is and what is shown to it."""

from __future__ import annotations

import ipaddress
import json
import pathlib
import re
from typing import Callable, Tuple, Union

import grpc

from ._messages import FOLDER

# A call's message, as the server bounds it.
_MAX_MESSAGE = 20 * 2**20
Token = Union[str, Callable[[], str]]
Metadata = Tuple[Tuple[str, str], ...]


def target_of(address: str) -> str:
    """gRPC's name of it; of several, HOST:PORT,HOST:PORT, if those are IPv4
    addresses."""
    return f"ipv4:{address}" if "," in address else address


def channel_options(server_name: str | None,
                    health_checks: bool) -> list[tuple[str, object]]:
    config = json.loads((FOLDER / "service-config.json").read_text())
    if not health_checks:
        del config["healthCheckConfig"]
    options: list[tuple[str, object]] = [
        ("grpc.service_config", json.dumps(config)),
        # We do that, and know more: RetryPolicy.
        ("grpc.enable_retries", 0),
        ("grpc.max_send_message_length", _MAX_MESSAGE),
        ("grpc.max_receive_message_length", _MAX_MESSAGE),
        # A server that comes back is found soon.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
    ]
    if server_name is not None:
        options.append(("grpc.ssl_target_name_override", server_name))
    return options


def credentials(ca_file: str | None, certificate_file: str | None,
                key_file: str | None) -> grpc.ChannelCredentials:
    def content(path: str | None) -> bytes | None:
        return None if path is None else pathlib.Path(path).read_bytes()

    if (certificate_file is None) != (key_file is None):
        raise ValueError("certificate_file and key_file go together")
    return grpc.ssl_channel_credentials(content(ca_file), content(key_file),
                                        content(certificate_file))


def check_token_is_safe(address: str) -> None:
    """Without TLS, tokens go to this machine only."""
    for one in address.split(","):
        host = re.sub(r"^(ipv[46]:|dns:(///)?)|:\d+$", "", one).strip("[]")
        if one.startswith("unix") or host == "localhost":
            continue
        try:
            if ipaddress.ip_address(host).is_loopback:
                continue
        except ValueError:
            pass
        raise ValueError(f"a token in the clear to {one} would be public: "
                         "use tls=True")


def call_metadata(token: Token | None, priority: str | None) -> Metadata:
    made: list[tuple[str, str]] = []
    if token is not None:
        shown = token if isinstance(token, str) else token()
        made.append(("authorization", f"Bearer {shown}"))
    if priority is not None:
        made.append(("wanwu-priority", priority))
    return tuple(made)
