#!/usr/bin/env bash
# usage: run.sh WEIGHTS [FOLDER]: compares quantization schemes on ResNet-20 with these weights; tables into FOLDER.
# CIFAR-10 has to be there (citrine data fetch cifar10); `citrine` is the program on the PATH or $CITRINE.
set -euo pipefail
citrine=${CITRINE:-citrine}
weights=$(realpath "${1:?weights of ResNet-20 as a safetensors file}")
mkdir -p "${2:-resnet20_schemes}"
cd "${2:-resnet20_schemes}"
schemes=linear8,linear6,linear5,linear4,linear3,twohot7,twohot4,pot4,pot3,apot5,apot4,logsqrt5
for per_channel in false true; do
  "$citrine" quantize resnet20 --weights "$weights" --data cifar10 --limit 1000 --images 512 --test-images 1000 \
    --compare $schemes --per-channel $per_channel --format json >per_channel_$per_channel.json
done
