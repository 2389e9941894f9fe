"""`python -m stack` is `vahti`, wherever the package can be imported."""

from stack.cli import main

main(prog_name="vahti")
