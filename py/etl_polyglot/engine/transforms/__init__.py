"""What a job does to its rows between validation and output."""
