package org.zeuxis.app.planted.knot;

import org.jspecify.annotations.Nullable;
import org.zeuxis.app.planted.Rope;

/** The other half of it. */
public record Knot(@Nullable Rope rope) {}
