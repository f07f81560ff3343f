"""The pods of a Deployment, and what an autoscaler gets to see of them."""

import dataclasses

import figures
from hpa import PodGroups


@dataclasses.dataclass
class Group:
    """Pods that were made at the same time, and are alike ever since."""

    count: int
    made: float
    ready_at: float
    known_at: float  # from then on all callers know of it
    lost_at: float = float("inf")
    # Of each pod, as an engine keeps it:
    backlog: float = 0.0  # pictures beyond those that are there at this load
    lanes_free_at: list = None
    usage: float = 0.0  # CPUs at work, in parts of those there are
    in_flight: float = 0.0
    wait: float = 0.0  # wanwu_estimated_wait_seconds
    # Of each pod, as was seen last: usage over a window, figures at a moment.
    usage_seen: float = 0.0
    in_flight_seen: float = 0.0
    wait_seen: float = 0.0
    usage_sum: float = 0.0
    usage_sum_seen: float = 0.0

    def weight(self, now):
        """How many of the callers call it."""
        if now >= self.lost_at + figures.KEEPALIVE or now < self.ready_at:
            return 0.0
        if now >= self.known_at:
            return 1.0
        return (now - self.ready_at) / (self.known_at - self.ready_at)

    def serves(self, now):
        return self.ready_at <= now < self.lost_at

    def like(self, other, now):
        """Whether both can be one group."""
        return (max(self.known_at, other.known_at) < now - 60
                and self.lost_at == other.lost_at
                and self.lanes_free_at is None
                and abs(self.backlog - other.backlog) < 1e-6)


class Fleet:
    def __init__(self, count, one_by_one=False, room=10**9, new_node=0):
        """`room`: pods for which there are nodes; others wait for `new_node`
        seconds. `one_by_one`: each pod is a group."""
        self._one_by_one = one_by_one
        self._room, self._new_node = room, new_node
        self.groups = []
        self.replicas = 0
        self._add(-3600, count)
        self.replicas = count

    def _add(self, now, count):
        late = max(0, min(count, self.replicas + count - self._room))
        for part, wait in ((count - late, 0), (late, self._new_node)):
            each = 1 if self._one_by_one else part
            for _ in range(part // each if part else 0):
                self.groups.append(self._group(now, each, wait))

    def _group(self, now, count, wait):
        ready = now + wait + figures.TO_READY
        look = max(figures.CLIENTS_LOOK_AGAIN,
                   figures.CONNECTION_AGE / max(1, self.replicas))
        return Group(count, now + wait, ready, ready + look + figures.DNS_TTL,
                     lanes_free_at=[] if self._one_by_one else None)

    def resize(self, now, replicas):
        """As the ReplicaSet does: of those too many, the newest go first."""
        if replicas > self.replicas:
            self._add(now, replicas - self.replicas)
        too_many = self.replicas - replicas
        for group in reversed(list(self.groups)):
            gone = min(group.count, max(0, too_many))
            group.count -= gone
            too_many -= gone
        self.groups = [group for group in self.groups if group.count]
        self.replicas = replicas

    def lose(self, now, count):
        """So many pods stop at once, with their nodes."""
        for group in list(self.groups):
            gone = min(group.count, count)
            count -= gone
            if gone:
                group.count -= gone
                self.groups.append(dataclasses.replace(
                    group, count=gone, lost_at=now))
        self.groups = [group for group in self.groups if group.count]

    def advance(self, now):
        """Lost pods are made again; groups that have become alike join."""
        end = now - figures.NODE_GRACE - figures.EVICTION
        gone = sum(g.count for g in self.groups if g.lost_at <= end)
        if gone:
            self.groups = [g for g in self.groups if g.lost_at > end]
            self.replicas -= gone
            self._add(now, gone)
            self.replicas += gone
        for one, other in zip(self.groups, self.groups[1:]):
            if one.like(other, now):
                one.count += other.count
                other.count = 0
        self.groups = [group for group in self.groups if group.count]

    def scrape(self, now, noise):
        """Prometheus and metrics-server look at every pod that runs.
        `noise(group)`: what a moment's number in flight is off its mean."""
        for group in self.groups:
            if group.lost_at < now:
                continue
            off = noise(group)
            mean = group.in_flight
            group.in_flight_seen = max(0.0, mean + off)
            group.wait_seen = (group.wait * group.in_flight_seen / mean
                               if mean else 0.0)
            group.usage_seen = ((group.usage_sum - group.usage_sum_seen)
                                / figures.METRICS_SERVER)
            group.usage_sum_seen = group.usage_sum

    def cpu(self, now, request_milli):
        """groupPods of replica_calculator.go, for CPU."""
        total = counted = unready = missing = 0
        window = figures.METRICS_SERVER
        for group in self.groups:
            created = group.made + figures.SCHEDULE_AND_CREATE
            # Two looks of metrics-server, the first half a period later.
            first = created + 1.5 * window + figures.METRICS_SERVER_AGE
            old = group.ready_at + window + figures.METRICS_SERVER_AGE
            if now < created:
                unready += group.count
            elif now < first or now > group.lost_at + 2 * window:
                missing += group.count
            elif now < old:
                unready += group.count
            else:
                counted += group.count
                total += group.count * round(group.usage_seen * request_milli)
        return PodGroups(total, counted, unready, missing)

    def of_pods(self, now, figure):
        """The same for a figure of pods, which need not be ready."""
        total = counted = unready = missing = 0
        for group in self.groups:
            created = group.made + figures.SCHEDULE_AND_CREATE
            if now < created:
                unready += group.count
            elif (now < created + figures.SCRAPE_INTERVAL / 2
                  or now > group.lost_at + figures.SCRAPE_INTERVAL):
                missing += group.count
            else:
                counted += group.count
                total += group.count * getattr(group, figure) * 1000
        return PodGroups(int(total), counted, unready, missing)
