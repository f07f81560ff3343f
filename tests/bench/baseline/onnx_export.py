#!/usr/bin/python3
"""A model package's TorchScript as ONNX: onnx_export.py PACKAGE OUT."""

import pathlib
import sys
import warnings

import torch


def export(package, out):
    model = torch.jit.load(str(package / "model.fp32.pt")).eval()
    batch = {0: "batch"}
    with warnings.catch_warnings():
        # Of a frozen module the exporter cannot read a signature.
        warnings.simplefilter("ignore")
        torch.onnx.export(model, torch.zeros(1, 3, 224, 224), str(out),
                          opset_version=13, input_names=["image"],
                          output_names=["logits"],
                          dynamic_axes={"image": batch, "logits": batch})


if __name__ == "__main__":
    export(pathlib.Path(sys.argv[1]), sys.argv[2])
