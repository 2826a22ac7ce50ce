"""The one error of the local stack: a sentence that a person can act on."""


class StackError(Exception):
    """Shown as it is, without a traceback, before the command ends with a non-zero code."""
