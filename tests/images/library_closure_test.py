"""Images hold the libraries that are used, and no others."""

import subprocess
import sys

import pytest

from repository import REPO

sys.path.insert(0, str(REPO / "images"))

# pylint: disable=wrong-import-position
from library_closure import Closure, loaded_by  # noqa: E402


class Maker:
    """Compiles libraries and programs that are linked to whatever is named."""

    def __init__(self, folder):
        self.folder = folder

    def make(self, output, text, *libraries, shared=True):
        source = self.folder / "source.c"
        source.write_text(text)
        names = [f"-l:{name}" for name in libraries]
        kind = ["-shared", "-fPIC", f"-Wl,-soname,{output}"] if shared else []
        subprocess.run(
            ["cc", "-o", self.folder / output, *kind, source,
             "-Wl,--no-as-needed", "-Wl,--unresolved-symbols=ignore-all",
             f"-L{self.folder}", f"-Wl,-rpath,{self.folder}", *names],
            check=True)
        return self.folder / output


@pytest.fixture(name="maker")
def fixture_maker(tmp_path):
    return Maker(tmp_path)


@pytest.fixture(name="program")
def fixture_program(maker):
    """It uses one.so, that names two.so, which it uses, and vain.so, which it
    does not; only vain.so needs deep.so."""
    maker.make("deep.so", "int deep(void) { return 0; }")
    maker.make("vain.so", "int deep(void); int vain(void) { return deep(); }",
               "deep.so")
    maker.make("two.so", "int two(void) { return 2; }")
    maker.make("one.so", "int two(void); int one(void) { return two(); }",
               "two.so", "vain.so")
    return maker.make("program", "int one(void);"
                      "int main(void) { return one() - 2; }", "one.so",
                      shared=False)


def test_what_is_named_in_vain_is_left_out_with_what_it_needs(program):
    closure = Closure([program], loaded_by([program]))
    assert {"one.so", "two.so", "libc.so.6"} <= closure.kept
    assert any(name.startswith("ld-linux") for name in closure.kept)
    assert closure.dropped == {"vain.so", "deep.so"}
    assert closure.to_remove() == {"one.so": ["vain.so"]}


def test_what_a_program_names_stays(maker):
    maker.make("vain.so", "int vain(void) { return 0; }")
    program = maker.make("program", "int main(void) { return 0; }", "vain.so",
                         shared=False)
    closure = Closure([program], loaded_by([program]))
    assert "vain.so" in closure.kept
    assert closure.unused() == {"vain.so"}


def test_symbol_that_somebody_else_left_to_it_keeps_nothing_silently(maker):
    """two.so uses a symbol of vain.so without naming it."""
    maker.make("vain.so", "int vain(void) { return 0; }")
    maker.make("two.so", "int vain(void); int two(void) { return vain(); }")
    maker.make("one.so", "int two(void); int one(void) { return two(); }",
               "two.so", "vain.so")
    program = maker.make("program", "int one(void);"
                         "int main(void) { return one(); }", "one.so",
                         shared=False)
    with pytest.raises(ValueError, match="two.so would miss.*vain"):
        Closure([program], loaded_by([program]))


def test_library_that_is_not_there_is_told(maker, program):
    (maker.folder / "two.so").unlink()
    with pytest.raises(ValueError, match="not found: two.so"):
        loaded_by([program])
