"""Fields that parse once, at the edge, to domain types; what was typed stays when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field, Form, RadioField, TextAreaField, ValidationError
from wtforms.fields import choices as offered
from wtforms.form import BaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput, TextInput

from processes.domain.errors import RuleError
from processes.domain.identifiers import Cpr
from processes.domain.money import Money
from processes.domain.periods import Month

DATE = re.compile(r"(\d{1,2})[.\-/ ](\d{1,2})[.\-/ ](\d{4})")
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
MONTH = re.compile(r"(\d{1,2})[.\-/ ](\d{4})")
ISO_MONTH = re.compile(r"(\d{4})-(\d{1,2})")


class ParsedField(Field):
    """A text input whose data is a domain value, or None while it is empty."""

    widget = TextInput()

    def __init__(
        self, label: str | None = None, validators: list[Any] | None = None, **options: Any
    ) -> None:
        super().__init__(label, validators, **options)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Parse what was typed; blank is no answer."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if typed:
            try:
                self.data = self.parsed(typed)
            except RuleError as error:
                raise ValueError(str(error)) from error

    def parsed(self, typed: str) -> object:
        """Return the value; `RuleError` says in Danish how to write it."""
        raise NotImplementedError

    def written(self, value: Any) -> str:
        """Return the value as a person would type it."""
        return str(value)


class KronerField(ParsedField):
    """An amount in kroner (beløb): `Money`."""

    def parsed(self, typed: str) -> Money:
        """Read `1.234,50`; an amount is never below zero here."""
        amount = Money.kroner(typed)
        if amount < Money(0):
            raise RuleError("Beløbet kan ikke være under 0. Skriv det som 1.234,50.")
        return amount

    def written(self, value: Money) -> str:
        """Write `1.234,50`, without the unit."""
        return value.danish().removesuffix("kr.").strip()


class CprField(ParsedField):
    """A personal number (CPR-nummer): `Cpr`."""

    def parsed(self, typed: str) -> Cpr:
        """Read ten digits, with or without hyphen."""
        return Cpr.parse(typed)

    def written(self, value: Cpr) -> str:
        """Write it with its hyphen."""
        return value.written()


class WholeField(ParsedField):
    """A whole number (antal)."""

    def __init__(self, *args: Any, smallest: int = 0, largest: int = 99, **options: Any) -> None:
        super().__init__(*args, **options)
        self.smallest, self.largest = smallest, largest

    def parsed(self, typed: str) -> int:
        """Read digits only."""
        if not re.fullmatch(r"\d{1,6}", typed) or not (self.smallest <= int(typed) <= self.largest):
            raise RuleError(f"Skriv et helt tal fra {self.smallest} til {self.largest}.")
        return int(typed)


class DanishDateField(ParsedField):
    """A day (dato): `24.11.2026`."""

    def parsed(self, typed: str) -> date:
        """Read day, month, year; the form the browser may send is taken too."""
        day_first, year_first = DATE.fullmatch(typed), ISO_DATE.fullmatch(typed)
        try:
            if day_first:
                day, month, year = (int(part) for part in day_first.groups())
                return date(year, month, day)
            if year_first:
                return date(*(int(part) for part in year_first.groups()))
        except ValueError:
            pass
        raise RuleError(f"'{typed}' er ikke en dato. Skriv dag, måned og år: 24.11.2026.")

    def written(self, value: date) -> str:
        """Write `24.11.2026`."""
        return f"{value:%d.%m.%Y}"


class MonthField(ParsedField):
    """A calendar month (måned): `11.2026`."""

    def parsed(self, typed: str) -> Month:
        """Read month and year."""
        month_first, year_first = MONTH.fullmatch(typed), ISO_MONTH.fullmatch(typed)
        try:
            if month_first:
                return Month(int(month_first[2]), int(month_first[1]))
            if year_first:
                return Month(int(year_first[1]), int(year_first[2]))
        except ValueError:
            pass
        raise RuleError(f"'{typed}' er ikke en måned. Skriv måned og år: 11.2026.")

    def written(self, value: Month) -> str:
        """Write `11.2026`."""
        return f"{value.number:02d}.{value.year}"


class NumbersField(Field):
    """Ticked boxes of one name (valgte): whole numbers, each once."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the numbers; what is none is nobody's box."""
        typed = [str(value) for value in valuelist]
        self.data = tuple(dict.fromkeys(int(text) for text in typed if text.isdecimal()))

    def _value(self) -> str:
        return ""


class ChoiceField(RadioField):
    """Radio buttons; no answer and a made-up answer are the same mistake."""

    def __init__(
        self,
        label: str | None = None,
        validators: list[Any] | None = None,
        *,
        choices: Sequence[tuple[str, str]],
        hints: dict[str, str] | None = None,
        closed: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        # Newer than the type hints.
        boxes = [offered.SelectChoice(value, words) for value, words in choices]  # type: ignore[attr-defined]
        super().__init__(label, validators, choices=boxes, validate_choice=False, **options)
        self.words = dict(choices)
        self.hints = hints or {}
        self.closed = closed or {}
        """Choices that cannot be made, each with its reason."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the chosen value; what was not sent was not chosen, whatever it began with."""
        self.data = str(valuelist[0]) if valuelist else None

    def pre_validate(self, form: BaseForm) -> None:
        """Forget a value that is not on the list, and refuse one that is closed."""
        if self.data not in self.words:
            self.data = None
        if self.data in self.closed:
            raise StopValidation(self.closed[self.data])


class WordsField(TextAreaField):
    """Free text; blank space around it does not count."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep the words without the space around them."""
        self.data = str(valuelist[0]).strip() if valuelist else None

    def _value(self) -> str:
        return self.data or ""


class Required:
    """Asks for an answer, and says which one is missing."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse an empty field; one that could not be parsed has its own message already."""
        if field.data is None or field.data == "":
            if field.errors:
                raise StopValidation
            raise StopValidation(self.message)


class RequiredIf(Required):
    """Asks for an answer when another question was answered in a certain way."""

    def __init__(self, other: str, values: str | tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.other = other
        self.values = (values,) if isinstance(values, str) else values

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse an empty field when the other answer makes it needed."""
        if form[self.other].data in self.values:
            super().__call__(form, field)


class NotAfter:
    """Asks for a day that is not after another."""

    def __init__(self, last: date, message: str) -> None:
        self.last, self.message = last, message

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse a later day."""
        if field.data is not None and field.data > self.last:
            raise ValidationError(self.message)


class NotBefore:
    """Asks for a day that is not before another."""

    def __init__(self, first: date, message: str) -> None:
        self.first, self.message = first, message

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse an earlier day."""
        if field.data is not None and field.data < self.first:
            raise ValidationError(self.message)
