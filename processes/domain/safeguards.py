"""The promises no process may break (retssikkerhedsgarantier).

Checked when a decision is issued and when money is ordered, whatever the diagrams did before:
nothing to a citizen's harm without a person, reasons, a hearing or a named exception, and a
decision that was sent before it took effect. A deadline that runs out changes nothing.
Knows no process and no step; a second opinion on purpose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from processes.domain.calculation import Calculation, HelpKind, Outcome
from processes.domain.decisions import SYSTEM, DecidedLine, Decision, Proposal
from processes.domain.deductions import DecidedDeduction, DeductionKind, is_sent_before
from processes.domain.errors import SafeguardError
from processes.domain.facts import FactKind
from processes.domain.hearings import HearingState, PartyHearing
from processes.domain.immediate_help import ImmediateHelp
from processes.domain.life import named
from processes.domain.money import Money, total
from processes.domain.payments import PaymentLine, decided_amount
from processes.domain.periods import danish_day
from processes.domain.reassessment import lowered

LEAST_REASON_CHARACTERS = 20
"""An exception of fewer characters names nothing."""


def check_issue(
    proposal: Proposal,
    *,
    calculation: Calculation,
    hearing: PartyHearing | None,
    contributors: Collection[str],
) -> None:
    """Refuse a decision that is not fit to be issued.

    Law: FVL §§ 19 (hearing), 22-24 (reasons); two persons where the table asks for it.
    """
    if proposal.calculation_id != calculation.id:
        raise SafeguardError(
            "Forslaget bygger på en anden beregning end den, der ligger på sagen."
            " Lav et nyt forslag."
        )
    if calculation.outcome is Outcome.UNKNOWN or proposal.outcome is Outcome.UNKNOWN:
        raise SafeguardError(
            "Der mangler oplysninger, så der kan ikke træffes afgørelse."
            " Indhent dem, og beregn igen."
        )
    if proposal.outcome is not calculation.outcome:
        raise SafeguardError(
            f"Forslaget siger '{proposal.outcome}', men beregningen siger '{calculation.outcome}'."
            " Beregn igen, eller lav et nyt forslag."
        )
    if not any(law.strip() for law in proposal.legal_basis):
        raise SafeguardError(
            "Afgørelsen har ingen hjemmel. Angiv de paragraffer, der er afgjort efter."
        )
    _check_second_person(proposal, contributors)
    if proposal.is_adverse or calculation.is_adverse:
        _check_adverse(proposal, hearing)


def check_still_holds(
    changed: Sequence[FactKind], *, is_withdrawn: bool, nobody_lives: bool
) -> None:
    """Refuse a decision on a case that life has overtaken (forældet grundlag).

    Law: FVL § 19 and the duty to inform a case well (RSL § 10): what is decided rests on what is
    known when it is decided, not on what was known when it was calculated.
    """
    if is_withdrawn:
        raise SafeguardError(
            "Ansøgningen er trukket tilbage, så der kan ikke træffes afgørelse. Sagen lukker."
        )
    if nobody_lives:
        raise SafeguardError(
            "Ansøgeren er død, så afgørelsen kan ikke træffes. Se opgaven om dødsfaldet."
        )
    if changed:
        raise SafeguardError(
            f"Oplysningerne er ændret, efter at der blev beregnet: {named(changed)}."
            " Vurdér sagen igen, og beregn på ny, før der afgøres."
        )


def check_favourable_change(calculation: Calculation, earlier: Sequence[DecidedLine]) -> None:
    """Refuse that the system itself gives less than a decision already sent."""
    if months := lowered(calculation, earlier):
        raise SafeguardError(
            f"Hjælpen bliver mindre fra {months[0]} end afgjort før, så en sagsbehandler skal"
            " foreslå afgørelsen."
        )


def check_lowering(
    proposal: Proposal,
    *,
    calculation: Calculation,
    hearing: PartyHearing | None,
    earlier: Sequence[DecidedLine],
) -> None:
    """Refuse to give less than a decision already sent without all that harm asks for.

    Law: FVL § 19. Less than before is to the citizen's harm, also when it is all that is applied
    for now.
    """
    if lowered(calculation, earlier):
        _check_adverse(proposal, hearing)


def check_issue_favourable(proposal: Proposal, *, calculation: Calculation) -> None:
    """Refuse anything but a full grant: the only outcome that may go without a person."""
    if proposal.outcome is not Outcome.GRANTED or calculation.outcome is not Outcome.GRANTED:
        raise SafeguardError(
            "Kun en fuld bevilling kan afgøres automatisk. Giv sagen til en sagsbehandler."
        )
    check_issue(proposal, calculation=calculation, hearing=None, contributors=())


def _check_second_person(proposal: Proposal, contributors: Collection[str]) -> None:
    if proposal.second_person_needed is None and proposal.proposed_by != SYSTEM:
        raise SafeguardError(
            "Det er ikke afgjort, om en anden skal godkende. Lad tabellen afgøre det først."
        )
    if proposal.second_person_needed and proposal.approved_by is None:
        raise SafeguardError("Afgørelsen skal godkendes af en anden. Send den til godkendelse.")
    if proposal.approved_by is not None and proposal.approved_by in {
        SYSTEM,
        "",
        proposal.proposed_by,
        *contributors,
    }:
        raise SafeguardError(
            "Den, der har godkendt, har selv arbejdet på sagen. Lad en anden godkende."
        )


def _check_adverse(proposal: Proposal, hearing: PartyHearing | None) -> None:
    if proposal.proposed_by in {SYSTEM, ""}:
        raise SafeguardError(
            "Systemet må ikke selv give afslag eller mindre end søgt."
            " En sagsbehandler skal foreslå afgørelsen."
        )
    if not proposal.reasoning.strip():
        raise SafeguardError("Afgørelsen har ingen begrundelse. Skriv de vigtigste hensyn.")
    if len(proposal.hearing_exception.strip()) >= LEAST_REASON_CHARACTERS:
        return
    if hearing is None or hearing.id != proposal.hearing_id:
        raise SafeguardError(
            "Parten er ikke hørt. Hold partshøring, eller vælg en undtagelse i forvaltningslovens"
            " § 19, stk. 2, og begrund den."
        )
    if hearing.calculation_id != proposal.calculation_id:
        raise SafeguardError(
            "Parten er hørt om en anden beregning end den, der afgøres på. Hør parten igen, eller"
            " begrund, hvorfor det ikke er nødvendigt."
        )
    if hearing.case_id != proposal.case_id or not hearing.is_held:
        raise SafeguardError(
            "Partshøringen er ikke afsluttet: brevet skal være sendt, fristen udløbet eller svaret"
            " modtaget, og en person skal have vurderet det. Afslut høringen først."
        )


def check_help_answered(asked: ImmediateHelp | None) -> None:
    """Refuse to decide an application while nobody has answered whether help is needed now.

    Law: LAS § 25 a: considered and answered in every application.
    """
    if asked is None or asked.is_open:
        raise SafeguardError(
            "Spørgsmålet om engangshjælp er ikke besvaret. Løs opgaven om engangshjælp på sagen"
            " først."
        )


def check_payment(
    line: PaymentLine,
    *,
    decision: Decision | None,
    last_decided: Sequence[DecidedLine] = (),
    calculation: Calculation,
    provisional_allowed: bool,
    deductions: Collection[DecidedDeduction] = (),
) -> None:
    """Refuse a payment that no sent decision carries, or that pays less than was decided.

    `last_decided` are the lines of the newest decision that was sent before this one; `deductions`
    are those decided about the case.
    """
    decision = _check_decided(line, decision)
    check_deductions(line, deductions)
    _check_not_lower(line, decision, last_decided)
    if calculation.id != decision.calculation_id:
        raise SafeguardError("Beregningen er ikke den, der er afgjort på. Hent den rigtige.")
    if calculation.is_provisional and not provisional_allowed:
        raise SafeguardError(
            "Beregningen bruger satser, der ikke er bekræftet. Få dem bekræftet af en anden, før"
            " der betales."
        )


def check_same_day(*, is_stopped: bool, is_dead: bool) -> None:
    """Refuse money for today to somebody who has died, or on a case that has stopped.

    What leaves the same day cannot be called back: it is asked at the last moment, whatever the
    diagrams did before.
    """
    if is_dead:
        raise SafeguardError(
            "Modtageren er død, så engangshjælpen udbetales ikke. Se opgaven om dødsfaldet."
        )
    if is_stopped:
        raise SafeguardError(
            "Ansøgningen er trukket tilbage, eller sagen er afsluttet, så engangshjælpen udbetales"
            " ikke. Mangler borgeren stadig penge, skal der søges igen."
        )


def check_running_payment(
    line: PaymentLine,
    *,
    decision: Decision | None,
    newest: Decision | None,
    last_decided: Sequence[DecidedLine] = (),
    deductions: Collection[DecidedDeduction] = (),
) -> None:
    """Refuse a month's payment of running help that the newest sent decision does not carry.

    `newest` is the newest sent decision that says anything of the person and month. Whether its
    rates were confirmed is judged on the month calculated again, not on the decision's own months.
    """
    decision = _check_decided(line, decision)
    if newest is None or newest.id != decision.id:
        raise SafeguardError(
            f"Der er sendt en nyere afgørelse om {line.month}. Beregn betalingen igen efter den."
        )
    check_deductions(line, deductions)
    _check_not_lower(line, decision, last_decided)


def check_deductions(line: PaymentLine, decided: Collection[DecidedDeduction]) -> None:
    """Refuse that anything comes off a payment without a decision that was sent first.

    Law: FVL §§ 19 and 22-24; a payment that is tried again is the amounts of the first try, which
    was seen here.
    """
    if line.sequence > 0:
        return
    known = {each.deduction.id: each for each in decided}
    sums: defaultdict[DeductionKind, Money] = defaultdict(lambda: Money(0))
    for taken in line.taken:
        found = known.get(taken.deduction_id)
        if (
            found is None
            or found.deduction.decision_id != found.decision.id
            or (found.deduction.party_id, found.deduction.case_id, found.deduction.kind)
            != (line.party_id, line.case_id, taken.kind)
        ):
            raise SafeguardError(
                "Der er trukket noget fra udbetalingen uden en afgørelse. Beregn den igen."
            )
        if not is_sent_before(found.decision, line.disposition_on):
            raise SafeguardError(
                f"Afgørelsen om «{found.deduction.label}» er ikke sendt før udbetalingen, så intet"
                " kan trækkes. Beregn betalingen igen uden den."
            )
        if not found.deduction.is_due(line.month) or taken.amount > found.deduction.amount:
            raise SafeguardError(
                f"«{found.deduction.label}» er ikke afgjort med {taken.amount.danish()} for"
                f" {line.month}. Beregn betalingen igen."
            )
        sums[taken.kind] = sums[taken.kind] + taken.amount
    said = {
        DeductionKind.SANCTION: line.sanction,
        DeductionKind.SET_OFF_GROSS: line.set_off_gross,
        DeductionKind.SET_OFF: line.set_off,
        DeductionKind.ADMINISTRATION: line.administration,
    }
    if any(sums[kind] != amount for kind, amount in said.items()):
        raise SafeguardError(
            "Det, der er trukket fra udbetalingen, passer ikke med afgørelserne. Beregn den igen."
        )


def _check_decided(line: PaymentLine, decision: Decision | None) -> Decision:
    if decision is None or decision.id != line.decision_id or decision.case_id != line.case_id:
        raise SafeguardError("Udbetalingen har ingen afgørelse. Træf afgørelse, før der betales.")
    if decision.sent_at is None:
        raise SafeguardError(
            "Afgørelsen er ikke sendt til parten endnu. Send brevet, før der betales."
        )
    decided = decided_amount(decision.lines, line.party_id, line.month)
    if decided is None:
        raise SafeguardError(
            f"Afgørelsen giver ikke modtageren noget for {line.month}. Ret planen efter afgørelsen."
        )
    _check_amounts(line, decided)
    if decision.help_kind is HelpKind.IMMEDIATE and not decision.approved_by:
        raise SafeguardError(
            "Penge, der udbetales samme dag, skal være godkendt af en anden. Send forslaget til"
            " godkendelse."
        )
    return decision


def _check_amounts(line: PaymentLine, decided: Money) -> None:
    if line.gross < decided:
        raise SafeguardError(
            f"Der er afgjort {decided.danish()} for {line.month}, men der står"
            f" {line.gross.danish()}. Betal det afgjorte, eller træf en ny afgørelse."
        )
    if line.gross > decided:
        raise SafeguardError(
            f"Der står {line.gross.danish()} for {line.month}, men der er kun afgjort"
            f" {decided.danish()}. Ret planen efter afgørelsen."
        )
    off = (line.tax, line.atp, line.set_off, line.administration)
    if line.net != line.income - total(off) or min(
        line.net, line.sanction, line.set_off_gross, *off
    ) < Money(0):
        raise SafeguardError(
            "Brutto, skat og netto passer ikke sammen på udbetalingen. Lav planen igen."
        )


def _check_not_lower(
    line: PaymentLine, decision: Decision, last_decided: Sequence[DecidedLine]
) -> None:
    before = decided_amount(tuple(last_decided), line.party_id, line.month)
    if before is None or line.gross >= before:
        return
    if not decision.is_adverse:
        raise SafeguardError(
            f"Der var afgjort {before.danish()} for {line.month}, og nu betales mindre, uden at"
            " afgørelsen siger det. Træf en afgørelse om nedsættelsen først."
        )
    sent_on = danish_day(decision.sent_at) if decision.sent_at else None
    if sent_on is None or sent_on >= line.disposition_on:
        raise SafeguardError(
            "Hjælpen kan ikke sættes ned, før afgørelsen om det er sendt."
            " Betal det hidtidige beløb for måneden."
        )


def check_lapse(before: PartyHearing, after: PartyHearing) -> None:
    """Refuse that a deadline which ran out changed anything but the hearing's own state."""
    if after != replace(before, state=after.state) or after.state in {
        HearingState.CONCLUDED,
        HearingState.DROPPED,
    }:
        raise SafeguardError(
            "En frist, der er udløbet, må ikke ændre andet end høringens tilstand."
            " En sagsbehandler skal vurdere sagen."
        )
