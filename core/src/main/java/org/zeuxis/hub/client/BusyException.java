package org.zeuxis.hub.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that would rather be asked again later. */
public final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final Set<Integer> STATUSES = Set.of(408, 429, 500, 502, 503, 504);

    /** What the hub says of its quotas: nothing remains of one, which is filled up again in so many seconds. */
    private static final Pattern EMPTY_QUOTA = Pattern.compile("[^,]*;\\s*r=0\\s*;\\s*t=(\\d{1,9})\\s*(?:[;,].*)?");

    private final HubException refusal;
    private final transient Optional<Duration> after;

    BusyException(HubException refusal, Optional<Duration> after) {
        super(refusal.getMessage(), refusal);
        this.refusal = refusal;
        this.after = after;
    }

    /** What is said if it is not asked again. */
    public HubException refusal() {
        return refusal;
    }

    static boolean is(int status) {
        return STATUSES.contains(status);
    }

    /** How long the server asks to wait. */
    Optional<Duration> after() {
        return after;
    }

    /** By {@code Retry-After}, in seconds or as a date, or by the quota that is used up. */
    public static Optional<Duration> after(HttpHeaders headers, Instant now) {
        String said = headers.firstValue("Retry-After").orElse("").strip();
        if (said.matches("\\d{1,9}")) return Optional.of(Duration.ofSeconds(Long.parseLong(said)));
        try {
            Instant date = ZonedDateTime.parse(said, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(date.isBefore(now) ? Duration.ZERO : Duration.between(now, date));
        } catch (DateTimeParseException e) {
            Matcher quota = EMPTY_QUOTA.matcher(headers.firstValue("RateLimit").orElse(""));
            return quota.matches() ? Optional.of(Duration.ofSeconds(Long.parseLong(quota.group(1)))) : Optional.empty();
        }
    }
}
