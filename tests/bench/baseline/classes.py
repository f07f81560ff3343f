"""What a service answers: the best five classes."""

import numpy

TOP = 5


def best_classes(logits, labels):
    """`logits` of one picture as a list fit for JSON, best first."""
    best = numpy.argpartition(logits, -TOP)[-TOP:]
    best = best[numpy.argsort(-logits[best])]
    exponents = numpy.exp(logits - logits[best[0]])
    probabilities = exponents[best] / exponents.sum()
    return [{"index": int(index), "label": labels[index],
             "probability": float(probability)}
            for index, probability in zip(best, probabilities)]
