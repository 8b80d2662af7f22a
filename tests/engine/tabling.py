"""Writes small decision tables for the engine's tests."""

from __future__ import annotations

from html import escape


def table(
    key: str,
    inputs: list[str],
    outputs: list[str],
    rows: list[tuple[str, ...]],
    *,
    policy: str = "UNIQUE",
) -> bytes:
    """A DMN file: each row has the input cells, then the output cells, then perhaps a source."""
    width = len(inputs) + len(outputs)
    body = "".join(
        f'<input id="in_{n}" label="{escape(text)}"><inputExpression id="e_{n}" typeRef="string">'
        f"<text>{escape(text)}</text></inputExpression></input>"
        for n, text in enumerate(inputs)
    )
    body += "".join(f'<output id="out_{name}" name="{name}"/>' for name in outputs)
    for number, row in enumerate(rows):
        cells = "".join(
            f'<inputEntry id="c_{number}_{n}"><text>{escape(cell)}</text></inputEntry>'
            for n, cell in enumerate(row[: len(inputs)])
        )
        cells += "".join(
            f'<outputEntry id="o_{number}_{n}"><text>{escape(cell)}</text></outputEntry>'
            for n, cell in enumerate(row[len(inputs) : width])
        )
        source = "".join(
            f"<annotationEntry><text>{escape(text)}</text></annotationEntry>"
            for text in row[width:]
        )
        body += f'<rule id="rule_{number}">{cells}{source}</rule>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
        f'namespace="urn:test"><decision id="{key}" name="Prøve">'
        f'<decisionTable id="t" hitPolicy="{policy}">{body}</decisionTable></decision>'
        "</definitions>"
    ).encode()
