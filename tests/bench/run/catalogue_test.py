"""What can be started."""

import pathlib

import pytest

from run import places
from run.catalogue import TORCHSERVE, Catalogue
from run.unavailable import Unavailable


def test_torchserve_needs_what_is_fetched_but_not_openvino(monkeypatch,
                                                           tmp_path):
    monkeypatch.setattr(places, "TORCHSERVE_PYTHON", tmp_path / "python")
    catalog = Catalogue(tmp_path, tmp_path, Unavailable("no OpenVINO"),
                        pathlib.Path("picture.jpg"))
    with pytest.raises(Unavailable, match="torchserve could not be fetched"):
        catalog.start(TORCHSERVE)
