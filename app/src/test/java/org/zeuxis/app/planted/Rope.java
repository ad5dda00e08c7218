package org.zeuxis.app.planted;

import org.zeuxis.app.planted.knot.Knot;

/** A planted fault: knows the package below, which knows this one. */
public record Rope(Knot knot) {}
