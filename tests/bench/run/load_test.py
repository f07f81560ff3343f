"""What is asked of the load generators, and kept of their answers."""

from run.load import Load, figures_of

PERCENTILES = {"p50": 1.5, "p99": 9.5}
REPORT = {
    "cpus": 2,
    "mean_picture_bytes": 110078.0,
    "runs": [{
        "achieved_rate": 57.9, "answered": 57, "failed": 2, "shed": 1,
        "latency_ms": PERCENTILES, "own_cpus": 0.07,
        "stages_ms": {"decode": PERCENTILES, "inference": PERCENTILES},
    }],
}


def test_a_closed_loop_has_clients_an_open_loop_a_rate():
    assert Load("p", 1, 3, clients=8).shape_flags() == ["--clients", 8]
    assert Load("p", 1, 3, rate=99.999).shape_flags() == [
        "--rate", "100.00", "--arrivals", "poisson"]


def test_what_failed_and_what_was_not_sent_count_as_failed():
    figures = figures_of(REPORT)
    assert figures["failed"] == 3
    assert figures["rate"] == 57.9
    assert (figures["p50_ms"], figures["p99_ms"]) == (1.5, 9.5)


def test_what_is_not_asked_for_is_not_passed_on():
    assert Load("p", 1, 3, rate=5, deadline_s=0.25, max_in_flight=64,
                stream=True).shape_flags() == [
        "--rate", "5.00", "--arrivals", "poisson", "--deadline", "250ms",
        "--max_in_flight", 64, "--stream"]
