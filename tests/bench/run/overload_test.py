"""What an overloaded server's figures are made of."""

import types

import pytest

from run import overload
from run.overload import Overload, Pressure, figures_of

RUN = {"offered_rate": 400.0, "goodput": 190.0, "achieved_rate": 200.0,
       "latency_histogram_ms": [[90.0, 300], [250.0, 80], [400.0, 20]],
       "latency_ms": {"p99": 240.0}, "failed": 420, "shed": 0, "sent": 800,
       "seconds": 2.0, "own_cpus": 0.1}


def test_work_for_nobody_is_what_was_not_answered_in_time():
    figures = figures_of(RUN, worked=400, capacity=200, deadline_s=0.25)
    assert figures["of_capacity"] == 0.95
    assert figures["for_nobody"] == pytest.approx(0.05)
    assert figures["refused"] == 210


def test_no_work_at_all_was_for_nobody():
    assert figures_of(RUN, 0, 200, 0.25)["for_nobody"] == 0


class FakeWatch:
    def __init__(self, _address):
        pass

    def stop(self):
        return 400


@pytest.fixture
def measured(monkeypatch):
    """measured(pressure): its figures, and the loads they came from."""
    loads = []

    def start(service, load):
        loads.append((service.name, load))
        return service

    monkeypatch.setattr(overload, "ServerWatch", FakeWatch)
    monkeypatch.setattr(overload, "start", start)
    monkeypatch.setattr(overload, "report_of", lambda *_: {"runs": [RUN]})
    monkeypatch.setattr(overload.os, "sched_getaffinity", lambda _: {0, 1})
    used = {"wanwu": iter([0, 0.4]), "null": iter([0, 0.2, 0, 0.1])}
    monkeypatch.setattr(
        overload.thread_cpu, "read", lambda name: {
            name: ("poller", next(used[name]))})
    services = [types.SimpleNamespace(
        name=name, address="", group=types.SimpleNamespace(
            members=lambda name=name: name)) for name in ("wanwu", "null")]

    def measure(pressure):
        run = Overload(*services, {"ordinary": "o", "large": "l"}, 2)
        return run.measure(pressure), loads

    return measure


def test_what_the_transport_burns_is_no_fault_of_the_server(measured):
    figures, loads = measured(Pressure(2, 0.25))
    # 0.2 CPUs went to twice the load, 0.15 to the capacity itself.
    assert figures["of_what_is_left"] == pytest.approx(
        190 / (200 * 1.8 / 1.85))
    # 0.4 s for 800 calls, less what the null service took.
    assert figures["refusal_ms"] == pytest.approx(0.5 - 0.25)
    assert [(name, load.rate or load.clients) for name, load in loads] == [
        ("wanwu", 32), ("wanwu", 400), ("null", 400), ("null", 200)]


def test_a_stream_keeps_under_way_what_can_be_answered_in_time(measured):
    figures, loads = measured(Pressure(2, 1, calls="stream"))
    assert loads[-1][1].stream
    assert loads[-1][1].max_in_flight == 100
    assert "of_what_is_left" not in figures


def test_a_measurement_is_long_against_its_deadline(measured):
    _, loads = measured(Pressure(2, 2, "large", "stream"))
    assert loads[-1][1].seconds == 6
    assert loads[-1][1].pictures == "l"
