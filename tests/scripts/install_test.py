"""What scripts/install.sh and package.sh ask of CMake and CPack."""

import pytest


@pytest.fixture
def built(checkout):
    checkout.put("scripts/build.sh", "#!/bin/bash\n")
    checkout.put_command("cmake", "")
    return checkout


def test_all_is_installed_below_usr_local(built):
    assert built.run("install.sh", PREFIX="").returncode == 0
    assert built.calls("cmake") == [
        "--install build/release --prefix /usr/local"]


def test_components_are_installed_below_the_prefix(built):
    assert built.run("install.sh", "client", "dev",
                     PREFIX="/opt/wanwu").returncode == 0
    assert built.calls("cmake") == [
        f"--install build/release --prefix /opt/wanwu --component {name}"
        for name in ("client", "dev")]


def test_packages_that_were_made_are_named(built):
    built.put_command("cpack", """mkdir "$4/_CPack_Packages"
echo "CPack: - package: $4/wanwu-server_1.deb generated." """)
    done = built.run("package.sh", "made", "1.2.3")
    folder = built.root / "made"
    assert done.stdout == f"{folder}/wanwu-server_1.deb\n"
    assert [*folder.iterdir()] == []
    assert built.calls("cpack")[0].endswith(f"-B {folder} -R 1.2.3")


def test_log_is_shown_where_no_package_can_be_made(built):
    built.put_command("cpack", "echo 'no room'; exit 1")
    done = built.run("package.sh")
    assert done.returncode == 1
    assert "no room" in done.stderr
