"""A server that a stack starts: later commands find it again, and it can be bound to the one that began."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from local import processes
from local.errors import StackError
from local.files import PROJECT, port_is_free, read_json, write_json


class Child:
    """One module of `local`, run as a process that listens on a port. `name` is in its files, `title` in what
    people read, `setting` the variable that gives it another port."""

    def __init__(self, path: Path, name: str, title: str, port: int, setting: str) -> None:
        self.log = path / f"{name}.log"
        self._title = title
        self._port = port
        self._setting = setting
        self._process_file = path / f"{name}.json"
        self._process: subprocess.Popen[bytes] | None = None

    def start(
        self,
        module: str,
        arguments: Sequence[str],
        answers: Callable[[], bool],
        *,
        bound: bool,
        seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Starts it and waits until it `answers`. `bound`: it ends with this process, even by kill -9."""
        self._process_file.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", module, *arguments, *(["--bound"] if bound else [])]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True,
                stdin=subprocess.PIPE if bound else subprocess.DEVNULL,
            )  # fmt: skip
        write_json(self._process_file, processes.identity(self._process.pid))
        self._wait_until(answers, seconds)

    def stop(self) -> None:
        """Ends it and all that it runs; does nothing where it is not running."""
        processes.stop(self._found())
        if self._process is not None:
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            self._process = None
        self._process_file.unlink(missing_ok=True)

    def running(self) -> bool:
        return self._found() is not None

    def require_port(self) -> None:
        """Raises StackError where somebody else listens there."""
        if not port_is_free(self._port):
            raise StackError(
                f"Port {self._port} is in use by another program: stop that one, or set {self._setting} to "
                "another."
            )

    def _found(self) -> psutil.Process | None:
        return processes.find(read_json(self._process_file))

    def _wait_until(self, answers: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is not None and self._process.poll() is not None:
                raise StackError(f"{self._title} ended at once; {self.log} says why.")
            if answers():
                return
            time.sleep(0.05)
        raise StackError(f"{self._title} did not answer within {seconds:.0f} s; {self.log} may say why.")
