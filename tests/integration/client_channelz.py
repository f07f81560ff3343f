"""What the gRPC channels of this process have sent where, by gRPC's own count:
what PyPI's grpcio-channelz would serve, which Debian does not have."""

import dataclasses
import json

from grpc._cython import cygrpc  # pylint: disable=import-private-name


@dataclasses.dataclass(frozen=True)
class Attempts:
    """Calls on their way to one address, each time that they were sent."""
    started: int = 0
    succeeded: int = 0
    failed: int = 0

    @property
    def in_flight(self):
        return self.started - self.succeeded - self.failed

    def __add__(self, more):
        return Attempts(self.started + more.started,
                        self.succeeded + more.succeeded,
                        self.failed + more.failed)


def newest_channel():
    """Its number."""
    number = 0
    while True:
        page = json.loads(cygrpc.channelz_get_top_channels(number + 1))
        for channel in page.get("channel", ()):
            number = int(channel["ref"]["channelId"])
        if page.get("end"):
            return number


def attempts(number):
    """{address: Attempts} of the channel of that number."""
    channel = json.loads(cygrpc.channelz_get_channel(number))["channel"]
    found = {}
    for ref in channel.get("subchannelRef", ()):
        text = cygrpc.channelz_get_subchannel(int(ref["subchannelId"]))
        data = json.loads(text)["subchannel"]["data"]
        found[data["target"]] = (found.get(data["target"], Attempts())
                                 + _attempts_of(data))
    return found


def _attempts_of(data):
    return Attempts(*(int(data.get(name, 0)) for name in (
        "callsStarted", "callsSucceeded", "callsFailed")))
