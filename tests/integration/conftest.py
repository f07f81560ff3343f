"""Servers, gateways and pictures that the tests share."""

import pathlib
import shutil
import sys

import pytest

import batch_times
import packages
import pictures
import tiny_packages
from gateway_process import GatewayProcess
from otlp_receiver import GrpcReceiver
from server_process import ServerProcess

# What the tests share with the benchmark.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))


def pytest_configure(config):
    # Else a failed assertion on a test's thread would go unnoticed.
    config.addinivalue_line(
        "filterwarnings",
        "error::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture(scope="session")
def package():
    """Whichever model is there, the preferred one first."""
    for name in packages.MODELS:
        found = packages.find_package(name)
        if found is not None:
            return found
    pytest.fail(f"no model package in {packages.MODELS_DIR}: make one with "
                "scripts/models.sh")


@pytest.fixture(scope="session")
def repository(package, tmp_path_factory):
    """Of that model alone, since a start then takes least."""
    return packages.repository_of(tmp_path_factory.mktemp("models"), package)


@pytest.fixture(scope="module")
def tiny_repository(tmp_path_factory):
    """Of version 1 of a model that is loaded in no time."""
    folder = tmp_path_factory.mktemp("models")
    tiny_packages.write(folder, 1)
    return folder


@pytest.fixture(scope="module")
def shared_state(tmp_path_factory):
    """So that only the first server of a test file measures."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def measured_state(package, repository, tmp_path_factory):
    """A state folder in which the repository's batch times are kept."""
    return batch_times.measure(package.name,
                               tmp_path_factory.mktemp("state") / "state",
                               f"--model_repository={repository}")


@pytest.fixture
def state_with(measured_state, tmp_path):
    """state_with(times): a state folder that holds these batch times."""

    def make(times_ns):
        folder = shutil.copytree(measured_state, tmp_path / "state")
        batch_times.replace_times(folder, times_ns)
        return folder

    return make


@pytest.fixture
def start(repository, measured_state, tmp_path):
    """start(flags…): a server of the test's own; it need not measure."""
    servers = []
    state = tmp_path / "own-state"
    shutil.copytree(measured_state, state)

    def start_server(*flags, **options):
        server = ServerProcess(f"--model_repository={repository}",
                               f"--state_dir={state}", *flags, **options)
        servers.append(server)
        return server

    yield start_server
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def server(repository, measured_state):
    """An ordinary server that stays as it is; it must exit 0 at the end."""
    shared = ServerProcess(f"--model_repository={repository}",
                           f"--state_dir={measured_state}")
    try:
        yield shared.wait_until_serving()
        shared.stop()
    finally:
        shared.close()


@pytest.fixture
def start_gateway():
    """start_gateway(server_address, flags…): a gateway of the test's own."""
    gateways = []

    def start_one(server_address, *flags, **options):
        gateways.append(GatewayProcess(server_address, *flags, **options))
        return gateways[-1]

    yield start_one
    for gateway in gateways:
        gateway.close()


@pytest.fixture(scope="session")
def gateway(server):
    """An ordinary gateway before that server; it must exit 0 at the end."""
    shared = GatewayProcess(server.address)
    try:
        yield shared.wait_until_ready()
        shared.stop()
    finally:
        shared.close()


@pytest.fixture
def receiver():
    """Takes spans over gRPC."""
    with_spans = GrpcReceiver()
    yield with_spans
    with_spans.close()


@pytest.fixture(scope="session")
def picture():
    """One encoded picture, of which the answer does not matter."""
    return pictures.generated_pictures(1)[0].encoded


@pytest.fixture(scope="session")
def cat():
    """Path of a cat's photograph."""
    for path in pictures.photograph_paths():
        if path.name == "chelsea.png":
            return path
    pytest.skip(f"no photograph chelsea.png in {pictures.DEPS_DIR}/photos; "
                "scripts/setup.sh puts it there")
