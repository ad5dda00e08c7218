#!/usr/bin/env bash
# An Imagen of pictograms over the frozen MiniLM, in one folder. Its stages begin with what DALL·E 2's networks learned, so that
# runs/pictograms-unclip.sh comes first.
# Not yet run in one go; what ships went on from the base and from the last for one more course each, as their recipes tell.
# Usage: runs/pictograms-imagen.sh [--device cuda]      Stopped at any moment and started again, it goes on where it was.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e trained/minilm ] || runs/minilm.sh trained/minilm
for recipe in imagen-base imagen-upsampler-256 imagen-upsampler-256-whole; do
  if [ -e "trained/$recipe/recipe.json" ]; then
    ./zeuxis train "configs/pictograms/$recipe.json" --resume "$@"
  else
    ./zeuxis train "configs/pictograms/$recipe.json" "$@"
  fi
done

rm -rf trained/imagen-whole trained/imagen
cp -r trained/imagen-base/model trained/imagen-whole
cp -r trained/imagen-upsampler-256-whole/model trained/imagen-whole/upsampler_256
./zeuxis convert trained/imagen-whole trained/imagen --dtype bfloat16
./zeuxis sheet docs/pictures/unclip.txt --model trained/imagen -o trained/imagen.png
