"""People at their browsers: a context each, and all that goes wrong there."""

import json
import os
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.e2e.console.desk import PASSWORD, Desk

# Where screenshots go; none are taken without it.
SHOTS = os.environ.get("MESA_SHOTS")
# Under which name the console keeps who is signed in (console/src/core/session.ts).
SESSION = "mesa.session"
# A browser tells its console of each refusal that a page is answered: what pages make of it is theirs.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
# What a page's policy stopped is told to the console in the browser's own words; here is which, and where.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (violation) => console.error(
  `${violation.effectiveDirective} forbids ${violation.blockedURI} ${violation.sample}`))"""
# Once: who signs out has signed out. A context that is made with what it stores opens a page for it.
KEEP = """if (location.origin === %s && !localStorage.getItem("begun")) {
  localStorage.setItem("begun", "yes"); localStorage.setItem(%s, %s) }"""
# What moved before it was asked for is told at once.
SHIFTS = """() => new Promise((tell) => {
  let sum = 0;
  const add = (list) => list.getEntries().forEach((entry) => (sum += entry.hadRecentInput ? 0 : entry.value));
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
})"""
# Milliseconds, on a machine that runs all the other tests meanwhile.
PATIENCE = 60_000
RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],  # to say where nothing is wrong takes it a third of its time
}
# The dark changes colours alone: these are all that look at them.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
# A phone changes all but colours, which take the longest: those of what is seen there alone are looked at.
LAID_OUT = {**RULES, "rules": {**RULES["rules"], "color-contrast": {"enabled": False}}}
# With what axe is asked of the whole page, and of what this look shows and the one before did not.
ASK = """async ([asked, anew]) => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const shown = [...document.body.querySelectorAll("*")].filter(seen);
  const fresh = anew ? shown.filter((one) => !window.shownBefore.has(one)) : [];
  window.shownBefore = new WeakSet(shown);
  const found = (await axe.run(document, asked)).violations;
  return fresh.length ? [...found, ...(await axe.run({ include: fresh }, anew)).violations] : found;
}"""


class Look(StrEnum):
    """How a page is looked at."""

    LIGHT = "light"
    DARK = "dark"
    PHONE = "phone"

    @property
    def context(self) -> dict[str, Any]:
        """What Playwright calls a context's options."""
        if self is Look.PHONE:
            size = {"width": 360, "height": 740}
            return {"viewport": size, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
        return {"viewport": {"width": 1280, "height": 800}, "color_scheme": self.value}


ASKED = {Look.LIGHT: (RULES, None), Look.DARK: (COLOURS, None), Look.PHONE: (LAID_OUT, COLOURS)}


class People:
    """Who sits at a browser. Each has a context of their own, which the pages that they open share."""

    def __init__(self, browser: Browser, api_url: str, others: Iterable[str]) -> None:
        """`others`: what pages may call beside the API, by the beginning of the address."""
        self.troubles: list[str] = []
        self._browser = browser
        self._api_url = api_url
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(api_url))
        self._allowed = (f"{api_url}/", *others, "data:", "blob:")
        self._expected: list[re.Pattern[str]] = []
        self._contexts: dict[tuple[str, Look, str], BrowserContext] = {}

    def page(
        self,
        who: str = "somebody",
        look: Look = Look.LIGHT,
        language: str = "en",
        tokens: dict[str, Any] | None = None,
    ) -> Page:
        """A new page of theirs; `tokens`: what signing in answered them. `goto` takes what follows the base
        path, without a slash: `app/queue`."""
        key = (who, look, language)
        if key not in self._contexts:
            self._contexts[key] = self._context(look, language, tokens)
        return self._contexts[key].new_page()

    def signed_in(self, name: str, desk: Desk, look: Look = Look.LIGHT, language: str = "en") -> Page:
        """A new page of somebody who has signed in at a desk."""
        return self.page(desk.email(name), look, language, desk.tokens(name))

    def expect(self, trouble: str) -> None:
        """No failure of this test: a trouble in which this pattern is found."""
        self._expected.append(re.compile(trouble))

    def judge(self) -> None:
        """Raises AssertionError with all that went wrong."""
        for context in self._contexts.values():
            for page in context.pages:
                page.evaluate("null")  # what it has told by now is heard when it answers
        found = [trouble for trouble in self.troubles if not any(e.search(trouble) for e in self._expected)]
        assert not found, "\n".join(found)

    def leave(self) -> None:
        for context in self._contexts.values():
            context.close()

    def _context(self, look: Look, language: str, tokens: dict[str, Any] | None) -> BrowserContext:
        context = self._browser.new_context(
            base_url=f"{self._api_url}/",
            locale={"en": "en-GB", "es": "es-ES"}[language],
            timezone_id="UTC",
            reduced_motion="reduce",
            **look.context,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TELL_VIOLATIONS)
        if tokens:
            kept = json.dumps({**tokens, "must_enrol": False})
            context.add_init_script(KEEP % tuple(map(json.dumps, (self._origin, SESSION, kept))))
        context.on("console", self._told)
        context.on("weberror", lambda error: self.troubles.append(f"the page fails: {error.error}"))
        context.on("request", self._called)
        context.on("response", self._answered)
        return context

    def _told(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSAL.match(message.text):
            self.troubles.append(f"the console at {message.location['url']}: {message.text}")

    def _called(self, request: Request) -> None:
        if not request.url.startswith(self._allowed):
            self.troubles.append(f"a call leaves for {request.url}")

    def _answered(self, response: Response) -> None:
        is_call = "/v1/" in response.url
        if response.status >= (500 if is_call else 400):
            self.troubles.append(f"{response.status} from {response.request.method} {response.url}")


def sign_in(page: Page, desk: Desk, name: str) -> None:
    """By the page of the console, up to where one begins."""
    page.get_by_label("Email").fill(desk.email(name))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/app/(queue|requests)$"))
    drawn(page)


def drawn(page: Page) -> None:
    """Waits until a page of the console shows what it is for."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.locator(".waiting").first.wait_for(state="hidden")


def layout_shift(page: Page) -> float:
    """How much of the page has moved by itself since it came: Cumulative Layout Shift, of which 0.1 is good
    (web.dev/articles/cls)."""
    return float(page.evaluate(SHIFTS))


def axe(page: Page, look: Look) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and best practice: the rule, where, and what it asks."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return [
        f"{look}: {rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}: "
        f"{node['failureSummary']}"
        for rule in page.evaluate(ASK, ASKED[look])
        for node in rule["nodes"]
    ]


def bars(page: Page, name: str) -> list[str]:
    """The same of a page as it stands there, in one look after the other, with what stands out at the side,
    and a picture of each."""
    own = page.viewport_size
    found = []
    for look in Look:
        screen = look.context["viewport"]
        if page.viewport_size != screen:
            page.set_viewport_size(screen)
        page.emulate_media(color_scheme="dark" if look is Look.DARK else "light")
        shot(page, name, look)
        found += axe(page, look)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > screen["width"]:
            found.append(f"{look}: the page is {wide} pixels wide, and the screen {screen['width']}")
    if own and page.viewport_size != own:
        page.set_viewport_size(own)
    return found


def shot(page: Page, name: str, look: Look) -> None:
    """Keeps a picture of the page, `<name>-<look>.png`, in the folder that MESA_SHOTS names, if it does."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{look}.png", full_page=True, animations="disabled")


@lru_cache(maxsize=1)
def _axe() -> str:
    return f"{files('axe_playwright_python').joinpath('axe.min.js').read_text('utf-8')};null"
