"""What every page gets besides its own content: menu, municipality, time, icons, assets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, g, url_for

from app.security.guards import token
from app.web.shell import labels, words
from app.web.shell.tree import branches
from forms.base import EmptyForm
from forms.desk import SearchForm
from processes.domain.access import Actor, Role, may
from processes.domain.cessations import GROUND_NAMES
from processes.domain.cessations import STATE_NAMES as CESSATION_STATES
from processes.domain.deadlines import USUAL
from processes.domain.documents import LARGEST_FILE_BYTES
from processes.domain.incomes import CLASS_NAMES as INCOME_CLASS_NAMES
from processes.domain.incomes import DIFFERENCE_NAMES
from processes.domain.sanction_cases import GROUP_NAMES, PARAGRAPH_NAMES
from processes.domain.sanction_cases import STATE_NAMES as SANCTION_STATES
from processes.ports.pages import GAP


@dataclass(frozen=True)
class MenuItem:
    """One entry of the main menu."""

    endpoint: str
    label: str
    action: str
    """Who may not do it does not see it."""
    area: str
    """The blueprint whose pages light it up."""


STAFF_MENU = (
    MenuItem("inbox.index", "Opgaver", "inbox.read", "inbox"),
    MenuItem("cases.index", "Sager", "case.read", "cases"),
    MenuItem("runs.index", "Udbetaling", "run.read", "runs"),
    MenuItem("claims.index", "Krav", "claim.read", "claims"),
    MenuItem("team.index", "Hold", "team.read", "team"),
    MenuItem("production.index", "Produktion", "production.read", "production"),
    MenuItem("setup.deadlines", "Frister", "deadline.set", "setup"),
    MenuItem("rules.index", "Regler og satser", "rule.read", "rules"),
    MenuItem("workbench.index", "Processer", "process.change", "workbench"),
    MenuItem("cockpit.index", "Drift", "cockpit.read", "cockpit"),
    MenuItem("teamlead.incidents", "Standsede sager", "incident.read", "teamlead"),
)
LANDINGS = (
    ("citizen.follow", "citizen.overview"),
    ("inbox.read", "inbox.index"),
    ("case.read", "cases.index"),
    ("process.change", "workbench.index"),
    ("incident.read", "teamlead.incidents"),
)
"""Where a role begins: the first it may."""


def menu(actor: Actor) -> Sequence[MenuItem]:
    """Return the menu of a role."""
    return [item for item in STAFF_MENU if may(actor, item.action)]


def landing(actor: Actor) -> str:
    """Return where a role begins."""
    return next(url_for(endpoint) for action, endpoint in LANDINGS if may(actor, action))


def is_citizen(actor: Actor | None) -> bool:
    """Tell which of the two shells a page has."""
    return actor is not None and actor.role is Role.CITIZEN


class Assets:
    """Bundles by name; the address carries the content's digest, so it can be kept for ever."""

    def __init__(self, folder: Path) -> None:
        manifest = folder / "manifest.json"
        self._digests: dict[str, str] = (
            json.loads(manifest.read_text()) if manifest.exists() else {}
        )

    def url(self, name: str) -> str:
        """Return where the browser finds a bundle."""
        return url_for("static", filename=f"dist/{name}", v=self._digests.get(name, "0"))


def empty_form() -> EmptyForm:
    """Return a form that is only a button."""
    return EmptyForm(token=token())


def scans() -> bool:
    """Tell whether files are looked through for viruses in this installation."""
    return bool(g.core.settings.scanner_url)


def _page_values() -> dict[str, Any]:
    actor: Actor | None = g.get("actor")
    values: dict[str, Any] = {"actor": actor, "menu": [], "municipality": g.get("municipality")}
    if actor is not None and "core" in g:
        values["now"] = g.core.clock.now()
        values["today"] = g.core.clock.today()
    if actor is not None and not is_citizen(actor):
        values["menu"] = menu(actor)
        if may(actor, "person.search"):
            values["search_form"] = SearchForm(token=token())
    return values


def install(app: Flask) -> None:
    """Give templates their words, icons and bundles."""
    assets = Assets(Path(app.static_folder or "static") / "dist")
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.filters.update(labels.FILTERS)
    app.jinja_env.globals.update(
        asset=assets.url,
        branches=branches,
        antal=words.antal,
        age_in_years=words.age_in_years,
        due_of=words.due,
        empty_form=empty_form,
        may=may,
        benefits=labels.BENEFITS,
        usual_deadlines=USUAL,
        channels=labels.CHANNELS,
        letter_gap=GAP,
        largest=LARGEST_FILE_BYTES,
        forskel_navne=DIFFERENCE_NAMES,
        indkomst_navne=INCOME_CLASS_NAMES,
        ophoer_grunde=GROUND_NAMES,
        ophoer_tilstande=CESSATION_STATES,
        paragraf_navne=PARAGRAPH_NAMES,
        maalgruppe_navne=GROUP_NAMES,
        sanktion_tilstande=SANCTION_STATES,
        scans=scans,
    )
    app.context_processor(_page_values)
