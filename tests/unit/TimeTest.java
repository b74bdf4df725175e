import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** TimeTest checks how times are read and written: ages, limits, instants, seconds, timestamps. */
final class TimeTest extends Sandbox {
    /** Texts that look like an instant and are none. */
    static final List<String> NO_INSTANTS = List.of("", "x", "Z", "now", "1795340220",
            // no day or no offset, or a space for the T
            "2026-11-22", "2026-11-22T09:37:00", "2026-11-22T09:37Z", "2026-11-22 09:37:00Z",
            // decimals that are missing, or too fine for a nanosecond
            "2026-11-22T09:37:00.Z", "2026-11-22T09:37:00.+00:00", "2026-11-22T09:37:00,5Z",
            "2026-11-22T09:37:00.-5Z", "2026-11-22T09:37:00.0000000009Z",
            "2026-11-22T09:36:00.12345678900001+00:00",
            // no such time or day
            "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:36:60Z",
            "2026-13-22T09:37:00Z", "2026-00-22T09:37:00Z", "2026-11-31T09:37:00Z",
            "2026-11-00T09:37:00Z", "2025-02-29T09:37:00Z",
            // no such offset
            "2026-11-22T09:37:00+24:00", "2026-11-22T09:37:00+01:60", "2026-11-22T09:37:00+1:00",
            "2026-11-22T09:37:00+0100", "2026-11-22T09:37:00+01", "2026-11-22T09:37:00+01:00:00",
            "2026-11-22T09:37:00ZZ", "2026-11-22T09:37:00Z+00:00",
            // something before or after it
            "2026-11-22T09:37:00Z ", " 2026-11-22T09:37:00Z", "2026-11-22T09:37:00Z\n",
            // years and other spellings of java.time and of ISO 8601
            "+2026-11-22T09:37:00Z", "-2026-11-22T09:37:00Z", "12026-11-22T09:37:00Z",
            "26-11-22T09:37:00Z", "20261122T093700Z", "2026-11-22T9:37:00Z",
            "2026-326T09:37:00Z", "2026-W47-7T09:37:00Z",
            "2026-11-22T09:37:00 UTC", "Sun, 22 Nov 2026 09:37:00 GMT");

    /**
     * Returns instants with one character that is wrong or missing. Digits of other scripts are
     * among them: Character.isDigit and Integer.parseInt would take them.
     */
    static List<String> damagedInstants() {
        List<String> damaged = new ArrayList<>();
        for (String good : List.of("2026-11-22T09:37:00Z", "2026-11-22T09:37:00.5Z",
                "2026-11-22T10:37:00.25+01:00")) {
            for (int i = 0; i < good.length(); i++) {
                for (String other : List.of("x", "/", ":", " ", "+", "\u0661", "\uff11")) {
                    if (!good.startsWith(other, i)) {
                        damaged.add(good.substring(0, i) + other + good.substring(i + 1));
                    }
                }
                // One of two decimals may be missing.
                if (!good.startsWith("25+", i) && !good.startsWith("5+", i)) {
                    damaged.add(good.substring(0, i) + good.substring(i + 1));
                }
            }
        }
        return damaged;
    }

    // ---- Ages and limits ----

    @Harness.Test("time: an age is rounded up to the nanosecond")
    static void agesAreRoundedUp() {
        ages(
                "0 => 0",
                "8 => 8000000000",
                "0.000000001 => 1",
                "0.0000000001 => 1",
                "0.0000000010 => 1",
                "0.0000000011 => 2",
                "90.0000000001 => 90000000001",
                "89.99999999999 => 90000000000",
                "1e-1000 => 1",
                "0.1e-999 => 1");
    }

    @Harness.Test("time: a limit is rounded down to the nanosecond, and 0 is none")
    static void limitsAreRoundedDown() {
        limits(
                "90 => 90000000000",
                "90.0000000009 => 90000000000",
                "89.99999999999 => 89999999999",
                "0.000000001 => 1",
                "0.0000000019 => 1",
                "0.0000000009 => none",
                "1e-1000 => none",
                "0 => none",
                "-0 => none",
                "0.0e5 => none");
    }

    @Harness.Test("time: a sign, leading decimals and an exponent move only the point")
    static void formsOfNumbers() {
        for (String row : List.of("1 => 1000000000", "10e-1 => 1000000000",
                "0.1e1 => 1000000000", "0.1E+1 => 1000000000", "1e0 => 1000000000",
                "1e-0 => 1000000000", "1e+00 => 1000000000", "100000e-5 => 1000000000",
                "0.000001e6 => 1000000000", "1.5e3 => 1500000000000", "12.5 => 12500000000",
                "12.50 => 12500000000", "1e-9 => 1", "1000000000e-18 => 1",
                "1e0000000000000000000000001 => 10000000000")) {
            ages(row);
            limits(row);
        }
        for (String zero : List.of("-0", "-0.0", "-0e0", "0e999999999", "0e-999999999",
                "0.000e99999999999999999999", "-0.0E-5")) {
            ages(zero + " => 0");
            limits(zero + " => none");
        }
    }

    @Harness.Test("time: what is no JSON number, or a negative one, is neither an age nor a limit")
    static void noTimes() {
        for (String text : List.of("", "-", "+", "+1", "01", "-01", "00", ".5", "5.", "1.e5", "1e",
                "1e+", "1e-", "1e1.5", "1e1e1", "1e+-1", "--1", "1-", "0x1", "1_000", "1,5", "1 ",
                " 1", "1\n", "1s", "5L", "1d", "1f", "NaN", "Infinity", "true", "false", "\"8\"",
                "[8]", "{}", "nul", "null ", "\u0661", "\uff11", "1\u0661", "1.\u0661", "1e\u0661",
                "-1", "-30", "-0.0000000001", "-1e-999", "-1e999999999")) {
            ages(text + " => invalid");
            limits(text + " => none");
        }
        ages("null => unknown");
        limits("null => none");
    }

    @Harness.Test("time: a number may have so many characters and decimals, and no more")
    static void longestNumber() {
        int most = Freshness.MAX_NUMBER_CHARS;
        String longest = "8." + "0".repeat(most - 3) + "1";
        ages(longest + " => 8000000001", longest + "0 => invalid", "1e-1001 => invalid",
                "10e-1001 => 1", "0.1e-1000 => invalid");
        limits(longest + " => 8000000000", longest + "0 => none", "90e-1001 => none",
                "8" + "0".repeat(most) + " => none", "8" + "0".repeat(most - 1) + " => none");
        ages("1e-2147483648 => invalid", "1e-99999999999999999999 => invalid",
                "0.1e-2147483647 => invalid");
    }

    @Harness.Test("time: a longer age is invalid, and so is a longer limit")
    static void longestTimes() {
        ages(
                "1000000000 => 1000000000000000000",
                "1e9 => 1000000000000000000",
                "1000000000.0000000001 => invalid",
                "999999999.9999999999 => 1000000000000000000",
                "1000000000.000000001 => invalid",
                "4000000000 => invalid",
                "18446744073709551624 => invalid",
                "9223372036.854775808 => invalid",
                "1e400 => invalid",
                "1e999999999 => invalid",
                "1e99999999999999999999 => invalid",
                "10e2147483647 => invalid");
        limits(
                "999999999.999999999 => 999999999999999999",
                "999999999.9999999999 => 999999999999999999",
                "1000000000 => longest",
                "1e9 => longest",
                "1000000000.0000000001 => none",
                "1000000000.000000001 => none",
                "4000000000 => none",
                "18446744073.709551617 => none",
                "1e400 => none",
                "1e99999999999999999999 => none",
                "1000e2147483647 => none");
    }

    @Harness.Test("time: a missing age lies above every limit, and a missing limit below every age")
    static void missingTimes() {
        long longest = Freshness.Time.MAX_LIMIT_NANOS;
        equal("unknown age", Freshness.Time.UNKNOWN_AGE > longest, true);
        equal("invalid age", Freshness.Time.INVALID_AGE > longest, true);
        equal("cut time", Freshness.Time.FOREVER > longest, true);
        equal("no limit", Freshness.Time.NO_LIMIT < 0, true);
        equal("common limit", Freshness.Time.COMMON_LIMIT < 0, true);
        equal("two times in a long", Freshness.Time.FOREVER + Freshness.Time.FOREVER > 0, true);
    }

    private static void ages(String... rows) {
        for (String row : rows) {
            String[] half = halves(row);
            long nanos = Freshness.Time.ageNanos(half[0]);
            String got = Long.toString(nanos);
            if (nanos == Freshness.Time.UNKNOWN_AGE) {
                got = "unknown";
            } else if (nanos == Freshness.Time.INVALID_AGE) {
                got = "invalid";
            }
            equal("age " + half[0], got, half[1]);
        }
    }

    private static void limits(String... rows) {
        for (String row : rows) {
            String[] half = halves(row);
            long nanos = Freshness.Time.limitNanos(half[0]);
            String got = Long.toString(nanos);
            if (nanos == Freshness.Time.NO_LIMIT) {
                got = "none";
            } else if (nanos == Freshness.Time.MAX_LIMIT_NANOS) {
                got = "longest";
            }
            equal("limit " + half[0], got, half[1]);
        }
    }

    // ---- Instants ----

    @Harness.Test("time: an instant has each form of RFC 3339")
    static void instants() {
        for (String row : List.of(
                "2026-11-22T09:37:00Z => 2026-11-22T09:37:00Z",
                "2026-11-22t09:37:00z => 2026-11-22T09:37:00Z",
                "2026-11-22T09:37:00+00:00 => 2026-11-22T09:37:00Z",
                "2026-11-22T09:37:00-00:00 => 2026-11-22T09:37:00Z",
                "2026-11-22T10:37:00+01:00 => 2026-11-22T09:37:00Z",
                "2026-11-21T22:07:00-11:30 => 2026-11-22T09:37:00Z",
                "2026-11-23T09:36:00+23:59 => 2026-11-22T09:37:00Z",
                "2026-11-21T09:38:00-23:59 => 2026-11-22T09:37:00Z",
                "2026-11-22T09:37:00.5Z => 2026-11-22T09:37:00.500Z",
                "2026-11-22T09:37:00.000000001Z => 2026-11-22T09:37:00.000000001Z",
                "2026-11-22T09:37:00.123456789+00:00 => 2026-11-22T09:37:00.123456789Z",
                "2026-11-22T09:37:00.120000000000000000Z => 2026-11-22T09:37:00.120Z",
                "2026-11-22T23:59:59.999999999Z => 2026-11-22T23:59:59.999999999Z",
                "2024-02-29T00:00:00Z => 2024-02-29T00:00:00Z",
                "2000-02-29T00:00:00Z => 2000-02-29T00:00:00Z",
                "1969-12-31T23:59:59.5Z => 1969-12-31T23:59:59.500Z",
                "0001-01-01T00:00:00Z => 0001-01-01T00:00:00Z",
                "0000-01-01T00:00:00+23:59 => -0001-12-31T00:01:00Z",
                "9999-12-31T23:59:59-23:59 => +10000-01-01T23:58:59Z")) {
            String[] half = halves(row);
            equal(half[0], String.valueOf(Freshness.Time.instant(half[0])), half[1]);
        }
    }

    @Harness.Test("time: a text that only looks like an instant is none")
    static void noInstants() {
        for (String text : NO_INSTANTS) {
            equal(text, Freshness.Time.instant(text), null);
        }
        for (String text : damagedInstants()) {
            equal(text, Freshness.Time.instant(text), null);
        }
        for (String text : List.of("1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
                "2026-11-22T09:37:00.1234567891Z", "2026-11-22T09:37:00.0000000000001Z",
                "2026-11-22T09:37:00\u221201:00", "2026-11-22T09:37:00Z\0",
                "2026-11-22T09:37:00+99:00", "2026-11-22T99:37:00Z", "2026-99-22T09:37:00Z")) {
            equal(text, Freshness.Time.instant(text), null);
        }
    }

    @Harness.Test("time: the time between two instants is signed, and cut to FOREVER")
    static void between() {
        for (String row : List.of(
                "2026-11-22T09:37:00Z 2026-11-22T09:37:00Z => 0",
                "2026-11-22T09:37:00Z 2026-11-22T09:37:00.000000001Z => 1",
                "2026-11-22T09:37:00.000000001Z 2026-11-22T09:37:00Z => -1",
                "2026-11-22T09:36:59.9Z 2026-11-22T09:37:00.1Z => 200000000",
                "2026-11-22T09:37:00.1Z 2026-11-22T09:36:59.9Z => -200000000",
                "1970-01-01T00:00:00Z 2026-11-22T09:37:00Z => 1795340220000000000",
                "1970-01-01T00:00:00Z 2096-10-02T07:06:39.999999999Z => 3999999999999999999",
                "1970-01-01T00:00:00Z 2096-10-02T07:06:40Z => 4000000000000000000",
                "1970-01-01T00:00:00Z 2096-10-02T07:06:40.000000001Z => 4000000000000000000",
                "0001-01-01T00:00:00.5Z 2026-11-22T09:37:00Z => 4000000000000000000",
                "0001-01-01T00:00:00Z 2026-11-22T09:37:00.5Z => 4000000000000000000",
                "2026-11-22T09:37:00Z 0001-01-01T00:00:00.5Z => -4000000000000000000",
                "2026-11-22T09:37:00.5Z 9999-12-31T23:59:59Z => 4000000000000000000")) {
            String[] half = halves(row);
            String[] instants = half[0].split(" ");
            long nanos = Freshness.Time.nanosBetween(
                    Instant.parse(instants[0]), Instant.parse(instants[1]));
            equal(half[0], Long.toString(nanos), half[1]);
        }
        Instant now = Instant.parse(NOW);
        long unreadable = Freshness.Time.nanosBetween(Freshness.Time.UNREADABLE, now);
        equal("unreadable", unreadable, Freshness.Time.FOREVER);
        long farAhead = Freshness.Time.nanosBetween(now, Instant.MAX);
        equal("far ahead", farAhead, Freshness.Time.FOREVER);
    }

    // ---- Written ----

    @Harness.Test("time: seconds have as many decimals as they need, and a missing time has none")
    static void seconds() {
        for (String row : List.of("0 => 0", "1 => 0.000000001", "10 => 0.00000001",
                "100000000 => 0.1", "250000000 => 0.25", "1000000000 => 1",
                "1000000001 => 1.000000001", "660000000000 => 660", "90500000000 => 90.5",
                "10000000010 => 10.00000001", "4000000000000000000 => 4000000000",
                "4000000000000000001 => null", "4000000000000000002 => null", "-1 => null",
                "-2 => null")) {
            String[] half = halves(row);
            long nanos = Long.parseLong(half[0]);
            equal(half[0], String.valueOf(Freshness.Time.seconds(nanos)), half[1]);
            String unit = half[1].equals("null") ? "?" : half[1] + "s";
            equal(half[0] + " with its unit", Freshness.Time.secondsOrQuestionMark(nanos), unit);
        }
    }

    @Harness.Test("time: a timestamp is in seconds since 1970, and there is none before that")
    static void timestamps() {
        for (String row : List.of("1970-01-01T00:00:00Z => 0",
                "1970-01-01T00:00:00.000000001Z => 0.000000001",
                "2026-11-22T09:37:00Z => 1795340220", "2026-11-22T09:37:00.25Z => 1795340220.25",
                "2026-11-22T09:37:00.100000001Z => 1795340220.100000001",
                "9999-12-31T23:59:59Z => 253402300799", "1969-12-31T23:59:59.999999999Z => null",
                "0001-01-01T00:00:00Z => null")) {
            String[] half = halves(row);
            String got = Freshness.Time.timestamp(Instant.parse(half[0]));
            equal(half[0], String.valueOf(got), half[1]);
        }
    }

    @Harness.Test("time: milliseconds are whole, and a text that is no number gives a long time")
    static void millis() {
        for (String row : List.of("1 => 1000", "0.1 => 100", "0.0999 => 99", "86400 => 86400000",
                "86400.001 => 86400001", "1.5e1 => 15000")) {
            String[] half = halves(row);
            equal(half[0], Long.toString(Freshness.Time.millis(half[0])), half[1]);
        }
        for (String text : List.of("", "x", "1s", "-1", "null", "1e400")) {
            equal(text, Freshness.Time.millis(text) > Freshness.MAX_WATCH_MILLIS, true);
        }
    }
}
