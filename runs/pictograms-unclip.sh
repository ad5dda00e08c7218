#!/usr/bin/env bash
# A DALL·E 2 of pictograms from nothing but the shipped CLIP: two priors, a decoder in six steps, two upsamplers, in one folder.
# Usage: runs/pictograms-unclip.sh [--device cuda]      Stopped at any moment and started again, it goes on where it was.
# Not yet run in one go: the priors and the decoder at 32 pixels were, on two cores; the decoder at 64 too, and both upsamplers.
set -euo pipefail
cd "$(dirname "$0")/.."

runs/pictograms-things.sh
[ -e data/icons/train-colored ] || runs/icons-data.sh data/icons
packages=$PWD/data/pictograms/packages
[ -e data/pictograms-256/train ] || PICTOGRAM_PACKAGES=$packages PICTOGRAM_SIZE=256 runs/pictograms-data.sh data/pictograms-256
[ -e data/pictograms-1024/train ] ||
  PICTOGRAM_PACKAGES=$packages PICTOGRAM_SIZE=1024 PICTOGRAM_EVERY=14 runs/pictograms-data.sh data/pictograms-1024

for recipe in prior-diffusion-flat prior-autoregressive-flat decoder-32 decoder-32-common decoder decoder-things decoder-flat decoder-further upsampler-256 upsampler-256-whole upsampler-1024; do
  if [ -e "trained/unclip-$recipe/recipe.json" ]; then
    ./zeuxis train "configs/pictograms/unclip-$recipe.json" --resume "$@"
  else
    ./zeuxis train "configs/pictograms/unclip-$recipe.json" "$@"
  fi
done

rm -rf trained/unclip
./zeuxis assemble trained/unclip --decoder trained/unclip-decoder-further/model \
  --prior trained/unclip-prior-diffusion-flat/model --prior trained/unclip-prior-autoregressive-flat/model \
  --upsampler trained/unclip-upsampler-256-whole/model --upsampler trained/unclip-upsampler-1024/model

./zeuxis sheet docs/pictures/unclip.txt --model trained/unclip --size 64 -o trained/unclip.png
