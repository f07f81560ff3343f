"""The programs take the options that the manifests give them."""

import functools
import os
import pathlib
import re
import subprocess

import pytest
import yaml

from manifests import OVERLAYS, REPO, config_file, containers, pod

BIN = pathlib.Path(os.environ.get("WANWU_BIN_DIR",
                                  REPO / "build/release/bin"))

@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("config")


pytestmark = [
    pytest.mark.parametrize("overlay", OVERLAYS),
    pytest.mark.skipif(not (BIN / "wanwu-server").exists(),
                       reason=f"no {BIN}/wanwu-server; build it first"),
]


@functools.cache
def ask(program, *arguments, **variables):
    done = subprocess.run(
        [BIN / program, *arguments], capture_output=True, text=True,
        timeout=60, check=False, env={**os.environ, **variables})
    assert done.returncode == 0, done.stderr
    return done.stdout


@functools.cache
def in_force(overlay, program, folder):
    """Every option's value, as the program itself reads all of them."""
    folder = folder / overlay
    folder.mkdir(exist_ok=True)
    container = containers(overlay)[program]
    name = program.removeprefix("wanwu-") + ".yaml"
    (folder / name).write_text(config_file(overlay, name))
    arguments = [arg.replace("--config=/etc/wanwu/config/",
                             f"--config={folder}/")
                 for arg in container["args"]]
    assert f"--config={folder}/{name}" in arguments
    variables = {variable["name"]: container["resources"]["requests"]["cpu"]
                 for variable in container.get("env", ())}
    return yaml.safe_load(ask(program, *arguments, "--print_config",
                              **variables))


def seconds(duration):
    number, unit = re.fullmatch(r"([0-9.]+)(ms|s|m|)",
                                str(duration)).groups()
    return float(number) * {"ms": 0.001, "s": 1, "m": 60, "": 0}[unit]


def mebibytes(size):
    number, unit = re.fullmatch(r"([0-9]+)(Mi|Gi|MiB|GiB)", size).groups()
    return int(number) * {"M": 1, "G": 1024}[unit[0]]


def test_every_flag_is_in_the_help(overlay):
    for program, container in containers(overlay).items():
        known = set(re.findall(r"^  (--[a-z_]+)", ask(program, "--help"),
                               flags=re.MULTILINE))
        used = {arg.partition("=")[0] for arg in container["args"]}
        assert used <= known
        given = re.findall(r"WANWU_[A-Z_]+", ask(program, "--help"))
        for variable in container.get("env", ()):
            assert variable["name"] in given


def test_programs_take_their_configuration(overlay, folder):
    for program, container in containers(overlay).items():
        values = in_force(overlay, program, folder)
        for arg in container["args"]:
            name, _, value = arg.removeprefix("--").partition("=")
            if name != "config":
                assert str(values[name]).lower() == (value or "true"), name


def test_lanes_are_the_cpus_that_are_requested(overlay, folder):
    cpus = containers(overlay)["wanwu-server"]["resources"]["requests"]["cpu"]
    values = in_force(overlay, "wanwu-server", folder)
    assert values["lanes"] == int(cpus)
    assert values["decode_threads"] == 0


def test_there_is_time_to_drain(overlay, folder):
    """The server first, then the gateway, and some seconds to spare."""
    _, spec = pod(overlay)
    server = in_force(overlay, "wanwu-server", folder)
    gateway = in_force(overlay, "wanwu-gateway", folder)
    drain = sum(seconds(values[name]) for values in (server, gateway)
                for name in ("drain_delay", "drain_timeout"))
    assert drain + 10 <= spec["terminationGracePeriodSeconds"]
    # Endpoints take seconds to spread.
    assert seconds(server["drain_delay"]) >= 5


def test_memory_holds_what_callers_can_make_it_hold(overlay, folder):
    limits = {program: mebibytes(container["resources"]["limits"]["memory"])
              for program, container in containers(overlay).items()}
    gateway = in_force(overlay, "wanwu-gateway", folder)
    assert mebibytes(gateway["buffer_bytes"]) + 64 <= limits["wanwu-gateway"]
    # docs/operations.md, "Sizing": 360 MB with two lanes, 14 MB for each
    # further one; memory_budget is half of the limit.
    lanes = in_force(overlay, "wanwu-server", folder)["lanes"]
    assert (360 + 14 * (lanes - 2)) * 2 <= limits["wanwu-server"]


def test_tokens_never_travel_in_the_clear(overlay, folder):
    server = in_force(overlay, "wanwu-server", folder)
    gateway = in_force(overlay, "wanwu-gateway", folder)
    secure = bool(server["tls_certificate_file"])
    assert bool(server["token_file"]) == secure
    assert bool(gateway["server_token_file"]) == secure
    assert gateway["server_tls"] == secure
    # Whoever reaches it may unload models, unless a token is asked for.
    assert bool(server["admin_address"]) <= bool(server["token_file"])
    assert secure == bool([volume for volume in pod(overlay)[1]["volumes"]
                           if "secret" in volume])
