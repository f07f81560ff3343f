"""The service that Wanwu replaces, at its best: Flask over TorchScript.

For Gunicorn with gunicorn.conf.py. POST /classify takes a JPEG. The folder of
the model package is in BENCH_PACKAGE.
"""

import io
import os
import pathlib

import torch
from flask import Flask, jsonify, request
from PIL import Image
from torchvision import transforms

from classes import best_classes
from dynamic_batcher import DynamicBatcher
from package import read_labels, read_normalisation

# The threads of a process; more are never waiting.
MAX_BATCH_SIZE = 4

PACKAGE = pathlib.Path(os.environ["BENCH_PACKAGE"])
LABELS = read_labels(PACKAGE)
MEAN, DEVIATION = read_normalisation(PACKAGE)
PREPROCESS = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize([value / 255 for value in MEAN],
                         [value / 255 for value in DEVIATION]),
])


def load_model():
    # Two processes on two cores: more threads would only fight.
    torch.set_num_threads(1)
    model = torch.jit.load(str(PACKAGE / "model.fp32.pt")).eval()
    return torch.jit.optimize_for_inference(model)


MODEL = load_model()


@torch.inference_mode()
def infer(tensors):
    return MODEL(torch.stack(tensors)).numpy()


def warm_up():
    # The second run is still slow, since it compiles.
    for size in range(1, MAX_BATCH_SIZE + 1):
        for _ in range(3):
            infer([torch.zeros(3, 224, 224)] * size)


warm_up()
batcher = DynamicBatcher(infer, MAX_BATCH_SIZE)
app = Flask(__name__)


@app.post("/classify")
def classify():
    with Image.open(io.BytesIO(request.get_data())) as picture:
        tensor = PREPROCESS(picture.convert("RGB"))
    return jsonify(best_classes(batcher(tensor), LABELS))
