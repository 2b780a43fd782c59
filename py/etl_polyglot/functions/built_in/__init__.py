"""The functions that are there without ETL_PYTHON_DIR."""

from etl_polyglot.functions.built_in.transform_batch import transform_batch

BUILT_IN = (transform_batch,)
