"""Packages of torchvision's classifiers and of users' own networks."""

import json

import pytest
import torch
import torchvision

from export import bfloat16, cli, labels, package, torchscript
from export.architectures import torchvision_models
from export.errors import ExportError
from export_test import run

SEVEN = ["daisy", "玫瑰", "tulip", "fern", "moss", "oak", "pine"]


@pytest.fixture(autouse=True)
def nothing_but_what_is_named(monkeypatch):
    monkeypatch.delenv("WANWU_WEIGHTS", raising=False)
    monkeypatch.setattr(cli, "DEFAULT_PHOTOGRAPHS", cli.ROOT / "nonesuch")


@pytest.fixture
def seven(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_text("\n".join(SEVEN) + "\n", encoding="utf-8")
    return path


class Small(torch.nn.Module):
    def __init__(self, classes=7):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 8, 3, 2)
        self.norm = torch.nn.BatchNorm2d(8)
        self.fc = torch.nn.Linear(8, classes)

    def forward(self, x):
        return self.fc(torch.relu(self.norm(self.conv(x))).mean((2, 3)))


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.pt"
    torch.jit.script(Small()).save(str(path))
    return path


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def module_of(folder):
    return torch.jit.load(str(folder / "model.fp32.pt"))


@pytest.mark.parametrize("name", ["mobilenet_v3_small", "densenet121",
                                  "regnet_y_400mf", "efficientnet_b0",
                                  "squeezenet1_1"])
def test_torchvision_network_becomes_a_package_that_answers_alike(
        tmp_path, seven, name):
    result = run("--torchvision", name, "--random", "--labels", seven,
                 "--input", 64, "--output", tmp_path)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / name / "1"
    assert package.problems(folder) == []
    contents = manifest_of(folder)
    assert contents["architecture"] == name
    assert contents["labels"]["count"] == 7
    assert contents["scores"] == "softmax"
    assert contents["input"]["width"] == 64
    assert contents["input"]["resize_shorter_side"] == 74
    torch.manual_seed(0)
    module = torchvision.models.get_model(name, num_classes=7).eval()
    pictures = torch.rand(5, 3, 64, 64)
    with torch.inference_mode():
        wanted, got = module(pictures), module_of(folder)(pictures)
    assert torch.allclose(got, wanted, rtol=1e-3,
                          atol=1e-4 * wanted.abs().max().item())


def test_every_network_of_the_issue_is_known():
    for name in ("resnet50", "resnext50_32x4d", "mobilenet_v2",
                 "mobilenet_v3_large", "densenet121", "efficientnet_b0",
                 "regnet_y_400mf", "convnext_tiny", "vit_b_16"):
        assert name in torchvision_models.names()
    assert "fasterrcnn_resnet50_fpn" not in torchvision_models.names()


def test_pictures_are_prepared_as_for_torchvisions_newest_weights():
    spec = torchvision_models.input_spec("resnet50")
    assert (spec.side, spec.resize) == (224, 232)
    assert "bicubic" in torchvision_models.architecture(
        "efficientnet_b0", 7, spec).notes[0]


def test_torchscript_file_becomes_a_package(tmp_path, small, seven):
    result = run("--torchscript", small, "--labels", seven, "--input", 40,
                 "--resize", 50, "--mean", "0.5,0.5,0.5", "--std", "1,2,4",
                 "--name", "plants", "--licence", "mine", "--output",
                 tmp_path)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "plants/1"
    assert package.problems(folder) == []
    contents = manifest_of(folder)
    assert contents["trained"] is True
    assert contents["source"]["weights"] == "file small.pt"
    assert contents["source"]["licence"] == "mine"
    assert contents["input"] == {
        "width": 40, "height": 40, "color": "RGB", "resize_shorter_side": 50,
        "interpolation": "bilinear_antialias", "divisor": 255.0,
        "mean": [0.5, 0.5, 0.5], "std": [1.0, 2.0, 4.0]}
    rows = labels.read_own_labels(folder / "labels.tsv")
    assert [row["label_en"] for row in rows] == SEVEN
    pictures = torch.rand(2, 3, 40, 40)
    assert torch.allclose(module_of(folder)(pictures),
                          torch.jit.load(str(small)).eval()(pictures),
                          atol=1e-5)


def export_small(tmp_path, small, seven, *more):
    return run("--torchscript", small, "--labels", seven, "--input", 40,
               "--output", tmp_path / "models", *more)


def test_package_is_made_anew_only_when_something_else_is_asked_for(
        tmp_path, small, seven):
    assert export_small(tmp_path, small, seven).returncode == 0
    assert "already whole" in export_small(tmp_path, small, seven).stderr
    sigmoid = export_small(tmp_path, small, seven, "--scores", "sigmoid")
    assert "already whole" not in sigmoid.stderr
    folder = tmp_path / "models/small/1"
    assert manifest_of(folder)["scores"] == "sigmoid"
    seven.write_text("\n".join("abcdefg"))
    renamed = export_small(tmp_path, small, seven, "--scores", "sigmoid")
    assert "already whole" not in renamed.stderr


def test_labels_must_be_as_many_as_the_network_has_classes(tmp_path, small,
                                                           seven):
    seven.write_text("one\ntwo\n")
    result = export_small(tmp_path, small, seven)
    assert result.returncode == 1
    assert "2 labels want float32 [3, 2]" in result.stderr
    assert not (tmp_path / "models/small/1").exists()


def test_file_that_is_no_torchscript_is_refused(tmp_path, small, seven):
    small.write_bytes(b"PK nonsense")
    result = export_small(tmp_path, small, seven)
    assert result.returncode == 1
    assert "not a TorchScript module" in result.stderr


def test_module_that_answers_otherwise_when_traced_is_refused():
    class Branching(torch.nn.Module):
        def forward(self, x):
            return x.mean((2, 3)) * (2.0 if len(x) > 2 else 1.0)

    with pytest.raises(ExportError, match="same when it is traced"):
        torchscript.freeze_traced(Branching(), torch.rand(3, 3, 8, 8))


def test_network_with_attention_can_be_judged_in_bf16():
    class Attentive(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.patches = torch.nn.Conv2d(3, 16, 8, 8)
            self.attention = torch.nn.MultiheadAttention(16, 2)
            self.fc = torch.nn.Linear(16, 7)

        def forward(self, x):
            x = self.patches(x).flatten(2).permute(2, 0, 1)
            return self.fc(self.attention(x, x, x)[0].mean(0))

    module = Attentive().eval()
    pictures = bfloat16.as_input(torch.rand(2, 3, 32, 32))
    with torch.inference_mode():
        wanted, got = module(pictures), bfloat16.emulate(module)(pictures)
    assert torch.allclose(got, wanted, atol=0.02)


@pytest.mark.parametrize("text,problem", [
    ("", "no labels"),
    ("a\n\nb\n", "row 1"),
    ("a\tb\n", "row 0"),
    ("index\twordnet_id\tlabel_en\tlabel_zh\n1\t\ta\t\n", "has index 1"),
    ("index\twordnet_id\tlabel_en\tlabel_zh\n0\tn\t\tb\n", "row 0"),
])
def test_broken_labels_of_a_user_are_refused(tmp_path, text, problem):
    path = tmp_path / "labels.txt"
    path.write_text(text)
    with pytest.raises(ExportError, match=problem):
        labels.read_own_labels(path)


@pytest.mark.parametrize("arguments,message", [
    (["--torchvision", "nonesuch"], "invalid choice"),
    (["--torchvision", "resnet18", "--model", "resnet18"], "not allowed"),
    (["--torchscript", "x.pt"], "needs --labels"),
    (["--torchscript", "x.pt", "--labels", "l", "--random"], "in it"),
    (["--model", "resnet18", "--input", "200"], "knows its own --input"),
    (["--model", "resnet18", "--scores", "sigmoid"], "knows its own --scores"),
    (["--torchvision", "resnet18", "--mean", "1,2"], "three numbers"),
    (["--torchvision", "resnet18", "--std", "1,0,1"], "above 0"),
    (["--torchvision", "resnet18", "--resize", "100"], "smaller than"),
    (["--torchvision", "resnet18", "--name", ".x"], "letters"),
])
def test_wrong_usage_exits_2_and_says_why(arguments, message):
    result = run(*arguments)
    assert result.returncode == 2
    assert message in result.stderr
