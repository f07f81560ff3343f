"""Pods, their names, and gateways before them."""

import itertools
import pathlib
import shutil
import sys

import pytest

import network

TESTS = pathlib.Path(__file__).resolve().parents[1]
# What the tests share with those on one host, and with the benchmark.
sys.path[:0] = [str(TESTS / "integration"), str(TESTS / "support")]

WHY_NOT = network.why_not()
if WHY_NOT is None:
    # Here, before gRPC starts threads.
    network.move_here()

# pylint: disable=wrong-import-position
import batch_times  # noqa: E402
import packages  # noqa: E402
import pictures  # noqa: E402
from gateway_process import GatewayProcess  # noqa: E402
from pod import Pod  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line(
        "filterwarnings",
        "error::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture(scope="session", autouse=True)
def fixture_namespaces():
    if WHY_NOT is not None:
        pytest.skip(f"no network namespaces: {WHY_NOT}")


@pytest.fixture(scope="session", name="repository")
def fixture_repository(tmp_path_factory):
    for name in packages.MODELS:
        found = packages.find_package(name)
        if found is not None:
            return packages.repository_of(tmp_path_factory.mktemp("models"),
                                          found)
    return pytest.fail("no model package: make one with scripts/models.sh")


@pytest.fixture(scope="session", name="state")
def fixture_state(repository, tmp_path_factory):
    """With measured batch times."""
    return batch_times.measure("one-lane",
                               tmp_path_factory.mktemp("state") / "state",
                               f"--model_repository={repository}", "--lanes=1")


@pytest.fixture(scope="session", name="picture")
def fixture_picture():
    return pictures.generated_pictures(1)[0].encoded


@pytest.fixture(scope="session", name="names")
def fixture_names(tmp_path_factory):
    """The name server; everybody asks it."""
    folder = tmp_path_factory.mktemp("names")
    network.use_nameserver(folder)
    server = network.NameServer(folder)
    yield server
    server.close()


@pytest.fixture(scope="session", name="addresses")
def fixture_addresses():
    """Each is taken once."""
    return itertools.count(101)


@pytest.fixture(name="start")
def fixture_start(repository, state, addresses, tmp_path):
    """start(flags…): a pod at an address that nobody had before."""
    pods = []
    own_state = tmp_path / "state"
    shutil.copytree(state, own_state)

    def start_pod(*flags):
        host = network.Host(f"{network.PREFIX}.{next(addresses)}")
        pods.append(Pod(host, f"--model_repository={repository}",
                        f"--state_dir={own_state}", "--lanes=1", *flags))
        return pods[-1]

    yield start_pod
    for pod in pods:
        pod.close()


@pytest.fixture(name="start_host")
def fixture_start_host(addresses):
    """start_host(): a host of callers."""
    hosts = []

    def start_one():
        hosts.append(network.Host(f"{network.PREFIX}.{next(addresses)}"))
        return hosts[-1]

    yield start_one
    for host in hosts:
        host.close()


@pytest.fixture(name="start_gateway")
def fixture_start_gateway():
    """start_gateway(server_address, flags…), on the callers' host."""
    gateways = []

    def start_one(server_address, *flags):
        gateways.append(GatewayProcess(server_address, *flags))
        return gateways[-1]

    yield start_one
    for gateway in gateways:
        gateway.close()
