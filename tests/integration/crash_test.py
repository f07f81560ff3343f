"""What a program leaves behind that crashes."""

import os
import signal

import pytest

SANITIZED = "WANWU_SANITIZED" in os.environ


@pytest.mark.skipif(SANITIZED, reason="sanitizers report crashes themselves")
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_server_that_crashes_says_what_was_running(start, number):
    server = start("--queue_capacity=321").wait_until_serving()
    server.process.send_signal(number)
    assert server.wait() == -number

    text = server.log.text()
    assert "wanwu-server " in text
    assert "--queue_capacity=321" in text
    assert number.name in text
    # What the main thread was doing, by name.
    assert "wanwu::" in text


@pytest.mark.skipif(SANITIZED, reason="sanitizers report crashes themselves")
def test_gateway_that_crashes_says_what_was_running(server, start_gateway):
    gateway = start_gateway(server.address, "--threads=1").wait_until_ready()
    gateway.process.send_signal(signal.SIGSEGV)
    assert gateway.wait() == -signal.SIGSEGV

    text = gateway.log.text()
    assert "wanwu-gateway " in text
    assert "--threads=1" in text
    assert "SIGSEGV" in text
