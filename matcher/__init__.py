"""Who matches what, and who is told: percolation, catch-up, digests, mail, and search with re-check."""
