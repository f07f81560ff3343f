"""What both programs need of a machine, and what they do without."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

import tiny_packages
from calls import classify
from environment import BIN_DIR, PATIENCE, own_environment
from gateway_process import GatewayProcess
from server_process import ServerProcess

ROOT = os.geteuid() == 0
NOBODY = "65534"
NAMESPACE = ["unshare", *([] if ROOT else ["--map-root-user"])]
ASK = """import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=60).status)"""


def shell(script):
    """Words of a command that does this first and becomes what follows."""
    return ["sh", "-ec", script + '; exec "$@"', "sh"]


def in_mounts(script):
    return [*NAMESPACE, "--mount", *shell(script)]


def in_network(script):
    return [*NAMESPACE, "--net", *shell("ip link set lo up; " + script)]


READ_ONLY = """for at in $(awk '{print $2}' /proc/self/mounts); do
  case "$at" in /proc*|/sys*|/dev*) ;;
    *) mount -o remount,bind,ro "$at" 2> /dev/null || true ;;
  esac
done; ! touch "$PWD/never" 2> /dev/null"""

# Words of the command within which the programs start.
PLACES = {
    "read_only_files": in_mounts(READ_ONLY),
    "no_shared_memory": in_mounts(
        "mount -t tmpfs -o ro,mode=000 none /dev/shm"),
    "another_user": ["setpriv", "--reuid", NOBODY, "--regid", NOBODY,
                     "--clear-groups", "--no-new-privs"],
    "umask_077": shell("umask 077"),
    "no_standard_input": shell("exec <&-"),
    "no_standard_streams_but_the_log": shell("exec <&- >&-"),
    "deleted_folder": shell("at=$(mktemp -d); cd \"$at\"; rmdir \"$at\""),
}
# And those that tell the network that they leave.
NETWORKS = {
    "ipv6_only": ("ip address del 127.0.0.1/8 dev lo", "[::1]"),
    "ipv4_only": ("ip -6 address flush dev lo; test -z \"$(ip -6 address)\"",
                  "127.0.0.1"),
}


def require(within):
    """Skips where the machine lets nobody make such a place."""
    if within[0] == "setpriv" and not ROOT:
        pytest.skip("the tests run as an ordinary user already")
    done = subprocess.run([*within, "true"], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"cannot be made here: {done.stderr.strip()}")


@pytest.fixture(scope="module")
def open_folder():
    """That every user can read, which pytest's are not."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wanwu-"))
    tiny_packages.write(folder / "models", 1)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def run(open_folder):
    """run(within, host): a server and its gateway in such a place."""
    running = []

    def run_both(within, host="127.0.0.1", state=None, environment=None,
                 **options):
        state = open_folder / "state" if state is None else state
        server = ServerProcess(
            f"--model_repository={open_folder / 'models'}",
            *([f"--state_dir={state}"] if state else []),
            f"--metrics_address={host}:0", address=f"{host}:0",
            within=within, environment=environment, **options)
        running.append(server)
        address = f"{host}:{server.log.wait_for('server_listening')['port']}"
        return server, address

    yield run_both
    for program in running:
        program.close()


def expect_both_serve(run, picture, within, **options):
    server, address = run(within, **options)
    server.wait_until_serving()
    assert classify(server.classifier, picture, top_k=1).classifications
    gateway = GatewayProcess(address, within=within,
                             environment=options.get("environment"))
    try:
        gateway.wait_until_ready()
        assert gateway.classify(picture).status == 200
        gateway.stop()
    finally:
        gateway.close()
    server.stop()
    return server


@pytest.mark.parametrize("place", PLACES)
def test_both_serve_in(run, picture, place):
    require(PLACES[place])
    server = expect_both_serve(run, picture, PLACES[place])
    kept = server.log.events("batch_times_not_kept")
    if place in ("read_only_files", "another_user"):
        assert "state" in kept[0]["reason"]
    else:
        assert not kept


def test_both_serve_without_a_home(run, picture):
    environment = {name: value for name, value in own_environment().items()
                   if name not in ("HOME", "XDG_STATE_HOME", "USER")}
    expect_both_serve(run, picture, [], state="", environment=environment)


def within_network_of(program):
    """The place's network, for other programs."""
    user = [] if ROOT else ["--user", "--preserve-credentials"]
    return ["nsenter", "--target", str(program.process.pid), *user, "--net"]


@pytest.mark.parametrize("network", NETWORKS)
def test_both_serve_with(run, network):
    script, host = NETWORKS[network]
    require(in_network(script))
    server, address = run(in_network(script), host=host)
    there = within_network_of(server)
    done = subprocess.run(
        [*there, BIN_DIR / "wanwu", "health", "--address", address,
         "--wait", "60s"], check=True, capture_output=True, text=True,
        env=own_environment())
    assert done.stdout == "SERVING\n"
    gateway = GatewayProcess(address, f"--listen_address={host}:0",
                             within=there)
    try:
        url = f"http://{host}:{gateway.port}/healthz"
        assert subprocess.run([*there, sys.executable, "-c", ASK, url],
                              check=True, capture_output=True,
                              text=True).stdout == "200\n"
        gateway.stop()
    finally:
        gateway.close()
    server.stop()


@pytest.mark.parametrize("name", ("wanwu-server", "wanwu-gateway"))
def test_an_address_that_the_machine_lacks_is_named(open_folder, name):
    within = in_network(NETWORKS["ipv6_only"][0])
    require(within)
    flags = [f"--model_repository={open_folder / 'models'}",
             "--metrics_address="] if name == "wanwu-server" else []
    done = subprocess.run([*within, BIN_DIR / name, *flags], check=False,
                          capture_output=True, text=True, timeout=PATIENCE,
                          env=own_environment())
    line, = done.stderr.splitlines()
    assert done.returncode == 1
    for text in ("cannot listen on 127.0.0.1", "--listen_address"):
        assert text in line


def test_every_interface_of_a_machine_without_ipv6_is_served(run):
    within = in_network("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 "
                        "net.ipv6.conf.lo.disable_ipv6=1")
    require(within)
    for host in ("0.0.0.0", "[::]"):
        server, address = run(within, host=host)
        port = address.rsplit(":", 1)[1]
        subprocess.run([*within_network_of(server), BIN_DIR / "wanwu",
                        "health", "--address", f"127.0.0.1:{port}", "--wait",
                        "60s"], check=True, capture_output=True,
                       env=own_environment())
        server.stop()


def test_a_relative_repository_in_a_deleted_folder_is_named():
    done = subprocess.run(
        [*PLACES["deleted_folder"], BIN_DIR / "wanwu-server",
         "--model_repository=models"], check=False, capture_output=True,
        text=True, timeout=PATIENCE, env=own_environment())
    line, = done.stderr.splitlines()
    assert done.returncode == 1
    assert "models" in line
    assert "--model_repository" in line
