"""Health tells of the API alone; readiness of what it stands on."""

from tests.support.api import Api


def test_health_answers_without_asking_anybody(api: Api) -> None:
    reply = api.get("/health")

    assert reply.status == 200
    assert reply.json == {"status": "ok", "stage": "test"}


def test_ready_reaches_the_database_and_the_queue(api: Api) -> None:
    reply = api.get("/v1/health/ready")

    assert reply.status == 200
    assert reply.json["database"] == "ok"
    assert reply.json["queues"] == "ok"
