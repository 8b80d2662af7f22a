"""What the browser gets: small, whole, and drawn under the strict content security policy."""

import gzip
import json
import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.local.frontend import BUNDLES, ensure_bundles
from tests.browser import chromium

FIRST_LOAD_LIMIT = 300_000
POLICY = "default-src 'self'; img-src 'self' data:; font-src 'self' data:; object-src 'none'"

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="urn:test">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:userTask id="task_assess" name="Vurdér oplysninger"/>
    <bpmn:userTask id="task_approve" name="Godkend afgørelse"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
    <bpmndi:BPMNShape id="s1" bpmnElement="task_assess">
      <dc:Bounds x="100" y="80" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="task_approve">
      <dc:Bounds x="260" y="80" width="100" height="80"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    ensure_bundles()


def referred_to(style_sheet: str) -> set[str]:
    css = (BUNDLES / style_sheet).read_text()
    return {
        match for match in re.findall(r'url\("?([^")]+)"?\)', css) if not match.startswith("data:")
    }


def test_the_first_page_loads_little() -> None:
    texts = sum(len(gzip.compress((BUNDLES / name).read_bytes())) for name in ("app.css", "app.js"))
    fonts = sum(path.stat().st_size for path in (BUNDLES / "assets").glob("*.woff2"))

    assert texts + fonts < FIRST_LOAD_LIMIT / 2, "a page needs room for icons and words"


@pytest.mark.parametrize("style_sheet", ["app.css", "viewer.css"])
def test_every_file_a_style_sheet_names_is_there(style_sheet: str) -> None:
    for name in referred_to(style_sheet):
        assert (BUNDLES / name).is_file(), name


def test_fonts_are_four_small_files_in_one_format() -> None:
    fonts = {Path(name).suffix for name in referred_to("app.css") if "IBMPlex" in name}

    assert fonts == {".woff2"}
    assert (BUNDLES / "app.css").read_text().count("@font-face") == 4


def test_the_manifest_names_every_bundle() -> None:
    manifest = json.loads((BUNDLES / "manifest.json").read_text())

    bundles = {p.name for p in BUNDLES.iterdir() if p.suffix in {".css", ".js", ".svg"}}
    assert set(manifest) == bundles
    assert {"app.css", "app.js", "viewer.css", "viewer.js", "icons.svg"} <= bundles


class PageHandler(SimpleHTTPRequestHandler):
    """Serves the bundles and one page, with the policy of the real pages."""

    page = ""

    def do_GET(self) -> None:
        if self.path != "/page":
            super().do_GET()
            return
        body = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    states = {"task_assess": "done", "task_approve": "active"}
    data = json.dumps({"xml": DIAGRAM, "states": states}).replace("<", "\\u003c")
    PageHandler.page = f"""<!doctype html><html lang="da"><title>Proces</title>
      <link rel="stylesheet" href="/app.css"><link rel="stylesheet" href="/viewer.css">
      <h1>Proces</h1><div data-diagram="diagram-data"></div>
      <script type="application/json" id="diagram-data">{data}</script>
      <script src="/viewer.js" defer></script></html>"""
    handler = partial(PageHandler, directory=str(BUNDLES))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_viewer_draws_states_and_keeps_its_mark_under_the_policy(address: str) -> None:
    with chromium() as browser:
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/page")
        page.wait_for_selector("[data-diagram][data-ready=yes]")

        assert page.locator("[data-element-id=task_assess].state-done").count() == 1
        assert page.locator("[data-element-id=task_approve].state-active").count() == 1
        mark = page.locator(".bjs-powered-by")
        assert mark.is_visible()
        assert mark.evaluate(
            """mark => {
                const { x, y, width, height } = mark.getBoundingClientRect();
                return mark.contains(document.elementFromPoint(x + width / 2, y + height / 2));
            }"""
        ), "something lies on top of the mark"
        assert errors == []
