import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** ReportsTest: what reports have in common: briefs, explanations, evidence, JSON layout. */
final class ReportsTest extends Sandbox {
    private static final String FILES = " --state @in.json --baseline @=in.json";

    /** Writes a state of forty feeds, f0 and so on, with these members; N is the number. */
    private static void writeForty(String top, String members) throws Exception {
        List<String> agreed = new ArrayList<>();
        List<String> feeds = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            agreed.add(feed("f" + i, ""));
            feeds.add(feed("f" + i, members.replace("N", String.valueOf(i))));
        }
        write("base.json", document("limit 90", agreed.toArray(new String[0])));
        write("in.json", document(top, feeds.toArray(new String[0])));
    }

    private static List<String> lines(Run run, String beginning) {
        return run.out().lines().filter(line -> line.startsWith(beginning)).toList();
    }

    // ---- Briefs ----

    @Harness.Test("reports: a headline names five feeds, and how many more there are")
    static void headlines() throws Exception {
        String[] names = {"a", "b", "c", "d", "e", "f", "g"};
        for (int count = 1; count <= names.length; count++) {
            List<String> feeds = new ArrayList<>();
            List<String> briefs = new ArrayList<>();
            for (int i = 0; i < names.length; i++) {
                feeds.add(feed(names[i], "alive true, age " + (i < count ? 91 : 1)));
                if (i < Math.min(count, 5)) {
                    briefs.add(names[i] + " stale, 91s > 90s");
                }
            }
            if (count > 5) {
                briefs.add("and " + (count - 5) + " more");
            }
            write("in.json", document("limit 90", feeds.toArray(new String[0])));
            String named = String.join("; ", briefs);
            equal("status with " + count, run("status" + FILES).exits(2).head(),
                "FRESHNESS CRITICAL: " + count + " of 7 feeds unsafe: " + named);
            String asked = " --feed " + String.join(" --feed ", names);
            equal("gate with " + count, run("gate" + FILES + asked).exits(2).head(),
                "GATE BLOCKED: " + named + "; not safe to serve");
        }
    }

    // ---- Explanations ----

    private static final String FIVE = "f0, f1, f2, f3, f4, and 35 more: ";
    private static final String OF_STALE = "price_order, publish_signal, rebalance_position\n";
    private static final String OF_UNKNOWN = "read_last_price, serve_cached_status, " + OF_STALE;
    private static final String BOTH = " --state @in.json --baseline @base.json --now " + NOW;
    private static final String RECOVER_EACH =
        "run this once per feed, and mv each output over the state before you do the next feed:\n"
            + "        java 'HOME/Freshness.java' recover --feed FEED --state 'DIR/in.json'"
            + " --output 'DIR/in-recovered.json' --baseline 'DIR/base.json' --now " + NOW
            + " --age-seconds AGE\n";

    @Harness.Test("reports: forty feeds with one fault have one block, whatever their figures")
    static void oneCauseOneBlock() throws Exception {
        String every = "blocked on " + FIVE;
        blocks("limit 90", "alive true, age 1N0", every + OF_STALE
            + "  why:  for example f0: last tick 100s old, limit 90s\n  next: " + RECOVER_EACH);
        blocks("limit 90", "alive true, age 660", every + OF_STALE
            + "  why:  last tick 660s old, limit 90s\n  next: " + RECOVER_EACH);
        blocks("limit 90", "alive true, age 66N, limit 5N", every + OF_STALE
            + "  why:  for example f0: last tick 660s old, limit 50s, set by the state\n"
            + "  next: " + RECOVER_EACH);
        blocks("limit 90", "alive false, age N", every + OF_UNKNOWN
            + "  why:  the feed consumer is down (alive is false)\n  next: "
            + RECOVER_EACH);
        blocks("limit 90", "alive true, age null", every + OF_UNKNOWN
            + "  why:  the age of the newest tick is unknown: last_tick_age_seconds is null\n"
            + "  next: " + RECOVER_EACH);
        blocks("limit 90", "alive N, age 8", every + OF_UNKNOWN
            + "  why:  for example f0: alive is 0; expected true or false\n"
            + "  next: make the producer write alive as true or false\n");
        blocks("limit 90", "alive true, last_tick_at '2026-11-22T09:38:00.00NZ'", null);
        blocks("limit 90", "alive true, age 8, limit -N", every + OF_UNKNOWN
            + "  why:  for example f0: max_age_seconds is -0 in the state; expected a number"
            + " greater than 0 and at most 1000000000\n  next: make the producer write"
            + " max_age_seconds as a number greater than 0 and at most 1000000000, or leave it"
            + " out\n");
        blocks("limit 90", "alive true, last_tick_at '2026-11-22 09:36:00.N'", every + OF_UNKNOWN
            + "  why:  last_tick_at has a space instead of T and no offset\n  next: for example"
            + " f0: make the producer write last_tick_at like 2026-11-22T09:36:00.0Z"
            + " if it is UTC, otherwise with its offset\n");
        // A frozen state.
        blocks("limit 90, as_of '2026-11-22T08:37:00Z'", "alive true, age N", every + OF_STALE
            + "  why:  for example f0: last tick 3600s old, limit 90s\n"
            + "  next: restart the collector: the state is 3600s old\n");
    }

    /** Checks all that status says below its table, and that gate says the same. */
    private static void blocks(String top, String members, String blocks) throws Exception {
        writeForty(top, members);
        String out = plain(run("status" + BOTH).exits(2).out());
        if (blocks == null) {
            equal(members, out.split("blocked on ").length - 1, 1);
            return;
        }
        String end = "\nstate: DIR/in.json (checked against baseline DIR/base.json)\n";
        equal(members, out.substring(out.indexOf("blocked on ")), blocks + end);
        StringBuilder gate = new StringBuilder("gate");
        for (int i = 0; i < 40; i++) {
            gate.append(" --feed f").append(i);
        }
        out = plain(run(gate + BOTH).exits(2).out());
        equal(members, out.substring(out.indexOf('\n') + 1), blocks);
    }

    @Harness.Test("reports: causes and cures that differ have a block each, in the order of feeds")
    static void severalCauses() throws Exception {
        write("base.json", document("limit 90", feed("a", ""), feed("b", ""), feed("c", ""),
            feed("slow", "limit 7200"), feed("slower", "limit 3600"), feed("f", ""), feed("g", ""),
            feed("none", "limit 30")));
        write("in.json", document("limit 9000, as_of '2026-11-22T08:37:00Z'",
            feed("a", "alive true, age 8"), feed("b", "alive 1, age 8"),
            feed("c", "alive true, age 9"), feed("slow", "alive true, age 7000"),
            feed("slower", "alive true, age 1"), feed("f", "alive false, age 8"),
            feed("g", "alive 'yes', age 8")));
        Run run = run("status" + BOTH).exits(2);
        String out = plain(run.out());
        String restart = "  next: restart the collector: the state is 3600s old\n\n";
        equal("blocks", out.substring(out.indexOf("blocked on ")), """
            blocked on a, c: price_order, publish_signal, rebalance_position
              why:  for example a: last tick 3608s old, limit 90s
            RESTART\
            blocked on b, g: UNKNOWN
              why:  for example b: alive is 1; expected true or false
              next: make the producer write alive as true or false

            blocked on slow, slower: price_order, publish_signal, rebalance_position
              why:  for example slow: last tick 10600s (2h 56m) old, limit 7200s
              next: run this once per feed, and mv each output over the state before you \
            do the next feed:
                    java 'HOME/Freshness.java' recover --feed FEED --state 'DIR/in.json'\
             --output 'DIR/in-recovered.json' --baseline 'DIR/base.json'\
             --now 2026-11-22T09:37:00Z --age-seconds AGE

            blocked on f: UNKNOWN
              why:  the feed consumer is down (alive is false)
            RESTART\
            blocked on none: UNKNOWN
              why:  listed in the baseline but missing from the state
            RESTART\
            state: DIR/in.json (checked against baseline DIR/base.json)
            """.replace("RESTART", restart)
            .replace("UNKNOWN", OF_UNKNOWN.strip()));
    }

    @Harness.Test("reports: renamed feeds are asked about in one block")
    static void renamedFeeds() throws Exception {
        write("base.json", document("limit 90", feed("cme-s1", ""), feed("cme-s2", ""),
            feed("y", "")));
        write("in.json", document("limit 90", feed("cme-S1", "alive true, age 1"),
            feed("cme-S2", "alive true, age 1"), feed("y", "alive true, age 1")));
        String out = plain(run("gate --feed cme-s1 --feed cme-s2" + BOTH).exits(2).out());
        equal("blocks", out.substring(out.indexOf("blocked on ")), "blocked on cme-s1, cme-s2: "
            + OF_UNKNOWN + "  why:  listed in the baseline but missing from the state\n"
            + "  next: for example cme-s1: the state has cme-S1 instead; if the feed was renamed,"
            + " review that and rename cme-s1 in the baseline, otherwise fix the producer\n");
    }

    @Harness.Test("reports: a block names five feeds, escaped, and how many more there are")
    static void namesInBlocks() throws Exception {
        for (int count : new int[] {1, 2, 5, 6, 7}) {
            List<String> agreed = new ArrayList<>();
            List<String> feeds = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                agreed.add(feed("\\u001b" + i, ""));
                feeds.add(feed("\\u001b" + i, "alive " + i + ", age 8"));
                names.add(i < 5 ? "\\u001b" + i : "and " + (count - 5) + " more");
            }
            write("base.json", document("limit 90", agreed.toArray(new String[0])));
            write("in.json", document("limit 90", feeds.toArray(new String[0])));
            List<String> lines = run("status" + BOTH).exits(2).out().lines().toList();
            List<String> named = names.subList(0, Math.min(count, 6));
            equal(count + " feeds", lines.get(count + 3),
                "blocked on " + String.join(", ", named) + ": " + OF_UNKNOWN.strip());
            String example = count == 1 ? "" : "for example \\u001b0: ";
            equal(count + " feeds", lines.get(count + 4),
                "  why:  " + example + "alive is 0; expected true or false");
        }
    }

    @Harness.Test("reports: a recovery of several feeds names none, and so recovers no wrong one")
    static void placeholders() throws Exception {
        String call = "gate --feed a --feed b --state @in.json --baseline @base.json";
        write("base.json", document("limit 90", feed("a", ""), feed("b", "")));
        write("in.json", document("limit 90", feed("a", "alive true, age 91"),
            feed("b", "alive true, age 92")));
        Run run = run(call).exits(2);
        String command = run.out().lines().reduce("", (before, line) -> line).strip();
        equal("on a line of its own", lines(run, "        java ").size(), 1);
        paste(command).exits(3);
        paste(command.replace("AGE", "5")).exits(3).warns("freshness: unknown feed: FEED;");
        equal("nothing was written", snapshot().contains("in-recovered.json"), false);
        paste(command.replace("AGE", "5").replace("FEED", "b")).exits(0).says("RECOVERED: b");
        // Each in turn, as it says.
        write("in.json", read("in-recovered.json"));
        run(call).exits(2).says("GATE BLOCKED: a stale, 91s > 90s; not safe");
        paste(command.replace("AGE", "5").replace("FEED", "a")).exits(0).says("RECOVERED: a");
        write("in.json", read("in-recovered.json"));
        run(call).exits(0);
        // A feed may have the name of the placeholder.
        write("base.json", document("limit 90", feed("a", ""), feed("FEED", ""), feed("b", "")));
        for (String other : List.of("FEED", "FEED_")) {
            write("in.json", document("limit 90", feed("a", "alive true, age 91"),
                feed("b", "alive true, age 92"), feed(other, "alive true, age 1")));
            String last = lastLine(run(call).exits(2));
            String word = other.equals("FEED") ? "FEED_" : "FEED__";
            equal(other, last.contains(" recover --feed " + word + " --state "), true);
        }
    }

    @Harness.Test("reports: what next about a state or a feed that no command can name")
    static void nextWithoutCommand() throws Exception {
        String save = "save the state to a file and run this again with --state FILE";
        String rename = "rename this feed: its name contains a NUL character and cannot be passed"
            + " on a command line";
        String producer = "make the producer write alive as true or false";
        write("base.json", document("limit 90", feed("x", ""), feed("n\\u0000", "")));
        nextOfPiped("alive true, age 660", save, rename);
        nextOfPiped("alive 1, age 8", producer, producer);
        String stale = document("limit 90", feed("x", "alive true, age 660"));
        write("named", stale);
        write("base.json", stale);
        equal("a state without .json in its name",
            lastLine(run("gate --feed x --state @named --baseline @base.json")),
            "  next: java 'HOME/Freshness.java' recover --feed x --state 'DIR/named'"
                + " --output recovered.json --baseline 'DIR/base.json' --age-seconds AGE");
    }

    private static void nextOfPiped(String members, String next, String nextOfNul) {
        byte[] state = document("limit 90", feed("x", members), feed("n\\u0000", members))
            .getBytes(UTF_8);
        String call = "gate --state - --baseline @base.json --feed %";
        for (String[] row : new String[][] {{"x", next}, {"n\0", nextOfNul}}) {
            Run run = runWith(new ByteArrayInputStream(state), call, row[0]).exits(2);
            equal(members + " of " + row[0], lastLine(run), "  next: " + row[1]);
        }
    }

    // ---- Baselines of other feeds ----

    @Harness.Test("reports: a headline says if state and baseline are swapped, or share no feed")
    static void mismatches() throws Exception {
        String dated = "limit 90, as_of '" + NOW + "'";
        write("base.json", document("limit 90, require_as_of true",
            feed("x", "alive true, age 660")));
        write("in.json", document(dated, feed("x", "alive false")));
        write("other.json", document(dated, feed("y", "alive true, age 1")));
        write("both.json",
            document(dated, feed("y", "alive true, age 1"), feed("x", "alive false")));
        write("contract.json", document("limit 90, require_as_of true", feed("y", "")));
        String swapped = "; are --state and --baseline swapped?";
        String strangers = ": the state and the baseline have no feeds in common: pass the right"
            + " --baseline, or correct the feed names; ";
        mismatch("--state @base.json --baseline @in.json", 2, swapped);
        mismatch("--state @in.json --baseline @base.json", 2, "");
        mismatch("--state @both.json --baseline @base.json", 2, "");
        mismatch("--state @contract.json --baseline @base.json", 2, strangers);
        mismatch("--state @other.json --baseline @base.json", 2, strangers);
        mismatch("--state @other.json", 3, strangers);
    }

    private static void mismatch(String files, int exitOfGate, String hint) {
        List<Run> runs = new ArrayList<>();
        runs.add(run("status " + files + " --now " + NOW).exits(2));
        Run gate = run("gate --feed x " + files + " --now " + NOW).exits(exitOfGate);
        if (exitOfGate == 2) {
            runs.add(gate);
        }
        for (Run run : runs) {
            boolean isSaid = run.head().matches(".*(swapped\\?|correct the feed names; .*)");
            equal(run.call(), isSaid, !hint.isEmpty());
            equal(run.call(), run.head().contains(hint), true);
        }
    }

    @Harness.Test("reports: state and baseline are swapped, told by the date alone")
    static void swappedByDate() throws Exception {
        String dated = "limit 90, as_of '" + NOW + "'";
        String swapped = "; are --state and --baseline swapped?";
        swapped(dated, "limit 90", "feed_down", swapped);
        swapped("limit 90", "limit 90, require_as_of true", "feed_down", swapped);
        swapped("limit 90, as_of null", "limit 90", "feed_down", swapped);
        swapped(dated, dated, "feed_down", "");
        swapped("limit 90", dated, "feed_down", "");
        swapped("limit 90", "limit 90", "feed_down", "");
        swapped(dated, "limit 90, as_of 'x'", "as_of_invalid", "");
    }

    private static void swapped(String baseline, String state, String reason, String ending)
            throws Exception {
        write("base.json", document(baseline, feed("x", "")));
        write("in.json", document(state, feed("x", "alive false")));
        String files = " --state @in.json --baseline @base.json --now " + NOW;
        String which = baseline + " and " + state;
        equal(which, run("status" + files).exits(2).head(),
            "FRESHNESS CRITICAL: 1 of 1 feeds unsafe: x unknown (" + reason + ")" + ending);
        equal(which, run("gate --feed x" + files).exits(2).head(),
            "GATE BLOCKED: x unknown (" + reason + "); not safe to serve" + ending);
    }

    // ---- Evidence ----

    @Harness.Test("reports: an audit can be made from one JSON report")
    static void evidence() throws Exception {
        write("in.json", document("limit 90, as_of '2026-11-22T09:36:59Z'",
            feed("alpha", "alive true, age 8"), feed("bravo", "alive true, age 660"),
            feed("charlie", "alive true, age 8")));
        write("broken.json", "{");
        String fixtureSha256 = sha256("healthy.json");
        for (String command : List.of("status", "gate --feed bravo --feed alpha")) {
            String call = command + " --format json --state ";
            run(call + "@in.json --now " + NOW).exits(2)
                .reports("evaluated_at '" + NOW + "'", "as_of '2026-11-22T09:36:59Z'", "exit 2")
                .has("state", dir + "/in.json").has("state_sha256", sha256("in.json"))
                .has("baseline", home + "/data/healthy.json")
                .has("baseline_sha256", fixtureSha256);
            run(call + "@healthy.json --now " + NOW).exits(0).reports("as_of null", "exit 0");
            // What was read is named, even if it is not valid.
            run(call + "@broken.json").exits(3).reports("exit 3")
                .has("state_sha256", sha256("broken.json"));
            run(call + "@absent.json").exits(3).reports("exit 3", "state_sha256 null")
                .has("baseline_sha256", fixtureSha256);
            String list = command.equals("status") ? "unsafe_feeds null" : "next null";
            run(call + "@in.json --baseline @broken.json").exits(3)
                .reports("state_sha256 null", "feeds null", list);
        }
    }

    @Harness.Test("reports: as_of is shown in UTC, and to the nanosecond")
    static void snapshotDates() throws Exception {
        for (Row row : Row.table("""
                2026-11-22T10:36:59+01:00 => 2026-11-22T09:36:59Z
                2026-11-22T09:36:59.000000001Z => 2026-11-22T09:36:59.000000001Z
                2026-11-22t09:36:59.50z => 2026-11-22T09:36:59.500Z""")) {
            write("in.json", document("limit 90, as_of '" + row.cell(0) + "'",
                feed("alpha", "alive true, age 8")));
            run("gate --feed alpha --state @in.json --format json --now " + NOW).exits(0)
                .has("as_of", row.cell(1));
            run("status --state @in.json --format json --now 2026-11-22T10:37:00.5+01:00")
                .exits(2).has("as_of", row.cell(1))
                .has("evaluated_at", "2026-11-22T09:37:00.500Z");
        }
        for (String invalid : List.of("'soon'", "null", "7")) {
            write("in.json", document("limit 90, as_of " + invalid,
                feed("alpha", "alive true, age 8")));
            run("gate --feed alpha --state @in.json --format json").exits(2).has("as_of", null);
        }
    }

    // ---- The form of JSON ----

    @Harness.Test("reports: JSON of each kind of value, as a document and on one line")
    static void jsonForms() throws Exception {
        Freshness.Facts facts = new Freshness.Facts()
            .add("text", "a\"\n{}").add("null", null).add("number", 7).add("flag", true)
            .add("seconds", new Freshness.Seconds(1_500_000_000L))
            .add("none", List.of()).add("words", List.of("a", "{}"))
            .add("objects", List.of(new Freshness.Facts().add("x", 1)));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Freshness.Output out = new Freshness.Output(bytes);
        new Freshness.JsonWriter(out).document(facts);
        new Freshness.JsonWriter(out).line(new Freshness.Facts().addFile("f", "n", null));
        out.flush();
        equal("JSON", bytes.toString(UTF_8), """
            {
              "text": "a\\"\\u000a{}",
              "null": null,
              "number": 7,
              "flag": true,
              "seconds": 1.5,
              "none": [],
              "words": ["a", "{}"],
              "objects": [
                {"x": 1}
              ]
            }
            {"f": "n", "f_sha256": null}""");
    }
}
