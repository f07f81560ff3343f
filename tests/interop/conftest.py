"""The servers and pictures of tests/integration, for other people's clients."""

import importlib.util
import pathlib
import sys

import pytest

_INTEGRATION = pathlib.Path(__file__).resolve().parents[1] / "integration"
sys.path.append(str(_INTEGRATION))
sys.path.append(str(_INTEGRATION.parents[1] / "scripts"))


def _fixtures_of(path):
    """By its path, since it has this file's name."""
    spec = importlib.util.spec_from_file_location("integration_conftest", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return vars(module)


_shared = _fixtures_of(_INTEGRATION / "conftest.py")


def pytest_configure(config):
    _shared["pytest_configure"](config)
    config.pluginmanager.register(proofs.Recorder())


globals().update({
    name: value for name, value in _shared.items()
    if not name.startswith("__") and name not in globals()})

# pylint: disable=wrong-import-position
import go_tools as tools_of_go  # noqa: E402
import proofs  # noqa: E402
import python_package  # noqa: E402
import secured_server  # noqa: E402
from client_kinds import KINDS  # noqa: E402
from scripted_server import ScriptedServer  # noqa: E402


@pytest.fixture(scope="session")
def package_folder(tmp_path_factory):
    """The Python client, installed there."""
    return python_package.install(tmp_path_factory.mktemp("python"))


@pytest.fixture(scope="session")
def wanwu(package_folder):
    """The Python client's module."""
    return python_package.load(package_folder)


@pytest.fixture(scope="session")
def go_tools(tmp_path_factory):
    """The folder with grpcurl, grpc-health-probe and ghz."""
    return tools_of_go.build(tmp_path_factory.mktemp("tools"),
                             *tools_of_go.CALLERS)


@pytest.fixture(params=KINDS)
def connect(request, wanwu):
    """connect(address, …): a client that waits, of either kind."""
    clients = []

    def connect_one(address, **options):
        clients.append(KINDS[request.param](wanwu, address, **options))
        return clients[-1]

    yield connect_one
    for client in clients:
        client.close()


@pytest.fixture
def start_fake():
    """start_fake(serving=True): a scripted server."""
    fakes = []

    def start_one(**options):
        fakes.append(ScriptedServer(**options))
        return fakes[-1]

    yield start_one
    for fake in fakes:
        fake.close()


@pytest.fixture
def fake(start_fake):
    return start_fake()


@pytest.fixture(scope="session")
def secured(repository, measured_state, tmp_path_factory):
    """A server with TLS that asks for a token."""
    running = secured_server.SecuredServer(
        tmp_path_factory.mktemp("secured"), repository, measured_state)
    try:
        yield running.wait_until_serving()
        running.stop()
    finally:
        running.close()
