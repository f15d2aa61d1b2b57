"""Trials of PyTorchFI and MRFI on ResNet-20 against PyTorch's float32 inference, one thread in processor time, in turn; and their SDC shares.

One bit flips of one of 8 bits: of an output of a convolution, another one in each image of a batch, or of a weight, the same for the
batch. Layers are equally likely. injection_bench measures citrine against the same float32.
Needs torch, pytorchfi 0.6.0 and mrfi 2.1.0; usage: injection_tools.py WEIGHTS.safetensors CIFAR10_RECORDS [trials] [rounds]
"""
import json
import logging
import random
import statistics
import struct
import sys
import time
import warnings

import mrfi
import numpy
import torch
from pytorchfi import neuron_error_models, weight_error_models
from torch_int8 import ResNet20, contestants

BATCH, IMAGES, BITS, EPSILON = 64, 1000, 8, 1e-5


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        content = file.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(numpy.frombuffer(content[slice(*tensor["data_offsets"])], numpy.float32).reshape(tensor["shape"]).copy())
            for name, tensor in header.items() if tensor["dtype"] == "F32"}


def fold(convolution, tensors, name, norm):
    scale = tensors[f"{norm}.weight"] / torch.sqrt(tensors[f"{norm}.running_var"] + EPSILON)
    convolution.weight.data = tensors[f"{name}.weight"] * scale[:, None, None, None]
    convolution.bias.data = tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * scale


def resnet20(tensors):
    model = ResNet20().eval().requires_grad_(False)
    fold(model.first, tensors, "conv1", "bn1")
    for i, block in enumerate(model.blocks):
        name = f"layer{i // 3 + 1}.{i % 3}"
        fold(block.first, tensors, f"{name}.conv1", f"{name}.bn1")
        fold(block.second, tensors, f"{name}.conv2", f"{name}.bn2")
    model.classify.weight.data, model.classify.bias.data = tensors["linear.weight"], tensors["linear.bias"]
    return model


def read_images(path):
    records = numpy.fromfile(path, numpy.uint8).reshape(-1, 3073)[:IMAGES]
    pixels = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype(numpy.float32) / 255)
    mean, deviation = (torch.tensor(a)[:, None, None] for a in ((.485, .456, .406), (.229, .224, .225)))
    return ((pixels - mean) / deviation), torch.from_numpy(records[:, 0].astype(numpy.int64))


def convolutions(model):
    return [module for module in model.modules() if isinstance(module, torch.nn.Conv2d)]


def largest_outputs(model, images):
    largest, layers = {}, convolutions(model)
    handles = [layer.register_forward_hook(lambda layer, _, out: largest.update({layer: out.abs().max().item()})) for layer in layers]
    model(images)
    for handle in handles:
        handle.remove()
    return [largest[layer] for layer in layers]


class PyTorchFI:
    """A trial is a batch on a copy of the network with hooks, or with another weight."""

    def __init__(self, model, images, is_weight):
        self.is_weight, self.model = is_weight, model
        self.tool = neuron_error_models.single_bit_flip_func(model, BATCH, input_shape=[3, 32, 32], bits=BITS)
        self.ranges = largest_outputs(model, images)

    def flip_weight(self, weight, place):
        return self.tool._flip_bit_signed(weight[place], weight.abs().max(), random.randrange(BITS))

    def __call__(self, batch):
        if not self.is_weight:
            return neuron_error_models.random_neuron_single_bit_inj_batched(self.tool, self.ranges)(batch)
        layer, *place = weight_error_models.random_weight_location(self.tool)
        names = ("k", "dim1", "dim2", "dim3")
        return self.tool.declare_weight_fi(function=self.flip_weight, layer_num=layer, **dict(zip(names, place)))(batch)

    def golden(self, batch):
        return self.model(batch)


class MRFI:
    """A trial is a batch with injection switched on in one layer, whose values are quantized."""

    def __init__(self, model, is_weight):
        selector = {"method": "RandomPositionByNumber", "n": 1} | ({} if is_weight else {"per_instance": True})
        self.tool = mrfi.MRFI(model, mrfi.EasyConfig({"faultinject": [{
            "type": "weight" if is_weight else "activation_out", "module_type": ["Conv2d"], "enabled": False, "selector": selector,
            "quantization": {"method": "SymmericQuantization", "dynamic_range": "auto", "bit_width": BITS},
            "error_mode": {"method": "IntRandomBitFlip", "bit_width": BITS}}]}))
        self.layers = [(layer.weight, layer.weight.clone()) for layer in convolutions(model)]
        self.configs = self.tool.get_weights_configs() if is_weight else self.tool.get_activation_configs(is_out=True)
        self.at = 0

    def __call__(self, batch):
        self.switch(random.randrange(len(self.configs)))
        return self.tool(batch)

    def switch(self, layer):
        """The tool leaves what it made of a weight when it is switched off."""
        weight, before = self.layers[self.at]
        weight.copy_(before)
        self.configs[self.at].enabled = False
        self.configs[layer].enabled, self.at = True, layer

    def golden(self, batch):
        """Of the same layer, quantized."""
        with self.tool.golden_run():
            return self.tool(batch)


def measured_costs(tools, images, rounds):
    """In inferences of the fastest float32 form."""
    works = {name: (module, x) for name, module, x in contestants(BATCH) if name.startswith("float32")}
    works |= {name: (tool, images[:BATCH]) for name, tool in tools.items()}
    seconds = {name: [] for name in works}
    for _ in range(rounds):
        for name, (work, x) in works.items():
            start = time.process_time()
            work(x)
            seconds[name].append(time.process_time() - start)
    best = min((name for name in works if name not in tools), key=lambda name: statistics.median(seconds[name]))
    print(f"fastest form: {best}, {statistics.median(seconds[best]) / BATCH * 1e6:.0f} us an image")
    return {name: statistics.median(a / b for a, b in zip(seconds[name], seconds[best])) for name in tools}


def sdc_share(tool, images, trials):
    """With the half width of a 95 % interval, batches being what is drawn."""
    shares = []
    for batch in range(-(-trials // BATCH)):
        x = images[[(batch * BATCH + i) % IMAGES for i in range(BATCH)]]
        faulty = tool(x).argmax(1)
        shares.append((faulty != tool.golden(x).argmax(1)).double().mean().item())
    return statistics.mean(shares), 1.96 * statistics.stdev(shares) / len(shares) ** .5, len(shares)


def main():
    warnings.simplefilter("ignore")
    logging.disable()
    torch.set_num_threads(1)
    torch.backends.quantized.engine = "x86"
    torch.manual_seed(1)
    random.seed(1)
    trials, rounds = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((3, 12800), (4, 21)))
    tensors = read_safetensors(sys.argv[1])
    images, labels = read_images(sys.argv[2])
    with torch.no_grad():
        right = (resnet20(tensors)(images).argmax(1) == labels).sum()
        print(f"fault-free: {right} of {IMAGES}")
        tools = {f"{kind.__name__}, {'weight' if is_weight else 'output'}": make(is_weight) for is_weight in (False, True)
                 for kind, make in ((PyTorchFI, lambda w: PyTorchFI(resnet20(tensors), images, w)), (MRFI, lambda w: MRFI(resnet20(tensors), w)))}
        costs = measured_costs(tools, images, rounds)
        for name, tool in tools.items():
            share, half, batches = sdc_share(tool, images, trials)
            print(f"{name:18} a trial costs {costs[name]:.2f} inferences; SDC {100 * share:.2f} % +- {100 * half:.2f}, {batches} batches", flush=True)


if __name__ == "__main__":
    main()
