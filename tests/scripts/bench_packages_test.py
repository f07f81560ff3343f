"""`make bench` finds packages that apt can install, whatever is there."""

import re
import subprocess

import pytest

# Where it is not Debian's, it may be of anywhere.
NODE = {"nodejs", "npm"}
# Beforehand. What apt's solver takes first hangs on such things, too.
FRESH = {"apt", "git", "make", "sudo"}


def apt(tool, *arguments, status="/dev/null"):
    return subprocess.run(
        [f"/usr/bin/apt-{tool}", "-o", f"Dir::State::status={status}",
         *arguments], capture_output=True, text=True, check=False,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})


def simulate(packages, status="/dev/null"):
    """What would be installed, or apt's complaints."""
    done = apt("get", "install", "-s", "--no-install-recommends",
               *sorted(packages), status=status)
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"^Inst (\S+)", done.stdout, re.MULTILINE)


@pytest.fixture(scope="module", autouse=True)
def lists():
    if not apt("cache", "show", "python3-matplotlib").stdout:
        pytest.skip("apt has no lists")


@pytest.fixture
def packages(checkout):
    """packages(flag…): what setup.sh asks apt for where nothing is there."""
    for script in ("fetch_protos.sh", "fetch_otlp.sh", "fetch_photos.sh"):
        checkout.put(f"scripts/{script}", "#!/bin/bash\n")
    checkout.put_command("sudo", 'exec "$@"')
    checkout.put_command("dpkg-query", "")
    checkout.put_command("apt-get", "")

    def ask(*flags):
        assert checkout.run("setup.sh", *flags).returncode == 0
        *_, names = checkout.calls("apt-get")[-1].partition(
            "--no-install-recommends ")
        return set(names.split()) - NODE

    return ask


def installed(names, file):
    """A file that tells apt that these packages are."""
    records = apt("cache", "show", "--no-all-versions",
                  *sorted(names)).stdout
    # As dpkg keeps them: of the file that a package came in it knows nothing.
    records = re.sub(r"^(Filename|Size|MD5sum|SHA256|Description-md5):.*\n", "",
                     records, flags=re.MULTILINE)
    file.write_text(re.sub(r"^(Package: .*)$",
                           r"\1\nStatus: install ok installed", records,
                           flags=re.MULTILINE))
    return file


def test_from_nothing(packages):
    assert "python3-matplotlib" in simulate(packages("--bench"))


def test_after_make_serve(packages, tmp_path):
    serve = packages()
    status = installed(simulate(serve | FRESH), tmp_path / "status")
    more = simulate(packages("--bench") - serve, status)
    assert "python3-matplotlib" in more
    assert "libboost1.74-dev" not in more
