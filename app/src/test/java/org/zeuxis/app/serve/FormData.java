package org.zeuxis.app.serve;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A form with files, as browsers send it. */
final class FormData {
    private static final String BOUNDARY = "a-boundary-of-the-test";
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    FormData text(String name, Object value) {
        return part("name=\"" + name + "\"", value.toString().getBytes(StandardCharsets.UTF_8));
    }

    FormData file(String name, byte[] content) {
        return part("name=\"" + name + "\"; filename=\"" + name + ".png\"", content);
    }

    private FormData part(String disposition, byte[] content) {
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(body.toByteArray());
        whole.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return whole.toByteArray();
    }

    static String type() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }
}
