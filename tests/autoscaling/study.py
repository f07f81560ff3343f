#!/usr/bin/python3
"""Writes what docs/autoscaling.md shows: its tables and docs/autoscaling/*.svg.

usage: tests/autoscaling/study.py

Needs python3-yaml, and python3-matplotlib (scripts/setup.sh --bench). Minutes.
"""

import re

import autoscalers
import catalogue
import figures
import plots
import scenarios
from autoscalers import Metric, Settings
from hpa import DEFAULT_DOWN, DEFAULT_UP
from simulation import play

PAGE = autoscalers.REPO / "docs/autoscaling.md"
MOST = 40
DOWN = autoscalers.from_hpa().down


def cpu(percent):
    return Metric("cpu", percent)


def wait(milliseconds):
    return Metric("pods", milliseconds / 1000, "wait_seen")


def in_flight(count):
    return Metric("pods", count, "in_flight_seen")


# By what they say on the page.
CHOICES = {
    "CPU 50 %": (cpu(50),), "CPU 60 %": (cpu(60),), "CPU 70 %": (cpu(70),),
    "CPU 80 %": (cpu(80),),
    "wait 10 ms": (wait(10),), "wait 20 ms": (wait(20),),
    "wait 50 ms": (wait(50),), "wait 250 ms": (wait(250),),
    "in flight 3": (in_flight(3),), "in flight 8": (in_flight(8),),
    "CPU 70 %, wait 100 ms": (cpu(70), wait(100)),
    "CPU 60 %, wait 20 ms": (cpu(60), wait(20)),
    "**CPU 60 %, wait 50 ms**": (cpu(60), wait(50)),
    "CPU 60 %, wait 100 ms": (cpu(60), wait(100)),
}


def choices():
    yield "| target | flash crowd | nodes first | zone lost |"
    yield "| --- | --- | --- | --- |"
    for name, metrics in CHOICES.items():
        cells = [choice(case, Settings(3, MOST, metrics, DEFAULT_UP, DOWN))
                 for case in catalogue.CASES
                 if case.most == 20 and case.quick and "node lost" not in
                 case.name]
        yield f"| {name} | " + " | ".join(cells) + " |"


def choice(case, settings):
    target = next((metric.target for metric in settings.metrics
                   if metric.kind == "cpu"), 65)
    rate = case.lanes * figures.PICTURES_PER_CPU
    scenario = case.make(lambda load: max(3, round(
        100 * load / (target * rate) + 0.5)))
    played = play(scenario, settings, case.lanes, catalogue.DEADLINE)
    return (f"{100 * played.goodput:.2f} %, {played.recovery(1200)} s; "
            f"{played.most} pods, {100 * played.use(rate):.0f} % busy")


def windows():
    """Scaling down: how fast, after how long, over a day."""
    yield "| down: window, at most a minute | answered, p99 | pod-hours |"
    yield "| --- | --- | --- |"
    case = catalogue.CASES[0]
    own = autoscalers.from_hpa()
    for name, down in (
            ("300 s, all (Kubernetes' default)", DEFAULT_DOWN),
            ("60 s, a tenth", _with_window(own.down, 60)),
            ("**300 s, a tenth**", own.down),
            ("900 s, a tenth", _with_window(own.down, 900))):
        settings = Settings(own.least, own.most, own.metrics, own.up, down)
        played = play(case.scenario(), settings, case.lanes,
                      catalogue.DEADLINE)
        yield (f"| {name} | {100 * played.goodput:.3f} %, "
               f"{1e3 * played.p99:.0f} ms | {played.pod_hours:.0f} |")


def _with_window(rules, window):
    return type(rules)(window, rules.policies)


def results(played):
    yield "| scenario | promised | HPA | KEDA |"
    yield "| --- | --- | --- | --- |"
    for case in catalogue.CASES:
        yield catalogue.row(case, [
            catalogue.cell(case, played[case.name, scaler])
            for scaler in catalogue.SCALERS])


def put(page, name, lines):
    text = "\n".join(lines)
    page, count = re.subn(
        rf"(<!-- {name} -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{text}\n{found[2]}", page, flags=re.DOTALL)
    assert count == 1, name
    return page


def main():
    played = {(case.name, scaler): case.play(scaler)
              for case in catalogue.CASES for scaler in catalogue.SCALERS}
    page = PAGE.read_text()
    for name, lines in (("results", results(played)), ("choices", choices()),
                        ("windows", windows())):
        page = put(page, name, lines)
    PAGE.write_text(page)
    folder = PAGE.with_suffix("")
    folder.mkdir(exist_ok=True)
    day = catalogue.CASES[5]
    plots.day(played[day.name, "HPA"], day, folder / "day.svg")
    crowd = catalogue.CASES[1]
    shown = {name.strip("*"): play(
        scenarios.flash_crowd(1200, crowd.pods_for(1200)),
        Settings(3, MOST, CHOICES[name], DEFAULT_UP, DOWN), crowd.lanes,
        catalogue.DEADLINE) for name in (
            "CPU 60 %", "wait 50 ms", "in flight 3",
            "**CPU 60 %, wait 50 ms**")}
    plots.crowd(shown, crowd, folder / "flash_crowd.svg")


if __name__ == "__main__":
    main()
