"""Our TorchScript package, and Pillow and torchvision before it."""

import io
import pathlib

import torch
from PIL import Image
from torchvision import transforms

from package import read_normalisation


class TorchScriptClassifier:
    """`package` is the model package's folder. Batches of `max_batch_size`."""

    def __init__(self, package, max_batch_size):
        # Two processes on two cores: more threads would only fight.
        torch.set_num_threads(1)
        # Debian 13's PyTorch would compile the network with LLVM, for minutes;
        # Debian 12's has none.
        torch._C._jit_set_texpr_fuser_enabled(False)
        mean, deviation = read_normalisation(package)
        self._preprocess = transforms.Compose([
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize([value / 255 for value in mean],
                                 [value / 255 for value in deviation]),
        ])
        model = torch.jit.load(str(pathlib.Path(package, "model.fp32.pt")))
        self._model = torch.jit.optimize_for_inference(model.eval())
        self._warm_up(max_batch_size)

    def preprocess(self, jpeg):
        """The model's input for one picture."""
        with Image.open(io.BytesIO(jpeg)) as picture:
            return self._preprocess(picture.convert("RGB"))

    @torch.inference_mode()
    def infer(self, tensors):
        """Logits, a row for each of the inputs."""
        return self._model(torch.stack(tensors)).numpy()

    def _warm_up(self, max_batch_size):
        # The second run is still slow, since it compiles.
        for size in range(1, max_batch_size + 1):
            for _ in range(3):
                self.infer([torch.zeros(3, 224, 224)] * size)
