package org.zeuxis.planted.image;

abstract class AbstractPicture {}
