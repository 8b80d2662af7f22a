"""Compose, render and send letters; file the exact copy; note when they were delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from processes.domain import (
    cessation_letters,
    complaint_letters,
    documents,
    hearings,
    immediate_help,
    letters,
    life,
    matter_letters,
    money_management,
    notices,
    payments,
    promise_letters,
    safeguards,
    sanction_cases,
    sanction_letters,
)
from processes.domain import claims as claim_law
from processes.domain.calculation import Calculation, HelpKind
from processes.domain.cases import Case, CaseState, Party
from processes.domain.deadlines import DeadlineKind
from processes.domain.decisions import Decision
from processes.domain.documents import Direction
from processes.domain.errors import BrokenStateError, SafeguardError
from processes.domain.facts import Facts
from processes.domain.hearings import PartyHearing
from processes.domain.identifiers import Cpr, Cvr
from processes.domain.letters import Letter, Sender
from processes.domain.matters import MatterDecision, MatterKind
from processes.domain.periods import Month
from processes.domain.rules.prose import month_in_words
from processes.domain.sanctions import last_month
from processes.ports.gateways import Gateways, PostItem, PostReceipt, ReceiptState, RenderedLetter
from processes.ports.records import LetterRecord, LetterState, UserTask
from processes.steps import StepContext, Variables, receives, sends, step

DECISION = "decision"
HEARING = "hearing"
DOCUMENTS = "documents"
DOCUMENTS_REMINDER = "documents_reminder"
DELAY = "delay"
CLOSING = "closing"
MESSAGE_NOTICE = "message_notice"
SPOUSE_PART, SPOUSE_REMINDER = "spouse_part", "spouse_part_reminder"
COMPLAINT_RECEIPT, COMPLAINT_OVERDUE = "complaint_receipt", "complaint_overdue"
COMPLAINT_PARTLY, COMPLAINT_FORWARDED = "complaint_partly", "complaint_forwarded"
MATTER = "matter"
CLAIM_ARRANGEMENT = "claim_arrangement"
CLAIM_REMINDER, CLAIM_LAPSED = "claim_reminder", "claim_lapsed"
MANAGEMENT_ENDED = "management_ended"
MATTER_LETTERS = {MATTER, CLAIM_ARRANGEMENT, CLAIM_REMINDER, CLAIM_LAPSED, MANAGEMENT_ENDED}
ABOUT_A_MATTER = {
    str(letters.LetterKind.REPAYMENT),
    str(letters.LetterKind.MANAGEMENT),
    str(letters.LetterKind.MANAGEMENT_AGREEMENT),
}
"""Decisions on questions of their own."""
ABOUT_A_CLAIM = {
    str(letters.LetterKind.CLAIM_ARRANGEMENT): "Brevet om, hvordan kravet betales, er afleveret.",
    str(letters.LetterKind.CLAIM_DEFERRED): "Brevet om henstand er afleveret.",
    str(letters.LetterKind.CLAIM_REMINDER): "Rykkeren er afleveret.",
    str(letters.LetterKind.CLAIM_LAPSED): "Brevet om, at kravet er bortfaldet, er afleveret.",
    str(
        letters.LetterKind.MANAGEMENT_ENDED
    ): "Brevet om, at regningerne ikke betales mere, er afleveret.",
}
"""Letters that tell what was arranged, with what the journal says when they have come."""
TO_ONE_PARTY = {
    str(letters.LetterKind.MESSAGE_NOTICE): "Brevet om en ny besked er afleveret.",
    str(letters.LetterKind.SPOUSE_PART): "Brevet om ægtefællens del er afleveret.",
    str(letters.LetterKind.SPOUSE_REMINDER): "Påmindelsen om ægtefællens del er afleveret.",
    str(letters.LetterKind.COMPLAINT_RECEIPT): "Kvitteringen for klagen er afleveret.",
    str(letters.LetterKind.COMPLAINT_OVERDUE): "Brevet om, at klagen er forsinket, er afleveret.",
    str(letters.LetterKind.COMPLAINT_PARTLY): "Brevet om delvist medhold er afleveret.",
    str(letters.LetterKind.COMPLAINT_FORWARDED): "Genvurderingen er afleveret.",
}
"""Letters that are nobody else's, by kind, with what the journal says when they have come."""
ABOUT_THE_END = {str(letters.LetterKind.WITHDRAWN), str(letters.LetterKind.MOVED)}
ONLY_TELLS = TO_ONE_PARTY | ABOUT_A_CLAIM
"""Letters that give nothing effect: the journal says that they have come."""
HEARINGS = {
    str(letters.LetterKind.HEARING),
    *(str(kind) for kind in matter_letters.HEARING_KINDS.values()),
}
ABOUT_A_COMPLAINT = {
    str(letters.LetterKind.COMPLAINT_RECEIPT),
    str(letters.LetterKind.COMPLAINT_OVERDUE),
    str(letters.LetterKind.COMPLAINT_PARTLY),
    str(letters.LetterKind.COMPLAINT_FORWARDED),
}
GOES_ON = (
    ABOUT_A_MATTER
    | ABOUT_A_COMPLAINT
    | set(ABOUT_A_CLAIM)
    | HEARINGS - {str(letters.LetterKind.HEARING)}
)
"""A debt is not over when the case of the help is."""
RECEIVER_DEAD = "modtageren_er_doed"
ABOUT_PAPERS = {str(letters.LetterKind.DOCUMENTS), str(letters.LetterKind.DOCUMENTS_REMINDER)}


# ---- words ------------------------------------------------------------------------------------


@step("letters.compose")
def compose(ctx: StepContext, *, case_id: str, letter_kind: str, subject_id: str) -> Variables:
    """Write one letter to each party (brevfletning), checked against what was decided.

    A decision that only one of two parties is told is invalid, so every party gets one.
    """
    case = ctx.uow.cases.get(case_id)
    written = _written(ctx, case, letter_kind, subject_id)
    batch_id = ctx.new_id()
    ctx.uow.letters.add(
        [
            LetterRecord(
                id=letter.id,
                batch_id=batch_id,
                case_id=case_id,
                party_id=party_id,
                kind=str(letter.kind),
                subject_id=subject_id,
                body=letters.to_body(letter),
                state=LetterState.COMPOSED,
                composed_at=ctx.now,
            )
            for party_id, letter in written
        ]
    )
    return {"letter_batch_id": batch_id, "letter_count": len(written)}


def _written(
    ctx: StepContext, case: Case, letter_kind: str, subject_id: str
) -> list[tuple[str, Letter]]:
    sender = sender_of(ctx, case)
    if letter_kind == DECISION:
        return _decisions(ctx, case, sender, subject_id)
    if letter_kind == HEARING:
        return _hearings(ctx, case, sender, ctx.uow.hearings.get(subject_id))
    if letter_kind in {DOCUMENTS, DOCUMENTS_REMINDER}:
        return _about_papers(ctx, case, sender, is_reminder=letter_kind == DOCUMENTS_REMINDER)
    if letter_kind in {DELAY, CLOSING}:
        write = _about_delay if letter_kind == DELAY else _about_the_end
        return write(ctx, case, sender, subject_id)
    if letter_kind in MATTER_LETTERS:
        return _about_a_question(ctx, case, sender, letter_kind, subject_id)
    if letter_kind in {
        COMPLAINT_RECEIPT,
        COMPLAINT_OVERDUE,
        COMPLAINT_PARTLY,
        COMPLAINT_FORWARDED,
    }:
        return [_about_complaint(ctx, case, sender, letter_kind, subject_id)]
    if letter_kind in {MESSAGE_NOTICE, SPOUSE_PART, SPOUSE_REMINDER}:
        return [_to_one(ctx, case, sender, letter_kind, subject_id)]
    raise BrokenStateError(f"Diagrammet beder om brevet '{letter_kind}', som ikke findes.")


def _decisions(
    ctx: StepContext, case: Case, sender: Sender, decision_id: str
) -> list[tuple[str, Letter]]:
    """Tell a decision on help to every party."""
    dead = _dead(ctx, case)
    decision = ctx.uow.decisions.get(decision_id)
    calculation = ctx.uow.calculations.get(decision.calculation_id)
    written = [
        (
            party.id,
            decision_letter(
                ctx,
                decision,
                calculation,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
            ),
        )
        for party in letters.receivers(case, dead=dead)
    ]
    letters.check_letters(
        [letter for _, letter in written], decision=decision, case=case, dead=dead
    )
    return written


def _hearings(
    ctx: StepContext, case: Case, sender: Sender, hearing: PartyHearing
) -> list[tuple[str, Letter]]:
    """Tell what is considered to every party, or to whom a question of its own is about."""
    if hearing.subject_id is not None:
        return _hearing_about_matter(ctx, case, sender, hearing, hearing.subject_id)
    calculation = ctx.uow.calculations.get(hearing.calculation_id)
    written = [
        (
            party.id,
            letters.compose_hearing(
                hearing,
                calculation=calculation,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
                calendar=ctx.calendar,
            ),
        )
        for party in letters.receivers(case, dead=_dead(ctx, case))
    ]
    for _, letter in written:
        letters.check_letter(letter)
    return written


def decision_letter(
    ctx: StepContext,
    decision: Decision,
    calculation: Calculation,
    *,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
) -> Letter:
    """Write a decision to one party, in the words of the help it is about."""
    if decision.help_kind is HelpKind.SANCTION:
        return _about_sanction(
            ctx,
            decision,
            calculation,
            case=case,
            receiver=receiver,
            sender=sender,
            letter_id=letter_id,
        )
    if decision.help_kind is HelpKind.IMMEDIATE:
        asked = ctx.uow.immediate_help.of_case(case.id)
        if asked is None:
            raise BrokenStateError("en afgørelse om engangshjælp uden et spørgsmål om den")
        return promise_letters.compose_immediate(
            decision,
            asked=asked,
            calculation=calculation,
            case=case,
            receiver=receiver,
            sender=sender,
            letter_id=letter_id,
            dated_on=ctx.today,
            pays_on=payments.same_day(ctx.now, rules=ctx.rules, calendar=ctx.calendar),
        )
    cessation = ctx.uow.cessations.of_calculation(calculation.id)
    if cessation is not None:
        heard = decision.hearing_id
        return cessation_letters.compose_cessation(
            decision,
            cessation=cessation,
            calculation=calculation,
            hearing=None if heard is None else ctx.uow.hearings.get(heard),
            case=case,
            receiver=receiver,
            sender=sender,
            letter_id=letter_id,
            dated_on=ctx.today,
            calendar=ctx.calendar,
        )
    return letters.compose_decision(
        decision,
        calculation=calculation,
        case=case,
        receiver=receiver,
        sender=sender,
        letter_id=letter_id,
        dated_on=ctx.today,
        calendar=ctx.calendar,
        help_words=_help_words(ctx, case),
    )


def _about_sanction(
    ctx: StepContext,
    decision: Decision,
    calculation: Calculation,
    *,
    case: Case,
    receiver: Party,
    sender: Sender,
    letter_id: str,
) -> Letter:
    """Write the decision on a sanction, with what the party answered and when it is taken."""
    request = ctx.uow.sanctions.of_calculation(calculation.id)
    if request is None:
        raise BrokenStateError("en afgørelse om en sanktion uden en anmodning om den")
    first = Month.of(ctx.today)
    paid = sanction_cases.paid_months(ctx.uow.payments.of_case(case.id), request.party_id)
    while sanction_cases.is_closed(first, ctx.today, paid=paid, calendar=ctx.calendar):
        first = first.next()
    return sanction_letters.compose_sanction(
        decision,
        request=request,
        calculation=calculation,
        hearing=None if decision.hearing_id is None else ctx.uow.hearings.get(decision.hearing_id),
        case=case,
        receiver=receiver,
        sender=sender,
        letter_id=letter_id,
        dated_on=ctx.today,
        first=first,
        last=last_month(request.told.from_on, rates=ctx.rates),
    )


def _help_words(ctx: StepContext, case: Case) -> str:
    """Say how the question of immediate help was answered; no letter leaves without an answer."""
    asked = ctx.uow.immediate_help.of_case(case.id)
    if asked is None:
        # An application from before the question was put in the process has its own answer.
        application = ctx.uow.cases.application_of_case(case.id)
        asked = immediate_help.ask(
            application.answers,
            help_id="",
            case_id=case.id,
            application_id=application.id,
            at=application.received_at,
        )
    safeguards.check_help_answered(asked)
    decided = [
        each
        for each in ctx.uow.decisions.of_case(case.id, help_kind=HelpKind.IMMEDIATE)
        if each.calculation_id == asked.calculation_id and each.sent_at is not None
    ]
    if not decided:
        return immediate_help.in_words(asked, None)
    return immediate_help.in_words(asked, decided[0].outcome, decided[0].number)


def _about_delay(
    ctx: StepContext, case: Case, sender: Sender, notice_id: str
) -> list[tuple[str, Letter]]:
    """Tell every party that the deadline is not kept."""
    notice = ctx.uow.deadlines.notice(notice_id)
    written = [
        (
            party.id,
            promise_letters.compose_delay(
                notice,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
            ),
        )
        for party in letters.receivers(case, dead=_dead(ctx, case))
    ]
    for _, letter in written:
        letters.check_letter(letter)
    return written


def _about_complaint(
    ctx: StepContext, case: Case, sender: Sender, letter_kind: str, complaint_id: str
) -> tuple[str, Letter]:
    """Write to whoever complained; what another complains of is nobody else's."""
    complaint = ctx.uow.complaints.get(complaint_id)
    party = case.party(complaint.party_id)
    compose_it = {
        COMPLAINT_RECEIPT: complaint_letters.compose_receipt,
        COMPLAINT_OVERDUE: complaint_letters.compose_overdue,
        COMPLAINT_PARTLY: complaint_letters.compose_partly,
        COMPLAINT_FORWARDED: complaint_letters.compose_forwarded,
    }[letter_kind]
    letter = compose_it(
        complaint,
        decision=ctx.uow.decisions.get(complaint.decision_id),
        case=case,
        receiver=party,
        sender=sender,
        letter_id=ctx.new_id(),
        dated_on=ctx.today,
    )
    letters.check_letter(letter)
    return party.id, letter


def _to_one(
    ctx: StepContext, case: Case, sender: Sender, letter_kind: str, subject_id: str
) -> tuple[str, Letter]:
    """Write to the one party a message or the spouse's part is about; no other gets to know."""
    letter_id, today = ctx.new_id(), ctx.today
    if letter_kind == MESSAGE_NOTICE:
        party = case.party(ctx.uow.messages.get(subject_id).party_id)
        letter = notices.message_notice(
            case=case,
            # CPR may not have told a name yet, and the post goes by the number.
            receiver=replace(party, name=party.name or f"Borgeren i sag {case.number}"),
            sender=sender,
            letter_id=letter_id,
            dated_on=today,
        )
    else:
        part = ctx.uow.spouse_parts.of_case(case.id)
        if part is None or part.due_on is None:
            raise BrokenStateError("et brev om ægtefællens del blev bestilt, før den var bedt om")
        party = case.party(part.party_id)
        letter = notices.spouse_part(
            case=case,
            receiver=party,
            sender=sender,
            letter_id=letter_id,
            dated_on=today,
            due_on=part.due_on,
            is_reminder=letter_kind == SPOUSE_REMINDER,
        )
    letters.check_letter(letter)
    return party.id, letter


def _about_the_end(
    ctx: StepContext, case: Case, sender: Sender, event_id: str
) -> list[tuple[str, Letter]]:
    """Tell every party that the case has stopped, and what they can do now."""
    event = ctx.uow.life.event(event_id)
    written = [
        (
            party.id,
            letters.compose_closing(
                event,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
            ),
        )
        for party in letters.receivers(case, dead=_dead(ctx, case))
    ]
    for _, letter in written:
        letters.check_letter(letter)
    return written


def _about_a_question(
    ctx: StepContext, case: Case, sender: Sender, letter_kind: str, subject_id: str
) -> list[tuple[str, Letter]]:
    """Tell what became of a question of its own: decided, arranged, or ended."""
    if letter_kind == MATTER:
        return _about_matter(ctx, case, sender, subject_id)
    if letter_kind == MANAGEMENT_ENDED:
        return _about_management_ended(ctx, case, sender, subject_id)
    return _about_claim(ctx, case, sender, letter_kind, subject_id)


def _hearing_about_matter(
    ctx: StepContext, case: Case, sender: Sender, hearing: PartyHearing, basis_id: str
) -> list[tuple[str, Letter]]:
    """Tell whom a question of its own is about what is considered."""
    basis = ctx.uow.matters.basis(basis_id)
    matter = ctx.uow.matters.get(basis.matter_id)
    written = [
        (
            party.id,
            matter_letters.compose_hearing(
                hearing,
                matter=matter,
                basis=basis,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
                calendar=ctx.calendar,
            ),
        )
        for party in matter_letters.told(matter, case, dead=_dead(ctx, case))
    ]
    for _, letter in written:
        letters.check_letter(letter)
    return written


def _about_matter(
    ctx: StepContext, case: Case, sender: Sender, decision_id: str
) -> list[tuple[str, Letter]]:
    """Tell a decision on a question of its own to whom it is about."""
    decision = ctx.uow.matters.decision(decision_id)
    matter = ctx.uow.matters.get(decision.matter_id)
    wanted = matter_letters.told(matter, case, dead=_dead(ctx, case))
    written = [
        (party.id, matter_letter(ctx, decision, case=case, receiver=party, sender=sender))
        for party in wanted
    ]
    matter_letters.check_decision_letters(
        [letter for _, letter in written], decision=decision, wanted=wanted
    )
    return written


def matter_letter(
    ctx: StepContext, decision: MatterDecision, *, case: Case, receiver: Party, sender: Sender
) -> Letter:
    """Write a decision on a question of its own, in the words of what it is about."""
    basis = ctx.uow.matters.basis(decision.basis_id)
    if decision.kind is MatterKind.REPAYMENT:
        return matter_letters.compose_repayment(
            decision,
            basis=claim_law.from_body(basis),
            case=case,
            receiver=receiver,
            sender=sender,
            letter_id=ctx.new_id(),
            dated_on=ctx.today,
        )
    return matter_letters.compose_management(
        decision,
        plan=money_management.from_body(basis),
        case=case,
        receiver=receiver,
        sender=sender,
        letter_id=ctx.new_id(),
        dated_on=ctx.today,
    )


def _about_claim(
    ctx: StepContext, case: Case, sender: Sender, letter_kind: str, claim_id: str
) -> list[tuple[str, Letter]]:
    """Tell whoever owes how a claim is paid, that something is missing, or that it is over."""
    claim = ctx.uow.claims.get(claim_id)
    decision = ctx.uow.matters.decision(claim.decision_id)
    matter = ctx.uow.matters.get(decision.matter_id)
    events = ctx.uow.claims.events(claim_id)
    left = claim_law.left_of(claim, events)
    arrangement = ctx.uow.claims.arrangement(claim_id)
    written: list[tuple[str, Letter]] = []
    for party in matter_letters.told(matter, case, dead=_dead(ctx, case)):
        if letter_kind == CLAIM_LAPSED:
            letter = matter_letters.compose_lapse(
                left=claim_law.lapsed_amount(events),
                decision=decision,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
            )
        elif arrangement is None:
            raise BrokenStateError("et brev om et krav blev bestilt, før noget var aftalt")
        elif letter_kind == CLAIM_REMINDER:
            letter = matter_letters.compose_reminder(
                behind=claim_law.last_reminded(events),
                left=left,
                pay_by=claim_law.pay_by(ctx.today, calendar=ctx.calendar),
                decision=decision,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
            )
        else:
            letter = matter_letters.compose_arrangement(
                arrangement,
                claim=claim,
                left=left,
                decision=decision,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
            )
        letters.check_letter(letter)
        written.append((party.id, letter))
    return written


def _about_management_ended(
    ctx: StepContext, case: Case, sender: Sender, matter_id: str
) -> list[tuple[str, Letter]]:
    """Tell that bills are not paid any more, and from when the citizen pays them."""
    matter = ctx.uow.matters.get(matter_id)
    decision = next(
        each
        for each in ctx.uow.matters.decisions(case.id, matter.kind)
        if each.matter_id == matter_id and each.sent_at is not None
    )
    taken = [
        each.deduction
        for each in ctx.uow.deductions.of_case(case.id)
        if each.deduction.source_id == matter_id and each.deduction.stopped_from is not None
    ]
    since = max(each.stopped_from for each in taken if each.stopped_from is not None)
    plan = money_management.from_body(ctx.uow.matters.basis(decision.basis_id))
    written = [
        (
            party.id,
            matter_letters.compose_management_ended(
                plan=plan,
                since=month_in_words(since),
                because=matter.closed_because,
                decision=decision,
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                dated_on=ctx.today,
            ),
        )
        for party in matter_letters.told(matter, case, dead=_dead(ctx, case))
    ]
    for _, letter in written:
        letters.check_letter(letter)
    return written


def _about_papers(
    ctx: StepContext, case: Case, sender: Sender, *, is_reminder: bool
) -> list[tuple[str, Letter]]:
    """Ask only whoever must send something, and who acts for them: a paper may be about health."""
    missing = documents.still_missing(ctx.uow.papers.of_case(case.id))
    asked = {each.party_id for each in missing}
    kind = DeadlineKind.REMINDER if is_reminder else DeadlineKind.DOCUMENTS
    days = ctx.deadline_days(case.benefit, kind)
    written = [
        (
            party.id,
            letters.compose_documents(
                missing
                if party.role in letters.ACTS_FOR
                else [each for each in missing if each.party_id == party.id],
                case=case,
                receiver=party,
                sender=sender,
                letter_id=ctx.new_id(),
                told_at=ctx.now,
                calendar=ctx.calendar,
                days=days,
                is_reminder=is_reminder,
            ),
        )
        for party in letters.receivers(case, dead=_dead(ctx, case))
        if party.id in asked or party.role in letters.ACTS_FOR
    ]
    for _, letter in written:
        letters.check_letter(letter)
    return written


def _dead(ctx: StepContext, case: Case) -> frozenset[str]:
    """Return the parties nothing is sent to any more."""
    known = Facts.as_known(ctx.uow.facts.of_case(case.id), ctx.now)
    return life.dead_parties(case, known, ctx.today)


def sender_of(ctx: StepContext, case: Case) -> Sender:
    """Return who a letter of a case is from (afsender)."""
    municipality = ctx.uow.setup.municipality()
    caseworker = "" if case.caseworker is None else ctx.uow.setup.user(case.caseworker).name
    return Sender(
        municipality_name=municipality.name,
        municipality_lines=municipality.address_lines,
        caseworker_name=caseworker,
        phone=municipality.phone,
    )


# ---- the exact copy ---------------------------------------------------------------------------


def prepare_render(ctx: StepContext, *, letter_batch_id: str) -> tuple[Letter, ...]:
    """Read the letters to render."""
    return tuple(
        letters.from_body(record.body) for record in ctx.uow.letters.batch(letter_batch_id)
    )


def ask_render(gateways: Gateways, request: tuple[Letter, ...]) -> Mapping[str, RenderedLetter]:
    """Render; slow enough to be done with no transaction open."""
    return {letter.id: gateways.renderer.render(letter) for letter in request}


@step("letters.render", prepare=prepare_render, ask=ask_render)
def render(
    ctx: StepContext, rendered: Mapping[str, RenderedLetter], *, letter_batch_id: str
) -> Variables:
    """File the exact bytes of each letter with their digest; they are what is sent."""
    for record in ctx.uow.letters.batch(letter_batch_id):
        if record.document_id is not None:
            continue
        letter = letters.from_body(record.body)
        document_id = ctx.file(
            record.case_id,
            letter.title,
            rendered[record.id].pdf,
            direction=Direction.OUT,
            media_type="application/pdf",
            party_id=record.party_id,
            subject_id=record.id,
        )
        ctx.uow.letters.save(
            replace(
                record,
                state=LetterState.RENDERED,
                document_id=document_id,
                sha256=rendered[record.id].sha256,
            )
        )
    return {}


# ---- sending ----------------------------------------------------------------------------------


@step("letters.send")
def send(ctx: StepContext, *, letter_batch_id: str) -> Variables:
    """Put each letter that has not been delivered in the outbox, once a try."""
    for record in ctx.uow.letters.batch(letter_batch_id):
        if record.state is LetterState.DELIVERED:
            continue
        # A letter that was rejected and is tried again is a new effect: its key says which try.
        ctx.leave(
            "send.letter",
            record.case_id,
            {"letter_id": record.id, "try": record.tries},
            key=f"letter:{record.id}:{record.tries}",
        )
        ctx.uow.letters.save(replace(record, state=LetterState.ORDERED, ordered_at=ctx.now))
    return {}


def prepare_send(ctx: StepContext, body: Mapping[str, object]) -> PostItem | None:
    """Read the exact copy and its receiver; None when it must not, or need not, leave any more.

    A person may have handed it over; the receiver may have died, and nothing is sent to the dead;
    the case may have stopped, and then only the letter that says so leaves.
    """
    record = ctx.uow.letters.get(str(body["letter_id"]))
    if record.tries != body["try"] or record.state is LetterState.DELIVERED:
        return None
    case = ctx.uow.cases.get(record.case_id)
    if record.party_id in _dead(ctx, case):
        post_refused(ctx, body, RECEIVER_DEAD)
        return None
    if case.state is CaseState.CLOSED and record.kind not in ABOUT_THE_END | GOES_ON:
        return None
    if record.document_id is None:
        raise BrokenStateError("et brev blev sendt, før dets kopi var gemt")
    municipality = ctx.uow.setup.municipality()
    receiver: Cpr = case.party(record.party_id).cpr
    return PostItem(
        idempotency_key=f"letter:{record.id}:{body['try']}",
        receiver=receiver,
        title=ctx.uow.cases.document(record.document_id).title,
        pdf=ctx.uow.cases.content(record.document_id),
        municipality_cvr=Cvr(municipality.cvr),
        sender_name=municipality.name,
    )


def ask_post(gateways: Gateways, request: PostItem) -> PostReceipt:
    """Hand the letter over."""
    return gateways.post.send(request)


def post_refused(ctx: StepContext, body: Mapping[str, object], reason: str) -> None:
    """The post will not take the letter: note it, and tell the process that waits."""
    record = ctx.uow.letters.get(str(body["letter_id"]))
    ctx.uow.letters.save(replace(record, state=LetterState.REJECTED, reason_code=reason))
    _tell_when_all_have_answered(ctx, record.batch_id, str(body["try"]))


@sends("send.letter", prepare=prepare_send, ask=ask_post, given_up=post_refused)
def posted(ctx: StepContext, answer: PostReceipt, body: Mapping[str, object]) -> None:
    """Note that a letter was delivered, or was not."""
    record = ctx.uow.letters.get(str(body["letter_id"]))
    delivered = answer.receipt.state is not ReceiptState.REJECTED
    ctx.uow.letters.save(
        replace(
            record,
            state=LetterState.DELIVERED if delivered else LetterState.REJECTED,
            channel=str(answer.channel),
            delivered_at=ctx.now if delivered else None,
            receipt_reference=answer.receipt.reference,
            reason_code=answer.receipt.reason_code,
        )
    )
    _tell_when_all_have_answered(ctx, record.batch_id, str(body["try"]))


def _tell_when_all_have_answered(ctx: StepContext, batch_id: str, tries: str) -> None:
    batch = ctx.uow.letters.batch(batch_id)
    waiting = {LetterState.COMPOSED, LetterState.RENDERED, LetterState.ORDERED}
    if any(record.state in waiting for record in batch):
        return
    undelivered = sum(1 for record in batch if record.state is LetterState.REJECTED)
    ctx.tell(
        "letters-delivered",
        batch_id,
        {"undelivered": undelivered},
        case_id=batch[0].case_id,
        tries=tries,
    )


@receives("post.undelivered")
def resolve_undelivered(
    ctx: StepContext, task: UserTask, values: Mapping[str, object]
) -> Variables:
    """Record what a person did about a letter that came back: sent again, or handed over."""
    handed_over = values["cause"] == "afleveret_paa_anden_maade"
    for record in ctx.uow.letters.batch(str(task.variables["letter_batch_id"])):
        if record.state is LetterState.DELIVERED:
            continue
        ctx.uow.letters.save(
            replace(
                record,
                state=LetterState.DELIVERED if handed_over else LetterState.RENDERED,
                channel="afleveret" if handed_over else record.channel,
                delivered_at=ctx.now if handed_over else None,
                tries=record.tries + 1,
            )
        )
    ctx.note(task.case_id, f"Brev kunne ikke afleveres: {values['cause']}. {values['note']}")
    # Nobody will send a receipt for what was handed over, so the diagram must not wait for one.
    return {"handed_over": handed_over}


@step("letters.mark_sent")
def mark_sent(ctx: StepContext, *, letter_batch_id: str, subject_id: str) -> Variables:
    """Note when a decision or hearing left: from now on it may have effect."""
    batch = ctx.uow.letters.batch(letter_batch_id)
    # A diagram may be drawn past the wait: what not every party has got, has not been sent.
    missing = [
        record
        for record in batch
        if record.state is not LetterState.DELIVERED or record.subject_id != subject_id
    ]
    if missing or not batch:
        raise SafeguardError(
            f"{len(missing)} af sagens breve er ikke afleveret."
            " Brevet kan først noteres som sendt, når alle parter har fået det."
        )
    record = batch[0]
    if record.kind in ABOUT_PAPERS:
        ctx.note(record.case_id, "Brevet om papirer er afleveret.")
        return {}
    if record.kind in ONLY_TELLS:
        ctx.note(record.case_id, ONLY_TELLS[record.kind])
        return {}
    if record.kind in ABOUT_THE_END:
        ctx.note(record.case_id, "Brevet om, at sagen er stoppet, er afleveret til alle parter.")
        return {}
    if record.kind == str(letters.LetterKind.DELAY):
        ctx.uow.deadlines.mark_notice_sent(subject_id, ctx.now)
        ctx.note(record.case_id, "Brevet om, at fristen ikke holdes, er afleveret til alle parter.")
        return {}
    if record.kind in ABOUT_A_MATTER:
        ctx.uow.matters.mark_sent(subject_id, ctx.now)
        ctx.note(record.case_id, "Afgørelsen er afleveret.")
        return {}
    if record.kind in HEARINGS:
        hearing = ctx.uow.hearings.get(subject_id)
        ctx.uow.hearings.save(hearings.mark_sent(hearing, at=ctx.now))
    else:
        ctx.uow.decisions.mark_sent(subject_id, ctx.now)
    ctx.note(record.case_id, "Brevet er afleveret til alle parter.")
    return {}
