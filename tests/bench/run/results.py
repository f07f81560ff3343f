"""Everything that one run found, and how to ask for it.

The same as JSON under build/bench/. A measurement is a dictionary of figures;
those of round i are in rounds[i].
"""

import dataclasses
import json
import statistics


@dataclasses.dataclass(frozen=True)
class Spread:
    """The median of some rounds, and between what they lay."""

    median: float
    least: float
    most: float

    @staticmethod
    def of(values):
        """None without values; those that are None are left out."""
        values = [value for value in values if value is not None]
        if not values:
            return None
        return Spread(statistics.median(values), min(values), max(values))


class Results:
    """Fills itself during a run."""

    def __init__(self, data=None):
        self.data = data or {"machine": {}, "setup": {}, "start": {},
                             "unavailable": {}, "rounds": []}

    def begin_round(self):
        self.data["rounds"].append({"services": {}, "engines": {}})

    def add_load(self, service, load, figures):
        """`load`: "8" for so many clients, "80%" of saturation."""
        services = self.data["rounds"][-1]["services"]
        services.setdefault(service, {})[load] = figures

    def add_overload(self, pressure, figures):
        self.data["rounds"][-1].setdefault("overload", {})[pressure] = figures

    def add_engine(self, engine, precision, figures):
        engines = self.data["rounds"][-1]["engines"]
        engines.setdefault(engine, {})[precision] = figures

    def miss(self, name, why):
        self.data["unavailable"][name] = str(why)

    @property
    def machine(self):
        return self.data["machine"]

    @property
    def setup(self):
        return self.data["setup"]

    @property
    def start(self):
        return self.data["start"]

    @property
    def unavailable(self):
        return self.data["unavailable"]

    def load(self, service, load, figure):
        """One value per round; None where there is none."""
        return [each["services"].get(service, {}).get(load, {}).get(figure)
                for each in self.data["rounds"]]

    def engine(self, engine, precision, *path):
        """One value per round; None where there is none."""
        return [_within(each["engines"].get(engine, {}).get(precision), path)
                for each in self.data["rounds"]]

    def overload(self, pressure, figure):
        """One value per round; None where there is none."""
        return [each.get("overload", {}).get(pressure, {}).get(figure)
                for each in self.data["rounds"]]

    def saturation(self, service):
        """Per round the highest throughput of the closed loops up to 32."""
        return [max((value for value in values if value is not None),
                    default=None)
                for values in zip(*(self.load(service, clients, "rate")
                                    for clients in ("1", "8", "32")))]

    def all_loads(self, figure):
        """Of every measurement of a service."""
        return [figures[figure] for each in self.data["rounds"]
                for loads in each["services"].values()
                for figures in loads.values() if figure in figures]

    def to_json(self):
        return json.dumps(self.data, indent=1, ensure_ascii=False) + "\n"


def ratios(above, below):
    """Round by round, so that what drifts is in both."""
    return [a / b if a is not None and b else None
            for a, b in zip(above, below)]


def _within(value, path):
    for name in path:
        value = (value or {}).get(name)
    return value
