"""The services that are measured, and how each is started."""

import json
import shutil

from . import places
from .service import HttpService, Program, ServiceName, WanwuService
from .unavailable import Unavailable

WANWU_PRECISIONS = ("int8", "bf16", "fp32")
WANWU = [ServiceName(f"wanwu-{precision}", "**Wanwu**", precision)
         for precision in WANWU_PRECISIONS]
GUNICORN = ServiceName("gunicorn", "Gunicorn 2×4, TorchScript, batching",
                       "fp32")
MOSEC = ServiceName("mosec", "mosec, 2 processes, OpenVINO", "int8")
STARLETTE = ServiceName("starlette",
                        "Starlette + uvicorn, 2 processes, OpenVINO", "int8")
TRITON = ServiceName(
    "triton", "Triton (nvidia-pytriton), 2 processes, OpenVINO", "int8")
TORCHSERVE = ServiceName(
    "torchserve", "TorchServe, 2 workers, TorchScript, batching", "fp32")

ALL = [*WANWU, GUNICORN, MOSEC, STARLETTE]
PEERS = [TRITON, TORCHSERVE]
OPENVINO_SERVICES = (MOSEC, STARLETTE)
TORCHSCRIPT_SERVICES = (GUNICORN, TORCHSERVE)


def main_wanwu(package):
    """The one whose start and behaviour under overload are measured."""
    manifest = json.loads((package / "manifest.json").read_text())
    return next(name for name in WANWU
                if name.precision in manifest["precisions"])


class Catalogue:
    """Starts services. `openvino` is {precision: file}, or why there is none.
    """

    def __init__(self, repository, package, openvino, picture):
        self._repository = repository
        self._package = package
        self._openvino = openvino
        self._picture = picture
        self._commands = {
            GUNICORN: self._gunicorn, MOSEC: self._mosec,
            STARLETTE: self._starlette, TRITON: self._triton,
            TORCHSERVE: self._torchserve}

    def start(self, name):
        """A service that answers; Unavailable if it cannot be had."""
        if name in WANWU:
            return self._start_wanwu(name)
        service = HttpService(name, self._commands[name](),
                              self._environment(name))
        return self._started(service,
                             lambda: service.wait_until_ready(self._picture))

    def _start_wanwu(self, name):
        service = WanwuService(name, self._repository, places.OUT / "state")
        return self._started(service, service.wait_until_ready)

    @staticmethod
    def _started(service, wait):
        try:
            wait()
        except BaseException:
            service.group.close()
            raise
        return service

    def _environment(self, name):
        environment = {"BENCH_PACKAGE": str(self._package),
                       "PYTHONDONTWRITEBYTECODE": "1",
                       # Triton is unpacked there.
                       "PYTRITON_HOME": str(places.OUT / "pytriton")}
        if name not in TORCHSCRIPT_SERVICES:
            environment["BENCH_MODEL"] = str(self._openvino_file())
        return environment

    def _openvino_file(self):
        if isinstance(self._openvino, Unavailable):
            raise self._openvino
        return self._openvino["int8"]

    @staticmethod
    def _gunicorn():
        gunicorn = shutil.which("gunicorn", path="/usr/bin")
        if gunicorn is None:
            raise Unavailable("Debian's gunicorn is not installed")
        return Program([gunicorn, "--config", "gunicorn.conf.py",
                        "--bind", "127.0.0.1:{port}"])

    def _mosec(self):
        self._openvino_file()
        return Program([
            places.VENV_PYTHON, "mosec_service.py", "--address", "127.0.0.1",
            "--port", "{port}", "--timeout", "30000",
            "--log-level", "warning"])

    def _starlette(self):
        self._openvino_file()
        # While others are measured it is stopped, which is no failure.
        return Program([
            places.VENV_PYTHON, "-m", "uvicorn", "starlette_service:app",
            "--host", "127.0.0.1", "--port", "{port}", "--workers", "2",
            "--no-access-log", "--log-level", "warning",
            "--timeout-worker-healthcheck", "100000"])

    def _triton(self):
        self._openvino_file()
        if not places.PEERS_PYTHON.exists():
            raise Unavailable("nvidia-pytriton could not be fetched from PyPI")
        # It leaves what it unpacks, half a gigabyte, to the next run.
        shutil.rmtree(places.OUT / "pytriton", ignore_errors=True)
        return Program([places.PEERS_PYTHON, "triton_service.py", "{port}",
                        "{another_port}", "{another_port}"],
                       path="/v2/models/classify/infer",
                       headers={"Inference-Header-Content-Length": "0"})

    @staticmethod
    def _torchserve():
        if not places.TORCHSERVE_PYTHON.exists():
            raise Unavailable("torchserve could not be fetched from PyPI")
        return Program([places.TORCHSERVE_PYTHON, "torchserve_service.py",
                        places.OUT / "torchserve", "{port}",
                        *["{another_port}"] * 4],
                       path="/predictions/classify")
