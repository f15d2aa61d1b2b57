#!/usr/bin/env bash
# usage: run.sh [FOLDER [PROCESSES [COUNT [SEED]]]]: draws COUNT (24) architectures of each family, trains them briefly on
# Fashion-MNIST, quantizes them and injects faults, into FOLDER; what is there already is not done again. `citrine` is the
# program on the PATH or $CITRINE.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export citrine=${CITRINE:-citrine}
folder=${1:-sensitivity}
mkdir -p "$folder/networks"
cd "$folder"
python3 "$here/architectures.py" networks "${3:-24}" "${4:-0}"

measure() {
  local name=$1 common=(--data fashion-mnist --threads 1 --quiet true --overwrite true)
  [[ -f $name.h5 ]] || "$citrine" train "networks/$name.json" "${common[@]}" --limit 6000 --epochs 2 --rate 0.05 \
    --crop-padding 2 --validation 0 --test-images 1000 --out "$name.h5"
  for scheme in linear8 pot4; do
    [[ -f ${name}_$scheme.json ]] && continue
    "$citrine" quantize "$name.h5" "${common[@]}" --scheme $scheme --images 256 --test-images 1000 --format json \
      --out "${name}_$scheme.h5" >"${name}_$scheme.quantized.json"
    "$citrine" inject "${name}_$scheme.h5" "${common[@]}" --images 1000 --sites output_register,activation_memory \
      --trials 20000 --rates 1e-4,1e-3 --curve-sites activation_memory --curve-seeds 2 --format json \
      --out "${name}_$scheme.campaign.h5" >"${name}_$scheme.partial"
    mv "${name}_$scheme.partial" "${name}_$scheme.json"
  done
}
export -f measure

# Families in turn, so that a part of the networks is a part of each.
find networks -name '*.json' -printf '%f\n' | sed 's/\.json$//' | sort -t_ -k2,2n -k1,1 |
  xargs -P "${2:-1}" -I{} nice -n 19 bash -euo pipefail -c 'measure "$1"' _ {}
