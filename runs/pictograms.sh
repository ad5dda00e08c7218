#!/usr/bin/env bash
# The models that ship with Zeuxis, from nothing: dataset, autoencoder, CLIP, latent diffusion, and their place in the jar.
# Usage: runs/pictograms.sh      Stopped at any moment and started again, it goes on where it was.
# By the sums of its parts about two and a half hours on 2 cores that do nothing else; not yet run in one go. Results: trained/{autoencoder,clip,latent-diffusion,clip-resnet}/model, metrics.csv beside each.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e data/pictograms/train ] || PICTOGRAM_SIZE=64 runs/pictograms-data.sh data/pictograms

for recipe in autoencoder clip latent-diffusion clip-resnet; do
  if [ -e "trained/$recipe/recipe.json" ]; then
    ./zeuxis train "configs/pictograms/$recipe.json" --resume
  else
    ./zeuxis train "configs/pictograms/$recipe.json"
  fi
done

# half the size, and what the jar is made of; README.md, the model card, stays
shipped=pictograms/src/main/resources/org/zeuxis/pictograms
ship() {
  rm -rf "trained/$1-bfloat16" "${shipped:?}/$2"
  ./zeuxis convert "trained/$1/model" "trained/$1-bfloat16" --dtype bfloat16
  cp -r "trained/$1-bfloat16" "$shipped/$2"
}
ship clip-resnet clip # clip is the text tower of latent-diffusion
ship latent-diffusion latent-diffusion

./zeuxis imagine "a red apple" -o trained/apple.png
