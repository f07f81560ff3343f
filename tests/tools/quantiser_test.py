"""Parts of the quantiser on small tensors."""

import pytest
import torch

from export import graph, int8, scales
from export.calibrate import calibrate, mean_patch, merge, sample_patches
from export.compute import matmul_transposed
from export.equalise import (channel_factors, equalise_calibration,
                             equalise_network, linked_groups)
from export.exact import ExactNetwork
from export.input_spec import InputSpec
from export.progress import Progress
from export.quantise import choose_affines, quantise, quantise_weight
from export.quantised_network import (QuantisedNetwork, engine_available,
                                      make_conv)
from export.rounding import round_channels, round_weights
from export.torchscript import freeze_quantised
from networks import make_inverted_network, make_network, make_pixels

SPEC = InputSpec(255.0, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


@pytest.fixture(autouse=True)
def repeatable():
    torch.manual_seed(0)


each_network = pytest.mark.parametrize(
    "network", [make_network(), make_inverted_network()],
    ids=["plain", "inverted"])


needs_engine = pytest.mark.skipif(not engine_available(),
                                  reason="PyTorch without onednn engine")


def calibrated(network, pixels, seed=0):
    return calibrate(network, [SPEC.normalise(pixels)], len(pixels), seed)


def correlated_rows(count, width, seed=0):
    random = torch.Generator().manual_seed(seed)
    mixing = torch.randn(width, width, generator=random)
    return torch.randn(count, width, generator=random) @ mixing


def test_fast_product_equals_the_plain_one():
    left, right = torch.randn(7, 33), torch.randn(5, 33)
    assert torch.allclose(matmul_transposed(left, right), left @ right.t(),
                          atol=1e-4)


def test_covering_scale_keeps_zero_exact_and_reaches_both_ends():
    affine = scales.covering(-2.0, 3.0)
    got = affine.round_trip(torch.tensor([-2.0, 0.0, 3.0]))
    assert got[1] == 0
    assert torch.allclose(got, torch.tensor([-2.0, 0.0, 3.0]),
                          atol=affine.scale)


def test_unsigned_scale_has_zero_point_zero():
    affine = scales.unsigned_scale(torch.rand(4, 100))
    assert affine.zero_point == 0
    assert 0.9 / 255 < affine.scale <= 1 / 255


def test_addend_scale_ignores_what_relu_discards():
    values = torch.cat([torch.linspace(0, 1, 1000), torch.tensor([-100.0])])
    affine = scales.addend_scale(values, torch.zeros_like(values))
    assert affine.scale < 50 / 255
    got = torch.relu(affine.round_trip(values))
    plain = torch.relu(scales.covering(-100.0, 1.0).round_trip(values))
    wanted = torch.relu(values)
    assert (got - wanted).square().mean() < (plain - wanted).square().mean()


def test_weight_scale_is_chosen_per_channel():
    weight = torch.tensor([[1.0, -1.0, 0.5], [100.0, 50.0, 0.0]])
    ratio = scales.weight_scales(weight)
    assert torch.allclose(ratio[1] / ratio[0], torch.tensor(100.0), rtol=0.5)


def test_rounding_beats_nearest_on_correlated_inputs():
    rows = correlated_rows(2000, 96)
    covariance = rows.t() @ rows / len(rows)
    weight = torch.randn(8, 96)
    step = weight.abs().amax(1) / 7
    nearest = (weight / step[:, None]).round() * step[:, None] - weight
    chosen = round_weights(weight, step, covariance) * step[:, None] - weight
    loss = [((e @ covariance) * e).sum() for e in (nearest, chosen)]
    assert loss[1] < 0.7 * loss[0]


def test_rounding_channels_beats_nearest_on_correlated_inputs():
    rows = correlated_rows(2000, 9)
    covariance = (rows.t() @ rows / len(rows)).expand(64, 9, 9)
    weight = torch.randn(64, 9)
    step = weight.abs().amax(1) / 7
    codes = round_channels(weight, step, covariance)
    assert torch.equal(codes, codes.round())
    nearest = (weight / step[:, None]).round() * step[:, None] - weight
    chosen = codes * step[:, None] - weight
    loss = [torch.einsum("ci,cij,cj->", e, covariance, e)
            for e in (nearest, chosen)]
    assert loss[1] < 0.7 * loss[0]


def test_rounding_gives_codes_within_8_bits():
    rows = correlated_rows(500, 80)
    codes = round_weights(torch.randn(4, 80) * 10, torch.full((4,), 0.05),
                          rows.t() @ rows)
    assert torch.equal(codes, codes.round())
    assert codes.abs().max() <= 127


def test_quantised_weight_stays_near_its_float():
    weight = torch.randn(6, 3, 3, 3)
    got = quantise_weight(weight, torch.eye(27)).dequantize()
    assert (got - weight).abs().max() < weight.abs().max() / 40


@pytest.mark.parametrize("stride,padding,kernel",
                         [(1, 1, 3), (2, 1, 3), (2, 3, 7), (2, 0, 1)])
def test_patches_times_weight_equal_the_convolution(stride, padding, kernel):
    step = graph.Conv("x", "y", stride, padding, relu=False)
    x = torch.randn(2, 4, 14, 14)
    weight = torch.randn(5, 4, kernel, kernel)
    wanted = torch.nn.functional.conv2d(x, weight, None, stride, padding)
    image, top, left = (torch.tensor(v) for v in ([0, 1], [2, 6], [3, 0]))
    rows = sample_patches(x, step, kernel, (image, top, left))
    assert torch.allclose(rows @ weight.flatten(1).t(),
                          wanted[image, :, top, left], atol=1e-4)
    mean = weight.flatten(1) @ mean_patch(x.mean(0), step, kernel)
    assert torch.allclose(mean, wanted.mean((0, 2, 3)), atol=1e-4)


def test_tensors_joined_by_addition_or_pooling_share_factors():
    groups = linked_groups(make_network().steps)
    assert {"stem", "pool"} in groups
    assert {"a.conv2", "a.down", "a", "b.conv2", "b"} in groups
    assert {graph.INPUT} in groups


@each_network
def test_equalised_network_computes_the_same(network):
    pixels = make_pixels(8)
    calibration = calibrated(network, pixels)
    factors = channel_factors(network, calibration.samples)
    assert min(factor.min() for factor in factors.values()) < 0.7
    x = SPEC.normalise(pixels)
    wanted = graph.run_float(network, x)
    got = graph.run_float(equalise_network(network, factors), x)
    assert torch.allclose(got, wanted, rtol=1e-3,
                          atol=1e-4 * wanted.abs().max().item())


@each_network
def test_equalised_calibration_equals_one_of_the_equalised_network(network):
    pixels = make_pixels(8)
    calibration = calibrated(network, pixels)
    factors = channel_factors(network, calibration.samples)
    got = equalise_calibration(network, calibration, factors)
    wanted = calibrated(equalise_network(network, factors), pixels)
    for name, image in wanted.mean_images.items():
        assert torch.allclose(got.mean_images[name], image, rtol=1e-3,
                              atol=1e-4)
    for name, moments in wanted.moments.items():
        scale = moments.covariance.abs().max()
        assert torch.allclose(got.moments[name].covariance / scale,
                              moments.covariance / scale, atol=1e-3)


def test_merged_calibrations_count_each_picture_once():
    network, pixels = make_network(), make_pixels(9)
    parts = calibrated(network, pixels[:3]), calibrated(network, pixels[3:])
    whole = calibrated(network, pixels)
    merged = merge(*parts)
    assert merged.pictures == 9
    for name, image in whole.mean_images.items():
        assert torch.allclose(merged.mean_images[name], image, atol=1e-4)


def test_tensors_with_a_ceiling_keep_their_channels_and_all_their_range():
    network = make_inverted_network()
    samples = calibrated(network, make_pixels(8)).samples
    factors = channel_factors(network, samples)
    affines = choose_affines(network.steps, samples, scales.up_to(1.0))
    for name in ("stem", "a.expand", "a.pad", "head"):
        assert torch.equal(factors[name], torch.ones_like(factors[name]))
        assert affines[name] == scales.Affine(6 / 255, 0)
    assert factors["b"].min() < 1


def quantised(network, pixels):
    torch.backends.quantized.engine = "onednn"
    return quantise(network, calibrated(network, pixels), SPEC)


def share_of_noise(got, wanted):
    return (got - wanted).square().mean() / wanted.var()


@each_network
@needs_engine
@torch.inference_mode()
def test_quantised_network_stays_close_to_float(network):
    pixels = make_pixels(16)
    model = quantised(network, pixels)
    x = SPEC.normalise(make_pixels(16, seed=1))
    wanted = graph.run_float(network, x)
    assert share_of_noise(ExactNetwork(model)(x), wanted) < 10**-2.5


def halve_weights(model):
    """Without VNNI the engine adds two products in 16 bits, which hold those
    of any byte and weights of 64 at most."""
    for conv in model.convs.values():
        weight = conv.weight()
        conv.set_weight_bias(torch.quantize_per_channel(
            weight.dequantize(), 2 * weight.q_per_channel_scales(),
            weight.q_per_channel_zero_points(), 0, torch.qint8), conv.bias())


@each_network
@needs_engine
@torch.inference_mode()
def test_exact_answers_are_the_engines_where_nothing_saturates(network):
    pixels = make_pixels(16)
    model = quantised(network, pixels)
    halve_weights(model)
    x = SPEC.normalise(make_pixels(16, seed=1))
    wanted = model(model.quantise_input(x))
    # What lies between two bytes may be rounded to either.
    assert share_of_noise(ExactNetwork(model)(x), wanted) < 1e-5


@needs_engine
@torch.inference_mode()
def test_exact_sums_do_not_saturate():
    channels, area = 64, 9
    torch.backends.quantized.engine = "onednn"
    step = graph.Conv(graph.INPUT, "y", 1, 0, relu=False)
    weight = torch.quantize_per_channel(
        torch.full((1, channels, 3, 3), 127.0), torch.ones(1).double(),
        torch.zeros(1).long(), 0, torch.qint8)
    sums = 255.0 * 127 * channels * area
    output = scales.Affine(sums / 200, 20)
    head = graph.Parameters(torch.ones(1, 1), torch.zeros(1))
    model = QuantisedNetwork(
        graph.Network((step,), {}, head),
        {"y": make_conv(step, weight, torch.zeros(1), output)},
        {graph.INPUT: scales.Affine(1.0, 0), "y": output})
    got = ExactNetwork(model)(torch.full((1, channels, 3, 3), 255.0))
    assert got.item() == pytest.approx(sums, rel=1e-6)


@needs_engine
@each_network
def test_frozen_int8_module_takes_any_batch_size(tmp_path, network):
    pixels = make_pixels(8)
    model = quantised(network, pixels)
    x = model.quantise_input(SPEC.normalise(pixels))
    path = tmp_path / "m.pt"
    freeze_quantised(model, x[:2]).save(str(path))
    loaded = torch.jit.load(str(path))
    with torch.inference_mode():
        for size in (1, 5):
            assert torch.equal(loaded(x[:size]), model(x[:size]))


@needs_engine
def test_each_half_is_judged_by_the_other_halfs_calibration():
    network, pixels = make_network(), make_pixels(20)
    result = int8.make_int8(network, SPEC, pixels, Progress())
    first, second = int8.accuracy.split_in_two(20)
    own = calibrated(network, pixels[first], seed=0)
    model = quantise(network, own, SPEC)
    wanted = ExactNetwork(model)(SPEC.normalise(pixels[second]))
    assert torch.allclose(result.logits[second], wanted, atol=1e-4)
    assert not result.logits.isnan().any()
