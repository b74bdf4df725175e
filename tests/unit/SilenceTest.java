import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * SilenceTest checks who is paged if a feed has a calendar: nobody while no tick is due, somebody
 * if one was due, whatever the hour. The gate knows no hours. All dates lie in the past, and times
 * are those of New York if they have no offset.
 */
final class SilenceTest extends Sandbox {
    private static final long SECOND = 1_000_000_000L;

    /** 2025-11-27 was Thanksgiving, and on the Friday after it the market closed at 13:00. */
    private static final String BASELINE = json("{'max_age_seconds':90,'feeds':[{'name':'x'}],"
            + "'calendar':'nyse','calendars':{'nyse':{'zone':'America/New_York',"
            + "'open':['Mon-Fri 09:30-16:00'],"
            + "'dates':{'2025-11-27':[],'2025-11-28':['09:30-13:00']}}}}");

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    /** Returns an instant; one of the winter in New York needs no offset. */
    private static Instant instant(String text) {
        boolean hasOffset = text.endsWith("Z") || text.lastIndexOf('-') > 10 || text.contains("+");
        return OffsetDateTime.parse(hasOffset ? text : text + "-05:00").toInstant();
    }

    private static String decided(String baseline, String state, Instant now, long unchangedNanos) {
        Freshness.Decision decision = new Freshness.Decision(state(baseline, true),
                state(state, false), null, now, unchangedNanos);
        Freshness.Verdict verdict = decision.of("x");
        String silence = verdict.silence();
        boolean isPaged = verdict.alert() == Freshness.Alert.page;
        boolean isSound = verdict.isSafe() || isPaged == (silence == null);
        return verdict.reason() + " " + verdict.alert() + (silence == null ? "" : ", " + silence)
                + (isSound ? "" : " CONTRADICTS ITSELF");
    }

    /** Returns a state that was written at that instant, with these members of the feed. */
    private static String written(Instant asOf, String members) {
        return json("{'as_of':'" + asOf + "','feeds':[{'name':'x'," + members + "}]}");
    }

    /** Checks rows of a tick, an instant and the verdict then; the writer lives. */
    private static void ticks(String table) {
        for (Row row : Row.table(table)) {
            Instant now = instant(row.cell(1));
            String tick = "'alive':true,'last_tick_at':'" + instant(row.cell(0)) + "'";
            equal(row.toString(), decided(BASELINE, written(now, tick), now, 0), row.cell(2));
            // An age says the same.
            long ageNanos = Freshness.Time.nanosBetween(instant(row.cell(0)), now);
            String age = "'alive':true,'last_tick_age_seconds':" + shown(ageNanos);
            equal(row + ", by age", decided(BASELINE, written(now, age), now, 0), row.cell(2));
        }
    }

    @Harness.Test("silence: a tick before the close, at every point of the night")
    static void night() {
        ticks("""
                2025-11-24T15:59:55 => 2025-11-24T15:59:59 => fresh none
                2025-11-24T15:59:55 => 2025-11-24T16:00:00 => fresh none
                2025-11-24T15:59:55 => 2025-11-24T16:01:25 => fresh none
                2025-11-24T15:59:14.999999999 => 2025-11-24T16:00:00 => fresh ticket
                2025-11-24T15:59:14.999999999 => 2025-11-24T16:00:30 => fresh ticket
                2025-11-24T15:59:15 => 2025-11-24T16:00:30 => fresh none
                2025-11-24T15:59:55 => 2025-11-24T16:01:25.000000001 \
                => silence_expected none, market closed until Tue 09:30 America/New_York
                2025-11-24T15:59:55 => 2025-11-24T23:59:59 \
                => silence_expected none, market closed until Tue 09:30 America/New_York
                2025-11-24T15:59:55 => 2025-11-25T00:00:00 \
                => silence_expected none, market closed until Tue 09:30 America/New_York
                2025-11-24T15:59:55 => 2025-11-25T09:29:59.999999999 \
                => silence_expected none, market closed until Tue 09:30 America/New_York
                2025-11-24T15:59:55 => 2025-11-25T09:30:00 \
                => silence_expected none, first tick due by 09:31:25
                2025-11-24T15:59:55 => 2025-11-25T09:31:25 \
                => silence_expected none, first tick due by 09:31:25
                2025-11-24T15:59:55 => 2025-11-25T09:31:25.000000001 => stale page
                2025-11-24T15:59:55 => 2025-11-25T20:00:00 => stale page""");
    }

    @Harness.Test("silence: over a weekend, a holiday, an early close and a change of the clocks")
    static void daysOff() {
        ticks("""
                2025-11-21T15:59:55 => 2025-11-22T12:00:00 \
                => silence_expected none, market closed until Mon 09:30 America/New_York
                2025-11-21T15:59:55 => 2025-11-24T09:30:00 \
                => silence_expected none, first tick due by 09:31:25
                2025-11-21T15:59:55 => 2025-11-24T09:31:26 => stale page
                2025-11-26T15:59:55 => 2025-11-27T10:00:00 \
                => silence_expected none, market closed until Fri 09:30 America/New_York
                2025-11-28T12:59:55 => 2025-11-28T13:01:25 => fresh none
                2025-11-28T12:59:55 => 2025-11-28T14:00:00 \
                => silence_expected none, market closed until Mon 09:30 America/New_York
                2025-03-07T15:59:55 => 2025-03-10T09:29:59-04:00 \
                => silence_expected none, market closed until Mon 09:30 America/New_York
                2025-03-07T15:59:55 => 2025-03-10T09:31:25-04:00 \
                => silence_expected none, first tick due by 09:31:25
                2025-03-07T15:59:55 => 2025-03-10T09:31:26-04:00 => stale page
                2025-10-31T15:59:55-04:00 => 2025-11-03T09:29:59 \
                => silence_expected none, market closed until Mon 09:30 America/New_York""");
    }

    @Harness.Test("silence: what dies before the close pages all night, and so does a silent day")
    static void diedBeforeTheClose() {
        ticks("""
                2025-11-24T15:50:00 => 2025-11-24T15:51:30 => fresh ticket
                2025-11-24T15:50:00 => 2025-11-24T15:51:31 => stale page
                2025-11-24T15:50:00 => 2025-11-24T16:00:01 => stale page
                2025-11-24T15:50:00 => 2025-11-25T03:00:00 => stale page
                2025-11-24T15:58:30 => 2025-11-24T16:00:01 \
                => silence_expected none, market closed until Tue 09:30 America/New_York
                2025-11-24T15:58:29.999999999 => 2025-11-24T16:00:01 => stale page
                2025-11-20T15:59:55 => 2025-11-22T12:00:00 => stale page
                2025-11-25T09:30:00 => 2025-11-25T09:31:31 => stale page
                1995-11-24T09:30:00 => 2025-11-22T12:00:00 => stale page""");
    }

    @Harness.Test("silence: the state has to prove that its writer lives")
    static void writer() {
        Instant now = instant("2025-11-25T00:00:00");
        String tick = "'alive':true,'last_tick_at':'2025-11-24T20:59:55Z'";
        String quiet = "silence_expected none, market closed until Tue 09:30 America/New_York";
        // How long ago it was written, in seconds; the same for a collector that died at 20:00.
        for (String row : List.of("0 => " + quiet, "90 => " + quiet, "-1 => " + quiet,
                "91 => stale page", "14400 => stale page", "-2 => clock_skew page")) {
            String[] half = halves(row);
            Instant asOf = now.minusSeconds(Long.parseLong(half[0]));
            equal(row, decided(BASELINE, written(asOf, tick), now, 0), half[1]);
        }
        String undated = json("{'feeds':[{'name':'x'," + tick + "}]}");
        equal("undated", decided(BASELINE, undated, now, 0), "stale page");
        // A watch that has seen the same bytes for too long.
        String state = written(now, tick);
        equal("90 s", decided(BASELINE, state, now, 90 * SECOND), quiet);
        equal("91 s", decided(BASELINE, state, now, 91 * SECOND), "stale page");
        // Ages as they were at the close, in a snapshot that nobody writes any more.
        String frozen = written(instant("2025-11-24T16:00:00"),
                "'alive':true,'last_tick_age_seconds':5");
        equal("frozen", decided(BASELINE, frozen, now, 0), "stale page");
        // The limit that the state sets applies here too.
        String tight = written(now.minusSeconds(30), tick + ",'max_age_seconds':20");
        equal("tightened", decided(BASELINE, tight, now, 0), "stale page");
    }

    @Harness.Test("silence: a feed that is down, or has no tick yet, while its market is closed")
    static void offHours() {
        String closed = ", market closed until Tue 09:30 America/New_York";
        for (Row row : Row.table("""
                'alive':false,'last_tick_at':'2025-11-24T20:59:55Z' => feed_down
                'alive':false,'last_tick_age_seconds':14405 => feed_down
                'alive':false,'last_tick_at':'2025-11-24T20:58:30Z' => feed_down
                'alive':false,'last_tick_age_seconds':null => feed_down
                'alive':false,'last_tick_at':null => feed_down
                'alive':true,'last_tick_age_seconds':null => age_missing
                'alive':true,'last_tick_at':null => age_missing""")) {
            Instant night = instant("2025-11-24T20:00:00");
            String want = row.cell(1) + " none" + closed;
            equal(row.toString(), decided(BASELINE, written(night, row.cell(0)), night, 0), want);
            String old = written(night.minusSeconds(91), row.cell(0));
            equal(row + ", of an old state", decided(BASELINE, old, night, 0),
                    row.cell(1) + " page");
            equal(row + ", of a watched state", decided(BASELINE, written(night, row.cell(0)),
                    night, 91 * SECOND), row.cell(1) + " page");
            Instant day = instant("2025-11-25T09:30:00");
            equal(row + ", by day", decided(BASELINE, written(day, row.cell(0)), day, 0),
                    row.cell(1) + " page");
            Instant evening = instant("2025-11-24T15:59:59");
            equal(row + ", before the close", decided(BASELINE,
                    written(evening, row.cell(0).replace("14405", "4")), evening, 0),
                    row.cell(1) + " page");
        }
    }

    @Harness.Test("silence: what was due, and faults of the producer, page at every hour")
    static void faults() {
        Instant night = instant("2025-11-24T20:00:00");
        for (Row row : Row.table("""
                'alive':false,'last_tick_at':'2025-11-24T20:50:00Z' => feed_down page
                'alive':false,'last_tick_at':'2025-11-24T20:58:29.999999999Z' => feed_down page
                'alive':false,'last_tick_at':'soon' => feed_down page
                'alive':false,'last_tick_at':'0001-01-01T00:00:00Z' => feed_down page
                'alive':false,'last_tick_age_seconds':'8' => feed_down page
                'alive':false => feed_down page
                'alive':false,'max_age_seconds':0,'last_tick_at':null => feed_down page
                'alive':true => age_missing page
                'alive':null,'last_tick_at':null => alive_invalid page
                'alive':true,'last_tick_at':'soon' => age_invalid page
                'alive':true,'last_tick_at':'2025-11-25T20:00:00Z' => tick_skew page
                'alive':true,'max_age_seconds':0,'last_tick_at':null => limit_invalid page""")) {
            equal(row.toString(), decided(BASELINE, written(night, row.cell(0)), night, 0),
                    row.cell(1));
        }
        // Half a second ahead, and still no limit to be within.
        equal("no limit", decided(BASELINE, written(night.plusMillis(500),
                "'alive':false,'max_age_seconds':0,'last_tick_at':null"), night, 0),
                "feed_down page");
        // The market was open for 24 of the last 126 years.
        equal("long limit", decided(BASELINE.replace(":90,", ":1000000000,"),
                written(night, "'alive':false,'last_tick_at':'soon'"), night, 0),
                "feed_down page");
        String other = json("{'as_of':'" + night + "','feeds':[{'name':'y'}]}");
        equal("missing", decided(BASELINE, other, night, 0), "feed_missing page");
        String required = BASELINE.replace("{\"max", "{\"require_as_of\":true,\"max");
        equal("required", decided(required, json("{'feeds':[{'name':'x','alive':true,"
                + "'last_tick_age_seconds':4}]}"), night, 0), "as_of_missing page");
    }

    @Harness.Test("silence: without a calendar, every hour is a working hour")
    static void noCalendar() {
        Instant night = instant("2025-11-24T20:00:00");
        String baseline = document("limit 90", feed("x", ""));
        String tick = "'alive':true,'last_tick_at':'2025-11-24T20:59:55Z'";
        equal("stale", decided(baseline, written(night, tick), night, 0), "stale page");
        String down = "'alive':false,'last_tick_at':null";
        equal("down", decided(baseline, written(night, down), night, 0), "feed_down page");
    }

    @Harness.Test("silence: the next opening, for a feed that is not fresh and has a calendar")
    static void opening() {
        Freshness.State baseline = state(BASELINE, true);
        for (Row row : Row.table("""
                2025-11-24T20:00:00 => 2025-11-25T14:30:00Z
                2025-11-22T12:00:00 => 2025-11-24T14:30:00Z
                2025-11-25T09:30:00 => null
                2025-11-25T15:59:59 => null
                2025-11-26T16:00:00 => 2025-11-28T14:30:00Z""")) {
            Instant now = instant(row.cell(0));
            Freshness.State claims = state(written(now,
                    "'alive':true,'last_tick_age_seconds':660"), false);
            Freshness.Verdict verdict = new Freshness.Decision(baseline, claims, null, now, 0)
                    .of("x");
            equal(row.toString(), String.valueOf(verdict.market().opensAt()), row.cell(1));
            Freshness.Verdict unasked = new Freshness.Decision(baseline, claims, null, now, 0,
                    false).of("x");
            equal(row + ", nobody asks", unasked.reason() + " " + unasked.market(), "stale null");
        }
        Instant now = instant("2025-11-24T20:00:00");
        Freshness.State fresh = state(written(now, "'alive':true,'last_tick_age_seconds':8"),
                false);
        equal("fresh", new Freshness.Decision(baseline, fresh, null, now, 0).of("x").market(),
                null);
    }

    @Harness.Test("silence: whom Prometheus pages, at every hour of a night")
    static void metrics() throws Exception {
        write("base.json", BASELINE);
        // The newest tick and the clock, both of New York; whether that pages.
        for (Row row : Row.table("""
                2025-11-24T15:59:55 => 2025-11-24T16:01:26 => 0
                2025-11-24T15:59:55 => 2025-11-25T04:00:00 => 0
                2025-11-24T15:59:55 => 2025-11-25T09:31:25 => 0
                2025-11-24T15:59:55 => 2025-11-25T09:31:26 => 1
                2025-11-24T15:50:00 => 2025-11-24T15:51:30 => 0
                2025-11-24T15:50:00 => 2025-11-24T15:51:31 => 1
                2025-11-24T15:50:00 => 2025-11-24T16:00:00 => 1
                2025-11-24T15:50:00 => 2025-11-25T04:00:00 => 1
                2025-11-24T15:50:00 => 2025-11-25T09:30:00 => 1
                2025-11-26T15:59:55 => 2025-11-27T12:00:00 => 0
                2025-11-28T12:59:55 => 2025-11-28T15:00:00 => 0
                2025-11-21T15:59:55 => 2025-11-23T12:00:00 => 0""")) {
            Instant now = instant(row.cell(1));
            write("in.json", written(now,
                    "'alive':true,'last_tick_at':'" + instant(row.cell(0)) + "'"));
            boolean isSafe = now.isBefore(instant(row.cell(0)).plusSeconds(91));
            String metrics = run("status --state @in.json --baseline @base.json"
                    + " --format prometheus --now " + now).exits(isSafe ? 0 : 2).out();
            for (String sample : List.of("page{feed=\"x\"} " + row.cell(2),
                    "safe_to_serve{feed=\"x\"} " + (isSafe ? "1" : "0"))) {
                equal(row + ": " + sample, metrics.contains("\nfreshness_feed_" + sample + "\n"),
                        true);
            }
        }
    }

    @Harness.Test("silence: all reports of a night; the gate and the exit codes know no hours")
    static void reports() throws Exception {
        write("base.json", BASELINE.replace("{\"name\":\"x\"}", json("{'name':'x'},{'name':'y'},"
                + "{'name':'z','max_age_seconds':100000}")));
        write("in.json", json("{'as_of':'2025-11-25T01:00:00Z','feeds':[{'name':'x','alive':true,"
                + "'last_tick_at':'2025-11-24T20:59:55Z'},{'name':'y','alive':false,"
                + "'last_tick_at':null},{'name':'z','alive':true,"
                + "'last_tick_at':'2025-11-24T20:59:55Z'}]}"));
        String files = " --state @in.json --baseline @base.json --now 2025-11-25T01:00:00Z";
        run("status" + files).exits(2).says("FRESHNESS CRITICAL: 2 of"
                + " 3 feeds unsafe: x stale, 14405s (4h) > 90s; y unknown (feed_down)\n",
                "  x  stale    [##########] 14405s (4h) of 90s"
                    + "  market closed until Tue 09:30 America/New_York\n",
                "  y  unknown  [??????????]      ? of 90s"
                    + "  feed_down, market closed until Tue 09:30 America/New_York\n",
                "\n  why:  last tick 14405s (4h) old, limit 90s;"
                    + " market closed until Tue 09:30 America/New_York"
                    + "\n  next: wait: the next tick opens the gate\n");
        run("status --format json" + files).exits(2).reports(
                "feeds.0.freshness_status 'stale'", "feeds.0.reason_code 'silence_expected'",
                "feeds.0.alert 'none'", "feeds.0.opens_at '2025-11-25T14:30:00Z'",
                "feeds.0.blocked_reason 'last tick 14405s old, limit 90s;"
                    + " market closed until Tue 09:30 America/New_York'",
                "feeds.1.reason_code 'feed_down'", "feeds.1.alert 'none'",
                "feeds.1.opens_at '2025-11-25T14:30:00Z'", "feeds.2.reason_code 'fresh'")
                .members("feeds.2", "name", "alive", "last_tick_age_seconds", "max_age_seconds",
                    "freshness_status", "safe_to_serve", "safe_until", "allowed_actions",
                    "blocked_actions", "blocked_reason", "reason_code", "alert");
        run("status --format prometheus" + files).exits(2).says("",
                json("freshness_feed_info{feed='x',freshness_status='stale',"
                    + "reason_code='silence_expected',alert='none'} 1"));
        run("gate --feed x --format json" + files).exits(2).reports("gate 'blocked'",
                "feeds.0.reason_code 'silence_expected'");
        run("gate --feed x" + files).exits(2).says(
                "GATE BLOCKED: x stale, 14405s (4h) > 90s; not safe to serve",
                "\n  why:  last tick 14405s (4h) old, limit 90s\n");
        run("gate --feed x --action read_last_price" + files).exits(0);
        String day = files.replace("01:00", "14:31");
        write("in.json", read("in.json").replace("T01:00:00Z", "T14:31:00Z"));
        run("status --format json" + day).exits(2).reports("feeds.0.opens_at null",
                "feeds.0.alert 'none'", "feeds.1.opens_at null", "feeds.1.alert 'page'",
                "feeds.0.blocked_reason 'last tick 63065s old, limit 90s;"
                    + " first tick due by 09:31:25'");
    }
}
