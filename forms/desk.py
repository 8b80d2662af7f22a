"""The small forms around the work: filters, notes, search, laying a task back, logging in."""

from __future__ import annotations

from wtforms import StringField

from forms.base import BaseForm
from forms.fields import DanishDateField, Required, WordsField


class NoteForm(BaseForm):
    """Write a journal note (nyt notat)."""

    text = WordsField(
        "Nyt notat",
        [Required("Skriv notatet, før du gemmer.")],
        description="Notatet kan ikke rettes bagefter. Borgeren kan få det at se.",
    )


class TaskNoteForm(NoteForm):
    """Write a journal note beside a task's own questions (notat)."""

    text = WordsField(
        "Notat på sagen",
        [Required("Skriv notatet, før du gemmer.")],
        description="Notatet kan ikke rettes bagefter. Borgeren kan få det at se.",
        id="notat",  # stands on one page with a task's own questions
    )


class SearchForm(BaseForm):
    """Find a case (søg): always sent by POST, so no name or number reaches an address."""

    text = StringField("Navn, sagsnummer eller CPR", [Required("Skriv, hvem du leder efter.")])


class ReleaseForm(BaseForm):
    """Lay a task back for others (læg tilbage)."""

    reason = WordsField(
        "Hvorfor lægger du opgaven tilbage?",
        [Required("Skriv, hvorfor du lægger opgaven tilbage, så den næste kan gå videre.")],
        id="tilbage",  # stands on one page with a task's own questions
    )


class FollowUpForm(BaseForm):
    """Put a task away until a day (opfølgning)."""

    day = DanishDateField(
        "Hvilken dag følger du op?",
        [Required("Skriv dagen som 24.11.2026.")],
        description="Dag, måned og år.",
        id="opfoelgning",  # the same
    )


class ChoiceOfOne(BaseForm):
    """Choose a person or a role on a page of buttons; the value names it."""

    chosen = StringField("Valgt", [Required("Vælg en på listen.")])
