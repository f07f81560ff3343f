"""The Debian packages: what they say of themselves, and their life in a fresh
Debian of this release (try_packages.sh)."""

import re
import shutil
import subprocess

import pytest

from environment import DEPS_DIR, MODELS_DIR, REPO

PACKAGES = {"libwanwu-client-dev", "wanwu-client", "wanwu-server",
            "wanwu-tools"}
FOLDER = REPO / "build/packages_test"
PATIENCE = 3000  # Fetching a Debian and libtorch, beside other work.


def run(*command):
    done = subprocess.run([str(word) for word in command], cwd=REPO,
                          check=False, text=True, timeout=PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def packages():
    """Paths by name, of the sources' version and of a later one."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("no dpkg-deb: this is no Debian")
    shutil.rmtree(FOLDER, ignore_errors=True)
    run("scripts/package.sh", FOLDER / "old")
    run("scripts/package.sh", FOLDER / "new", "99.0.0")
    yield {age: {path.name.split("_")[0]: path
                 for path in (FOLDER / age).glob("*.deb")}
           for age in ("old", "new")}
    shutil.rmtree(FOLDER)


def field(package, name):
    return run("dpkg-deb", "--field", package, name).strip()


def files(package):
    """Paths with the first column of `ls -l`."""
    listed = run("dpkg-deb", "--contents", package).splitlines()
    return {line.split()[5].removeprefix("."): line.split()[:2]
            for line in listed}


def test_a_package_for_each_use_is_made(packages):
    assert packages["old"].keys() == packages["new"].keys() == PACKAGES


def test_version_names_the_release_it_is_for(packages):
    release = run("sh", "-c", '. /etc/os-release; echo "$ID$VERSION_ID"')
    for package in packages["new"].values():
        assert field(package, "Version") == f"99.0.0-1~{release.strip()}"


def test_dependencies_are_those_of_the_programs(packages):
    server = field(packages["old"]["wanwu-server"], "Depends")
    for library in ("libtorch", "libgrpc\\+\\+", "libprotobuf", "libjpeg"):
        assert re.search(library, server), server
    client = field(packages["old"]["wanwu-client"], "Depends")
    assert "libgrpc++" in client and "libtorch" not in client


def test_configuration_is_kept_by_dpkg(packages):
    package = packages["old"]["wanwu-server"]
    listed = run("dpkg-deb", "--info", package, "conffiles").split()
    inside = [path for path in files(package)
              if path.startswith("/etc/") and not path.endswith("/")]
    assert sorted(listed) == sorted(inside) and len(listed) == 4


def test_files_belong_to_root_and_nobody_else_may_write(packages):
    for package in packages["old"].values():
        for path, (mode, owner) in files(package).items():
            assert owner == "root/root", path
            assert mode.startswith("l") or (mode[5], mode[8]) == ("-", "-"), (
                path, mode)
            assert path.startswith(("/usr/", "/etc/")) or path in (
                "/", "/usr/", "/etc/"), path


@pytest.mark.usefixtures("packages")
def test_life_in_a_fresh_debian():
    release = run("sh", "-c", '. /etc/os-release; echo "$VERSION_ID"').strip()
    ready = subprocess.run(["scripts/in_debian.sh", "--check", release],
                           cwd=REPO, check=False, capture_output=True,
                           text=True)
    if ready.returncode != 0:
        pytest.skip(f"no fresh Debian {release}: {ready.stderr.strip()}")
    photo = DEPS_DIR / "photos/chelsea.png"
    brought = [path.relative_to(REPO)
               for path in (FOLDER, MODELS_DIR, photo)]
    options = [word for path in brought for word in ("--with", path)]
    told = run("scripts/in_debian.sh", *options, release,
               "tests/packaging/try_packages.sh",
               brought[0] / "old", brought[0] / "new", *brought[1:])
    assert "all as it should be" in told
