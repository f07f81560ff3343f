"""wanwu-server on a host of its own."""

import http.client
import re

from program_process import ProgramProcess
from server_process import ServerProcess

PORT = 8500
OPERATORS_PORT = 8502


class Pod(ServerProcess):
    def __init__(self, host, *flags):
        self.host = host
        # pylint: disable=super-init-not-called,non-parent-init-called
        self._channel = self._admin_channel = None
        ProgramProcess.__init__(
            self, "wanwu-server", f"--listen_address={host.address}:{PORT}",
            f"--metrics_address={host.address}:{OPERATORS_PORT}", *flags,
            within=host.within)

    @property
    def address(self):
        """Waits until the server listens."""
        self.log.wait_for("server_listening")
        return f"{self.host.address}:{PORT}"

    def metric(self, name):
        """Of a metric without labels."""
        return float(re.search(rf"^{name} (\S+)$", self._metrics(),
                               re.MULTILINE)[1])

    def sum_of(self, name):
        """Over all labels."""
        return sum(map(float, re.findall(rf"^{name}\{{[^}}]*\}} (\S+)$",
                                         self._metrics(), re.MULTILINE)))

    def _metrics(self):
        connection = http.client.HTTPConnection(self.host.address,
                                                OPERATORS_PORT, timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def close(self):
        super().close()
        self.host.close()


def target_of(pods):
    """As gRPC takes it."""
    return "ipv4:" + ",".join(f"{pod.host.address}:{PORT}" for pod in pods)
