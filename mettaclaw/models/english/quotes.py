"""What somebody has said: all of it, or about one thing, or at one time.

Of the person it has the words that were to be remembered, too. Not covered: who said one thing
(``witnesses``), and what is known about something (``recollection``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mettaclaw.models.english import replies, results, testimony
from mettaclaw.models.english.explanations import time_of
from mettaclaw.models.english.hearsay import named
from mettaclaw.models.english.meaning import Quote
from mettaclaw.models.english.periods import Days, during
from mettaclaw.models.english.prose import capital, truth_text
from mettaclaw.models.english.recollection import look, names, quoted
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.sayings import Saying, in_role, period, record, sayings
from mettaclaw.models.english.stage import Need, Play, Say, Stage

_MOST = 20
_ITEMS = 50


def quote(stage: Stage, act: Quote) -> Play:
    """What somebody has said, about something and at some time."""
    within = period(stage, act.when)
    if act.when is not None and within is None:
        return Say(text=testimony.not_yet(stage.now, act.when))
    calls = [record(act.source, act.thing, within)]
    own = act.source in ("", "user")
    if own:
        calls.append(look(act.text, _ITEMS))
    found = yield Need(tuple(calls), last=not act.who.lower().startswith("my "))
    if found[0].failure is not None:
        return Say(text=replies.failed(found[0].failure))
    known = [one for one in sayings(found[0]) if not is_naming(one.statement)]
    if not known and act.source:
        name = yield from in_role(stage, act.source, act.who)
        if name:
            return (yield from quote(stage, replace(act, who=name, source=name.lower())))
    items = [item for item in results.items(found[1]) if _fits(item, act, within)] if own else []
    subject = _speaker(act, known)
    about = f" about {stage.speech.other(act.thing)}" if act.thing is not None else ""
    time = f" {during(within)}" if within is not None else ""
    if not known and not items:
        if not subject:
            return Say(text=f"Nobody told me anything{about}{time}.")
        return Say(text=f"I know of nothing that {subject} said{about}{time}.")
    dated = within is None or within.first != within.last
    told = (_told(stage, one, by=not subject, on=dated) for one in known)
    lines = list(dict.fromkeys(told))
    cut = results.is_cut(found[0].values)
    count = "More" if cut else f"{len(lines) - _MOST} more"
    lines[:-_MOST] = [f"{count} before; then:"] if cut or len(lines) > _MOST else []
    lines += [quoted(item) for item in items]
    title = f"{subject} said{about}{time}" if subject else f"Said{about}{time}"
    return Say(text="\n".join([f"{capital(title)}:", *lines]))


def _speaker(act: Quote, known: Sequence[Saying]) -> str:
    if not act.source or act.source == "user":
        return "you" if act.source else ""
    return known[-1].who if known else named(act.who)


def _told(stage: Stage, one: Saying, *, by: bool, on: bool) -> str:
    """What was said, with who said it and on which day, where that is not told before."""
    clause = stage.speech.clause(one.statement, denied=one.denied, degree=one.truth.f)
    who = f"{one.who} said that " if by else ""
    day = f", {time_of(one.source)}" if on else ""
    return f"- {capital(f'{who}{clause}')} {truth_text(one.truth)}{day}."


def _fits(item: results.Item, act: Quote, within: Days | None) -> bool:
    """Whether words that are kept are the person's, and of that thing and time."""
    if item.source != "user" or (act.thing is not None and not names(item, act.thing, act.text)):
        return False
    if within is None:
        return act.thing is not None or act.source == "user"
    return within.first.isoformat() <= item.time[:10] <= within.last.isoformat()
