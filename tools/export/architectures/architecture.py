"""What an export has to know about an architecture."""

import dataclasses
from collections.abc import Callable

from export import torchscript
from export.input_spec import InputSpec


@dataclasses.dataclass(frozen=True)
class Architecture:
    """network is None where 8 bits are not attempted; why_no_int8 says why.

    load_state is None where build() comes with its weights.
    freeze(module, example): frozen TorchScript of a module that was built;
    example is a batch of inputs. notes go into the manifest.
    """

    name: str
    build: Callable
    load_state: Callable
    input_spec: InputSpec
    network: Callable | None
    why_no_int8: str = ""
    freeze: Callable = torchscript.freeze_scripted
    notes: tuple = ()
