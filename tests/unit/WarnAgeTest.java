import java.time.Instant;

/**
 * WarnAgeTest checks past which age a fresh feed raises a ticket, if the baseline says so. It pages
 * nobody and opens nothing.
 */
final class WarnAgeTest extends Sandbox {
    private static final String CALL =
            " --state @in.json --baseline @base.json --now " + NOW;

    /** Returns the alert of feed x, with the reason of a ticket. */
    private static String alert(String baseline, String state, String now) {
        Freshness.Decision decision = decision(baseline, state, now);
        Freshness.Verdict verdict = decision.of("x");
        String detail = verdict.alert() == Freshness.Alert.ticket ? ", " + verdict.detail() : "";
        return verdict.reason() + " " + verdict.alert() + detail;
    }

    @Harness.Test("warn age: a feed's own, else the common one beside the common limit, else half")
    static void whichCounts() {
        // The top and the entry of the baseline, the age, the verdict.
        for (Row row : Row.table("""
                limit 90 =>  => 45 => fresh none
                limit 90 =>  => 45.000000001 => fresh ticket, past half its limit
                limit 90, warn_age_seconds 60 =>  => 60 => fresh none
                limit 90, warn_age_seconds 60 =>  => 60.000000001 \
                => fresh ticket, past its warn_age_seconds, 60s
                limit 90, warn_age_seconds 60 =>  => 90 \
                => fresh ticket, past its warn_age_seconds, 60s
                limit 90, warn_age_seconds 60 =>  => 90.1 => stale page
                limit 90, warn_age_seconds 10 =>  => 11 \
                => fresh ticket, past its warn_age_seconds, 10s
                limit 90, warn_age_seconds 60 => warn_age_seconds 20 => 21 \
                => fresh ticket, past its warn_age_seconds, 20s
                limit 90, warn_age_seconds 60 => warn_age_seconds 80 => 70 => fresh none
                limit 90, warn_age_seconds 60 => limit 50 => 25 => fresh none
                limit 90, warn_age_seconds 60 => limit 50 => 26 => fresh ticket, past half its limit
                limit 90, warn_age_seconds 60 => limit 1000 => 61 => fresh none
                limit 90 => limit 50, warn_age_seconds 40 => 40 => fresh none
                limit 90 => limit 50, warn_age_seconds 40 => 41 \
                => fresh ticket, past its warn_age_seconds, 40s
                limit 90 => warn_age_seconds 40 => 41 \
                => fresh ticket, past its warn_age_seconds, 40s
                limit 90, warn_age_seconds 89.9999999999 =>  => 89.9999999991 \
                => fresh ticket, past its warn_age_seconds, 89.999s""")) {
            String baseline = document(row.cell(0), feed("w", "warn_age_seconds 1"),
                    feed("x", row.cell(1)));
            String state = document("warn_age_seconds 1",
                    feed("x", "warn_age_seconds 'x', alive true, age " + row.cell(2)));
            equal(row.toString(), alert(baseline, state, NOW), row.cell(3));
            if (!row.cell(1).contains("warn")) {
                String alone = document(row.cell(0), feed("x", row.cell(1)));
                equal(row + ", alone", alert(alone, state, NOW), row.cell(3));
            }
        }
    }

    @Harness.Test("warn age: a state's limit that is looser or tighter")
    static void claimedLimits() {
        String baseline = document("limit 90, warn_age_seconds 60", feed("x", ""));
        for (Row row : Row.table("""
                limit 900 => 8 => fresh ticket, the state claims a looser limit (900s)
                limit 30 => 20 => fresh none
                limit 30 => 31 => stale page
                limit 80 => 61 => fresh ticket, past its warn_age_seconds, 60s""")) {
            String state = document(row.cell(0), feed("x", "alive true, age " + row.cell(1)));
            equal(row.toString(), alert(baseline, state, NOW), row.cell(2));
        }
    }

    @Harness.Test("warn age: one at or above its limit is refused, and so is what is no limit")
    static void refusedOnes() throws Exception {
        write("in.json", document("limit 90", feed("x", "alive true, age 8")));
        for (Row row : Row.table("""
                limit 90, warn_age_seconds 90 =>  => below the limit, 90, found 90
                limit 90, warn_age_seconds 90.0000000001 =>  => below the limit, 90, found 90
                limit 90, warn_age_seconds 900 =>  => below the limit, 90, found 900
                warn_age_seconds 90, limit 90 =>  => below the limit, 90, found 90
                limit 90 => warn_age_seconds 90 => below the limit, 90, found 90
                limit 90 => warn_age_seconds 50, limit 50 => below the limit, 50, found 50
                limit 90 => limit 50, warn_age_seconds 60 => below the limit, 50, found 60
                limit 90, warn_age_seconds 9 => warn_age_seconds 91 => below the limit, 90, found 91
                limit 90, warn_age_seconds 0 =>  => expected a limit, a number greater than 0
                limit 90, warn_age_seconds null =>  => expected a limit, a number greater than 0
                limit 90 => warn_age_seconds '9' => expected a limit, a number greater than 0
                limit 90, warn_age 9 =>  => did you mean warn_age_seconds?
                limit 90 => warn_age_second 9 => did you mean warn_age_seconds?""")) {
            write("base.json", document(row.cell(0), feed("v", ""), feed("x", row.cell(1))));
            run("status" + CALL).exits(3).says("FRESHNESS UNKNOWN: baseline ", row.cell(2));
            String entryFirst = "{\"feeds\":[" + feed("x", row.cell(1)) + "],"
                    + members(row.cell(0)) + "}";
            write("base.json", entryFirst);
            run("status" + CALL).exits(3).says("FRESHNESS UNKNOWN: baseline ", row.cell(2));
        }
        // Without any limit the feed is blocked, whatever its warn age.
        write("base.json", document("warn_age_seconds 60", feed("x", "warn_age_seconds 50")));
        run("status" + CALL).exits(2).says("FRESHNESS CRITICAL: 1 of 1 feeds unsafe: x unknown"
                + " (limit_invalid)");
    }

    @Harness.Test("warn age: with a calendar, the age in session counts")
    static void inSession() {
        String baseline = document("limit 90, warn_age_seconds 30, calendar 'c',"
                + " calendars {'c':{'zone':'UTC','open':['Mon-Fri 09:30-16:00']}}", feed("x", ""));
        for (Row row : Row.table("""
                15:59:50 => 16:01:19 => fresh none
                15:59:30 => 16:01:00 => fresh none
                15:59:29.999999999 => 16:00:01 \
                => fresh ticket, past its warn_age_seconds, 30s
                12:00:00 => 12:00:30 => fresh none
                12:00:00 => 12:00:31 => fresh ticket, past its warn_age_seconds, 30s
                09:29:00 => 09:30:30 => fresh none""")) {
            String now = "2025-11-24T" + row.cell(1) + "Z";
            String state = document("as_of '" + now + "'", feed("x",
                    "alive true, last_tick_at '2025-11-24T" + row.cell(0) + "Z'"));
            equal(row.toString(), alert(baseline, state, now), row.cell(2));
            Freshness.Decision unasked = new Freshness.Decision(state(baseline, true),
                    state(state, false), null, Instant.parse(now), 0, false);
            equal(row + ", nobody asks", unasked.of("x").isSafe(), true);
        }
    }

    @Harness.Test("warn age: status says why there is a ticket, and goes on serving")
    static void status() throws Exception {
        write("base.json", document("limit 90, warn_age_seconds 30", feed("x", "")));
        write("in.json", document("limit 90", feed("x", "alive true, age 31")));
        run("status" + CALL).exits(0).says("FRESHNESS OK: 1 of 1 feeds fresh and safe to serve\n",
                "31s of 90s  ticket: past its warn_age_seconds, 30s\n");
        run("status --format json" + CALL).exits(0).has("feeds.0.alert", "ticket");
        run("gate --feed x" + CALL).exits(0).says("GATE OPEN: x fresh, 31s of 90s");
    }
}
