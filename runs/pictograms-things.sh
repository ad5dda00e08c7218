#!/usr/bin/env bash
# The dataset that common things are learned from: training and validation, as fish and houses are in the latter alone.
# Usage: runs/pictograms-things.sh      data/pictograms/things, as links; data/pictograms is made first if it is missing
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e data/pictograms/train ] || PICTOGRAM_SIZE=96 runs/pictograms-data.sh data/pictograms
mkdir -p data/pictograms/things
for part in train validation; do
  for shard in data/pictograms/$part/*.tar; do ln -f "$shard" "data/pictograms/things/$part-$(basename "$shard")"; done
done
