package org.zeuxis.planted.tensor;

import org.zeuxis.planted.image.Gets;

final class KnowsAHigherFloor {
    private KnowsAHigherFloor() {}

    static int known(Gets higher) {
        return higher.getWidth();
    }
}
