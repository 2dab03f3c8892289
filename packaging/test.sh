#!/usr/bin/env bash
# Checks the release in FOLDER; with suites of Debian, installs the deb in a system of each. Usage: test.sh FOLDER [SUITE...]
set -euo pipefail
die() { echo "packaging/test.sh: $*" >&2; exit 1; }
[[ -e ${1:-}/SHA256SUMS ]] || die "there is no release in \"${1:-}\": run ./build.sh package first"
release=$(realpath "$1")
shift
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '{ "id": "/check", "cmd": "true" }' > "$work/app.json"

# FOLDER: an app runs under the executor in it.
runs_in() {
    (cd / && "$1/executorctl" run "$work/app.json" > "$work/log" 2>&1) || die "$1: $(cat "$work/log")"
}

# The check of symbols refuses a glibc that is newer than any, and libstdc++.
echo 'GLIBC_9.99 { global: *; };' > "$work/map"
echo 'int newer(void) { return 0; }' | gcc -shared -Wl,-soname,libc.so.6,--version-script="$work/map" -o "$work/libnew.so" -x c -
echo 'int newer(void); int too_new(void) { return newer(); }' | gcc -shared -nostdlib -o "$work/too-new" -L "$work" -x c - -lnew
echo 'int main() { throw 1; }' | g++ -o "$work/c++" -x c++ -
for program in too-new:GLIBC_9.99 c++:libstdc++; do
    ! ./check-symbols.sh "$work/${program%:*}" 2> "$work/log" || die "check-symbols accepted ${program%:*}"
    grep -qF "${program#*:}" "$work/log" || die "check-symbols: $(cat "$work/log")"
done

(cd "$release" && sha256sum --check --quiet SHA256SUMS)
mkdir "$work/some where"
tar -xzf "$release"/*.tar.gz -C "$work/some where"
runs_in "$work/some where"/executor-*

# FOLDER: whose works are linked in is named there.
names_others_in() {
    local package
    grep -q '^License notice for' "$1/THIRD-PARTY-NOTICES.TXT" || die "$1: the notices of the runtime are missing"
    for package in $(sed -n 's|.*<PackageReference Include="\([^"]*\)" />.*|\1|p' ../src/*/*.csproj ../interop/Executor.Interop/*.csproj); do
        grep -qF "$package" "$1/copyright" || die "$1/copyright: $package is not named"
    done
}
names_others_in "$work/some where"/executor-*
dpkg-deb -x "$release"/*.deb "$work/deb"
names_others_in "$work/deb/usr/share/doc/mesos-task-executor"

# FOLDER: no document in it leads to a file that is not there.
links_hold_in() {
    local file link
    [[ -e $1/README.md && -e $1/docs/configuration.md ]] || die "$1: documents are missing"
    ! grep -rF out/executorctl "$1"/*.md "$1/docs" || die "$1: a document tells a command of a build"
    while IFS=: read -r file link; do
        link=${link#"]("}
        link=${link%")"}
        [[ $link == *://* || -e $(dirname "$file")/${link%%#*} ]] || die "$file: the link $link leads nowhere"
    done < <(find "$1" -name '*.md' -exec grep -HoE '\]\([^) ]+\)' {} +)
}
links_hold_in "$work/some where"/executor-*
links_hold_in "$work/deb/usr/share/doc/mesos-task-executor"
lintian --fail-on error "$release"/*.deb
echo "the release is as it should be"

# SUITE: the deb is installed, upgraded and removed in a system of it, and an app runs there.
runs_on() {
    local root=$work/$1 step left lib=/usr/lib/mesos-task-executor examples=/usr/share/doc/mesos-task-executor/examples/marathon
    debootstrap --variant=minbase "$1" "$root" > "$work/log" 2>&1 || die "debootstrap $1: $(tail -5 "$work/log")"
    dpkg-deb -R "$release"/*.deb "$work/next"
    sed -i 's/^Version: .*/&+next/' "$work/next/DEBIAN/control"
    dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/next" "$root/next.deb" > /dev/null
    cp "$release"/*.deb "$root/first.deb"
    cp "$work/app.json" "$root/"
    mount -t proc proc "$root/proc"
    trap 'umount "$root/proc"; rm -rf "$work"' EXIT
    for step in 'dpkg -i first.deb' 'executorctl run app.json' 'dpkg -i next.deb' \
        "su nobody -s /bin/sh -c 'executorctl run $examples/host-executor.json --executor $lib/executor.sh --kill-after 1s'" \
        'dpkg --purge mesos-task-executor'; do
        chroot "$root" sh -c "cd / && $step" > "$work/log" 2>&1 || die "$1: $step: $(< "$work/log")"
    done
    umount "$root/proc"
    trap 'rm -rf "$work"' EXIT
    left=$(find "$root" -name '*executor*')
    [[ -z $left ]] || die "$1: left behind: $left"
    echo "$1, $(chroot "$root" ldd --version | sed -n '1s/.* /glibc /p'): installed, ran, upgraded and removed"
    rm -rf "$root" "$work/next"
}

for suite in "$@"; do runs_on "$suite"; done
