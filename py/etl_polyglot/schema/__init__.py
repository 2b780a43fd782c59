"""One JSON Schema per record type: its compiler, its Pydantic model, its columnar checks."""
