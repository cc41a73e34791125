"""The tables, as numbered migrations: migration n takes a database from version n - 1 to n.

A migration that has shipped is never edited; a change is a new one at the end. The version is
SQLite's ``user_version``. Times are seconds since 1970 (UTC), as REAL. ``txn`` columns name the
transaction that wrote a row, ``retired`` the one that ended it.
"""

from __future__ import annotations

APPLICATION_ID = 0x4D_43_4C_57  # "MCLW": tells our files from other people's SQLite databases

_FOUNDATION = """
CREATE TABLE txn (
  id INTEGER PRIMARY KEY, time REAL NOT NULL, author TEXT NOT NULL, note TEXT NOT NULL
) STRICT;

-- An atom that was ever stored. `version` is that of its current belief, NULL while there is none.
-- `hash` is of the canonical text (variables renamed), so alpha-equivalent atoms are one row.
CREATE TABLE atom (
  id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL, version INTEGER
) STRICT;
CREATE INDEX atom_hash ON atom (hash);

-- The path index over the atoms that have a current belief: each leaf by its text and path.
CREATE TABLE leaf (
  leaf TEXT NOT NULL, path TEXT NOT NULL, atom INTEGER NOT NULL, PRIMARY KEY (leaf, path, atom)
) STRICT, WITHOUT ROWID;

-- One row per version of a belief; f and c are NULL for an atom stored without a truth value.
CREATE TABLE belief (
  atom INTEGER NOT NULL, version INTEGER NOT NULL, f REAL, c REAL, origin TEXT NOT NULL,
  txn INTEGER NOT NULL, retired INTEGER, PRIMARY KEY (atom, version)
) STRICT, WITHOUT ROWID;

-- One row per thing that was said or observed once. `words` quotes it where there are words.
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, atom INTEGER NOT NULL, f REAL, c REAL, source TEXT NOT NULL,
  words TEXT, txn INTEGER NOT NULL, retired INTEGER
) STRICT;
CREATE INDEX evidence_atom ON evidence (atom);

-- Long-term memory. Text, atom or both under one id; vectors are a cache of a named model's output.
-- No id is used twice, so that "forget 7" never reaches another item than the one that was shown.
CREATE TABLE item (
  id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, atom TEXT, source TEXT NOT NULL,
  time REAL NOT NULL, txn INTEGER NOT NULL
) STRICT;
CREATE INDEX item_start ON item (substr(text, 1, 40));
CREATE INDEX item_atom ON item (atom) WHERE atom IS NOT NULL;
CREATE TABLE vector (
  item INTEGER PRIMARY KEY, model TEXT NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE INDEX vector_model ON vector (model, item);
CREATE VIRTUAL TABLE item_text USING fts5(
  text, content='item', content_rowid='id', tokenize='porter unicode61'
);
-- Counts the changes of items and vectors, so that a cache in any process knows when it is stale.
CREATE TABLE item_change (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL) STRICT;
INSERT INTO item_change VALUES (1, 0);
CREATE TRIGGER item_added AFTER INSERT ON item BEGIN
  INSERT INTO item_text (rowid, text) VALUES (new.id, new.text);
  UPDATE item_change SET number = number + 1;
END;
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
  INSERT INTO item_text (item_text, rowid, text) VALUES ('delete', old.id, old.text);
  DELETE FROM vector WHERE item = old.id;
  UPDATE item_change SET number = number + 1;
END;
CREATE TRIGGER vector_added AFTER INSERT ON vector BEGIN
  UPDATE item_change SET number = number + 1;
END;

-- The loop. A session is one process's agent; its lock file tells whether it is alive.
CREATE TABLE session (
  id INTEGER PRIMARY KEY, started REAL NOT NULL, ended REAL, pid INTEGER NOT NULL,
  pin TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE message (
  id INTEGER PRIMARY KEY, session INTEGER NOT NULL, time REAL NOT NULL, text TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'stopped'))
) STRICT;
CREATE INDEX message_open ON message (state, id) WHERE state IN ('queued', 'running');
CREATE TABLE cycle (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL, number INTEGER NOT NULL, time REAL NOT NULL,
  model TEXT NOT NULL, answer TEXT NOT NULL, error TEXT,
  tokens_in INTEGER NOT NULL DEFAULT 0, tokens_out INTEGER NOT NULL DEFAULT 0,
  UNIQUE (message, number)
) STRICT;
-- A call is planned with its cycle; begun, with its intent, before an effect outside the database;
-- and ends once. f and c are the truth value of its result, where that has one.
CREATE TABLE call (
  id INTEGER PRIMARY KEY, cycle INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'begun', 'done', 'failed', 'skipped')),
  intent TEXT, value TEXT, f REAL, c REAL, kind TEXT, error TEXT, ms REAL NOT NULL DEFAULT 0,
  txn INTEGER, UNIQUE (cycle, number)
) STRICT;
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL, text TEXT NOT NULL, time REAL NOT NULL,
  delivered REAL
) STRICT;
CREATE INDEX outbox_open ON outbox (id) WHERE delivered IS NULL;
CREATE INDEX outbox_message ON outbox (message);

-- The automatic log. Append only.
CREATE TABLE episode (
  id INTEGER PRIMARY KEY, time REAL NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('message', 'call', 'result', 'reply', 'error')),
  text TEXT NOT NULL, message INTEGER, cycle INTEGER
) STRICT;
CREATE INDEX episode_time ON episode (time);
CREATE INDEX episode_message ON episode (message);
"""

# What is no more, and what has no truth value: counted, they tell how many of the others there are
# without a look at each.
_COUNTING = """
CREATE INDEX atom_gone ON atom (id) WHERE version IS NULL;
CREATE INDEX evidence_gone ON evidence (id) WHERE retired IS NOT NULL;
CREATE INDEX belief_plain ON belief (atom) WHERE retired IS NULL AND f IS NULL;
"""

# What the rule about new evidence asks for (``atoms.evidence``), and where imports came from.
# `atom_change` counts the changes of atoms, so that an evaluation knows whether what it has read
# still holds. `base` names this very base of knowledge, for its exports; a backup keeps the name.
# `import` has each file by its content: one that comes again, under any name, is the same source.
_EVIDENCE = """
-- What the evidence weighs where the confidence has reached its cap, and does not tell it.
ALTER TABLE belief ADD COLUMN weight REAL;
ALTER TABLE evidence ADD COLUMN opinion INTEGER NOT NULL DEFAULT 0;
DROP INDEX evidence_atom;
CREATE INDEX evidence_atom ON evidence (atom, retired);
CREATE TABLE atom_change (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL) STRICT;
INSERT INTO atom_change VALUES (1, 0);
CREATE TABLE base (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL) STRICT;
INSERT INTO base VALUES (1, lower(hex(randomblob(16))));
CREATE TABLE import (
  sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, source TEXT NOT NULL, txn INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX import_path ON import (path);
CREATE INDEX import_source ON import (source);
"""

# What was, and what was concluded. Postings of atoms that had a belief once are kept apart from the
# index of the present; those that were gone before are looked at one by one.
_HISTORY = """
CREATE TABLE leaf_gone (
  leaf TEXT NOT NULL, path TEXT NOT NULL, atom INTEGER NOT NULL, PRIMARY KEY (leaf, path, atom)
) STRICT, WITHOUT ROWID;
CREATE TABLE unposted (atom INTEGER PRIMARY KEY) STRICT;
INSERT INTO unposted SELECT id FROM atom WHERE version IS NULL;
CREATE INDEX txn_time ON txn (time);
DROP INDEX evidence_gone;
CREATE INDEX evidence_retired ON evidence (retired) WHERE retired IS NOT NULL;

-- The bases whose knowledge an imported file had in it, by name, with spaces between.
ALTER TABLE import ADD COLUMN bases TEXT NOT NULL DEFAULT '';

-- When it was said, where that is not when it was written. It counts from then; but what was taken
-- back and is told again counts only from when it is.
ALTER TABLE evidence ADD COLUMN time REAL;
ALTER TABLE evidence ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
CREATE INDEX evidence_time ON evidence (time) WHERE time IS NOT NULL;
-- The transaction that this one took back.
ALTER TABLE txn ADD COLUMN undoes INTEGER;
CREATE INDEX txn_undoes ON txn (undoes) WHERE undoes IS NOT NULL;

-- A use of a rule that somebody decided to keep: a belief that nobody said stands on those that
-- are not retired. `engine` is the version of the program that made it. Premises are atoms, whose
-- truth is looked up when it is needed.
CREATE TABLE derivation (
  id INTEGER PRIMARY KEY, atom INTEGER NOT NULL, rule TEXT NOT NULL, f REAL NOT NULL,
  c REAL NOT NULL, engine TEXT NOT NULL, txn INTEGER NOT NULL, retired INTEGER
) STRICT;
CREATE INDEX derivation_atom ON derivation (atom, retired);
CREATE INDEX derivation_retired ON derivation (retired) WHERE retired IS NOT NULL;
CREATE TABLE premise (
  derivation INTEGER NOT NULL, place INTEGER NOT NULL, atom INTEGER NOT NULL,
  PRIMARY KEY (derivation, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX premise_atom ON premise (atom);
"""

# What speaks against something, so that contradictions are found without reading what does not.
_AGAINST = "CREATE INDEX evidence_against ON evidence (atom) WHERE f <= 0.5 AND c >= 0.5;"

# Who said what, and who has said anything, without reading what others said (``atoms.sayings``).
_SOURCES = "CREATE INDEX evidence_source ON evidence (source);"

# Items by scope, speaker, thread and time; the atoms that say the same; vectors of several models
# at once. `said` has the words of an item's atoms and `mark` its scope as one word, so that a
# search by words stays within a scope without a look at what is outside; `month` names when it was
# said. `value` is the usefulness that an item had at the time `used`. `embedding.seq` only grows,
# so that an index reads what is new alone; `item_change.removed` counts what is gone.
_ITEMS = """
DROP TRIGGER item_added;
DROP TRIGGER item_removed;
DROP TRIGGER vector_added;
DROP TABLE item_text;
DROP INDEX item_start;
DROP INDEX item_atom;
ALTER TABLE item ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN kind TEXT NOT NULL DEFAULT 'note';
ALTER TABLE item ADD COLUMN speaker TEXT;
ALTER TABLE item ADD COLUMN thread TEXT;
ALTER TABLE item ADD COLUMN context TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE item ADD COLUMN value REAL NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN used REAL;
ALTER TABLE item ADD COLUMN expires REAL;
ALTER TABLE item ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN mark TEXT GENERATED ALWAYS AS ('q' || lower(hex(scope)) || '0') VIRTUAL;
ALTER TABLE item ADD COLUMN month TEXT GENERATED ALWAYS AS (CASE strftime('%m', time, 'unixepoch')
  WHEN '01' THEN 'January' WHEN '02' THEN 'February' WHEN '03' THEN 'March'
  WHEN '04' THEN 'April' WHEN '05' THEN 'May' WHEN '06' THEN 'June' WHEN '07' THEN 'July'
  WHEN '08' THEN 'August' WHEN '09' THEN 'September' WHEN '10' THEN 'October'
  WHEN '11' THEN 'November' WHEN '12' THEN 'December'
  END || ' ' || strftime('%Y', time, 'unixepoch')) VIRTUAL;
CREATE INDEX item_exact ON item (substr(text, 1, 40), length(text), substr(text, -40));
CREATE INDEX item_scope ON item (scope, time);
CREATE INDEX item_thread ON item (scope, thread, id) WHERE thread IS NOT NULL;
CREATE INDEX item_speaker ON item (speaker COLLATE NOCASE) WHERE speaker IS NOT NULL;
CREATE INDEX item_expires ON item (expires) WHERE expires IS NOT NULL;

CREATE TABLE item_atom (
  item INTEGER NOT NULL, place INTEGER NOT NULL, atom TEXT NOT NULL, PRIMARY KEY (item, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_atom_atom ON item_atom (atom);
INSERT INTO item_atom SELECT id, 0, atom FROM item WHERE atom IS NOT NULL;
UPDATE item SET text = '' WHERE text = atom;
UPDATE item SET said = atom WHERE atom IS NOT NULL;
ALTER TABLE item DROP COLUMN atom;
CREATE TABLE item_symbol (
  symbol TEXT NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (symbol, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_symbol_item ON item_symbol (item);
-- The same words said again: when, and by whom.
CREATE TABLE item_again (
  item INTEGER NOT NULL, time REAL NOT NULL, source TEXT NOT NULL, txn INTEGER NOT NULL
) STRICT;
CREATE INDEX item_again_item ON item_again (item);
-- Items whose texts say nearly the same; the smaller id first.
CREATE TABLE item_near (
  item INTEGER NOT NULL, near INTEGER NOT NULL, cosine REAL NOT NULL, PRIMARY KEY (item, near)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_near_near ON item_near (near);
-- What later speaks for an item or against it; an episode counts once.
CREATE TABLE item_vote (
  item INTEGER NOT NULL, episode INTEGER NOT NULL, sign INTEGER NOT NULL, txn INTEGER NOT NULL,
  PRIMARY KEY (item, episode)
) STRICT, WITHOUT ROWID;

CREATE TABLE embedding (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL, model TEXT NOT NULL,
  data BLOB NOT NULL, UNIQUE (item, model)
) STRICT;
INSERT INTO embedding (item, model, data) SELECT item, model, data FROM vector;
DROP TABLE vector;
-- The embedding models that items have vectors of; `folder` is empty for the one that ships.
CREATE TABLE embedder (
  name TEXT PRIMARY KEY, folder TEXT NOT NULL, size INTEGER NOT NULL, complete INTEGER NOT NULL
) STRICT;
INSERT INTO embedder SELECT DISTINCT model, '', 384, 1 FROM embedding;

CREATE VIRTUAL TABLE item_text USING fts5(
  text, context, said, mark, month, content='item', content_rowid='id',
  tokenize='porter unicode61'
);
INSERT INTO item_text (item_text) VALUES ('rebuild');
ALTER TABLE item_change ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER item_added AFTER INSERT ON item BEGIN
  INSERT INTO item_text (rowid, text, context, said, mark, month)
    VALUES (new.id, new.text, new.context, new.said, new.mark, new.month);
  UPDATE item_change SET number = number + 1;
END;
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
  INSERT INTO item_text (item_text, rowid, text, context, said, mark, month)
    VALUES ('delete', old.id, old.text, old.context, old.said, old.mark, old.month);
  DELETE FROM item_atom WHERE item = old.id;
  DELETE FROM item_symbol WHERE item = old.id;
  DELETE FROM item_again WHERE item = old.id;
  DELETE FROM item_near WHERE item = old.id OR near = old.id;
  DELETE FROM item_vote WHERE item = old.id;
  DELETE FROM embedding WHERE item = old.id;
  UPDATE item_change SET number = number + 1, removed = removed + 1;
END;
CREATE TRIGGER item_rewritten AFTER UPDATE OF text, context, said, scope, time ON item BEGIN
  INSERT INTO item_text (item_text, rowid, text, context, said, mark, month)
    VALUES ('delete', old.id, old.text, old.context, old.said, old.mark, old.month);
  INSERT INTO item_text (rowid, text, context, said, mark, month)
    VALUES (new.id, new.text, new.context, new.said, new.mark, new.month);
  UPDATE item_change SET number = number + 1;
END;
CREATE TRIGGER embedding_added AFTER INSERT ON embedding BEGIN
  UPDATE item_change SET number = number + 1;
END;
"""

# What the model saw, and what each line of the log belongs to. `blob` has texts, once each by their
# SHA-256; one that is rewritten loses it, so that it is never taken for what it was. `part` has
# what a packet is made of, as ids of texts and numbers; a `packet` is there before it is shown.
_REPLAY = """
CREATE TABLE blob (id INTEGER PRIMARY KEY, sha256 BLOB UNIQUE, text TEXT NOT NULL) STRICT;
CREATE INDEX blob_rewritten ON blob (id) WHERE sha256 IS NULL;
CREATE TRIGGER blob_changed AFTER UPDATE OF text ON blob BEGIN
  UPDATE blob SET sha256 = NULL WHERE id = new.id;
END;
CREATE TABLE part (id INTEGER PRIMARY KEY, ids TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE packet (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL, number INTEGER NOT NULL, time REAL NOT NULL,
  model TEXT NOT NULL, native INTEGER NOT NULL, system INTEGER NOT NULL, tools INTEGER NOT NULL,
  pin INTEGER NOT NULL, text INTEGER NOT NULL, said REAL NOT NULL, notice INTEGER NOT NULL,
  history INTEGER NOT NULL, results TEXT NOT NULL, calls_limit INTEGER NOT NULL,
  cycles_left INTEGER NOT NULL, recall INTEGER NOT NULL
) STRICT;
CREATE INDEX packet_message ON packet (message);
ALTER TABLE cycle ADD COLUMN packet INTEGER;
-- Where a text is large, its column is empty and `blob` has it.
ALTER TABLE call ADD COLUMN blob INTEGER;
ALTER TABLE episode ADD COLUMN blob INTEGER;
ALTER TABLE episode ADD COLUMN call INTEGER;
ALTER TABLE episode ADD COLUMN tool TEXT;
ALTER TABLE episode ADD COLUMN txn INTEGER;
UPDATE episode SET tool = rtrim(substr(text, 2, instr(text || ' ', ' ') - 2), ')')
  WHERE kind = 'call' AND substr(text, 1, 1) = '(';
CREATE INDEX episode_tool ON episode (tool, id) WHERE tool IS NOT NULL;
"""

# What was erased. `erasure` has what to look for until its last trace is gone: in the rows of a
# turn that had not ended, or else in the files; an empty text: the pages of the database are to be
# cleared. `erased` has the transactions of which something is no more, and the one that did that.
_ERASURE = """
CREATE TABLE erasure (id INTEGER PRIMARY KEY, message INTEGER, things TEXT NOT NULL) STRICT;
CREATE TABLE erased (txn INTEGER PRIMARY KEY, eraser INTEGER NOT NULL) STRICT;
CREATE INDEX erased_eraser ON erased (eraser);
"""

# How much was left out of what a transaction wrote, by what it was (``mettaclaw.redaction``).
_REDACTION = """
CREATE TABLE redaction (
  txn INTEGER NOT NULL, label TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (txn, label)
) STRICT, WITHOUT ROWID;
"""

# How far files were read into memory: so many of their items, as long as the file is the same.
_IMPORTS = """
CREATE TABLE item_import (
  form TEXT NOT NULL, place TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
  done INTEGER NOT NULL, complete INTEGER NOT NULL, PRIMARY KEY (form, place, path)
) STRICT, WITHOUT ROWID;
"""

# What a model found useful or useless: one message counts once for an item.
_STANDING = """
CREATE TABLE item_use (
  item INTEGER NOT NULL, episode INTEGER NOT NULL, sign INTEGER NOT NULL, txn INTEGER NOT NULL,
  PRIMARY KEY (item, episode)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER item_use_removed AFTER DELETE ON item BEGIN
  DELETE FROM item_use WHERE item = old.id;
END;
"""

# The files of vector indexes that were written of this database; one of another history of it, as
# before a backup was put back, is not among them. `removed` is how many items had ever been removed
# when the vectors of those were last overwritten in it.
_INDEX_FILES = """
CREATE TABLE index_file (name TEXT PRIMARY KEY, removed INTEGER) STRICT, WITHOUT ROWID;
"""

# Digests of what was erased, and the key that they are made with (``mettaclaw.memory.bygones``).
_BYGONES = """
CREATE TABLE erased_key (id INTEGER PRIMARY KEY CHECK (id = 1), secret BLOB NOT NULL) STRICT;
CREATE TABLE item_erased (digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
"""

# A vote tells which base its episode is of, empty for this one, and whether a model has cast it.
_VOTES = """
CREATE TABLE vote_before (item INTEGER, episode INTEGER, sign INTEGER, txn INTEGER) STRICT;
INSERT INTO vote_before SELECT item, episode, sign, txn FROM item_vote;
DROP TABLE item_vote;
CREATE TABLE item_vote (
  item INTEGER NOT NULL, base TEXT NOT NULL, episode INTEGER NOT NULL, sign INTEGER NOT NULL,
  by_model INTEGER NOT NULL, txn INTEGER NOT NULL, PRIMARY KEY (item, base, episode)
) STRICT, WITHOUT ROWID;
INSERT INTO item_vote SELECT item, '', episode, sign, 0, txn FROM vote_before;
DROP TABLE vote_before;
"""

MIGRATIONS: tuple[str, ...] = (
    _FOUNDATION,
    _COUNTING,
    _EVIDENCE,
    _HISTORY,
    _AGAINST,
    _SOURCES,
    _ITEMS,
    _REPLAY,
    _ERASURE,
    _REDACTION,
    _IMPORTS,
    _STANDING,
    _INDEX_FILES,
    _BYGONES,
    _VOTES,
)
VERSION = len(MIGRATIONS)
