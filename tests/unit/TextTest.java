import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** TextTest: templates, escapes, widths, suggestions and shell words. */
final class TextTest extends Sandbox {
    // ---- Templates ----

    @Harness.Test("text: a template takes a value for each hole, and a value may hold one")
    static void templates() {
        equal("none", Freshness.Text.fill("a"), "a");
        equal("one", Freshness.Text.fill("{}", 1), "1");
        equal("two", Freshness.Text.fill("a{}b{}c", "{}", null), "a{}bnullc");
        equal("side by side", Freshness.Text.fill("{}{}", "x", "y"), "xy");
        equal("braces of JSON", Freshness.Text.fill("{\"a\": {}}", 1), "{\"a\": 1}");
        equal("nothing is escaped", Freshness.Text.fill("{}", "a\nb|"), "a\nb|");
    }

    @Harness.Test("text: values are escaped for people, unless they are raw")
    static void escapedValues() {
        equal("a value", Freshness.Text.text("{}\n", "a\nb|"), "a\\u000ab\\u007c\n");
        equal("a raw one", Freshness.Text.text("{}", Freshness.Text.raw("a\nb|")), "a\nb|");
        equal("both", Freshness.Text.text("{}{}", "\t", Freshness.Text.raw("\t")), "\\u0009\t");
        equal("the template", Freshness.Text.text("a|\t{}", 7), "a|\t7");
        equal("null", Freshness.Text.text("{}", (Object) null), "null");
    }

    @Harness.Test("text: a template whose holes and values differ in number throws")
    static void templatesThatDiffer() {
        differ("too few values: a {}", "a {}");
        differ("too few values: {}{}", "{}{}", 1);
        differ("too few values: {} {}", "{} {}", "{}");
        differ("too many values: a", "a", 1);
        differ("too many values: {}", "{}", 1, 2);
        differ("too many values: {", "{", "{}");
    }

    private static void differ(String problem, String template, Object... values) {
        equal("fill " + template, thrownBy(() -> Freshness.Text.fill(template, values)), problem);
        equal("text " + template, thrownBy(() -> Freshness.Text.text(template, values)), problem);
        Freshness.Output out = new Freshness.Output(new Full(0));
        equal("an output's text", thrownBy(() -> out.text(template, values)), problem);
        equal("an output's raw", thrownBy(() -> out.raw(template, values)), problem);
    }

    private static String thrownBy(Runnable call) {
        try {
            call.run();
            return "nothing";
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    // ---- Escapes ----

    @Harness.Test("text: what prints is shown as it is")
    static void plainText() {
        for (String text : List.of("\u00e9t\u00e9", "e\u0301", "e\u0301\u0323x", "1\u20e3",
                "\u0915\u0903", "\u65e5\u672c", "a \ud83d\ude00 b", "x~y", "\u05d0\u05b8",
                "\u0e01\u0e34\u0e49", "{}", "a  b")) {
            equal(text, Freshness.Text.visible(text), text);
            equal(text, Freshness.Text.quoted(text), "\"" + text + "\"");
        }
    }

    /** What is escaped in the wanted text is so in the program's. */
    private static final String[][] MARKS = {
        {"\u0301", "\\u0301"},
        {"\u0301x", "\\u0301x"},
        {"\u0301\u0302x", "\\u0301\\u0302x"},
        {"\u20ddx", "\\u20ddx"},
        {"\u0903x", "\\u0903x"},
        {"a\u200b\u0301", "a\\u200b\\u0301"},
        {"a\\\u0301", "a\\\\\\u0301"},
        {"a/\u0301", "a/\\u0301"},
        {"a:\u0301", "a:\\u0301"},
        {"\ud83d\ude00\u0301", "\ud83d\ude00\\u0301"},
        {"\ud802\ude01", "\\ud802\\ude01"},
        {"a\ud802\ude01", "a\ud802\ude01"},
        {"a\ufe0f\u20e3", "a\\ufe0f\\u20e3"},
        {"a\u0301\ufe0f\u0301", "a\u0301\\ufe0f\\u0301"},
    };

    @Harness.Test("text: a mark is shown only upon a letter or a digit of its own text")
    static void marks() {
        for (String[] row : MARKS) {
            String text = row[0];
            String shown = row[1];
            equal(text, Freshness.Text.visible(text), shown);
            equal(text, Freshness.Text.quoted(text), "\"" + shown + "\"");
            equal(text + " in a sentence", Freshness.Text.visible("unknown feed: " + text),
                "unknown feed: " + shown);
        }
    }

    /**
     * Unicode's Default_Ignorable_Code_Point, then the spaces but the plain one, then what is blank
     * by its name.
     */
    private static final String HIDDEN = "ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f"
        + " 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff0-fff8 1bca0-1bca3 1d173-1d17a"
        + " e0000-e0fff a0 1680 2000-200a 202f 205f 3000 2800 13441-13442 16fe4 1d159";
    private static final Pattern NOT_DRAWN =
        Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Cn}\\p{Zl}\\p{Zp}|\\\\]");
    private static final Pattern MARK = Pattern.compile("\\p{M}");

    @Harness.Test(isLong = true,
            value = "text: of all characters, what no terminal draws is escaped, and reads back")
    static void allCharacters() {
        BitSet hidden = hiddenCharacters();
        int shown = 0;
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            String character = Character.toString(point);
            boolean isPlain = !hidden.get(point) && !NOT_DRAWN.matcher(character).matches();
            if (isPlain) {
                shown++;
            }
            String got = written(character);
            String want = wantedOf(character, isPlain);
            // Not a row each: there are more than a million.
            if (!got.equals(want)) {
                equal(Integer.toHexString(point) + " " + Character.getName(point), got, want);
            }
        }
        equal("how many are shown: " + shown, shown > 130_000 && shown < 200_000, true);
    }

    @Harness.Test("text: a space is shown within a text, and escaped at its edges")
    static void spacesAtEdges() {
        for (String[] row : new String[][] {
                {"a b", "a b"},
                {" a", "\\u0020a"},
                {"a ", "a\\u0020"},
                {" ", "\\u0020"},
                {"  ", "\\u0020\\u0020"},
                {"a  ", "a \\u0020"},
        }) {
            equal(row[0], Freshness.Text.visible(row[0]), row[1]);
            equal(row[0], Freshness.Text.quoted(row[0]), "\"" + row[1] + "\"");
        }
    }

    private static BitSet hiddenCharacters() {
        BitSet hidden = new BitSet();
        for (String range : HIDDEN.split(" ")) {
            String[] ends = range.split("-");
            int last = Integer.parseInt(ends[ends.length - 1], 16);
            hidden.set(Integer.parseInt(ends[0], 16), last + 1);
        }
        return hidden;
    }

    /** How the program writes a character: in a text, alone, in JSON; its width; read from JSON. */
    private static String written(String character) {
        String inText = "a" + character + "b";
        String text = Freshness.Text.visible(inText);
        String alone = Freshness.Text.visible(character);
        String json = Freshness.Text.quoted(inText);
        boolean isEscaped = !text.equals(inText);
        String width = isEscaped ? " of " + Freshness.Text.width(text) : "";
        boolean isAsItIs = json.equals("\"" + inText + "\"");
        boolean readsBack = isAsItIs || Reader.read(json).equals(inText);
        return text + " " + alone + " " + json + width + " " + readsBack;
    }

    private static String wantedOf(String character, boolean isPlain) {
        String escape = escapeOf(character);
        String text = isPlain ? character : escape;
        boolean isMark = MARK.matcher(character).matches();
        String alone = isPlain && !isMark && !character.equals(" ") ? character : escape;
        String json = switch (character) {
            case "\"" -> "\\\"";
            case "|" -> "|";
            default -> text;
        };
        String width = isPlain ? "" : " of " + (escape.length() + 2);
        return "a" + text + "b " + alone + " \"a" + json + "b\"" + width + " true";
    }

    private static String escapeOf(String character) {
        if (character.equals("\\")) {
            return "\\\\";
        }
        StringBuilder escape = new StringBuilder();
        for (char unit : character.toCharArray()) {
            escape.append("\\u").append(HexFormat.of().toHexDigits(unit));
        }
        return escape.toString();
    }

    // ---- Widths ----

    @Harness.Test("text: the columns that a character takes, at both ends of each range")
    static void widths() {
        widths(0, "300 36f 20dd 483 489");
        widths(1, "903 20 7e e9 2ff 10ff 1160 2014 2192 2e7f a4d0 abff d7a4 fb00 fe70 ff61 1f2ff"
            + " 1fb00 1ffff");
        widths(2, "1100 115f 2e80 4e00 a4cf ac00 d7a3 f900 faff fe30 fe6f ff00 ff60 1f300 1f600"
            + " 1faff 20000 3fffd");
        equal("nothing", Freshness.Text.width(""), 0);
    }

    private static void widths(int columns, String codes) {
        for (String code : codes.split(" ")) {
            String character = Character.toString(Integer.parseInt(code, 16));
            equal(code, Freshness.Text.width(character), columns);
            equal(code + " in a text", Freshness.Text.width("a" + character + "b"), 2 + columns);
        }
    }

    // ---- Suggestions ----

    @Harness.Test("text: what a misspelt word may have meant, at each distance and past it")
    static void suggestions() {
        List<String> known = List.of("alpha-stream", "bravo");
        String all = "; expected one of alpha-stream, bravo";
        // One edit in three characters and one more, at most three.
        for (Row row : Row.table("""
                alpha-strea => alpha-stream
                alpha-stxxxm => alpha-stream
                alpha-sxxxxm =>
                xalpha-streamxx => alpha-stream
                xxalpha-streamxx =>
                lphastrem => alpha-stream
                lphastre =>
                a => alpha-stream
                al => alpha-stream
                b => bravo
                brXvo => bravo
                bXXvo => bravo
                bXXXo =>
                bra => bravo
                rav => bravo
                ra =>
                vo =>
                Alpha-stream => alpha-stream
                q =>""")) {
            String meant = row.cell(1);
            String want = meant.isEmpty() ? all : "; did you mean " + meant + "?";
            equal(row.line(), Freshness.Text.suggestion(row.cell(0), known), want);
        }
    }

    @Harness.Test("text: of two words that are as near, the first; and at most ten are listed")
    static void nearestOfSeveral() {
        List<String> near = List.of("feed12", "feed1", "feed2");
        equal("feed3", Freshness.Text.suggestion("feed3", near), "; did you mean feed1?");
        equal("none", Freshness.Text.suggestion("x", List.of()), "");
        List<String> known = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            known.add("feed" + i);
        }
        equal("ten", Freshness.Text.suggestion("qqqqqqqqqq", known),
            "; expected one of feed0, feed1, feed2, feed3, feed4, feed5, feed6, feed7, feed8,"
                + " feed9");
        known.add("feed10");
        equal("eleven", Freshness.Text.suggestion("qqqqqqqqqq", known), "");
    }

    @Harness.Test("text: names as long as they may be, and all but near, are compared in time")
    static void longAndAlike() {
        List<String> alike = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            alike.add("a".repeat(150 + i));
        }
        String word = "b" + "a".repeat(92) + "b" + "a".repeat(92) + "bbb";
        equal(word, Freshness.Text.suggestion(word, alike), "");
    }

    @Harness.Test("text: five words are named, and how many more there are")
    static void namedWords() {
        for (Row row : Row.table("""
                a => a
                a b => a; b
                a b c d e => a; b; c; d; e
                a b c d e f => a; b; c; d; e; and 1 more
                a b c d e f g h => a; b; c; d; e; and 3 more""")) {
            List<String> words = List.of(row.cell(0).split(" "));
            equal(row.line(), Freshness.Text.named(words, "; "), row.cell(1));
        }
    }

    // The name that is meant; names, of which the first that is like it is wanted, and how.
    private static final String SIMILAR = """
        last_tick_at lasttickat => SPELLING lasttickat
        last_tick_at ts,LAST.TICK.AT,lastTickAt => SPELLING LAST.TICK.AT
        last_tick_at last_tick_act,last_tick_at_ => SPELLING last_tick_at_
        last_tick_at ts,last_tick_act => MISTAKE last_tick_act
        last_tick_at lsttickt => MISTAKE lsttickt
        last_tick_at lsttckt =>
        last_tick_at last_trade_at =>
        last_tick_at timestamps =>
        last_tick_at timestamp => SYNONYM timestamp
        last_tick_at last_update,ts => SYNONYM last_update
        last_tick_age_seconds last_tick_age_secs => MISTAKE last_tick_age_secs
        last_tick_age_seconds last_tick_seconds => MISTAKE last_tick_seconds
        last_tick_age_seconds lastTickAge => SYNONYM lastTickAge
        last_tick_age_seconds max_age_seconds,last_tick_at =>
        alive alive?,Alive => SPELLING alive?
        alive live => MISTAKE live
        alive olive => MISTAKE olive
        alive alias,status,ts =>
        alive is-alive => SYNONYM is-alive
        as_of ASOF => SPELLING ASOF
        as_of as_off =>
        as_of generated_at => SYNONYM generated_at
        name Name => SPELLING Name
        name nane,symbol =>
        feeds feed => MISTAKE feed
        feeds fees => MISTAKE fees
        feeds quotes =>""";

    @Harness.Test("text: a member by another name is like the one that is meant, the closest first")
    static void similarMembers() {
        for (Row row : Row.table(SIMILAR)) {
            String[] half = row.cell(0).split(" ");
            String got = "";
            for (Freshness.Similarity similarity : Freshness.Similarity.values()) {
                String first = similarity.first(List.of(half[1].split(",")), half[0]);
                if (got.isEmpty() && first != null) {
                    got = similarity + " " + first;
                }
            }
            equal(row.line(), got, row.cell(1));
        }
    }

    // ---- Shell words ----

    @Harness.Test("text: a word of a shell stays as it is, or stands in quotes, or is bytes in hex")
    static void shellWords() {
        for (String[] row : new String[][] {
                {"plain-1_./:=@%+,", "plain-1_./:=@%+,"},
                {"", "''"},
                {"=ls", "'=ls'"},
                {" a ", "' a '"},
                {"a b", "'a b'"},
                {"it's", "'it'\\''s'"},
                {"'", "''\\'''"},
                {"$HOME*?", "'$HOME*?'"},
                {"a\"b", "'a\"b'"},
                {"-x", "-x"},
                {"\u00e9\ud83d\ude00", "'\u00e9\ud83d\ude00'"},
                {"a|b", "$'\\x61\\x7c\\x62'"},
                {"a\\b", "$'\\x61\\x5c\\x62'"},
                {"a\nb", "$'\\x61\\x0a\\x62'"},
                {"\u007f", "$'\\x7f'"},
                {"\u009b", "$'\\xc2\\x9b'"},
                {"\u00ad", "$'\\xc2\\xad'"},
                {"\u0378", "$'\\xcd\\xb8'"},
                {"\u2028\u2029", "$'\\xe2\\x80\\xa8\\xe2\\x80\\xa9'"},
                {"\udb40\udc41", "$'\\xf3\\xa0\\x81\\x81'"},
        }) {
            equal(row[0], Freshness.Text.shellWord(row[0]), row[1]);
        }
    }

    @Harness.Test("text: whatever a shell would act on is quoted")
    static void quotedCharacters() {
        for (char c = '!'; c < 0x7f; c++) {
            String word = "a" + c;
            if ("\"\\|".indexOf(c) < 0) { // shellWords has these
                boolean isPlain = Character.isLetterOrDigit(c) || "-_./:=@%+,".indexOf(c) >= 0;
                String quoted = "'" + word.replace("'", "'\\''") + "'";
                equal(word, Freshness.Text.shellWord(word), isPlain ? word : quoted);
            }
        }
    }
}
