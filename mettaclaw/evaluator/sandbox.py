"""The hardened runner: one hyperon without Python, files, network or modules.

Names mean what ``PLAIN`` and the tables here say and nothing else: a name that is not listed is
a symbol. The runner is built once, before the fork; what it knows about the evaluation of the
child it finds with ``run.current``.

Not covered: a boundary against hostile text, since hyperon is a large native library. That is
``rights``.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# hyperon has no types.

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import hyperonpy as hp
from hyperon.base import SpaceRef

from mettaclaw.atoms.syntax import (
    Atom,
    Expression,
    Form,
    String,
    Symbol,
    read,
    read_program,
    walk,
)
from mettaclaw.atoms.view import Operation
from mettaclaw.config import resource
from mettaclaw.errors import EvaluationError, MettaClawError, UsageError
from mettaclaw.evaluator import arithmetic, denied, operations, std
from mettaclaw.evaluator.calls import Functions
from mettaclaw.evaluator.convert import Builder, CAtom, Meanings, Names, Reader, use_tokenizer
from mettaclaw.evaluator.grounded import operation, unevaluated, untyped
from mettaclaw.evaluator.overlay import Overlay
from mettaclaw.evaluator.run import current
from mettaclaw.evaluator.space import KnowledgeSpace
from mettaclaw.evaluator.writes import Writes

# Hyperon's grounded names that programs may use as they are.
PLAIN = """
< <= > >= == =alpha True False PI EXP xor and or not
_assert-results-are-equal _assert-results-are-alpha-equal
acos-math asin-math atan-math ceil-math cos-math floor-math isinf-math isnan-math log-math
pow-math round-math sin-math sqrt-math tan-math trunc-math
get-atoms match new-space capture case if-equal sealed superpose
new-state get-state change-state!
format-args get-metatype get-type get-type-space nop
index-atom size-atom max-atom min-atom unique-atom union-atom intersection-atom subtraction-atom
print-alternatives!
""".split()  # noqa: SIM905 - a table

_CORE = {
    "truth": operations.truth,
    "believe": operations.believe,
    "retract": operations.retract,
    "as-of": operations.as_of,
}
# Plain functions of hyperon's library that nothing else rests on: programs have them of their own.
_FREE = {"id", "union", "intersection", "subtraction", "unique"}
_ADDS = {"add-atom", "add-atoms", "add-reduct", "add-reducts"}
_LIST_FUNCTIONS = {"length", "append", "reverse", "last", "sort", "member", "join", "sum", "concat"}


def _no_python(tokenizer: Any, metta: Any) -> None:
    """In the place of hyperon's loader of Python operations: loads nothing. Outlives the runner."""


class Runner:
    """Hyperon, ready to run the forms of one program.

    Args:
        providers: Operations to register besides our own.

    Attributes:
        cmetta: Hyperon's runner.
        builder, reader: Turn atoms into hyperon's and back.
        functions: What a program may call, for messages.
    """

    def __init__(self, providers: Iterable[Operation] = ()) -> None:
        environment = hp.env_builder_start()
        hp.env_builder_set_working_dir(environment, "/nonexistent")
        hp.env_builder_disable_config_dir(environment)
        self._top = SpaceRef(hp.space_new_grounding())  # hyperon keeps no reference of its own
        self.cmetta = hp.metta_new_with_stdlib_loader(_no_python, self._top.cspace, environment)
        self._tokenizer = hp.metta_tokenizer(self.cmetta)
        use_tokenizer(self._tokenizer)
        self._library = SpaceRef(hp.atom_get_space(self._only("!(mod-space! corelib)")))
        self.functions = Functions()
        self._rules: dict[str, list[CAtom]] = {}  # and types of std.metta, by function
        self._learn_library()

        self.meanings = Meanings({name: self._token(name) for name in PLAIN})
        self.builder = Builder(self.meanings)
        self.reader = Reader(self.meanings)
        self._space = SpaceRef(KnowledgeSpace(self.builder, self.reader))
        self._writes = Writes(self.reader)
        self._name_spaces()
        self.meanings.tokens.update(arithmetic.operations())
        self._declare_tokens()
        self._ground()
        for name, core in _CORE.items():
            self._offer(name, _over_view(core, self.reader, self.builder))
        for provided in providers:
            self._offer(provided.name, _over_view(provided.run, self.reader, self.builder))
        self._load(resource("metta/std.metta").read_text(encoding="utf-8"))
        self._ours = {f.name for f in std.FUNCTIONS} | self._rules.keys() | {"parse", "repr"}
        self._writes.language = self._language()

    # --- in the child ---

    def prepare(self, forms: Sequence[Form], host: Iterable[str]) -> None:
        """Make ready for a program: its own definitions win, the host's operations are there."""
        self._writes.offered = frozenset(host)
        for name in self._writes.offered:
            self._offer(name, _over_host(name, self.reader, self.builder))
        defined = {name for form in forms for name in _defined(form.atom)}
        own = defined & self._ours
        self.builder.shadow(frozenset(own))
        for name in own:
            for rule in self._rules.get(name, ()):
                hp.space_remove(self._library.cspace, rule)

    def add(self, atom: Atom) -> None:
        """Add an atom to ``&self``.

        Raises:
            EvaluationError: It is a rule or a type of the language's.
        """
        catom = self.builder(atom)
        self._writes.check(catom)
        hp.space_add(self._top.cspace, catom)

    def start(self, atom: Atom) -> Any:
        """Hyperon's state for evaluating an atom; step it with ``hyperonpy``."""
        forms = hp.atom_vec_new()
        hp.atom_vec_push(forms, hp.atom_sym("!"))
        hp.atom_vec_push(forms, self.builder(atom))
        return hp.runner_state_new_with_atoms(self.cmetta, forms)

    # --- before the fork ---

    def _token(self, name: str) -> CAtom:
        return hp.CSExprParser(name).parse(self._tokenizer)

    def _language(self) -> frozenset[str]:
        """The names that a program cannot define: all that mean something, but for the library."""
        known = {name for name in self.functions.roles if not name.startswith("@")}
        return frozenset((known | self.functions.defined) - self._ours - _FREE)

    def _only(self, program: str) -> CAtom:
        return hp.metta_run(self.cmetta, hp.CSExprParser(program))[0][0]

    def _name_spaces(self) -> None:
        own = self._token("&self")
        shared = hp.atom_space(self._space.cspace)
        self.meanings.tokens.update({"&self": own, "&kb": shared, "&persistent": shared})
        self.meanings.spaces += [(own, "&self"), (shared, "&kb")]

    def _learn_library(self) -> None:
        reader = Reader(Meanings({}))
        for catom in hp.space_list(self._library.cspace):
            self.functions.learn(reader(catom, Names()))

    def _declare_tokens(self) -> None:
        for name, catom in self.meanings.tokens.items():
            kind = read(hp.atom_to_str(hp.atom_get_grounded_type(catom)))
            if isinstance(kind, Expression) and kind.children[:1] == (Symbol("->"),):
                self.functions.declare(name, [str(k) for k in kind.children[1:-1]])
                self.functions.defined.add(name)

    def _ground(self) -> None:
        """Ground what stands in for hyperon's own, and the standard library."""
        define = self._define
        symbol = hp.atom_sym
        unit = hp.atom_expr([symbol("->")])
        define("bind!", self._bind, [symbol("Atom"), symbol("%Undefined%"), unit])
        for name, run in (("add-atom", self._writes.add), ("remove-atom", self._writes.remove)):
            define(name, run, [symbol("SpaceType"), symbol("Atom"), unit])
        define("println!", self._print, [symbol("%Undefined%"), unit])
        define(
            "trace!", self._trace, [symbol("%Undefined%"), symbol("Atom"), symbol("%Undefined%")]
        )
        define("repr", self._repr, [symbol("Atom"), symbol("String")])
        define("parse", self._parse, [symbol("String"), symbol("Atom")])
        for function in std.FUNCTIONS:
            self._define_std(function)
        for name in denied.DENIED:
            self._offer(name, _refusal(name))
            self.builder.bind(name, untyped(name, _refusal(name)))
        self._take_over(Symbol("add-atom"))

    def _take_over(self, name: Symbol) -> None:
        """Have the library's own rules that use a name mean ours by it."""
        reader = Reader(Meanings({}))
        for catom in hp.space_list(self._library.cspace):
            match rule := reader(catom, Names()):
                case Expression((Symbol("="), _, body)) if name in walk(body):
                    hp.space_remove(self._library.cspace, catom)
                    hp.space_add(self._library.cspace, self.builder(rule))
                case _:
                    pass

    def _define(self, name: str, run: Callable[..., list[CAtom]], types: list[CAtom]) -> None:
        self.meanings.tokens[name] = operation(name, run, types)
        self.functions.defined.add(name)
        self.functions.declare(name, [hp.atom_to_str(kind) for kind in types[:-1]])

    def _define_std(self, function: std.Function) -> None:
        types = [hp.atom_sym(kind) for kind in function.types]
        run = _over_atoms(function, self.reader, self.builder)
        if function.variadic:
            made: dict[int, CAtom] = {}

            def of(arity: int) -> CAtom:
                if arity not in made:
                    made[arity] = operation(function.name, run, [types[0]] * arity + types[-1:])
                return made[arity]

            self.meanings.tokens[function.name] = of(2)
            self.meanings.calls[function.name] = of
        else:
            self.meanings.tokens[function.name] = operation(function.name, run, types)
        self.functions.declare(function.name, function.types[:-1])
        self.functions.defined.add(function.name)
        if function.name in _LIST_FUNCTIONS:
            self.functions.roles[function.name] = ("maybe",)

    def _offer(self, name: str, run: Callable[[Sequence[CAtom]], Iterable[CAtom]]) -> None:
        """Register an operation that gets its arguments unevaluated, any number of them."""
        of = unevaluated(name, run)
        self.builder.bind(name, of(1))
        self.meanings.calls[name] = of
        self.functions.roles[name] = ("data",)
        self.functions.defined.add(name)
        self.functions.answering.add(name)

    def _load(self, library: str) -> None:
        """Add a library to hyperon's own, which every program sees and ``&self`` does not hold."""
        for form in read_program(library):
            catom = self.builder(form.atom)
            hp.space_add(self._library.cspace, catom)
            self.functions.learn(form.atom)
            match form.atom:
                case Expression((Symbol(":"), Symbol(name), _)):
                    self._rules.setdefault(name, []).append(catom)
                case Expression((Symbol("="), Expression((Symbol(name), *_)), _)):
                    self._rules.setdefault(name, []).append(catom)
                case _:
                    pass

    # --- operations ---

    def _bind(self, arguments: Sequence[CAtom]) -> list[CAtom]:
        name = self.reader(arguments[0], Names())
        if not isinstance(name, Symbol) or not name.name.startswith("&"):
            raise UsageError(
                f"`bind!` names new spaces and states only: (bind! &name (new-space)); `{name}`"
                " must start with &"
            )
        if name.name in self.meanings.tokens:
            raise UsageError(f"`{name}` is taken; choose another name for `bind!`")
        value = _copied(arguments[1])
        if not _is_place(value):
            raise UsageError(
                f"`bind!` names new spaces and states only: (bind! {name} (new-space)); "
                f"`{hp.atom_to_str(value)[:60]}` is neither; for a value, use `let`"
            )
        self.builder.bind(name.name, value)
        self.meanings.spaces.append((value, name.name))
        return [hp.atom_expr([])]

    def _print(self, arguments: Sequence[CAtom]) -> list[CAtom]:
        current().print(std.text_of(self.reader(arguments[0], Names())) + "\n")
        return [hp.atom_expr([])]

    def _trace(self, arguments: Sequence[CAtom]) -> list[CAtom]:
        current().print(str(self.reader(arguments[0], Names())) + "\n")
        return [arguments[1]]

    def _repr(self, arguments: Sequence[CAtom]) -> list[CAtom]:
        return [self.builder(String(str(self.reader(arguments[0], Names()))))]

    def _parse(self, arguments: Sequence[CAtom]) -> list[CAtom]:
        text = self.reader(arguments[0], Names())
        try:
            return [self.builder(read(text.value if isinstance(text, String) else str(text)))]
        except MettaClawError as error:
            return [arithmetic.error("parse", arguments, str(error))]


def _defined(form: Atom) -> Iterable[str]:
    """The names of the functions that a form defines: it is a rule, or adds rules it has in it.

    A rule that stands elsewhere in a form, quoted for instance, is data.
    """
    added = [form]
    for node in walk(form):
        match node:
            case Expression((Symbol(name), *arguments)) if name in _ADDS:
                added += arguments
                added += [
                    a for many in arguments if isinstance(many, Expression) for a in many.children
                ]
            case _:
                pass
    for atom in added:
        match atom:
            case Expression((Symbol("="), Expression((Symbol(name), *_)), *_)):
                yield name
            case _:
                pass


def _is_place(catom: CAtom) -> bool:
    """Whether an atom is a space or a state."""
    if hp.atom_get_metatype(catom) != hp.AtomKind.GROUNDED:
        return False
    kind = hp.atom_to_str(hp.atom_get_grounded_type(catom))
    return kind == "SpaceType" or kind.startswith("(StateMonad")


def _copied(catom: CAtom) -> CAtom:
    """A copy that outlives the call in which hyperon lent the atom."""
    return hp.atom_get_children(hp.atom_expr([catom]))[0]


def _refusal(name: str) -> Callable[[Sequence[CAtom]], Iterable[CAtom]]:
    def refuse(_: Sequence[CAtom]) -> Iterable[CAtom]:
        raise EvaluationError(denied.message(name))

    return refuse


def _over_atoms(
    function: std.Function, reader: Reader, builder: Builder
) -> Callable[[Sequence[CAtom]], list[CAtom]]:
    """A function of the standard library: what it cannot take gives an ``(Error ...)``."""

    def run(arguments: Sequence[CAtom]) -> list[CAtom]:
        names = Names()
        try:
            return [builder(function.run([reader(argument, names) for argument in arguments]))]
        except UsageError as error:
            return [arithmetic.error(function.name, arguments, str(error))]

    return run


def _over_view(
    run: Callable[[Overlay, tuple[Atom, ...]], Iterable[Atom]], reader: Reader, builder: Builder
) -> Callable[[Sequence[CAtom]], Iterable[CAtom]]:
    """An operation on the atomspace."""

    def call(arguments: Sequence[CAtom]) -> Iterable[CAtom]:
        names = Names()
        atoms = tuple(reader(argument, names) for argument in arguments)
        own = names.originals()
        return [builder(result, own) for result in run(current().view, atoms)]

    return call


def _over_host(
    name: str, reader: Reader, builder: Builder
) -> Callable[[Sequence[CAtom]], Iterable[CAtom]]:
    """An operation of the agent's process."""

    def call(arguments: Sequence[CAtom]) -> Iterable[CAtom]:
        names = Names()
        atoms = [reader(argument, names) for argument in arguments]
        own = names.originals()
        return [builder(result, own) for result in current().host(name, atoms)]

    return call
