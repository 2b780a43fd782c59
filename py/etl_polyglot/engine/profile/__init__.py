"""What the columns of a job's output hold, in memory that the data does not make grow."""
