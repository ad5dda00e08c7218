package org.zeuxis.app.serve.api;

import org.jspecify.annotations.Nullable;

/** What a caller is told instead of an answer, in the words of OpenAI's API. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;

    ApiException(int status, String type, @Nullable String param, @Nullable String code, String message) {
        super(message);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
    }

    /** The request is wrong. */
    public static ApiException wrong(@Nullable String param, String message) {
        return new ApiException(400, INVALID, param, "invalid_value", message);
    }

    /** There is no such thing. */
    public static ApiException missing(@Nullable String param, String code, String message) {
        return new ApiException(404, INVALID, param, code, message);
    }

    /** It shows no token, or another than this server's. */
    public static ApiException wrongToken(String message) {
        return new ApiException(401, INVALID, null, "invalid_api_key", message);
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    @Nullable
    String param() {
        return param;
    }

    @Nullable
    String code() {
        return code;
    }
}
