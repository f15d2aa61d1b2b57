#!/usr/bin/env bash
# Sets up, builds the release and runs `citrine quickstart`; the last line is the path of the page it wrote.
# usage: quickstart.sh [options of `citrine quickstart`]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
"$here/scripts/setup.sh"
cmake --preset release -S "$here" ${Torch_DIR:+-DTorch_DIR="$Torch_DIR"} >"$here/build/release-configure.log" ||
  { cat "$here/build/release-configure.log" >&2; exit 1; }
cmake --build "$here/build/release"
exec "$here/build/release/src/app/citrine" quickstart "$@"
