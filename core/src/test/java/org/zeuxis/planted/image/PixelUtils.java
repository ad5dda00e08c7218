package org.zeuxis.planted.image;

interface PixelUtils {}
