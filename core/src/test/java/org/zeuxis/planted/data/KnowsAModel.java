package org.zeuxis.planted.data;

import org.zeuxis.planted.models.imagen.Innocent;

record KnowsAModel(Innocent model) {}
