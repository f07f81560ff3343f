"""Threads' CPU time out of /proc."""

import os
import pathlib
import time

from run import thread_cpu


def test_threads_of_a_process_are_read_with_their_names():
    own = pathlib.Path(f"/proc/{os.getpid()}")
    before = thread_cpu.read([own])
    end = time.thread_time() + 0.05
    while time.thread_time() < end:
        pass
    after = thread_cpu.read([own])
    assert thread_cpu.used_between(before, after) >= 0.04


def test_workers_can_be_left_out_and_new_threads_count_whole():
    before = {"1": ("wanwu-poller", 1.0), "2": ("wanwu-lane-0", 5.0)}
    after = {"1": ("wanwu-poller", 1.5), "2": ("wanwu-lane-0", 9.0),
             "3": ("grpc", 0.25), "4": ("wanwu-decode", 2.0)}
    assert thread_cpu.used_between(before, after,
                                   thread_cpu.WORKERS) == 0.75


def test_a_process_that_has_ended_has_no_threads(tmp_path):
    assert thread_cpu.read([tmp_path / "gone"]) == {}
