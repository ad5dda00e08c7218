package org.zeuxis.train;

import java.io.IOException;
import java.util.List;
import org.zeuxis.data.Problem;

/** Several observers as one. */
record Observers(List<Observer> all) implements Observer {
    @Override
    public void goesOnFrom(long step) throws IOException {
        for (Observer each : all) each.goesOnFrom(step);
    }

    @Override
    public void rolledBack(Report broken, long step) throws IOException {
        for (Observer each : all) each.rolledBack(broken, step);
    }

    @Override
    public void stepped(Report report) throws IOException {
        for (Observer each : all) each.stepped(report);
    }

    @Override
    public boolean wantsToStop() {
        return all.stream().anyMatch(Observer::wantsToStop);
    }

    @Override
    public boolean wantsAverage(Report report) {
        return all.stream().anyMatch(each -> each.wantsAverage(report));
    }

    @Override
    public void averaged(Report report) throws IOException {
        for (Observer each : all) if (each.wantsAverage(report)) each.averaged(report);
    }

    @Override
    public void saved(long step) throws IOException {
        for (Observer each : all) each.saved(step);
    }

    @Override
    public void told(String sentence) {
        for (Observer each : all) each.told(sentence);
    }

    @Override
    public void leftOut(List<Problem> problems) {
        for (Observer each : all) each.leftOut(problems);
    }
}
