#!/usr/bin/env bash
# usage: again.sh [FOLDER [PROCESSES [COUNT]]]: trains the first COUNT (6) networks of each family that run.sh has measured with
# another seed, and meets them in linear8 with the flips of more.sh: what of a rate is the architecture's.
set -euo pipefail
export citrine=${CITRINE:-citrine}
cd "${1:-sensitivity}"
mkdir -p again

again() {
  local name=again/$1 common=(--data fashion-mnist --threads 1 --quiet true --seed 1 --overwrite true)
  [[ -f $name.more.h5 ]] && return
  "$citrine" train "networks/$1.json" "${common[@]}" --limit 6000 --epochs 2 --rate 0.05 --crop-padding 2 --validation 0 \
    --test-images 1000 --out "$name.h5"
  "$citrine" quantize "$name.h5" "${common[@]}" --scheme linear8 --images 256 --test-images 0 --out "${name}_linear8.h5" >"$name.log"
  "$citrine" inject "${name}_linear8.h5" "${common[@]}" --images 8000 --sites output_register --trials 20000 \
    --out "$name.more.h5" >>"$name.log"
}
export -f again

for number in $(seq -f %02g 0 $((${3:-6} - 1))); do find networks -name "*_$number.json" -printf '%f\n'; done | sed 's/\.json$//' |
  xargs -P "${2:-1}" -I{} nice -n 19 bash -euo pipefail -c 'again "$1"' _ {}
