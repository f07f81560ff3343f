"""Failures that end an export with one plain message."""


class ExportError(Exception):
    """The export cannot go on; the text is what the user reads."""

    exit_code = 1


class NoWeightsError(ExportError):
    """No place that could hold the weights had them."""

    exit_code = 3
