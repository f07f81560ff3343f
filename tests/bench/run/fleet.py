"""All services of a run: frozen, but for the one that is measured."""

import contextlib
import shutil

from . import agreement, places
from .say import say
from .unavailable import Unavailable


class Fleet:
    """Starts services by `catalog`; `files` are pictures to try them with."""

    def __init__(self, results, catalog, files):
        self._results = results
        self._catalog = catalog
        self._files = files
        # Of the first service, which is Wanwu: what the others must agree with.
        self._reference = None
        self._services = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for service in self._services.values():
            service.group.close()

    def __iter__(self):
        """In the order that they were started in."""
        return iter(list(self._services))

    def start(self, name):
        """What cannot be had is noted in the results."""
        say(f"starting {name.key}")
        try:
            self._start(name)
        except Unavailable as error:
            self._services.pop(name, None)
            say(f"{name.key}: not available: {error}")
            self._results.miss(name.key, error)

    def restart(self, name):
        """As after a flood: memory counts from nothing again."""
        self._services.pop(name).group.close()
        self.start(name)

    def time_starts(self, name):
        """Once without known batch times, once with them."""
        shutil.rmtree(places.OUT / "state", ignore_errors=True)
        for which in ("first_s", "again_s"):
            service = self._catalog.start(name)
            self._results.start[which] = round(service.start_s, 3)
            service.group.close()

    @contextlib.contextmanager
    def awake(self, name):
        """The service, which alone may run meanwhile."""
        service = self._services[name]
        service.group.thaw()
        try:
            yield service
        finally:
            service.group.freeze()

    def _start(self, name):
        service = self._catalog.start(name)
        try:
            answers = agreement.best_classes(service, self._files)
            self._reference = self._reference or answers
            agreement.check(answers, self._reference)
        except BaseException:
            service.group.close()
            raise
        service.group.freeze()
        self._services[name] = service
