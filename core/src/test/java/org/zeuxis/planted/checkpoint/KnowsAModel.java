package org.zeuxis.planted.checkpoint;

import org.zeuxis.planted.models.imagen.Innocent;

record KnowsAModel(Innocent model) {}
