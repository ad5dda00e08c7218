package org.zeuxis.planted.image;

public record Gets(int width) {
    public int getWidth() {
        return width;
    }
}
