"""What a service answers: the best five classes."""

import pathlib

import numpy

TOP = 5


def read_labels(package):
    """The English label of each class, in order."""
    lines = pathlib.Path(package, "labels.tsv").read_text().splitlines()
    return [line.split("\t")[2] for line in lines[1:]]


def best_classes(logits, labels):
    """`logits` of one picture as a list fit for JSON, best first."""
    best = numpy.argpartition(logits, -TOP)[-TOP:]
    best = best[numpy.argsort(-logits[best])]
    exponents = numpy.exp(logits - logits[best[0]])
    probabilities = exponents[best] / exponents.sum()
    return [{"index": int(index), "label": labels[index],
             "probability": float(probability)}
            for index, probability in zip(best, probabilities)]
