"""The service that Wanwu replaces, at its best: Flask over TorchScript.

For Gunicorn with gunicorn.conf.py. POST /classify takes a JPEG. The folder of
the model package is in BENCH_PACKAGE.
"""

import os

from flask import Flask, jsonify, request

from classes import best_classes
from dynamic_batcher import DynamicBatcher
from package import read_labels
from torchscript import TorchScriptClassifier

# The threads of a process; more are never waiting.
MAX_BATCH_SIZE = 4

PACKAGE = os.environ["BENCH_PACKAGE"]
LABELS = read_labels(PACKAGE)
classifier = TorchScriptClassifier(PACKAGE, MAX_BATCH_SIZE)
batcher = DynamicBatcher(classifier.infer, MAX_BATCH_SIZE)
app = Flask(__name__)


@app.post("/classify")
def classify():
    tensor = classifier.preprocess(request.get_data())
    return jsonify(best_classes(batcher(tensor), LABELS))
