"""What is true and what is owed: Postgres rows, their transitions and the relay that hands owed work to the queue."""
