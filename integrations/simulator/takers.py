"""Answers: does the world outside take what it is handed?

Payments, vouchers, letters, events, and cases for the index.

Each takes a key once. A payment is settled, or turned down by the payee's bank, when the answers
are next fetched – unless settling is held back.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

from integrations.simulator.contracts import (
    ContractError,
    checked,
    node,
    own,
    parsed,
    soap_answer,
    soap_fault,
    soap_request,
    text_node,
    text_of,
)
from integrations.simulator.effects import Effect, Effects, KeyReusedError
from integrations.simulator.scenarios import World

NKS: Final = "urn:ky:provisional:sf1590e:1"
NKS_CONTRACT: Final = "provisional/sf1590e.xsd"
LEDGER: Final = "urn:ky:provisional:sf1590a:1"
LEDGER_CONTRACT: Final = "provisional/sf1590a.xsd"
REPORTS: Final = "urn:ky:provisional:sf0770b:1"
REPORTS_CONTRACT: Final = "provisional/sf0770b.xsd"
DENMARK: Final = ZoneInfo("Europe/Copenhagen")
CASE_INDEX: Final = "urn:ky:provisional:sf1470:1"
CASE_INDEX_CONTRACT: Final = "provisional/sf1470.xsd"
OIO: Final = "urn:oio:sagdok:3.0.0"
REFERENCES: Final = uuid.UUID("6f0c3a70-9a6e-5d0c-8d44-2b5f3c9a1e77")


@dataclass
class Takers:
    """The services that take things, over one set of effects."""

    world: World
    effects: Effects
    hold_settlement: bool = False
    """True: payments wait until they are settled by hand."""
    settle_on_the_day: bool = False
    """True: payments wait for their day of disposition, as the real bank's do."""
    open_accounts: set[str] = field(default_factory=set)
    """Personal numbers whose rejection in the world is lifted."""
    closed_payees: set[str] = field(default_factory=set)
    """Numbers of other payees whose accounts are closed."""
    closed_ledger_accounts: set[str] = field(default_factory=set)
    """Accounts of the finance system that take no entries."""
    turned_down: dict[str, str] = field(default_factory=dict)
    """Why a voucher was turned down, by its key: asked again, the answer is the same."""
    doubles_answers: bool = False
    """True: the bank says everything twice, the second time backwards."""
    silent_about: set[str] = field(default_factory=set)
    """Personal numbers whose payments the bank never answers about, until told otherwise."""
    unreportable: set[str] = field(default_factory=set)
    """Personal numbers the income register turns down."""

    # --- NemKonto ---

    def payment(self, body: bytes) -> tuple[int, bytes]:
        """Answer both NemKonto operations."""
        request = soap_request(body, NKS_CONTRACT)
        operation = etree.QName(request).localname
        if operation == "NKSForretningssvarHentRequest":
            return 200, self._answers(request)
        if operation == "NKSBetalingsgruppeAfsendRequest":
            return self._order_group(request)
        return self._order(request)

    def _order(self, request: etree._Element) -> tuple[int, bytes]:
        key = text_of(request, "PmtId/EndToEndId")
        other = request.find("{*}Cdtr/{*}Othr")
        content = {
            "municipality_cvr": text_of(request, "MunicipalityCVR"),
            "payee_cpr": text_of(request, "Cdtr/SclSctyNb") if other is None else "",
            "amount_oere": int(Decimal(text_of(request, "InstdAmt")) * 100),
            "disposition_on": text_of(request, "ReqdExctnDt"),
            "text": text_of(request, "AddtlInf"),
        }
        if other is not None:
            content["payee_other"] = text_of(other, "Id")
            content["payee_name"] = text_of(other, "Nm")
        created = text_of(request, "CreDtTm")
        try:
            receipt = self._taken(key, content, created)
        except KeyReusedError:
            return 500, soap_fault("KEY_REUSED", "EndToEndId er brugt til en anden betaling")
        return 200, _nks("NKSBetalingsanmodningAfsendResponse", [receipt])

    def _order_group(self, request: etree._Element) -> tuple[int, bytes]:
        created = text_of(request, "CreDtTm")
        municipality = text_of(request, "MunicipalityCVR")
        try:
            receipts = [
                self._taken(
                    text_of(each, "EndToEndId"),
                    {
                        "municipality_cvr": municipality,
                        "payee_cpr": text_of(each, "SclSctyNb"),
                        "amount_oere": int(Decimal(text_of(each, "InstdAmt")) * 100),
                        "disposition_on": text_of(each, "ReqdExctnDt"),
                        "text": text_of(each, "AddtlInf"),
                    },
                    created,
                )
                for each in request.iterfind("{*}Betaling")
            ]
        except KeyReusedError:
            return 500, soap_fault("KEY_REUSED", "EndToEndId er brugt til en anden betaling")
        return 200, _nks("NKSBetalingsgruppeAfsendResponse", receipts)

    def _taken(self, key: str, content: Mapping[str, Any], created: str) -> etree._Element:
        """Take one payment; a payee nobody knows is turned down on sight, with no effect."""
        is_known = "payee_other" in content or self.world.by_cpr(content["payee_cpr"]) is not None
        if not is_known:
            return _answer(key, "NKSResponse2", "RJCT", created, "MODTAGER_UKENDT")
        order = Effect("nemkonto", key, _digest(content), {**content, "at": created})
        return _answer(key, "NKSReceipt1", "ACPT", self.effects.accept(order).content["at"])

    def _answers(self, request: etree._Element) -> bytes:
        municipality = text_of(request, "MunicipalityCVR")
        if not self.hold_settlement:
            at = text_of(request, "CreDtTm")
            self.settle(at=at, keys=self._due(at) if self.settle_on_the_day else None)
        since = _moment(text_of(request, "FraTidspunkt"))
        answers = [
            _answer(each["key"], each["message"], each["status"], each["at"], each["reason"])
            for each in self._all_answers(municipality)
            if _moment(each["at"]) >= since
        ]
        if self.doubles_answers:
            answers += [copy.deepcopy(each) for each in reversed(answers)]
        return _nks("NKSForretningssvarHentResponse", answers)

    def _due(self, at: str) -> set[str]:
        """Return the payments whose day has come."""
        day = _moment(at).astimezone(DENMARK).date().isoformat()
        return {
            each.key
            for each in self.effects.of("nemkonto")
            if each.content["disposition_on"] <= day
        }

    def settle(self, *, at: str, keys: set[str] | None = None) -> list[str]:
        """Conclude payments that wait, all or some; return their keys."""
        with self.effects.lock:
            done = {each["key"] for each in self.effects.receipts}
            waiting = [
                each
                for each in self.effects.of("nemkonto")
                if each.key not in done
                and (keys is None or each.key in keys)
                and each.content["payee_cpr"] not in self.silent_about
            ]
            for payment in waiting:
                self.effects.add_receipt(self._conclusion(payment, at))
            return [each.key for each in waiting]

    def _conclusion(self, payment: Effect, at: str) -> Mapping[str, Any]:
        cpr = payment.content["payee_cpr"]
        person = self.world.by_cpr(cpr) if cpr else None
        reason = person.payment_rejected if person and cpr not in self.open_accounts else None
        if payment.content.get("payee_other") in self.closed_payees:
            reason = "AC04"
        message, status = ("NKSResponse9", "RJCT") if reason else ("NKSResponse8", "ACPT")
        # Nothing is concluded before it was taken, whatever clock asks.
        moment = max(at, payment.content["at"], key=_moment)
        return {
            "key": payment.key,
            "municipality_cvr": payment.content["municipality_cvr"],
            "message": message,
            "status": status,
            "reason": reason or "",
            "at": moment,
        }

    def _all_answers(self, municipality: str) -> list[Mapping[str, Any]]:
        with self.effects.lock:
            taken = [
                {
                    "key": each.key,
                    "message": "NKSReceipt1",
                    "status": "ACPT",
                    "reason": "",
                    "at": each.content["at"],
                }
                for each in self.effects.of("nemkonto")
                if each.content["municipality_cvr"] == municipality
            ]
            concluded = [
                each for each in self.effects.receipts if each["municipality_cvr"] == municipality
            ]
        return [*taken, *concluded]

    # --- The finance system ---

    def voucher(self, body: bytes) -> tuple[int, bytes]:
        """Take one voucher; one that does not balance is turned down."""
        request = soap_request(body, LEDGER_CONTRACT)
        municipality, at = text_of(request, "MunicipalityCVR"), text_of(request, "TransaktionsTid")
        found = list(request.iterfind("{*}Bilag"))
        single = etree.QName(request).localname == "FinansbilagModtagRequest"
        try:
            receipts = [
                self._posted(
                    text_of(request if single else each, "TransaktionsId"), each, municipality, at
                )
                for each in found
            ]
        except KeyReusedError:
            return 500, soap_fault("KEY_REUSED", "TransaktionsId er brugt til et andet bilag")
        return 200, _ledger_receipts(receipts, single=single)

    def _posted(
        self, key: str, voucher: etree._Element, municipality: str, at: str
    ) -> tuple[str, str, str | None]:
        """Take one voucher: its key, when it was taken, and why not."""
        lines = [_ledger_line(line) for line in voucher.iterfind("{*}Linje")]
        content = {
            "municipality_cvr": municipality,
            "voucher_id": text_of(voucher, "BilagId"),
            "case_id": text_of(voucher, "SagId"),
            "posted_on": text_of(voucher, "BogfoeringsDato"),
            "lines": lines,
        }
        refusal = self._refusal_of_voucher(key, lines)
        if refusal is not None:
            return key, at, refusal
        taken = self.effects.accept(
            Effect("oekonomi", key, _digest(content), {**content, "at": at})
        )
        return key, taken.content["at"], None

    def _refusal_of_voucher(self, key: str, lines: list[dict[str, Any]]) -> str | None:
        if sum(line["amount_oere"] for line in lines):
            return "BILAG_STEMMER_IKKE"
        closed = {line["account"] for line in lines} & self.closed_ledger_accounts
        if closed and self.effects.find("oekonomi", key) is None:
            self.turned_down.setdefault(key, "KONTO_LUKKET")
        return self.turned_down.get(key)

    # --- The income register ---

    def report(self, body: bytes) -> tuple[int, bytes]:
        """Take benefits paid, each payment once; answer with the sum and what was turned down."""
        request = soap_request(body, REPORTS_CONTRACT)
        report, at = text_of(request, "IndberetningId"), text_of(request, "IndberetningTid")
        count = gross = tax = 0
        rejected = []
        for line in request.iterfind("{*}Linje"):
            key = f"indberetning:{text_of(line, 'LinjeId')}"
            content = {
                "municipality_cvr": text_of(request, "MunicipalityCVR"),
                "cpr": text_of(line, "PersonNummer"),
                "benefit": text_of(line, "Ydelsesart"),
                "period": [text_of(line, "PeriodeFra"), text_of(line, "PeriodeTil")],
                "paid_on": text_of(line, "DispositionDato"),
                "gross_oere": int(Decimal(text_of(line, "AIndkomst")) * 100),
                "tax_oere": int(Decimal(text_of(line, "ASkat")) * 100),
            }
            if content["cpr"] in self.unreportable:
                rejected.append((text_of(line, "LinjeId"), "PERSON_UKENDT"))
                continue
            try:
                self.effects.accept(Effect("eindkomst_indberet", key, _digest(content), content))
            except KeyReusedError:
                rejected.append((text_of(line, "LinjeId"), "LINJE_BRUGT"))
                continue
            count += 1
            gross += int(str(content["gross_oere"]))
            tax += int(str(content["tax_oere"]))
        said = node(
            REPORTS,
            "Sumkvittering",
            [
                text_node(REPORTS, "Reference", _reference("eindkomst_indberet", report)),
                text_node(REPORTS, "Antal", count),
                text_node(REPORTS, "AIndkomst", _kroner(gross)),
                text_node(REPORTS, "ASkat", _kroner(tax)),
                text_node(REPORTS, "Tidspunkt", at),
            ],
        )
        errors = [
            node(
                REPORTS,
                "Fejladvis",
                [text_node(REPORTS, "LinjeId", each), text_node(REPORTS, "AarsagKode", why)],
            )
            for each, why in rejected
        ]
        answer = node(REPORTS, "YdelseIndberetResponse", [said, *errors])
        return 200, soap_answer(answer, REPORTS_CONTRACT)

    # --- Digital Post ---

    def letter(self, body: bytes) -> tuple[int, bytes]:
        """Take one letter, digital when the receiver has Digital Post, else on paper."""
        request = checked(parsed(body), "sf1601/kombi.xsd")
        header = "Message/MessageHeader"
        cpr = text_of(request, f"{header}/Recipient/recipientID")
        digital = request.find("{*}Message//{*}content")
        printed = request.find("{*}ForsendelseISamling//{*}MeddelelseIndholdData")
        if digital is None or printed is None:
            raise ContractError("Automatisk Valg needs both a message and a letter to print")
        pdf = base64.b64decode(digital.text or "")
        if base64.b64decode(printed.text or "") != pdf:
            raise ContractError("the message and the letter to print differ")
        channel = self._channel(cpr)
        if channel is None:
            return 200, post_answer(
                error=("ADRESSE_UKENDT", "Modtageren har hverken Digital Post eller adresse")
            )
        content = {
            "municipality_cvr": text_of(request, f"{header}/Sender/senderID"),
            "sender": text_of(request, f"{header}/Sender/label"),
            "receiver_cpr": cpr,
            "title": text_of(request, f"{header}/label"),
            "pdf_sha256": hashlib.sha256(pdf).hexdigest(),
            "pdf_bytes": len(pdf),
        }
        key = text_of(request, f"{header}/messageID") or text_of(request, f"{header}/messageUUID")
        message = text_of(request, f"{header}/messageUUID")
        try:
            taken = self.effects.accept(
                Effect(
                    "digital_post",
                    key,
                    _digest(content),
                    {**content, "channel": channel, "message": message},
                )
            )
        except KeyReusedError:
            return 200, post_answer(error=("KEY_REUSED", "messageUUID er brugt til et andet brev"))
        if taken.content["channel"] == "digital_post":
            return 200, post_answer(transmission=_reference("digital_post", key))
        return 200, post_answer()

    def _channel(self, cpr: str) -> str | None:
        person = self.world.by_cpr(cpr)
        if person is None:
            return None
        if person.digital_post:
            return "digital_post"
        return "fysisk_post" if person.address else None

    # --- Events ---

    def event(self, body: bytes) -> tuple[int, bytes]:
        """Take one event."""
        try:
            request = checked(parsed(body), "provisional/sf1462.xsd")
        except ContractError as error:
            return 200, standard_return(41, str(error))
        cover = "Beskedkuvert"
        key = text_of(request, f"{cover}/Leveranceinformation/TransaktionsId")
        case = f"{cover}/Filtreringsdata/ObjektRegistrering"
        content = {
            "municipality": text_of(request, f"{case}/ObjektAnsvarligMyndighed/URNIdentifikator"),
            "kind": text_of(request, "Beskeddata/Sagshaendelse/Type"),
            "case": text_of(request, f"{case}/ObjektId/URNIdentifikator"),
            "case_number": text_of(request, "Beskeddata/Sagshaendelse/Sagsnummer"),
            "kle": text_of(request, f"{case}/OpgaveEmne/URNIdentifikator"),
        }
        try:
            self.effects.accept(Effect("beskedfordeler", key, _digest(content), content))
        except KeyReusedError:
            return 200, standard_return(40, "BeskedId er brugt til en anden besked")
        return 200, standard_return(20, "")

    # --- The case index ---

    def registration(self, body: bytes) -> tuple[int, bytes]:
        """Take one case as it stands now."""
        request = soap_request(body, CASE_INDEX_CONTRACT)
        case = request.find("{*}Sag")
        if case is None:
            raise ContractError("no Sag")
        key, case_id = text_of(request, "TransaktionsId"), text_of(case, "UUIDIdentifikator")
        content = {
            "municipality_cvr": text_of(request, "MunicipalityCVR"),
            "case": case_id,
            "case_number": text_of(case, "Egenskaber/Sagsnummer"),
            "title": text_of(case, "Egenskaber/Titel"),
            "states": [
                text_of(each, "FremdriftStatusKode") for each in case.iterfind("{*}Fremdrift")
            ],
            "relations": [
                [text_of(each, "RolleNavn"), text_of(each, "ReferenceID")]
                for each in case.iterfind("{*}Relation")
            ],
        }
        try:
            self.effects.accept(Effect("sagsindeks", key, _digest(content), content))
        except KeyReusedError:
            return 200, _indexed(case_id, 40, "TransaktionsId er brugt til noget andet")
        return 200, _indexed(case_id, 20, "")


# --- Answers --------------------------------------------------------------------------------


def _nks(name: str, answers: list[etree._Element]) -> bytes:
    return soap_answer(node(NKS, name, answers), NKS_CONTRACT)


def _answer(key: str, message: str, status: str, at: str, reason: str = "") -> etree._Element:
    return node(
        NKS,
        "Svar",
        [
            text_node(NKS, "OrgnlMsgTp", message),
            text_node(NKS, "PmtInitnStsId", _reference("nemkonto", key)),
            text_node(NKS, "EndToEndId", key),
            text_node(NKS, "TxSts", status),
            text_node(NKS, "StsRsn", reason) if reason else None,
            text_node(NKS, "CreDtTm", at),
        ],
    )


def _ledger_line(line: etree._Element) -> dict[str, Any]:
    oere = int(Decimal(text_of(line, "Beloeb")) * 100)
    return {
        "account": text_of(line, "Konto"),
        "amount_oere": oere if text_of(line, "DebetKredit") == "debet" else -oere,
        "text": text_of(line, "Tekst"),
    }


def _ledger_receipts(receipts: list[tuple[str, str, str | None]], *, single: bool) -> bytes:
    said = [
        node(
            LEDGER,
            "Kvittering",
            [
                None if single else text_node(LEDGER, "TransaktionsId", key),
                text_node(LEDGER, "Status", "AFVIST" if reason else "ACCEPTERET"),
                text_node(LEDGER, "Reference", _reference("oekonomi", key)),
                text_node(LEDGER, "AarsagKode", reason) if reason else None,
                text_node(LEDGER, "Tidspunkt", at),
            ],
        )
        for key, at, reason in receipts
    ]
    name = "FinansbilagModtagResponse" if single else "FinansbilagSamlingModtagResponse"
    return soap_answer(node(LEDGER, name, said), LEDGER_CONTRACT)


def _kroner(oere: int) -> str:
    return str(Decimal(oere) / 100)


def _indexed(case_id: str, status: int, text: str) -> bytes:
    said = node(
        CASE_INDEX,
        "UnikRetur",
        [
            text_node(CASE_INDEX, "UUIDIdentifikator", case_id),
            text_node(CASE_INDEX, "StatusKode", status),
            text_node(CASE_INDEX, "FejlbeskedTekst", text) if text else None,
        ],
    )
    return soap_answer(node(CASE_INDEX, "importerResponse", [said]), CASE_INDEX_CONTRACT)


def post_answer(*, transmission: str | None = None, error: tuple[str, str] | None = None) -> bytes:
    """Write the answer of KombiPostAfsend."""
    said = None
    if error is not None:
        wrong = node(
            "", "Fejl", [text_node("", "FejlId", error[0]), text_node("", "FejlTekst", error[1])]
        )
        said = node("", "HovedoplysningerSvarREST", [node("", "SvarReaktion", [wrong])])
    answer = node(
        "",
        "kombi_response",
        [
            text_node("", "Result", "false" if error else "true"),
            text_node("", "TransmissionID", transmission) if transmission else None,
            said,
        ],
    )
    return etree.tostring(own(answer, "sf1601/kombi.xsd"), encoding="UTF-8", xml_declaration=True)


def standard_return(status: int, text: str) -> bytes:
    """Write OIO's StandardRetur."""
    answer = node(
        OIO,
        "StandardRetur",
        [
            text_node(OIO, "StatusKode", status),
            text_node(OIO, "FejlbeskedTekst", text) if text else None,
        ],
    )
    return etree.tostring(
        own(answer, "provisional/sagdok.xsd"), encoding="UTF-8", xml_declaration=True
    )


def _reference(service: str, key: str) -> str:
    return str(uuid.uuid5(REFERENCES, f"{service}:{key}"))


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
