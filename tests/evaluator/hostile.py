"""Programs that crash, hang, fool or subvert plain hyperon: one table, for every door.

Each is an error whose text matches the pattern beside it, by which it names its cause; in a program
``{escape}`` is a file that must not come into being. ``SOUND`` are those that newer versions of
hyperon die or lie on, and that have a value here.

Not covered: what only Python can do to hyperon (operations and spaces that raise, token
constructors, threads); operations that misbehave are ``provider``'s.
"""

from __future__ import annotations

BOUND = r"limit (time|steps|memory|depth|nodes|results|text)"
LANGUAGE = "`{}` is part of the language"

HANGS = {
    "a rule that calls itself": ("(= (f) (f)) !(f)", "limit (time|steps)"),
    "a growing term": ("(= (f $x) (f (S $x))) !(f Z)", BOUND),
    "a growing sum": ("(= (f $x) (+ 1 (f $x))) !(f 1)", BOUND),
    "exponentially many results": (
        "(= (b) (superpose (0 1))) !(p" + " (b)" * 24 + ")",
        BOUND,
    ),
    "a rule with itself twice": ("(= (g) (superpose ((g) (g)))) !(g)", BOUND),
    "a doubling term": ("(= (d $x) (d ($x $x))) !(d a)", BOUND),
    "a collapse of very many": (
        "(= (n) (superpose (0 1 2 3 4 5 6 7 8 9))) !(collapse (p (n) (n) (n) (n)))",
        BOUND,
    ),
    "additions nested 250 deep": ("!" + "(+ 1 " * 250 + "1" + ")" * 250, BOUND),
    "types of a deep term": (
        "(: f (-> A A)) (: f (-> B A)) (: f (-> A B)) (: f (-> B B)) (: a A) (: a B) !(get-type "
        + "(f " * 24
        + "a"
        + ")" * 24
        + ")",
        BOUND,
    ),
    "a growing string": ('(= (grow $s) (grow (concat $s $s))) !(grow "aaaaaaaa")', BOUND),
    "a stack without end": ("!(pragma! max-stack-depth 0)", "`pragma!` is not available"),
    "a module that imports itself": ("!(import! &self self)", "`import!` is not available"),
}

ARITHMETIC = {
    "the rest of a division by zero": ("!(% 1 0)", "division by zero"),
    "a division by zero": ("!(/ 1 0)", "division by zero"),
    "the least integer divided": ("!(/ -9223372036854775808 -1)", "64 bits"),
    "a sum that wraps": ("!(+ 9223372036854775807 1)", "64 bits"),
    "a difference that wraps": ("!(- -9223372036854775808 1)", "64 bits"),
    "a product that wraps": ("!(* 9223372036854775807 2)", "64 bits"),
    "an absolute value that wraps": ("!(abs-math -9223372036854775808)", "64 bits"),
    "superpose-bind of a list": ("!(superpose-bind (a b))", "superpose-bind takes"),
    "superpose-bind of a symbol": ("!(superpose-bind a)", "superpose-bind takes"),
    "superpose-bind of a list by way of a variable": (
        "!(let $x (a b) (superpose-bind $x))",
        "SIGABRT",
    ),
}

SYNTAX = {
    "an open parenthesis": ("!(+ 1 2", "not closed"),
    "a closing parenthesis": ("!(+ 1 2))", "no `\\(` before it"),
    "an open string": ('!(f "abc)', "closing"),
    "a NUL": ("!(f \0)", "NUL"),
    "half a surrogate pair": ("!(f \ud800)", "surrogate"),
    "an integer past 64 bits": ("!(+ 9223372036854775808 1)", "64 bits"),
    "a negative one": ("(= (f) -9223372036854775809)", "64 bits"),
    "a bang with nothing": ("!", "no atom"),
    "calls of tools, injected": ('send "ok") (shell "id")', "no `\\(` before it"),
}

LARGE = {
    "a megabyte of names": ("!(f " + "a " * 500_000 + ")", "limit text"),
    "a megabyte of one string": ('!(f "' + "a" * 1_000_000 + '")', "limit text"),
    "10,000 nested parentheses": ("!" + "(" * 10_000 + ")" * 10_000, "limit depth|256 deep"),
    "100,000 nested parentheses": ("!" + "(" * 99_000 + ")" * 99_000, "limit depth|256 deep"),
    "a million nested parentheses": ("!" + "(" * 500_000 + ")" * 500_000, "limit text"),
    "300 nested parentheses": ("!" + "(" * 300 + ")" * 300, "limit depth|256 deep"),
    "10,000 children": ("!(f" + " a" * 10_000 + ")", "limit nodes"),
    "10,000 children to add": ("(f" + " a" * 10_000 + ")", "limit nodes"),
    "a pattern that nests too deeply": (
        "!(let $x (quote {open}a{close}) (match &kb {open}$x{close} yes))".format(
            open="(" * 150, close=")" * 150
        ),
        "limit depth",
    ),
    "an atom to store that nests too deeply": (
        "!(let $x (quote {open}a{close}) (add-atom &kb {open}$x{close}))".format(
            open="(" * 150, close=")" * 150
        ),
        BOUND,
    ),
}

ATTACKS = {
    program: (program, "`[a-z-]+!?` is not available")
    for program in (
        "!(py-atom \"__import__('os').getcwd()\")",
        '!((py-atom "os.system") "touch {escape}")',
        '!(py-dot "abc" "upper")',
        "!(py-chain ((py-list (1 2))))",
        "!(import! &self fileio)",
        "!(import! &self random)",
        "!(import! &self das)",
        "!(import! &self mettaclaw)",
        "!(include fileio)",
        "!(load-ascii &self {escape})",
        "!(register-module! /etc)",
        "!(git-module! https://example.com/x.git)",
        "!(mod-space! corelib)",
        "!(print-mods!)",
        '!(file-open! "{escape}" "w")',
        "!(let $f import! ($f &self fileio))",
        "!(eval (import! &self fileio))",
        "!(case a (($x (import! &self fileio))))",
        "!(chain (quote (import! &self fileio)) $q (unquote $q))",
        "(= (go) (import! &self fileio)) !(go)",
        "!(map-atom (fileio) $m (import! &self $m))",
        '!(let $a (parse "(import! &self fileio)") (eval $a))',
        "!(collapse (import! &self fileio))",
    )
}
ATTACKS |= {
    program: (program, says)
    for program, says in (
        ("!(bind! &kb (new-space))", "`&kb` is taken"),
        ("!(bind! &self (new-space))", "`&self` is taken"),
        ("!(bind! &persistent (new-space))", "`&kb` is taken"),
        ("!(bind! if (new-space))", "`if` must start with &"),
        ("!(bind! &x (+ 1 2))", "names new spaces and states only"),
        ("!(bind! &x foo)", "names new spaces and states only"),
        ('!(bind! "(" (new-space))', "must start with &"),
    )
}

_REDEFINED = {
    "(= (if True $a $b) hacked) !(if True 1 2)": "if",
    "(= (if $a $b $c) 1) !(+ 1 2)": "if",
    "(= if 1) !(if True 1 2)": "if",
    "(: if (-> Bool)) !(if True 1 2)": "if",
    "(= (match $a $b $c) 1) !(match &kb (a $x) $x)": "match",
    "(= (let $a $b $c) 1) !(let $x 1 $x)": "let",
    "(= (+ $a $b) 1) !(+ 1 2)": r"\+",
    "(= (add-atom $a $b) 1) !(add-atom &kb (c d))": "add-atom",
    "(= (eval $a) 1) !(eval (+ 1 2))": "eval",
    "(= (import! $a $b) 1) !(import! &self x)": "import!",
    "(= (infer $a) 1) !(infer (a b))": "infer",
    "(= (believe $a $b) 1) !(believe (c d) (stv 1.0 0.9))": "believe",
    "(= (truth $a) 1) !(truth (a b))": "truth",
    "!(add-atom &self (= (if True $a $b) hacked)) !(if True 1 2)": "if",
    "!(add-reduct &self (: if (-> Bool)))": "if",
    "!(add-atoms &self ((= (if True $a $b) hacked)))": "if",
    "!(let $e = (add-atom &self ($e (if True $a $b) hacked)))": "if",
    "!(let $i if (add-atom &self (= ($i True $a $b) hacked)))": "if",
    "!(let $s (new-space) (add-atom $s (= (if True $a $b) hacked)))": "if",
    "!(add-atom &kb (= (if True $a $b) hacked))": "if",
    "!(collapse (add-atom &kb (= (if True $a $b) hacked)))": "if",
}
REDEFINITIONS = {program: (program, LANGUAGE.format(name)) for program, name in _REDEFINED.items()}
REDEFINITIONS |= {
    program: (program, "is about every expression")
    for program in (
        "(= $x poisoned) !(undefined 1)",
        "(= ($f $a $b $c) poisoned) !(if True 1 2)",
        "!(add-atom &self (= $x poisoned))",
    )
}

CASES: dict[str, tuple[str, str]] = {
    **HANGS,
    **ARITHMETIC,
    **SYNTAX,
    **LARGE,
    **ATTACKS,
    **REDEFINITIONS,
}

_MANY = " ".join(f"(f k{i} v{i})" for i in range(3_000))
SOUND: dict[str, tuple[str, list[str]]] = {
    "a fact among 6,000 names": (f"{_MANY} !(match &self (f k600 $y) $y)", ["v600"]),
    "a rule among 3,000 names": (
        " ".join(f"(= (f k{i}) v{i})" for i in range(1_500)) + " !(f k600)",
        ["v600"],
    ),
    "1,500 items": ("!(size-atom (" + "a " * 1_500 + "))", ["1500"]),
    "the rest of the least integer": ("!(% -9223372036854775808 -1)", ["0"]),
    "the knowledge base by its name, stored": (
        "!(add-atom &self (x &kb)) !(match &self (x $kb) (match $kb (a $y) $y))",
        ["b"],
    ),
}
