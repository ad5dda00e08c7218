package org.zeuxis.planted.image;

class Open {}
