"""What the search index knows: its settings, its fields, and the pure functions that fill and ask them."""
