package org.zeuxis.planted.models.novelty;

interface Unheard {}
