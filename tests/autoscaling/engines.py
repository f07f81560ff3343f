"""What becomes of the requests of a second: by flow, and one by one.

`Flow` takes requests as a stream, so that 100,000 a second cost no more than
ten: of each pod the probability that a request waits (Erlang's C), for how long
(exponentially, at the rate of M/D/c under heavy traffic), and the backlog of
what came too fast. `OneByOne` draws every request; simulation_test.py holds the
one against the other.
"""

import heapq
import math

import numpy as np

import figures

LARGEST_LOAD = 0.995


def erlang_c(lanes, load):
    """The probability that all lanes are busy, at `load` of each."""
    offered = lanes * load
    blocked = 1.0
    for lane in range(1, lanes + 1):
        blocked = offered * blocked / (lane + offered * blocked)
    return blocked / (1 - load + load * blocked)


class Outcome:
    """How many requests came, and how soon those that were answered were."""

    def __init__(self):
        self.offered = 0.0
        self.answered = 0.0
        self.by_second = []  # (offered, answered)
        self._parts = []  # (answered, latency, probability, rate) of waits

    def add(self, offered, answered, parts):
        self.offered += offered
        self.answered += answered
        self.by_second.append((offered, answered))
        self._parts.extend(part for part in parts if part[0] > 0)

    @property
    def goodput(self):
        return self.answered / self.offered

    def percentile(self, share):
        """The latency of so many of the answers, s."""
        count, base, probability, rate = np.array(self._parts).T
        low, high = 0.0, 10.0
        for _ in range(40):
            middle = (low + high) / 2
            over = np.maximum(middle - base, 0)
            late = np.where(middle < base, 1, probability * np.exp(
                -np.minimum(rate * over, 700)))
            if (count * late).sum() > (1 - share) * count.sum():
                low = middle
            else:
                high = middle
        return high

    def worst_minute(self):
        """Answered of offered."""
        offered, answered = np.array(self.by_second).T
        minute = np.ones(60)
        return float((np.convolve(answered, minute, "valid")
                      / np.convolve(offered, minute, "valid")).min())


class Flow:
    def __init__(self, lanes, deadline):
        self._lanes = lanes
        self.rate = lanes * figures.PICTURES_PER_CPU
        self._longest_wait = (deadline - figures.ALONE) / figures.CAUTION

    def serve(self, now, rate, groups, outcome):
        """One second."""
        known = sum(group.count * group.weight(now) for group in groups)
        answered, parts = 0.0, []
        for group in groups:
            weight = group.weight(now)
            if group.serves(now) and known:
                got, part = self._pod(group, rate * weight / known)
                answered += group.count * got
                parts.append((group.count * got, *part))
            group.usage_sum += group.usage
        outcome.add(rate, answered, parts)

    def _pod(self, group, arrivals):
        """How many are answered, and how late."""
        load = arrivals / self.rate
        most = self._longest_wait * self.rate
        before, taken = group.backlog, arrivals
        group.backlog += arrivals - self.rate
        if group.backlog > most:
            # What is left beside refusing the others.
            taken = max(0.0, (most - before + self.rate
                              - figures.REFUSAL * arrivals)
                        / (1 - figures.REFUSAL))
        group.backlog = min(max(group.backlog, 0.0), most)
        behind = group.backlog / self.rate
        group.usage = min(1.0, load + (behind > 0))
        if behind or load >= 1:
            probability, rate, mean = 0.0, 1.0, 0.0
        else:
            load = min(load, LARGEST_LOAD)
            probability = erlang_c(self._lanes, load)
            rate = 2 * (1 - load) * self.rate
            taken *= 1 - probability * math.exp(-rate * self._longest_wait)
            mean = probability / rate
        group.in_flight = (taken * (figures.ALONE + mean + behind)
                           if taken else 0.0)
        group.wait = group.in_flight / self.rate
        return taken, (figures.ALONE + behind, probability, rate)


class OneByOne:
    """The same for groups of one pod."""

    def __init__(self, lanes, deadline, chance):
        self._lanes = lanes
        self._chance = chance
        self._each = 1 / figures.PICTURES_PER_CPU
        self._longest_wait = (deadline - figures.ALONE) / figures.CAUTION

    def serve(self, now, rate, groups, outcome):
        weights = [group.weight(now) for group in groups]
        offered, answered, parts = 0, 0, []
        for group in groups:
            if not group.lanes_free_at:
                group.lanes_free_at = [now] * self._lanes
        known = sum(weights)
        for group, weight in zip(groups, weights):
            if group.serves(now) and known:
                came, got = self._pod(now, rate * weight / known, group, parts)
                offered += came
                answered += got
            elif weight:
                offered += rate * weight / known
            group.usage_sum += group.usage
        outcome.add(offered, answered, parts)

    def _pod(self, now, rate, group, parts):
        free, came, taken, busy = group.lanes_free_at, 0, 0, 0.0
        when = now
        while rate:
            when += self._chance.expovariate(rate)
            if when >= now + 1:
                break
            came += 1
            wait = max(0.0, free[0] - when)
            work = self._each
            if wait > self._longest_wait:
                work *= figures.REFUSAL
            else:
                taken += 1
                parts.append((1, figures.ALONE + wait, 0.0, 1.0))
            heapq.heapreplace(free, max(when, free[0]) + work)
            busy += work
        end = now + 1
        group.usage = min(1.0, busy / self._lanes)
        group.in_flight = sum(math.ceil((each - end) / self._each)
                              for each in free if each > end)
        group.wait = group.in_flight * self._each / self._lanes
        return came, taken
