"""The bodies of the kontanthjælp rules, by id and version; their words are in law/rules.yaml.

Money is whole øre all the way, and nothing is rounded: every rate is in whole kroner and income is
taken to the øre.
"""

from __future__ import annotations

from datetime import date

from processes.domain.errors import BrokenStateError
from processes.domain.facts import FactKind
from processes.domain.money import Money, total
from processes.domain.rules.reading import Body, Reading

ADULT = 18
YOUTH_TURNS = 25
YOUTH_ENDS = 30
DECISIVE_AGES = (ADULT, YOUTH_TURNS, YOUTH_ENDS)
"""The birthdays on which something else may be right: they cut a month."""

HOLIDAY_NOT_AGREED = "ikke_aftalt"
ONLY_AGREED = "kun_aftalt"
"""Words of the facts and of the choices in law/rules.yaml."""

MARRIED = frozenset({"gift", "registreret_partnerskab"})

JOINTLY = "soeger_sammen"
"""What the application says: the spouse applies too."""
SPOUSE_ON_CASE = "aegtefaelle_paa_sagen"
"""What the case says: the spouse is a party."""

SUPPLEMENTS = (
    "kh.boernetillaeg",
    "kh.tillaeg_enlig_forsoerger",
    "kh.tillaeg_enlig_ikke_forsoerger",
    "kh.ungetillaeg",
)

NOTHING = Money(0)


def _age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age(reading: Reading) -> int:
    """Return the age on the first of the days; a birthday that decides starts a stretch."""
    born = reading.fact(FactKind.BIRTH_DATE)
    if not isinstance(born, date):
        reading.stop(FactKind.BIRTH_DATE.value, "Fødselsdatoen er ikke en dato; ret oplysningen.")
    return _age_on(born, reading.day)


def birthday(born: date, age: int) -> date:
    """Return the day an age is reached; the 29th of February is the 1st of March in other years.

    >>> birthday(date(2004, 2, 29), 18)
    datetime.date(2022, 3, 1)
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def is_married(reading: Reading) -> bool:
    """Tell whether the duty of support between spouses holds (gensidig forsørgelsespligt)."""
    if reading.fact(FactKind.MARITAL_STATUS) not in MARRIED:
        return False
    if not reading.given(SPOUSE_ON_CASE):
        reading.stop(
            FactKind.SPOUSE.value,
            "Ægtefællen er ikke part i sagen; tilføj ægtefællen, eller ret civilstanden.",
        )
    return True


def is_provider(reading: Reading) -> bool:
    """Tell whether the person supports a child at home (forsørger)."""
    return reading.number(FactKind.CHILDREN_AT_HOME) > 0


def is_adult(reading: Reading) -> bool:
    """Tell whether the person is 18."""
    return reading.whole("kh.alder") >= ADULT


def is_in_the_country(reading: Reading) -> bool:
    """Tell whether neither death nor emigration is registered before the days are over.

    Assumes: the day of death or emigration is the first without help.
    """
    ended = [reading.said(FactKind.DEAD), reading.said(FactKind.EMIGRATED)]
    last = reading.days.end or reading.month.next().first_day
    return not any(isinstance(day, date) and day < last for day in ended)


def stays_lawfully(reading: Reading) -> bool:
    """Tell whether the stay is lawful."""
    return reading.yes(FactKind.LAWFUL_STAY)


def has_social_event(reading: Reading) -> bool:
    """Tell whether circumstances changed (social begivenhed)."""
    return reading.fact(FactKind.SOCIAL_EVENT) is not None


def cannot_support(reading: Reading) -> bool:
    """Tell whether the person cannot provide for self or family."""
    return reading.yes(FactKind.CANNOT_SUPPORT)


def no_other_benefit(reading: Reading) -> bool:
    """Tell whether no other benefit covers the need."""
    return not reading.yes(FactKind.OTHER_BENEFIT_COVERS)


def is_available(reading: Reading) -> bool:
    """Tell whether the person is available for work (rådighed)."""
    return reading.yes(FactKind.AVAILABLE)


def holds_no_other_holiday(reading: Reading) -> bool:
    """Tell whether no holiday is held, or only such as gives help all the same."""
    holiday = reading.said_now(FactKind.HOLIDAY)
    if holiday is None:
        return True
    choice = reading.word("kh.ferieregler")
    if choice != ONLY_AGREED:
        raise BrokenStateError(f"rule kh.ferieregler names no way we know: {choice}")
    return holiday != HOLIDAY_NOT_AGREED


def wealth(reading: Reading) -> Money:
    """Add up what the person and the spouse own."""
    married = reading.holds("kh.gift")
    own = reading.money(FactKind.WEALTH)
    return own + reading.spouse().money(FactKind.WEALTH) if married else own


def wealth_limit(reading: Reading) -> Money:
    """Return the limit for one person or for a couple."""
    return reading.rate("formue.par" if reading.holds("kh.gift") else "formue.person")


def wealth_is_under_the_limit(reading: Reading) -> bool:
    """Tell whether the wealth is at most the limit."""
    return reading.amount("kh.formue_i_alt") <= reading.amount("kh.formuegraense")


def target_group(reading: Reading) -> str:
    """Choose the rate by age, housing, stay and work (målgruppe).

    Assumes: living with parents goes before the requirements, since the source gives that rate to
    everyone under 30 at home; whoever is exempt from the requirements cannot fail them.
    """
    years = reading.whole("kh.alder")
    if (
        years < YOUTH_ENDS
        and reading.yes(FactKind.LIVES_WITH_PARENTS)
        and not reading.holds("kh.forsoerger")
    ):
        return "hjemmeboende"
    reading.need(FactKind.RESIDENCE_MET, FactKind.WORK_MET)
    worked = reading.yes(FactKind.WORK_MET)
    unmet = not reading.yes(FactKind.RESIDENCE_MET) or not worked
    if unmet and not reading.yes(FactKind.REQUIREMENTS_EXEMPT):
        return "mindstesats"
    if years >= YOUTH_ENDS or (years >= YOUTH_TURNS and worked):
        return "forhoejet_sats"
    return "grundsats"


def base_rate(reading: Reading) -> Money:
    """Return the rate of the target group (grundbeløb)."""
    return reading.rate(f"kh.{reading.word('kh.maalgruppe')}")


def child_supplement(reading: Reading) -> Money:
    """Return one supplement a provider, however many children."""
    return reading.rate("kh.boernetillaeg") if reading.holds("kh.forsoerger") else NOTHING


def single_provider_supplement(reading: Reading) -> Money:
    """Return the supplement of a single provider entitled to ekstra børnetilskud."""
    if reading.holds("kh.gift") or not reading.holds("kh.forsoerger"):
        return NOTHING
    if reading.word("kh.maalgruppe") not in {"mindstesats", "grundsats"}:
        return NOTHING
    reading.need(FactKind.SINGLE, FactKind.EXTRA_CHILD_SUBSIDY)
    if reading.yes(FactKind.SINGLE) and reading.yes(FactKind.EXTRA_CHILD_SUBSIDY):
        return reading.rate("kh.tillaeg_enlig_forsoerger")
    return NOTHING


def single_supplement(reading: Reading) -> Money:
    """Return the supplement of a single person without children."""
    if reading.holds("kh.gift") or reading.holds("kh.forsoerger"):
        return NOTHING
    if reading.word("kh.maalgruppe") not in {"grundsats", "forhoejet_sats"}:
        return NOTHING
    if reading.yes(FactKind.SINGLE):
        return reading.rate("kh.tillaeg_enlig_ikke_forsoerger")
    return NOTHING


def youth_supplement(reading: Reading) -> Money:
    """Return the supplement of an activity-ready person under 30, by age and children."""
    years = reading.whole("kh.alder")
    if years >= YOUTH_ENDS or reading.word("kh.maalgruppe") not in {"grundsats", "hjemmeboende"}:
        return NOTHING
    if not reading.yes(FactKind.ACTIVITY_READY):
        return NOTHING
    if reading.holds("kh.forsoerger"):
        return reading.rate("kh.ungetillaeg_u30_forsoerger")
    if years < YOUTH_TURNS:
        return reading.rate("kh.ungetillaeg_18_24_ikke_forsoerger")
    return reading.rate("kh.ungetillaeg_25_29_ikke_forsoerger")


def full_help(reading: Reading) -> Money:
    """Add the base amount and the supplements."""
    return total(reading.amount(rule_id) for rule_id in ("kh.sats", *SUPPLEMENTS))


def allowance(reading: Reading) -> Money:
    """Return what may be earned by work before anything is taken (fribeløb).

    Assumes: a person living with parents has the allowance of grundsats; the text was not read.
    """
    group = reading.word("kh.maalgruppe")
    raised = group == "forhoejet_sats"
    return reading.rate("fribeloeb.forhoejet_sats" if raised else "fribeloeb.mindste_grundsats")


def countable_income(reading: Reading) -> Money:
    """Return work income above the allowance and all other income (indtægt, der regnes med)."""
    reading.need(FactKind.WORK_INCOME, FactKind.OTHER_INCOME)
    earned = reading.money(FactKind.WORK_INCOME)
    other = reading.money(FactKind.OTHER_INCOME)
    if not earned:
        return other
    return max(earned - reading.amount("kh.fribeloeb"), NOTHING) + other


def holiday_pay(reading: Reading) -> Money:
    """Take holiday pay for the days the holiday is held, at most the help for those days."""
    paid = reading.spread(FactKind.HOLIDAY_PAY)
    if not paid:
        return NOTHING
    return min(paid, total(reading.for_days(rule_id) for rule_id in ("kh.sats", *SUPPLEMENTS)))


def own_deduction(reading: Reading) -> Money:
    """Take own income, at most what holiday pay left of the whole help."""
    left = reading.amount("kh.fuld_hjaelp") - reading.amount("kh.fradrag_feriepenge")
    return min(reading.amount("kh.egen_indtaegt"), left)


def is_on_other_benefit(reading: Reading) -> bool:
    """Tell whether the person gets another public benefit (kombinationsægtepar)."""
    if reading.given(JOINTLY):
        return reading.yes(FactKind.OTHER_BENEFIT_COVERS)
    return reading.yes(FactKind.SPOUSE_ON_OTHER_BENEFIT)


def help_as_spouse(reading: Reading) -> Money:
    """Return the help a spouse could have had; what it is beside another benefit is a choice."""
    if not reading.holds("kh.paa_anden_ydelse"):
        return reading.amount("kh.fuld_hjaelp")
    match reading.word("kh.kombinationsaegtepar"):
        case "ingen_egen_hjaelp":
            return NOTHING
        case "som_om_hjaelp":
            return reading.amount("kh.fuld_hjaelp")
        case choice:
            raise BrokenStateError(f"rule kh.kombinationsaegtepar names no way we know: {choice}")


def spouse_surplus(reading: Reading) -> Money:
    """Return the spouse's income above the help the spouse could have had."""
    if not reading.holds("kh.gift"):
        return NOTHING
    spouse = reading.spouse()
    on_other_benefit = spouse.holds("kh.paa_anden_ydelse")
    income = spouse.amount("kh.egen_indtaegt")
    if on_other_benefit and not spouse.money(FactKind.OTHER_INCOME):
        spouse.stop(
            FactKind.OTHER_INCOME.value,
            "Ægtefællen får en anden offentlig ydelse, men der er ingen anden indtægt."
            " Skriv ydelsens beløb i måneden som anden indtægt.",
        )
    if not income:
        return NOTHING
    reading.steady("kh.gift", FactKind.MARITAL_STATUS)
    return max(income - spouse.amount("kh.hjaelp_som_aegtefaelle"), NOTHING)


def spouse_deduction(reading: Reading) -> Money:
    """Take the spouse's surplus, at most what is left."""
    taken = reading.amount("kh.fradrag_feriepenge") + reading.amount("kh.fradrag_egen_indtaegt")
    return min(reading.amount("kh.aegtefaelles_overskud"), reading.amount("kh.fuld_hjaelp") - taken)


def help_before_tax(reading: Reading) -> Money:
    """Return the full help less the deductions."""
    taken = total(
        reading.amount(rule_id)
        for rule_id in (
            "kh.fradrag_feriepenge",
            "kh.fradrag_egen_indtaegt",
            "kh.fradrag_aegtefaelle",
        )
    )
    return reading.amount("kh.fuld_hjaelp") - taken


def needs_help(reading: Reading) -> bool:
    """Tell whether the income leaves anything of the help."""
    return NOTHING < reading.amount("kh.hjaelp") <= reading.amount("kh.fuld_hjaelp")


BODIES: dict[str, Body] = {
    "kh.alder@1": age,
    "kh.gift@1": is_married,
    "kh.forsoerger@1": is_provider,
    "kh.betingelse.alder@1": is_adult,
    "kh.betingelse.i_landet@1": is_in_the_country,
    "kh.betingelse.lovligt_ophold@1": stays_lawfully,
    "kh.betingelse.social_begivenhed@1": has_social_event,
    "kh.betingelse.kan_ikke_forsoerge@1": cannot_support,
    "kh.betingelse.ingen_anden_ydelse@1": no_other_benefit,
    "kh.betingelse.raadighed@1": is_available,
    "kh.betingelse.ferie@1": holds_no_other_holiday,
    "kh.formue_i_alt@1": wealth,
    "kh.formuegraense@1": wealth_limit,
    "kh.betingelse.formue@1": wealth_is_under_the_limit,
    "kh.betingelse.behov@1": needs_help,
    "kh.maalgruppe@1": target_group,
    "kh.sats@1": base_rate,
    "kh.boernetillaeg@1": child_supplement,
    "kh.tillaeg_enlig_forsoerger@1": single_provider_supplement,
    "kh.tillaeg_enlig_ikke_forsoerger@1": single_supplement,
    "kh.ungetillaeg@1": youth_supplement,
    "kh.fuld_hjaelp@1": full_help,
    "kh.fribeloeb@1": allowance,
    "kh.egen_indtaegt@1": countable_income,
    "kh.fradrag_feriepenge@1": holiday_pay,
    "kh.fradrag_egen_indtaegt@1": own_deduction,
    "kh.paa_anden_ydelse@1": is_on_other_benefit,
    "kh.hjaelp_som_aegtefaelle@1": help_as_spouse,
    "kh.aegtefaelles_overskud@1": spouse_surplus,
    "kh.fradrag_aegtefaelle@1": spouse_deduction,
    "kh.hjaelp@1": help_before_tax,
}
