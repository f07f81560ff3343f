"""Counting over reports that each cover the last seconds only."""

from run.server_watch import Report, pictures_run


def reports(interval_s, window_s, run_per_s, count):
    """As a server's whose every picture came at an even rate."""
    times = [10 + i * interval_s for i in range(count)]
    return [Report(time, min(window_s, time - 10),
                   round(run_per_s * min(window_s, time - 10)), 0, 0)
            for time in times]


def test_windows_longer_than_the_watch_count_once():
    assert pictures_run(reports(0.5, 5, 100, 9)) == 400


def test_windows_that_overlap_are_laid_end_to_end():
    assert pictures_run(reports(0.5, 5, 100, 41)) == 2000
    # The oldest is not a whole one.
    assert pictures_run(reports(0.5, 5, 100, 38)) == 1850


def test_a_single_report_has_counted_nothing():
    assert pictures_run(reports(0.5, 5, 100, 1)) == 0
