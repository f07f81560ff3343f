"""What scripts/setup.sh asks of apt and says meanwhile."""

import shutil

import pytest

APT_GET = """
case "$*" in
  *" update "*) {update} ;;
  *" install "*)
    echo "0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded."
    echo "Get:1 cmake 3.25 [8 kB]"
    echo "Get:2 ccache 4.8 [8 kB]"
    echo "Unpacking cmake (3.25) ..."
    echo "Setting up cmake (3.25) ..."
    echo "Setting up ccache (4.8) ..."
    {install} ;;
esac
"""


@pytest.fixture
def setup(checkout):
    """setup(update=, install=): how apt-get's two steps end."""
    for script in ("fetch_protos.sh", "fetch_otlp.sh", "fetch_photos.sh"):
        checkout.put(f"scripts/{script}", "#!/bin/bash\n")
    checkout.put_command("sudo", 'exec "$@"')
    checkout.put_command("sleep", "")
    checkout.put_command("dpkg-query", "")

    def run(update="true", install="true"):
        checkout.put_command("apt-get",
                             APT_GET.format(update=update, install=install))
        return checkout.run("setup.sh")

    return run


def test_installing_says_how_far_it_is(setup):
    done = setup()
    assert done.returncode == 0
    assert "    2 fetched, 2 set up, of 2 packages\n" in done.stderr
    assert "Unpacking" not in done.stderr


def test_apt_waits_for_its_lock_and_never_asks(setup, checkout):
    setup()
    install = checkout.calls("apt-get")[-1]
    for option in ("DPkg::Lock::Timeout=300", "--force-confold", " -y "):
        assert option in install


def test_failure_shows_the_log_of_apt(setup):
    done = setup(install="echo 'E: no room'; exit 100")
    assert done.returncode == 1
    assert "E: no room" in done.stderr
    assert "error: the Debian packages" in done.stderr


LOCKED = "echo 'E: Could not get lock /var/lib/apt/lists/lock.' >&2; false"


def test_lists_locked_by_another_apt_are_waited_for(setup, checkout):
    done = setup(update=f"[ -e $0.tried ] || {{ touch $0.tried; {LOCKED}; }}")
    assert done.returncode == 0
    assert "waiting for another apt" in done.stderr
    assert len(checkout.calls("sleep")) == 1


def test_lists_that_cannot_be_fetched_fail_at_once(setup, checkout):
    done = setup(update="echo 'E: no network' >&2; false")
    assert done.returncode == 1
    assert "E: no network" in done.stderr
    assert checkout.calls("sleep") == []


def test_nothing_is_done_where_all_is_there(setup, checkout):
    checkout.put_command("dpkg-query", 'printf "%s ii \\n" "${@:4}"')
    assert setup().returncode == 0
    assert checkout.calls("apt-get") == []


@pytest.mark.usefixtures("setup")
def test_who_may_not_install_is_told_so(checkout):
    checkout.put_command("id", "echo 1000")
    (checkout.bin / "sudo").unlink()
    # This machine's other programs, which may have a sudo among them, apart.
    for program in ("bash", "env", "dirname", "awk", "comm", "sort", "mkdir"):
        (checkout.bin / program).symlink_to(shutil.which(program))
    done = checkout.run("setup.sh", PATH=str(checkout.bin))
    assert done.returncode == 1
    assert "error: need root or sudo" in done.stderr
