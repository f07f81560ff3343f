"""Small packages whose answers tell which package gave them."""

import functools
import hashlib
import io
import json

import torch
from torch import nn

CLASSES = 100
NAME = "tiny"


class Constant(nn.Module):
    """Sees the picture, and answers `answer` whatever it shows.

    Its weights take some 9 MB, so that memory shows whether they are freed.
    """

    def __init__(self, answer, classes):
        super().__init__()
        self.stem = nn.Conv2d(3, 512, 32, 32)
        self.body = nn.Conv2d(512, 512, 3, 1, 1)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, classes)
        nn.init.zeros_(self.fc.weight)
        nn.init.zeros_(self.fc.bias)
        self.fc.bias.data[answer] = 20.0

    def forward(self, x):
        x = self.relu(self.body(self.relu(self.stem(x))))
        return self.fc(torch.flatten(self.pool(x), 1))


@functools.lru_cache(maxsize=None)
def _model_file(answer, classes):
    example = torch.zeros([1, 3, 224, 224])
    with torch.no_grad():
        traced = torch.jit.trace(Constant(answer, classes).eval(), example,
                                 check_trace=False)
        stored = io.BytesIO()
        torch.jit.save(torch.jit.freeze(traced.eval()), stored)
    return stored.getvalue()


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


def files_of(version, answer, name=NAME, classes=CLASSES):
    """The package's files by name, its manifest last."""
    labels = "index\twordnet_id\tlabel_en\tlabel_zh\n" + "".join(
        f"{i}\t\tclass {i}\t类{i}\n" for i in range(classes))
    files = {"labels.tsv": labels.encode(),
             "model.fp32.pt": _model_file(answer, classes)}
    manifest = {
        "format_version": 1, "name": name, "version": str(version),
        "architecture": "constant", "trained": False, "created": "",
        "source": {"weights": "random", "sha256": "", "licence": ""},
        "input": {"width": 224, "height": 224, "color": "RGB",
                  "resize_shorter_side": 256,
                  "interpolation": "bilinear_antialias", "divisor": 255.0,
                  "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]},
        "labels": {"file": "labels.tsv",
                   "sha256": _sha256(files["labels.tsv"]), "count": classes},
        "precisions": {"fp32": {
            "file": "model.fp32.pt",
            "sha256": _sha256(files["model.fp32.pt"]),
            "input": {"dtype": "float32"}}},
        "measured": None, "notes": [],
    }
    files["manifest.json"] = json.dumps(manifest).encode()
    return files


def write(repository, version, answer=None, name=NAME, classes=CLASSES,
          **replaced):
    """A package that answers `answer`, its version if not told otherwise.

    `replaced`: what is in a file instead, by the first part of its name.
    Appears at once and as a whole. Returns its folder.
    """
    target = repository / name / str(version)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{version}.tmp")
    draft.mkdir()
    for file, data in files_of(version, answer or version, name,
                               classes).items():
        (draft / file).write_bytes(replaced.get(file.split(".")[0], data))
    if target.exists():
        target.rename(target.with_name(f".{draft.stat().st_ino}"))
    draft.rename(target)
    return target
