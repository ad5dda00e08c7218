package org.zeuxis.image.webp;

/**
 * What an encoder did to the pixels of a lossless picture, undone. Pixels are ARGB.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9649#section-3.5">WebP Image Format</a>, section 3.5
 */
sealed interface LosslessTransform {
    int BLACK = 0xff000000;

    /**
     * Undoes it in place.
     *
     * @param pixels [height, width], of which those that are there lie at the start
     */
    void undo(int[] pixels, int width, int height);

    /** Channel by channel, each of its own byte. */
    static int sum(int a, int b) {
        int alphaAndGreen = (a & 0xff00ff00) + (b & 0xff00ff00);
        int redAndBlue = (a & 0x00ff00ff) + (b & 0x00ff00ff);
        return alphaAndGreen & 0xff00ff00 | redAndBlue & 0x00ff00ff;
    }

    /** Red and blue were lessened by green. */
    record SubtractGreen() implements LosslessTransform {
        @Override
        public void undo(int[] pixels, int width, int height) {
            for (int i = 0; i < pixels.length; i++) {
                int green = pixels[i] >> 8 & 255;
                pixels[i] = sum(pixels[i], green << 16 | green);
            }
        }
    }

    /** Colours are told by their numbers in a table, several to a pixel where there are few. */
    record Palette(int[] colours, int widthBits) implements LosslessTransform {
        @Override
        public void undo(int[] pixels, int width, int height) {
            int packed = width + (1 << widthBits) - 1 >> widthBits;
            int depth = 8 >> widthBits;
            // from the end, as there is more after it than before
            for (int y = height - 1; y >= 0; y--) {
                for (int x = width - 1; x >= 0; x--) {
                    int shift = (x & (1 << widthBits) - 1) * depth;
                    int colour = pixels[y * packed + (x >> widthBits)] >> 8 + shift & (1 << depth) - 1;
                    pixels[y * width + x] = colour < colours.length ? colours[colour] : 0;
                }
            }
        }
    }

    /** Red was lessened by a share of green, and blue by one of green and one of red, each block by its own. */
    record CrossColour(int[] shares, int bits) implements LosslessTransform {
        @Override
        public void undo(int[] pixels, int width, int height) {
            int blocks = width + (1 << bits) - 1 >> bits;
            for (int y = 0, i = 0; y < height; y++) {
                for (int x = 0; x < width; x++, i++) {
                    int share = shares[(y >> bits) * blocks + (x >> bits)];
                    int green = pixels[i] >> 8;
                    int red = (pixels[i] >> 16) + part(share, green) & 255;
                    int blue = pixels[i] + part(share >> 8, green) + part(share >> 16, red) & 255;
                    pixels[i] = pixels[i] & 0xff00ff00 | red << 16 | blue;
                }
            }
        }

        private static int part(int share, int colour) {
            return (byte) share * (byte) colour >> 5;
        }
    }

    /** Every pixel was lessened by what its neighbours foretell, each block by its own rule. */
    record Prediction(int[] rules, int bits) implements LosslessTransform {
        @Override
        public void undo(int[] pixels, int width, int height) {
            int blocks = width + (1 << bits) - 1 >> bits;
            for (int y = 0, i = 0; y < height; y++) {
                for (int x = 0; x < width; x++, i++) {
                    int foretold;
                    if (y == 0) foretold = x == 0 ? BLACK : pixels[i - 1];
                    else if (x == 0) foretold = pixels[i - width];
                    else {
                        int rule = rules[(y >> bits) * blocks + (x >> bits)] >> 8 & 15;
                        foretold = foretell(rule, pixels, i, width);
                    }
                    pixels[i] = sum(pixels[i], foretold);
                }
            }
        }

        /** Right of the last pixel above is the first of this row. */
        private static int foretell(int rule, int[] pixels, int i, int width) {
            int left = pixels[i - 1];
            int top = pixels[i - width];
            int topLeft = pixels[i - width - 1];
            int topRight = pixels[i - width + 1];
            return switch (rule) {
                case 1 -> left;
                case 2 -> top;
                case 3 -> topRight;
                case 4 -> topLeft;
                case 5 -> mean(mean(left, topRight), top);
                case 6 -> mean(left, topLeft);
                case 7 -> mean(left, top);
                case 8 -> mean(topLeft, top);
                case 9 -> mean(top, topRight);
                case 10 -> mean(mean(left, topLeft), mean(top, topRight));
                case 11 -> nearer(left, top, topLeft);
                case 12 -> ramp(left, top, topLeft);
                case 13 -> half(mean(left, top), topLeft);
                default -> BLACK;
            };
        }

        private static int mean(int a, int b) {
            return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
        }

        private static int nearer(int left, int top, int topLeft) {
            int fromLeft = 0;
            int fromTop = 0;
            for (int shift = 0; shift < 32; shift += 8) {
                int corner = topLeft >>> shift & 255;
                fromLeft += Math.abs((top >>> shift & 255) - corner);
                fromTop += Math.abs((left >>> shift & 255) - corner);
            }
            return fromLeft < fromTop ? left : top;
        }

        private static int ramp(int left, int top, int topLeft) {
            int all = 0;
            for (int shift = 0; shift < 32; shift += 8) {
                all |= clamp((left >>> shift & 255) + (top >>> shift & 255) - (topLeft >>> shift & 255)) << shift;
            }
            return all;
        }

        private static int half(int mean, int topLeft) {
            int all = 0;
            for (int shift = 0; shift < 32; shift += 8) {
                int a = mean >>> shift & 255;
                all |= clamp(a + (a - (topLeft >>> shift & 255)) / 2) << shift;
            }
            return all;
        }

        private static int clamp(int value) {
            return Math.max(0, Math.min(255, value));
        }
    }
}
