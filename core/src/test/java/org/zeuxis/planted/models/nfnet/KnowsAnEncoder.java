package org.zeuxis.planted.models.nfnet;

import org.zeuxis.planted.models.clip.KnowsNobody;

record KnowsAnEncoder(KnowsNobody encoder) {}
