"""wanwu models load, unload and default against a real server."""

import json

import pytest

import tiny_packages
from cli_calls import wanwu
from server_process import ServerProcess

BOSS = 32 * "b"
EYE = 32 * "e"


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "models"
    tiny_packages.write(folder, 1)
    tiny_packages.write(folder, 1, name="other")
    return folder


@pytest.fixture
def serve(repository, shared_state):
    """serve(flags…): a server with an admin listener."""
    servers = []

    def start(*flags):
        servers.append(ServerProcess(
            f"--model_repository={repository}",
            f"--state_dir={shared_state}", "--default_model=tiny",
            "--admin_address=127.0.0.1:0", "--repository_poll=0", *flags))
        return servers[-1].wait_until_serving()

    yield start
    for server in servers:
        server.close()


def operate(server, *arguments):
    return wanwu("models", *arguments, "--admin_address",
                 server.admin_address)


def served(server):
    """(name, version) of what is ready, as the table of models says."""
    done = wanwu("models", "--address", server.address)
    assert done.returncode == 0, done.stderr
    rows = [row.replace(" (default)", "").split()
            for row in done.stdout.splitlines()[1:]]
    return {(row[0], row[1]) for row in rows if row[2] == "ready"}


def test_a_new_version_is_loaded_and_shown(serve, repository):
    server = serve()
    tiny_packages.write(repository, 2)
    done = operate(server, "load", "tiny")
    assert (done.returncode, done.stderr) == (0, "")
    assert ["tiny", "(default)", "2", "ready"] in [
        row.split()[:4] for row in done.stdout.splitlines()]
    assert served(server) == {("tiny", "2"), ("other", "1")}


def test_a_version_that_is_named_is_loaded_beside_the_others(serve,
                                                             repository):
    tiny_packages.write(repository, 2)
    server = serve()
    done = operate(server, "load", "tiny", "--version", "1")
    assert done.returncode == 0, done.stderr
    assert served(server) == {("tiny", "1"), ("tiny", "2"), ("other", "1")}
    done = operate(server, "unload", "tiny", "--model_version", "1")
    assert done.returncode == 0, done.stderr
    assert served(server) == {("tiny", "2"), ("other", "1")}


def test_a_model_is_unloaded(serve):
    server = serve()
    done = operate(server, "unload", "other", "--output", "json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert [model["name"] for model in answer["models"]] == ["tiny"]
    assert answer["defaultModel"] == "tiny"
    assert served(server) == {("tiny", "1")}


def test_the_default_model_is_changed(serve):
    server = serve()
    done = operate(server, "default", "other")
    assert done.returncode == 0, done.stderr
    assert "other (default)" in done.stdout
    assert "other (default)" in wanwu("models", "--address",
                                      server.address).stdout


@pytest.mark.parametrize("arguments", (
    ("load", "nonesuch"), ("load", "tiny", "--version", "7"),
    ("unload", "nonesuch"), ("default", "nonesuch")))
def test_what_is_not_there_is_one_line_and_exit_1(serve, arguments):
    done = operate(serve(), *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    line, = done.stderr.splitlines()
    assert "MODEL_NOT_FOUND" in line


def test_a_broken_package_is_one_line_that_says_why(serve, repository):
    server = serve()
    tiny_packages.write(repository, 2)
    (repository / "tiny/2/manifest.json").write_text("{}")
    done = operate(server, "load", "tiny", "--version", "2")
    assert (done.returncode, done.stdout) == (1, "")
    line, = done.stderr.splitlines()
    assert "MODEL_LOAD_FAILED" in line
    assert served(server) == {("tiny", "1"), ("other", "1")}


def test_the_other_listener_is_told_apart(serve):
    server = serve()
    done = wanwu("models", "load", "tiny", "--admin_address", server.address)
    assert (done.returncode, done.stdout) == (1, "")
    line, = done.stderr.splitlines()
    assert server.address in line
    assert "--admin_address" in line and "UNIMPLEMENTED" in line


def test_no_admin_listener_is_one_line_that_names_the_option(tmp_path):
    done = wanwu("models", "load", "tiny", "--timeout", "1s",
                 "--admin_address", f"unix:{tmp_path}/nobody")
    assert (done.returncode, done.stdout) == (3, "")
    line, = done.stderr.splitlines()
    assert "--admin_address" in line


def test_a_token_of_an_admin_is_needed_where_there_are_tokens(serve,
                                                              tmp_path):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"boss admin {BOSS}\neye monitor {EYE}\n")
    for name, token in (("boss", BOSS), ("eye", EYE)):
        (tmp_path / name).write_text(token)
    server = serve(f"--token_file={tokens}")
    for arguments, reason in (((), "TOKEN_MISSING"),
                              (("--token_file", tmp_path / "eye"),
                               "ROLE_NOT_ALLOWED")):
        done = operate(server, "unload", "other", *arguments)
        assert done.returncode == 1
        assert reason in done.stderr
    done = operate(server, "unload", "other", "--token_file",
                   tmp_path / "boss")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments, named", (
    (("load",), "name is required"),
    (("--address", "127.0.0.1:1", "load", "tiny"), "come behind it"),
    (("load", "tiny", "--admin_address", "nonsense"), "nonsense")))
def test_wrong_usage_names_the_command_s_help(arguments, named):
    done = wanwu("models", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    line, = done.stderr.splitlines()
    assert named in line
    assert line.endswith("see wanwu models load --help")
