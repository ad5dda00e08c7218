#!/usr/bin/env bash
# The models that ship with Zeuxis, from nothing: dataset, autoencoder, CLIP, latent diffusion, and their place in the jar.
# Usage: runs/pictograms.sh [--device cuda]      Stopped at any moment and started again, it goes on where it was.
# The shipped autoencoder and CLIP are of these recipes, run one by one on lent GPUs; not yet run in one go. The shipped latent diffusion
# model is of latent-diffusion.json over an earlier CLIP, then of latent-diffusion-icons.json and latent-diffusion-further.json.
# On 2 cores nearly two days together, by their samples. Results: trained/{autoencoder,clip,clip-further,latent-diffusion}/model, metrics.csv beside each.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e data/pictograms/train ] || PICTOGRAM_SIZE=96 runs/pictograms-data.sh data/pictograms
[ -e data/icons/train-colored ] || runs/icons-data.sh data/icons

for recipe in autoencoder clip clip-further latent-diffusion; do
  if [ -e "trained/$recipe/recipe.json" ]; then
    ./zeuxis train "configs/pictograms/$recipe.json" --resume "$@"
  else
    ./zeuxis train "configs/pictograms/$recipe.json" "$@"
  fi
done

# half the size, and what the jar is made of; README.md, the model card, stays
shipped=pictograms/src/main/resources/org/zeuxis/pictograms
for model in clip-further latent-diffusion; do
  rm -rf "trained/$model-bfloat16" "${shipped:?}/${model%-further}"
  ./zeuxis convert "trained/$model/model" "trained/$model-bfloat16" --dtype bfloat16
  cp -r "trained/$model-bfloat16" "$shipped/${model%-further}"
done

./zeuxis imagine "a red apple" -o trained/apple.png
