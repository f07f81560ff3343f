"""Which packages scripts/models.sh makes, and which searches it spares."""

import hashlib

import pytest

SHARED_WEIGHTS = "models/resnet18-imagenet1k/resnet18.pth"

# Knows the weights of the models in `findable`; weights of the user's own
# are always good.
EXPORTER = """
import argparse, hashlib, os, pathlib, sys
parser = argparse.ArgumentParser()
for name in ("model", "version", "output", "cache"):
    parser.add_argument(f"--{name}")
options = parser.parse_args()
with open("exports", "a") as calls:
    print(options.model, options.version, file=calls)
named = os.environ.get("WANWU_WEIGHTS")
if not named or options.model != "resnet18":
    if options.model not in pathlib.Path("findable").read_text().split():
        sys.exit(3)
    digest = "published"
else:
    digest = hashlib.sha256(pathlib.Path(named).read_bytes()).hexdigest()
folder = pathlib.Path(options.output, options.model, options.version)
folder.mkdir(parents=True)
(folder / "manifest.json").write_text(digest)
"""


@pytest.fixture
def models(checkout):
    """models(flags…) runs the script and gives what it exported."""
    checkout.put("tools/export_model.py", EXPORTER)

    def run(*flags, findable=("resnet18", "efficientnet_lite0"), fails=False,
            **environment):
        (checkout.root / "findable").write_text(" ".join(findable))
        exports = checkout.root / "exports"
        exports.write_text("")
        done = checkout.run("models.sh", *flags, **environment)
        assert (done.returncode != 0) == fails, done.stderr
        return exports.read_text().splitlines()

    return run


BOTH = ["resnet18 1", "efficientnet_lite0 1"]
LITE0 = ("efficientnet_lite0",)


def test_each_package_is_made_once(models):
    assert models("--once") == BOTH
    assert models("--once") == []
    assert models() == []


def test_first_package_that_can_be_made_is_enough(models):
    assert models("--first") == BOTH[:1]
    assert models("--first") == []


def test_first_package_may_be_the_second(models):
    assert models("--first", findable=LITE0) == BOTH


def test_search_that_failed_is_not_repeated(models):
    assert models("--once", findable=LITE0) == BOTH
    assert models("--once") == []


def test_make_models_searches_again(models):
    models("--once", findable=LITE0)
    assert models() == ["resnet18 1"]


def test_shared_weights_that_came_are_used(models, checkout):
    models("--once", findable=LITE0)
    weights = checkout.shared / SHARED_WEIGHTS
    weights.parent.mkdir(parents=True)
    weights.touch()
    assert models("--once") == ["resnet18 1"]


def test_without_any_model_the_search_is_repeated(models):
    assert models("--once", findable=(), fails=True) == BOTH
    assert models("--once", findable=LITE0) == BOTH


def test_named_weights_become_a_newer_version(models, checkout, tmp_path):
    models()
    weights = tmp_path / "my.pth"
    weights.write_bytes(b"mine")
    assert models("--once", WANWU_WEIGHTS=str(weights)) == ["resnet18 2"]
    assert models("--once", WANWU_WEIGHTS=str(weights)) == []
    manifest = checkout.root / "models/resnet18/2/manifest.json"
    assert manifest.read_text() == hashlib.sha256(b"mine").hexdigest()


def test_named_weights_are_used_after_a_search_that_failed(models, tmp_path):
    models("--once", findable=LITE0)
    weights = tmp_path / "my.pth"
    weights.write_bytes(b"mine")
    assert models("--once", WANWU_WEIGHTS=str(weights)) == ["resnet18 1"]


def test_named_weights_that_are_missing_are_an_error(models):
    assert models("--once", fails=True, WANWU_WEIGHTS="/none.pth") == []
