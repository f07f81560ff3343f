"""KServe's own Python client, unmodified, over gRPC and REST."""

import json
import pathlib
import subprocess

import pytest

import calls
import virtual_python
from environment import PATIENCE, own_environment

FOLDER = pathlib.Path(__file__).resolve().parent
FORMS = ("typed", "raw")


@pytest.fixture
def told(package, cat):
    """told(kind, address): what the client is told."""
    python = virtual_python.with_packages("kserve",
                                          FOLDER / "requirements.txt")

    def ask(kind, address):
        done = subprocess.run(
            [python, "-B", FOLDER / "kserve_calls.py", kind, address, cat,
             package.name],
            env=own_environment(), capture_output=True, text=True,
            timeout=2 * PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return ask


@pytest.fixture
def best(server, cat):
    return calls.classify(server.classifier, cat.read_bytes(),
                          top_k=3).classifications


def as_strings(best):
    return [(each.index, each.label) for each in best]


def of_strings(strings):
    return [(int(index), label) for _, index, label in (
        each.split(":", 2) for each in strings)]


def check_answers(answers, best, forms):
    for form in forms:
        shape, strings = answers[f"best, {form}"]["probabilities"]
        assert shape == [1, 3]
        assert of_strings(strings) == as_strings(best)
        for name in ("logits", "probabilities"):
            shape, places = answers[f"picture, {form}"][name]
            assert (shape, places) == ([1, 1000], [best[0].index])
            assert answers[f"pixels, {form}"][name][0] == [2, 1000]
            assert answers[f"tensor, {form}"][name][0] == [1, 1000]


def test_grpc(told, server, best):
    answers = told("grpc", server.address)
    assert answers["live"] and answers["ready"] and answers["model ready"]
    assert not answers["other ready"]
    check_answers(answers, best, FORMS)
    code, message = answers["error"]
    assert code == "INVALID_ARGUMENT"
    assert "the image is of an unknown type" in message


def test_rest(told, gateway, best):
    answers = told("rest", f"http://127.0.0.1:{gateway.port}")
    assert answers["live"] and answers["ready"] and answers["model ready"]
    check_answers(answers, best, ("raw",))
