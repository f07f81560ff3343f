"""How pixels become a model's input."""

import dataclasses

import torch

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclasses.dataclass(frozen=True)
class InputSpec:
    """value = (byte / divisor - mean[c]) / std[c], channels in RGB order.

    side: of the square that is cut out of a picture whose shorter side was
    made `resize` pixels long.
    """

    divisor: float
    mean: tuple
    std: tuple
    side: int = 224
    resize: int = 256

    def normalise(self, pixels):
        """uint8 [N,3,H,W] to float32 channels_last of the same shape."""
        mean = torch.tensor(self.mean).view(1, 3, 1, 1)
        std = torch.tensor(self.std).view(1, 3, 1, 1)
        values = (pixels.float() / self.divisor - mean) / std
        return values.contiguous(memory_format=torch.channels_last)

    def value_range(self):
        """Smallest and largest value that any pixel can take."""
        lowest = min(-m / s for m, s in zip(self.mean, self.std))
        highest = max(
            (255 / self.divisor - m) / s for m, s in zip(self.mean, self.std))
        return lowest, highest

    def manifest(self):
        return {
            "width": self.side,
            "height": self.side,
            "color": "RGB",
            "resize_shorter_side": self.resize,
            "interpolation": "bilinear_antialias",
            "divisor": self.divisor,
            "mean": list(self.mean),
            "std": list(self.std),
        }
