import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** DomainTest: what each report says for every reason: sentence, figures, alert, next step. */
final class DomainTest extends Sandbox {
    private static final String CALL = " --state @in.json --baseline @base.json --now " + NOW;
    private static final String UNKNOWN_AGE = "[??????????]      ? of 90s";
    private static final String NO_SUCH_AGE = "the age of the newest tick is unknown: ";
    private static final String DOWN = "the feed consumer is down (alive is false)";

    // What next.
    private static final String PRODUCER = "make the producer write last_tick_at as an instant,"
        + " or last_tick_age_seconds as a number";
    private static final String LIMIT_IN_BASELINE = "fix max_age_seconds in the baseline";
    private static final String LIMIT_IN_STATE =
        "make the producer write max_age_seconds as a number greater than 0 and at most 1000000000,"
            + " or leave it out";
    private static final String CLOCKS =
        "compare the clock of this host with that of the host that wrote the state";
    private static final String BOOLEAN = "make the producer write alive as true or false";
    private static final String AS_OF = "make the producer write as_of like 2026-11-22T09:37:00Z";
    private static final String NO_AS_OF =
        "make the producer write as_of, or last_tick_at for each feed";
    private static final String RECOVER = "java 'HOME/Freshness.java' recover --feed x"
        + " --state 'DIR/in.json' --output 'DIR/in-recovered.json'"
        + " --baseline 'DIR/base.json' --now 2026-11-22T09:37:00Z --age-seconds AGE";

    // ---- What each reason allows ----

    /** A state for each reason; the baseline requires as_of. */
    private static Map<String, String> states() {
        String dated = "limit 90, as_of '" + NOW + "'";
        String fresh = feed("x", "alive true, age 8");
        Map<String, String> states = new LinkedHashMap<>();
        states.put("state_invalid", document(dated, fresh).substring(1));
        states.put("feed_missing", document(dated, feed("y", "alive true, age 8")));
        states.put("feed_unexpected", states.get("feed_missing"));
        states.put("as_of_missing", document("limit 90", fresh));
        states.put("as_of_invalid", document("limit 90, as_of 'then'", fresh));
        states.put("clock_skew", document("limit 90, as_of '2026-11-22T09:37:02Z'", fresh));
        states.put("tick_skew",
            document(dated, feed("x", "alive true, last_tick_at '2026-11-22T09:37:02Z'")));
        states.put("alive_invalid", document(dated, feed("x", "alive 1, age 8")));
        states.put("feed_down", document(dated, feed("x", "alive false, age 8")));
        states.put("heartbeat_invalid", document(dated, feed("x", "alive true, age 8")));
        states.put("heartbeat_stale", document(dated,
            feed("x", "alive true, age 8, last_heartbeat_at '2026-11-22T09:36:54.9Z'")));
        states.put("limit_invalid", document("limit 0, as_of '" + NOW + "'", fresh));
        states.put("age_missing", document(dated, feed("x", "alive true, age null")));
        states.put("age_invalid", document(dated, feed("x", "alive true, age -30")));
        states.put("silence_expected", document(dated, feed("x", "alive true, age 90.1")));
        states.put("stale", document(dated, feed("x", "alive true, age 90.1")));
        states.put("fresh", document(dated, feed("x", "alive true, age 45")));
        return states;
    }

    @Harness.Test("domain: what every reason allows, in each report")
    static void everyReason() throws Exception {
        // It is a Sunday.
        String calendar = ", calendar 'c', calendars"
            + " {'c':{'zone':'UTC','open':['Mon-Fri 08:00-16:00']}}";
        Map<String, String> states = states();
        for (Freshness.Reason reason : Freshness.Reason.values()) {
            equal("a row for " + reason, states.containsKey(reason.name()), true);
        }
        for (String reason : states.keySet()) {
            write("in.json", states.get(reason));
            write("base.json", document("limit 90, require_as_of true"
                + (reason.equals("silence_expected") ? calendar : "")
                + (reason.startsWith("heartbeat") ? ", max_heartbeat_age_seconds 5" : ""),
                feed("x", "alive true, age 8")));
            int exit = switch (reason) {
                case "state_invalid" -> 3;
                case "fresh" -> 0;
                default -> 2;
            };
            String feed = reason.equals("feed_unexpected") ? "feeds.1" : "feeds.0";
            json(reason, feed, exit);
            others(reason, reason.equals("feed_unexpected") ? "y" : "x", exit);
        }
    }

    private static void json(String reason, String feed, int exit) {
        String status = statusOf(reason);
        boolean isSafe = exit == 0;
        boolean isPaged = !isSafe && !reason.equals("silence_expected");
        Run run = run("status --format json" + CALL).exits(exit)
            .has("overall_status", isSafe ? "eligible" : "restricted")
            .has(feed + ".reason_code", reason)
            .has(feed + ".freshness_status", status)
            .has(feed + ".safe_to_serve", isSafe)
            .has(feed + ".alert", isPaged ? "page" : "none")
            .has(feed + ".allowed_actions", allowed(status, exit))
            .has(feed + ".blocked_actions", blocked(status, exit));
        Object why = run.get(feed + ".blocked_reason");
        boolean isSentence = why instanceof String sentence && sentence.length() > 10;
        equal(reason + ": " + why, isSafe ? why == null : isSentence, true);
    }

    private static void others(String reason, String feed, int exit) {
        String verdict = switch (exit) {
            case 0 -> "OK: ";
            case 2 -> "CRITICAL: ";
            default -> "UNKNOWN: ";
        };
        run("status" + CALL).exits(exit).says("FRESHNESS " + verdict);
        String metrics = run("status --format prometheus" + CALL).out();
        long safe = metrics.lines()
            .filter(line -> line.matches("freshness_feed_safe_to_serve.* 1")).count();
        equal(reason, safe, exit == 0 ? 1L : 0L);
        run("gate --feed " + feed + CALL).exits(exit);
        int exitOfInspection = exit == 3 ? 3 : 0;
        run("gate --action inspect_status --feed " + feed + CALL).exits(exitOfInspection);
    }

    private static String statusOf(String reason) {
        return switch (reason) {
            case "fresh", "stale" -> reason;
            case "silence_expected" -> "stale";
            default -> "unknown";
        };
    }

    /** If nothing could be evaluated, nothing is allowed. */
    private static List<String> allowed(String status, int exit) {
        return exit == 3 ? List.of() : allowed(status);
    }

    private static List<String> blocked(String status, int exit) {
        return ACTIONS.subList(allowed(status, exit).size(), ACTIONS.size());
    }

    // ---- What each reason says ----
    // The reason; the members of the baseline, of the state and of its feed x; alive, age and limit
    // in JSON; bar, age and limit in the table; why; what next.

    @Harness.Test("domain: what is said of a snapshot's date")
    static void saidOfDates() throws Exception {
        unsafe("as_of_missing", "limit 90, require_as_of true | limit 90 | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "the baseline requires as_of, but the state has none",
            NO_AS_OF);
        unsafe("as_of_missing", "limit 90 | limit 90, as_of null | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is null: the state's age is unknown",
            NO_AS_OF);
        unsafe("as_of_missing",
            "limit 90, require_as_of true | limit 90, as_of null | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is null: the state's age is unknown",
            NO_AS_OF);
        unsafe("as_of_invalid", "limit 90 | limit 90, as_of 'x' | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is x, which is not an RFC 3339 timestamp", AS_OF);
        unsafe("as_of_invalid", "limit 90 | limit 90, as_of 1795340220 | alive false, age 8",
            "false null 90", UNKNOWN_AGE, "as_of is in epoch seconds",
            "make the producer write as_of like 2026-11-22T09:37:00Z");
        unsafe("as_of_invalid", "limit 90 | limit 90, as_of true | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is true, which is not an RFC 3339"
                + " timestamp", AS_OF);
        unsafe("clock_skew",
            "limit 90 | limit 90, as_of '2026-11-22T09:37:01.000000001Z' | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is 1.001s in the future",
            "as_of is 1.000000001s in the future", CLOCKS, CLOCKS);
        unsafe("clock_skew",
            "limit 90 | limit 90, as_of '2026-11-25T00:37:04.25Z' | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is 226804.25s (2d 15h) in the future",
            "as_of is 226804.25s in the future", CLOCKS, CLOCKS);
        unsafe("tick_skew",
            "limit 90 | limit 90 | alive true, last_tick_at '2026-11-22T12:40:00.000000001Z'",
            "true null 90", UNKNOWN_AGE, "last_tick_at is 10980.001s (3h 3m) in the future",
            "last_tick_at is 10980.000000001s in the future", CLOCKS, CLOCKS);
        unsafe("clock_skew",
            "limit 90 | limit 90, as_of '2026-11-22T09:39:00Z' | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is 120s in the future", CLOCKS);
        unsafe("tick_skew",
            "limit 90 | limit 90 | alive true, last_tick_at '2026-11-22T09:38:00Z'",
            "true null 90", UNKNOWN_AGE, "last_tick_at is 60s in the future", CLOCKS);
    }

    @Harness.Test("domain: what is said of an instant that is spelled otherwise")
    static void saidOfMisspeltInstants() throws Exception {
        // The value in JSON; what is said of it; how it is shown, or "" if only an example is.
        for (String row : List.of(
            "'2026-11-22 09:36:30Z' => has a space instead of T => 2026-11-22T09:36:30Z",
            "'2026-11-22 11:36:30.5+02' => has a space instead of T and an offset without minutes"
                + " => 2026-11-22T11:36:30.5+02:00",
            "'2026-11-22T09:36:30' => has no offset"
                + " => 2026-11-22T09:36:30Z if it is UTC, otherwise with its offset",
            "'2026-11-22T09:36:30 CET' => has a zone name instead of an offset => ",
            "1795340190123 => is in epoch milliseconds => 2026-11-22T09:36:30.123Z",
            "'1795340190' => is in epoch seconds => 2026-11-22T09:36:30Z",
            "'20261122-09:36:30.123' => is a FIX timestamp => 2026-11-22T09:36:30.123Z")) {
            String[] cell = (row + " ").split(" => ");
            String shown = cell[2].isBlank() ? "2026-11-22T09:37:00Z" : cell[2].strip();
            unsafe("age_invalid", "limit 90 | limit 90 | alive true, last_tick_at " + cell[0],
                "true null 90", UNKNOWN_AGE, "last_tick_at " + cell[1],
                "make the producer write last_tick_at like " + shown);
            unsafe("as_of_invalid",
                "limit 90 | limit 90, as_of " + cell[0] + " | alive true, age 8",
                "true null 90", UNKNOWN_AGE, "as_of " + cell[1],
                "make the producer write as_of like " + shown);
        }
        missing("limit 90", "limit 90, as_of 1795340190", "; also, as_of is in epoch seconds",
            "make the producer write as_of like 2026-11-22T09:36:30Z");
    }

    @Harness.Test("domain: what is said of what programs write before the first tick")
    static void saidOfNoTick() throws Exception {
        String nullUntil = "make the producer write null for last_tick_at until the first tick";
        for (String row : List.of(
            "'0001-01-01T00:00:00Z' => is the zero time of Go and .NET",
            "'0001-01-01 00:00:00 +0000 UTC' => is the zero time of Go and .NET",
            "'1970-01-01T00:00:00Z' => is the beginning of the Unix epoch",
            "0 => is the beginning of the Unix epoch", "'NaT' => is NaT",
            "'null' => is null as a text")) {
            String[] half = halves(row);
            unsafe("age_invalid", "limit 90 | limit 90 | alive true, last_tick_at " + half[0],
                "true null 90", UNKNOWN_AGE, "last_tick_at " + half[1] + ": no tick yet",
                nullUntil);
        }
        // An empty log line looks like this too, which says nothing about a first tick.
        unsafe("age_invalid", "limit 90 | limit 90 | alive true, last_tick_at ''",
            "true null 90", UNKNOWN_AGE, "last_tick_at is empty",
            "make the producer write last_tick_at like 2026-11-22T09:37:00Z");
        unsafe("as_of_invalid", "limit 90 | limit 90, as_of '' | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is empty", AS_OF);
        unsafe("as_of_invalid", "limit 90 | limit 90, as_of 0 | alive true, age 8",
            "true null 90", UNKNOWN_AGE, "as_of is the beginning of the Unix epoch", AS_OF);
        unsafe("stale", "limit 90 | limit 90, as_of '0001-01-01T00:00:00Z' | alive true, age 8",
            "true 4000000000 90", "[##########] 4000000000s (46296d 7h 6m) of 90s",
            "last tick 4000000000s (46296d 7h 6m) old, limit 90s",
            "last tick 4000000000s old, limit 90s",
            "make the producer set as_of: it is the zero time of Go and .NET",
            "make the producer set as_of: it is the zero time of Go and .NET");
    }

    @Harness.Test("domain: what is said of local time that is written as UTC")
    static void saidOfLocalTime() throws Exception {
        String question = " in the future: local time written as UTC?";
        // The time; how far it is ahead, in hours and minutes too if that is long; how it is shown.
        for (String row : List.of(
            "2026-11-22T11:36:52Z => 7192 => 2026-11-22T11:36:52+02:00",
            "2026-11-22T10:06:52.5+00:00 => 1792.5 => 2026-11-22T10:06:52.5+00:30",
            "2026-11-22T15:07:01z => 19801 5h 30m => 2026-11-22T15:07:01+05:30",
            "2026-11-22T23:35:30Z => 50310 13h 58m => 2026-11-22T23:35:30+14:00",
            "2026-11-22T10:37:00Z => 3600 => 2026-11-22T10:37:00+01:00")) {
            String[] cell = row.split(" => ");
            String[] ahead = cell[1].split(" ", 2);
            String exact = ahead[0] + "s";
            String shown = ahead.length > 1 ? exact + " (" + ahead[1] + ")" : exact;
            String advice = "if it is local time, make the producer write " + cell[2]
                + "; otherwise, " + CLOCKS;
            unsafe("tick_skew",
                "limit 90 | limit 90 | alive true, last_tick_at '" + cell[0] + "'",
                "true null 90", UNKNOWN_AGE, "last_tick_at is " + shown + question,
                "last_tick_at is " + exact + question, advice, advice);
            unsafe("clock_skew", "limit 90 | limit 90, as_of '" + cell[0] + "' | alive true, age 0",
                "true null 90", UNKNOWN_AGE, "as_of is " + shown + question,
                "as_of is " + exact + question, advice, advice);
        }
        // Too old or too new for the nearest zone, no such zone, and a zone that is stated.
        for (String row : List.of("11:35:29.999999999Z => 7110s => 7109.999999999s",
            "11:37:01.000000001Z => 7201.001s => 7201.000000001s", "09:37:02Z => 2s => 2s",
            "09:51:00Z => 840s => 840s", "10:22:00+00:01 => 2640s => 2640s",
            "11:37:00+01:00 => 3600s => 3600s", "11:37:00-01:00 => 10800s (3h) => 10800s")) {
            String[] cell = row.split(" => ");
            unsafe("tick_skew",
                "limit 90 | limit 90 | alive true, last_tick_at '2026-11-22T" + cell[0] + "'",
                "true null 90", UNKNOWN_AGE, "last_tick_at is " + cell[1] + " in the future",
                "last_tick_at is " + cell[2] + " in the future", CLOCKS, CLOCKS);
        }
        unsafe("tick_skew",
            "limit 90 | limit 90 | alive true, last_tick_at '2026-11-23T00:07:00Z'",
            "true null 90", UNKNOWN_AGE, "last_tick_at is 52200s (14h 30m) in the future",
            "last_tick_at is 52200s in the future", CLOCKS, CLOCKS);
        // A wide limit picks the nearest zone, never one that is a quarter of an hour away.
        unsafe("tick_skew",
            "limit 3600 | limit 3600 | alive true, last_tick_at '2026-11-22T09:51:59Z'",
            "true null 3600", "[??????????]      ? of 3600s",
            "last_tick_at is 899s in the future", CLOCKS);
    }

    @Harness.Test("domain: what is said of a feed that is not alive, or not known to be")
    static void saidOfAlive() throws Exception {
        unsafe("alive_invalid", "limit 90 | limit 90 | alive 'true', age 8", "null 8 90",
            "[#.........]     8s of 90s", "alive is \"true\"; expected true or false", BOOLEAN);
        unsafe("alive_invalid", "limit 90 | limit 90 | age 8", "null 8 90",
            "[#.........]     8s of 90s", "alive is absent; expected true or false", BOOLEAN);
        unsafe("alive_invalid",
            "limit 90 | limit 90, as_of '2026-11-22T09:35:29Z' | alive 1, age 8", "null 99 90",
            "[##########]    99s of 90s", "alive is 1; expected true or false", BOOLEAN);
        unsafe("feed_down", "limit 90 | limit 90 | alive false, age 8", "false 8 90",
            "[#.........]     8s of 90s", DOWN, RECOVER);
        unsafe("feed_down", "limit 90 | limit 3 | alive false", "false null 3",
            "[??????????]      ? of 3s", DOWN, RECOVER);
        unsafe("feed_down", "limit 90 | limit 90, as_of '2026-11-22T09:35:30Z' | alive false",
            "false null 90", UNKNOWN_AGE, DOWN, RECOVER);
        unsafe("feed_down", "limit 90 | limit 90, as_of '2026-11-22T09:35:29Z' | alive false",
            "false null 90", UNKNOWN_AGE, DOWN, "restart the collector: the state is 91s old");
        // What comes first is said beside it, and next is about that.
        String both = DOWN + "; also, max_age_seconds is %s" + NO_LIMIT;
        String noLimit = "[??????????]      ? of ?";
        unsafe("feed_down", "limit 90 | limit 'x' | alive false", "false null null", noLimit,
            both.formatted("\"x\" in the state"), LIMIT_IN_STATE);
        unsafe("feed_down", "limit 90 | limit 90 | alive false, limit null", "false null null",
            noLimit, both.formatted("null in the state"), LIMIT_IN_STATE);
        unsafe("feed_down", "limit - | limit 90 | alive false", "false null null", noLimit,
            both.formatted("absent in the baseline"), LIMIT_IN_BASELINE);
        unsafe("feed_down", "limit - | limit null | alive false", "false null null", noLimit,
            both.formatted("absent in the baseline"), LIMIT_IN_BASELINE);
    }

    private static final String NO_LIMIT = "; expected a number greater than 0 and at most"
        + " 1000000000";

    @Harness.Test("domain: what is said of a limit")
    static void saidOfLimits() throws Exception {
        String row = "[??????????]     8s of ?";
        unsafe("limit_invalid", "limit - | limit 90 | alive true, age 8", "true 8 null", row,
            "max_age_seconds is absent in the baseline" + NO_LIMIT,
            LIMIT_IN_BASELINE);
        unsafe("limit_invalid", "limit 90 | limit 0 | alive true, age 8", "true 8 null", row,
            "max_age_seconds is 0 in the state" + NO_LIMIT,
            LIMIT_IN_STATE);
        unsafe("limit_invalid", "limit 90 | limit 90 | alive true, age 8, limit null",
            "true 8 null", row, "max_age_seconds is null in the state" + NO_LIMIT,
            LIMIT_IN_STATE);
        unsafe("limit_invalid", "limit 90 | limit 90 | alive true, age 8, limit 1795340220",
            "true 8 null", row, "max_age_seconds is 1795340220 in the state" + NO_LIMIT,
            LIMIT_IN_STATE);
    }

    @Harness.Test("domain: what is said of an age that is not there")
    static void saidOfMissingAges() throws Exception {
        unsafe("age_missing", "limit 90 | limit 90 | alive true, age null", "true null 90",
            UNKNOWN_AGE, NO_SUCH_AGE + "last_tick_age_seconds is null", RECOVER);
        unsafe("age_missing",
            "limit 90 | limit 90, as_of '2026-11-22T09:35:29Z' | alive true, age null",
            "true null 90", UNKNOWN_AGE, NO_SUCH_AGE + "last_tick_age_seconds is null",
            "restart the collector: the state is 91s old");
        for (String members : List.of("last_tick_at null", "last_tick_at null, age null")) {
            unsafe("age_missing", "limit 90 | limit 90 | alive true, " + members, "true null 90",
                UNKNOWN_AGE, "no tick yet: last_tick_at is null", RECOVER);
        }
        unsafe("age_missing", "limit 90 | limit 90 | alive true", "true null 90",
            UNKNOWN_AGE, NO_SUCH_AGE + "last_tick_age_seconds is absent", PRODUCER);
    }

    // The members of the feed; what was found, and what may be meant.
    private static final String NEAR_MISSES = """
        last_tick_age_second 8 => last_tick_age_second: last_tick_age_seconds
        lastTickAgeSeconds 8 => lastTickAgeSeconds: last_tick_age_seconds
        age_seconds 8 => age_seconds: last_tick_age_seconds
        lastTickAt '2026-11-22T09:36:30Z' => lastTickAt: last_tick_at
        LAST-TICK-AT '2026-11-22T09:36:30Z' => LAST-TICK-AT: last_tick_at
        last_tik_at '2026-11-22T09:36:30Z' => last_tik_at: last_tick_at
        last_tick '2026-11-22T09:36:30Z' => last_tick: last_tick_at
        lastTick '2026-11-22T09:36:30Z' => lastTick: last_tick_at
        timestamp 1795340220 => timestamp: last_tick_at
        ts 1795340220 => ts: last_tick_at
        x 1, time 1795340220 => time: last_tick_at
        ts 1, last_tik_at 2 => last_tik_at: last_tick_at
        last_tik_at 1, lastTickAt 2 => lastTickAt: last_tick_at
        ts 1, LastTickAgeSeconds 2 => LastTickAgeSeconds: last_tick_age_seconds
        last_tick_price 8 =>
        tickets 8 =>
        last 8 =>""";

    @Harness.Test("domain: a member that may be the missing age by another name is asked about")
    static void nearMissesOfAges() throws Exception {
        String found = "; found %s: did you mean %s?";
        for (Row row : Row.table(NEAR_MISSES)) {
            String question = "";
            if (!row.cell(1).isEmpty()) {
                question = found.formatted((Object[]) row.cell(1).split(": "));
            }
            unsafe("age_missing", "limit 90 | limit 90 | alive true, " + row.cell(0),
                "true null 90", UNKNOWN_AGE,
                NO_SUCH_AGE + "last_tick_age_seconds is absent" + question, PRODUCER);
        }
        unsafe("age_missing", "limit 90 | limit 90 | alive true, age null, ts 1", "true null 90",
            UNKNOWN_AGE, NO_SUCH_AGE + "last_tick_age_seconds is null"
                + found.formatted("ts", "last_tick_at"), RECOVER);
        // What is present is not missing, whatever else there is.
        unsafe("stale", "limit 90 | limit 90 | alive true, age 91, lastTickAt 'x', ts 1",
            "true 91 90", "[##########]    91s of 90s", "last tick 91s old, limit 90s", RECOVER);
    }

    @Harness.Test("domain: a member that may be alive or as_of by another name is asked about")
    static void nearMissesOfOthers() throws Exception {
        String absent = "alive is absent; expected true or false";
        for (String member : List.of("Alive", "alive?", "isAlive", "is_alive", "alve", "up")) {
            unsafe("alive_invalid", "limit 90 | limit 90 | " + member + " true, age 8",
                "null 8 90", "[#.........]     8s of 90s",
                absent + "; found " + member + ": did you mean alive?", BOOLEAN);
        }
        for (String member : List.of("state", "enabled", "upper")) {
            unsafe("alive_invalid", "limit 90 | limit 90 | " + member + " true, age 8",
                "null 8 90", "[#.........]     8s of 90s", absent, BOOLEAN);
        }
        unsafe("alive_invalid", "limit 90 | limit 90 | Alive true, alive 'yes', age 8",
            "null 8 90", "[#.........]     8s of 90s", "alive is \"yes\"; expected true or false",
            BOOLEAN);
        String undated = "the baseline requires as_of, but the state has none";
        for (Row row : Row.table("""
                limit 90, asOf 'x' | alive true, age 8 => asOf: did you mean as_of?
                limit 90, timestamp 'x' | alive true, lastTickAt 8 => timestamp: did you mean as_of?
                limit 90 | alive true, lastTickAt 8 => lastTickAt: did you mean last_tick_at?
                limit 90 | alive true, age 8, timestamp 8 => \
                timestamp: did you mean last_tick_at?""")) {
            unsafe("as_of_missing", "limit 90, require_as_of true | " + row.cell(0),
                "true null 90", UNKNOWN_AGE, undated + "; found " + row.cell(1), NO_AS_OF);
        }
    }

    @Harness.Test("domain: nothing in a member's name acts on a terminal, and it is cut")
    static void hostileNearMisses() throws Exception {
        writeDocuments("limit 90 | limit 90 | Al\\u001bive true, age 8");
        List<String> lines = run("gate --feed x" + CALL).exits(2).out().lines().toList();
        equal("why", lines.get(2), "  why:  alive is absent; expected true or false;"
            + " found Al\\u001bive: did you mean alive?");
        String dashes = "-".repeat(50);
        unsafe("alive_invalid", "limit 90 | limit 90 | alive" + dashes + " true, age 8",
            "null 8 90", "[#.........]     8s of 90s", "alive is absent; expected true or false;"
                + " found alive" + dashes.substring(15) + "...: did you mean alive?", BOOLEAN);
    }

    @Harness.Test("domain: what is said of an age that is not valid")
    static void saidOfInvalidAges() throws Exception {
        invalidAge("alive true, age '8'", "last_tick_age_seconds is \"8\"");
        invalidAge("alive true, age '8', last_tick_at '2026-11-22T09:36:52Z'",
            "last_tick_age_seconds is \"8\"");
        invalidAge("alive true, age -30", "last_tick_age_seconds is -30");
        invalidAge("alive true, age 1795340212", "last_tick_age_seconds is 1795340212");
        String nines = "9".repeat(38);
        invalidAge("alive true, age '" + nines + "'", "last_tick_age_seconds is \"" + nines + "\"");
        invalidAge("alive true, age '" + nines + "9'",
            "last_tick_age_seconds is \"" + nines + "9...");
        String like = "make the producer write last_tick_at like 2026-11-22T09:37:00Z";
        for (String row : List.of("'x' => \"x\"", "true => true", "8 => 8", "[] => []")) {
            String[] half = halves(row);
            unsafe("age_invalid",
                "limit 90 | limit 90 | alive true, age 8, last_tick_at " + half[0],
                "true null 90", UNKNOWN_AGE,
                "last_tick_at is " + half[1] + ", which is not an RFC 3339 timestamp", like);
        }
        unsafe("age_invalid",
            "limit 90 | limit 90 | alive true, last_tick_at '1990-01-01T00:00:00Z'",
            "true null 90", UNKNOWN_AGE,
            "last_tick_at is \"1990-01-01T00:00:00Z\", which is not plausible", like);
        unsafe("age_invalid",
            "limit 90 | limit 90, as_of '2026-11-22T09:35:29Z' | alive true, age '8'",
            "true null 90", UNKNOWN_AGE, "last_tick_age_seconds is \"8\", which is a string;"
                + " expected a number",
            PRODUCER);
    }

    private static void invalidAge(String feed, String found) throws Exception {
        String why = found.contains("\"") ? ", which is a string; expected a number" : ", which"
            + " is not plausible";
        unsafe("age_invalid", "limit 90 | limit 90 | " + feed, "true null 90", UNKNOWN_AGE,
            found + why, PRODUCER);
    }

    @Harness.Test("domain: what is said of a stale feed")
    static void saidOfStaleFeeds() throws Exception {
        unsafe("stale", "limit 90 | limit 90 | alive true, age 660", "true 660 90",
            "[##########]   660s of 90s", "last tick 660s old, limit 90s", RECOVER);
        unsafe("stale", "limit 90 | limit 900 | alive true, age 90.000000001",
            "true 90.000000001 90", "[##########] 90.001s of 90s",
            "last tick 90.001s old, limit 90s", "last tick 90.000000001s old, limit 90s",
            RECOVER, RECOVER);
        unsafe("stale", "limit 90 | limit 90 | alive true, last_tick_at '2026-11-22T09:35:29.5Z'",
            "true 90.5 90", "[##########]  90.5s of 90s", "last tick 90.5s old, limit 90s",
            RECOVER);
        unsafe("stale", "limit 90 | limit 90, as_of '2026-11-22T09:35:30Z' | alive true, age 8",
            "true 98 90", "[##########]    98s of 90s", "last tick 98s old, limit 90s", RECOVER);
        unsafe("stale", "limit 90 | limit 90, as_of '2026-11-22T09:36:00Z' | alive true, age 31",
            "true 91 90", "[##########]    91s of 90s", "last tick 91s old, limit 90s", RECOVER);
        unsafe("stale", "limit 90 | limit 90, as_of '2026-11-22T09:35:29Z' | alive true, age 8",
            "true 99 90", "[##########]    99s of 90s", "last tick 99s old, limit 90s",
            "restart the collector: the state is 91s old");
        unsafe("stale", "limit 90 | limit 90, as_of '2026-11-22T08:37:00Z' | alive true, age 8",
            "true 3608 90", "[##########]  3608s of 90s", "last tick 3608s old, limit 90s",
            "restart the collector: the state is 3600s old");
        unsafe("stale", "limit 90 | limit 90, as_of '1800-01-01T00:00:00Z' | alive true, age 8",
            "true 4000000000 90", "[##########] 4000000000s (46296d 7h 6m) of 90s",
            "last tick 4000000000s (46296d 7h 6m) old, limit 90s",
            "last tick 4000000000s old, limit 90s",
            "restart the collector: the state is 4000000000s (46296d 7h 6m) old",
            "restart the collector: the state is 4000000000s old");
        unsafe("stale",
            "limit 90 | limit 90, as_of '2026-11-19T18:36:55.449472Z' | alive true, age 8",
            "true 226812.550528 90", "[##########] 226812.551s (2d 15h) of 90s",
            "last tick 226812.551s (2d 15h) old, limit 90s",
            "last tick 226812.550528s old, limit 90s",
            "restart the collector: the state is 226804.551s (2d 15h) old",
            "restart the collector: the state is 226804.550528s old");
        unsafe("stale", "limit 90000.0009 | limit 90000.0009 | alive true, age 90000.0010001",
            "true 90000.0010001 90000.0009", "[##########] 90000.002s (1d 1h) of 90000s (1d 1h)",
            "last tick 90000.002s (1d 1h) old, limit 90000s (1d 1h)",
            "last tick 90000.0010001s old, limit 90000.0009s", RECOVER, RECOVER);
    }

    @Harness.Test("domain: of a limit that the state tightened, it is said")
    static void saidOfTightenedLimits() throws Exception {
        unsafe("stale", "limit 90 | limit 60 | alive true, age 75", "true 75 60",
            "[##########]    75s of 60s", "last tick 75s old, limit 60s, set by the state",
            RECOVER);
        unsafe("stale", "limit 90 | limit 900 | alive true, age 75, limit 60", "true 75 60",
            "[##########]    75s of 60s", "last tick 75s old, limit 60s, set by the state",
            RECOVER);
        unsafe("stale", "limit 90 | limit 90 | alive true, age 91", "true 91 90",
            "[##########]    91s of 90s", "last tick 91s old, limit 90s", RECOVER);
    }

    @Harness.Test("domain: what is said of a fresh feed, and when there is a ticket")
    static void saidOfFreshFeeds() throws Exception {
        String half = "  ticket: past half its limit";
        fresh("limit 90 | limit 90 | alive true, age 0", "true 0 90", "[..........]     0s of 90s",
            "none");
        fresh("limit 90 | limit 90 | alive true, age 45", "true 45 90",
            "[#####.....]    45s of 90s", "none");
        fresh("limit 90 | limit 90 | alive true, age 45.1", "true 45.1 90",
            "[######....]  45.1s of 90s" + half, "ticket");
        fresh("limit 90 | limit 90 | alive true, age 90", "true 90 90",
            "[##########]    90s of 90s" + half, "ticket");
        fresh("limit 90 | limit 90 | alive true, age 8, limit 900.50", "true 8 90",
            "[#.........]     8s of 90s  ticket: the state claims a looser limit (900.5s)",
            "ticket");
        fresh("limit 90 | limit 90 | alive true, age 60, limit 900", "true 60 90",
            "[#######...]    60s of 90s  ticket: the state claims a looser limit (900s)",
            "ticket");
        // Rounded apart, the age would look older than its limit, and the looser limit as tight.
        fresh("limit 90.0005 | limit 90.0007 | alive true, age 90.0005", "true 90.0005 90.0005",
            "[##########]    90s of 90s  ticket: the state claims a looser limit (90.001s)",
            "ticket");
        fresh("limit 0.0005 | limit - | alive true, age 0.0001", "true 0.0001 0.0005",
            "[##........] 0.0005s of 0.0005s", "none");
        fresh("limit 86400 | limit - | alive true, age 36061.0000001",
            "true 36061.0000001 86400", "[#####.....] 36061.001s (10h 1m) of 86400s (1d)", "none");
    }

    private static void writeDocuments(String documents) throws Exception {
        String[] members = documents.split(" \\| ");
        write("base.json", document(members[0], feed("x", "")));
        write("in.json", document(members[1], feed("x", members[2])));
    }

    private static void fresh(String documents, String figures, String row, String alert)
            throws Exception {
        writeDocuments(documents);
        String[] figure = figures.split(" ");
        whole("status" + CALL, 0, "FRESHNESS OK: 1 of 1 feeds fresh and safe to serve\n\n"
            + "  x  fresh    " + row + "\n\n"
            + "state: DIR/in.json (checked against baseline DIR/base.json)\n");
        String ofLimit = row.substring(row.indexOf("]") + 1).strip().split("  ")[0];
        whole("gate --feed x" + CALL, 0, "GATE OPEN: x fresh, " + ofLimit + "; safe to serve\n");
        programs("fresh", figure, "null", alert, "");
    }

    private static void unsafe(String reason, String documents, String figures, String row,
            String why, String next) throws Exception {
        unsafe(reason, documents, figures, row, why, why, next, next);
    }

    /** Checks why and next separately for people and for programs: their times differ. */
    private static void unsafe(String reason, String documents, String figures, String row,
            String why, String exactWhy, String next, String exactNext) throws Exception {
        writeDocuments(documents);
        String[] figure = figures.split(" ");
        String status = statusOf(reason);
        String brief = "x unknown (" + reason + ")";
        String page = "  page: " + reason;
        if (status.equals("stale")) {
            String ofLimit = row.substring(row.indexOf("]") + 1).strip();
            brief = "x stale, " + ofLimit.replace(" of ", " > ");
            page = "  page";
        }
        String explained = "blocked on x: " + String.join(", ", blocked(status, 2)) + "\n  why:  "
            + why + "\n  next: " + next + "\n";
        whole("status" + CALL, 2, "FRESHNESS CRITICAL: 1 of 1 feeds unsafe: " + brief + "\n\n  x  "
            + "%-7s  ".formatted(status) + row + page + "\n\n" + explained
            + "\nstate: DIR/in.json (checked against baseline DIR/base.json)\n");
        whole("gate --feed x" + CALL, 2,
            "GATE BLOCKED: " + brief + "; not safe to serve\n" + explained);
        programs(reason, figure, string(exactWhy), "page", string(exactNext));
    }

    /** What JSON and metrics say; the reason and the next step are JSON. */
    private static void programs(String reason, String[] figure, String why, String alert,
            String next) {
        String status = statusOf(reason);
        String feed = """
                {"name": "x", "alive": ALIVE, "last_tick_age_seconds": AGE, \
            "max_age_seconds": LIMIT, "freshness_status": "STATUS", "safe_to_serve": SAFE, \
            "safe_until": UNTIL, "allowed_actions": ALLOWED, "blocked_actions": BLOCKED, \
            "blocked_reason": WHY, "reason_code": "REASON", "alert": "ALERT"}
              ]
            }
            """.replace("ALIVE", figure[0]).replace("AGE", figure[1]).replace("LIMIT", figure[2])
            .replace("STATUS", status).replace("SAFE", String.valueOf(status.equals("fresh")))
            .replace("ALLOWED", strings(allowed(status)))
            .replace("BLOCKED", strings(blocked(status, 2)))
            .replace("REASON", reason).replace("ALERT", alert).replace("WHY", why);
        feed = feed.replace("UNTIL", status.equals("fresh") ? until(figure) : "null");
        String json = plain(run("status --format json" + CALL).out());
        equal("status in JSON", json.substring(json.indexOf("    {")), feed);
        json = plain(run("gate --feed x --format json" + CALL).out());
        equal("gate in JSON", json.substring(json.indexOf("    {")), feed);
        equal("next", json.contains("\n  \"next\": [" + next + "],\n") ? next : json, next);
        String metrics = run("status --format prometheus" + CALL).out();
        String info = metrics.lines()
            .filter(line -> line.startsWith("freshness_feed_info")).findFirst().orElse("");
        equal("metrics", info, "freshness_feed_info{feed=\"x\",freshness_status=\"" + status
            + "\",reason_code=\"" + reason + "\",alert=\"" + alert + "\"} 1");
        String page = alert.equals("page") ? "1" : "0";
        equal("page", metrics.contains("\nfreshness_feed_page{feed=\"x\"} " + page + "\n"), true);
    }

    /** Returns when the age reaches the limit, as JSON. */
    private static String until(String[] figure) {
        BigDecimal left = new BigDecimal(figure[2]).subtract(new BigDecimal(figure[1]));
        return string(Instant.parse(NOW).plusNanos(left.movePointRight(9).longValue()).toString());
    }

    private static String string(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String strings(List<String> words) {
        return words.isEmpty() ? "[]" : "[\"" + String.join("\", \"", words) + "\"]";
    }

    // ---- Feeds that only one of both documents has ----

    @Harness.Test("domain: what status says of missing and unexpected feeds")
    static void missingAndUnexpectedInStatus() throws Exception {
        write("base.json", document("limit 90", feed("x", ""), feed("y", "")));
        write("in.json", document("limit 90", feed("y", "alive true, age 1"),
            feed("z", "alive true, age 1")));
        whole("status" + CALL, 2, """
            FRESHNESS CRITICAL: 2 of 3 feeds unsafe: x unknown (feed_missing); \
            z unknown (feed_unexpected)

              x  unknown  [??????????]      ? of 90s  page: feed_missing
              y  fresh    [#.........]     1s of 90s
              z  unknown  [??????????]      ? of ?  page: feed_unexpected

            blocked on x: read_last_price, serve_cached_status, price_order, publish_signal, \
            rebalance_position
              why:  listed in the baseline but missing from the state
              next: the state has z, which the baseline lacks; if the feed was renamed, review \
            that and rename it in the baseline, otherwise fix the producer

            blocked on z: read_last_price, serve_cached_status, price_order, publish_signal, \
            rebalance_position
              why:  present in the state but not listed in the baseline
              next: add this feed to the baseline after review, \
            or stop the producer from writing it

            state: DIR/in.json (checked against baseline DIR/base.json)
            """);
    }

    @Harness.Test("domain: what gate says of missing and unexpected feeds")
    static void missingAndUnexpectedInGate() throws Exception {
        write("base.json", document("limit 90", feed("x", ""), feed("y", "")));
        write("in.json", document("limit 90", feed("y", "alive true, age 1"),
            feed("z", "alive true, age 1")));
        whole("gate --feed z --feed x" + CALL, 2, """
            GATE BLOCKED: z unknown (feed_unexpected); x unknown (feed_missing); \
            not safe to serve
            blocked on z: read_last_price, serve_cached_status, price_order, publish_signal, \
            rebalance_position
              why:  present in the state but not listed in the baseline
              next: add this feed to the baseline after review, \
            or stop the producer from writing it
            blocked on x: read_last_price, serve_cached_status, price_order, publish_signal, \
            rebalance_position
              why:  listed in the baseline but missing from the state
              next: the state has z, which the baseline lacks; if the feed was renamed, review \
            that and rename it in the baseline, otherwise fix the producer
            """);
    }

    @Harness.Test("domain: what next of a missing feed, by what the state has instead")
    static void missingOrRenamed() throws Exception {
        nextOf("cme-s03", List.of("y"), RECOVER.replace("--feed x", "--feed cme-s03"));
        String renamed = "the state has %s instead; if the feed was renamed, review that and"
            + " rename cme-s03 in the baseline, otherwise fix the producer";
        nextOf("cme-s03", List.of("y", "cme-S03"), renamed.formatted("cme-S03"));
        nextOf("cme-s03", List.of("far away", "y", "cme_s03"), renamed.formatted("cme_s03"));
        nextOf("cme-s03", List.of("y", "far away"), "the state has far away, which the baseline"
            + " lacks; if the feed was renamed, review that and rename it in the baseline,"
            + " otherwise fix the producer");
        List<String> many = new ArrayList<>(List.of("y"));
        for (int i = 0; i < 101; i++) {
            many.add("cme-s" + i);
        }
        nextOf("cme-s03", many, "the state has cme-s0, which the baseline lacks; if the feed was"
            + " renamed, review that and rename it in the baseline, otherwise fix the producer");
    }

    private static void nextOf(String missing, List<String> present, String next)
            throws Exception {
        write("base.json", document("limit 90", feed(missing, ""), feed("y", "")));
        String[] entries = present.stream().map(name -> feed(name, "alive true, age 1"))
            .toArray(String[]::new);
        write("in.json", document("limit 90", entries));
        Run gate = run("gate --feed " + missing + CALL).exits(2);
        equal(gate.call(), lastLine(gate), "  next: " + next);
        Run status = run("status" + CALL).exits(2);
        equal(status.call(), plain(status.out()).contains("\n  next: " + next + "\n"), true);
    }

    private static final String MISSING = "listed in the baseline but missing from the state";

    @Harness.Test("domain: no recovery of a missing feed is advised if that would cure nothing")
    static void missingWithoutCure() throws Exception {
        missing("limit 90", "limit 90, as_of 'x'", "; also, as_of is x, which is not an RFC"
            + " 3339 timestamp",
            AS_OF);
        missing("limit 90", "limit 90, as_of '2026-11-22T09:38:00Z'",
            "; also, as_of is 60s in the future", CLOCKS);
        missing("limit 90", "limit 90, as_of '2026-11-22T12:38:00Z'",
            "; also, as_of is 10860s (3h 1m) in the future", CLOCKS);
        missing("limit 90", "limit 90, as_of '2026-11-22T09:00:00Z'", "",
            "restart the collector: the state is 2220s old");
        // A recovery dates the tick itself.
        missing("limit 90, require_as_of true", "limit 90", "", RECOVER);
        missing("limit 90", "limit 90, as_of null", "", RECOVER);
        missing("limit -", "limit 90",
            "; also, max_age_seconds is absent in the baseline" + NO_LIMIT,
            LIMIT_IN_BASELINE);
        missing("limit 90", "limit null",
            "; also, max_age_seconds is null in the state" + NO_LIMIT,
            LIMIT_IN_STATE);
    }

    private static void missing(String baseline, String state, String besides, String next)
            throws Exception {
        write("base.json", document(baseline, feed("x", ""), feed("y", "")));
        write("in.json", document(state, feed("y", "alive true, age 1")));
        List<String> lines = plain(run("gate --feed x" + CALL).exits(2).out()).lines().toList();
        equal(state, lines.subList(2, lines.size()),
            List.of("  why:  " + MISSING + besides, "  next: " + next));
    }

    @Harness.Test("domain: a missing feed that has a limit of its own needs none of the state")
    static void missingWithItsOwnLimit() throws Exception {
        write("base.json", document("limit 90", feed("x", "limit 30"), feed("y", "limit 30")));
        write("in.json", document("limit null", feed("y", "alive true, age 1, limit 30")));
        Run run = run("gate --feed x" + CALL).exits(2);
        equal("next", lastLine(run), "  next: " + RECOVER);
        run("recover --feed x --output @out.json" + CALL).exits(0).says("RECOVERED: x fresh, 5s");
    }
}
