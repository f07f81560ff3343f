"""Puts generated parts into a page, between their markers."""

import re


def fill(text, parts):
    """`text` with each of `parts` {name: text} in its place.

    KeyError for a part without markers, so that none is lost.
    """
    for name, part in parts.items():
        begin, end = (f"<!-- bench:{word} {name} -->"
                      for word in ("begin", "end"))
        pattern = f"{re.escape(begin)}\n.*?{re.escape(end)}"
        if not re.search(pattern, text, re.DOTALL):
            raise KeyError(f"no {begin} … {end} in the page")
        filled = f"{begin}\n\n{part}\n\n{end}"
        text = re.sub(pattern, lambda _, filled=filled: filled, text, count=1,
                      flags=re.DOTALL)
    return text
