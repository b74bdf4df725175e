import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * FreshnessTest holds Freshness.java against its contract, in one process.
 *
 *     javac -d DIR Freshness.java tests/*.java && java -cp DIR FreshnessTest
 *
 * Most tests are a table: a row is one string, the input before " => " and what is wanted behind it. JSON is written
 * with ' for " where that is shorter. Files live in a temporary directory with spaces in its name: each test has one of its
 * own, and the program under test believes to stand beside them, so that no fault of it can reach the repository.
 *
 * Sections: Decision, JSON, Limits, Writer, Recovery, Files, Usage, Gate, Status, Smoke and doctor, Delivery,
 * Hostile names, Source; then what they share.
 */
final class FreshnessTest {
    static final String NOW = "2026-11-22T09:37:00Z";
    static final List<String> KINDS = List.of("stale", "unknown", "down", "missing", "skewed", "loosened", "frozen", "corrupt");
    static final List<String> ACTIONS = List.of("inspect_status", "read_last_price", "serve_cached_status",
            "price_order", "publish_signal", "rebalance_position");

    /** Holds a copy of the program and of its fixture, and one directory for each test. */
    static Path base;
    static Path home;
    /** The directory of the test that runs; "@name" in a call is a file in it. healthy.json and stale.json are there already. */
    static Path dir;
    static String fixture;

    public static void main(String... args) throws Exception {
        Harness.startDeadline();
        Path source = Path.of(System.getProperty("jdk.launcher.sourcefile", "Freshness.java")).toRealPath();
        base = Files.createTempDirectory("freshness test ").toRealPath();
        home = Files.createDirectories(base.resolve("a home"));
        Files.createDirectory(home.resolve("data"));
        for (String file : List.of("Freshness.java", "data/healthy.json")) {
            Files.copy(source.resolveSibling(file), home.resolve(file));
        }
        System.setProperty("jdk.launcher.sourcefile", home.resolve("Freshness.java").toString());
        fixture = Files.readString(home.resolve("data/healthy.json"));
        try {
            decision();
            json();
            limits();
            writer();
            recovery();
            files();
            usage();
            gate();
            status();
            smokeAndDoctor();
            delivery();
            hostileNames();
            OperatorTest.all();
            source();
        } finally {
            delete(base);
        }
        System.exit(Harness.exit());
    }

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
            counted("1e400", "1e9000", "fresh none 1/4000000000");
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
                equal(names.get(twice) + " twice", run.exit + " " + run.out.contains("each feed once"), "3 true");
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

    static String decided(String baseline, String state, String now) {
        Freshness.Decision decision = new Freshness.Decision(state(baseline, true), state(state, false), null, Instant.parse(now), 0);
        for (Freshness.Verdict verdict : decision.all()) {
            equal("the verdict on " + verdict.name() + " alone, of " + state, decision.of(verdict.name()), verdict);
        }
        return shown(decision.all());
    }

    /** Verdicts as "name reason alert age/limit"; one that contradicts itself is shown as such. */
    static String shown(List<Freshness.Verdict> verdicts) {
        List<String> shown = new ArrayList<>();
        for (Freshness.Verdict v : verdicts) {
            boolean fresh = v.reason().name().equals("fresh");
            boolean sound = v.safe() == fresh && fresh != v.alert().name().equals("page") && !v.sentence().isEmpty();
            shown.add(v.name() + " " + v.reason() + " " + v.alert() + " " + shown(v.age()) + "/"
                    + shown(v.limit()) + (sound ? "" : " CONTRADICTS ITSELF"));
        }
        return String.join(", ", shown);
    }

    /** A time in seconds, exactly; a question mark where there is none. */
    static String shown(long nanos) {
        return Freshness.seconds(nanos) == null ? "?" : BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    static Freshness.State state(String text, boolean asBaseline) {
        return Freshness.State.parse(Freshness.Document.of("test", text), asBaseline ? Freshness.Role.baseline : Freshness.Role.state);
    }

    // ---- JSON ----

    // Rows of bytes, the place where they go wrong, and what was expected there. <c3 a9> stands for these bytes.
    static void json() {
        test("JSON: numbers", () -> malformedValues("""
            01 => 1 leading zeros
            -01 => 2 leading zeros
            00 => 1 leading zeros
            00.5 => 1 leading zeros
            1. => 3 a digit
            1.e5 => 3 a digit
            -.5 => 2 a digit
            - 1 => 2 a digit
            -- => 2 a digit
            -Infinity => 2 a digit
            1e => 3 a digit
            1e+ => 4 a digit
            1E- => 4 a digit
            1e+-1 => 4 a digit
            .5 => 1 a value
            +1 => 1 a value
            NaN => 1 a value
            Infinity => 1 a value
            <d9 a1> => 1 a value
            1e1.5 => 4 ',' or '}'
            1.2.3 => 4 ',' or '}'
            1x => 2 ',' or '}'
            0x10 => 2 ',' or '}'
            1_000 => 2 ',' or '}'
            1,000 => 3 a member name
            """));

        test("JSON: literals, comments and other spellings", () -> malformedValues("""
            tru => 4 true
            truE => 4 true
            fals => 5 false
            nul => 4 null
            nan => 2 null
            truer => 5 ',' or '}'
            falsetrue => 6 ',' or '}'
            True => 1 a value
            TRUE => 1 a value
            undefined => 1 a value
            'x' => 1 a value
            `x` => 1 a value
            x => 1 a value
            /* c */ 1 => 1 a value
            1 /* c */ => 3 ',' or '}'
            // c<0a>1 => 1 a value
            # c<0a>1 => 1 a value
            """));

        test("JSON: arrays and objects", () -> malformedValues("""
            [1,] => 4 a value
            [,1] => 2 a value
            [1,,2] => 4 a value
            [,] => 2 a value
            ] => 1 a value
            } => 1 a value
            [1 2] => 4 ',' or ']'
            [1;2] => 3 ',' or ']'
            [1} => 3 ',' or ']'
            [[1] => 13 ',' or ']'
            {"a":1,} => 8 a member name
            {,"a":1} => 2 a member name
            {"a":1,,"b":2} => 8 a member name
            {a:1} => 2 a member name
            {'a':1} => 2 a member name
            {1:2} => 2 a member name
            {null:1} => 2 a member name
            {[]:1} => 2 a member name
            {"a" 1} => 6 ':'
            {"a"} => 5 ':'
            {"a"=1} => 5 ':'
            {"a":} => 6 a value
            {"a"::1} => 6 a value
            {"a":1 "b":2} => 8 ',' or '}'
            {"a":1] => 7 ',' or '}'
            """));

        test("JSON: strings", () -> malformedValues("""
            "a<0a>b" => 3 control characters
            "<09>" => 2 control characters
            "<0d>" => 2 control characters
            "<00>" => 2 control characters
            "<1f>" => 2 control characters
            "a"b" => 4 ',' or '}'
            "\\v" => 3 one of
            "\\0" => 3 one of
            "\\x" => 3 one of
            "\\'" => 3 one of
            "\\U0041" => 3 one of
            "\\<c3 a9>" => 3 one of
            "\\<0a>" => 3 one of
            "\\u" => 4 hexadecimal
            "\\u004" => 7 hexadecimal
            "\\u004G" => 7 hexadecimal
            "\\u+041" => 4 hexadecimal
            "\\u-041" => 4 hexadecimal
            "\\u 041" => 4 hexadecimal
            "\\u{41}" => 4 hexadecimal
            "\\u<ef bc 91 ef bc 91>" => 4 hexadecimal
            "a\\ud800" => 3 surrogate
            "\\ud800x" => 2 surrogate
            "\\ud800\\" => 2 surrogate
            "\\udbff\\n" => 2 surrogate
            "\\ud800\\u0041" => 2 surrogate
            "\\ud800\\ud800" => 2 surrogate
            "\\ud83d\\ue000" => 2 surrogate
            "\\ud83dude00" => 2 surrogate
            "\\udc00" => 2 surrogate
            "\\ude00\\ud83d" => 2 surrogate
            "\\ud83d\\ude00\\ude00" => 14 surrogate
            "\\ud83d\\u" => 10 hexadecimal
            """));

        test("JSON: UTF-8", () -> {
            for (String bad : List.of("<80>", "<bf>", "<c0 80>", "<c1 bf>", "<c2>", "<c3 28>", "<c2 c2 a0>", "<e0 80 80>", "<e0 9f bf>", "<e2 82>",
                    "<e2 28 a1>", "<e2 82 28>", "<ed a0 80>", "<ed bf bf>", "<ed a0 bd ed b8 80>", "<f0 80 80 80>", "<f0 8f bf bf>", "<f0 9f 98>",
                    "<f0 28 8c bc>", "<f4 90 80 80>", "<f5 80 80 80>", "<f8 88 80 80 80>", "<fc 84 80 80 80 80>", "<fe>", "<ff>")) {
                malformedValues("\"" + bad + "\" => 2 UTF-8");
                malformedValues("\"<c3 a9>a" + bad + "\" => 4 UTF-8");
                malformedValues("\"" + "x".repeat(5000) + bad + "\" => 5002 UTF-8");
                malformedValues("{\"" + bad + "\":1} => 3 UTF-8");
                malformedValues(bad + " => 1 a value");
            }
        });

        test("JSON: a member twice, at any depth and in any spelling", () -> {
            malformedValues("""
                {"a":1,"a":2} => 8 once
                {"a":1,"\\u0061":2} => 8 once
                {"\\u0061":1,"a":2} => 13 once
                {"":1,"":2} => 7 once
                {"a":{},"b":1,"a":[]} => 15 once
                [[{"x":{"a":1,"a":2}}]] => 15 once
                {"\\u00e9":1,"<c3 a9>":2} => 13 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"1":0} => 50 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"8":0} => 50 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"8":0} => 56 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"9":0} => 56 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":9,"\\u0039":0} => 63 once
                """);
            String many = "";
            for (int i = 0; i < 40; i++) {
                many += "\"" + i + "\":0,";
            }
            malformedValues("{" + many + "\"0\":0} => " + (many.length() + 2) + " once\n"
                + "[{" + many + "\"x\":0},{" + many + "\"39\":0}] => " + (2 * many.length() + 11) + " once");
            runWith(new ByteArrayInputStream(document("limit 90, x [{'a':0," + many.replace('"', '\'') + "'b':0},{'a':0,'0':0},{'a':0}]", feed("alpha", "")).getBytes(UTF_8)), "status --state -").exits(2);
            malformed("""
                {"feeds":[],"feeds":[{"name":"x"}]} => 1:13: once
                {"max_age_seconds":90,"max_age_s\\u0065conds":9} => 1:23: once
                {"feeds":[{"name":"x","alive":false,"aliv\\u0065":true}]} => 1:37: once
                {"feeds":[{"name":"x","name":"y"}]} => 1:23: once
                """);
        });

        test("JSON: before the document, behind it and instead of it", () -> {
            malformed("""
                <20 0a 09 0d 0a 20> => 3:2: an object
                <ef bb bf>{"feeds":[{"name":"x"}]} => 1:1: an object
                <ff fe>{<00> => 1:1: an object
                <00> => 1:1: an object
                [] => 1:1: an object
                [{"feeds":[{"name":"x"}]}] => 1:1: an object
                "x" => 1:1: an object
                1 => 1:1: an object
                null => 1:1: an object
                { => 1:2: a member name
                {} => 1:1: a member feeds
                """);
            malformed(" => 1:1: an object");
            for (String behind : List.of("x", "{}", ",", "]", "}", "null", "# end", "<00>", "<1a>", "<ff>")) {
                malformed("{\"feeds\":[{\"name\":\"x\"}]}" + behind + " => 1:25: the end of the file");
                malformed("{\"feeds\":[{\"name\":\"x\"}]}<0a 0a 20>" + behind + " => 3:2: the end of the file");
            }
        });

        test("JSON: no other white space", () -> {
            for (String space : List.of("<0c>", "<0b>", "<1c>", "<00>", "<85>", "<c2 a0>", "<e2 80 a8>", "<ef bb bf>")) {
                malformedValues("S1 => 1 a value\n1S => 2 ',' or '}'\n[1S] => 3 ',' or ']'\n{S} => 2 a member name".replace("S", space));
            }
        });

        test("JSON: lines and columns count characters from 1", () -> malformed("""
            {<0a>  "a": x<0a>} => 2:8: a value
            {<0d 0a 09>"a": x<0d 0a>} => 2:7: a value
            {"<c3 a9 f0 9f 98 80>":x} => 1:7: a value
            {<0a 0a 0a>"a":<0a>[<0a>] => 6:2: ',' or '}'
            """));

        test("JSON: every truncation of a document", () -> {
            String whole = "{\"max_age_seconds\":9.5e1,\"n\":[true,null,{\"\\u00e9\\n\":\"~\"}],\"feeds\":[{\"name\":\"alpha\",\"alive\":false}]}";
            for (int i = 0; i < whole.length(); i++) {
                malformed(whole.substring(0, i).replace("~", "<c3 a9>") + " => 1: expected");
            }
        });

        test("JSON: nesting of 64 from the top-level object on, and of 65", () -> {
            int deep = Freshness.MAX_NESTING - 1;
            equal("MAX_NESTING", deep, 63);
            for (String value : List.of("[".repeat(deep) + "]".repeat(deep), "{\"a\":".repeat(deep) + "1" + "}".repeat(deep))) {
                equal(value, feed("{\"v\":" + value + "," + fixture.substring(1)).exit, 0);
            }
            wellFormedValues("[".repeat(deep - 2) + "]".repeat(deep - 2) + "\n[" + "[],".repeat(1000) + "[]]\n[" + "{},".repeat(1000) + "[{}]]");
            malformedValues("[".repeat(deep + 1) + "]".repeat(deep + 1) + " => 64 64 levels");
            malformedValues("{\"a\":".repeat(deep) + "{}" + "}".repeat(deep) + " => 316 64 levels");
            malformedValues("[".repeat(100_000) + " => 64 64 levels");
            malformedValues("{\"a\":".repeat(100_000) + " => 316 64 levels");
            malformedValues("[{\"a\":".repeat(100_000) + " => 188 64 levels");
            malformedValues("[".repeat(deep) + "[   1 => 64 64 levels");
            malformed("[".repeat(100_000) + " => 1:1: an object");
            malformed("{\"feeds\":[{\"name\":\"x\",\"a\":" + "[".repeat(62) + " => 1:88: 64 levels");
        });

        test("JSON: all that RFC 8259 accepts", () -> {
            wellFormedValues("""
                0
                -0
                0.0
                -0.0e-0
                1E+2
                1e-2
                1.50
                1e400
                123456789012345678901234567890
                true
                false
                null
                ""
                {}
                []
                {"":1}
                {"a":{"a":{"a":1}}}
                [{"a":1},{"a":1}]
                {"a":1,"A":1,"a ":1}
                [[],{},"",0,null,true,false]
                "\\"\\\\\\/\\b\\f\\n\\r\\t"
                "\\u0000\\u001F\\u00e9\\uFFFF"
                "\\ud83d\\ude00\\uD83D\\uDE00\\uDBFF\\uDFFF"
                "\\\\u12"
                "/ <7f> <!-- // /* #"
                "<c3 a9> <e2 82 ac> <f0 9f 98 80>"
                "<c2 80 df bf e0 a0 80 ed 9f bf ee 80 80 ef bf bf f0 90 80 80 f4 8f bf bf>"
                <20 09 0d 0a>1<20 09 0d 0a>
                [ 1 ,<0a>2<0d>,<09>3 ]
                { "a" : 1 , "b"<0a>:<09>2 }
                """);
            wellFormedValues("\"" + "x".repeat(100_000) + "\"\n\"" + "<c3 a9>".repeat(10_000) + "\"\n1" + "0".repeat(5000));
        });

        // A reader may keep names it has seen, or hashes of them: these are as alike as they can be.
        test("JSON: members that look alike are told apart", () -> {
            wellFormedValues("""
                {"a":{"a":1},"b":{"a":1}}
                {"\\u0000":1,"":2}
                {"a":1,"\\u0061\\u0000":2}
                {"<c3 a9>":1,"<c3 a8>":2,"e<cc 81>":3}
                {"ab":1,"ba":2,"AaBB":3,"BBAa":4}
                [{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9},{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9}]
                """);
            wellFormedValues("{\"x" + "<c3 a9>".repeat(32) + "\":1,\"x" + "<c3 a9>".repeat(16) + "\":2}");
            wellFormedValues("{\"" + "x".repeat(64) + "\":1,\"" + "x".repeat(32) + "\":2}");
        });

        test("JSON: members and names may be spelled with escapes", () -> {
            String escaped = "{\"f\\u0065eds\":[{\"\\u006eame\":\"\\u0061lpha\",\"aliv\\u0065\":true,\"last\\u005ftick_age_seconds\":8}],"
                    + "\"max\\u005fage_seconds\":90}";
            String plain = document("limit 90", feed("\\u0022\\u005c\\u002f\\u0008\\u000c\\u000a\\u000d\\u0009\\u00e9\\ud83d\\ude00A",
                    "alive true, age 8"));
            String shorter = document("limit 90", feed("\\\"\\\\\\/\\b\\f\\n\\r\\t\u00e9\ud83d\ude00\\u0041", "alive true, age 8"));
            String name = "\"\\/\b\f\n\r\t\u00e9\ud83d\ude00A";
            equal(shorter, decided(plain, shorter, NOW), name + " fresh none 8/90");
            for (String text : List.of(" \r\n\t" + escaped + "\n\n", escaped, escaped + "\r\n")) {
                equal(text, decided(fixture, text, NOW), "alpha fresh none 8/90, bravo feed_missing page ?/90, charlie feed_missing page ?/90");
            }
        });

        test("JSON: what no feed can be blamed for makes the state invalid", () -> malformed("""
            {"max_age_seconds":90} => 1:1: a member feeds
            {"Feeds":[{"name":"x"}]} => 1:1: a member feeds
            {"feeds":null} => 1:10: an array
            {"feeds":{}} => 1:10: an array
            {"feeds":"x"} => 1:10: an array
            {"feeds":[]} => 1:10: at least one feed
            {"feeds":[[]]} => 1:11: an object
            {"feeds":["x"]} => 1:11: an object
            {"feeds":[null]} => 1:11: an object
            {"feeds":[{"name":"x"},1]} => 1:24: an object
            {"feeds":[{"name":"x"},]} => 1:24: an object
            {"feeds":[{}]} => 1:11: a name
            {"feeds":[{"alive":true}]} => 1:11: a name
            {"feeds":[{"Name":"x"}]} => 1:11: a name
            {"feeds":[{"name":null}]} => 1:19: a name
            {"feeds":[{"name":1}]} => 1:19: a name
            {"feeds":[{"name":true}]} => 1:19: a name
            {"feeds":[{"name":["x"]}]} => 1:19: a name
            {"feeds":[{"name":{}}]} => 1:19: a name
            {"feeds":[{"name":""}]} => 1:19: a name
            {"feeds":[{"name":"x"},{"name":"y"},{"name":"x"}]} => 1:37: once
            {"feeds":[{"name":"x"},{"name":"\\u0078"}]} => 1:24: once
            {"feeds":[{"name":"x","note":01}]} => 1:30: leading zeros
            """));

        test("JSON: an error does not echo the file at length", () -> {
            for (String text : List.of("{\"k*\" x", "{\"a\":\"v*", "{\"feeds\":[{\"name\":\"n*\"}]}", "{\"a\":9*x", "{\"k*\":1,\"k*\":2}",
                    "{\"a\":t*")) {
                String line = feed(text.replaceAll("(.)\\*", "$1".repeat(9999))).head();
                equal(text + ": " + line.length() + " characters", line.length() < 400, true);
            }
            String nines = "9".repeat(9999);
            for (String claim : List.of("as_of '" + nines + "'", "as_of " + nines, "as_of [" + nines + "]", "limit " + nines,
                    "limit '" + nines + "'")) {
                int length = feed(document(claim, feed("alpha", "alive true, age 8"))).out.length();
                equal(claim + ": " + length + " characters", length < 2000, true);
            }
            for (String claim : List.of("age " + nines, "age '" + nines + "'", "age 8, limit " + nines, "age 8, limit '" + nines + "'")) {
                int length = feed(document("limit 90", feed("alpha", "alive true, " + claim))).out.length();
                equal(claim + ": " + length + " characters", length < 2000, true);
            }
        });
    }

    /** Lines of a value, the character where it goes wrong, and what was expected there. */
    static void malformedValues(String rows) {
        for (String row : rows.split("\n")) {
            String[] want = row.substring(row.lastIndexOf(" => ") + 4).split(" ", 2);
            refuses("{\"v\":" + row.substring(0, row.lastIndexOf(" => ")) + ",\"feeds\":[{\"name\":\"alpha\"}]}",
                    "1:" + (5 + Integer.parseInt(want[0])) + ":", want[1]);
        }
    }

    /** Lines of a document, the line and column where it goes wrong, and what was expected there. */
    static void malformed(String rows) {
        for (String row : rows.split("\n")) {
            String[] want = row.substring(row.lastIndexOf(" => ") + 4).split(" ", 2);
            refuses(row.substring(0, row.lastIndexOf(" => ")), want[0], want[1]);
        }
    }

    static void refuses(String text, String place, String expected) {
        Run run = feed(text);
        String prefix = "FRESHNESS UNKNOWN: standard input:" + place;
        boolean said = run.exit == 3 && run.head().startsWith(prefix) && run.head().contains(expected);
        equal(text, said ? "" : run.exit + " " + run.out, said ? "" : "3 " + prefix + " ... " + expected);
    }

    /** Lines of a value that a member of the state, and then one of a feed, may have. */
    static void wellFormedValues(String rows) {
        for (String row : rows.split("\n")) {
            for (String before : List.of("\"max_age_seconds\"", "\"alive\"")) {
                Run run = feed(fixture.replaceFirst(before, "\"v\": VALUE, " + before).replace("VALUE", row));
                equal(row + " before " + before, run.exit == 0 ? "0" : run.exit + " " + run.head(), "0");
            }
        }
    }

    /** Hands bytes to status; <c3 a9> in the text stands for these bytes. */
    static Run feed(String text) {
        String latin1 = HEX_BYTES.matcher(text).replaceAll(hex ->
            Matcher.quoteReplacement(new String(HexFormat.ofDelimiter(" ").parseHex(hex.group(1)), ISO_8859_1)));
        return runWith(new ByteArrayInputStream(latin1.getBytes(ISO_8859_1)), "status --state - --now " + NOW);
    }

    static final Pattern HEX_BYTES = Pattern.compile("<([0-9a-f]{2}(?: [0-9a-f]{2})*)>");

    // ---- Limits ----

    static void limits() {
        test("limits: a file of 256 MiB, and one byte more", () -> {
            equal("MAX_FILE_BYTES", Freshness.MAX_FILE_BYTES, 256 * 1024 * 1024);
            Path large = dir.resolve("large.json");
            byte[] spaces = " ".repeat(1 << 20).getBytes(UTF_8);
            try (OutputStream out = Files.newOutputStream(large)) {
                out.write(fixture.getBytes(UTF_8));
                for (int i = 0; i < 255; i++) {
                    out.write(spaces);
                }
                out.write(spaces, 0, spaces.length - fixture.length());
            }
            equal("size", Files.size(large), (long) Freshness.MAX_FILE_BYTES);
            run("status --state @large.json").exits(0).says("FRESHNESS OK");
            try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) { // a recovery makes it longer
                file.write(fixture.replace("alive\": true", "alive\": 1   ").getBytes(UTF_8));
            }
            write("old.json", "old");
            refused("recover --feed bravo --state @large.json --output @old.json --record @record", "the new state: larger than 256 MiB");
            equal("the old output", read("old.json"), "old");
            try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
                file.setLength(Freshness.MAX_FILE_BYTES + 1L);
            }
            run("status --state @large.json").exits(3).says("FRESHNESS UNKNOWN", "256 MiB");
            run("status --baseline @large.json").exits(3).says("FRESHNESS UNKNOWN", "baseline", "256 MiB");
        });

        test("limits: standard input without end", () -> {
            InputStream endless = new InputStream() {
                @Override public int read() {
                    return ' ';
                }

                @Override public int read(byte[] bytes, int from, int count) {
                    Arrays.fill(bytes, from, from + count, (byte) ' ');
                    return count;
                }
            };
            runWith(endless, "status --state -").exits(3).says("FRESHNESS UNKNOWN: standard input", "256 MiB");
        });

        test("limits: a name of 200 characters, and of 201", () -> {
            equal("MAX_NAME_CHARS", Freshness.MAX_NAME_CHARS, 200);
            for (String character : List.of("x", "\u00e9", "\u20ac", "\ud83d\ude00", "\\u0078", "\\ud83d\\ude00", "\\n")) {
                for (int count : new int[] {1, 199, 200, 201, 400}) {
                    write("n.json", document("limit 90", feed(character.repeat(count), "alive true, age 8")));
                    Run run = run("status --baseline @n.json --state @n.json");
                    equal(count + " times " + character, run.exit + (count > 200 ? run.head().replaceAll(".*, (a string of [^;]*);.*", " $1") : ""),
                        count > 200 ? "3 a string of 1 to 200 characters" : "0");
                }
            }
        });
    }

    // ---- Writer ----

    /**
     * Documents as producers write them, with marks where a scenario may change something: LIMIT and AS_OF are the state's,
     * the others bravo's; what is between < and > goes with bravo's entry.
     */
    static final List<String> SHAPES = List.of(
        // Members in another order, unknown ones at every depth, odd numbers, odd spaces.
        """
        {
            "producer": {"name": "caf\u00e9 \ud83d\ude00", "build": 1.50, "weights": [1e400, -0.0, 1E+5, 0.10, 123456789012345678901234567890]},
          "feeds" :[
            { "extra":[ ],"last_tick_age_seconds":8.0 , "name":"alpha","alive":true}<,
            {
              "last_tick_age_seconds" :AGE ,
              "alive":ALIVE, "venue": "\\u00e9\\/\\ud83d\\ude00", "name" :"br\\u0061vo", "alive_since": null
            }>,
          {"name":"charlie", "alive" : true, "last_tick_age_seconds": 7e0, "max_age_seconds": 80.50 } ] ,
          "max_age_seconds": LIMIT,   "as_of":"AS_OF", "note": "last_tick_age_seconds\\": 11"
        }

        """,
        // Minified, bravo first, and another object that looks like it.
        "{'as_of':'AS_OF','feeds':[<{'name':'bravo','alive':ALIVE,'last_tick_age_seconds':AGE},>{'name':'alpha','alive':true,"
            + "'last_tick_age_seconds':11},{'x':{'name':'bravo','alive':true,'last_tick_age_seconds':11},'name':'charlie','alive':true,"
            + "'last_tick_age_seconds':11}],'max_age_seconds':LIMIT}",
        // Tabs and CR LF, members spelled with escapes, bravo last, no line end at the end.
        "{\r\n\t'as\\u005fof': 'AS_OF',\r\n\t'max_age_\\u0073econds': LIMIT,\r\n\t'feeds': [\r\n\t\t{'name': 'charlie',\t'alive': true, "
            + "'last_tick_age_seconds': 7},\r\n\t\t{'name': 'alpha', 'alive': true, 'last_tick_age_seconds': 8}<,\r\n\t\t{'name': 'bravo', "
            + "'aliv\\u0065': ALIVE, 'last\\u005ftick_age_seconds': AGE}>\r\n\t]\r\n}");

    /** A shape with these values, "alive age limit", dated NOW. */
    static String shape(String shape, String values) {
        String[] value = values.split(" ");
        return shape.replace("<", "").replace(">", "").replace("ALIVE", value[0]).replace("AGE", value[1]).replace("LIMIT", value[2])
                .replace("AS_OF", NOW).replace('\'', '"');
    }

    static void writer() {
        test("writer: a stale fixture differs in one line, and so does a recovered one", () -> {
            equal("stale.json", read("stale.json"), fixture.replace(": 11\n", ": 660\n"));
            run("recover --feed bravo --state @stale.json --output @out.json").exits(0).says("RECOVERED");
            equal("recovered", read("out.json"), fixture.replace(": 11\n", ": 5\n"));
        });

        test("writer: a scenario changes its members and not one byte more", () -> {
            for (String shape : SHAPES) {
                for (String row : List.of("stale true 11.50 90.0 => true 660 90.0", "stale false null 90 => true 660 90",
                        "stale 'x' '}' 90 => true 660 90", "stale {'a':['}']} [{'b':'\\\\'}] 90 => true 660 90",
                        "unknown true 11.50 90.0 => true null 90.0", "unknown false -3 90 => true null 90",
                        "down true 11.50 90.0 => false 11.50 90.0", "down null 1e400 90.0 => false 1e400 90.0", "down false 8 90 => false 8 90",
                        "skewed true 11.50 90.0 => true -30 90.0", "loosened true 11.50 90.0 => true 660 900",
                        "loosened true 1 66.6 => true 660 666", "stale --age-seconds=90.50 true 8 90 => true 90.50 90")) {
                    String[] half = row.split(" => ");
                    String[] kind = half[0].split(" (?=\\S+ \\S+ \\S+$)", 2);
                    write("in.json", shape(shape, kind[1]));
                    run("scenario " + kind[0] + " --feed bravo --state @in.json --output @out.json --now " + NOW).exits(0).says("SCENARIO WRITTEN");
                    equal(row, read("out.json"), shape(shape, half[1]));
                    run("status --state @out.json --format json --now " + NOW).exits(2).reports("unsafe_feeds ['bravo']");
                }
            }
        });

        test("writer: missing takes out one entry, frozen sets one date, corrupt cuts in the middle", () -> {
            for (String shape : SHAPES) {
                String whole = shape(shape, "true 11 90");
                write("in.json", whole);
                run("scenario missing --feed bravo --state @in.json --output @out.json").exits(0).says("SCENARIO WRITTEN");
                equal("missing", read("out.json"), shape(shape.replaceAll("(?s)<.*>", ""), "true 11 90"));
                run("status --state @out.json --format json --now " + NOW).exits(2).reports("unsafe_feeds ['bravo']");

                run("scenario frozen --state @in.json --output @out.json --now " + NOW).exits(0).says("SCENARIO WRITTEN");
                equal("frozen", read("out.json"), whole.replace(NOW, "2026-11-22T08:37:00Z"));
                run("status --state @out.json --format json --now " + NOW).exits(2).reports("fresh_feeds 0");

                run("scenario corrupt --state @in.json --output @out.json").exits(0).says("SCENARIO WRITTEN");
                String cut = read("out.json");
                equal("corrupt", whole.startsWith(cut) && Math.abs(2 * cut.length() - whole.length()) < 20, true);
                run("status --state @out.json").exits(3).says("FRESHNESS UNKNOWN");
            }
        });

        test("writer: a recovery changes its members and not one byte more", () -> {
            for (String shape : SHAPES) {
                for (String before : List.of("true 660 90.0", "true null 90", "false 11 90", "true -30 90", "'true' '5' 90", "{} [] 90",
                        "true 1e400 9e1", "true 660 900")) {
                    write("in.json", shape(shape, before));
                    String limit = before.substring(before.lastIndexOf(' '));
                    run("recover --feed bravo --state @in.json --output @out.json --now " + NOW).exits(0).says("RECOVERED");
                    equal(before, read("out.json"), shape(shape, "true 5" + limit));
                    run("recover --feed bravo --state @in.json --output @out.json --age-seconds 4.50 --now " + NOW).exits(0).says("RECOVERED");
                    equal(before, read("out.json"), shape(shape, "true 4.50" + limit));
                }
            }
        });

        test("writer: members that are not there yet are added, and nothing else moves", () -> {
            Map<String, String> reasons = Map.of("scenario stale", "stale", "scenario unknown", "age_missing", "scenario down", "feed_down",
                    "scenario skewed", "age_invalid", "recover", "fresh");
            for (String entry : List.of("{'name':'bravo'}", "{ 'name' : 'bravo' }", "{\n  'name': 'bravo'\n}", "{'name':'bravo', 'x':[{}]}")) {
                String state = fixture.replaceFirst("(?s)\\{\\s*\"name\": \"bravo\".*?\\}", entry.replace('\'', '"'));
                write("in.json", state);
                for (String call : reasons.keySet()) {
                    run(call + " --feed bravo --state @in.json --output @out.json").exits(0);
                    equal(call + " " + entry, insertedOnly(state, read("out.json")), true);
                    run("status --state @out.json --format json").has("feeds.1.reason_code", reasons.get(call));
                }
            }
            run("scenario frozen --output @out.json").exits(0);
            equal("frozen", insertedOnly(fixture, read("out.json")), true);
        });

        test("writer: the same input and the same instant give the same bytes", () -> {
            for (String kind : KINDS) {
                String call = "scenario " + kind + (KINDS.indexOf(kind) < 6 ? " --feed bravo" : "") + " --now 2026-01-01T00:00:00Z --output ";
                run(call + "@one.json").exits(0);
                run(call + "@two.json").exits(0);
                equal(kind, read("two.json"), read("one.json"));
                equal(kind + " differs from the fixture", read("two.json").equals(fixture), false);
            }
        });

        test("writer: a missing feed returns to its place with its baseline entry", () -> {
            for (String row : List.of("alpha 8", "bravo 11", "charlie 7")) {
                String[] feed = row.split(" ");
                run("scenario missing --feed % --output @in.json", feed[0]).exits(0);
                run("recover --feed % --state @in.json --output @out.json", feed[0]).exits(0).says("RECOVERED");
                equal(row, read("out.json"), fixture.replace("seconds\": " + feed[1] + "\n", "seconds\": 5\n"));
            }
            run("scenario missing --feed bravo --output @1.json").exits(0);
            run("scenario missing --feed charlie --state @1.json --output @2.json").exits(0);
            run("recover --feed charlie --state @2.json --output @3.json").exits(0);
            run("recover --feed bravo --state @3.json --output @4.json").exits(0);
            equal("two missing", read("4.json"), fixture.replace(": 11\n", ": 5\n").replace(": 7\n", ": 5\n"));

            String contract = document("limit 90", feed("bravo", "x-note 1.50, limit 30, last_tick_age_seconds null, alive false"));
            write("base.json", contract);
            for (String shape : SHAPES) {
                String state = shape(shape.replaceAll("(?s)<.*>", ""), "true 11 90");
                write("in.json", state);
                run("recover --feed bravo --state @in.json --output @out.json --baseline @base.json --now " + NOW).exits(0).says("RECOVERED");
                equal(state, insertedOnly(state, read("out.json")), true);
                equal(state, read("out.json").contains(feed("bravo", "x-note 1.50, limit 30, age 5, alive true")), true);
            }
        });

        test("writer: an already fresh feed is copied byte for byte", () -> {
            for (String shape : SHAPES) {
                write("in.json", shape(shape, "true 90.00 90.0"));
                run("recover --feed bravo --state @in.json --output @out.json --now " + NOW).exits(0).says("NOTHING TO RECOVER", "unchanged");
                equal("copy", read("out.json"), read("in.json"));
            }
        });

        test("writer: recovering twice gives the same bytes", () -> {
            for (String kind : List.of("stale", "unknown", "down", "missing", "skewed", "loosened")) {
                run("scenario " + kind + " --feed bravo --output @in.json").exits(0);
                run("recover --feed bravo --state @in.json --output @one.json").exits(0).says("RECOVERED");
                run("recover --feed bravo --state @in.json --output @two.json").exits(0).says("RECOVERED");
                run("recover --feed bravo --state @one.json --output @three.json").exits(0).says("NOTHING TO RECOVER");
                equal(kind, read("two.json"), read("one.json"));
                equal(kind, read("three.json"), read("one.json"));
            }
        });

        test("writer: a scenario reports what it changed, and the command that shows it", () -> {
            for (String kind : KINDS) {
                boolean whole = KINDS.indexOf(kind) >= 6;
                Run run = run("scenario " + kind + (whole ? "" : " --feed bravo") + " --output @out.json --format json --now " + NOW).exits(0);
                run.members("", "scenario", "feed", "changed", "state", "state_sha256", "output", "output_sha256", "show");
                run.has("scenario", kind).has("feed", whole ? null : "bravo").has("output", dir + "/out.json").has("output_sha256",
                        sha256("out.json"));
                run.has("state", home + "/data/healthy.json").has("state_sha256", sha256("healthy.json"));
                paste(run.get("show").toString()).exits(kind.equals("corrupt") ? 3 : 2);
            }
            run("scenario stale --feed bravo --output @out.json").exits(0).says("SCENARIO WRITTEN: stale bravo", "11", "660", "status --state ");
        });

        test("writer: a scenario that would be no failure writes nothing", () -> {
            refused("scenario stale --feed bravo --output @out.json --age-seconds 90", "still fresh");
            refused("scenario stale --feed bravo --output @out.json --age-seconds 0", "still fresh");
            refused("scenario stale --feed nobody --output @out.json", "unknown feed: nobody", "alpha, bravo, charlie");
            refused("scenario stale --feed brvo --output @out.json", "unknown feed: brvo", "did you mean bravo?");
            write("in.json", document("limit 7200", feed("only", "alive true, age 8")));
            for (String kind : List.of("stale", "loosened")) {
                refused("scenario " + kind + " --feed only --state @in.json --output @out.json", "still fresh");
            }
            refused("scenario frozen --state @in.json --output @out.json", "still fresh");
            refused("scenario missing --feed only --state @in.json --output @out.json", "only feed");
            write("in.json", document("limit 'x'", feed("only", "alive true, age 8")));
            refused("scenario loosened --feed only --state @in.json --output @out.json", "no limit");
            write("in.json", "{");
            refused("scenario stale --feed only --state @in.json --output @out.json", "in.json:1:2: ");
            run("scenario stale --feed bravo --output @out.json --age-seconds 90.0000001").exits(0);
        });
    }

    /** Whether the second text is the first with something put in at one place. */
    static boolean insertedOnly(String before, String after) {
        int start = 0;
        int end = 0;
        while (start < Math.min(before.length(), after.length()) && before.charAt(start) == after.charAt(start)) {
            start++;
        }
        while (end < Math.min(before.length(), after.length())
                && before.charAt(before.length() - 1 - end) == after.charAt(after.length() - 1 - end)) {
            end++;
        }
        return after.length() > before.length() && start + end >= before.length();
    }

    // ---- Recovery ----

    static void recovery() {
        test("recovery: refused with exit 2 and nothing written where the feed would still not be safe", () -> {
            write("frozen.json", fixture.replace("{\n  \"max", "{\n  \"as_of\": \"2026-11-22T09:30:00Z\",\n  \"max"));
            write("future.json", read("frozen.json").replace("09:30:00", "09:38:00"));
            write("tight.json", fixture.replace("\"name\": \"bravo\",", "\"name\": \"bravo\", \"max_age_seconds\": 4,"));
            write("unexpected.json", fixture.replace("bravo", "delta"));
            write("limit.json", fixture.replace("\"max_age_seconds\": 90", "\"max_age_seconds\": 0"));
            for (String row : List.of("bravo --state @stale.json --age-seconds 91 => stale, 91s, 90s",
                    "bravo --state @stale.json --age-seconds 90.0000001 => stale, 90.0000001s, 90s", "bravo --state @frozen.json => stale, 425s, 90s",
                    "bravo --state @future.json => unknown, future", "bravo --state @tight.json --age-seconds 5 => stale, 5s, 4s",
                    "delta --state @unexpected.json => unknown, baseline", "bravo --state @limit.json => unknown, max_age_seconds")) {
                String[] half = row.split(" => ");
                for (String output : List.of("@out.json", "@healthy.json", "@out.json --record @record", "-", "@out.json --format json")) {
                    String before = snapshot();
                    Run run = run("recover --feed " + half[0] + " --output " + output + " --now " + NOW).exits(2);
                    equal(run.call, snapshot(), before);
                    if (output.equals("-")) {
                        equal(run.call + ": what a pipe would take for the state", run.out, "");
                        run.warns("RECOVERY REFUSED", half[1].split(", "));
                    } else if (output.contains("json --format")) {
                        run.reports("recovery 'refused'", "output null", "output_sha256 null");
                        equal(run.call, run.get("refused_because") instanceof String, true);
                    } else {
                        run.says("RECOVERY REFUSED", half[1].split(", "));
                    }
                }
            }
            run("recover --feed bravo --state @stale.json --output @out.json --age-seconds 90").exits(0).says("RECOVERED");
            run("recover --feed bravo --state @tight.json --output @out.json --age-seconds 4").exits(0).says("RECOVERED");
        });

        test("recovery: an unknown feed, and a state or baseline that cannot be evaluated, are exit 3", () -> {
            write("broken.json", "{");
            refused("recover --feed nobody --state @stale.json --output @out.json --record @record", "unknown feed: nobody", "alpha, bravo, charlie");
            refused("recover --feed brav --state @stale.json --output @out.json", "unknown feed: brav", "did you mean bravo?");
            refused("recover --feed bravo --state @broken.json --output @out.json --record @record", "broken.json:1:2: ");
            refused("recover --feed bravo --state @stale.json --output @out.json --baseline @broken.json", "baseline ", "broken.json:1:2: ");
            refused("recover --feed bravo --state @absent.json --output @out.json", "absent.json", "no such file");
        });

        test("recovery: other feeds stay as they are, fresh or not", () -> {
            write("in.json", fixture.replace(": 7\n", ": 700\n").replace(": 11\n", ": 900\n"));
            run("recover --feed bravo --state @in.json --output @out.json").exits(0).says("RECOVERED");
            run("status --state @out.json --format json").exits(2).reports("unsafe_feeds ['charlie']");
        });

        test("recovery: the report is the record, before and after, and its command replays it", () -> {
            Run run = run("recover --feed bravo --state @stale.json --output @out.json --format json --age-seconds 6 --now " + NOW).exits(0);
            run.members("", "recovery", "time", "feed", "refused_because", "before", "after", "changed", "baseline", "state", "state_sha256",
                    "output", "output_sha256", "replay");
            run.reports("recovery 'recovered'", "time '" + NOW + "'", "feed 'bravo'", "refused_because null",
                    "before.freshness_status 'stale'", "before.last_tick_age_seconds 660", "before.safe_to_serve false",
                    "after.freshness_status 'fresh'", "after.last_tick_age_seconds 6", "after.safe_to_serve true");
            run.has("baseline", home + "/data/healthy.json").has("state", dir + "/stale.json").has("output", dir + "/out.json");
            run.has("state_sha256", sha256("stale.json")).has("output_sha256", sha256("out.json"));
            String first = read("out.json");
            delete(dir.resolve("out.json"));
            paste(run.get("replay").toString()).exits(0).says("RECOVERED");
            equal("replayed", read("out.json"), first);

            run("recover --feed bravo --state @stale.json --output @out.json")
                .says("RECOVERED: bravo", "660s", "5s", sha256("stale.json"), sha256("out.json"));
            run("recover --feed alpha --state @stale.json --output @out.json --format json")
                .reports("recovery 'unchanged'", "before.freshness_status 'fresh'", "changed []");
        });

        test("recovery: a record is one JSON line each, the same as the report", () -> {
            write("torn", "{\"recovery\": \"reco");
            for (String record : List.of("record", "torn")) {
                String call = "recover --feed bravo --state @stale.json --output @out.json --record @" + record;
                Run one = run(call + " --format json --now " + NOW).exits(0);
                run("recover --feed alpha --state @stale.json --output @out.json --record @" + record).exits(0);
                run(call + " --age-seconds 91").exits(2);
                List<String> lines = new ArrayList<>(List.of(read(record).split("\n", -1)));
                if (record.equals("torn")) {
                    equal("what another left torn stays", lines.remove(0), "{\"recovery\": \"reco");
                }
                equal(record, lines.size() + lines.get(2), "3");
                equal(record, Reader.read(lines.get(0)), Reader.read(one.out));
                equal(record, Reader.at(lines.get(1), "recovery"), "unchanged");
                Instant time = Instant.parse(Reader.at(lines.get(1), "time").toString());
                equal("time " + time, time.isAfter(Instant.now().minusSeconds(60)) && !time.isAfter(Instant.now()), true);
            }
        });

        test("recovery: what is not done is not recorded", () -> {
            write("record", "{}\n");
            String[] call = arguments("recover --feed bravo --state @stale.json --output - --record @record");
            equal("a closed pipe", Freshness.run(call, UNREAD, new Full(0), new ByteArrayOutputStream()) + read("record"), "3{}\n");
        });

        test("recovery: what cannot be recorded is not done", () -> {
            oddFiles();
            for (String row : List.of("@sub => not a regular file", "@device => not a regular file", "@fifo => not a regular file",
                    "@soft.json => link", "@dangling.json => link", "@absent/record => no such directory", "@in.json => the input",
                    "@hard.json => the input", "@base.json => the baseline", "@out.json => one file", "@./out.json => one file",
                    "@linked/out.json => one file",
                    "HOME/data/healthy.json => the baseline")) {
                String[] half = row.split(" => ");
                for (String out : List.of("", "old")) {
                    if (!out.isEmpty()) {
                        write("out.json", out);
                    }
                    refused("recover --feed bravo --state @in.json --output @out.json --baseline @base.json --record %", half[1], at(half[0]));
                }
                delete(dir.resolve("out.json"));
            }
            // Within one process a second lock is an error at once; another process would wait.
            write("record", "");
            String call = "recover --feed bravo --state @in.json --output @out.json --record @record";
            try (FileChannel channel = FileChannel.open(dir.resolve("record"), StandardOpenOption.WRITE); var lock = channel.lock()) {
                int exit = Freshness.run(arguments(call), UNREAD, new ByteArrayOutputStream(), new ByteArrayOutputStream());
                equal(call + " while another holds a lock: " + lock, exit + read("record") + Files.exists(dir.resolve("out.json")), "3false");
            }
            run(call).exits(0);
        });
    }

    // ---- Files ----

    static void files() {
        test("files: the input, the baseline and all but regular files are refused as output", () -> {
            oddFiles();
            for (String row : List.of("@in.json => the input", "@./in.json => the input", "@sub/../in.json => the input",
                    "@linked/in.json => the input", "@hard.json => the input", "@base.json => the baseline", "@sub/.././base.json => the baseline",
                    "@hardbase.json => the baseline", "HOME/data/healthy.json => the baseline", "HOME/./data/../data/healthy.json => the baseline",
                    "@soft.json => a link", "@soft-old.json => a link", "@dangling.json => a link", "@sub => not a regular file",
                    "@sub/ => not a regular file", "@fifo => not a regular file", "@device => not a regular file", "/ => not a regular file",
                    "@absent/out.json => no such directory", "@in.json/out.json => no such directory", "@nul\0.json => no path",
                    "@" + "x".repeat(5000) + " => long")) {
                String[] half = row.split(" => ");
                for (String call : List.of("status --state @in.json --baseline @base.json",
                        "status --state @in.json --format json --baseline @base.json", "recover --feed bravo --state @in.json --baseline @base.json",
                        "scenario stale --feed bravo --state @in.json")) {
                    if (call.startsWith("scenario") && half[1].contains("baseline") && !half[0].startsWith("HOME")) {
                        continue; // it has no --baseline
                    }
                    refused(call + " --output %", half[1], at(half[0]));
                }
            }
            refused("scenario stale --feed bravo --output %", "the input", at("HOME/data/healthy.json"));
            refused("status --output %", "healthy.json", at("HOME/data/healthy.json"));
            refused("status --baseline @base.json --output @base.json", "base.json");
            refused("status --state @absent.json --output @./absent.json", "the input");
        });

        test("files: a new file takes the old one's place, and the old one stays whole", () -> {
            for (String call : List.of("status --state @healthy.json --format json", "recover --feed bravo --state @stale.json",
                    "scenario stale --feed bravo")) {
                write("old.json", "old");
                Files.createLink(dir.resolve("out.json"), dir.resolve("old.json"));
                run(call + " --output @out.json").exits(0);
                equal(call, read("out.json").contains("\"feeds\""), true);
                equal(call, read("old.json"), "old");
                delete(dir.resolve("out.json"));
            }
        });

        test("files: a state or baseline that is no regular file does not hang", () -> {
            oddFiles();
            for (String file : List.of("@fifo", "@device", "/dev/zero", "/dev/null", "@sub", "/", "@absent.json", "@in.json/x", "@dangling.json",
                    "@nul\0.json", "@" + "x".repeat(5000))) {
                for (String call : List.of("status --state %", "status --baseline %", "status --state @in.json --baseline %",
                        "gate --feed bravo --state %", "gate --feed bravo --state @in.json --baseline %")) {
                    String before = snapshot();
                    run(call, at(file)).exits(3).says(call.startsWith("gate") ? "GATE BLOCKED: " : "FRESHNESS UNKNOWN: ");
                    equal(call, snapshot(), before);
                }
                refused("scenario stale --feed bravo --state % --output @out.json", "", at(file));
                refused("recover --feed bravo --state % --output @out.json --record @record", "", at(file));
                refused("recover --feed bravo --state @in.json --baseline % --output @out.json --record @record", "", at(file));
            }
        });

        test("files: what is read has to be as long as the file is", () -> {
            if (Files.exists(Path.of("/proc/version"))) { // it says that it is empty
                run("status --state /proc/version").exits(3).says("FRESHNESS UNKNOWN: /proc/version: changed while it was read");
            }
        });

        test("files: a state that is written to while it is read is no state", () -> {
            Path state = dir.resolve("in.json");
            write("in.json", fixture);
            AtomicBoolean seen = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                for (long time = 0; !seen.get(); time += 1000) {
                    state.toFile().setLastModified(time);
                }
            });
            writer.start();
            for (int i = 0; i < 10_000 && !seen.get(); i++) {
                Run run = run("status --state @in.json");
                seen.set(run.exit == 3 && run.out.contains("in.json: changed while it was read"));
                equal("run " + i, run.exit == 0 || seen.get(), true);
            }
            equal("was seen", seen.getAndSet(true), true);
            writer.join();
        });

        test("files: an input may be a link", () -> {
            oddFiles();
            run("status --state @soft.json").exits(2).says("FRESHNESS CRITICAL", "bravo");
            run("status --state @linked/in.json --baseline @soft.json").exits(2).says("FRESHNESS CRITICAL", "bravo");
        });

        test("files: standard input and standard output in a pipe", () -> {
            String stale = read("stale.json");
            runWith(new ByteArrayInputStream(fixture.getBytes(UTF_8)), "status --state -").exits(0).says("FRESHNESS OK");
            runWith(new ByteArrayInputStream(stale.getBytes(UTF_8)), "gate --feed bravo --state=-").exits(2).says("GATE BLOCKED", "bravo");
            runWith(new ByteArrayInputStream(stale.getBytes(UTF_8)), "gate --feed alpha --state -").exits(0).says("GATE OPEN", "alpha");
            runWith(InputStream.nullInputStream(), "status --state -").exits(3).says("FRESHNESS UNKNOWN: standard input:1:1: ");
            Run scenario = runWith(new ByteArrayInputStream(fixture.getBytes(UTF_8)), "scenario stale --feed bravo --state - --output -").exits(0);
            equal("the document", scenario.out, stale);
            scenario.warns("SCENARIO WRITTEN");
            Run recover = runWith(new ByteArrayInputStream(stale.getBytes(UTF_8)),
                    "recover --feed bravo --state - --output - --format json").exits(0);
            equal("the document", recover.out, fixture.replace(": 11\n", ": 5\n"));
            equal("the report", Reader.at(recover.err, "recovery"), "recovered");
            Run status = run("status --state @stale.json --format json --now " + NOW + " --output -").exits(2).reports("unsafe_feeds ['bravo']");
            status.warns("FRESHNESS CRITICAL", "bravo");
            Run filed = run("status --state @stale.json --format json --now " + NOW + " --output @out.json").exits(2).says("FRESHNESS CRITICAL", "bravo");
            equal("one line", filed.out.lines().count() + filed.err, "1");
            equal("the document", read("out.json"), status.out);
        });
    }

    /** Files that nothing must be written to: in.json is stale, base.json the fixture, and the others are what their names say. */
    static void oddFiles() throws Exception {
        write("in.json", read("stale.json"));
        write("base.json", fixture);
        Files.createDirectory(dir.resolve("sub"));
        Files.createLink(dir.resolve("hard.json"), dir.resolve("in.json"));
        Files.createLink(dir.resolve("hardbase.json"), dir.resolve("base.json"));
        Files.createSymbolicLink(dir.resolve("linked"), dir);
        Files.createSymbolicLink(dir.resolve("soft.json"), dir.resolve("in.json"));
        write("sub/old.json", "old");
        Files.createSymbolicLink(dir.resolve("soft-old.json"), dir.resolve("sub/old.json"));
        Files.createSymbolicLink(dir.resolve("dangling.json"), dir.resolve("nowhere.json"));
        // The device is like /dev/null, and our own: a faulty program that root runs would replace the one of the machine.
        String make = "mkfifo fifo && { mknod device c 1 3 2>/dev/null || mkfifo device; }";
        equal(make, new ProcessBuilder("sh", "-c", make).directory(dir.toFile()).start().waitFor(), 0);
    }

    // ---- Usage ----

    /** A call of each command that works, without the options that may be left out. */
    static final Map<String, String> CALLS = new LinkedHashMap<>();
    /** The options of each command, and a value that each takes. */
    static final Map<String, String> OPTIONS = new LinkedHashMap<>();
    static final Map<String, String> VALUES = new LinkedHashMap<>();

    static {
        CALLS.put("status", "status");
        CALLS.put("gate", "gate --feed alpha --state @healthy.json");
        CALLS.put("scenario", "scenario stale --feed bravo --output @out.json");
        CALLS.put("recover", "recover --feed bravo --state @stale.json --output @out.json");
        CALLS.put("smoke", "smoke");
        CALLS.put("doctor", "doctor");
        OPTIONS.put("status", "--state --baseline --format --output --watch --color --now");
        OPTIONS.put("gate", "--feed --state --action --baseline --format --watch --now");
        OPTIONS.put("scenario", "--feed --output --state --age-seconds --format --now");
        OPTIONS.put("recover", "--feed --state --output --age-seconds --record --baseline --format --now");
        OPTIONS.put("smoke", "--format");
        OPTIONS.put("doctor", "--baseline --state --format");
        for (String pair : List.of("--state @healthy.json", "--baseline @healthy.json", "--format json", "--output @out.json", "--watch 1",
                "--color never", "--now " + NOW, "--feed bravo", "--action price_order", "--age-seconds 91", "--record @record")) {
            VALUES.put(pair.split(" ")[0], pair.split(" ")[1]);
        }
    }

    static void usage() {
        test("usage: each command takes the options of the contract and no others, and its help names them", () -> {
            for (String command : CALLS.keySet()) {
                Run help = run("help " + command).exits(0).says("", command);
                for (String same : List.of("--help", "-h")) {
                    equal(command + " " + same, run(command + " " + same).exits(0).out, help.out);
                    // Anywhere else it is no help: a script whose variable holds it must not get exit 0.
                    for (String call : List.of("--help " + same, CALLS.get(command).substring(command.length()) + " --format json " + same, same + " stray")) {
                        refused((command + " " + call).replace("  ", " "), " counts only as the one argument behind a command");
                    }
                }
                for (String option : VALUES.keySet()) {
                    boolean taken = List.of(OPTIONS.get(command).split(" ")).contains(option);
                    refused(command + " " + option, taken ? "no value given for " + option : "unknown option: " + option);
                    equal(command + " help names " + option, Pattern.compile(option + "\\b").matcher(help.out).find(), taken);
                    if (taken && !option.equals("--watch")) {
                        String call = CALLS.get(command).replaceAll(" " + option + " \\S+", "");
                        for (String gap : List.of(" ", "=")) {
                            Run run = run(call + " " + option + gap + VALUES.get(option));
                            equal(run.call, run.exit != 3 && run.err.isEmpty(), true);
                        }
                    }
                }
            }
        });

        test("usage: help for the program", () -> {
            String help = run("help").exits(0).out;
            for (String same : List.of("--help", "-h")) {
                equal(same, run(same).exits(0).out, help);
                equal(same, run(same + " status").exits(0).out, run("help status").out);
            }
            for (String command : CALLS.keySet()) {
                equal(command, help.contains(command), true);
            }
            run("help help").exits(0);
            run("--version").exits(0).says("", Runtime.version().toString());
            refused("help nothing", "unknown command: nothing");
            refused("help statsu", "unknown command: statsu", "did you mean status?");
            refused("help gate gate", "unexpected argument: gate");
            refused("help --bogus", "unknown option: --bogus; see: ");
        });

        test("usage: commands", () -> {
            refused("", "no command given");
            refused("%", "unknown command", "");
            for (String row : List.of("stauts status", "stat status", "Status status", "gat gate", "gates gate", "scenaro scenario",
                    "recvoer recover", "smok smoke", "docter doctor", "hepl help")) {
                String[] words = row.split(" ");
                refused(words[0] + " --state @healthy.json", "unknown command: " + words[0] + "; did you mean " + words[1] + "?");
            }
            refused("frobnicate", "unknown command: frobnicate");
            refused("--state @healthy.json status", "unknown command: --state");
        });

        test("usage: an option misspelt, repeated or without a value, and a stray word", () -> {
            for (String command : CALLS.keySet()) {
                String call = CALLS.get(command);
                refused(call + " --bogus", "unknown option: --bogus");
                refused(call + " --bogus=1", "unknown option: --bogus");
                refused(call + " -x", "unknown option: -x");
                refused(call + " --", "unknown option: --");
                refused(call + " stray", "unexpected argument: stray");
                refused(call + " %", "unexpected argument", "");
                for (String option : OPTIONS.get(command).split(" ")) {
                    String value = " " + VALUES.get(option);
                    String shorter = option.substring(0, option.length() - 1);
                    refused(call + " " + shorter + value, "unknown option: " + shorter + "; did you mean " + option + "?");
                    String longer = option.substring(0, 3) + option.substring(2);
                    refused(call + " " + longer + value, "unknown option: " + longer + "; did you mean " + option + "?");
                    refused(call + " " + option.toUpperCase() + value, "unknown option");
                    // An argument that holds a line of the help is no option either.
                    refused(call + " %" + value, "unknown option", option + " FILE");
                    refused(call + " %" + value, "unknown option", option + value);
                    if (!option.equals("--action") && !(command + option).equals("gate--feed")) {
                        refused(call + " " + option + value + " " + option + value, option, "twice");
                    }
                    for (String none : List.of(option, option + "=", option + " %", option + " --format=json")) {
                        refused(call.replaceAll(" " + option + " \\S+", "") + " " + none, "no value given for " + option, "");
                    }
                }
            }
            refused("gate --feed alpha --state", "no value given for --state");
        });

        test("usage: an internal error is one line and exit 3", () -> {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            equal("a null argument", Freshness.run(new String[] {"status", null}, UNREAD, new Full(0), err), 3);
            equal("a null argument", err.toString(UTF_8).matches("freshness: internal error[^\n]*\n"), true);
        });

        test("usage: what is required", () -> {
            refused("gate", "is missing");
            refused("gate --feed alpha", "--state is missing");
            refused("gate --state @healthy.json", "--feed is missing");
            refused("gate --action price_order --state @healthy.json", "--feed is missing");
            refused("scenario", "is missing");
            refused("scenario stale --feed bravo", "--output is missing");
            refused("scenario --feed bravo --output @out.json", "KIND is missing: stale unknown down");
            refused("recover", "is missing");
            refused("recover --state @stale.json --output @out.json", "--feed is missing");
            refused("recover --feed bravo --output @out.json", "--state is missing");
            refused("recover --feed bravo --state @stale.json", "--output is missing");
        });

        test("usage: values that are not valid", () -> {
            String watch = " is 0 0.05 0.0999 -1 86400.1 86401 1e9 abc 1s 01 +1 null true NaN 0x1 1e999999999";
            String age = " is -1 -30 -0.0001 1000000000.1 1000000001 1e400 1e999999999 abc 5s 05 +5 .5 5. null true NaN Infinity 0x5 5,0 [5] {}";
            String now = " is now yesterday 2026-11-22 2026-11-22T09:37:00 2026-02-30T00:00:00Z 1795340220 2026-11-22T24:00:00Z null";
            for (String row : List.of("status --format is xml JSON js text|json j|p json,text", "gate --format is prometheus xml",
                    "scenario --format is prometheus", "recover --format is prometheus xml", "smoke --format is prometheus xml",
                    "doctor --format is yaml", "status --color is purple on ALWAYS", "status --watch" + watch, "scenario --age-seconds" + age,
                    "recover --age-seconds" + age, "status --now" + now, "gate --now" + now, "scenario --now" + now, "recover --now" + now,
                    "status --baseline is -", "gate --baseline is -", "recover --baseline is -", "recover --record is -")) {
                String[] words = row.split(" is | ");
                for (String value : Arrays.asList(words).subList(2, words.length)) {
                    refused(CALLS.get(words[0]) + " " + words[1] + "=" + value, 
                            "invalid value given for " + words[1] + ": " + value.replace("|", "\\u007c"));
                }
            }
            refused("gate --feed % --state @healthy.json", "not text", "\ufffd");
        });

        test("usage: rules between options", () -> {
            for (String with : List.of("--output @out.json", "--now " + NOW, "--state -", "--format json", "--format prometheus")) {
                refused("status --watch 1 " + with, "--watch");
            }
            refused("scenario stal --feed bravo --output @out.json", "invalid value given for KIND: stal; did you mean stale?");
            refused("scenario rotten --feed bravo --output @out.json", "invalid value given for KIND: rotten");
            refused("scenario stale down --feed bravo --output @out.json", "unexpected argument: down");
            for (String kind : KINDS) {
                boolean whole = KINDS.indexOf(kind) >= 6;
                refused("scenario " + kind + (whole ? " --feed bravo" : "") + " --output @out.json", "--feed");
                if (!kind.equals("stale")) {
                    refused("scenario " + kind + (whole ? "" : " --feed bravo") + " --age-seconds 700 --output @out.json", "--age-seconds");
                }
            }
            refused("recover --feed bravo --state @stale.json --output @out.json --record @out.json", "one file");
            refused("gate --feed alpha --state @healthy.json --action price_ordr", "invalid value given for --action: price_ordr; did you mean price_order?");
            refused("gate --feed alpha --state @healthy.json --action sell", "invalid value given for --action: sell");
        });

        test("usage: a value may look like an option or like something of the shell's", () -> {
            for (String name : List.of("--state", "-x", "-30", "-", "--", "a=b", "=", " ", "*", "$HOME", "'", "\\\"", "a  b", "%s")) {
                write("n.json", document("limit 90", feed(name, "alive true, age 8")));
                run("gate --state @n.json --baseline @n.json --feed=%", name.replace("\\", "")).exits(0).says("GATE OPEN");
                if (!name.startsWith("--")) {
                    run("gate --feed % --state @n.json --baseline @n.json", name.replace("\\", "")).exits(0).says("GATE OPEN");
                }
            }
        });
    }

    // ---- Gate ----

    /** What work may do with a feed of that status. */
    static List<String> allowed(String status) {
        return ACTIONS.subList(0, Map.of("fresh", 6, "stale", 3, "unknown", 1).get(status));
    }

    static void gate() {
        test("gate: every feed, every action and pairs of both", () -> {
            write("in.json", fixture.replace(": 11\n", ": 660\n").replaceFirst("(?s)(charlie.*?)true", "$1false"));
            Map<String, String> status = Map.of("alpha", "fresh", "bravo", "stale", "charlie", "unknown");
            List<String> asked = new ArrayList<>(List.of(""));
            for (String one : ACTIONS) {
                asked.add(one);
                ACTIONS.forEach(other -> asked.add(one + " " + other));
            }
            for (String feeds : List.of("alpha", "bravo", "charlie", "alpha bravo", "bravo alpha", "charlie bravo", "alpha charlie", "alpha alpha")) {
                for (String actions : asked) {
                    List<String> blocked = new ArrayList<>();
                    for (String feed : new LinkedHashSet<>(List.of(feeds.split(" ")))) {
                        boolean open = actions.isEmpty() ? feed.equals("alpha") : allowed(status.get(feed)).containsAll(List.of(actions.split(" ")));
                        blocked.addAll(open ? List.of() : List.of(feed));
                    }
                    String call = "gate --state @in.json --feed " + feeds.replace(" ", " --feed ")
                            + (actions.isEmpty() ? "" : " --action " + actions.replace(" ", " --action "));
                    int exit = blocked.isEmpty() ? 0 : 2;
                    run(call).exits(exit).says(exit == 0 ? "GATE OPEN" : "GATE BLOCKED", blocked.toArray(new String[0]));
                    run(call + " --format json").exits(exit).has("gate", exit == 0 ? "open" : "blocked").has("blocked_feeds", blocked);
                }
            }
        });

        test("gate: a blocked one says the feed, the figures, the reason and the command that recovers it", () -> {
            write("with space.json", read("stale.json"));
            write("it's.json", read("stale.json"));
            for (String file : List.of("stale.json", "with space.json", "it's.json")) {
                Run run = run("gate --feed bravo --feed alpha --action price_order --state %", dir + "/" + file).exits(2);
                run.says("GATE BLOCKED", "bravo", "660s", "90s", "price_order", "publish_signal", "rebalance_position");
                Run json = run("gate --feed alpha --feed bravo --state % --format json", dir + "/" + file).exits(2);
                String command = Reader.at(json.out, "next.0").toString();
                equal("text has the command too", run.out.contains(command), true);
                equal("state", json.get("state"), dir + "/" + file);
                equal("no age was seen yet", command.endsWith(" --age-seconds AGE"), true);
                equal("so it is refused", paste(command).exits(3).err.contains("give the age of a tick that you have seen"), true);
                paste(command.replace("AGE", "5")).exits(0).says("RECOVERED");
                String recovered = words(command).get(words(command).indexOf("--output") + 1);
                run("gate --feed bravo --state %", recovered).exits(0).says("GATE OPEN");
                equal("recovered", Files.readString(Path.of(recovered)), fixture.replace(": 11\n", ": 5\n"));
            }
            // The command judges by what the gate judged by.
            write("base.json", fixture.replace("90", "80"));
            Run run = run("gate --feed bravo --state @stale.json --baseline @base.json --now " + NOW + " --format json");
            equal("baseline", words(run.get("next.0").toString()).contains(dir + "/base.json"), true);
            paste(run.get("next.0").toString().replace("AGE", "5")).exits(0).says("RECOVERED");
        });

        test("gate: the members of its JSON", () -> {
            Run run = run("gate --feed bravo --feed alpha --action price_order --action inspect_status --state @stale.json --format json").exits(2);
            run.members("", "gate", "actions", "blocked_feeds", "next", "evaluated_at", "as_of", "state", "state_sha256", "baseline",
                    "baseline_sha256", "exit", "feeds");
            run.reports("gate 'blocked'", "actions ['price_order', 'inspect_status']", "blocked_feeds ['bravo']", "feeds.0.name 'bravo'",
                    "feeds.0.reason_code 'stale'", "feeds.1.name 'alpha'", "feeds.1.safe_to_serve true");
            run("gate --feed alpha --state @stale.json --format json").exits(0).reports("gate 'open'", "actions []", "blocked_feeds []", "next []");
        });

        test("gate: what cannot be evaluated is exit 3, whatever is asked", () -> {
            write("broken.json", fixture.substring(9));
            for (String row : List.of("--feed alpha --state @broken.json => broken.json:1:1: ",
                    "--feed alpha --action inspect_status --state @broken.json => broken.json:1:1: ",
                    "--feed alpha --state @absent.json => absent.json",
                    "--feed alpha --state @stale.json --baseline @broken.json => baseline",
                    "--feed nobody --state @healthy.json => unknown feed: nobody",
                    "--feed nobody --action inspect_status --state @healthy.json => unknown feed: nobody",
                    "--feed alpha --feed nobody --state @healthy.json => unknown feed: nobody",
                    "--feed bravo --feed nobody --state @stale.json => unknown feed: nobody",
                    "--feed Alpha --state @healthy.json => did you mean alpha?")) {
                String[] half = row.split(" => ");
                run("gate " + half[0]).exits(3).says("GATE BLOCKED", half[1]);
                Run json = run("gate " + half[0] + " --format json").exits(3).reports("gate 'blocked'");
                json.members("", "gate", "actions", "blocked_feeds", "next", "evaluated_at", "as_of", "state", "state_sha256", "baseline",
                        "baseline_sha256", "exit", "error", "feeds");
                equal(row, json.get("error").toString().contains(half[1]), true);
                boolean known = row.contains("nobody") || row.contains("Alpha"); // then the feeds that are known may be safe
                equal(row, known || !json.out.contains("\"safe_to_serve\": true"), true);
            }
            refused("gate --feed alpha --state @healthy.json --action sell", "invalid value given for --action: sell");
        });

        test("gate: an action named twice is shown once, and no suggestion is sought for what no feed can be named", () -> {
            run("gate --feed alpha --action price_order --action price_order --state @healthy.json").exits(0)
                .says("GATE OPEN", "allowed: price_order\n");
            write("in.json", document("limit 90", feed("n".repeat(190), "")));
            run("gate --feed " + "q".repeat(100_000) + " --state @in.json --baseline @in.json").exits(3).says("GATE BLOCKED: unknown feed: ");
        });

        test("gate: other feeds do not matter, and an unexpected feed is blocked", () -> {
            write("in.json", fixture.replace("bravo", "delta"));
            run("gate --feed alpha --feed charlie --state @in.json").exits(0).says("GATE OPEN");
            run("gate --feed bravo --state @in.json").exits(2).says("GATE BLOCKED", "bravo", "feed_missing");
            run("gate --feed delta --state @in.json").exits(2).says("GATE BLOCKED", "delta", "feed_unexpected");
        });
    }

    // ---- Status ----

    static void status() {
        test("status: every finding of the contract, with what it allows", () -> {
            String contract = document("limit 90, require_as_of true", feed("x", "alive true, age 8"));
            write("base.json", contract);
            Map<String, String> states = new LinkedHashMap<>();
            states.put("state_invalid", contract.substring(1));
            states.put("feed_missing", document("limit 90, as_of 'NOW'", feed("y", "alive true, age 8")));
            states.put("as_of_missing", document("limit 90", feed("x", "alive true, age 8")));
            states.put("as_of_invalid", document("limit 90, as_of 'then'", feed("x", "alive true, age 8")));
            states.put("clock_skew", document("limit 90, as_of '2026-11-22T09:37:02Z'", feed("x", "alive true, age 8")));
            states.put("alive_invalid", document("limit 90, as_of 'NOW'", feed("x", "alive 1, age 8")));
            states.put("feed_down", document("limit 90, as_of 'NOW'", feed("x", "alive false, age 8")));
            states.put("limit_invalid", document("limit 0, as_of 'NOW'", feed("x", "alive true, age 8")));
            states.put("age_missing", document("limit 90, as_of 'NOW'", feed("x", "alive true, age null")));
            states.put("age_invalid", document("limit 90, as_of 'NOW'", feed("x", "alive true, age -30")));
            states.put("stale", document("limit 90, as_of 'NOW'", feed("x", "alive true, age 90.1")));
            states.put("fresh", document("limit 90, as_of 'NOW'", feed("x", "alive true, age 45")));
            for (var row : states.entrySet()) {
                write("in.json", row.getValue().replace("NOW", NOW));
                finding(row.getKey(), 0, row.getKey().equals("state_invalid") ? 3 : row.getKey().equals("fresh") ? 0 : 2);
            }
            write("in.json", states.get("feed_missing").replace("NOW", NOW));
            finding("feed_unexpected", 1, 2);
        });

        test("status: the members of its JSON, in their order", () -> {
            Run run = run("status --state @stale.json --format json --now " + NOW).exits(2);
            run.members("", "overall_status", "unsafe_feeds", "max_age_seconds", "fresh_feeds", "alive_feeds", "total_feeds", "evaluated_at",
                    "as_of", "state", "state_sha256", "baseline", "baseline_sha256", "exit", "feeds");
            run.members("feeds.1", "name", "alive", "last_tick_age_seconds", "max_age_seconds", "freshness_status", "safe_to_serve",
                    "allowed_actions", "blocked_actions", "blocked_reason", "reason_code", "alert");
            run.reports("overall_status 'restricted'", "unsafe_feeds ['bravo']", "max_age_seconds 90", "fresh_feeds 2", "alive_feeds 3",
                    "total_feeds 3", "feeds.1.name 'bravo'", "feeds.1.alive true", "feeds.1.last_tick_age_seconds 660", "feeds.1.max_age_seconds 90");
            run.has("state", dir + "/stale.json").has("state_sha256", sha256("stale.json"));
            equal("figures", run.get("feeds.1.blocked_reason").toString().matches(".*660.*90.*"), true);
            run("status --state @healthy.json --format json").exits(0).reports("overall_status 'eligible'", "unsafe_feeds []");

            write("in.json", document("limit 60, as_of '2026-11-22T09:36:59.5Z'", feed("alpha", "alive true, age 8.25, limit 1e2"),
                    feed("bravo", "alive false"), feed("charlie", "alive 1, age 1e400")));
            run("status --state @in.json --format json --now " + NOW).exits(2).reports("alive_feeds 1", "max_age_seconds 60",
                    "feeds.0.last_tick_age_seconds 8.75", "feeds.0.max_age_seconds 90", "feeds.0.alert 'ticket'",
                    "feeds.1.last_tick_age_seconds null", "feeds.1.max_age_seconds 60", "feeds.1.alive false",
                    "feeds.2.last_tick_age_seconds null", "feeds.2.alive null");
        });

        test("status: why and what next, with the figures", () -> {
            String[][] rows = { // the state, the baseline, why, what next
                {document("limit 90, as_of '2026-11-22T09:39:00Z'", feed("x", "alive true, age 8")), document("limit 90", feed("x", "alive true")),
                    "as_of is 120s in the future", "compare the clock"},
                {document("limit 90", feed("x", "alive true, age 8")), document("limit 'long'", feed("x", "alive true")),
                    "max_age_seconds is \"long\" in the baseline", "correct max_age_seconds"},
                {document("limit 0", feed("x", "alive true, age 8")), document("limit 90", feed("x", "alive true")),
                    "max_age_seconds is 0 in the state", "correct max_age_seconds"},
                {document("limit 90, as_of '2026-11-22T08:37:00Z'", feed("x", "alive true, age 8")), document("limit 90", feed("x", "alive true")),
                    "last tick 3608s old, limit 90s", "restart the collector: the state is 3600s old"},
                {document("limit 90, as_of '2026-11-22T09:36:00Z'", feed("x", "alive true, age 31")), document("limit 90", feed("x", "alive true")),
                    "last tick 91s old, limit 90s", "recover --feed x"},
                {document("limit 90, as_of '2026-11-22T09:35:29Z'", feed("x", "alive false")), document("limit 90", feed("x", "alive true")),
                    "the feed consumer does not answer: alive is false", "restart the collector: the state is 91s old"},
                {document("limit 90, as_of '2026-11-22T09:35:30Z'", feed("x", "alive false")), document("limit 90", feed("x", "alive true")),
                    "the feed consumer does not answer: alive is false", "recover --feed x"},
                {document("limit 3", feed("x", "alive false")), document("limit 90", feed("x", "alive true")), "the feed consumer does not answer: alive is false", "recover --feed x"},
                {document("limit 'x'", feed("x", "alive false")), document("limit 90", feed("x", "alive true")), "the feed consumer does not answer: alive is false", "correct max_age_seconds"},
            };
            for (String[] row : rows) {
                write("in.json", row[0]);
                write("base.json", row[1]);
                String out = run("status --state @in.json --baseline @base.json --now " + NOW).exits(2).out;
                equal(row[2], out.contains("why:  " + row[2]), true);
                equal(row[3], out.contains(row[3]), true);
            }
        });

        test("status: a command that is shown can be typed, and where none would help there is advice", () -> {
            for (String[] row : new String[][] {{"a\0b", "next: give this feed another name"}, {"a\u202eb", "--feed $'\\x61\\xe2\\x80\\xae\\x62' --state"}}) {
                String name = row[0].replace("\0", "\\u0000");
                write("in.json", "{\"max_age_seconds\":90,\"feeds\":[{\"name\":\"" + name + "\",\"alive\":true,\"last_tick_age_seconds\":660}]}");
                equal(name, run("status --state @in.json --baseline @in.json").exits(2).out.contains(row[1]), true);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Freshness.run(new String[] {"recover", "--feed", "a\u202eb", "--state", dir + "/in.json", "--baseline", dir + "/in.json", "--output", dir + "/out.json"},
                    null, out, OutputStream.nullOutputStream());
            equal("replay", out.toString().contains("\n  replay: java ") && out.toString().contains("--feed $'\\x61\\xe2"), true);
            equal("replay by the same clock", out.toString().matches("(?s).*\n  time: (\\S+)\n.*\n  replay: .* --now \\1\n"), true);
            write("in.json", document("limit 90, as_of '2026-11-22T09:39:00Z'", feed("x", "alive true, age 8")));
            write("base.json", document("limit 90", feed("x", "alive true"), feed("gone", "alive true")));
            out.reset();
            run("status --state @in.json --baseline @base.json --now " + NOW).exits(2);
            equal("missing and skewed", run("status --state @in.json --baseline @base.json --now " + NOW).out.contains("recover --feed gone"), false);
            Freshness.run(new String[] {"gate", "--feed", "bravo", "--state", "-"}, Files.newInputStream(Path.of(dir + "/stale.json")), out, OutputStream.nullOutputStream());
            equal("standard input", out.toString().contains("next: save the state to a file"), true);
            run("scenario stale --feed bravo --state @healthy.json --output @out.json --format json").exits(0)
                    .reports("changed ['bravo last_tick_age_seconds 11 -> 660']");
            equal("an added member has a line of its own", run("scenario frozen --state @healthy.json --output - --now " + NOW).exits(0).out
                    .endsWith("\n  ],\n  \"as_of\": \"2026-11-22T08:37:00Z\"\n}\n"), true);
            equal("a bar is never empty", run("status --state @healthy.json").out.contains("[##........]    11s of 90s"), true);
            String gate = run("gate --feed bravo --action read_last_price --action price_order --state @stale.json").exits(2).out;
            equal("only what is blocked", gate.substring(0, gate.indexOf('\n')).endsWith("; not allowed: price_order"), true);
        });

        test("status: a headline names five feeds, a text explains twenty, and both say how many more there are", () -> {
            for (int count : new int[] {5, 6, 20, 21}) {
                List<String> feeds = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    feeds.add(feed("feed-" + i, "alive true, age 660"));
                }
                write("in.json", document("limit 90", feeds.toArray(new String[0])));
                String out = run("status --state @in.json --baseline @in.json --now " + NOW).exits(2).out;
                String headline = out.substring(0, out.indexOf('\n'));
                equal(count + " in the headline", headline.split(" stale,", -1).length - 1, Math.min(count, 5));
                equal(count + ": how many more", headline.endsWith("; and " + (count - 5) + " more"), count > 5);
                equal(count + " explained", out.split("\nblocked on ", -1).length - 1, Math.min(count, 20));
                equal(count + ": how many more are not", out.contains("\nand 1 more, "), count > 20);
            }
        });

        test("status: machine formats are never empty, and name every feed of the baseline unsafe", () -> {
            write("broken.json", "{");
            for (String state : List.of("@broken.json", "@absent.json", "/dev/null")) {
                Run json = run("status --state " + state + " --format json").exits(3);
                json.members("", "overall_status", "unsafe_feeds", "max_age_seconds", "fresh_feeds", "alive_feeds", "total_feeds", "evaluated_at",
                        "as_of", "state", "state_sha256", "baseline", "baseline_sha256", "exit", "error", "feeds");
                json.reports("overall_status 'restricted'", "unsafe_feeds ['alpha', 'bravo', 'charlie']", "fresh_feeds 0", "total_feeds 3");
                for (String feed : List.of("feeds.0", "feeds.1", "feeds.2")) {
                    json.reports(feed + ".reason_code 'state_invalid'", feed + ".safe_to_serve false", feed + ".max_age_seconds 90",
                            feed + ".allowed_actions ['inspect_status']");
                }
                Run metrics = run("status --state " + state + " --format prometheus --now " + NOW).exits(3);
                equal(state, samples(metrics.out), Stream.concat(Stream.of("alive 0", "safe_to_serve 0", "max_age_seconds 90").flatMap(sample ->
                    Stream.of("alpha", "bravo", "charlie").map(feed -> "freshness_feed_" + sample.replace(" ", "{feed=\"" + feed + "\"} "))),
                    Stream.concat(
                    Stream.of("alpha", "bravo", "charlie").map(feed -> "freshness_feed_info{feed=\"" + feed
                        + "\",freshness_status=\"unknown\",reason_code=\"state_invalid\",alert=\"page\"} 1"),
                    Stream.of("freshness_state_valid 0", "freshness_last_evaluation_timestamp_seconds 1795340220"))).toList());
            }
            for (String baseline : List.of("@broken.json", "@absent.json")) {
                for (String state : List.of("", " --state @healthy.json")) {
                    Run json = run("status --baseline " + baseline + state + " --format json").exits(3);
                    json.reports("overall_status 'restricted'", "feeds null", "unsafe_feeds null", "fresh_feeds 0");
                    equal(baseline, json.get("error").toString().startsWith("baseline " + at(baseline)), true);
                    equal(baseline, samples(run("status --baseline " + baseline + state + " --format prometheus --now " + NOW).exits(3).out),
                        List.of("freshness_state_valid 0", "freshness_last_evaluation_timestamp_seconds 1795340220"));
                }
            }
        });

        test("status: Prometheus metrics", () -> {
            write("in.json", document("limit 60", feed("alpha", "alive true, age 8.50"), feed("bravo", "alive false, age null"),
                    feed("charlie", "alive true, age 1e2")));
            String metrics = run("status --state @in.json --format prometheus --now " + NOW + "").exits(2).out;
            equal("samples", samples(metrics), List.of(
                "freshness_feed_alive{feed=\"alpha\"} 1", "freshness_feed_alive{feed=\"bravo\"} 0", "freshness_feed_alive{feed=\"charlie\"} 1",
                "freshness_feed_safe_to_serve{feed=\"alpha\"} 1", "freshness_feed_safe_to_serve{feed=\"bravo\"} 0",
                "freshness_feed_safe_to_serve{feed=\"charlie\"} 0", "freshness_feed_last_tick_age_seconds{feed=\"alpha\"} 8.5",
                "freshness_feed_last_tick_age_seconds{feed=\"charlie\"} 100", "freshness_feed_max_age_seconds{feed=\"alpha\"} 60",
                "freshness_feed_max_age_seconds{feed=\"bravo\"} 60", "freshness_feed_max_age_seconds{feed=\"charlie\"} 60",
                "freshness_feed_last_tick_timestamp_seconds{feed=\"alpha\"} 1795340211.5",
                "freshness_feed_last_tick_timestamp_seconds{feed=\"charlie\"} 1795340120",
                "freshness_feed_info{feed=\"alpha\",freshness_status=\"fresh\",reason_code=\"fresh\",alert=\"none\"} 1",
                "freshness_feed_info{feed=\"bravo\",freshness_status=\"unknown\",reason_code=\"feed_down\",alert=\"page\"} 1",
                "freshness_feed_info{feed=\"charlie\",freshness_status=\"stale\",reason_code=\"stale\",alert=\"page\"} 1",
                "freshness_state_valid 1", "freshness_last_evaluation_timestamp_seconds 1795340220"));
            Set<String> described = new TreeSet<>();
            for (String line : metrics.split("\n")) {
                String family = line.replaceFirst("^# (HELP|TYPE) ", "").replaceFirst("[ {].*", "");
                if (line.startsWith("# HELP ")) {
                    equal(line, described.add(family) && line.length() > family.length() + 10, true);
                } else {
                    equal(line, described.contains(family) && (!line.startsWith("#") || line.endsWith(" gauge")), true);
                }
            }
            equal("the last line ends", metrics.endsWith("\n"), true);
            for (String state : List.of("healthy", "stale")) {
                run("status --state @" + state + ".json --format prometheus --output @feeds.prom")
                    .exits(state.equals("stale") ? 2 : 0).says("FRESHNESS ");
                String sample = "freshness_feed_safe_to_serve{feed=\"bravo\"} " + (state.equals("stale") ? 0 : 1);
                equal("written whether or not the feeds are safe", samples(read("feeds.prom")).contains(sample), true);
            }
        });

        test("status: text begins with the verdict and has a line for each feed", () -> {
            run("status --state @healthy.json").exits(0).says("FRESHNESS OK: 3 of 3 feeds", "alpha", "bravo", "charlie", "8s", "11s", "7s", "90s");
            run("status --state @stale.json").exits(2).says("FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s",
                "price_order, publish_signal, rebalance_position", "last tick 660s old, limit 90s", "recover --feed bravo");
            write("in.json", fixture.replace(": 11\n", ": 46\n"));
            run("status --state @in.json").exits(0).says("FRESHNESS OK", "ticket");
            run("status --state @absent.json").exits(3).says("FRESHNESS UNKNOWN: " + dir + "/absent.json: ", "no such file");
            String[] many = new String[30];
            Arrays.setAll(many, i -> feed("feed" + i, "alive true, age 91"));
            write("many.json", document("limit 90", many));
            Run run = run("status --state @many.json --baseline @many.json").exits(2).says("FRESHNESS CRITICAL: 30 of 30 feeds unsafe", "feed29");
            equal("a headline stays short", run.head().length() < 250, true);
        });

        test("status: the columns of its table are aligned, also under long and wide names", () -> {
            write("in.json", document("limit 90", feed("ab", "alive true, age 8"), feed("\u65e5", "alive true, age 80.25"),
                    feed("e\u0301x", "alive false, age 8"),
                feed("x".repeat(60), "alive true, age 1000")));
            List<String> rows = run("status --state @in.json --baseline @in.json").exits(2).out.lines().filter(line -> line.contains("[")).toList();
            equal("rows", rows.size(), 4);
            for (int i = 0; i < 4; i++) {
                // What stands behind the name begins where the name's columns end: 2, 2, 2 and 60 of them.
                equal(rows.get(i), rows.get(i).indexOf("[") + new int[] {0, 1, -1, 0}[i], rows.get(0).indexOf("["));
            }
            for (String line : run("status --state @stale.json").out.lines().filter(line -> line.contains("[")).toList()) {
                equal(line, line.length() <= 80, true);
            }
        });

        test("status: colors only where they are asked for", () -> {
            for (String row : List.of(" => false", " --color auto => false", " --color never => false", " --color always => true")) {
                String[] half = row.split(" => ");
                equal(row, run("status --state @stale.json" + half[0]).out.contains("\u001b[31m"), half[1].equals("true"));
            }
            equal("in a file", run("status --state @stale.json --color auto --output @out").exits(2).out.contains("\u001b")
                    || read("out").contains("\u001b"), false);
        });

        test("status: without a state it shows the baseline, and says so", () -> {
            run("status").exits(0).says("FRESHNESS OK", home + "/data/healthy.json", "the baseline itself");
            run("status --baseline @stale.json").exits(2).says("FRESHNESS CRITICAL", dir + "/stale.json", "the baseline itself");
            run("status --format json").exits(0).has("state", home + "/data/healthy.json");
            equal("a state is said to be one", run("status --state @healthy.json").out.contains("the baseline itself"), false);
        });

        test("status: only the set of feeds, the limits and require_as_of of a baseline count", () -> {
            write("base.json", document("limit 90, as_of '2030-01-01T00:00:00Z'", feed("alpha", "alive false, age 900"), feed("bravo", "age 'x'"),
                    feed("charlie", "")));
            run("status --state @healthy.json --baseline @base.json").exits(0);
            run("status --baseline @base.json").exits(2);
            write("strict.json", fixture.replace("{\n  \"max", "{\n  \"require_as_of\": true,\n  \"max"));
            run("status --state @healthy.json --baseline @strict.json --format json").exits(2).reports("feeds.0.reason_code 'as_of_missing'");
            for (String value : List.of("'yes'", "1", "null", "[]")) {
                write("wrong.json", document("limit 90, require_as_of " + value, feed("alpha", "alive true, age 8")));
                run("status --state @healthy.json --baseline @wrong.json").exits(3).says("FRESHNESS UNKNOWN: baseline ", "true or false");
                run("status --baseline @wrong.json").exits(3).says("FRESHNESS UNKNOWN: baseline ", "true or false");
            }
        });

        test("status: a new limit is tried beside the current one", () -> {
            write("candidate.json", fixture.replace("90", "10"));
            run("status --state @healthy.json").exits(0);
            run("status --state @healthy.json --baseline @candidate.json --format json").exits(2).reports("unsafe_feeds ['bravo']");
        });

        test("status: the clock, where --now does not replace it", () -> {
            write("in.json", fixture.replace("{\n  \"max", "{\n  \"as_of\": \"" + Instant.now().minusSeconds(40) + "\",\n  \"max"));
            String age = run("status --state @in.json --format json").exits(0).get("feeds.0.last_tick_age_seconds").toString();
            equal(age, age.matches("4[89]\\..*|5[0-9]\\..*"), true);
            run("gate --feed alpha --state @in.json").exits(0);
            run("gate --feed alpha --state @in.json --now 2126-11-22T09:37:00Z").exits(2);
            run("recover --feed alpha --state @in.json --output @out.json --now 2126-11-22T09:37:00Z").exits(2);
        });
    }

    /** Looks at in.json, judged by base.json, for that finding on the feed of that row. */
    static void finding(String reason, int row, int exit) throws Exception {
        Run run = run("status --state @in.json --baseline @base.json --format json --now " + NOW).exits(exit);
        String status = List.of("fresh", "stale").contains(reason) ? reason : "unknown";
        String feed = "feeds." + row;
        run.has(feed + ".reason_code", reason).has(feed + ".freshness_status", status).has(feed + ".safe_to_serve", exit == 0);
        run.has(feed + ".alert", exit == 0 ? "none" : "page").has("overall_status", exit == 0 ? "eligible" : "restricted");
        Set<String> blocked = new TreeSet<>(ACTIONS);
        blocked.removeAll(allowed(status));
        equal(reason, new TreeSet<>((List<?>) run.get(feed + ".allowed_actions")), new TreeSet<>(allowed(status)));
        equal(reason, new TreeSet<>((List<?>) run.get(feed + ".blocked_actions")), blocked);
        Object why = run.get(feed + ".blocked_reason");
        equal(reason + ": " + why, exit == 0 ? why == null : why instanceof String sentence && sentence.length() > 10, true);
        String text = run("status --state @in.json --baseline @base.json --now " + NOW).exits(exit).head();
        equal(text, text.startsWith(exit == 0 ? "FRESHNESS OK: " : exit == 2 ? "FRESHNESS CRITICAL: " : "FRESHNESS UNKNOWN: "), true);
        equal(reason, samples(run("status --state @in.json --baseline @base.json --format prometheus --now " + NOW).out).stream()
            .filter(sample -> sample.matches("freshness_feed_safe_to_serve.* 1")).count(), exit == 0 ? 1L : 0L);
        String name = run.get(feed + ".name").toString();
        run("gate --feed % --state @in.json --baseline @base.json --now " + NOW, name).exits(exit);
        run("gate --feed % --action inspect_status --state @in.json --baseline @base.json --now " + NOW, name).exits(exit == 3 ? 3 : 0);
    }

    static List<String> samples(String metrics) {
        return metrics.lines().filter(line -> !line.startsWith("#")).toList();
    }

    // ---- Smoke and doctor ----

    static void smokeAndDoctor() {
        test("smoke and doctor: passed on the bundled fixture, a line for each check", () -> {
            for (String command : List.of("smoke", "doctor")) {
                Run text = run(command).exits(0).says(command.toUpperCase() + " PASSED");
                List<?> checks = (List<?>) run(command + " --format json").exits(0).has(command, "passed").get("checks");
                long lines = text.out.lines().filter(line -> line.startsWith("ok - ")).count();
                equal("checks", (int) lines, checks.size());
                equal("count", text.head().contains(lines + " of " + lines), true);
                for (Object check : checks) {
                    equal(command, ((Map<?, ?>) check).keySet() + " " + ((Map<?, ?>) check).get("ok"), "[name, ok, why] true");
                    equal(command, ((Map<?, ?>) check).get("why"), null);
                }
            }
            String smoke = run("smoke").out;
            for (String kind : KINDS) {
                equal(kind, smoke.contains(kind), true);
            }
        });

        test("smoke and doctor: failed where the fixture is not what it should be", () -> {
            Path faulty = Files.createDirectories(dir.resolve("faulty/data"));
            String source = System.setProperty("jdk.launcher.sourcefile", dir.resolve("faulty/Freshness.java").toString());
            Files.copy(home.resolve("Freshness.java"), dir.resolve("faulty/Freshness.java"));
            try {
                for (String text : List.of(read("stale.json"), "{", fixture.replace("bravo", "delta"), fixture.replace("charlie", "zulu"),
                        "absent")) {
                    delete(faulty.resolve("healthy.json"));
                    if (!text.equals("absent")) {
                        Files.writeString(faulty.resolve("healthy.json"), text);
                    }
                    boolean eligible = text.contains("delta") || text.contains("zulu");
                    for (String command : eligible ? List.of("smoke") : List.of("smoke", "doctor")) {
                        Run run = run(command);
                        equal(command + " with " + text, run.exit == 2 && run.head().startsWith(command.toUpperCase() + " FAILED")
                            && run.out.contains("\nnot ok - ") || text.equals("absent") && run.exit == 3, true);
                        Run json = run(command + " --format json");
                        equal(command + " with " + text, json.exit == 2 ? Reader.at(json.out, command) : "failed", "failed");
                    }
                }
            } finally {
                System.setProperty("jdk.launcher.sourcefile", source);
            }
        });
    }

    // ---- Delivery ----

    /** Standard output that takes so many bytes and then is a full disk or a closed pipe. */
    static final class Full extends OutputStream {
        private int room;

        Full(int room) {
            this.room = room;
        }

        @Override public void write(int b) throws IOException {
            if (--room < 0) {
                throw new IOException("No space left on device");
            }
        }
    }

    static void delivery() {
        test("delivery: output that cannot be delivered is exit 3 and one line", () -> {
            write("broken.json", "{");
            List<String> calls = new ArrayList<>(CALLS.values());
            calls.addAll(List.of("help", "help gate", "--version", "status --format json", "status --format prometheus",
                "gate --feed alpha --state @healthy.json --format json", "gate --feed alpha --state @broken.json", "status --state @broken.json",
                "scenario stale --feed bravo --output -", "status --output @out.json", "recover --feed bravo --state @stale.json --output -",
                "recover --feed bravo --state @stale.json --output @out.json --age-seconds 91",
                "recover --feed alpha --state @stale.json --output @out.json --record @record"));
            for (String call : calls) {
                for (int room : new int[] {0, 1}) {
                    ByteArrayOutputStream err = new ByteArrayOutputStream();
                    int exit = Freshness.run(arguments(call), UNREAD, new Full(room), err);
                    equal(call, exit + " " + err.toString(UTF_8).replaceAll("could not be delivered.*\n", "..."), "3 freshness: the output ...");
                    equal(call + ", and nobody to tell", Freshness.run(arguments(call), UNREAD, new Full(room), new Full(0)), 3);
                }
            }
            equal("an error nobody hears", Freshness.run(arguments("status --bogus"), UNREAD, new Full(0), new Full(0)), 3);
            String[] piped = arguments("scenario stale --feed bravo --output -");
            equal("a report nobody hears", Freshness.run(piped, UNREAD, new ByteArrayOutputStream(), new Full(0)), 3);
        });

        test("delivery: standard input that fails is a state that cannot be read", () -> {
            InputStream failing = new InputStream() {
                @Override public int read() throws IOException {
                    throw new IOException("Input/output error");
                }
            };
            runWith(failing, "status --state -").exits(3).says("FRESHNESS UNKNOWN: ", "Input/output error");
            runWith(failing, "gate --feed alpha --state -").exits(3).says("GATE BLOCKED: ", "Input/output error");
        });
    }

    // ---- Hostile names ----

    static void hostileNames() {
        List<String> names = List.of("\u001b[31mred\u001b[0m", "\u001b]0;title\u0007", "a\nFRESHNESS OK: 1 of 1", "a\r\nb", "tab\tx", "nul\0x",
            "bell\b\u0007\u007f", "csi\u009b31m", "next\u0085line", "rtl\u202eevil", "iso\u2066x\u2069", "zero\u200bwidth", "bom\ufeff",
            "line\u2028x\u2029", "tag\udb40\udc41", "soft\u00adhyphen", "a\"b", "a\\", "a\\nb", "\\", "a|b=1;2", "'", "$(x)`x`", "{feed=\"x\"} 1",
            "\u00e9t\u00e9", "\ud83d\ude00", "\ud83d\ude00".repeat(200), "x".repeat(200), " ", "#", "unknown");
        test("hostile names: in text they stay on their line, and nothing in them acts on a terminal", () -> {
            for (String name : names) {
                hostileFeed(name);
                for (String call : List.of("status --state @in.json", "gate --feed % --state @in.json",
                        "scenario down --feed % --state @in.json --output @out.json", "recover --feed % --state @in.json --output @out.json",
                        "recover --feed % --state @in.json --output @out.json --age-seconds 91", "gate --feed %x --state @in.json",
                        "recover --feed %x --state @in.json --output @out.json", "status --state %")) {
                    call += call.startsWith("scenario") ? "" : " --baseline @in.json";
                    hostileFeed(name);
                    Run hostile = run(call, name);
                    hostileFeed("plain");
                    Run plain = run(call, "plain");
                    equal(call + " of " + name, hostile.exit, plain.exit);
                    equal(call + " of " + name, hostile.out.lines().count(), plain.out.lines().count());
                    equal(call + " of " + name, hostile.err.lines().count(), plain.err.lines().count());
                    equal(call + " of " + name, silent(hostile.out + hostile.err), true);
                    equal(call + " of " + name + ", as a plugin's output", hostile.head().contains("|"), false);
                }
            }
        });

        test("hostile names: JSON and metrics bring them back unharmed", () -> {
            for (String name : names) {
                hostileFeed(name);
                run("status --state @in.json --baseline @in.json --format json").exits(2)
                    .has("feeds.0.name", name).has("unsafe_feeds", List.of(name, "z"));
                run("gate --feed % --state @in.json --baseline @in.json --format json", name).exits(2)
                    .has("feeds.0.name", name).has("blocked_feeds", List.of(name));
                run("scenario stale --feed % --state @in.json --output @out.json --format json", name).exits(0).has("feed", name);
                run("recover --feed % --state @in.json --baseline @in.json --output @out.json --record @record --format json", name)
                    .exits(0).has("feed", name);
                equal("a record of " + name, read("record").lines().count(), 1L);
                delete(dir.resolve("record"));
                List<String> labels = new ArrayList<>();
                for (String sample : run("status --state @in.json --baseline @in.json --format prometheus").exits(2).out.split("\n")) {
                    if (sample.startsWith("freshness_feed_alive{")) {
                        Matcher label = Pattern.compile("freshness_feed_alive\\{feed=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"\\} 1").matcher(sample);
                        equal(sample, label.matches(), true);
                        labels.add(label.group(1).replace("\\\\", "\ue000").replace("\\n", "\n").replace("\\\"", "\"").replace('\ue000', '\\'));
                    }
                }
                equal("labels", labels, List.of(name, "z"));
            }
        });

        test("hostile names: a value that is echoed in an error is not echoed as it is", () -> {
            for (String name : names) {
                for (String call : List.of("%", "status %", "status --% 1", "status --state @healthy.json --format=%",
                        "gate --feed alpha --state @healthy.json --action=%", "scenario x% --output @out.json", "help %", "status --now=%",
                        "recover --feed x --state y --output z --age-seconds=%")) {
                    refused(call, "", name);
                }
            }
        });
    }

    /** Whether no character of it acts on a terminal. */
    static boolean silent(String text) {
        return text.codePoints().allMatch(c -> c == '\n' || !Set.of(Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR, Character.SURROGATE).contains((byte) Character.getType(c)));
    }

    static void hostileFeed(String name) throws IOException {
        StringBuilder escaped = new StringBuilder();
        name.chars().forEach(c -> escaped.append("\\u%04x".formatted(c)));
        write("in.json", document("limit 90", feed(escaped.toString(), "alive true, age 660"), feed("z", "alive true, age 660")));
    }

    // ---- Source ----

    static void source() {
        test("source: the map in the opening comment is the sections of the file", () -> {
            String source = Files.readString(home.resolve("Freshness.java"));
            List<String> map = new ArrayList<>();
            Matcher banner = Pattern.compile("(?m)^ *(?://|/\\*) -+ (.+?) -+$").matcher(source);
            List<String> banners = new ArrayList<>();
            while (banner.find()) {
                banners.add(banner.group(1));
            }
            String[] lines = source.substring(0, source.indexOf("\nimport ")).split("\n");
            for (int i = 0; i < lines.length; i++) {
                if (lines[i].matches(".*sections.*:")) {
                    while (lines[++i].strip().length() > 2) {
                        map.add(lines[i].replaceFirst("^[ */#]+", ""));
                    }
                }
            }
            equal("map", map, banners);
            equal("banners", banners.size() > 5, true);
        });

        test("source: ASCII, no package, and Freshness is the first type", () -> {
            String source = Files.readString(home.resolve("Freshness.java"));
            equal("ASCII", source.chars().allMatch(c -> c < 0x7f), true);
            equal("package", Pattern.compile("(?m)^package ").matcher(source).find(), false);
            Matcher type = Pattern.compile("(?m)^(?:public |final |sealed |abstract )*(?:class|record|enum|interface) (\\w+)").matcher(source);
            equal("first type", type.find() ? type.group(1) : "", "Freshness");
        });

    }

    // ---- What the tests share ----

    /** Runs a test in a directory of its own, and looks for temporary files that were left there. */
    static void test(String name, Harness.Body body) {
        Harness.test(name, () -> {
            dir = Files.createDirectories(base.resolve("its own"));
            write("healthy.json", fixture);
            write("stale.json", fixture.replace(": 11\n", ": 660\n"));
            try {
                body.run();
                try (Stream<Path> files = Files.walk(base)) {
                    files.filter(file -> file.toString().endsWith(".tmp")).forEach(file -> equal("files left behind", file, "none"));
                }
                if (!Files.readString(home.resolve("data/healthy.json")).equals(fixture)) {
                    equal("the bundled fixture", "overwritten", "untouched");
                }
            } finally {
                delete(dir);
                Files.writeString(home.resolve("data/healthy.json"), fixture);
            }
        });
    }

    static void equal(String input, Object got, Object want) {
        Harness.equal(input, got, want);
    }

    /** A standard input that must not be read. */
    static final InputStream UNREAD = new InputStream() {
        @Override public int read() {
            throw new AssertionError("standard input was read");
        }
    };

    /** What one call of the program gave. */
    record Run(String call, int exit, String out, String err) {
        String head() {
            return out.substring(0, Math.max(0, out.indexOf('\n')));
        }

        Run exits(int want) {
            equal(call, exit == want ? want : exit + "\n" + out + err, want);
            return this;
        }

        /** The report on standard output begins with that, and has these words; standard error has nothing. */
        Run says(String beginning, String... words) {
            return said(out, beginning, words, err);
        }

        /** The same of standard error, whatever is on standard output. */
        Run warns(String beginning, String... words) {
            return said(err, beginning, words, "");
        }

        private Run said(String report, String beginning, String[] words, String other) {
            boolean all = report.startsWith(beginning) && report.endsWith("\n") && other.isEmpty();
            for (String word : words) {
                all &= report.contains(word);
            }
            equal(call, all ? "" : report + other, all ? "" : beginning + " ... " + String.join(" ... ", words));
            return this;
        }

        /** The JSON report has that value there. */
        Run has(String path, Object want) {
            equal(call + ": " + path, get(path), want);
            return this;
        }

        /** The same of several places: each is "path value", the value as JSON. */
        Run reports(String... facts) {
            for (String fact : facts) {
                String[] pair = fact.split(" ", 2);
                has(pair[0], Reader.read(pair[1].replace('\'', '"')));
            }
            return this;
        }

        /** The members of the JSON report, or of the object at that path, in their order. */
        void members(String path, String... names) {
            Object object = path.isEmpty() ? Reader.read(out) : get(path);
            equal(call + ": members " + path, ((Map<?, ?>) object).keySet().stream().toList(), List.of(names));
        }

        Object get(String path) {
            return Reader.at(out, path);
        }
    }

    static Run run(String call, String... values) {
        return runWith(UNREAD, call, values);
    }

    static Run runWith(InputStream in, String call, String... values) {
        return runThese(in, call + (values.length > 0 ? " with " + String.join(", ", values) : ""), arguments(call, values));
    }

    static Run runThese(InputStream in, String call, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Freshness.run(args, in, out, err);
        Run run = new Run(call, exit, out.toString(UTF_8), err.toString(UTF_8));
        boolean sound = List.of(0, 2, 3).contains(exit) && !(run.out + run.err).contains("\tat ") && !run.err.contains("internal error")
                && !(run.out + run.err).isEmpty();
        equal(call, sound ? "" : exit + "\n" + run.out + run.err, sound ? "" : "exit 0, 2 or 3, some output, no internal error, no stack trace");
        return run;
    }

    /** The words of a call: "@" stands for the test's directory, each "%" for the next of the values. */
    static String[] arguments(String call, String... values) {
        List<String> words = new ArrayList<>();
        int next = 0;
        for (String word : call.isEmpty() ? new String[0] : call.split(" ")) {
            words.add(word.contains("%") ? word.replace("%", values[next++]) : at(word));
        }
        return words.toArray(new String[0]);
    }

    static String at(String word) {
        return word.replace("@", dir + "/").replace("HOME", home.toString());
    }

    /**
     * A call that must be refused: exit 3, one line on standard error with these words, nothing on standard output, and no file
     * written. The last of the words are the values for each "%" in the call.
     */
    static void refused(String call, String... words) {
        int values = call.length() - call.replace("%", "").length();
        String before = snapshot();
        Run run = run(call, Arrays.copyOfRange(words, words.length - values, words.length)).exits(3);
        boolean all = run.err.startsWith("freshness: ") && run.err.indexOf('\n') == run.err.length() - 1 && silent(run.err);
        for (String word : Arrays.asList(words).subList(0, words.length - values)) {
            all &= run.err.contains(word.replace("\\", "\\\\").replace("\\\\u007c", "\\u007c"));
        }
        equal(run.call, all ? "" : run.err, all ? "" : "freshness: ... " + String.join(" ... ", words));
        equal(run.call + ": standard output", run.out, "");
        equal(run.call + ": files", snapshot(), before);
    }

    /** Runs a command that the program printed. */
    static Run paste(String command) {
        List<String> words = words(command);
        equal(command, words.subList(0, 2), List.of("java", home + "/Freshness.java"));
        return runThese(UNREAD, command, words.subList(2, words.size()).toArray(new String[0]));
    }

    /** The words of a command as a shell takes them, with plain and single-quoted text. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:[^ '\\\\]|'[^']*'|\\\\.)+").matcher(command);
        while (word.find()) {
            words.add(word.group().replace("'\\''", "\0").replace("'", "").replace('\0', '\''));
        }
        return words;
    }

    /** A document with these members and feeds; members are written "key value, key value", with a few short keys. */
    static String document(String members, String... feeds) {
        String top = members(members);
        return "{" + top + (top.isEmpty() ? "" : ",") + "\"feeds\":[" + String.join(",", feeds) + "]}";
    }

    static String feed(String name, String members) {
        String more = members(members);
        return "{\"name\":\"" + name + "\"" + (more.isEmpty() ? "" : ",") + more + "}";
    }

    /** A value "-" leaves its member out. */
    static String members(String spec) {
        List<String> members = new ArrayList<>();
        for (String member : spec.isEmpty() ? new String[0] : spec.split(", ")) {
            String[] pair = member.split(" ", 2);
            String name = pair[0].equals("age") ? "last_tick_age_seconds" : pair[0].equals("limit") ? "max_age_seconds" : pair[0];
            if (!pair[1].equals("-")) {
                members.add("\"" + name + "\":" + pair[1].replace('\'', '"'));
            }
        }
        return String.join(",", members);
    }

    static void write(String name, String text) throws IOException {
        Files.writeString(dir.resolve(name), text);
    }

    static String read(String name) throws IOException {
        return Files.readString(dir.resolve(name));
    }

    static String sha256(String name) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(dir.resolve(name))));
    }

    /** Every file there is, with what it holds. */
    static String snapshot() {
        StringBuilder snapshot = new StringBuilder();
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted().toList()) {
                snapshot.append(file).append(": ").append(Files.isSymbolicLink(file) ? Files.readSymbolicLink(file)
                        : Files.isRegularFile(file) ? Files.readString(file, ISO_8859_1) : "").append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return snapshot.toString();
    }

    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.toList()) {
                    delete(file);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    /** A second reader of JSON, for what the program prints: objects as maps in their order, numbers as BigDecimal. */
    static final class Reader {
        private static final Pattern TOKEN = Pattern.compile(
                "\\s*(\"((?:[^\"\\\\\\x00-\\x1f]|\\\\.)*)\"|-?[0-9][-+.0-9eE]*|true|false|null|[\\[\\]{},:])\\s*");
        private final Matcher token;
        private final String text;
        private int at;

        private Reader(String text) {
            this.text = text;
            token = TOKEN.matcher(text);
        }

        static Object read(String text) {
            Reader reader = new Reader(text);
            Object value = reader.value(reader.next());
            if (reader.at != text.length()) {
                throw new IllegalArgumentException("not the end of the JSON: " + text.substring(reader.at));
            }
            return value;
        }

        /** The value at a path like "feeds.1.name"; "(absent)" where there is none. */
        static Object at(String text, String path) {
            Object value = read(text);
            for (String step : path.split("\\.")) {
                if (value instanceof List<?> list) {
                    value = Integer.parseInt(step) < list.size() ? list.get(Integer.parseInt(step)) : "(absent)";
                } else {
                    value = value instanceof Map<?, ?> map && map.containsKey(step) ? map.get(step) : "(absent)";
                }
            }
            return value;
        }

        private String next() {
            if (!token.find(at) || token.start() != at) {
                throw new IllegalArgumentException("no JSON: " + text.substring(at, Math.min(text.length(), at + 200)));
            }
            at = token.end();
            return token.group(1);
        }

        private Object value(String first) {
            switch (first.charAt(0)) {
                case '{', '[' -> {
                    Map<String, Object> members = new LinkedHashMap<>();
                    List<Object> items = new ArrayList<>();
                    for (String each = next(); !each.equals("}") && !each.equals("]");) {
                        if (first.equals("[")) {
                            items.add(value(each));
                        } else if (!next().equals(":") || members.put((String) value(each), value(next())) != null) {
                            throw new IllegalArgumentException("no member of its own: " + each);
                        }
                        each = next();
                        each = each.equals(",") ? next() : each;
                    }
                    return first.equals("{") ? members : items;
                }
                case '"' -> {
                    return unescaped(first.substring(1, first.length() - 1));
                }
                case 't', 'f' -> {
                    return first.equals("true");
                }
                case 'n' -> {
                    return null;
                }
                default -> {
                    return new BigDecimal(first);
                }
            }
        }

        private static String unescaped(String inside) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < inside.length(); i++) {
                boolean escape = inside.charAt(i) == '\\';
                char c = inside.charAt(escape ? ++i : i);
                text.append(!escape ? c : c == 'u' ? (char) Integer.parseInt(inside.substring(i + 1, i + 5), 16)
                        : "\b\f\n\r\t\"\\/".charAt("bfnrt\"\\/".indexOf(c)));
                i += escape && c == 'u' ? 4 : 0;
            }
            return text.toString();
        }
    }
}
