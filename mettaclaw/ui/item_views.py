"""Items and hits as rows, JSON and lines, for commands and the REPL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mettaclaw.atoms.times import minute
from mettaclaw.ui.text import clean, count, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mettaclaw.memory import Hit, Item
    from mettaclaw.memory.search import Found
    from mettaclaw.memory.transfer import Report

HEADERS = ("id", "text", "source", "time (UTC)")
KINDS = ("note", "told", "turn", "passage", "rule")
HIT_HEADERS = ("score", *HEADERS)

_PARTS = {"notes": "passage", "chat": "turn", "locomo": "turn", "jsonl": "item"}
_NAMED = 5  # files that an import left out; of more, only how many


def rows(items: Iterable[Item]) -> list[tuple[str, str, str, str]]:
    """Items as rows of a table: id, text, source, time."""
    return [cells(item) for item in items]


def cells(item: Item) -> tuple[str, str, str, str]:
    """An item as a row of a table; what it says as atoms stands under its words."""
    said = [] if item.text is None else [str(atom) for atom in item.atoms]
    who = item.source if item.speaker is None else f"{item.speaker} ({item.source})"
    if item.count > 1:
        said.append(f"(said {item.count:,} times)")
    if item.is_quarantined:
        said.append("(quarantined)")
    return str(item.id), clean("\n".join([item.words, *said])), clean(who), minute(item.time)


def hit_rows(hits: Iterable[Hit]) -> list[tuple[str, ...]]:
    """Hits as rows of a table: score, and what ``cells`` gives, with the truth of its atoms."""
    return [(f"{hit.score:.2f}", *_hit_cells(hit)) for hit in hits]


def hit_line(hit: Hit) -> str:
    """A hit in one line: id, score, words, and the premises that it brings."""
    premises = [f"({atom} {truth})" for atom, truth in hit.premises if truth is not None]
    on_trial = ["(quarantined)"] if hit.item.is_quarantined else []
    words = one_line(hit.item.words)
    return "\t".join(
        [str(hit.item.id), f"{hit.score:.2f}", words, *map(one_line, premises), *on_trial]
    )


def as_json(item: Item) -> dict[str, object]:
    """An item for machines."""
    return {
        "id": item.id,
        "text": item.text,
        "atom": None if item.atom is None else str(item.atom),
        "atoms": [str(atom) for atom in item.atoms],
        "source": item.source,
        "time": item.time,
        "scope": item.scope,
        "kind": item.kind,
        "speaker": item.speaker,
        "thread": item.thread,
        "context": item.context,
        "count": item.count,
        "expires": item.expires,
        "quarantined": item.is_quarantined,
    }


def hit_json(hit: Hit) -> dict[str, object]:
    """A hit for machines: its item, score, what that is made of, and its premises."""
    premises = [
        {"atom": str(atom), "f": truth and truth.f, "c": truth and truth.c}
        for atom, truth in hit.premises
    ]
    found = {"score": hit.score, "parts": hit.parts, "premises": premises, "near": hit.near}
    return {**as_json(hit.item), **found}


def explanation(found: Found) -> list[str]:
    """How a query was understood, and what the score of each hit is made of."""
    plan = [] if found.plan is None else ["plan", *found.plan.lines(by_words=found.is_by_words)]
    lines = [one_line(line) if line == "plan" else f"  {one_line(line)}" for line in plan]
    for place, hit in enumerate(found.hits, start=1):
        lines.append(f"{place}. item {hit.item.id}: {one_line(hit.item.words, 80)}")
        parts = sorted(hit.parts.items(), key=lambda part: -abs(part[1]))
        lines += [f"  {value:+.3f}  {name.replace('_', ' ')}" for name, value in parts]
        lines.append(f"  {hit.score:+.3f}  score")
        if hit.near:
            lines.append(f"  nearly the same: {', '.join(f'item {n}' for n in hit.near)}")
    return lines


def _hit_cells(hit: Hit) -> tuple[str, str, str, str]:
    number, _, source, time = cells(hit.item)
    said = [str(atom) if truth is None else f"({atom} {truth})" for atom, truth in hit.premises]
    said += ["(quarantined)"] if hit.item.is_quarantined else []
    return number, clean("\n".join([hit.item.words, *said])), source, time


def report_lines(report: Report) -> list[str]:
    """What an import has done, the counts first."""
    from mettaclaw.redaction import counted

    parts = [f"{count(report.new, 'new item')}"]
    if report.again:
        parts.append(f"{report.again:,} told again")
    if report.known:
        parts.append(f"{report.known:,} known")
    if report.removed:
        parts.append(f"{report.removed:,} removed")
    of = f" from {count(report.files, 'file')} ({report.form})" if report.files else ""
    lines = [f"imported {', '.join(parts)}{of}"]
    if left_out := counted(report.redacted):
        lines.append(f"left out of what is kept: {left_out}")
    if report.forgotten:
        what = count(report.forgotten, _PARTS[report.form])
        was, them = ("was", "it") if report.forgotten == 1 else ("were", "them")
        lines.append(f"{what} {was} forgotten before, and left out; --again takes {them} in")
    if report.gone:
        what = count(report.gone, "passage")
        are, them = ("is", "it") if report.gone == 1 else ("are", "them")
        lines.append(f"{what} {are} gone from the notes; --replace removes {them}")
    if report.unchanged:
        files = count(report.unchanged, "file")
        more = "`mettaclaw memory import --again` reads them once more"
        lines.append(f"{files} read before and unchanged since; {more}")
    if report.vectors or report.strange:
        strange = f", {report.strange:,} of another model left" if report.strange else ""
        lines.append(f"{count(report.vectors, 'vector')} taken{strange}")
    for part, number in sorted(report.left.parts.items()):
        lines.append(f"left out: {number:,} × {one_line(part)}")
    named = list(report.left.files.items())
    for file, reason in named[:_NAMED]:
        lines.append(f"left out: {one_line(file)} ({one_line(reason)})")
    if len(named) > _NAMED:
        lines.append(f"left out: {count(len(named) - _NAMED, 'more file')}")
    return lines
