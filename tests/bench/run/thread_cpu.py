"""CPU time of a process by what its threads are called."""

# wanwu-server's threads that work on admitted pictures.
WORKERS = ("wanwu-lane", "wanwu-decode")


def read(processes):
    """{thread: (its name, its CPU seconds)} of folders in /proc."""
    threads = {}
    for process in processes:
        for task in process.glob("task/*"):
            try:
                nanoseconds = (task / "schedstat").read_text().split()[0]
                threads[task] = ((task / "comm").read_text().strip(),
                                 int(nanoseconds) / 1e9)
            except OSError:
                continue  # It has ended meanwhile.
    return threads


def used_between(before, after, without=()):
    """Seconds, but for threads whose names begin with one of `without`."""
    return sum(seconds - before.get(thread, ("", 0))[1]
               for thread, (name, seconds) in after.items()
               if not name.startswith(tuple(without)))
