"""What is measured in which order."""

import contextlib
import types

import pytest

from run import engines, rounds
from run.catalogue import GUNICORN, WANWU
from run.options import parse
from run.results import Results
from run.unavailable import Unavailable

INT8 = WANWU[0]
FIGURES = {"rate": 100.0, "p50_ms": 10, "p99_ms": 20, "memory_mb": 50}


class FakeFleet:
    def __init__(self, events):
        self._events = events

    def __iter__(self):
        return iter([INT8, GUNICORN])

    @contextlib.contextmanager
    def awake(self, name):
        yield types.SimpleNamespace(name=name)

    def restart(self, name):
        self._events.append(("restart", name.key))


@pytest.fixture
def events(monkeypatch):
    """Each measurement: service and clients, or rate."""
    events = []

    def measure(service, load):
        events.append((service.name.key, load.clients or load.rate))
        return dict(FIGURES)

    monkeypatch.setattr(rounds, "measure", measure)
    return events


def run(events, *arguments):
    results = Results()
    rounds.Rounds(results, FakeFleet(events), {}, "pictures",
                  parse(arguments)).run()
    return results


def test_services_take_turns_at_each_load(events):
    run(events, "--quick", "--only", "wanwu-int8,gunicorn")
    assert events == [
        ("wanwu-int8", 1), ("gunicorn", 1), ("wanwu-int8", 8), ("gunicorn", 8),
        ("wanwu-int8", 32), ("gunicorn", 32),
        # Of what it reached in closed loops.
        ("wanwu-int8", 50), ("wanwu-int8", 80), ("wanwu-int8", 95),
        # Evenly.
        ("wanwu-int8", 80),
        ("wanwu-int8", 1000), ("restart", "wanwu-int8")]


def test_every_other_round_goes_backwards(events):
    results = run(events, "--only", "wanwu-int8,gunicorn")
    firsts = [name for name, load in events if load == 1]
    assert firsts == ["wanwu-int8", "gunicorn", "gunicorn", "wanwu-int8",
                      "wanwu-int8", "gunicorn"]
    assert results.load("gunicorn", "8", "rate") == [100, 100, 100]


def test_an_engine_that_is_not_there_is_asked_once(events, monkeypatch):
    asked = []

    def measure_ceiling(_model, precision, *_):
        asked.append(precision)
        raise Unavailable("not built")

    monkeypatch.setattr(engines, "measure_ceiling", measure_ceiling)
    results = run(events)
    assert asked == ["int8", "bf16", "fp32"]
    assert results.unavailable["ceiling-int8"] == "not built"


def test_a_measurement_that_fails_is_left_out(events, monkeypatch):
    def measure(*_):
        raise Unavailable("the load generator hung")

    monkeypatch.setattr(rounds, "measure", measure)
    results = run(events, "--quick", "--only", "wanwu-int8")
    assert results.load("wanwu-int8", "8", "rate") == [None]
