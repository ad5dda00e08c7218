package org.zeuxis.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** When what happened while a picture was drawn, in seconds since the process began. */
final class PictureTimes {
    private final List<Double> steps = new ArrayList<>();
    private double loaded;

    void loaded() {
        loaded = now();
    }

    /** One more is done. */
    void step() {
        steps.add(now());
    }

    private static double now() {
        return (System.currentTimeMillis()
                        - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }

    /** From the end of one step to that of the next, the median; that of the first if there is no other. */
    private double step(double first) {
        List<Double> each = new ArrayList<>();
        for (int i = 1; i < steps.size(); i++) each.add(steps.get(i) - steps.get(i - 1));
        each.sort(null);
        return each.isEmpty() ? first - loaded : each.get(each.size() / 2);
    }

    /** One line of JSON, now that the picture is there. */
    void print(String name, String type, int size, int asked) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "{\"benchmark\": \"%s\", \"type\": \"%s\", \"size\": %d, \"steps\": %d, \"loaded\": %.2f,"
                        + " \"first_step\": %.2f, \"step\": %.2f, \"whole\": %.2f, \"peak_gb\": %.2f}%n",
                name,
                type,
                size,
                asked,
                loaded,
                steps.get(0),
                step(steps.get(0)),
                now(),
                PeakMemory.bytes() / 1e9);
    }
}
