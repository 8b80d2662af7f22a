"""Answers: what do CPR, eIndkomst and eSkattekort say of a person? Takes no effects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from lxml import etree

from integrations.simulator.contracts import (
    node,
    soap_answer,
    soap_fault,
    soap_request,
    text_node,
    text_of,
)
from integrations.simulator.scenarios import ADULT_YEARS, Address, Income, Person, World

PERSON: Final = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"
PERSON_CONTRACT: Final = "sf1520/person.xsd"
RESIDENT, EMIGRATED, DEAD = 1, 80, 90

INCOME: Final = "http://rep.oio.dk/skat.dk/eindkomst/"
MESSAGES: Final = "http://www.kombit.dk/2017/01/01/"
CONTEXT: Final = "http://kombit.dk/xml/schemas/kontekst/2017/01/01/"
COMPANY: Final = "http://rep.oio.dk/skat.dk/motor/class/virksomhed/xml/schemas/20080401/"
CPR_CORE: Final = "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/"
START: Final = "http://rep.oio.dk/xkom.dk/xml/schemas/2006/09/01/"
END: Final = "http://rep.oio.dk/xkom.dk/xml/schemas/2007/04/15/"
INCOME_CONTRACT: Final = "sf0770a/messages.xsd"
FIELD_BASE: Final = 100_000_000_000_000
ATP_PARTS: Final = 3


TAX_CARD: Final = "urn:ky:provisional:sf0770d:1"
TAX_CARD_CONTRACT: Final = "provisional/sf0770d.xsd"


def _class(name: str) -> str:
    return f"http://rep.oio.dk/skat.dk/eindkomst/class/{name}/xml/schemas/20071202/"


# --- CPR ------------------------------------------------------------------------------------


def person_lookup(body: bytes, world: World) -> tuple[int, bytes]:
    """Answer PersonLookup."""
    request = soap_request(body, PERSON_CONTRACT)
    if not text_of(request, "AuthorityContext/MunicipalityCVR"):
        return 500, soap_fault(
            "SECURITY",
            "Security model for the called operation was not provided. "
            "The following are supported: [KombitToken, AuthorityContext]",
        )
    person = world.by_cpr(text_of(request, "PNR"))
    if person is None:
        return 500, soap_fault("PNR_NOT_FOUND", "Personnummeret findes ikke")
    answer = node(
        PERSON,
        "PersonLookupResponse",
        [_person(person, world), _addresses(person), _relations(person, world)],
    )
    return 200, soap_answer(answer, PERSON_CONTRACT)


def _p(name: str, *children: etree._Element | None) -> etree._Element:
    return node(PERSON, name, children)


def _t(name: str, value: object | None) -> etree._Element | None:
    return None if value in (None, "") else text_node(PERSON, name, value)


def _day(name: str, day: date | None) -> etree._Element | None:
    return None if day is None else _p(name, _t("dato", day.isoformat()))


def _moment(name: str, day: date | None) -> etree._Element | None:
    return None if day is None else _p(name, _t("dato", f"{day.isoformat()}T00:00:00"))


def _person(person: Person, world: World) -> etree._Element:
    return _p(
        "persondata",
        _t("personnummer", person.cpr),
        _t("gaeldendePersonnummer", person.cpr),
        _p(
            "navn",
            _t("personadresseringsnavn", person.name),
            _t("fornavn", person.first_name),
            _t("mellemnavn", person.middle_name),
            _t("efternavn", person.last_name),
        ),
        _day("foedselsdato", person.born_on),
        _t("koen", person.sex),
        _t("antalBoernUnder18", _minors(person, world)),
        _status(person),
        _p("civilstand", _t("civilstand", person.civil_status)),
        _p("statsborgerskab", _t("landekode", person.citizenship)),
        _p("adressebeskyttelse", _t("beskyttet", str(person.protected).lower())),
        _t("tilmeldtDigitalpost", str(person.digital_post).lower()),
    )


def _minors(person: Person, world: World) -> int:
    today = world.as_of
    born = [world.people[child].born_on for child in person.children]
    return sum(day > today.replace(year=today.year - ADULT_YEARS) for day in born)


def _status(person: Person) -> etree._Element:
    if person.dead_on:
        status, since = DEAD, person.dead_on
    elif person.emigrated_on:
        status, since = EMIGRATED, person.emigrated_on
    else:
        status, since = RESIDENT, person.moved_to_denmark_on or person.born_on
    return _p("status", _t("status", status), _moment("statusdato", since))


def _addresses(person: Person) -> etree._Element:
    gone = None
    if person.emigrated_on:
        gone = _p(
            "udrejseoplysninger",
            _t("udrejselandekode", person.emigrated_to),
            _moment("udrejsedato", person.emigrated_on),
        )
    return _p("adresse", _address(person.address) if person.address else None, gone)


def _address(address: Address) -> etree._Element:
    return _p(
        "aktuelAdresse",
        _t("kommuneCvr", address.municipality_cvr),
        _t("kommunekode", address.municipality_code),
        _t("husnummer", address.number),
        _t("etage", address.floor),
        _t("sidedoer", address.door),
        _t("postnummer", address.postcode),
        _t("postdistrikt", address.district),
        _t("vejnavn", address.street),
        _t("standardadresse", address.written()),
        _moment("tilflytningsdato", address.since),
    )


def _relations(person: Person, world: World) -> etree._Element:
    def relation(name: str, key: str | None) -> etree._Element | None:
        return _p(name, _t("personnummer", world.number_of(key))) if key else None

    return _p(
        "relationer",
        relation("aegtefaelle", person.spouse),
        *(relation("barn", child) for child in person.children),
        relation("mor", person.mother),
        relation("far", person.father),
    )


# --- eIndkomst ------------------------------------------------------------------------------


def income_lookup(body: bytes, world: World) -> tuple[int, bytes]:
    """Answer IndkomstoplysningerLaes."""
    request = soap_request(body, INCOME_CONTRACT)
    asked = "IndkomstOplysningPersonInddata/IndkomstOplysningValg/IndkomstPersonSamling"
    question = f"{asked}/PersonIndkomstSoegeStruktur"
    cpr = text_of(request, f"{question}/PersonCivilRegistrationIdentifier")
    first = int(text_of(request, f"{question}/SoegeAarMaanedLukketStruktur/SoegeAarMaanedFraKode"))
    last = int(text_of(request, f"{question}/SoegeAarMaanedLukketStruktur/SoegeAarMaanedTilKode"))
    person = world.by_cpr(cpr)
    reported = [
        income
        for income in (person.income if person else ())
        if first <= income.year * 100 + income.month <= last
    ]
    employers = sorted({income.employer_se for income in reported})
    reports = [
        _report(se, [income for income in reported if income.employer_se == se]) for se in employers
    ]
    return 200, soap_answer(
        _income_answer(request, [_person_income(cpr, reports)]), INCOME_CONTRACT
    )


def income_error(body: bytes) -> bytes:
    """Answer HTTP 200 with a Fejl, as the service does."""
    request = soap_request(body, INCOME_CONTRACT)
    error = node(
        CONTEXT,
        "Fejl",
        [text_node(CONTEXT, "FejlId", "9999"), text_node(CONTEXT, "FejlTekst", "Intern fejl")],
    )
    return soap_answer(_income_answer(request, [], error), INCOME_CONTRACT)


def _income_answer(
    request: etree._Element, people: Iterable[etree._Element], error: etree._Element | None = None
) -> etree._Element:
    transaction = text_of(request, "HovedOplysninger/TransaktionsId")
    head = node(
        CONTEXT,
        "HovedOplysningerSvar",
        [
            text_node(CONTEXT, "TransaktionsId", transaction),
            None if error is None else node(CONTEXT, "SvarReaktion", [error]),
        ],
    )
    data = None
    if error is None:
        collection = _i("IndkomstOplysningPersonSamling", *people)
        data = node(MESSAGES, "IndkomstPersonUddata", [collection])
    return node(MESSAGES, "IndkomstOplysningPersonHent_O", [head, data])


def _i(name: str, *children: etree._Element | None) -> etree._Element:
    return node(INCOME, name, children)


def _person_income(cpr: str, reports: list[etree._Element]) -> etree._Element:
    return _i(
        "IndkomstOplysningPersonStruktur",
        text_node(CPR_CORE, "PersonCivilRegistrationIdentifier", cpr),
        _i("IndkomstOplysningSamling", *reports),
    )


def _report(se: str, incomes: list[Income]) -> etree._Element:
    company = text_node(COMPANY, "VirksomhedSENummerIdentifikator", se)
    return _i(
        "IndberetningPligtigVirksomhed",
        _i("IndberetningPligtigVirksomhedStruktur", _i("IndberetningPligtigVirksomhed", company)),
        _i("IndkomstLoenPeriodeSamling", *(_wage_period(income) for income in incomes)),
    )


def _wage_period(income: Income) -> etree._Element:
    period = node(
        _class("angivelse"),
        "AngivelsePeriode",
        [
            text_node(START, "StartDate", income.first_day.isoformat()),
            text_node(END, "EndDate", income.last_day.isoformat()),
        ],
    )
    return _i(
        "LoenPeriodeOplysningStruktur",
        _i("AngivelsePeriodeStruktur", period),
        text_node(
            _class("indkomstpersongruppe"),
            "IndkomstPersonGruppeDispositionDato",
            income.paid_on.isoformat(),
        ),
        _i("AngivelseBlanketIndholdStruktur", _i("AngivelseOplysningSamling", _forms(income))),
    )


def _forms(income: Income) -> etree._Element:
    """Nest the forms as the register does: 11000 around 16000 around 16001."""
    amounts = [
        (12, income.income_type),
        (19, income.income_kind),
        (58 if income.am == "0.00" else 57, income.gross),
        (59, income.tax),
        (60, income.am),
        (96, income.hours),
        (199, income.atp),
    ]
    inner = _form(3, "16001", amounts)
    middle = _form(2, "16000", [], inner)
    return _form(1, "11000", [(11, "T" if income.taken_back else "I")], middle)


def _form(
    level: int,
    number: str,
    fields: Iterable[tuple[int, str | None]],
    inner: etree._Element | None = None,
) -> etree._Element:
    return _i(
        f"AngivelseNiveau{level}",
        text_node(_class("blanket"), "BlanketNummerIdentifikator", number),
        _i("AngivelseFeltSamling", *(_field(*each) for each in fields if each[1])),
        None if inner is None else _i("UnderAngivelseSamling", inner),
    )


def _field(number: int, text: str | None) -> etree._Element:
    return _i(
        "AngivelseFeltIndholdStruktur",
        _i(
            "BlanketFeltEnhedStruktur",
            text_node(_class("blanketfelt"), "BlanketFeltNummerIdentifikator", FIELD_BASE + number),
        ),
        text_node(_class("angivelsefelt"), "AngivelseFeltIndholdTekst", text),
    )


# --- eSkattekort ----------------------------------------------------------------------------


def tax_card_lookup(body: bytes, world: World) -> tuple[int, bytes]:
    """Answer SkattekortHent."""
    request = soap_request(body, TAX_CARD_CONTRACT)
    asked = [text_of(each, "PNR") for each in request.iterfind("{*}Person")]
    people = [person for person in (world.by_cpr(cpr) for cpr in asked) if person is not None]
    answer = node(TAX_CARD, "SkattekortHentResponse", [_tax_card(person) for person in people])
    return 200, soap_answer(answer, TAX_CARD_CONTRACT)


def _tax_card(person: Person) -> etree._Element | None:
    card = person.tax_card
    if card is None:
        return None
    words = [
        ("PNR", person.cpr),
        ("Korttype", card.kind.upper()),
        ("GyldigFra", card.valid_from.isoformat()),
        ("Traekprocent", card.rate),
        ("MaanedsFradrag", card.deduction),
    ]
    return node(
        TAX_CARD,
        "Skattekort",
        [text_node(TAX_CARD, name, text) for name, text in words if text is not None],
    )
