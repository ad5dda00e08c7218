package org.zeuxis.planted.text;

import org.zeuxis.planted.text.tail.Tail;

public record Serpent(Tail bitten) {}
