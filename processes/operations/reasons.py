"""Answers: why is this task here? One Danish line, written when the task is opened."""

from __future__ import annotations

from processes.ports.records import Variables

WHY = {
    "casework.assess": "Oplysninger skal vurderes, før der kan regnes",
    "casework.register_data": "Et register svarer ikke",
    "casework.recheck": "Et register svarer igen og siger noget andet",
    "casework.review_documents": "Listen over papirer er ikke en fast liste",
    "casework.check_documents": "Borgeren har sendt papirer",
    "casework.answer_message": "Borgeren har skrevet og venter på svar",
    "complaint.reassess": "Borgeren klager over en afgørelse",
    "complaint.escalated": "En klage er tæt på fristen på fire uger",
    "complaint.forward": "Afgørelsen fastholdes, og klagen skal videre",
    "complaint.board": "Klagen ligger hos Ankestyrelsen",
    "casework.late_paper": "Et papir er kommet, efter at indhentningen er slut",
    "casework.documents_lapsed": "Papirer er ikke kommet, heller ikke efter en rykker",
    "casework.death": "En part i sagen er død",
    "casework.assess_move": "Borgeren flytter",
    "casework.change": "Noget er ændret for borgeren",
    "sanctions.conditions": "Jobcentret beder om en sanktion",
    "incomes.difference": "eIndkomst siger noget andet, end hjælpen bygger på",
    "cessations.review": "Hjælpen skal måske stoppe",
    "incomes.unanswered": "eIndkomst svarede ikke om alle",
    "sanctions.ground": "Borgeren er hørt om en sanktion",
    "casework.overpaid": "Den nye afgørelse giver mindre, end der er betalt",
    "casework.complete_facts": "Hjælpen kan ikke regnes ud endnu",
    "casework.prepare_hearing": "Parten skal høres, før der afgøres noget",
    "casework.hearing_reply": "Parten har svaret",
    "casework.hearing_lapsed": "Parten har ikke svaret inden fristen",
    "casework.immediate_help": "Borgeren kan mangle penge til mad, medicin eller husly nu",
    "casework.help_overdue": "Borgeren kan mangle penge nu, og ingen har vurderet det i tide",
    "casework.delay_reason": "Fristen nærmer sig, og sagen er ikke afgjort",
    "casework.deadline_passed": "Borgeren har ikke fået svar i tide, og ingen skrev hvorfor",
    "decision.propose": "Beregningen er klar til en afgørelse",
    "decision.approve": "En anden skal se forslaget efter",
    "payment.tax_card": "Hjælpen er bevilget, men kan ikke udbetales endnu",
    "payment.rejected": "Borgeren har ikke fået pengene",
    "payment.voucher_rejected": "Udbetalingen er ikke bogført",
    "payment.pay_otherwise": "Borgeren skal have penge i dag og kan ikke få dem på NemKontoen",
    "payment.no_receipt": "Et svar er ikke kommet til tiden",
    "run.blockers": "Noget står i vejen for månedens udbetalinger",
    "run.review": "Månedens udbetalinger er beregnet og skal ses efter",
    "run.approve": "To personer skal stå inde for månedens udbetaling",
    "run.escalated": "Gennemgangen af månedens udbetaling er forsinket",
    "run.vouchers": "Noget af månedens udbetaling er ikke bogført",
    "run.differences": "Månedens udbetaling stemmer ikke",
    "books.differences": "Svar mangler, eller noget afgjort er ikke ført ud i livet",
    "post.undelivered": "Et brev er ikke kommet frem",
    "matter.prepare_hearing": "Parten skal høres, før der afgøres noget",
    "matter.propose": "Grundlaget er vurderet og klar til en afgørelse",
    "matter.approve": "En anden skal se forslaget efter",
    "repayment.assess": "Der kan være udbetalt noget, som skal betales tilbage",
    "repayment.police": "Kravet er over grænsen i aktivlovens § 91, stk. 5",
    "claim.confirm": "Fristen for at klage er gået",
    "claim.rejected": "Debitorsystemet tog ikke imod kravet",
    "claim.income": "Borgeren får ikke længere kontanthjælp og skylder penge",
    "claim.agree": "Tabellen over betalingsevne er ikke sat op",
    "claim.transfer": "To rykkere er ikke besvaret",
    "money.plan": "Faste regninger kan skulle betales af hjælpen",
    "money.follow_up": "Det er tid til at se på administrationen igen",
}
"""By form: what brings a task into the world."""
ADVERSE = frozenset({"decision.propose", "decision.approve"})


def why_here(form_key: str, variables: Variables) -> str:
    """Return why a task is here, sharpened by what the process knows when it opens it.

    >>> why_here("decision.propose", {"is_adverse": True})
    'Beregningen er klar til en afgørelse · Borgeren får ikke det, der er søgt om'
    """
    said = [WHY.get(form_key, "")]
    if form_key in ADVERSE and variables.get("is_adverse") is True:
        said.append("Borgeren får ikke det, der er søgt om")
    if form_key == "casework.assess" and variables.get("manual_facts") is True:
        said.append("Oplysninger er tastet ind, fordi et register ikke svarede")
    return " · ".join(part for part in said if part)


ACUTE = 2
"""Somebody has nothing to live on: before everything with a deadline."""


def priority_of(form_key: str, variables: Variables) -> int:
    """Return how a task stands among others when it opens (prioritet).

    Whatever belongs to help until the first payment is acute, whoever has to do it.

    >>> priority_of("decision.approve", {"immediate_due_at": "2026-03-02T15:30:00+01:00"})
    2
    """
    is_acute = form_key == "casework.immediate_help" or "immediate_due_at" in variables
    return ACUTE if is_acute else 0
