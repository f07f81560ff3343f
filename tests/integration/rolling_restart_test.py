"""Three servers, restarted one after the other under load, lose no request."""

import os

import pytest

from rolling_load import CALLERS, GatewayLoad, PoissonLoad, steady_rate

SERVERS = 3
ROUNDS = int(os.environ.get("WANWU_RESTART_ROUNDS", "1"))
DRAIN_DELAY = "2s"


def restart(start, server):
    """The server's successor, which serves on the same address."""
    address = server.address
    server.stop()
    return start(f"--drain_delay={DRAIN_DELAY}",
                 address=address).wait_until_serving()


@pytest.mark.parametrize("kind", CALLERS)
def test_rolling_restart_loses_no_request(start, picture, kind):
    servers = [start(f"--drain_delay={DRAIN_DELAY}").wait_until_serving()
               for _ in range(SERVERS)]
    addresses = ",".join(server.address for server in servers)
    rate = steady_rate(servers[0], picture)
    load = PoissonLoad(f"ipv4:{addresses}", CALLERS[kind], picture, rate)
    expect_no_loss(start, servers, load, rate)


def expect_no_loss(start, servers, load, rate):
    for _ in range(ROUNDS):
        servers = [restart(start, server) for server in servers]
    ends = load.stop()

    assert set(ends) == {"OK"}, ends
    assert ends["OK"] > rate


@pytest.mark.parametrize("choice", ("one", "each_in_turn", "least_loaded"))
def test_gateway_goes_on_while_its_servers_restart(start, start_gateway,
                                                   picture, choice):
    servers = [start(f"--drain_delay={DRAIN_DELAY}").wait_until_serving()
               for _ in range(SERVERS)]
    gateway = start_gateway(",".join(server.address for server in servers),
                            f"--server_choice={choice}").wait_until_ready()
    rate = steady_rate(servers[0], picture)
    load = GatewayLoad(gateway, picture, rate)
    expect_no_loss(start, servers, load, rate)
    if choice != "one":
        # There were always two others.
        assert load.times_not_ready() == 0
    gateway.stop()
