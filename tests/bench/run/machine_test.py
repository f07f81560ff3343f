"""What a run's figures were measured with."""

from run import machine, places


def test_onednn_is_the_one_the_lanes_are_linked_with(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "BIN", tmp_path)
    assert "oneDNN" not in machine.describe()["packages"]
    program = tmp_path / "wanwu-engine-ceiling"
    program.write_text('#!/bin/sh\n[ "$1" = --onednn_version ] && echo 3.7.2\n')
    program.chmod(0o755)
    assert machine.describe()["packages"]["oneDNN"] == "3.7.2"


def test_libraries_are_found_whatever_their_names_versions():
    names = " ".join(machine.describe()["packages"])
    assert "libtorch" in names and "libdnnl" in names and "libgrpc++" in names
