"""Answers: why is this task here? One Danish line, written when the task is opened."""

from __future__ import annotations

from processes.ports.records import Variables

WHY = {
    "casework.assess": "Oplysninger skal vurderes, før der kan regnes",
    "casework.register_data": "Et register svarer ikke",
    "casework.recheck": "Et register svarer igen og siger noget andet",
    "casework.review_documents": "Listen over papirer er ikke en fast liste",
    "casework.check_documents": "Borgeren har sendt papirer",
    "casework.documents_lapsed": "Papirer er ikke kommet, heller ikke efter en rykker",
    "casework.complete_facts": "Hjælpen kan ikke regnes ud endnu",
    "casework.prepare_hearing": "Parten skal høres, før der afgøres noget",
    "casework.death": "En part i sagen er død",
    "casework.assess_move": "Borgeren flytter",
    "casework.change": "Noget er ændret for borgeren",
    "casework.overpaid": "Den nye afgørelse giver mindre, end der er betalt",
    "casework.hearing_reply": "Parten har svaret",
    "casework.hearing_lapsed": "Parten har ikke svaret inden fristen",
    "casework.deadline_passed": "Borgeren har ikke fået svar i tide",
    "decision.propose": "Beregningen er klar til en afgørelse",
    "decision.approve": "En anden skal se forslaget efter",
    "payment.tax_card": "Hjælpen er bevilget, men kan ikke udbetales endnu",
    "payment.rejected": "Borgeren har ikke fået pengene",
    "payment.voucher_rejected": "Udbetalingen er ikke bogført",
    "payment.no_receipt": "Et svar er ikke kommet til tiden",
    "post.undelivered": "Et brev er ikke kommet frem",
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
