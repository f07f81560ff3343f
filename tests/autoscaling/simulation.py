"""Plays a scenario: callers, pods and an autoscaler, second by second."""

import dataclasses
import random

import numpy as np

import figures
from autoscalers import Autoscaler
from engines import Flow, OneByOne, Outcome
from fleet import Fleet
from hpa import SYNC_PERIOD

# The controller's turn comes at any time after the scrape: half a period.
SYNC_AFTER = 7


@dataclasses.dataclass
class Played:
    outcome: Outcome
    times: list = dataclasses.field(default_factory=list)
    rates: list = dataclasses.field(default_factory=list)
    replicas: list = dataclasses.field(default_factory=list)
    busy: list = dataclasses.field(default_factory=list)

    @property
    def goodput(self):
        return self.outcome.goodput

    @property
    def p99(self):
        return self.outcome.percentile(0.99)

    @property
    def most(self):
        return max(self.replicas)

    @property
    def pod_hours(self):
        return float(np.sum(self.replicas)) * SYNC_PERIOD / 3600

    def use(self, pod_rate):
        """Of the capacity that was paid for."""
        return (sum(offered for offered, _ in self.outcome.by_second)
                / (3600 * self.pod_hours * pod_rate))

    def recovery(self, since, goal=0.99):
        """Seconds from `since` until no minute answers less than `goal`."""
        last = since
        seconds = self.outcome.by_second
        for now in range(since, len(seconds) - 10, 10):
            offered, answered = map(sum, zip(*seconds[now:now + 10]))
            if answered < goal * offered:
                last = now + 10
        return last - since


def play(scenario, settings, lanes, deadline=0.25, one_by_one=False, seed=1):
    chance = random.Random(seed)
    fleet = Fleet(scenario.pods, one_by_one,
                  room=scenario.pods if scenario.new_node else 10**9,
                  new_node=scenario.new_node)
    engine = (OneByOne(lanes, deadline, chance) if one_by_one
              else Flow(lanes, deadline))
    scaler = Autoscaler(settings, 1000 * lanes)
    played = Played(Outcome())

    def noise(group):
        return (0.0 if one_by_one else
                chance.gauss(0, 1) * (group.in_flight / group.count) ** 0.5)

    for now, rate in enumerate(scenario.rates(seed)):
        if now == scenario.lost_at:
            fleet.lose(now, round(fleet.replicas * scenario.lost_share))
        fleet.advance(now)
        engine.serve(now, rate, fleet.groups, played.outcome)
        if now % figures.SCRAPE_INTERVAL == 0:
            fleet.scrape(now, noise)
            scaler.scraped(fleet)
            played.times.append(now)
            played.rates.append(rate)
            played.replicas.append(fleet.replicas)
        if now % SYNC_PERIOD == SYNC_AFTER:
            scaler.sync(now, fleet)
    return played
