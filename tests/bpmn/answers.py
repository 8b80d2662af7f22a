"""What steps, people and messages can answer: every answer a gateway or a table tells apart.

Ids are fixed words, so that two ways to the same place are the same place.
"""

from __future__ import annotations

from collections.abc import Mapping

Answer = Mapping[str, object]

DEADLINE = "2026-03-20T15:30:00+01:00"
DOCUMENTS_BY = "2026-03-17T00:00:00+01:00"
ASK_AGAIN_AT = "2026-03-18T08:00:00+01:00"
APPEAL_ENDS_AT = "2026-04-20T00:00:00+02:00"
RECEIPT_EXPECTED_BY = "2026-04-07T15:30:00+02:00"

STEPS: Mapping[str, tuple[Answer, ...]] = {
    "immediate_help.consider": ({},),
    "immediate_help.tell_lead": ({},),
    "immediate_help.check_receivers": ({"receivers_known": True}, {"receivers_known": False}),
    "complaints.set_deadlines": (
        {
            "complaint_due_at": DEADLINE,
            "complaint_warn_at": DEADLINE,
            "complaint_escalate_at": DEADLINE,
            "complaint_overdue_at": DEADLINE,
        },
    ),
    "complaints.give_precedence": ({},),
    "complaints.decide_anew": ({},),
    "complaints.ask_whether_it_stands": ({},),
    "complaints.close": ({},),
    "complaints.bundle": ({"forward_due_at": DEADLINE},),
    "delays.start": ({},),
    "delays.check": ({"is_undecided": True}, {"is_undecided": False}),
    "delays.prepare": (
        {
            "notice_needed": True,
            "notice_id": "notice",
            "notice_is_plain": True,
            "deadline_at": DEADLINE,
            "ask_again_at": ASK_AGAIN_AT,
        },
        {
            "notice_needed": True,
            "notice_id": "notice",
            "notice_is_plain": False,
            "deadline_at": DEADLINE,
            "ask_again_at": ASK_AGAIN_AT,
        },
        {"notice_needed": False, "notice_id": None, "notice_is_plain": False},
    ),
    "applications.set_deadline": (
        {"deadline_at": DEADLINE, "warn_at": "2026-03-16T12:00:00+01:00"},
    ),
    "registers.collect": (
        {
            "register_snapshot_id": "snapshot",
            "missing": 0,
            "missing_registers": [],
            "contradictions": 0,
            "manual_facts": False,
        },
    ),
    "registers.fall_back": (
        {
            "collection_id": "collection",
            "registers_away": ["CPR"],
            "missing_registers": ["CPR"],
            "missing": 1,
            "manual_facts": True,
        },
        {
            "collection_id": "collection",
            "registers_away": ["CPR"],
            "missing_registers": [],
            "missing": 0,
            "manual_facts": True,
        },
    ),
    "registers.recheck_later": ({},),
    "documents.grounds": (
        {"reason": "ledig", "explained": True, "income_unknown": False},
        {"reason": "sygdom", "explained": False, "income_unknown": True},
        {"reason": "andet", "explained": False, "income_unknown": False},
    ),
    "documents.request": (
        {"documents_missing": 0, "documents_received": 0},
        {"documents_missing": 1, "documents_received": 0},
    ),
    "documents.start_deadline": (
        {"documents_deadline_at": DOCUMENTS_BY, "documents_reminded": False},
        {"documents_deadline_at": DOCUMENTS_BY, "documents_reminded": True},
    ),
    "documents.take_stock": (
        {"documents_missing": 0, "documents_received": 1},
        {"documents_missing": 1, "documents_received": 0},
    ),
    "calculations.calculate": (
        {"calculation_id": "calculation", "outcome": "bevilget", "is_adverse": False, "missing": 0},
        {"calculation_id": "calculation", "outcome": "delvis", "is_adverse": True, "missing": 0},
        {"calculation_id": "calculation", "outcome": "afslag", "is_adverse": True, "missing": 0},
        {"calculation_id": "calculation", "outcome": "ukendt", "is_adverse": False, "missing": 1},
    ),
    "hearings.open": ({"hearing_id": "hearing"},),
    "hearings.start_deadline": ({"hearing_deadline_at": "2026-03-18T15:30:00+01:00"},),
    "hearings.lapse": ({"answered": False},),
    "decisions.propose_automatically": ({"proposal_id": "proposal"},),
    "decisions.issue_favourable": ({"decision_id": "decision", "outcome": "bevilget"},),
    "decisions.issue": ({"decision_id": "decision"},),
    "letters.compose": ({"letter_batch_id": "batch", "letter_count": 2},),
    "letters.render": ({},),
    "letters.send": ({},),
    "letters.mark_sent": ({},),
    "payments.plan": (
        {"plan_id": "plan", "payable": True, "reason": ""},
        {"plan_id": "plan", "payable": False, "reason": "skattekort"},
    ),
    "payments.order": (
        {"payment_count": 1, "receipt_expected_by": RECEIPT_EXPECTED_BY},
        {"payment_count": 0, "receipt_expected_by": RECEIPT_EXPECTED_BY},
    ),
    "postings.post": ({"receipt_expected_by": RECEIPT_EXPECTED_BY},),
    "runs.list_blockers": ({"blockers": 0}, {"blockers": 2}),
    "runs.freeze": ({},),
    "runs.check": (
        {
            "total_change_percent": 1,
            "count_change_percent": 0,
            "without_allowance_percent": 4,
        },
        {
            "total_change_percent": None,
            "count_change_percent": None,
            "without_allowance_percent": 90,
        },
    ),
    "runs.note_check": ({},),
    "runs.send": ({"receipt_expected_by": RECEIPT_EXPECTED_BY},),
    "runs.post": ({},),
    "runs.report": ({},),
    "books.look_again": ({"differences": 0}, {"differences": 2}),
    "books.end": ({},),
    "runs.reconcile": ({"differences": 0}, {"differences": 3}),
    "runs.end": ({},),
    "runs.open_report": ({},),
    "runs.report_one": ({},),
    "applications.raise_priority": ({},),
    "registers.refresh": ({"lives_here": True}, {"lives_here": False}, {"lives_here": None}),
    "life.weigh": (
        {"event_class": "intet", "event_matters": False, "municipality_left": False},
        {"event_class": "doed", "event_matters": False, "municipality_left": False},
        {"event_class": "flyttet", "event_matters": False, "municipality_left": False},
        {"event_class": "aendring", "event_matters": False, "municipality_left": False},
    ),
    "life.stop_for_death": ({"case_goes_on": False}, {"case_goes_on": True}),
    "life.let_case_know": ({},),
    "life.assess_again": ({},),
    "life.close_case": ({"closing_id": "event"},),
    "reassessments.compare": (
        {"effect": "samme", "is_adverse": False},
        {"effect": "mere", "is_adverse": False},
        {"effect": "mindre", "is_adverse": True},
    ),
    "reassessments.keep": ({},),
    "reassessments.settle": (
        {"pay_more": True, "overpaid": False},
        {"pay_more": False, "overpaid": True},
        {"pay_more": True, "overpaid": True},
        {"pay_more": False, "overpaid": False},
    ),
    "reassessments.publish": ({},),
    "cessations.end": ({"cessation_closes_at": "2026-07-01T00:00:00+02:00"},),
    "cessations.close": ({},),
    "incomes.begin": ({},),
    "incomes.classify": ({},),
    "incomes.compare": ({},),
    "sanctions.weigh": ({"sanction_relevant": True}, {"sanction_relevant": False}),
    "sanctions.stop": ({},),
    "sanctions.lapse": ({},),
    "sanctions.take": ({},),
    "archive.publish": ({},),
    "documents.late_deadline": ({"late_paper_due_at": DEADLINE},),
    "messages.set_deadline": ({"answer_due_at": DEADLINE},),
    "messages.hold": ({},),
    "messages.notice_grounds": tuple(
        {"message_kind": kind, "seen_already": seen, "earlier_unread": earlier}
        for kind, seen, earlier in (
            ("fra_kommune", False, False),
            ("ventesvar", False, True),
            ("fra_kommune", True, False),
        )
    ),
    "spouses.confirm": tuple(
        {
            "spouse_confirmed": is_confirmed,
            "spouse_remind_at": "2026-03-06T09:00:00+01:00",
            "spouse_due_at": "2026-03-10T00:00:00+01:00",
        }
        for is_confirmed in (True, False)
    ),
    "spouses.not_asked": ({},),
    "spouses.lapse": ({},),
    "spouses.hand_in": ({},),
    "matters.issue": ({"decision_id": "decision"},),
    "repayments.open": ({"repayments_raised": 1},),
    "repayments.after_decision": (
        {"appeal_ends_at": APPEAL_ENDS_AT, "police_must_know": False},
        {"appeal_ends_at": APPEAL_ENDS_AT, "police_must_know": True},
    ),
    "repayments.claim": ({"claim_id": "claim"},),
    "repayments.collect": ({},),
    "claims.look": ({"on_help": True}, {"on_help": False}),
    "claims.defer": ({"arrangement_kind": "henstand"},),
    "claims.arrange_by_table": ({"arrangement_kind": "afdrag"},),
    "claims.plan_look": ({"look_at": "2026-06-10T06:00:00+02:00"},),
    "claims.stand": tuple(
        {"claim_standing": standing, "reminders": reminders}
        for standing, reminders in (
            ("betalt", 0),
            ("bortfaldet", 0),
            ("restance", 0),
            ("restance", 2),
            ("genberegn", 0),
            ("uaendret", 0),
        )
    ),
    "claims.remind": ({},),
    "claims.start_reminder": ({"look_at": "2026-06-10T06:00:00+02:00"},),
    "claims.lapse": ({},),
    "claims.transfer": ({},),
    "management.begin": ({"follow_up_at": "2026-09-01T06:00:00+02:00"},),
    "management.look_later": ({"follow_up_at": "2026-09-01T06:00:00+02:00"},),
    "management.stop": ({},),
}

FORMS: Mapping[str, tuple[Answer, ...]] = {
    "casework.assess": (
        {"assessment_id": "assessment", "discretion": True, "contradictions": 0},
        {"assessment_id": "assessment", "discretion": False, "contradictions": 0},
    ),
    "casework.register_data": ({"manual_facts": True, "missing": 0},),
    "casework.death": ({"event_matters": False}, {"event_matters": True}),
    "casework.assess_move": (
        {"event_matters": False, "municipality_left": False},
        {"event_matters": False, "municipality_left": True},
    ),
    "casework.change": ({"event_matters": False}, {"event_matters": True}),
    "casework.overpaid": ({},),
    "sanctions.conditions": (
        {"sanction_goes_on": True, "calculation_id": "calculation"},
        {"sanction_goes_on": False, "calculation_id": None},
    ),
    "cessations.review": (
        {"cessation_goes_on": True, "calculation_id": "calculation", "is_wished": True},
        {"cessation_goes_on": True, "calculation_id": "calculation", "is_wished": False},
        {"cessation_goes_on": False, "calculation_id": None, "is_wished": False},
    ),
    "incomes.difference": ({"income_changes": True}, {"income_changes": False}),
    "incomes.unanswered": ({},),
    "sanctions.ground": ({"sanction_wanted": True}, {"sanction_wanted": False}),
    "casework.recheck": ({"recheck_changes_facts": False}, {"recheck_changes_facts": True}),
    "casework.review_documents": (
        {"documents_missing": 1, "documents_received": 0},
        {"documents_missing": 0, "documents_received": 0},
    ),
    "casework.check_documents": (
        {"documents_missing": 0, "documents_received": 0, "ask_again": False},
        {"documents_missing": 1, "documents_received": 0, "ask_again": True},
        {"documents_missing": 1, "documents_received": 0, "ask_again": False},
    ),
    "casework.documents_lapsed": ({},),
    "casework.late_paper": ({"late_paper_matters": True}, {"late_paper_matters": False}),
    "casework.answer_message": ({},),
    "complaint.reassess": tuple(
        {"verdict": verdict} for verdict in ("fastholdt", "medhold", "delvist", "trukket")
    ),
    "complaint.escalated": ({},),
    "complaint.forward": ({"board_due_at": DEADLINE},),
    "complaint.board": ({"is_to_be_carried_out": False}, {"is_to_be_carried_out": True}),
    "casework.complete_facts": ({"manual_facts": True, "missing": 0},),
    "casework.deadline_passed": ({},),
    "casework.help_overdue": ({},),
    "casework.delay_reason": ({"reason_written": True}, {"reason_written": False}),
    "casework.immediate_help": (
        {
            "immediate_outcome": "bevilget",
            "calculation_id": "calculation",
            "proposal_id": "proposal",
            "payout_way": "nemkonto",
        },
        {
            "immediate_outcome": "bevilget",
            "calculation_id": "calculation",
            "proposal_id": "proposal",
            "payout_way": "kasse",
        },
        {
            "immediate_outcome": "afslag",
            "calculation_id": "calculation",
            "proposal_id": None,
            "payout_way": "nemkonto",
        },
        {
            "immediate_outcome": "ikke_noedvendig",
            "calculation_id": None,
            "proposal_id": None,
            "payout_way": None,
        },
    ),
    "casework.prepare_hearing": (
        {"prepared_hearing_id": "hearing", "facts_unknown_to_party": True, "hearing_days": 14},
        {"prepared_hearing_id": "hearing", "facts_unknown_to_party": False, "hearing_days": 14},
    ),
    "casework.hearing_reply": (
        {"hearing_changes_facts": False},
        {"hearing_changes_facts": True},
    ),
    "casework.hearing_lapsed": (
        {"hearing_changes_facts": False},
        {"hearing_changes_facts": True},
    ),
    "decision.propose": (
        {"proposal_id": "proposal", "hear_first": False, "reassess": False},
        {"proposal_id": None, "hear_first": True, "reassess": False},
        {"proposal_id": None, "hear_first": False, "reassess": True},
    ),
    "decision.approve": ({"approved": True}, {"approved": False}),
    "payment.tax_card": ({},),
    "payment.rejected": ({},),
    "payment.voucher_rejected": ({},),
    "payment.no_receipt": ({},),
    "payment.pay_otherwise": ({"paid_by_hand": True}, {"paid_by_hand": False}),
    "run.blockers": ({},),
    "run.review": ({},),
    "run.approve": ({"approved": True}, {"approved": False}),
    "run.escalated": ({},),
    "run.vouchers": ({},),
    "run.differences": ({},),
    "books.differences": ({},),
    "post.undelivered": ({"handed_over": False}, {"handed_over": True}),
    "matter.prepare_hearing": (
        {"hearing_wanted": True, "hearing_id": "hearing"},
        {"hearing_wanted": False, "hearing_id": None},
    ),
    "matter.propose": (
        {"proposal_id": "proposal", "matter_reassess": False},
        {"proposal_id": None, "matter_reassess": True},
    ),
    "matter.approve": ({"approved": True}, {"approved": False}),
    "repayment.assess": (
        {"claims": True, "basis_id": "basis", "ground": "91"},
        {"claims": False, "basis_id": None, "ground": None},
    ),
    "repayment.police": ({},),
    "claim.confirm": (
        {"claim_goes": True},
        {"claim_goes": False, "appeal_ends_at": APPEAL_ENDS_AT},
    ),
    "claim.rejected": ({},),
    "claim.income": (
        {"net_income_kroner": 180000, "provides": False},
        {"net_income_kroner": 0, "provides": False},
    ),
    "claim.agree": ({"arrangement_kind": "afdrag"},),
    "claim.transfer": ({"transfer": True}, {"transfer": False}),
    "money.plan": (
        {"basis_id": "basis", "must_hear": False},
        {"basis_id": "basis", "must_hear": True},
    ),
    "money.follow_up": tuple(
        {"management_choice": choice} for choice in ("fortsaet", "aendr", "stop")
    ),
}

MESSAGES: Mapping[str, tuple[Answer, ...]] = {
    "case-decided": ({},),
    "case-reassessed": ({"is_changed": True}, {"is_changed": False}),
    "complaint-maintained": ({},),
    "claim-answered": ({"claim_rejected": False}, {"claim_rejected": True}),
    "claim-settled": ({},),
    "claim-transferred": ({"transfer_rejected": False}, {"transfer_rejected": True}),
    "management-called-off": ({},),
    "hearing-answered": ({},),
    "application-withdrawn": ({"event_id": "event"},),
    "municipality-left": ({"event_id": "event"},),
    "party-died": ({},),
    "incomes-asked": (
        {"income_kind": "loen", "kinds_left": True},
        {"income_kind": "", "kinds_left": False},
    ),
    "income-kind-found": ({"income_kind": "", "kinds_left": False},),
    "incomes-compared": ({"unanswered": 0}, {"unanswered": 1}),
    "sanction-stopped": ({"sanction_stopped_because": "Borgeren er død."},),
    "immediate-help-stopped": ({},),
    "facts-changed": ({},),
    "documents-received": ({},),
    "spouse-signed": ({},),
    "letters-delivered": ({"undelivered": 0}, {"undelivered": 1}),
    "run-calculated": ({},),
    "run-stopped": ({},),
    "run-sent": ({},),
    "run-receipted": ({},),
    "run-posted": ({"rejected": 0}, {"rejected": 1}),
    "run-reported": ({},),
    "payments-receipted": ({"rejected": 0}, {"rejected": 1}),
    "postings-accepted": (
        {"rejected": 0, "rejected_because": ""},
        {"rejected": 1, "rejected_because": "KONTO_LUKKET"},
    ),
}
