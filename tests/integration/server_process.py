"""wanwu-server as a process."""

import grpc

from environment import PATIENCE
from program_process import ProgramProcess
from stubs import admin_pb2_grpc, health_pb2, health_pb2_grpc, pb_grpc

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class ServerProcess(ProgramProcess):
    """Starts at construction, on a free port unless told otherwise."""

    def __init__(self, *flags, address="127.0.0.1:0", **limits):
        self._address = address
        self._channel = None
        self._admin_channel = None
        super().__init__("wanwu-server", f"--listen_address={address}",
                         "--metrics_address=127.0.0.1:0", *flags, **limits)

    @property
    def address(self):
        """Waits until the server listens."""
        port = self.log.wait_for("server_listening")["port"]
        if self._address.startswith("unix:"):
            return self._address
        return f"127.0.0.1:{port}"

    @property
    def operators_port(self):
        """Waits until the operators' listener is there."""
        return self.log.wait_for("operators_listening")["port"]

    @property
    def admin_address(self):
        """Of a server that was given --admin_address=127.0.0.1:0."""
        return f"127.0.0.1:{self.log.wait_for('admin_listening')['port']}"

    @property
    def channel(self):
        if self._channel is None:
            self._channel = grpc.insecure_channel(self.address)
        return self._channel

    @property
    def admin_channel(self):
        if self._admin_channel is None:
            self._admin_channel = grpc.insecure_channel(self.admin_address)
        return self._admin_channel

    @property
    def admin(self):
        return admin_pb2_grpc.AdminStub(self.admin_channel)

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

    def hang_up(self):
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._admin_channel is not None:
            self._admin_channel.close()
            self._admin_channel = None
