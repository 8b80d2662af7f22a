"""Answers: does the world outside take what it is handed?

Payments, vouchers, letters, events, and cases for the index.

Each takes a key once. A payment is settled, or turned down by the payee's bank, when the answers
are next fetched – unless settling is held back.
"""

from __future__ import annotations

import base64
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
    closed_ledger_accounts: set[str] = field(default_factory=set)
    """Accounts of the finance system that take no entries."""
    turned_down: dict[str, str] = field(default_factory=dict)
    """Why a voucher was turned down, by its key: asked again, the answer is the same."""

    # --- NemKonto ---

    def payment(self, body: bytes) -> tuple[int, bytes]:
        """Answer both NemKonto operations."""
        request = soap_request(body, NKS_CONTRACT)
        if etree.QName(request).localname == "NKSForretningssvarHentRequest":
            return 200, self._answers(request)
        return self._order(request)

    def _order(self, request: etree._Element) -> tuple[int, bytes]:
        key = text_of(request, "PmtId/EndToEndId")
        payee = text_of(request, "Cdtr/SclSctyNb")
        content = {
            "municipality_cvr": text_of(request, "MunicipalityCVR"),
            "payee_cpr": payee,
            "amount_oere": int(Decimal(text_of(request, "InstdAmt")) * 100),
            "disposition_on": text_of(request, "ReqdExctnDt"),
            "text": text_of(request, "AddtlInf"),
        }
        created = text_of(request, "CreDtTm")
        if self.world.by_cpr(payee) is None:
            # Turned down on sight: no effect.
            refusal = _answer(key, "NKSResponse2", "RJCT", created, "MODTAGER_UKENDT")
            return 200, _nks("NKSBetalingsanmodningAfsendResponse", [refusal])
        order = Effect("nemkonto", key, _digest(content), {**content, "at": created})
        try:
            taken = self.effects.accept(order)
        except KeyReusedError:
            return 500, soap_fault("KEY_REUSED", "EndToEndId er brugt til en anden betaling")
        receipt = _answer(key, "NKSReceipt1", "ACPT", taken.content["at"])
        return 200, _nks("NKSBetalingsanmodningAfsendResponse", [receipt])

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
                if each.key not in done and (keys is None or each.key in keys)
            ]
            for payment in waiting:
                self.effects.add_receipt(self._conclusion(payment, at))
            return [each.key for each in waiting]

    def _conclusion(self, payment: Effect, at: str) -> Mapping[str, Any]:
        cpr = payment.content["payee_cpr"]
        person = self.world.by_cpr(cpr)
        reason = person.payment_rejected if person and cpr not in self.open_accounts else None
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
        key = text_of(request, "TransaktionsId")
        lines = [_ledger_line(line) for line in request.iterfind("{*}Bilag/{*}Linje")]
        content = {
            "municipality_cvr": text_of(request, "MunicipalityCVR"),
            "voucher_id": text_of(request, "Bilag/BilagId"),
            "case_id": text_of(request, "Bilag/SagId"),
            "posted_on": text_of(request, "Bilag/BogfoeringsDato"),
            "lines": lines,
        }
        at = text_of(request, "TransaktionsTid")
        refusal = self._refusal_of_voucher(key, lines)
        if refusal is not None:
            return 200, _ledger_receipt(key, at, refusal)
        try:
            taken = self.effects.accept(
                Effect("oekonomi", key, _digest(content), {**content, "at": at})
            )
        except KeyReusedError:
            return 500, soap_fault("KEY_REUSED", "TransaktionsId er brugt til et andet bilag")
        return 200, _ledger_receipt(key, taken.content["at"], None)

    def _refusal_of_voucher(self, key: str, lines: list[dict[str, Any]]) -> str | None:
        if sum(line["amount_oere"] for line in lines):
            return "BILAG_STEMMER_IKKE"
        closed = {line["account"] for line in lines} & self.closed_ledger_accounts
        if closed and self.effects.find("oekonomi", key) is None:
            self.turned_down.setdefault(key, "KONTO_LUKKET")
        return self.turned_down.get(key)

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


def _ledger_receipt(key: str, at: str, reason: str | None) -> bytes:
    receipt = node(
        LEDGER,
        "Kvittering",
        [
            text_node(LEDGER, "Status", "AFVIST" if reason else "ACCEPTERET"),
            text_node(LEDGER, "Reference", _reference("oekonomi", key)),
            text_node(LEDGER, "AarsagKode", reason) if reason else None,
            text_node(LEDGER, "Tidspunkt", at),
        ],
    )
    return soap_answer(node(LEDGER, "FinansbilagModtagResponse", [receipt]), LEDGER_CONTRACT)


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
