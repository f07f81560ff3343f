"""Starlette over OpenVINO; for uvicorn with two processes.

POST /classify takes a JPEG. BENCH_PACKAGE names the model package,
BENCH_MODEL the OpenVINO model.
"""

import os

import numpy
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from classes import best_classes
from openvino_classifier import OpenVinoClassifier
from package import read_labels
from picture import decode

LABELS = read_labels(os.environ["BENCH_PACKAGE"])
classifier = OpenVinoClassifier()


async def classify(request):
    jpeg = await request.body()
    # On the event loop: a process has one core, and another thread would only
    # add a way there and back.
    logits = classifier(decode(jpeg)[numpy.newaxis])[0]
    return JSONResponse(best_classes(logits, LABELS))


app = Starlette(routes=[Route("/classify", classify, methods=["POST"])])
