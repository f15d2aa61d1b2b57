#!/usr/bin/env bash
# usage: run.sh [FOLDER]: trains networks for GTSRB and Fashion-MNIST and compares quantization schemes on them; into FOLDER.
# Both data sets have to be there (citrine data fetch NAME); `citrine` is the program on the PATH or $CITRINE.
set -euo pipefail
citrine=${CITRINE:-citrine}
mkdir -p "${1:-network_schemes}"
cd "${1:-network_schemes}"
train() {
  [[ -f $1.h5 ]] || "$citrine" train "$2" --data "$3" --rate 0.05 --validation 0 --test-images 0 --out "$1.h5" "${@:4}"
}
compare() {
  for per_channel in false true; do
    "$citrine" quantize "$1.h5" --data "$2" --images 512 --format json --per-channel $per_channel \
      --compare linear8,linear6,linear5,linear4,linear3,twohot7,twohot4,pot4,pot3 "${@:3}" >"$1_per_channel_$per_channel.json"
  done
}

train gtsrb_resnet20 resnet20 gtsrb --epochs 25 --flip false
train fashion_resnet20 resnet20 fashion-mnist --epochs 4 --crop-padding 2
train gtsrb_mobilenet mobilenet_v2_cifar gtsrb --epochs 15 --flip false
compare gtsrb_resnet20 gtsrb --test-images 1290 --draws 3
compare fashion_resnet20 fashion-mnist --test-images 10000 --draws 3
compare gtsrb_mobilenet gtsrb --test-images 1290
