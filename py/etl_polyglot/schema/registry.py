"""The record schemas that a process knows: built-in ones, and a folder's, compiled to a cache."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

from pydantic import BaseModel

from etl_polyglot.generated.records import BUILT_IN
from etl_polyglot.schema.compile import Compiled, compile_folder
from etl_polyglot.schema.load import combined_digest
from etl_polyglot.schema.names import module_name, record_type_name
from etl_polyglot.schema.profile import suggestion
from etl_polyglot.schema.record import RecordSchema, record_schema


class SchemaNotFoundError(KeyError):
    """No record schema has this name; `suggestion` is one that was probably meant."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known
        self.suggestion = suggestion(name, known)

    def __str__(self) -> str:
        meant = f"; did you mean {self.suggestion}?" if self.suggestion else ""
        return f"there is no record schema {self.name}{meant}"


class SchemaRegistry:
    """Record schemas by name; `digest` is one over all of them, the same in Node."""

    def __init__(self, schemas: dict[str, RecordSchema]) -> None:
        self._schemas = schemas
        self.digest = combined_digest({name: schemas[name].digest for name in schemas})

    @classmethod
    def load(cls, schema_dir: Path, cache_dir: Path | None = None) -> SchemaRegistry:
        """Load every `NAME.schema.json` of a folder, compiling what the cache lacks.

        Without `cache_dir` the cache is a temporary folder that lives while modules are loaded.
        Raises SchemaError with every problem of every schema.
        """
        if cache_dir is None:
            with tempfile.TemporaryDirectory(prefix="etl-schemas-") as folder:
                return cls.load(schema_dir, Path(folder))
        compiled = compile_folder(schema_dir, cache_dir)
        return cls({one.record.name: loaded(one) for one in compiled})

    def get(self, name: str) -> RecordSchema:
        """Return the schema of this name; raises SchemaNotFoundError."""
        try:
            return self._schemas[name]
        except KeyError:
            raise SchemaNotFoundError(name, self.names()) from None

    def names(self) -> list[str]:
        """List the names in order."""
        return sorted(self._schemas)


def loaded(compiled: Compiled) -> RecordSchema:
    """Join a compiled schema with its model, imported from its module."""
    record = compiled.record
    if compiled.python_module is None:
        return record_schema(record, BUILT_IN[record.name][1])
    return record_schema(record, _model(compiled.python_module, record.name, record.digest))


def _model(path: Path, name: str, digest: str) -> type[BaseModel]:
    qualified = f"etl_polyglot_schema_{digest}_{module_name(name)}"
    spec = importlib.util.spec_from_file_location(qualified, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[qualified] = module  # Pydantic looks annotations up there
    spec.loader.exec_module(module)
    model: type[BaseModel] = getattr(module, record_type_name(name))
    return model
