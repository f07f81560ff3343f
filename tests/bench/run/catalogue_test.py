"""What can be started."""

import json
import pathlib

import pytest

from run import places
from run.catalogue import TORCHSERVE, Catalogue, main_wanwu
from run.unavailable import Unavailable


def test_torchserve_needs_what_is_fetched_but_not_openvino(monkeypatch,
                                                           tmp_path):
    monkeypatch.setattr(places, "TORCHSERVE_PYTHON", tmp_path / "python")
    catalog = Catalogue(tmp_path, tmp_path, Unavailable("no OpenVINO"),
                        pathlib.Path("picture.jpg"))
    with pytest.raises(Unavailable, match="torchserve could not be fetched"):
        catalog.start(TORCHSERVE)


@pytest.mark.parametrize("precisions, chosen", [
    (["fp32", "int8"], "int8"), (["fp32"], "fp32")])
def test_a_package_is_measured_in_a_precision_that_it_has(tmp_path, precisions,
                                                          chosen):
    (tmp_path / "manifest.json").write_text(
        json.dumps({"precisions": dict.fromkeys(precisions, {})}))
    assert main_wanwu(tmp_path).precision == chosen
