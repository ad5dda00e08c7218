package org.zeuxis.data.series;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.data.Problem;

/** Several series of examples mixed by shares; each goes through its own order without gaps on average. */
public final class Mixture implements Examples {
    private final List<Examples> sources;
    private final double[] shares;
    private final int together;
    private final long seed;

    /**
     * @param shares of each source, positive, of any sum
     * @param together how many examples in a row are of the same source, at least 1
     */
    public Mixture(List<Examples> sources, List<Double> shares, int together, long seed) {
        if (together < 1) {
            throw new IllegalArgumentException("expected at least 1 example of a source in a row, got " + together);
        }
        if (sources.isEmpty() || sources.size() != shares.size()) {
            throw new IllegalArgumentException("expected one share for each of at least 1 source, got " + sources.size()
                    + " sources and " + shares.size() + " shares");
        }
        double sum = 0;
        for (double share : shares) {
            if (!(share > 0 && share < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("expected positive shares, got " + shares);
            }
            sum += share;
        }
        this.sources = List.copyOf(sources);
        this.shares = new double[shares.size()];
        for (int i = 0; i < this.shares.length; i++) this.shares[i] = shares.get(i) / sum;
        this.together = together;
        this.seed = seed;
    }

    @Override
    public Example at(long position) throws IOException {
        double fraction = Draws.at(seed, position / together).fraction();
        for (int i = 0; i < shares.length - 1; i++) {
            if (fraction < shares[i]) return sources.get(i).at(position);
            fraction -= shares[i];
        }
        return sources.get(sources.size() - 1).at(position);
    }

    @Override
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        for (Examples source : sources) problems.addAll(source.problems());
        return problems;
    }
}
