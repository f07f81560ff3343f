"""What other callers felt."""

import threading

from run.observers import Observer


class Refused(Exception):
    pass


def watch(answers):
    """Asks until `answers` are used up."""
    stopping = threading.Event()

    def ask():
        answer = answers.pop(0)
        if not answers:
            stopping.set()
        if answer is not None:
            raise answer

    return Observer(ask, stopping, Refused).cells()


def test_those_who_fail_are_counted_and_have_waited():
    times, failed = watch([None, Refused(), None])
    assert failed == 1
    assert len(times.split(", ")) == 2


def test_at_least_one_is_asked():
    assert watch([Refused()])[1] == 1
