package org.zeuxis.planted.models.imagen;

public interface Innocent {}
