"""The architectures, their shapes and the folding of batch norms."""

import pytest
import torch

from export import graph
from export.architectures.catalogue import ARCHITECTURES
from export.errors import ExportError
from export.exporting import build_module
from export.folding import fold_batch_norm
from export.torchscript import freeze_scripted
from export.weights import RANDOM, Weights

PARAMETERS = {"resnet18": 11_689_512, "efficientnet_lite0": 4_652_008}


def shake_batch_norms(module, seed=0):
    """Gives every batch norm statistics that are not those of identity."""
    random = torch.Generator().manual_seed(seed)
    for norm in module.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            shape = norm.weight.shape
            norm.weight.data = 0.5 + torch.rand(shape, generator=random)
            norm.bias.data = torch.randn(shape, generator=random) * 0.2
            norm.running_mean = torch.randn(shape, generator=random) * 0.3
            norm.running_var = 0.3 + 2 * torch.rand(shape, generator=random)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_has_the_published_number_of_parameters(name):
    module = ARCHITECTURES[name].build()
    assert sum(p.numel() for p in module.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_frozen_module_takes_any_batch_size(name):
    frozen = freeze_scripted(build_module(ARCHITECTURES[name], RANDOM))
    for size in (1, 3):
        with torch.inference_mode():
            logits = frozen(torch.zeros(size, 3, 224, 224))
        assert logits.shape == (size, 1000)
        assert logits.dtype == torch.float32


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_freezing_honours_running_statistics(name):
    module = build_module(ARCHITECTURES[name], RANDOM)
    shake_batch_norms(module)
    pictures = torch.randn(2, 3, 224, 224)
    with torch.inference_mode():
        wanted = module(pictures)
        got = freeze_scripted(module)(pictures)
    scale = wanted.abs().max()
    assert torch.allclose(got / scale, wanted / scale, atol=1e-4)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_network_computes_what_the_module_computes(name):
    module = build_module(ARCHITECTURES[name], RANDOM)
    shake_batch_norms(module)
    pictures = torch.randn(2, 3, 224, 224)
    with torch.inference_mode():
        wanted = module(pictures)
        got = graph.run_float(ARCHITECTURES[name].network(module), pictures)
    scale = wanted.abs().max()
    assert torch.allclose(got / scale, wanted / scale, atol=1e-4)


def test_lite0_halves_the_area_five_times():
    module = ARCHITECTURES["efficientnet_lite0"].build().eval()
    areas = []
    for block in module._blocks:
        block.register_forward_hook(
            lambda _module, _inputs, output: areas.append(output.shape[2]))
    with torch.inference_mode():
        module(torch.zeros(1, 3, 224, 224))
    assert sorted(set(areas), reverse=True) == [112, 56, 28, 14, 7]
    assert len(areas) == 16


def test_folded_convolution_equals_convolution_then_norm():
    conv = torch.nn.Conv2d(3, 8, 3, bias=True)
    norm = torch.nn.BatchNorm2d(8, eps=1e-3).eval()
    shake_batch_norms(norm)
    x = torch.randn(2, 3, 9, 9)
    folded = fold_batch_norm(conv, norm)
    got = torch.nn.functional.conv2d(x, folded.weight, folded.bias)
    assert torch.allclose(got, norm(conv(x)), atol=1e-5)


def test_weights_of_another_architecture_are_refused():
    state = ARCHITECTURES["efficientnet_lite0"].build().state_dict()
    weights = Weights(state, "file other.pth", "00", "none")
    with pytest.raises(ExportError, match="does not hold resnet18"):
        build_module(ARCHITECTURES["resnet18"], weights)
