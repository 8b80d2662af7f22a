"""Forms of casework: facts, conditions, hearing, and the deadline that passed.

Each asks what is disputed first, then what nobody knows, and folds away what is known already.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self, cast

from wtforms import Field, HiddenField, StringField

from forms import holidays
from forms.base import AskedParty, Background, Section, TaskForm
from forms.fields import (
    ChoiceField,
    CprField,
    DanishDateField,
    NotAfter,
    NotBefore,
    Required,
    RequiredIf,
    WholeField,
    WordsField,
)
from forms.questions import (
    NO,
    QUESTIONS,
    UNKNOWN,
    YES,
    answers,
    asked_fields,
    field_name,
    start_values,
)
from processes.domain.cases import Protection
from processes.domain.facts import (
    FACT_LABELS,
    Fact,
    FactAnswer,
    FactKind,
    FactValue,
    SourceKind,
)
from processes.domain.hearings import LEAST_HEARING_DAYS
from processes.domain.registers import (
    NEEDED,
    TYPED_IN_ITS_PLACE,
    PersonAnswer,
    RegisterName,
    SpouseAnswer,
)

PLAIN_YES_NO = ((YES, "Ja"), (NO, "Nej"))
LONGEST_HEARING_DAYS = 28

ASSESSED = (
    FactKind.SOCIAL_EVENT,
    FactKind.CANNOT_SUPPORT,
    FactKind.OTHER_BENEFIT_COVERS,
    FactKind.AVAILABLE,
    FactKind.LAWFUL_STAY,
    FactKind.RESIDENCE_MET,
    FactKind.WORK_MET,
    FactKind.REQUIREMENTS_EXEMPT,
    FactKind.ACTIVITY_READY,
    FactKind.SINGLE,
    FactKind.EXTRA_CHILD_SUBSIDY,
    FactKind.LIVES_WITH_PARENTS,
    FactKind.CHILDREN_AT_HOME,
    FactKind.WEALTH,
    FactKind.WORK_INCOME,
    FactKind.OTHER_INCOME,
    FactKind.SPOUSE_ON_OTHER_BENEFIT,
)
"""What an assessment of an application goes through, for each adult it matters for."""

APPLICANTS_ONLY = frozenset(
    {
        FactKind.SOCIAL_EVENT,
        FactKind.CANNOT_SUPPORT,
        FactKind.OTHER_BENEFIT_COVERS,
        FactKind.AVAILABLE,
        FactKind.LAWFUL_STAY,
    }
)
"""The conditions of help: a spouse who does not apply need not meet them."""
YOUTH_ENDS_YEARS = 30

NEEDED_LATER = (FactKind.REQUIREMENTS_EXEMPT, FactKind.SPOUSE_ON_OTHER_BENEFIT)
"""What is asked only when the calculation comes to need it."""

SOURCES = (
    ("CPR", "CPR, slået op i et andet system"),
    ("eIndkomst", "eIndkomst, slået op i et andet system"),
    ("CPR og eIndkomst", "CPR og eIndkomst, slået op i et andet system"),
    ("Dokument fra borgeren", "Et dokument fra borgeren"),
)

Asked = tuple[tuple[AskedParty, FactKind], ...]


def may_matter(background: Background, party: AskedParty, kind: FactKind) -> bool:
    """Tell whether an answer can matter, as far as is known; when in doubt it can.

    A courtesy to who fills in: the calculation names whatever it misses all the same.
    """
    is_spouse, is_couple = bool(party.prefix), len(background.parties) > 1
    is_asked_along = is_spouse and not background.applies_jointly
    if kind in APPLICANTS_ONLY:
        return not is_asked_along
    if kind is FactKind.SPOUSE_ON_OTHER_BENEFIT:
        return is_asked_along
    if kind is FactKind.SINGLE:
        return not is_couple
    if kind is FactKind.EXTRA_CHILD_SUBSIDY:
        return not is_couple and _value(background, party, FactKind.CHILDREN_AT_HOME) != 0
    if kind is FactKind.REQUIREMENTS_EXEMPT:
        requirements = (FactKind.RESIDENCE_MET, FactKind.WORK_MET)
        return any(_value(background, party, each) is False for each in requirements)
    if kind is FactKind.ACTIVITY_READY:
        born = _value(background, party, FactKind.BIRTH_DATE)
        return not isinstance(born, date) or background.today.year - born.year <= YOUTH_ENDS_YEARS
    return True


def _value(background: Background, party: AskedParty, kind: FactKind) -> FactValue | None:
    fact = background.facts.get((party.id, kind))
    return fact.value if fact else None


class FactForm(TaskForm):
    """A form that asks about facts of the adults in a case; which ones, the case decides."""

    only_changed = False

    @classmethod
    def kinds(cls, background: Background) -> Asked:
        """Return who is asked about what, in order."""
        raise NotImplementedError

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with a field for each fact before its own fields."""
        fields = asked_fields(cls.kinds(background))
        return cast("type[Self]", type(cls.__name__, (cls,), fields))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what is known."""
        return start_values(background, cls.kinds(background))

    @classmethod
    def missing(cls, background: Background) -> Asked:
        """Return what must be answered anew, though something may be known of the first day."""
        return ()

    def fact_of(self, name: str) -> Fact | None:
        """Return the fact that counts today behind a field, if the field is about one."""
        for party, kind in self.kinds(self.background):
            if field_name(party, kind) == name:
                return self.background.facts.get((party.id, kind))
        return None

    def disputed_facts(self, name: str) -> tuple[Fact, ...]:
        """Return what different sources say behind a field, when they disagree."""
        for party, kind in self.kinds(self.background):
            if field_name(party, kind) == name:
                for each in self.background.contradictions:
                    if each.kind is kind and each.party_id == party.id:
                        return each.facts
        return ()

    @property
    def sections(self) -> list[Section]:
        """Return disputed facts, unknown ones, the known ones folded, then the form's own."""
        disputed: list[Field] = []
        unknown: list[Field] = []
        known: list[Field] = []
        missing = self.missing(self.background)
        for party, kind in self.kinds(self.background):
            is_missing = (party, kind) in missing
            fact = None if is_missing else self.background.facts.get((party.id, kind))
            if self.background.disputed(party.id, kind):
                place = disputed
            elif fact is None or QUESTIONS[kind].start(fact) in {None, UNKNOWN}:
                # A register that has no tax card leaves as much to ask as one that said nothing.
                place = unknown
            else:
                place = known
            place.append(self[field_name(party, kind)])
        grouped = (
            Section("Kilderne er uenige", tuple(disputed), "Vælg, hvad der er rigtigt."),
            Section("Det ved vi ikke endnu", tuple(unknown)),
            Section(
                "Det ved vi allerede",
                tuple(known),
                "Ret kun, hvis noget er forkert. Det, du ikke retter, beholder sin kilde.",
                folded=bool(disputed or unknown),
            ),
        )
        facts = {field_name(party, kind) for party, kind in self.kinds(self.background)}
        own = [each for each in self.questions if each.name not in facts]
        return [each for each in grouped if each.fields] + [
            Section(str(each.label.text), (each,)) for each in own
        ]

    def to_variables(self) -> dict[str, object]:
        """Return the answers about facts."""
        kinds = self.kinds(self.background)
        given = answers(
            self,
            self.background,
            kinds,
            only_changed=self.only_changed,
            missing=self.missing(self.background),
        )
        return {"answers": given}


DAY_HINT = (
    "Dag, måned og år. Skriv den dag, det ændrede sig, også midt i en måned: så regnes hver del af"
    " måneden for sig. Løn og anden indtægt gælder altid hele måneden."
)


def from_day(background: Background, asks: str) -> DanishDateField:
    """Return the question from which day answers hold; never before the months of the case."""
    start = (background.valid_from or background.today).replace(day=1)
    last = background.today.replace(day=1, year=background.today.year + 1)
    return DanishDateField(
        asks,
        [
            Required(f"Skriv den dag, det gælder fra, som {start:%d.%m.%Y}."),
            NotBefore(
                start,
                f"Sagen handler om tiden fra {start:%d.%m.%Y}. Skriv den dag eller en senere.",
            ),
            NotAfter(last, f"Skriv en dag senest {last:%d.%m.%Y}. Se årstallet efter."),
        ],
        description=DAY_HINT,
    )


class HolidayForm(FactForm):
    """A form about facts that asks about holiday too, each with days of its own."""

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with questions about each adult's holiday."""
        made = {
            name: field
            for party in background.parties
            for name, field in holidays.fields(party).items()
        }
        form = super().asked(background)
        return cast("type[Self]", type(cls.__name__, (form,), made))

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a holiday whose days are none."""
        good = bool(super().validate(extra_validators))
        return holidays.is_sound(self, self.background.parties) and good

    @property
    def sections(self) -> list[Section]:
        """Return the facts, the holiday, and then the form's own questions."""
        is_missing = any(each.what in HOLIDAY_WORDS for each in self.background.missing)
        asked = holidays.section(self, self.background.parties, folded=not is_missing)
        rest = [each for each in super().sections if not set(each.fields) & set(asked.fields)]
        facts = {field_name(party, kind) for party, kind in self.kinds(self.background)}
        place = next(
            (
                number
                for number, each in enumerate(rest)
                if not {field.name for field in each.fields} & facts
            ),
            len(rest),
        )
        return [*rest[:place], asked, *rest[place:]]

    def to_variables(self) -> dict[str, object]:
        """Return the answers, those about holidays with their own days."""
        values = super().to_variables()
        given = cast("tuple[FactAnswer, ...]", values["answers"])
        return {**values, "answers": (*given, *holidays.answers(self, self.background.parties))}


HOLIDAY_WORDS = frozenset({FactKind.HOLIDAY.value, FactKind.HOLIDAY_PAY.value})


class Assess(HolidayForm):
    """Assess facts and conditions (vurdér oplysninger og betingelser)."""

    key = "casework.assess"
    only_changed = True

    discretion = ChoiceField(
        "Har du brugt skøn?",
        [Required("Svar på, om du har brugt skøn.")],
        choices=PLAIN_YES_NO,
        description="Bruger du skøn, træffes afgørelsen ikke automatisk.",
    )
    text = WordsField(
        "Din vurdering",
        [Required("Skriv din vurdering: hvad lægger du vægt på?")],
        description="Skriv, hvad du lægger vægt på. Vurderingen gemmes på sagen.",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with the day from which a correction holds."""
        day = from_day(background, "Fra hvilken dag gælder det, du har rettet?")
        form = super().asked(background)
        return cast("type[Self]", type(cls.__name__, (form,), {"valid_from": day}))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what is known, and the first day of the case's first month."""
        start = (background.valid_from or background.today).replace(day=1)
        return {**super().from_variables(background), "valid_from": start}

    @property
    def sections(self) -> list[Section]:
        """Return the day folded away: most corrections hold from the month's first day."""
        day = self["valid_from"]
        folded = Section(
            "Er noget ændret midt i en måned?",
            (day,),
            "Det, du har rettet, gælder fra den første i måneden, medmindre du skriver en anden"
            " dag.",
            folded=True,
        )
        others = [each for each in super().sections if day not in each.fields]
        place = next(n for n, each in enumerate(others) if self.discretion in each.fields)
        return [*others[:place], folded, *others[place:]]

    @classmethod
    def kinds(cls, background: Background) -> Asked:
        """Ask about everything that may matter, of every adult."""
        return tuple(
            (party, kind)
            for party in background.parties
            for kind in ASSESSED
            if may_matter(background, party, kind)
        )

    def to_variables(self) -> dict[str, object]:
        """Return what was changed, and how it was judged."""
        return {
            **super().to_variables(),
            "valid_from": self["valid_from"].data,
            "discretion": self.discretion.data == YES,
            "text": self.text.data or "",
        }


class EvidencedForm(FactForm):
    """A form where a person types in facts, and says where they were seen."""

    source = ChoiceField(
        "Hvor har du set oplysningerne?",
        [Required("Vælg, hvor du har set oplysningerne.")],
        choices=SOURCES,
    )
    evidence = WordsField(
        "Hvad viser det?",
        [Required("Skriv, hvad du har set: dokument, dato og hvem det kommer fra.")],
        description="For eksempel: lønseddel for marts 2026, modtaget 02.04.2026.",
    )
    valid_from = DanishDateField(
        "Fra hvilken dag gælder det?",
        [Required("Skriv den dag, oplysningerne gælder fra, som 01.03.2026.")],
        description="Dag, måned og år, for eksempel 01.03.2026.",
    )

    dated = True
    """Whether its day lies in the months of the case."""

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with a day that lies in the months of the case."""
        form = super().asked(background)
        if not cls.dated:
            return form
        day = from_day(background, "Fra hvilken dag gælder det?")
        return cast("type[Self]", type(cls.__name__, (form,), {"valid_from": day}))

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what is known, and the first day of the case."""
        return {**super().from_variables(background), "valid_from": background.valid_from}

    def to_variables(self) -> dict[str, object]:
        """Return the answers with their evidence."""
        return {
            **super().to_variables(),
            "source": self.source.data,
            "evidence": self.evidence.data or "",
            "valid_from": self.valid_from.data,
        }


NEW_SPOUSE = "person_new_spouse"
PERSON = "person_"
"""Begins the names of the fields about who somebody is; a spouse's carry the prefix too."""


class RegisterData(EvidencedForm):
    """Type in what a register did not answer (indtast registeroplysninger med kilde)."""

    key = "casework.register_data"

    answered = HiddenField()
    """The registers whose answers the page showed: one that came since must be seen first."""

    @classmethod
    def away(cls, background: Background) -> tuple[RegisterName, ...]:
        """Return the registers to type in for: those that are away, all when nobody says which."""
        return tuple(map(RegisterName, background.missing_registers)) or NEEDED

    @classmethod
    def kinds(cls, background: Background) -> Asked:
        """Ask what the registers that are away would have said of every adult."""
        return tuple(
            (party, kind)
            for party in background.parties
            for register in cls.away(background)
            for kind in TYPED_IN_ITS_PLACE[register]
        )

    @classmethod
    def nameless(cls, background: Background) -> tuple[AskedParty, ...]:
        """Return whom CPR has not told of: nobody can write them a letter yet."""
        is_away = RegisterName.CPR in cls.away(background)
        return tuple(each for each in background.parties if is_away and not each.name)

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with name and address first, when they are not known."""
        fields: dict[str, Any] = {}
        for party in cls.nameless(background):
            who = "ægtefællen" if party.prefix else "ansøgeren"
            name = f"{PERSON}{party.prefix}"
            fields[f"{name}name"] = StringField(
                f"Hvad hedder {who}?", [Required(f"Skriv hele navnet på {who}.")]
            )
            fields[f"{name}address"] = WordsField(
                f"Hvor bor {who}?",
                [Required(f"Skriv adressen på {who}: gade og nummer, så postnummer og by.")],
                description="En linje til gade og nummer, en til postnummer og by.",
            )
            fields[f"{name}protected"] = ChoiceField(
                f"Har {who} navne- og adressebeskyttelse?",
                [
                    Required(
                        f"Svar på, om {who} har beskyttelse. Vælg ”Ved ikke”, hvis det ikke vides."
                    )
                ],
                choices=PROTECTED,
                description="Vides det ikke, behandles personen som beskyttet, til CPR svarer.",
            )
        if cls.may_have_spouse(background):
            fields |= _new_spouse_fields()
        form = super().asked(background)
        return cast("type[Self]", type(cls.__name__, (form,), fields))

    @classmethod
    def may_have_spouse(cls, background: Background) -> bool:
        """Tell whether a spouse nobody named can be added: CPR would have named one."""
        return RegisterName.CPR in cls.away(background) and len(background.parties) == 1

    @property
    def seen(self) -> str:
        """The registers whose answers the page shows, for the field that hands them back."""
        return ",".join(self.background.answered_registers)

    @property
    def sections(self) -> list[Section]:
        """Return who the people are before what is asked of them."""
        who = tuple(each for each in self.questions if each.name.startswith(PERSON))
        rest = [each for each in super().sections if not set(each.fields) & set(who)]
        return [*([Section("Hvem er det?", who)] if who else []), *rest]

    def to_variables(self) -> dict[str, object]:
        """Return the answers, and who the people are that CPR has not told of."""
        people = tuple(
            PersonAnswer(
                party_id=party.id,
                name=self[f"{PERSON}{party.prefix}name"].data or "",
                address_lines=_lines(self[f"{PERSON}{party.prefix}address"].data or ""),
                protection=Protection.NORMAL
                if self[f"{PERSON}{party.prefix}protected"].data == NO
                else Protection.PROTECTED,
            )
            for party in self.nameless(self.background)
        )
        values = super().to_variables()
        given = cast("tuple[FactAnswer, ...]", values["answers"])
        return {
            **values,
            # What a register said meanwhile, and nobody changed, stays the register's word.
            "answers": tuple(each for each in given if not self._is_registers_own(each)),
            "people": people,
            "spouse": self._new_spouse(),
            "answered_registers": tuple(
                name for name in (self.answered.data or "").split(",") if name
            ),
        }

    def _is_registers_own(self, said: FactAnswer) -> bool:
        fact = self.background.facts.get((said.party_id, said.kind))
        return (
            fact is not None
            and fact.source.name in self.background.answered_registers
            and fact.source.kind is SourceKind.REGISTER
            and QUESTIONS[said.kind].answered(QUESTIONS[said.kind].start(fact))
            == (said.status, said.value)
        )

    def _new_spouse(self) -> SpouseAnswer | None:
        if not self.may_have_spouse(self.background) or self[NEW_SPOUSE].data != YES:
            return None
        return SpouseAnswer(
            cpr=self[f"{NEW_SPOUSE}_cpr"].data,
            name=self[f"{NEW_SPOUSE}_name"].data or "",
            address_lines=_lines(self[f"{NEW_SPOUSE}_address"].data or ""),
            protection=Protection.NORMAL
            if self[f"{NEW_SPOUSE}_protected"].data == NO
            else Protection.PROTECTED,
        )


PROTECTED = ((YES, "Ja"), (NO, "Nej"), ("ved_ikke", "Ved ikke"))


def _new_spouse_fields() -> dict[str, Any]:
    """Return the questions about a spouse nobody named."""
    return {
        NEW_SPOUSE: ChoiceField(
            "Har ansøgeren en ægtefælle, der ikke er nævnt?",
            choices=(
                (NO, "Nej, eller det vides ikke"),
                (YES, "Ja, tilføj ægtefællen til sagen"),
            ),
            default=NO,
            description="CPR plejer at svare på det. Ægtefæller forsørger hinanden (aktivloven"
            " § 2).",
        ),
        f"{NEW_SPOUSE}_cpr": CprField(
            "Ægtefællens CPR-nummer",
            [RequiredIf(NEW_SPOUSE, YES, "Skriv ægtefællens CPR-nummer, ti cifre.")],
            description="Kun når der er en ægtefælle, der ikke er nævnt.",
        ),
        f"{NEW_SPOUSE}_name": StringField(
            "Ægtefællens navn", [RequiredIf(NEW_SPOUSE, YES, "Skriv ægtefællens hele navn.")]
        ),
        f"{NEW_SPOUSE}_address": WordsField(
            "Ægtefællens adresse",
            [RequiredIf(NEW_SPOUSE, YES, "Skriv ægtefællens adresse: gade, postnummer og by.")],
            description="En linje til gade og nummer, en til postnummer og by.",
        ),
        f"{NEW_SPOUSE}_protected": ChoiceField(
            "Har ægtefællen navne- og adressebeskyttelse?",
            [RequiredIf(NEW_SPOUSE, YES, "Svar på, om ægtefællen har beskyttelse.")],
            choices=PROTECTED,
            description="Vides det ikke, behandles ægtefællen som beskyttet, til CPR svarer.",
        ),
    }


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class Recheck(TaskForm):
    """Say which of two answers holds, now that a register is back (genkontrol)."""

    key = "casework.recheck"

    conclusion = WordsField(
        "Hvad lægger du vægt på?",
        [Required("Skriv, hvorfor du vælger, som du gør.")],
        description="Gemmes på sagen.",
    )
    reassess = ChoiceField(
        "Skal sagen vurderes igen?",
        [Required("Svar på, om sagen skal vurderes igen.")],
        choices=(
            (YES, "Ja, forskellen kan betyde noget for hjælpen"),
            (NO, "Nej, forskellen betyder ikke noget for hjælpen"),
        ),
        description="Det, der er afgjort og udbetalt, ændres ikke af dit svar.",
    )

    @classmethod
    def asked(cls, background: Background) -> type[Self]:
        """Return the form with a choice for each difference."""
        parties = {party.id: party for party in background.parties}
        several = len(parties) > 1
        fields = {}
        for each in background.contradictions:
            if each.party_id not in parties:
                continue
            party = parties[each.party_id]
            label = FACT_LABELS[each.kind] + (f", {party.first_name}" if several else "")
            fields[field_name(party, each.kind)] = ChoiceField(
                label,
                [Required(f"{label}: vælg, hvilket svar der gælder.")],
                choices=RECHECK_CHOICES,
            )
        return cast("type[Self]", type(cls.__name__, (cls,), fields))

    @property
    def differing(self) -> dict[str, tuple[str, FactKind]]:
        """Return party and kind behind each choice."""
        return {
            field_name(party, each.kind): (each.party_id, each.kind)
            for each in self.background.contradictions
            for party in self.background.parties
            if party.id == each.party_id
        }

    def fact_of(self, name: str) -> Fact | None:
        """Return nothing: both facts are shown as disputed."""
        return None

    def disputed_facts(self, name: str) -> tuple[Fact, ...]:
        """Return both answers behind a choice."""
        wanted = self.differing.get(name)
        for each in self.background.contradictions:
            if (each.party_id, each.kind) == wanted:
                return each.facts
        return ()

    @property
    def sections(self) -> list[Section]:
        """Return the differences together, then what they lead to."""
        choices = tuple(self[name] for name in self.differing)
        own = [self.reassess, self.conclusion]
        return ([Section("Hvilket svar gælder?", choices)] if choices else []) + [
            Section(str(each.label.text), (each,)) for each in own
        ]

    def to_variables(self) -> dict[str, object]:
        """Return which answer holds, why, and what it leads to."""
        return {
            "chosen": {key: str(self[name].data) for name, key in self.differing.items()},
            "conclusion": self.conclusion.data or "",
            "reassess": self.reassess.data == YES,
        }


RECHECK_CHOICES = (
    ("register", "Registrets svar gælder"),
    ("before", "Det, sagen bygger på, gælder stadig"),
)


class CompleteFacts(HolidayForm, EvidencedForm):
    """Find and record what is missing (indhent og registrér manglende oplysninger)."""

    key = "casework.complete_facts"
    only_changed = True

    @classmethod
    def kinds(cls, background: Background) -> Asked:
        """Ask about each missing fact, and let the known ones be corrected.

        A missing rate is not a person's to give. What is known comes folded: sometimes nothing is
        missing but an answer is wrong.
        """
        known = (
            (party, kind)
            for party in background.parties
            for kind in ASSESSED
            if may_matter(background, party, kind) and _value(background, party, kind) is not None
        )
        return tuple(dict.fromkeys((*cls.missing(background), *known)))

    @classmethod
    def missing(cls, background: Background) -> Asked:
        """Return what the calculation lacks, in some month, and a person can answer."""
        parties = {party.id: party for party in background.parties}
        askable = {kind.value: kind for kind in QUESTIONS}
        return tuple(
            (parties[each.party_id], askable[each.what])
            for each in background.missing
            if each.party_id in parties and each.what in askable
        )

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return what is known; what is missing is left to write, and so is a later month's day."""
        missing = cls.missing(background)
        known = super().from_variables(background)
        for party, kind in missing:
            known.pop(field_name(party, kind), None)
        if any(_value(background, party, kind) is not None for party, kind in missing):
            known.pop("valid_from")
        return known


class PrepareHearing(TaskForm):
    """Check the hearing letter before it goes (gennemgå høringsbrevet)."""

    key = "casework.prepare_hearing"

    statement = WordsField(
        "Hvad overvejer kommunen, og hvorfor?",
        [Required("Skriv, hvad kommunen overvejer, og hvilke oplysninger det bygger på.")],
        description="Står i brevet. Nævn oplysningerne, hvor de kommer fra, og hvad de betyder.",
    )
    facts_unknown_to_party = ChoiceField(
        "Bygger det på oplysninger, parten ikke kender?",
        [Required("Svar på, om parten kender oplysningerne.")],
        choices=PLAIN_YES_NO,
        description="Så skal parten høres, før der træffes afgørelse (forvaltningsloven § 19).",
    )
    hearing_days = WholeField(
        "Hvor mange dage får parten til at svare?",
        [Required("Skriv, hvor mange dage parten får.")],
        smallest=LEAST_HEARING_DAYS,
        largest=LONGEST_HEARING_DAYS,
        description="Regnes fra den dag, brevet er afleveret.",
    )

    @classmethod
    def from_variables(cls, background: Background) -> dict[str, Any]:
        """Return the draft statement: the last one written, or one drawn from the calculation."""
        last = background.hearing.statement if background.hearing else ""
        statement = last or background.statement_draft
        return {
            "statement": statement,
            "hearing_days": background.hearing_days,
            "facts_unknown_to_party": YES,
        }

    def to_variables(self) -> dict[str, object]:
        """Return the statement and the deadline."""
        return {
            "statement": self.statement.data or "",
            "hearing_days": self.hearing_days.data,
            "facts_unknown_to_party": self.facts_unknown_to_party.data == YES,
        }


class ConcludeHearing(TaskForm):
    """Say what a hearing leads to; shared by an answered and a lapsed one."""

    changes_facts = ChoiceField(
        "Ændrer det sagens oplysninger?",
        [Required("Svar på, om sagens oplysninger ændres.")],
        choices=(
            (YES, "Ja, oplysningerne skal vurderes igen"),
            (NO, "Nej, sagen kan afgøres på de oplysninger, vi har"),
        ),
    )
    conclusion = WordsField(
        "Din vurdering",
        [Required("Skriv, hvad du lægger vægt på.")],
        description="Gemmes på sagen og bruges i begrundelsen.",
    )

    def to_variables(self) -> dict[str, object]:
        """Return the conclusion."""
        return {
            "conclusion": self.conclusion.data or "",
            "changes_facts": self.changes_facts.data == YES,
        }


class HearingReply(ConcludeHearing):
    """Assess the party's answer (vurdér partens svar)."""

    key = "casework.hearing_reply"


class HearingLapsed(ConcludeHearing):
    """The party did not answer in time: a person goes on from here (fristen er udløbet)."""

    key = "casework.hearing_lapsed"
