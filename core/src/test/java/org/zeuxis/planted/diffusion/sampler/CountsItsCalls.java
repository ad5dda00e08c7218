package org.zeuxis.planted.diffusion.sampler;

final class CountsItsCalls {
    private int calls;

    int call() {
        return ++calls;
    }
}
