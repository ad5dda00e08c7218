#!/usr/bin/env bash
# usage: tools/checks/kill-first-start.sh [FROM TO COUNT]
# Kills the first start of `./zeuxis imagine` at COUNT moments between FROM and TO tenths of a second (2 60 20), each with
# an empty home; the next start must draw.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
from=${1:-2} to=${2:-60} count=${3:-20}
"$root/zeuxis" --version >/dev/null
drawn=0
for ((i = 0; i < count; i++)); do
    tenths=$((from + (to - from) * i / (count > 1 ? count - 1 : 1)))
    home=$(mktemp -d)
    start=(env -u XDG_CACHE_HOME -u ZEUXIS_CACHE HOME="$home" "$root/zeuxis" imagine "a red car" --steps 2)
    setsid "${start[@]}" -o "$home/killed.png" >/dev/null 2>&1 &
    child=$!
    sleep "$((tenths / 10)).$((tenths % 10))"
    kill -KILL -- "-$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    if "${start[@]}" -o "$home/next.png" >"$home/said" 2>&1 && [[ -s $home/next.png ]]; then
        drawn=$((drawn + 1))
    else
        echo "killed after $tenths tenths of a second: $(head -c 300 "$home/said")"
    fi
    rm -rf "$home"
done
echo "the next start drew $drawn times of $count"
((drawn == count))
