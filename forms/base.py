"""What every form has: a token against forgery, Danish messages, and its own way in and out.

A form is told everything: the session its token lives in, and the `Background` it starts from.
So it can be tried without an application and without a database.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Self

from wtforms import Field, Form, HiddenField
from wtforms.csrf.core import CSRFTokenField
from wtforms.csrf.session import SessionCSRF
from wtforms.form import BaseForm as WtForm
from wtforms.meta import DefaultMeta

from processes.domain.calculation import Calculation, Missing
from processes.domain.cessations import Cessation
from processes.domain.decisions import Proposal
from processes.domain.documents import DocumentRequest
from processes.domain.facts import Contradiction, Fact, FactKind
from processes.domain.hearings import PartyHearing
from processes.domain.incomes import IncomeFinding
from processes.domain.matter_views import MatterView
from processes.domain.payments import PaymentLine
from processes.domain.sanction_cases import SanctionRequest

DANISH = {
    "This field is required.": "Udfyld feltet.",
    "Not a valid choice.": "Vælg et af svarene.",
    "Not a valid choice": "Vælg et af svarene.",
    "Invalid Choice: could not coerce": "Vælg et af svarene.",
    "CSRF token missing.": "Siden er for gammel. Se dine svar efter, og send igen.",
    "CSRF failed.": "Siden er for gammel. Se dine svar efter, og send igen.",
    "CSRF token expired.": "Siden er for gammel. Se dine svar efter, og send igen.",
    "Invalid input.": "Svaret kan ikke læses. Skriv det igen.",
}


class DanishTexts:
    """WTForms' own messages in Danish, since it ships none."""

    def gettext(self, string: str) -> str:
        """Return the Danish message; one we do not have stays as it is."""
        return DANISH.get(string, string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the Danish message for a number."""
        return self.gettext(singular if n == 1 else plural)


TEXTS = DanishTexts()


@dataclass(frozen=True)
class Token:
    """Where a form's token against forgery lives: the session, and the key that signs it."""

    session: MutableMapping[str, Any]
    secret: bytes


@dataclass(frozen=True)
class AskedParty:
    """A party a form asks about (part): fields of all but the first carry a prefix."""

    id: str
    name: str
    prefix: str = ""

    @property
    def first_name(self) -> str:
        """The name a question uses."""
        return self.name.split(" ")[0] or "parten"


@dataclass(frozen=True)
class Background:
    """What a task's form starts from (baggrund): the case as it is known, read only."""

    today: date
    parties: tuple[AskedParty, ...] = ()
    facts: Mapping[tuple[str, FactKind], Fact] = field(default_factory=dict)
    """The fact that counts today, by party and kind."""
    contradictions: tuple[Contradiction, ...] = ()
    missing: tuple[Missing, ...] = ()
    calculation: Calculation | None = None
    proposal: Proposal | None = None
    hearing: PartyHearing | None = None
    matter: MatterView | None = None
    """The question of its own the task is about."""
    statement_draft: str = ""
    """What a hearing would say, drafted from the calculation."""
    payments: tuple[PaymentLine, ...] = ()
    papers: tuple[DocumentRequest, ...] = ()
    """What the party was asked to send."""
    applies_jointly: bool = False
    valid_from: date | None = None
    hearing_days: int = 14
    """How long a party usually has to answer a hearing here."""
    help_until: date | None = None
    """The day before the first payment: until then somebody without means needs help now."""
    answered_registers: tuple[str, ...] = ()
    """Registers that answered after somebody was asked to type in for them."""
    sanction: SanctionRequest | None = None
    """The request for a sanction the task is about."""
    cessation: Cessation | None = None
    """The end of help the task is about."""
    finding: IncomeFinding | None = None
    """What the income register said otherwise, when the task is about that."""
    missing_registers: tuple[str, ...] = ()
    """The registers a person types in for; empty when the task does not say."""

    def disputed(self, party_id: str, kind: FactKind) -> bool:
        """Tell whether sources disagree on a fact."""
        return any(each.kind is kind and each.party_id == party_id for each in self.contradictions)


@dataclass(frozen=True)
class Section:
    """Questions that belong together on the page (afsnit), in the order they are met."""

    title: str
    fields: tuple[Field, ...]
    lead: str = ""
    folded: bool = False
    """What is known already and seldom changes is folded away; a mistake in it opens it."""


class BaseForm(Form):
    """A form with a token; its messages are Danish."""

    class Meta(DefaultMeta):
        """How WTForms behaves: token in the session, no time limit but the session's own."""

        csrf = True
        csrf_class = SessionCSRF
        csrf_time_limit = None

        def get_translations(self, form: WtForm) -> DanishTexts:
            """Return our own table."""
            return TEXTS

    def __init__(
        self, formdata: Any = None, *, token: Token | None, data: Mapping[str, Any] | None = None
    ) -> None:
        """Take what was typed; without a token only text that was checked when it came."""
        meta: dict[str, Any] = {"csrf": False}
        if token is not None:
            meta = {"csrf_secret": token.secret, "csrf_context": token.session}
        super().__init__(formdata, data=data, meta=meta)

    @property
    def questions(self) -> list[Field]:
        """Return the fields a person answers, in order."""
        return [each for each in self if not isinstance(each, CSRFTokenField | HiddenField)]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Return what is wrong: the id of the place to go to, and the sentence."""
        return [(_place(each), str(message)) for each in self for message in each.errors if message]


def _place(question: Field) -> str:
    """Return the id of the first thing in a field that can have focus."""
    return f"{question.id}-0" if hasattr(question, "words") else str(question.id)


class EmptyForm(BaseForm):
    """A form that is only a button: its token, and nothing else."""


class TaskForm(BaseForm):
    """The form of a user task; its key is what the diagram names."""

    key: ClassVar[str]
    background: Background

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with the questions this case needs; most forms always ask the same."""
        return cls

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what the fields start with."""
        return {}

    @classmethod
    def build(
        cls,
        background: Background,
        *,
        token: Token,
        formdata: Any = None,
    ) -> Self:
        """Return the form for a case, with what was typed or, before that, what is known."""
        form = cls.asked(background)(formdata, token=token, data=cls.from_variables(background))
        form.background = background
        return form

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Return what is wrong, in the order the page asks."""
        asked = [each for section in self.sections for each in section.fields]
        return [(_place(each), str(message)) for each in asked for message in each.errors]

    @property
    def sections(self) -> list[Section]:
        """Return the questions as the page shows them: each by itself, unless the form groups."""
        return [Section(str(each.label.text), (each,)) for each in self.questions]

    def to_variables(self) -> dict[str, object]:
        """Return the values the receiving verb gets; only after `validate()`."""
        raise NotImplementedError
