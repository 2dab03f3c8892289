#!/usr/bin/env bash
# Fails where a program or library needs more than an old host has: a newer glibc, a newer libgcc, or any other library.
# Usage: check-symbols.sh FILE...
set -euo pipefail
glibc=$(< "$(dirname "$0")/glibc")
readonly glibc libgcc=4.8.0 # that of the same hosts
readonly libraries='ld-linux-x86-64\.so\.2|lib(c|m)\.so\.6|libpthread\.so\.0|lib(dl|gcc_s)\.so\.[12]|librt\.so\.1'

# newer_than FLOOR: those of the versions on stdin that are above it.
newer_than() { sort -Vu | sed "0,/^$1\$/d" | tr '\n' ' '; }

failed=0
complain() { echo "check-symbols: $1 needs $2" >&2; failed=1; }
for file in "$@"; do
    needs=$(readelf --wide --version-info --dynamic "$file")
    for library in $(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<< "$needs" | grep -Evx "$libraries"); do
        complain "$file" "$library"
    done
    for name in GLIBC GCC; do
        [[ $name == GLIBC ]] && floor=GLIBC_$glibc || floor=GCC_$libgcc
        for version in $( (echo "$floor"; grep -Eo "Name: ${name}_[A-Z0-9.]+" <<< "$needs" | cut -c 7-) | newer_than "$floor"); do
            complain "$file" "$version, and $floor is the newest allowed"
        done
    done
done
exit $failed
