"""Pods that are replaced one after the other, as a Deployment does it: each
new one has another address, of which callers learn by its name."""

import os

import network
from pod import PORT
from rolling_load import CALLERS, GatewayLoad, PoissonLoad

PODS = 3
ROUNDS = int(os.environ.get("WANWU_RESTART_ROUNDS", "1"))
RATE = 3  # calls per second, of each of five callers
NAME = f"wanwu-headless.{network.DOMAIN}:{PORT}"
# By default gRPC asks for a name once in 30 s at most, and pods that live for
# seconds only would have come and gone.
LOOK_OFTEN = (("grpc.dns_min_time_between_resolutions_ms", 500),)


def test_callers_follow_pods_to_new_addresses(names, start, start_gateway,
                                              picture):
    def publish(pods):
        names.set("wanwu-headless", [pod.host.address for pod in pods])

    def start_one():
        # On a busy machine they may wait.
        return start("--drain_delay=2s",
                     "--max_queue_wait=0").wait_until_serving()

    pods = [start_one() for _ in range(PODS)]
    publish(pods)
    gateways = [start_gateway(NAME, f"--server_choice={choice}")
                .wait_until_ready() for choice in ("one", "each_in_turn")]
    callers = {kind: PoissonLoad(f"dns:///{NAME}", config, picture, RATE,
                                 options=LOOK_OFTEN)
               for kind, config in CALLERS.items()}
    loads = {f"gateway {i}": GatewayLoad(gateway, picture, RATE)
             for i, gateway in enumerate(gateways)}
    for _ in range(ROUNDS * PODS):
        pods.append(start_one())
        publish(pods)
        # Kubernetes takes its address away when it asks it to stop.
        old = pods.pop(0)
        publish(pods)
        old.stop()
        old.close()
    # None of the first pods is left.
    for load in callers.values():
        load.wait_for_answers(RATE)
    for gateway in gateways:
        assert gateway.classify(picture).status == 200

    ends = {kind: load.stop() for kind, load in (callers | loads).items()}

    for kind, each in ends.items():
        assert set(each) == {"OK"}, (kind, each)
        assert each["OK"] > RATE
