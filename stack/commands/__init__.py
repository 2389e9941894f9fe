"""One module a command; `stack.cli` has the table of them."""
