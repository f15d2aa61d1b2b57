"""Cycles of layers on systolic arrays by SCALE-Sim, as CSV: `../../golden/scalesim_cycles.csv` is its output.

SCALE-Sim knows no padding and no groups. It gets the rows and columns that the windows of one group touch, so that its output has
the right size; and once more, where they differ, all of the padded map, of which it counts a window too many (its size is rounded up).
Environment: python3 -m venv V && V/bin/pip install scalesim==3.0.0 numpy==1.26.4; usage: V/bin/python scalesim_cycles.py
"""
import contextlib
import csv
import importlib.metadata
import io
import os
import sys
import tempfile

from layers import DATAFLOWS, LAYERS
from scalesim.scale_sim import scalesim

ARRAYS = ((16, 16), (12, 14))
CONFIG = """[general]
run_name = run
[run_presets]
InterfaceBandwidth = CALC
UseRamulatorTrace = False
[architecture_presets]
ArrayHeight = {rows}
ArrayWidth = {columns}
IfmapSramSzkB = 1024
FilterSramSzkB = 1024
OfmapSramSzkB = 1024
IfmapOffset = 0
FilterOffset = 10000000
OfmapOffset = 20000000
Dataflow = {dataflow}
ReadRequestBuffer = 64
WriteRequestBuffer = 64
[layout]
IfmapCustomLayout = False
IfmapSRAMBankBandwidth = 10
IfmapSRAMBankNum = 10
IfmapSRAMBankPort = 2
FilterCustomLayout = False
FilterSRAMBankBandwidth = 10
FilterSRAMBankNum = 10
FilterSRAMBankPort = 2
[sparsity]
SparsitySupport = false
"""


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def simulated_cycles(layer, given, dataflow, rows, columns):
    """"Total Cycles" of its report."""
    shape = (*given, layer.kernel, layer.kernel, layer.channels, layer.filters, layer.stride)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        config = write(folder, "config.cfg", CONFIG.format(rows=rows, columns=columns, dataflow=dataflow[0] + "s"))
        topology = write(folder, "layers.csv", f"name,height,width,,,channels,filters,stride,\nlayer,{','.join(map(str, shape))},\n")
        layout = write(folder, "layout.csv", "name,\nlayer," + "1," * 20 + "\n")
        scalesim(save_disk_space=True, verbose=False, config=config, topology=topology, layout=layout).run_scale(top_path=folder)
        with open(os.path.join(folder, "run", "COMPUTE_REPORT.csv"), encoding="utf-8") as file:
            return int(float(list(csv.reader(file))[1][2]))


def given_sizes(layer):
    padded = tuple(side + 2 * layer.padding for side in (layer.height, layer.width))
    touched = tuple((layer.output(side) - 1) * layer.stride + layer.kernel for side in (layer.height, layer.width))
    return dict.fromkeys((touched, padded))


def main():
    print(f"# SCALE-Sim {importlib.metadata.version('scalesim')} (numpy {importlib.metadata.version('numpy')}): \"Total Cycles\" of one group,")
    print("# given_height x given_width being what it was told of the input.")
    print("# Made by tests/bench/cost_comparison/scalesim_cycles.py.")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow("layer height width channels filters kernel stride padding groups given_height given_width"
                    " rows columns dataflow scalesim_cycles".split())
    for layer in LAYERS:
        for given in given_sizes(layer):
            for rows, columns in ARRAYS:
                for dataflow in DATAFLOWS:
                    found = simulated_cycles(layer.group, given, dataflow, rows, columns)
                    writer.writerow((layer.name, layer.height, layer.width, layer.channels, layer.filters, layer.kernel, layer.stride,
                                     layer.padding, layer.groups, *given, rows, columns, dataflow, found))
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
