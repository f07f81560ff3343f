"""The scenarios of docs/autoscaling.md, and what the page promises of each."""

import dataclasses
import math

import autoscalers
import figures
import scenarios
from simulation import play

DEADLINE = 0.25
TARGET = 0.6  # of a pod's CPUs; the pods that each scenario begins with
SCALERS = {"HPA": autoscalers.from_hpa, "KEDA": autoscalers.from_keda}


@dataclasses.dataclass(frozen=True)
class Promise:
    goodput: float
    p99_ms: float
    back_s: float = 0  # until 99 % are answered again

    def text(self):
        back = f", back in {self.back_s} s" if self.back_s else ""
        return f"≥ {100 * self.goodput:g} %, {self.p99_ms:g} ms{back}"


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    lanes: int
    make: object  # a Scenario, of the number of pods for a rate
    promise: Promise
    least: int = 3
    most: int = 20
    quick: bool = True

    def scenario(self):
        return self.make(self.pods_for)

    def pods_for(self, rate):
        return max(self.least, math.ceil(
            rate / (TARGET * self.lanes * figures.PICTURES_PER_CPU)))

    def settings(self, scaler):
        """The manifest's; the large fleet has other bounds only."""
        settings = SCALERS[scaler]()
        if self.most == settings.most:
            assert self.least == settings.least
            return settings
        return settings.scaled_to(self.least, self.most)

    def play(self, scaler, **options):
        return play(self.scenario(), self.settings(scaler), self.lanes,
                    DEADLINE, **options)


def _day(peak):
    return lambda pods: scenarios.diurnal(peak, pods(peak / 2))


def _crowd(base, **options):
    return lambda pods: scenarios.flash_crowd(base, pods(base), **options)


def _loss(rate, share, name):
    return lambda pods: scenarios.loss(rate, pods(rate), share, name)


CASES = (
    Case("a day, up to 4,000/s", 4, _day(4000), Promise(0.9999, 50),
         quick=False),
    Case("flash crowd, 1,200 to 3,600/s in a minute", 4, _crowd(1200),
         Promise(0.995, 200, 120)),
    Case("the same, nodes must come first (120 s)", 4,
         _crowd(1200, new_node=120), Promise(0.97, 200, 240)),
    Case("a node lost: a tenth of the pods, 3,000/s", 4,
         _loss(3000, 0.1, "node"), Promise(0.999, 50, 60)),
    Case("a zone lost: a third of the pods, 2,000/s", 4,
         _loss(2000, 1 / 3, "zone"), Promise(0.997, 100, 60)),
    Case("a day, up to 100,000/s", 2, _day(100_000), Promise(0.9999, 50),
         least=100, most=1000, quick=False),
    Case("flash crowd, 33,000 to 100,000/s in a minute", 2, _crowd(33_333),
         Promise(0.995, 200, 120), least=100, most=1000),
    Case("a zone lost: a third of the pods, 60,000/s", 2,
         _loss(60_000, 1 / 3, "zone"), Promise(0.995, 100, 400), least=100,
         most=1000),
)


def cell(case, played):
    """What came of it, as the page says it."""
    back = ""
    if case.promise.back_s:
        back = f", {played.recovery(1200)} s"
    use = played.use(case.lanes * figures.PICTURES_PER_CPU)
    return (f"{100 * played.goodput:.2f} %, {1e3 * played.p99:.0f} ms{back}; "
            f"{played.most:,} pods, {100 * use:.0f} % busy")


def row(case, cells):
    return " | ".join([f"| {case.name}", case.promise.text(), *cells]) + " |"
