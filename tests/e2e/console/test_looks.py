"""What bars somebody in one look alone is found in that look, wherever the page was opened."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.console.people import Look, bars

PAGE = """<!doctype html><html lang="en"><head><title>A page</title>
<meta name="viewport" content="width=device-width"><style>
  body { background: #fff; color: #000 }
  .phone { display: none }
  @media (max-width: 800px) { .phone { display: block } .desk { display: none } .wide { inline-size: 600px } }
  .pale { color: #ddd }
  @media (prefers-color-scheme: dark) { .dim { color: #ddd } }
</style></head><body><main><h1>A page</h1>
  <p id="desk" class="desk pale">At a desk</p>
  <p id="night" class="desk dim">In the dark</p>
  <p id="pocket" class="phone pale">On a phone</p>
  <div class="phone"><button id="nameless" style="inline-size: 30px; block-size: 30px"></button></div>
  <p class="wide">Everywhere</p>
</main></body></html>"""
FOUND = [
    (Look.LIGHT, "color-contrast", "#desk"),
    (Look.DARK, "color-contrast", "#desk"),
    (Look.DARK, "color-contrast", "#night"),
    (Look.PHONE, "button-name", "#nameless"),
    (Look.PHONE, "color-contrast", "#pocket"),
    (Look.PHONE, "the page is", "wide"),
]


@pytest.mark.parametrize("opened", [Look.LIGHT, Look.PHONE])
def test_each_look_is_judged(browser: Browser, opened: Look) -> None:
    page = browser.new_page(**opened.context)
    page.set_content(PAGE)

    told = bars(page, "proof")

    for one, (look, rule, where) in zip(told, FOUND, strict=True):
        assert one.startswith(f"{look}: {rule}")
        assert where in one
    assert page.viewport_size == opened.context["viewport"]
    page.close()
