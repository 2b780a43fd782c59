"""Where a job's rows are written; each format is one small module here."""
