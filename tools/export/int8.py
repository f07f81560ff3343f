"""Makes an int8 model and judges it on pictures it was not calibrated with."""

import dataclasses

import torch

from export import accuracy, graph
from export.calibrate import BATCH, calibrate, merge
from export.exact import ExactNetwork
from export.quantise import quantise
from export.quantised_network import ENGINE, QuantisedNetwork

# Below this the bound cannot be told from chance.
MIN_PICTURES = 100

METHOD = (f"two-fold cross-validation, seed {accuracy.FOLD_SEED}: each half "
          "judged by the other half's calibration, pooled; sums exact, as a "
          "CPU with VNNI has them")


@dataclasses.dataclass(frozen=True)
class Int8Result:
    """logits [N,classes] are the cross-validated ones, in picture order.

    model was calibrated with all pictures.
    """

    model: QuantisedNetwork
    logits: torch.Tensor


class _Batches:
    """Normalised batches of some pictures, made anew for each iteration."""

    def __init__(self, pixels, indices, input_spec):
        self._pixels = pixels
        self._indices = indices
        self._input_spec = input_spec

    def __iter__(self):
        for part in self._indices.split(BATCH):
            yield self._input_spec.normalise(self._pixels[part])


@torch.inference_mode()
def run_quantised(model, batches):
    exact = ExactNetwork(model)
    return torch.cat([exact(batch) for batch in batches])


class CrossValidation:
    """Judges each half of some pictures by the other half's calibration."""

    def __init__(self, network, input_spec, pixels, progress):
        self._network = network
        self._input_spec = input_spec
        self._progress = progress
        self._folds = accuracy.split_in_two(len(pixels))
        self._halves = [_Batches(pixels, fold, input_spec)
                        for fold in self._folds]
        self._calibrations = []
        with progress.step("watch the float network on the pictures"):
            for seed, (fold, half) in enumerate(zip(self._folds,
                                                    self._halves)):
                progress.update(seed, 2)
                self._calibrations.append(
                    calibrate(network, half, len(fold), seed))

    def judge(self, network=None):
        """Logits [N,classes] in picture order. network: the same one, perhaps
        with another lead."""
        network = network or self._network
        logits = torch.empty(sum(map(len, self._folds)),
                             len(network.head.bias))
        with self._progress.step("quantise each half, judge it on the other"):
            for own, other in ((0, 1), (1, 0)):
                self._progress.update(own, 2)
                model = quantise(network, self._calibrations[own],
                                 self._input_spec)
                logits[self._folds[other]] = run_quantised(
                    model, self._halves[other])
        return logits

    def quantise_with_all(self):
        with self._progress.step("quantise with all pictures"):
            return quantise(self._network, merge(*self._calibrations),
                            self._input_spec)


def make_int8(network, input_spec, pixels, progress):
    """Cross-validates, then calibrates with everything."""
    torch.backends.quantized.engine = ENGINE
    validation = CrossValidation(network, input_spec, pixels, progress)
    logits = validation.judge()
    return Int8Result(validation.quantise_with_all(), logits)


def example_input(model, input_spec):
    """A quantised batch to trace a model with."""
    side = input_spec.side
    pixels = torch.zeros(2, 3, side, side, dtype=torch.uint8)
    return model.quantise_input(input_spec.normalise(pixels))


def input_affine(model):
    return model.affines[graph.INPUT]
