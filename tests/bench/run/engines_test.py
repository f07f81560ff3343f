"""Which engines are compared."""

from run.engines import openvino_variants

FILES = {"int8": "i.xml", "fp32": "f.xml"}


def test_fp32_is_fp32_though_openvino_would_take_bf16():
    assert openvino_variants(FILES, True)["fp32"] == ("f.xml", "f32")


def test_bf16_is_compared_where_the_cpu_has_it():
    assert openvino_variants(FILES, True)["bf16"] == ("f.xml", "bf16")
    assert "bf16" not in openvino_variants(FILES, False)
    assert openvino_variants({}, True) == {}
