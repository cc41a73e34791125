"""Engines for the one embedding model: how fast each is, how well they agree, and what it costs.

torch in float32 (what the product uses) and with its own dynamic int8, onnxruntime in float32 and
with dynamic int8, all with the weights of the same file. Speed is texts per second of CPU time, one
thread, each text a turn of LoCoMo; agreement is the cosine to torch's float32 over all turns; the
cost is R@10 of plain cosine on "speaker: text", with the two names taken out of the question.

``python -m benchmarks.engines --data FOLDER [--json OUT]``; onnx and onnxruntime are installed into
an environment of their own. Not covered: GPUs, more threads, other quantizations.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import environments
from benchmarks.figures import Figure, machine, tell
from benchmarks.locomo_data import DEPTH, Conversation, DataError, Scores, load, scores, summary
from benchmarks.minilm import INPUTS, export, folder

REQUIREMENTS = ("onnx", "onnxruntime")
ENGINES = ("torch f32", "torch int8", "onnxruntime f32", "onnxruntime int8")
TIMED = 320  # texts, for the speed; all of them for the rest
Encode = Callable[[Sequence[str]], Any]  # to rows of length 1, as a numpy array


def _results(data: Path) -> dict[str, Any]:
    load(data)  # what is wrong with the data is said before anything is installed
    interpreter = environments.python("engines", REQUIREMENTS)
    arguments = ("--data", str(data.resolve()), "--here")
    told = environments.run(interpreter, "benchmarks.engines", *arguments)
    return json.loads(told.splitlines()[-1])


def _here(data: Path) -> dict[str, Any]:
    """Everything, in the process that has the engines."""
    conversations = load(data)
    texts = [turn.said for talk in conversations for turn in talk.turns]
    import onnxruntime
    import torch

    torch.set_num_threads(1)
    found: dict[str, Any] = {
        "machine": machine(),
        "versions": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__},
        "engines": {},
    }
    figures: list[Figure] = []
    reference = None
    for name in ENGINES:
        encode = _engine(name)
        rates = {batch: _per_cpu_second(encode, texts[:TIMED], batch) for batch in (1, 32)}
        vectors = _in_batches(encode, texts, 32)
        reference = vectors if reference is None else reference
        cosines = (vectors * reference).sum(axis=1)
        means = _means(encode, conversations, vectors)
        found["engines"][name] = {
            "texts_per_cpu_second": rates,
            "cosine_min": float(cosines.min()),
            "cosine_mean": float(cosines.mean()),
            "scores": {part: asdict(mean) for part, mean in means.items()},
        }
        figures += [
            Figure(f"{name}: one text at a time, {TIMED} turns", rates[1], "texts/CPU s"),
            Figure(f"{name}: 32 texts at a time, {TIMED} turns", rates[32], "texts/CPU s"),
            Figure(f"{name}: least cosine to torch f32", float(cosines.min()), ""),
            Figure(f"{name}: R@10 of plain cosine", 100 * means["all"].r10, "%"),
        ]
        print(f"{name} is measured", file=sys.stderr, flush=True)
    found["figures"] = [asdict(figure) for figure in figures]
    return found


def _engine(name: str) -> Encode:
    library, kind = name.split()
    return _torch(kind) if library == "torch" else _onnx(kind)


def _torch(kind: str) -> Encode:
    import torch
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(str(folder()), device="cpu", local_files_only=True)
    if kind == "int8":
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, torch.qint8)
    return lambda texts: model.encode(
        list(texts), batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False
    )


def _onnx(kind: str) -> Encode:
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    file = export()
    if kind == "int8":
        from onnxruntime.quantization import QuantType, quantize_dynamic

        whole, file = file, file.with_name("model-int8.onnx")
        if not file.exists():
            quantize_dynamic(whole, file, weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()

    def encode(texts: Sequence[str]) -> Any:
        coded = tokenizer.encode_batch(list(texts))
        columns = ([c.ids for c in coded], [c.attention_mask for c in coded])
        ids, mask = (np.array(column, dtype=np.int64) for column in columns)
        given = dict(zip(INPUTS, (ids, mask, np.zeros_like(ids)), strict=True))
        hidden = session.run(None, given)[0]
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    return encode


def _in_batches(encode: Encode, texts: Sequence[str], size: int) -> Any:
    """The vectors of all, those of like length together, as sentence-transformers does it."""
    import numpy as np

    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    vectors = np.concatenate([encode([texts[place] for place in batch]) for batch in batches])
    return vectors[np.argsort(np.array(order))]


def _per_cpu_second(encode: Encode, texts: Sequence[str], size: int) -> float:
    """The best of two passes, after a warm-up."""
    encode(texts[:size])
    seconds: list[float] = []
    for _ in range(2):
        start = time.process_time()
        _in_batches(encode, texts, size)
        seconds.append(time.process_time() - start)
    return len(texts) / min(seconds)


def _means(encode: Encode, talks: Sequence[Conversation], vectors: Any) -> dict[str, Scores]:
    import numpy as np

    scored: list[tuple[Any, Scores]] = []
    start = 0
    for talk in talks:
        own = vectors[start : start + len(talk.turns)]
        start += len(talk.turns)
        asked = [without(talk.speakers, question.text) for question in talk.questions]
        near = np.argsort(-(_in_batches(encode, asked, 32) @ own.T), axis=1, kind="stable")
        for question, places in zip(talk.questions, near[:, :DEPTH], strict=True):
            ranked = [talk.turns[place].id for place in places]
            scored.append((question, scores(ranked, question.evidence)))
    return summary(scored)


def without(names: Sequence[str], text: str) -> str:
    """The text with none of these names in it."""
    found = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})(?:['’]s)?\b", re.IGNORECASE)
    return " ".join(found.sub(" ", text).split())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.engines", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="a folder with LoCoMo's files")
    parser.add_argument("--json", type=Path, nargs="?", const=Path("-"), help="file for all of it")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.here:
        print(json.dumps(_here(chosen.data)))
        return 0
    try:
        results = _results(chosen.data)
    except DataError as failure:
        parser.error(str(failure))
    return tell(results, chosen.json)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
