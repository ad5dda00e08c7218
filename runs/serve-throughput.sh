#!/usr/bin/env bash
# Pictures a second of `zeuxis serve` beside the command line, and how long the server takes from its start until it is ready.
# Usage: runs/serve-throughput.sh [PICTURES [STEPS]]      (40 20); both run twice, in turn. Needs curl.
set -euo pipefail
cd "$(dirname "$0")/.."
pictures=${1:-40}
steps=${2:-20}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$work"' EXIT
port=7499
api=http://127.0.0.1:$port
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }

command_line() {
  local began one
  began=$(now)
  ./zeuxis imagine "a red car" --steps "$steps" --force -o "$work/one.png" > /dev/null 2>&1
  one=$(since "$began")
  began=$(now)
  ./zeuxis imagine "a red car" --steps "$steps" --count $((pictures + 1)) --force -o "$work/all.png" > /dev/null 2>&1
  awk -v n="$pictures" -v one="$one" -v all="$(since "$began")" 'BEGIN { printf "command line: %.3f pictures/s after the first\n", n / (all - one) }'
}

ask() {
  curl -sf "$api/v1/images/generations" -H 'Content-Type: application/json' -d "{\"prompt\": \"a red car\", \"steps\": $steps, \"size\": \"64x64\", \"seed\": $1}" -o "$work/answer-$1"
}

served() {
  local began
  began=$(now)
  ./zeuxis serve --port "$port" --results "$work/results" > "$work/serve.txt" 2>&1 &
  server=$!
  until curl -sf "$api/readyz" > /dev/null 2>&1; do sleep 0.02; done
  echo "server: ready after $(since "$began") s"
  ask 0 # the first loads the model
  began=$(now)
  # four callers keep its queue from running dry
  export -f ask
  export api steps work
  seq "$pictures" | xargs -P 4 -I {} bash -c 'ask {}'
  awk -v n="$pictures" -v all="$(since "$began")" 'BEGIN { printf "server: %.3f pictures/s after the first\n", n / all }'
  kill "$server"
  wait "$server" || true
  server=
}

for _ in 1 2; do
  command_line
  served
done
