package org.zeuxis.hub.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;

/** What a server's refusal means for the person who asked. */
final class Refusal {
    private Refusal() {}

    /** {@link #of} as an exception that says whether to ask again. */
    static IOException why(HttpResponse<Body> answer, URI endpoint, ModelName model, String path) {
        HubException refusal = of(answer, endpoint, model, path);
        if (!BusyException.is(answer.statusCode())) return refusal;
        return new BusyException(refusal, BusyException.after(answer.headers(), Instant.now()));
    }

    /** @param path of the file that was asked for, or empty where it was the model as such */
    private static HubException of(HttpResponse<Body> answer, URI endpoint, ModelName model, String path) {
        int status = answer.statusCode();
        String what = path.isEmpty() ? model.toString() : path + " of " + model;
        String expected = "expected " + what + " from " + answer.uri().getHost() + ", got ";
        String got = expected + status;
        if (status == 407) {
            return new HubException(
                    expected + "407 from the proxy; set the proxy's variable to http://USER:PASSWORD@HOST:PORT");
        }
        if (!String.valueOf(answer.uri().getHost()).equalsIgnoreCase(endpoint.getHost())) {
            return new HubException(got + " from the server the hub named; pull again, what has come is kept");
        }
        // the hub says which of the things that one status may mean
        String code = answer.headers().firstValue("X-Error-Code").orElse("");
        String page = endpoint + "/" + model.repository();
        String advice = switch (status) {
            case 401 ->
                code.equals("GatedRepo")
                        ? "accept the licence at " + page + " and set HF_TOKEN to a token of that account"
                        : "check the name; if the model is private or gated, accept the licence at " + page
                                + " and set HF_TOKEN to a token of that account";
            case 403 ->
                "the token does not reach it: accept the licence at " + page
                        + " with the account of HF_TOKEN, or use a token that may read it";
            case 404 ->
                code.equals("RevisionNotFound")
                        ? "there is no revision " + model.revision() + "; see those at " + page
                        : "check the name and the revision; if the model is private, set HF_TOKEN";
            case 429 ->
                "too many requests: wait "
                        + BusyException.after(answer.headers(), Instant.now())
                                .map(wait -> wait.toSeconds() + " s")
                                .orElse("a few minutes")
                        + ", or set HF_TOKEN";
            default -> status >= 500 ? "the hub is in trouble: try again later" : "check HF_ENDPOINT";
        };
        return new HubException(got + "; " + advice);
    }
}
