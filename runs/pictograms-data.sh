#!/usr/bin/env bash
# Makes the pictogram dataset: installs the drawings and their names from npm, then rasterises them.
# Usage: runs/pictograms-data.sh [DIR]      DIR is the dataset's folder, default data/pictograms
# About 250 MB of packages, 3 minutes on one core, 150 MB of shards.
set -euo pipefail
cd "$(dirname "$0")/.."

dir="${1:-data/pictograms}"
packages="${PICTOGRAM_PACKAGES:-$dir/packages}"

mkdir -p "$packages"
npm install --prefix "$packages" --no-save --no-audit --no-fund --ignore-scripts \
  @iconify-json/noto@1.2.9 \
  @iconify-json/noto-v1@1.2.5 \
  @iconify-json/fxemoji@1.2.2 \
  @iconify-json/fluent-emoji@1.2.7 \
  @iconify-json/fluent-emoji-flat@1.2.6 \
  @iconify-json/twemoji@1.2.5 \
  @iconify-json/emojione@1.2.3 \
  @iconify-json/streamline-emojis@1.2.4 \
  @iconify-json/openmoji@1.2.29 \
  @iconify-json/emojione-v1@1.2.3 \
  emojibase-data@17.0.0 \
  emojilib@4.0.3

./zeuxis dataset pictograms "$dir" --from "$packages/node_modules" --size "${PICTOGRAM_SIZE:-128}" --every "${PICTOGRAM_EVERY:-1}"
