"""Whether services do the same work: the same best class for most pictures."""

from .unavailable import Unavailable

PICTURES = 20
# Quantised networks differ in some; another preprocessing in many.
LEAST = 0.75


def sample(pictures):
    """Some of a folder's files, spread over it."""
    files = sorted(pictures.glob("*.[jJ][pP]*[gG]"))
    return files[::max(1, len(files) // PICTURES)][:PICTURES]


def best_classes(service, files):
    return [service.best_class(file) for file in files]


def check(answers, reference):
    same = sum(a == b for a, b in zip(answers, reference))
    if same < LEAST * len(reference):
        raise Unavailable(f"it agrees with Wanwu on {same} of "
                          f"{len(reference)} pictures only")
