#!/usr/bin/env bash
# clang-tidy on the sources that changed since BASE (argument; default: the commit before the last, or origin/main where
# this branch is ahead of it). Needs the build folder build/dev.
set -euo pipefail
cd "$(dirname "$0")/.."
base=${1:-}
if [ -z "$base" ]; then
  if [ "$(git rev-list --count origin/main..HEAD 2>/dev/null || echo 0)" -gt 0 ]; then base=$(git merge-base origin/main HEAD)
  else base=$(git rev-parse -q --verify HEAD~1 || git hash-object -t tree /dev/null)
  fi
fi
mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- 'kernels/*.cpp' 'quant/*.cpp' 'faultsim/*.cpp' 'src/*.cpp')
if [ ${#files[@]} -eq 0 ]; then echo "tidy: no source changed since $base"; exit 0; fi
echo "tidy: ${#files[@]} files"
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/dev
