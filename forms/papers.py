"""Forms about papers: the list before it is sent, what came, and what did not come.

Each case has its own list, so the questions are made for the papers at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, cast

from wtforms import Field

from forms.base import Background, BaseForm, Section, TaskForm
from forms.fields import ChoiceField, Required, RequiredIf, WordsField
from processes.domain.documents import (
    KIND_NAMES,
    DocumentKind,
    DocumentRequest,
    still_missing,
    to_look_at,
)

ASK, DROP, ACCEPT, AGAIN = "ask", "drop", "accept", "again"
NOTHING = "ingen"
ASKABLE = tuple(
    (str(kind), name)
    for kind, name in KIND_NAMES.items()
    # Answers and a signature, which only the spouse can be asked for.
    if kind is not DocumentKind.SPOUSE_PART
)


def _paper_field(kind: DocumentKind) -> str:
    return f"paper_{kind.name.lower()}"


def _note_field(kind: DocumentKind) -> str:
    return f"note_{kind.name.lower()}"


class ReviewDocuments(TaskForm):
    """Go through the list of papers before the citizen is asked (gennemgå listen)."""

    key = "casework.review_documents"

    added = ChoiceField(
        "Skal borgeren sende noget andet?",
        [Required("Vælg, om borgeren skal sende noget andet.")],
        choices=((NOTHING, "Nej"), *ASKABLE),
    )
    text = WordsField(
        "Bemærkning til sagen",
        description="Du behøver ikke svare. Gemmes på sagen, ikke i brevet.",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with a question for each paper on the list."""
        made: dict[str, Any] = {
            _paper_field(paper.kind): ChoiceField(
                f"Skal borgeren sende: {paper.name}?",
                [Required(f"Vælg, om borgeren skal sende: {paper.name}.")],
                choices=((ASK, "Ja, bed om det"), (DROP, "Nej, det skal vi ikke bruge")),
                description=paper.why,
            )
            for paper in still_missing(background.papers)
        }
        return cast("type[Self]", type(cls.__name__, (cls,), made))

    @property
    def papers(self) -> Sequence[DocumentRequest]:
        """The papers on the list."""
        return still_missing(self.background.papers)

    @property
    def sections(self) -> list[Section]:
        """Return the papers first, then what else."""
        return _each(self, [*(_paper_field(each.kind) for each in self.papers), "added", "text"])

    def to_variables(self) -> dict[str, object]:
        """Return what was taken off the list, and what was put on it."""
        return {
            "dropped": tuple(
                paper.id for paper in self.papers if self[_paper_field(paper.kind)].data == DROP
            ),
            "added": () if self.added.data in {None, NOTHING} else (str(self.added.data),),
            "text": self.text.data or "",
        }


class CheckDocuments(TaskForm):
    """Look at what the citizen sent (se papirerne igennem)."""

    key = "casework.check_documents"

    text = WordsField(
        "Hvad viser papirerne?",
        [Required("Skriv, hvad papirerne viser, eller hvorfor de ikke kan bruges.")],
        description="Gemmes på sagen. Oplysningerne selv retter du, når du vurderer sagen.",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with two questions for each paper that came."""
        made: dict[str, Any] = {}
        for paper in to_look_at(background.papers):
            verdict = _paper_field(paper.kind)
            made[verdict] = ChoiceField(
                f"Kan det bruges: {paper.name}?",
                [Required(f"Vælg, om det kan bruges: {paper.name}.")],
                choices=(
                    (ACCEPT, "Ja, det viser det, vi skal vide"),
                    (AGAIN, "Nej, bed borgeren sende det igen"),
                    (DROP, "Nej, men vi skal ikke bruge det alligevel"),
                ),
            )
            made[_note_field(paper.kind)] = WordsField(
                f"Hvad er der galt med: {paper.name}?",
                [RequiredIf(verdict, AGAIN, "Skriv, hvad der er galt. Borgeren får det at se.")],
                description="Kun hvis borgeren skal sende det igen. Står i brevet til borgeren.",
            )
        return cast("type[Self]", type(cls.__name__, (cls,), made))

    @property
    def papers(self) -> Sequence[DocumentRequest]:
        """The papers that came."""
        return to_look_at(self.background.papers)

    @property
    def sections(self) -> list[Section]:
        """Return one section a paper, then what they show."""
        sections = [
            Section(paper.name, (self[_paper_field(paper.kind)], self[_note_field(paper.kind)]))
            for paper in self.papers
        ]
        return [*sections, *_each(self, ["text"])]

    def to_variables(self) -> dict[str, object]:
        """Return what was made of each paper."""
        return {
            "judged": tuple(
                (
                    paper.id,
                    str(self[_paper_field(paper.kind)].data),
                    self[_note_field(paper.kind)].data or "",
                )
                for paper in self.papers
            ),
            "text": self.text.data or "",
        }


class DocumentsLapsed(TaskForm):
    """Papers did not come: a person goes on with what there is (papirer kom ikke)."""

    key = "casework.documents_lapsed"

    conclusion = WordsField(
        "Hvad lægger du til grund?",
        [Required("Skriv, hvad du lægger til grund, når papirerne ikke er kommet.")],
        description=(
            "Gemmes på sagen. Sagen går videre til vurdering på det grundlag, vi har"
            " (retssikkerhedsloven § 11 b). Borgeren kan sende papirerne, til der er afgjort."
        ),
    )

    def to_variables(self) -> dict[str, object]:
        """Return the conclusion."""
        return {"conclusion": self.conclusion.data or ""}


def _each(form: BaseForm, names: Sequence[str]) -> list[Section]:
    fields: list[Field] = [form[name] for name in names]
    return [Section(str(each.label.text), (each,)) for each in fields]


class AddDocument(BaseForm):
    """File a paper that came by post or at the desk (tilføj papir)."""

    kind = ChoiceField(
        "Hvad er det?",
        [Required("Vælg, hvad papiret er.")],
        choices=tuple((str(kind), name) for kind, name in KIND_NAMES.items()),
    )
    party = ChoiceField("Hvem er det fra?", [Required("Vælg, hvem papiret er fra.")], choices=())

    @classmethod
    def of(cls, parties: Sequence[tuple[str, str]]) -> type[Self]:
        """Return the form that asks about these parties, by id and name."""
        field = ChoiceField(
            "Hvem er det fra?", [Required("Vælg, hvem papiret er fra.")], choices=parties
        )
        return cast("type[Self]", type(cls.__name__, (cls,), {"party": field}))


class LatePaper(TaskForm):
    """Look at a paper that came after the collecting ended (sent papir)."""

    key = "casework.late_paper"

    matters = ChoiceField(
        "Betyder det, der er kommet, noget for sagen?",
        [Required("Vælg, om det betyder noget for sagen.")],
        choices=(
            ("ja", "Ja, sagen skal vurderes igen"),
            ("nej", "Nej, det ændrer ikke sagen"),
        ),
        description="Det, der er afgjort og udbetalt, ændres ikke af dit svar.",
    )
    text = WordsField(
        "Hvad viser det?",
        [Required("Skriv, hvad det viser, og hvorfor det betyder noget eller ikke.")],
        description="Gemmes på sagen.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return whether it matters, and why."""
        return {"matters": self.matters.data == "ja", "text": self.text.data or ""}
