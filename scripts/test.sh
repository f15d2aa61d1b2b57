#!/usr/bin/env bash
# Sets up, builds and runs all tests; the last line is "N passed, N failed, N skipped".
# usage: test.sh [--fast]     --fast: only kernels, quant and faultsim, within a minute
# CITRINE_MPI=ON also builds and tests what needs MPI.
# Real data is looked for in CITRINE_TEST_DATA, else unpacked from ../shared/data; tests without it are skipped by name.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=dev
setup=(--tests)
if [ "${1:-}" = --fast ]; then
  preset=fast
  setup+=(--no-torch)
elif [ $# -gt 0 ]; then
  echo "test.sh: unknown argument '$1' (--fast)" >&2
  exit 2
fi
scripts/setup.sh "${setup[@]}"

unpack_test_data() {
  local archive=../shared/data out=$PWD/build/test-data
  if [ $preset = fast ] || [ -n "${CITRINE_TEST_DATA:-}" ] || [ ! -e $archive/unpack.py ]; then return; fi
  if [ ! -e "$out/done" ]; then
    echo "test: unpacking $archive into build/test-data"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --upgrade \
      --target build/python pillow numpy
    mkdir -p "$out"
    PYTHONPATH=build/python python3 $archive/unpack.py "$out"
    ln -sfn "$(cd $archive && pwd)/weights" "$out/weights"
    touch "$out/done"
  fi
  export CITRINE_TEST_DATA=$out
}
unpack_test_data

launcher=$(command -v ccache || true)
cmake --preset $preset ${launcher:+-DCMAKE_CXX_COMPILER_LAUNCHER="$launcher"} ${Torch_DIR:+-DTorch_DIR="$Torch_DIR"} \
  -DCITRINE_MPI="${CITRINE_MPI:-OFF}"
cmake --build --preset $preset
status=0
ctest --preset $preset -j "$(nproc)" --output-junit tests.xml || status=$?
python3 - build/$preset/tests.xml <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

suite = tree.parse(sys.argv[1]).getroot()
total, failed = int(suite.get("tests")), int(suite.get("failures"))
skipped = int(suite.get("skipped")) + int(suite.get("disabled"))
reasons = sorted(case.get("name") for case in suite.iter("testcase") if case.find("skipped") is not None)
print("".join(f"skipped: {name}\n" for name in reasons), end="")
print(f"{total - failed - skipped} passed, {failed} failed, {skipped} skipped")
PYTHON
exit $status
