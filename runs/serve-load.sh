#!/usr/bin/env bash
# A load on `zeuxis serve`: 1,000 requests of 50 clients, 200 of them cancelled, the server killed once with -9 and started again.
# Prints the server's memory on the way, and at the end what was lost (which has to be 0) and the 95th percentile of the wait.
# Usage: runs/serve-load.sh [MODEL [REQUESTS [CLIENTS [CANCELLED [STEPS [SIZE]]]]]]      (pictograms 1000 50 200 4 64x64)
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -DskipTests -pl bench -am package
exec java -cp bench/target/zeuxis-bench-*.jar org.zeuxis.bench.ServeLoad "${@:-pictograms}"
