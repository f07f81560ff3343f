"""What TorchServe's workers do: TorchScript, a batch at a time.

torchserve_service.py puts it into the archive, beside what it imports and all
of the model package that it reads.
"""

from classes import best_classes
from package import read_labels
from torchscript import TorchScriptClassifier


class Handler:
    """One per worker, each a process of its own."""

    def __init__(self):
        self._classifier = None
        self._labels = None

    def initialize(self, context):
        folder = context.system_properties["model_dir"]
        self._labels = read_labels(folder)
        self._classifier = TorchScriptClassifier(
            folder, context.system_properties["batch_size"])

    def handle(self, requests, _):
        """A picture is the body of its request."""
        logits = self._classifier.infer(
            [self._classifier.preprocess(request["body"])
             for request in requests])
        return [best_classes(row, self._labels) for row in logits]
