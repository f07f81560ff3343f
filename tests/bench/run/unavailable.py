"""What cannot be measured here, and why."""


class Unavailable(Exception):
    """Its text says why. The rest of the benchmark goes on."""
