"""How the tool uses the processor."""

import os

import torch


def use_all_cpus():
    """One thread per CPU of the affinity mask."""
    torch.set_num_threads(len(os.sched_getaffinity(0)))


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
