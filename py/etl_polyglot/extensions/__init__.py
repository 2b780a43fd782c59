"""The operator's own Python: the files of ETL_PYTHON_DIR, and what they declare."""
