"""The command line."""

import pytest

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
