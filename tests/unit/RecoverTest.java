import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** RecoverTest: what recover reports. EditsTest covers the bytes that it writes. */
final class RecoverTest extends Sandbox {
    private static final String CALL =
        "recover --state @stale.json --output @out.json --now " + NOW;

    @Harness.Test("recover: the report of a recovery, whole")
    static void recovered() throws Exception {
        run(CALL + " --feed bravo").exits(0);
        whole(CALL + " --feed bravo", 0, """
            RECOVERED: bravo fresh, 5s of 90s
              recovery: recovered
              time: 2026-11-22T09:37:00Z
              feed: bravo
              before: bravo stale, 660s > 90s
              after: bravo fresh, 5s of 90s
              changed: bravo last_tick_age_seconds 660 -> 5
              baseline: HOME/data/healthy.json
              state: DIR/stale.json
              state_sha256: BEFORE
              output: DIR/out.json
              output_sha256: AFTER
              replay: java 'HOME/Freshness.java' recover --feed bravo --state 'DIR/stale.json'\
             --output 'DIR/out.json' --age-seconds 5 --now 2026-11-22T09:37:00Z
            """.replace("BEFORE", sha256("stale.json")).replace("AFTER", sha256("out.json")));
    }

    @Harness.Test("recover: the report on a feed that is fresh already, whole")
    static void unchanged() throws Exception {
        whole(CALL + " --feed alpha", 0, """
            NOTHING TO RECOVER: alpha fresh, 8s of 90s; the state was copied unchanged
              recovery: unchanged
              time: 2026-11-22T09:37:00Z
              feed: alpha
              before: alpha fresh, 8s of 90s
              after: alpha fresh, 8s of 90s
              changed: nothing
              baseline: HOME/data/healthy.json
              state: DIR/stale.json
              state_sha256: STALE
              output: DIR/out.json
              output_sha256: STALE
              replay: java 'HOME/Freshness.java' recover --feed alpha --state 'DIR/stale.json'\
             --output 'DIR/out.json' --age-seconds 5 --now 2026-11-22T09:37:00Z
            """.replace("STALE", sha256("stale.json")));
    }

    @Harness.Test("recover: the report of a refusal, whole")
    static void refusal() throws Exception {
        whole(CALL + " --feed bravo --age-seconds 91", 2, """
            RECOVERY REFUSED: bravo: it would still be stale (last tick 91s old, limit 90s); \
            nothing was written
              recovery: refused
              time: 2026-11-22T09:37:00Z
              feed: bravo
              refused_because: it would still be stale (last tick 91s old, limit 90s)
              before: bravo stale, 660s > 90s
              after: bravo stale, 91s > 90s
              changed: bravo last_tick_age_seconds 660 -> 91
              baseline: HOME/data/healthy.json
              state: DIR/stale.json
              state_sha256: STALE
              replay: java 'HOME/Freshness.java' recover --feed bravo --state 'DIR/stale.json'\
             --output 'DIR/out.json' --age-seconds 91 --now 2026-11-22T09:37:00Z
            """.replace("STALE", sha256("stale.json")));
    }

    @Harness.Test("recover: a feed that had no tick yet gets the date of its first one")
    static void firstTick() throws Exception {
        write("base.json", document("limit 90, require_as_of true", feed("x", "")));
        // The date of the state; the verdict before; the entry before and after.
        for (String row : List.of("null | as_of_missing | last_tick_at null",
                "- | as_of_missing | last_tick_at null",
                "'2026-11-22T09:36:00Z' | age_missing | last_tick_at null",
                "null | as_of_missing | age null, last_tick_at null",
                "'2026-11-22T09:36:00Z' | age_invalid | last_tick_at '0001-01-01T00:00:00Z'")) {
            String[] cell = row.split(" \\| ");
            write("in.json", document("limit 90, as_of " + cell[0],
                    feed("x", "alive true, " + cell[2])));
            run("recover --feed x --state @in.json --baseline @base.json --output @out.json"
                    + " --age-seconds 5 --format json --now " + NOW).exits(0)
                    .has("before.reason_code", cell[1]).has("after.reason_code", "fresh");
            String age = cell[2].startsWith("age") ? "\"last_tick_age_seconds\":5," : "";
            equal(row, read("out.json").contains(
                    age + "\"last_tick_at\":\"2026-11-22T09:36:55Z\""), true);
        }
    }

    @Harness.Test("recover: a refusal says what to do instead, if that is known")
    static void nextOfARefusal() throws Exception {
        write("base.json", document("limit 90", feed("x", "")));
        String call = "recover --feed x --state @in.json --baseline @base.json --output @out.json"
            + " --age-seconds 3 --now " + NOW;
        write("in.json", document("limit 90, as_of '2026-11-22T09:00:00Z'",
            feed("x", "alive true, age 1")));
        run(call).exits(2).says("RECOVERY REFUSED: x: it would still be stale (",
            "\n  next: restart the collector: the state is 2220s old\n");
        write("in.json", document("limit 90", feed("x", "alive true, age 100, limit 2")));
        equal("a tick that is too old", run(call).exits(2).out().contains("\n  next: "), false);
    }

    @Harness.Test("recover: a missing feed that may have been renamed is not put back")
    static void renamed() throws Exception {
        write("base.json", document("limit 90", feed("cme-s03", ""), feed("y", "")));
        String call = "recover --feed cme-s03 --state @in.json --baseline @base.json"
            + " --output @out.json --record @record";
        // The state's other feed; what is said of it. The last one is in the baseline.
        for (Row row : Row.table("""
                cme-S03 => the state has cme-S03 instead; if the feed was renamed, review that \
                and rename cme-s03 in the baseline, otherwise fix the producer
                far away => the state has far away, which the baseline lacks; if the feed was \
                renamed, review that and rename it in the baseline, otherwise fix the \
                producer""")) {
            write("in.json", document("limit 90", feed("y", "alive true, age 1"),
                feed(row.cell(0), "alive true, age 1")));
            String before = snapshot();
            Run run = run(call).exits(2);
            equal(row.line(), run.head(), "RECOVERY REFUSED: cme-s03: " + row.cell(1)
                + "; nothing was written");
            equal(row + ": files", snapshot(), before);
        }
        // A feed that is there is recovered, whatever else the state has.
        write("in.json", document("limit 90", feed("y", "alive false, age 1"),
            feed("z", "alive true, age 1")));
        run(call.replace("--feed cme-s03", "--feed y")).exits(0).says("RECOVERED: y");
        write("in.json", document("limit 90", feed("y", "alive true, age 1")));
        run(call).exits(0).says("RECOVERED: cme-s03");
    }

    @Harness.Test("recover: by a baseline of other feeds, it would invent one")
    static void strangers() throws Exception {
        write("in.json", document("limit 90", feed("mine", "alive true, age 660")));
        for (String feed : List.of("alpha", "mine")) {
            refused("recover --state @in.json --output @out.json --feed " + feed,
                "nothing written: the state and the baseline have no feeds in common: pass the"
                    + " right --baseline, or correct the feed names");
        }
        run("status --state @in.json").exits(2)
            .says("FRESHNESS CRITICAL: the state and the baseline have no feeds in common: ");
        String hint = run("status --state @in.json").out();
        equal("no recovery is offered", hint.contains("recover --feed"), false);
        Run gate = run("gate --feed alpha --state @in.json --format json").exits(2);
        equal("next", gate.get("next"), List.of("the state and the baseline have no feeds in"
            + " common: pass the right --baseline, or correct the feed names"));
    }

    @Harness.Test("recover: times for people, and exact ones for programs and in the record")
    static void timesForPeople() throws Exception {
        write("in.json", fixture.replace(": 11\n", ": 226804.550528\n"));
        String call = "recover --feed bravo --state @in.json --output @o.json --age-seconds ";
        Run run = run(call + "90.0000001").exits(2);
        List<String> lines = run.out().lines().limit(7).toList();
        equal("refused", lines.stream().filter(line -> !line.contains("time: ")).toList(),
            List.of("RECOVERY REFUSED: bravo: it would still be stale (last tick 90.001s old,"
                    + " limit 90s); nothing was written", "  recovery: refused", "  feed: bravo",
                "  refused_because: it would still be stale (last tick 90.001s old, limit 90s)",
                "  before: bravo stale, 226804.551s (2d 15h) > 90s",
                "  after: bravo stale, 90.001s > 90s"));
        run(call + "90.0000001 --format json").exits(2).reports("refused_because"
            + " 'it would still be stale (last tick 90.0000001s old, limit 90s)'",
            "before.last_tick_age_seconds 226804.550528");
        run(call + "5 --record @record").exits(0)
            .says("RECOVERED: bravo fresh, 5s of 90s\n", "(2d 15h)");
        String record = read("record");
        equal(record, record.contains("\"last tick 226804.550528s old, limit 90s\""), true);
        equal(record, record.contains("(2d"), false);
    }

    @Harness.Test("recover: what changed of a missing feed, and of members that are set and added")
    static void changes() throws Exception {
        run("scenario missing --feed bravo --output @in.json").exits(0);
        run("recover --feed bravo --state @in.json --output @out.json").exits(0).says("RECOVERED",
            "\n  before: bravo unknown (feed_missing)\n",
            "\n  changed: bravo put back from the baseline\n");
        String noAge = "\\n *\"last_tick_age_seconds\": 8";
        write("in.json", fixture.replaceFirst("true", "1").replaceFirst(noAge, "\"x\": 1"));
        run("recover --feed alpha --state @in.json --output @out.json").exits(0).says("RECOVERED",
            "\n  changed: alpha alive 1 -> true, alpha last_tick_age_seconds added: 5\n");
    }

    @Harness.Test("recover: a report from standard input, and to standard error; one record")
    static void fromAndToStandardStreams() throws Exception {
        String stale = document("limit 90", feed("x", "alive true, age 660"));
        write("stale.json", stale);
        write("base.json", document("limit 90", feed("x", "")));
        for (String output : List.of("@o", "-")) {
            write("record", "");
            Run run = runWith(new ByteArrayInputStream(stale.getBytes(UTF_8)),
                "recover --feed x --state - --baseline @base.json --record @record --now " + NOW
                + " --output " + output).exits(0);
            boolean isPiped = output.equals("-");
            write("o", isPiped ? run.out() : read("o"));
            equal(run.call(), plain(isPiped ? run.err() : run.out()), """
                RECOVERED: x fresh, 5s of 90s
                  recovery: recovered
                  time: 2026-11-22T09:37:00Z
                  feed: x
                  before: x stale, 660s > 90s
                  after: x fresh, 5s of 90s
                  changed: x last_tick_age_seconds 660 -> 5
                  baseline: DIR/base.json
                  state: -
                  state_sha256: BEFORE
                  output: OUTPUT
                  output_sha256: AFTER
                  replay: java 'HOME/Freshness.java' recover --feed x --state - --output WORD\
                 --age-seconds 5 --baseline 'DIR/base.json' --now 2026-11-22T09:37:00Z
                """.replace("BEFORE", sha256("stale.json")).replace("AFTER", sha256("o"))
                .replace("OUTPUT", isPiped ? "-" : "DIR/o")
                .replace("WORD", isPiped ? "-" : "'DIR/o'"));
            equal("one record", read("record").lines().count(), 1L);
            equal("its command", read("record").contains("\"replay\""), true);
        }
    }

    @Harness.Test("recover: the command that replays it has the same clock, and can be typed")
    static void replay() throws Exception {
        write("in.json", document("limit 90", feed("a\\u202eb", "alive true, age 660")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] call = arguments("recover --feed % --state @in.json --baseline @=in.json"
            + " --output @out.json", "a\u202eb");
        equal("exit", Freshness.run(call, UNREAD, out, out), 0);
        String text = out.toString(UTF_8);
        equal("replay", text.contains("\n  replay: java "), true);
        equal("name", text.contains("--feed $'\\x61\\xe2\\x80\\xae\\x62' --state"), true);
        String sameClock = "(?s).*\n  time: (\\S+)\n.*\n  replay: .* --now \\1\n";
        equal("clock", text.matches(sameClock), true);
    }
}
