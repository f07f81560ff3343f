"""How a server says that it is doing, from its start to its end."""

import grpc
import pytest

import service_error
from calls import classify
from environment import PATIENCE
from stubs import pb

DRAIN_DELAY = "--drain_delay=2s"


def watch_status(server):
    request = pb.WatchStatusRequest()
    request.interval.FromMilliseconds(100)
    return server.classifier.WatchStatus(request, timeout=PATIENCE,
                                         wait_for_ready=True)


def first(watch, condition):
    """The first report of which it holds."""
    return next(status for status in watch if condition(status))


def test_status_follows_the_server_from_start_to_end(start, picture, tmp_path):
    # Nothing is kept there, so that loading takes its time.
    server = start("--lanes=2", "--queue_capacity=50", DRAIN_DELAY,
                   "--accept_while_loading=true",
                   f"--state_dir={tmp_path / 'fresh'}")
    watch = watch_status(server)
    starting = next(watch)
    assert starting.state == pb.ServerStatus.STATE_STARTING
    assert starting.version
    assert starting.queue_capacity == 50
    assert [lane.index for lane in starting.lanes] == [0, 1]

    serving = first(watch, lambda status: status.state !=
                    pb.ServerStatus.STATE_STARTING)
    assert serving.state == pb.ServerStatus.STATE_SERVING
    assert serving.pictures_total == 0

    answer = classify(server.classifier, picture)
    status = first(watch, lambda status: status.batch_sizes)
    assert (status.pictures_total, status.errors_total) == (1, 0)
    assert [(each.size, each.count) for each in status.batch_sizes] == [(1, 1)]
    assert max(lane.utilisation for lane in status.lanes) > 0
    total = answer.timings.total.ToNanoseconds()
    assert status.latency.p50.ToNanoseconds() == pytest.approx(total, rel=0.05)

    server.terminate()
    draining = first(watch, lambda status: status.state !=
                     pb.ServerStatus.STATE_SERVING)
    assert draining.state == pb.ServerStatus.STATE_DRAINING
    with pytest.raises(grpc.RpcError) as raised:
        list(watch)
    error = service_error.from_call(raised.value)
    assert (error.code.name, error.reason) == ("UNAVAILABLE", "DRAINING")
    assert server.wait() == 0
