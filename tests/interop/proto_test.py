"""Callers of the published API do not break; its reference is that of now."""

import pytest

from mutated_protos import BREAKING, HARMLESS, mutated

import api_reference
import proto_descriptors
import published_proto


def test_published_api_is_that_of_the_protos():
    """Else what is new could be changed again without anybody's notice."""
    assert published_proto.contract(published_proto.read()) == (
        published_proto.contract(proto_descriptors.compile_protos())), (
        "scripts/published_proto.py publishes what is new")


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING)
def test_change_that_breaks_callers_is_noticed(tmp_path, change):
    now = mutated(tmp_path, *change)
    assert list(published_proto.breaking_changes(published_proto.read(), now))


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_harmless_change_is_none_of_these(tmp_path, change):
    now = mutated(tmp_path, *change)
    assert not list(published_proto.breaking_changes(published_proto.read(),
                                                     now))


def test_what_breaks_callers_is_not_published(tmp_path, monkeypatch):
    now = mutated(tmp_path, *BREAKING["field removed"])
    path = tmp_path / "published.binpb"
    path.write_bytes(published_proto.PUBLISHED.read_bytes())
    monkeypatch.setattr(published_proto, "PUBLISHED", path)
    monkeypatch.setattr(published_proto, "compile_protos", lambda: now)

    with pytest.raises(SystemExit, match="field 2 of .*ClassifyRequest"):
        published_proto.main()

    assert published_proto.contract(published_proto.read()) == (
        published_proto.contract(proto_descriptors.compile_protos()))


def test_new_field_is_published(tmp_path, monkeypatch):
    now = mutated(tmp_path, *HARMLESS["field added"])
    path = tmp_path / "published.binpb"
    path.write_bytes(published_proto.PUBLISHED.read_bytes())
    monkeypatch.setattr(published_proto, "PUBLISHED", path)
    monkeypatch.setattr(published_proto, "compile_protos", lambda: now)

    published_proto.main()

    assert published_proto.contract(published_proto.read()) == (
        published_proto.contract(now))


def test_reference_is_that_of_the_protos():
    assert api_reference.PAGE.read_text(encoding="utf-8") == (
        api_reference.whole_page(
            proto_descriptors.compile_protos(source_info=True))), (
        "scripts/api_reference.py makes it anew")


def test_reference_follows_comments_fields_and_methods(tmp_path):
    page = api_reference.whole_page(mutated(
        tmp_path, "  // How many classes to return, most probable first.",
        "  string word = 99; // Not shown.\n\n"
        "  // First:\n  //   \"one\"  a | b\n  //     goes on\n"
        "  //   two_words\n  // Last.", source_info=True))
    assert "| 99 | `word` | `string` |  |\n" in page
    assert ('First:<br>– "one": a \\| b goes on<br>– `two_words`<br>Last. 0 '
            "means 5.") in page
