"""Whatever a diagram names exists, and whatever exists for diagrams is named by one."""

import ast
from collections.abc import Iterator

import yaml

from forms.registry import FORMS
from tests.bpmn import shipped
from tests.guardrails.tree import sources

MAINS = [
    each
    for each in (shipped.definition(key) for key in shipped.PROCESSES)
    if each.start_message is not None
]
"""The processes a message starts, each with all it calls."""


def constants(node: ast.AST) -> Iterator[ast.expr]:
    """Yield where a message may be named: `ctx.tell("…")`, `_tell_now(ctx, "…")`, in a dict."""
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == "tell":
            yield from node.args[:1]
        if isinstance(called, ast.Name) and called.id == "_tell_now":
            yield from node.args[1:2]
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "message":
                yield value


def told() -> Iterator[str]:
    """Yield the messages the stages send: by the context, or written out for the outbox."""
    for _, tree in sources("processes"):
        for node in ast.walk(tree):
            for named_here in constants(node):
                if isinstance(named_here, ast.Constant):
                    yield str(named_here.value)


def named(what: str) -> set[str]:
    """Return what the diagrams name of a kind: `steps`, `messages` …"""
    return {name for main in MAINS for name in getattr(main, what)}


def test_every_diagram_is_reached_from_one_that_a_message_starts() -> None:
    assert named("processes") == set(shipped.PROCESSES)


def test_steps_named_and_steps_registered_are_the_same() -> None:
    assert named("steps") == set(shipped.register().steps)


def test_forms_named_forms_shown_and_forms_received_are_the_same() -> None:
    assert named("form_keys") == set(FORMS) == set(shipped.register().verbs)


def test_messages_waited_for_and_messages_sent_are_the_same() -> None:
    assert named("messages") == set(told())


def test_decisions_named_and_tables_shipped_are_the_same() -> None:
    assert named("decisions") == set(shipped.tables())


def test_steps_get_exactly_the_arguments_they_take() -> None:
    for diagram in (each for main in MAINS for each in main.diagrams.values()):
        for node in diagram.nodes.values():
            if node.step:
                wanted = set(shipped.register().step(node.step).arguments)
                assert set(node.arguments) == wanted, f"{diagram.id}: {node.id}"


def test_the_catalogue_lists_every_diagram_and_table_as_it_is_drawn() -> None:
    catalogue = yaml.safe_load((shipped.BPMN / "catalogue.yaml").read_text())

    drawn = {key: shipped.definition(key) for key in shipped.PROCESSES}
    assert {
        entry["key"]: (entry["title"], entry["start_message"]) for entry in catalogue["processes"]
    } == {key: (each.name, each.start_message) for key, each in drawn.items()}
    assert {entry["key"]: entry["title"] for entry in catalogue["decisions"]} == {
        key: table.name for key, table in shipped.tables().items()
    }
    for entry in (*catalogue["processes"], *catalogue["decisions"]):
        assert entry["owner"], entry["key"]
        assert entry["legal_basis"], entry["key"]
    numbers = [entry["number"] for entry in catalogue["processes"]]
    assert len(set(numbers)) == len(numbers)
