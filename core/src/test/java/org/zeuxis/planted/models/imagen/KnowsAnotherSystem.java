package org.zeuxis.planted.models.imagen;

record KnowsAnotherSystem(org.zeuxis.planted.models.flamingo.Innocent system) {}
