"""Puts citrine's own numbers for each layer beside those of the golden files; usage: compare.py CITRINE

Asks `CITRINE inspect LAYER.json --accelerator FILE.json --format json`.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

from layers import LAYERS

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "golden"


def golden_table(name):
    with open(GOLDEN / name, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def accelerator(rows=16, columns=16, dataflow="output_stationary", buffer_bytes=65536):
    return {"name": "compared", "source": "tests/bench/cost_comparison", "array": {"rows": rows, "columns": columns, "dataflow": dataflow},
            "clock_hz": 200e6, "buffer": {"bytes": buffer_bytes, "dataflow": "any", "keeps_maps": False},
            "bits": {"weight": 8, "activation": 8, "accumulator": 32}, "frames": 1, "memory_bytes_per_s": 400e6, "energy": "45nm"}


def inspected(citrine, layer, **settings):
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, name) for name in ("layer.json", "accelerator.json")]
        for path, content in zip(paths, (layer.graph(), accelerator(**settings))):
            path.write_text(json.dumps(content), encoding="utf-8")
        command = [citrine, "inspect", paths[0], "--accelerator", paths[1], "--format", "json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["layers"][1]


def compare_cycles(citrine, layers):
    differences = {}
    for row in golden_table("scalesim_cycles.csv"):
        layer = layers[row["layer"]]
        touched = [str((layer.output(side) - 1) * layer.stride + layer.kernel) for side in (layer.height, layer.width)]
        own = inspected(citrine, layer, rows=int(row["rows"]), columns=int(row["columns"]), dataflow=row["dataflow"])["cycles"]
        difference = int(row["scalesim_cycles"]) - own // layer.groups
        seen = "the size that windows touch" if [row["given_height"], row["given_width"]] == touched else "the whole padded size"
        differences.setdefault(seen, []).append((difference, own // layer.groups))
    for seen, found in differences.items():
        relative = [100 * difference / own for difference, own in found]
        print(f"told {seen}, {len(found)} cases: SCALE-Sim - citrine = {min(found)[0]:+} to {max(found)[0]:+} cycles"
              f" a group, {min(relative):+.1f} to {max(relative):+.1f} %")


def compare_transfers(citrine, layers):
    forged = {(row["layer"], row["buffer_bytes"]): sum(int(row[name]) for name in ("input", "weights", "output"))
              for row in golden_table("accelforge_transfer.csv")}
    print(f"{'layer':26} {'buffer':>6} {'once':>8} {'citrine':>8} {'loma6':>8} {'loma7':>8} {'salsa':>8} {'AccelForge':>10}")
    for row in golden_table("zigzag_transfer.csv"):
        name, buffer_bytes = row["layer"], row["buffer_bytes"]
        own = inspected(citrine, layers[name], buffer_bytes=int(buffer_bytes))["transfer_bytes"]
        print(f"{name:26} {buffer_bytes:>6} {row['compulsory']:>8} {own:>8} {row['loma6']:>8} {row['loma7']:>8} {row['salsa']:>8}"
              f" {forged.get((name, buffer_bytes), ''):>10}")


def main():
    layers = {layer.name: layer for layer in LAYERS}
    compare_cycles(sys.argv[1], layers)
    compare_transfers(sys.argv[1], layers)


if __name__ == "__main__":
    main()
