"""Writes small model packages and what PyTorch answers for them.

usage: make_packages.py OUTPUT_DIR

OUTPUT_DIR/models/<name>/1 are packages; those beyond `tiny` are wrong on
purpose. OUTPUT_DIR/expected.tsv holds tiny's logits for the pictures of
picture(), a line "precision picture logit…" each. OUTPUT_DIR/quantised.tsv
holds what torch.quantize_per_tensor makes of every byte: a line
"divisor mean std scale zero_point byte…" for several constants.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.ao.quantization import get_default_qconfig_mapping
from torch.ao.quantization.fx.custom_config import PrepareCustomConfig
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

SIDE = 224
CLASSES = 10
PICTURES = 8
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def picture(seed):
    """The pattern that test_pictures.h makes, as uint8 [224, 224, 3]."""
    i = numpy.arange(SIDE * SIDE * 3, dtype=numpy.int64)
    values = i * (2 * seed + 3) + i // SIDE * (7 * seed) + 31 * seed
    return (values % 256).astype(numpy.uint8).reshape(SIDE, SIDE, 3)


def normalised(seeds):
    pictures = torch.from_numpy(numpy.stack([picture(s) for s in seeds]))
    x = pictures.permute(0, 3, 1, 2).float().div(255)
    x = (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)
    return x.contiguous(memory_format=torch.channels_last)


class TinyNet(nn.Module):
    """Has what the real ones have: strides, groups, a shortcut, a pool."""

    def __init__(self, classes=CLASSES):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 7, 4, 3)
        self.depthwise = nn.Conv2d(16, 16, 3, 1, 1, groups=16)
        self.pointwise = nn.Conv2d(16, 16, 1)
        self.last = nn.Conv2d(16, 32, 3, 2, 1)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(32, classes)

    def forward(self, x):
        x = self.relu(self.stem(x))
        x = self.relu(self.pointwise(self.relu(self.depthwise(x))) + x)
        x = self.relu(self.last(x))
        return self.fc(torch.flatten(self.pool(x), 1))


class GatedNet(TinyNet):
    """Weighs its channels by a gate in the middle, as MobileNetV3 does."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Conv2d(16, 16, 1)

    def forward(self, x):
        x = self.relu(self.depthwise(self.relu(self.stem(x))))
        x = x * torch.sigmoid(self.gate(self.pool(x)))
        x = self.relu(self.last(x))
        return self.fc(torch.flatten(self.pool(x), 1))


class DenseNet(nn.Module):
    """Goes on with all that it has made, as DenseNet does, and ends in two
    linear layers, as MobileNetV3 does."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 4, 3), nn.SiLU(True))
        self.norm = nn.BatchNorm2d(8)
        self.more = nn.Conv2d(8, 8, 3, 1, 1, groups=2)
        self.both = nn.Sequential(nn.BatchNorm2d(16), nn.ReLU(True),
                                  nn.Conv2d(16, 16, 1), nn.Hardswish(True))
        self.pool = nn.AvgPool2d(2)
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Sequential(nn.Linear(16, 24), nn.Hardswish(True),
                                  nn.Dropout(0.2), nn.Linear(24, CLASSES))
        for norm in (self.norm, self.both[0]):
            norm.running_mean.uniform_(-0.5, 0.5)
            norm.running_var.uniform_(0.5, 2)

    def forward(self, x):
        x = self.stem(x)
        x = torch.cat([x, self.more(torch.relu(self.norm(x)))], 1)
        x = self.mean(self.pool(self.both(x)))
        return self.head(torch.flatten(x, 1))


class MixedNet(nn.Module):
    """In bytes, but for its stem; pads, and adds without a relu."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 7, 4, 3)
        self.depthwise = quantised_conv(nn.Conv2d(16, 16, 3, 2, groups=16), 100)
        self.pointwise = quantised_conv(nn.Conv2d(16, 16, 1), 110)
        self.fc = nn.Linear(16, CLASSES)

    def forward(self, x):
        x = nn.functional.relu6(self.stem(x.dequantize()))
        x = torch.quantize_per_tensor(x, 6 / 255, 0, torch.quint8)
        x = self.depthwise(nn.functional.pad(x, (0, 1, 0, 1)))
        x = torch.ops.quantized.add(x, self.pointwise(x), 0.03, 120)
        return self.fc(x.dequantize().mean((2, 3)))


def quantised_conv(conv, zero_point):
    # Not above 64: CPUs without VNNI add two products in 16 bits.
    weight = conv.weight.detach()
    scales = weight.abs().amax((1, 2, 3)).double() / 64
    coarse = torch.ao.nn.quantized.Conv2d(
        conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride,
        groups=conv.groups)
    coarse.set_weight_bias(
        torch.quantize_per_channel(weight, scales,
                                   torch.zeros(len(scales)).long(), 0,
                                   torch.qint8), conv.bias.detach())
    coarse.scale, coarse.zero_point = 0.02, zero_point
    return coarse


class BentNet(TinyNet):
    """Has something in its middle that no trunk holds."""

    def forward(self, x):
        x = self.relu(self.depthwise(self.relu(self.stem(x))))
        x = self.last(nn.functional.gelu(self.pointwise(x)))
        return self.fc(torch.flatten(self.pool(self.relu(x)), 1))


class RaisesOnBrightCorner(nn.Module):
    """Raises if the first value of any picture is the brightest red."""

    def forward(self, x):
        if bool((x[:, 0, 0, 0] > 2.0).any()):
            raise ValueError("the corner is too bright")
        return x.mean([2, 3]) @ torch.ones([3, 10])


class ForgetsAllButOne(nn.Module):
    def forward(self, x):
        return x[:1].mean([2, 3]) @ torch.ones([3, 10])


class AnswersIntegers(nn.Module):
    def forward(self, x):
        return torch.zeros([x.size(0), 10], dtype=torch.int64)


class AnswersAPair(nn.Module):
    def forward(self, x):
        return x, x


class HasNoForward(nn.Module):
    @torch.jit.export
    def backward(self, x):
        return x


def scripted(module):
    return torch.jit.freeze(torch.jit.script(module.eval()))


def frozen(module, example):
    with torch.no_grad():
        traced = torch.jit.trace(module, example, check_trace=False)
        return torch.jit.freeze(traced.eval())


def quantised(module, x):
    """Static quantisation of `module`; returns it with its input's scale and
    zero point."""
    mapping = get_default_qconfig_mapping("onednn")
    observed = prepare_fx(module, mapping, x)
    quantised_input = PrepareCustomConfig().set_input_quantized_indexes([0])
    prepared = prepare_fx(module, mapping, x,
                          prepare_custom_config=quantised_input)
    with torch.no_grad():
        observed(x)
        prepared(x)
    scale, zero_point = observed.activation_post_process_0.calculate_qparams()
    return convert_fx(prepared), float(scale), int(zero_point)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_package(models, name, files, int8_input=None, labels=CLASSES):
    """`files`: precision → a module with save(), or bytes."""
    folder = models / name / "1"
    folder.mkdir(parents=True)
    tsv = "index\twordnet_id\tlabel_en\tlabel_zh\n"
    tsv += "".join(f"{i}\t\tclass {i}\t类{i}\n" for i in range(labels))
    (folder / "labels.tsv").write_text(tsv, encoding="utf-8")
    precisions = {}
    for precision, model in files.items():
        path = folder / f"model.{precision}.pt"
        if isinstance(model, bytes):
            path.write_bytes(model)
        else:
            model.save(str(path))
        precisions[precision] = {
            "file": path.name,
            "sha256": sha256(path),
            "input": {"dtype": "float32"},
        }
    if int8_input:
        precisions["int8"].update(engine="onednn", input=int8_input)
    manifest = {
        "format_version": 1, "name": name, "version": "1",
        "architecture": "tinynet", "trained": False, "created": "",
        "source": {"weights": "random", "sha256": "", "licence": ""},
        "input": {
            "width": SIDE, "height": SIDE, "color": "RGB",
            "resize_shorter_side": 256, "interpolation": "bilinear_antialias",
            "divisor": 255.0, "mean": MEAN, "std": STD,
        },
        "labels": {"file": "labels.tsv",
                   "sha256": sha256(folder / "labels.tsv"), "count": labels},
        "precisions": precisions, "measured": None, "notes": [],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def expected_lines(precision, logits):
    for seed, row in enumerate(logits.tolist()):
        yield "\t".join([precision, str(seed)] + [repr(v) for v in row])


def write_tiny(output, models):
    torch.manual_seed(1)
    net = TinyNet().eval()
    # Random weights answer nearly alike whatever the picture.
    net.fc.weight.data *= 20
    x = normalised(range(PICTURES))
    int8, scale, zero_point = quantised(net, x)
    xq = torch.quantize_per_tensor(x, scale, zero_point, torch.quint8)
    int8_input = {"dtype": "quint8", "scale": scale, "zero_point": zero_point}
    write_package(
        models, "tiny", {"fp32": frozen(net, x), "int8": frozen(int8, xq)},
        int8_input)
    mixed = frozen(MixedNet().eval(), xq)
    write_package(models, "mixed", {"fp32": frozen(net, x), "int8": mixed},
                  int8_input)
    for name, other in (("gated", GatedNet()), ("dense", DenseNet()),
                        ("bent", BentNet())):
        write_package(models, name, {"fp32": frozen(other.eval(), x)})
        write_package(models, f"{name}_scripted", {"fp32": scripted(other)})
    # The same network as scripted and not frozen.
    write_package(models, "unfrozen", {"fp32": torch.jit.script(net)})
    with torch.no_grad():
        lines = list(expected_lines("fp32", net(x)))
        lines += expected_lines("int8", int8(xq))
    (output / "expected.tsv").write_text("\n".join(lines) + "\n")


def write_wrong(models):
    x = normalised([0])
    write_package(models, "raising",
                  {"fp32": torch.jit.script(RaisesOnBrightCorner())})
    write_package(models, "forgetful",
                  {"fp32": torch.jit.script(ForgetsAllButOne())})
    write_package(models, "integers",
                  {"fp32": torch.jit.script(AnswersIntegers())})
    write_package(models, "pair", {"fp32": torch.jit.script(AnswersAPair())})
    write_package(models, "forwardless",
                  {"fp32": torch.jit.script(HasNoForward())})
    write_package(models, "eleven_labels",
                  {"fp32": frozen(TinyNet().eval(), x)}, labels=CLASSES + 1)
    write_package(models, "garbage", {"fp32": bytes(range(256)) * 40})
    write_package(models, "empty", {"fp32": b""})
    whole = (models / "tiny/1/model.fp32.pt").read_bytes()
    write_package(models, "truncated", {"fp32": whole[:len(whole) // 2]})


def write_quantised(output):
    lines = []
    for divisor, mean, std in [(255.0, 0.485, 0.229), (255.0, 0.406, 0.225),
                               (1.0, 127.0, 128.0)]:
        for scale, zero_point in [(0.01865845, 114), (0.0078125, 128),
                                  (0.5, 0), (0.001, 255)]:
            value = (torch.arange(256).float() / divisor - mean) / std
            result = torch.quantize_per_tensor(value, scale, zero_point,
                                               torch.quint8).int_repr()
            constants = [divisor, mean, std, scale, zero_point]
            lines.append("\t".join(map(repr, constants + result.tolist())))
    (output / "quantised.tsv").write_text("\n".join(lines) + "\n")


def main():
    output = pathlib.Path(sys.argv[1])
    torch.set_num_threads(1)
    torch.backends.quantized.engine = "onednn"
    models = output / "models"
    write_tiny(output, models)
    write_wrong(models)
    write_quantised(output)


if __name__ == "__main__":
    main()
