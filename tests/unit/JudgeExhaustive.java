import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * JudgeExhaustive tries, for one feed, combinations of the classes of what decides on it: a sample
 * of them, all of the common ones, or all of the rarer ones too.
 */
final class JudgeExhaustive {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    /**
     * What each member of a state may be. What is after the bar, only `Judge exhaustive` tries. A
     * time is one of that day, and +60 means that the state is unchanged for 60 s. Members in
     * capitals stand at the top.
     */
    private static final List<String> CLAIMS = List.of(
            "alive absent true false 'true' | null 1",
            "last_tick_age_seconds absent null 0 30 45.000000001 90 90.0000000001 -1"
                + " -1.0000000001 '8' 1000000000.1"
                + " | 45 0.0000000001 30.000000001 1e9 -1e-99 1e-1001 1e999999999 {}",
            "last_tick_at absent null 12:00:00 11:59:15 11:58:30 11:58:29.999999999 12:00:01"
                + " 12:00:01.000000001 12:00:01.0000000001 0001-01-01T00:00:00 'soon' 5"
                + " | 13:59:14.999999999+02:00 1970-01-01T00:00:00",
            "max_age_seconds absent 90 90.0000000009 30 900 0 null"
                + " | 60 90.000000001 1e-10 -90 '90' 1e9 1000000000.0000000001 1e999999999",
            "last_heartbeat_at absent 11:59:57 11:59:50 | null 12:00:01.000000001 'soon' 11:58:00",
            "MAX_AGE_SECONDS absent 90 60 'x' | 900 null",
            "AS_OF absent 12:00:00 11:59:00 11:58:30 12:00:01 12:00:01.000000001 null 'soon'"
                + " absent+60 12:00:00+90 | absent+90.000000001 11:58:30+30 null+60");
    private static final List<String> CONTRACTS = List.of(
            "max_age_seconds absent 60 | 900",
            "MAX_AGE_SECONDS absent 90 | 1e9",
            "REQUIRE_AS_OF absent true",
            "max_heartbeat_age_seconds absent 5 | 90",
            "warn_age_seconds absent | 20",
            // Closed, open for a minute, open, closed for a minute: 2026-11-22 is a Sunday.
            "CALENDAR absent 'closed' 'opened' | 'open' 'shut'",
            "CALENDARS {'closed':{'zone':'UTC','open':['Mon-Sat\\u002009:30-16:00']},"
                + "'opened':{'zone':'UTC','open':['Sun\\u002011:59-16:00']},"
                + "'open':{'zone':'UTC','open':['Sun\\u002009:00-16:00']},"
                + "'shut':{'zone':'UTC','open':['Sun\\u002009:00-11:59']}}");
    /**
     * A sample is one state in so many. The number has no factor in common with that of the values
     * of any member, so it meets each pair and each triple of values.
     */
    static final int SAMPLED_STATES = 131;
    /** A program that is wrong everywhere need not fill the memory. */
    private static final int MAX_DIFFERENCES = 10_000;

    /** Choice is one value of a member as JSON, and how long the state has been unchanged. */
    private record Choice(String json, BigDecimal unchangedSeconds) { }

    /** Choices are all values of one member, which is at the top or in the feed. */
    private record Choices(boolean isTop, List<Choice> values) { }

    /** Side is one baseline or one state, as the program and as the judge read it. */
    private record Side(String text, Freshness.State program, Node top, Node feed,
            BigDecimal unchangedSeconds) { }

    private final List<JudgeCase> failed = new ArrayList<>();
    private final Map<String, Integer> met = new TreeMap<>();
    private long combinations;

    /** Judges one state in so many, on all processors. Returns whether all agree. */
    static boolean judge(boolean withRareClasses, int step) {
        int workers = Runtime.getRuntime().availableProcessors();
        List<CompletableFuture<JudgeExhaustive>> shares = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            int first = i * step;
            shares.add(CompletableFuture.supplyAsync(
                    () -> share(withRareClasses, first, workers * step),
                    task -> new Thread(task).start()));
        }
        JudgeExhaustive all = new JudgeExhaustive();
        for (CompletableFuture<JudgeExhaustive> share : shares) {
            all.add(share.join());
        }
        long combinations = all.combinations;
        String kind = step == 1 ? "exhaustive" : "one in " + step;
        boolean agree = JudgeCase.report(kind + ": " + combinations + " combinations of one"
                + " feed, its state and its baseline agree, none safer than exact", all.failed);
        System.out.println("# judged: " + all.met);
        return agree;
    }

    /** Judges every so many states, from the first on, by each baseline. */
    private static JudgeExhaustive share(boolean withRareClasses, int first, int step) {
        List<Side> contracts = sides(CONTRACTS, withRareClasses, Freshness.Role.baseline);
        List<Choices> claims = choices(CLAIMS, withRareClasses);
        int states = combinations(claims);
        JudgeExhaustive share = new JudgeExhaustive();
        for (int i = first; i < states && share.failed.size() < MAX_DIFFERENCES; i += step) {
            Side claim = side(claims, i, Freshness.Role.state);
            for (Side contract : contracts) {
                if (!isBeatForNobody(contract, claim)) {
                    share.compare(contract, claim);
                    share.combinations++;
                }
            }
        }
        return share;
    }

    private void add(JudgeExhaustive share) {
        failed.addAll(share.failed);
        combinations += share.combinations;
        share.met.forEach((reason, count) -> met.merge(reason, count, Integer::sum));
    }

    /** A heartbeat that nobody asks for decides nothing; the other parts of the judge have it. */
    private static boolean isBeatForNobody(Side contract, Side claim) {
        return claim.text.contains("last_heartbeat_at")
                && !contract.text.contains("max_heartbeat_age_seconds");
    }

    private void compare(Side contract, Side claim) {
        long unchangedNanos = claim.unchangedSeconds.movePointRight(9).longValueExact();
        Freshness.Verdict got = new Freshness.Decision(contract.program, claim.program, null,
                NOON, unchangedNanos).of("x");
        JudgeRules.Verdict want = verdict(contract, claim, JudgeRules.Precision.ROUNDED);
        JudgeRules.Verdict exact = verdict(contract, claim, JudgeRules.Precision.EXACT);
        met.merge(want.reason(), 1, Integer::sum);
        if (agrees(got, want) && isNeverSafer(got, exact) && isNearlyExact(got, exact)) {
            return;
        }
        JudgeCase one = new JudgeCase(claim.text + " unchanged for " + claim.unchangedSeconds
                + " s, by " + contract.text + ", --now " + NOON, null);
        one.same("verdict", got + " " + got.alert(),
                want + " " + want.alert() + ", exactly " + exact + " " + exact.alert());
        if (got.isSafe() && !(want.isSafe() && exact.isSafe())) {
            one.setUnsafe();
        }
        failed.add(one);
    }

    private static JudgeRules.Verdict verdict(Side contract, Side claim,
            JudgeRules.Precision precision) {
        JudgeRules rules = new JudgeRules(contract.top, claim.top, NOON, claim.unchangedSeconds,
                precision);
        return rules.verdict("x", contract.feed, claim.feed);
    }

    private static boolean agrees(Freshness.Verdict got, JudgeRules.Verdict want) {
        return got.reason().name().equals(want.reason())
                && got.alert().name().equals(want.alert())
                && got.isSafe() == want.isSafe()
                && (!want.isSafe() || isSame(shown(got.safeForNanos()), want.safeFor()))
                && got.allowed().size() == want.allowed().size()
                && Objects.equals(got.alive(), want.alive())
                && isSame(shown(got.ageNanos()), want.age())
                && isSame(beat(got), want.beat() == null ? null : want.beat().age())
                && isSame(shown(got.limitNanos()), want.limit());
    }

    private static BigDecimal beat(Freshness.Verdict got) {
        return got.heartbeat() == null ? null : shown(got.heartbeat().ageNanos());
    }

    private static boolean isSame(BigDecimal figure, BigDecimal want) {
        if (figure == null || want == null) {
            return figure == null && want == null;
        }
        return figure.compareTo(want.min(JudgeRules.FOREVER_SECONDS)) == 0;
    }

    private static boolean isNeverSafer(Freshness.Verdict got, JudgeRules.Verdict exact) {
        boolean isSafer = got.isSafe() && !exact.isSafe();
        boolean isQuieter = got.alert().name().equals("none") && !exact.alert().equals("none");
        return !isSafer && !isQuieter;
    }

    private static boolean isNearlyExact(Freshness.Verdict got, JudgeRules.Verdict exact) {
        BigDecimal age = shown(got.ageNanos());
        if (age != null) {
            BigDecimal most = exact.age().min(JudgeRules.FOREVER_SECONDS);
            if (!JudgeComparer.isNear(age.subtract(most))) {
                return false;
            }
        }
        BigDecimal limit = shown(got.limitNanos());
        return limit == null || JudgeComparer.isNear(exact.limit().subtract(limit));
    }

    private static final Map<Long, Optional<BigDecimal>> SHOWN = new ConcurrentHashMap<>();

    /** Returns a time as the program shows it; null if it shows none. */
    private static BigDecimal shown(long nanos) {
        return SHOWN.computeIfAbsent(nanos, JudgeExhaustive::readShown).orElse(null);
    }

    private static Optional<BigDecimal> readShown(long nanos) {
        return Optional.ofNullable(Freshness.Time.seconds(nanos)).map(BigDecimal::new);
    }

    // ---- Combinations ----

    private static List<Side> sides(List<String> lines, boolean withRareClasses,
            Freshness.Role role) {
        List<Choices> members = choices(lines, withRareClasses);
        List<Side> sides = new ArrayList<>();
        for (int i = 0; i < combinations(members); i++) {
            sides.add(side(members, i, role));
        }
        return sides;
    }

    private static int combinations(List<Choices> members) {
        int product = 1;
        for (Choices each : members) {
            product *= each.values.size();
        }
        return product;
    }

    private static List<Choices> choices(List<String> lines, boolean withRareClasses) {
        List<Choices> members = new ArrayList<>();
        for (String line : lines) {
            String[] parts = line.split(" [|] ");
            String common = parts[0];
            if (withRareClasses && parts.length > 1) {
                common += " " + parts[1];
            }
            String[] words = common.split(" ");
            String name = words[0].toLowerCase();
            List<Choice> values = new ArrayList<>();
            for (int i = 1; i < words.length; i++) {
                values.add(choice(name, words[i]));
            }
            members.add(new Choices(!name.equals(words[0]), values));
        }
        return members;
    }

    private static Choice choice(String name, String word) {
        BigDecimal unchangedSeconds = BigDecimal.ZERO;
        String value = word;
        int plus = word.indexOf('+');
        if (name.equals("as_of") && plus >= 0) {
            unchangedSeconds = new BigDecimal(word.substring(plus + 1));
            value = word.substring(0, plus);
        }
        if (value.equals("absent")) {
            return new Choice("", unchangedSeconds);
        }
        if (value.contains(":") && !value.startsWith("{")) {
            value = instant(value);
        }
        String json = "\"" + name + "\":" + value.replace('\'', '"') + ",";
        return new Choice(json, unchangedSeconds);
    }

    /** Returns a time of that day as an instant, unless it has a day or an offset of its own. */
    private static String instant(String time) {
        String text = time.contains("T") ? time : "2026-11-22T" + time;
        boolean hasOffset = text.matches(".*[+-]..:..");
        return "'" + text + (hasOffset ? "" : "Z") + "'";
    }

    /** Returns combination number i of these members. */
    private static Side side(List<Choices> members, int i, Freshness.Role role) {
        StringBuilder top = new StringBuilder("{");
        StringBuilder feed = new StringBuilder("\"feeds\":[{");
        BigDecimal unchangedSeconds = BigDecimal.ZERO;
        int rest = i;
        for (Choices each : members) {
            Choice choice = each.values.get(rest % each.values.size());
            rest /= each.values.size();
            unchangedSeconds = unchangedSeconds.add(choice.unchangedSeconds);
            StringBuilder owner = each.isTop ? top : feed;
            owner.append(choice.json);
        }
        String text = top.append(feed).append("\"name\":\"x\"}]}").toString();
        Node tree = Reader.parse(text.getBytes(UTF_8));
        Freshness.State program = Freshness.State.of(Freshness.Document.of("", text), role);
        Node only = Node.items(Node.get(tree, "feeds")).get(0);
        return new Side(text, program, tree, only, unchangedSeconds);
    }
}
