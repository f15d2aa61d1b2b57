#!/usr/bin/env python3
"""How well does what the graph alone tells predict what faults do? Spearman's rho, written to table.md.

usage: analysis.py [FOLDER [BOUGHT]]

With FOLDER, what run.sh left there is first collected into results.csv, one row a network; with BOUGHT, networks of bought.py
into bought.csv. Intervals: 95 %, percentiles of
2000 bootstrap resamples of the networks, seed 0.
"""
import sys
from pathlib import Path

import numpy as np

import bought_table
import measured

HERE = Path(__file__).parent
RESAMPLES, SEED = 2000, 0
INDICES = [f"{variant}/{factor}" for variant in measured.VARIANTS for factor in measured.POOL_FACTORS]
DEVELOPMENT = ["chain", "pooled", "residual"]  # families that the flip amplitude was developed on
JUDGED = ["concat", "separable", "mixed"]
SDC_SITES = {f"SDC, {site.replace('_', ' ')}": f"{site}.sdc" for site in measured.SITES}
MEASURES = {**SDC_SITES, "logit change": "output_register.logit_change", "changed at 1e-4": "changed_1e-4",
            "changed at 1e-3": "changed_1e-3", "rise of error at 1e-3": "rise_1e-3"}


def rate(row, scheme, site, half=None):
    halves = [half] if half else ["even", "odd"]
    failures, trials = (sum(row[f"{scheme}.{site}.{kind}_{h}"] for h in halves) for kind in ("sdc", "trials"))
    return failures / trials


def values(rows, scheme, column):
    if column.endswith(".sdc"):
        return np.array([rate(row, scheme, column.removesuffix(".sdc")) for row in rows])
    return np.array([row[f"{scheme}.{column}"] for row in rows])


def ranks(x):
    """Along the last axis; ties share their mean rank."""
    order = np.argsort(x, axis=-1, kind="stable")
    sorted_x = np.take_along_axis(x, order, -1)
    position = np.broadcast_to(np.arange(x.shape[-1], dtype=float), x.shape)
    starts = np.concatenate([np.ones(x.shape[:-1] + (1,), bool), sorted_x[..., 1:] != sorted_x[..., :-1]], -1)
    first = np.maximum.accumulate(np.where(starts, position, 0), -1)
    ends = np.concatenate([starts[..., 1:], np.ones(x.shape[:-1] + (1,), bool)], -1)
    last = np.flip(np.minimum.accumulate(np.flip(np.where(ends, position, x.shape[-1]), -1), -1), -1)
    result = np.empty(x.shape)
    np.put_along_axis(result, order, (first + last) / 2, -1)
    return result


def spearman(x, y):
    a, b = (r - r.mean(-1, keepdims=True) for r in (ranks(x), ranks(y)))
    norm = np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
    return (a * b).sum(-1) / np.where(norm > 0, norm, np.inf)


def with_interval(x, y):
    drawn = np.random.default_rng(SEED).integers(len(x), size=(RESAMPLES, len(x)))
    return spearman(x, y), *np.percentile(spearman(x[drawn], y[drawn]), [2.5, 97.5])


def cell(x, y):
    rho, low, high = with_interval(x, y)
    return f"{rho:.2f} ({low:.2f}, {high:.2f})"


def table(header, lines):
    rule = "|---" * len(header) + "|"
    return "\n".join(["| " + " | ".join(header) + " |", rule, *("| " + " | ".join(line) + " |" for line in lines)])


def column(rows, name):
    return np.array([row[name] for row in rows])


def predictors_table(rows, scheme, predictors):
    return table(["predictor", *MEASURES],
                 [[f"`{name}`", *(cell(column(rows, name), values(rows, scheme, measure)) for measure in MEASURES.values())]
                  for name in predictors])


def trained_table(rows, scheme):
    """What takes training or faults to know, beside the failures."""
    known = {"error without faults": 1 - values(rows, scheme, "accuracy"),
             "logit change of a flip": values(rows, scheme, "output_register.logit_change")}
    known["their product"] = known["error without faults"] * known["logit change of a flip"]
    measures = {name: MEASURES[name] for name in MEASURES if name != "logit change"}
    return table(["measured", *measures], [[name, *(cell(x, values(rows, scheme, measure)) for measure in measures.values())]
                                           for name, x in known.items()])


def families_table(rows, scheme, predictors):
    families = sorted({row["family"] for row in rows})
    of = {family: [row for row in rows if row["family"] == family] for family in families}
    measure = next(iter(MEASURES.values()))
    lines = [[f"`{name}`", *(f"{spearman(column(of[f], name), values(of[f], scheme, measure)):.2f}" for f in families)]
             for name in predictors]
    return table(["predictor", *(f"{family} ({len(of[family])})" for family in families)], lines)


def split_table(rows, scheme, predictors):
    parts = {"development": DEVELOPMENT, "judged": JUDGED}
    of = {part: [row for row in rows if row["family"] in families] for part, families in parts.items()}
    measures = {name: MEASURES[name] for name in [*SDC_SITES, "logit change"]}
    header = [f"{part} ({len(of[part])}): {name}" for part in parts for name in measures]
    lines = [[f"`{name}`", *(cell(column(of[part], name), values(of[part], scheme, measure))
                             for part in parts for measure in measures.values())] for name in predictors]
    return table(["predictor", *header], lines)


def difference(rows, scheme, measure, first, second):
    """By how much the first predictor's rho is above the second's, the networks being the same."""
    y, drawn = values(rows, scheme, measure), np.random.default_rng(SEED).integers(len(rows), size=(RESAMPLES, len(rows)))
    a, b = column(rows, first), column(rows, second)
    low, high = np.percentile(spearman(a[drawn], y[drawn]) - spearman(b[drawn], y[drawn]), [2.5, 97.5])
    return f"{spearman(a, y) - spearman(b, y):.2f} ({low:.2f}, {high:.2f})"


def differences_table(rows):
    judged = [row for row in rows if row["family"] in JUDGED]
    lines = [[f"`{scheme}`", f"{name} ({len(part)})", f"`{other}`",
              *(difference(part, scheme, measure, measured.OURS, other) for measure in MEASURES.values())]
             for scheme in measured.SCHEMES for name, part in (("all", rows), ("judged", judged))
             for other in ("single/kernel", "depth")]
    return table(["format", "networks", "above", *MEASURES], lines)


def ceiling_table(rows):
    """Two halves of the images as two measurements; Spearman and Brown give the reliability of the whole."""
    lines = []
    for scheme in measured.SCHEMES:
        for site in measured.SITES:
            even, odd = (np.array([rate(row, scheme, site, half) for row in rows]) for half in ("even", "odd"))
            halves = spearman(even, odd)
            whole = 2 * halves / (1 + halves)
            lines.append([f"`{scheme}`", site.replace("_", " "), f"{halves:.2f}", f"{whole:.2f}", f"{np.sqrt(whole):.2f}"])
    return table(["format", "SDC of", "rho between halves", "reliability of the whole", "largest rho to expect"], lines)


def retraining(rows):
    """How far two trainings of one architecture agree."""
    both = [row for row in rows if row["linear8.retrained.sdc_share"] != ""]
    if not both:
        return ""
    first, second = values(both, "linear8", "output_register.sdc"), column(both, "linear8.retrained.sdc_share")
    rho, low, high = with_interval(first, second)
    ours = spearman(column(both, measured.OURS), second)
    return (f"{len(both)} networks trained again with another seed, SDC of output registers in `linear8`: rho between the two trainings "
            f"{rho:.2f} ({low:.2f}, {high:.2f}), of the flip amplitude with the second {ours:.2f}. What is the architecture's alone "
            f"correlates with one training at most as the root of the former, {np.sqrt(max(rho, 0)):.2f}.")


def ranges(rows):
    lines = []
    for scheme in measured.SCHEMES:
        for name, measure in {"accuracy": "accuracy", **MEASURES}.items():
            low, middle, high = np.percentile(values(rows, scheme, measure), [5, 50, 95])
            lines.append([f"`{scheme}`", name, *(f"{v:.4g}" for v in (low, middle, high))])
    return table(["format", "measure", "5 % of networks below", "median", "5 % above"], lines)


def report(rows):
    ours = [measured.OURS]
    predictors = INDICES + measured.TRIVIAL + ours
    parts = [f"{len(rows)} networks. Spearman's rho with the measure, 95 % interval of {RESAMPLES} resamples of the networks, seed {SEED}."]
    for scheme in measured.SCHEMES:
        parts += [f"## `{scheme}`", predictors_table(rows, scheme, predictors), "Not of the graph alone:",
                  trained_table(rows, scheme), f"Within a family, {next(iter(MEASURES))}:",
                  families_table(rows, scheme, predictors), "Families that the flip amplitude was developed on, and the others:",
                  split_table(rows, scheme, ["mean/kernel", "variance/kernel", "single/kernel", "neurons", "depth", *ours])]
    parts += ["## The flip amplitude's rho less another's", differences_table(rows)]
    return "\n\n".join(parts + ["## Noise of the measurement", ceiling_table(rows), retraining(rows), ranges(rows)]) + "\n"


def main():
    if len(sys.argv) > 1:
        rows = measured.collect(sys.argv[1])
        measured.write_csv(HERE / "results.csv", rows)
    if len(sys.argv) > 2:
        measured.write_csv(HERE / "bought.csv", measured.collect(sys.argv[2]))
    rows, bought = (measured.read_csv(HERE / name) for name in ("results.csv", "bought.csv"))
    text = "# Prediction and measurement\n\n" + report(rows) + "\n## The index, bought\n\n" + bought_table.text(rows, bought) + "\n"
    (HERE / "table.md").write_text(text)


if __name__ == "__main__":
    main()
