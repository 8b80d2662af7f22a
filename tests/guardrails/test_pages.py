"""What every page must have is asked by the client; this asks whether the client would notice.

And that nothing slips past it: each template is shown by a test, each form has its page.
"""

import re
from pathlib import Path

import pytest
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from app.local.places import ROOT
from forms.registry import FORMS
from tests.web.client import Page, inspect, parsed

TEMPLATES = ROOT / "app" / "templates"
GOOD = """<!doctype html><html lang="da"><head><title>Sager – Ydelsessystem</title></head>
<body><h1>Sager</h1>{}</body></html>"""


def page_of(source: str) -> Page:
    """Return a page as if it had been fetched."""
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'"}
    answer = Response(source, headers=headers)
    response = TestResponse(answer.response, "200 OK", answer.headers, None)  # type: ignore[arg-type]
    return Page("/prove", response, parsed(source))


def test_a_good_page_passes() -> None:
    inspect(page_of(GOOD.format("<p>Find en sag.</p>")))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<h1>Igen</h1>", "has 2 h1"),
        ('<p id="a"></p><p id="a"></p>', "ids twice"),
        ('<form method="post" action="/x"></form>', "needs one token"),
        ("<form></form>", "without an address"),
        ("<script>let a;</script>", "inline script"),
        ('<p style="color: red">x</p>', "style"),
        ('<p onclick="x()">x</p>', "onclick"),
        ('<label for="nowhere">x</label>', "points nowhere"),
        ('<a href="#nowhere">x</a>', "leads nowhere"),
        ('<img src="/x.png">', "picture without words"),
        ('<a href="/sager/6101901234">x</a>', "personal number"),
        ("<p>Please try again</p>", "speaks English"),
        ("<p>{{ name }}</p>", "shows its template"),
    ],
)
def test_a_bad_page_is_noticed(body: str, complaint: str) -> None:
    source = GOOD.replace("{}", body)

    with pytest.raises(AssertionError, match=re.escape(complaint)):
        inspect(page_of(source))


def test_broken_html_is_noticed() -> None:
    with pytest.raises(ParseError):
        parsed(GOOD.format("<p><div></p></b>"))


def test_every_form_has_a_page_about_it() -> None:
    written = {path.name.removesuffix(".html") for path in (TEMPLATES / "inbox/about").iterdir()}

    assert written == set(FORMS)


@pytest.mark.parametrize(
    "path",
    [path for path in TEMPLATES.rglob("*.html") if "letters" not in path.parts],
    ids=lambda path: path.relative_to(TEMPLATES).as_posix(),
)
def test_a_template_imports_only_what_it_uses(path: Path) -> None:
    source = path.read_text()
    for line in re.findall(r"{% from \"[^\"]+\" import ([^%]+) %}", source):
        for name in (each.strip() for each in line.split(",")):
            uses = re.findall(rf"\b{name}\b", source)
            assert len(uses) > 1, f"{name} is imported and never used"


def test_no_template_turns_escaping_off() -> None:
    for path in TEMPLATES.rglob("*.html"):
        source = path.read_text()
        assert "| safe" not in source, path
        assert "autoescape false" not in source, path
