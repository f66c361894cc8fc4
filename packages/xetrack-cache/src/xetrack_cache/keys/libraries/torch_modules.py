"""The encoding of PyTorch's modules and tensors by their content.

``state_dict`` alone would not tell two convolutions of different strides apart, nor training from
evaluation, so every attribute of each module counts as well.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from xetrack_cache.keys.classes import encode_class_name
from xetrack_cache.keys.libraries.numpy_arrays import encode_axes
from xetrack_cache.keys.netstrings import netstring, text
from xetrack_cache.keys.object_state import encode_attributes, encode_code_of_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xetrack_cache.keys.encoder import Encoder

_TENSORS = ("_parameters", "_buffers")
_CHILDREN = "_modules"


def encode_torch(encoder: Encoder, value: Any) -> bytes | None:
    """Encode a module or a tensor of PyTorch.

    Parameters
    ----------
    encoder
        Encodes the values within.
    value
        A value of a class of PyTorch, or of one that extends such a class.

    Returns
    -------
    bytes or None
        The part of the key; None for other values, and for tensors if content was not asked for.

    Raises
    ------
    NotKeyableError
        Content was not asked for, or something in a module has none.
    """
    torch = sys.modules["torch"]
    if isinstance(value, torch.nn.Module):
        encoder.need_content(value, "is told from others by its state only")
        return netstring(b"I", b"".join(_modules(encoder, value)))
    if isinstance(value, torch.Tensor) and encoder.content:
        return netstring(b"N", _tensor(encoder, torch, value))
    return None


def _modules(encoder: Encoder, module: Any) -> Iterator[bytes]:
    """Yield a part for each module below one and for itself, by name.

    What is there twice, as tied weights are, refers to where it was first.
    """
    places: dict[int, str] = {}
    for name, each in module.named_modules(remove_duplicate=False):
        yield text(name)
        if id(each) in places:
            yield netstring(b"^", places[id(each)].encode())
            continue
        places[id(each)] = name
        yield encode_class_name(encoder, type(each)) + encode_code_of_class(encoder, each)
        attributes = vars(each)
        for kind in _TENSORS:
            for tensor_name, tensor in attributes[kind].items():
                place = f"{name}.{tensor_name}"
                yield text(tensor_name)
                if tensor is not None and id(tensor) in places:
                    yield netstring(b"^", places[id(tensor)].encode())
                    continue
                places[id(tensor)] = place
                yield encoder.encode_by_state(tensor)
        for attribute, content in sorted(attributes.items()):
            if attribute not in {*_TENSORS, _CHILDREN}:
                # Hooks stand under numbers that another process would count in another way.
                is_hooks = isinstance(content, dict) and "_hooks" in attribute
                shown = [*content.values()] if is_hooks else content
                yield text(attribute) + encoder.encode_by_state(shown)


def _tensor(encoder: Encoder, torch: Any, tensor: Any) -> bytes:
    """Encode a dense tensor by dtype, shape, order of axes, device, gradient and elements."""
    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type == "meta":
        encoder.refuse(tensor, "has no plain elements")
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
    elements = sha256(plain.view(torch.uint8).numpy()).digest()
    described = str(tensor.dtype), tuple(tensor.shape), str(tensor.device), tensor.requires_grad
    axes = encode_axes(encoder, tensor.shape, tensor.stride())
    head = encode_class_name(encoder, type(tensor)) + encoder.of(described) + axes
    gradient = tensor.grad if tensor.is_leaf else None
    rest = encoder.of(gradient) + encode_attributes(encoder, tensor)
    return head + netstring(b"h", elements) + rest
