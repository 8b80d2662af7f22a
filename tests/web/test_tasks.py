"""A task's page: what is shown, what is kept, what is handed over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from forms.registry import FORMS
from processes.domain.calculation import Missing
from processes.domain.errors import SafeguardError
from processes.domain.facts import FactAnswer, FactKind, FactStatus
from processes.domain.letters import LetterSection
from processes.domain.money import Money
from processes.domain.periods import Month
from processes.ports.pages import GAP
from tests.web.client import Client, values_of, words
from tests.web.fake_core import FakeCore
from tests.web.world import OWNERS, ROLE_OF, TASK_IDS, a_calculation, a_task_page

Login = Callable[[str], Client]

VALUE = FactStatus.VALUE
UNKNOWN_STATUS = FactStatus.UNKNOWN


def path_of(key: str) -> str:
    return f"/opgaver/{TASK_IDS[key]}"


def owner_of(key: str) -> str:
    return OWNERS[ROLE_OF.get(key, "caseworker")]


def worker(as_user: Login, key: str) -> Client:
    """Return whoever has the task, in the right role."""
    client = as_user(owner_of(key))
    if owner_of(key) == "tina":
        client.send(client.get("/rolle"), "/rolle", {"chosen": "999-team_lead"})
    return client


GOOD_ANSWERS: dict[str, dict[str, str]] = {
    "casework.assess": {
        "work_income": "4812",
        "cannot_support": "ja",
        "lawful_stay": "ja",
        "spouse_spouse_on_other_benefit": "nej",
        "discretion": "nej",
        "text": "Lønsedlen er læst.",
    },
    "casework.register_data": {
        "work_income": "4812",
        "source": "eIndkomst",
        "evidence": "Lønseddel",
        "valid_from": "01.03.2026",
    },
    "casework.recheck": {
        "work_income": "register",
        "conclusion": "Lønsedlen var fra februar.",
        "reassess": "ja",
    },
    "casework.death": {"conclusion": "Ægtefællen er vejledt om at søge."},
    "casework.assess_move": {
        "still_ours": "nej",
        "place": "Nabokøb Kommune",
        "has_consent": "nej",
        "conclusion": "Tilmeldt adressen den 9. marts.",
    },
    "casework.change": {"matters": "ja", "conclusion": "Ansættelsesbrevet er set."},
    "sanctions.conditions": {
        "had_duty": "ja",
        "guided_on": "03.02.2026",
        "convened_correctly": "ja",
        "group": "jobparat",
        "contact_on": "19.03.2026",
        "choice": "gaa_videre",
        "conclusion": "Indkaldelsen lå i Digital Post.",
    },
    "incomes.difference": {"choice": "register", "conclusion": "Lønsedlen er set."},
    "incomes.unanswered": {"note": "Hentes igen i morgen."},
    "cessations.review": {
        "choice": "stopper",
        "ground": "job",
        "ends_on": "01.05.2026",
        "conclusion": "Ansættelsesbrevet er set.",
    },
    "sanctions.ground": {"ground": "ingen_rimelig_grund", "conclusion": "Ingen grund oplyst."},
    "matter.prepare_hearing": {
        "statement": "Kommunen overvejer, at du skal betale 4.000 kr. tilbage.",
        "facts_unknown_to_party": "ja",
        "hearing_days": "14",
    },
    "matter.propose": {
        "choice": "foreslaa",
        "reasoning": "Du havde løn i marts, som du ikke fortalte os om.",
        "hearing_exception": "Parten har selv lagt lønsedlen frem.",
    },
    "matter.approve": {"approval": "approved"},
    "repayment.assess": {
        "claims": "kraev",
        "ground": "91",
        "withheld_information": "ja",
        "against_better_knowledge": "ja",
        "claim_2026_03": "4000",
        "evidence": "Vejledt den 2. marts.",
    },
    "repayment.police": {"reported": "ja", "note": "J.nr. 1234"},
    "claim.confirm": {"choice": "nej", "note": "Ingen klage i journalen."},
    "claim.rejected": {"note": "Typen er oprettet."},
    "claim.income": {"net_income": "180000", "provides": "nej", "evidence": "Årsopgørelse 2025"},
    "claim.agree": {"kind": "afdrag", "monthly": "500", "reason": "Du har råd til 500 kr."},
    "claim.transfer": {"transfer": "nej", "reason": "Borgeren har ringet."},
    "money.plan": {
        "wish": "aftale",
        "from_month": "04.2026",
        "evidence": "Underskrevet aftale den 17. marts.",
        "name_1": "Husleje",
        "amount_1": "4200",
        "payee_name_1": "Egekøb Boligforening",
        "payee_kind_1": "konto",
        "payee_number_1": "1234 1234567890",
        "reference_1": "Lejer 4711",
    },
    "money.follow_up": {"choice": "fortsaet", "reason": "Det virker for borgeren."},
    "casework.overpaid": {"note": "Sag om tilbagebetaling er oprettet."},
    "casework.complete_facts": {
        "wealth": "3.150,00",
        "source": "Dokument fra borgeren",
        "evidence": "Kontoudtog",
        "valid_from": "01.03.2026",
    },
    "casework.review_documents": {"paper_medical": "drop", "added": "opsigelse"},
    "casework.check_documents": {"paper_payslips": "accept", "text": "Lønnen er 4.812 kr."},
    "casework.documents_lapsed": {"conclusion": "Det, borgeren har fortalt, lægges til grund."},
    "casework.late_paper": {"matters": "nej", "text": "Lønnen er den samme."},
    "complaint.reassess": {"verdict": "fastholdt", "reasons": "Loven giver ikke mulighed for det."},
    "complaint.escalated": {"note": "Jonas gør det i dag."},
    "complaint.forward": {"sent_on": "16.03.2026", "reference": "26-1234"},
    "complaint.board": {"outcome": "stadfaestet", "decided_on": "16.03.2026"},
    "casework.answer_message": {"choice": "answer", "text": "Du får svar i næste uge."},
    "casework.prepare_hearing": {"hearing_days": "14"},
    "casework.hearing_reply": {"changes_facts": "nej", "conclusion": "Svaret ændrer intet."},
    "casework.hearing_lapsed": {"changes_facts": "ja", "conclusion": "Vi ved for lidt."},
    "casework.help_overdue": {"note": "Tina ringer til borgeren nu."},
    "casework.deadline_passed": {"note": "Tina har fået sagen i dag."},
    "casework.delay_reason": {
        "choice": "forsinket",
        "cause": "mangler_oplysninger",
        "new_deadline_on": "24.03.2026",
    },
    "casework.immediate_help": {
        "choice": "bevilg",
        "means": "40",
        "needs": "Husleje 4.000 kr. den 20.",
        "until_on": "30.03.2026",
        "amount": "4.000",
        "payout": "nemkonto",
        "reasoning": "Du har ingen penge til husleje.",
    },
    "payment.pay_otherwise": {
        "way": "kasse",
        "reference": "K-17",
        "note": "Udbetalt mod legitimation.",
    },
    "decision.propose": {"choice": "propose", "reasoning": "Anna er ledig."},
    "decision.approve": {"approval": "approved"},
    "payment.tax_card": {
        "tax_card_kind": "hovedkort",
        "tax_card_rate": "37",
        "tax_card_deduction": "4.310",
        "spouse_tax_card_kind": "frikort",
        "spouse_tax_card_limit": "12.000",
        "source": "eSkattekort",
        "evidence": "Hentet i dag",
        "valid_from": "1.3.2026",
    },
    "payment.rejected": {"cause": "nemkonto_rettet", "note": "Ny konto er anvist."},
    "payment.voucher_rejected": {"cause": "konto_aabnet", "note": "Kontoen er åbnet."},
    "payment.no_receipt": {"note": "Banken finder kvitteringen og sender den i dag."},
    "run.blockers": {"note": "Borgerne er ringet op."},
    "run.review": {"note": "Alt er set efter."},
    "run.approve": {"approval": "approved"},
    "run.escalated": {"note": "Sanne gør det i morgen."},
    "run.vouchers": {"note": "Kontoen er åbnet."},
    "run.differences": {"note": "Banken har svaret nu."},
    "books.differences": {"note": "Økonomisystemet har svaret nu."},
    "post.undelivered": {"cause": "proev_igen", "note": "Posten svarer igen."},
}


@pytest.mark.parametrize("key", sorted(FORMS))
def test_every_form_is_filled_in_and_handed_over(as_user: Login, world: FakeCore, key: str) -> None:
    client = worker(as_user, key)

    page = client.send_and_see(client.get(path_of(key)), path_of(key), GOOD_ANSWERS[key])

    assert page.heading in {"Mine opgaver"}
    [(number, _, by)] = world.inbox.completed
    assert (number, by) == (TASK_IDS[key], owner_of(key))


@pytest.mark.parametrize("key", sorted(FORMS))
def test_an_empty_form_says_what_is_missing_and_where(
    as_user: Login, world: FakeCore, key: str
) -> None:
    client = worker(as_user, key)
    page = client.get(path_of(key))
    kept = {"csrf_token", "revision"}
    empty = dict.fromkeys(values_of(page.form(path_of(key))).keys() - kept)

    refused = client.send_and_see(page, path_of(key), empty, status=422)

    assert refused.problems()
    assert world.inbox.completed == []


@pytest.mark.parametrize("key", sorted(FORMS))
def test_every_form_has_what_it_is_about(as_user: Login, key: str) -> None:
    page = worker(as_user, key).get(path_of(key))

    assert page.heading == a_task_page(key).task.name
    assert "Frist" in [words(each) for each in page.all("h2")]


def test_what_sources_disagree_on_comes_first_and_is_not_chosen_for_one(karin: Client) -> None:
    page = karin.get(path_of("casework.assess"))

    questions = [words(each) for each in page.all("h3")]
    assert questions[:2] == ["1. Kilderne er uenige", "2. Det ved vi ikke endnu"]
    assert values_of(page.form(path_of("casework.assess")))["work_income"] == ""
    assert "4.812,00" in page.text
    assert "5.240,00" in page.text


def test_an_assessment_hands_over_only_what_is_new(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.assess")

    karin.send(karin.get(path), path, GOOD_ANSWERS["casework.assess"])

    [(_, values, _)] = world.inbox.completed
    assert values["discretion"] is False
    assert set(values["answers"]) == {  # type: ignore[call-overload]  # a tuple of answers
        FactAnswer("anna", FactKind.WORK_INCOME, VALUE, Money.kroner("4812")),
        FactAnswer("anna", FactKind.CANNOT_SUPPORT, VALUE, value=True),
        FactAnswer("bo", FactKind.SPOUSE_ON_OTHER_BENEFIT, VALUE, value=False),
    }


def test_a_correction_of_a_known_fact_is_handed_over(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.assess")
    corrected = {**GOOD_ANSWERS["casework.assess"], "spouse_children_at_home": "2"}

    karin.send(karin.get(path), path, corrected)

    [(_, values, _)] = world.inbox.completed
    assert FactAnswer("bo", FactKind.CHILDREN_AT_HOME, VALUE, 2) in values["answers"]  # type: ignore[operator]


def test_what_cannot_matter_is_not_asked(karin: Client) -> None:
    path = path_of("casework.assess")

    asked = values_of(karin.get(path).form(path), every=True).keys()

    assert "cannot_support" in asked
    # Bo does not apply, Anna is past thirty, and a couple gets no supplement for single people.
    assert asked.isdisjoint({"spouse_cannot_support", "activity_ready", "single"})
    assert asked.isdisjoint({"extra_child_subsidy", "requirements_exempt"})


def test_not_knowing_is_an_answer(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.assess")
    unsure = {**GOOD_ANSWERS["casework.assess"], "cannot_support": "ved_ikke"}

    karin.send(karin.get(path), path, unsure)

    [(_, values, _)] = world.inbox.completed
    kinds = {each.kind for each in values["answers"]}  # type: ignore[attr-defined]
    assert FactKind.CANNOT_SUPPORT not in kinds, "nobody knew before, and nobody knows now"


def test_missing_facts_come_first_and_known_ones_can_be_corrected(
    karin: Client, world: FakeCore
) -> None:
    path = path_of("casework.complete_facts")
    page = karin.get(path)
    assert "2. Det ved vi ikke endnu" in [words(each) for each in page.all("h3")]
    assert any("3. Det ved vi allerede" in words(each) for each in page.all("summary"))
    corrected = {**GOOD_ANSWERS["casework.complete_facts"], "children_at_home": "1"}

    karin.send(page, path, corrected)

    [(_, values, _)] = world.inbox.completed
    assert values["answers"] == (
        FactAnswer("anna", FactKind.WEALTH, VALUE, Money.kroner("3150")),
        FactAnswer("anna", FactKind.CHILDREN_AT_HOME, VALUE, 1),
    )


def test_what_is_known_of_the_first_month_and_missing_later_is_asked_and_kept_though_the_same(
    karin: Client, world: FakeCore
) -> None:
    number, path = TASK_IDS["casework.complete_facts"], path_of("casework.complete_facts")
    shown = world.inbox.pages[number]
    known = next(
        row.fact for row in shown.facts if row.kind is FactKind.CHILDREN_AT_HOME and row.fact
    )
    lacking = Missing(known.party_id, known.kind.value, "Det vides ikke, hvor mange børn der er.")
    assert shown.calculation is not None
    (march,) = shown.calculation.months
    april = replace(march, month=Month(2026, 4), missing=(lacking,))
    calculation = replace(shown.calculation, months=(replace(march, missing=()), april))
    world.inbox.pages[number] = replace(shown, missing=(lacking,), calculation=calculation)

    page = karin.get(path)
    assert "Det vides ikke, hvor mange børn der er. Det mangler for april" in page.text
    form = values_of(page.form(path))
    assert (form["children_at_home"], form["valid_from"]) == ("", ""), "another month, another day"
    same = {**GOOD_ANSWERS["casework.complete_facts"], "children_at_home": str(known.value)}
    karin.send(page, path, same)

    [(_, values, _)] = world.inbox.completed
    assert FactAnswer(known.party_id, known.kind, VALUE, known.value) in values["answers"]  # type: ignore[operator]


def test_an_exempt_tax_card_has_neither_rate_nor_deduction(karin: Client, world: FakeCore) -> None:
    path = path_of("payment.tax_card")

    karin.send(karin.get(path), path, GOOD_ANSWERS["payment.tax_card"])

    [(_, values, _)] = world.inbox.completed
    assert values["answers"] == (
        FactAnswer("anna", FactKind.TAX_CARD_KIND, VALUE, "hovedkort"),
        FactAnswer("anna", FactKind.TAX_CARD_RATE, VALUE, 37),
        FactAnswer("anna", FactKind.TAX_CARD_DEDUCTION, VALUE, Money.kroner("4310")),
        FactAnswer("bo", FactKind.TAX_CARD_KIND, VALUE, "frikort"),
        FactAnswer("bo", FactKind.TAX_CARD_LIMIT, VALUE, Money.kroner("12000")),
    )
    assert values["valid_from"] == date(2026, 3, 1)


def test_finance_sees_why_a_voucher_was_rejected_and_finds_its_entries(as_user: Login) -> None:
    page = as_user("finn").get(path_of("payment.voucher_rejected"))

    assert "har afvist bilaget: kontoen er lukket" in page.text
    assert page.all("a[@href='/sager/sag-1/udbetalinger']")


def test_a_missing_receipt_says_since_when(as_user: Login) -> None:
    page = as_user("finn").get(path_of("payment.no_receipt"))

    assert "Svaret skulle være kommet senest 20.03.2026" in page.text


def test_a_tax_card_without_its_rate_is_sent_back(karin: Client) -> None:
    path = path_of("payment.tax_card")
    without = {**GOOD_ANSWERS["payment.tax_card"], "tax_card_rate": ""}

    page = karin.send_and_see(karin.get(path), path, without, status=422)

    assert any("Skriv det, der står på skattekortet" in each for each in page.problems())


def test_what_was_typed_stays_when_something_is_wrong(karin: Client) -> None:
    path = path_of("casework.register_data")
    typed = {"work_income": "firetusind", "evidence": "Set i lønsystemet", "valid_from": "i går"}

    page = karin.send_and_see(karin.get(path), path, typed, status=422)

    kept = values_of(page.form(path))
    assert (kept["work_income"], kept["evidence"], kept["valid_from"]) == (
        "firetusind",
        "Set i lønsystemet",
        "i går",
    )
    assert "'firetusind' er ikke et beløb. Skriv det som 1.234,50." in page.problems()


def test_a_refusal_by_the_core_keeps_the_words(karin: Client, world: FakeCore) -> None:
    path = path_of("decision.propose")
    world.inbox.refuse_with = SafeguardError("Parten skal høres, før der kan foreslås afslag.")

    page = karin.send_and_see(karin.get(path), path, GOOD_ANSWERS["decision.propose"], status=422)

    assert "Parten skal høres" in page.text
    assert values_of(page.form(path))["reasoning"] == "Anna er ledig."


def test_a_proposal_hands_over_its_paragraphs_one_by_one(karin: Client, world: FakeCore) -> None:
    path = path_of("decision.propose")
    laws = {"legal_basis": "LAS § 11, stk. 2\n\n  LAS § 16  \n"}

    karin.send(karin.get(path), path, {**GOOD_ANSWERS["decision.propose"], **laws})

    [(_, values, _)] = world.inbox.completed
    assert values["legal_basis"] == ("LAS § 11, stk. 2", "LAS § 16")
    assert (values["hear_first"], values["reassess"]) == (False, False)


def test_harm_without_a_hearing_needs_a_reason(karin: Client, world: FakeCore) -> None:
    path, number = path_of("decision.propose"), TASK_IDS["decision.propose"]
    refusal = a_calculation(outcome=a_task_page("decision.propose").calculation.outcome.REFUSED)  # type: ignore[union-attr]
    world.inbox.pages[number] = replace(world.inbox.pages[number], calculation=refusal)

    page = karin.send_and_see(karin.get(path), path, GOOD_ANSWERS["decision.propose"], status=422)

    assert page.problems() == ["Skriv, hvorfor parten ikke er hørt, eller vælg “Hør parten først”."]


def test_a_favourable_proposal_is_not_asked_for_an_excuse(karin: Client) -> None:
    page = karin.get(path_of("decision.propose"))

    assert "hearing_exception" not in values_of(page.form(path_of("decision.propose")))


def test_hearing_first_needs_no_reasoning(karin: Client, world: FakeCore) -> None:
    path = path_of("decision.propose")

    karin.send(karin.get(path), path, {"choice": "hear_first", "reasoning": ""})

    assert world.inbox.completed[0][1]["hear_first"] is True


def test_the_approver_sees_what_was_changed_by_hand(as_user: Login) -> None:
    page = as_user("gerda").get(path_of("decision.approve"))

    assert "tilføjet af Karin Holm" in page.text
    assert "taget ud: beregningen bygger på den" in page.text


def test_returning_needs_a_reason(as_user: Login) -> None:
    client, path = as_user("gerda"), path_of("decision.approve")

    page = client.send_and_see(client.get(path), path, {"approval": "returned"}, status=422)

    assert page.problems() == ["Skriv, hvad der skal ændres, før du sender tilbage."]


def test_who_may_not_decide_is_told_before_reading_on(as_user: Login, world: FakeCore) -> None:
    number = TASK_IDS["decision.approve"]
    refused = "Du har selv arbejdet på sagen."
    world.inbox.pages[number] = replace(world.inbox.pages[number], deciding_refused=refused)

    page = as_user("gerda").get(path_of("decision.approve"))

    assert refused in page.text


def test_a_free_task_is_taken_before_it_is_filled_in(karin: Client, world: FakeCore) -> None:
    page = karin.get("/opgaver/50")

    taken = karin.send_and_see(page, "/opgaver/50/tag")

    assert "Dit arbejde" in taken.text


def test_losing_the_race_names_the_winner(karin: Client, world: FakeCore) -> None:
    page = karin.get("/opgaver/50")
    task = replace(world.inbox.pages[50].task, assignee="jonas")
    world.inbox.pages[50] = replace(world.inbox.pages[50], task=task)

    back = karin.send_and_see(page, "/opgaver/50/tag")

    assert "Jonas Brandt tog opgaven kl. 10.44" in back.text


def test_anothers_task_can_be_read_but_not_filled_in(karin: Client, world: FakeCore) -> None:
    task = replace(world.inbox.pages[50].task, assignee="jonas")
    world.inbox.pages[50] = replace(world.inbox.pages[50], task=task)

    page = karin.get("/opgaver/50")

    assert "Jonas Brandt har opgaven" in page.text
    assert "Dit arbejde" not in page.text


def test_a_draft_is_kept_and_comes_back(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.assess")

    saved = karin.send(karin.get(path), f"{path}/udkast", {"text": "Halvt færdig"}, status=200)

    assert saved.json == {"revision": 1, "message": "Udkast gemt kl.\u00a010.12"}
    again = values_of(karin.get(path).form(path))
    assert (again["text"], again["revision"]) == ("Halvt færdig", "1")


def test_a_draft_never_overwrites_a_newer_one(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.assess")
    page = karin.get(path)
    karin.send(page, f"{path}/udkast", {"text": "Den nyeste"}, status=200)

    late = karin.send(page, f"{path}/udkast", {"text": "Den gamle"}, status=409)

    assert late.json is not None
    assert "ændret et andet sted" in late.json["message"]
    assert values_of(karin.get(path).form(path))["text"] == "Den nyeste"


def test_the_way_out_saves_without_a_script(karin: Client) -> None:
    path = path_of("casework.assess")

    page = karin.send_and_see(
        karin.get(path), f"{path}/udkast", {"text": "Til i morgen", "luk": "1"}
    )

    assert "Udkastet er gemt." in page.text
    assert values_of(karin.get(path).form(path))["text"] == "Til i morgen"


def test_the_way_out_keeps_the_words_when_another_saved_first(karin: Client) -> None:
    path = path_of("casework.assess")
    page = karin.get(path)
    karin.send(page, f"{path}/udkast", {"text": "Den nyeste"}, status=200)

    mine = karin.send_and_see(page, f"{path}/udkast", {"text": "Mine ord", "luk": "1"}, status=409)

    assert values_of(mine.form(path))["text"] == "Mine ord"


def test_laying_back_needs_a_reason(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.assess")

    refused = karin.send_and_see(karin.get(path), f"{path}/laeg-tilbage", status=422)
    karin.send(refused, f"{path}/laeg-tilbage", {"reason": "Jeg går på ferie."})

    assert world.inbox.released == [(TASK_IDS["casework.assess"], "Jeg går på ferie.")]


def test_following_up_takes_a_day(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.assess")
    page = karin.get(path)

    karin.send(page, f"{path}/opfoelgning", {"day": "31.02.2026"}, status=422)
    karin.send(page, f"{path}/opfoelgning", {"day": "24.03.2026"})

    assert world.inbox.followed == [(TASK_IDS["casework.assess"], date(2026, 3, 24))]


def test_a_finished_task_says_who_did_it_and_leads_on(karin: Client, world: FakeCore) -> None:
    path = path_of("casework.hearing_reply")
    karin.send(karin.get(path), path, GOOD_ANSWERS["casework.hearing_reply"])

    page = karin.get(path, status=410)

    assert page.heading == "Opgaven er færdig"
    assert "Karin Holm" in page.text


def test_a_gap_in_the_letter_is_marked_and_the_rest_is_read_as_sent(
    as_user: Login, world: FakeCore
) -> None:
    number = TASK_IDS["decision.propose"]
    page = world.inbox.pages[number]
    assert page.letter_preview is not None
    section = LetterSection("Begrundelse", (GAP, "Du er fyldt 30 år."))
    world.inbox.pages[number] = replace(
        page, letter_preview=replace(page.letter_preview, sections=(section,))
    )

    shown = worker(as_user, "decision.propose").get(path_of("decision.propose"))

    assert [words(each) for each in shown.all("mark")] == [GAP]
    assert shown.text.index(page.letter_preview.receiver_name) < shown.text.index(GAP)
