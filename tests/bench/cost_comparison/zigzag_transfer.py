"""Bytes between memory and one buffer by ZigZag for ResNet-20's layers, as CSV: `../../golden/zigzag_transfer.csv` is its output.

One multiply-accumulate unit on a buffer of 4, 16 or 64 KiB behind a memory that costs 1 a byte where all else is free, so that the
least energy is the least transfer. Weights and activations have 8 bits, partial sums 32. Searches: loma with at most 6 and 7 loops,
which is exhaustive within what it merges, and simulated annealing (salsa, seed 1); the slow two run only where the first moves more
than every value once. Their columns are empty elsewhere.
Environment: python3 -m venv V && V/bin/pip install zigzag-dse==3.9.1 six; usage: V/bin/python zigzag_transfer.py
"""
import csv
import importlib.metadata
import logging
import random
import sys
import tempfile

import yaml
from layers import LAYERS
from zigzag.api import get_hardware_performance_zigzag

BUFFERS = (4096, 16384, 65536)
OPERANDS = ("I1", "I2", "O")


def memory(size, cost, width):
    uses = [f"{operand}, {way}" for operand in OPERANDS for way in (("fh", "tl", "fl", "th") if operand == "O" else ("fh", "tl"))]
    port = {"name": "rw_port_1", "type": "read_write", "bandwidth_min": width, "bandwidth_max": width, "allocation": uses}
    return {"size": size, "r_cost": cost, "w_cost": cost, "area": 0, "latency": 1, "operands": list(OPERANDS), "ports": [port],
            "served_dimensions": ["D1"]}


def accelerator(buffer_bytes):
    return {"name": "one_buffer", "memories": {"buffer": memory(8 * buffer_bytes, 0.0, 64), "dram": memory(10 ** 10, 1.0, 8)},
            "operational_array": {"input_precision": [8, 8], "unit_energy": 0.0, "unit_area": 1, "dimensions": ["D1"], "sizes": [1]}}


def workload(layer):
    sizes = [1, layer.filters, layer.channels, layer.output(layer.height), layer.output(layer.width), layer.kernel, layer.kernel]
    return [{"id": 0, "name": "layer", "operator_type": "Conv", "equation": "O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]",
             "dimension_relations": [f"ix={layer.stride}*ox+1*fx", f"iy={layer.stride}*oy+1*fy"],
             "loop_dims": ["B", "K", "C", "OY", "OX", "FY", "FX"], "loop_sizes": sizes, "pr_loop_dims": ["IX", "IY"],
             "pr_loop_sizes": [layer.width, layer.height], "padding": [[layer.padding, layer.padding]] * 2,
             "operand_precision": {"O": 32, "O_final": 8, "W": 8, "I": 8}, "operand_source": {"I": 0, "W": 0}}]


MAPPING = [{"name": "default", "spatial_mapping": {"D1": ["K, 1"]}, "memory_operand_links": {"O": "O", "W": "I2", "I": "I1"}}]


def least_bytes(layer, buffer_bytes, engine, loops=6):
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, content in (("workload", workload(layer)), ("accelerator", accelerator(buffer_bytes)), ("mapping", MAPPING)):
            paths[name] = f"{folder}/{name}.yaml"
            with open(paths[name], "w", encoding="utf-8") as file:
                yaml.safe_dump(content, file)
        energy, *_ = get_hardware_performance_zigzag(**paths, opt="energy", dump_folder=f"{folder}/out", lpf_limit=loops,
                                                     loma_show_progress_bar=False, temporal_mapping_search_engine=engine)
    return int(energy)


def compulsory_bytes(layer):
    read = [min((layer.output(side) - 1) * layer.stride + layer.kernel - layer.padding, side) for side in (layer.height, layer.width)]
    return read[0] * read[1] * layer.channels + layer.steps * layer.filters + layer.pixels * layer.filters


def main():
    logging.disable(logging.WARNING)
    print(f"# ZigZag {importlib.metadata.version('zigzag-dse')}: bytes between memory and the only buffer.")
    print("# Made by tests/bench/cost_comparison/zigzag_transfer.py.")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow("layer height width channels filters kernel stride padding buffer_bytes compulsory loma6 loma7 salsa".split())
    for layer in LAYERS:
        if not layer.name.startswith("resnet20"):
            continue
        for buffer_bytes in BUFFERS:
            found = [least_bytes(layer, buffer_bytes, "loma")]
            if found[0] > compulsory_bytes(layer):
                found += [least_bytes(layer, buffer_bytes, "loma", 7), least_bytes(layer, buffer_bytes, "salsa")]
            writer.writerow((layer.name, layer.height, layer.width, layer.channels, layer.filters, layer.kernel, layer.stride,
                             layer.padding, buffer_bytes, compulsory_bytes(layer), *found, *[""] * (3 - len(found))))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
