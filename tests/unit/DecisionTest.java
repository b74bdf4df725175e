import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** DecisionTest checks what is decided about a feed from a baseline, a state and an instant. */
final class DecisionTest extends Sandbox {
    private static final String BASELINE = document("limit 90", feed("x", "alive true, age 8"));

    // ---- Ages and limits ----

    @Harness.Test("decision: the age is compared with the limit exactly")
    static void ageAgainstLimit() {
        verdicts(
                "alive true, age 0 => fresh none 0/90",
                "alive true, age 8 => fresh none 8/90",
                "alive true, age 8.500 => fresh none 8.5/90",
                "alive true, age 89.9999999 => fresh ticket 89.9999999/90",
                "alive true, age 89.99999999999999999999 => fresh ticket 90/90",
                "alive true, age 90 => fresh ticket 90/90",
                "alive true, age 90.00000000000 => fresh ticket 90/90",
                "alive true, age 90.0000001 => stale page 90.0000001/90",
                "alive true, age 90.000000001 => stale page 90.000000001/90",
                "alive true, age 90.00000000000000000001 => stale page 90.000000001/90",
                "alive true, age 91 => stale page 91/90",
                "alive true, age 660 => stale page 660/90");
    }

    @Harness.Test("decision: an age may be a number of every form")
    static void formsOfNumbers() {
        verdicts(
                "alive true, age -0 => fresh none 0/90",
                "alive true, age -0.0e5 => fresh none 0/90",
                "alive true, age 0e999999999 => fresh none 0/90",
                "alive true, age 0e99999999999999999999 => fresh none 0/90",
                "alive true, age 0E99999999999999999999 => fresh none 0/90",
                "alive true, age 1e00000000000000000001 => fresh none 10/90",
                "alive true, age 9000e-00000000000000000002 => fresh ticket 90/90",
                "alive true, age 1e1 => fresh none 10/90",
                "alive true, age 9E+1 => fresh ticket 90/90",
                "alive true, age 0.9e2 => fresh ticket 90/90",
                "alive true, age 900e-1 => fresh ticket 90/90",
                "alive true, age 9000000001e-8 => stale page 90.00000001/90",
                "alive true, age 1e2 => stale page 100/90",
                "alive true, age 1E00002 => stale page 100/90",
                "alive true, age 1e-1000 => fresh none 0.000000001/90",
                "alive true, age 10e-1001 => fresh none 0.000000001/90",
                "alive true, age 0e-9999 => fresh none 0/90");
    }

    @Harness.Test("decision: a number that is negative, too large or too fine is no age")
    static void numbersThatAreNoAge() {
        for (String age : List.of(
                "4294967304", // 8 in 32 bits
                "18446744073709551624", // 8 in 64 bits
                "18446744082", // small in nanoseconds of 64 bits
                "1e400", "1e999999999", "1e99999999999999999999",
                "10e2147483647", "1000e2147483647", "1e-2147483648", "0.1e-2147483647",
                "1e-1001", "-1e999999999", "-1.0000001", "-30")) {
            verdicts("alive true, age " + age + " => age_invalid page ?/90");
        }
    }

    @Harness.Test("decision: a tick up to a second ahead is of now, as an age and as an instant")
    static void aSecondAhead() {
        for (String row : List.of(
                "-0.05 | 09:37:00.05 => fresh none 0/90 | fresh none 0/90",
                "-0.999999999 | 09:37:00.999999999 => fresh none 0/90 | fresh none 0/90",
                "-1 | 09:37:01 => fresh none 0/90 | fresh none 0/90",
                "-1.000000001 | 09:37:01.000000001 => age_invalid page ?/90 | tick_skew page ?/90",
                "-1.0001 | 09:37:01.0001 => age_invalid page ?/90 | tick_skew page ?/90",
                "-30 | 09:37:30 => age_invalid page ?/90 | tick_skew page ?/90")) {
            String[] half = halves(row);
            String[] forms = half[0].split(" \\| ");
            String[] want = half[1].split(" \\| ");
            verdicts("alive true, age " + forms[0] + " => " + want[0],
                    "alive true, last_tick_at '2026-11-22T" + forms[1] + "Z' => " + want[1]);
        }
        String aged = document("limit 90, as_of '2026-11-22T09:36:00Z'",
                feed("x", "alive true, age -0.5"));
        equal(aged, decided(BASELINE, aged, NOW), "x fresh ticket 60/90");
        verdicts("alive true, age 8, limit -0.5 => limit_invalid page 8/?",
                "alive true, age -0.5, last_tick_at '2026-11-22T09:36:30Z' => fresh none 30/90");
    }

    @Harness.Test("decision: an age is plausible up to its limit")
    static void longestAge() {
        long max = Freshness.MAX_AGE_SECONDS;
        verdicts(
                "alive true, age " + max + " => stale page " + max + "/90",
                "alive true, age " + max + ".0000000001 => age_invalid page ?/90",
                "alive true, age " + (max + 1) + " => age_invalid page ?/90",
                // NOW in seconds since 1970: a time in place of an age
                "alive true, age 1795340220 => age_invalid page ?/90");
    }

    @Harness.Test("decision: a number may be as long as the limit of its length, and no longer")
    static void longestNumber() {
        String zeros = "0".repeat(Freshness.MAX_NUMBER_CHARS - 4);
        verdicts(
                "alive true, age 90." + zeros + "1 => stale page 90.000000001/90",
                "alive true, age 90." + zeros + "0 => fresh ticket 90/90",
                "alive true, age 90." + zeros + "00 => age_invalid page ?/90",
                "alive true, age 8, limit 90." + zeros + "00 => limit_invalid page 8/?");
    }

    @Harness.Test("decision: alive is true or false, never a string or a number")
    static void alive() {
        for (String alive : List.of("'true'", "'false'", "'yes'", "''", "1", "0", "null",
                "[true]", "{}", "1e0")) {
            verdicts("alive " + alive + ", age 8 => alive_invalid page 8/90");
        }
        verdicts("age 8 => alive_invalid page 8/90", "alive false, age 8 => feed_down page 8/90");
    }

    @Harness.Test("decision: an age is a number")
    static void ageIsNumber() {
        for (String age : List.of("'8'", "'null'", "''", "true", "false", "[8]", "{}")) {
            verdicts("alive true, age " + age + " => age_invalid page ?/90");
        }
        verdicts(
                "alive true => age_missing page ?/90",
                "alive true, age null => age_missing page ?/90");
    }

    @Harness.Test("decision: a limit is a number above 0")
    static void limitIsNumber() {
        for (String limit : List.of("0", "-0", "0.000", "0e9", "-1", "-90", "'90'", "true", "false",
                "null", "[90]", "{}", "-1e999999999", "1000000001", "1000000000.0000000001",
                "1795340220", "1e300", "1e400", "1e999999999")) {
            verdicts("alive true, age 8, limit " + limit + " => limit_invalid page 8/?");
            limits("90 | " + limit + " => limit_invalid page 1/?");
            limits("90/60 | " + limit + " => limit_invalid page 1/?"); // compared or not
            refusedBaseline(limit);
        }
        verdicts(
                "alive true, age 0, limit 0.000000000000001 => limit_invalid page 0/?",
                "alive true, age 0, limit 0.0000000019 => fresh none 0/0.000000001",
                "alive true, age 1e-14, limit 1e-9 => fresh ticket 0.000000001/0.000000001",
                "alive true, age 1.00000000000001e-9, limit 1e-9"
                    + " => stale page 0.000000002/0.000000001");
    }

    @Harness.Test("decision: a state can tighten its limit, never loosen it")
    static void claimedLimits() {
        limits(
                "90 | 90 => fresh none 1/90",
                "90 | 90.000 => fresh none 1/90",
                "90 | 30 => fresh none 1/30",
                "90 | 90/30 => fresh none 1/30",
                "90 | 900 => fresh ticket 1/90",
                "90 | 90/900 => fresh ticket 1/90",
                "90 | 90.00000000000000000001 => fresh none 1/90",
                "90 | 90.000000001 => fresh ticket 1/90",
                "90 | 1e9 => fresh ticket 1/90",
                "1e9 | 1e9 => fresh none 1/1000000000",
                "90 | 900/90 => fresh none 1/90",
                "90/30 | 90/30 => fresh none 1/30",
                "90/30 | 90/2 => fresh none 1/2",
                "90/120 | 90/120 => fresh none 1/120",
                "-/30 | -/30 => fresh none 1/30",
                "90/30 | 'x'/30 => fresh none 1/30",
                "- | 90 => limit_invalid page 1/?",
                "90 | - => fresh none 1/90",
                "90 | null => limit_invalid page 1/?");
        verdicts(
                "alive true, age 30, limit 30 => fresh ticket 30/30",
                "alive true, age 30.1, limit 30 => stale page 30.1/30",
                "alive true, age 91, limit 900 => stale page 91/90");
    }

    @Harness.Test("decision: like is compared with like: one feed's limit, or the one for all")
    static void likeWithLike() {
        limits(
                // What the state claims for all says nothing about a feed with its own contract.
                "60/3600 | 60 => fresh none 1/3600",
                "60/5 | 60 => fresh none 1/5",
                "60/0.5 | 60 => stale page 1/0.5",
                "90/30 | 900 => fresh none 1/30",
                "-/30 | 10 => fresh none 1/30",
                "-/30 | 'x' => limit_invalid page 1/?",
                "60/3600 | null => limit_invalid page 1/?",
                // What it claims for the feed itself does, and replaces what it claims for all.
                "60/3600 | 60/120 => fresh none 1/120",
                "60/5 | 60/10 => fresh ticket 1/5",
                "60/3600 | 'x'/120 => fresh none 1/120",
                "90 | 10/80 => fresh none 1/80",
                "90 | 10/900 => fresh ticket 1/90",
                "90 | 10/0 => limit_invalid page 1/?");
    }

    /** A baseline with that limit, for all or for one feed, is no baseline. */
    private static void refusedBaseline(String limit) {
        for (String text : List.of(
                document("limit " + limit, feed("x", "")),
                document("limit 90", feed("y", ""), feed("x", "limit " + limit)))) {
            try {
                Freshness.State.of(Freshness.Document.of("base", text), Freshness.Role.baseline);
                equal(text, "taken", "refused");
            } catch (Freshness.DataException e) {
                String at = "base:1:" + (text.lastIndexOf("max_age_seconds") + 18) + ": ";
                equal(text, e.getMessage(), at
                        + "expected a limit, a number greater than 0 and at most 1000000000, found "
                        + limit.replace('\'', '"'));
            }
        }
    }

    @Harness.Test("decision: past half its limit, a fresh feed raises a ticket")
    static void ticket() {
        verdicts(
                "alive true, age 44.9999999 => fresh none 44.9999999/90",
                "alive true, age 45 => fresh none 45/90",
                "alive true, age 45.0000001 => fresh ticket 45.0000001/90",
                "alive true, age 45.00000000000000000001 => fresh ticket 45.000000001/90",
                "alive true, age 15, limit 30 => fresh none 15/30",
                "alive true, age 16, limit 30 => fresh ticket 16/30");
    }

    // ---- The date of the snapshot ----

    @Harness.Test("decision: a snapshot ages, and one from the future proves nothing")
    static void ageOfSnapshot() {
        dated(
                "2026-11-22T09:37:00Z => fresh none 8/90",
                "2026-11-22T09:36:59.5Z => fresh none 8.5/90",
                "2026-11-22T09:36:00Z => fresh ticket 68/90",
                "2026-11-22T09:35:38Z => fresh ticket 90/90",
                "2026-11-22T09:35:37.999999999Z => stale page 90.000000001/90",
                "2026-11-22T08:37:00Z => stale page 3608/90",
                "1970-01-01T00:00:00Z => stale page 1795340228/90",
                "0001-01-01T00:00:00Z => stale page 4000000000/90",
                "2026-11-22T09:37:00.000000001Z => fresh none 8/90",
                "2026-11-22T09:37:01Z => fresh none 8/90",
                "2026-11-22T09:37:01.000000001Z => clock_skew page ?/90",
                "2026-11-22T09:37:02Z => clock_skew page ?/90",
                "9999-12-31T23:59:59Z => clock_skew page ?/90");
    }

    @Harness.Test("decision: the time since as_of is added to every fraction of an age")
    static void fractionOfAge() {
        String state = document("limit 90, as_of '2026-11-22T09:36:59.75Z'",
                feed("x", "alive true, age 0.0000000000005"));
        equal(state, decided(BASELINE, state, NOW), "x fresh none 0.250000001/90");
    }

    @Harness.Test("decision: as_of may have each form of RFC 3339")
    static void formsOfInstants() {
        dated(
                "2026-11-22T10:37:00+01:00 => fresh none 8/90",
                "2026-11-22T10:07:00+00:30 => fresh none 8/90",
                "2026-11-21T22:07:00-11:30 => fresh none 8/90",
                "2026-11-23T09:36:00+23:59 => fresh none 8/90",
                "2026-11-22T09:37:00-00:00 => fresh none 8/90",
                "2026-11-22t09:37:00z => fresh none 8/90",
                "2026-11-22T09:36:59.750000000000000Z => fresh none 8.25/90",
                "2026-11-22T09:36:59.7500000001Z => fresh none 8.25/90",
                "2026-11-22T09:36:59.9999999999Z => fresh none 8.000000001/90",
                "2026-11-22T10:36:59.75+01:00 => fresh none 8.25/90",
                "2024-02-29T00:00:00Z => stale page 86175428/90");
    }

    @Harness.Test("decision: an as_of that is no instant makes each feed unknown")
    static void invalidAsOf() {
        for (String text : TimeTest.NO_INSTANTS) {
            asOf("'" + text.replace("\n", "\\n") + "'", "as_of_invalid page ?/90");
        }
        for (String value : List.of("1795340220", "1795340220.5", "true", "false", "'null'",
                "['2026-11-22T09:37:00Z']", "{'time':'2026-11-22T09:37:00Z'}")) {
            asOf(value, "as_of_invalid page ?/90");
        }
    }

    @Harness.Test("decision: no other character is taken in any place of as_of")
    static void damagedAsOf() {
        for (String damaged : TimeTest.damagedInstants()) {
            asOf("'" + damaged + "'", "as_of_invalid page ?/90");
        }
    }

    @Harness.Test("decision: a baseline can require a date, a state cannot")
    static void requiredDate() {
        for (String row : List.of(
                "true | - => as_of_missing page ?/90",
                "true | '" + NOW + "' => fresh none 8/90",
                "true | 'x' => as_of_invalid page ?/90",
                "false | - => fresh none 8/90",
                "- | - => fresh none 8/90")) {
            String[] half = halves(row);
            String[] members = half[0].split(" \\| ");
            String feed = feed("x", "alive true, age 8");
            String baseline = document("limit 90, require_as_of " + members[0], feed);
            String state = document("limit 90, as_of " + members[1], feed);
            equal(row, decided(baseline, state, NOW), "x " + half[1]);
        }
        for (String claim : List.of("true", "'yes'", "1", "null")) {
            String state = document("limit 90, require_as_of " + claim,
                    feed("x", "alive true, age 8"));
            equal(state, decided(BASELINE, state, NOW), "x fresh none 8/90");
        }
    }

    @Harness.Test("decision: an as_of that is null is missing, required or not")
    static void nullAsOf() {
        for (String required : List.of("true", "false", "-")) {
            String baseline = document("limit 90, require_as_of " + required, feed("x", ""));
            for (String row : List.of(
                    "alive true, age 8 => as_of_missing page ?/90",
                    "alive true => as_of_missing page ?/90",
                    "alive true, last_tick_at null => as_of_missing page ?/90",
                    "alive true, age 8, last_tick_at null => as_of_missing page ?/90",
                    "alive 'x', age 'x' => as_of_missing page ?/90",
                    // A feed that dates its tick needs no other date.
                    "alive true, last_tick_at '2026-11-22T09:36:52Z' => fresh none 8/90",
                    "alive true, last_tick_at '2026-11-22T09:35:29Z' => stale page 91/90",
                    "alive true, last_tick_at '2026-11-22T09:36:52Z', age 30 => fresh none 30/90",
                    "alive true, last_tick_at '2026-11-22T09:36:52Z', age 91 => stale page 91/90",
                    "alive true, last_tick_at '2026-11-22T09:37:02Z' => tick_skew page ?/90",
                    "alive true, last_tick_at 'x' => age_invalid page ?/90",
                    "alive false, last_tick_at '2026-11-22T09:36:52Z' => feed_down page 8/90")) {
                String[] half = halves(row);
                String state = document("limit 90, as_of null", feed("x", half[0]));
                equal(baseline + state, decided(baseline, state, NOW), "x " + half[1]);
            }
        }
        String mixed = document("limit 90, as_of null",
                feed("x", "alive true, last_tick_at '2026-11-22T09:36:52Z'"),
                feed("y", "alive true, age 1"));
        String baseline = document("limit 90", feed("x", ""), feed("y", ""));
        equal(mixed, decided(baseline, mixed, NOW),
                "x fresh none 8/90, y as_of_missing page ?/90");
        // In a baseline it decides nothing, like any date there.
        String state = document("limit 90", feed("x", "alive true, age 8"));
        equal(state, decided(document("limit 90, as_of null", feed("x", "")), state, NOW),
                "x fresh none 8/90");
    }

    // ---- Which feeds ----

    @Harness.Test("decision: feeds come in the order of the baseline, then the unexpected ones")
    static void order() {
        String baseline = document("limit 90",
                feed("b", "alive false, age 900"), feed("a", "age null"), feed("c", ""));
        for (String row : List.of(
                "b a c => b fresh none 1/90, a fresh none 1/90, c fresh none 1/90",
                "c b a => b fresh none 1/90, a fresh none 1/90, c fresh none 1/90",
                "b c => b fresh none 1/90, a feed_missing page ?/90, c fresh none 1/90",
                "z => b feed_missing page ?/90, a feed_missing page ?/90, c feed_missing page ?/90,"
                    + " z feed_unexpected page ?/?",
                "z c y a x b => b fresh none 1/90, a fresh none 1/90, c fresh none 1/90,"
                    + " z feed_unexpected page ?/?, y feed_unexpected page ?/?,"
                    + " x feed_unexpected page ?/?",
                "b a C => b fresh none 1/90, a fresh none 1/90, c feed_missing page ?/90,"
                    + " C feed_unexpected page ?/?")) {
            String[] half = halves(row);
            List<String> names = List.of(half[0].split(" "));
            String state = document("limit 90", feeds(names, "alive true, age 1"));
            equal(half[0], decided(baseline, state, NOW), half[1]);
        }
    }

    @Harness.Test("decision: a thousand feeds are decided the same in another order")
    static void thousandFeeds() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            names.add(switch (i % 3) {
                case 0 -> "feed-" + i;
                case 1 -> "\\u0066eed-" + i;
                default -> "\ud83d\ude00" + i;
            });
        }
        String baseline = document("limit 90", feeds(names, "alive true, age 8"));
        String fresh = decided(baseline, baseline, NOW);
        equal("fresh", fresh.split(" fresh none 8/90").length, 1000);
        Collections.reverse(names);
        String reversed = document("limit 90", feeds(names, "alive true, age 8"));
        equal("in another order", decided(baseline, reversed, NOW), fresh);
        for (int twice : new int[] {0, 7, 8, 15, 16, 500, 999}) {
            List<String> more = new ArrayList<>(names);
            more.add(names.get(twice));
            byte[] state = document("limit 90", feeds(more, "")).getBytes(UTF_8);
            Run run = runWith(new ByteArrayInputStream(state), "status --state -");
            boolean isNamed = run.out().contains("duplicate feed: ");
            equal(names.get(twice) + " twice", run.exit() + " " + isNamed, "3 true");
        }
    }

    // ---- The order of the table ----

    @Harness.Test("decision: if two faults meet, the first of the table counts")
    static void twoFaults() {
        verdicts(
                "limit 0 => alive_invalid page ?/?",
                "alive 'x', limit 0, age -2 => alive_invalid page ?/?",
                "alive false, limit 0 => feed_down page ?/?",
                "alive false, age null => feed_down page ?/90",
                "alive false, age -2 => feed_down page ?/90",
                "alive false, age 660 => feed_down page 660/90",
                "alive true, limit 0 => limit_invalid page ?/?",
                "alive true, limit 0, age 'x' => limit_invalid page ?/?",
                "alive true, limit 0, age 660 => limit_invalid page 660/?");
    }

    @Harness.Test("decision: a fault of the date comes before every other fault of a feed")
    static void dateFirst() {
        String baseline = document("limit 90, require_as_of true",
                feed("x", "alive true, age 8"), feed("y", "alive true, age 8"));
        String others = ", y feed_missing page ?/90, z feed_unexpected page ?/?";
        for (String row : List.of(
                "as_of 'x' => as_of_invalid page ?",
                "as_of '2030-01-01T00:00:00Z' => clock_skew page ?",
                "note 0 => as_of_missing page ?")) {
            String[] half = halves(row);
            String unexpected = feed("z", "alive true, age 8");
            for (String faults : List.of("alive 'x', age -2", "alive false", "alive true",
                    "alive true, age 660")) {
                String state = document("limit 90, " + half[0], feed("x", faults), unexpected);
                equal(state, decided(baseline, state, NOW), "x " + half[1] + "/90" + others);
            }
            String state = document("limit 0, " + half[0],
                    feed("x", "alive true, age 660"), unexpected);
            equal(state, decided(baseline, state, NOW), "x " + half[1] + "/?" + others);
        }
    }

    @Harness.Test("decision: an error makes each feed unknown, whatever the state says")
    static void error() {
        String text = document("limit 90", feed("x", "alive true, age 8"), feed("y", "limit 30"));
        Freshness.State baseline = state(text, true);
        for (Freshness.State claim : Arrays.asList(null, state(text, false))) {
            Freshness.Decision decision = new Freshness.Decision(baseline, claim,
                    "the disk is gone", Instant.parse(NOW), 0);
            equal("claim " + claim, shown(decision.all()),
                    "x state_invalid page ?/90, y state_invalid page ?/30");
            String sentence = decision.of("x").sentence(Freshness.Figures.EXACT);
            equal("claim " + claim, sentence.contains("the disk is gone"), true);
            equal("claim " + claim, decision.of("nobody"), null);
        }
    }

    // ---- Dated ticks ----

    @Harness.Test("last_tick_at: the age is now minus that instant, and the older of two counts")
    static void tick() {
        verdicts(
                "alive true, last_tick_at '2026-11-22T09:36:52Z' => fresh none 8/90",
                "alive true, last_tick_at '2026-11-22T10:36:52+01:00' => fresh none 8/90",
                "alive true, last_tick_at '2026-11-22T09:36:52.123456789Z'"
                    + " => fresh none 7.876543211/90",
                "alive true, last_tick_at '2026-11-22T09:35:30Z' => fresh ticket 90/90",
                "alive true, last_tick_at '2026-11-22T09:35:29.999999999Z'"
                    + " => stale page 90.000000001/90",
                "alive true, last_tick_at '2026-11-22T09:35:29.9999999999Z'"
                    + " => stale page 90.000000001/90",
                "alive true, last_tick_at '2026-11-22T09:37:01.0000000009Z' => fresh none 0/90",
                "alive true, last_tick_at '2026-11-22T09:37:00Z' => fresh none 0/90",
                "alive true, last_tick_at '2026-11-22T09:37:01Z' => fresh none 0/90",
                "alive true, last_tick_at '2026-11-22T09:37:01.000000001Z' => tick_skew page ?/90",
                "alive true, last_tick_at '2999-11-22T09:37:00Z' => tick_skew page ?/90",
                "alive true, last_tick_at '2026-11-22T09:36:52Z', age 100 => stale page 100/90",
                "alive true, last_tick_at '2026-11-22T09:35:00Z', age 3 => stale page 120/90",
                "alive true, last_tick_at '2026-11-22T09:37:01Z', age 3 => fresh none 3/90",
                "alive true, last_tick_at '2026-11-22T09:36:52Z', age null => fresh none 8/90",
                "alive true, last_tick_at null, age 3 => fresh none 3/90",
                "alive true, last_tick_at null => age_missing page ?/90");
    }

    @Harness.Test("last_tick_at: what producers write before the first tick is no tick")
    static void noTickYet() {
        verdicts(
                "alive true, last_tick_at '0001-01-01T00:00:00Z' => age_invalid page ?/90",
                "alive true, last_tick_at '1970-01-01T00:00:00Z' => age_invalid page ?/90",
                "alive true, last_tick_at '1970-01-01T00:00:00Z', age 3 => age_invalid page ?/90",
                // As old as an age may be, and one nanosecond more.
                "alive true, last_tick_at '1995-03-16T07:50:20Z' => stale page 1000000000/90",
                "alive true, last_tick_at '1995-03-16T07:50:19.999999999Z'"
                    + " => age_invalid page ?/90");
    }

    @Harness.Test("last_tick_at: an instant or an age that is not valid makes the feed unknown")
    static void invalidTick() {
        for (String members : List.of(
                "last_tick_at '2026-11-22T09:36:52Z', age -30",
                "last_tick_at '2026-11-22T09:36:52Z', age 'x'",
                "last_tick_at 'null', age 3",
                "last_tick_at '', age 3",
                "last_tick_at 'now', age 3",
                "last_tick_at '2026-11-22 09:36:52Z', age 3",
                "last_tick_at '2026-11-22T09:36:52', age 3",
                "last_tick_at 1795340212, age 3",
                "last_tick_at true, age 3",
                "last_tick_at [], age 3")) {
            verdicts("alive true, " + members + " => age_invalid page ?/90");
        }
    }

    @Harness.Test("decision: a time that is cut is older than any limit, by any clock")
    static void cutTime() {
        String baseline = document("limit 1e9", feed("x", ""));
        for (String now : List.of("2026-11-22T09:37:00Z", "2026-11-22T09:37:00.2Z",
                "2026-11-22T09:37:00.000000001Z", "2026-11-22T09:37:00.000000002Z")) {
            for (String longAgo : List.of("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.5Z",
                    "1800-01-01T00:00:00Z")) {
                String ticked = document("limit 1e9",
                        feed("x", "alive true, last_tick_at '" + longAgo + "'"));
                equal(ticked + " at " + now, decided(baseline, ticked, now),
                        "x age_invalid page ?/1000000000");
                String frozen = document("limit 1e9, as_of '" + longAgo + "'",
                        feed("x", "alive true, age 8"));
                equal(frozen + " at " + now, decided(baseline, frozen, now),
                        "x stale page 4000000000/1000000000");
            }
            for (String ahead : List.of("9999-01-01T00:00:00Z", "9999-01-01T00:00:00.5Z")) {
                String skewed = document("limit 90, as_of '" + ahead + "'",
                        feed("x", "alive true, age 8"));
                String sentence = decision(baseline, skewed, now).of("x")
                        .sentence(Freshness.Figures.EXACT);
                equal(skewed + " at " + now, sentence, "as_of is 4000000000s in the future");
            }
        }
    }

    @Harness.Test("last_tick_at: it counts beside as_of, and takes its place")
    static void tickAndAsOf() {
        String strict = document("limit 90, require_as_of true", feed("x", ""), feed("y", ""));
        String tick = "alive true, last_tick_at '2026-11-22T09:36:52Z'";
        // as_of; then x, which is dated, and y, which is not.
        for (String row : List.of(
                "- => x fresh none 8/90, y as_of_missing page ?/90",
                "'2026-11-22T09:36:50Z' => x fresh none 10/90, y fresh none 13/90",
                "'2026-11-22T08:37:00Z' => x stale page 3600/90, y stale page 3603/90",
                "'soon' => x as_of_invalid page ?/90, y as_of_invalid page ?/90",
                "'2026-11-22T09:37:02Z' => x clock_skew page ?/90, y clock_skew page ?/90")) {
            String[] half = halves(row);
            String age = half[0].equals("-") ? "" : ", age 0";
            String state = document("limit 90, as_of " + half[0],
                    feed("x", tick + age), feed("y", "alive true, age 3"));
            equal(state, decided(strict, state, NOW), half[1]);
        }
        // However old the snapshot is, a feed that has only its tick is as old as that.
        String state = document("limit 90, as_of '2026-11-22T08:37:00Z'", feed("x", tick));
        String baseline = document("limit 90", feed("x", ""));
        equal(state, decided(baseline, state, NOW), "x fresh none 8/90");
    }

    // ---- Rows ----

    /** Checks rows of what a state says about its feed, with a limit of 90 in both documents. */
    private static void verdicts(String... rows) {
        for (String row : rows) {
            String[] half = halves(row);
            String state = document("limit 90", feed("x", half[0]));
            equal(half[0], decided(BASELINE, state, NOW), "x " + half[1]);
        }
    }

    /** Checks rows "baseline | state", each "limit" or "limit/the feed's own"; "-" is absent. */
    private static void limits(String... rows) {
        for (String row : rows) {
            String[] half = halves(row);
            String[] sides = half[0].split(" \\| ");
            String got = decided(limited(sides[0]), limited(sides[1]), NOW);
            equal("limits " + half[0], got, "x " + half[1]);
        }
    }

    private static String limited(String limit) {
        String[] limits = (limit + "/-").split("/");
        String feed = feed("x", "alive true, age 1, limit " + limits[1]);
        return document("limit " + limits[0], feed);
    }

    /** Checks rows of the text of as_of. */
    private static void dated(String... rows) {
        for (String row : rows) {
            String[] half = halves(row);
            asOf("'" + half[0] + "'", half[1]);
        }
    }

    /** Checks a state with that value, as JSON, for as_of. */
    private static void asOf(String value, String want) {
        String json = value.replace('\'', '"');
        String state = "{\"as_of\":" + json + ",\"max_age_seconds\":90,\"feeds\":["
                + feed("x", "alive true, age 8") + "]}";
        equal("as_of " + value, decided(BASELINE, state, NOW), "x " + want);
    }

    private static String[] feeds(List<String> names, String members) {
        return names.stream().map(name -> feed(name, members)).toArray(String[]::new);
    }
}
