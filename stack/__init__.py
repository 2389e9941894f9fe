"""The embedded default (real services as child processes), the supervisor and the command line."""


class StackError(Exception):
    """What the stack needs cannot be had or does not run; the message is written for the person who started it."""
