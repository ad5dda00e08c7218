package org.zeuxis.planted.train;

final class PrintsAStackTrace {
    private PrintsAStackTrace() {}

    static void failed(Exception e) {
        e.printStackTrace();
    }
}
