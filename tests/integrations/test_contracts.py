"""The contracts compile, the operations we use exist, and what is guessed is listed."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from lxml import etree

from integrations import (
    cpr,
    debtor,
    income,
    income_report,
    indexes,
    ledger,
    nemkonto,
    provisional,
    taxcard,
)
from integrations.calls import Counterpart
from integrations.soap import CONTRACTS, SoapService
from tests.integrations.conftest import StoppedClock

PERSON = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"
OPERATIONS = {
    "sf1520/person.wsdl": {cpr.OPERATION: f"{PERSON}PersonLookup"},
    "sf0770a/income.wsdl": {
        income.OPERATION: "http://www.kombit.dk/2017/01/01/SKATForwardEIndkomstServiceService_4"
        f"#{income.OPERATION}"
    },
    "sf2900/receiver.wsdl": {"FordelingsobjektModtag": ""},
    "provisional/sf1590e.wsdl": {
        nemkonto.ORDER: f"urn:ky:provisional:sf1590e:1#{nemkonto.ORDER}",
        nemkonto.GROUP: f"urn:ky:provisional:sf1590e:1#{nemkonto.GROUP}",
        nemkonto.ANSWERS: f"urn:ky:provisional:sf1590e:1#{nemkonto.ANSWERS}",
    },
    "provisional/sf1590a.wsdl": {
        ledger.OPERATION: f"urn:ky:provisional:sf1590a:1#{ledger.OPERATION}",
        ledger.COLLECTION: f"urn:ky:provisional:sf1590a:1#{ledger.COLLECTION}",
    },
    "provisional/sf1590b.wsdl": {
        operation: f"urn:ky:provisional:sf1590b:1#{operation}"
        for operation in (debtor.REGISTER, debtor.TRANSFER, debtor.ASK)
    },
    "provisional/sf0770b.wsdl": {
        income_report.OPERATION: f"urn:ky:provisional:sf0770b:1#{income_report.OPERATION}"
    },
    "provisional/sf0770d.wsdl": {
        taxcard.OPERATION: f"urn:ky:provisional:sf0770d:1#{taxcard.OPERATION}"
    },
    "provisional/sf1470.wsdl": {
        indexes.OPERATION: f"urn:ky:provisional:sf1470:1#{indexes.OPERATION}"
    },
}


def files(kind: str) -> list[str]:
    return sorted(str(file.relative_to(CONTRACTS)) for file in CONTRACTS.rglob(f"*.{kind}"))


@pytest.mark.parametrize("name", files("xsd"))
def test_every_schema_compiles(name: str) -> None:
    assert etree.XMLSchema(etree.parse(str(CONTRACTS / name)))


@pytest.mark.parametrize("name", files("wsdl"))
def test_every_operation_we_use_has_the_published_name_and_action(name: str) -> None:
    nobody = Counterpart("x", "X", "http://127.0.0.1:9", StoppedClock())

    assert SoapService(nobody, wsdl=name, path="/").operations() == OPERATIONS[name]


def test_a_contract_is_never_fetched_from_the_network(tmp_path: Path) -> None:
    outside_the_folder = tmp_path / "other.wsdl"
    outside_the_folder.write_text("<x/>")
    nobody = Counterpart("x", "X", "http://127.0.0.1:9", StoppedClock())

    with pytest.raises(ValueError, match="contracts are read from"):
        SoapService(nobody, wsdl=str(outside_the_folder), path="/").operations()


@pytest.mark.parametrize("folder", sorted(it.name for it in CONTRACTS.iterdir() if it.is_dir()))
def test_every_folder_tells_origin_and_date(folder: str) -> None:
    text = (CONTRACTS / folder / "README.md").read_text("utf-8")

    assert "rigin" in text
    assert "2026" in text


@pytest.mark.parametrize("shape", provisional.PROVISIONAL, ids=lambda it: it.service)
def test_every_guess_names_its_adapter_and_what_it_waits_for(
    shape: provisional.Provisional,
) -> None:
    assert importlib.import_module(f"integrations.{shape.adapter}")
    assert shape.waits_for


@pytest.mark.parametrize("name", sorted((CONTRACTS / "provisional").glob("*.[wx]s*")), ids=str)
def test_a_guessed_contract_says_so(name: Path) -> None:
    assert "PROVISIONAL" in name.read_text("utf-8")
