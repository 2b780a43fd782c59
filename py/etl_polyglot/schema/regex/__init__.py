"""Regular expressions: read once as ECMA-262 with the flag `u`, written for every engine."""
