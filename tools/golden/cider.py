"""CIDEr-D of made-up captions by pycocoevalcap, and again by the formulas of its paper (https://arxiv.org/abs/1411.5726).

Captions are given as words that are lower-case and parted by single spaces already, so that no tokenizer of either comes in.
The wheel's scorer is pure Python; `pip install --no-deps pycocoevalcap==1.2` is enough, and Java is not asked for."""
import collections
import math
import random

import numpy as np
from pycocoevalcap.cider.cider import Cider

from golden_file import GoldenFile, directory

SEED = 1411
THINGS = ["apple", "cat", "car", "mouse", "tree", "t-rex"]
COLORS = ["red", "blue", "green"]
PLACES = ["on white", "on the left of a house", "in the rain", ""]


def caption(draw):
    words = f"a {draw.choice(COLORS)} {draw.choice(THINGS)} {draw.choice(PLACES)}".split()
    return " ".join(words[:1] + words[1:2] * draw.choice([1, 1, 1, 3]) + words[2:])


def phrases(text, n):
    words = text.split()
    return collections.Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))


def by_the_paper(candidates, references):
    pictures = len(references)
    scores = np.zeros(pictures)
    for n in range(1, 5):
        rarity = collections.Counter(p for of in references for p in set().union(*(phrases(r, n) for r in of)))

        def vector(text):
            return {p: c * math.log(pictures / max(1, rarity[p])) for p, c in phrases(text, n).items()}

        for i, (candidate, of) in enumerate(zip(candidates, references)):
            c = vector(candidate)
            for reference in of:
                r = vector(reference)
                norm = math.sqrt(sum(x * x for x in c.values()) * sum(x * x for x in r.values()))
                product = sum(min(c[p], r[p]) * r[p] for p in c.keys() & r.keys())
                pairs = [max(0, len(text.split()) - 1) for text in (candidate, reference)]
                penalty = math.exp(-(pairs[0] - pairs[1]) ** 2 / (2 * 6 ** 2))
                scores[i] += 10 / 4 / len(of) * penalty * (product / norm if norm else 0)
    return scores


def main():
    draw = random.Random(SEED)
    references = [[caption(draw) for _ in range(draw.randint(1, 4))] for _ in range(40)]
    candidates = [draw.choice([of[0], caption(draw), " ".join(of), "cat", ""]) for of in references]
    mean, scores = Cider().compute_score(dict(enumerate(references)), {i: [c] for i, c in enumerate(candidates)})
    own = by_the_paper(candidates, references)
    assert np.abs(own - scores).max() < 1e-9, np.abs(own - scores).max()
    _, alone = Cider().compute_score({0: references[0]}, {0: references[0][:1]})
    golden = GoldenFile(
        "cider.safetensors", SEED, packages=("pycocoevalcap", "numpy"),
        keys="all in the metadata: captions, references of each, scores of each in double precision, their mean, and the score "
             "of a reference that is the only picture's",
        captions=candidates, references=references, scores=[float(s) for s in scores], mean=repr(float(mean)),
        alone=repr(float(alone[0])))
    golden.put("out.scores", scores)
    golden.write(directory(__doc__))


if __name__ == "__main__":
    main()
