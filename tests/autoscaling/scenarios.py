"""A day's traffic: requests per second by time, and what is lost when."""

import dataclasses
import math
import random

HOUR = 3600
UNSTEADINESS = 0.05


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    seconds: int
    curve: object  # requests per second by time in seconds, on average
    pods: int  # at the beginning
    lost_at: float = float("inf")
    lost_share: float = 0.0  # of the pods
    new_node: float = 0.0  # s, for pods beyond those at the beginning

    def rates(self, seed=1):
        """By second. Ups and downs of five percent are forgotten within a
        minute."""
        chance = random.Random(seed)
        state = 0.0
        for now in range(self.seconds):
            state += (-state / 60
                      + UNSTEADINESS * math.sqrt(2 / 60) * chance.gauss(0, 1))
            yield max(0.0, self.curve(now) * (1 + state))


def diurnal(peak, pods):
    """A quarter at four in the morning, all at four in the afternoon."""

    def curve(now):
        share = (1 - math.cos(2 * math.pi * (now / HOUR - 4) / 24)) / 2
        return peak * (0.25 + 0.75 * share)

    return Scenario("diurnal", 24 * HOUR, curve, pods)


def flash_crowd(base, pods, times=3, new_node=0, begin=1200, lasting=1200,
                seconds=HOUR):
    """Within a minute as many times the load, for a while."""

    def curve(now):
        up = min(1, max(0, (now - begin) / 60))
        down = min(1, max(0, (now - begin - 60 - lasting) / 60))
        return base * (1 + (times - 1) * (up - down))

    return Scenario("flash crowd" + (", nodes first" if new_node else ""),
                    seconds, curve, pods, new_node=new_node)


def loss(rate, pods, share, name):
    return Scenario(name, HOUR, lambda _: rate, pods,
                    lost_at=1200, lost_share=share)
