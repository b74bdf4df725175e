import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** ReportsTest: what reports have in common: briefs, explanations, evidence, the form of JSON. */
final class ReportsTest extends Sandbox {
    private static final String FILES = " --state @in.json --baseline @=in.json";

    /** Writes a state of stale feeds, each with another age, or all with the same. */
    private static void writeStale(int count, boolean withOneCause) throws Exception {
        List<String> feeds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int age = withOneCause ? 660 : 100 + i;
            feeds.add(feed("f" + i, "alive true, age " + age));
        }
        write("in.json", document("limit 90", feeds.toArray(new String[0])));
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

    @Harness.Test("reports: a text explains twenty causes, and says how many feeds more there are")
    static void twentyCauses() throws Exception {
        for (int count : new int[] {5, 6, 20, 21, 22}) {
            writeStale(count, false);
            Run run = run("status" + FILES).exits(2);
            int explained = Math.min(count, 20);
            equal(count + " feeds", lines(run, "blocked on ").size(), explained);
            List<String> more = new ArrayList<>();
            if (count > explained) {
                more.add("and " + (count - explained) + " more, which --format json explains");
            }
            equal(count + " feeds: more", lines(run, "and "), more);
        }
        // Nor is explained what comes behind, even if its cause is known.
        List<String> feeds = new ArrayList<>();
        for (int i = 0; i < 22; i++) {
            int age = i == 21 ? 100 : 100 + i;
            feeds.add(feed("f" + i, "alive true, age " + age));
        }
        write("in.json", document("limit 90", feeds.toArray(new String[0])));
        equal("behind", lines(run("status" + FILES).exits(2), "and "),
            List.of("and 2 more, which --format json explains"));
    }

    @Harness.Test("reports: what has been explained takes no new place")
    static void groupedCauses() throws Exception {
        List<String> feeds = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            feeds.add(feed("f" + i, "alive true, age 660"));
        }
        for (String name : List.of("f19", "f20", "f22")) {
            feeds.add(feed(name, "alive 1, age 1"));
        }
        feeds.add(21, feed("f21", "alive true, age 1"));
        for (int more = 0; more < 3; more++) {
            write("in.json", document("limit 90", feeds.toArray(new String[0])));
            Run run = run("status" + FILES).exits(2);
            List<String> want = new ArrayList<>();
            if (more > 0) {
                want.add("and " + more + " more, which --format json explains");
            }
            equal(more + " more", lines(run, "and "), want);
            equal("together", lines(run, "blocked on f19, f20, f22: read_last_price, ").size(), 1);
            // The first of these has no place left, and what comes behind it neither.
            feeds.add(feed("g" + more, "alive true, age 660"));
        }
    }

    @Harness.Test("reports: the same explanation for several feeds is given once")
    static void sameCause() throws Exception {
        List<String> feeds = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            feeds.add(feed("f" + i, "alive 1, age 8"));
        }
        feeds.add(feed("f7", "alive true, age 660"));
        write("in.json", document("limit 90", feeds.toArray(new String[0])));
        equal("once", lines(run("status" + FILES + " --now " + NOW).exits(2), "blocked on "),
            List.of("blocked on f0, f1, f2, f3, f4, and 2 more: read_last_price,"
                + " serve_cached_status, price_order, publish_signal, rebalance_position",
                "blocked on f7: price_order, publish_signal, rebalance_position"));
    }

    @Harness.Test("reports: what next about a state or a feed that no command can name")
    static void nextWithoutCommand() throws Exception {
        String save = "save the state to a file, and ask again for that file";
        String rename = "give this feed another name: no command line can carry this one";
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
        String strangers = ": state and baseline share no feed: pass the baseline of these feeds"
            + " with --baseline; ";
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
            boolean isSaid = run.head().matches(".*(swapped\\?|with --baseline; .*)");
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
