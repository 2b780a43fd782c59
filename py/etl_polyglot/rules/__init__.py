"""Business rules: what an operator's own Python says of records that fit their schema."""
