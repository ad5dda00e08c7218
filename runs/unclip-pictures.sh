#!/usr/bin/env bash
# What DALL·E 2 can do, as rows of pictures: variations, blends, text diffs, principal components, an edit, and the three sizes.
# Usage: runs/unclip-pictures.sh [MODEL]      into docs/pictures/unclip; some ten minutes of two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
model=${1:-unclip}
to=docs/pictures/unclip
mkdir -p "$to"
zeuxis() { ./zeuxis "$@" --force; }

# what they begin from, by the shipped latent diffusion
for thing in "a red apple" "a red automobile" "a penguin" "a sunflower" "a yellow heart" "a blue heart"; do
  zeuxis imagine "$thing" -o "$to/from ${thing#a }.png"
done

for thing in "red apple" "red automobile" "penguin"; do
  zeuxis vary "$to/from $thing.png" --model "$model" --count 6 --size 256 --grid -o "$to/variations $thing.png"
done
zeuxis blend "$to/from red apple.png" "$to/from yellow heart.png" --model "$model" --count 6 --size 256 --grid -o "$to/blend apple heart.png"
zeuxis blend "$to/from penguin.png" "$to/from red automobile.png" --model "$model" --count 6 --size 256 --grid -o "$to/blend penguin automobile.png"
zeuxis vary "$to/from yellow heart.png" --from-words "a yellow heart" --toward "a blue heart" --theta 0.4 --model "$model" --count 6 --size 256 --grid -o "$to/diff yellow blue.png"
zeuxis vary "$to/from red apple.png" --from-words "a red apple" --toward "a green apple" --theta 0.4 --model "$model" --count 6 --size 256 --grid -o "$to/diff red green.png"
zeuxis vary "$to/from penguin.png" --components 4,8,16,32,40,49 --model "$model" --size 256 --grid -o "$to/components penguin.png"
zeuxis vary "$to/from red apple.png" --components 4,8,16,32,40,49 --model "$model" --size 256 --grid -o "$to/components apple.png"
zeuxis edit "$to/from yellow heart.png" "a red heart" --mask docs/pictures/right-half.png --model "$model" --size 256 --count 6 --grid -o "$to/edit heart.png"
zeuxis sheet docs/pictures/unclip.txt --model "$model" --size 256 -o docs/pictures/unclip.png
