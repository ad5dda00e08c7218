package org.zeuxis.hub;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;

/** What a server's refusal means for the person who asked. */
final class Refusal {
    private Refusal() {}

    /** @param path of the file that was asked for, or empty where it was the model as such */
    static HubException of(HttpResponse<InputStream> answer, URI endpoint, ModelName model, String path) {
        int status = answer.statusCode();
        String what = path.isEmpty() ? model.toString() : path + " of " + model;
        String got = "expected " + what + " from " + answer.uri().getHost() + ", got " + status;
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
            case 429 -> "too many requests: wait a few minutes, or set HF_TOKEN";
            default -> status >= 500 ? "the hub is in trouble: try again later" : "check HF_ENDPOINT";
        };
        return new HubException(got + "; " + advice);
    }
}
