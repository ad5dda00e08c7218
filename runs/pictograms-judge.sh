#!/usr/bin/env bash
# What the shipped model can draw, judged by a CLIP that has only seen the drawings of other vendors and sets.
# Usage: runs/pictograms-judge.sh [--device cuda]      Needs data/pictograms and data/icons. Its parts were run, not yet in one go.
# Results: trained/judgement.txt and the sheets in docs/pictures.
set -euo pipefail
cd "$(dirname "$0")/.."

data=data/pictograms
judge=$data/judge
if [ ! -e "$judge" ]; then
  mkdir -p "$judge"
  for part in heldout-vendors heldout-both validation-heldout-vendors; do
    for shard in "$data/$part"/*.tar; do ln "$shard" "$judge/$part-$(basename "$shard")"; done
  done
  # three icon sets that nothing else learns from
  for part in heldout-line heldout-freehand heldout-pixel; do
    for shard in data/icons/"$part"/*.tar; do ln "$shard" "$judge/$part-$(basename "$shard")"; done
  done
fi

if [ -e trained/judge/recipe.json ]; then
  ./zeuxis train configs/pictograms/judge.json --resume "$@"
else
  ./zeuxis train configs/pictograms/judge.json "$@"
fi

clip=trained/judge/model
others=(--labels-of "$data/train" --labels-of "$data/heldout-concepts" --labels-of "$data/validation")
{
  echo "== concepts it was trained on"
  ./zeuxis evaluate recognition "$data/train" --clip "$clip" "${others[@]}"
  echo "== concepts it never saw"
  ./zeuxis evaluate recognition "$data/heldout-concepts" --clip "$clip" "${others[@]}"
} | tee trained/judgement.txt

./zeuxis sheet docs/pictures/sheet.txt -o docs/pictures/sheet.png --each trained/sheet
./zeuxis sheet docs/pictures/heldout.txt -o docs/pictures/heldout.png
./zeuxis evaluate neighbours trained/sheet "$data/train" --clip "$clip" -o docs/pictures/neighbours.png
