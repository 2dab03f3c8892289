#!/usr/bin/env bash
# Packs the programs of OUT into OUT/release: a tarball for the Mesos fetcher, a deb for hosts, and their checksums. One
# commit makes the same bytes, wherever and whenever. Usage: package.sh OUT
set -euo pipefail
umask 022
out=$(realpath "$1")
cd "$(dirname "$0")/.."
readonly files=(executor executorctl task-supervisor libexecutor_bridge.so) name=mesos-task-executor
version=$("$out/executor" --version | cut -d ' ' -f 2)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH DPKG_DEB_THREADS_MAX=1
# The pack of the runtime, of the version that the programs are linked from: that for NativeAOT has the same notices.
runtime=$(dotnet msbuild src/Executor -p:Configuration=Release -p:RuntimeIdentifier=linux-x64 \
    -t:ResolveFrameworkReferences -getItem:ResolvedRuntimePack | sed -n 's/.*"PackageDirectory": "\(.*microsoft\.netcore\.app\.runtime.*\)".*/\1/p')
readonly release=$out/release tree=$out/.package notices=(packaging/deb/copyright "$runtime/THIRD-PARTY-NOTICES.TXT")

packaging/check-symbols.sh "${files[@]/#/$out/}"
rm -rf "$release" "$tree"
mkdir -p "$release"

# FOLDER: gets the documents and the examples, laid out as here; a link to what is not in a release is plain text, and no
# command is that of a build.
documents() {
    install -D -m 644 -t "$1" README.md CHANGELOG.md
    install -D -m 644 -t "$1/docs" docs/*
    install -D -m 644 -t "$1/examples/marathon" examples/marathon/*
    sed -E -i 's@\[([^]]*)\]\((LICENSE|\.\./(native|interop|bench)/[^)]*)\)@\1@g; s@out/executorctl@executorctl@g' "$1"/*.md "$1"/docs/*.md
}

folder=$tree/executor-$version
install -D -t "$folder" "${files[@]/#/$out/}"
install -m 644 LICENSE "${notices[@]}" "$folder"
documents "$folder"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$tree" -c "executor-$version" |
    gzip -n > "$release/executor-$version-linux-x64.tar.gz"

# PROGRAM SUMMARY [COMMAND...]
man_page() {
    local program=$1 summary=$2 command
    shift 2
    mkdir -p "$root/usr/share/man/man1"
    {
        "$out/$program" --help
        for command in "$@"; do
            echo "@ $command"
            "$out/$program" "$command" --help
        done
    } | awk -v program="$program" -v version="$version" -v date="$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)" \
        -v summary="$summary" -f packaging/man.awk | gzip -n -9 > "$root/usr/share/man/man1/$program.1.gz"
}

root=$tree/deb
doc=$root/usr/share/doc/$name
install -D -t "$root/usr/lib/$name" "${files[@]/#/$out/}" packaging/deb/executor.sh
chmod 644 "$root/usr/lib/$name/libexecutor_bridge.so"
mkdir -p "$root/usr/bin"
ln -s -t "$root/usr/bin" "../lib/$name/executor" "../lib/$name/executorctl"
man_page executor "runs one task of Apache Mesos"
man_page executorctl "companion of the executor" run doctor encrypt decrypt show-config
install -D -m 644 -t "$doc" "${notices[@]}"
documents "$doc"
install -D -m 644 packaging/deb/lintian-overrides "$root/usr/share/lintian/overrides/$name"
printf '%s (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md in this folder.\n\n -- %s  %s\n' "$name" "$version" \
    "$(sed -n 's/^Maintainer: //p' packaging/deb/control)" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" |
    gzip -n -9 > "$doc/changelog.gz"
mkdir "$root/DEBIAN"
size=$(find "$root" -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
sed "s/@VERSION@/$version/; s/@SIZE@/$size/" packaging/deb/control > "$root/DEBIAN/control"
(cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum) > "$root/DEBIAN/md5sums"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$release/${name}_${version}_amd64.deb" > /dev/null

(cd "$release" && sha256sum -- *.tar.gz *.deb | tee SHA256SUMS)
