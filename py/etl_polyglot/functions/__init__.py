"""Functions that Node calls by name: built in, or the operator's own."""
