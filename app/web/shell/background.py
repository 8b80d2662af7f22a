"""From the page of a task to what its form starts from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from forms.base import AskedParty, Background
from processes.domain.calculation import Calculation, Missing
from processes.domain.cases import Case, PartyRole
from processes.domain.cessations import Cessation
from processes.domain.decisions import Proposal
from processes.domain.documents import DocumentRequest
from processes.domain.facts import Contradiction, Fact, FactKind
from processes.domain.hearings import PartyHearing
from processes.domain.incomes import IncomeFinding
from processes.domain.matter_views import MatterView
from processes.domain.payments import PaymentLine
from processes.domain.sanction_cases import SanctionRequest
from processes.ports.pages import FormSource

SPOUSE_PREFIX = "spouse_"


def adults(case: Case) -> tuple[AskedParty, ...]:
    """Return the parties a form asks about: the one the case is about, then the spouse."""
    primary = [each for each in case.parties if each.role is PartyRole.PRIMARY]
    spouses = [each for each in case.parties if each.role is PartyRole.SPOUSE]
    return tuple(
        AskedParty(each.id, each.name, prefix)
        for prefix, parties in (("", primary), (SPOUSE_PREFIX, spouses))
        for each in parties[:1]
    )


class SourcedBackground(Background):
    """A background that asks its source for each part when the form does, and once."""

    def __init__(self, source: FormSource, today: date) -> None:
        super().__init__(today)
        for part in vars(type(self)):
            # What the base starts with is dropped, so that the source is asked instead.
            self.__dict__.pop(part, None)
        self.__dict__["source"] = source

    @property
    def _source(self) -> FormSource:
        source: FormSource = self.__dict__["source"]
        return source

    @cached_property
    def parties(self) -> tuple[AskedParty, ...]:
        """The parties a form asks about."""
        return adults(self._source.case)

    @cached_property
    def facts(self) -> Mapping[tuple[str, FactKind], Fact]:
        """The fact that counts today, by party and kind."""
        return {(row.party_id, row.kind): row.fact for row in self._source.facts if row.fact}

    @cached_property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """What sources disagree on."""
        return tuple(self._source.contradictions)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What the calculation lacks."""
        return tuple(self._source.missing)

    @cached_property
    def calculation(self) -> Calculation | None:
        """The calculation the task is about."""
        return self._source.calculation

    @cached_property
    def proposal(self) -> Proposal | None:
        """The proposal the task is about."""
        return self._source.proposal

    @cached_property
    def hearing(self) -> PartyHearing | None:
        """The newest hearing about the same help."""
        return self._source.hearing

    @cached_property
    def matter(self) -> MatterView | None:
        """The question of its own the task is about."""
        return self._source.matter

    @cached_property
    def statement_draft(self) -> str:
        """What a hearing would say."""
        return self._source.statement_draft

    @cached_property
    def payments(self) -> tuple[PaymentLine, ...]:
        """The payments there were."""
        return tuple(row.line for row in self._source.payments)

    @cached_property
    def papers(self) -> tuple[DocumentRequest, ...]:
        """What the party was asked to send."""
        return tuple(self._source.papers)

    @cached_property
    def applies_jointly(self) -> bool:
        """Whether the spouse applies too."""
        application = self._source.application
        return application.applies_jointly if application else False

    @cached_property
    def valid_from(self) -> date | None:
        """The day help is asked for from."""
        application = self._source.application
        return application.requested_from if application else self.today

    @cached_property
    def missing_registers(self) -> tuple[str, ...]:
        """The registers that did not answer, as the process knows them."""
        said = self._source.task.variables.get("missing_registers")
        return tuple(str(each) for each in said) if isinstance(said, list | tuple) else ()

    @cached_property
    def answered_registers(self) -> tuple[str, ...]:
        """Registers that answered after the task to type in for them was opened."""
        return tuple(self._source.answered_registers)

    @cached_property
    def help_until(self) -> date | None:
        """The day before the first payment."""
        asked = self._source.help_now
        return asked.until_on if asked else None

    @cached_property
    def sanction(self) -> SanctionRequest | None:
        """The request for a sanction the task is about."""
        return self._source.sanction

    @cached_property
    def cessation(self) -> Cessation | None:
        """The end of help the task is about."""
        return self._source.cessation

    @cached_property
    def finding(self) -> IncomeFinding | None:
        """What the income register said otherwise."""
        return self._source.finding

    @cached_property
    def hearing_days(self) -> int:
        """How long a party usually has to answer a hearing here."""
        return self._source.hearing_days


def background_of(source: FormSource, today: date) -> Background:
    """Return what a task's form starts from."""
    return SourcedBackground(source, today)
