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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
 *     java -cp DIR Judge exhaustive                every combination for one feed, of the rarer classes too (some minutes)
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
        "invalid states", "invalid baselines", "exit 0", "exit 2", "exit 3", "alert none", "alert ticket", "alert page",
        "an unknown member at the top of a baseline", "an unknown member in a baseline's feed",
        "a note misspelt", "a note at the top of a baseline",
        "a note in a baseline's feed", "a tick in a baseline", "a state without a limit", "a feed fresh by the baseline's limit alone",
        "a looser limit that is fresh",
        "last_tick_at null", "last_tick_at unreadable", "last_tick_at of another type", "a tick with an offset", "a tick with a fraction",
        "a tick up to a second ahead", "a tick without an age", "a tick older than the age", "an age older than the tick",
        "a tick where as_of is required and missing", "a tick beside an unreadable as_of", "an as_of up to a second ahead");

    private static Path directory;
    private static boolean passed = true;

    public static void main(String... args) throws IOException {
        boolean documents = args.length > 1 && args[0].equals("documents");
        if (documents) { args = Arrays.copyOfRange(args, 1, args.length); }
        boolean bytes = args.length > 0 && args[0].equals("bytes"), every = args.length > 0 && args[0].equals("exhaustive");
        boolean single = args.length > 2;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : DEFAULT_SEED;
        System.out.println("# seed " + seed);
        directory = Files.createTempDirectory("judge");
        try {
            if (documents) {
                showDocuments(Integer.parseInt(args[0]), seed);
                return;
            }
            if (!bytes && !every) {
                int states = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_STATES;
                judgeStates(states, seed, single ? Integer.parseInt(args[2]) : 0, single);
            }
            if (!single && !every) { judgeBytes(seed, bytes); }
            if (!single && !bytes) { exhaust(every); }
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
            compare(one, made.baselineBytes, made.stateBytes, new Node[] {made.baselineTree, made.stateTree}, made.now, made.random);
            cases.add(one);
            met.merge("exit " + want.exit, 1, Integer::sum);
            kinds(made.baselineTree, made.stateTree, made.now, want).forEach(kind -> met.merge(kind, 1, Integer::sum));
            met.merge(want.stateValid ? "valid states" : want.baselineValid ? "invalid states" : "invalid baselines", 1, Integer::sum);
            for (Verdict verdict : want.verdicts) {
                met.merge(verdict.reason, 1, Integer::sum);
                met.merge("alert " + verdict.alert(), 1, Integer::sum);
                met.merge(verdict.status() + " feeds", 1, Integer::sum);
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

    /** What a pair of documents has in it that the verdicts alone do not tell. */
    private static Set<String> kinds(Node baseline, Node state, Instant now, Decision decision) {
        Set<String> kinds = new TreeSet<>();
        Map<String, Node> contract = feeds(baseline), claimed = feeds(state);
        if (contract != null) {
            boolean closed = closed(baseline), open = contract.values().stream().allMatch(feed -> named(feed, FEED_MEMBERS));
            if (!named(baseline, TOP_MEMBERS)) { kinds.add("an unknown member at the top of a baseline"); }
            if (misspelt(baseline) || contract.values().stream().anyMatch(Judge::misspelt)) { kinds.add("a note misspelt"); }
            if (!open) { kinds.add("an unknown member in a baseline's feed"); }
            if (closed && notes(baseline)) { kinds.add("a note at the top of a baseline"); }
            if (closed && contract.values().stream().anyMatch(Judge::notes)) { kinds.add("a note in a baseline's feed"); }
        }
        boolean ticking = decision.baselineValid && contract.values().stream().anyMatch(feed -> get(feed, "last_tick_at") != null);
        if (ticking) { kinds.add("a tick in a baseline"); }
        if (!decision.stateValid) { return kinds; }
        Node dated = get(state, "as_of");
        Instant asOf = dated instanceof Str string ? instant(string.value) : null;
        boolean required = TRUE.equals(get(baseline, "require_as_of")), unlimited = get(state, "max_age_seconds") == null;
        if (asOf != null && asOf.isAfter(now) && !asOf.isAfter(now.plusSeconds(1))) { kinds.add("an as_of up to a second ahead"); }
        if (unlimited) { kinds.add("a state without a limit"); }
        for (Verdict verdict : decision.verdicts) {
            Node feed = claimed.get(verdict.name), ticked = get(feed, "last_tick_at"), written = get(feed, "last_tick_age_seconds");
            Instant tick = ticked instanceof Str string ? instant(string.value) : null;
            if (verdict.safe() && unlimited && get(feed, "max_age_seconds") == null) { kinds.add("a feed fresh by the baseline's limit alone"); }
            if (verdict.safe() && verdict.loose) { kinds.add("a looser limit that is fresh"); }
            if (NULL.equals(ticked)) { kinds.add("last_tick_at null"); }
            if (ticked instanceof Str && tick == null && verdict.reason.equals("age_invalid")) { kinds.add("last_tick_at unreadable"); }
            if (ticked != null && !(ticked instanceof Str) && verdict.reason.equals("age_invalid")) { kinds.add("last_tick_at of another type"); }
            if (tick != null && dated != null && asOf == null) { kinds.add("a tick beside an unreadable as_of"); }
            if (tick == null || verdict.status().equals("unknown")) { continue; }
            if (!plain(ticked).matches(".*[Zz]|.*[+-]00:00")) { kinds.add("a tick with an offset"); }
            if (plain(ticked).contains(".")) { kinds.add("a tick with a fraction"); }
            if (tick.isAfter(now)) { kinds.add("a tick up to a second ahead"); }
            if (written == null) { kinds.add("a tick without an age"); }
            if (required && dated == null) { kinds.add("a tick where as_of is required and missing"); }
            if (written instanceof Num) {
                kinds.add(verdict.ageNow.equals(between(tick, now)) ? "a tick older than the age" : "an age older than the tick");
            }
        }
        return kinds;
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
    private static final int MAX_NESTING = 64, MAX_NAME_CHARACTERS = 200, MAX_NUMBER_CHARACTERS = 1000, MAX_DECIMALS = 1000;
    private static final int MAX_EXPONENT = 999_999_999;
    private static final BigDecimal MAX_AGE_SECONDS = new BigDecimal("1e9"), TWO = BigDecimal.valueOf(2), NANOSECOND = new BigDecimal("1e-9");
    /** Where the program stops counting: a longer time is as good as this one. */
    private static final BigDecimal FOREVER_SECONDS = new BigDecimal("4e9"), MAX_LIMIT_SECONDS = new BigDecimal("3999999999");
    private static final List<String> TOP_MEMBERS = List.of("max_age_seconds", "as_of", "require_as_of", "feeds");
    private static final List<String> FEED_MEMBERS = List.of("name", "alive", "last_tick_age_seconds", "last_tick_at", "max_age_seconds");

    /** The verdicts with ages rounded up and limits rounded down to the nanosecond, as the contract has it; and the exact ones. */
    private record Decision(int exit, boolean baselineValid, boolean stateValid, List<Verdict> verdicts, List<Verdict> exact) { }

    /** What the judge holds of one feed; loose is a limit of the state's own that is above the agreed one. A null is a null in JSON. */
    private record Verdict(String name, String reason, Boolean alive, BigDecimal ageNow, BigDecimal limit, boolean loose) {
        boolean safe() { return reason.equals("fresh"); }

        String status() { return safe() || reason.equals("stale") ? reason : "unknown"; }

        String alert() { return !safe() ? "page" : loose || ageNow.multiply(TWO).compareTo(limit) > 0 ? "ticket" : "none"; }

        List<String> allowed() { return safe() ? FRESH_MAY : reason.equals("stale") ? STALE_MAY : UNKNOWN_MAY; }
    }

    /** Decides from the two trees; null is a file that is not JSON. */
    private static Decision decide(Node baseline, Node state, Instant now) {
        Map<String, Node> contract = feeds(baseline), claimed = feeds(state);
        if (contract == null || !closed(baseline) || !Arrays.asList(null, TRUE, FALSE).contains(get(baseline, "require_as_of"))) {
            return new Decision(3, false, false, List.of(), List.of());
        }
        if (claimed == null) {
            List<Verdict> none = new ArrayList<>();
            contract.forEach((name, feed) -> none.add(new Verdict(name, "state_invalid", null, null, limit(feed, baseline, true), false)));
            return new Decision(3, true, false, none, none);
        }
        Set<String> names = new LinkedHashSet<>(contract.keySet());
        names.addAll(claimed.keySet());
        List<Verdict> verdicts = new ArrayList<>(), exact = new ArrayList<>();
        for (String name : names) {
            verdicts.add(verdict(name, claimed.get(name), state, contract.get(name), baseline, now, BigDecimal.ZERO, true));
            exact.add(verdict(name, claimed.get(name), state, contract.get(name), baseline, now, BigDecimal.ZERO, false));
        }
        return new Decision(verdicts.stream().allMatch(Verdict::safe) ? 0 : 2, true, true, verdicts, exact);
    }

    /** The verdict on one feed; a watch knows that the state has been as it is for so many seconds: nothing in it is younger than that. */
    private static Verdict verdict(String name, Node feed, Node state, Node contract, Node baseline, Instant now, BigDecimal unchanged,
            boolean round) {
        Node alive = get(feed, "alive"), dated = get(state, "as_of");
        Node written = present(feed, "last_tick_age_seconds"), ticked = present(feed, "last_tick_at");
        Boolean answers = TRUE.equals(alive) ? Boolean.TRUE : FALSE.equals(alive) ? Boolean.FALSE : null;
        Instant asOf = dated instanceof Str string ? instant(string.value) : null, tick = ticked instanceof Str string ? instant(string.value) : null;
        Instant skewed = now.plusSeconds(1);

        BigDecimal agreed = contract == null ? null : limit(contract, baseline, round);
        boolean unlimited = get(feed, "max_age_seconds") == null && get(state, "max_age_seconds") == null;    // then the baseline's counts
        BigDecimal own = feed == null || unlimited ? agreed : limit(feed, state, round);
        BigDecimal limit = own == null || agreed == null ? null : own.min(agreed);
        // What is finer than a nanosecond is no looseness that the program could see.
        boolean loose = limit != null && own.subtract(agreed).compareTo(NANOSECOND) >= 0;

        BigDecimal age = age(written, round), elapsed = between(asOf, now).max(unchanged), ageNow = null;
        boolean unreadable = written != null && age == null || ticked != null && tick == null
            || tick != null && between(tick, now).compareTo(MAX_AGE_SECONDS) > 0;
        if (age != null && !unreadable) { ageNow = age.add(elapsed); }
        if (tick != null && !unreadable) {
            BigDecimal ticking = between(tick, now).max(unchanged);    // what the feed says twice is as old as the older of the two
            ageNow = ageNow == null ? ticking : ageNow.max(ticking);
        }

        String reason = feed == null ? "feed_missing"
            : contract == null ? "feed_unexpected"
            : dated == null && ticked == null && TRUE.equals(get(baseline, "require_as_of")) ? "as_of_missing"
            : dated != null && asOf == null ? "as_of_invalid"
            : asOf != null && asOf.isAfter(skewed) ? "clock_skew"
            : tick != null && tick.isAfter(skewed) ? "tick_skew"
            : answers == null ? "alive_invalid"
            : !answers ? "feed_down"
            : limit == null ? "limit_invalid"
            : written == null && ticked == null ? "age_missing"
            : unreadable ? "age_invalid"
            : ageNow.compareTo(limit) > 0 ? "stale" : "fresh";
        // Of a snapshot that counts for nothing, or a feed that nobody agreed on, no age is known.
        return new Verdict(name, reason, answers, AGELESS.contains(reason) ? null : ageNow, limit, loose);
    }

    private static final Set<String> AGELESS = Set.of("feed_unexpected", "as_of_missing", "as_of_invalid", "clock_skew", "tick_skew");

    /** The member where it says something: null is as absent. */
    private static Node present(Node feed, String name) {
        Node value = get(feed, name);
        return NULL.equals(value) ? null : value;
    }

    /** The time from then to now; none where then is unknown or still to come. */
    private static BigDecimal between(Instant then, Instant now) {
        Duration elapsed = then == null || then.isAfter(now) ? Duration.ZERO : Duration.between(then, now);
        return BigDecimal.valueOf(elapsed.getSeconds()).add(BigDecimal.valueOf(elapsed.getNano(), 9));
    }

    /** Whether a baseline has only members that it knows, and notes. */
    private static boolean closed(Node baseline) {
        return named(baseline, TOP_MEMBERS) && feeds(baseline).values().stream().allMatch(feed -> named(feed, FEED_MEMBERS));
    }

    private static boolean named(Node node, List<String> names) {
        return ((Obj) node).members.stream().allMatch(member -> names.contains(member.name) || note(member));
    }

    private static boolean misspelt(Node node) {
        return ((Obj) node).members.stream().anyMatch(member -> !note(member) && member.name.toLowerCase().strip().startsWith("x"));
    }

    private static boolean notes(Node node) { return ((Obj) node).members.stream().anyMatch(Judge::note); }

    private static boolean note(Member member) { return member.name.startsWith("x-") || member.name.startsWith("$"); }

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

    /** The limit that a document sets for a feed; null where it is none. A limit is cut where the program stops counting. */
    private static BigDecimal limit(Node feed, Node document, boolean round) {
        Node own = get(feed, "max_age_seconds");
        BigDecimal limit = number(own != null ? own : get(document, "max_age_seconds"));
        if (limit != null && limit.signum() > 0) {
            limit = limit.min(MAX_LIMIT_SECONDS);
            limit = round && limit.scale() > 9 ? limit.setScale(9, RoundingMode.FLOOR) : limit;
        }
        return limit == null || limit.signum() <= 0 ? null : limit;
    }

    /** The age as written; null where it is none. */
    private static BigDecimal age(Node written, boolean round) {
        BigDecimal age = number(written);
        if (age == null || age.signum() < 0 || age.compareTo(MAX_AGE_SECONDS) > 0) { return null; }
        age = age.signum() == 0 ? BigDecimal.ZERO : age;
        age = round && age.scale() > 9 ? age.setScale(9, RoundingMode.CEILING) : age;
        return age.compareTo(MAX_AGE_SECONDS) > 0 ? null : age;
    }

    /** The numbers met, by their texts: they are few, and the exhaustive part asks for each of them many times. */
    private static final Map<String, Optional<BigDecimal>> NUMBERS_MET = new HashMap<>();
    private static final Map<String, Optional<Instant>> INSTANTS_MET = new HashMap<>();

    /** The number, if it has at most 1,000 characters and written out at most 1,000 decimals: README has that limit. */
    private static BigDecimal number(Node node) {
        if (!(node instanceof Num number) || number.text.length() > MAX_NUMBER_CHARACTERS) { return null; }
        return NUMBERS_MET.computeIfAbsent(number.text, text -> Optional.of(exact(text))
            .filter(value -> value.signum() == 0 || value.stripTrailingZeros().scale() <= MAX_DECIMALS)).orElse(null);
    }

    /** The exact value; an exponent beyond BigDecimal's is cut to a billion, where no other number here can meet it. */
    private static BigDecimal exact(String text) {
        int e = text.toLowerCase().indexOf('e');
        BigDecimal digits = new BigDecimal(e < 0 ? text : text.substring(0, e));
        BigInteger most = BigInteger.valueOf(MAX_EXPONENT);
        return e < 0 || digits.signum() == 0 ? digits
            : digits.scaleByPowerOfTen(new BigInteger(text.substring(e + 1)).min(most).max(most.negate()).intValue());
    }

    private static final Pattern RFC_3339 = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]"
        + "([0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?)(?:(?<=[.][0-9]{9})0*+)?([Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))");

    /** The instant; null where it is none. What is finer than a nanosecond is none, unless it is zero: README has that limit. */
    private static Instant instant(String text) {
        return INSTANTS_MET.computeIfAbsent(text, each -> Optional.ofNullable(parsed(each))).orElse(null);
    }

    private static Instant parsed(String text) {
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
        "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-23:59", "2026-11-22T09:37:00-00:00", "2026-11-22t09:36:59.9z",
        "2026-11-22T09:36:59.12345678900000Z", "2026-11-22T10:36:59.000000000000+01:00"};
    private static final String[] NO_DATES = {"2026-02-30T09:37:00Z", "2025-02-29T09:37:00Z", "1900-02-29T00:00:00Z", "2026-11-31T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-21T24:00:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:37:61Z", "2026-13-01T00:00:00Z",
        "2026-00-10T00:00:00Z", "2026-11-22T09:37:00", "2026-11-22T09:37:00z0", "2026-11-22", "2026-11-22T09:37Z", "2026-11-22T09Z",
        "2026-11-22T9:37:00Z", "", "yesterday", "1795340220", "2026-11-22T09:37:00+0100", "2026-11-22T09:37:00+01", "2026-11-22T09:37:00+24:00",
        "2026-11-22T09:37:00+01:60", "2026-11-22T09:37:00Z+01:00", "+2026-11-22T09:37:00Z", "-2026-11-22T09:37:00Z", "+12026-11-22T09:37:00Z",
        "20261122T093700Z", "2026-11-22T09:37:00.Z", "2026-11-22T09:37:00,5Z", " 2026-11-22T09:37:00Z", "2026-11-22T09:37:00Z ",
        "2026-11-22T09:37:00Z\n", "2026-11-22T09:37:00Z\u0000", "2026-11-22T09:37:00Z[UTC]", "2026-W47-7T09:37:00Z", "2026-326T09:37:00Z",
        "\uff12026-11-22T09:37:00Z", "2026-11-22T09:37:00\u221201:00", "2026-11-22T09:37:00+01:00:00", "2026-11-22TT09:37:00Z",
        "2026/11/22T09:37:00Z", "202e-11-22T09:37:00Z", "2026-11-22T09:36:59.1234567891Z", "2026-11-22T09:36:59.0000000000001Z"};
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
            switch (random.nextInt(27)) {
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
                    put(feed(state), "last_tick_at", one(9) ? NULL : date());
                    if (one(3)) { feed(state).members.removeIf(each -> each.name.equals("last_tick_age_seconds")); }
                }
                case 22, 25 -> {    // notes are free, misspelt rules are not: in a state anything goes
                    Obj noted = one(3) ? document : baseline;
                    String wrong = pick("xnote", "X-note", " x-note", "require_asof", "max_age_second", "last_tick", "note");
                    String name = one(2) ? wrong : pick("x-note", "x-", "x-max_age_seconds", "$schema", "$");
                    add(one(2) ? noted : feed(noted), new Member(name, junk()));
                }
                case 23 -> {    // no limit in the state: the baseline's counts
                    state.members.removeIf(each -> each.name.equals("max_age_seconds"));
                    if (one(4)) { put(feed(baseline), "max_age_seconds", new Num(pick(LIMITS))); }
                }
                case 24 -> {    // a tick that dates its feed where the state is to be dated
                    put(baseline, "require_as_of", TRUE);
                    put(feed(state), "last_tick_at", one(4) ? junk() : date());
                }
                default -> {    // a baseline's dates and ages decide nothing
                    Obj dated = one(2) ? baseline : feed(baseline);
                    put(dated, dated == baseline ? "as_of" : pick("last_tick_at", "alive"), one(2) ? date() : junk());
                }
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
    /** What each member may be; behind the bar, what only `Judge exhaustive` tries. A time is one of that day; +60: unchanged for 60 s. */
    private static final String[] CLAIMS = {
        "alive absent true false 'true' | null 1",
        "last_tick_age_seconds absent null 0 30 45.000000001 90 90.0000000001 -1 '8' 1000000000.1 "
            + "| 45 0.0000000001 30.000000001 1e9 -1e-99 1e-1001 1e999999999 {}",
        "last_tick_at absent null 12:00:00 11:59:15 11:58:30 11:58:29.999999999 12:00:01 12:00:01.000000001 12:00:01.0000000001 0001-01-01T00:00:00 'soon' 5 "
            + "| 13:59:14.999999999+02:00 1970-01-01T00:00:00",
        "max_age_seconds absent 90 90.0000000009 30 900 0 null | 60 90.000000001 1e-10 -90 '90' 1e999999999",
        "MAX_AGE_SECONDS absent 90 60 'x' | 900 null",
        "as_of absent 12:00:00 11:59:00 11:58:30 12:00:01 12:00:01.000000001 'soon' absent+60 12:00:00+90 "
            + "| absent+90.000000001 11:58:30+30 null"};
    private static final String[] CONTRACTS = {
        "max_age_seconds absent 60 'x' | 900", "MAX_AGE_SECONDS absent 90 | 4e9", "require_as_of absent true"};

    /** A program that is wrong everywhere need not fill the memory. */
    private static final int MOST_DIFFERENCES = 10_000;

    /** One baseline or one state, as the program and as the judge read it. */
    private record Side(String text, Freshness.State program, Node top, Node feed, BigDecimal unchanged) { }

    private static void exhaust(boolean every) {
        List<Side> contracts = new ArrayList<>();
        List<String[]> members = members(CONTRACTS, every);
        for (int i = 0; i < combinations(members); i++) { contracts.add(side(members, i, Freshness.Role.baseline)); }
        List<Case> failed = new ArrayList<>();
        Map<String, Integer> met = new TreeMap<>();
        members = members(CLAIMS, every);
        int states = combinations(members);
        for (int i = 0; i < states && failed.size() < MOST_DIFFERENCES; i++) {
            Side claim = side(members, i, Freshness.Role.state);
            long unchanged = claim.unchanged.movePointRight(9).longValueExact();
            for (Side contract : contracts) {
                Freshness.Verdict got = new Freshness.Decision(contract.program, claim.program, null, NOON, unchanged).of("x");
                Verdict want = verdict("x", claim.feed, claim.top, contract.feed, contract.top, NOON, claim.unchanged, true);
                Verdict exact = verdict("x", claim.feed, claim.top, contract.feed, contract.top, NOON, claim.unchanged, false);
                met.merge(want.reason, 1, Integer::sum);
                if (agrees(got, want) && atLeast(got, exact)) { continue; }
                Case one = new Case(claim.text + " unchanged for " + claim.unchanged + " s, by " + contract.text + ", --now " + NOON, null);
                one.same("verdict", got + " " + got.alert(), want + " " + want.alert() + ", exactly " + exact + " " + exact.alert());
                one.unsafe = got.isSafe() && !(want.safe() && exact.safe());
                failed.add(one);
            }
        }
        long combinations = (long) states * contracts.size();
        report("exhaustive: " + combinations + " combinations of one feed, its state and its baseline agree, none safer than exact", failed);
        System.out.println("# judged: " + met);
    }

    private static int combinations(List<String[]> members) {
        int product = 1;
        for (String[] values : members) { product *= values.length - 1; }
        return product;
    }

    /** For each member its name, and as it is to be written, with a comma behind it, each of its values. */
    private static List<String[]> members(String[] lines, boolean every) {
        List<String[]> members = new ArrayList<>();
        for (String line : lines) {
            String[] values = (every ? line.replace("| ", "") : line.replaceFirst(" [|].*", "")).split(" ");
            for (int i = 1; i < values.length; i++) {
                String value = values[i], unchanged = "";
                if (values[0].equals("as_of") && value.contains("+")) {
                    unchanged = value.substring(value.indexOf('+'));
                    value = value.substring(0, value.indexOf('+'));
                }
                if (value.contains(":")) { value = (value.contains("T") ? "'" : "'2026-11-22T") + value + (value.matches(".*[+-]..:..") ? "'" : "Z'"); }
                values[i] = (value.equals("absent") ? "" : "\"" + values[0].toLowerCase() + "\":" + value.replace('\'', '"') + ",") + unchanged;
            }
            members.add(values);
        }
        return members;
    }

    /** Combination number i of these members: those in capitals, and as_of and require_as_of, stand at the top, the others in the feed. */
    private static Side side(List<String[]> members, int i, Freshness.Role role) {
        StringBuilder top = new StringBuilder("{"), feed = new StringBuilder("\"feeds\":[{");
        BigDecimal unchanged = BigDecimal.ZERO;
        for (String[] values : members) {
            String name = values[0], written = values[1 + i % (values.length - 1)];
            i /= values.length - 1;
            int plus = name.equals("as_of") ? written.indexOf('+') : -1;
            if (plus >= 0) {
                unchanged = new BigDecimal(written.substring(plus + 1));
                written = written.substring(0, plus);
            }
            (name.endsWith("as_of") || name.startsWith("MAX") ? top : feed).append(written);
        }
        String text = top.append(feed).append("\"name\":\"x\"}]}").toString();
        Node tree = read(text.getBytes(UTF_8));
        return new Side(text, Freshness.State.of(Freshness.Document.of("", text), role), tree, ((Arr) get(tree, "feeds")).items.get(0), unchanged);
    }

    private static boolean agrees(Freshness.Verdict got, Verdict want) {
        return got.reason().name().equals(want.reason) && got.alert().name().equals(want.alert()) && got.isSafe() == want.safe()
            && got.status().allowed.size() == want.allowed().size() && Objects.equals(got.alive(), want.alive)
            && same(shown(got.ageNanos()), want.ageNow) && same(shown(got.limitNanos()), want.limit);
    }

    private static boolean same(BigDecimal figure, BigDecimal want) {
        return figure == null || want == null ? figure == null && want == null : figure.compareTo(want.min(FOREVER_SECONDS)) == 0;
    }

    /** Whether the program is never safer than the exact arithmetic, and its figures less than a nanosecond from that. */
    private static boolean atLeast(Freshness.Verdict got, Verdict exact) {
        BigDecimal age = shown(got.ageNanos()), limit = shown(got.limitNanos());
        return !(got.isSafe() && !exact.safe()) && !(got.alert().name().equals("none") && !exact.alert().equals("none"))
            && (age == null || near(age.subtract(exact.ageNow.min(FOREVER_SECONDS)))) && (limit == null || near(exact.limit.subtract(limit)));
    }

    private static final Map<Long, Optional<BigDecimal>> SHOWN = new HashMap<>();

    /** A time as the program shows it; null where it shows none. */
    private static BigDecimal shown(long time) {
        return SHOWN.computeIfAbsent(time, each -> Optional.ofNullable(Freshness.Time.seconds(each)).map(BigDecimal::new)).orElse(null);
    }

    private static boolean near(BigDecimal difference) { return difference.signum() >= 0 && difference.compareTo(NANOSECOND) < 0; }

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

    /** @param trees the baseline's and the state's, as generated or read */
    private static void compare(Case one, byte[] baseline, byte[] state, Node[] trees, Instant now, Random random) throws IOException {
        String baselineFile = Files.write(directory.resolve("baseline"), baseline).toString();
        String stateFile = Files.write(directory.resolve("state"), state).toString();
        List<String> files = List.of("--baseline", baselineFile, "--now", now.toString(), "--state", stateFile);
        List<String> piped = List.of("--baseline", baselineFile, "--now", now.toString(), "--state=-");

        compareText(one, run(one, state, files, "status"));
        compareJson(one, run(one, state, random.nextInt(4) == 0 ? piped : files, "status", "--format", "json"), trees, now);
        comparePrometheus(one, run(one, state, files, "status", "--format=prometheus"), now);
        compareGate(one, state, files, trees, now, random);
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

    private static void compareJson(Case one, Run run, Node[] trees, Instant now) {
        Decision want = one.decision;
        one.same("json exit", run.exit, want.exit, 0);
        Node top = document(one, run);
        if (top == null) { return; }
        List<String> names = want.verdicts.stream().map(Verdict::name).toList();
        List<String> unsafe = want.verdicts.stream().filter(verdict -> !verdict.safe()).map(Verdict::name).toList();
        one.same("members", names(top), members(want.exit, "overall_status", "unsafe_feeds", "max_age_seconds", "fresh_feeds", "alive_feeds",
            "total_feeds"));
        one.same("overall_status", plain(get(top, "overall_status")), want.exit == 0 ? "eligible" : "restricted", "eligible");
        one.same("total_feeds", plain(get(top, "total_feeds")), names.size());
        one.same("fresh_feeds", plain(get(top, "fresh_feeds")), names.size() - unsafe.size());
        one.same("alive_feeds", plain(get(top, "alive_feeds")), want.verdicts.stream().filter(verdict -> Boolean.TRUE.equals(verdict.alive)).count());
        // Where nothing could be evaluated, nothing is listed: not "none is unsafe".
        one.same("unsafe_feeds", plain(get(top, "unsafe_feeds")), names.isEmpty() ? null : unsafe);
        compareEvidence(one, top, trees, now);
        compareFeeds(one, top, want.verdicts, want.exact);

        Node claimed = get(trees[1], "max_age_seconds");
        BigDecimal agreed = !want.baselineValid ? null : limit(null, trees[0], true);
        BigDecimal common = !want.stateValid || claimed == null ? agreed : limit(null, trees[1], true);
        figure(one, "max_age_seconds", get(top, "max_age_seconds"), agreed == null || common == null ? null : agreed.min(common));
    }

    /** The one JSON document that a command has printed; null where it has not. */
    private static Node document(Case one, Run run) {
        Node top = read(run.out.getBytes(UTF_8));
        boolean sound = top instanceof Obj && sound(top, 1);
        one.same("json", sound ? true : run.out, true);
        return sound ? top : null;
    }

    private static List<String> names(Node node) {
        return node instanceof Obj object ? object.members.stream().map(Member::name).toList() : List.of();
    }

    private static List<String> members(int exit, String... first) {
        List<String> members = new ArrayList<>(List.of(first));
        members.addAll(List.of("evaluated_at", "as_of", "state", "state_sha256", "baseline", "baseline_sha256", "exit"));
        members.addAll(exit == 3 ? List.of("error", "feeds") : List.of("feeds"));
        return members;
    }

    /** When, of what, by what, with which result. */
    private static void compareEvidence(Case one, Node top, Node[] trees, Instant now) {
        Decision want = one.decision;
        Instant asOf = want.stateValid && get(trees[1], "as_of") instanceof Str dated ? instant(dated.value) : null;
        one.same("evaluated_at", plain(get(top, "evaluated_at")), now);
        one.same("as_of", plain(get(top, "as_of")), asOf);
        one.same("error is set", get(top, "error") instanceof Str, names(top).contains("error"));
        one.same("baseline_sha256", plain(get(top, "baseline_sha256")), sha256("baseline"));
        one.same("baseline", plain(get(top, "baseline")), directory.resolve("baseline"));
        String state = plain(get(top, "state")), sum = plain(get(top, "state_sha256"));
        one.same("state", state.equals("-") || state.equals(directory.resolve("state").toString()) ? true : state, true);
        // Where the baseline is refused, the state need not have been read.
        one.same("state_sha256", sum, want.baselineValid || !sum.equals("null") ? sha256("state") : null);
    }

    private static String sha256(String file) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(directory.resolve(file)));
            return String.format("%064x", new BigInteger(1, sum));
        } catch (IOException | NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The rows of a document, or null where there is none. */
    private static void compareFeeds(Case one, Node top, List<Verdict> verdicts, List<Verdict> exact) {
        List<Node> rows = get(top, "feeds") instanceof Arr array ? array.items : List.of();
        boolean safe = rows.stream().anyMatch(row -> !FALSE.equals(get(row, "safe_to_serve")));
        one.same("a feed is safe where none was evaluated", verdicts.isEmpty() && safe, false, true);
        one.same("feeds", verdicts.isEmpty() ? plain(get(top, "feeds")) : rows.stream().map(row -> plain(get(row, "name"))).toList(),
            verdicts.isEmpty() ? null : verdicts.stream().map(Verdict::name).toList());
        for (int i = 0; i < Math.min(rows.size(), verdicts.size()); i++) {
            compareFeed(one, rows.get(i), verdicts.get(i));
            compareExact(one, rows.get(i), exact.get(i));
        }
    }

    private static final List<String> ROW = List.of("name", "alive", "last_tick_age_seconds", "max_age_seconds", "freshness_status", "safe_to_serve",
        "allowed_actions", "blocked_actions", "blocked_reason", "reason_code", "alert");

    private static void compareFeed(Case one, Node row, Verdict want) {
        String feed = want.name.substring(0, Math.min(30, want.name.length())) + ": ";
        List<String> blocked = FRESH_MAY.stream().filter(action -> !want.allowed().contains(action)).toList();
        one.same(feed + "members", names(row), ROW);
        one.same(feed + "reason_code", plain(get(row, "reason_code")), want.reason, "fresh");
        one.same(feed + "freshness_status", plain(get(row, "freshness_status")), want.status(), "fresh");
        one.same(feed + "safe_to_serve", plain(get(row, "safe_to_serve")), want.safe(), true);
        one.same(feed + "allowed_actions", sorted(get(row, "allowed_actions")), want.allowed(), FRESH_MAY);
        one.same(feed + "blocked_actions", sorted(get(row, "blocked_actions")), blocked, List.of());
        one.same(feed + "alert", plain(get(row, "alert")), want.alert());
        one.same(feed + "alive", plain(get(row, "alive")), want.alive);
        figure(one, feed + "max_age_seconds", get(row, "max_age_seconds"), want.limit);
        figure(one, feed + "last_tick_age_seconds", get(row, "last_tick_age_seconds"), want.ageNow);
        // A sentence shows the figures that decided; one that is not known has no place in it.
        String why = plain(get(row, "blocked_reason"));
        one.same(feed + "blocked_reason is set", get(row, "blocked_reason") instanceof Str, !want.safe());
        one.same(feed + "blocked_reason", why.contains("nulls") || why.contains("{}s") ? why : true, true);
        if (want.reason.equals("stale")) {
            String figures = plain(get(row, "last_tick_age_seconds")) + "s.*" + Pattern.quote(plain(get(row, "max_age_seconds"))) + "s.*";
            one.same(feed + "blocked_reason has the figures", why.matches(".*\\b" + figures) ? true : why, true);
        }
    }

    /** The program is never safer than the exact arithmetic, and a figure differs from it by less than a nanosecond. */
    private static void compareExact(Case one, Node row, Verdict exact) {
        String feed = exact.name.substring(0, Math.min(30, exact.name.length())) + ": ";
        one.same(feed + "safer than it is", TRUE.equals(get(row, "safe_to_serve")) && !exact.safe(), false, true);
        one.same(feed + "an alert less", exact.alert().equals("ticket") && "none".equals(plain(get(row, "alert"))), false);
        if (get(row, "last_tick_age_seconds") instanceof Num age && exact.ageNow != null) {
            one.same(feed + "an age of exact up to a nanosecond more", near(exact(age.text).subtract(exact.ageNow.min(FOREVER_SECONDS))), true);
        }
        if (get(row, "max_age_seconds") instanceof Num limit && exact.limit != null) {
            one.same(feed + "a limit of exact up to a nanosecond less", near(exact.limit.subtract(exact(limit.text))), true);
        }
    }

    private static void figure(Case one, String what, Node answer, BigDecimal want) {
        boolean equal = want != null && answer instanceof Num number && exact(number.text).compareTo(want.min(FOREVER_SECONDS)) == 0;
        one.same(what, equal ? want : plain(answer), want);
    }

    private static final Pattern SAMPLE = Pattern.compile("(freshness_[a-z_]+)"
        + "(?:[{]feed=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*+)\"(|,.*)[}])? ([0-9.]+)", Pattern.DOTALL);

    private static void comparePrometheus(Case one, Run run, Instant now) {
        Decision want = one.decision;
        one.same("prometheus exit", run.exit, want.exit, 0);
        one.same("prometheus ends with a line feed", run.out.endsWith("\n"), true);
        Map<String, String> got = new LinkedHashMap<>(), wanted = new LinkedHashMap<>();
        String family = null;
        for (String line : run.out.split("\n")) {
            if (line.startsWith("# HELP ")) { family = line.split(" ")[2]; continue; }
            Matcher sample = SAMPLE.matcher(line);
            if (line.equals("# TYPE " + family + " gauge")) { continue; }
            if (!sample.matches() || !sample.group(1).equals(family)) {
                one.same("a line of prometheus", line, "a sample of " + family);
                continue;
            }
            // The format's three escapes; the stand-in keeps an escaped backslash from meeting what follows it.
            String name = sample.group(2) == null ? "" : " of " + sample.group(2).replace("\\\\", "\ue000").replace("\\n", "\n").replace("\\\"", "\"")
                .replace("\ue000", "\\");
            String value = new BigDecimal(sample.group(4)).stripTrailingZeros().toPlainString() + (sample.group(3) == null ? "" : sample.group(3));
            one.same("earlier sample of " + family + name, got.put(family + name, value), null);
        }
        for (String each : List.of("alive", "safe_to_serve", "last_tick_age_seconds", "max_age_seconds", "last_tick_timestamp_seconds", "info")) {
            for (Verdict verdict : want.verdicts) {
                BigDecimal tick = verdict.ageNow == null ? null : seconds(now).subtract(verdict.ageNow.min(FOREVER_SECONDS));
                BigDecimal value = switch (each) {
                    case "alive" -> Boolean.TRUE.equals(verdict.alive) ? BigDecimal.ONE : BigDecimal.ZERO;
                    case "safe_to_serve" -> verdict.safe() ? BigDecimal.ONE : BigDecimal.ZERO;
                    case "last_tick_age_seconds" -> verdict.ageNow == null ? null : verdict.ageNow.min(FOREVER_SECONDS);
                    case "max_age_seconds" -> verdict.limit;
                    case "last_tick_timestamp_seconds" -> tick == null || tick.signum() < 0 ? null : tick;    // none from before 1970
                    default -> BigDecimal.ONE;
                };
                String labels = !each.equals("info") ? "" : ",freshness_status=\"" + verdict.status() + "\",reason_code=\"" + verdict.reason
                    + "\",alert=\"" + verdict.alert() + "\"";
                String sample = "freshness_feed_" + each + " of " + verdict.name;
                if (value != null) { wanted.put(sample, value.stripTrailingZeros().toPlainString() + labels); }
            }
        }
        wanted.put("freshness_state_valid", want.exit == 3 ? "0" : "1");
        wanted.put("freshness_last_evaluation_timestamp_seconds", BigDecimal.valueOf(now.getEpochSecond()).stripTrailingZeros().toPlainString());
        if (!got.equals(wanted)) {
            Set<String> samples = new LinkedHashSet<>(wanted.keySet());
            samples.addAll(got.keySet());
            samples.forEach(sample -> one.same(sample, got.get(sample), wanted.get(sample), sample.contains("safe_to_serve") ? "1" : "safe"));
        }
        one.same("the order in prometheus", List.copyOf(got.keySet()), List.copyOf(wanted.keySet()));
    }

    private static BigDecimal seconds(Instant now) { return BigDecimal.valueOf(now.getEpochSecond()).add(BigDecimal.valueOf(now.getNano(), 9)); }

    /** Asks for one or two feeds and up to two actions, now and then for one that nobody knows. */
    private static void compareGate(Case one, byte[] state, List<String> files, Node[] trees, Instant now, Random random) {
        boolean json = random.nextInt(3) > 0;
        List<Verdict> verdicts = new ArrayList<>(one.decision.verdicts);
        List<String> actions = new ArrayList<>(FRESH_MAY), command = new ArrayList<>(List.of("gate", "--format", json ? "json" : "text"));
        if (verdicts.isEmpty() || random.nextInt(20) == 0) {
            verdicts.add(new Verdict("no such feed", "nobody knows it", null, null, null, false));
        }
        if (random.nextInt(10) == 0) { actions.add("no_such_action"); }
        Collections.shuffle(verdicts, random);
        Collections.shuffle(actions, random);
        List<Verdict> asked = verdicts.subList(0, Math.min(verdicts.size(), random.nextInt(4) == 0 ? 2 : 1));
        List<String> needed = actions.subList(0, random.nextInt(3));
        asked.forEach(verdict -> command.add("--feed=" + verdict.name));
        needed.forEach(action -> command.addAll(List.of("--action", action)));

        List<Verdict> known = asked.stream().filter(one.decision.verdicts::contains).toList();
        // Where nothing could be evaluated, nothing is proved, whatever an unknown feed allows.
        List<Verdict> blocked = asked.stream().filter(verdict -> one.decision.exit == 3 || !(needed.isEmpty() ? verdict.safe() : verdict.allowed().containsAll(needed))
            || !known.contains(verdict)).toList();
        boolean usage = !FRESH_MAY.containsAll(needed);
        int exit = one.decision.exit == 3 || usage || known.size() < asked.size() ? 3 : blocked.isEmpty() ? 0 : 2;
        Run run = run(one, state, files, command.toArray(new String[0]));
        one.same(command + " exit", run.exit, exit, 0);
        // An action that does not exist is a usage error, found before anything is evaluated; the contract promises no document for it.
        if (usage) { return; }
        if (!json) {
            String word = exit == 0 ? "GATE OPEN: " : "GATE BLOCKED: ";
            one.same(command + " first line", run.out.startsWith(word) ? word : run.out, word);
            one.same(command + " says open", run.out.contains("GATE OPEN"), exit == 0, true);
            return;
        }
        Node top = document(one, run);
        if (top == null) { return; }
        one.same("members of gate", names(top), members(exit, "gate", "actions", "blocked_feeds", "next"));
        one.same("gate", plain(get(top, "gate")), exit == 0 ? "open" : "blocked", "open");
        one.same("actions", plain(get(top, "actions")), needed);
        one.same("blocked_feeds", plain(get(top, "blocked_feeds")), blocked.stream().map(Verdict::name).toList());
        boolean next = get(top, "next") instanceof Arr advice && advice.items.size() == blocked.stream().filter(known::contains).count();
        one.same("next", known.isEmpty() ? plain(get(top, "next")) : next, known.isEmpty() ? null : true);
        one.same("exit of gate", plain(get(top, "exit")), exit, 0);
        compareEvidence(one, top, trees, now);
        compareFeeds(one, top, known, known.stream().map(verdict -> one.decision.exact.get(one.decision.verdicts.indexOf(verdict))).toList());
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
                    Node[] trees = {read(baseline), read(state)};
                    Case one = new Case(document.getKey() + (contract ? " as the baseline" : "") + ", byte " + at + " "
                        + (change == CUT ? "cut here" : change == DELETED ? "deleted" : "to " + change) + ": " + damaged,
                        decide(trees[0], trees[1], now));
                    compare(one, baseline, state, trees, now, random);
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
