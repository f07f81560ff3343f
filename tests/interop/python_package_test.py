"""The Python package as such: its types, its archive."""

import re
import subprocess
import sys
import tarfile
import textwrap

import python_package
from environment import PATIENCE, REPO

CONFIG = REPO / "client/python/pyproject.toml"


def check_types(package_folder, *what):
    return python_package.run_tool(
        "-m", "mypy", f"--config-file={CONFIG}", "--cache-dir=/dev/null",
        *what, cwd=package_folder)


def test_types_of_the_package_are_right(package_folder):
    done = check_types(package_folder, "-p", "wanwu")
    assert done.returncode == 0, done.stdout


def test_mistakes_of_callers_are_seen(package_folder, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent("""\
        import wanwu
        client = wanwu.Client("127.0.0.1:8500")
        label: str = client.classify("cat.jpg").top.label
        reveal_type(client.classify_all([b""]))
        client.classify(3.5)
        client.classify("cat.jpg").best
        """))
    done = check_types(package_folder, program)
    seen = re.findall(r"program.py:(\d+): (error|note)", done.stdout)
    assert seen == [("4", "note"), ("5", "error"), ("6", "error")], done.stdout
    assert "Answer[builtins.bytes]" in done.stdout


def test_package_works_without_numpy_pillow_or_stubs(package_folder):
    """With grpcio and protobuf alone, as on a machine with no more."""
    program = textwrap.dedent("""\
        import sys
        for name in ("numpy", "PIL", "google.rpc", "grpc_health"):
            sys.modules[name] = None
        import wanwu
        try:
            wanwu.Client("127.0.0.1:1").classify("/nonesuch")
        except wanwu.UnreadablePicture as error:
            print(error)
        """)
    done = subprocess.run([sys.executable, "-B", "-c", program],
                          cwd=package_folder, text=True, capture_output=True,
                          timeout=PATIENCE, check=False)
    assert "No such file" in done.stdout, done.stderr


def test_source_archive_makes_the_same_package(package_folder, tmp_path):
    source = python_package.copy_of_sources(tmp_path / "source")
    done = python_package.run_tool("setup.py", "--quiet", "sdist",
                                   "--dist-dir", tmp_path, cwd=source)
    assert done.returncode == 0, done.stderr
    archive, = tmp_path.glob("wanwu-*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "unpacked")
    unpacked, = (tmp_path / "unpacked").iterdir()

    again = python_package.install(tmp_path, unpacked)

    def files(folder):
        return {path.relative_to(folder): path.read_bytes()
                for path in (folder / "wanwu").rglob("*")
                if path.is_file() and path.suffix != ".pyc"}

    assert files(again) == files(package_folder)
