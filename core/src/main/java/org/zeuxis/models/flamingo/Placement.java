package org.zeuxis.models.flamingo;

/** Before which blocks of the language model its tokens look at media. */
public enum Placement {
    /** Before the first, and each so many blocks after it, as in the paper and IDEFICS. */
    FROM_FIRST {
        @Override
        boolean isBefore(int block, int every) {
            return block % every == 0;
        }
    },
    /** Before the last of each so many blocks, as in OpenFlamingo. */
    LAST_OF_EACH {
        @Override
        boolean isBefore(int block, int every) {
            return (block + 1) % every == 0;
        }
    };

    abstract boolean isBefore(int block, int every);
}
