#!/usr/bin/env bash
# The model that ships with Zeuxis, from nothing: dataset, autoencoder, CLIP, latent diffusion.
# Usage: runs/pictograms.sh      Stopped at any moment and started again, it goes on where it was.
# About a night on 2 cores. Results: trained/{autoencoder,clip,latent-diffusion}/model, metrics.csv beside each.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e data/pictograms/train ] || PICTOGRAM_SIZE=64 runs/pictograms-data.sh data/pictograms

for recipe in autoencoder clip latent-diffusion; do
  if [ -e "trained/$recipe/recipe.json" ]; then
    ./zeuxis train "configs/pictograms/$recipe.json" --resume
  else
    ./zeuxis train "configs/pictograms/$recipe.json"
  fi
done

./zeuxis imagine "a red apple" --model trained/latent-diffusion/model -o trained/apple.png
