package org.zeuxis.config;

/** A configuration that lacks a key, has it in another type, or asks for something not supported. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
