"""buf's opinion of our API: of its form, and of what breaks callers."""

import subprocess

import pytest

import go_tools
from environment import PATIENCE, REPO
from mutated_protos import BREAKING, HARMLESS, mutated

import proto_descriptors
import published_proto


@pytest.fixture(scope="module")
def buf(tmp_path_factory):
    """buf(command, descriptors, …): what it has to say, by lines."""
    folder = go_tools.build(tmp_path_factory.mktemp("buf"),
                            REPO / "tests/interop/tools/buf")

    def run(command, descriptors, *arguments):
        (folder / "now.binpb").write_bytes(descriptors.SerializeToString())
        done = subprocess.run(
            [folder / "buf", command, folder / "now.binpb", "--config",
             REPO / "proto/buf.yaml", "--path", "wanwu", *arguments],
            capture_output=True, text=True, timeout=PATIENCE, check=False)
        # 100: there is something to say.
        assert done.returncode in (0, 100), done.stderr
        assert (done.returncode == 0) == (not done.stdout)
        return done.stdout.splitlines()

    return run


@pytest.fixture
def breaking(buf):
    return lambda descriptors: buf("breaking", descriptors, "--against",
                                   published_proto.PUBLISHED)


def test_form_is_as_buf_wants_it(buf):
    assert buf("lint", proto_descriptors.compile_protos(source_info=True)) == []


def test_other_form_is_noticed(buf, tmp_path):
    said, = buf("lint", mutated(tmp_path, "int32 top_k = 2;",
                                "int32 topK = 2;", source_info=True))
    assert "topK" in said


def test_callers_of_what_is_published_do_not_break(breaking):
    assert breaking(proto_descriptors.compile_protos()) == []


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING)
def test_change_that_breaks_callers_is_noticed(breaking, tmp_path, change):
    assert breaking(mutated(tmp_path, *change))


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_harmless_change_is_none_of_these(breaking, tmp_path, change):
    assert breaking(mutated(tmp_path, *change)) == []
