#!/usr/bin/python3
"""The p99 that no server of two lanes can beat, in times of one picture.

Two lanes that each take exactly one unit, pictures that arrive at random,
first come first served: simulated at 50, 80 and 95 % of what they can do.
"""

import heapq
import random

LANES = 2
ARRIVALS = 400_000


def p99(share):
    chance = random.Random(1)
    free_at = [0.0] * LANES
    now, latencies = 0.0, []
    for _ in range(ARRIVALS):
        now += chance.expovariate(LANES * share)
        done = max(now, heapq.heappop(free_at)) + 1
        heapq.heappush(free_at, done)
        latencies.append(done - now)
    return sorted(latencies)[int(ARRIVALS * 0.99)]


if __name__ == "__main__":
    for percent in (50, 80, 95):
        print(f"{percent} %: {p99(percent / 100):.1f}")
