"""A browser without a browser: fetches a page, inspects it, and sends its forms as they stand.

Every page fetched is checked for what all pages must have; adding a page adds the checks for free,
and each failure says what was probably wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ENGLISH = re.compile(r"\b(the|and|please|submit|invalid|required|not found|error|none)\b", re.I)
PERSONAL_NUMBER = re.compile(r"\d{6}-?\d{4}")
DATA_BLOCK = "application/json"


@dataclass(frozen=True)
class Page:
    """A page as it came: its status, its tree, and where it lies."""

    path: str
    response: TestResponse
    tree: Element

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def heading(self) -> str:
        return words(next(self.all("h1")))

    @property
    def text(self) -> str:
        return words(self.tree)

    def all(self, tag: str) -> Iterator[Element]:
        return self.tree.iter(tag)

    def links(self) -> dict[str, str]:
        """Return where each link goes, by its words."""
        return {words(link): link.get("href", "") for link in self.all("a")}

    def form(self, action: str) -> Element:
        """Return the form that is sent to an address."""
        for form in self.all("form"):
            if action in {form.get("action")} | {b.get("formaction") for b in form.iter("button")}:
                return form
        actions = [form.get("action") for form in self.all("form")]
        raise AssertionError(f"{self.path} has no form to {action}; it has {actions}")

    def problems(self) -> list[str]:
        """Return the mistakes that the summary lists."""
        for place in self.all("div"):
            if place.get("id") == "fejl":
                return [words(link) for link in place.iter("a")]
        return []


def words(element: Element) -> str:
    """Return what a reader reads, without scripts and styles."""
    parts = [] if element.tag in {"script", "style"} else [element.text or ""]
    for child in element:
        parts += [words(child), child.tail or ""]
    return re.sub(r"\s+", " ", " ".join(parts)).strip()


def values_of(form: Element, *, every: bool = False) -> dict[str, str]:
    """Return what a form holds now, as a browser would send it; `every` takes open choices too."""
    values: dict[str, str] = {}
    for field in form.iter():
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        if field.tag == "input" and (every or _is_sent(field)):
            values[name] = field.get("value", "")
        elif field.tag == "textarea":
            values[name] = (field.text or "").removeprefix("\n")
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [each for each in options if each.get("selected") is not None] or options[:1]
            values[name] = chosen[0].get("value", "") if chosen else ""
    return values


def _is_sent(field: Element) -> bool:
    is_choice = field.get("type") in {"radio", "checkbox"}
    return not is_choice or field.get("checked") is not None


class Client:
    """Somebody at a keyboard."""

    def __init__(self, app: Flask) -> None:
        self.http: FlaskClient = app.test_client()

    def get(self, path: str, *, status: int = 200) -> Page:
        """Fetch a page and inspect it."""
        return self._page(path, self.http.get(path), status)

    def follow(self, path: str) -> Page:
        """Fetch what an address leads to in the end."""
        response = self.http.get(path)
        if "Location" in response.headers:
            return self.follow(response.headers["Location"])
        return self._page(path, response, 200)

    def send(
        self,
        page: Page,
        action: str,
        changes: Mapping[str, str | None] | None = None,
        *,
        status: int = 302,
    ) -> TestResponse:
        """Send a form of a page with some answers changed; None leaves an answer out."""
        values = {**values_of(page.form(action)), **(changes or {})}
        sent = {name: text for name, text in values.items() if text is not None}
        response = self.http.post(action, data=sent)
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303}:
            self._page(action, response, status)
        assert response.status_code == status, f"{action}: {response.status}, wanted {status}"
        assert not PERSONAL_NUMBER.search(response.headers.get("Location", ""))
        return response

    def send_and_see(
        self,
        page: Page,
        action: str,
        changes: Mapping[str, str | None] | None = None,
        *,
        status: int = 302,
    ) -> Page:
        """Send a form and read what comes: the page it leads to, or the same one with mistakes."""
        response = self.send(page, action, changes, status=status)
        if "Location" in response.headers:
            return self.follow(response.headers["Location"])
        return self._page(action, response, status)

    def log_in(self, who: str) -> Page:
        """Log in as a member of staff by id, or as a citizen by number."""
        page = self.get("/log-ind")
        kind = "borger" if who.isdigit() else "medarbejder"
        return self.send_and_see(page, f"/log-ind/{kind}", {"chosen": who})

    def _page(self, path: str, response: TestResponse, status: int) -> Page:
        assert response.status_code == status, (
            f"{path} answered {response.status}, wanted {status}; it leads to"
            f" {response.headers.get('Location', 'nowhere')}"
        )
        page = Page(path, response, parsed(response.get_data(as_text=True)))
        inspect(page)
        return page


def parsed(source: str) -> Element:
    """Parse strictly: a page that is not valid HTML5 is not a page."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(source)
    return tree


def inspect(page: Page) -> None:
    """Check what every page must have."""
    assert page.response.headers["Cache-Control"] == "no-store", "pages hold personal data"
    policy = page.response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy, "an inline script or style crept into the policy"
    assert page.tree.get("lang") == "da", "the page must say that it is Danish"
    _headings(page)
    _ids(page)
    _forms(page)
    _nothing_inline(page)
    _addresses(page)
    _danish(page)


def _headings(page: Page) -> None:
    headings = [words(each) for each in page.all("h1")]
    assert len(headings) == 1, f"{page.path} has {len(headings)} h1: {headings}"
    title = words(next(page.all("title"))).removeprefix("Fejl: ")
    assert title.startswith(headings[0]), f"title '{title}' must start with h1 '{headings[0]}'"
    if page.problems():
        assert words(next(page.all("title"))).startswith("Fejl: ")


def _ids(page: Page) -> None:
    ids = [each.get("id") for each in page.tree.iter() if each.get("id")]
    doubled = {each for each in ids if ids.count(each) > 1}
    assert not doubled, f"{page.path} has ids twice: {doubled}"
    for element in page.tree.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            for wanted in (element.get(attribute) or "").split():
                assert wanted in ids, f"{page.path}: {attribute}='{wanted}' points nowhere"
        href = element.get("href") or ""
        if href.startswith("#"):
            assert href[1:] in ids, f"{page.path}: the link '{words(element)}' leads nowhere"


def _forms(page: Page) -> None:
    for form in page.all("form"):
        assert form.get("action"), f"{page.path} has a form without an address"
        if form.get("method", "get").lower() == "post":
            tokens = [each for each in form.iter("input") if each.get("name") == "csrf_token"]
            assert len(tokens) == 1, f"the form to {form.get('action')} needs one token"
            assert tokens[0].get("value")
        for field in form.iter():
            if field.tag in {"input", "textarea", "select"} and field.get("type") != "hidden":
                assert field.get("id"), f"{page.path}: '{field.get('name')}' has no id to label"


def _nothing_inline(page: Page) -> None:
    for element in page.tree.iter():
        assert element.tag != "style", f"{page.path} has a style element"
        if element.tag == "script":
            is_data = element.get("type") == DATA_BLOCK
            assert element.get("src") or is_data, f"{page.path} has an inline script"
        wrong = [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert not wrong, f"{page.path}: {element.tag} has {wrong}"
        if element.tag == "img":
            assert element.get("alt") is not None, f"{page.path} has a picture without words"


def _addresses(page: Page) -> None:
    for element in page.tree.iter():
        for attribute in ("href", "action", "formaction", "src", "hx-get"):
            address = element.get(attribute) or ""
            path = urlsplit(address).path
            # A bundle's digest may happen to be ten digits in a row.
            assert "/static/" in path or not PERSONAL_NUMBER.search(address), (
                f"{page.path}: a personal number in {address}"
            )
            assert path == path.lower() or "/static/" in path or "." in path, address


def _danish(page: Page) -> None:
    shown = page.text.replace("bpmn", "")
    found = ENGLISH.search(shown)
    around = shown[max(0, (found.start() if found else 0) - 30) :][:80]
    assert not found, f"{page.path} speaks English: …{around}…"
    assert "{{" not in shown, f"{page.path} shows its template"


def multipart(fields: Mapping[str, str], name: str, content: bytes) -> dict[str, object]:
    """Return a form with one file as a browser sends it, without a temporary file of our own."""
    edge = b"--page\r\nContent-Disposition: form-data; name="
    parts = [edge + f'"{key}"\r\n\r\n{text}\r\n'.encode() for key, text in fields.items()]
    head = f'"filer"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'.encode()
    body = b"".join([*parts, edge, head, content, b"\r\n--page--\r\n"])
    return {"data": body, "content_type": "multipart/form-data; boundary=page"}


FAR_TOO_MUCH = {
    "data": b"0",
    "content_type": "multipart/form-data; boundary=page",
    "environ_overrides": {"CONTENT_LENGTH": "68000000"},
}
"""A request that says it is larger than anything a page takes."""
