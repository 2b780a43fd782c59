"""The third back end: a schema's verdict on Arrow columns, by kernels."""
