"""The embedded cluster: it comes back with its data, whatever ended it, and no role has too much power."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pg8000.dbapi
import pytest

from local import processes
from local.account import server_account
from local.files import PROJECT
from local.postgres import APP, OWNER, Cluster
from local.server import SUPERUSER

STARTER = """
import sys, time
from pathlib import Path
from local.postgres import Cluster
Cluster(Path(sys.argv[1]), durable=False).start()
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "postgres", durable=False)
    cluster.start()
    cluster.execute_as_superuser("CREATE TABLE kept (fact text); INSERT INTO kept VALUES ('written')")
    yield cluster
    cluster.destroy()


def kept(cluster: Cluster) -> list[list[str]]:
    return cluster.execute_as_superuser("SELECT fact FROM kept")


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split("\n")[0])


class TestLife:
    def test_a_second_start_keeps_the_data_and_the_passwords(self, cluster: Cluster) -> None:
        before = cluster.dsn(SUPERUSER, "postgres")
        cluster.stop()

        again = Cluster(cluster.path, durable=False)
        again.start()
        facts, after = kept(again), again.dsn(SUPERUSER, "postgres")
        again.stop()

        assert facts == [["written"]]
        assert after == before

    def test_it_recovers_from_being_killed(self, cluster: Cluster) -> None:
        cluster.execute_as_superuser("CHECKPOINT")
        os.kill(postmaster(cluster), signal.SIGKILL)

        cluster.start()

        assert kept(cluster) == [["written"]]

    def test_one_left_running_by_a_killed_run_is_started_anew(self, cluster: Cluster) -> None:
        before = cluster.process()

        again = Cluster(cluster.path, durable=False)
        again.start()
        facts, after = kept(again), again.process()
        again.stop()

        assert facts == [["written"]]
        assert after is not None
        assert after != before

    def test_a_pid_file_that_names_a_stranger_is_no_obstacle(self, cluster: Cluster) -> None:
        pid_file = cluster.data / "postmaster.pid"
        lines = pid_file.read_text().split("\n")
        cluster.stop()
        account = server_account()  # a stranger of another user would not impress PostgreSQL
        stranger = subprocess.Popen(["sleep", "60"], user=account.uid if account else None)
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))

        cluster.start()
        alive = stranger.poll() is None
        stranger.kill()
        stranger.wait()

        assert alive
        assert kept(cluster) == [["written"]]

    def test_a_port_taken_meanwhile_is_replaced(self, cluster: Cluster) -> None:
        cluster.stop()
        before = cluster.port
        with socket.create_server(("127.0.0.1", before)):
            cluster.start()

        assert cluster.port != before
        assert kept(cluster) == [["written"]]

    def test_stopping_leaves_no_process(self, cluster: Cluster) -> None:
        server = cluster.process()
        assert server is not None
        family = [server, *server.children(recursive=True)]

        cluster.stop()

        assert len(family) > 1
        assert not processes.await_end(family, seconds=10)

    def test_it_ends_with_a_starter_that_is_killed(self, tmp_path: Path) -> None:
        path = tmp_path / "postgres"
        starter = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(path)], cwd=PROJECT, stdout=subprocess.PIPE
        )
        assert starter.stdout is not None
        with starter.stdout as output:
            assert output.readline() == b"up\n"
        server = Cluster(path).process()
        assert server is not None

        os.kill(starter.pid, signal.SIGKILL)
        starter.wait()

        left = processes.await_end([server], seconds=10)
        Cluster(path).destroy()
        assert left == []


class TestRoles:
    def test_the_owner_has_the_power_of_an_rds_master_and_no_more(self, cluster: Cluster) -> None:
        cluster.bootstrap("mesa")

        rights = cluster.execute_as_superuser(
            f"SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = '{OWNER}'"
        )
        owner = cluster.execute_as_superuser(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'mesa'"
        )
        assert rights == [[False, False, True]]
        assert owner == [[OWNER]]

    def test_nobody_gets_in_without_the_password(self, cluster: Cluster) -> None:
        cluster.bootstrap("mesa")
        dsn = cluster.dsn(OWNER, "mesa")

        pg8000.dbapi.connect(**dsn).close()
        with pytest.raises(pg8000.dbapi.DatabaseError, match="password authentication failed"):
            pg8000.dbapi.connect(**{**dsn, "password": "a guess"})

    def test_passwords_are_in_a_file_that_others_cannot_read(self, cluster: Cluster) -> None:
        assert (cluster.path / "cluster.json").stat().st_mode & 0o077 == 0

    def test_the_app_gets_a_password_that_stays(self, cluster: Cluster) -> None:
        cluster.execute_as_superuser(f"CREATE ROLE {APP} LOGIN")

        first, second = cluster.set_app_password(), cluster.set_app_password()

        assert first == second == cluster.dsn(APP, "postgres")["password"]
        pg8000.dbapi.connect(**cluster.dsn(APP, "postgres")).close()
