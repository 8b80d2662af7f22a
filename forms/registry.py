"""The form behind each form key a diagram may name; an unknown or doubled key is refused."""

from __future__ import annotations

from collections.abc import Iterable

from forms.base import TaskForm
from forms.casework import (
    Assess,
    CompleteFacts,
    HearingLapsed,
    HearingReply,
    PrepareHearing,
    Recheck,
    RegisterData,
)
from forms.cessations import CessationReview
from forms.complaints import BoardAnswer, EscalatedComplaint, ForwardComplaint, Reassess
from forms.decision import Approve, Propose
from forms.incomes import IncomeDifference, IncomeUnanswered
from forms.life import AssessMove, Change, Death, Overpaid
from forms.matters import ApproveMatter, PrepareMatterHearing, ProposeMatter
from forms.messages import AnswerMessage
from forms.money_management import FollowUpManagement, PlanManagement
from forms.papers import CheckDocuments, DocumentsLapsed, LatePaper, ReviewDocuments
from forms.payment import NoReceipt, Rejected, TaxCard, VoucherRejected
from forms.post import Undelivered
from forms.promises import DeadlinePassed, DelayReason, HelpOverdue, ImmediateHelp, PayOtherwise
from forms.repayments import (
    AssessRepayment,
    ClaimAgree,
    ClaimIncome,
    ClaimRejected,
    ClaimTransfer,
    ConfirmClaim,
    Police,
)
from forms.runs import Approve as ApproveRun
from forms.runs import Blockers, BookDifferences, Differences, Escalated, Review, Vouchers
from forms.sanctions import Conditions, Ground
from processes.domain.errors import BrokenStateError


def registered(forms: Iterable[type[TaskForm]]) -> dict[str, type[TaskForm]]:
    """Return the forms by key; two with one key cannot both be meant."""
    by_key: dict[str, type[TaskForm]] = {}
    for form in forms:
        if form.key in by_key:
            raise BrokenStateError(f"form key '{form.key}' is used twice")
        by_key[form.key] = form
    return by_key


FORMS = registered(
    (
        ReviewDocuments,
        CheckDocuments,
        DocumentsLapsed,
        LatePaper,
        AnswerMessage,
        Reassess,
        EscalatedComplaint,
        ForwardComplaint,
        BoardAnswer,
        Assess,
        RegisterData,
        Recheck,
        Death,
        AssessMove,
        Change,
        Overpaid,
        Conditions,
        CessationReview,
        IncomeDifference,
        IncomeUnanswered,
        Ground,
        CompleteFacts,
        PrepareHearing,
        HearingReply,
        HearingLapsed,
        ImmediateHelp,
        DelayReason,
        DeadlinePassed,
        HelpOverdue,
        Propose,
        Approve,
        TaxCard,
        Rejected,
        VoucherRejected,
        NoReceipt,
        PayOtherwise,
        Undelivered,
        PrepareMatterHearing,
        ProposeMatter,
        ApproveMatter,
        AssessRepayment,
        Police,
        ConfirmClaim,
        ClaimRejected,
        ClaimIncome,
        ClaimAgree,
        ClaimTransfer,
        PlanManagement,
        FollowUpManagement,
        BookDifferences,
        Blockers,
        Review,
        ApproveRun,
        Escalated,
        Vouchers,
        Differences,
    )
)


def form_for(key: str) -> type[TaskForm]:
    """Return the form of a key; the deployment gate lets no other key through."""
    if key not in FORMS:
        raise BrokenStateError(f"Formularen '{key}' findes ikke i denne version.")
    return FORMS[key]
