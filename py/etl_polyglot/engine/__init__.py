"""The chunk engine: sources, casting, validation, transforms and sinks of one job."""
