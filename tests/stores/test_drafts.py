"""An application under way is its citizen's own, and goes when nobody comes back to it."""

from datetime import timedelta

from app.stores.unit_of_work import SqlUnitOfWorkFactory
from processes.ports.records import ApplicationDraft, DraftPart
from tests.stores import builders as a

ANNA, BO = "6101901234", "6202881235"
WHY = DraftPart({"reason": "ledig", "requested_from": "16.03.2026"}, a.NOW)
LATER = a.NOW + timedelta(hours=2)
HOME = DraftPart({"children_at_home": ""}, LATER)


def test_a_draft_is_read_as_it_was_typed_and_belongs_to_one(
    uow_factory: SqlUnitOfWorkFactory,
) -> None:
    with uow_factory(999) as uow:
        uow.drafts.save_part(ANNA, "hvorfor", WHY)
        uow.commit()

    with uow_factory(999) as uow:
        assert uow.drafts.get(ANNA) == ApplicationDraft({"hvorfor": WHY}, a.NOW)
        assert uow.drafts.get(BO) is None
    with uow_factory(998) as uow:
        assert uow.drafts.get(ANNA) is None


def test_a_part_is_replaced_and_the_others_stay(uow_factory: SqlUnitOfWorkFactory) -> None:
    newer = DraftPart({"reason": "sygdom"}, LATER)
    with uow_factory(999) as uow:
        uow.drafts.save_part(ANNA, "hvorfor", WHY)
        uow.drafts.save_part(ANNA, "familie", HOME)
        uow.drafts.save_part(ANNA, "hvorfor", newer)

        draft = uow.drafts.get(ANNA)
        assert draft == ApplicationDraft({"hvorfor": newer, "familie": HOME}, LATER)


def test_what_was_left_goes_and_what_was_touched_stays(uow_factory: SqlUnitOfWorkFactory) -> None:
    with uow_factory(999) as uow:
        uow.drafts.save_part(ANNA, "hvorfor", WHY)
        uow.drafts.save_part(BO, "familie", HOME)

        assert uow.drafts.delete_saved_before(LATER) == 1
        assert uow.drafts.get(ANNA) is None
        assert uow.drafts.get(BO) is not None
        uow.drafts.delete(BO)
        assert uow.drafts.get(BO) is None
