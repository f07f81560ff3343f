"""The systemd units: how confined they are, and that the programs live with
it."""

import contextlib
import ctypes.util
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

import confined
from environment import DEPS_DIR, MODELS_DIR, PATIENCE, REPO, own_environment

SERVICES = ("server", "gateway")
CONFINED = pathlib.Path(confined.__file__)
# docs/install.md states them.
EXPOSURE = {"server": 1.2, "gateway": 1.1}

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="no systemd-analyze: the units are not looked at")
needs_seccomp = pytest.mark.skipif(
    ctypes.util.find_library("seccomp") is None,
    reason="no libseccomp: the programs do not run confined")


def unit_of(root, service):
    return root / f"usr/lib/systemd/system/wanwu-{service}.service"


@pytest.fixture(params=SERVICES)
def service(request):
    return request.param


@needs_systemd
def test_exposure_is_what_the_page_states(root, service):
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager",
         unit_of(root, service)], check=True, capture_output=True,
        text=True).stdout
    score = float(re.search(r"Overall exposure level .*: ([\d.]+)", told)[1])
    assert score <= EXPOSURE[service], told
    page = (REPO / "docs/install.md").read_text()
    assert f"`wanwu-{service}.service` | {EXPOSURE[service]} |" in page


@needs_systemd
def test_systemd_understands_the_unit(root, service, tmp_path):
    unit = tmp_path / f"wanwu-{service}.service"
    unit.write_text(unit_of(root, service).read_text().replace(
        "=/usr/bin/", f"={root}/usr/bin/"))
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no",
                           unit], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_program_takes_its_configuration(root, service):
    start, = confined.settings(unit_of(root, service))["ExecStart"]
    program, *options = start.replace("%S", "/var/lib").split()
    options = [option.replace("/etc/", f"{root}/etc/") for option in options]
    done = subprocess.run([f"{root}{program}", *options, "--print_config"],
                          check=False, capture_output=True, text=True,
                          env=own_environment())
    assert done.returncode == 0, done.stderr


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|m|min|)", text).groups()
    return int(number) * (60 if unit.startswith("m") else 1)


def test_stopping_has_time_to_drain(root, service):
    told = confined.settings(unit_of(root, service))
    config = subprocess.run(
        [root / f"usr/bin/wanwu-{service}", "--print_config"], check=True,
        capture_output=True, text=True, env=own_environment()).stdout
    drain = sum(seconds(time) for time in re.findall(
        r"^drain_(?:delay|timeout): (\w+)", config, flags=re.MULTILINE))
    stop, = told["TimeoutStopSec"]
    assert drain >= 30 and seconds(stop) >= drain + 30


class Service:
    """A program under the system calls of its unit, with a service manager
    that hears what it tells."""

    def __init__(self, root, service, folder, *options, **kinds):
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(str(folder / f"{service}.notify"))
        self._manager.settimeout(PATIENCE)
        self.process = subprocess.Popen(
            [sys.executable, CONFINED, unit_of(root, service),
             root / f"usr/bin/wanwu-{service}", *options],
            env={**own_environment(),
                 "NOTIFY_SOCKET": str(folder / f"{service}.notify")},
            **kinds)

    def hear(self):
        return self._manager.recv(4096).decode()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        self._manager.close()


def classify_through(gateway, photo):
    """What it says of the picture."""
    port = next(found[1] for found in map(
        re.compile(r"gateway_listening .*port=(\d+)").search,
        gateway.process.stderr) if found)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/classify", data=photo.read_bytes())
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)["classifications"]


@needs_systemd
@needs_seccomp
def test_services_serve_within_the_system_calls_of_their_units(root, tmp_path):
    photo = DEPS_DIR / "photos/chelsea.png"
    if not photo.is_file() or not any(MODELS_DIR.glob("*/*/manifest.json")):
        pytest.skip("no model package or no photograph")
    socket_path = f"unix:{tmp_path}/server.socket"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(contextlib.closing(Service(
            root, "server", tmp_path, f"--listen_address={socket_path}",
            "--metrics_address=", f"--model_repository={MODELS_DIR}",
            f"--state_dir={tmp_path}/state")))
        assert server.hear() == "READY=1"
        gateway = stack.enter_context(contextlib.closing(Service(
            root, "gateway", tmp_path, "--listen_address=127.0.0.1:0",
            f"--server_address={socket_path}", stderr=subprocess.PIPE,
            text=True)))
        assert gateway.hear() == "READY=1"
        assert classify_through(gateway, photo)
        for each in (gateway, server):
            each.process.send_signal(signal.SIGTERM)
            assert each.hear() == "STOPPING=1"
            assert each.process.wait(PATIENCE) == 0
