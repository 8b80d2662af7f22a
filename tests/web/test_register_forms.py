"""A person types in only what a silent register would have said, and who it is about."""

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from forms.base import AskedParty, Background, Token
from forms.registry import form_for
from processes.domain.cases import Protection
from processes.domain.registers import PersonAnswer

SECRET = b"s" * 32


def test_only_registers_that_are_away_are_typed_in_for() -> None:
    background = Background(
        today=date(2026, 3, 1),
        parties=(AskedParty("anna", "Anna Prøve"),),
        missing_registers=("eIndkomst",),
    )

    form = form_for("casework.register_data").build(background, token=Token({}, SECRET))

    asked = [each.name for each in form.questions]
    assert {"work_income", "other_income"} <= set(asked)
    assert not {"marital_status", "children_at_home", "person_name"} & set(asked)


def test_without_cpr_a_person_types_in_who_it_is_and_doubt_protects() -> None:
    background = Background(
        today=date(2026, 3, 1), parties=(AskedParty("anna", ""),), missing_registers=("CPR",)
    )
    session: dict[str, Any] = {}
    token = Token(session, SECRET)
    empty = form_for("casework.register_data").build(background, token=token)
    typed = MultiDict(
        {
            "csrf_token": empty.csrf_token.current_token,
            "person_name": "Anna Prøve",
            "person_address": "Torvet 1\r\n9999 Egekøb",
            "person_protected": "ved_ikke",
            "marital_status": "ugift",
            "children_at_home": "0",
            "source": "Dokument fra borgeren",
            "evidence": "Sundhedskort",
            "valid_from": "01.03.2026",
        }
    )

    form = form_for("casework.register_data").build(background, token=token, formdata=typed)

    assert form.validate(), form.errors
    assert form.to_variables()["people"] == (
        PersonAnswer("anna", "Anna Prøve", ("Torvet 1", "9999 Egekøb"), Protection.PROTECTED),
    )
    assert form.sections[0].title == "Hvem er det?"
