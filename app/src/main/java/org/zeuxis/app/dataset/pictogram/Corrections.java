package org.zeuxis.app.dataset.pictogram;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an icon shows where its name says something else; every line was found by looking at the drawing. */
final class Corrections {
    /** Drawn, but as something that no label says: a revolver named after today's water pistol. */
    static final String LEAVE_OUT = "-";

    private static final String FXEMOJI = """
            bow 1F380, wave 1F30A, pout 1F64E, pouting 1F621, up 1F446, down 1F447, left 1F448, right 1F449,
            icecream 1F368, couple 1F491, cat 1F431, dog 1F436, pig 1F437, mouse 1F42D, tiger 1F42F, bunny 1F430,
            dragonhead 1F432, catside 1F408, dogside 1F415, pigside 1F416, mouseside 1F401, tigerside 1F405,
            leopardside 1F406, bunnyside 1F407, dragonside 1F409, hampster 1F439, sunglasses 1F60E, construction 1F3D7,
            kiss 1F618, keyboard -, star -, whitemediumstar -, astonished 1F635, heartblue 1F499, heartgreen 1F49A,
            heartpurple 1F49C, heartyellow 1F49B, heartarrow 1F498, 2hearts 1F495, crying 1F622, loudlycrying 1F62D,
            winking 1F609, tongueoutwink 1F61C, forkknife 1F37D, chilipepper 1F336, fishcakeswirl 1F365, present 1F381,
            confetti 1F38A, snowmountains 1F3D4, evergreen 1F332, fallingleaf 1F342, leaffluttering 1F343,
            tennisball 1F3BE, studiomic 1F399, toykotower 1F5FC, turban 1F473, heels 1F460, sandals 1F461,
            mensshoe 1F45E, womansshirt 1F45A, pinkwallet 1F45B, saggitarius 2650, spurtingwhale 1F433,
            frontfacingchick 1F425, monkeysee 1F648, monkeyhear 1F649, monkeyspeak 1F64A, pigsnout 1F43D,
            flexbicep 1F4AA, americasglobe 1F30E, asiaaustraliaglobe 1F30F, europeafricaglobe 1F30D,
            meridianglobe 1F310, bellcancellation 1F515, chartdownwardstrend 1F4C9, chartupwardstrend 1F4C8,
            cellphone 1F4F1, phonerightarrowleft 1F4F2, leftmagnifyingglass 1F50D, rightmagnifyingglass 1F50E,
            sleuthspy 1F575, outbox 1F4E4, controlknob 1F39B, sixpointedstarwithdot 1F52F, waningbibbousmoon 1F316,
            thoughtbaloon 1F4AD, speechbubble 1F4AC, potablewatersystem 1F6B0, japaneseangrymask 1F47A, gma 1F475,
            gpa 1F474, highspeedtrainbulletnose 1F685, notebookdecorativecover 1F4D4, manltepiececlock 1F570""";

    private static final Map<String, String> BY_ICON = table();

    private Corrections() {}

    /** The code of what the icon shows, {@link #LEAVE_OUT}, or null where its name is right. */
    static @Nullable String of(Vendor vendor, String icon) {
        if (icon.equals("pistol")) return LEAVE_OUT;
        return BY_ICON.get(vendor.prefix() + "/" + icon);
    }

    private static Map<String, String> table() {
        Map<String, String> table = new HashMap<>();
        for (String line : List.of(FXEMOJI.split(",\\s*"))) {
            int space = line.indexOf(' ');
            table.put("fxemoji/" + line.substring(0, space), line.substring(space + 1));
        }
        for (int hour = 1; hour <= 12; hour++) {
            table.put("fxemoji/clock" + hour + "oclock", String.format(Locale.ROOT, "%X", 0x1F54F + hour));
            table.put("fxemoji/clock" + hour + "thirty", String.format(Locale.ROOT, "%X", 0x1F55B + hour));
        }
        return Map.copyOf(table);
    }
}
