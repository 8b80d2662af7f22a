"""Answers: does the debtor system take a claim, and what has been paid on it?

A claim is taken once. Payments, set-offs and write-offs come from the control desk, as they come
from citizens and collectors in the world.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from integrations.simulator.contracts import (
    node,
    soap_answer,
    soap_fault,
    soap_request,
    text_node,
    text_of,
)
from integrations.simulator.effects import Effect, Effects, KeyReusedError
from integrations.simulator.scenarios import World

DEBTORS: Final = "urn:ky:provisional:sf1590b:1"
CONTRACT: Final = "provisional/sf1590b.xsd"
REFERENCES: Final = uuid.UUID("0b0d6f5e-9a2e-5f7c-8c55-3d7a4a1d2e60")


@dataclass
class Debtors:
    """The debtor system over one set of effects (debitorsystemet)."""

    world: World
    effects: Effects
    refused_types: set[str] = field(default_factory=set)
    """Types of claim it does not know."""
    movements: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Answer each operation of SF1590_B."""
        request = soap_request(body, CONTRACT)
        operation = etree.QName(request).localname
        if operation == "DebitorForespoergselRequest":
            return 200, self._movements(request)
        key, at = text_of(request, "TransaktionsId"), text_of(request, "TransaktionsTid")
        if operation == "DebitorOverdragelseRequest":
            content: dict[str, Any] = {"transfer": text_of(request, "FordringId")}
        else:
            content = self._claim(request)
            reason = self._refused(content)
            if reason:
                return 200, _receipt("DebitorRegistreringResponse", key, at, reason)
        content["municipality_cvr"] = text_of(request, "MunicipalityCVR")
        try:
            self.effects.accept(Effect("debitor", key, _digest(content), content))
        except KeyReusedError:
            return 500, soap_fault("KEY_REUSED", "TransaktionsId er brugt til noget andet")
        return 200, _receipt(operation.replace("Request", "Response"), key, at, "")

    def _claim(self, request: etree._Element) -> dict[str, Any]:
        claim = request.find("{*}Fordring")
        assert claim is not None  # noqa: S101 – the contract was checked
        return {
            "claim": text_of(claim, "FordringId"),
            "case_number": text_of(claim, "Sagsnummer"),
            "debtor_cpr": text_of(claim, "PersonNummer"),
            "type": text_of(claim, "FordringTypeKode"),
            "amount_oere": int(Decimal(text_of(claim, "Beloeb")) * 100),
            "period": [text_of(claim, "PeriodeFra"), text_of(claim, "PeriodeTil")],
            "founded_on": text_of(claim, "StiftelseDato"),
            "limitation_on": text_of(claim, "ForaeldelseDato"),
        }

    def _refused(self, claim: Mapping[str, Any]) -> str:
        if self.world.by_cpr(str(claim["debtor_cpr"])) is None:
            return "SKYLDNER_UKENDT"
        return "FORDRINGSTYPE_UKENDT" if claim["type"] in self.refused_types else ""

    def _movements(self, request: etree._Element) -> bytes:
        since = text_of(request, "FraDato")
        said = [
            node(
                DEBTORS,
                "Bevaegelse",
                [
                    text_node(DEBTORS, "FordringId", each["claim"]),
                    text_node(DEBTORS, "Reference", each["reference"]),
                    text_node(DEBTORS, "Art", each["kind"]),
                    text_node(DEBTORS, "Dato", each["on"]),
                    text_node(DEBTORS, "Beloeb", str(Decimal(each["oere"]) / 100)),
                ],
            )
            for each in self.movements
            if each["on"] >= since
        ]
        return soap_answer(node(DEBTORS, "DebitorForespoergselResponse", said), CONTRACT)

    def control(self, wanted: Mapping[str, Any]) -> Any:
        """Let somebody pay on a claim, or let a type of claim be unknown."""
        if "refuse_type" in wanted:
            self.refused_types.add(str(wanted["refuse_type"]))
        if "accept_type" in wanted:
            self.refused_types.discard(str(wanted["accept_type"]))
        if "claim" in wanted:
            self.movements.append(
                {
                    "claim": str(wanted["claim"]),
                    "reference": f"bev-{len(self.movements) + 1}",
                    "kind": str(wanted.get("kind", "INDBETALING")),
                    "on": str(wanted["on"]),
                    "oere": int(wanted["oere"]),
                }
            )
        return {"movements": len(self.movements)}


def _receipt(name: str, key: str, at: str, reason: str) -> bytes:
    said = node(
        DEBTORS,
        "Kvittering",
        [
            text_node(DEBTORS, "Status", "AFVIST" if reason else "ACCEPTERET"),
            text_node(DEBTORS, "Reference", uuid.uuid5(REFERENCES, key)),
            text_node(DEBTORS, "AarsagKode", reason) if reason else None,
            text_node(DEBTORS, "Tidspunkt", at),
        ],
    )
    return soap_answer(node(DEBTORS, name, [said]), CONTRACT)


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
