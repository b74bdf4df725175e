import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** EditsTest: scenario and recover, and what they change in a state. */
final class EditsTest extends Sandbox {
    // ---- Writer ----

    /**
     * Documents as producers write them, with marks where a scenario may change something: LIMIT and AS_OF are the state's,
     * the others bravo's; what is between < and > goes with bravo's entry.
     */
    static final List<String> SHAPES = List.of(
        // Members in another order, unknown ones at every depth, odd numbers, odd spaces.
        """
        {
            "producer": {"name": "caf\u00e9 \ud83d\ude00", "build": 1.50, "weights": [1e400, -0.0, 1E+5, 0.10, 123456789012345678901234567890]},
          "feeds" :[
            { "extra":[ ],"last_tick_age_seconds":8.0 , "name":"alpha","alive":true}<,
            {
              "last_tick_age_seconds" :AGE ,
              "alive":ALIVE, "venue": "\\u00e9\\/\\ud83d\\ude00", "name" :"br\\u0061vo", "alive_since": null
            }>,
          {"name":"charlie", "alive" : true, "last_tick_age_seconds": 7e0, "max_age_seconds": 80.50 } ] ,
          "max_age_seconds": LIMIT,   "as_of":"AS_OF", "note": "last_tick_age_seconds\\": 11"
        }

        """,
        // Minified, bravo first, and another object that looks like it.
        "{'as_of':'AS_OF','feeds':[<{'name':'bravo','alive':ALIVE,'last_tick_age_seconds':AGE},>{'name':'alpha','alive':true,"
            + "'last_tick_age_seconds':11},{'x':{'name':'bravo','alive':true,'last_tick_age_seconds':11},'name':'charlie','alive':true,"
            + "'last_tick_age_seconds':11}],'max_age_seconds':LIMIT}",
        // Tabs and CR LF, members spelled with escapes, bravo last, no line end at the end.
        "{\r\n\t'as\\u005fof': 'AS_OF',\r\n\t'max_age_\\u0073econds': LIMIT,\r\n\t'feeds': [\r\n\t\t{'name': 'charlie',\t'alive': true, "
            + "'last_tick_age_seconds': 7},\r\n\t\t{'name': 'alpha', 'alive': true, 'last_tick_age_seconds': 8}<,\r\n\t\t{'name': 'bravo', "
            + "'aliv\\u0065': ALIVE, 'last\\u005ftick_age_seconds': AGE}>\r\n\t]\r\n}");

    /** A shape with these values, "alive age limit", dated NOW. */
    static String shape(String shape, String values) {
        String[] value = values.split(" ");
        return shape.replace("<", "").replace(">", "").replace("ALIVE", value[0]).replace("AGE", value[1]).replace("LIMIT", value[2])
                .replace("AS_OF", NOW).replace('\'', '"');
    }

    static void writer() {
        test("writer: a stale fixture differs in one line, and so does a recovered one", () -> {
            equal("stale.json", read("stale.json"), fixture.replace(": 11\n", ": 660\n"));
            run("recover --feed bravo --state @stale.json --output @out.json").exits(0).says("RECOVERED");
            equal("recovered", read("out.json"), fixture.replace(": 11\n", ": 5\n"));
        });

        test("writer: a scenario changes its members and not one byte more", () -> {
            for (String shape : SHAPES) {
                for (String row : List.of("stale true 11.50 90.0 => true 660 90.0", "stale false null 90 => true 660 90",
                        "stale 'x' '}' 90 => true 660 90", "stale {'a':['}']} [{'b':'\\\\'}] 90 => true 660 90",
                        "unknown true 11.50 90.0 => true null 90.0", "unknown false -3 90 => true null 90",
                        "down true 11.50 90.0 => false 11.50 90.0", "down null 1e400 90.0 => false 1e400 90.0", "down false 8 90 => false 8 90",
                        "skewed true 11.50 90.0 => true -30 90.0", "loosened true 11.50 90.0 => true 660 900",
                        "loosened true 1 66.6 => true 660 666", "stale --age-seconds=90.50 true 8 90 => true 90.50 90")) {
                    String[] half = row.split(" => ");
                    String[] kind = half[0].split(" (?=\\S+ \\S+ \\S+$)", 2);
                    write("in.json", shape(shape, kind[1]));
                    run("scenario " + kind[0] + " --feed bravo --state @in.json --output @out.json --now " + NOW).exits(0).says("SCENARIO WRITTEN");
                    equal(row, read("out.json"), shape(shape, half[1]));
                    run("status --state @out.json --format json --now " + NOW).exits(2).reports("unsafe_feeds ['bravo']");
                }
            }
        });

        test("writer: the limit that is loosened is the one that counts for the feed", () -> {
            for (String row : List.of("limit 90 | age 8 => limit 900 | age 660", "limit 90 | age 8, limit 66.6 => limit 90 | age 660, limit 666",
                    "limit 90 | age 8, limit 30 => limit 90 | age 660, limit 300", "limit - | age 8, limit 90 => limit - | age 660, limit 900",
                    "limit 90 | limit 30, age 8 => limit 90 | limit 300, age 660", "limit 1e1 | age 8 => limit 100 | age 660")) {
                String[] half = row.split(" => ");
                for (int i = 0; i < 2; i++) {
                    String[] part = half[i].split(" \\| ");
                    half[i] = document(part[0], feed("alpha", "alive true, age 8, limit 70"), feed("bravo", "alive true, " + part[1]));
                }
                write("in.json", half[0]);
                run("scenario loosened --feed bravo --state @in.json --output @out.json").exits(0);
                equal(row, read("out.json"), half[1]);
            }
            // The age that it writes must be stale by the limit that there was: else nobody would catch it.
            write("in.json", document("limit 659.9", feed("bravo", "alive true, age 8")));
            run("scenario loosened --feed bravo --state @in.json --output @out.json").exits(0);
            equal("659.9", read("out.json"), document("limit 6599", feed("bravo", "alive true, age 660")));
            for (String limit : List.of("660", "1e9", "1e99")) {
                write("in.json", document("limit " + limit, feed("bravo", "alive true, age 8")));
                refused("scenario loosened --feed bravo --state @in.json --output @out.json", "still fresh");
            }
        });

        test("writer: missing takes out one entry, frozen sets one date, corrupt cuts in the middle", () -> {
            for (String shape : SHAPES) {
                String whole = shape(shape, "true 11 90");
                write("in.json", whole);
                run("scenario missing --feed bravo --state @in.json --output @out.json").exits(0).says("SCENARIO WRITTEN");
                equal("missing", read("out.json"), shape(shape.replaceAll("(?s)<.*>", ""), "true 11 90"));
                run("status --state @out.json --format json --now " + NOW).exits(2).reports("unsafe_feeds ['bravo']");

                run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0).says("SCENARIO WRITTEN");
                equal("frozen", read("out.json"), whole.replace(NOW, "2026-11-22T08:37:00Z"));
                run("status --state @out.json --format json --now " + NOW).exits(2).reports("fresh_feeds 0");

                for (String space : List.of("", " ")) { // of an odd and of an even length
                    write("in.json", space + whole);
                    run("scenario corrupt --state @in.json --output @out.json").exits(0).says("SCENARIO WRITTEN");
                    byte[] content = (space + whole.stripTrailing()).getBytes(UTF_8);
                    equal("corrupt", Arrays.equals(Files.readAllBytes(dir.resolve("out.json")), Arrays.copyOf(content, content.length / 2)), true);
                    run("status --state @out.json").exits(3).says("FRESHNESS UNKNOWN");
                }
            }
        });

        // One by one, so many edits would each move the rest of the file: that would not end in time.
        test("writer: a hundred thousand edits in one file, each in its place", () -> {
            StringBuilder before = new StringBuilder("{\"max_age_seconds\": 90, \"feeds\": [");
            for (int i = 0; i < 100_000; i++) {
                before.append(i == 0 ? "" : ",\n").append("{\"name\":\"").append(i).append("\",\"alive\":true,\"last_tick_at\":\"TICK\"}");
            }
            for (String asOf : List.of("], \"as_of\": \"TICK\"}", "]}")) {
                String state = before + asOf;
                write("in.json", state.replace("TICK", NOW));
                run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0);
                String want = state.replace("]}", "],\"as_of\": \"TICK\"}").replace("TICK", "2026-11-22T08:37:00Z");
                equal("as_of " + asOf, read("out.json").equals(want), true);
            }
        });

        test("writer: what is frozen is said in the order of the file, and as_of last", () -> {
            write("in.json", document("as_of 'x', limit 90", feed("a", "alive true, last_tick_at '" + NOW + "'"), feed("b", "alive true, last_tick_at null"),
                    feed("c", "alive true, last_tick_at '2026-11-22T09:37:00.50+00:00'")));
            run("scenario frozen --state @in.json --output @out.json --format json --now " + NOW).exits(0).reports("changed ['a last_tick_at "
                    + "\\\"2026-11-22T09:37:00Z\\\" -> \\\"2026-11-22T08:37:00Z\\\"', 'c last_tick_at \\\"2026-11-22T09:37:00.50+00:00\\\" -> "
                    + "\\\"2026-11-22T08:37:00.500Z\\\"', 'as_of \\\"x\\\" -> \\\"2026-11-22T08:37:00Z\\\"']");
        });

        test("writer: a recovery changes its members and not one byte more", () -> {
            for (String shape : SHAPES) {
                for (String before : List.of("true 660 90.0", "true null 90", "false 11 90", "true -30 90", "'true' '5' 90", "{} [] 90",
                        "true 1e400 9e1", "true 660 900")) {
                    write("in.json", shape(shape, before));
                    String limit = before.substring(before.lastIndexOf(' '));
                    run("recover --feed bravo --state @in.json --output @out.json --now " + NOW).exits(0).says("RECOVERED");
                    equal(before, read("out.json"), shape(shape, "true 5" + limit));
                    run("recover --feed bravo --state @in.json --output @out.json --age-seconds 4.50 --now " + NOW).exits(0).says("RECOVERED");
                    equal(before, read("out.json"), shape(shape, "true 4.50" + limit));
                }
            }
        });

        test("writer: members that are not there yet are added, and nothing else moves", () -> {
            Map<String, String> reasons = Map.of("scenario stale", "stale", "scenario unknown", "age_missing", "scenario down", "feed_down",
                    "scenario skewed", "age_invalid", "recover", "fresh");
            for (String entry : List.of("{'name':'bravo'}", "{ 'name' : 'bravo' }", "{\n  'name': 'bravo'\n}", "{'name':'bravo', 'x':[{}]}",
                    "{'name':'bravo', 'x':{'last_tick_at':1}}")) {
                String state = fixture.replaceFirst("(?s)\\{\\s*\"name\": \"bravo\".*?\\}", entry.replace('\'', '"'));
                write("in.json", state);
                for (String call : reasons.keySet()) {
                    run(call + " --feed bravo --state @in.json --output @out.json").exits(0);
                    equal(call + " " + entry, insertedOnly(state, read("out.json")), true);
                    equal(call + " " + entry + ": dates", read("out.json").split("last_tick_at").length, state.split("last_tick_at").length);
                    run("status --state @out.json --format json").has("feeds.1.reason_code", reasons.get(call));
                }
            }
            run("scenario frozen --output @out.json").exits(0);
            equal("frozen", insertedOnly(fixture, read("out.json")), true);
        });

        test("writer: the same input and the same instant give the same bytes", () -> {
            for (String kind : KINDS) {
                String call = "scenario " + kind + (KINDS.indexOf(kind) < 6 ? " --feed bravo" : "") + " --now 2026-01-01T00:00:00Z --output ";
                run(call + "@one.json").exits(0);
                run(call + "@two.json").exits(0);
                equal(kind, read("two.json"), read("one.json"));
                equal(kind + " differs from the fixture", read("two.json").equals(fixture), false);
            }
        });

        test("writer: a missing feed returns to its place with its baseline entry", () -> {
            for (String row : List.of("alpha 8", "bravo 11", "charlie 7")) {
                String[] feed = row.split(" ");
                run("scenario missing --feed % --output @in.json", feed[0]).exits(0);
                run("recover --feed % --state @in.json --output @out.json", feed[0]).exits(0).says("RECOVERED");
                equal(row, read("out.json"), fixture.replace("seconds\": " + feed[1] + "\n", "seconds\": 5\n"));
            }
            run("scenario missing --feed bravo --output @1.json").exits(0);
            run("scenario missing --feed charlie --state @1.json --output @2.json").exits(0);
            run("recover --feed charlie --state @2.json --output @3.json").exits(0);
            run("recover --feed bravo --state @3.json --output @4.json").exits(0);
            equal("two missing", read("4.json"), fixture.replace(": 11\n", ": 5\n").replace(": 7\n", ": 5\n"));

            String contract = document("limit 90", feed("bravo", "x-note 1.50, limit 30, last_tick_age_seconds null, alive false"));
            write("base.json", contract);
            for (String shape : SHAPES) {
                String state = shape(shape.replaceAll("(?s)<.*>", ""), "true 11 90");
                write("in.json", state);
                run("recover --feed bravo --state @in.json --output @out.json --baseline @base.json --now " + NOW).exits(0).says("RECOVERED");
                equal(state, insertedOnly(state, read("out.json")), true);
                equal(state, read("out.json").contains(feed("bravo", "x-note 1.50, limit 30, age 5, alive true")), true);
            }
        });

        test("writer: what is added has the layout of its neighbours", () -> {
            String compact = "{\"max_age_seconds\":90,\"feeds\":[A{\"name\":\"b\",\"alive\":true,\"last_tick_age_seconds\":8}C]}";
            String lines = "{\"max_age_seconds\": 90, \"feeds\": [\n  A{\n      \"name\": \"b\",\n      \"alive\": true,\n      \"last_tick_age_seconds\": 8\n    }C\n]}";
            for (String state : List.of(compact, lines)) {
                String whole = state.replace("A", feed("a", "alive true, age 5") + (state == lines ? ",\n  " : ","))
                    .replace("C", (state == lines ? ",\n  " : ",") + feed("c", "alive true, age 5"));
                write("base.json", whole);
                for (String feed : List.of("a", "c")) {
                    String there = whole.replaceAll(feed.equals("a") ? "\\{\"name\":\"a\"[^}]*\\},\\s*" : ",\\s*\\{\"name\":\"c\"[^}]*\\}", "");
                    write("in.json", there);
                    run("recover --feed " + feed + " --state @in.json --baseline @base.json --output @out.json").exits(0);
                    equal(there, read("out.json"), whole);
                }
                String without = state.replaceAll("[AC]|,\\s*\"last_tick_age_seconds\": ?8", "");
                write("in.json", without);
                run("scenario stale --feed b --state @in.json --output @out.json").exits(0);
                equal(without, read("out.json"), state.replaceAll("[AC]", "").replaceAll("_age_seconds\": ?8", "_age_seconds\": 660"));
            }
        });

        test("writer: an already fresh feed is copied byte for byte", () -> {
            for (String shape : SHAPES) {
                write("in.json", shape(shape, "true 90.00 90.0"));
                run("recover --feed bravo --state @in.json --output @out.json --now " + NOW).exits(0).says("NOTHING TO RECOVER", "unchanged");
                equal("copy", read("out.json"), read("in.json"));
            }
        });

        test("writer: recovering twice gives the same bytes", () -> {
            for (String kind : List.of("stale", "unknown", "down", "missing", "skewed", "loosened")) {
                run("scenario " + kind + " --feed bravo --output @in.json").exits(0);
                run("recover --feed bravo --state @in.json --output @one.json").exits(0).says("RECOVERED");
                run("recover --feed bravo --state @in.json --output @two.json").exits(0).says("RECOVERED");
                run("recover --feed bravo --state @one.json --output @three.json").exits(0).says("NOTHING TO RECOVER");
                equal(kind, read("two.json"), read("one.json"));
                equal(kind, read("three.json"), read("one.json"));
            }
        });

        test("writer: a scenario reports what it changed, and the command that shows it", () -> {
            for (String kind : KINDS) {
                boolean whole = KINDS.indexOf(kind) >= 6;
                Run run = run("scenario " + kind + (whole ? "" : " --feed bravo") + " --output @out.json --format json --now " + NOW).exits(0);
                run.members("", "scenario", "feed", "changed", "state", "state_sha256", "output", "output_sha256", "show");
                run.has("scenario", kind).has("feed", whole ? null : "bravo").has("output", dir + "/out.json").has("output_sha256",
                        sha256("out.json"));
                run.has("state", home + "/data/healthy.json").has("state_sha256", sha256("healthy.json"));
                paste(run.get("show").toString()).exits(kind.equals("corrupt") ? 3 : 2);
            }
            run("scenario stale --feed bravo --output @out.json").exits(0).says("SCENARIO WRITTEN: stale bravo", "11", "660", "status --state ");
        });

        test("writer: a scenario that would be no failure writes nothing", () -> {
            refused("scenario stale --feed bravo --output @out.json --age-seconds 90", "still fresh");
            refused("scenario stale --feed alpha --state @stale.json --output @out.json --age-seconds 90", "still fresh"); // bravo is not
            refused("scenario stale --feed bravo --output @out.json --age-seconds 0", "still fresh");
            refused("scenario stale --feed nobody --output @out.json", "unknown feed: nobody", "alpha, bravo, charlie");
            refused("scenario stale --feed brvo --output @out.json", "unknown feed: brvo", "did you mean bravo?");
            write("in.json", document("limit 7200", feed("only", "alive true, age 8")));
            for (String kind : List.of("stale", "loosened")) {
                refused("scenario " + kind + " --feed only --state @in.json --output @out.json", "still fresh");
            }
            refused("scenario frozen --state @in.json --output @out.json", "still fresh");
            refused("scenario missing --feed only --state @in.json --output @out.json", "only feed");
            write("in.json", document("limit 'x'", feed("only", "alive true, age 8")));
            refused("scenario loosened --feed only --state @in.json --output @out.json", "no limit");
            write("in.json", "{");
            refused("scenario stale --feed only --state @in.json --output @out.json", "in.json:1:2: ");
            run("scenario stale --feed bravo --output @out.json --age-seconds 90.0000001").exits(0);
        });
    }

    /** Whether the second text is the first with something put in at one place. */
    static boolean insertedOnly(String before, String after) {
        int start = 0;
        int end = 0;
        while (start < Math.min(before.length(), after.length()) && before.charAt(start) == after.charAt(start)) {
            start++;
        }
        while (end < Math.min(before.length(), after.length())
                && before.charAt(before.length() - 1 - end) == after.charAt(after.length() - 1 - end)) {
            end++;
        }
        return after.length() > before.length() && start + end >= before.length();
    }

    // ---- Recovery ----

    static void recovery() {
        test("recovery: refused with exit 2 and nothing written where the feed would still not be safe", () -> {
            write("frozen.json", fixture.replace("{\n  \"max", "{\n  \"as_of\": \"2026-11-22T09:30:00Z\",\n  \"max"));
            write("future.json", read("frozen.json").replace("09:30:00", "09:38:00"));
            write("tight.json", fixture.replace("\"name\": \"bravo\",", "\"name\": \"bravo\", \"max_age_seconds\": 4,"));
            write("unexpected.json", fixture.replace("bravo", "delta"));
            write("limit.json", fixture.replace("\"max_age_seconds\": 90", "\"max_age_seconds\": 0"));
            for (String row : List.of("bravo --state @stale.json --age-seconds 91 => stale, 91s, 90s",
                    "bravo --state @stale.json --age-seconds 90.0000001 => stale, 90.0000001s, 90s", "bravo --state @frozen.json => stale, 425s, 90s",
                    "bravo --state @future.json => unknown, future", "bravo --state @tight.json --age-seconds 5 => stale, 5s, 4s",
                    "delta --state @unexpected.json => unknown, baseline", "bravo --state @limit.json => unknown, max_age_seconds")) {
                String[] half = row.split(" => ");
                for (String output : List.of("@out.json", "@healthy.json", "@out.json --record @record", "-", "@out.json --format json")) {
                    String before = snapshot();
                    Run run = run("recover --feed " + half[0] + " --output " + output + " --now " + NOW).exits(2);
                    equal(run.call(), snapshot(), before);
                    if (output.equals("-")) {
                        equal(run.call() + ": what a pipe would take for the state", run.out(), "");
                        run.warns("RECOVERY REFUSED", half[1].split(", "));
                    } else if (output.contains("json --format")) {
                        run.reports("recovery 'refused'", "output null", "output_sha256 null");
                        equal(run.call(), run.get("refused_because") instanceof String, true);
                    } else {
                        run.says("RECOVERY REFUSED", half[1].split(", "));
                    }
                }
            }
            run("recover --feed bravo --state @stale.json --output @out.json --age-seconds 90").exits(0).says("RECOVERED");
            run("recover --feed bravo --state @tight.json --output @out.json --age-seconds 4").exits(0).says("RECOVERED");
        });

        test("recovery: an unknown feed, and a state or baseline that cannot be evaluated, are exit 3", () -> {
            write("broken.json", "{");
            refused("recover --feed nobody --state @stale.json --output @out.json --record @record", "unknown feed: nobody", "alpha, bravo, charlie");
            refused("recover --feed brav --state @stale.json --output @out.json", "unknown feed: brav", "did you mean bravo?");
            refused("recover --feed bravo --state @broken.json --output @out.json --record @record", "broken.json:1:2: ");
            refused("recover --feed bravo --state @stale.json --output @out.json --baseline @broken.json", "baseline ", "broken.json:1:2: ");
            refused("recover --feed bravo --state @absent.json --output @out.json", "absent.json", "no such file");
        });

        test("recovery: other feeds stay as they are, fresh or not", () -> {
            write("in.json", fixture.replace(": 7\n", ": 700\n").replace(": 11\n", ": 900\n"));
            run("recover --feed bravo --state @in.json --output @out.json").exits(0).says("RECOVERED");
            run("status --state @out.json --format json").exits(2).reports("unsafe_feeds ['charlie']");
        });

        test("recovery: the report is the record, before and after, and its command replays it", () -> {
            Run run = run("recover --feed bravo --state @stale.json --output @out.json --format json --age-seconds 6 --now " + NOW).exits(0);
            run.members("", "recovery", "time", "feed", "refused_because", "before", "after", "changed", "baseline", "state", "state_sha256",
                    "output", "output_sha256", "replay");
            run.reports("recovery 'recovered'", "time '" + NOW + "'", "feed 'bravo'", "refused_because null",
                    "before.freshness_status 'stale'", "before.last_tick_age_seconds 660", "before.safe_to_serve false",
                    "after.freshness_status 'fresh'", "after.last_tick_age_seconds 6", "after.safe_to_serve true");
            run.has("baseline", home + "/data/healthy.json").has("state", dir + "/stale.json").has("output", dir + "/out.json");
            run.has("state_sha256", sha256("stale.json")).has("output_sha256", sha256("out.json"));
            String first = read("out.json");
            delete(dir.resolve("out.json"));
            paste(run.get("replay").toString()).exits(0).says("RECOVERED");
            equal("replayed", read("out.json"), first);

            run("recover --feed bravo --state @stale.json --output @out.json")
                .says("RECOVERED: bravo", "660s", "5s", sha256("stale.json"), sha256("out.json"));
            run("recover --feed alpha --state @stale.json --output @out.json --format json")
                .reports("recovery 'unchanged'", "before.freshness_status 'fresh'", "changed []");
        });

        test("recovery: a record is one JSON line each, the same as the report", () -> {
            write("torn", "{\"recovery\": \"reco");
            for (String record : List.of("record", "torn")) {
                String call = "recover --feed bravo --state @stale.json --output @out.json --record @" + record;
                Run one = run(call + " --format json --now " + NOW).exits(0);
                run("recover --feed alpha --state @stale.json --output @out.json --record @" + record).exits(0);
                run(call + " --age-seconds 91").exits(2);
                List<String> lines = new ArrayList<>(List.of(read(record).split("\n", -1)));
                if (record.equals("torn")) {
                    equal("what another left torn stays", lines.remove(0), "{\"recovery\": \"reco");
                }
                equal(record, lines.size() + lines.get(2), "3");
                equal(record, Reader.read(lines.get(0)), Reader.read(one.out()));
                equal(record, Reader.at(lines.get(1), "recovery"), "unchanged");
                Instant time = Instant.parse(Reader.at(lines.get(1), "time").toString());
                equal("time " + time, time.isAfter(Instant.now().minusSeconds(60)) && !time.isAfter(Instant.now()), true);
            }
        });

        test("recovery: what is not done is not recorded", () -> {
            write("record", "{}\n");
            String[] call = arguments("recover --feed bravo --state @stale.json --output - --record @record");
            equal("a closed pipe", Freshness.run(call, UNREAD, new Full(0), new ByteArrayOutputStream()) + read("record"), "3{}\n");
        });

        test("recovery: what cannot be recorded is not done", () -> {
            oddFiles();
            for (String row : List.of("@sub => not a regular file", "@device => not a regular file", "@fifo => not a regular file",
                    "@soft.json => link", "@dangling.json => link", "@absent/record => no such directory", "@in.json => the input",
                    "@hard.json => the input", "@base.json => the baseline", "@out.json => one file", "@./out.json => one file",
                    "@linked/out.json => one file",
                    "HOME/data/healthy.json => the baseline")) {
                String[] half = row.split(" => ");
                for (String out : List.of("", "old")) {
                    if (!out.isEmpty()) {
                        write("out.json", out);
                    }
                    refused("recover --feed bravo --state @in.json --output @out.json --baseline @base.json --record %", half[1], at(half[0]));
                }
                delete(dir.resolve("out.json"));
            }
            // Within one process a second lock is an error at once; another process would wait.
            write("record", "");
            String call = "recover --feed bravo --state @in.json --output @out.json --record @record";
            try (FileChannel channel = FileChannel.open(dir.resolve("record"), StandardOpenOption.WRITE); var lock = channel.lock()) {
                int exit = Freshness.run(arguments(call), UNREAD, new ByteArrayOutputStream(), new ByteArrayOutputStream());
                equal(call + " while another holds a lock: " + lock, exit + read("record") + Files.exists(dir.resolve("out.json")), "3false");
            }
            run(call).exits(0);
        });
    }
}
