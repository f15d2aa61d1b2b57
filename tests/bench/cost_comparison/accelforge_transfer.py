"""Bytes between memory and one buffer by AccelForge, Timeloop's successor, as CSV: `../../golden/accelforge_transfer.csv` is its output.

As in zigzag_transfer.py, but its mapper is exhaustive and keeps in the buffer what two windows share. It knows no padding, so the input
is the padded map; partial sums of 32 bits may not leave the buffer, since the memory holds 8 bits a value.
Environment, Python 3.12 or later: python3 -m venv V && V/bin/pip install accelforge==1.0.467; usage: V/bin/python accelforge_transfer.py
"""
import contextlib
import csv
import importlib.metadata
import io
import logging
import os
import sys
import tempfile

import accelforge
from layers import LAYERS

BUFFERS = (4096, 16384)
ARCHITECTURE = """arch:
  nodes:
  - !Memory
    {{name: Memory, size: inf, leak_power: 0, area: 0, tensors: {{keep: All}},
     actions: [{{name: read, energy: 1, throughput: inf}}, {{name: write, energy: 1, throughput: inf}}]}}
  - !Memory
    {{name: Buffer, size: {bits}, leak_power: 0, area: 0, bits_per_value: {{output: 32}},
     tensors: {{keep: All, no_refetch_from_above: output}},
     actions: [{{name: read, energy: 0, throughput: inf}}, {{name: write, energy: 0, throughput: inf}}]}}
  - !Compute
    {{name: MAC, leak_power: 0, area: 0, actions: [{{name: compute, energy: 0, throughput: 1}}]}}
"""
WORKLOAD = """workload:
  rank_sizes: {{P: {rows}, Q: {columns}, M: {filters}, C: {channels}, R: {kernel}, S: {kernel}, H: {height}, W: {width}}}
  bits_per_value: {{All: 8}}
  einsums:
  - name: convolution
    tensor_accesses:
    - {{name: input, projection: {{H: {stride} * p + r, W: {stride} * q + s, C: c}}}}
    - {{name: weights, projection: [m, c, r, s]}}
    - {{name: output, projection: [p, q, m], output: True}}
"""


def workload(layer):
    rows, columns = layer.output(layer.height), layer.output(layer.width)
    text = WORKLOAD.format(rows=rows, columns=columns, filters=layer.filters, channels=layer.channels, kernel=layer.kernel,
                           stride=layer.stride, height=(rows - 1) * layer.stride + layer.kernel,
                           width=(columns - 1) * layer.stride + layer.kernel)
    return text.replace("1 * ", "")


def least_bytes(layer, buffer_bytes):
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        paths = [os.path.join(folder, name) for name in ("architecture.yaml", "workload.yaml")]
        for path, text in zip(paths, (ARCHITECTURE.format(bits=8 * buffer_bytes), workload(layer))):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        spec = accelforge.Spec.from_yaml(*paths)
        spec.mapper.metrics = accelforge.mapper.Metrics.ENERGY
        actions = spec.map_workload_to_arch().actions(per_component=True, per_tensor=True)
    return [int(sum(bits for (where, tensor, _), bits in actions.items() if (where, tensor) == ("Memory", name)) / 8)
            for name in ("input", "weights", "output")]


def main():
    logging.disable(logging.WARNING)
    print(f"# AccelForge {importlib.metadata.version('accelforge')}: bytes between memory and the only buffer; input with padding.")
    print("# Made by tests/bench/cost_comparison/accelforge_transfer.py.")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow("layer height width channels filters kernel stride padding buffer_bytes input weights output".split())
    for layer in LAYERS[1:6]:
        for buffer_bytes in BUFFERS:
            writer.writerow((layer.name, layer.height, layer.width, layer.channels, layer.filters, layer.kernel, layer.stride,
                             layer.padding, buffer_bytes, *least_bytes(layer, buffer_bytes)))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
