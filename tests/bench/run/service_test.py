"""Reading services' answers."""

from run.service import first_index


def test_first_index_of_a_list():
    assert first_index(b'[{"index": 3, "label": "x"}, {"index": 1}]') == 3


def test_first_index_behind_tritons_envelope():
    assert first_index(b'{"outputs":[{"shape":[1]}]}\x60\x01\x00\x00'
                       b'[{"index": 7, "label": "x"}]') == 7
