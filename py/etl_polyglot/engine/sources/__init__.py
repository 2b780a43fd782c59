"""The formats that a job reads."""
