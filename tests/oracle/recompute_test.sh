#!/usr/bin/env bash
# usage: recompute_test.sh CITRINE PYTHON: campaigns on small networks and a ResNet-20, some rows of each recomputed.
set -euo pipefail
citrine=$1 python=$2 here=$(dirname "$(realpath "$0")")
"$python" -c 'import numpy, h5py' || { echo "skipped: $python with numpy and h5py is needed" && exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

"$python" - <<'END'
import numpy as np
draw = np.random.default_rng(1)
with open("images.bin", "wb") as file:
    for picture in range(48):
        pixels = picture % 10 * 20 + draw.integers(0, 56, 3072)
        file.write(bytes([picture % 10]) + pixels.astype(np.uint8).tobytes())
END
# By hand: of logits 60 ... 10 the first becomes -1220, 0 or 20.
PYTHONPATH=$here "$python" - <<'END'
import numpy as np
from recompute import outcome
golden = np.array([60, 50, 40, 30, 20, 10])
for changed, leaves in ((-1220, True), (0, True), (20, False)):
    kind, before, after, flags, change = outcome(golden, np.array([changed, 50, 40, 30, 20, 10]), 0.5)
    assert (kind, before, after, change) == ("sdc", 0, 1, (60 - changed) / 2) and ("sdc5" in flags) == leaves, changed
END
train() { "$citrine" train "${2:-$1}" --data images.bin --epochs 1 --validation 0 --test-images 0 --quiet --out "$1.h5"; }
# check NETWORK ROWS quantize's options...: a campaign of $faults whose rows are spread over the sites
faults= trials=100
check() {
  "$citrine" quantize "$1.h5" --data images.bin --images 16 --test-images 0 --criterion mean-square --quiet --overwrite \
    --out i.h5 "${@:3}"
  "$citrine" inject i.h5 --data images.bin --limit 8 --images 8 --trials $trials $faults --quiet --overwrite --out c.h5 >/dev/null
  echo "$1" "${@:3}"
  "$python" "$here/recompute.py" i.h5 c.h5 images.bin --rows "$2"
}

train lemonade_1
check lemonade_1 700
check lemonade_1 700 --scheme pot4/linear6 --steps free --per-channel true
faults="--effect stuck_at_1 --fault-bits 2"
check lemonade_1 700 --scheme twohot4 --product 24
faults="--effect random_value --fault-bits 0"
check lemonade_1 700 --scheme apot5/pot4
faults="--effect stuck_at_0"
check lemonade_1 700 --scheme logsqrt4
faults="--sites weight_memory,bias_memory,accumulator --fault-bits 3"
check lemonade_1 700 --scheme linear4 --accumulator 15 --overflow wrap
check lemonade_1 70 --scheme linear4 --accumulator 15 --overflow saturate
faults="--faults-per-trial 4 --effect random_value --fault-bits 2"
check lemonade_1 350
faults="--faults-per-trial 40 --sites weight_memory,accumulator,product"
check lemonade_1 150 --scheme linear4 --accumulator 15 --overflow saturate
faults="--sites weight_memory,bias_memory,accumulator --fault-bits 3"
train resnet20
check resnet20 100
# All flips of biases, of which the sign of the top class's is one.
cat >small.json <<'END'
{"schema": "citrine graph", "version": 1, "input": {"height": 32, "width": 32, "channels": 3}, "nodes": [
{"name": "image", "op": "input"},
{"name": "stem", "op": "convolution", "inputs": ["image"], "channels": 4, "kernel": 3, "stride": 4, "has_bias": true},
{"name": "relu", "op": "relu", "inputs": ["stem"]},
{"name": "pool", "op": "global_average_pool", "inputs": ["relu"]},
{"name": "classes", "op": "fully_connected", "inputs": ["pool"], "channels": 10, "has_bias": true}], "output": "classes"}
END
train small small.json
faults="--sites bias_memory" trials=3584
check small 3584
"$python" - <<'END'
import h5py
with h5py.File("c.h5") as file:
    flags = file["rows/flags"]
    bit = list(flags.attrs["names"].astype(str)).index("sdc5")
    assert (flags[:] >> bit & 1).any(), "no recomputed row has a class that left the top five"
END

"$python" - <<'END'
import h5py
with h5py.File("c.h5", "r+") as file:
    file["rows/faulty_class"][0] = (file["rows/faulty_class"][0] + 1) % 10
END
! "$python" "$here/recompute.py" i.h5 c.h5 images.bin --rows 1 || { echo "a wrong row was not found" && exit 1; }
