package org.zeuxis.planted.models.clip;

import org.zeuxis.planted.models.imagen.Innocent;

record KnowsASystem(Innocent system) {}
