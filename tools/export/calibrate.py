"""What quantisation needs to know about the values inside a float network."""

import dataclasses

import torch
import torch.nn.functional as F

from export import graph
from export.compute import matmul_transposed

BATCH = 50

# Values per channel of each tensor, and input patches of each convolution,
# kept per calibration set. Twice as many patches changed the result by less
# than a different choice of pictures does.
SAMPLES = 8000
PATCHES = 2500
# Of a convolution that sees each channel by itself.
CHANNEL_PATCHES = 500


@dataclasses.dataclass(frozen=True)
class PatchMoments:
    """Input patches of one convolution, flattened as its weight is.

    covariance [k,k], or [channels,k,k] of a convolution that sees each channel
    by itself, comes from sampled patches, about their own mean.
    """

    covariance: torch.Tensor
    patches: int


@dataclasses.dataclass(frozen=True)
class Calibration:
    """Statistics of one set of pictures, by tensor name.

    samples: [C,n] values, at the same places for tensors of equal area.
    mean_images: [C,H,W], averaged over pictures. moments: by Conv target.
    """

    pictures: int
    samples: dict
    mean_images: dict
    moments: dict


def centred_covariance(rows):
    """Covariance [k,k] of rows [n,k]."""
    centred = (rows - rows.mean(0)).t().contiguous()
    return matmul_transposed(centred, centred) / rows.shape[0]


def covariance_by_channel(rows, channels):
    """Covariances [channels,k,k] of rows [n,channels*k]."""
    centred = (rows - rows.mean(0)).view(len(rows), channels, -1)
    return torch.einsum("nci,ncj->cij", centred, centred) / len(rows)


def sample_patches(tensor, step, kernel, positions):
    """Rows [n, C*kernel*kernel] under the kernel at output positions."""
    padded = F.pad(tensor, [step.padding] * 4).permute(0, 2, 3, 1)
    image, top, left = positions
    columns = [
        padded[image, top * step.stride + dy, left * step.stride + dx]
        for dy in range(kernel) for dx in range(kernel)
    ]
    return torch.stack(columns, 2).flatten(1)


def mean_patch(mean_image, step, kernel):
    """The mean input patch [C*kernel*kernel] of a convolution."""
    padded = F.pad(mean_image, [step.padding] * 4)
    rows = padded.shape[1] - kernel + 1
    columns = padded.shape[2] - kernel + 1
    means = [
        padded[:, dy:dy + rows:step.stride,
               dx:dx + columns:step.stride].mean((1, 2))
        for dy in range(kernel) for dx in range(kernel)
    ]
    return torch.stack(means, 1).flatten()


class _Observer:
    """Collects while a network runs batch by batch."""

    def __init__(self, network, pictures, seed):
        self._network = network
        self._pictures = pictures
        self._random = torch.Generator().manual_seed(seed)
        self._places = {}
        self._samples = {}
        self._sums = {}
        self._patches = {}

    def compute(self, step, *sources):
        if isinstance(step, graph.Conv):
            self._observe_patches(step, sources[0])
        result = graph.compute_float(self._network, step, *sources)
        self._observe_values(step.target, result)
        return result

    def start_batch(self, batch):
        self._places = {}
        self._observe_values(graph.INPUT, batch)

    def finish(self):
        return Calibration(
            self._pictures,
            {name: torch.cat(parts, 1)
             for name, parts in self._samples.items()},
            {name: total / self._pictures
             for name, total in self._sums.items()},
            {step.target: self._moments(step)
             for step in self._network.convs})

    def _moments(self, step):
        rows = torch.cat(self._patches[step.target])
        covariance = (centred_covariance(rows) if step.groups == 1
                      else covariance_by_channel(rows, step.groups))
        return PatchMoments(covariance, len(rows))

    def _share(self, total, batch):
        return -(-total * batch // self._pictures)

    def _pick(self, batch, height, width, count):
        return tuple(
            torch.randint(0, limit, (count,), generator=self._random)
            for limit in (batch, height, width))

    def _observe_values(self, name, tensor):
        batch, _, height, width = tensor.shape
        count = self._share(SAMPLES, batch)
        if (height, width) not in self._places:
            self._places[height, width] = self._pick(batch, height, width,
                                                     count)
        image, top, left = self._places[height, width]
        values = tensor.permute(0, 2, 3, 1)[image, top, left].t()
        self._samples.setdefault(name, []).append(values)
        self._sums[name] = self._sums.get(name, 0) + tensor.sum(0)

    def _observe_patches(self, step, tensor):
        kernel = self._network.parameters[step.target].weight.shape[2]
        batch, _, height, width = tensor.shape
        sides = [(side + 2 * step.padding - kernel) // step.stride + 1
                 for side in (height, width)]
        patches = PATCHES if step.groups == 1 else CHANNEL_PATCHES
        positions = self._pick(batch, *sides, self._share(patches, batch))
        self._patches.setdefault(step.target, []).append(
            sample_patches(tensor, step, kernel, positions))


@torch.inference_mode()
def calibrate(network, batches, pictures, seed):
    """Runs float input batches (an iterable of [n,3,H,W]) and collects."""
    observer = _Observer(network, pictures, seed)
    for batch in batches:
        observer.start_batch(batch)
        graph.run(network.steps, batch, observer.compute)
    return observer.finish()


def merge(left, right):
    """The calibration of two sets of pictures together."""

    def weighted(a, b, count_a, count_b):
        return (a * count_a + b * count_b) / (count_a + count_b)

    return Calibration(
        left.pictures + right.pictures,
        {name: torch.cat([values, right.samples[name]], 1)
         for name, values in left.samples.items()},
        {name: weighted(image, right.mean_images[name], left.pictures,
                        right.pictures)
         for name, image in left.mean_images.items()},
        {name: PatchMoments(
            weighted(moments.covariance, right.moments[name].covariance,
                     moments.patches, right.moments[name].patches),
            moments.patches + right.moments[name].patches)
         for name, moments in left.moments.items()})
