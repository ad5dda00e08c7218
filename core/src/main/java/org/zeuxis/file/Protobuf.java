package org.zeuxis.file;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The fields of a message in protobuf's wire format, one after the other.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
 */
public final class Protobuf {
    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int BYTES = 2;
    private static final int FOUR_BYTES = 5;

    private final ByteBuffer in;
    private int field;
    private int kind;
    private long number;
    private ByteBuffer content = ByteBuffer.allocate(0);

    public Protobuf(ByteBuffer message) {
        in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Goes to the next field.
     *
     * @return whether there is one
     * @throws IllegalArgumentException if this is no message
     */
    public boolean next() {
        if (!in.hasRemaining()) return false;
        try {
            long tag = varint();
            field = (int) (tag >>> 3);
            kind = (int) (tag & 7);
            switch (kind) {
                case VARINT -> number = varint();
                case EIGHT_BYTES -> number = in.getLong();
                case FOUR_BYTES -> number = in.getInt();
                case BYTES -> content = bytes(varint());
                default -> throw new IllegalArgumentException("expected a kind of field, got " + kind);
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("expected more bytes, got the end", e);
        }
        if (field == 0) throw new IllegalArgumentException("expected the number of a field, got 0");
        return true;
    }

    public int field() {
        return field;
    }

    /** A whole number or truth value. */
    public long number() {
        expect(VARINT);
        return number;
    }

    public float real() {
        expect(FOUR_BYTES);
        return Float.intBitsToFloat((int) number);
    }

    public String text() {
        return StandardCharsets.UTF_8.decode(message()).toString();
    }

    /** A message within this one, or bytes of another meaning. */
    public ByteBuffer message() {
        expect(BYTES);
        return content.duplicate();
    }

    private void expect(int kind) {
        if (this.kind != kind) {
            throw new IllegalArgumentException(
                    "expected field " + field + " to be of kind " + kind + ", got " + this.kind);
        }
    }

    private ByteBuffer bytes(long count) {
        if (count < 0 || count > in.remaining()) throw new BufferUnderflowException();
        ByteBuffer slice = in.slice(in.position(), (int) count);
        in.position(in.position() + (int) count);
        return slice;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) return value;
        }
        throw new IllegalArgumentException("expected a number of at most ten bytes, got a longer one");
    }
}
