#!/usr/bin/env bash
# The demo: a Marathon app runs under the executor on this machine, serves traffic, and ends without losing a request.
# Usage: demo.sh OUT, the folder of the published programs.
set -euo pipefail
readonly out=$1
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'kill "$run" 2> /dev/null || true; rm -f "$log"' EXIT

"$out/executorctl" run examples/marathon/web.json > "$log" 2>&1 &
run=$!

# The app says where it listens; it answers 503 until it is warm.
port() { sed -n 's/.*listening on http:\/\/[^:]*:\([0-9]*\).*/\1/p' "$log" | head -1; }
for _ in $(seq 300); do
    kill -0 "$run" 2> /dev/null || { cat "$log"; echo "demo: the app ended early"; exit 1; }
    [[ -n $(port) ]] && curl -fs -o /dev/null "http://127.0.0.1:$(port)/health" && break
    sleep 0.1
done
curl -fs -o /dev/null "http://127.0.0.1:$(port)/health" || { cat "$log"; echo "demo: not healthy after 30 s"; exit 1; }

served=0
for _ in $(seq 100); do
    curl -fs -o /dev/null "http://127.0.0.1:$(port)/" && served=$((served + 1))
done

# A request that is under way when the kill comes still gets its answer.
curl -fs -o /dev/null "http://127.0.0.1:$(port)/slow?ms=1000" &
slow=$!
sleep 0.3
kill -TERM "$run"
slow_answered=no
wait "$slow" && slow_answered=yes
status=0
wait "$run" || status=$?

cat "$log"
echo "demo: $served of 100 requests served; the one under way at the kill was answered: $slow_answered; exit status $status"
[[ $served -eq 100 && $slow_answered == yes && $status -eq 0 ]]
