"""Which Debian scripts/other_release.sh makes, and what it does without one."""

import platform

import pytest

OTHER = {"bookworm": "13", "trixie": "12"}.get(
    platform.freedesktop_os_release().get("VERSION_CODENAME"), "13")


@pytest.fixture
def other(checkout):
    """other(check, *arguments): `check` is the shell text of --check."""
    checkout.put_command("apt-get", "exit 1")

    def run(check, *arguments):
        checkout.put("scripts/in_debian.sh", f"""#!/bin/bash
[ "$1" = --check ] || {{ echo "in: $*"; exit 7; }}
{check}
""")
        return checkout.run("other_release.sh", *arguments)

    return run


def test_command_runs_in_the_other_release_and_its_status_is_kept(other):
    done = other("", "--with", "models", "make", "test")
    assert done.stdout == f"in: --with models {OTHER} make test\n"
    assert done.returncode == 7


def test_machine_that_may_make_no_other_debian_skips_by_name(other):
    done = other("echo 'error: may not mount' >&2; exit 1", "make", "test")
    assert done.returncode == 0
    assert done.stdout == ""
    assert f"skipped: Debian {OTHER}: may not mount\n" in done.stderr


@pytest.mark.parametrize("missing", ["unshare", "debootstrap", "mirror"])
def test_fresh_debian_is_asked_for_only_where_one_can_be_made(checkout,
                                                             missing):
    checkout.put_command("id", "echo 0")
    checkout.put_command("unshare", "")
    checkout.put_command("debootstrap", "")
    release = checkout.put("mirror/dists/trixie/Release", "Codename: trixie")
    environment = {"WANWU_DEBIAN_MIRROR": (checkout.root / "mirror").as_uri()}
    check = ["in_debian.sh", "--check", "13"]
    assert checkout.run(*check, **environment).returncode == 0
    if missing == "unshare":
        checkout.put_command("unshare", "exit 1")
    elif missing == "debootstrap":
        (checkout.bin / "debootstrap").unlink()
        environment["PATH"] = f"{checkout.bin}:/usr/bin:/bin"
    else:
        release.unlink()
    done = checkout.run(*check, **environment)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
