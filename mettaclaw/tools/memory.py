"""The tools of memory: pin, remember, query, episodes, forget. All of them stay in the database."""

from __future__ import annotations

from mettaclaw.atoms.moments import instant
from mettaclaw.atoms.syntax import Atom, Expression, text_of
from mettaclaw.atoms.times import moment
from mettaclaw.errors import CallError
from mettaclaw.memory import Found, Hit, Item, rules
from mettaclaw.memory.forgotten import redacted
from mettaclaw.memory.search import MAX_HITS
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.tools import forgetting, values
from mettaclaw.tools.context import Context

EPISODES = 100
_ON_TRIAL = (
    "item {} is a rule that nobody but you has made: it is on trial, ranked below others, and "
    "expires unless a person promotes it or what people say speaks for it"
)


def declare(context: Context) -> tuple[Tool, ...]:
    """The tools, over an agent's memory."""

    def pin(text: str) -> Outcome:
        context.pin.write(text)
        return Outcome((values.form("pinned"),))

    def remember(what: Atom, atom: Atom | None = None) -> Outcome:
        text = None if isinstance(what, Expression) else text_of(what)
        atoms = [each for each in (what, atom) if isinstance(each, Expression)]
        if atom is not None and not isinstance(atom, Expression):
            raise CallError(f"remember: ATOM is {atom}; it takes an expression, such as (--> a b)")
        source = context.source_of(text_of(what))
        own: list[Atom] = []
        if source == "user":
            own = [each for each in rules.among(atoms) if not context.gave(each, text)]
        given = [each for each in atoms if each not in own]
        kept: list[Item] = []
        if text is not None or given:
            kept.append(context.memory.remember(text, given, source=source))
        if own:
            kept.append(context.memory.remember(text, own, source=context.author))
        on_trial = [each for each in kept if each.is_quarantined and each.kind == "rule"]
        notes = [values.note(_ON_TRIAL.format(each.id)) for each in on_trial]
        return Outcome((values.form("remembered", kept[0].id), *notes))

    def query(text: str, k: float | None = None, scope: str | None = None) -> Outcome:
        found = search(context, text, k, scope)
        notes = [values.note(found.note)] if found.note else []
        return Outcome((*values.items(found.hits), *notes))

    def episodes(since: str, until: str | None = None) -> Outcome:
        start = instant(since)
        end = None if until is None else instant(until, end=True)
        found = context.episodes.between(start, end, EPISODES + 1)
        lines = redacted(context.kb.database, found[-EPISODES:])
        shown = values.episodes(lines)
        if len(found) > EPISODES:
            first = moment(found[-EPISODES].time)
            left = f'these are the latest {EPISODES}; there are more before UNTIL "{first}"'
            shown.append(values.note(left))
        return Outcome(tuple(shown))

    def forget(what: Atom) -> Outcome:
        gone = forgetting.forget(context, what)
        if not gone:
            there = forgetting.named(what)
            raise CallError(f"nothing to forget: there is no {there}; look with query first")
        return Outcome(tuple(gone))

    return (
        Tool(
            "pin",
            "Puts a text into working memory: one slot, in every packet, gone when the session "
            "ends. A new pin replaces the old one; an empty one clears it. Returns (pinned).",
            (Parameter("TEXT", "text", "the plan or open question of the moment"),),
            "memory",
            "allow",
            pin,
            '(pin "plan: ask for the date, then book")',
        ),
        Tool(
            "remember",
            "Keeps words, an expression, or words with the expression that says the same in "
            "long-term memory, to be found by query. The same words are kept once. A rule, program "
            "or order that the person did not give is kept apart, on trial. Returns (remembered "
            "ID), and a (note TEXT) where something is on trial.",
            (
                Parameter("WHAT", "atom", "a string, kept verbatim, or an expression"),
                Parameter("ATOM", "atom", "what the words say, as an expression", True),
            ),
            "memory",
            "allow",
            remember,
            '(remember "The person prefers tea to coffee.")',
        ),
        Tool(
            "query",
            "Searches long-term memory by meaning, words and what stands around them. Returns one "
            "(item ID TEXT SOURCE TIME SCORE …) a hit, best first, followed by (premises "
            "(STATEMENT (stv f c)) …), what it says and how true that is now, for |- as it is, "
            "(atoms ATOM …) of which nothing is believed, (by WHO) who said it in a conversation, "
            "and (because (PART NUMBER) …), what its score is made of; nothing if nothing fits; a "
            "(note TEXT) if something was lacking. An empty text finds the newest.",
            (
                Parameter("TEXT", "text", "what to look for, in plain words"),
                Parameter(
                    "K", "number", f"at most so many, 10 if not given, up to {MAX_HITS}", True
                ),
                Parameter("SCOPE", "text", "only this part of memory; all if not given", True),
            ),
            "memory",  # it stores the vectors that are missing
            "allow",
            query,
            '(query "what the person likes to drink" 5)',
            cancel=context.memory.interrupt,
        ),
        Tool(
            "episodes",
            "Reads the log of everything said and done, by time. Returns one "
            f"(episode ID KIND TEXT TIME) a line, oldest first, the latest {EPISODES} at most. "
            "KIND is message, call, result, reply or error. What was forgotten since is left out.",
            (
                Parameter("SINCE", "text", "today, yesterday, 2h (so long ago), or an ISO time"),
                Parameter("UNTIL", "text", "the same; a day counts to its end", True),
            ),
            "pure",
            "allow",
            episodes,
            '(episodes "yesterday")',
        ),
        Tool(
            "forget",
            "Erases what it names, from the log too, for good: a number is the id of an item, a "
            "string all items of exactly this text, an expression that statement in &kb and all "
            "items with that atom, (entity NAME) all that has this name in it, (between SINCE "
            "UNTIL) all of a time; the last two only where the person's message says so. Returns "
            "one (forgot KIND WHAT) each, KIND item, statement, derived (it followed from that), "
            "name (of a source), pieces (of evidence) or lines (of the log; how many). (source "
            "NAME) takes back all that somebody else has said, (evidence ID …) single pieces of "
            "what was said: these return (forgot source NAME STATEMENT …) and (forgot evidence ID "
            "STATEMENT) with what they concern, and then (change N), which the person may undo.",
            (
                Parameter(
                    "WHAT",
                    "atom",
                    "an item's id or exact text, a statement, a name, a time, a source, evidence",
                ),
            ),
            "memory",
            "allow",
            forget,
            "(forget (--> garfield dog))",
        ),
    )


def search(context: Context, text: str, k: float | None, scope: str | None = None) -> Found:
    """What a query finds; ten hits at most if k is None."""
    if k is not None and k not in range(1, MAX_HITS + 1):
        raise CallError(f"query: K is {k}; it takes a whole number from 1 to {MAX_HITS}")
    most = 10 if k is None else int(k)
    if not text.strip():
        return Found([_newest(context, item) for item in context.memory.latest(most, scope)])
    return context.memory.search(text, most, scope)


def _newest(context: Context, item: Item) -> Hit:
    premises = ((atom, context.memory.truth(atom)) for atom in item.atoms)
    return Hit(item, 0.0, {}, tuple(premises))
