#!/usr/bin/env bash
# Installs what citrine needs and is missing. Idempotent.
# usage: setup.sh [--check] [--tests] [--ci] [--no-torch]
#   --check     only looks; exits 1 if something is missing
#   --tests     also what building and running the tests takes
#   --ci        also what the checks of .ci/run take (implies --tests)
#   --no-torch  leaves LibTorch out
# LibTorch is the PyPI wheel in build/libtorch, unless Torch_DIR points to a folder with TorchConfig.cmake.
set -euo pipefail
cd "$(dirname "$0")/.."

torch_version=2.11.0
build_packages=(
  build-essential cmake ninja-build ca-certificates python3 python3-pip
  libboost-dev libboost-program-options-dev libhdf5-dev nlohmann-json3-dev libspdlog-dev libtbb-dev libhwy-dev
  libcurl4-openssl-dev libarchive-dev libssl-dev zlib1g-dev libstb-dev
  gnuplot-nox graphviz dataset-fashion-mnist)
test_packages=(libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev ccache)
ci_packages=(git clang clang-format clang-tidy libclang-rt-14-dev python3-h5py python3-pandas
  libopenmpi-dev openmpi-bin)

check_only=false
torch=true
packages=("${build_packages[@]}")
for argument in "$@"; do
  case $argument in
    --check) check_only=true ;;
    --tests) packages+=("${test_packages[@]}") ;;
    --ci) packages+=("${test_packages[@]}" "${ci_packages[@]}") ;;
    --no-torch) torch=false ;;
    *) echo "setup.sh: unknown argument '$argument' (--check, --tests, --ci, --no-torch)" >&2; exit 2 ;;
  esac
done

say() { echo "setup: $*"; }

missing_packages() {
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"
  done
}

install_packages() {
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -eq 0 ]; then say "Debian packages: all there"; return; fi
  if $check_only; then say "missing Debian packages: ${missing[*]}"; return 1; fi
  if [ "$(id -u)" -ne 0 ]; then
    say "these Debian packages are missing; as root run:"
    echo "  apt-get install --no-install-recommends ${missing[*]}"
    return 1
  fi
  say "installing Debian packages: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

has_torch() {
  [ -e build/libtorch/torch/lib/libtorch_cpu.so ] &&
    grep -q "^__version__ = '$torch_version" build/libtorch/torch/version.py
}

install_torch() {
  if [ -n "${Torch_DIR:-}" ]; then say "LibTorch: taken from Torch_DIR=$Torch_DIR"; return; fi
  if has_torch; then say "LibTorch: $torch_version is in build/libtorch"; return; fi
  if $check_only; then say "missing: LibTorch $torch_version in build/libtorch"; return 1; fi
  say "installing LibTorch $torch_version into build/libtorch"
  mkdir -p build
  rm -rf build/libtorch build/libtorch.partial
  local wheels=("torch==$torch_version")
  # Without an NVIDIA driver two small CUDA libraries that libtorch_cpu links are enough: 1.3 GB instead of 4.6 GB.
  [ -e /proc/driver/nvidia/version ] || wheels+=(--no-deps nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-compile \
    --target build/libtorch.partial "${wheels[@]}"
  mv build/libtorch.partial build/libtorch
}

status=0
install_packages || status=1
if $torch; then install_torch || status=1; fi
[ $status -eq 0 ] && say "done"
exit $status
