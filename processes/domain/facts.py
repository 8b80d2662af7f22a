"""Dated facts (oplysninger) on two time axes, each with its source. Unknown is a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from processes.domain.money import Money
from processes.domain.periods import Period
from processes.domain.timeline import Timeline


class FactKind(StrEnum):
    """What a fact is about (oplysningstype); values are the Danish words shown."""

    BIRTH_DATE = "foedselsdato"
    MARITAL_STATUS = "civilstand"
    SPOUSE = "aegtefaelle"
    CHILDREN_AT_HOME = "hjemmeboende_boern"
    """How many children the person supports at home: a whole number."""
    LIVES_WITH_PARENTS = "bor_hos_foraeldre"
    SINGLE = "reelt_enlig"
    """Whether the person is in truth single, as judged for child benefit: yes or no."""
    EXTRA_CHILD_SUBSIDY = "ret_til_ekstra_boernetilskud"
    """Acquired right to ekstra børnetilskud (decided by Udbetaling Danmark): yes or no."""
    RESIDENCE_MET = "opholdskrav_opfyldt"
    """9 of the last 10 years in the realm: yes or no."""
    WORK_MET = "beskaeftigelseskrav_opfyldt"
    """2½ years of ordinary full-time work in 10 years: yes or no."""
    REQUIREMENTS_EXEMPT = "undtaget_fra_opholds_og_beskaeftigelseskrav"
    """Exempt from both (born in Denmark, EU law): yes or no; asked when one is not met."""
    ACTIVITY_READY = "aktivitetsparat"
    """Judged activity ready (visitation): yes or no; decides the youth supplement."""
    SOCIAL_EVENT = "social_begivenhed"
    """What happened (text): `ledig`, `sygdom`, `samlivsophoer` …"""
    CANNOT_SUPPORT = "kan_ikke_forsoerge_sig"
    """Because of it the person cannot provide for self or family: yes or no."""
    OTHER_BENEFIT_COVERS = "anden_ydelse_daekker"
    """Another benefit covers the need: yes or no."""
    LAWFUL_STAY = "lovligt_ophold"
    AVAILABLE = "staar_til_raadighed"
    WEALTH = "formue"
    """Wealth that counts: money."""
    WORK_INCOME = "arbejdsindtaegt"
    """Income from work in a month, after ATP, AM contribution and pension: money."""
    OTHER_INCOME = "anden_indtaegt"
    """Any other income that counts in a month: money."""
    SPOUSE_ON_OTHER_BENEFIT = "aegtefaelle_paa_anden_ydelse"
    """A fact of the spouse who does not apply: gets another public benefit, yes or no."""
    HOLIDAY = "ferie"
    """Holiday held on these days: `aftalt` or `ikke_aftalt`; nobody said it is no holiday."""
    HOLIDAY_PAY = "feriepenge"
    """Holiday pay for the days it is valid: money, all of it for those days."""
    TAX_CARD_RATE = "traekprocent"
    """Withholding rate in whole percent."""
    TAX_CARD_DEDUCTION = "maanedsfradrag"
    """Monthly deduction on the tax card: money."""
    TAX_CARD_KIND = "skattekort"
    """`hovedkort`, `bikort` or `frikort`."""
    TAX_CARD_LIMIT = "frikortbeloeb"
    """What is left of an exemption card's amount: money."""
    DEAD = "doed"
    EMIGRATED = "udrejst"
    # Facts of other benefits, and of kontanthjælp before 1 July 2025.
    VOCATIONAL = "erhvervsuddannelse"
    """Under 30 it decided uddannelseshjælp or kontanthjælp until the reform."""
    PREGNANT = "gravid_efter_12_uge"
    MENTAL_ILLNESS = "svaer_psykisk_sygdom"
    WORK_HOURS = "arbejdstimer"
    """Whole hours worked in a month."""
    HOURS_RULE = "timeregel_nedsat"
    """Decided by a person, heard and sent: the rule itself never lowers anything."""
    MONTHS_ON_HELP = "maaneder_paa_hjaelp"
    CHILDREN_ELSEWHERE = "udeboende_boern"
    HOUSING_COST = "nettoboligudgift"
    """Rent, heating and the like, less boligstøtte."""
    HOUSING_REASONABLE = "rimelig_boligudgift"
    """Said only when a cheaper dwelling was pointed out or the cost is self-chosen."""
    HOUSING_SUPPORT = "boligstoette"
    NET_INCOME = "nettoindtaegt"
    """All income in a month after tax, the help included."""
    NET_HELP = "nettohjaelp"
    COST = "udgift"
    COST_AFTER_APPLYING = "udgift_efter_ansoegning"
    UNFORESEEABLE = "uforudseelig_udgift"
    DECISIVE = "afgoerende_for_forsoergelse"
    REASONABLY_FOUNDED = "rimeligt_begrundet"
    MEDICALLY_FOUNDED = "laegeligt_begrundet"
    EVICTION = "truet_af_udsaettelse"
    CONTACT = "samvaer_noedvendigt"
    CUSTODIAN = "forsoerger_uden_pligt"
    BETTER_HOME = "flytning_forbedrer"
    FIXED_COSTS = "faste_udgifter"
    GUIDE_AMOUNT = "vejledende_raadighedsbeloeb"
    """The municipality's own guide for this household; a caseworker may set another."""
    SAVINGS = "opsparing_til_udgiften"
    DENTAL_COST = "tandudgift"
    """What sygeforsikring and the public pay is taken out."""
    OWN_SHARE = "egen_andel"
    PRICE_AGREEMENT = "prisaftale"
    SUPPLEMENT_PERCENT = "personlig_tillaegsprocent"
    """Whole percent, 0 to 100."""
    LIQUID_WEALTH = "likvid_formue"
    PENSIONER = "modtager_pension"
    HARD_PRESSED = "saerligt_vanskelige_forhold"
    EXTRA_COST = "merudgift_om_maaneden"
    EXTRA_COST_PROVED = "merudgift_dokumenteret"
    EXTRA_COST_YEAR = "merudgift_om_aaret"
    LISTED_COST_YEAR = "dokumenteret_merudgift_om_aaret"
    COMPENSATION_GROUP = "kompensationsgruppe"
    """`gruppe1` or `gruppe2`: the applicant chooses."""
    IN_TARGET_GROUP = "varigt_nedsat_funktionsevne"
    CHILD_AT_HOME_CARE = "barn_passes_hjemme"
    LOST_WAGE = "tabt_loen"
    """What the hours not worked would have given."""
    SAVED_COST = "sparede_udgifter"


MONTHLY_KINDS = frozenset({FactKind.WORK_INCOME, FactKind.OTHER_INCOME, FactKind.WORK_HOURS})
"""Sums of a whole month: never divided, and one sum in each month."""
INCOME_KINDS = frozenset({FactKind.WORK_INCOME, FactKind.OTHER_INCOME, FactKind.HOLIDAY_PAY})
"""What is taken from the help krone for krone (indtægter)."""

FIRST_OF_ANOTHER_BENEFIT = FactKind.VOCATIONAL
"""From here on the kinds are asked for only where the benefit or the time needs them."""
ELSEWHERE_KINDS = frozenset(list(FactKind)[list(FactKind).index(FIRST_OF_ANOTHER_BENEFIT) :])
"""Facts that kontanthjælp of today never asks for (oplysninger til andre ydelser)."""

FACT_LABELS: dict[FactKind, str] = {
    FactKind.BIRTH_DATE: "Fødselsdato",
    FactKind.MARITAL_STATUS: "Civilstand",
    FactKind.SPOUSE: "Ægtefælle",
    FactKind.CHILDREN_AT_HOME: "Hjemmeboende børn, der forsørges",
    FactKind.LIVES_WITH_PARENTS: "Bor hos en eller begge forældre",
    FactKind.SINGLE: "Reelt enlig",
    FactKind.EXTRA_CHILD_SUBSIDY: "Ret til ekstra børnetilskud",
    FactKind.RESIDENCE_MET: "Opholdskravet er opfyldt",
    FactKind.WORK_MET: "Beskæftigelseskravet er opfyldt",
    FactKind.REQUIREMENTS_EXEMPT: "Undtaget fra opholds- og beskæftigelseskravet",
    FactKind.ACTIVITY_READY: "Vurderet aktivitetsparat",
    FactKind.SOCIAL_EVENT: "Social begivenhed",
    FactKind.CANNOT_SUPPORT: "Kan ikke forsørge sig selv og sin familie",
    FactKind.OTHER_BENEFIT_COVERS: "En anden ydelse dækker behovet",
    FactKind.LAWFUL_STAY: "Lovligt ophold her i landet",
    FactKind.AVAILABLE: "Står til rådighed",
    FactKind.WEALTH: "Formue, der regnes med",
    FactKind.WORK_INCOME: "Arbejdsindtægt i måneden",
    FactKind.OTHER_INCOME: "Anden indtægt i måneden",
    FactKind.SPOUSE_ON_OTHER_BENEFIT: "Ægtefællen får en anden offentlig ydelse",
    FactKind.HOLIDAY: "Ferie",
    FactKind.HOLIDAY_PAY: "Feriepenge",
    FactKind.TAX_CARD_RATE: "Trækprocent",
    FactKind.TAX_CARD_DEDUCTION: "Månedsfradrag",
    FactKind.TAX_CARD_KIND: "Skattekort",
    FactKind.TAX_CARD_LIMIT: "Rest af frikortets beløb",
    FactKind.DEAD: "Dødsdato",
    FactKind.EMIGRATED: "Udrejsedato",
    FactKind.VOCATIONAL: "Har en erhvervskompetencegivende uddannelse",
    FactKind.PREGNANT: "Gravid og forbi 12. uge",
    FactKind.MENTAL_ILLNESS: "Dokumenteret svær psykisk sygdom",
    FactKind.WORK_HOURS: "Arbejdstimer i måneden",
    FactKind.HOURS_RULE: "Nedsat efter 225-timersreglen",
    FactKind.MONTHS_ON_HELP: "Måneder i træk på kontanthjælp",
    FactKind.CHILDREN_ELSEWHERE: "Børn under 18 år, der bor et andet sted",
    FactKind.HOUSING_COST: "Nettoboligudgift",
    FactKind.HOUSING_REASONABLE: "Boligudgift, der er rimelig",
    FactKind.HOUSING_SUPPORT: "Boligstøtte",
    FactKind.NET_INCOME: "Indtægt i alt efter skat",
    FactKind.NET_HELP: "Hjælp efter skat",
    FactKind.COST: "Udgiften, der søges om",
    FactKind.COST_AFTER_APPLYING: "Udgiften er ikke afholdt før ansøgningen",
    FactKind.UNFORESEEABLE: "Udgiften kunne ikke forudses",
    FactKind.DECISIVE: "At betale selv ville afgørende vanskeliggøre forsørgelsen",
    FactKind.REASONABLY_FOUNDED: "Udgiften er rimeligt begrundet",
    FactKind.MEDICALLY_FOUNDED: "Nødvendig og lægeligt begrundet",
    FactKind.EVICTION: "Truet af at blive sat ud",
    FactKind.CONTACT: "Udgiften er til samvær med egne børn",
    FactKind.CUSTODIAN: "Forældremyndigheden er hos en uden forsørgelsespligt",
    FactKind.BETTER_HOME: "Flytningen forbedrer bolig eller erhverv",
    FactKind.FIXED_COSTS: "Rimelige faste udgifter om måneden",
    FactKind.GUIDE_AMOUNT: "Kommunens vejledende rådighedsbeløb",
    FactKind.SAVINGS: "Opsparing, der kan bruges til udgiften",
    FactKind.DENTAL_COST: "Egen tandudgift i kalenderåret",
    FactKind.OWN_SHARE: "Egen andel af udgiften",
    FactKind.PRICE_AGREEMENT: "Pris i kommunens aftale",
    FactKind.SUPPLEMENT_PERCENT: "Personlig tillægsprocent",
    FactKind.LIQUID_WEALTH: "Likvid formue i husstanden",
    FactKind.PENSIONER: "Får folkepension eller førtidspension efter gamle regler",
    FactKind.HARD_PRESSED: "De økonomiske forhold er særligt vanskelige",
    FactKind.EXTRA_COST: "Sandsynliggjorte merudgifter om måneden",
    FactKind.EXTRA_COST_PROVED: "Merudgifterne er dokumenteret",
    FactKind.EXTRA_COST_YEAR: "Sandsynliggjorte merudgifter om året",
    FactKind.LISTED_COST_YEAR: "Dokumenterede merudgifter på listen om året",
    FactKind.COMPENSATION_GROUP: "Valgt gruppe for kompensationsydelse",
    FactKind.IN_TARGET_GROUP: "I personkredsen med varigt nedsat funktionsevne",
    FactKind.CHILD_AT_HOME_CARE: "Barnet må passes hjemme af en forælder",
    FactKind.LOST_WAGE: "Tabt løn om måneden",
    FactKind.SAVED_COST: "Udgifter, der spares",
}
"""What each fact is called on the screen and in a letter."""

QUESTIONS: dict[FactKind, str] = {
    FactKind.BIRTH_DATE: "Det vides ikke, hvornår {who} er født; CPR kan oplyse det.",
    FactKind.MARITAL_STATUS: "Det vides ikke, om {who} er gift; CPR eller borgeren kan oplyse det.",
    FactKind.SPOUSE: "Det vides ikke, hvem {who} er gift med; CPR eller borgeren kan oplyse det.",
    FactKind.CHILDREN_AT_HOME: "Det vides ikke, hvor mange hjemmeboende børn {who} forsørger;"
    " CPR eller borgeren kan oplyse det.",
    FactKind.LIVES_WITH_PARENTS: "Det vides ikke, om {who} bor hos en eller begge forældre;"
    " CPR eller borgeren kan oplyse det.",
    FactKind.SINGLE: "Det vides ikke, om {who} er reelt enlig; sagsbehandleren skal vurdere det.",
    FactKind.EXTRA_CHILD_SUBSIDY: "Det vides ikke, om {who} har ret til ekstra børnetilskud;"
    " Udbetaling Danmark afgør det.",
    FactKind.RESIDENCE_MET: "Det vides ikke, om {who} har haft lovligt ophold i riget i 9 af de"
    " seneste 10 år; borgeren kan oplyse det, og sagsbehandleren skal vurdere det.",
    FactKind.WORK_MET: "Det vides ikke, om {who} har haft 2½ års ordinært fuldtidsarbejde inden for"
    " de seneste 10 år; borgeren kan oplyse det, og sagsbehandleren skal vurdere det.",
    FactKind.REQUIREMENTS_EXEMPT: "Det vides ikke, om {who} er undtaget fra opholds- og"
    " beskæftigelseskravet; sagsbehandleren skal vurdere det.",
    FactKind.ACTIVITY_READY: "Det vides ikke, om {who} er vurderet aktivitetsparat;"
    " jobcentret kan oplyse det.",
    FactKind.SOCIAL_EVENT: "Det vides ikke, hvad der er sket, siden {who} søger hjælp;"
    " borgeren kan oplyse det.",
    FactKind.CANNOT_SUPPORT: "Det vides ikke, om {who} kan forsørge sig selv og sin familie;"
    " sagsbehandleren skal vurdere det.",
    FactKind.OTHER_BENEFIT_COVERS: "Det vides ikke, om en anden ydelse dækker behovet hos {who};"
    " sagsbehandleren skal vurdere det.",
    FactKind.LAWFUL_STAY: "Det vides ikke, om {who} har lovligt ophold her i landet;"
    " sagsbehandleren skal vurdere det.",
    FactKind.AVAILABLE: "Det vides ikke, om {who} står til rådighed for arbejdsmarkedet;"
    " jobcentret kan oplyse det.",
    FactKind.WEALTH: "Det vides ikke, hvilken formue {who} har; borgeren kan oplyse det.",
    FactKind.WORK_INCOME: "Det vides ikke, hvad {who} har tjent ved arbejde i måneden;"
    " eIndkomst eller borgeren kan oplyse det.",
    FactKind.OTHER_INCOME: "Det vides ikke, om {who} har andre indtægter i måneden;"
    " borgeren kan oplyse det.",
    FactKind.SPOUSE_ON_OTHER_BENEFIT: "Det vides ikke, om ægtefællen får en anden offentlig"
    " ydelse; borgeren kan oplyse det.",
    FactKind.HOLIDAY: "Det vides ikke, om {who} holder ferie; borgeren kan oplyse det.",
    FactKind.HOLIDAY_PAY: "Det vides ikke, hvor meget {who} får i feriepenge, når ferien holdes;"
    " FerieKonto eller borgeren kan oplyse det.",
    FactKind.TAX_CARD_RATE: "Det vides ikke, hvilken trækprocent {who} har;"
    " eSkattekort eller borgeren kan oplyse det.",
    FactKind.TAX_CARD_DEDUCTION: "Det vides ikke, hvilket månedsfradrag {who} har;"
    " eSkattekort eller borgeren kan oplyse det.",
    FactKind.TAX_CARD_KIND: "Det vides ikke, hvilket skattekort {who} har;"
    " eSkattekort eller borgeren kan oplyse det.",
    FactKind.TAX_CARD_LIMIT: "Det vides ikke, hvor meget {who} har tilbage på frikortet;"
    " eSkattekort eller borgeren kan oplyse det.",
    FactKind.DEAD: "Det vides ikke, om {who} er død; CPR kan oplyse det.",
    FactKind.EMIGRATED: "Det vides ikke, om {who} er udrejst; CPR kan oplyse det.",
    FactKind.VOCATIONAL: "Det vides ikke, om {who} har en erhvervskompetencegivende uddannelse;"
    " borgeren kan oplyse det.",
    FactKind.PREGNANT: "Det vides ikke, om {who} er gravid og forbi 12. uge; borgeren kan oplyse"
    " det.",
    FactKind.MENTAL_ILLNESS: "Det vides ikke, om {who} har en svær psykisk sygdom, der er"
    " dokumenteret; sagsbehandleren skal vurdere det.",
    FactKind.WORK_HOURS: "Det vides ikke, hvor mange timer {who} har arbejdet i måneden;"
    " eIndkomst eller borgeren kan oplyse det.",
    FactKind.HOURS_RULE: "Det vides ikke, om hjælpen til {who} er nedsat efter 225-timersreglen;"
    " det står i afgørelsen.",
    FactKind.MONTHS_ON_HELP: "Det vides ikke, hvor mange måneder i træk {who} har fået"
    " kontanthjælp; ydelseshistorikken viser det.",
    FactKind.CHILDREN_ELSEWHERE: "Det vides ikke, hvor mange børn {who} forsørger, som bor et"
    " andet sted; borgeren kan oplyse det.",
    FactKind.HOUSING_COST: "Det vides ikke, hvad {who} betaler for boligen, når boligstøtten er"
    " trukket fra; Udbetaling Danmark og borgeren kan oplyse det.",
    FactKind.HOUSING_REASONABLE: "Det vides ikke, hvad en rimelig bolig til {who} ville koste;"
    " sagsbehandleren skal vurdere det.",
    FactKind.HOUSING_SUPPORT: "Det vides ikke, hvad {who} får i boligstøtte; Udbetaling Danmark"
    " kan oplyse det.",
    FactKind.NET_INCOME: "Det vides ikke, hvad {who} har i indtægt efter skat; borgeren og"
    " registrene kan oplyse det.",
    FactKind.NET_HELP: "Det vides ikke, hvad {who} får i hjælp efter skat; beregningen viser det.",
    FactKind.COST: "Det vides ikke, hvor stor udgiften er; borgeren kan sende et tilbud eller en"
    " regning.",
    FactKind.COST_AFTER_APPLYING: "Det vides ikke, om udgiften var afholdt, før {who} søgte;"
    " borgeren kan oplyse det.",
    FactKind.UNFORESEEABLE: "Det vides ikke, om udgiften kunne forudses; sagsbehandleren skal"
    " vurdere det.",
    FactKind.DECISIVE: "Det vides ikke, om det afgørende ville vanskeliggøre, at {who} kan klare"
    " sig selv, hvis udgiften skulle betales selv; sagsbehandleren skal vurdere det.",
    FactKind.REASONABLY_FOUNDED: "Det vides ikke, om udgiften er rimeligt begrundet;"
    " sagsbehandleren skal vurdere det.",
    FactKind.MEDICALLY_FOUNDED: "Det vides ikke, om behandlingen er nødvendig og lægeligt"
    " begrundet; lægen eller tandlægen kan oplyse det.",
    FactKind.EVICTION: "Det vides ikke, om {who} er truet af at blive sat ud; fogedretten eller"
    " udlejeren kan oplyse det.",
    FactKind.CONTACT: "Det vides ikke, om udgiften er til samvær med egne børn; borgeren kan"
    " oplyse det.",
    FactKind.CUSTODIAN: "Det vides ikke, om den, der har forældremyndigheden, har pligt til at"
    " forsørge barnet; sagsbehandleren skal vurdere det.",
    FactKind.BETTER_HOME: "Det vides ikke, om flytningen forbedrer bolig- eller"
    " erhvervsforholdene; sagsbehandleren skal vurdere det.",
    FactKind.FIXED_COSTS: "Det vides ikke, hvilke faste udgifter {who} har; borgeren kan oplyse"
    " dem, og sagsbehandleren skal vurdere dem.",
    FactKind.GUIDE_AMOUNT: "Det vides ikke, hvilket vejledende rådighedsbeløb kommunen bruger;"
    " det står i kommunens opsætning.",
    FactKind.SAVINGS: "Det vides ikke, hvilken opsparing {who} har; borgeren kan oplyse det.",
    FactKind.DENTAL_COST: "Det vides ikke, hvad {who} selv har betalt for tandpleje i år;"
    " borgeren kan sende regningerne.",
    FactKind.OWN_SHARE: "Det vides ikke, hvad {who} selv betaler, når det offentlige og"
    " sygeforsikringen har betalt; regningen viser det.",
    FactKind.PRICE_AGREEMENT: "Det vides ikke, hvilken pris kommunen har aftalt;"
    " leverandøraftalen viser den.",
    FactKind.SUPPLEMENT_PERCENT: "Det vides ikke, hvilken personlig tillægsprocent {who} har;"
    " Udbetaling Danmark kan oplyse den.",
    FactKind.LIQUID_WEALTH: "Det vides ikke, hvilken likvid formue {who} har; borgeren kan"
    " oplyse det.",
    FactKind.PENSIONER: "Det vides ikke, om {who} får folkepension eller førtidspension efter"
    " reglerne før 2003; Udbetaling Danmark kan oplyse det.",
    FactKind.HARD_PRESSED: "Det vides ikke, om de økonomiske forhold hos {who} er særligt"
    " vanskelige; sagsbehandleren skal vurdere det.",
    FactKind.EXTRA_COST: "Det vides ikke, hvilke merudgifter {who} har; borgeren kan oplyse dem.",
    FactKind.EXTRA_COST_PROVED: "Det vides ikke, om merudgifterne er dokumenteret; borgeren kan"
    " sende kvitteringer.",
    FactKind.EXTRA_COST_YEAR: "Det vides ikke, hvilke merudgifter {who} har om året; borgeren"
    " kan oplyse dem.",
    FactKind.LISTED_COST_YEAR: "Det vides ikke, hvilke dokumenterede merudgifter på listen {who}"
    " har om året; borgeren kan sende kvitteringer.",
    FactKind.COMPENSATION_GROUP: "Det vides ikke, hvilken gruppe {who} har valgt; borgeren"
    " vælger selv.",
    FactKind.IN_TARGET_GROUP: "Det vides ikke, om {who} er i personkredsen; sagsbehandleren skal"
    " vurdere det.",
    FactKind.CHILD_AT_HOME_CARE: "Det vides ikke, om barnet må passes hjemme; sagsbehandleren"
    " skal vurdere det.",
    FactKind.LOST_WAGE: "Det vides ikke, hvad {who} mister i løn om måneden; lønsedlerne viser"
    " det.",
    FactKind.SAVED_COST: "Det vides ikke, hvilke udgifter {who} sparer ved ikke at arbejde;"
    " borgeren kan oplyse det.",
}
"""What to say when a fact is not known, and who can answer; `{who}` is the person."""

VALUE_WORDS: dict[str, str] = {
    "ugift": "ugift",
    "gift": "gift",
    "fraskilt": "fraskilt",
    "enke": "enke eller enkemand",
    "registreret_partnerskab": "registreret partnerskab",
    "ledig": "ledighed",
    "sygdom": "sygdom",
    "samlivsophoer": "ophør af samliv",
    "udlaert": "afsluttet uddannelse",
    "andet": "andet",
    "aftalt": "aftalt ferie",
    "ikke_aftalt": "ferie, der ikke er aftalt",
}
"""How the short words of the facts are said to people."""


class FactStatus(StrEnum):
    """Whether a fact is known (oplysningsstatus)."""

    UNKNOWN = "ukendt"
    NONE = "ingen"
    """Known to be none: nobody reported income, there is no spouse."""
    VALUE = "vaerdi"


class SourceKind(StrEnum):
    """Who said it (kilde)."""

    REGISTER = "register"
    CITIZEN = "borger"
    CASEWORKER = "sagsbehandler"


FactValue = Money | int | str | bool | date


@dataclass(frozen=True)
class Source:
    """Where a fact comes from (kilde): who, which call or document, when."""

    kind: SourceKind
    name: str
    """`CPR`, `eIndkomst`, `Ansøgning`, or the name of the person who said it."""
    reference: str
    """Correlation id, document id or application id."""
    evidence: str = ""
    """What was seen, in words, when a person typed it in."""


@dataclass(frozen=True)
class Fact:
    """A dated fact (oplysning); nothing is overwritten, a newer one closes the older.

    `valid` is when it is true of the world; `known_from`/`known_to` when the system held it.
    """

    id: str
    case_id: str
    party_id: str
    kind: FactKind
    status: FactStatus
    value: FactValue | None
    valid: Period
    source: Source
    known_from: datetime
    known_to: datetime | None = None

    def __post_init__(self) -> None:
        if (self.status is FactStatus.VALUE) != (self.value is not None):
            raise ValueError(f"fact {self.kind}: a value goes with status 'vaerdi', and only then")


@dataclass(frozen=True)
class FactAnswer:
    """What a person answered about one fact on a form (svar), before it becomes a fact.

    Status and value go together as in `Fact`; who answered and from when is the receiver's to add.
    """

    party_id: str
    kind: FactKind
    status: FactStatus
    value: FactValue | None = None
    valid: Period | None = None
    """The days it is about, when it has days of its own; else from the day the form says."""

    def __post_init__(self) -> None:
        if (self.status is FactStatus.VALUE) != (self.value is not None):
            raise ValueError(f"answer {self.kind}: a value goes with 'vaerdi', and only then")


@dataclass(frozen=True)
class Contradiction:
    """Two sources say different things of the same day (modstrid)."""

    kind: FactKind
    party_id: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Facts:
    """The facts of a case as known at one moment (oplysninger), ready to be asked.

    When several sources speak of the same day, a caseworker's word goes before a register's,
    and a register's before the citizen's; among equals the newest counts.
    """

    known_at: datetime
    all: tuple[Fact, ...]
    ranks: tuple[SourceKind, ...] = (SourceKind.CASEWORKER, SourceKind.REGISTER, SourceKind.CITIZEN)
    """Whose word goes before whose."""

    @classmethod
    def as_known(cls, facts: Iterable[Fact], at: datetime) -> Facts:
        """Keep what the system held at that moment."""
        return cls(
            at,
            tuple(
                fact
                for fact in facts
                if fact.known_from <= at and (fact.known_to is None or at < fact.known_to)
            ),
        )

    @cached_property
    def _by_party(self) -> dict[str, dict[str, list[Fact]]]:
        found: dict[str, dict[str, list[Fact]]] = {}
        for fact in self.all:
            found.setdefault(fact.party_id, {}).setdefault(fact.kind.value, []).append(fact)
        return found

    def of_party(self, party_id: str) -> Mapping[str, list[Fact]]:
        """Return everything anybody said about a person, by the word of its kind."""
        return self._by_party.get(party_id, {})

    def of(self, party_id: str, kind: FactKind) -> list[Fact]:
        """Return everything anybody said about one thing, at any time."""
        return self.of_party(party_id).get(kind.value, [])

    def on(self, party_id: str, kind: FactKind, day: date) -> Fact | None:
        """Return the fact that counts on a day, or None when nobody said anything."""
        said = [fact for fact in self.of(party_id, kind) if day in fact.valid]
        # What is known counts before what is not: an unanswered register must not hide an answer.
        return max(
            said,
            key=lambda fact: (
                fact.status is not FactStatus.UNKNOWN,
                -self.ranks.index(fact.source.kind),
                fact.known_from,
                fact.id,
            ),
            default=None,
        )

    def timeline(self, party_id: str, kind: FactKind, within: Period) -> Timeline[Fact]:
        """Return the fact that counts, day by day, in a period that has an end."""
        if within.end is None:
            raise ValueError("a timeline of facts needs a period with an end")
        edges = {within.start}
        for fact in self.of(party_id, kind):
            ends = (fact.valid.start, fact.valid.end)
            edges |= {day for day in ends if day is not None and day in within}
        starts = sorted(edges)
        counts = [
            (Period(start, end), self.on(party_id, kind, start))
            for start, end in zip(starts, [*starts[1:], within.end], strict=True)
        ]
        return Timeline((period, fact) for period, fact in counts if fact is not None)

    def by_the_partys_word(self) -> Facts:
        """Return the same facts with the citizen's own word first, income only by that word.

        What comes of them is what was applied for: income that somebody else reported, and the
        citizen did not, is left out.
        """
        stated = {
            (fact.party_id, fact.kind)
            for fact in self.all
            if fact.source.kind is SourceKind.CITIZEN and fact.status is not FactStatus.UNKNOWN
        }
        kept = [
            replace(fact, status=FactStatus.NONE, value=None)
            if fact.kind in INCOME_KINDS
            and fact.source.kind is not SourceKind.CITIZEN
            and (fact.party_id, fact.kind) not in stated
            else fact
            for fact in self.all
        ]
        ranks = (SourceKind.CITIZEN, SourceKind.CASEWORKER, SourceKind.REGISTER)
        return Facts(self.known_at, tuple(kept), ranks)

    def contradictions(self, day: date) -> tuple[Contradiction, ...]:
        """Return what different kinds of source say differently of a day."""
        groups: dict[tuple[str, FactKind], dict[SourceKind, Fact]] = {}
        for fact in sorted(self.all, key=lambda each: each.known_from):
            if day in fact.valid and fact.status is not FactStatus.UNKNOWN:
                groups.setdefault((fact.party_id, fact.kind), {})[fact.source.kind] = fact
        return tuple(
            Contradiction(kind, party_id, tuple(by_source.values()))
            for (party_id, kind), by_source in groups.items()
            # A caseworker who has chosen has settled it.
            if SourceKind.CASEWORKER not in by_source
            and len({(fact.status, fact.value) for fact in by_source.values()}) > 1
        )
