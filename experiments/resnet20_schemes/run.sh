#!/usr/bin/env bash
# usage: run.sh WEIGHTS [FOLDER]: compares quantization schemes on ResNet-20 with these weights; tables into FOLDER.
# CIFAR-10 has to be there (citrine data fetch cifar10); `citrine` is the program on the PATH or $CITRINE.
set -euo pipefail
citrine=${CITRINE:-citrine}
weights=$(realpath "${1:?weights of ResNet-20 as a safetensors file}")
mkdir -p "${2:-resnet20_schemes}"
cd "${2:-resnet20_schemes}"
compare() {
  "$citrine" quantize resnet20 --weights "$weights" --data cifar10 --limit 1000 --images 512 --test-images 1000 \
    --format json --compare "$@"
}

schemes=linear8,linear6,linear5,linear4,linear3,twohot7,twohot4,pot4,pot3
for per_channel in false true; do
  compare $schemes,apot5,apot4,logsqrt5 --draws 5 --per-channel $per_channel >per_channel_$per_channel.json
done
compare linear4,pot4,linear3,pot3 --draws 5 --tune 20 >tuned.json
compare linear4 --draws 5 --tune 20 --per-channel true >tuned_per_channel.json
compare linear8,linear4,pot4 --criterion max-abs,percentile,mean-square,output-error >criteria.json
for accumulator in 24,never 20,never 18,wrap 18,saturate 16,wrap 16,saturate 14,wrap 14,saturate; do
  compare linear8,linear4,pot4 --accumulator "${accumulator%,*}" --overflow "${accumulator#*,}" \
    >"accumulator_${accumulator/,/_}.json" || echo "$accumulator: refused"
done
