"""Bringing what a source holds to the column types of a schema."""
