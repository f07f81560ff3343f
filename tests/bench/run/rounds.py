"""What is measured in which order.

A load is measured for all services in turn before the next load comes, and
all loads before the next round, every other round in the opposite order: a
machine that becomes slower does so for all. Services wait frozen.
"""

from . import engines, machine
from .catalogue import WANWU_PRECISIONS
from .load import Load, measure
from .say import say
from .unavailable import Unavailable

CLIENTS = (1, 8, 32)
MANY_CLIENTS = 1000
# A picture then waits for seconds: it takes that long until all is steady.
MANY_WARM_UP_S = 3
# Of saturation, in percent, arriving at random.
OPEN_LOADS = (50, 80, 95)
# The same, arriving evenly.
EVEN_LOADS = (80,)
FLOODED = ("wanwu-int8", "wanwu-fp32")


def even_load(percent):
    """What that load's results are called."""
    return f"{percent}% evenly"


class Rounds:
    """`openvino` is {precision: file} or empty."""

    def __init__(self, results, fleet, openvino, pictures, options):
        self._results = results
        self._fleet = fleet
        self._openvino = openvino
        self._pictures = pictures
        self._options = options
        self._pace = options.pace

    def run(self):
        for number in range(self._pace.rounds):
            say(f"round {number + 1} of {self._pace.rounds}")
            self._results.begin_round()
            names = list(self._fleet)
            if number % 2:
                names.reverse()
            for clients in CLIENTS:
                for name in names:
                    self._close_loop(name, clients)
            self._flood()
            if not self._options.only or "engines" in self._options.only:
                self._measure_engines()

    def _close_loop(self, name, clients):
        self._measure(name, str(clients),
                      self._load(clients=clients, seconds=self._pace.closed_s))

    def _flood(self):
        """What only Wanwu is asked: open loops, and many clients."""
        wanwu = [name for name in self._fleet if name.key in FLOODED]
        for percent in OPEN_LOADS:
            for name in wanwu:
                self._open_loop(name, percent, f"{percent}%", "poisson")
        for percent in EVEN_LOADS:
            for name in wanwu:
                self._open_loop(name, percent, even_load(percent), "constant")
        for name in wanwu:
            self._measure(name, str(MANY_CLIENTS), self._load(
                clients=MANY_CLIENTS, warm_up_s=MANY_WARM_UP_S,
                seconds=2 * self._pace.closed_s))
            self._fleet.restart(name)

    def _open_loop(self, name, percent, load_name, arrivals):
        saturation = self._results.saturation(name.key)[-1]
        if saturation is not None:
            self._measure(name, load_name, self._load(
                rate=saturation * percent / 100, seconds=self._pace.open_s,
                arrivals=arrivals))

    def _load(self, **given):
        return Load(pictures=str(self._pictures),
                    **{"warm_up_s": self._pace.warm_up_s, **given})

    def _measure(self, name, load_name, load):
        try:
            with self._fleet.awake(name) as service:
                figures = measure(service, load)
        except Unavailable as error:
            say(f"{name.key}, {load_name}: {error}")
            return
        self._results.add_load(name.key, load_name, figures)
        say(f"{name.key}, {load_name}: {figures['rate']:.1f}/s, p50 "
            f"{figures['p50_ms']:.1f} ms, p99 {figures['p99_ms']:.1f} ms, "
            f"{figures['memory_mb']:.0f} MB")

    def _measure_engines(self):
        seconds = self._pace.engine_s
        for precision in WANWU_PRECISIONS:
            self._measure_engine(
                "ceiling", precision, lambda precision=precision:
                engines.measure_ceiling(self._options.model, precision,
                                        seconds, self._pictures))
        variants = engines.openvino_variants(self._openvino,
                                             machine.has_bf16())
        for precision, (file, floats) in variants.items():
            self._measure_engine(
                "openvino", precision, lambda file=file, floats=floats:
                engines.measure_openvino(file, floats, seconds))

    def _measure_engine(self, engine, precision, run):
        name = f"{engine}-{precision}"
        if name in self._results.unavailable:
            return
        try:
            figures = run()
        except Unavailable as error:
            say(f"{name}: not available: {error}")
            self._results.miss(name, error)
            return
        self._results.add_engine(engine, precision, figures)
        say(f"{name}: {figures}")
