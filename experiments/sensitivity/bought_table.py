"""What buying the index did to the index and to the networks."""
import numpy as np

import analysis
import measured


def ratio(before, after):
    """Geometric mean of the ratios, and their range."""
    ratios = np.array(after) / np.array(before)
    return f"x {np.exp(np.log(ratios).mean()):.2f} ({ratios.min():.2f} to {ratios.max():.2f})"


def text(rows, bought):
    """Each network before and after it has bought the index, and by how much its failures changed."""
    before = {row["network"]: row for row in rows}
    pairs = [(before[row["network"]], row) for row in bought]
    columns = {"index, mean": lambda row: row["mean/kernel"], "index, single": lambda row: row["single/kernel"],
               "flip amplitude": lambda row: row[measured.OURS],
               **{f"SDC, `{scheme}`, %": lambda row, scheme=scheme: 100 * analysis.rate(row, scheme, "output_register")
                  for scheme in measured.SCHEMES}}
    lines = [[row["network"], *(f"{f(old):.3g} -> {f(row):.3g}" for f in columns.values())] for old, row in pairs]
    lines.append(["geometric mean (range)", *(ratio([f(old) for old, _ in pairs], [f(row) for _, row in pairs]) for f in columns.values())])
    return analysis.table(["network", *columns], lines)
