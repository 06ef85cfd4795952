"""A converted model on disk: the folder that `indexer.convert` writes and the encoder runs from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from search.errors import IndexRefused
from search.layout import ModelCard, file_hash, seal, unseal

MODEL, WEIGHTS, TOKENIZER, CARD = "model.xml", "model.bin", "tokenizer.json", "card.json"
TORCH = "torch"  # in the place of model.xml and model.bin, the sentence-transformers model where torch runs it


@dataclass(frozen=True, slots=True)
class Converted:
    """The card of such a folder: whose model it is and in which kind it is run, and how that was chosen.

    `measured` holds the figures by which the kind was chosen; `probes` the vectors of `search.encoder.PROBES` on the
    machine that converted the model.
    """

    model: ModelCard
    measured: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    probes: Sequence[Sequence[float]] = ()

    def save(self, folder: Path) -> None:
        """Writes the card, with the SHA-256 of each file beside it."""
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / CARD]
        files = {str(path.relative_to(folder)): file_hash(path) for path in paths}
        value = {"model": asdict(self.model), "files": files, "measured": self.measured, "probes": self.probes}
        (folder / CARD).write_text(seal(value))

    @classmethod
    def load(cls, folder: Path) -> Converted:
        """Card of a folder. Raises IndexRefused when a file is missing or was changed since it was written."""
        try:
            text = (folder / CARD).read_text()
            value = json.loads(text)
            value = value if value.keys() == {"model", "files"} else unseal(text)  # cards had no seal at first
            card = ModelCard(**value["model"])
            for name, expected in value["files"].items():
                if (found := file_hash(folder / name)) != expected:
                    raise IndexRefused(
                        f"{folder / name} was changed: expected {expected[:12]}, found {found[:12]}; build the index "
                        "again, which converts the model anew"
                    )
            return cls(card, value.get("measured", {}), value.get("probes", ()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexRefused(
                f"the converted model in {folder} cannot be read ({error}); build the index again"
            ) from None
