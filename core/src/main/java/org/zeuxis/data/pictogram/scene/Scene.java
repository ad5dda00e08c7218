package org.zeuxis.data.pictogram.scene;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.data.pictogram.Nouns;
import org.zeuxis.image.Image;

/** A picture and all that is true of it. */
public record Scene(Image image, String caption, Background background, List<Placement> placements) {
    public Scene {
        placements = List.copyOf(placements);
    }

    /**
     * Draws things on a ground, whose colour the caption says unless it is white.
     *
     * @param things one for each placement
     */
    static Scene of(int size, List<Thing> things, List<Placement> places, Background ground, String caption) {
        Canvas canvas = new Canvas(size, ground);
        for (int i = 0; i < things.size(); i++) {
            Placement place = places.get(i);
            canvas.paste(things.get(i).image(), place.left(), place.top(), place.side());
        }
        return new Scene(canvas.image(), said(caption, ground), ground, places);
    }

    /** Some of one thing and some of another, scattered. */
    static Scene groups(Layout layout, Thing first, int a, Thing second, int b, Background ground, Draws draws) {
        List<Thing> all = new ArrayList<>(Collections.nCopies(a, first));
        all.addAll(Collections.nCopies(b, second));
        String caption = Nouns.counted(a, first.label()) + " and " + Nouns.counted(b, second.label());
        return of(layout.size(), all, layout.scattered(all, draws), ground, caption);
    }

    /** The same, each on a disc of its own. */
    static Scene onDiscs(
            int size,
            List<Thing> things,
            List<Placement> places,
            List<Background> discs,
            Background ground,
            String caption) {
        Canvas canvas = new Canvas(size, ground);
        for (int i = 0; i < things.size(); i++) {
            Placement place = places.get(i);
            canvas.disc(discs.get(i), place.left(), place.top(), place.side());
            int margin = Math.round(place.side() * 0.17f);
            int side = place.side() - 2 * margin;
            canvas.paste(things.get(i).image(), place.left() + margin, place.top() + margin, side);
        }
        return new Scene(canvas.image(), said(caption, ground), ground, places);
    }

    private static String said(String caption, Background ground) {
        return ground.equals(Background.WHITE) ? caption : caption + " " + ground.phrase();
    }
}
