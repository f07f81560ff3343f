"""The command line."""

import pytest

from run import places
from run.options import FULL, QUICK, parse


def test_only_a_whole_run_renews_the_page():
    assert parse([]).whole
    assert not parse(["--quick"]).whole
    assert not parse(["--only", "gunicorn"]).whole


def test_quick_is_one_short_round():
    assert parse(["--quick"]).pace is QUICK
    assert parse([]).pace is FULL


def test_a_name_that_there_is_not_is_refused(capsys):
    with pytest.raises(SystemExit):
        parse(["--only", "gunicorn,gunicron"])
    assert "there is no gunicron" in capsys.readouterr().err


def test_a_peer_that_is_named_is_asked_for():
    assert parse(["--only", "torchserve"]).peers
    assert not parse(["--only", "gunicorn"]).peers


@pytest.mark.parametrize("there, chosen", [
    (["resnet18", "efficientnet_lite0"], "resnet18"),
    (["efficientnet_lite0"], "efficientnet_lite0"),
    ([], "resnet18")])
def test_model_is_the_one_that_the_server_would_choose(monkeypatch, tmp_path,
                                                       there, chosen):
    for model in there:
        (tmp_path / model / "1").mkdir(parents=True)
        (tmp_path / model / "1/manifest.json").touch()
    monkeypatch.setattr(places, "MODELS", tmp_path)
    assert parse([]).model == chosen
    assert parse(["--model", "mine"]).model == "mine"
