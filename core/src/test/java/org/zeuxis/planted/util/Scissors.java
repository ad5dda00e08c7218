package org.zeuxis.planted.util;

interface Scissors {}
