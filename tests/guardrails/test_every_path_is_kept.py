"""An address that people may have kept does not disappear, and each is Danish kebab-case."""

import re

import pytest
from flask import Flask

from app.factory import create_app
from tests.web.world import a_world

KEPT = {
    "/",
    "/afgoerelser/<decision_id>/genberegning",
    "/dokumenter/<document_id>",
    "/genberegning/kontrolprogram",
    "/drift",
    "/drift/flytninger/<move_id>/afvis",
    "/drift/flytninger/<move_id>/godkend",
    "/drift/flytninger/<move_id>/traek-tilbage",
    "/drift/forloeb/<int:instance_id>",
    "/drift/forloeb/<int:instance_id>/flyt",
    "/drift/forloeb/<int:instance_id>/fortsaet",
    "/drift/forloeb/<int:instance_id>/pause",
    "/drift/koeer/<kind>",
    "/drift/opdater",
    "/drift/standsede",
    "/drift/standsede/forhaandsvisning",
    "/drift/standsede/proev-igen",
    "/drift/version/<int:definition_id>",
    "/frister/<int:municipality_id>",
    "/hold",
    "/hold/flyt",
    "/hold/flyt/<batch_id>/fortryd",
    "/hold/flyt/udfoer",
    "/hold/fravaer",
    "/hold/fravaer/<int:absence_id>/tilbage",
    "/indgang/beskedfordeler",
    "/indgang/jobcenter",
    "/indkomst",
    "/indkomst/opgoer",
    "/indgang/sf2900",
    "/log-af",
    "/log-ind",
    "/log-ind/borger",
    "/log-ind/medarbejder",
    "/sager/<case_id>/klager",
    "/sager/<case_id>/klager/<complaint_id>/fasthold",
    "/sager/<case_id>/klager/<decision_id>",
    "/selvbetjening/klage/<case_id>",
    "/selvbetjening/klage/<case_id>/<decision_id>",
    "/selvbetjening/klage/<complaint_id>/fasthold",
    "/produktion",
    "/produktion/<process_key>/<element_id>",
    "/produktion/tal.csv",
    "/opgaver",
    "/opgaver/<int:task_id>",
    "/opgaver/<int:task_id>/giv",
    "/opgaver/filter",
    "/opgaver/filter/<filter_id>/gem",
    "/opgaver/filter/<filter_id>/slet",
    "/opgaver/flere",
    "/opgaver/flere/<batch_id>/fortryd",
    "/opgaver/<int:task_id>/laeg-tilbage",
    "/opgaver/<int:task_id>/notat",
    "/opgaver/<int:task_id>/opfoelgning",
    "/opgaver/<int:task_id>/tag",
    "/opgaver/<int:task_id>/tag-frem",
    "/opgaver/<int:task_id>/udkast",
    "/opgaver/naeste",
    "/opgaver/nyt",
    "/opsaetning/frister",
    "/opsaetning/frister/<setting_id>/afvis",
    "/opsaetning/frister/<setting_id>/godkend",
    "/regler",
    "/regler/historik",
    "/regler/indlaes",
    "/regler/kladder/<draft_id>",
    "/regler/kladder/<draft_id>/fjern",
    "/regler/kladder/<draft_id>/gem",
    "/regler/kladder/<draft_id>/godkend",
    "/regler/kladder/<draft_id>/indsend",
    "/regler/kladder/<draft_id>/kasser",
    "/regler/kladder/<draft_id>/proev",
    "/regler/kladder/<draft_id>/proever/<trial_id>",
    "/regler/kladder/<draft_id>/proever/<trial_id>/fremdrift",
    "/regler/kladder/<draft_id>/send-tilbage",
    "/regler/regler/<rule_id>",
    "/regler/regler/<rule_id>/kladde",
    "/regler/satser-som-fil",
    "/regler/satser/<key>",
    "/regler/satser/<key>/kladde",
    "/rolle",
    "/sager",
    "/sager/<case_id>",
    "/sager/<case_id>/aendringer",
    "/sager/<case_id>/aendringer/<kind>",
    "/sager/<case_id>/traek-tilbage",
    "/sager/<case_id>/beregning",
    "/sager/<case_id>/beregning/maaneder",
    "/sager/<case_id>/beskeder",
    "/sager/<case_id>/dokumenter",
    "/sager/<case_id>/forloeb",
    "/sager/<case_id>/hvad-nu-hvis",
    "/sager/<case_id>/journal",
    "/sager/<case_id>/oplysninger",
    "/sager/<case_id>/ophoer",
    "/sager/<case_id>/sanktioner",
    "/sager/<case_id>/sanktioner/<sanction_id>/traek-tilbage",
    "/sager/<case_id>/sanktioner/ny",
    "/sager/<case_id>/tidslinje",
    "/sager/<case_id>/krav",
    "/sager/<case_id>/udbetalinger",
    "/sager/soeg",
    "/selvbetjening",
    "/selvbetjening/aendring/<case_id>",
    "/selvbetjening/aendring/<case_id>/<kind>",
    "/selvbetjening/stop-hjaelp/<case_id>",
    "/selvbetjening/traek-tilbage/<case_id>",
    "/selvbetjening/ansoegning",
    "/selvbetjening/ansoegning/<slug>",
    "/selvbetjening/aegtefaelle/<case_id>",
    "/selvbetjening/ansoegning/fortryd-sletning",
    "/selvbetjening/ansoegning/send",
    "/selvbetjening/ansoegning/slet",
    "/selvbetjening/beregning/<case_id>",
    "/selvbetjening/beskeder/<case_id>",
    "/selvbetjening/dokumenter/<document_id>",
    "/selvbetjening/hvad-nu-hvis/<case_id>",
    "/selvbetjening/hoering/<hearing_id>",
    "/selvbetjening/kvittering/<case_id>",
    "/selvbetjening/papirer/<case_id>",
    "/selvbetjening/papirer/<case_id>/<request_id>",
    "/selvbetjening/papirer/<case_id>/fjern/<file_id>",
    "/selvbetjening/papirer/<case_id>/kvittering",
    "/selvbetjening/papirer/<case_id>/send",
    "/standsede-sager",
    "/krav",
    "/krav/<claim_id>",
    "/saerskilt/<matter_id>/opsig",
    "/udbetaling",
    "/udbetaling/<run_id>",
    "/udbetaling/<run_id>/stop",
    "/udbetaling/betaling/<line_id>",
    "/udbetaling/betaling/<line_id>/afgoer",
    "/udbetaling/betaling/<line_id>/beregn-igen",
    "/udbetaling/afstemning",
    "/udbetaling/planlaeg",
    "/udbetaling/proeve",
    "/standsede-sager/<int:incident_id>/proev-igen",
    "/static/<path:filename>",
    "/sundhed",
    "/processer/kladder/<draft_id>/proev",
    "/proever/<tryout_id>",
    "/proever/<tryout_id>/sager.csv",
    "/proever/<tryout_id>/stop",
}
"""Add a new one here; one that goes must redirect to where its page is now."""
PARAMETER = re.compile(r"<[^>]+>")
KEBAB = re.compile(r"(/[a-z0-9]+(-[a-z0-9]+)*)*/?")


@pytest.fixture(scope="module")
def app() -> Flask:
    world = a_world()
    return create_app(world.settings, world)


def test_every_address_is_known(app: Flask) -> None:
    assert {rule.rule for rule in app.url_map.iter_rules()} == KEPT


def test_every_address_is_kebab_case_without_danish_letters() -> None:
    for rule in KEPT:
        assert KEBAB.fullmatch(PARAMETER.sub("x", rule)), rule


def test_no_address_takes_a_name_or_a_number_of_a_person() -> None:
    for rule in KEPT:
        assert not re.search(r"cpr|navn|person", rule), rule
