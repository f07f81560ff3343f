"""wanwu-gateway as a process."""

import http_calls
from program_process import ProgramProcess


class GatewayProcess(ProgramProcess):
    """Starts at construction, on a free port unless told otherwise."""

    def __init__(self, server_address, *flags, port=0, tls=None, **limits):
        """`tls`: the client's context where the flags make it HTTPS."""
        super().__init__("wanwu-gateway", f"--listen_address=127.0.0.1:{port}",
                         f"--server_address={server_address}", *flags,
                         **limits)
        self._tls = tls

    @property
    def port(self):
        """Waits until the gateway listens."""
        return self.log.wait_for("gateway_listening")["port"]

    def connect(self):
        return http_calls.connect(self.port, self._tls)

    def ask(self, method, path, body=None, headers=None):
        """One request on a connection of its own."""
        return http_calls.ask_once(self.connect(), method, path, body=body,
                                   headers=headers)

    def get(self, path, **headers):
        """headers: with _ for -."""
        return self.ask("GET", path, headers={
            name.replace("_", "-"): value for name, value in headers.items()})

    def classify(self, body, headers=None, query=""):
        return self.ask("POST", f"/v1/classify{query}", body=body,
                        headers=headers)

    def wait_until_ready(self):
        self.wait_until(lambda: self.get("/readyz").status == 200)
        return self
