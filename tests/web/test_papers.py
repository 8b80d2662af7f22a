"""Papers on the citizen's page and at the desk: asked for, chosen, sent, filed and shown."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest

from processes.domain.errors import RuleError
from tests.web.client import FAR_TOO_MUCH, Client, multipart, values_of
from tests.web.fake_core import FakeCore
from tests.web.world import PAPERS as WORLD_PAPERS
from tests.web.world import TASK_IDS, a_citizen_case

PAPERS = "/selvbetjening/papirer/sag-1"
MISSING = "papir-laegeerklaering"


def test_papers_say_what_is_missing_why_and_until_when(anna: Client) -> None:
    page = anna.get(PAPERS)

    assert page.heading == "Papirer"
    assert "Vi mangler 1 papir fra dig." in page.text
    for said in ("at du er syg", "tirsdag 24.", "Billedet er for mørkt.", "højst 10 MB"):
        assert said in page.text
    form = page.form(f"{PAPERS}/{MISSING}")
    (field,) = [each for each in form.iter("input") if each.get("type") == "file"]
    assert field.get("accept") == "image/*,application/pdf"
    assert field.get("multiple") is not None
    assert field.get("capture") is None, "it would hide the files of the phone"


def test_a_file_is_chosen_taken_away_and_sent_without_script(anna: Client, world: FakeCore) -> None:
    page = anna.get(PAPERS)
    token = values_of(page.form(f"{PAPERS}/send"))["csrf_token"]

    files = [(BytesIO(b"one"), "1.jpg"), (BytesIO(b"two"), "2.jpg")]
    answer = anna.http.post(f"{PAPERS}/{MISSING}", data={"csrf_token": token, "filer": files})
    assert answer.location == PAPERS
    assert world.citizen.chosen == [(MISSING, "1.jpg", b"one"), (MISSING, "2.jpg", b"two")]

    after = anna.send_and_see(anna.get(PAPERS), f"{PAPERS}/fjern/fil-1")
    assert "“side-1.jpg” er fjernet." in after.text
    receipt = anna.send_and_see(after, f"{PAPERS}/send")

    assert receipt.heading == "Vi har fået dine papirer"
    assert world.citizen.sent == ["sag-1"]
    assert "Send resten" in receipt.links()


def test_a_file_that_cannot_be_used_is_explained_at_its_field(
    anna: Client, world: FakeCore
) -> None:
    world.citizen.refuse_with = RuleError("“1.exe” er ikke en PDF eller et billede.")

    refused = anna.send_and_see(anna.get(PAPERS), f"{PAPERS}/{MISSING}", {}, status=422)

    assert refused.problems() == ["“1.exe” er ikke en PDF eller et billede."]
    assert refused.text.count("“1.exe”") == 2


def test_what_is_far_too_large_is_told_on_the_same_page(anna: Client) -> None:
    answer = anna.http.post(f"{PAPERS}/{MISSING}", **FAR_TOO_MUCH)

    assert answer.status_code == 413
    words = answer.get_data(as_text=True)
    assert "over 64 MB" in words
    assert "Papirer" in words


def test_a_file_over_sixteen_megabytes_keeps_what_was_chosen_before(
    anna: Client, world: FakeCore
) -> None:
    token = values_of(anna.get(PAPERS).form(f"{PAPERS}/send"))["csrf_token"]

    answer = anna.http.post(
        f"{PAPERS}/{MISSING}",
        **multipart({"csrf_token": token}, "stor.pdf", b"%PDF-" + b"0" * 17_000_000),
    )

    assert answer.status_code == 413
    words = answer.get_data(as_text=True)
    assert "“stor.pdf” fylder 17,0 MB" in words
    assert "side-1.jpg" in words
    assert world.citizen.chosen == []


def test_my_page_begins_with_the_papers_that_are_missing(anna: Client, world: FakeCore) -> None:
    world.citizen.cases = [
        replace(a_citizen_case(is_heard=True), hearing=None, papers=WORLD_PAPERS)
    ]

    page = anna.get("/selvbetjening")

    assert "Vi venter på dig: 1 ting" in page.text
    assert page.links()["Se og send papirer"] == PAPERS


DOCUMENTS = "/sager/sag-1/dokumenter"


def test_what_was_asked_for_stands_with_state_and_deadline(karin: Client) -> None:
    page = karin.get(DOCUMENTS)

    for said in ("Lægeerklæring", "Mangler", "24.03.2026", "Godtaget"):
        assert said in page.text


def test_what_comes_by_post_is_filed_with_kind_and_sender(karin: Client, world: FakeCore) -> None:
    page = karin.get(DOCUMENTS)
    token = values_of(page.form(DOCUMENTS))["csrf_token"]
    file = (BytesIO(b"%PDF-1.7"), "brev.pdf")
    sent = {"csrf_token": token, "kind": "laegeerklaering", "party": "anna", "filer": file}

    answer = karin.http.post(DOCUMENTS, data=sent)

    assert answer.location == DOCUMENTS
    assert world.cases.added == [("sag-1", "laegeerklaering", "anna", 1)]


def test_a_paper_without_kind_or_a_child_as_sender_is_refused(
    karin: Client, world: FakeCore
) -> None:
    page = karin.get(DOCUMENTS)

    refused = karin.send_and_see(page, DOCUMENTS, {"party": "barn-1"}, status=422)

    assert refused.problems() == ["Vælg, hvad papiret er.", "Vælg, hvem papiret er fra."]
    assert world.cases.added == []


def test_a_file_that_cannot_be_used_is_told_at_the_desk_too(karin: Client, world: FakeCore) -> None:
    world.cases.refuse_with = RuleError("“brev.exe” er ikke en PDF eller et billede.")
    chosen = {"party": "anna", "kind": "andet"}

    refused = karin.send_and_see(karin.get(DOCUMENTS), DOCUMENTS, chosen, status=422)

    assert refused.problems() == ["“brev.exe” er ikke en PDF eller et billede."]


def test_who_may_only_read_is_not_offered_to_file(as_user: Callable[[str], Client]) -> None:
    page = as_user("rita").get(DOCUMENTS)

    assert "Tilføj et papir" not in page.text


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image/jpeg", "inline"),
        ("image/png", "inline"),
        ("application/pdf", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
    ],
)
def test_what_somebody_sent_in_is_shown_and_runs_nothing(
    karin: Client, world: FakeCore, media_type: str, kind: str
) -> None:
    document, content = world.cases.files["dokument-1"]
    world.cases.files["dokument-1"] = (replace(document, media_type=media_type), content)

    answer = karin.http.get("/dokumenter/dokument-1")

    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith(kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("; sandbox")


def test_a_picture_is_seen_where_it_is_judged(karin: Client) -> None:
    page = karin.get(f"/opgaver/{TASK_IDS['casework.check_documents']}")

    (picture,) = page.all("img")
    assert picture.get("src") == "/dokumenter/billede-1"
    assert picture.get("alt") == "Lønsedler, som det er sendt"
