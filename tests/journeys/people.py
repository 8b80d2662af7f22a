"""People who work over HTTP and try again when the system is away, as people do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests
from lxml import html

AWAY = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
PATIENCE_SECONDS = 60.0
AWAY_STATUS = 500


@dataclass
class Person:
    """One logged-in person (bruger) with a browser's cookies and patience."""

    web_url: str
    user: str
    role: str
    """`999-caseworker`: chosen when the user has several."""
    while_away: Callable[[], None]
    """Called before each new try: somebody looks after the machines."""
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self._patiently("GET", path, {})

    def post(self, path: str, values: Mapping[str, str]) -> requests.Response:
        """Send a form."""
        return self._patiently("POST", path, values)

    def _patiently(self, method: str, path: str, values: Mapping[str, str]) -> requests.Response:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.session.request(
                    method, f"{self.web_url}{path}", data=dict(values), timeout=10
                )
            except AWAY as error:
                reason = type(error).__name__
            else:
                if answer.status_code < AWAY_STATUS:
                    return answer
                reason = f"status {answer.status_code}"
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path}: {reason}")
            self.while_away()
            time.sleep(0.1)

    def log_in(self) -> None:
        """Choose oneself, and a role when there are several."""
        page = html.fromstring(self.get("/log-ind").content)
        answer = self.post("/log-ind/medarbejder", {**_hidden(page), "chosen": self.user})
        if answer.url.endswith("/rolle"):
            page = html.fromstring(answer.content)
            self.post("/rolle", {**_hidden(page), "chosen": self.role})

    def work(self, task_id: int, values: Mapping[str, str]) -> None:
        """Take a task, fill its form in over what is there already, and send it.

        Whatever happens on the way, the next look at the case shows what is left to do.
        """
        path = f"/opgaver/{task_id}"
        answer = self.get(path)
        if "/log-ind" in answer.url:
            self.log_in()
            answer = self.get(path)
        if answer.status_code != requests.codes.ok:
            return
        page = html.fromstring(answer.content)
        if not page.xpath("//form[@id='opgave']"):
            answer = self.post(f"{path}/tag", _hidden(page))
            page = html.fromstring(answer.content)
        forms = page.xpath("//form[@id='opgave']")
        if forms:
            filled = {name: text for name, text in forms[0].fields.items() if text is not None}
            self.post(path, {**filled, **_chosen(forms[0], values)})


def _hidden(page: html.HtmlElement) -> dict[str, str]:
    return {"csrf_token": str(page.xpath("//input[@name='csrf_token']/@value")[0])}


def _chosen(form: html.HtmlElement, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values for the fields there are; those of a second party carry a prefix."""
    names = {str(name) for name in form.fields}
    return {
        name: text
        for name in names
        for key, text in values.items()
        if name == key or name.endswith(f"_{key}")
    }
