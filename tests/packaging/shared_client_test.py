"""libwanwu_client as a shared library."""

import subprocess

from environment import DEPS_DIR, REPO, own_environment

PATIENCE = 1500  # Compiling, without a compiler's cache.


def run(*command, **options):
    done = subprocess.run(command, check=False, capture_output=True, text=True,
                          timeout=PATIENCE, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_program_is_linked_with_the_shared_library(tmp_path):
    build, prefix, example = (tmp_path / name for name in
                              ("build", "prefix", "example"))
    run("cmake", "-S", REPO, "-B", build, "-G", "Ninja",
        "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache",
        "-DBUILD_SHARED_LIBS=ON", "-DBUILD_TESTING=OFF",
        f"-DWANWU_DEPS_DIR={DEPS_DIR}")
    run("cmake", "--build", build, "--target", "wanwu_client_library",
        env={**own_environment(), "CCACHE_BASEDIR": str(REPO),
             "CCACHE_NOHASHDIR": "1"})
    run("cmake", "--install", build, "--prefix", prefix, "--component", "dev")
    run("cmake", "-S", REPO / "client/examples/cpp", "-B", example,
        f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", example)

    assert "libwanwu_client.so.0.1 =>" in run("ldd", example / "classify")
    # Without pictures there is nothing to do.
    run(example / "classify", env={
        **own_environment(),
        "WANWU_SERVICE_CONFIG": str(REPO / "docs/service-config.json")})
