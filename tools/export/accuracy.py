"""How often a model is right, and how often two models say the same."""

import dataclasses

import torch

# int8 is exported only within both.
MAX_TOP1_LOSS = 0.005
MIN_AGREEMENT = 0.96

FOLD_SEED = 1


def top_k(logits, classes, k):
    """Share of rows whose class is among the k largest logits."""
    best = logits.topk(min(k, logits.shape[1]), 1).indices
    return (best == classes[:, None]).any(1).double().mean().item()


def agreement(logits, reference):
    """Share of rows with the same first class."""
    same = logits.argmax(1) == reference.argmax(1)
    return same.double().mean().item()


@dataclasses.dataclass(frozen=True)
class Accuracy:
    """Shares of 1; None where there are no labels, or nothing to agree with."""

    top1: float | None
    top5: float | None
    agreement: float | None = None

    def manifest(self):
        return {name: round(value, 4)
                for name, value in dataclasses.asdict(self).items()
                if value is not None}

    def __str__(self):
        names = {"top1": "top-1", "top5": "top-5",
                 "agreement": "same top-1 as fp32"}
        return ", ".join(f"{names[name]} {100 * value:.1f} %"
                         for name, value in self.manifest().items())


def measure(logits, classes, reference=None):
    return Accuracy(
        None if classes is None else top_k(logits, classes, 1),
        None if classes is None else top_k(logits, classes, 5),
        None if reference is None else agreement(logits, reference))


def within_bound(fp32, int8):
    """Whether int8 is close enough to fp32 to be exported."""
    if int8.agreement < MIN_AGREEMENT:
        return False
    # A hair's breadth, so that a loss of exactly the limit passes.
    return (fp32.top1 is None
            or fp32.top1 - int8.top1 <= MAX_TOP1_LOSS + 1e-9)


def split_in_two(count, seed=FOLD_SEED):
    """Two index tensors that share the pictures evenly, by chance."""
    order = torch.randperm(count,
                           generator=torch.Generator().manual_seed(seed))
    return order[:count // 2], order[count // 2:]
