import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.*;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.*;

/**
 * Judge: an independent second opinion on Freshness, written from the contract's tables; it shares no code with the program.
 *
 *     java -cp DIR Judge [STATES [SEED [FIRST]]]   generated states, a sample of damaged files, and every combination for one feed
 *     java -cp DIR Judge bytes [SEED]              every truncation, deletion and telling byte of the fixture and the scenarios
 *     java -cp DIR Judge documents STATES [SEED]   judges nothing: shows what the program says of documents, for other readers of them
 *
 * A generator makes a baseline and a state as trees, spoils them, and writes them as bytes. The judge decides from the trees,
 * the program from the files, and the comparer holds one against the other in text, JSON, Prometheus and gate. Any difference
 * is a failure; "safe where the judge does not" is shown first. State number I comes from SEED and I alone, so `Judge 1 SEED I`
 * reruns it and prints its documents in full. Exit 0 only if everything agreed.
 *
 * Sections: Main, Description, Judge, Generator, Writer, Exhaustive, Comparer, Bytes, Reader.
 */
final class Judge {
    // ---- Main ---------------------------------------------------------------------------------------------------------------

    private static final long DEFAULT_SEED = 20261122;
    private static final int DEFAULT_STATES = 1500, SAMPLED_FILES = 500, SHOWN_CASES = 5, SHOWN_CHARACTERS = 600;
    /** What a long enough run must have met; otherwise the generator has gone blind and its agreement means little. */
    private static final List<String> KINDS = List.of("state_invalid", "feed_missing", "feed_unexpected", "as_of_missing", "as_of_invalid",
        "clock_skew", "tick_skew", "alive_invalid", "feed_down", "limit_invalid", "age_missing", "age_invalid", "stale", "fresh", "unknown feeds",
        "invalid states", "invalid baselines", "exit 0", "exit 2", "exit 3", "alert none", "alert ticket", "alert page");

    private static Path directory;
    private static boolean passed = true;

    public static void main(String... args) throws IOException {
        boolean documents = args.length > 1 && args[0].equals("documents");
        if (documents) { args = Arrays.copyOfRange(args, 1, args.length); }
        boolean bytes = args.length > 0 && args[0].equals("bytes"), single = args.length > 2;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : DEFAULT_SEED;
        System.out.println("# seed " + seed);
        directory = Files.createTempDirectory("judge");
        try {
            if (documents) {
                showDocuments(Integer.parseInt(args[0]), seed);
                return;
            }
            if (!bytes) {
                int states = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_STATES;
                judgeStates(states, seed, single ? Integer.parseInt(args[2]) : 0, single);
            }
            if (!single) { judgeBytes(seed, bytes); }
            if (!single && !bytes) { exhaust(); }
        } finally {
            for (var file : Objects.requireNonNull(directory.toFile().listFiles())) { Files.delete(file.toPath()); }
            Files.delete(directory);
        }
        System.exit(passed ? 0 : 1);
    }

    private static void judgeStates(int states, long seed, int first, boolean verbose) throws IOException {
        List<Case> cases = new ArrayList<>();
        Map<String, Integer> met = new TreeMap<>();
        for (int i = first; i < first + states; i++) {
            Generator made = generated(seed, i);
            Decision want = decide(made.baselineTree, made.stateTree, made.now);
            Case one = new Case("Judge 1 " + seed + " " + i + ", --now " + made.now + ", state " + text(made.stateBytes) + ", baseline "
                + text(made.baselineBytes), want);
            if (verbose) { System.out.println("# " + one.input + "\n# judge: " + want); }
            // A judge that decides otherwise from the bytes it wrote itself is at fault, not the program.
            one.same("JUDGE AT FAULT", decide(read(made.baselineBytes), read(made.stateBytes), made.now), want);
            compare(one, made.baselineBytes, made.stateBytes, made.now, made.random);
            cases.add(one);
            met.merge("exit " + want.exit, 1, Integer::sum);
            met.merge(want.stateValid ? "valid states" : want.baselineValid ? "invalid states" : "invalid baselines", 1, Integer::sum);
            for (Verdict verdict : want.verdicts) {
                met.merge(verdict.reason, 1, Integer::sum);
                met.merge("alert " + verdict.alert, 1, Integer::sum);
                met.merge(verdict.status + " feeds", 1, Integer::sum);
            }
        }
        String feeds = "fresh " + met.getOrDefault("fresh", 0) + ", stale " + met.getOrDefault("stale", 0) + ", unknown "
            + met.getOrDefault("unknown feeds", 0) + ", invalid states " + met.getOrDefault("invalid states", 0);
        report("judge: " + states + " states agree in text, json, prometheus and gate (" + feeds + ")", cases);
        System.out.println("# judged: " + met);
        if (states >= 1000) {
            Case coverage = new Case("seed " + seed, null);
            KINDS.forEach(kind -> coverage.same(kind, met.containsKey(kind), true));
            report("judge: every kind of verdict was met", List.of(coverage));
        }
    }

    private static Generator generated(long seed, int i) {
        // Neighbouring seeds start alike: the odd factor spreads them.
        return new Generator(new Random((seed * 1_000_003 + i) * 0x9E3779B97F4A7C15L));
    }

    /**
     * Shows the documents that standard input has, and then those of the generator: "state" or "baseline", the exit code of
     * status, the bytes in Base64. Standard input has the same lines without the code. Code 3 is a document invalid as a whole:
     * a state is judged by a sound baseline, and a baseline by itself.
     */
    private static void showDocuments(int states, long seed) throws IOException {
        List<String> lines = new ArrayList<>(text(System.in.readAllBytes()).lines().toList());
        for (int i = 0; i < states; i++) {
            Generator made = generated(seed, i);
            lines.add("state " + Base64.getEncoder().encodeToString(made.stateBytes));
            lines.add("baseline " + Base64.getEncoder().encodeToString(made.baselineBytes));
        }
        Path sound = Files.writeString(directory.resolve("sound"), FIXTURE), document = directory.resolve("document");
        for (String line : lines) {
            String[] words = line.split(" ");
            Files.write(document, Base64.getDecoder().decode(words[1]));
            Case one = new Case(line, null);
            Run run = run(one, new byte[0], words[0].equals("state") ? List.of("--baseline", sound.toString(), "--state", document.toString())
                : List.of("--baseline", document.toString()), "status");
            System.out.println(words[0] + " " + (one.got.isEmpty() ? run.exit : -1) + " " + words[1]);
        }
    }

    private static void report(String name, List<Case> cases) {
        List<Case> failed = new ArrayList<>(cases.stream().filter(one -> !one.got.isEmpty()).toList());
        failed.sort((a, b) -> Boolean.compare(b.unsafe, a.unsafe));
        System.out.println((failed.isEmpty() ? "ok - " : "not ok - ") + name);
        passed &= failed.isEmpty();
        for (Case one : failed.subList(0, Math.min(SHOWN_CASES, failed.size()))) {
            System.out.println((one.unsafe ? "  THE PROGRAM SAYS SAFE WHERE THE JUDGE DOES NOT\n" : "") + "  input: " + shown(one.input)
                + "\n  got:   " + shown(String.join("; ", one.got)) + "\n  want:  " + shown(String.join("; ", one.want)));
        }
        if (!failed.isEmpty()) {
            long unsafe = failed.stream().filter(one -> one.unsafe).count();
            System.out.println("  " + failed.size() + " of " + cases.size() + " differ, " + unsafe + " of them unsafe");
        }
    }

    private static String text(byte[] bytes) { return new String(bytes, UTF_8); }

    private static String shown(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length() && line.length() < SHOWN_CHARACTERS; i++) {
            char c = text.charAt(i);
            line.append(c == '\n' ? "\\n" : c < ' ' || c > '~' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return line + (line.length() < SHOWN_CHARACTERS ? "" : "...");
    }

    // ---- Description: what the generator made, and what the reader read -------------------------------------------------------

    private sealed interface Node permits Obj, Arr, Str, Num, Word, Broken { }
    private record Member(String name, Node value) { }
    private record Obj(List<Member> members) implements Node { }
    private record Arr(List<Node> items) implements Node { }
    private record Str(String value) implements Node { }
    private record Num(String text) implements Node { }
    private record Word(String text) implements Node { }

    /** Bytes (one per char) that are no JSON value: whatever holds them is not JSON. */
    private record Broken(String latin1) implements Node { }

    private static final Node TRUE = new Word("true"), FALSE = new Word("false"), NULL = new Word("null");

    /** The member of an object; null where it is absent or the node is no object. */
    private static Node get(Node node, String name) {
        if (node instanceof Obj object) {
            for (Member member : object.members) {
                if (member.name.equals(name)) { return member.value; }
            }
        }
        return null;
    }

    // ---- Judge: the contract's tables, in their order -------------------------------------------------------------------------

    private static final List<String> UNKNOWN_MAY = List.of("inspect_status");
    private static final List<String> STALE_MAY = List.of("inspect_status", "read_last_price", "serve_cached_status");
    private static final List<String> FRESH_MAY = List.of("inspect_status", "price_order", "publish_signal", "read_last_price",
        "rebalance_position", "serve_cached_status");
    private static final int MAX_NESTING = 64, MAX_NAME_CHARACTERS = 200, MAX_NUMBER_CHARACTERS = 1000, MAX_EXPONENT = 999_999_999, MIN_EXPONENT = 1000;
    private static final BigDecimal MAX_AGE_SECONDS = new BigDecimal("1e9"), TWO = BigDecimal.valueOf(2);
    /** Where the program stops counting: a longer time is as good as this one. */
    private static final BigDecimal FOREVER_SECONDS = new BigDecimal("4e9"), MAX_LIMIT_SECONDS = new BigDecimal("3999999999"), NANOSECOND = new BigDecimal("1e-9");

    /** The verdicts with ages rounded up and limits rounded down to the nanosecond, as the contract has it; and the exact ones. */
    private record Decision(int exit, boolean baselineValid, boolean stateValid, List<Verdict> verdicts, List<Verdict> exact) { }

    /** What the judge holds of one feed. An alive, ageNow or limit that is null is not compared. */
    private record Verdict(String name, String status, String reason, String alert, Boolean alive, BigDecimal ageNow, BigDecimal limit) {
        static Verdict unknown(String name, String reason, Boolean alive, BigDecimal limit) {
            return new Verdict(name, "unknown", reason, "page", alive, null, limit);
        }

        boolean safe() { return status.equals("fresh"); }

        List<String> allowed() { return safe() ? FRESH_MAY : status.equals("stale") ? STALE_MAY : UNKNOWN_MAY; }
    }

    /** Decides from the two trees; null is a file that is not JSON. */
    private static Decision decide(Node baseline, Node state, Instant now) {
        Map<String, Node> contract = feeds(baseline), claimed = feeds(state);
        if (contract == null || !closed(baseline) || !Arrays.asList(null, TRUE, FALSE).contains(get(baseline, "require_as_of"))) {
            return new Decision(3, false, false, List.of(), List.of());
        }
        if (claimed == null) {
            List<Verdict> none = contract.keySet().stream().map(name -> Verdict.unknown(name, "state_invalid", null, null)).toList();
            return new Decision(3, true, false, none, none);
        }
        Set<String> names = new LinkedHashSet<>(contract.keySet());
        names.addAll(claimed.keySet());
        List<Verdict> verdicts = new ArrayList<>(), exact = new ArrayList<>();
        for (String name : names) {
            verdicts.add(verdict(name, claimed.get(name), state, contract.get(name), baseline, now, true));
            exact.add(verdict(name, claimed.get(name), state, contract.get(name), baseline, now, false));
        }
        return new Decision(verdicts.stream().allMatch(Verdict::safe) ? 0 : 2, true, true, verdicts, exact);
    }

    private static Verdict verdict(String name, Node feed, Node state, Node contract, Node baseline, Instant now, boolean round) {
        Node alive = get(feed, "alive"), dated = get(state, "as_of"), written = get(feed, "last_tick_age_seconds"), ticked = get(feed, "last_tick_at");
        ticked = NULL.equals(ticked) ? null : ticked;
        Instant tick = ticked instanceof Str string ? instant(string.value) : null;
        Boolean answers = TRUE.equals(alive) ? Boolean.TRUE : FALSE.equals(alive) ? Boolean.FALSE : null;
        Instant asOf = dated instanceof Str string ? instant(string.value) : null;
        boolean undated = dated == null && ticked == null && TRUE.equals(get(baseline, "require_as_of"));
        BigDecimal agreed = limit(contract, baseline, round), age = number(written);
        boolean unlimited = get(feed, "max_age_seconds") == null && get(state, "max_age_seconds") == null; // then the baseline's counts
        BigDecimal own = unlimited ? agreed : limit(feed, state, round);
        age = round && age != null && age.signum() > 0 ? age.min(FOREVER_SECONDS).setScale(9, RoundingMode.CEILING) : age;

        if (feed == null) { return Verdict.unknown(name, "feed_missing", null, null); }
        if (contract == null) { return Verdict.unknown(name, "feed_unexpected", null, null); }
        if (undated) { return Verdict.unknown(name, "as_of_missing", answers, null); }
        if (dated != null && asOf == null) { return Verdict.unknown(name, "as_of_invalid", answers, null); }
        if (asOf != null && asOf.isAfter(now.plusSeconds(1))) { return Verdict.unknown(name, "clock_skew", answers, null); }
        if (tick != null && tick.isAfter(now.plusSeconds(1))) { return Verdict.unknown(name, "tick_skew", answers, null); }
        if (answers == null) { return Verdict.unknown(name, "alive_invalid", null, null); }
        if (!answers) { return Verdict.unknown(name, "feed_down", false, null); }
        if (own == null || agreed == null) { return Verdict.unknown(name, "limit_invalid", true, null); }
        BigDecimal limit = own.min(agreed);
        boolean aged = written != null && !written.equals(NULL);
        if (!aged && ticked == null) { return Verdict.unknown(name, "age_missing", true, limit); }
        if (ticked != null && tick == null || aged && (age == null || age.signum() < 0 || age.compareTo(MAX_AGE_SECONDS) > 0)) {
            return Verdict.unknown(name, "age_invalid", true, limit);
        }
        // What the feed says twice is as old as the older of the two.
        BigDecimal ageNow = !aged ? between(tick, now) : tick == null ? age.add(between(asOf, now)) : age.add(between(asOf, now)).max(between(tick, now));
        if (ageNow.compareTo(limit) > 0) { return new Verdict(name, "stale", "stale", "page", true, ageNow, limit); }
        boolean ticket = own.compareTo(agreed) > 0 || ageNow.multiply(TWO).compareTo(limit) > 0;
        return new Verdict(name, "fresh", "fresh", ticket ? "ticket" : "none", true, ageNow, limit);
    }

    /** The time from then to now; none where then is unknown or still to come. */
    private static BigDecimal between(Instant then, Instant now) {
        Duration elapsed = then == null || then.isAfter(now) ? Duration.ZERO : Duration.between(then, now);
        return BigDecimal.valueOf(elapsed.getSeconds()).add(BigDecimal.valueOf(elapsed.getNano(), 9));
    }

    /** Whether a baseline has only members that it knows, and notes. */
    private static boolean closed(Node baseline) {
        return baseline instanceof Obj top && top.members.stream().allMatch(member -> known(member, "max_age_seconds", "as_of", "require_as_of", "feeds"))
            && ((Arr) get(baseline, "feeds")).items.stream().allMatch(feed -> ((Obj) feed).members.stream().allMatch(member ->
                known(member, "name", "alive", "last_tick_age_seconds", "last_tick_at", "max_age_seconds")));
    }

    private static boolean known(Member member, String... names) {
        return member.name.startsWith("x-") || member.name.startsWith("$") || List.of(names).contains(member.name);
    }

    /** The feeds of a document by name, in order; null if the document is invalid as a whole. */
    private static Map<String, Node> feeds(Node document) {
        if (document == null || !sound(document, 1) || !(get(document, "feeds") instanceof Arr array) || array.items.isEmpty()) {
            return null;
        }
        Map<String, Node> feeds = new LinkedHashMap<>();
        for (Node item : array.items) {
            String name = get(item, "name") instanceof Str string ? string.value : "";
            if (name.isEmpty() || name.codePointCount(0, name.length()) > MAX_NAME_CHARACTERS || feeds.put(name, item) != null) {
                return null;
            }
        }
        return feeds;
    }

    /** Whether all of a tree is JSON, with no member doubled and nothing nested too deep, in ignored members too. */
    private static boolean sound(Node node, int depth) {
        if (node instanceof Obj object) {
            Set<String> names = new HashSet<>();
            return depth <= MAX_NESTING
                && object.members.stream().allMatch(member -> names.add(member.name) && sound(member.value, depth + 1));
        }
        return node instanceof Arr array ? depth <= MAX_NESTING && array.items.stream().allMatch(item -> sound(item, depth + 1))
            : !(node instanceof Broken);
    }

    private static BigDecimal limit(Node feed, Node document, boolean round) {
        Node own = get(feed, "max_age_seconds");
        BigDecimal limit = number(own != null ? own : get(document, "max_age_seconds"));
        limit = round && limit != null && limit.signum() > 0 ? limit.min(MAX_LIMIT_SECONDS).setScale(9, RoundingMode.FLOOR) : limit;
        return limit == null || limit.signum() <= 0 ? null : limit;
    }

    private static BigDecimal number(Node node) {
        if (!(node instanceof Num number) || number.text.length() > MAX_NUMBER_CHARACTERS) { return null; }
        // So small a power of ten is no plausible time, DESIGN says; zero is zero with any power.
        BigDecimal value = exact(number.text);
        int e = number.text.toLowerCase().indexOf('e');
        boolean tiny = e >= 0 && new BigInteger(number.text.substring(e + 1)).compareTo(BigInteger.valueOf(-MIN_EXPONENT)) <= 0;
        return tiny && value.signum() != 0 ? null : value;
    }

    /** The exact value; an exponent beyond BigDecimal's is cut to a billion, where no other number here can meet it. */
    private static BigDecimal exact(String text) {
        int e = text.toLowerCase().indexOf('e');
        BigDecimal digits = new BigDecimal(e < 0 ? text : text.substring(0, e));
        BigInteger most = BigInteger.valueOf(MAX_EXPONENT);
        return e < 0 || digits.signum() == 0 ? digits
            : digits.scaleByPowerOfTen(new BigInteger(text.substring(e + 1)).min(most).max(most.negate()).intValue());
    }

    private static final Pattern RFC_3339 = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?)"
        + "([Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))");

    private static Instant instant(String text) {
        Matcher matcher = RFC_3339.matcher(text);
        if (!matcher.matches() || matcher.group(2).startsWith("24")) { return null; }    // some of java.time reads 24:00 as the next day
        try {
            Instant local = LocalDateTime.parse(matcher.group(1) + "T" + matcher.group(2)).toInstant(ZoneOffset.UTC);
            if (matcher.group(5) == null) { return local; }
            long minutes = 60 * Long.parseLong(matcher.group(6)) + Long.parseLong(matcher.group(7));
            return local.plusSeconds(60 * (matcher.group(5).equals("+") ? -minutes : minutes));
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    // ---- Generator: valid documents, spoiled up to four times -----------------------------------------------------------------

    private static final String ROCKET = "\ud83d\ude80";
    private static final String[] NAMES = {"alpha", "bravo", "charlie", "Alpha", "alpha ", "-d", "--state", "a=b", "q\"uote", "back\\slash", "\\n",
        "new\nline", "tab\t", "bell\u0007", "del\u007f", "csi\u009b31m", "esc\u001b[31m", "nul\u0000", "cr\r", "\u00e9t\u00e9", "e\u0301te\u0301",
        ROCKET, "rtl\u202e", "\u2028", "{}", "a,b", "null", "90", " ", "\\u0061", "</script>", "x".repeat(200), ROCKET.repeat(200)};
    private static final String[] NUMBERS = {"0", "-0", "-0.0", "0e5", "0E-5", "0e99999999999", "8", "8.0", "80e-1", "0.1e1", "1e2", "1E+2",
        "1e0000000000000000000000002", "5e-0", "44.99999999999999999999", "45", "4.5e1", "45.0000000000000000000000001", "9e1",
        "89.99999999999999999999999", "90", "90.0", "900e-1", "90.0000001", "90.00000000000000000000001", "1e9", "1000000000",
        "1000000000.000000001", "1000000001", "1e999999999", "1e99999999999", "1e-400", "1e-999999999", "1e-99999999999", "-1", "-30", "-1e-400",
        "-1e999999999", "0.000000000000000000001", "9".repeat(250), "0." + "0".repeat(250) + "1", "1".repeat(2500), "0." + "0".repeat(2500),
        "9".repeat(30000), "9007199254740993", "18446744073709551696", "4294967304", "-9223372036854775808"};
    private static final String[] LIMITS = {"90", "900", "60", "10", "0.5", "90.0000001", "89.9999999", "45", "8", "0", "-90", "1e-400",
        "1e999999999", "1e5", "1e99999999999", "9e1"};
    /** An age beside a limit, where a comparison that is not exact goes wrong. */
    private static final String[] AGE_AND_LIMIT = {"30.00000000000000000001 30", "30 30.00000000000000000001", "0.3 3e-1",
        "0.30000000000000000000001 0.3", "3e1 30", "1e-10000 1e-20000", "1e-20000 1e-10000", "1e-400 1e-401", "1e-401 1e-400",
        "0 1e-99999999999", "1 1e-99999999999", "15 30",
        "15.00000000000000000001 30", "1e-99999 1", "9007199254740993e-15 9007199254740992e-15", "1e-400 2e-400", "1.0000001e-400 2e-400"};
    private static final String[] NO_NUMBERS = {"007", "01", "-01", "00", "1.", ".5", "-.5", "+1", "-", "--1", "1e", "1e+", "1.e5", "1e5.0", "0x1F",
        "1_000", "1,5", "1 2", "8f", "8L", "NaN", "-NaN", "Infinity", "-Infinity", "True", "nul", "undefined", "'8'", "", "\u00ef\u00bc\u0091"};
    private static final String[] NO_STRINGS = {"\"\u0001\"", "\"a\tb\"", "\"a\nb\"", "\"a\u0000b\"", "\"\u001f\"", "\"\\ud800\"", "\"\\udc00\"",
        "\"\\udc00\\ud800\"", "\"\\ud83dx\"", "\"\\ud83d\\n\"", "\"\\ud83d\\ud83d\"", "\"\u00ff\"", "\"\u0080\"", "\"\u00c0\u00af\"",
        "\"\u00c1\u0081\"", "\"\u00e0\u0080\u00af\"", "\"\u00ed\u00a0\u0080\"", "\"\u00e2\u0082\"", "\"\u00f4\u0090\u0080\u0080\"",
        "\"\u00f5\u0080\u0080\u0080\"", "\"\\x41\"", "\"\\u12G4\"", "\"\\u 123\"", "\"\\u+123\"", "\"\\u12\"", "\"\\U0041\"", "\"\\'\"", "\"\\0\"",
        "\"\\\n\"", "\"open", "/*c*/ 1", "1 // c\n", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:1}",
        "{null:1}", "[1}", "{\"a\":1]", "[", "]", "[1;2]", "\"a\"\"b\""};
    private static final String[] DATES = {"2024-02-29T23:59:59Z", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00+23:59", "1969-12-31T23:59:59.5Z",
        "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-23:59", "2026-11-22T09:37:00-00:00", "2026-11-22t09:36:59.9z"};
    private static final String[] NO_DATES = {"2026-02-30T09:37:00Z", "2025-02-29T09:37:00Z", "1900-02-29T00:00:00Z", "2026-11-31T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-21T24:00:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:37:61Z", "2026-13-01T00:00:00Z",
        "2026-00-10T00:00:00Z", "2026-11-22T09:37:00", "2026-11-22T09:37:00z0", "2026-11-22", "2026-11-22T09:37Z", "2026-11-22T09Z",
        "2026-11-22T9:37:00Z", "", "yesterday", "1795340220", "2026-11-22T09:37:00+0100", "2026-11-22T09:37:00+01", "2026-11-22T09:37:00+24:00",
        "2026-11-22T09:37:00+01:60", "2026-11-22T09:37:00Z+01:00", "+2026-11-22T09:37:00Z", "-2026-11-22T09:37:00Z", "+12026-11-22T09:37:00Z",
        "20261122T093700Z", "2026-11-22T09:37:00.Z", "2026-11-22T09:37:00,5Z", " 2026-11-22T09:37:00Z", "2026-11-22T09:37:00Z ",
        "2026-11-22T09:37:00Z\n", "2026-11-22T09:37:00Z\u0000", "2026-11-22T09:37:00Z[UTC]", "2026-W47-7T09:37:00Z", "2026-326T09:37:00Z",
        "\uff12026-11-22T09:37:00Z", "2026-11-22T09:37:00\u221201:00", "2026-11-22T09:37:00+01:00:00", "2026-11-22TT09:37:00Z",
        "2026/11/22T09:37:00Z", "202e-11-22T09:37:00Z"};
    private static final long SECOND = 1_000_000_000;
    /** Nanoseconds from now: the edges of the clock-skew second, of the limit of 90 for an age of 8, and the past. */
    private static final Long[] DATED_FROM_NOW = {0L, -1L, -8 * SECOND, -10 * SECOND - 250_000_000, -40 * SECOND, -82 * SECOND + 1, -82 * SECOND,
        -82 * SECOND - 1, -3600 * SECOND, SECOND / 2, SECOND, SECOND + 1, 2 * SECOND};

    private static final class Generator {
        final Random random;
        final Instant now;
        final Node baselineTree, stateTree;
        final byte[] baselineBytes, stateBytes;
        private final Obj baseline, state;

        Generator(Random random) {
            this.random = random;
            now = Instant.parse(pick("2026-11-22T09:37:00Z", "2026-11-22T09:37:00Z", "2026-11-22T09:37:00.5Z", "2024-02-29T00:00:00.000000001Z"));
            List<String> names = new ArrayList<>(List.of(NAMES));
            if (one(3)) { Collections.shuffle(names, random); }
            int feeds = 1 + random.nextInt(4);
            baseline = document(names.subList(0, feeds), "90");
            state = document(names.subList(0, feeds), pick("90", "90", "90", "90.0", "9e1", "60", "30", "120"));
            if (one(4)) { put(state, "as_of", date()); }
            for (int mutations = random.nextInt(5); mutations > 0; mutations--) { mutate(one(7) ? baseline : state); }
            Node top = one(60) ? pick(arr(state), new Str("feeds"), NULL, TRUE, new Num("0"), arr()) : state;
            // Spoiled text has no tree, only the fact that it is not JSON.
            boolean stateSpoiled = one(15), baselineSpoiled = one(60);
            stateTree = stateSpoiled ? null : top;
            stateBytes = stateSpoiled ? spoiled(new Writer(random).document(top)) : new Writer(random).document(top);
            baselineTree = baselineSpoiled ? null : baseline;
            baselineBytes = baselineSpoiled ? spoiled(new Writer(random).document(baseline)) : new Writer(random).document(baseline);
        }

        private Obj document(List<String> names, String limit) {
            Arr feeds = arr();
            for (String name : names) {
                int age = one(10) ? 91 + random.nextInt(600) : one(5) ? random.nextInt(91) : random.nextInt(20);
                feeds.items.add(obj(new Member("name", new Str(name)), new Member("alive", one(30) ? FALSE : TRUE),
                    new Member("last_tick_age_seconds", one(30) ? NULL : new Num(age + pick("", "", ".0", "e0", ".25")))));
            }
            return obj(new Member("max_age_seconds", new Num(limit)), new Member("feeds", feeds));
        }

        private void mutate(Obj document) {
            Obj feed = feed(document), owner = one(3) ? document : feed;
            Member member = owner.members.isEmpty() ? new Member("none", NULL) : pick(owner.members.toArray(new Member[0]));
            switch (random.nextInt(24)) {
                case 0 -> put(owner, member.name, junk());
                case 1 -> owner.members.remove(member);
                case 2 -> {    // doubled: here, or deep inside an ignored member
                    Obj twice = obj(new Member("a", NULL), new Member("a", NULL));
                    add(owner, one(3) ? new Member("ignored", arr(obj(new Member("x", twice))))
                        : new Member(member.name, one(2) ? copy(member.value) : junk()));
                }
                case 3 -> {
                    String name = pick(member.name.toUpperCase(), member.name + " ", "_" + member.name, member.name + "\u0000", "", "ignored");
                    owner.members.replaceAll(old -> old == member ? new Member(name, old.value) : old);
                }
                case 4 -> Collections.shuffle(one(2) && get(document, "feeds") instanceof Arr feeds ? feeds.items : owner.members, random);
                case 5 -> put(owner, pick("last_tick_age_seconds", "max_age_seconds"),
                    one(5) ? new Broken(pick(NO_NUMBERS)) : new Num(pick(NUMBERS)));
                case 6, 7 -> put(feed, "last_tick_age_seconds", one(6) ? junk() : new Num(one(3) ? "" + random.nextInt(100) : pick(NUMBERS)));
                case 8 -> {    // copies of what counts, where they do not count
                    Node inner = copy(one(2) ? feed : document);
                    add(owner, new Member(pick("ignored", "meta", "Feeds", "alive2", "max_age_seconds ", "feed"), one(2) ? inner : arr(inner)));
                }
                case 9 -> {
                    Node deep = new Num("1");
                    int containers = owner == document ? 1 : 3;
                    for (int depth = pick(10, 63, 64, 64, 64, 65, 66, 400); containers < depth; containers++) {
                        deep = one(2) ? arr(deep) : obj(new Member("d", deep));
                    }
                    add(owner, new Member("deep", deep));
                }
                case 10 -> add(owner, new Member("ignored", one(2) ? new Broken(pick(one(2) ? NO_STRINGS : NO_NUMBERS)) : new Num(pick(NUMBERS))));
                case 11 -> {
                    String[] pair = pick(AGE_AND_LIMIT).split(" ");
                    put(feed, "last_tick_age_seconds", new Num(pair[0]));
                    put(feed, "max_age_seconds", new Num(pair[1]));
                }
                case 12 -> put(owner, "max_age_seconds", one(8) ? junk() : new Num(pick(LIMITS)));
                case 13 -> {    // beside an age that puts the sum around the limit
                    put(state, "as_of", date());
                    put(feed, "last_tick_age_seconds", new Num(pick("8", "8.0", "0", "5e-1")));
                }
                case 14 -> put(one(8) ? state : baseline, "require_as_of", one(12) ? junk() : pick(TRUE, TRUE, FALSE));
                case 15 -> feedSet(document, feed);
                case 16, 17 -> rename(feed(state));
                case 18 -> put(feed, "alive", pick(TRUE, FALSE, junk()));
                case 19, 20, 21 -> {    // beside an age or in its place
                    put(feed(state), "last_tick_at", date());
                    if (one(2)) { feed(state).members.removeIf(each -> each.name.equals("last_tick_age_seconds")); }
                }
                case 22 -> add(one(2) ? baseline : feed(baseline), new Member(pick("x-note", "$schema", "x-", "xnote", "max_age_second"), new Num("8")));
                default -> put(baseline, "as_of", date());    // a baseline's date decides nothing
            }
        }

        private void feedSet(Obj document, Obj feed) {
            if (get(document, "feeds") instanceof Arr feeds) {
                int at = random.nextInt(feeds.items.size() + 1);
                switch (random.nextInt(7)) {
                    case 0, 1, 2 -> feeds.items.add(at, obj(new Member("name", new Str(pick(NAMES))), new Member("alive", TRUE),
                        new Member("last_tick_age_seconds", new Num("1"))));
                    case 3, 4 -> feeds.items.remove(feed);
                    case 5 -> feeds.items.add(at, junk());
                    default -> feeds.items.clear();
                }
            }
        }

        /** Renames a feed in the state, or on both sides, so that it may still be fresh. */
        private void rename(Obj feed) {
            Node old = get(feed, "name"), name = new Str(pick("", "y".repeat(200), "y".repeat(201), ROCKET.repeat(101), ROCKET.repeat(200),
                ROCKET.repeat(201), "ALPHA", "bravo", "bravo", pick(NAMES), pick(NAMES)));
            put(feed, "name", one(6) ? junk() : name);
            if (one(2) && old != null && get(baseline, "feeds") instanceof Arr feeds) {
                for (Node item : feeds.items) {
                    if (item instanceof Obj agreed && old.equals(get(agreed, "name"))) { put(agreed, "name", name); }
                }
            }
        }

        private Node date() {
            int minutes = pick(0, 0, 0, 60, -330, 1439, -1439);
            String local = now.plusNanos(pick(DATED_FROM_NOW)).plusSeconds(60L * minutes).toString();
            String offset = String.format("%s%02d:%02d", minutes < 0 ? "-" : "+", Math.abs(minutes) / 60, Math.abs(minutes) % 60);
            String text = minutes == 0 ? local : local.replace("Z", offset);
            return switch (random.nextInt(15)) {
                case 0 -> junk();
                case 1 -> new Str(pick(DATES));
                case 2 -> new Str(pick(NO_DATES));
                case 3 -> new Str(text.substring(0, text.length() - 1));    // without the Z, or a digit short
                case 4 -> new Str(text.toLowerCase());
                case 5, 6 -> {
                    int at = random.nextInt(text.length());
                    yield new Str(text.substring(0, at) + pick("9", "e", "-", "}", " ", ":", "+", "\u0667", "\uff12", "") + text.substring(at + 1));
                }
                default -> new Str(text);
            };
        }

        /** A value of the wrong type for most places; new each time, since trees are changed in place. */
        private Node junk() {
            return pick(NULL, TRUE, FALSE, new Str("true"), new Str("90"), new Str(""), new Num("8"), new Num("1"), new Num("0"), arr(), arr(TRUE),
                arr(new Num("8")), obj(), obj(new Member("seconds", new Num("8"))));
        }

        /** The bytes of a document changed so that they cannot be JSON, whatever the document. */
        private byte[] spoiled(byte[] bytes) {
            String text = new String(bytes, ISO_8859_1), end = text.stripTrailing();
            int at = random.nextInt(text.length() + 1), cut = random.nextInt(end.length());
            String spoiled = switch (random.nextInt(7)) {
                case 0 -> "\u00ef\u00bb\u00bf" + text;
                case 1 -> end.substring(0, cut);    // never whole: the only number at the top level has one digit
                case 2 -> text + pick(" x", "{}", "\u0000", "]", "}", ",", "#", "// end", "/* end */", "\u000b", "\f", "\u00c2\u00a0", "\u001a",
                    "null");
                case 3 -> pick("x", "// start\n", "/* */", ",", "[", "[".repeat(200_000), ")]}'\n", "\u00a0", "\u0000", "#!json\n") + text;
                case 4 -> text.substring(0, at) + pick("\u0000", "\u00ff", "\u0080", "\u001f") + text.substring(at);
                case 5 -> end.endsWith("}") ? end.substring(0, end.length() - 1) + ",}" : end + ",";
                default -> text.indexOf('"') < 0 ? "'" : text.replaceFirst("\"", "'");
            };
            return spoiled.getBytes(one(9) ? UTF_16 : ISO_8859_1);
        }

        /** One of the document's feeds; the document itself where it has none. */
        private Obj feed(Obj document) {
            List<Node> feeds = get(document, "feeds") instanceof Arr array ? array.items : List.of();
            return !feeds.isEmpty() && pick(feeds.toArray(new Node[0])) instanceof Obj feed ? feed : document;
        }

        private void add(Obj owner, Member member) { owner.members.add(random.nextInt(owner.members.size() + 1), member); }

        private void put(Obj owner, String name, Node value) {
            if (get(owner, name) == null) {
                add(owner, new Member(name, value));
            } else {
                owner.members.replaceAll(member -> member.name.equals(name) ? new Member(name, value) : member);
            }
        }

        private static Node copy(Node node) {
            if (node instanceof Obj object) {
                return obj(object.members.stream().map(member -> new Member(member.name, copy(member.value))).toArray(Member[]::new));
            }
            return node instanceof Arr array ? arr(array.items.stream().map(Generator::copy).toArray(Node[]::new)) : node;
        }

        private static Obj obj(Member... members) { return new Obj(new ArrayList<>(List.of(members))); }

        private static Arr arr(Node... items) { return new Arr(new ArrayList<>(List.of(items))); }

        private boolean one(int in) { return random.nextInt(in) == 0; }

        @SafeVarargs
        private <T> T pick(T... values) { return values[random.nextInt(values.length)]; }
    }

    // ---- Writer: one tree, many spellings -------------------------------------------------------------------------------------

    private static final class Writer {
        private final Random random;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final int layout, escapePercent;

        Writer(Random random) {
            this.random = random;
            layout = random.nextInt(4);
            escapePercent = random.nextInt(4) == 0 ? 30 : 0;
        }

        byte[] document(Node top) {
            gap(0);
            write(top, 0);
            gap(0);
            return out.toByteArray();
        }

        private void write(Node node, int depth) {
            if (node instanceof Obj object) {
                container("{", object.members, "}", depth);
            } else if (node instanceof Arr array) {
                container("[", array.items, "]", depth);
            } else if (node instanceof Str string) {
                string(string.value);
            } else {
                out.writeBytes(plain(node).getBytes(ISO_8859_1));
            }
        }

        private void container(String open, List<?> content, String close, int depth) {
            String before = open;
            for (Object item : content) {
                put(before);
                before = ",";
                gap(depth + 1);
                if (item instanceof Member member) {
                    string(member.name);
                    put(layout < 2 ? ": " : ":");
                }
                write(item instanceof Member member ? member.value : (Node) item, depth + 1);
            }
            put(content.isEmpty() ? open : "");
            gap(depth);
            put(close);
        }

        private void string(String value) {
            StringBuilder text = new StringBuilder("\"");
            value.codePoints().forEach(c -> {
                boolean escaped = c < ' ' || c == '"' || c == '\\' || random.nextInt(100) < escapePercent;
                int simple = "\"\\/\b\f\n\r\t".indexOf(c);
                for (char unit : Character.toChars(c)) {    // both halves of a pair are escaped, or neither
                    text.append(!escaped ? String.valueOf(unit) : simple >= 0 && random.nextBoolean() ? "\\" + "\"\\/bfnrt".charAt(simple)
                        : String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) unit));
                }
            });
            put(text.append('"').toString());
        }

        /** White space between tokens: pretty, pretty with CRLF and tabs, none, or anything the grammar allows. */
        private void gap(int depth) {
            switch (layout) {
                case 0 -> put("\n" + "  ".repeat(depth));
                case 1 -> put("\r\n" + "\t".repeat(depth));
                case 2 -> { }
                default -> put(" \t\r\n".substring(random.nextInt(5)).repeat(random.nextInt(3)));
            }
        }

        private void put(String text) { out.writeBytes(text.getBytes(UTF_8)); }
    }

    // ---- Exhaustive: one feed, every combination of the classes of what decides about it ----------------------------------------

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final String[] ALIVE = {"", "true", "false", "'true'"};
    private static final String[] AGES = {"", "null", "0", "30", "45.000000001", "90", "90.0000000001", "-1", "'8'", "1000000000.1"};
    private static final String[] TICKS = {"", "null", "'12:00:00'", "'11:59:15'", "'11:58:30'", "'11:58:29.999999999'", "'12:00:01'", "'12:00:01.000000001'",
        "'soon'", "5"};
    private static final String[] OWN_LIMITS = {"", "90", "90.0000000009", "30", "900", "0", "null"};
    private static final String[] COMMON_LIMITS = {"", "90", "60", "'x'"};
    private static final String[] AS_OF = {"", "'12:00:00'", "'11:59:00'", "'11:58:30'", "'12:00:01'", "'12:00:01.000000001'", "'soon'"};
    private static final String[] AGREED = {"", "60", "'x'"};

    private static void exhaust() {
        List<byte[]> baselines = new ArrayList<>();
        for (String own : AGREED) {
            for (String common : new String[] {"", "90"}) {
                for (String require : new String[] {"", "true"}) {
                    baselines.add(document(member("max_age_seconds", common) + member("require_as_of", require), member("max_age_seconds", own)));
                }
            }
        }
        List<Freshness.State> programs = new ArrayList<>();
        List<Node> trees = new ArrayList<>(), contracts = new ArrayList<>();
        for (byte[] baseline : baselines) {
            programs.add(Freshness.State.parse(Freshness.Document.of("", text(baseline)), Freshness.Role.baseline));
            trees.add(read(baseline));
            contracts.add(feeds(trees.get(trees.size() - 1)).get("x"));
        }
        List<Case> failed = new ArrayList<>();
        int combinations = 0;
        for (String asOf : AS_OF) {
            for (String common : COMMON_LIMITS) {
                for (String alive : ALIVE) {
                    for (String age : AGES) {
                        for (String tick : TICKS) {
                            for (String own : OWN_LIMITS) {
                                byte[] state = document(member("as_of", asOf) + member("max_age_seconds", common), member("alive", alive)
                                    + member("last_tick_age_seconds", age) + member("last_tick_at", tick) + member("max_age_seconds", own));
                                Freshness.State claim = Freshness.State.parse(Freshness.Document.of("", text(state)), Freshness.Role.state);
                                Node tree = read(state), feed = ((Arr) get(tree, "feeds")).items.get(0);
                                for (int i = 0; i < programs.size(); i++, combinations++) {
                                    Freshness.Verdict got = new Freshness.Decision(programs.get(i), claim, null, NOON, 0).of("x");
                                    Verdict want = verdict("x", feed, tree, contracts.get(i), trees.get(i), NOON, true);
                                    if (agree(got, want)) { continue; }
                                    String is = got.reason() + " " + got.alert() + (want.ageNow == null ? "" : " " + Freshness.seconds(got.age()))
                                        + (want.limit == null ? "" : " " + Freshness.seconds(got.limit()));
                                    String wanted = want.reason + " " + want.alert + (want.ageNow == null ? "" : " " + plain(want.ageNow))
                                        + (want.limit == null ? "" : " " + plain(want.limit));
                                    Case one = new Case(text(state) + " by " + text(baselines.get(i)), null);
                                    one.same("verdict", is, wanted);
                                    one.unsafe = got.safe();
                                    failed.add(one);
                                }
                            }
                        }
                    }
                }
            }
        }
        report("exhaustive: " + combinations + " combinations of one feed, its state and its baseline agree", failed);
    }

    private static boolean agree(Freshness.Verdict got, Verdict want) {
        return got.reason().name().equals(want.reason) && got.alert().name().equals(want.alert)
            && (want.ageNow == null || BigDecimal.valueOf(got.age(), 9).compareTo(want.ageNow.min(FOREVER_SECONDS)) == 0)
            && (want.limit == null || BigDecimal.valueOf(got.limit(), 9).compareTo(want.limit) == 0);
    }

    private static String plain(BigDecimal seconds) {
        return seconds.min(FOREVER_SECONDS).stripTrailingZeros().toPlainString();
    }

    private static String member(String name, String value) {
        return value.isEmpty() ? "" : "\"" + name + "\":" + value.replaceFirst("'(\\d\\d:.*)'", "'2026-11-22T$1Z'").replace('\'', '"') + ",";
    }

    private static byte[] document(String members, String feed) {
        return ("{" + members + "\"feeds\":[{" + feed + "\"name\":\"x\"}]}").getBytes(UTF_8);
    }

    // ---- Comparer: the program's answers against the judge's ------------------------------------------------------------------

    /** One input, the judge's decision on it, and where the program's answers differ. */
    private static final class Case {
        final String input;
        final Decision decision;
        final List<String> got = new ArrayList<>(), want = new ArrayList<>();
        boolean unsafe;

        Case(String input, Decision decision) {
            this.input = input;
            this.decision = decision;
        }

        void same(String what, Object answer, Object wanted) {
            same(what, answer, wanted, "no answer is unsafe");
        }

        /** As above, where one answer lets work go on: that one given wrongly is the worst there is. */
        void same(String what, Object answer, Object wanted, Object safe) {
            if (!String.valueOf(answer).equals(String.valueOf(wanted))) {
                boolean worst = String.valueOf(answer).equals(String.valueOf(safe));
                got.add(worst ? 0 : got.size(), what + " = " + answer);
                want.add(worst ? 0 : want.size(), what + " = " + wanted);
                unsafe |= worst;
            }
        }
    }

    private record Run(int exit, String out) { }

    private static void compare(Case one, byte[] baseline, byte[] state, Instant now, Random random) throws IOException {
        String baselineFile = Files.write(directory.resolve("baseline"), baseline).toString();
        String stateFile = Files.write(directory.resolve("state"), state).toString();
        List<String> files = List.of("--baseline", baselineFile, "--now", now.toString(), "--state", stateFile);
        List<String> piped = List.of("--baseline", baselineFile, "--now", now.toString(), "--state=-");

        compareText(one, run(one, state, files, "status"));
        compareJson(one, run(one, state, random.nextInt(4) == 0 ? piped : files, "status", "--format", "json"));
        comparePrometheus(one, run(one, state, files, "status", "--format=prometheus"));
        compareGate(one, state, files, random);
    }

    private static Run run(Case one, byte[] in, List<String> files, String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(files);
        String what = String.join(" ", command);
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        long start = System.nanoTime();
        int exit = -1;
        try {
            exit = Freshness.run(args.toArray(new String[0]), new ByteArrayInputStream(in), out, err);
        } catch (RuntimeException | Error thrown) {
            one.same(what, thrown, "an exit code");
        }
        String all = "\n" + text(out.toByteArray()) + "\n" + text(err.toByteArray());
        one.same(what + " takes over 10 s", System.nanoTime() - start > 10 * SECOND, false);
        one.same(what + " shows a stack trace", all.contains("\n\tat ") || all.contains("\nException in thread"), false);
        one.same(what + " exits with 0, 2 or 3", exit == 0 || exit == 2 || exit == 3 ? true : exit, true);
        return new Run(exit, text(out.toByteArray()));
    }

    private static void compareText(Case one, Run run) {
        one.same("text exit", run.exit, one.decision.exit, 0);
        String word = "FRESHNESS " + (one.decision.exit == 0 ? "OK" : one.decision.exit == 2 ? "CRITICAL" : "UNKNOWN");
        String line = run.out.split("\n", 2)[0];
        one.same("first line", line.startsWith(word) ? word : line.startsWith("FRESHNESS OK") ? "FRESHNESS OK" : line, word, "FRESHNESS OK");
        one.same("control characters in text", run.out.codePoints().anyMatch(c -> Character.isISOControl(c) && c != '\n'), false);
    }

    private static void compareJson(Case one, Run run) {
        Decision want = one.decision;
        one.same("json exit", run.exit, want.exit, 0);
        Node top = read(run.out.getBytes(UTF_8));
        if (top != null && sound(top, 1) && NULL.equals(get(top, "feeds")) && !want.baselineValid) {
            one.same("overall_status without a baseline", plain(get(top, "overall_status")), "restricted", "eligible");
            return;
        }
        if (top == null || !sound(top, 1) || !(get(top, "feeds") instanceof Arr array)) {
            one.same("json", run.out, "an object with an array of feeds");
            return;
        }
        List<Node> rows = array.items;
        List<String> names = want.verdicts.stream().map(Verdict::name).toList();
        List<String> unsafe = want.verdicts.stream().filter(verdict -> !verdict.safe()).map(Verdict::name).toList();
        one.same("overall_status", plain(get(top, "overall_status")), want.exit == 0 ? "eligible" : "restricted", "eligible");
        one.same("error is set", get(top, "error") instanceof Str, want.exit == 3);
        if (!want.baselineValid) {
            one.same("a feed is safe without a baseline", rows.stream().anyMatch(row -> !FALSE.equals(get(row, "safe_to_serve"))), false, true);
            return;
        }
        one.same("names", rows.stream().map(row -> plain(get(row, "name"))).toList(), names);
        one.same("unsafe_feeds", plain(get(top, "unsafe_feeds")), unsafe);
        one.same("total_feeds", plain(get(top, "total_feeds")), names.size());
        one.same("fresh_feeds", plain(get(top, "fresh_feeds")), names.size() - unsafe.size());
        one.same("alive_feeds", plain(get(top, "alive_feeds")), rows.stream().filter(row -> TRUE.equals(get(row, "alive"))).count());
        for (int i = 0; i < Math.min(rows.size(), names.size()); i++) {
            compareFeed(one, rows.get(i), want.verdicts.get(i));
            compareExact(one, rows.get(i), want.exact.get(i));
        }
    }

    private static void compareFeed(Case one, Node row, Verdict want) {
        String feed = want.name.substring(0, Math.min(30, want.name.length())) + ": ";
        List<String> blocked = FRESH_MAY.stream().filter(action -> !want.allowed().contains(action)).toList();
        one.same(feed + "reason_code", plain(get(row, "reason_code")), want.reason, "fresh");
        one.same(feed + "freshness_status", plain(get(row, "freshness_status")), want.status, "fresh");
        one.same(feed + "safe_to_serve", plain(get(row, "safe_to_serve")), want.safe(), true);
        one.same(feed + "allowed_actions", sorted(get(row, "allowed_actions")), want.allowed(), FRESH_MAY);
        one.same(feed + "blocked_actions", sorted(get(row, "blocked_actions")), blocked, List.of());
        one.same(feed + "alert", plain(get(row, "alert")), want.alert);
        one.same(feed + "blocked_reason is set", get(row, "blocked_reason") instanceof Str, !want.safe());
        if (want.alive != null) { one.same(feed + "alive", plain(get(row, "alive")), want.alive); }
        if (want.limit != null) { figure(one, feed + "max_age_seconds", get(row, "max_age_seconds"), want.limit); }
        if (want.ageNow != null) {
            figure(one, feed + "last_tick_age_seconds", get(row, "last_tick_age_seconds"), want.ageNow);
        } else if (want.reason.matches("state_invalid|feed_missing|as_of_.*|clock_skew|tick_skew|age_.*")) {
            one.same(feed + "last_tick_age_seconds", plain(get(row, "last_tick_age_seconds")), null);
        }
    }

    /** The program is never safer than the exact arithmetic, and a figure differs from it by less than a nanosecond. */
    private static void compareExact(Case one, Node row, Verdict exact) {
        String feed = exact.name.substring(0, Math.min(30, exact.name.length())) + ": ";
        one.same(feed + "safer than it is", TRUE.equals(get(row, "safe_to_serve")) && !exact.safe(), false, true);
        one.same(feed + "an alert less", exact.alert.equals("ticket") && "none".equals(plain(get(row, "alert"))), false);
        if (get(row, "last_tick_age_seconds") instanceof Num age && exact.ageNow != null) {
            BigDecimal more = exact(age.text).subtract(exact.ageNow.min(FOREVER_SECONDS));
            one.same(feed + "an age less than exact, or a nanosecond more", more.signum() < 0 || more.compareTo(NANOSECOND) >= 0, false);
        }
        if (get(row, "max_age_seconds") instanceof Num limit && exact.limit != null) {
            BigDecimal less = exact.limit.min(MAX_LIMIT_SECONDS).subtract(exact(limit.text));
            one.same(feed + "a limit more than exact, or a nanosecond less", less.signum() < 0 || less.compareTo(NANOSECOND) >= 0, false);
        }
    }

    private static void figure(Case one, String what, Node answer, BigDecimal want) {
        boolean equal = answer instanceof Num number && exact(number.text).compareTo(want.min(FOREVER_SECONDS)) == 0;
        one.same(what, equal ? want : plain(answer), want);
    }

    private static void comparePrometheus(Case one, Run run) {
        Decision want = one.decision;
        String feed = "freshness_feed_safe_to_serve{feed=\"", state = "freshness_state_valid ", valid = null;
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : run.out.split("\n")) {
            int end = line.lastIndexOf("\"} ");
            if (line.startsWith(feed) && end >= feed.length()) {
                // The format's three escapes; the stand-in keeps an escaped backslash from meeting what follows it.
                String name = line.substring(feed.length(), end).replace("\\\\", "\ue000").replace("\\n", "\n").replace("\\\"", "\"")
                    .replace("\ue000", "\\");
                one.same("earlier sample of " + name, values.put(name, line.substring(end + 3)), null);
            }
            valid = line.startsWith(state) ? line.substring(state.length()) : valid;
        }
        one.same("prometheus exit", run.exit, want.exit, 0);
        one.same("prometheus is empty", run.out.isEmpty(), false);
        one.same("freshness_state_valid", valid, want.stateValid ? "1" : want.baselineValid ? "0" : valid);
        if (!want.baselineValid) {
            one.same("a sample is safe without a baseline", values.containsValue("1"), false, true);
            return;
        }
        one.same("names in prometheus", values.keySet(), want.verdicts.stream().map(Verdict::name).toList());
        want.verdicts.forEach(verdict -> one.same(feed + verdict.name, values.get(verdict.name), verdict.safe() ? "1" : "0", "1"));
    }

    /** Asks for one or two feeds and up to two actions, now and then for one that nobody knows. */
    private static void compareGate(Case one, byte[] state, List<String> files, Random random) {
        List<Verdict> verdicts = new ArrayList<>(one.decision.verdicts);
        List<String> actions = new ArrayList<>(FRESH_MAY), command = new ArrayList<>(List.of("gate", "--format", "json"));
        if (verdicts.isEmpty() || random.nextInt(20) == 0) {
            verdicts.add(Verdict.unknown("no such feed", "nobody knows it", null, null));
        }
        if (random.nextInt(10) == 0) { actions.add("no_such_action"); }
        Collections.shuffle(verdicts, random);
        Collections.shuffle(actions, random);
        verdicts = verdicts.subList(0, Math.min(verdicts.size(), random.nextInt(4) == 0 ? 2 : 1));
        List<String> asked = actions.subList(0, random.nextInt(3));
        verdicts.forEach(verdict -> command.add("--feed=" + verdict.name));
        asked.forEach(action -> command.addAll(List.of("--action", action)));

        boolean known = verdicts.stream().allMatch(one.decision.verdicts::contains) && FRESH_MAY.containsAll(asked);
        boolean allowed = verdicts.stream().allMatch(verdict -> asked.isEmpty() ? verdict.safe() : verdict.allowed().containsAll(asked));
        Run run = run(one, state, files, command.toArray(new String[0]));
        one.same(command + " exit", run.exit, one.decision.exit == 3 || !known ? 3 : allowed ? 0 : 2, 0);
        // An action that does not exist is a usage error, found before anything is evaluated; the contract promises no document for it.
        boolean document = read(run.out.getBytes(UTF_8)) instanceof Obj || !FRESH_MAY.containsAll(asked);
        one.same(command + " prints json", document ? true : run.out, true);
    }

    private static String plain(Node node) {
        return node instanceof Str string ? string.value
            : node instanceof Num number ? number.text
            : node instanceof Word word ? word.text
            : node instanceof Broken broken ? broken.latin1
            : node instanceof Arr array ? array.items.stream().map(Judge::plain).toList().toString()
            : "(not there) " + node;
    }

    private static List<String> sorted(Node node) {
        return node instanceof Arr array ? array.items.stream().map(Judge::plain).sorted().toList() : List.of(plain(node));
    }

    // ---- Bytes: the fixture and the scenarios, damaged one byte at a time -----------------------------------------------------

    private static final String FIXTURE = """
        {
          "max_age_seconds": 90,
          "feeds": [
            { "name": "alpha", "alive": true, "last_tick_age_seconds": 8 },
            { "name": "bravo", "alive": true, "last_tick_age_seconds": 11 },
            { "name": "charlie", "alive": true, "last_tick_age_seconds": 7 }
          ]
        }
        """;
    private static final int CUT = -1, DELETED = -2;

    private static void judgeBytes(long seed, boolean every) throws IOException {
        Instant now = Instant.parse("2026-11-22T09:37:00Z");
        Random random = new Random(seed);
        Path bundled = Path.of("data/healthy.json"), start = directory.resolve("healthy");
        byte[] fixture = Files.exists(bundled) ? Files.readAllBytes(bundled) : FIXTURE.getBytes(UTF_8);
        Files.write(start, fixture);
        Map<String, byte[]> documents = new LinkedHashMap<>(Map.of("healthy", fixture));
        List<Case> cases = new ArrayList<>();
        for (String kind : List.of("stale", "unknown", "down", "missing", "skewed", "loosened", "frozen", "corrupt")) {
            Path file = directory.resolve(kind);
            List<String> options = new ArrayList<>(List.of("--state", start.toString(), "--output", file.toString(), "--now", now.toString()));
            options.addAll(kind.equals("frozen") || kind.equals("corrupt") ? List.of() : List.of("--feed", "bravo"));
            Case made = new Case("scenario " + kind, null);
            made.same("exit", run(made, new byte[0], options, "scenario", kind).exit, 0);
            made.same("the file was written", Files.exists(file), true);
            documents.put(kind, Files.exists(file) ? Files.readAllBytes(file) : fixture);
            cases.add(made);
        }
        int safe = 0, places = documents.values().stream().mapToInt(bytes -> bytes.length).sum();
        for (var document : documents.entrySet()) {
            String text = new String(document.getValue(), ISO_8859_1);
            for (int at = 0; at <= text.length(); at++) {    // at the end: cut there, which is the document as it is
                int[] changes = at == text.length() ? new int[] {CUT}
                    : new int[] {CUT, DELETED, random.nextInt(256), '"', '}', ']', ',', '0', '9', 'e', '-', ' ', 0, 0xff, '\\'};
                for (int change : changes) {
                    if (!every && at < text.length() && random.nextInt(places * changes.length) >= SAMPLED_FILES) {
                        continue;
                    }
                    String damaged = text.substring(0, at) + (change < 0 ? "" : (char) change) + (change == CUT ? "" : text.substring(at + 1));
                    byte[] bytes = damaged.getBytes(ISO_8859_1);
                    // A damaged fixture is the state or, one time in three, the baseline of a healthy state.
                    boolean contract = document.getKey().equals("healthy") && random.nextInt(3) == 0;
                    byte[] baseline = contract ? bytes : fixture, state = contract ? fixture : bytes;
                    Case one = new Case(document.getKey() + (contract ? " as the baseline" : "") + ", byte " + at + " "
                        + (change == CUT ? "cut here" : change == DELETED ? "deleted" : "to " + change) + ": " + damaged,
                        decide(read(baseline), read(state), now));
                    compare(one, baseline, state, now, random);
                    cases.add(one);
                    safe += one.decision.exit == 0 ? 1 : 0;
                }
            }
        }
        String extent = every ? "every truncation, deletion and telling byte" : "a sample of damages";
        report("bytes: " + cases.size() + " files agree (" + extent + " of " + documents.size() + " documents; " + safe
            + " still eligible)", cases);
    }

    // ---- Reader: a second, strict reading of JSON -----------------------------------------------------------------------------

    /** The tree, or null where the bytes are not JSON. Doubled members and nesting are left to sound. */
    private static Node read(byte[] bytes) {
        try {
            Reader reader = new Reader(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
            Node node = reader.value(0);
            reader.need(reader.token(), "");
            return node;
        } catch (CharacterCodingException | NotJson broken) {
            return null;
        }
    }

    private static final class NotJson extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final Pattern TOKEN = Pattern.compile("[ \\t\\r\\n]*+([{}\\[\\]:,]|true|false|null"
        + "|-?(?:0|[1-9][0-9]*+)(?:[.][0-9]++)?(?:[eE][+-]?[0-9]++)?"
        + "|\"(?:[^\"\\\\\\x00-\\x1f]++|\\\\(?:[\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+\"|\\z)");
    private static final int MOST_CONTAINERS = 1000;    // far beyond what is valid; the stack is finite here too

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        /** The next token; empty at the end of the text. */
        private String token() throws NotJson {
            Matcher matcher = TOKEN.matcher(text).region(at, text.length());
            if (!matcher.lookingAt()) { throw new NotJson(); }
            at = matcher.end();
            return matcher.group(1);
        }

        private void need(String token, String wanted) throws NotJson {
            if (!token.equals(wanted)) { throw new NotJson(); }
        }

        private boolean skip(String wanted) throws NotJson {
            int before = at;
            boolean here = token().equals(wanted);
            at = here ? at : before;
            return here;
        }

        private Node value(int containers) throws NotJson {
            String token = token();
            if (containers > MOST_CONTAINERS || token.isEmpty() || "}]:,".contains(token)) { throw new NotJson(); }
            switch (token.charAt(0)) {
                case '{' -> {
                    List<Member> members = new ArrayList<>();
                    for (boolean more = !skip("}"); more; more = skip(",") || end("}")) {
                        String name = string(token());
                        need(token(), ":");
                        members.add(new Member(name, value(containers + 1)));
                    }
                    return new Obj(members);
                }
                case '[' -> {
                    List<Node> items = new ArrayList<>();
                    for (boolean more = !skip("]"); more; more = skip(",") || end("]")) {
                        items.add(value(containers + 1));
                    }
                    return new Arr(items);
                }
                case '"' -> { return new Str(string(token)); }
                case 't', 'f', 'n' -> { return new Word(token); }
                default -> { return new Num(token); }
            }
        }

        /** Takes the closing bracket that must be here; false, so that it ends a loop. */
        private boolean end(String close) throws NotJson {
            need(token(), close);
            return false;
        }

        private static String string(String token) throws NotJson {
            StringBuilder value = new StringBuilder();
            for (int i = 1; i < token.length() - 1; i++) {
                char c = token.charAt(i);
                if (c == '\\' && token.charAt(++i) == 'u') {
                    c = (char) Integer.parseInt(token.substring(i + 1, i + 5), 16);
                    i += 4;
                } else if (c == '\\') { c = "\"\\/\b\f\n\r\t".charAt("\"\\/bfnrt".indexOf(token.charAt(i))); }
                value.append(c);
            }
            // UTF-8 brings no half of a surrogate pair, so only an escape can have.
            if (!token.startsWith("\"") || !UTF_8.newEncoder().canEncode(value)) { throw new NotJson(); }
            return value.toString();
        }
    }
}
