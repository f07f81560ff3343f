"""How Kubernetes' HorizontalPodAutoscaler computes replicas, for given figures.

After k8s.io/kubernetes 1.34, pkg/controller/podautoscaler: each function names
its model there. Values are in thousandths, as there, and divided as there.
"""

import dataclasses
import math

SYNC_PERIOD = 15  # --horizontal-pod-autoscaler-sync-period, s
TOLERANCE = 0.1  # --horizontal-pod-autoscaler-tolerance


@dataclasses.dataclass(frozen=True)
class PodGroups:
    """groupPods: how many pods are what, and the sum of what counts."""

    total_milli: int
    counted: int
    unready: int = 0  # set aside until they are ready
    missing: int = 0  # no figure of them


def is_within(ratio, tolerance=TOLERANCE):
    """Tolerances.isWithin"""
    return 1 - tolerance <= ratio <= 1 + tolerance


def _replicas(current, groups, ratio_of, for_missing):
    """What GetResourceReplicas and calcPlainMetricReplicas have in common:
    `ratio_of` usage to target by sum and count, and what a pod without a
    figure counts as where fewer pods would do. None: no figure at all."""
    if groups.counted == 0:
        return None
    ratio = ratio_of(groups.total_milli, groups.counted)
    with_unready = groups.unready > 0 and ratio > 1
    if not with_unready and groups.missing == 0:
        return (current if is_within(ratio)
                else math.ceil(ratio * groups.counted))
    total, count = groups.total_milli, groups.counted + groups.missing
    if ratio < 1:
        total += groups.missing * for_missing
    if with_unready:
        count += groups.unready
    adjusted = ratio_of(total, count)
    if is_within(adjusted) or (ratio < 1) != (adjusted < 1):
        return current
    wanted = math.ceil(adjusted * count)
    turns = wanted > current if adjusted < 1 else wanted < current
    return current if turns else wanted


def utilization_replicas(current, groups, request_milli, target_percent):
    """GetResourceReplicas: usage in percent of what pods request."""

    def ratio_of(total, count):
        return total * 100 // (count * request_milli) / target_percent

    return _replicas(current, groups, ratio_of,
                     request_milli * max(100, target_percent) // 100)


def pods_metric_replicas(current, groups, target_milli):
    """GetMetricReplicas: an average of the pods' own figures."""

    def ratio_of(total, count):
        return total // count / target_milli

    return _replicas(current, groups, ratio_of, target_milli)


def external_replicas(current, total_milli, target_milli):
    """GetExternalPerPodMetricReplicas: AverageValue of one figure for all."""
    if is_within(total_milli / (target_milli * current)):
        return current
    return math.ceil(total_milli / target_milli)


def largest(current, proposals):
    """computeReplicasForMetrics: fewer only if every metric has a figure."""
    known = [proposal for proposal in proposals if proposal is not None]
    if not known or (len(known) < len(proposals) and max(known) < current):
        return None
    return max(known)


@dataclasses.dataclass(frozen=True)
class Policy:
    kind: str  # Pods or Percent
    value: int
    period: int


@dataclasses.dataclass(frozen=True)
class Rules:
    """One direction's behaviour; the policy that changes most wins."""

    window: int  # stabilizationWindowSeconds
    policies: tuple


# generateHPAScaleUpRules, generateHPAScaleDownRules
DEFAULT_UP = Rules(0, (Policy("Pods", 4, 15), Policy("Percent", 100, 15)))
DEFAULT_DOWN = Rules(300, (Policy("Percent", 100, 15),))


class Behaviour:
    """normalizeDesiredReplicasWithBehaviors, and what it remembers."""

    def __init__(self, least, most, up=DEFAULT_UP, down=DEFAULT_DOWN):
        self._least, self._most = least, most
        self._up, self._down = up, down
        self._recommendations = []  # (when, replicas)
        self._changes = []  # (when, by how many)

    def decide(self, now, current, wanted):
        """How many there are to be; `wanted` is None where nobody knows."""
        if current > self._most:
            decided = self._most
        elif current < self._least:
            decided = self._least
        elif wanted is None:
            return current
        else:
            stable = self._stabilize(now, current, wanted)
            decided = self._limit(now, current, stable)
        if decided != current:
            self._changes.append((now, decided - current))
        return decided

    def _stabilize(self, now, current, wanted):
        """stabilizeRecommendationWithBehaviors"""
        up = min([wanted] + [replicas for when, replicas
                             in self._recommendations
                             if when > now - self._up.window])
        down = max([wanted] + [replicas for when, replicas
                               in self._recommendations
                               if when > now - self._down.window])
        oldest = now - max(self._up.window, self._down.window)
        self._recommendations = [each for each in self._recommendations
                                 if each[0] > oldest] + [(now, wanted)]
        return min(max(current, up), down)

    def _limit(self, now, current, wanted):
        """convertDesiredReplicasWithBehaviorRate"""
        if wanted > current:
            reach = [self._period_start(now, current, policy.period)
                     for policy in self._up.policies]
            limit = max(begin + policy.value if policy.kind == "Pods"
                        else math.ceil(begin * (1 + policy.value / 100))
                        for begin, policy in zip(reach, self._up.policies))
            return min(wanted, self._most, max(limit, current))
        if wanted < current:
            reach = [self._period_start(now, current, policy.period)
                     for policy in self._down.policies]
            limit = min(begin - policy.value if policy.kind == "Pods"
                        else int(begin * (1 - policy.value / 100))
                        for begin, policy in zip(reach, self._down.policies))
            return max(wanted, self._least, min(limit, current))
        return wanted

    def _period_start(self, now, current, period):
        """Less what was added, and with what was taken away, since then."""
        longest = max(policy.period for rules in (self._up, self._down)
                      for policy in rules.policies)
        self._changes = [each for each in self._changes
                         if each[0] > now - longest]
        return current - sum(by for when, by in self._changes
                             if when > now - period)
