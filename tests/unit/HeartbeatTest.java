import java.nio.file.Files;
import java.time.Instant;
import java.util.List;

/**
 * HeartbeatTest checks the proof that a quiet feed is connected: a time in the state, and in the
 * baseline how old it may be. A baseline that asks for none decides as if there were none.
 */
final class HeartbeatTest extends Sandbox {
    private static final long SECOND = 1_000_000_000L;
    private static final String CALL =
            " --state @in.json --baseline @base.json --now " + NOW;
    /** A pair that trades once a day: a day for its tick, five seconds for its connection. */
    private static final String BASELINE = document("limit 86400",
            feed("x", "max_heartbeat_age_seconds 5"));
    private static final String TICK = "alive true, last_tick_at '2026-11-22T06:00:00Z'";

    private static String beat(String value) {
        return document("", feed("x", TICK + ", last_heartbeat_at " + value));
    }

    /** Checks rows of a heartbeat, as JSON, and the verdict at NOW. */
    private static void beats(String table) {
        for (Row row : Row.table(table)) {
            String value = row.cell(0).replace("09:", "2026-11-22T09:");
            equal(row.toString(), decided(BASELINE, beat(value), NOW),
                    "x " + row.cell(1) + " 13020/86400");
        }
    }

    // ---- The decision ----

    @Harness.Test("heartbeat: its age is compared with its limit exactly")
    static void ageAgainstLimit() {
        beats("""
                '09:37:00Z' => fresh none
                '09:36:55Z' => fresh none
                '09:36:55.000000000Z' => fresh none
                '09:36:54.999999999Z' => heartbeat_stale page
                '09:36:54.9999999999Z' => heartbeat_stale page
                '09:36:54Z' => heartbeat_stale page
                '2025-11-22T00:00:00Z' => heartbeat_stale page
                '2026-11-22t10:36:55+01:00' => fresh none
                '09:37:00.5Z' => fresh none
                '09:37:01Z' => fresh none""");
    }

    @Harness.Test("heartbeat: what is no instant, or of the future, proves nothing")
    static void invalid() {
        beats("""
                null => heartbeat_invalid page
                '09:37:01.000000001Z' => heartbeat_invalid page
                '09:47:00Z' => heartbeat_invalid page
                'soon' => heartbeat_invalid page
                '' => heartbeat_invalid page
                3 => heartbeat_invalid page
                1795340220 => heartbeat_invalid page
                true => heartbeat_invalid page
                [] => heartbeat_invalid page
                {} => heartbeat_invalid page
                '0001-01-01T00:00:00Z' => heartbeat_invalid page
                '1970-01-01T00:00:00Z' => heartbeat_invalid page
                '2026-11-22 09:37:00Z' => heartbeat_invalid page""");
        equal("absent", decided(BASELINE, document("", feed("x", TICK)), NOW),
                "x heartbeat_invalid page 13020/86400");
        // Not even a tick from this second proves a heartbeat.
        equal("a tick", decided(BASELINE, document("", feed("x", "alive true, age 0")), NOW),
                "x heartbeat_invalid page 0/86400");
    }

    @Harness.Test("heartbeat: its place in the decision table")
    static void placeInTheTable() {
        String old = ", last_heartbeat_at '2026-11-22T09:30:00Z'";
        for (String lost : List.of("", old)) {
            String reason = lost.isEmpty() ? "heartbeat_invalid" : "heartbeat_stale";
            for (Row row : Row.table("""
                    alive true, last_tick_at '2026-11-22T09:47:00Z' => tick_skew page ?/86400
                    alive 1, age 8 => alive_invalid page 8/86400
                    alive false, age 8 => feed_down page 8/86400
                    alive true, age 8, limit 0 => REASON page 8/?
                    alive true, age null => REASON page ?/86400
                    alive true, age 'x' => REASON page ?/86400
                    alive true, age 86401 => REASON page 86401/86400
                    alive true, age 86400 => REASON page 86400/86400""")) {
                String state = document("", feed("x", row.cell(0) + lost));
                equal(state, decided(BASELINE, state, NOW),
                        "x " + row.cell(1).replace("REASON", reason));
            }
        }
        String required = document("limit 86400, require_as_of true, max_heartbeat_age_seconds 5",
                feed("x", ""));
        equal("undated", decided(required, document("", feed("x", "alive true, age 8" + old)),
                NOW), "x as_of_missing page ?/86400");
        equal("missing", decided(BASELINE, document("", feed("y", "alive true, age 8")), NOW),
                "x feed_missing page ?/86400, y feed_unexpected page ?/?");
    }

    @Harness.Test("heartbeat: the baseline asks for it, of all feeds or of one; a state cannot")
    static void limits() {
        String fresh = ", last_heartbeat_at '2026-11-22T09:36:57Z'";
        for (Row row : Row.table("""
                limit 90 =>  => fresh
                limit 90, max_heartbeat_age_seconds 3 =>  => fresh
                limit 90, max_heartbeat_age_seconds 2 =>  => heartbeat_stale
                limit 90, max_heartbeat_age_seconds 2.9999999999 =>  => heartbeat_stale
                limit 90, max_heartbeat_age_seconds 2 => max_heartbeat_age_seconds 3 => fresh
                limit 90, max_heartbeat_age_seconds 3 => max_heartbeat_age_seconds 2 \
                => heartbeat_stale
                limit 90 => max_heartbeat_age_seconds 2 => heartbeat_stale
                limit 90 => max_heartbeat_age_seconds 3 => fresh""")) {
            String baseline = document(row.cell(0), feed("w", "max_heartbeat_age_seconds 1e9"),
                    feed("x", row.cell(1)));
            String state = document("max_heartbeat_age_seconds 1",
                    feed("x", "max_heartbeat_age_seconds 'x', alive true, age 8" + fresh));
            Freshness.Verdict verdict = decision(baseline, state, NOW).of("x");
            equal(row.toString(), verdict.reason().name(), row.cell(2));
        }
        // Without the members in the baseline, the one in the state says nothing.
        String plain = document("limit 90", feed("x", ""));
        for (String value : List.of("null", "'soon'", "'2036-11-22T09:37:00Z'", "7")) {
            String state = document("", feed("x", "alive true, age 8, last_heartbeat_at " + value));
            equal(state, decided(plain, state, NOW), "x fresh none 8/90");
            equal(state, decision(plain, state, NOW).of("x").heartbeat(), null);
        }
        equal("the baseline's own", decided(document("limit 90, max_heartbeat_age_seconds 5",
                feed("x", "last_heartbeat_at '" + NOW + "'")),
                document("", feed("x", "alive true, age 8")), NOW),
                "x heartbeat_invalid page 8/90");
    }

    @Harness.Test("heartbeat: a baseline is strict about it")
    static void strictBaseline() throws Exception {
        write("in.json", beat("'" + NOW + "'"));
        for (String value : List.of("0", "-1", "'5'", "null", "true", "1000000001", "[5]")) {
            for (String baseline : List.of(
                    document("limit 90, max_heartbeat_age_seconds " + value, feed("x", "")),
                    document("limit 90", feed("x", "max_heartbeat_age_seconds " + value)))) {
                write("base.json", baseline);
                run("gate --feed x" + CALL).exits(3).says("GATE BLOCKED: baseline ",
                        "expected a limit, a number greater than 0 and at most 1000000000, found ");
            }
        }
        for (String name : List.of("max_heartbeat_age", "max_heartbeat_age_second")) {
            write("base.json", document("limit 90", feed("x", name + " 5")));
            run("gate --feed x" + CALL).exits(3).says("GATE BLOCKED: baseline ",
                    name + "; did you mean max_heartbeat_age_seconds?");
        }
    }

    @Harness.Test("heartbeat: a watch that sees the same bytes knows that it gets older")
    static void watched() {
        String state = beat("'" + NOW + "'");
        for (Row row : Row.table("""
                0 => fresh
                5000000000 => fresh
                5000000001 => heartbeat_stale
                60000000000 => heartbeat_stale""")) {
            Freshness.Decision decision = new Freshness.Decision(state(BASELINE, true),
                    state(state, false), null, Instant.parse(NOW), Long.parseLong(row.cell(0)));
            equal(row.toString(), decision.of("x").reason().name(), row.cell(1));
        }
    }

    // ---- Who is paged ----

    /** The market closes at 16:00 UTC, on a Monday; a day and five seconds are the limits. */
    private static String paged(String asOf, String now, String members) {
        String baseline = document("limit 90, max_heartbeat_age_seconds 5, calendar 'c', calendars"
                + " {'c':{'zone':'UTC','open':['Mon-Fri 09:30-16:00']}}", feed("x", ""));
        String dated = asOf.isEmpty() ? "" : "as_of '2025-11-" + asOf + "Z'";
        String state = document(dated, feed("x", "alive true, " + members
                .replaceAll("'(2[0-9]T[0-9:.]+)'", "'2025-11-$1Z'")));
        Freshness.Verdict verdict = decision(baseline, state, "2025-11-" + now + "Z").of("x");
        String silence = verdict.silence();
        return verdict.reason() + " " + verdict.alert() + (silence == null ? "" : ", " + silence);
    }

    /** Checks rows of as_of, tick, heartbeat, clock and verdict. */
    private static void pages(String table) {
        for (Row row : Row.table(table)) {
            String members = "last_tick_at " + row.cell(1) + ", last_heartbeat_at " + row.cell(2);
            equal(row.toString(), paged(row.cell(0), row.cell(3), members), row.cell(4));
        }
    }

    @Harness.Test("heartbeat: one that is lost before the close pages all night, one after it does"
            + " not")
    static void lost() {
        pages("""
                24T15:59:59 => '24T15:59:58' => '24T15:59:53' => 24T15:59:59 => heartbeat_stale page
                24T20:00:00 => '24T15:59:58' => '24T15:59:53' => 24T20:00:00 => heartbeat_stale page
                24T20:00:00 => '24T15:59:58' => '24T15:59:55' => 24T20:00:00 \
                => heartbeat_stale none, market closed until Tue 09:30 UTC
                24T20:00:00 => '24T15:59:58' => '24T15:59:54.999999999' => 24T20:00:00 \
                => heartbeat_stale page
                24T20:00:00 => '24T15:59:58' => '24T17:00:00' => 24T20:00:00 \
                => heartbeat_stale none, market closed until Tue 09:30 UTC
                25T09:30:03 => '24T15:59:58' => '24T17:00:00' => 25T09:30:03 \
                => heartbeat_stale none, first heartbeat due by 09:30:05
                25T09:30:05 => '24T15:59:58' => '24T17:00:00' => 25T09:30:05 \
                => heartbeat_stale none, first heartbeat due by 09:30:05
                25T09:30:05.1 => '24T15:59:58' => '24T17:00:00' => 25T09:30:05.1 \
                => heartbeat_stale page
                24T20:00:00 => '24T15:50:00' => '24T17:00:00' => 24T20:00:00 => heartbeat_stale page
                24T20:00:00 => null => '24T17:00:00' => 24T20:00:00 \
                => heartbeat_stale none, market closed until Tue 09:30 UTC
                25T09:30:03 => null => '24T17:00:00' => 25T09:30:03 => heartbeat_stale page
                24T20:00:00 => 'soon' => '24T17:00:00' => 24T20:00:00 => heartbeat_stale page
                24T20:00:00 => '24T15:59:58' => null => 24T20:00:00 => heartbeat_invalid page
                24T20:00:00 => '24T15:59:58' => '24T20:10:00' => 24T20:00:00 \
                => heartbeat_invalid page""");
    }

    @Harness.Test("heartbeat: without it, only as_of proves that the collector lives")
    static void collector() {
        pages("""
                24T20:00:00 => '24T15:59:58' => '24T17:00:00' => 24T20:01:30 \
                => heartbeat_stale none, market closed until Tue 09:30 UTC
                24T20:00:00 => '24T15:59:58' => '24T17:00:00' => 24T20:01:31 => heartbeat_stale page
                 => '24T15:59:58' => '24T20:00:00' => 24T20:00:06 => heartbeat_stale page""");
    }

    @Harness.Test("heartbeat: a fresh one proves the writer alive while no tick is expected")
    static void quiet() {
        pages("""
                 => '24T15:59:58' => '24T20:00:00' => 24T20:00:05 \
                => silence_expected none, market closed until Tue 09:30 UTC
                24T15:59:58 => '24T15:59:58' => '24T20:00:00' => 24T20:00:05 \
                => silence_expected none, market closed until Tue 09:30 UTC
                 => '24T15:59:58' => '25T09:31:25' => 25T09:31:28 \
                => silence_expected none, first tick due by 09:31:28
                 => '24T15:59:58' => '25T09:31:25' => 25T09:31:28.1 => stale page
                 => '24T15:50:00' => '24T20:00:00' => 24T20:00:05 => stale page""");
    }

    @Harness.Test("heartbeat: a feed that is down pages at night if its heartbeat was due")
    static void down() {
        String closed = ", market closed until Tue 09:30 UTC";
        for (Row row : Row.table("""
                '24T17:00:00' => none
                '24T15:59:55' => none
                '24T15:59:54' => page
                null => page
                'soon' => page""")) {
            String members = "alive2 1, last_tick_at '24T15:59:58', last_heartbeat_at "
                    + row.cell(0);
            String got = paged("24T20:00:00", "24T20:00:00",
                    members).replaceAll("^heartbeat_[a-z]+ ", "");
            boolean isInvalid = !row.cell(0).contains(":");
            equal(row.toString(), got, isInvalid ? "page"
                    : row.cell(1) + (row.cell(1).equals("none") ? closed : ""));
            String baseline = document("limit 90, max_heartbeat_age_seconds 5, calendar 'c',"
                    + " calendars {'c':{'zone':'UTC','open':['Mon-Fri 09:30-16:00']}}",
                    feed("x", ""));
            String state = document("as_of '2025-11-24T20:00:00Z'", feed("x", "alive false, "
                    + members.replaceAll("'(2[0-9]T[0-9:.]+)'", "'2025-11-$1Z'")));
            Freshness.Verdict verdict = decision(baseline, state, "2025-11-24T20:00:00Z").of("x");
            equal("down: " + row, verdict.reason() + " " + verdict.alert(),
                    "feed_down " + row.cell(1));
        }
    }

    // ---- What is said ----

    @Harness.Test("heartbeat: the sentence, and the one thing to do next")
    static void sentences() throws Exception {
        write("base.json", BASELINE);
        String producer = "make the producer write last_heartbeat_at like 2026-11-22T09:37:00Z";
        String recover = "java 'HOME/Freshness.java' recover --feed x --state 'DIR/in.json'"
                + " --output 'DIR/in-recovered.json' --baseline 'DIR/base.json' --now " + NOW
                + " --age-seconds AGE";
        String clocks = "compare the clock of this host with that of the host that wrote the state";
        for (Row row : Row.table("""
                - => the baseline requires last_heartbeat_at, but the feed has none => PRODUCER
                null => no heartbeat yet: last_heartbeat_at is null => RECOVER
                '' => last_heartbeat_at is empty => PRODUCER
                'soon' => last_heartbeat_at is "soon", which is not an RFC 3339 timestamp => \
                PRODUCER
                '2026-11-22 09:37:00Z' => last_heartbeat_at has a space instead of T => PRODUCER
                '2026-11-22T09:47:00Z' => last_heartbeat_at is 600s in the future => CLOCKS
                '2026-11-22T10:37:00Z' => last_heartbeat_at is 3600s in the future: local time \
                written as UTC? \
                => if it is local time, make the producer write 2026-11-22T10:37:00+01:00; \
                otherwise, CLOCKS
                '0001-01-01T00:00:00Z' => last_heartbeat_at is the zero time of Go and .NET: \
                no heartbeat yet => make the producer write null for last_heartbeat_at until the \
                first heartbeat
                '2026-11-22T09:30:00Z' => last heartbeat 420s old, limit 5s => RECOVER""")) {
            write("in.json", beat(row.cell(0)));
            Run json = run("gate --format json --feed x" + CALL).exits(2);
            equal(row.toString(), json.get("feeds.0.blocked_reason"), row.cell(1));
            String next = plain(String.valueOf(json.get("next.0")));
            equal(row.toString(), next, row.cell(2).replace("PRODUCER", producer)
                    .replace("RECOVER", recover).replace("CLOCKS", clocks));
        }
        for (String near : List.of("lastHeartbeatAt", "last_heartbeat",
                "LAST_HEARTBEAT_AT")) {
            write("in.json", document("", feed("x", TICK + ", " + near + " '" + NOW + "'")));
            run("gate --feed x" + CALL).exits(2).says("GATE BLOCKED: x unknown (heartbeat_invalid)",
                    "the feed has none; found " + near + ": did you mean last_heartbeat_at?");
        }
    }

    @Harness.Test("heartbeat: the reports have it if the baseline asks for it")
    static void reports() throws Exception {
        String states = document("", feed("x", TICK + ", last_heartbeat_at '2026-11-22T09:36:57Z'"),
                feed("y", TICK + ", last_heartbeat_at '2026-11-22T09:36:57Z'"),
                feed("z", TICK));
        write("in.json", states);
        write("base.json", document("limit 86400", feed("x", "max_heartbeat_age_seconds 5"),
                feed("y", ""), feed("z", "max_heartbeat_age_seconds 5"),
                feed("gone", "max_heartbeat_age_seconds 5")));
        Run json = run("status --format json" + CALL).exits(2).reports(
                "feeds.0.last_heartbeat_age_seconds 3", "feeds.2.last_heartbeat_age_seconds null",
                "feeds.3.last_heartbeat_age_seconds null");
        json.members("feeds.0", "name", "alive", "last_tick_age_seconds", "max_age_seconds",
                "freshness_status", "safe_to_serve", "safe_until", "allowed_actions",
                "blocked_actions", "blocked_reason", "reason_code", "alert",
                "last_heartbeat_age_seconds");
        json.members("feeds.1", "name", "alive", "last_tick_age_seconds", "max_age_seconds",
                "freshness_status", "safe_to_serve", "safe_until", "allowed_actions",
                "blocked_actions", "blocked_reason", "reason_code", "alert");
        run("status --format prometheus" + CALL).exits(2).says("# HELP", """
                # HELP freshness_feed_heartbeat_age_seconds Age of the newest heartbeat at \
                evaluation time, if the baseline requires one; absent if unknown.
                # TYPE freshness_feed_heartbeat_age_seconds gauge
                freshness_feed_heartbeat_age_seconds{feed="x"} 3
                # HELP freshness_feed_safe_until_timestamp_seconds""");
        run("status" + CALL).exits(2).says("FRESHNESS CRITICAL: 2 of 4 feeds unsafe: "
                + "z unknown (heartbeat_invalid); gone unknown (feed_missing)\n");
        write("base.json", document("limit 86400", feed("x", ""), feed("y", ""), feed("z", "")));
        String metrics = run("status --format prometheus" + CALL).exits(0).out();
        equal("not asked for", metrics.contains("heartbeat"), false);
        equal("not asked for", run("status --format json" + CALL).out().contains("heartbeat"),
                false);
    }

    // ---- What it ends ----

    @Harness.Test("heartbeat: it ends what is safe, what is open, and stale work too")
    static void ends() throws Exception {
        String gate = "gate --feed x" + CALL;
        write("base.json", BASELINE);
        write("in.json", beat("'2026-11-22T09:36:57.25Z'"));
        run("status --format json" + CALL).exits(0)
                .reports("feeds.0.safe_until '2026-11-22T09:37:02.250Z'");
        run("status --format prometheus" + CALL).exits(0).says("# HELP",
                "freshness_feed_safe_until_timestamp_seconds{feed=\"x\"} 1795340222.25\n");
        run(gate + " --valid-for 2.25 --format json").exits(0)
                .reports("open_until '2026-11-22T09:37:02.250Z'");
        run(gate + " --valid-for 2.26").exits(2).says("GATE BLOCKED: x fresh, "
                + "13020s (3h 37m) of 86400s (1d), in 2.26 s its heartbeat would be 5.01s > 5s; "
                + "not safe to serve\n",
                "  next: wait: the next heartbeat opens the gate\n");
        run(gate + " --valid-for 5.01").exits(2).says("GATE BLOCKED: x fresh, "
                + "13020s (3h 37m) of 86400s (1d), in 5.01 s its heartbeat would be 7.76s > 5s; "
                + "not safe to serve\n",
                "  next: pass a shorter --valid-for: not even new data stays valid that long;");
        // A time that no heartbeat, or no tick, is valid for is too long, whatever ends first.
        write("base.json", document("limit 3", feed("x", "max_heartbeat_age_seconds 5")));
        write("in.json", document("", feed("x", "alive true, last_tick_at '2026-11-22T09:37:00Z', "
                + "last_heartbeat_at '2026-11-22T09:36:56Z'")));
        run(gate + " --valid-for 3").exits(2).says("GATE BLOCKED: ",
                "  next: wait: the next heartbeat opens the gate\n");
        run(gate + " --valid-for 4").exits(2).says("GATE BLOCKED: ",
                "  next: pass a shorter --valid-for: ");
        write("base.json", document("limit 90", feed("x", "max_heartbeat_age_seconds 5")));
        write("in.json", document("", feed("x", "alive true, last_tick_at '2026-11-22T09:35:32Z', "
                + "last_heartbeat_at '2026-11-22T09:37:00Z'")));
        run(gate + " --valid-for 5").exits(2).says("GATE BLOCKED: ",
                "  next: wait: the next tick opens the gate\n");
        run(gate + " --valid-for 10").exits(2).says("GATE BLOCKED: ",
                "  next: pass a shorter --valid-for: ");
        write("base.json", BASELINE);
        write("in.json", beat("'2026-11-22T09:36:57.25Z'"));
        // An age bound of the caller may end it earlier, and is then what is named.
        run(gate + " --max-age-seconds 13021 --valid-for 2").exits(2)
                .says("GATE BLOCKED: x fresh", "in 2 s it would be 13022s");
        // Stale work needs the heartbeat; to inspect a feed needs nothing.
        write("base.json", document("limit 90", feed("x", "max_heartbeat_age_seconds 5")));
        run(gate + " --action read_last_price --format json").exits(0)
                .reports("open_until '2026-11-22T09:37:02.250Z'");
        run(gate + " --action inspect_status --format json").exits(0).reports("open_until null");
        run(gate + " --action inspect_status --valid-for 3600").exits(0);
        run(gate + " --action read_last_price --valid-for 3600").exits(2)
                .says("GATE BLOCKED: x stale", "in 3600 s its heartbeat would be");
        write("in.json", beat("'2026-11-22T09:36:54Z'"));
        run(gate + " --action read_last_price").exits(2);
        run(gate + " --action inspect_status --format json").exits(0).reports("open_until null");
        run("status --format json" + CALL).exits(2).reports("feeds.0.safe_until null");
    }

    // ---- Recover and scenario ----

    @Harness.Test("heartbeat: a recovery sets one that is not valid, or older than the tick")
    static void recovered() throws Exception {
        write("base.json", BASELINE);
        String set = "'2026-11-22T09:36:57Z'";
        // What was there, and what is there after a recovery on a tick of 3 s.
        for (Row row : Row.table("""
                null => SET
                'soon' => SET
                '2026-11-22T09:30:00Z' => SET
                '2026-11-22T09:36:56Z' => SET
                '2026-11-22T09:47:00Z' => SET
                '2026-11-22T09:36:57Z' => '2026-11-22T09:36:57Z'
                '2026-11-22T09:36:59Z' => '2026-11-22T09:36:59Z'
                '2026-11-22T09:37:00.5Z' => '2026-11-22T09:37:00.5Z'""")) {
            write("in.json", beat(row.cell(0)).replace("true", "false"));
            run("recover --feed x --age-seconds 3 --output @out.json" + CALL).exits(0);
            equal(row.toString(), read("out.json"), beat(row.cell(1).replace("SET", set))
                    .replace("06:00:00", "09:36:57"));
            Files.delete(dir.resolve("out.json"));
        }
        write("in.json", document("", feed("x", TICK)));
        run("recover --feed x --age-seconds 3 --output @out.json" + CALL).exits(0)
                .says("RECOVERED: x fresh, 3s of 86400s",
                        "before: x unknown (heartbeat_invalid)");
        equal("absent", read("out.json"), beat(set).replace("06:00:00", "09:36:57")
                .replace("_heartbeat_at\":", "_heartbeat_at\": "));
        // A baseline that does not ask gets none.
        write("base.json", document("limit 86400", feed("x", "")));
        write("in.json", document("", feed("x", TICK.replace("true", "false"))));
        run("recover --feed x --age-seconds 3 --output @out2.json" + CALL).exits(0);
        equal("not asked for", read("out2.json").contains("heartbeat"), false);
    }

    @Harness.Test("heartbeat: a recovery on a tick that is too old for it is refused")
    static void refusedRecovery() throws Exception {
        write("base.json", BASELINE);
        write("in.json", beat("'2026-11-22T09:30:00Z'"));
        run("recover --feed x --age-seconds 6 --output @out.json" + CALL).exits(2)
                .says("RECOVERY REFUSED: x: it would still be unknown (last heartbeat 6s old,"
                        + " limit 5s); nothing was written");
        write("in.json", document("limit 0", feed("x", TICK
                + ", last_heartbeat_at '2026-11-22T09:30:00Z'")));
        run("gate --feed x" + CALL).exits(2).says("GATE BLOCKED: x unknown (heartbeat_stale)",
                "last heartbeat 420s old, limit 5s; also, max_age_seconds is 0 in the state",
                "next: make the producer write max_age_seconds as a number greater than 0");
    }

    @Harness.Test("heartbeat: a missing feed returns with one if it needs it")
    static void putBack() throws Exception {
        write("base.json", document("limit 90, max_heartbeat_age_seconds 5",
                feed("x", "last_heartbeat_at 'old'"), feed("y", "")));
        write("in.json", document("", feed("y",
                "alive true, age 1, last_heartbeat_at '" + NOW + "'")));
        run("recover --feed x --age-seconds 3 --output @out.json" + CALL).exits(0);
        Run run = run("status --format json --state @out.json --baseline @base.json --now " + NOW)
                .exits(0);
        run.reports("feeds.0.last_heartbeat_age_seconds 3");
    }

    @Harness.Test("heartbeat: a frozen state has old ones")
    static void frozen() throws Exception {
        write("in.json", document("limit 90", feed("x", "alive true, age 1, last_heartbeat_at '"
                + NOW + "'"), feed("y", "alive true, age 1, last_heartbeat_at 'soon'")));
        run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0)
                .says("SCENARIO WRITTEN: frozen", "x last_heartbeat_at \"" + NOW
                        + "\" -> \"2026-11-22T08:37:00Z\"");
        equal("frozen", read("out.json"), document("limit 90", feed("x",
                "alive true, age 1, last_heartbeat_at '2026-11-22T08:37:00Z'"),
                feed("y", "alive true, age 1, last_heartbeat_at 'soon'"))
                .replaceAll("}$", ",\"as_of\": \"2026-11-22T08:37:00Z\"}"));
    }
}
