#!/usr/bin/env python3
"""Buys the index: each graph gets further convolutions of 1x1 behind its first, at full resolution, where neurons are many.

usage: bought.py GRAPH... FOLDER [LAYERS (4)]
"""
import json
import sys
from pathlib import Path


def bought(graph, layers):
    """The graph with so many convolutions behind the first ReLU; each is as wide as that one."""
    nodes = graph["nodes"]
    first = next(i for i, node in enumerate(nodes) if node["op"] == "relu")
    channels = next(node["channels"] for node in nodes if node["op"] == "convolution")
    last, added = nodes[first]["name"], []
    for number in range(1, layers + 1):
        name = f"bought{number}"
        added += [{"name": name, "op": "convolution", "inputs": [last], "channels": channels},
                  {"name": f"{name}.bn", "op": "batch_norm", "inputs": [name]},
                  {"name": f"{name}.relu", "op": "relu", "inputs": [f"{name}.bn"]}]
        last = f"{name}.relu"
    for node in nodes[first + 1:]:
        node["inputs"] = [last if source == nodes[first]["name"] else source for source in node["inputs"]]
    return {**graph, "nodes": nodes[:first + 1] + added + nodes[first + 1:]}


def main():
    *paths, folder = sys.argv[1:]
    layers = 4
    if folder.isdigit():
        layers, folder = int(folder), paths.pop()
    Path(folder).mkdir(parents=True, exist_ok=True)
    for path in map(Path, paths):
        graph = bought(json.loads(path.read_text()), layers)
        (Path(folder) / path.name).write_text(json.dumps(graph, indent=1) + "\n")


if __name__ == "__main__":
    main()
