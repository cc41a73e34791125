"""Proofs as English: every step with its truth value, down to who said what, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mettaclaw.models.english.hearsay import heard, is_report, speaker
from mettaclaw.models.english.periods import on, whole, within
from mettaclaw.models.english.prose import capital, is_negative, truth_text
from mettaclaw.models.english.results import Source, Step
from mettaclaw.models.english.speech import Speech

_MOST_LINES = 40
_MOST_SOURCES = 5

# What each rule does, in plain words; docs/reasoning.md has their formulas.
RULES = {
    "deduction": "what holds of a kind holds of what belongs to it",
    "exclusion": "what a kind is not, what belongs to it is not",
    "exemplification": "a guess from an example",
    "induction": "a generalisation from an example",
    "abduction": "that is a guess from what they have in common",
    "symmetry": "likeness holds both ways",
    "resemblance": "what is like the one is like the other",
    "comparison": "they have something in common",
    "analogy": "what holds of the one holds of what is like it",
    "component-deduction": "what kinds do, what belongs to them does",
    "component-exclusion": "what kinds do not do, what belongs to them does not",
    "component-induction": "a generalisation from an example",
    "component-abduction": "that is a guess from what they have in common",
    "relation-abduction": "a guess from what they both do",
    "relation-induction": "a guess from what is done to both",
    "conditional-deduction": "the condition of a rule is met",
    "conditional-exclusion": "the condition of a rule is met, which speaks against it",
    "conditional-abduction": "a guess back from what a rule concludes",
    "conditional-refutation": "what the rule concludes is not so",
    "condition-removal": "a part of the condition is met",
    "negation": "the opposite is known",
    "conjunct": "a part of something known",
    "decomposition": "what is left when the rest is known",
    "intersection": "each part holds",
    "revision": "independent evidence was put together",
    "choice": "the better of two pieces of evidence that overlap",
}


def explained(speech: Speech, proof: Step) -> str:
    """A proof as indented sentences, a line per statement."""
    lines = list(_lines(speech, proof, ""))
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"… and {len(lines) - _MOST_LINES} more lines; `atoms why` has all."]
    return "\n".join(lines)


def said(source: Source, *, denied: bool = False, so: str = "") -> str:
    """Who said something, or that it is not so, and when; with its own truth value, where it was
    pooled with others. ``so`` is what he said, where that is neither: that few cats are black.
    """
    when = moment(source.time)
    if time_of(source) != day_of(source.time):  # a week was told, and no day
        when = f" {time_of(source)}"
    words = f' "{source.words}"' if source.words else ""
    same = source.truth is None or (source.truth.f < 0.5) == denied
    so = so or (" so" if same else " the opposite")
    own = f" {truth_text(source.truth)}" if source.truth is not None else ""
    if is_report(source.source, source.words):
        told = f", as you told me:{words}"
        return f"{speaker(source.source, source.words)} said{so}{when}{own}{told}"
    if source.source == "user":
        return f"you said{words or so}{when}{own}"
    if source.source.startswith("model:"):
        claim = f"I concluded it from{words}" if words else "it was my own claim"
        return f"{claim}{when}{own}"
    if source.source.startswith("file:"):
        return f"it is in the file {source.source.removeprefix('file:')}{when}{own}"
    return f"{source.source} said{words or so}{when}{own}"


def _lines(speech: Speech, step: Step, indent: str) -> Iterator[str]:
    bullet = f"{indent}- " if indent else ""
    denied = is_negative(step.truth, step.degree)
    clause = speech.clause(step.statement, denied=denied, degree=step.degree)
    text = f"{clause if indent else capital(clause)} {truth_text(step.truth)}"
    shown = step.sources[-_MOST_SOURCES:]
    if step.premises:
        why = RULES.get(step.rule, "it follows")
        yield f"{bullet}{text}, because {why} ({step.rule}):"
        for premise in step.premises:
            yield from _lines(speech, premise, f"{indent}  ")
        return
    if len(shown) == 1:
        yield f"{bullet}{text}: {_ended(said(shown[0]))}"
        return
    if not shown:
        yield f"{bullet}{text}: it is stored without words."
        return
    lately = ", lately" if len(step.sources) > len(shown) else ""
    sides = {one.truth.f < 0.5 for one in step.sources if one.truth is not None}
    how = "said" if len(sides) < 2 else "spoken of"
    yield f"{bullet}{text}: it was {how} {len(step.sources)} times{lately}:"
    for source in shown:
        degree = source.truth.f if source.truth is not None and source.truth.f % 1.0 else None
        so = f" that {speech.clause(step.statement, degree=degree)}" if degree is not None else ""
        yield f"{indent}  - {_ended(said(source, denied=denied, so=so))}"


def _ended(text: str) -> str:
    return text if text.endswith(('."', '!"')) else f"{text}."


def moment(time: str) -> str:
    """When something was said: `` on 2026-11-21 at 10:02 UTC``, from ISO 8601."""
    day, _, clock = time.partition("T")
    if len(day) != 10 or len(clock) < 5:
        return f" at {time}" if time else ""
    if clock.startswith("00:00:00"):
        return f" on {day}"  # a day was told, and no hour
    return f" on {day} at {clock[:5]} UTC"


def time_of(source: Source) -> str:
    """The day on which somebody said something, or the week, month or year, if that was told."""
    found = heard(source.words) if is_report(source.source, source.words) else None
    if found is not None and found.when is not None and (first := _date(source.time)) is not None:
        span = whole(found.when.first, first)
        if span is not None:
            return within(span)
    return day_of(source.time)


def _date(time: str) -> date | None:
    try:
        return date.fromisoformat(time[:10])
    except ValueError:
        return None


def day_of(time: str) -> str:
    """The day of a time in ISO 8601, with its weekday."""
    day = _date(time)
    return moment(time).strip() if day is None else on(day)
