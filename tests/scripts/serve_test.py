"""Who serves, and how scripts/serve.sh ends what it started."""

import os
import signal
import subprocess
import time

import pytest

NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
             "--clear-groups"]
ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can drop rights")

# Notes who runs it, and then how it ended.
PROGRAM = """#!/bin/bash
notes="$NOTES/$(basename "$0")"
trap 'echo stopped >> "$notes"; exit' TERM
echo "$(id -u) $(id -G)" > "$notes.new"
touch "$WANWU_STATE_DIR/kept" 2> /dev/null && echo kept >> "$notes.new"
# Last: whoever sees it may end this.
mv "$notes.new" "$notes"
{then}
while :; do sleep 0.05; done
"""


class Serving:
    """scripts/serve.sh with stand-ins for all that it calls."""

    def __init__(self, checkout):
        self._checkout = checkout
        self._notes = checkout.root / "notes"
        self._notes.mkdir()
        self._notes.chmod(0o777)
        (checkout.root / "models").mkdir()
        for script in ("setup.sh", "build.sh", "models.sh"):
            checkout.put(f"scripts/{script}", "#!/bin/bash\n")
        self.program("wanwu-server")
        self.program("wanwu-gateway")
        self._process = None

    def program(self, name, then=""):
        self._checkout.put(f"build/release/bin/{name}",
                           PROGRAM.format(then=then))

    def start(self, *before):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("WANWU_")}
        self._process = subprocess.Popen(
            [*before, "scripts/serve.sh"], cwd=self._checkout.root, text=True,
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True, env={
                **environment, "NOTES": str(self._notes.relative_to(
                    self._checkout.root)),
                "WANWU_LISTEN_ADDRESS": "127.0.0.1:1",
                "WANWU_GATEWAY_ADDRESS": "127.0.0.1:1",
                "PATH": f"{self._checkout.bin}:{os.environ['PATH']}"})
        return self

    def wait_until_both_run(self):
        for name in ("wanwu-server", "wanwu-gateway"):
            limit = time.monotonic() + 30
            while not (self._notes / name).exists():
                assert time.monotonic() < limit, self.end(signal.SIGKILL)
                time.sleep(0.01)
        return self

    def end(self, number=None):
        """Exit code and what was said."""
        if number:
            self._process.send_signal(number)
        _, said = self._process.communicate(timeout=30)
        return self._process.returncode, said

    def notes(self, name):
        return (self._notes / name).read_text().splitlines()

    def close(self):
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()
            self._process.stderr.close()


@pytest.fixture
def serving(checkout):
    serving = Serving(checkout)
    yield serving
    serving.close()


@as_root
def test_what_root_starts_runs_as_nobody_and_keeps_its_state(serving,
                                                             checkout):
    # Only root may pass, as below /root: nothing may be reached from above.
    assert checkout.root.parent.parent.stat().st_mode & 0o077 == 0
    code, _ = serving.start().wait_until_both_run().end(signal.SIGTERM)
    assert code == 0
    for name in ("wanwu-server", "wanwu-gateway"):
        assert serving.notes(name)[0].split()[:2] == [str(NOBODY)] * 2
    assert "kept" in serving.notes("wanwu-server")
    built = checkout.root / "build/release/bin/wanwu-server"
    assert built.stat().st_uid == 0


@as_root
def test_a_container_that_lets_nobody_change_users_still_serves(serving,
                                                                checkout):
    checkout.put_command("setpriv", "exit 1")
    code, said = serving.start().wait_until_both_run().end(signal.SIGTERM)
    assert code == 0
    assert "serving as root" in said
    assert serving.notes("wanwu-server")[0].startswith("0 ")


@as_root
def test_models_that_nobody_can_read_are_said(serving, checkout):
    (checkout.root / "models").chmod(0o700)
    code, said = serving.start().end()
    assert code == 1
    assert "chmod -R a+rX" in said


def test_a_user_serves_as_himself(serving):
    serving.start(*(AS_NOBODY if ROOT else []))
    code, _ = serving.wait_until_both_run().end(signal.SIGTERM)
    assert code == 0
    me = NOBODY if ROOT else os.geteuid()
    assert serving.notes("wanwu-server")[0].split()[0] == str(me)


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM,
                                    signal.SIGHUP))
def test_a_signal_stops_both(serving, number):
    code, _ = serving.start().wait_until_both_run().end(number)
    assert code == 0
    for name in ("wanwu-server", "wanwu-gateway"):
        assert serving.notes(name)[-1] == "stopped"


def test_an_exit_code_comes_through_and_the_other_is_stopped(serving):
    serving.program("wanwu-server", then="""
trap 'echo stopped >> "$notes"; exit 9' TERM
touch "$NOTES/armed"
""")
    serving.program("wanwu-gateway", then="""
until [ -e "$NOTES/armed" ]; do sleep 0.01; done
exit 3""")
    code, said = serving.start().end()
    assert code == 3
    # Though stopping the other one failed, too.
    assert "wanwu-gateway has ended with exit code 3" in said
    assert serving.notes("wanwu-server")[-1] == "stopped"
