"""The commands behind `make run`, `up`, `down` and `reset`."""

import argparse
import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from local import processes
from local.emulator import external_endpoint
from local.errors import StackError
from local.files import PROJECT, read_json, write_json
from local.logs import LogReader
from local.seed import WORKSPACE
from local.stack import DEFAULT_PORT, DEFAULT_SMTP_PORT, MAIL_DOMAIN, Stack

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_told = threading.Event()


class Ended(BaseException):
    """Ctrl-C, or a polite kill."""


def run(stack: Stack) -> None:
    """Starts everything, follows the logs, and stops everything when it is told to end."""
    with _alone(stack):
        _refuse_if_up(stack)
        _remember_runner(stack)
        try:
            stack.up(bound=True, step=_progress)
            print(_summary(stack), flush=True)
            reader = LogReader(stack.cloud)
            while True:
                for line in reader.lines():
                    print(line, flush=True)
                _end_if_broken(stack)
                _end_if_told()
                time.sleep(0.5)
        except Ended:
            print("\nStopping.", flush=True)
        finally:
            _ignore_signals()
            stack.down()
            _runner_file(stack).unlink(missing_ok=True)


def up(stack: Stack) -> None:
    """Starts everything and leaves it running."""
    with _alone(stack):
        if stack.running() and (stack.path / "stack.json").exists() and not _runner_file(stack).exists():
            print(f"The stack is up already, at {read_json(stack.path / 'stack.json').get('api_url')}.")
            return
        try:
            stack.up(step=_progress)
        except Ended:
            _ignore_signals()
            stack.down()
            raise StackError("Stopped before the stack was up.") from None
        _runner_file(stack).unlink(missing_ok=True)
        print(_summary(stack))


def down(stack: Stack) -> None:
    """Stops everything, also what a `run` in another terminal or a killed one has left."""
    runner = processes.find(read_json(_runner_file(stack)))
    was_running = runner is not None or stack.running()
    processes.stop(runner, patience=60)
    with _alone(stack):
        stack.down()
        _runner_file(stack).unlink(missing_ok=True)
    print("Stopped." if was_running else "Nothing is running.")


def reset(stack: Stack) -> None:
    """Stops everything and removes the data, the keys and the passwords."""
    down(stack)
    with _alone(stack):
        stack.destroy()
    print("The data is gone; the next start makes a new demo workspace.")


@contextmanager
def _alone(stack: Stack) -> Iterator[None]:
    stack.path.mkdir(parents=True, exist_ok=True)
    with (stack.path / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StackError("The stack is running in another terminal; `make down` ends it.") from None
        yield


def _refuse_if_up(stack: Stack) -> None:
    # What a killed `run` left behind is not a stack that is up: it is cleared away by the start.
    if stack.running() and not _runner_file(stack).exists():
        raise StackError("The stack is up already; `make down` ends it, then run this again.")


def _runner_file(stack: Stack) -> Path:
    return stack.path / "runner.json"


def _remember_runner(stack: Stack) -> None:
    write_json(_runner_file(stack), processes.identity(os.getpid()))


def _end_if_broken(stack: Stack) -> None:
    if not stack.cluster.running():
        raise StackError(f"PostgreSQL has ended by itself; {stack.cluster.log} may say why.")
    if not stack.smtp.running():
        raise StackError(f"The mail listener has ended by itself; {stack.smtp.log} may say why.")
    if stack.emulator and not stack.emulator.running():
        raise StackError(f"The AWS emulator has ended by itself; {stack.emulator.log} may say why.")


@contextmanager
def _progress(name: str) -> Iterator[None]:
    _end_if_told()
    started = time.monotonic()
    print(f"  {name:<16}", end="", flush=True)
    try:
        yield
    except BaseException:
        print("not done", flush=True)
        raise
    print(f"{time.monotonic() - started:6.1f} s", flush=True)


def _summary(stack: Stack) -> str:
    columns = [(account["role"], account["email"], account["password"]) for account in stack.accounts]
    people = "\n".join(f"  {role:<11} {email:<24} {password}" for role, email, password in columns)
    body = json.dumps({name: stack.accounts[0][name] for name in ("email", "password")})
    pick = """sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/'"""
    return f"""
Mesa answers at {stack.api_url}  (documentation: {stack.api_url}/docs)

Open {stack.api_url}/app in a browser, and sign in as one of the workspace "{WORKSPACE}":
{people}

Without an account: {stack.api_url}/app/submit?workspace={WORKSPACE}

By hand:
  curl -s {stack.api_url}/health
  TOKEN=$(curl -s {stack.api_url}/v1/auth/login -H 'Content-Type: application/json' -d '{body}' | {pick})
  curl -s {stack.api_url}/v1/tickets -H "Authorization: Bearer $TOKEN"

Mail to {WORKSPACE}@{MAIL_DOMAIN} through 127.0.0.1:{stack.smtp.port} becomes a ticket.
"""


def _end(_number: int, _frame: FrameType | None) -> None:
    _told.set()
    raise Ended


def _end_if_told() -> None:
    # A signal that comes while an object is finalised is raised there, and lost there.
    if _told.is_set():
        raise Ended


def _ignore_signals() -> None:
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def main() -> None:
    commands = {"run": run, "up": up, "down": down, "reset": reset}
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=commands)
    command = parser.parse_args().command
    for number in ENDING_SIGNALS:
        signal.signal(number, _end)
    try:
        path = Path(os.environ.get("MESA_DATA_DIR") or PROJECT / ".local")
        port = os.environ.get("MESA_PORT") or str(DEFAULT_PORT)
        if not port.isdecimal() or not 1024 <= int(port) <= 65535:
            raise StackError(f"MESA_PORT must be a port from 1024 to 65535, not {port}.")
        smtp_port = os.environ.get("MESA_SMTP_PORT") or str(DEFAULT_SMTP_PORT)
        if not smtp_port.isdecimal() or not 1024 <= int(smtp_port) <= 65535:
            raise StackError(f"MESA_SMTP_PORT must be a port from 1024 to 65535, not {smtp_port}.")
        stack = Stack(path, int(port), smtp_port=int(smtp_port), endpoint=external_endpoint())
        commands[command](stack)
    except StackError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except Ended:
        sys.exit(130)


if __name__ == "__main__":
    main()
