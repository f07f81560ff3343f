"""A server that only those reach who trust its certificate and have a token."""

import grpc

from certificates import Authority
from server_process import ServerProcess

TOKEN = "web-0123456789abcdef"
_GATEWAY_TOKEN = "gateway-0123456789abcdef"


class SecuredServer(ServerProcess):
    """Its files are in `folder`: `ca_file`, `token_file` for clients, and
    `gateway_token_file`."""

    def __init__(self, folder, repository, state):
        authority = Authority(folder / "authority")
        own = authority.issue_server()
        self.ca_file = authority.certificate
        self.token_file = folder / "token"
        self.token_file.write_text(TOKEN + "\n")
        self.gateway_token_file = folder / "gateway-token"
        self.gateway_token_file.write_text(_GATEWAY_TOKEN + "\n")
        tokens = folder / "tokens"
        tokens.write_text(f"web classify {TOKEN}\n"
                          f"gateway gateway {_GATEWAY_TOKEN}\n")
        tokens.chmod(0o600)
        super().__init__(f"--model_repository={repository}",
                         f"--state_dir={state}",
                         f"--tls_certificate_file={own.certificate}",
                         f"--tls_key_file={own.key}",
                         f"--token_file={tokens}")

    @property
    def channel(self):
        if self._channel is None:
            self._channel = grpc.secure_channel(
                self.address,
                grpc.ssl_channel_credentials(self.ca_file.read_bytes()))
        return self._channel
