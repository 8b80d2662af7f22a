"""Rules and rates: read the law by day, write drafts, try them on people, approve as another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from app.security.guards import allow, token
from app.web.shell.core import actor, core
from app.web.shell.files import download
from forms.rules import FileForm, SubmitForm, WhyForm, head_form, in_words, item_form, typed
from processes.domain.access import may
from processes.domain.errors import ConflictError, RuleError
from processes.domain.law_changes import DraftState, ItemKind, day_from
from processes.domain.law_checks import FIELD_NAMES
from processes.domain.law_trials import OUTCOME_NAMES, Bar
from processes.domain.law_uses import area_of
from processes.domain.money import Money
from processes.domain.rates import Confidence
from processes.domain.rules.prose import days_in_words
from processes.ports.law import Population
from processes.ports.law_pages import DraftPage, LawFilter, SubjectPage

bp = Blueprint("rules", __name__)

Answer = str | AnyResponse | tuple[str, int]

LARGEST_FILE = 1_000_000
STATES = {
    DraftState.OPEN: ("document", "Kladde", "warning"),
    DraftState.SUBMITTED: ("hourglass", "Venter på godkendelse", "info"),
    DraftState.APPROVED: ("success", "Godkendt", "info"),
    DraftState.DROPPED: ("close", "Kasseret", "plain"),
}
"""Icon, words and weight of how far a draft is."""
SURE = {
    Confidence.HIGH: ("success", "Høj", "plain"),
    Confidence.MEDIUM: ("info", "Mellem", "plain"),
    Confidence.LOW: ("warning", "Lav", "warning"),
}
POPULATIONS = {
    Population.CITIZENS: "Kommunens borgere med hjælp",
    Population.MADE_UP: "100.000 opdigtede borgere",
}
KINDS = {ItemKind.RULE: "Regel", ItemKind.RATE: "Sats"}


# ---- the list and one of them --------------------------------------------------------------


@bp.get("/regler")
@allow("rule.read")
def index() -> str:
    """List rules and rates in force on a day, and what waits for whoever looks."""
    page = core().law.index(
        LawFilter(
            day=_day(),
            kind=request.args.get("slags", ""),
            act=request.args.get("lov", ""),
            area=request.args.get("omraade", ""),
            words=request.args.get("ord", ""),
            only_unsure=bool(request.args.get("usikre")),
        ),
        actor(),
    )
    return render_template("rules/index.html", page=page, **_words())


@bp.get("/regler/regler/<rule_id>")
@allow("rule.read")
def rule(rule_id: str) -> str:
    """Show a rule as it is on a day."""
    stories = bool(request.args.get("historier"))
    return _subject(core().law.rule(rule_id, _day(), actor(), stories=stories))


@bp.get("/regler/satser/<key>")
@allow("rule.read")
def rate(key: str) -> str:
    """Show a rate as it is on a day."""
    stories = bool(request.args.get("historier"))
    return _subject(core().law.rate(key, _day(), actor(), stories=stories))


def _subject(page: SubjectPage) -> str:
    return render_template("rules/subject.html", page=page, **_words())


@bp.get("/regler/historik")
@allow("rule.read")
def history() -> str:
    """Show what was approved, the newest first."""
    return render_template("rules/history.html", page=core().law.history(actor()), **_words())


# ---- files ---------------------------------------------------------------------------------


@bp.get("/regler/satser-som-fil")
@allow("rule.read")
def export() -> Response:
    """Hand out the rates as dated YAML."""
    text = core().law.export(actor(), area=request.args.get("omraade", ""))
    return download(text.encode(), "application/yaml", "satser.yaml")


@bp.get("/regler/indlaes")
@allow("rule.draft")
def read_in_form() -> str:
    """Ask for a file of rates."""
    return render_template("rules/read_in.html", form=FileForm(token=token()), **_words())


@bp.post("/regler/indlaes")
@allow("rule.draft")
def read_in() -> Answer:
    """Make a draft of a file of rates."""
    form = FileForm(request.form, token=token())
    try:
        text = _sent_text(form.text.data or "")
        draft_id = core().law.read_in(text, actor(), title=str(form.title.data or ""))
    except RuleError as error:
        page = render_template("rules/read_in.html", form=form, problem=str(error), **_words())
        return page, 422
    flash("Filen er læst. Se, hvad den ændrer.")
    return redirect(url_for("rules.draft", draft_id=draft_id))


def _sent_text(pasted: str) -> str:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        if not pasted.strip():
            raise RuleError("Vælg en fil, eller sæt teksten ind.")
        return pasted
    content = sent.stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise RuleError("Filen er større end 1 MB. Del den, og indlæs delene hver for sig.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleError("Filen er ikke tekst i UTF-8. Gem den om, og prøv igen.") from None


# ---- drafts --------------------------------------------------------------------------------


@bp.post("/regler/regler/<rule_id>/kladde")
@allow("rule.draft")
def begin_rule(rule_id: str) -> AnyResponse:
    """Begin a draft of a rule."""
    return _begin(ItemKind.RULE, rule_id)


@bp.post("/regler/satser/<key>/kladde")
@allow("rule.draft")
def begin_rate(key: str) -> AnyResponse:
    """Begin a draft of a rate."""
    return _begin(ItemKind.RATE, key)


def _begin(kind: ItemKind, subject: str) -> AnyResponse:
    draft_id = core().law.begin(
        kind,
        subject,
        actor(),
        first=day_from(request.form.get("dag", "")) or core().clock.today(),
        how=request.form.get("hvordan", ""),
        name=request.form.get("version", ""),
    )
    return redirect(url_for("rules.draft", draft_id=draft_id))


@bp.get("/regler/kladder/<draft_id>")
@allow("rule.read")
def draft(draft_id: str) -> str:
    """Show a draft with everything beside it."""
    return _draft_page(draft_id)


def _draft_page(
    draft_id: str,
    *,
    problem: str = "",
    sent: Mapping[str, str] | None = None,
    why: WhyForm | None = None,
) -> str:
    """Write the page; `sent` is what was typed when it could not be saved, so it is not lost."""
    page = core().law.page(draft_id, actor())
    chosen = _chosen(page)
    typed_now = request.form if sent is not None else None
    item = page.items[chosen] if page.items else None
    return render_template(
        "rules/draft.html",
        page=page,
        chosen=chosen,
        head=head_form(page.draft, token=token(), formdata=typed_now),
        item_form=item
        and item_form(
            item.item,
            token=token(),
            units=page.units,
            findings=item.findings,
            formdata=typed_now,
        ),
        why=why or WhyForm(token=token()),
        submit_form=SubmitForm(token=token()),
        problem=problem,
        **_words(),
    )


def _chosen(page: DraftPage) -> int:
    asked = request.values.get("post", "0")
    number = int(asked) if asked.isdigit() else 0
    return min(number, max(len(page.items) - 1, 0))


@bp.post("/regler/kladder/<draft_id>/gem")
@allow("rule.draft")
def save(draft_id: str) -> Answer:
    """Keep what was typed, and go where the button leads."""
    number = _number("post")
    try:
        _keep(draft_id, number)
        if request.form.get("tilfoej"):
            number = _put_in(draft_id)
        elif request.form.get("proev"):
            return _tried(draft_id, request.form["proev"])
    except RuleError as error:
        return _draft_page(draft_id, problem=str(error), sent=request.form), 422
    flash("Kladden er gemt.")
    where = request.form.get("videre", "")
    if where.isdigit():
        number = int(where)
    return redirect(url_for("rules.draft", draft_id=draft_id, post=number or None))


def _keep(draft_id: str, number: int) -> None:
    page = core().law.page(draft_id, actor())
    item = page.draft.items[number] if number < len(page.draft.items) else None
    fields: dict[str, str] = {}
    if item is not None:
        form = item_form(item, token=token(), units=page.units, formdata=request.form)
        fields = {name: _plain(text) for name, text in typed(form, item.kind).items()}
    head = {
        name: _plain(request.form[name])
        for name in ("title", "reason", "stories")
        if name in request.form
    }
    core().law.save(
        draft_id,
        actor(),
        revision=_number("revision"),
        head=head,
        number=None if item is None else number,
        fields=fields,
        meant=_meant(),
    )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _meant() -> dict[str, str]:
    """Return why stories shall come out differently, by the key that stands beside each."""
    found = {}
    for name, key in request.form.items():
        if name.startswith("historie-"):
            found[key] = request.form.get(name.replace("historie-", "mening-", 1), "")
    return found


def _put_in(draft_id: str) -> int:
    law, by = core().law, actor()
    kind, _, subject = request.form.get("emne", "").strip().partition(":")
    if kind not in set(ItemKind) or not subject:
        raise RuleError("Vælg den sats eller regel, der også skal ændres.")
    revision = law.page(draft_id, by).draft.revision
    return law.put_in(draft_id, ItemKind(kind), subject, revision, by)


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdigit() else 0


@bp.post("/regler/kladder/<draft_id>/fjern")
@allow("rule.draft")
def take_out(draft_id: str) -> Answer:
    """Take an item out of a draft."""
    try:
        core().law.take_out(draft_id, _number("post"), _number("revision"), actor())
    except RuleError as error:
        return _draft_page(draft_id, problem=str(error)), 422
    flash("Posten er taget ud af kladden.")
    return redirect(url_for("rules.draft", draft_id=draft_id))


@bp.post("/regler/kladder/<draft_id>/proev")
@allow("rule.draft")
def try_out(draft_id: str) -> Answer:
    """Try a draft on a population."""
    try:
        return _tried(draft_id, request.form.get("befolkning", ""))
    except RuleError as error:
        return _draft_page(draft_id, problem=str(error)), 422


def _tried(draft_id: str, population: str) -> AnyResponse:
    if population not in set(Population):
        raise RuleError("Vælg, hvem kladden skal prøves på.")
    trial_id = core().law.try_out(draft_id, Population(population), actor())
    return redirect(url_for("rules.trial", draft_id=draft_id, trial_id=trial_id))


@bp.get("/regler/kladder/<draft_id>/proever/<trial_id>")
@allow("rule.read")
def trial(draft_id: str, trial_id: str) -> str:
    """Show what a trial came to, or how far it is."""
    page = core().law.trial(draft_id, trial_id, actor())
    return render_template("rules/trial.html", page=page, drawing=drawn(page.view.bars), **_words())


@bp.get("/regler/kladder/<draft_id>/proever/<trial_id>/fremdrift")
@allow("rule.read")
def progress(draft_id: str, trial_id: str) -> Response:
    """Say how far a trial is; the whole page is fetched when it is over."""
    page = core().law.trial(draft_id, trial_id, actor())
    answer = make_response(render_template("rules/_progress.html", page=page))
    if page.view.report is not None:
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.post("/regler/kladder/<draft_id>/indsend")
@allow("rule.draft")
def submit(draft_id: str) -> Answer:
    """Hand a draft in."""
    form = SubmitForm(request.form, token=token())
    try:
        core().law.submit(draft_id, actor(), recalculates=bool(form.recalculates.data))
    except RuleError as error:
        return _draft_page(draft_id, problem=str(error)), 422
    flash("Kladden er sendt. En anden procesejer skal godkende den.")
    return redirect(url_for("rules.draft", draft_id=draft_id))


@bp.post("/regler/kladder/<draft_id>/godkend")
@allow("rule.approve")
def approve(draft_id: str) -> Answer:
    """Approve what another wrote."""
    form = WhyForm(request.form, token=token())
    try:
        core().law.approve(
            draft_id,
            actor(),
            reason=str(form.reason.data or ""),
            recalculates=bool(form.recalculates.data),
        )
    except RuleError as error:
        return _draft_page(draft_id, problem=str(error), why=form), 422
    flash("Ændringen er godkendt og gælder fra sin dag.")
    return redirect(url_for("rules.draft", draft_id=draft_id))


@bp.post("/regler/kladder/<draft_id>/send-tilbage")
@allow("rule.approve")
def send_back(draft_id: str) -> Answer:
    """Send a draft back to who wrote it."""
    form = WhyForm(request.form, token=token())
    try:
        core().law.send_back(draft_id, actor(), reason=str(form.reason.data or ""))
    except RuleError as error:
        return _draft_page(draft_id, problem=str(error), why=form), 422
    flash("Kladden er sendt tilbage.")
    return redirect(url_for("rules.draft", draft_id=draft_id))


@bp.post("/regler/kladder/<draft_id>/kasser")
@allow("rule.draft")
def drop(draft_id: str) -> Answer:
    """Drop a draft."""
    form = WhyForm(request.form, token=token())
    try:
        core().law.drop(draft_id, actor(), reason=str(form.reason.data or ""))
    except ConflictError as error:
        return _draft_page(draft_id, problem=str(error), why=form), 409
    except RuleError as error:
        return _draft_page(draft_id, problem=str(error), why=form), 422
    flash("Kladden er kasseret. Den kan stadig læses i historikken.")
    return redirect(url_for("rules.history"))


# ---- parts ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A bar of the drawing (søjle), in its own units."""

    x: int
    y: int
    height: int
    bar: Bar


WIDTH, GAP, TALLEST, LOWEST = 82, 12, 150, 4
"""Of a bar, between bars, the tallest and the lowest that is not nothing."""
NARROWEST = 860
"""A drawing of few bars is no wider on the page than one of many."""
TOP = 30
"""Room for the figure over a bar."""


@dataclass(frozen=True)
class Drawing:
    """The distribution as bars (fordeling)."""

    columns: Sequence[Column]
    width: int
    middle: int
    """Where those who get less end and those who get more begin."""


def drawn(bars: Sequence[Bar]) -> Drawing:
    """Place the bars; whoever gets less stands to the left of the line, the others to the right."""
    most = max((bar.count for bar in bars), default=0) or 1
    columns: list[Column] = []
    x = GAP + max(0, NARROWEST - len(bars) * (WIDTH + GAP) - GAP * 4) // 2
    middle = x - GAP
    for bar in bars:
        if bar.is_up and not any(each.bar.is_up for each in columns):
            middle = x
            x += GAP * 2
        height = bar.count * TALLEST // most
        height = max(height, LOWEST) if bar.count else 0
        columns.append(Column(x, TALLEST + TOP - height, height, bar))
        x += WIDTH + GAP
    if not any(each.bar.is_up for each in columns):
        middle = x
    return Drawing(columns, max(x + GAP, NARROWEST), middle)


def _day() -> date:
    return day_from(request.args.get("dag", "")) or core().clock.today()


def _words() -> dict[str, object]:
    return {
        "states": STATES,
        "sure": SURE,
        "populations": POPULATIONS,
        "kinds": KINDS,
        "outcome_names": OUTCOME_NAMES,
        "area_of": area_of,
        "days_in_words": days_in_words,
        "field_names": FIELD_NAMES,
        "money": Money,
        "field_in_words": in_words,
        "may_draft": may(actor(), "rule.draft"),
        "may_approve": may(actor(), "rule.approve"),
    }
