"""Answers: what do parallel branches know together, when each changed its own copy?

Three-way: what the branches had when they parted, against what each has now. A value changed by
one branch wins over the untouched ones; a value changed to different things is a conflict, never
a silent loss. Lists are values: they are replaced, not merged and not cleaned of doubles.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from processes.domain.errors import RuleError

_MISSING = object()
Scope = Mapping[str, object]


class MergeConflictError(RuleError):
    """Two branches gave one variable different values (modstridende grene)."""


def merge(base: Scope, branches: Sequence[Scope], *, path: str = "") -> dict[str, object]:
    """Merge what the branches changed since `base`.

    >>> merge({"a": 1, "l": [5, 5]}, [{"a": 1, "l": [5, 5], "b": 2}, {"a": 3, "l": [5, 5]}])
    {'a': 3, 'l': [5, 5], 'b': 2}
    """
    merged: dict[str, object] = {}
    for key in dict.fromkeys([*base, *(key for branch in branches for key in branch)]):
        before = base.get(key, _MISSING)
        now = [branch.get(key, _MISSING) for branch in branches]
        changed = [value for value in now if not _same(value, before)]
        value = before
        if changed and all(_same(value, changed[0]) for value in changed):
            value = changed[0]
        elif changed:
            value = _merge_maps(before, now, changed, f"{path}{key}")
        if value is not _MISSING:
            merged[key] = copy.deepcopy(value)
    return merged


def merge_agreed(base: Scope, branches: Sequence[Scope]) -> dict[str, object]:
    """Merge what the branches agree on; where they do not, what they had before they parted.

    >>> merge_agreed({"a": 1, "b": 1}, [{"a": 2, "b": 2}, {"a": 3, "b": 1}])
    {'a': 1, 'b': 2}
    """
    keys = dict.fromkeys([*base, *(key for branch in branches for key in branch)])
    merged: dict[str, object] = {}
    for key in keys:
        only = [{key: each[key]} if key in each else {} for each in (base, *branches)]
        try:
            merged |= merge(only[0], only[1:])
        except MergeConflictError:
            merged |= copy.deepcopy(only[0])
    return merged


def _merge_maps(
    before: object, now: list[object], changed: list[object], path: str
) -> dict[str, object]:
    maps = [value for value in changed if isinstance(value, Mapping)]
    if len(maps) == len(changed) and (before is _MISSING or isinstance(before, Mapping)):
        base = before if isinstance(before, Mapping) else {}
        branches = [value for value in now if isinstance(value, Mapping)]
        return merge(base, branches, path=f"{path}.")
    shown = " og ".join("(slettet)" if value is _MISSING else repr(value) for value in changed)
    raise MergeConflictError(
        f"To parallelle grene har givet '{path}' forskellige værdier: {shown}. "
        "Vælg den rigtige, og prøv igen; lad grenene bruge hver sit navn i næste udgave."
    )


def _same(one: object, other: object) -> bool:
    """Tell whether two values are the same, also in kind: `True` is not `1`."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other
