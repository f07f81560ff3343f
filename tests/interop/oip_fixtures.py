"""What the tests of the Open Inference Protocol's clients have in common."""

import pytest

import calls
import oip_programs
from environment import PATIENCE
from stubs import pb


@pytest.fixture(scope="module")
def model(server):
    return server.classifier.GetModel(pb.GetModelRequest(), timeout=PATIENCE)


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("oip") / "pictures"
    oip_programs.write_pictures(path, model)
    return path


@pytest.fixture(scope="module")
def files(folder):
    return sorted(folder.glob("*.picture"))


@pytest.fixture(scope="module")
def answers(server, files):
    """What our own API says."""
    return [calls.classify(server.classifier, path.read_bytes())
            for path in files]
