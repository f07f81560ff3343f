"""Batches of what is asked at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dynamic_batcher import DynamicBatcher


def test_what_waits_while_a_batch_runs_is_the_next_batch():
    release = threading.Event()
    waiting = threading.Semaphore(0)
    sizes = []

    def infer(items):
        sizes.append(len(items))
        waiting.release()
        release.wait(30)
        return [item * 10 for item in items]

    batcher = DynamicBatcher(infer, 2)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(batcher, 1)
        assert waiting.acquire(timeout=30)
        others = [pool.submit(batcher, item) for item in (2, 3, 4)]
        while batcher._waiting.qsize() < 3:
            pass
        release.set()
        assert first.result() == 10
        assert [other.result() for other in others] == [20, 30, 40]
    assert sizes == [1, 2, 1]


def test_an_error_reaches_all_of_its_batch_and_the_next_goes_on():
    def infer(items):
        if "bad" in items:
            raise ValueError("bad")
        return items

    batcher = DynamicBatcher(infer, 4)
    with pytest.raises(ValueError):
        batcher("bad")
    assert batcher("good") == "good"
