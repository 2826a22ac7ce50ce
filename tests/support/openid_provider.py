"""A real OpenID provider, run as a process of its own: django-oauth-toolkit, with its own pages and database.

    python -m tests.support.openid_provider FOLDER BACK…

prints its address once it serves; browsers are sent back to those addresses. PKCE is required, consent is
skipped, ID tokens are signed with RS256.
"""

import html.parser
import http.cookiejar
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CLIENT, SECRET, PASSWORD = "mesa", "the client's own secret", "violet staple horse"
BACK = "https://desk.acme.example/signed-in"
# Who is known there: username, email, groups.
PEOPLE = (
    ("ana", "ana@acme.example", ("desk",)),
    ("lena", "lena@acme.example", ("desk", "desk-leads")),
    ("olga", "olga@acme.example", ()),
)


class OpenIdProvider:
    """The provider as a process; its address is its issuer's host."""

    def __init__(self, folder: Path, *more: str) -> None:
        """`more`: where it sends browsers back to, beside BACK."""
        quiet = {"PYTHONWARNINGS": "ignore", "PYTHONPATH": os.getcwd()}
        with (folder / "provider.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.openid_provider", str(folder), BACK, *more],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **quiet},
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            self.stop()
            raise AssertionError((folder / "provider.log").read_text()[-2000:])

    @property
    def issuer(self) -> str:
        return f"{self.url}/o"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class Browser:
    """As much of one as signing in takes: cookies, redirects, one form. It stops where the desk begins."""

    def __init__(self, username: str, password: str = PASSWORD) -> None:
        self.username, self.password = username, password
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies, _UpToTheDesk)

    def go(self, url: str) -> dict[str, str]:
        """Signs in at the provider; the parameters that it sends the browser back with."""
        page = self._open(url)
        if isinstance(page, dict):
            return page
        form = _Form()
        form.feed(page[1])
        assert form.fields, f"no form at {page[0]}"
        filled = {**form.fields, "username": self.username, "password": self.password}
        came_back = self._open(page[0], urllib.parse.urlencode(filled).encode())
        assert isinstance(came_back, dict), "the provider did not send the browser back"
        return came_back

    def _open(self, url: str, data: bytes | None = None) -> dict[str, str] | tuple[str, str]:
        request = urllib.request.Request(url, data, {"Referer": url})
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                place = error.headers.get("Location", "")
                if not place.startswith(BACK):
                    raise AssertionError(f"{error.code} {error.read()[:500]!r}") from error
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))


class _UpToTheDesk(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> urllib.request.Request | None:
        return None if args[-1].startswith(BACK) else super().redirect_request(*args)


class _Form(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("name"):
            self.fields[str(told["name"])] = told.get("value") or ""


def serve(folder: Path, backs: Sequence[str]) -> None:
    """Makes the database and the people, prints the address, serves until it is ended."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Nothing."""

    server = make_server("127.0.0.1", 0, None, handler_class=Quiet)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}"
    server.set_app(_application(folder, url, backs))
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()
    server.serve_forever()


def _application(folder: Path, url: str, backs: Sequence[str]) -> Any:
    import django
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.configure(
        SECRET_KEY=os.urandom(32).hex(),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.support.openid_pages",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "provider.db")}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"),
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN})]
                },
            }
        ],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        USE_TZ=True,
        LOGIN_URL="/accounts/login/",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem.decode(),
            "OIDC_ISS_ENDPOINT": f"{url}/o",
            "OAUTH2_VALIDATOR_CLASS": "tests.support.openid_claims.Validator",
            "PKCE_REQUIRED": True,
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
            "SCOPES": {"openid": "Who you are", "email": "Your email", "profile": "Your name"},
        },
    )
    django.setup()
    call_command("migrate", verbosity=0)
    _furnish(backs)
    return get_wsgi_application()


LOGIN = (
    "<form method=post>{% csrf_token %}{{ form.as_p }}<input type=hidden name=next value='{{ next }}'>"
    "<button>Log in</button></form>"
)


def _furnish(backs: Sequence[str]) -> None:
    from django.contrib.auth.models import Group, User
    from oauth2_provider.models import get_application_model

    for username, email, groups in PEOPLE:
        user = User.objects.create_user(username, email, PASSWORD, first_name=username.title())
        user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
    model = get_application_model()
    model.objects.create(
        name="Mesa",
        client_id=CLIENT,
        client_secret=SECRET,
        client_type=model.CLIENT_CONFIDENTIAL,
        authorization_grant_type=model.GRANT_AUTHORIZATION_CODE,
        redirect_uris=" ".join(backs),
        algorithm=model.RS256_ALGORITHM,
        skip_authorization=True,
    )


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2:])
