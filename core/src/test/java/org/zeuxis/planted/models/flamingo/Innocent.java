package org.zeuxis.planted.models.flamingo;

public interface Innocent {}
