"""People at their browsers: a context each, and all that goes wrong there."""

import os
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

# Where screenshots go; none are taken without it.
SHOTS = os.environ.get("MESA_SHOTS")
# A browser tells its console of each refusal that a page is answered: what pages make of it is theirs.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
# What a page's policy stopped is told to the console in the browser's own words; here is which, and where.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (violation) => console.error(
  `${violation.effectiveDirective} forbids ${violation.blockedURI} ${violation.sample}`))"""
# Milliseconds, on a machine that runs all the other tests meanwhile.
PATIENCE = 30_000
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


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


class People:
    """Who sits at a browser. Each has a context of their own, which the pages that they open share."""

    def __init__(self, browser: Browser, api_url: str, others: Iterable[str]) -> None:
        """`others`: what pages may call beside the API, by the beginning of the address."""
        self.troubles: list[str] = []
        self._browser = browser
        self._api_url = api_url
        self._allowed = (f"{api_url}/", *others, "data:", "blob:")
        self._expected: list[re.Pattern[str]] = []
        self._contexts: dict[tuple[str, Look, str], BrowserContext] = {}

    def page(self, who: str = "somebody", look: Look = Look.LIGHT, language: str = "en") -> Page:
        """A new page of theirs. `goto` takes what follows the base path, without a slash: `app/queue`."""
        key = (who, look, language)
        if key not in self._contexts:
            self._contexts[key] = self._context(look, language)
        return self._contexts[key].new_page()

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

    def _context(self, look: Look, language: str) -> BrowserContext:
        context = self._browser.new_context(
            base_url=f"{self._api_url}/",
            locale={"en": "en-GB", "es": "es-ES"}[language],
            timezone_id="UTC",
            reduced_motion="reduce",
            **look.context,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TELL_VIOLATIONS)
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


def axe(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and best practice: the rule, where, and what it asks."""
    page.evaluate(_axe())
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)
    return [
        f"{rule['id']}: {rule['help']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def shot(page: Page, name: str, look: Look) -> None:
    """Keeps a picture of the page, `<name>-<look>.png`, in the folder that MESA_SHOTS names, if it does."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{look}.png", full_page=True, animations="disabled")


@lru_cache(maxsize=1)
def _axe() -> str:
    return f"{files('axe_playwright_python').joinpath('axe.min.js').read_text('utf-8')};null"
