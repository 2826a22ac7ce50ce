"""The emulator's process: a port in use is said plainly, and nothing of it outlives its command."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local import processes
from local.emulator import Emulator, external_endpoint
from local.errors import StackError
from local.files import PROJECT, free_port

STARTER = """
import sys, time
from pathlib import Path
from local.emulator import Emulator
Emulator(Path(sys.argv[1]), int(sys.argv[2])).start(bound=True)
print("up", flush=True)
time.sleep(60)
"""


def test_a_port_in_use_is_one_plain_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=rf"^Port {port} is in use by another program: .*MESA_PORT"):
            Emulator(tmp_path, port).start(bound=True)


def test_stopping_leaves_no_process_and_no_temporary_files(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path, free_port())
    emulator.start(bound=False)
    process = processes.find(json.loads((tmp_path / "emulator.json").read_text()))

    emulator.stop()

    assert process is not None
    assert not process.is_running()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["emulator.log"]


def test_it_ends_with_a_starter_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path), str(free_port())]
    starter = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
    assert starter.stdout is not None
    with starter.stdout as output:
        assert output.readline() == b"up\n"
    process = processes.find(json.loads((tmp_path / "emulator.json").read_text()))
    assert process is not None

    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()

    assert not processes.await_end([process], seconds=10)


@pytest.mark.parametrize(
    ("name", "value", "endpoint"),
    [
        ("AWS_ENDPOINT_URL", "http://localhost:4566/", "http://localhost:4566"),
        ("LOCALSTACK_HOST", "stack:4599", "http://stack:4599"),
        ("LOCALSTACK_HOST", "stack", "http://stack:4566"),
    ],
)
def test_an_emulator_of_somebody_else_is_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, endpoint: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv(name, value)

    assert external_endpoint() == endpoint


class TestProcesses:
    def test_a_stranger_with_the_id_of_a_dead_process_is_not_found(self) -> None:
        known = {**processes.identity(os.getpid()), "started": 1.0}
        assert processes.find(known) is None

    def test_children_end_with_their_parent(self) -> None:
        sleeper = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
        parent = subprocess.Popen([sys.executable, "-c", sleeper], stdin=subprocess.PIPE)
        process = psutil.Process(parent.pid)
        while not (children := process.children()):
            pass

        processes.stop(process)
        parent.communicate()

        assert not [each for each in (process, *children) if processes.runs(each)]
