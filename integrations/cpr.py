"""Answers: what does CPR know of a person (SF1520)? Reads; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from integrations.calls import (
    NO_CREDENTIALS,
    REAL_PACING,
    STANDARD_LIMITS,
    Attempt,
    Counterpart,
    Credentials,
    Limits,
    Pacing,
)
from integrations.provisional import CPR_ERRORS
from integrations.soap import SoapService
from processes.domain.errors import OutsideError
from processes.domain.identifiers import Cpr, Cvr
from processes.ports.gateways import CallId, Clock, MaritalStatus, PersonRecord

OPERATION: Final = "PersonLookup"

MARITAL_STATUS: Final = {
    "U": MaritalStatus.UNMARRIED,
    "G": MaritalStatus.MARRIED,
    "F": MaritalStatus.DIVORCED,
    "E": MaritalStatus.WIDOWED,
    "P": MaritalStatus.PARTNERSHIP,
    "O": MaritalStatus.DIVORCED,  # ophævet partnerskab
    "L": MaritalStatus.WIDOWED,  # længstlevende partner
    "D": MaritalStatus.UNMARRIED,  # død: in no marriage any more
}
RESIDENT: Final = frozenset({1, 3})
EMIGRATED: Final = 80
DEAD: Final = 90
NOT_IN_USE: Final = frozenset({30, 50, 60})
"""Annulled, deleted and changed numbers."""
NO_ADDRESS: Final = 0
"""The municipality code of a person without an address in Denmark."""


class PersonLookup:
    """The port `PersonRegistry`, by SF1520 PersonBaseDataExtended."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        limits: Limits = STANDARD_LIMITS,
        credentials: Credentials = NO_CREDENTIALS,
        pacing: Pacing = REAL_PACING,
    ) -> None:
        self._cpr = Counterpart(
            "cpr", "CPR", url, clock, limits, credentials, meanings=CPR_ERRORS, pacing=pacing
        )
        self._service = SoapService(
            self._cpr, wsdl="sf1520/person.wsdl", path="/service/CPR/PersonBaseDataExtended/4"
        )

    def look_up(self, cpr: Cpr, *, municipality_cvr: Cvr) -> PersonRecord:
        """Return one person; `OutsideError(code="not_found")` when the number is not in use."""

        def question(attempt: Attempt) -> Mapping[str, Any]:
            return {
                "CallContext": {"CallersServiceCallIdentifier": attempt.correlation_id},
                "AuthorityContext": {"MunicipalityCVR": attempt.municipality_cvr.digits},
                "PNR": cpr.digits,
            }

        try:
            answer, call = self._service.call(
                OPERATION, question, municipality_cvr=municipality_cvr
            )
        except OutsideError as error:
            if error.code == "not_found":
                raise self._not_found() from error
            raise
        with self._cpr.reading():
            person = answer.persondata
            if person is None or _status(person)[0] in NOT_IN_USE:
                raise self._not_found()
            if person.personnummer != cpr.digits:
                raise ValueError("the answer is about somebody else")
            return _record(cpr, answer, call)

    def _not_found(self) -> OutsideError:
        return OutsideError(
            "CPR-nummeret er ikke i brug. Se efter, om det er tastet rigtigt.",
            system=self._cpr.system,
            code="not_found",
            retryable=False,
        )


def _record(cpr: Cpr, answer: Any, call: CallId) -> PersonRecord:
    person, address, relations = answer.persondata, answer.adresse, answer.relationer
    status, status_on = _status(person)
    born_on = person.foedselsdato.dato if person.foedselsdato else cpr.birth_date
    return PersonRecord(
        cpr=cpr,
        name=person.navn.personadresseringsnavn,
        address_lines=_address_lines(address),
        municipality_code=_municipality_code(address),
        protected=bool(person.adressebeskyttelse and person.adressebeskyttelse.beskyttet),
        marital_status=MARITAL_STATUS[person.civilstand.civilstand],
        spouse=_relative(relations.aegtefaelle) if relations else None,
        children=tuple(Cpr.parse(child.personnummer) for child in _children(relations)),
        dead_on=_on(status_on) if status == DEAD else None,
        emigrated_on=_emigrated_on(address, status, status_on),
        # Assumes: a resident whose status began after birth immigrated that day (see the
        # contract's README); CPR has no field for it.
        moved_to_denmark_on=(
            status_on if status in RESIDENT and status_on and status_on > born_on else None
        ),
        call=call,
    )


def _status(person: Any) -> tuple[int, date | None]:
    status = person.status
    since = status.statusdato.dato.date() if status.statusdato else None
    return int(status.status), since


def _on(day: date | None) -> date:
    if day is None:
        raise ValueError("a person who died has a day of death")
    return day


def _emigrated_on(address: Any, status: int, status_on: date | None) -> date | None:
    if status != EMIGRATED:
        return None
    left = address.udrejseoplysninger if address else None
    if left and left.udrejsedato:
        day: date = left.udrejsedato.dato.date()
        return day
    return _on(status_on)


def _address_lines(address: Any) -> tuple[str, ...]:
    current = address.aktuelAdresse if address else None
    if current is None:
        return ()
    care_of = f"c/o {current.conavn}" if current.conavn else None
    town = f"{current.postnummer or ''} {current.postdistrikt or ''}".strip()
    return tuple(line for line in (care_of, current.standardadresse, town) if line)


def _municipality_code(address: Any) -> int:
    current = address.aktuelAdresse if address else None
    return NO_ADDRESS if current is None else int(current.kommunekode)


def _relative(relation: Any) -> Cpr | None:
    number = relation.personnummer if relation else None
    return Cpr.parse(number) if number else None


def _children(relations: Any) -> list[Any]:
    return list(relations.barn or ()) if relations else []
