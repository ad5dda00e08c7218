package org.zeuxis.data.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads comma- or tab-separated values with quotes (RFC 4180). */
public final class CsvReader {
    private final String text;
    private final char separator;
    private int at;
    private int line = 1;

    public CsvReader(String text, char separator) {
        this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
        this.separator = separator;
    }

    /** The number of the line that the next row begins on, from 1. */
    public int line() {
        return line;
    }

    public boolean hasNext() {
        while (at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')) {
            if (text.charAt(at++) == '\n') line++;
        }
        return at < text.length();
    }

    /** @throws IOException if a quote is never closed */
    public List<String> next() throws IOException {
        List<String> row = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        int begin = line;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"' && cell.isEmpty()) {
                quoted(cell, begin);
            } else if (c == separator) {
                row.add(cell.toString());
                cell.setLength(0);
                at++;
                if (at == text.length()) break;
            } else if (c == '\n' || c == '\r') {
                break;
            } else {
                cell.append(c);
                at++;
            }
        }
        row.add(cell.toString());
        return row;
    }

    private void quoted(StringBuilder cell, int begin) throws IOException {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\n') line++;
            if (c != '"') {
                cell.append(c);
            } else if (at < text.length() && text.charAt(at) == '"') {
                cell.append('"');
                at++;
            } else {
                return;
            }
        }
        throw new IOException("line " + begin + ": expected a closing quote, the file ends before it");
    }
}
