"""Client of Wanwu, which classifies pictures.

    with wanwu.Client("127.0.0.1:8500") as client:
        print(client.classify("cat.jpg").top.label)
"""

from .async_client import AsyncClient
from .client import Client
from .errors import (DeadlineExceeded, InvalidRequest, NotFound, Overloaded,
                     PermissionDenied, Unauthenticated, Unavailable,
                     UnreadablePicture, WanwuError)
from .progress import Progress
from .results import (Answer, Classification, Model, Models, Result, Timings)
from .retries import RetryPolicy

__all__ = [
    "Answer", "AsyncClient", "Classification", "Client", "DeadlineExceeded",
    "InvalidRequest", "Model", "Models", "NotFound", "Overloaded",
    "PermissionDenied", "Progress", "Result", "RetryPolicy", "Timings",
    "Unauthenticated", "Unavailable", "UnreadablePicture", "WanwuError"
]
