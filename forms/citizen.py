"""Self-service: the application in parts, and the answer to a hearing.

The keys are those of the municipal application form, so an application means the same whichever
way it came. Each part is a form of its own; what was typed is kept as text between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from wtforms import Field, StringField
from wtforms.validators import Regexp

from forms.base import BaseForm
from forms.fields import (
    ChoiceField,
    CprField,
    DanishDateField,
    KronerField,
    Required,
    RequiredIf,
    WholeField,
    WordsField,
)
from processes.domain.identifiers import Cpr
from processes.domain.money import Money

YES, NO, UNKNOWN = "ja", "nej", "ved_ikke"
YES_NO = ((YES, "Ja"), (NO, "Nej"))
YES_NO_UNKNOWN = ((YES, "Ja"), (NO, "Nej"), (UNKNOWN, "Det ved jeg ikke"))
KNOWN_OR_NOT = (("beloeb", "Jeg skriver beløbet"), (UNKNOWN, "Det ved jeg ikke"))
PHONE = Regexp(r"^(\+?[\d ]{8,16})?$", message="Skriv telefonnummeret med tal, som 70 00 00 00.")
EMAIL = Regexp(r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$", message="Skriv e-mailen som navn@eksempel.dk.")


class PartForm(BaseForm):
    """One part of the application (del): its questions, and how its answers are read."""

    slug = ""
    title = ""
    lead = ""
    why = ""
    """Why we ask, in plain words."""

    def answers(self) -> dict[str, str]:
        """Return the answers as the application keeps them; what was not given is left out."""
        given = {each.name: written(each.data) for each in self.questions}
        return {key: text for key, text in given.items() if text}


def written(data: Any) -> str:
    """Return an answer as text: days as ISO, kroner with a dot, numbers as digits."""
    if data is None:
        return ""
    if isinstance(data, date):
        return data.isoformat()
    if isinstance(data, Money):
        kroner, oere = divmod(data.oere, 100)
        return f"{kroner}.{oere:02d}" if oere else str(kroner)
    if isinstance(data, Cpr):
        return data.digits
    return str(data)


class WhyPart(PartForm):
    """Why the citizen applies, and from when."""

    slug = "hvorfor"
    title = "Hvorfor du søger"
    lead = "Fortæl, hvad der er sket, og hvornår du har brug for hjælp."
    why = (
        "Du kan få kontanthjælp, når noget er sket, så du ikke kan forsørge dig selv."
        " Hjælpen kan tidligst begynde den dag, du søger."
    )

    reason = ChoiceField(
        "Hvad er der sket?",
        [Required("Vælg, hvad der er sket.")],
        choices=(
            ("ledig", "Jeg har mistet mit arbejde"),
            ("sygdom", "Jeg er blevet syg"),
            ("samlivsophoer", "Jeg bor ikke længere sammen med min partner"),
            ("udlaert", "Jeg er blevet færdig med en uddannelse"),
            ("andet", "Noget andet"),
        ),
    )
    reason_text = WordsField(
        "Fortæl kort om det",
        [RequiredIf("reason", "andet", "Skriv kort, hvad der er sket.")],
        description="Du behøver kun skrive her, hvis du valgte “Noget andet”.",
    )
    requested_from = DanishDateField(
        "Hvilken dag vil du have hjælp fra?",
        [Required("Skriv den dag, du vil have hjælp fra, som 01.03.2026.")],
        description="Dag, måned og år. Dagen i dag tæller, også hvis et papir mangler.",
    )
    acute_need = ChoiceField(
        "Mangler du penge til mad, medicin eller husly nu?",
        [Required("Svar på, om du mangler penge nu.")],
        choices=YES_NO,
        description="Så ringer vi til dig. Du skal ikke vente på svaret.",
    )


class HomePart(PartForm):
    """Whom the citizen lives with."""

    slug = "familie"
    title = "Dig og din familie"
    lead = "Fortæl, hvem du bor sammen med."
    why = "Hvor meget du kan få, hænger sammen med, hvem du bor med, og om du har børn."

    cohabitation = ChoiceField(
        "Bor du sammen med en partner?",
        [Required("Vælg, om du bor med en partner.")],
        choices=(
            ("enlig", "Nej, jeg bor ikke med en partner"),
            ("gift", "Ja, vi er gift"),
            ("samlevende", "Ja, vi bor sammen uden at være gift"),
        ),
    )
    spouse_cpr = CprField(
        "Din ægtefælles CPR-nummer",
        [RequiredIf("cohabitation", "gift", "Skriv din ægtefælles CPR-nummer, ti cifre.")],
        description="Kun hvis I er gift. Din ægtefælle får brev og svarer selv om sine penge.",
    )
    applies_jointly = ChoiceField(
        "Søger din ægtefælle også om hjælp?",
        [RequiredIf("cohabitation", "gift", "Svar på, om din ægtefælle også søger.")],
        choices=YES_NO,
        description="Kun hvis I er gift.",
    )
    children_at_home = WholeField(
        "Hvor mange børn under 18 år bor hos dig?",
        [Required("Skriv, hvor mange børn der bor hos dig. Skriv 0, hvis der ingen er.")],
        description="Skriv 0, hvis der ingen er.",
        largest=20,
    )
    lives_with_parents = ChoiceField(
        "Bor du hos en af dine forældre?",
        [Required("Svar på, om du bor hos dine forældre.")],
        choices=YES_NO,
    )
    housing = ChoiceField(
        "Hvordan bor du?",
        [Required("Vælg, hvordan du bor.")],
        choices=(
            ("lejebolig", "I en lejebolig"),
            ("andelsbolig", "I en andelsbolig"),
            ("ejerbolig", "I en ejerbolig"),
            ("vaerelse", "På et værelse"),
            ("andet", "På en anden måde"),
        ),
    )


def income_is_known() -> ChoiceField:
    """Ask whether somebody knows what they earn; the applicant and the spouse are asked alike."""
    return ChoiceField(
        "Ved du, hvor meget du tjener før skat i denne måned?",
        [Required("Vælg, om du ved, hvor meget du tjener.")],
        choices=KNOWN_OR_NOT,
    )


def income() -> KronerField:
    """Ask what somebody earns, when they know."""
    return KronerField(
        "Løn og andre indtægter før skat i denne måned",
        [RequiredIf("income_known", "beloeb", "Skriv beløbet med tal, for eksempel 8412,00.")],
        description="Kroner. Skriv 0, hvis du ingen har.",
    )


def wealth_is_known() -> ChoiceField:
    """Ask whether somebody knows what they have."""
    return ChoiceField(
        "Ved du, hvor meget du har i banken og i andre værdier?",
        [Required("Vælg, om du ved, hvor meget du har.")],
        choices=KNOWN_OR_NOT,
    )


def wealth() -> KronerField:
    """Ask what somebody has, when they know."""
    return KronerField(
        "Penge i banken og andre værdier",
        [RequiredIf("wealth_known", "beloeb", "Skriv beløbet med tal, for eksempel 3150.")],
        description="Hele kroner. Bil og bolig, du har brug for, tæller du ikke med.",
    )


class MoneyPart(PartForm):
    """What the citizen has and earns."""

    slug = "penge"
    title = "Dine penge"
    lead = "Fortæl, hvad du tjener, og hvad du har. “Det ved jeg ikke” er et helt svar."
    why = "Løn og opsparing kan gøre hjælpen mindre. Vi spørger også Skattestyrelsen."

    income_known = income_is_known()
    income_this_month_kroner = income()
    wealth_known = wealth_is_known()
    wealth_applicant_kroner = wealth()

    def answers(self) -> dict[str, str]:
        """Return the amounts, or that they are not known; wealth is in whole kroner."""
        given = {
            "income_this_month_kroner": written(self.income_this_month_kroner.data),
            "wealth_applicant_kroner": _whole(self.wealth_applicant_kroner.data),
        }
        if self.income_known.data == UNKNOWN:
            given["income_this_month_kroner"] = UNKNOWN
        if self.wealth_known.data == UNKNOWN:
            given["wealth_applicant_kroner"] = UNKNOWN
        return {key: text for key, text in given.items() if text}


def _whole(amount: Money | None) -> str:
    """Return an amount in whole kroner as the application form wants it."""
    return "" if amount is None else str(amount.to_nearest_krone().oere // 100)


class YearsPart(PartForm):
    """Where the citizen lived and worked the last ten years."""

    slug = "aar"
    title = "De sidste 10 år"
    lead = "To spørgsmål om, hvor du har boet, og hvor meget du har arbejdet."
    why = "Svarene har betydning for, hvilken sats du kan få. Er du i tvivl, undersøger vi det."

    residence_9_of_10_years = ChoiceField(
        "Har du boet i Danmark i 9 af de sidste 10 år?",
        [Required("Vælg et svar om, hvor du har boet.")],
        choices=YES_NO_UNKNOWN,
        description="Grønland og Færøerne tæller med.",
    )
    work_two_and_a_half_years = ChoiceField(
        "Har du haft fuldtidsarbejde i 2½ år af de sidste 10 år?",
        [Required("Vælg et svar om, hvor meget du har arbejdet.")],
        choices=YES_NO_UNKNOWN,
        description="Arbejde uden tilskud. Tiden behøver ikke hænge sammen.",
    )


class ContactPart(PartForm):
    """How the citizen can be reached."""

    slug = "kontakt"
    title = "Sådan får vi fat i dig"
    lead = "Du behøver ikke svare, men så kan vi ringe, hvis noget mangler."
    why = "Afgørelsen kommer i din Digitale Post eller som brev."

    phone = StringField("Telefon", [PHONE], description="Du behøver ikke svare.")
    email = StringField("E-mail", [EMAIL], description="Du behøver ikke svare.")


PARTS: tuple[type[PartForm], ...] = (WhyPart, HomePart, MoneyPart, YearsPart, ContactPart)
PART_BY_SLUG = {part.slug: part for part in PARTS}


class SendForm(BaseForm):
    """The last page: what was written is right, and it is sent."""

    statement_accepted = ChoiceField(
        "Passer det, du har skrevet?",
        [Required("Sæt kryds ved, at det du har skrevet, er rigtigt, så vidt du ved.")],
        choices=(
            (YES, "Ja, det er rigtigt, så vidt jeg ved. Jeg siger til, hvis noget ændrer sig."),
        ),
    )


class AnswerHearing(BaseForm):
    """Say one's opinion (svar på partshøring)."""

    agrees = ChoiceField(
        "Passer det, vi skriver?",
        [Required("Vælg, om det passer.")],
        choices=(
            ("passer", "Ja, det passer"),
            ("passer_ikke", "Nej, det passer ikke"),
            ("andet", "Der er noget andet, I skal vide"),
        ),
    )
    words = WordsField(
        "Fortæl med dine egne ord",
        [RequiredIf("agrees", ("passer_ikke", "andet"), "Skriv, hvad vi skal vide.")],
        description="Skriv så kort eller så langt, du vil.",
    )

    def text(self) -> str:
        """Return the whole answer as the case keeps it."""
        chosen = self.agrees.words[self.agrees.data]
        return f"{chosen}. {self.words.data}" if self.words.data else f"{chosen}."


def shown(field: Field) -> str:
    """Return an answer in words, as the citizen reads it before sending."""
    if field.data is None or field.data == "":
        return "Ikke besvaret"
    if isinstance(field, ChoiceField):
        return field.words.get(field.data, "Ikke besvaret")
    if isinstance(field.data, Money):
        return field.data.danish()
    writer: Callable[[Any], str] = getattr(field, "written", str)
    return writer(field.data)


def all_answers(parts: Mapping[str, PartForm]) -> dict[str, str]:
    """Return the answers of all parts together."""
    return {key: text for part in parts.values() for key, text in part.answers().items()}
