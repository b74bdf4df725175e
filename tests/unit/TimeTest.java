import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** TimeTest checks how times are read and written: ages, limits, instants, seconds, timestamps. */
final class TimeTest extends Sandbox {
    /** Texts that look like an instant but are not. */
    static final List<String> NO_INSTANTS = List.of("", "x", "Z", "now", "1795340220",
            // no day or no offset, or a space instead of the T
            "2026-11-22", "2026-11-22T09:37:00", "2026-11-22T09:37Z", "2026-11-22 09:37:00Z",
            // missing decimals, or decimals after a comma
            "2026-11-22T09:37:00.Z", "2026-11-22T09:37:00.+00:00", "2026-11-22T09:37:00,5Z",
            "2026-11-22T09:37:00.-5Z",
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

    @Harness.Test("time: an age that a state claims may lie up to a second ahead, and is 0 then")
    static void claimedAges() {
        for (String row : List.of("-0.05 => 0", "-0.0000000001 => 0", "-1e-999 => 0", "-0.999 => 0",
                "-1 => 0", "-1.0 => 0", "-10e-1 => 0", "-0.1e1 => 0", "-0 => 0", "-0.0e9 => 0",
                "-1.0000000001 => invalid", "-1.0001 => invalid", "-1e-1001 => invalid",
                "-1.1 => invalid", "-2 => invalid", "-30 => invalid", "-1e9 => invalid",
                "-1e999999999 => invalid", "-18446744073.709551617 => invalid",
                "--1 => invalid", "- => invalid", "-null => invalid", "-'1' => invalid",
                "-.5 => invalid", "-01 => invalid", "+0.5 => invalid", "x => invalid",
                "null => unknown", "0 => 0", "8 => 8000000000", "0.0000000001 => 1",
                "1000000000 => 1000000000000000000", "1000000000.1 => invalid")) {
            String[] half = halves(row);
            long nanos = Freshness.Time.claimedAgeNanos(half[0]);
            equal("claimed age " + half[0], ageText(nanos), half[1]);
        }
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
            equal("age " + half[0], ageText(nanos), half[1]);
        }
    }

    private static String ageText(long ageNanos) {
        if (ageNanos == Freshness.Time.UNKNOWN_AGE) {
            return "unknown";
        }
        if (ageNanos == Freshness.Time.INVALID_AGE) {
            return "invalid";
        }
        return Long.toString(ageNanos);
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

    @Harness.Test("time: an instant is cut to nanoseconds into the past, and --now goes up")
    static void anyNumberOfDecimals() {
        String many = "2026-11-22T09:37:00." + "0".repeat(5000) + "1Z";
        // The text; what it is as a tick or a date; what it is as --now.
        for (String row : List.of(
                "2026-11-22T09:37:00.1234567891Z => 00.123456789Z 00.123456790Z",
                "2026-11-22T09:37:00.1234567899+00:00 => 00.123456789Z 00.123456790Z",
                "2026-11-22T10:37:00.0000000000001+01:00 => 00Z 00.000000001Z",
                "2026-11-22T09:36:59.9999999999Z => 59.999999999Z 00Z",
                "2026-11-22T09:37:00.1234567890000Z => 00.123456789Z 00.123456789Z",
                "2026-11-22T09:37:00.123456789Z => 00.123456789Z 00.123456789Z",
                "2026-11-22T09:37:00.5Z => 00.500Z 00.500Z",
                "2026-11-22T09:37:00Z => 00Z 00Z",
                many + " => 00Z 00.000000001Z")) {
            String[] half = halves(row);
            String cut = String.valueOf(Freshness.Time.instant(half[0]));
            String up = String.valueOf(Freshness.Time.instantRoundedUp(half[0]));
            equal(half[0], cut.substring(17) + " " + up.substring(17), half[1]);
        }
        equal("before 1970", Freshness.Time.instant("1969-12-31T23:59:59.9999999999Z"),
                Instant.parse("1969-12-31T23:59:59.999999999Z"));
        equal("none", Freshness.Time.instantRoundedUp("2026-11-22T09:37:00.1234567891"), null);
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
                "2026-11-22T09:37:00.1234567891", "2026-11-22T09:37:00.123456789x1Z",
                "2026-11-22T09:37:00\u221201:00", "2026-11-22T09:37:00Z\0",
                "2026-11-22T09:37:00+99:00", "2026-11-22T99:37:00Z", "2026-99-22T09:37:00Z")) {
            equal(text, Freshness.Time.instant(text), null);
        }
    }

    // ---- Misspelt instants ----
    // The text; what is wrong with it; how it is written, and the instant that this denotes.

    @Harness.Test("misspelling: the parts of a date and time that are written otherwise")
    static void misspeltParts() {
        misspelt(
                // Python's str, date --rfc-3339, PostgreSQL, logs, Ruby, Go, Java
                "2026-11-22 09:36:30Z => has a space instead of T | 2026-11-22T09:36:30Z",
                "2026-11-22 09:36:30.123456+00:00 => has a space instead of T"
                    + " | 2026-11-22T09:36:30.123456+00:00",
                "2026-11-22 10:36:30+01:00 => has a space instead of T | 2026-11-22T10:36:30+01:00",
                "2026-11-22T09:36:30+0000 => has an offset without a colon"
                    + " | 2026-11-22T09:36:30+00:00",
                "2026-11-22T04:06:30.5-0530 => has an offset without a colon"
                    + " | 2026-11-22T04:06:30.5-05:30",
                "2026-11-22T09:36:30+00 => has an offset without minutes"
                    + " | 2026-11-22T09:36:30+00:00",
                "2026-11-22 11:36:30.25+02 => has a space instead of T and an offset without"
                    + " minutes | 2026-11-22T11:36:30.25+02:00",
                "2026-11-22T09:36:30 UTC => has UTC instead of Z | 2026-11-22T09:36:30Z",
                "2026-11-22T09:36:30UTC => has UTC instead of Z | 2026-11-22T09:36:30Z",
                "2026-11-22 09:36:30 utc => has a space instead of T and UTC instead of Z"
                    + " | 2026-11-22T09:36:30Z",
                "2026-11-22T09:36:30.5 GMT => has GMT instead of Z | 2026-11-22T09:36:30.5Z",
                "2026-11-22T09:36:30 Z => has a space before its offset | 2026-11-22T09:36:30Z",
                "2026-11-22T10:36:30 +01:00 => has a space before its offset"
                    + " | 2026-11-22T10:36:30+01:00",
                "2026-11-22 10:36:30 +0100 => has a space instead of T, a space before its offset"
                    + " and an offset without a colon | 2026-11-22T10:36:30+01:00",
                "2026-11-22 10:36:30.123456789 +0100 CET => has a space instead of T, a space"
                    + " before its offset, an offset without a colon and a zone name after its"
                    + " offset | 2026-11-22T10:36:30.123456789+01:00",
                "2026-11-22 09:36:30.5 +0000 UTC m=+0.000012345 => has a space instead of T, a"
                    + " space before its offset, an offset without a colon and a zone name after"
                    + " its offset | 2026-11-22T09:36:30.5+00:00",
                "2026-11-22T09:36:30Z[UTC] => has a zone in brackets | 2026-11-22T09:36:30Z",
                "2026-11-22T10:36:30+01:00[Europe/Berlin] => has a zone in brackets"
                    + " | 2026-11-22T10:36:30+01:00",
                "2026-11-22T09:36Z[UTC] => has no seconds and a zone in brackets"
                    + " | 2026-11-22T09:36:00Z",
                "2026-11-22T09:36:30[UTC] => has a zone in brackets | 2026-11-22T09:36:30Z",
                "2026-11-22T09:36:30[GMT] => has GMT instead of Z | 2026-11-22T09:36:30Z",
                "2026-11-22T09:36:30,123Z => has a comma instead of a point"
                    + " | 2026-11-22T09:36:30.123Z",
                "2026-11-22T10:36:30,5+01:00 => has a comma instead of a point"
                    + " | 2026-11-22T10:36:30.5+01:00",
                "2026-11-22T09:36Z => has no seconds | 2026-11-22T09:36:00Z",
                "2026-11-22 09:36+00 => has a space instead of T, no seconds and an offset without"
                    + " minutes | 2026-11-22T09:36:00+00:00",
                "2026-11-22T09:36:30Z\n => has white space around it | 2026-11-22T09:36:30Z",
                " 2026-11-22T09:36:30Z\t => has white space around it | 2026-11-22T09:36:30Z");
    }

    @Harness.Test("misspelling: no offset is made up")
    static void misspeltWithoutOffset() {
        String utc = " if it is UTC, otherwise with its offset";
        misspelt(
                "2026-11-22T09:36:30 => has no offset | 2026-11-22T09:36:30Z" + utc,
                "2026-11-22T09:36:30.123 => has no offset | 2026-11-22T09:36:30.123Z" + utc,
                "2026-11-22 09:36:30,123 => has a space instead of T, a comma instead of a point"
                    + " and no offset | 2026-11-22T09:36:30.123Z" + utc,
                "2026-11-22T09:36 => has no seconds and no offset | 2026-11-22T09:36:00Z" + utc,
                "2026-11-22T09:36:30 CET => has a zone name instead of an offset",
                "2026-11-22 09:36:30 America/New_York => has a space instead of T and a zone name"
                    + " instead of an offset",
                "2026-11-22T09:36:30[Europe/Berlin] => has a zone name instead of an offset");
    }

    @Harness.Test("misspelling: epoch times by their unit, and a FIX timestamp")
    static void misspeltEpochs() {
        misspelt(
                "1795340190 => is in epoch seconds | 2026-11-22T09:36:30Z",
                "1795340190.123 => is in epoch seconds | 2026-11-22T09:36:30.123Z",
                "1795340190.1234567899 => is in epoch seconds | 2026-11-22T09:36:30.123456789Z",
                "1.79534019e9 => is in epoch seconds | 2026-11-22T09:36:30Z",
                "1795340190000 => is in epoch milliseconds | 2026-11-22T09:36:30Z",
                "1795340190123 => is in epoch milliseconds | 2026-11-22T09:36:30.123Z",
                "1795340190123.5 => is in epoch milliseconds | 2026-11-22T09:36:30.123500Z",
                "1795340190123456 => is in epoch microseconds | 2026-11-22T09:36:30.123456Z",
                "1795340190123456789 => is in epoch nanoseconds | 2026-11-22T09:36:30.123456789Z",
                "1.795340190123456789E18 => is in epoch nanoseconds"
                    + " | 2026-11-22T09:36:30.123456789Z",
                "20261122-09:36:30 => is a FIX timestamp | 2026-11-22T09:36:30Z",
                "20261122-09:36:30.123 => is a FIX timestamp | 2026-11-22T09:36:30.123Z",
                "20261122-09:36:30.123456789 => is a FIX timestamp"
                    + " | 2026-11-22T09:36:30.123456789Z");
    }

    @Harness.Test("misspelling: epoch times from 2000 to 2096")
    static void earliestAndLatestEpochs() {
        for (String row : List.of("946684800 => 2000-01-01T00:00:00Z",
                "946684800000 => 2000-01-01T00:00:00Z",
                "3999999999 => 2096-10-02T07:06:39Z",
                "3999999999999 => 2096-10-02T07:06:39.999Z",
                "3999999999999999999 => 2096-10-02T07:06:39.999999999Z")) {
            String[] half = halves(row);
            equal(half[0], Freshness.Misspelling.of(half[0]).instant(), half[1]);
        }
    }

    @Harness.Test("misspelling: what programs write if there was no tick yet")
    static void misspeltNoTicks() {
        misspelt(
                "0001-01-01T00:00:00Z => is the zero time of Go and .NET",
                "0001-01-01T00:00:00 => is the zero time of Go and .NET",
                "0001-01-01 00:00:00 +0000 UTC => is the zero time of Go and .NET",
                "0001-01-01T00:00:00+01:00 => is the zero time of Go and .NET",
                "-62135596800 => is the zero time of Go and .NET",
                "-62135596800000 => is the zero time of Go and .NET",
                "-6795364578871345152 => is the zero time of Go and .NET",
                "0000-00-00 00:00:00 => is the zero date of MySQL",
                "1970-01-01T00:00:00Z => is the beginning of the Unix epoch",
                "1970-01-01T00:00:00.000+0000 => is the beginning of the Unix epoch",
                "1970-01-01 01:00:00+01 => is the beginning of the Unix epoch",
                "0 => is the beginning of the Unix epoch",
                "0.0 => is the beginning of the Unix epoch",
                " => is empty", "NaT => is NaT", "NaN => is NaN", "None => is None",
                "null => is null as a text", "nil => is nil");
        equal("empty", Freshness.Misspelling.of("").isNoTick(), false);
        for (String none : List.of("NaT", "0", "0001-01-01T00:00:00Z")) {
            equal(none, Freshness.Misspelling.of(none).isNoTick(), true);
        }
        equal("a tick", Freshness.Misspelling.of("1795340190").isNoTick(), false);
    }

    @Harness.Test("misspelling: what is ambiguous, or no time, is not guessed at")
    static void notMisspelt() {
        for (String text : List.of("x", "Z", "now", "yesterday", "2026-11-22",
                "22/11/2026 09:36:30", "11/22/2026 09:36", "2026/11/22 09:36:30Z",
                "Sun, 22 Nov 2026 09:36:30 GMT", "26-11-22T09:36:30Z", "2026-11-22T9:36:30Z",
                "09:36:30", "20261122", "20261122093630", "2026-11-22T24:00:00Z",
                "2026-11-31 09:36:30Z", "2026-13-22 09:36:30Z", "2026-11-22 09:60:30Z",
                "2026-11-22 09:36:60Z", "2026-11-22 09:36:30+24:00", "2026-11-22T09:36:30+0160",
                "2026-11-22T09:36:30+1:00", "2026-11-22T09:36:30+100", "2026-11-22T09:36.5Z",
                "2026-11-22T09:36,5Z", "2026-11-22T09:36:30.Z", "2026-11-22T09:36:30,Z",
                "2026-11-22T09:36:30.5.5Z", "2026-11-22T09:36:30ZZ", "2026-11-22T09:36:30Z+00:00",
                "2026-11-22T09:36:30+01:00:00", "2026-11-22  09:36:30Z", "2026-11-22T09:36:30Z[",
                "2026-11-22T09:36:30Z]", "2026-11-22T09:36:30Z[UTC]x", "2026-11-22T09:36:30 C@T",
                "2026-11-22T09:36:30 C[T", "2026-11-22T09:36:30 C`T", "2026-11-22T09:36:30 C{T",
                "2026-11-22T09:36:30 C~T", "2026-11-22T09:36:30 /CET", "2026-11-22T09:36:30 9CET",
                "2026-11-22T09:36:30Z[]", "2026-11-22T09:36:30+01:00[C{T]",
                "2026-11-22T09:36:30 +0100 (CET)", "2026-11-22T09:36:30 +0100 m=+1",
                "2026-11-22T09:36:30Z UTC", "20261122-9:36:30", "20261131-09:36:30",
                "20261122-09:36:30+01", "20261122-09:36", "1", "8", "-1", "-1795340190",
                "946684799", "4000000000", "946684799999", "4000000000000", "179534019",
                "17953401900000000000000", "1e400", "1e-400", "1795340190s", "0x6b028fde",
                "1,795,340,190", "true", "[]", "{}", "9".repeat(1001), "1990-01-01T00:00:00Z",
                "2026-11-22T09:36:30Z")) {
            equal(text, Freshness.Misspelling.of(text), null);
        }
    }

    @Harness.Test("misspelling: what is shown is an instant for each text that is none")
    static void shownInstants() {
        List<String> texts = new ArrayList<>(NO_INSTANTS);
        texts.addAll(damagedInstants());
        for (String text : texts) {
            Freshness.Misspelling found = Freshness.Misspelling.of(text);
            if (found != null && found.instant() != null) {
                boolean isInstant = Freshness.Time.instant(found.instant()) != null;
                equal(text + ", shown as " + found.instant(), isInstant, true);
            }
        }
    }

    /** Checks rows "text => fault | suggestion"; the suggestion denotes the moment of the text. */
    private static void misspelt(String... rows) {
        for (String row : rows) {
            String[] half = halves(row);
            Freshness.Misspelling found = Freshness.Misspelling.of(half[0]);
            String got = "null";
            if (found != null) {
                got = found.fault();
            }
            if (found != null && found.suggestion() != null) {
                got += " | " + found.suggestion();
                // Read by java.time: each of these rows means a moment of this minute.
                Instant shown = OffsetDateTime.parse(found.instant()).toInstant();
                equal(half[0], shown.truncatedTo(ChronoUnit.MINUTES).toString(),
                        "2026-11-22T09:36:00Z");
                equal(half[0], Freshness.Time.instant(found.instant()), shown);
            }
            equal(half[0], got, half[1]);
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
            equal(half[0] + " with its unit", Freshness.Figures.EXACT.limit(nanos), unit);
        }
    }

    // An age and a limit in seconds; how people see them, the one beside the other.
    private static final String FIGURES = """
        0 90 => 0s of 90s
        8 90 => 8s of 90s
        8.25 90 => 8.25s of 90s
        8.2501 90 => 8.251s of 90s
        0.000000001 90 => 0.001s of 90s
        89.9990001 90 => 90s of 90s
        90 90 => 90s of 90s
        90.000000001 90 => 90.001s of 90s
        90.0005 90.0005 => 90s of 90s
        90.0002 90.0008 => 90s of 90s
        90.0008 90.0002 => 90.001s of 90s
        90.0015 90.0015 => 90.001s of 90.001s
        90.0001 90.0015 => 90.001s of 90.001s
        0.0001 0.0005 => 0.0005s of 0.0005s
        0.0006 0.0005 => 0.001s of 0.0005s
        9999.9991 90 => 10000s (2h 46m) of 90s
        9999.999 9999.9999 => 9999.999s of 9999.999s
        10000 10000 => 10000s (2h 46m) of 10000s (2h 46m)
        10799.9995 90 => 10800s (3h) of 90s
        10859 90 => 10859s (3h) of 90s
        10860 90 => 10860s (3h 1m) of 90s
        86400 90 => 86400s (1d) of 90s
        86460.5 90 => 86460.5s (1d 1m) of 90s
        226804.550528 90 => 226804.551s (2d 15h) of 90s
        8 1000000000 => 8s of 1000000000s (11574d 1h 46m)
        4000000000 90 => 4000000000s (46296d 7h 6m) of 90s""";

    @Harness.Test("time: for people there are three decimals at most, and days, hours and minutes")
    static void figuresForPeople() {
        for (Row row : Row.table(FIGURES)) {
            String[] seconds = row.cell(0).split(" ");
            long age = Freshness.Time.ageNanos(seconds[0]);
            if (age == Freshness.Time.INVALID_AGE) {
                age = Freshness.Time.FOREVER;
            }
            long limit = Freshness.Time.limitNanos(seconds[1]);
            Freshness.Figures people = Freshness.Figures.READABLE;
            equal(row.line(), people.age(age, limit) + " of " + people.limit(limit), row.cell(1));
            Freshness.Figures programs = Freshness.Figures.EXACT;
            equal(row.line() + " exactly", programs.age(age, limit) + " " + programs.limit(limit),
                seconds[0] + "s " + seconds[1] + "s");
        }
        for (Freshness.Figures figures : Freshness.Figures.values()) {
            for (long none : new long[] {Freshness.Time.UNKNOWN_AGE, Freshness.Time.INVALID_AGE}) {
                equal("no age", figures.age(none, 90_000_000_000L), "?");
                equal("no age and no limit", figures.age(none, Freshness.Time.NO_LIMIT), "?");
            }
            equal("no limit", figures.limit(Freshness.Time.NO_LIMIT), "?");
            equal("beside no limit", figures.age(8_000_000_000L, Freshness.Time.NO_LIMIT), "8s");
        }
    }

    @Harness.Test("time: rounded for people, an age is above its limit only if it is")
    static void roundedFigures() {
        long[] nanos = {1, 499_999, 500_000, 999_999, 1_000_000, 1_000_001, 1_499_999, 1_999_999,
            2_000_000, 90_000_000_000L, 90_000_000_001L, 90_000_499_999L, 90_000_999_999L,
            90_001_000_000L, 90_001_000_001L, 9_999_999_999_999L, 10_000_000_000_000L};
        for (long age : nanos) {
            for (long limit : nanos) {
                Freshness.Figures people = Freshness.Figures.READABLE;
                BigDecimal shownAge = new BigDecimal(people.age(age, limit).split("s")[0]);
                BigDecimal shownLimit = new BigDecimal(people.limit(limit).split("s")[0]);
                String row = age + " beside " + limit;
                equal(row, shownAge.compareTo(shownLimit) > 0, age > limit);
                if (age == limit) {
                    equal(row, shownAge, shownLimit);
                }
                equal(row, shownLimit.signum(), 1);
            }
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
