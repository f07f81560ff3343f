"""An OpenTelemetry Collector as a process, which passes on what it takes."""

import json
import shutil
import subprocess

import pytest

from environment import PATIENCE, REPO
from event_log import EventLog
from otlp_receiver import HttpReceiver
from program_process import free_port

SOURCE = REPO / "tests/integration/otel_collector"
# Its modules are fetched the first time, and compiled.
BUILD_PATIENCE = 1200


def build(folder):
    """The program, made in `folder`; skips where its parts cannot be had."""
    if shutil.which("go") is None:
        pytest.skip("no go, which builds the OpenTelemetry Collector")
    fetched = _go("mod", "download")
    if fetched.returncode != 0:
        pytest.skip("the OpenTelemetry Collector's modules cannot be had: "
                    + fetched.stderr.strip().splitlines()[-1])
    program = folder / "collector"
    built = _go("build", "-mod=readonly", "-buildvcs=false", "-o", program,
                ".")
    assert built.returncode == 0, built.stderr
    return program


def _go(*arguments):
    return subprocess.run(["go", *arguments], cwd=SOURCE, check=False,
                          capture_output=True, text=True,
                          timeout=BUILD_PATIENCE)


class Collector(HttpReceiver):
    """Listens for gRPC and HTTP; what the Collector passes on is here."""

    def __init__(self, program, folder):
        super().__init__()
        ports = {name: free_port() for name in ("grpc", "http")}
        self.endpoints = {name: f"{name}://127.0.0.1:{port}"
                          for name, port in ports.items()}
        file = folder / "collector.yaml"
        # Every JSON document is one of YAML, too.
        file.write_text(json.dumps(self._configuration(ports)))
        self._process = subprocess.Popen(
            [program, file], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        self._wait_until_ready()
        self._log = EventLog(self._process.stderr)

    def _wait_until_ready(self):
        said = ""
        for line in self._process.stderr:
            said += line
            if "Everything is ready" in line:
                return
        raise AssertionError(f"the collector does not start:\n{said}")

    def _configuration(self, ports):
        return {
            "receivers": {"otlp": {"protocols": {
                name: {"endpoint": f"127.0.0.1:{port}"}
                for name, port in ports.items()}}},
            "exporters": {"otlp_http": {
                "endpoint": self.endpoint, "compression": "none"}},
            "service": {
                "telemetry": {"metrics": {"level": "none"}},
                "pipelines": {"traces": {
                    "receivers": ["otlp"], "exporters": ["otlp_http"]}}}}

    def stop(self):
        """Once it has passed on everything."""
        self._process.terminate()
        code = self._process.wait(PATIENCE)
        self._log.join()
        assert code == 0, self._log.text()

    def close(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._log.join()
        super().close()
