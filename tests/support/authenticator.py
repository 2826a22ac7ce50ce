"""An authenticator app for the tests: it reads the clock of the database, as Mesa does."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp

from tests.support.api import Api, Reply
from tests.support.cast import Person
from tests.support.database import Database

PERIOD = 30


@dataclass
class Device:
    """Shows the codes of one secret."""

    database: Database
    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps away."""
        return pyotp.TOTP(self.secret).generate_otp(self._step() + steps)

    def _step(self) -> int:
        """The current step, which lasts for seconds yet: a code one step old is so when it is sent."""
        now = float(self.database.value("SELECT extract(epoch FROM clock_timestamp())"))
        if PERIOD - now % PERIOD < 2:
            self.database.rows("SELECT pg_sleep(2)")
            return self._step()
        return int(now) // PERIOD

    def forget_use(self) -> None:
        """Time goes on: the last code that was used lies behind."""
        self.database.run("UPDATE totp_authenticators SET last_step = 0")

    def wrong(self) -> str:
        """No code of these minutes."""
        near = {self.code(steps) for steps in range(-3, 4)}
        return next(code for code in map("{:06}".format, range(8)) if code not in near)


def login(api: Api, who: Person, **more: Any) -> Reply:
    """With the right password."""
    return api.post("/v1/auth/login", {"email": who.email, "password": who.password, **more})


def begin(api: Api, who: Person, **more: Any) -> Reply:
    return api.post("/v1/auth/totp", {"current_password": who.password, **more})


def enrol(api: Api, database: Database, who: Person, token: str | None = None) -> Device:
    """Two-step sign-in is on for somebody, and the device's current code is good again."""
    hers = api.with_token(token or who.token)
    begun = begin(hers, who)
    assert begun.status == 200, begun.text
    (secret,) = parse_qs(urlsplit(begun.json["uri"]).query)["secret"]
    device = Device(database, secret)
    confirmed = hers.post("/v1/auth/totp/confirm", {"code": device.code()})
    assert confirmed.status == 200, confirmed.text
    device.recovery_codes = confirmed.json["recovery_codes"]
    device.forget_use()
    return device


def challenge(api: Api, who: Person) -> str:
    """The token that sign-in gives who has a second step."""
    reply = login(api, who)
    assert reply.json.get("totp_required") is True, reply.text
    return str(reply.json["challenge_token"])
