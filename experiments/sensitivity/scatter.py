#!/usr/bin/env python3
"""Draws scatter.png by gnuplot from results.csv: measured SDC rate over three predictors, a colour a family."""
import subprocess
from pathlib import Path

import analysis
import measured

HERE = Path(__file__).parent
SCHEME, SITE = "linear8", "output_register"
PANELS = [("mean/one", "index, mean"), ("single/kernel", "index, single"), ("depth", "stored layers"),
          ("flip_amplitude", "flip amplitude")]
COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"]


def block(rows, family, predictor):
    points = [f"{row[predictor]:.6g} {100 * analysis.rate(row, SCHEME, SITE):.6g}" for row in rows if row["family"] == family]
    return "\n".join(points + ["e"])


def script(rows):
    families = list(dict.fromkeys(row["family"] for row in rows))
    lines = ["set terminal pngcairo size 1400,380 font 'sans,11'", "set output 'scatter.png'", "set logscale xy",
             f"set multiplot layout 1,{len(PANELS)}", "set key off", "set format y '%g'", "set yrange [0.08:3]"]
    for number, (predictor, title) in enumerate(PANELS):
        lines.append(f"set xlabel '{title}'")
        values = analysis.column(rows, predictor)
        lines.append(f"set xrange [{0.8 * values.min():.3g}:{1.25 * values.max():.3g}]")
        lines.append("set format x '10^{%T}'" if "/" in predictor else "set format x '%g'")
        lines.append("set ylabel 'SDC of a flipped output register, %'" if number == 0 else "unset ylabel")
        if number == len(PANELS) - 1:
            lines.append("set key at graph 0.02, graph 0.98 left top samplen 0.5 spacing 0.9")
        lines.append("plot " + ", ".join(f"'-' with points pt 7 ps 0.7 lc rgb '{colour}' title '{family}'"
                                         for family, colour in zip(families, COLOURS)))
        lines += [block(rows, family, predictor) for family in families]
    return "\n".join(lines) + "\n"


def main():
    rows = measured.read_csv(HERE / "results.csv")
    subprocess.run(["gnuplot"], input=script(rows), text=True, check=True, cwd=HERE)


if __name__ == "__main__":
    main()
