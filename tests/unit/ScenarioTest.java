import java.io.ByteArrayInputStream;
import java.nio.file.Files;

import static java.nio.charset.StandardCharsets.UTF_8;

/** ScenarioTest: what scenario reports. EditsTest covers the bytes that it writes. */
final class ScenarioTest extends Sandbox {
    @Harness.Test("scenario: the report of each kind of one feed, whole")
    static void reportsOnOneFeed() throws Exception {
        for (Row row : Row.table("""
                stale => bravo last_tick_age_seconds 11 -> 660
                unknown => bravo last_tick_age_seconds 11 -> null
                down => bravo alive true -> false
                missing => bravo removed
                skewed => bravo last_tick_age_seconds 11 -> -30
                loosened => bravo last_tick_age_seconds 11 -> 660, max_age_seconds 90 -> 900""")) {
            String kind = row.cell(0);
            report("scenario " + kind + " --feed bravo --output @out.json --now " + NOW, """
                SCENARIO WRITTEN: KIND bravo
                  scenario: KIND
                  feed: bravo
                  changed: CHANGED
                """.replace("KIND", kind).replace("CHANGED", row.cell(1)));
        }
    }

    @Harness.Test("scenario: the report of each kind of the whole state, whole")
    static void reportsOnAll() throws Exception {
        for (Row row : Row.table("""
                frozen => as_of added: "2026-11-22T08:37:00Z"
                corrupt => cut after 158 bytes""")) {
            String kind = row.cell(0);
            report("scenario " + kind + " --output @out.json --now " + NOW, """
                SCENARIO WRITTEN: KIND
                  scenario: KIND
                  changed: CHANGED
                """.replace("KIND", kind).replace("CHANGED", row.cell(1)));
        }
    }

    private static void report(String call, String head) throws Exception {
        run(call).exits(0);
        whole(call, 0, head + """
              state: HOME/data/healthy.json
              state_sha256: BEFORE
              output: DIR/out.json
              output_sha256: AFTER
              show: java 'HOME/Freshness.java' status --state 'DIR/out.json'\
             --now 2026-11-22T09:37:00Z
            """.replace("BEFORE", sha256("healthy.json"))
            .replace("AFTER", sha256("out.json")));
    }

    @Harness.Test("scenario: a report to standard error, if the state goes to standard output")
    static void fromAndToStandardStreams() throws Exception {
        String fresh = document("limit 90", feed("x", "alive true, age 8"));
        String stale = document("limit 90", feed("x", "alive true, age 660"));
        write("fresh.json", fresh);
        write("stale.json", stale);
        Run run = runWith(new ByteArrayInputStream(fresh.getBytes(UTF_8)), "scenario stale"
            + " --feed x --state - --output - --now 2026-11-22T10:37:00+01:00").exits(0);
        equal("the scenario", run.out(), stale);
        equal("the report", plain(run.err()), """
            SCENARIO WRITTEN: stale x
              scenario: stale
              feed: x
              changed: x last_tick_age_seconds 8 -> 660
              state: standard input
              state_sha256: BEFORE
              output: -
              output_sha256: AFTER
              show: java 'HOME/Freshness.java' status --state - --baseline BASELINE\
             --now 2026-11-22T10:37:00+01:00
            """.replace("BEFORE", sha256("fresh.json")).replace("AFTER", sha256("stale.json")));
        run = runWith(new ByteArrayInputStream(fresh.getBytes(UTF_8)),
            "scenario stale --feed x --state - --age-seconds 9 --output @o").exits(3);
        equal("no failure", run.err(), "freshness: nothing written: the feed would still be fresh"
            + " under the limits in standard input; pass a larger --age-seconds\n");
    }

    @Harness.Test("scenario: what it says of a state that has that failure already")
    static void withoutChange() {
        run("scenario stale --feed bravo --state @stale.json --output @out.json").exits(0)
            .says("SCENARIO WRITTEN: stale bravo\n", "\n  changed: nothing\n");
    }

    @Harness.Test("scenario: the command that shows it, without --now")
    static void commandWithoutClock() {
        equal("show", lastLine(run("scenario down --feed alpha --output @out.json").exits(0)),
            "  show: java 'HOME/Freshness.java' status --state 'DIR/out.json'");
    }

    @Harness.Test("scenario: what changed, whatever a feed is called and however long a value is")
    static void longChanges() throws Exception {
        write("in.json", document("limit 90", feed("{}", "alive '" + "y".repeat(50) + "'")));
        run("scenario stale --feed {} --state @in.json --output @o").exits(0).says(
            "SCENARIO WRITTEN: stale {}\n", "\n  changed: {} alive \"" + "y".repeat(39)
            + "... -> true, {} last_tick_age_seconds added: 660\n");
    }

    @Harness.Test("scenario: JSON of a report, whole")
    static void json() throws Exception {
        String call = "scenario stale --feed bravo --state @healthy.json --output @out.json"
            + " --format json --now " + NOW;
        run(call).exits(0).reports("changed ['bravo last_tick_age_seconds 11 -> 660']");
        whole(call, 0, """
            {
              "scenario": "stale",
              "feed": "bravo",
              "changed": ["bravo last_tick_age_seconds 11 -> 660"],
              "state": "DIR/healthy.json",
              "state_sha256": "BEFORE",
              "output": "DIR/out.json",
              "output_sha256": "AFTER",
              "show": "java 'HOME/Freshness.java' status --state 'DIR/out.json'\
             --now 2026-11-22T09:37:00Z"
            }
            """.replace("BEFORE", sha256("healthy.json")).replace("AFTER", sha256("out.json")));
    }

    @Harness.Test("scenario: a member that is added has a line of its own")
    static void addedMember() {
        String out = run("scenario frozen --state @healthy.json --output - --now " + NOW).exits(0)
            .out();
        String end = "\n  ],\n  \"as_of\": \"2026-11-22T08:37:00Z\"\n}\n";
        equal(out, out.endsWith(end), true);
    }

    @Harness.Test("scenario: what is refused, whole")
    static void refusals() throws Exception {
        write("only.json", document("limit 7200", feed("only", "alive true, age 8")));
        write("unlimited.json", document("", feed("only", "alive true, age 8")));
        write("down.json", document("limit 100000", feed("down", "alive false, age 8"),
            feed("up", "alive true, age 8")));
        write("none.json", document("limit 'x'", feed("only", "alive true, age 8")));
        for (Row row : Row.table("""
                stale --feed bravo --age-seconds 90 => nothing written: the feed would still be \
                fresh under the limits in HOME/data/healthy.json; pass a larger --age-seconds
                loosened --feed only --state @only.json => \
                nothing written: the feed would still be fresh under the limits in DIR/only.json
                frozen --state @down.json => \
                nothing written: the feed would still be fresh under the limits in DIR/down.json
                missing --feed only --state @only.json => \
                nothing written: only is the only feed, and a state needs at least one
                loosened --feed only --state @none.json => \
                nothing written: only has no limit to loosen
                loosened --feed only --state @unlimited.json => \
                nothing written: only has no limit to loosen
                stale --feed charli => unknown feed: charli; did you mean charlie?; \
                pass your own state with --state
                stale --feed onl --state @only.json => unknown feed: onl; did you mean only?""")) {
            whole("scenario " + row.cell(0) + " --output @o", 3,
                "freshness: " + row.cell(1) + "\n");
        }
        // A hopeless target is found before standard input is read.
        Files.createDirectory(dir.resolve("sub"));
        whole("scenario stale --feed bravo --state - --output @sub", 3,
            "freshness: --output DIR/sub: not a regular file; choose another\n");
        whole("scenario stale --feed bravo --output /out-of-nowhere.json"
            + " --state /nowhere/out-of-nowhere.json", 3, """
            freshness: cannot read /nowhere/out-of-nowhere.json: no such file; check the path \
            given with --state, and that your collector is running
            """);
    }
}
