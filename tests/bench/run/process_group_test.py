"""Programs with their children."""

import time

from run.machine_use import machine_seconds
from run.process_group import ProcessGroup


def wait_for(condition):
    limit = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def states(group):
    return [(member / "stat").read_text().rpartition(")")[2].split()[0]
            for member in group.members()]


def test_children_freeze_thaw_and_end_with_it(tmp_path):
    group = ProcessGroup(["sh", "-c", "sleep 60 & sleep 60 & wait"],
                         tmp_path / "log")
    try:
        wait_for(lambda: len(states(group)) == 3)
        group.freeze()
        wait_for(lambda: states(group) == ["T"] * 3)
        group.thaw()
        wait_for(lambda: "T" not in states(group))
    finally:
        group.freeze()
        group.close()
    wait_for(lambda: not states(group))


def test_last_words_are_its_last_line(tmp_path):
    group = ProcessGroup(["sh", "-c", "echo one; echo two >&2"],
                         tmp_path / "log")
    wait_for(lambda: group.ended)
    assert group.last_words() == "two"


def test_machine_seconds_leave_idle_and_waiting_out():
    stat = "cpu  100 200 300 4000 5000 10 20 70 8 9\ncpu0 1 1 1 1 1 1 1 1\n"
    assert machine_seconds(stat) == (6.3, 0.7)
