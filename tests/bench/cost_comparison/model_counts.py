"""Parameters and multiply-accumulates of built-in networks by fvcore and ptflops, as CSV: `../../golden/model_counts.csv` is its output.

The networks are PyTorch modules that share no code with citrine. Both counters are asked for convolutions and fully connected layers
alone (ptflops counts batch norm, activations, pools and sums too); ptflops adds one for each bias, which is the number of classes.
Environment: python3 -m venv V && V/bin/pip install torch==2.11.0 torchvision==0.26.0 pretrainedmodels==0.7.4 ptflops==0.7.5
fvcore==0.1.5.post20221221; usage: V/bin/python model_counts.py
"""
import csv
import importlib.metadata
import io
import logging
import sys

import ptflops
import torch
from fvcore.nn import FlopCountAnalysis, parameter_count
from reference_models import MODELS
from torch import nn

COUNTED = (nn.Conv2d, nn.Linear)


def by_fvcore(model, shape):
    counts = FlopCountAnalysis(model, torch.zeros(1, *shape)).by_operator()
    return parameter_count(model)[""], counts["conv"] + counts["linear"]


def by_ptflops(model, shape):
    kinds = {type(module) for module in model.modules() if not list(module.children())} - set(COUNTED)
    macs, parameters = ptflops.get_model_complexity_info(
        model, shape, as_strings=False, print_per_layer_stat=False, ost=io.StringIO(), backend="pytorch",
        backend_specific_config={"count_functional": False}, custom_modules_hooks={kind: None for kind in kinds}, ignore_modules=list(kinds))
    return parameters, macs


def main():
    logging.disable(logging.WARNING)
    packages = ("torch", "torchvision", "pretrainedmodels")
    print("# Trainable parameters and multiply-accumulates of convolutions and fully connected layers, counted on PyTorch modules by")
    print("# tests/bench/cost_comparison/model_counts.py (" + ", ".join(f"{p} {importlib.metadata.version(p)}" for p in packages) + ").")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("model", "module", "counter", "version", "parameters", "macs"))
    for name, source, shape, make in MODELS:
        for counter, count in (("fvcore", by_fvcore), ("ptflops", by_ptflops)):
            writer.writerow((name, source, counter, importlib.metadata.version(counter), *count(make().eval(), shape)))


if __name__ == "__main__":
    main()
