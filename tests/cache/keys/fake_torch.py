"""As much of PyTorch as a key looks at, for tests without it; its classes are those of `torch`."""

from __future__ import annotations

from collections import OrderedDict
from types import ModuleType, SimpleNamespace

import numpy as np

torch = ModuleType("torch")
torch.strided, torch.uint8 = "strided", np.uint8


class Tensor:
    __module__ = "torch"
    layout, is_quantized, is_leaf, grad = "strided", False, True, None

    def __init__(self, data, device="cpu", requires_grad=False):
        self._data = np.asarray(data)
        self.device = SimpleNamespace(type=device)
        self.requires_grad = requires_grad

    dtype = property(lambda self: self._data.dtype)
    shape = property(lambda self: self._data.shape)

    def __eq__(self, other):
        return Tensor(self._data == other._data)

    __hash__ = object.__hash__

    def stride(self):
        return tuple(step // self._data.itemsize for step in self._data.strides)

    def detach(self):
        return self

    cpu = resolve_conj = resolve_neg = contiguous = detach

    def reshape(self, size):
        return Tensor(self._data.reshape(size))

    def view(self, dtype):
        return Tensor(self._data.view(dtype))

    def numpy(self):
        return self._data


class Module:
    __module__ = "torch.nn.modules.module"

    def __init__(self):
        self.training = True
        self._parameters, self._buffers, self._modules = {}, {}, {}
        self._non_persistent_buffers_set = set()
        self._forward_hooks = OrderedDict()

    def named_modules(self, prefix="", remove_duplicate=True):
        yield prefix, self
        for name, module in self._modules.items():
            yield from module.named_modules(f"{prefix}.{name}".strip("."), remove_duplicate)


torch.Tensor, torch.nn = Tensor, SimpleNamespace(Module=Module)
