"""The headless browser of the tests, found the way `./ky test` found it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from app.local.chromium import environment_for_tests

SWITCHES = (
    "--no-sandbox",  # the tests may run as root, on pages of our own only
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; plain pytest finds it too, `./ky test` has done so already."""
    if "KY_CHROMIUM" not in os.environ:
        os.environ.update(environment_for_tests())
    needs = json.loads(os.environ["KY_CHROMIUM_ENV"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["KY_CHROMIUM"],
            args=list(SWITCHES),
            env={**os.environ, **needs},
        )
        try:
            yield browser
        finally:
            browser.close()
