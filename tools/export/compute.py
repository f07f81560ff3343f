"""How the tool uses the processor."""

import ctypes
import os

import torch

# glibc's <malloc.h>.
_TRIM_THRESHOLD = -1
_MMAP_MAX = -4


def use_all_cpus():
    """One thread per CPU of the affinity mask."""
    torch.set_num_threads(len(os.sched_getaffinity(0)))


def keep_freed_memory():
    """Until the program ends. Tensors of a batch are each so large that glibc
    would get them from the system and give them back, which takes up to three
    quarters of all time: every page is cleared anew."""
    malloc = ctypes.CDLL(None)
    malloc.mallopt(_MMAP_MAX, 0)
    malloc.mallopt(_TRIM_THRESHOLD, 2**31 - 1)


def run_torchscript_uncompiled():
    """As the server runs it. Debian 13's PyTorch, which has LLVM, else compiles
    the whole float network for each shape, which takes it minutes."""
    torch._C._jit_set_profiling_mode(False)


def matmul_transposed(left, right):
    """left [m,k] times right [n,k] transposed, float32.

    Debian's torch uses whatever BLAS the system has, by default the reference
    one; oneDNN's inner product is some twenty times faster.
    """
    product = torch._C._nn.mkldnn_linear(left.contiguous().to_mkldnn(),
                                         right.contiguous().to_mkldnn())
    return product.to_dense()
