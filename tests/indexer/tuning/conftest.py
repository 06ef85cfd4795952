"""A sentence encoder of a few thousand weights, made on the spot, with the embedded model's tokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.models import BASE_MODEL, find


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the model: three layers of 32, random weights from a fixed seed, mean pooling."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = AutoTokenizer.from_pretrained(find(BASE_MODEL).folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    layers = Transformer(str(folder / "bert"), max_seq_length=64)
    pooling = Pooling(layers.get_embedding_dimension())
    model = SentenceTransformer(modules=[layers, pooling, Normalize()], device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
