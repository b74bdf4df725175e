import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** DecisionTest: what is decided of a feed, from a baseline, a state and an instant. */
final class DecisionTest extends Sandbox {
    // ---- Decision ----

    static void decision() {
        test("decision: the age against the limit, exactly", () -> verdicts(
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
            "alive true, age 660 => stale page 660/90"));

        test("decision: numbers of every form", () -> verdicts(
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
            "alive true, age 4294967304 => age_invalid page ?/90", // 8 in 32 bits
            "alive true, age 18446744073709551624 => age_invalid page ?/90", // 8 in 64 bits
            "alive true, age 18446744082 => age_invalid page ?/90", // small in nanoseconds of 64 bits
            "alive true, age 1e400 => age_invalid page ?/90",
            "alive true, age 1e999999999 => age_invalid page ?/90",
            "alive true, age 1e99999999999999999999 => age_invalid page ?/90",
            "alive true, age 10e2147483647 => age_invalid page ?/90",
            "alive true, age 1000e2147483647 => age_invalid page ?/90",
            "alive true, age 1e-2147483648 => age_invalid page ?/90",
            "alive true, age 0.1e-2147483647 => age_invalid page ?/90",
            "alive true, age 1e-1000 => fresh none 0.000000001/90",
            "alive true, age 1e-1001 => age_invalid page ?/90",
            "alive true, age 10e-1001 => fresh none 0.000000001/90",
            "alive true, age 0e-9999 => fresh none 0/90",
            "alive true, age -1e999999999 => age_invalid page ?/90",
            "alive true, age -0.0000001 => age_invalid page ?/90",
            "alive true, age -30 => age_invalid page ?/90"));

        test("decision: a plausible age at its limit and past it", () -> {
            long max = Freshness.MAX_AGE_SECONDS;
            verdicts("alive true, age " + max + " => stale page " + max + "/90",
                "alive true, age " + max + ".0000000001 => age_invalid page ?/90",
                "alive true, age " + (max + 1) + " => age_invalid page ?/90",
                "alive true, age 1795340220 => age_invalid page ?/90"); // NOW since 1970: a time where an age belongs
        });

        test("decision: the length of a number at its limit and past it", () -> {
            int max = Freshness.MAX_NUMBER_CHARS;
            String zeros = "0".repeat(max - 4);
            verdicts("alive true, age 90." + zeros + "1 => stale page 90.000000001/90",
                "alive true, age 90." + zeros + "0 => fresh ticket 90/90",
                "alive true, age 90." + zeros + "00 => age_invalid page ?/90",
                "alive true, age 8, limit 90." + zeros + "00 => limit_invalid page 8/?");
        });

        test("decision: alive is true or false, never a string or a number", () -> {
            for (String alive : List.of("'true'", "'false'", "'yes'", "''", "1", "0", "null", "[true]", "{}", "1e0")) {
                verdicts("alive " + alive + ", age 8 => alive_invalid page 8/90");
            }
            verdicts("age 8 => alive_invalid page 8/90", "alive false, age 8 => feed_down page 8/90");
        });

        test("decision: an age is a number", () -> {
            for (String age : List.of("'8'", "'null'", "''", "true", "false", "[8]", "{}")) {
                verdicts("alive true, age " + age + " => age_invalid page ?/90");
            }
            verdicts("alive true => age_missing page ?/90", "alive true, age null => age_missing page ?/90");
        });

        test("decision: a limit is a number above 0", () -> {
            for (String limit : List.of("0", "-0", "0.000", "0e9", "-1", "-90", "'90'", "true", "false", "null", "[90]", "{}", "-1e999999999")) {
                verdicts("alive true, age 8, limit " + limit + " => limit_invalid page 8/?");
                counted("90", limit, "limit_invalid page 1/?");
                counted(limit, "90", "limit_invalid page 1/?");
            }
            verdicts("alive true, age 0, limit 0.000000000000001 => limit_invalid page 0/?",
                "alive true, age 0, limit 0.0000000019 => fresh none 0/0.000000001",
                "alive true, age 1e-14, limit 1e-9 => fresh ticket 0.000000001/0.000000001",
                "alive true, age 1.00000000000001e-9, limit 1e-9 => stale page 0.000000002/0.000000001");
        });

        // "limit" or "limit/the feed's own" of the baseline and of the state; "-" is absent.
        test("decision: a state can tighten its limit, never loosen it", () -> {
            counted("90", "90", "fresh none 1/90");
            counted("90", "90.000", "fresh none 1/90");
            counted("90", "30", "fresh none 1/30");
            counted("90", "90/30", "fresh none 1/30");
            counted("90", "900", "fresh ticket 1/90");
            counted("90", "90/900", "fresh ticket 1/90");
            counted("90", "90.00000000000000000001", "fresh none 1/90");
            counted("90", "90.000000001", "fresh ticket 1/90");
            counted("90", "1e400", "fresh ticket 1/90");
            counted("90", "1e99999999999999999999", "fresh ticket 1/90");
            counted("1e400", "1e9000", "fresh none 1/3999999999");
            counted("90", "900/90", "fresh none 1/90");
            counted("90/30", "90", "fresh ticket 1/30");
            counted("90/30", "90/30", "fresh none 1/30");
            counted("90/30", "90/2", "fresh none 1/2");
            counted("90/120", "90", "fresh none 1/90");
            counted("90/120", "90/120", "fresh none 1/120");
            counted("-/30", "-/30", "fresh none 1/30");
            counted("0/30", "'x'/30", "fresh none 1/30");
            counted("-", "90", "limit_invalid page 1/?");
            counted("90", "-", "fresh none 1/90");
            counted("90", "null", "limit_invalid page 1/?");
            counted("90/0", "90", "limit_invalid page 1/?");
            verdicts("alive true, age 30, limit 30 => fresh ticket 30/30",
                "alive true, age 30.1, limit 30 => stale page 30.1/30",
                "alive true, age 91, limit 900 => stale page 91/90");
        });

        test("decision: a ticket past half the limit", () -> verdicts(
            "alive true, age 44.9999999 => fresh none 44.9999999/90",
            "alive true, age 45 => fresh none 45/90",
            "alive true, age 45.0000001 => fresh ticket 45.0000001/90",
            "alive true, age 45.00000000000000000001 => fresh ticket 45.000000001/90",
            "alive true, age 15, limit 30 => fresh none 15/30",
            "alive true, age 16, limit 30 => fresh ticket 16/30"));

        test("decision: a snapshot ages, and one from the future proves nothing", () -> dated(
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
            "9999-12-31T23:59:59Z => clock_skew page ?/90"));

        test("decision: the time since as_of is added to every fraction of an age", () -> {
            String state = document("limit 90, as_of '2026-11-22T09:36:59.75Z'", feed("x", "alive true, age 0.0000000000005"));
            equal(state, decided(BASELINE, state, NOW), "x fresh none 0.250000001/90");
        });

        test("decision: an instant in each form that RFC 3339 has", () -> dated(
            "2026-11-22T10:37:00+01:00 => fresh none 8/90",
            "2026-11-22T10:07:00+00:30 => fresh none 8/90",
            "2026-11-21T22:07:00-11:30 => fresh none 8/90",
            "2026-11-23T09:36:00+23:59 => fresh none 8/90",
            "2026-11-22T09:37:00-00:00 => fresh none 8/90",
            "2026-11-22t09:37:00z => fresh none 8/90",
            "2026-11-22T09:36:59.750000000000000Z => fresh none 8.25/90",
            "2026-11-22T10:36:59.75+01:00 => fresh none 8.25/90",
            "2024-02-29T00:00:00Z => stale page 86175428/90"));

        test("decision: an as_of that is no instant makes each feed unknown", () -> {
            for (String value : List.of("''", "'x'", "'Z'", "'now'", "'2026-11-22'", "'2026-11-22 09:37:00Z'", "'2026-11-22T09:37:00'",
                    "'2026-11-22T09:37Z'", "'2026-11-22T09:37:00.Z'", "'2026-11-22T09:37:00.+00:00'", "'2026-11-22T09:37:00,5Z'",
                    "'2026-11-22T09:37:00.-5Z'", "'2026-11-22T09:37:00.0000000009Z'", "'2026-11-22T09:36:00.12345678900001+00:00'", "'2026-11-22T24:00:00Z'", "'2026-11-22T09:60:00Z'", "'2026-11-22T09:36:60Z'",
                    "'2026-13-22T09:37:00Z'", "'2026-00-22T09:37:00Z'", "'2026-11-31T09:37:00Z'", "'2026-11-00T09:37:00Z'",
                    "'2025-02-29T09:37:00Z'", "'2026-11-22T09:37:00+24:00'", "'2026-11-22T09:37:00+01:60'", "'2026-11-22T09:37:00+1:00'",
                    "'2026-11-22T09:37:00+0100'", "'2026-11-22T09:37:00+01'", "'2026-11-22T09:37:00+01:00:00'", "'2026-11-22T09:37:00ZZ'",
                    "'2026-11-22T09:37:00Z+00:00'", "'2026-11-22T09:37:00Z '", "' 2026-11-22T09:37:00Z'", "'2026-11-22T09:37:00Z\\n'",
                    "'+2026-11-22T09:37:00Z'", "'-2026-11-22T09:37:00Z'", "'12026-11-22T09:37:00Z'", "'26-11-22T09:37:00Z'",
                    "'20261122T093700Z'", "'2026-11-22T9:37:00Z'", "'2026-326T09:37:00Z'", "'2026-W47-7T09:37:00Z'",
                    "'2026-11-22T09:37:00 UTC'", "'Sun, 22 Nov 2026 09:37:00 GMT'", "'1795340220'", "1795340220", "1795340220.5", "null",
                    "true", "false", "['2026-11-22T09:37:00Z']", "{'time':'2026-11-22T09:37:00Z'}")) {
                asOf(value, "as_of_invalid page ?/90");
            }
        });

        // Digits of other scripts pass Character.isDigit and parseInt: here they must not.
        test("decision: no other character is taken in any place of an instant", () -> {
            for (String good : List.of("2026-11-22T09:37:00Z", "2026-11-22T09:37:00.5Z", "2026-11-22T10:37:00.25+01:00")) {
                for (int i = 0; i < good.length(); i++) {
                    for (String other : List.of("x", "/", ":", " ", "+", "\u0661", "\uff11", "")) {
                        boolean fraction = other.isEmpty() && good.startsWith("25+", i) || other.isEmpty() && good.startsWith("5+", i);
                        if (!good.startsWith(other, i) || other.isEmpty() && !fraction) {
                            asOf("'" + good.substring(0, i) + other + good.substring(i + 1) + "'", "as_of_invalid page ?/90");
                        }
                    }
                }
            }
        });

        test("decision: a baseline can require a date, a state can not", () -> {
            for (String row : List.of("true, - => as_of_missing page ?/90", "true, '" + NOW + "' => fresh none 8/90",
                    "true, 'x' => as_of_invalid page ?/90", "false, - => fresh none 8/90", "-, - => fresh none 8/90")) {
                String[] half = row.split(" => ");
                String[] is = half[0].split(", ");
                String baseline = document("limit 90, require_as_of " + is[0], feed("x", "alive true, age 8"));
                equal(row, decided(baseline, document("limit 90, as_of " + is[1], feed("x", "alive true, age 8")), NOW), "x " + half[1]);
            }
            for (String claim : List.of("true", "'yes'", "1", "null")) {
                String state = document("limit 90, require_as_of " + claim, feed("x", "alive true, age 8"));
                equal(state, decided(BASELINE, state, NOW), "x fresh none 8/90");
            }
        });

        test("decision: each feed of the baseline in its order, then the unexpected ones", () -> {
            String baseline = document("limit 90", feed("b", "alive false, age 900"), feed("a", "age null"), feed("c", ""));
            for (String row : List.of("b a c => b fresh none 1/90, a fresh none 1/90, c fresh none 1/90",
                    "c b a => b fresh none 1/90, a fresh none 1/90, c fresh none 1/90",
                    "b c => b fresh none 1/90, a feed_missing page ?/90, c fresh none 1/90",
                    "z => b feed_missing page ?/90, a feed_missing page ?/90, c feed_missing page ?/90, z feed_unexpected page ?/?",
                    "z c y a x b => b fresh none 1/90, a fresh none 1/90, c fresh none 1/90, "
                        + "z feed_unexpected page ?/?, y feed_unexpected page ?/?, x feed_unexpected page ?/?",
                    "b a C => b fresh none 1/90, a fresh none 1/90, c feed_missing page ?/90, C feed_unexpected page ?/?")) {
                String[] half = row.split(" => ");
                List<String> feeds = new ArrayList<>();
                for (String name : half[0].split(" ")) {
                    feeds.add(feed(name, "alive true, age 1"));
                }
                equal(half[0], decided(baseline, document("limit 90", feeds.toArray(new String[0])), NOW), half[1]);
            }
        });

        test("decision: a thousand feeds, in the same and in another order", () -> {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                names.add(i % 3 == 0 ? "feed-" + i : i % 3 == 1 ? "\\u0066eed-" + i : "\ud83d\ude00" + i);
            }
            String baseline = document("limit 90", names.stream().map(name -> feed(name, "alive true, age 8")).toArray(String[]::new));
            String fresh = decided(baseline, baseline, NOW);
            equal("fresh", fresh.split(" fresh none 8/90").length, 1000);
            Collections.reverse(names);
            equal("in another order", decided(baseline, document("limit 90",
                names.stream().map(name -> feed(name, "alive true, age 8")).toArray(String[]::new)), NOW), fresh);
            for (int twice : new int[] {0, 7, 8, 15, 16, 500, 999}) {
                names.add(names.get(twice));
                String state = document("limit 90", names.stream().map(name -> feed(name, "")).toArray(String[]::new));
                names.remove(1000);
                Run run = runWith(new ByteArrayInputStream(state.getBytes(UTF_8)), "status --state -");
                equal(names.get(twice) + " twice", run.exit() + " " + run.out().contains("each feed once"), "3 true");
            }
        });

        test("decision: where two faults meet, the first of the table counts", () -> {
            verdicts("limit 0 => alive_invalid page ?/?",
                "alive 'x', limit 0, age -1 => alive_invalid page ?/?",
                "alive false, limit 0 => feed_down page ?/?",
                "alive false, age null => feed_down page ?/90",
                "alive false, age -1 => feed_down page ?/90",
                "alive false, age 660 => feed_down page 660/90",
                "alive true, limit 0 => limit_invalid page ?/?",
                "alive true, limit 0, age 'x' => limit_invalid page ?/?",
                "alive true, limit 0, age 660 => limit_invalid page 660/?");
            for (String row : List.of("as_of 'x' => as_of_invalid page ?/90, y feed_missing page ?/90, z feed_unexpected page ?/?",
                    "as_of '2030-01-01T00:00:00Z' => clock_skew page ?/90, y feed_missing page ?/90, z feed_unexpected page ?/?",
                    "note 0 => as_of_missing page ?/90, y feed_missing page ?/90, z feed_unexpected page ?/?")) {
                String[] half = row.split(" => ");
                String baseline = document("limit 90, require_as_of true", feed("x", "alive true, age 8"), feed("y", "alive true, age 8"));
                for (String faults : List.of("alive 'x', age -1", "alive false", "alive true", "alive true, age 660")) {
                    String state = document("limit 90, " + half[0], feed("x", faults), feed("z", "alive true, age 8"));
                    equal(state, decided(baseline, state, NOW), "x " + half[1]);
                }
                String state = document("limit 0, " + half[0], feed("x", "alive true, age 660"), feed("z", "alive true, age 8"));
                equal(state, decided(baseline, state, NOW), "x " + half[1].replaceFirst("/90", "/?"));
            }
        });

        test("decision: an error makes every feed of the baseline unknown, whatever the state says", () -> {
            String baseline = document("limit 90", feed("x", "alive true, age 8"), feed("y", "limit 30"));
            Freshness.State state = state(baseline, false);
            for (Freshness.State claim : Arrays.asList(null, state)) {
                Freshness.Decision decision = new Freshness.Decision(state(baseline, true), claim, "the disk is gone", Instant.parse(NOW), 0);
                equal("claim " + claim, shown(decision.all()), "x state_invalid page ?/90, y state_invalid page ?/30");
                equal("claim " + claim, decision.of("x").sentence().contains("the disk is gone"), true);
                equal("claim " + claim, decision.of("nobody"), null);
            }
        });
    }

    static final String BASELINE = document("limit 90", feed("x", "alive true, age 8"));

    /** Rows of what a state says of its feed, and of the verdict. The limit of baseline and state is 90. */
    static void verdicts(String... rows) {
        for (String row : rows) {
            String[] half = row.split(" => ");
            equal(half[0], decided(BASELINE, document("limit 90", feed("x", half[0])), NOW), "x " + half[1]);
        }
    }

    static void counted(String baseline, String state, String want) {
        String got = decided(limited(baseline), limited(state), NOW);
        equal("limit " + state + " of the state, " + baseline + " of the baseline", got, "x " + want);
    }

    static String limited(String limit) {
        String[] limits = (limit + "/-").split("/");
        return document("limit " + limits[0], feed("x", "alive true, age 1, limit " + limits[1]));
    }

    static void dated(String... rows) {
        for (String row : rows) {
            String[] half = row.split(" => ");
            asOf("'" + half[0] + "'", half[1]);
        }
    }

    static void asOf(String value, String want) {
        String state = document("", feed("x", "alive true, age 8")).replace("{'feeds'".replace('\'', '"'),
                "{\"as_of\":" + value.replace('\'', '"') + ",\"max_age_seconds\":90,\"feeds\"");
        equal("as_of " + value, decided(BASELINE, state, NOW), "x " + want);
    }

    // ---- Dated ticks ----

    static void ticks() {
        test("last_tick_at: the age is now minus that instant, and the older of two counts", () -> {
            // What the feed says; the verdict by a limit of 90 s.
            for (String row : List.of(
                    "tick '2026-11-22T09:36:52Z' => fresh none 8/90",
                    "tick '2026-11-22T10:36:52+01:00' => fresh none 8/90",
                    "tick '2026-11-22T09:36:52.123456789Z' => fresh none 7.876543211/90",
                    "tick '2026-11-22T09:35:30Z' => fresh ticket 90/90",
                    "tick '2026-11-22T09:35:29.999999999Z' => stale page 90.000000001/90",
                    "tick '2026-11-22T09:37:00Z' => fresh none 0/90",
                    "tick '2026-11-22T09:37:01Z' => fresh none 0/90",
                    "tick '2026-11-22T09:37:01.000000001Z' => tick_skew page ?/90",
                    "tick '2999-11-22T09:37:00Z' => tick_skew page ?/90",
                    // A tick that never was: what a producer writes for "none yet". As long ago as an age may be, and a nanosecond more.
                    "tick '0001-01-01T00:00:00Z' => age_invalid page ?/90",
                    "tick '1970-01-01T00:00:00Z' => age_invalid page ?/90",
                    "tick '1970-01-01T00:00:00Z', age 3 => age_invalid page ?/90",
                    "tick '1995-03-16T07:50:20Z' => stale page 1000000000/90",
                    "tick '1995-03-16T07:50:19.999999999Z' => age_invalid page ?/90",
                    "tick '2026-11-22T09:36:52Z', age 100 => stale page 100/90",
                    "tick '2026-11-22T09:35:00Z', age 3 => stale page 120/90",
                    "tick '2026-11-22T09:37:01Z', age 3 => fresh none 3/90",
                    "tick '2026-11-22T09:36:52Z', age null => fresh none 8/90",
                    "tick '2026-11-22T09:36:52Z', age -30 => age_invalid page ?/90",
                    "tick '2026-11-22T09:36:52Z', age 'x' => age_invalid page ?/90",
                    "tick null, age 3 => fresh none 3/90",
                    "tick null => age_missing page ?/90",
                    "tick 'null', age 3 => age_invalid page ?/90",
                    "tick '', age 3 => age_invalid page ?/90",
                    "tick 'now', age 3 => age_invalid page ?/90",
                    "tick '2026-11-22 09:36:52Z', age 3 => age_invalid page ?/90",
                    "tick '2026-11-22T09:36:52', age 3 => age_invalid page ?/90",
                    "tick 1795340212, age 3 => age_invalid page ?/90",
                    "tick true, age 3 => age_invalid page ?/90",
                    "tick [], age 3 => age_invalid page ?/90")) {
                String[] half = row.split(" => ");
                String feed = half[0].replace("tick ", "last_tick_at ");
                verdicts("alive true, " + feed + " => " + half[1]);
            }
        });

        test("decision: a time that is cut is older than any limit, by any clock", () -> {
            String baseline = document("limit 1e99", feed("x", ""));
            for (String now : List.of("2026-11-22T09:37:00Z", "2026-11-22T09:37:00.2Z", "2026-11-22T09:37:00.000000001Z", "2026-11-22T09:37:00.000000002Z")) {
                for (String long_ago : List.of("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.5Z", "1800-01-01T00:00:00Z")) {
                    String ticked = document("limit 1e99", feed("x", "alive true, last_tick_at '" + long_ago + "'"));
                    equal(ticked + " at " + now, decided(baseline, ticked, now), "x age_invalid page ?/3999999999");
                    String frozen = document("limit 1e99, as_of '" + long_ago + "'", feed("x", "alive true, age 8"));
                    equal(frozen + " at " + now, decided(baseline, frozen, now), "x stale page 4000000000/3999999999");
                }
                for (String ahead : List.of("9999-01-01T00:00:00Z", "9999-01-01T00:00:00.5Z")) {
                    String skewed = document("limit 90, as_of '" + ahead + "'", feed("x", "alive true, age 8"));
                    Freshness.Decision decision = new Freshness.Decision(state(baseline, true), state(skewed, false), null, Instant.parse(now), 0);
                    equal(skewed + " at " + now, decision.of("x").sentence(), "as_of is 4000000000s in the future");
                }
            }
        });

        test("last_tick_at: with as_of, and in place of it", () -> {
            String strict = document("limit 90, require_as_of true", feed("x", ""), feed("y", ""));
            for (String row : List.of(
                    // as_of; x (dated) and y (not)
                    " => x fresh none 8/90, y as_of_missing page ?/90",
                    ", as_of '2026-11-22T09:36:50Z' => x fresh none 10/90, y fresh none 13/90",
                    ", as_of '2026-11-22T08:37:00Z' => x stale page 3600/90, y stale page 3603/90",
                    ", as_of 'soon' => x as_of_invalid page ?/90, y as_of_invalid page ?/90",
                    ", as_of '2026-11-22T09:37:02Z' => x clock_skew page ?/90, y clock_skew page ?/90")) {
                String[] half = row.split(" => ");
                String state = document("limit 90" + half[0],
                        feed("x", "alive true, last_tick_at '2026-11-22T09:36:52Z'" + (half[0].isEmpty() ? "" : ", age 0")), feed("y", "alive true, age 3"));
                equal(state, decided(strict, state, NOW), half[1]);
            }
            // A dated feed lives by its tick alone, however old the snapshot is.
            String state = document("limit 90, as_of '2026-11-22T08:37:00Z'", feed("x", "alive true, last_tick_at '2026-11-22T09:36:52Z'"));
            equal(state, decided(document("limit 90", feed("x", "")), state, NOW), "x fresh none 8/90");
        });

        test("last_tick_at: a recovery sets it, and the age only where there is one", () -> {
            // The feed before; after a tick of 4.5 s was seen at NOW.
            for (String row : List.of(
                    "'last_tick_at':'2026-11-22T09:00:00Z' => 'last_tick_at':'2026-11-22T09:36:55.500Z'",
                    "'last_tick_at':null => 'last_tick_at':'2026-11-22T09:36:55.500Z'",
                    "'last_tick_at':'?','last_tick_age_seconds':-1 => 'last_tick_at':'2026-11-22T09:36:55.500Z','last_tick_age_seconds':4.5",
                    "'last_tick_age_seconds':3,'last_tick_at':'2026-11-22T09:00:00Z' => 'last_tick_age_seconds':4.5,'last_tick_at':'2026-11-22T09:36:55.500Z'")) {
                String[] half = row.replace('\'', '"').split(" => ");
                String frame = "{\"feeds\":[{\"name\":\"x\",\"alive\":true,%s}]}";
                write("in.json", frame.formatted(half[0]));
                write("base.json", document("limit 90", feed("x", "")));
                String call = "recover --feed x --state @in.json --baseline @base.json --age-seconds 4.5 --now " + NOW + " --output ";
                run(call + "@out.json").exits(0).says("RECOVERED: x fresh, 4.5s of 90s");
                equal(half[0], read("out.json"), frame.formatted(half[1]));
                run(call + "@again.json").exits(0);
                equal("the same bytes", read("again.json"), read("out.json"));
            }
            refused("recover --feed x --state @in.json --baseline @base.json --age-seconds AGE --output @x.json",
                    "invalid value given for --age-seconds: AGE; give the age of a tick that you have seen, in seconds");
        });

        test("last_tick_at: frozen moves each of them, whatever the others are", () -> {
            String frame = "{'feeds':[{'name':'a','last_tick_at':%s,'alive':true},{'last_tick_at':%s,'name':'b'},{'name':'c','last_tick_at':%s},"
                + "{'name':'d','last_tick_age_seconds':1},{'name':'e','last_tick_at':%s}],'max_age_seconds':90%s}";
            write("in.json", frame.formatted("'2026-11-22T10:36:52.5+01:00'", "'soon'", "null", "'2026-11-22t09:36:59.000000001z'", "").replace('\'', '"'));
            run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0);
            equal("moved", read("out.json"), frame.formatted("'2026-11-22T08:36:52.500Z'", "'soon'", "null", "'2026-11-22T08:36:59.000000001Z'",
                ",'as_of': '2026-11-22T08:37:00Z'").replace('\'', '"'));
        });

        test("last_tick_at: scenarios fail feeds that have it", () -> {
            String state = "{\"max_age_seconds\":90,\"feeds\":[{\"name\":\"x\",\"alive\":true,\"last_tick_at\":\"2026-11-22T09:36:52Z\"}]}";
            write("in.json", state);
            for (String row : List.of("stale --feed x => \"2026-11-22T09:26:00Z\" stale", "skewed --feed x => \"2026-11-22T09:37:30Z\" tick_skew",
                    "unknown --feed x => null age_missing", "loosened --feed x => \"2026-11-22T09:26:00Z\" stale", "frozen => \"2026-11-22T08:36:52Z\" stale")) {
                String[] half = row.split(" => ");
                run("scenario " + half[0] + " --state @in.json --output @out.json --now " + NOW).exits(0);
                equal(row, read("out.json").contains("\"last_tick_at\":" + half[1].split(" ")[0]), true);
                run("status --state @out.json --baseline @in.json --format json --now " + NOW).exits(2)
                        .reports("feeds.0.reason_code '" + half[1].split(" ")[1] + "'");
            }
        });
    }
}
