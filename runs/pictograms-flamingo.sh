#!/usr/bin/env bash
# A Flamingo of pictograms over the shipped CLIP and a small language model of WordNet's glosses and of captions.
# Usage: runs/pictograms-flamingo.sh [--device cuda]      Stopped at any moment and started again, it goes on where it was.
# Not yet run in one go: its recipes were, the first on a lent GPU, the others on two cores, some in parts.
set -euo pipefail
cd "$(dirname "$0")/.."

runs/pictograms-things.sh
[ -e data/glosses.txt ] || runs/glosses.sh

for recipe in language-model flamingo flamingo-further flamingo-places language-model-told flamingo-told language-model-several flamingo-several; do
  if [ -e "trained/$recipe/recipe.json" ]; then
    ./zeuxis train "configs/pictograms/$recipe.json" --resume "$@"
  else
    ./zeuxis train "configs/pictograms/$recipe.json" "$@"
  fi
done

./zeuxis describe docs/pictures/apple.png --model trained/flamingo-several/model
