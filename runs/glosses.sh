#!/usr/bin/env bash
# Writes WordNet's glosses as lines of text, "word: gloss", for a language model to learn from.
# Usage: runs/glosses.sh [FILE]      FILE is by default data/glosses.txt; 117,659 lines, 9 MB
# Takes WordNet from Debian's package wordnet-base, unless WORDNET names the folder of its data.noun and so on.
set -euo pipefail
cd "$(dirname "$0")/.."

file="${1:-data/glosses.txt}"
mkdir -p "$(dirname "$file")"
folder="${WORDNET:-/usr/share/wordnet}"
if [ ! -e "$folder/data.noun" ]; then
  command -v apt-get >/dev/null || { echo "expected WordNet in $folder, got none; set WORDNET to its folder" >&2; exit 1; }
  package=$(mktemp -d)
  trap 'rm -rf "$package"' EXIT
  (cd "$package" && apt-get download -q wordnet-base >/dev/null && dpkg -x wordnet-base_*.deb .)
  folder="$package/usr/share/wordnet"
fi

# after the licence each line is a set of synonyms: number, file, kind, how many words, the words and a digit each, …, | gloss
for part in noun verb adj adv; do
  awk '/^[0-9]/ {
    bar = index($0, "| ")
    word = $5
    gsub(/_/, " ", word)
    sub(/\((a|p|ip)\)$/, "", word)
    gloss = substr($0, bar + 2)
    sub(/ +$/, "", gloss)
    print word ": " gloss
  }' "$folder/data.$part"
done > "$file.partial"
mv "$file.partial" "$file"
wc -l "$file"
