package org.zeuxis.planted.models.clip;

public record KnowsNobody() {}
