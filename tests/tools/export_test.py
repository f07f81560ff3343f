"""Whole exports through the command line."""

import contextlib
import dataclasses
import io
import json
import pathlib
import signal
import subprocess

import pytest
import torch
from PIL import Image

from export import cli, labels, package, pictures
from export.architectures.catalogue import ARCHITECTURES
from export.errors import ExportError
from export.exporting import Request, export, why_no_int8
from export.pictures import PictureSet, load_picture
from export.progress import Progress
from export.weights import Search

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / "tools/export_model.py"
SHARED = ROOT.parent / "shared"
SHARED_WEIGHTS = SHARED / "models/resnet18-imagenet1k/resnet18.pth"


class Result:
    def __init__(self, returncode, stderr):
        self.returncode = returncode
        self.stderr = stderr


def run(*arguments):
    """The command line in this process, which saves loading torch anew."""
    before = signal.getsignal(signal.SIGTERM)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        finally:
            signal.signal(signal.SIGTERM, before)
    return Result(code, errors.getvalue())


@pytest.fixture(autouse=True)
def no_weights_in_the_environment(monkeypatch):
    monkeypatch.delenv("WANWU_WEIGHTS", raising=False)


def export_random(output, *more, model="resnet18"):
    return run("--model", model, "--output", output, "--random", *more)


def manifest_of(output, model):
    return json.loads((output / model / "1/manifest.json").read_text())


@pytest.mark.parametrize("model", ARCHITECTURES)
def test_random_export_makes_a_whole_untrained_package(tmp_path, model):
    result = export_random(tmp_path, model=model)
    assert result.returncode == 0, result.stderr
    assert package.problems(tmp_path / model / "1") == []
    contents = manifest_of(tmp_path, model)
    assert contents["trained"] is False
    assert contents["measured"] is None
    assert set(contents["precisions"]) == {"fp32"}
    assert "untrained" in contents["notes"][0]
    module = torch.jit.load(str(tmp_path / model / "1/model.fp32.pt"))
    assert module(torch.zeros(2, 3, 224, 224)).shape == (2, 1000)


def test_tool_runs_as_a_program():
    result = subprocess.run([TOOL, "--help"], capture_output=True, text=True,
                            check=False)
    assert result.returncode == 0
    assert "exit status" in result.stdout


def test_whole_package_is_left_alone_unless_forced(tmp_path):
    export_random(tmp_path)
    path = tmp_path / "resnet18/1/model.fp32.pt"
    before = path.stat().st_ino
    again = export_random(tmp_path)
    assert again.returncode == 0
    assert "already whole" in again.stderr
    assert path.stat().st_ino == before
    assert export_random(tmp_path, "--force").returncode == 0
    assert path.stat().st_ino != before


def test_broken_package_is_made_anew(tmp_path):
    export_random(tmp_path)
    (tmp_path / "resnet18/1/model.fp32.pt").write_bytes(b"")
    assert export_random(tmp_path).returncode == 0
    assert package.problems(tmp_path / "resnet18/1") == []


def test_untrained_package_does_not_pass_for_a_trained_one(tmp_path):
    export_random(tmp_path)
    result = run("--model", "resnet18", "--output", tmp_path, "--weights",
                 tmp_path / "none.pth")
    assert result.returncode == 1
    assert "no such file" in result.stderr


@pytest.mark.parametrize("arguments,message", [
    ([], "--model"),
    (["--model", "alexnet"], "invalid choice"),
    (["--model", "resnet18", "--version", "0"], "positive number"),
    (["--model", "resnet18", "--random", "--weights", "x"], "exclude"),
    (["--model", "resnet18", "--calibration", "x", "--photographs", "y"],
     "exclude"),
])
def test_wrong_usage_exits_2_and_says_why(arguments, message):
    result = run(*arguments)
    assert result.returncode == 2
    assert message in result.stderr


def test_calibration_that_is_no_folder_is_an_error(tmp_path):
    weights = tmp_path / "w.pth"
    torch.save(ARCHITECTURES["resnet18"].build().state_dict(), weights)
    result = run("--model", "resnet18", "--output", tmp_path / "models",
                 "--weights", weights, "--calibration", tmp_path / "none")
    assert result.returncode == 1
    assert "not a folder" in result.stderr
    assert not (tmp_path / "models/resnet18/1").exists()


def save_pictures(folder, count):
    folder.mkdir()
    for index in range(count):
        noise = torch.randint(0, 256, (40, 60 + index, 3), dtype=torch.uint8)
        Image.fromarray(noise.numpy()).save(folder / f"{index:03}.jpg")
    return folder


def request(tmp_path, pictures_folder):
    weights = tmp_path / "w.pth"
    torch.save(ARCHITECTURES["resnet18"].build().state_dict(), weights)
    return Request(ARCHITECTURES["resnet18"], tmp_path / "models/resnet18/1",
                   Search(weights, ROOT, tmp_path / "cache"), pictures_folder,
                   "resnet18", labels.read_labels())


def test_few_pictures_give_fp32_only_and_the_reason(tmp_path):
    wanted = request(tmp_path, save_pictures(tmp_path / "few", 3))
    export(wanted, Progress())
    contents = manifest_of(tmp_path / "models", "resnet18")
    assert set(contents["precisions"]) == {"fp32"}
    assert contents["measured"]["fp32"] == {}
    assert set(contents["measured"]["bf16"]) == {"agreement", "method"}
    assert "3 pictures are too few" in contents["notes"][0]


def test_labelled_pictures_are_measured(tmp_path):
    folder = save_pictures(tmp_path / "few", 2)
    (folder / "labels.tsv").write_text(
        "file\tclass_index\twordnet_id\n000.jpg\t1\tn\n001.jpg\t2\tn\n")
    export(request(tmp_path, folder), Progress())
    measured = manifest_of(tmp_path / "models", "resnet18")["measured"]
    assert measured["images"] == 2
    assert measured["set"] == f"2 labelled pictures from {tmp_path.name}/few"
    assert set(measured["fp32"]) == {"top1", "top5"}


def test_broken_picture_ends_the_export_and_is_named(tmp_path):
    folder = save_pictures(tmp_path / "few", 1)
    (folder / "bad.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(ExportError, match="bad.jpg"):
        export(request(tmp_path, folder), Progress())
    assert not (tmp_path / "models/resnet18/1").exists()


def test_labels_file_with_other_columns_is_refused(tmp_path):
    folder = save_pictures(tmp_path / "few", 1)
    (folder / "labels.tsv").write_text("name\tclass\nx\t1\n")
    with pytest.raises(ExportError, match="expected the columns"):
        export(request(tmp_path, folder), Progress())


def test_too_many_pictures_are_thinned_the_same_way_each_time(tmp_path):
    folder = save_pictures(tmp_path / "many", 6)
    chosen = pictures.choose_files(folder, None, limit=3)
    assert len(chosen) == 3
    assert chosen == pictures.choose_files(folder, None, limit=3)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_int8_is_tried_where_pictures_suffice(name):
    def reason(count):
        some = PictureSet("some", torch.zeros(count, 1), None)
        return why_no_int8(ARCHITECTURES[name], some)

    assert reason(200) in ("", "this PyTorch has no onednn engine")
    assert "too few" in reason(20)


def test_exif_orientation_is_applied_before_the_crop(tmp_path):
    image = Image.new("RGB", (300, 300), "red")
    image.paste("blue", (0, 0, 300, 150))
    exif = Image.Exif()
    exif[0x0112] = 3
    image.save(tmp_path / "turned.jpg", exif=exif)
    pixels = load_picture(tmp_path / "turned.jpg",
                          ARCHITECTURES["resnet18"].input_spec)
    assert pixels.shape == (3, 224, 224)
    assert pixels[0, 10, 112] > 200 > 50 > pixels[0, 213, 112]


def test_crops_are_made_where_there_are_no_pictures(tmp_path):
    wanted = request(tmp_path, None)
    photographs = save_pictures(tmp_path / "photographs", 1)
    export(dataclasses.replace(wanted, photographs=photographs), Progress())
    contents = manifest_of(tmp_path / "models", "resnet18")
    assert contents["measured"]["set"] == "20 crops of 1 photographs"
    assert contents["measured"]["images"] == 20


@pytest.mark.skipif(not SHARED_WEIGHTS.is_file()
                    or not (SHARED / "images").is_dir(),
                    reason="shared ResNet-18 weights or pictures are missing")
def test_trained_fp32_file_recognises_the_shared_pictures(tmp_path):
    rows = (SHARED / "images/labels.tsv").read_text().splitlines()[1:101:5]
    folder = tmp_path / "some"
    folder.mkdir()
    for row in rows:
        name = row.split("\t")[0]
        (folder / name).symlink_to(SHARED / "images" / name)
    (folder / "labels.tsv").write_text(
        "\n".join(["file\tclass_index\twordnet_id", *rows]) + "\n")
    wanted = Request(ARCHITECTURES["resnet18"], tmp_path / "resnet18/1",
                     Search(SHARED_WEIGHTS, ROOT, tmp_path / "cache"), folder,
                     "resnet18", labels.read_labels())
    export(wanted, Progress())
    contents = manifest_of(tmp_path, "resnet18")
    assert contents["source"]["licence"] == "CC BY-NC 4.0"
    assert contents["measured"]["images"] == len(rows)
    assert contents["measured"]["fp32"]["top5"] >= 0.7
