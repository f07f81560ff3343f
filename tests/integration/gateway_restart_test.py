"""Gateways that stop or restart under load lose no request."""

import http.client
import os

import pytest

from callers_who_go_on import CallersWhoGoOn
from environment import PATIENCE
from http_calls import ask
from http_load import HttpLoad
from program_process import free_port
from rolling_load import steady_rate

GATEWAYS = 2
ROUNDS = int(os.environ.get("WANWU_RESTART_ROUNDS", "1"))
DRAIN_DELAY = "1s"
CALLERS = 24
WELL_UNDER_WAY = 10 * CALLERS
# Connections that last, and one for each request.
KINDS = pytest.mark.parametrize("keep_alive", (True, False),
                                ids=("kept_connections", "new_connections"))


class GatewayCallers(CallersWhoGoOn):
    """They look at nothing and send on until nobody listens any more."""

    def __init__(self, gateway, keep_alive):
        self._port = gateway.port
        self._headers = {} if keep_alive else {"Connection": "close"}
        super().__init__(CALLERS, WELL_UNDER_WAY)

    def _run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self._port,
                                                timeout=PATIENCE)
        while True:
            try:
                # Connects again by itself after "Connection: close".
                status = ask(connection, "GET", "/healthz",
                             headers=self._headers).status
            except ConnectionRefusedError:
                return self._count("nobody listens")
            except (http.client.HTTPException, OSError) as error:
                return self._count(f"lost: {type(error).__name__} {error}")
            self._count(status, answered=status == 200)


@KINDS
def test_sigterm_loses_no_request_of_callers_who_go_on(server, start_gateway,
                                                       keep_alive):
    for _ in range(ROUNDS):
        gateway = start_gateway(server.address)
        callers = GatewayCallers(gateway, keep_alive)
        callers.wait_until_under_way()
        gateway.terminate()
        assert gateway.wait() == 0, gateway.log.text()
        callers.join()
        assert set(callers.ends) == {200, "nobody listens"}, callers.ends
        assert callers.ends["nobody listens"] == CALLERS
        stopped = gateway.log.wait_for("gateway_stopped")
        assert stopped["complete"] is True


@KINDS
def test_rolling_restart_of_gateways_loses_no_request(server, start_gateway,
                                                      picture, keep_alive):
    ports = [free_port() for _ in range(GATEWAYS)]

    def start(port):
        return start_gateway(server.address, f"--drain_delay={DRAIN_DELAY}",
                             port=port).wait_until_ready()

    gateways = [start(port) for port in ports]
    rate = steady_rate(server, picture)
    load = HttpLoad(ports, rate, picture, keep_alive)
    for _ in range(ROUNDS):
        for i, port in enumerate(ports):
            gateways[i].stop()
            gateways[i] = start(port)
    ends = load.stop()

    assert set(ends) == {200}, ends
    assert ends[200] > rate
