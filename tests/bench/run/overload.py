"""Wanwu under more than it can do: how much of its capacity is left."""

import contextlib
import dataclasses
import os

from . import thread_cpu
from .load import Load, report_of, start
from .say import say
from .server_watch import ServerWatch
from .service import NullService
from .unavailable import Unavailable

# Clients of the closed loop that capacity is measured with.
CLIENTS = 32
# Enough for ten times the capacity to wait for a second.
MAX_IN_FLIGHT = 4096


@dataclasses.dataclass(frozen=True)
class Pressure:
    """`times` the capacity, at random; each answer is due in `deadline_s`."""

    times: int
    deadline_s: float
    pictures: str = "ordinary"
    calls: str = "unary"

    @property
    def name(self):
        return (f"{self.times} ×, {self.deadline_s:g} s, {self.pictures}, "
                f"{self.calls}")


PRESSURES = [Pressure(times, deadline_s, calls=calls)
             for calls in ("unary", "stream")
             for deadline_s in (0.25, 1) for times in (1, 2, 10)]
PRESSURES += [Pressure(2, 2, "large", calls) for calls in ("unary", "stream")]


class Overload:
    """`folders` of pictures by name; `seconds` for each measurement."""

    def __init__(self, service, null, folders, seconds):
        self._service = service
        self._null = null
        self._folders = folders
        self._seconds = seconds
        self._capacities = {}
        self._burnt = {}

    def measure(self, pressure):
        """Its figures as a flat dictionary."""
        capacity = self._capacity(pressure.pictures)
        load = self._load(pressure, capacity)
        watch = ServerWatch(self._service.address)
        threads = thread_cpu.read(self._service.group.members())
        run = self._run(self._service, load)
        used = thread_cpu.used_between(
            threads, thread_cpu.read(self._service.group.members()),
            thread_cpu.WORKERS)
        worked = watch.stop()
        return {"capacity": capacity,
                **figures_of(run, worked, capacity, pressure.deadline_s),
                **self._beyond_null(pressure, run, used, capacity)}

    def _beyond_null(self, pressure, run, used, capacity):
        """A stream is read no faster than it is answered: no call of it comes
        that the transport would have to be paid for. Below twice the capacity
        nearly all is answered, and refusing has no cost of its own."""
        if pressure.calls == "stream":
            return {}
        burnt, calm = (self._burn(pressure.pictures, times)
                       for times in (pressure.times, 1))
        cpus = len(os.sched_getaffinity(0))
        left = (cpus - burnt["cpus"]) / (cpus - calm["cpus"])
        figures = {"of_what_is_left": run["goodput"] / (capacity * left)}
        if pressure.times > 1:
            figures["refusal_ms"] = (1e3 * used / run["sent"]
                                     - burnt["server_ms"])
        return figures

    def _capacity(self, pictures):
        if pictures not in self._capacities:
            run = self._run(self._service, Load(
                pictures=self._folders[pictures], warm_up_s=1,
                seconds=self._seconds, clients=CLIENTS))
            self._capacities[pictures] = run["achieved_rate"]
        return self._capacities[pictures]

    def _burn(self, pictures, times):
        """What sending and receiving takes, measured with the null service."""
        if (pictures, times) not in self._burnt:
            before = thread_cpu.read(self._null.group.members())
            run = self._run(self._null, self._load(
                Pressure(times, 1, pictures), self._capacity(pictures)))
            used = thread_cpu.used_between(
                before, thread_cpu.read(self._null.group.members()))
            self._burnt[pictures, times] = {
                "cpus": run["own_cpus"] + used / run["seconds"],
                "server_ms": 1e3 * used / run["sent"]}
        return self._burnt[pictures, times]

    def _load(self, pressure, capacity):
        """From idle: what the step up costs belongs to it."""
        stream = pressure.calls == "stream"
        # A stream has no deadline for each picture: whoever sends one keeps
        # no more under way than can be answered in time.
        most = max(16, int(capacity * pressure.deadline_s / 2))
        return Load(pictures=self._folders[pressure.pictures],
                    warm_up_s=0.001,
                    seconds=max(self._seconds, 3 * pressure.deadline_s),
                    rate=pressure.times * capacity,
                    deadline_s=pressure.deadline_s,
                    max_in_flight=most if stream else MAX_IN_FLIGHT,
                    stream=stream)

    @staticmethod
    def _run(service, load):
        return report_of(start(service, load), load)["runs"][0]


def run(results, start_server, folders, seconds, only=""):
    """Every pressure whose name holds `only`, into the round."""
    services = []
    with contextlib.ExitStack() as stack:
        for begin in (start_server, NullService):
            services.append(begin())
            stack.callback(services[-1].group.close)
            services[-1].wait_until_ready()
        _measure_all(results, Overload(*services, folders, seconds),
                     [each for each in PRESSURES if only in each.name])


def _measure_all(results, overload, pressures):
    for pressure in pressures:
        try:
            figures = overload.measure(pressure)
        except Unavailable as error:
            say(f"{pressure.name}: {error}")
            continue
        results.add_overload(pressure.name, figures)
        say(f"{pressure.name}: {figures['goodput']:.1f}/s in time, "
            f"{figures['of_capacity']:.2f} of the capacity, "
            f"{100 * figures['for_nobody']:.1f} % of the work for nobody")


def figures_of(run, worked, capacity, deadline_s):
    """Of a run of the load generator and the pictures run for it."""
    in_time = sum(count for edge_ms, count in run["latency_histogram_ms"]
                  if edge_ms <= 1e3 * deadline_s * 1.01)
    return {
        "offered": run["offered_rate"],
        "goodput": run["goodput"],
        "of_capacity": run["goodput"] / capacity,
        "for_nobody": max(0, worked - in_time) / worked if worked else 0,
        "p99_ms": run["latency_ms"]["p99"],
        "refused": run["failed"] / run["seconds"],
        "not_sent": run["shed"] / run["seconds"],
    }
