#!/usr/bin/env bash
# usage: run.sh WEIGHTS [FOLDER]: quantizes ResNet-20 with these weights, injects faults and reports into FOLDER.
# CIFAR-10 has to be there (citrine data fetch cifar10); `citrine` is the program on the PATH or $CITRINE.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
citrine=${CITRINE:-citrine}
weights=$(realpath "${1:?weights of ResNet-20 as a safetensors file}")
mkdir -p "${2:-resnet20_faults}"
cd "${2:-resnet20_faults}"
"$citrine" quantize resnet20 --weights "$weights" --config "$here/quantize.ini"
"$citrine" inject resnet20_linear8.h5 --config "$here/inject.ini"
"$citrine" report resnet20_faults.h5 --out report
"$citrine" explain resnet20_faults.h5 3030573 --network resnet20_linear8.h5 --picture one_trial.png --overwrite
