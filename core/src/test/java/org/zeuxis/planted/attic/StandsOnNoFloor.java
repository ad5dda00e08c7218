package org.zeuxis.planted.attic;

interface StandsOnNoFloor {}
