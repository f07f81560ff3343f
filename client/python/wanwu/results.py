"""What the server answers."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Generic, TypeVar

from . import _messages as messages
from .errors import WanwuError

PictureT = TypeVar("PictureT")

_STATES = ("unspecified", "loading", "ready", "failed")


@dataclasses.dataclass(frozen=True)
class Classification:
    """One class and how probable it is, 0 to 1."""

    index: int
    label: str
    wordnet_id: str
    probability: float


@dataclasses.dataclass(frozen=True)
class Timings:
    """Where the server's time went."""

    decode: datetime.timedelta
    queue: datetime.timedelta
    inference: datetime.timedelta
    total: datetime.timedelta
    batch_size: int


@dataclasses.dataclass(frozen=True)
class Result:
    """Classes of one picture, most probable first."""

    classifications: tuple[Classification, ...]
    model: str
    model_version: str
    precision: str
    timings: Timings
    # What is wrong with the picture, for people; empty for a sound one.
    warnings: tuple[str, ...] = ()
    # Kept by the server from an identical picture before.
    cached: bool = False

    @property
    def top(self) -> Classification:
        return self.classifications[0]


@dataclasses.dataclass(frozen=True)
class Answer(Generic[PictureT]):
    """Of one picture among many; either result or error is there.

    `index` counts the pictures as they were given, from 0.
    """

    index: int
    picture: PictureT
    result: Result | None = None
    error: WanwuError | None = None


@dataclasses.dataclass(frozen=True)
class Model:
    """One version of a model. What follows `state_message` is known only of
    one that is "ready"; the others are "loading" or "failed"."""

    name: str
    version: str
    state: str
    state_message: str
    precision: str
    architecture: str
    trained: bool
    labels_count: int
    batch_size: int
    top1: float | None
    top5: float | None


@dataclasses.dataclass(frozen=True)
class Models:
    """By name, newest version first."""

    models: tuple[Model, ...]
    default_model: str


def result_of(response: messages.ClassifyResponse) -> Result:
    times = response.timings
    return Result(
        tuple(Classification(each.index, each.label, each.wordnet_id,
                             each.probability)
              for each in response.classifications),
        response.model, response.model_version, response.precision,
        Timings(times.decode.ToTimedelta(), times.queue.ToTimedelta(),
                times.inference.ToTimedelta(), times.total.ToTimedelta(),
                times.batch_size),
        tuple(response.warnings), response.cached)


def model_of(model: messages.Model) -> Model:
    measured = model.accuracy.HasField("top1")
    return Model(model.name, model.version, _STATES[model.state],
                 model.state_message, model.precision, model.architecture,
                 model.trained, model.labels_count, model.batch_size,
                 model.accuracy.top1 if measured else None,
                 model.accuracy.top5 if measured else None)


def models_of(response: messages.ListModelsResponse) -> Models:
    return Models(tuple(map(model_of, response.models)),
                  response.default_model)
