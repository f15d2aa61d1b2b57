#!/usr/bin/env bash
# usage: more.sh [FOLDER [PROCESSES]]: meets the networks that run.sh has measured with 20,000 further flips of output registers,
# under 8000 images of another draw, so that chance tells them less apart.
set -euo pipefail
export citrine=${CITRINE:-citrine}
cd "${1:-sensitivity}"

more() {
  [[ -f $1.more.h5 ]] || "$citrine" inject "$1.h5" --data fashion-mnist --threads 1 --quiet true --seed 1 --images 8000 \
    --sites output_register --trials 20000 --out "$1.more.h5" >/dev/null
}
export -f more

find . -maxdepth 1 \( -name '*_linear8.campaign.h5' -o -name '*_pot4.campaign.h5' \) -printf '%f\n' | sed 's/\.campaign\.h5$//' |
  sort -t_ -k3,3 -k2,2n | xargs -P "${2:-1}" -I{} nice -n 19 bash -euo pipefail -c 'more "$1"' _ {}
