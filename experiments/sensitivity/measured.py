"""Reads what run.sh left in a folder: one row a network, with its objectives and what faults did to it."""
import csv
import json
from pathlib import Path

import h5py
import numpy as np

SCHEMES = ["linear8", "pot4"]
SITES = ["output_register", "activation_memory"]
RATES = {1e-4: "1e-4", 1e-3: "1e-3"}
POOL_FACTORS = ["kernel", "stride", "one", "measured"]
VARIANTS = ["mean", "variance", "single"]
TRIVIAL = ["neurons", "parameters", "depth", "macs", "smallest_layer"]
OURS = "flip_amplitude"
SDC = "sdc"


def inspected(folder, name):
    """Objectives of the graph: the index under each pool factor, what needs none of them, and the trivial predictors."""
    row = {}
    for factor in POOL_FACTORS:
        network = json.loads((folder / "inspected" / f"{name}_{factor}.json").read_text())
        row.update({f"{variant}/{factor}": network["objectives"][f"sensitivity_{variant}"] for variant in VARIANTS})
        if OURS in network["objectives"]:
            row[OURS] = network["objectives"][OURS]
    neurons = [layer["neurons"] for layer in network["layers"] if "neurons" in layer]
    return row | {"neurons": sum(neurons), "parameters": network["parameters"], "depth": len(neurons),
                  "macs": network["macs"], "smallest_layer": min(neurons)}


def single_flips(path):
    """By site: trials and failures under the even and under the odd images of the draw, and the mean change of a logit."""
    counts = {}
    with h5py.File(path) as file:
        rows = {name: file["rows"][name][:] for name in ("site", "image", "outcome", "logit_change")}
        sites = [name.decode() for name in file["rows/site"].attrs["names"]]
        failure = [name.decode() for name in file["rows/outcome"].attrs["names"]].index(SDC)
    for site in SITES:
        chosen = rows["site"] == sites.index(site) if site in sites else np.zeros(rows["site"].shape, bool)
        if not chosen.any():
            continue
        odd, failed = rows["image"][chosen] % 2 == 1, rows["outcome"][chosen] == failure
        counts[site] = {"trials_even": int((~odd).sum()), "sdc_even": int((failed & ~odd).sum()),
                        "trials_odd": int(odd.sum()), "sdc_odd": int((failed & odd).sum()),
                        "logit_change": float(rows["logit_change"][chosen].mean())}
    return counts


def curve(path):
    """By bit error rate of the stored values: share of changed answers and rise of the error, over all seeds."""
    points = {}
    with h5py.File(path) as file:
        data = {name: file["curve"][name][:] for name in ("rate", "changed", "wrong", "images")}
    for rate, text in RATES.items():
        chosen = np.isclose(data["rate"], rate)
        images = data["images"][chosen].sum()
        points[text] = {"changed": float(data["changed"][chosen].sum() / images), "wrong": float(data["wrong"][chosen].sum() / images)}
    return points


def campaign(folder, name, scheme):
    """What faults did to one network in one number format, by column of the table."""
    stem = folder / f"{name}_{scheme}"
    result = json.loads(stem.with_suffix(".json").read_text())
    clean = 1 - result["correct"] / result["images"]
    row = {"accuracy": 1 - clean}
    flips = [single_flips(path) for path in (stem.with_suffix(".campaign.h5"), stem.with_suffix(".more.h5")) if path.exists()]
    for site in SITES:
        of_site = [counts[site] for counts in flips if site in counts]
        for key in ("trials_even", "sdc_even", "trials_odd", "sdc_odd"):
            row[f"{site}.{key}"] = sum(counts[key] for counts in of_site)
        row[f"{site}.logit_change"] = of_site[0]["logit_change"]
    for rate, point in curve(stem.with_suffix(".campaign.h5")).items():
        row[f"changed_{rate}"], row[f"rise_{rate}"] = point["changed"], point["wrong"] - clean
    return {f"{scheme}.{key}": value for key, value in row.items()}


def retrained(folder, name):
    """Share of SDC of the same architecture, trained with another seed; none if it was not."""
    path = folder / "again" / f"{name}.more.h5"
    if not path.exists():
        return ""
    counts = single_flips(path)["output_register"]
    return (counts["sdc_even"] + counts["sdc_odd"]) / (counts["trials_even"] + counts["trials_odd"])


def collect(folder):
    """Rows of all networks that were measured in every format, in the order of their names."""
    folder, rows = Path(folder), []
    for path in sorted((folder / "networks").glob("*.json")):
        name = path.stem
        results = [folder / f"{name}_{scheme}.json" for scheme in SCHEMES]
        if not all(result.exists() and result.stat().st_size for result in results):
            continue
        row = {"network": name, "family": name.rsplit("_", 1)[0], **inspected(folder, name)}
        for scheme in SCHEMES:
            row |= campaign(folder, name, scheme)
        row["linear8.retrained.sdc_share"] = retrained(folder, name)
        rows.append(row)
    return rows


def write_csv(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: f"{value:.6g}" if isinstance(value, float) else value for key, value in row.items()})


def read_csv(path):
    def number(text):
        try:
            return float(text)
        except ValueError:
            return text
    with open(path, newline="") as file:
        return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(file)]
