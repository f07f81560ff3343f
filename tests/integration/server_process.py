"""wanwu-server as a process."""

import contextlib
import pathlib
import re
import signal
import subprocess

import grpc

from environment import BIN_DIR, PATIENCE, own_environment
from event_log import EventLog
from stubs import health_pb2, health_pb2_grpc, pb_grpc

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class ServerProcess:
    """Starts at construction, on a free port unless told otherwise."""

    def __init__(self, *flags, address="127.0.0.1:0"):
        self._address = address
        self._channel = None
        self.process = subprocess.Popen(
            [BIN_DIR / "wanwu-server", "--log_format=json",
             f"--listen_address={address}", *map(str, flags)],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=own_environment())
        self.log = EventLog(self.process.stderr)

    @property
    def address(self):
        """Waits until the server listens."""
        port = self.log.wait_for("server_listening")["port"]
        if self._address.startswith("unix:"):
            return self._address
        return f"127.0.0.1:{port}"

    @property
    def channel(self):
        if self._channel is None:
            self._channel = grpc.insecure_channel(self.address)
        return self._channel

    @property
    def classifier(self):
        return pb_grpc.ImageClassifierStub(self.channel)

    @property
    def health(self):
        return health_pb2_grpc.HealthStub(self.channel)

    def watch_health(self, service=""):
        """The call; iterated, it gives the states."""
        request = health_pb2.HealthCheckRequest(service=service)
        return self.health.Watch(request, timeout=PATIENCE,
                                 wait_for_ready=True)

    def wait_until_serving(self):
        watch = self.watch_health()
        try:
            for answer in watch:
                if answer.status == SERVING:
                    return self
        except grpc.RpcError as error:
            raise AssertionError(
                f"not serving: {error.details()}\n{self.log.text()}"
            ) from error
        finally:
            watch.cancel()
        raise AssertionError(f"the watch ended\n{self.log.text()}")

    def peak_memory(self, anew=False):
        """Most bytes resident so far; since now if `anew`."""
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        if anew:
            # Not every kernel can. Then less is seen, but nothing wrong.
            with contextlib.suppress(OSError):
                (folder / "clear_refs").write_text("5")
        status = (folder / "status").read_text()
        return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        """The exit code; standard error has been read to its end."""
        code = self.process.wait(PATIENCE)
        self.log.join()
        return code

    def stop(self):
        """Ends an idle server, which must exit 0."""
        self.hang_up()
        self.terminate()
        code = self.wait()
        assert code == 0, f"exit code {code}\n{self.log.text()}"

    def hang_up(self):
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def close(self):
        """Leaves nothing behind, whatever happened."""
        self.hang_up()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.join()
