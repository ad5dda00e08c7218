package org.zeuxis.planted.text.tail;

import org.zeuxis.planted.text.Serpent;

public interface Tail {
    Serpent grownFrom();
}
