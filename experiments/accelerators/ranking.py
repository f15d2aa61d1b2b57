#!/usr/bin/env python3
"""How does the ranking of random networks change between accelerators?

usage: ranking.py CITRINE FOLDER

Draws 84 networks of each of the six families of ../sensitivity/architectures.py (seed 1) into FOLDER, inspects each on the three
accelerators that are shipped, writes costs.csv and prints rank correlations with 95 % intervals over 2000 resamples of networks.
"""
import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

ACCELERATORS = ["microcontroller", "eyeriss", "tpu"]
COSTS = {"transfer": "transfer_bytes_per_frame", "energy": "energy_pj_per_frame", "time": "seconds_per_frame",
         "bandwidth": "bandwidth_bytes_per_s", "utilization": "utilization"}


def ranks(values):
    """Mean ranks of ties."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def spearman(a, b):
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def interval(a, b, generator):
    draws = (generator.integers(0, len(a), len(a)) for _ in range(2000))
    return np.percentile([spearman(a[d], b[d]) for d in draws], [2.5, 97.5])


def inspect(citrine, network, accelerator):
    """Costs of a network; what was inspected before is kept."""
    kept = network.with_suffix(f".{accelerator}")
    if not kept.exists():
        words = [citrine, "inspect", network, "--accelerator", accelerator, "--format", "json"]
        text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        kept.with_suffix(".partial").write_text(text)
        kept.with_suffix(".partial").rename(kept)
    result = json.loads(kept.read_text())
    return {name: result["cost"][key] for name, key in COSTS.items()} | {"macs": result["macs"]}


def main():
    citrine, folder = sys.argv[1], Path(sys.argv[2])
    here = Path(__file__).resolve().parent
    subprocess.run([sys.executable, here.parent / "sensitivity/architectures.py", folder, "84", "1"], check=True)
    networks = sorted(folder.glob("*.json"))
    costs = {a: [inspect(citrine, network, a) for network in networks] for a in ACCELERATORS}
    with open(folder / "costs.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["network", "macs"] + [f"{a} {name}" for a in ACCELERATORS for name in COSTS])
        for i, network in enumerate(networks):
            writer.writerow([network.stem, costs["tpu"][i]["macs"]] + [costs[a][i][name] for a in ACCELERATORS for name in COSTS])
    generator = np.random.default_rng(0)
    macs = np.array([entry["macs"] for entry in costs["tpu"]])
    print(f"{len(networks)} networks\n\n| cost | pair | Spearman's rho | 95 % | of the best 50, shared |\n|---|---|---|---|---|")
    for name in COSTS:
        columns = {a: np.array([entry[name] for entry in costs[a]]) for a in ACCELERATORS} | {"MACs": macs}
        pairs = [(a, b) for i, a in enumerate(columns) for b in list(columns)[i + 1:]]
        for a, b in pairs:
            low, high = interval(columns[a], columns[b], generator)
            sign = -1 if name == "utilization" else 1
            best = [set(np.argsort(sign * columns[x] if x != "MACs" else columns[x], kind="stable")[:50]) for x in (a, b)]
            print(f"| {name} | {a}, {b} | {spearman(columns[a], columns[b]):.3f} | {low:.3f} to {high:.3f} | {len(best[0] & best[1])} |")


if __name__ == "__main__":
    main()
