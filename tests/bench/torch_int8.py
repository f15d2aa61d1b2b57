"""PyTorch's int8 (quantize_fx, engine x86) against its float32 on ResNet-20 with random weights, one thread in processor time, in turn.

inference_bench measures citrine against the same float32. Needs torch; usage: torch_int8.py [rounds]
"""
import statistics
import sys
import time
import warnings

import torch
from torch.ao.quantization import get_default_qconfig_mapping
from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx
from torch.nn import functional

SECONDS = 0.05  # of one contestant's turn


class Block(torch.nn.Module):
    def __init__(self, channels, filters):
        super().__init__()
        self.stride = filters // channels
        self.first = torch.nn.Conv2d(channels, filters, 3, self.stride, 1)
        self.second = torch.nn.Conv2d(filters, filters, 3, 1, 1)
        self.pad = (filters - channels) // 2

    def forward(self, x):
        skip = x if self.stride == 1 else functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return torch.relu(self.second(torch.relu(self.first(x))) + skip)


class ResNet20(torch.nn.Module):
    """Batch norm is folded, so there is none."""

    def __init__(self):
        super().__init__()
        sizes = [16] * 4 + [32] * 3 + [64] * 3
        self.first = torch.nn.Conv2d(3, 16, 3, 1, 1)
        self.blocks = torch.nn.Sequential(*(Block(a, b) for a, b in zip(sizes, sizes[1:])))
        self.classify = torch.nn.Linear(64, 10)

    def forward(self, x):
        return self.classify(self.blocks(torch.relu(self.first(x))).mean((2, 3)))


def contestants(batch):
    torch.manual_seed(1)
    model = ResNet20().eval()
    images = torch.randn(batch, 3, 32, 32)
    prepared = prepare_fx(model, get_default_qconfig_mapping("x86"), images)
    prepared(images)
    quantized = convert_fx(prepared)
    traced = {"float32": model, "int8": quantized}
    for name, module in traced.items():
        for layout in (torch.contiguous_format, torch.channels_last):
            x = images.contiguous(memory_format=layout)
            yield f"{name} {layout}", module.to(memory_format=layout), x
            frozen = torch.jit.freeze(torch.jit.trace(module, x))
            yield f"{name} {layout} frozen", frozen, x
            if name == "float32":
                yield f"{name} {layout} optimized", torch.jit.optimize_for_inference(frozen), x


def rates(batch, rounds):
    works, result = [], {}
    for name, module, x in contestants(batch):
        for _ in range(3):
            start = time.process_time()
            module(x)
        works.append((name, module, x, max(1, int(SECONDS / (time.process_time() - start)))))
    for _ in range(rounds):
        for name, module, x, calls in works:
            start = time.process_time()
            for _ in range(calls):
                module(x)
            result.setdefault(name, []).append(calls * batch / (time.process_time() - start))
    return {name: statistics.median(values) for name, values in result.items()}


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.backends.quantized.engine = "x86"
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with torch.inference_mode():
        for batch in (1, 64):
            all_rates = rates(batch, rounds)
            best = {kind: max(r for name, r in all_rates.items() if name.startswith(kind)) for kind in ("float32", "int8")}
            for name, rate in all_rates.items():
                print(f"batch {batch:2}: {name:40} {rate:8.1f} images/s")
            print(f"batch {batch:2}: best int8 / best float32 {best['int8'] / best['float32']:.2f}")


if __name__ == "__main__":
    main()
