"""An ONNX model as OpenVINO's, float and quantised by NNCF.

openvino_model.py PACKAGE ONNX PICTURES OUT writes fp32.xml and int8.xml into
the folder OUT. Both take uint8 pictures [n,224,224,3].
"""

import pathlib
import sys

import nncf
import numpy
import openvino
from openvino.preprocess import PrePostProcessor

from package import read_normalisation
from picture import SIDE, decode

CALIBRATION_PICTURES = 300


class Normalisation:
    """Pixels to what the network takes."""

    def __init__(self, package):
        self.mean, self.scale = read_normalisation(package)

    def __call__(self, pixels):
        floats = (pixels.astype(numpy.float32) - self.mean) / self.scale
        return floats.transpose(2, 0, 1)[numpy.newaxis].astype(numpy.float32)


def with_pixels_as_input(model, normalisation):
    """Normalises inside the model, where OpenVINO fuses it."""
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8) \
        .set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    steps.input().preprocess().convert_element_type(openvino.Type.f32) \
        .mean(normalisation.mean).scale(normalisation.scale)
    model = steps.build()
    model.reshape([-1, SIDE, SIDE, 3])
    return model


def quantise(model, pictures, normalisation):
    files = sorted(pictures.glob("*.[jJ][pP]*[gG]"))
    # Spread over the folder, which is sorted by class.
    files = files[::max(1, len(files) // CALIBRATION_PICTURES)]
    data = nncf.Dataset(files, lambda file: normalisation(
        decode(file.read_bytes())))
    return nncf.quantize(model, data, subset_size=CALIBRATION_PICTURES)


def convert(package, onnx, pictures, out):
    normalisation = Normalisation(package)
    model = openvino.Core().read_model(onnx)
    quantised = quantise(model, pictures, normalisation)
    for precision, network in (("fp32", model), ("int8", quantised)):
        openvino.save_model(with_pixels_as_input(network, normalisation),
                            out / f"{precision}.xml", compress_to_fp16=False)


if __name__ == "__main__":
    convert(pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]),
            pathlib.Path(sys.argv[4]))
