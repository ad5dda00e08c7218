#!/usr/bin/env bash
# Makes the icon dataset: installs some 150 icon sets and the names of emoji from npm, then rasterises them.
# Usage: runs/icons-data.sh [DIR]      DIR is the dataset's folder, default data/icons; a second run downloads nothing and draws the same.
# About 400 MB of packages, a quarter of an hour on two cores. Which sets, and why not the others:
# app/src/main/resources/org/zeuxis/app/dataset/pictogram/icon-sets.tsv
set -euo pipefail
cd "$(dirname "$0")/.."

dir="${1:-data/icons}"
packages="${ICON_PACKAGES:-$dir/packages}"
sets=app/src/main/resources/org/zeuxis/app/dataset/pictogram/icon-sets.tsv

wanted=$(
  awk -F'\t' '$4 == "train" || $4 ~ /^heldout-/ { print "@iconify-json/" $1 "@" $2 }' "$sets"
  sed -n 's/^ *\(@iconify-json[^ ]*\|emoji[^ ]*\) *\\*$/\1/p' runs/pictograms-data.sh
)
missing=no
for package in $wanted; do
  installed=$packages/node_modules/${package%@*}/package.json
  grep -q "\"version\": *\"${package##*@}\"" "$installed" 2>/dev/null || { missing=yes; break; }
done
if [ "$missing" = yes ]; then
  mkdir -p "$packages"
  # shellcheck disable=SC2086
  npm install --prefix "$packages" --no-save --no-audit --no-fund --ignore-scripts $wanted
fi

./zeuxis dataset icons "$dir" --from "$packages/node_modules" --size "${ICON_SIZE:-64}"
