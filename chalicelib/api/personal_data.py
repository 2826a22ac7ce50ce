"""Door: personal data, exported or erased."""

from uuid import UUID

from chalicelib.api.endpoint import Answer, Call, Limit
from chalicelib.api.job_answer import job_answer
from chalicelib.api.resource import Routes
from chalicelib.api.schemas.jobs import JobOut
from chalicelib.api.schemas.personal_data import ErasureIn, ErasureOut
from chalicelib.core.errors import Forbidden
from chalicelib.privacy import erasing, exporting
from chalicelib.tickets.releasing import release_all

routes = Routes(__name__, tag="Personal data")


@routes.post(
    "/v1/users/{user_id}/export",
    summary="Make a file of everything about a person",
    answer=JobOut,
    status=202,
)
def export_user(call: Call, user_id: UUID) -> Answer:
    return _job(call, user_id)


@routes.post(
    "/v1/auth/me/export",
    summary="Make a file of everything about yourself",
    answer=JobOut,
    status=202,
    limits=(Limit("export", 20, 3600),),
)
def export_me(call: Call) -> Answer:
    if call.actor.user_id is None:
        raise Forbidden("This is for people: API keys have no personal data.")
    return _job(call, call.actor.user_id)


# Its body is an email: the fingerprint that an Idempotency-Key keeps of it takes the pepper.
@routes.post(
    "/v1/users/{user_id}/erase",
    summary="Replace a person by a pseudonym, everywhere and for ever",
    answer=ErasureOut,
    status=202,
    signs=True,
    examples={"body": {"confirm": "carol@customers.example", "reason": "requested"}},
)
def erase_user(call: Call, user_id: UUID, body: ErasureIn) -> Answer:
    receipt = erasing.erase(call.tx, call.actor, user_id, body.confirm, body.reason)
    release_all(call.tx, call.actor, user_id, f"{receipt['pseudonym']} was erased.")
    return Answer(receipt, headers={"Location": f"/v1/users/{user_id}/erasure"})


@routes.get(
    "/v1/users/{user_id}/erasure", summary="The receipt of an erasure, and how far it is", answer=ErasureOut
)
def get_erasure(call: Call, user_id: UUID) -> Answer:
    return Answer(erasing.receipt(call.tx, call.actor, user_id))


def _job(call: Call, user_id: UUID) -> Answer:
    job = exporting.request(call.tx, call.actor, user_id)
    return Answer(job_answer(job, call), headers={"Location": f"/v1/jobs/{job['id']}"})
