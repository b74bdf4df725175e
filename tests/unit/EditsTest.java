import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** EditsTest checks the bytes that scenario and recover change in a state, and those they keep. */
final class EditsTest extends Sandbox {
    /**
     * Documents as producers write them, marked where a scenario may change something: LIMIT
     * and AS_OF are the state's, the others bravo's. What is between { and } of bravo's entry, and
     * the comma that goes with it, stands between &lt; and &gt;.
     */
    private static final List<String> SHAPES = List.of(
        // Members in another order, unknown ones at every depth, odd numbers, odd spaces.
        """
        {
            "producer": {"name": "caf\u00e9 \ud83d\ude00", "build": 1.50,
        "weights": [1e400, -0.0, 1E+5, 0.10, 123456789012345678901234567890]},
          "feeds" :[
            { "extra":[ ],"last_tick_age_seconds":8.0 , "name":"alpha","alive":true}<,
            {
              "last_tick_age_seconds" :AGE ,
              "alive":ALIVE, "venue": "\\u00e9\\/\\ud83d\\ude00", "name" :"br\\u0061vo",
        "alive_since": null
            }>,
          {"name":"charlie", "alive" : true, "last_tick_age_seconds": 7e0,
        "max_age_seconds": 80.50 } ] ,
          "max_age_seconds": LIMIT,   "as_of":"AS_OF", "note": "last_tick_age_seconds\\": 11"
        }

        """,
        // Minified, with bravo first, and another object that looks like it.
        "{'as_of':'AS_OF','feeds':["
            + "<{'name':'bravo','alive':ALIVE,'last_tick_age_seconds':AGE},>"
            + "{'name':'alpha','alive':true,'last_tick_age_seconds':11},"
            + "{'x':{'name':'bravo','alive':true,'last_tick_age_seconds':11},"
            + "'name':'charlie','alive':true,'last_tick_age_seconds':11}],"
            + "'max_age_seconds':LIMIT}",
        // Tabs and CR LF, members spelled with escapes, bravo last, no final newline.
        "{\r\n\t'as\\u005fof': 'AS_OF',\r\n\t'max_age_\\u0073econds': LIMIT,\r\n\t'feeds': [\r\n"
            + "\t\t{'name': 'charlie',\t'alive': true, 'last_tick_age_seconds': 7},\r\n"
            + "\t\t{'name': 'alpha', 'alive': true, 'last_tick_age_seconds': 8}"
            + "<,\r\n\t\t{'name': 'bravo', 'aliv\\u0065': ALIVE, "
            + "'last\\u005ftick_age_seconds': AGE}>\r\n\t]\r\n}");

    /** Returns a shape with these values, "alive age limit", dated NOW. */
    private static String shape(String shape, String values) {
        String[] value = values.split(" ");
        return shape.replace("<", "").replace(">", "")
                .replace("ALIVE", value[0]).replace("AGE", value[1]).replace("LIMIT", value[2])
                .replace("AS_OF", NOW).replace('\'', '"');
    }

    /** Returns a shape without bravo. */
    private static String shapeWithoutBravo(String shape) {
        return shape(shape.replaceAll("(?s)<.*>", ""), "true 11 90");
    }

    private static String bravo(String kind) {
        return WHOLE_KINDS.contains(kind) ? "" : " --feed bravo";
    }

    // ---- Scenarios ----

    @Harness.Test("edits: a stale fixture differs in one line, and so does a recovered one")
    static void oneLine() throws Exception {
        run("scenario stale --feed bravo --output @in.json").exits(0).says("SCENARIO WRITTEN");
        equal("stale", read("in.json"), fixture.replace(": 11\n", ": 660\n"));
        run("recover --feed bravo --state @in.json --output @out.json").exits(0).says("RECOVERED");
        equal("recovered", read("out.json"), fixture.replace(": 11\n", ": 5\n"));
    }

    @Harness.Test("edits: a scenario changes its members and not one byte more")
    static void scenarios() throws Exception {
        // The kind; then alive, age and limit before and after.
        for (String row : List.of(
                "stale | true 11.50 90.0 => true 660 90.0",
                "stale | false null 90 => true 660 90",
                "stale | 'x' '}' 90 => true 660 90",
                "stale | {'a':['}']} [{'b':'\\\\'}] 90 => true 660 90",
                "unknown | true 11.50 90.0 => true null 90.0",
                "unknown | false -3 90 => true null 90",
                "down | true 11.50 90.0 => false 11.50 90.0",
                "down | null 1e400 90.0 => false 1e400 90.0",
                "down | false 8 90 => false 8 90",
                "skewed | true 11.50 90.0 => true -30 90.0",
                "loosened | true 11.50 90.0 => true 660 900",
                "loosened | true 1 66.6 => true 660 666",
                "stale --age-seconds=90.50 | true 8 90 => true 90.50 90")) {
            String[] half = halves(row);
            String[] before = half[0].split(" \\| ");
            for (String shape : SHAPES) {
                write("in.json", shape(shape, before[1]));
                run("scenario " + before[0] + " --feed bravo --state @in.json --output @out.json"
                        + " --now " + NOW).exits(0).says("SCENARIO WRITTEN");
                equal(row, read("out.json"), shape(shape, half[1]));
                run("status --state @out.json --format json --now " + NOW).exits(2)
                        .reports("unsafe_feeds ['bravo']");
            }
        }
    }

    @Harness.Test("edits: the limit that is loosened is the one that counts for the feed")
    static void loosenedLimit() throws Exception {
        String call = "scenario loosened --feed bravo --state @in.json --output @out.json";
        // The members of the state, and of bravo.
        for (String row : List.of(
                "limit 90 | age 8 => limit 900 | age 660",
                "limit 90 | age 8, limit 66.6 => limit 90 | age 660, limit 666",
                "limit 90 | age 8, limit 30 => limit 90 | age 660, limit 300",
                "limit - | age 8, limit 90 => limit - | age 660, limit 900",
                "limit 90 | limit 30, age 8 => limit 90 | limit 300, age 660",
                "limit 1e1 | age 8 => limit 100 | age 660")) {
            String[] half = halves(row);
            write("in.json", twoFeeds(half[0]));
            run(call).exits(0);
            equal(row, read("out.json"), twoFeeds(half[1]));
        }
        // Its age must be stale by the original limit: nobody would catch it otherwise.
        write("in.json", document("limit 659.9", feed("bravo", "alive true, age 8")));
        run(call).exits(0);
        equal("659.9", read("out.json"),
                document("limit 6599", feed("bravo", "alive true, age 660")));
        for (String limit : List.of("660", "1e9")) {
            write("in.json", document("limit " + limit, feed("bravo", "alive true, age 8")));
            refused(call, "still be fresh");
        }
    }

    private static String twoFeeds(String row) {
        String[] part = row.split(" \\| ");
        return document(part[0], feed("alpha", "alive true, age 8, limit 70"),
                feed("bravo", "alive true, " + part[1]));
    }

    @Harness.Test("edits: missing takes one entry out, with its comma")
    static void missing() throws Exception {
        for (String shape : SHAPES) {
            write("in.json", shape(shape, "true 11 90"));
            run("scenario missing --feed bravo --state @in.json --output @out.json").exits(0)
                    .says("SCENARIO WRITTEN");
            equal("missing", read("out.json"), shapeWithoutBravo(shape));
            run("status --state @out.json --format json --now " + NOW).exits(2)
                    .reports("unsafe_feeds ['bravo']");
        }
    }

    @Harness.Test("edits: frozen sets one date if no tick is dated")
    static void frozen() throws Exception {
        for (String shape : SHAPES) {
            String whole = shape(shape, "true 11 90");
            write("in.json", whole);
            run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0)
                    .says("SCENARIO WRITTEN");
            equal("frozen", read("out.json"), whole.replace(NOW, "2026-11-22T08:37:00Z"));
            run("status --state @out.json --format json --now " + NOW).exits(2)
                    .reports("fresh_feeds 0");
        }
    }

    @Harness.Test("edits: corrupt cuts in the middle of the content")
    static void corrupt() throws Exception {
        for (String shape : SHAPES) {
            for (String space : List.of("", " ")) { // of an odd and of an even length
                String whole = space + shape(shape, "true 11 90");
                write("in.json", whole);
                run("scenario corrupt --state @in.json --output @out.json").exits(0)
                        .says("SCENARIO WRITTEN");
                byte[] content = whole.stripTrailing().getBytes(UTF_8);
                byte[] half = Arrays.copyOf(content, content.length / 2);
                byte[] written = Files.readAllBytes(dir.resolve("out.json"));
                equal("corrupt", Arrays.equals(written, half), true);
                run("status --state @out.json").exits(3).says("FRESHNESS UNKNOWN");
            }
        }
    }

    // If each edit moved the rest of the file, this many would not finish in time.
    @Harness.Test(isLong = true,
            value = "edits: a hundred thousand edits in one file are each in their place")
    static void manyEdits() throws Exception {
        StringBuilder feeds = new StringBuilder("{\"max_age_seconds\": 90, \"feeds\": [");
        for (int i = 0; i < 100_000; i++) {
            String comma = i == 0 ? "" : ",\n";
            feeds.append(comma).append("{\"name\":\"").append(i)
                    .append("\",\"alive\":true,\"last_tick_at\":\"TICK\"}");
        }
        for (String asOf : List.of("], \"as_of\": \"TICK\"}", "]}")) {
            String state = feeds + asOf;
            write("in.json", state.replace("TICK", NOW));
            run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0);
            String want = state.replace("]}", "],\"as_of\": \"TICK\"}")
                    .replace("TICK", "2026-11-22T08:37:00Z");
            equal("as_of " + asOf, read("out.json").equals(want), true);
        }
    }

    @Harness.Test("edits: frozen moves each tick that is dated, whatever the others are")
    static void frozenTicks() throws Exception {
        String frame = "{'feeds':[{'name':'a','last_tick_at':%s,'alive':true},"
                + "{'last_tick_at':%s,'name':'b'},{'name':'c','last_tick_at':%s},"
                + "{'name':'d','last_tick_age_seconds':1},{'name':'e','last_tick_at':%s}],"
                + "'max_age_seconds':90%s}";
        frame = frame.replace('\'', '"');
        write("in.json", frame.formatted("\"2026-11-22T10:36:52.5+01:00\"", "\"soon\"", "null",
                "\"2026-11-22t09:36:59.000000001z\"", ""));
        run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0);
        String moved = frame.formatted("\"2026-11-22T08:36:52.500Z\"", "\"soon\"", "null",
                "\"2026-11-22T08:36:59.000000001Z\"", ",\"as_of\": \"2026-11-22T08:37:00Z\"");
        equal("moved", read("out.json"), moved);
    }

    @Harness.Test("edits: what is frozen is said in the order of the file, and as_of last")
    static void frozenChanges() throws Exception {
        write("in.json", document("as_of 'x', limit 90",
                feed("a", "alive true, last_tick_at '" + NOW + "'"),
                feed("b", "alive true, last_tick_at null"),
                feed("c", "alive true, last_tick_at '2026-11-22T09:37:00.50+00:00'")));
        run("scenario frozen --state @in.json --output @out.json --format json --now " + NOW)
                .exits(0).has("changed", List.of(
                        "a last_tick_at \"2026-11-22T09:37:00Z\" -> \"2026-11-22T08:37:00Z\"",
                        "c last_tick_at \"2026-11-22T09:37:00.50+00:00\""
                            + " -> \"2026-11-22T08:37:00.500Z\"",
                        "as_of \"x\" -> \"2026-11-22T08:37:00Z\""));
    }

    @Harness.Test("edits: scenarios fail feeds that date their ticks")
    static void datedScenarios() throws Exception {
        write("in.json", document("limit 90",
                feed("x", "alive true, last_tick_at '2026-11-22T09:36:52Z'")));
        for (String row : List.of(
                "stale --feed x => \"2026-11-22T09:26:00Z\" stale",
                "skewed --feed x => \"2026-11-22T09:37:30Z\" tick_skew",
                "unknown --feed x => null age_missing",
                "loosened --feed x => \"2026-11-22T09:26:00Z\" stale",
                "frozen => \"2026-11-22T08:36:52Z\" stale")) {
            String[] half = halves(row);
            String[] want = half[1].split(" ");
            run("scenario " + half[0] + " --state @in.json --output @out.json --now " + NOW)
                    .exits(0);
            equal(row, read("out.json").contains("\"last_tick_at\":" + want[0]), true);
            run("status --state @out.json --baseline @in.json --format json --now " + NOW)
                    .exits(2).reports("feeds.0.reason_code '" + want[1] + "'");
        }
    }

    @Harness.Test("edits: the same input and the same instant give the same bytes")
    static void sameBytes() throws Exception {
        for (String kind : KINDS) {
            String call = "scenario " + kind + bravo(kind)
                    + " --now 2026-01-01T00:00:00Z --output ";
            run(call + "@one.json").exits(0);
            run(call + "@two.json").exits(0);
            equal(kind, read("two.json"), read("one.json"));
            equal(kind + " differs", read("two.json").equals(fixture), false);
        }
    }

    @Harness.Test("edits: a scenario reports what it changed, and the command that shows it")
    static void reportOfScenario() throws Exception {
        for (String kind : KINDS) {
            Run run = run("scenario " + kind + bravo(kind)
                    + " --output @out.json --format json --now " + NOW).exits(0);
            run.members("", "scenario", "feed", "changed", "state", "state_sha256", "output",
                    "output_sha256", "show");
            run.has("scenario", kind).has("feed", WHOLE_KINDS.contains(kind) ? null : "bravo");
            run.has("output", dir + "/out.json").has("output_sha256", sha256("out.json"));
            run.has("state", home + "/data/healthy.json");
            run.has("state_sha256", sha256("healthy.json"));
            paste(run.get("show").toString()).exits(kind.equals("corrupt") ? 3 : 2);
        }
        run("scenario stale --feed bravo --output @out.json").exits(0)
                .says("SCENARIO WRITTEN: stale bravo", "11", "660", "status --state ");
    }

    @Harness.Test("edits: a scenario that would be no failure writes nothing")
    static void noFailure() throws Exception {
        String stale = "scenario stale --output @out.json --feed ";
        refused(stale + "bravo --age-seconds 90", "still be fresh");
        // In this state, bravo is not fresh.
        refused(stale + "alpha --state @stale.json --age-seconds 90", "still be fresh");
        refused(stale + "bravo --age-seconds 0", "still be fresh");
        refused(stale + "nobody", "unknown feed: nobody", "alpha, bravo, charlie");
        refused(stale + "brvo", "unknown feed: brvo", "did you mean bravo?");
        String only = " --feed only --state @in.json --output @out.json";
        write("in.json", document("limit 7200", feed("only", "alive true, age 8")));
        refused("scenario stale" + only, "still be fresh");
        refused("scenario loosened" + only, "still be fresh");
        refused("scenario frozen --state @in.json --output @out.json", "still be fresh");
        refused("scenario missing" + only, "only feed");
        write("in.json", document("limit 'x'", feed("only", "alive true, age 8")));
        refused("scenario loosened" + only, "no limit");
        write("in.json", "{");
        refused("scenario stale" + only, "in.json:1:2: ");
        run(stale + "bravo --age-seconds 90.0000001").exits(0);
    }

    // ---- Members and entries that are added ----

    @Harness.Test("edits: members that are not there yet are added, and nothing else moves")
    static void addedMembers() throws Exception {
        Map<String, String> reasons = Map.of("scenario stale", "stale",
                "scenario unknown", "age_missing", "scenario down", "feed_down",
                "scenario skewed", "age_invalid", "recover", "fresh");
        for (String entry : List.of("{'name':'bravo'}", "{ 'name' : 'bravo' }",
                "{\n  'name': 'bravo'\n}", "{'name':'bravo', 'x':[{}]}",
                "{'name':'bravo', 'x':{'last_tick_at':1}}")) {
            String state = fixture.replaceFirst("(?s)\\{\\s*\"name\": \"bravo\".*?\\}",
                    entry.replace('\'', '"'));
            write("in.json", state);
            for (String call : reasons.keySet()) {
                run(call + " --feed bravo --state @in.json --output @out.json").exits(0);
                String written = read("out.json");
                String what = call + " " + entry;
                equal(what, isInsertedOnly(state, written), true);
                equal(what + ": dates", written.split("last_tick_at").length,
                        state.split("last_tick_at").length);
                run("status --state @out.json --format json")
                        .has("feeds.1.reason_code", reasons.get(call));
            }
        }
        run("scenario frozen --output @out.json").exits(0);
        equal("frozen", isInsertedOnly(fixture, read("out.json")), true);
    }

    @Harness.Test("edits: a missing feed returns to its place with its baseline entry")
    static void returnedFeeds() throws Exception {
        for (String row : List.of("alpha 8", "bravo 11", "charlie 7")) {
            String[] feed = row.split(" ");
            run("scenario missing --feed % --output @in.json", feed[0]).exits(0);
            run("recover --feed % --state @in.json --output @out.json", feed[0]).exits(0)
                    .says("RECOVERED");
            String want = fixture.replace("seconds\": " + feed[1] + "\n", "seconds\": 5\n");
            equal(row, read("out.json"), want);
        }
        run("scenario missing --feed bravo --output @1.json").exits(0);
        run("scenario missing --feed charlie --state @1.json --output @2.json").exits(0);
        run("recover --feed charlie --state @2.json --output @3.json").exits(0);
        run("recover --feed bravo --state @3.json --output @4.json").exits(0);
        equal("two missing", read("4.json"),
                fixture.replace(": 11\n", ": 5\n").replace(": 7\n", ": 5\n"));
    }

    @Harness.Test("edits: a missing feed returns with a dated tick if the state has no date")
    static void returnedFeedIsDated() throws Exception {
        String dated = feed("a", "alive true, last_tick_at '" + NOW + "'");
        // The members of the baseline and of its feed x, of the state; the entry that comes back.
        for (Row row : Row.table("""
                limit 90, require_as_of true | => limit 90 => alive true, TICK
                limit 90, require_as_of true | age 3 => limit 90 => age 2, alive true, TICK
                limit 90 | => limit 90, as_of null => alive true, TICK
                limit 90 | last_tick_at null => limit 90 => TICK, alive true
                limit 90, require_as_of true | => limit 90, as_of 'NOW' => alive true, age 2
                limit 90 | => limit 90 => alive true, age 2""".replace("NOW", NOW))) {
            String[] baseline = row.cell(0).split(" [|] ?", 2);
            write("base.json", document(baseline[0], feed("a", ""), feed("x", baseline[1])));
            write("in.json", document(row.cell(1), dated));
            Run run = run("recover --feed x --state @in.json --baseline @base.json"
                    + " --output @out.json --age-seconds 2 --now " + NOW).exits(0);
            String entry = row.cell(2).replace("TICK", "last_tick_at '2026-11-22T09:36:58Z'");
            equal(row.line(), read("out.json").replace(": ", ":"),
                    document(row.cell(1), dated, feed("x", entry)));
            equal(run.call(), run.head(), "RECOVERED: x fresh, 2s of 90s");
        }
    }

    @Harness.Test("edits: a baseline entry is put back as it is, but for its tick")
    static void baselineEntry() throws Exception {
        String members = "x-note 1.50, limit 30, last_tick_age_seconds null, alive false";
        write("base.json", document("limit 90", feed("alpha", ""), feed("bravo", members),
                feed("charlie", "")));
        String entry = feed("bravo", "x-note 1.50, limit 30, age 5, alive true");
        for (String shape : SHAPES) {
            String state = shapeWithoutBravo(shape);
            write("in.json", state);
            run("recover --feed bravo --state @in.json --output @out.json --baseline @base.json"
                    + " --now " + NOW).exits(0).says("RECOVERED");
            equal(state, isInsertedOnly(state, read("out.json")), true);
            equal(state, read("out.json").contains(entry), true);
        }
    }

    @Harness.Test("edits: an entry that is added has the layout of its neighbours")
    static void layoutOfEntries() throws Exception {
        String a = feed("a", "alive true, age 5");
        String b = feed("b", "alive true, age 8");
        String c = feed("c", "alive true, age 5");
        for (String space : List.of("", "\n  ")) {
            String frame = "{\"max_age_seconds\":90,\"feeds\":[" + space + "%s\n]}";
            String comma = "," + space;
            String whole = frame.formatted(String.join(comma, a, b, c));
            write("base.json", whole);
            for (String row : List.of("a " + b + comma + c, "c " + a + comma + b)) {
                String[] half = row.split(" ", 2);
                write("in.json", frame.formatted(half[1]));
                run("recover --feed " + half[0] + " --state @in.json --baseline @base.json"
                        + " --output @out.json").exits(0);
                equal(row, read("out.json"), whole);
            }
        }
    }

    @Harness.Test("edits: a member that is added has the layout of the first one")
    static void layoutOfMembers() throws Exception {
        for (String space : List.of("", "\n      ", " ")) {
            String entry = "{" + space + "\"name\":\"b\"," + space + "\"alive\":true%s" + "}";
            String frame = "{\"max_age_seconds\":90,\"feeds\":[" + entry + "]}";
            write("in.json", frame.formatted(""));
            run("scenario stale --feed b --state @in.json --output @out.json").exits(0);
            String added = "," + space + "\"last_tick_age_seconds\": 660";
            equal(entry, read("out.json"), frame.formatted(added));
        }
    }

    /** Returns whether the second text is the first with something inserted at one place. */
    private static boolean isInsertedOnly(String before, String after) {
        if (after.length() <= before.length()) {
            return false;
        }
        int same = 0;
        while (same < before.length() && before.charAt(same) == after.charAt(same)) {
            same++;
        }
        int sameAtEnd = 0;
        while (sameAtEnd < before.length() && before.charAt(before.length() - 1 - sameAtEnd)
                == after.charAt(after.length() - 1 - sameAtEnd)) {
            sameAtEnd++;
        }
        return same + sameAtEnd >= before.length();
    }

    // ---- Recoveries ----

    @Harness.Test("edits: a recovery changes its members and not one byte more")
    static void recoveries() throws Exception {
        String call = "recover --feed bravo --state @in.json --output @out.json --now " + NOW;
        for (String shape : SHAPES) {
            for (String before : List.of("true 660 90.0", "true null 90", "false 11 90",
                    "true -30 90", "'true' '5' 90", "{} [] 90", "true 1e400 9e1",
                    "true 660 900")) {
                write("in.json", shape(shape, before));
                String limit = before.substring(before.lastIndexOf(' '));
                run(call).exits(0).says("RECOVERED");
                equal(before, read("out.json"), shape(shape, "true 5" + limit));
                run(call + " --age-seconds 4.50").exits(0).says("RECOVERED");
                equal(before, read("out.json"), shape(shape, "true 4.50" + limit));
            }
        }
    }

    @Harness.Test("edits: a recovery sets last_tick_at, and the age only if there is one")
    static void recoveredTick() throws Exception {
        String frame = "{\"feeds\":[{\"name\":\"x\",\"alive\":true,%s}]}";
        String tick = "'last_tick_at':'2026-11-22T09:36:55.500Z'";
        write("base.json", document("limit 90", feed("x", "")));
        // The members of the feed before and after a tick of 4.5 s was seen at NOW.
        for (String row : List.of(
                "'last_tick_at':'2026-11-22T09:00:00Z' => " + tick,
                "'last_tick_at':null => " + tick,
                "'last_tick_at':'?','last_tick_age_seconds':-1"
                    + " => " + tick + ",'last_tick_age_seconds':4.5",
                "'last_tick_age_seconds':3,'last_tick_at':'2026-11-22T09:00:00Z'"
                    + " => 'last_tick_age_seconds':4.5," + tick)) {
            String[] half = halves(row.replace('\'', '"'));
            write("in.json", frame.formatted(half[0]));
            String call = "recover --feed x --state @in.json --baseline @base.json"
                    + " --age-seconds 4.5 --now " + NOW + " --output ";
            run(call + "@out.json").exits(0).says("RECOVERED: x fresh, 4.5s of 90s");
            equal(half[0], read("out.json"), frame.formatted(half[1]));
            run(call + "@again.json").exits(0);
            equal("the same bytes", read("again.json"), read("out.json"));
        }
        refused("recover --feed x --state @in.json --baseline @base.json --age-seconds AGE"
                + " --output @x.json", "invalid value for --age-seconds: AGE; replace it with the"
                + " age, in seconds, of a tick you have seen");
    }

    @Harness.Test("edits: a feed that is fresh already is copied byte for byte")
    static void freshAlready() throws Exception {
        for (String shape : SHAPES) {
            write("in.json", shape(shape, "true 90.00 90.0"));
            run("recover --feed bravo --state @in.json --output @out.json --now " + NOW).exits(0)
                    .says("NOTHING TO RECOVER", "unchanged");
            equal("copy", read("out.json"), read("in.json"));
        }
    }

    @Harness.Test("edits: recovering twice gives the same bytes")
    static void recoveredTwice() throws Exception {
        for (String kind : KINDS) {
            if (WHOLE_KINDS.contains(kind)) {
                continue;
            }
            run("scenario " + kind + " --feed bravo --output @in.json").exits(0);
            String recover = "recover --feed bravo --state ";
            run(recover + "@in.json --output @one.json").exits(0).says("RECOVERED");
            run(recover + "@in.json --output @two.json").exits(0).says("RECOVERED");
            run(recover + "@one.json --output @three.json").exits(0).says("NOTHING TO RECOVER");
            equal(kind, read("two.json"), read("one.json"));
            equal(kind, read("three.json"), read("one.json"));
        }
    }

    @Harness.Test("recovery: other feeds stay as they are, fresh or not")
    static void otherFeeds() throws Exception {
        write("in.json", fixture.replace(": 7\n", ": 700\n").replace(": 11\n", ": 900\n"));
        run("recover --feed bravo --state @in.json --output @out.json").exits(0).says("RECOVERED");
        run("status --state @out.json --format json").exits(2).reports("unsafe_feeds ['charlie']");
    }

    // ---- Recoveries that are refused ----

    @Harness.Test("recovery: if the feed would still not be safe, exit 2, and nothing is written")
    static void refusedRecoveries() throws Exception {
        writeHopelessStates();
        for (String row : List.of(
                "bravo --state @stale.json --age-seconds 91 => stale, 91s, 90s",
                "bravo --state @stale.json --age-seconds 90.0000001 => stale, 90.001s, 90s",
                "bravo --state @frozen.json => stale, 425s, 90s",
                "bravo --state @future.json => unknown, future",
                "bravo --state @tight.json --age-seconds 5 => stale, 5s, 4s",
                "delta --state @unexpected.json => unknown, baseline",
                "bravo --state @limit.json => unknown, max_age_seconds")) {
            String[] half = halves(row);
            String call = "recover --feed " + half[0] + " --now " + NOW + " --output ";
            String[] words = half[1].split(", ");
            for (String output : List.of("@out.json", "@healthy.json",
                    "@out.json --record @record")) {
                refusedRecovery(call + output).says("RECOVERY REFUSED", words);
            }
            Run piped = refusedRecovery(call + "-");
            equal(piped.call() + ": what a pipe would take for the state", piped.out(), "");
            piped.warns("RECOVERY REFUSED", words);
            Run json = refusedRecovery(call + "@out.json --format json");
            json.reports("recovery 'refused'", "output null", "output_sha256 null");
            equal(json.call(), json.get("refused_because") instanceof String, true);
        }
        run("recover --feed bravo --state @stale.json --output @out.json --age-seconds 90")
                .exits(0).says("RECOVERED");
        run("recover --feed bravo --state @tight.json --output @out.json --age-seconds 4")
                .exits(0).says("RECOVERED");
    }

    private static void writeHopelessStates() throws Exception {
        write("frozen.json", fixture.replace("{\n  \"max",
                "{\n  \"as_of\": \"2026-11-22T09:30:00Z\",\n  \"max"));
        write("future.json", read("frozen.json").replace("09:30:00", "09:38:00"));
        write("tight.json", fixture.replace("\"name\": \"bravo\",",
                "\"name\": \"bravo\", \"max_age_seconds\": 4,"));
        write("unexpected.json", fixture.replace("bravo", "delta"));
        write("limit.json", fixture.replace("\"max_age_seconds\": 90", "\"max_age_seconds\": 0"));
    }

    private static Run refusedRecovery(String call) {
        String before = snapshot();
        Run run = run(call).exits(2);
        equal(call + ": files", snapshot(), before);
        return run;
    }

    @Harness.Test("recovery: an unknown feed, and documents that are not valid, are exit 3")
    static void unevaluatedRecoveries() throws Exception {
        write("broken.json", "{");
        String recover = "recover --output @out.json --feed ";
        refused(recover + "nobody --state @stale.json --record @record",
                "unknown feed: nobody", "alpha, bravo, charlie");
        refused(recover + "brav --state @stale.json", "unknown feed: brav", "did you mean bravo?");
        refused(recover + "bravo --state @broken.json --record @record", "broken.json:1:2: ");
        refused(recover + "bravo --state @stale.json --baseline @broken.json",
                "baseline ", "broken.json:1:2: ");
        refused(recover + "bravo --state @absent.json", "absent.json", "no such file");
    }

    // ---- Records ----

    @Harness.Test("recovery: the report has before and after, and its command replays it")
    static void reportOfRecovery() throws Exception {
        Run run = run("recover --feed bravo --state @stale.json --output @out.json --format json"
                + " --age-seconds 6 --now " + NOW).exits(0);
        run.members("", "recovery", "time", "feed", "refused_because", "before", "after",
                "changed", "baseline", "state", "state_sha256", "output", "output_sha256",
                "replay");
        run.reports("recovery 'recovered'", "time '" + NOW + "'", "feed 'bravo'",
                "refused_because null", "before.freshness_status 'stale'",
                "before.last_tick_age_seconds 660", "before.safe_to_serve false",
                "after.freshness_status 'fresh'", "after.last_tick_age_seconds 6",
                "after.safe_to_serve true");
        run.has("baseline", home + "/data/healthy.json").has("state", dir + "/stale.json");
        run.has("output", dir + "/out.json");
        run.has("state_sha256", sha256("stale.json")).has("output_sha256", sha256("out.json"));
        String first = read("out.json");
        delete(dir.resolve("out.json"));
        paste(run.get("replay").toString()).exits(0).says("RECOVERED");
        equal("replayed", read("out.json"), first);

        run("recover --feed bravo --state @stale.json --output @out.json").says(
                "RECOVERED: bravo", "660s", "5s", sha256("stale.json"), sha256("out.json"));
        run("recover --feed alpha --state @stale.json --output @out.json --format json").reports(
                "recovery 'unchanged'", "before.freshness_status 'fresh'", "changed []");
    }

    @Harness.Test("recovery: a record is one JSON line each, the same as the report")
    static void records() throws Exception {
        String torn = "{\"recovery\": \"reco";
        write("torn", torn);
        for (String record : List.of("record", "torn")) {
            String options = " --state @stale.json --output @out.json --record @" + record;
            Run report = run("recover --feed bravo" + options + " --format json --now " + NOW)
                    .exits(0);
            run("recover --feed alpha" + options).exits(0);
            run("recover --feed bravo" + options + " --age-seconds 91").exits(2);
            List<String> lines = new ArrayList<>(List.of(read(record).split("\n", -1)));
            if (record.equals("torn")) {
                equal("what another left torn stays", lines.remove(0), torn);
            }
            equal(record + ": lines", lines.size(), 3);
            equal(record + ": after the last line", lines.get(2), "");
            equal(record, Reader.read(lines.get(0)), Reader.read(report.out()));
            equal(record, Reader.at(lines.get(1), "recovery"), "unchanged");
            Instant time = Instant.parse(Reader.at(lines.get(1), "time").toString());
            Instant now = Instant.now();
            boolean isNow = time.isAfter(now.minusSeconds(60)) && !time.isAfter(now);
            equal("time " + time, isNow, true);
        }
    }

    @Harness.Test("recovery: what is not done is not recorded")
    static void notDone() throws Exception {
        write("record", "{}\n");
        String call = "recover --feed bravo --state @stale.json --output - --record @record";
        int exit = Freshness.run(arguments(call), UNREAD, new Full(0), new ByteArrayOutputStream());
        equal("a closed pipe", exit, 3);
        equal("its record", read("record"), "{}\n");
    }

    @Harness.Test("recovery: what cannot be recorded is not done")
    static void notRecorded() throws Exception {
        oddFiles();
        for (String row : List.of("@sub => not a regular file", "@device => not a regular file",
                "@fifo => not a regular file", "@soft.json => link", "@dangling.json => link",
                "@absent/record => no such directory", "@in.json => the input",
                "@hard.json => the input", "@base.json => the baseline", "@out.json => same file",
                "@./out.json => same file", "@linked/out.json => same file",
                "HOME/data/healthy.json => the baseline")) {
            String[] half = halves(row);
            String call = "recover --feed bravo --state @in.json --output @out.json"
                    + " --baseline @base.json --record %";
            refused(call, half[1], at(half[0]));
            write("out.json", "old");
            refused(call, half[1], at(half[0]));
            delete(dir.resolve("out.json"));
        }
    }

    @Harness.Test("recovery: what cannot be recorded because of a lock is not done")
    static void lockedRecord() throws Exception {
        write("record", "");
        String call = "recover --feed bravo --state @stale.json --output @out.json"
                + " --record @record";
        // Within one process a second lock is an error at once; another process would wait.
        try (FileChannel channel = FileChannel.open(dir.resolve("record"),
                StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int exit = Freshness.run(arguments(call), UNREAD, out, out);
            equal(call + " while locked", exit, 3);
            equal("the lock is held", lock.isValid(), true);
            equal("the record", read("record"), "");
            equal("the output", Files.exists(dir.resolve("out.json")), false);
        }
        run(call).exits(0);
    }
}
