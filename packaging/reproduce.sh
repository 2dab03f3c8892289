#!/usr/bin/env bash
# Builds the package of HEAD twice, in two fresh clones, and compares what came out. Usage: reproduce.sh
set -euo pipefail
cd "$(dirname "$0")/.."
commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

for clone in one elsewhere; do
    git clone --quiet --no-checkout . "$work/$clone"
    git -C "$work/$clone" checkout --quiet --detach "$commit"
    "$work/$clone/build.sh" package
done

cd "$work"
if cmp -s {one,elsewhere}/out/release/SHA256SUMS; then
    echo "OK: $commit made the same bytes twice"
    exit
fi
echo "packaging/reproduce.sh: $commit made other bytes the second time:" >&2
diff -rq {one,elsewhere}/out/release >&2 || true
diff -rq --no-dereference {one,elsewhere}/out/.package >&2 || true
exit 1
