#!/usr/bin/env bash
# The one entry to everything a person or CI does here. ./build.sh --help lists the verbs.
set -euo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
case ${1:-} in package | ci) export PORTABLE=1 ;; esac
readonly out=$PWD/out words=$*
readonly bridge=$out/.publish/bridge${PORTABLE:+.portable}
readonly programs=(src/Executor src/Executor.Control examples/hello-web)
readonly bindings=(native/bridge/include/executor_bridge.h interop/Executor.Interop/Generated)
readonly c_sources=(native/supervisor/*.[ch] tests/TestTask/*.c native/bridge/include/*.h native/{bridge/src,bridge/tests,standin}/*.{h,cpp})

usage() {
    cat <<'TEXT'
Usage: ./build.sh VERB

  bootstrap       install what is missing, or say what to install
  build           compile everything
  test            publish, then run all tests; ends with "N passed, N failed"
  publish         put the programs, compiled ahead of time, into out/
  package         put a release into out/release/: a tarball, a deb, checksums; its programs run from glibc 2.17 on
  test-package    check that release: both, and with suites of Debian (as root), e.g. bullseye, the deb in each
  reproduce       build the package of HEAD twice, in two fresh clones, and compare the checksums
  demo            publish, then run a web app: healthy traffic, a graceful end
  bench startup   measure the start, the launch, the memory and the idleness of the executor
  bench bridge    measure what the way over libmesos costs
  bench config    measure what a start takes longer for the configuration: from nginx, mutual TLS, a CMS document
  bench announce  measure how soon a healthy task is in Consul, and a killed one out of it
  bench logs      measure capturing, parsing and shipping of output, beside syslog-ng
  bench compare   measure this executor beside others: start, kill, memory, wake-ups, health checks, up to 200 on one
                  host; writes bench/results.md and takes about 25 minutes.
                  --libmesos PATH          the libmesos to use; without it, the tests' stand-in
                  --executor NAME=COMMAND  one more executor: a command line for a shell; may be repeated
                  --scale 1,10,50,100,200  how many executors run at once
                  --rounds 5               how often everything is measured
  bench torture   run 1,000 random schedules of kills, shutdowns and restarts, or as many as a number says, through all
                  drivers, and count what they leave behind; TORTURE_SEED repeats a run
  bench rolling   replace 4 instances behind HAProxy under 1,000 requests/s for 60 s, or as many as a number says, without
                  and with the executor, and count the requests that fail
  bench soak      run one executor for 60 minutes, or as many as a number says, while agent, Consul and receiver go and
                  come back; 1 is its exit code where memory, descriptors or threads grow
  fuzz            feed every reader of what others write, or the one that is named behind, for 60 s each, or as many as
                  a number says; FUZZ_SEED repeats a run
  generate        write anew the bindings of the bridge's header and the tables of docs/configuration.md; with --check,
                  only compare
  format          format all sources
  ci              what CI runs: format check, generate --check, test (with build and publish), the bridge under
                  sanitizers, smoke, demo, package and its check
  clean           remove what was built

PORTABLE=1 in the environment links as package and ci do: with zig, from the npm registry, for old hosts.
TEXT
}

say() { printf '\n== %s\n' "$*"; }
die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# Debian packages: the command or file that shows it is there, and its name.
readonly for_programs=(gcc:gcc g++:g++ /usr/include/stdio.h:libc6-dev make:make curl:curl)
readonly for_haproxy=(/usr/sbin/haproxy:haproxy)
# Debian lets only one of the two be installed: of rsyslog only the files are taken, see receivers().
readonly for_syslog_ng=(/usr/sbin/syslog-ng:syslog-ng-core)
readonly for_receivers=("${for_syslog_ng[@]}" dpkg-deb:dpkg /usr/lib/x86_64-linux-gnu/libestr.so.0:libestr0
    /usr/lib/x86_64-linux-gnu/libfastjson.so.4:libfastjson4 /usr/lib/x86_64-linux-gnu/liblognorm.so.5:liblognorm5)
readonly for_peers=(go:golang-go /usr/share/gocode/src/github.com/mesos/mesos-go/api/v0:golang-github-mesos-mesos-go-dev)
readonly for_config=(/usr/sbin/nginx:nginx)
readonly for_tests=(openssl:openssl prometheus-node-exporter:prometheus-node-exporter jose:jose "${for_peers[@]}" "${for_haproxy[@]}" "${for_receivers[@]}" /usr/lib/python3/dist-packages/jwcrypto:python3-jwcrypto)
readonly for_portable=(npm:npm)
readonly for_deb=(dpkg-deb:dpkg lintian:lintian)
readonly for_suites=(debootstrap:debootstrap)
readonly for_standin=(/usr/include/google/protobuf/message.h:libprotobuf-dev protoc:protobuf-compiler)
readonly for_generate=(castxml:castxml /usr/include/stdio.h:libc6-dev)
readonly for_format=(clang-format:clang-format)

bootstrap() {
    local entry probe missing=()
    command -v dotnet > /dev/null || die "install the .NET 10 SDK first: https://dotnet.microsoft.com"
    for entry in "$@"; do
        probe=${entry%%:*}
        [[ -e $probe ]] || command -v "$probe" > /dev/null || missing+=("${entry#*:}")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    if command -v apt-get > /dev/null && [[ $(id -u) -eq 0 ]]; then
        say "installing ${missing[*]}"
        # Run level 1: what brings a service is not to start it.
        apt-get -qq update
        RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" > /dev/null
    else
        die "install these first (Debian's names): ${missing[*]}"
    fi
}

native() {
    if [[ -n ${PORTABLE:-} ]]; then
        bootstrap "${for_portable[@]}"
        packaging/zig.sh "$out/zig"
    fi
    mkdir -p "$out"
    make -s -C native/supervisor OUT="$out"
    make -s -C native/bridge OUT="$bridge"
    cp -f "$bridge/libexecutor_bridge.so" "$out/"
    make -s -C tests/TestTask OUT="$out"
}

# Unpacks rsyslog, a receiver of logs for the tests, beside the system's own.
receivers() {
    [[ ! -x $out/rsyslog/usr/sbin/rsyslogd ]] || return 0
    say "unpack rsyslog"
    local folder package
    folder=$(mktemp -d)
    chmod 755 "$folder"
    (cd "$folder" && apt-get -qq download rsyslog rsyslog-openssl)
    for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$out/rsyslog"; done
    rm -rf "$folder"
}

# Arguments go to make.
standin() {
    bootstrap "${for_standin[@]}"
    say "compile the stand-ins for libmesos"
    make -s -j "$(nproc)" -C native/standin OUT="$out" "$@"
}

publish() {
    bootstrap "${for_programs[@]}"
    native
    local project
    for project in "${programs[@]}"; do publish_program "$project"; done
}

publish_program() {
    local name
    name=$(basename "$1")
    say "publish $name"
    # What analyzers find is told by the build that all tests take.
    dotnet publish "$1" -c Release -r linux-x64 -o "$out/.publish/$name" -v quiet -p:RunAnalyzers=false
    find "$out/.publish/$name" -maxdepth 1 -type f -perm -u+x ! -name '*.so' ! -name '*.dbg' -exec cp {} "$out/" \;
}

build() {
    bootstrap "${for_programs[@]}"
    native
    dotnet build Executor.sln -v quiet
}

# Runs every test project and adds up what they counted. The end-to-end tests mostly wait: the others run beside them.
run_tests() {
    tests/peers/go-executor/build.sh "$out/go-executor"
    standin
    receivers
    local project results=$out/test-results counters failures passed=0 failed=0
    local -r longest=tests/Executor.EndToEnd.Tests
    rm -rf "$results"
    mkdir -p "$results"
    run_project "$longest" > "$results/end-to-end" 2>&1 &
    for project in tests/*.Tests; do
        [[ $project == "$longest" ]] || run_project "$project"
    done
    wait $!
    cat "$results/end-to-end"
    for project in tests/*.Tests; do
        counters=$(grep -o '<Counters [^>]*' "$results/$(basename "$project").trx" 2> /dev/null) || counters=
        failures=$(count failed)
        # A run that broke off counts as a failure even where no test does.
        [[ -e $results/$(basename "$project").whole || $failures -gt 0 ]] || failures=1
        passed=$((passed + $(count passed)))
        failed=$((failed + failures))
    done
    if [[ $failed -gt 0 ]]; then
        say "what failed"
        show_failures "$results"/*.trx
    fi
    printf '\n%d passed, %d failed\n' "$passed" "$failed" | tee "$results/summary"
    [[ $failed -eq 0 && $passed -gt 0 ]]
}

# Leaves its results, and a mark where it went to its end and nothing failed.
run_project() {
    local -r name=$(basename "$1")
    say "test $name"
    if dotnet test "$1" --no-build --logger "trx;LogFileName=$name.trx" --results-directory "$results" -v quiet; then
        : > "$results/$name.whole"
    fi
}

# One number of the counters that run_tests has read; 0 where there is none.
count() {
    local number
    number=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<< "$counters")
    echo "${number:-0}"
}

# The name of each failed test and what it said: the end of a long log is what one reads first.
show_failures() {
    awk '/<UnitTestResult .* outcome="Failed"/ { sub(/.* testName="/, ""); sub(/".*/, ""); print; failed = 1 }
        failed && /<Message>/, failed && /<\/StackTrace>/
        /<\/UnitTestResult>/ { failed = 0 }' "$@" | cut -c 1-500
}

# The tests of `test`, with more schedules; the argument is how many, over the three drivers together.
torture() {
    standin
    dotnet build tests/Executor.EndToEnd.Tests -v quiet
    export TORTURE_SCHEDULES=$((($1 + 2) / 3)) TORTURE_SEED=${TORTURE_SEED:-$RANDOM}
    say "torture: $((3 * TORTURE_SCHEDULES)) schedules, TORTURE_SEED=$TORTURE_SEED"
    dotnet test tests/Executor.EndToEnd.Tests --no-build --filter TestCategory=Torture \
        --logger 'console;verbosity=detailed'
}

# The tests of `test`, for longer; the arguments are the seconds for each target, and the target that is to be fed alone.
fuzz() {
    bootstrap "${for_programs[@]}"
    dotnet build tests/Executor.Fuzz.Tests -v quiet
    FUZZ_SECONDS=$1 dotnet test tests/Executor.Fuzz.Tests --no-build --filter "Name~read_or_refused${2:+&Name~$2}" \
        --logger 'console;verbosity=normal'
}

# Arguments go to the generators.
generate() {
    bootstrap "${for_generate[@]}"
    dotnet run --project interop/Executor.Interop.Generator --verbosity quiet -- "${bindings[@]}" "$@" &&
        dotnet run --project tools/Executor.Reference --verbosity quiet -- docs/configuration.md "$@"
}

format() {
    bootstrap "${for_programs[@]}" "${for_format[@]}"
    if [[ ${1:-} == --check ]]; then
        clang-format --dry-run -Werror "${c_sources[@]}"
        # Style and what analyzers find are errors of the build already.
        dotnet format whitespace Executor.sln --verify-no-changes
    else
        clang-format -i "${c_sources[@]}"
        dotnet format Executor.sln
    fi
}

# The bridge and the stand-ins in one process with an agent, under AddressSanitizer and UBSan.
sanitized() {
    standin SANITIZE=1
    make -s -j "$(nproc)" -C native/bridge/tests OUT="$out"
    "$out/standin/sanitized/bridge-test" "$out/standin/sanitized" all
}

# A published program answers, refuses what it does not know, and says so in one line.
smoke() {
    local program output status
    for program in executor executorctl task-supervisor; do
        "$out/$program" --version | grep -q "^$program [0-9]" || die "smoke: $program --version"
        "$out/$program" --help | grep -qi usage || die "smoke: $program --help"
        status=0
        output=$("$out/$program" --no-such-flag 2>&1) || status=$?
        [[ $status -eq 2 && $(wc -l <<< "$output") -eq 1 ]] || die "smoke: $program with a bad flag: $status, $output"
    done
    echo "every program answers and refuses as it should"
}

refuse() {
    [[ -z $words ]] || printf "build.sh: '%s' is not accepted\n\n" "$words" >&2
    usage >&2
    exit 2
}

# The words behind bench.
check_bench() {
    case $#${1:-} in
        1startup | 1bridge | 1announce | 1config | 1logs | 1torture | 1rolling | 1soak) ;;
        2torture | 2rolling | 2soak) [[ $2 =~ ^[1-9][0-9]{0,6}$ ]] || refuse ;;
        [1-9]compare | [1-9][0-9]compare)
            shift
            while [[ $# -gt 0 ]]; do
                [[ $# -gt 1 && $1 =~ ^--(libmesos|executor|scale|rounds)$ && $2 != --* ]] || refuse
                shift 2
            done
            ;;
        *) refuse ;;
    esac
}

# Only these take more words.
[[ $# -le 1 || $1 == bench || $1 == fuzz || $1 == generate || $1 == test-package ]] || refuse

# What is missing is asked for at once, and not after minutes of building.
case ${1:-} in
    bootstrap | ci)
        bootstrap "${for_programs[@]}" "${for_tests[@]}" "${for_standin[@]}" "${for_generate[@]}" \
            "${for_format[@]}" "${for_portable[@]}" "${for_deb[@]}"
        ;;
    test) bootstrap "${for_programs[@]}" "${for_tests[@]}" "${for_standin[@]}" "${for_generate[@]}" ;;
    bench)
        check_bench "${@:2}"
        bootstrap "${for_programs[@]}" "${for_standin[@]}"
        ;;
esac

case ${1:-} in
    bootstrap) ;;
    build) build ;;
    test)
        build
        publish
        run_tests
        ;;
    publish) publish ;;
    package)
        bootstrap "${for_deb[@]}"
        publish
        packaging/package.sh "$out"
        ;;
    test-package)
        bootstrap "${for_deb[@]}"
        [[ $# -eq 1 ]] || bootstrap "${for_suites[@]}"
        exec packaging/test.sh "$out/release" "${@:2}"
        ;;
    reproduce) exec packaging/reproduce.sh ;;
    demo)
        publish
        exec bench/demo.sh "$out"
        ;;
    bench)
        publish
        if [[ $2 == torture ]]; then
            torture "${3:-1000}"
            exit
        fi
        publish_program bench/Executor.Bench
        if [[ $2 == rolling ]]; then
            bootstrap "${for_haproxy[@]}"
            exec "$out/Executor.Bench" rolling "$out" "${3:-60}"
        fi
        [[ $2 != soak ]] || exec "$out/Executor.Bench" soak "$out" "${3:-60}"
        if [[ $2 == config ]]; then
            bootstrap "${for_config[@]}"
            exec "$out/Executor.Bench" config "$out"
        fi
        if [[ $2 == logs ]]; then
            bootstrap "${for_syslog_ng[@]}"
            exec "$out/Executor.Bench" logs "$out"
        fi
        standin
        if [[ $2 == compare ]]; then
            bootstrap "${for_peers[@]}"
            tests/peers/go-executor/build.sh "$out/go-executor"
            exec "$out/Executor.Bench" compare "$out" bench/results.md "${@:3}"
        fi
        exec "$out/Executor.Bench" "$2" "$out"
        ;;
    fuzz)
        [[ $# -le 3 && ${2:-60} =~ ^[1-9][0-9]{0,4}$ && ${3:-} =~ ^[A-Za-z]*$ ]] || refuse
        fuzz "${2:-60}" "${3:-}"
        ;;
    generate) generate "${@:2}" ;;
    format) format ;;
    ci)
        say "format check"
        format --check
        say "generated sources"
        generate --check || die "./build.sh generate writes them anew"
        ./build.sh test
        say "sanitizers"
        sanitized
        say "smoke"
        smoke
        say "demo"
        bench/demo.sh "$out"
        say "package"
        packaging/package.sh "$out"
        packaging/test.sh "$out/release"
        cat "$out/test-results/summary"
        ;;
    clean)
        rm -rf "$out"
        find src interop tools tests examples bench -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
        ;;
    -h | --help) usage ;;
    *) refuse ;;
esac
