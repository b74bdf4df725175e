import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JudgeRules are the contract's tables a second time, in their order. They decide from trees, with
 * exact numbers, and share no code with the program.
 */
final class JudgeRules {
    static final List<String> UNKNOWN_MAY = List.of("inspect_status");
    static final List<String> STALE_MAY = List.of(
            "inspect_status", "read_last_price", "serve_cached_status");
    static final List<String> FRESH_MAY = List.of("inspect_status", "price_order",
            "publish_signal", "read_last_price", "rebalance_position", "serve_cached_status");
    static final List<String> TOP_MEMBERS = List.of(
            "max_age_seconds", "warn_age_seconds", "max_heartbeat_age_seconds", "as_of",
            "require_as_of", "calendars", "calendar", "actions", "feeds");
    static final List<String> FEED_MEMBERS = List.of(
            "name", "alive", "last_tick_age_seconds", "last_tick_at", "last_heartbeat_at",
            "max_age_seconds", "warn_age_seconds", "max_heartbeat_age_seconds", "optional",
            "calendar");

    private static final String HEARTBEAT = "max_heartbeat_age_seconds";
    private static final String WARN = "warn_age_seconds";
    static final BigDecimal NANOSECOND = new BigDecimal("1e-9");
    /** The program counts so far: a longer time is as good as this one. */
    static final BigDecimal FOREVER_SECONDS = new BigDecimal("4e9");
    private static final BigDecimal MAX_LIMIT_SECONDS = new BigDecimal("1e9");
    private static final BigDecimal MAX_AGE_SECONDS = new BigDecimal("1e9");
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final int NANO_DIGITS = 9;
    private static final int MAX_NESTING = 64;
    private static final int MAX_NAME_CHARS = 200;
    private static final int MAX_NUMBER_CHARS = 1000;
    private static final int MAX_DECIMALS = 1000;
    private static final int MAX_EXPONENT = 999_999_999;
    /** Of a snapshot that counts for nothing, or a feed that nobody agreed on, no age is known. */
    private static final Set<String> AGELESS = Set.of("feed_unexpected", "as_of_missing",
            "as_of_invalid", "clock_skew", "tick_skew");

    /** Rounded is as the contract has it: ages up, limits down. Exact is to compare with that. */
    enum Precision { ROUNDED, EXACT }

    /** Decision is what both documents lead to: rounded verdicts, exact ones, the actions. */
    record Decision(int exit, boolean isBaselineValid, boolean isStateValid,
            List<Verdict> verdicts, List<Verdict> exact, JudgeActions actions) { }

    /**
     * Verdict is what the judge holds of one feed. A null is a null in JSON.
     *
     * @param isLoose whether the state claims a limit above the one that was agreed
     * @param isLate  whether its age is past that which raises a ticket
     * @param isQuiet whether nobody is paged, though the feed is not safe
     * @param beat    how old its heartbeat is; null if none is required
     * @param opensAt when its market opens, "null" if that is open; null if nothing is said of it
     */
    record Verdict(String name, String reason, Boolean alive, BigDecimal age, BigDecimal limit,
            boolean isLoose, boolean isLate, boolean isQuiet, Beat beat, String opensAt) {
        boolean isSafe() {
            return reason.equals("fresh");
        }

        /** Returns for how many seconds it stays safe if neither a tick nor a heartbeat comes. */
        BigDecimal safeFor() {
            BigDecimal left = limit.subtract(age);
            return beat == null ? left : left.min(beat.left());
        }

        /** Returns whether it is missing and may be: nothing else is quiet while it is missing. */
        boolean isExcused() {
            return isQuiet && reason.equals("feed_missing");
        }

        String status() {
            if (reason.equals("silence_expected")) {
                return "stale";
            }
            return isSafe() || reason.equals("stale") ? reason : "unknown";
        }

        String alert() {
            if (!isSafe()) {
                return isQuiet ? "none" : "page";
            }
            return isLoose || isLate ? "ticket" : "none";
        }

        List<String> allowed() {
            if (isSafe()) {
                return FRESH_MAY;
            }
            if (reason.equals("state_invalid") || isExcused()) {
                return List.of();
            }
            return status().equals("stale") ? STALE_MAY : UNKNOWN_MAY;
        }
    }

    /**
     * Beat is a heartbeat that is required.
     *
     * @param age null if none is known
     */
    record Beat(BigDecimal age, BigDecimal limit) {
        boolean isTooOld() {
            return age.compareTo(limit) > 0;
        }

        BigDecimal left() {
            return limit.subtract(age);
        }
    }

    private final Node baseline;
    private final Node state;
    private final Instant now;
    /** A watch knows that the state is so old: nothing in it is younger than that. */
    private final BigDecimal unchangedSeconds;
    private final Precision precision;
    private final Node dated;
    private final Instant asOf;

    JudgeRules(Node baseline, Node state, Instant now, BigDecimal unchangedSeconds,
            Precision precision) {
        this.baseline = baseline;
        this.state = state;
        this.now = now;
        this.unchangedSeconds = unchangedSeconds;
        this.precision = precision;
        dated = Node.get(state, "as_of");
        asOf = instant(dated);
    }

    // ---- Both documents ----

    /** Decides from the two trees; null is a file that is not JSON. */
    static Decision decide(Node baseline, Node state, Instant now) {
        Map<String, Node> agreed = feeds(baseline);
        Map<String, Node> claimed = feeds(state);
        if (agreed == null || !isClosed(baseline) || !isRequirementValid(baseline)
                || !areOptionsValid(agreed) || !areLimitsValid(baseline)
                || !areWarnAgesLow(baseline) || JudgeActions.of(baseline) == null) {
            return new Decision(3, false, false, List.of(), List.of(), JudgeActions.of(null));
        }
        JudgeActions actions = JudgeActions.of(baseline);
        if (claimed == null) {
            List<Verdict> none = new ArrayList<>();
            agreed.forEach((name, feed) -> none.add(unevaluated(name, feed, baseline)));
            return new Decision(3, true, false, none, none, actions);
        }
        JudgeRules rounded = new JudgeRules(baseline, state, now, BigDecimal.ZERO,
                Precision.ROUNDED);
        JudgeRules exact = new JudgeRules(baseline, state, now, BigDecimal.ZERO, Precision.EXACT);
        Set<String> names = new LinkedHashSet<>(agreed.keySet());
        names.addAll(claimed.keySet());
        List<Verdict> verdicts = new ArrayList<>();
        List<Verdict> exactVerdicts = new ArrayList<>();
        for (String name : names) {
            verdicts.add(rounded.verdict(name, agreed.get(name), claimed.get(name)));
            exactVerdicts.add(exact.verdict(name, agreed.get(name), claimed.get(name)));
        }
        boolean isSafe = verdicts.stream().allMatch(each -> each.isSafe() || each.isExcused());
        int exit = isSafe ? 0 : 2;
        return new Decision(exit, true, true, verdicts, exactVerdicts, actions);
    }

    private static Verdict unevaluated(String name, Node feed, Node baseline) {
        BigDecimal longest = limit(feed, baseline, HEARTBEAT, Precision.ROUNDED);
        Beat beat = longest == null ? null : new Beat(null, longest);
        return new Verdict(name, "state_invalid", null, null,
                limit(feed, baseline, Precision.ROUNDED), false, false, false, beat, null);
    }

    private static boolean areOptionsValid(Map<String, Node> agreed) {
        return agreed.values().stream().allMatch(feed -> Arrays.asList(null, Node.TRUE, Node.FALSE)
                .contains(Node.get(feed, "optional")));
    }

    /** Returns whether each age that raises a ticket lies below the limit beside it. */
    private static boolean areWarnAgesLow(Node baseline) {
        List<Node> owners = new ArrayList<>(feeds(baseline).values());
        owners.add(baseline);
        return owners.stream().allMatch(owner -> {
            BigDecimal warn = limit(owner, null, WARN, Precision.ROUNDED);
            BigDecimal limit = limit(owner, baseline, Precision.ROUNDED);
            return warn == null || limit == null || warn.compareTo(limit) < 0;
        });
    }

    /** Returns whether each limit that a baseline states is one. */
    private static boolean areLimitsValid(Node baseline) {
        List<Node> owners = new ArrayList<>(feeds(baseline).values());
        owners.add(baseline);
        return owners.stream().allMatch(owner -> Set.of("max_age_seconds", HEARTBEAT, WARN)
                .stream().allMatch(member -> Node.get(owner, member) == null
                        || limit(owner, null, member, Precision.ROUNDED) != null));
    }

    private static boolean isRequirementValid(Node baseline) {
        Node required = Node.get(baseline, "require_as_of");
        return Arrays.asList(null, Node.TRUE, Node.FALSE).contains(required);
    }

    /** Returns whether a baseline has only members that it knows, and notes. */
    static boolean isClosed(Node baseline) {
        if (!hasOnly(baseline, TOP_MEMBERS)) {
            return false;
        }
        return feeds(baseline).values().stream().allMatch(feed -> hasOnly(feed, FEED_MEMBERS));
    }

    static boolean hasOnly(Node node, List<String> names) {
        return ((Node.Obj) node).members().stream()
                .allMatch(member -> names.contains(member.name()) || isNote(member));
    }

    static boolean isNote(Node.Member member) {
        return member.name().startsWith("x-") || member.name().startsWith("$");
    }

    /** Returns the feeds of a document by name, in order; null if it is invalid as a whole. */
    static Map<String, Node> feeds(Node document) {
        if (document == null || !isSound(document)) {
            return null;
        }
        List<Node> items = Node.items(Node.get(document, "feeds"));
        Map<String, Node> feeds = new LinkedHashMap<>();
        for (Node item : items) {
            String name = Node.string(Node.get(item, "name"));
            if (name == null || name.isEmpty()) {
                return null;
            }
            boolean isTooLong = name.codePointCount(0, name.length()) > MAX_NAME_CHARS;
            boolean isTwice = feeds.put(name, item) != null;
            if (isTooLong || isTwice) {
                return null;
            }
        }
        return feeds.isEmpty() ? null : feeds;
    }

    /** Returns whether all of a tree is JSON, no member doubled, and nothing nested too deep. */
    static boolean isSound(Node document) {
        return isSound(document, 1);
    }

    private static boolean isSound(Node node, int depth) {
        if (node instanceof Node.Obj object) {
            Set<String> names = new HashSet<>();
            for (Node.Member member : object.members()) {
                if (!names.add(member.name()) || !isSound(member.value(), depth + 1)) {
                    return false;
                }
            }
            return depth <= MAX_NESTING;
        }
        if (node instanceof Node.Arr array) {
            for (Node item : array.items()) {
                if (!isSound(item, depth + 1)) {
                    return false;
                }
            }
            return depth <= MAX_NESTING;
        }
        return !(node instanceof Node.Broken);
    }

    // ---- One feed ----

    /** Decides one feed. Either entry is null if that document does not list it. */
    Verdict verdict(String name, Node agreed, Node claim) {
        Boolean alive = booleanOrNull(Node.get(claim, "alive"));
        Node written = present(claim, "last_tick_age_seconds");
        Node ticked = present(claim, "last_tick_at");
        Instant tick = instant(ticked);
        Instant skewed = now.plusSeconds(1);

        BigDecimal agreedLimit = agreed == null ? null : limit(agreed, baseline, precision);
        BigDecimal ownLimit = ownLimit(agreed, claim, agreedLimit);
        BigDecimal limit = null;
        boolean isLoose = false;
        if (ownLimit != null && agreedLimit != null) {
            limit = ownLimit.min(agreedLimit);
            // What is finer than a nanosecond is no looseness that the program could see.
            isLoose = ownLimit.subtract(agreedLimit).compareTo(NANOSECOND) >= 0;
        }

        BigDecimal writtenAge = writtenAge(written);
        boolean isUnreadable = (written != null && writtenAge == null)
                || (ticked != null && tick == null)
                || (tick != null && secondsBetween(tick, now).compareTo(MAX_AGE_SECONDS) > 0);
        BigDecimal age = isUnreadable ? null : age(writtenAge, tick);

        Beat beat = agreed == null ? null : beat(agreed, claim, skewed);
        boolean isBeatKnown = beat == null || beat.age != null;

        String reason = claim == null ? "feed_missing"
                : agreed == null ? "feed_unexpected"
                : isUndated() && ticked == null && isDateRequired() ? "as_of_missing"
                : !isUndated() && asOf == null ? "as_of_invalid"
                : asOf != null && asOf.isAfter(skewed) ? "clock_skew"
                : tick != null && tick.isAfter(skewed) ? "tick_skew"
                : alive == null ? "alive_invalid"
                : !alive ? "feed_down"
                : !isBeatKnown ? "heartbeat_invalid"
                : beat != null && beat.isTooOld() ? "heartbeat_stale"
                : limit == null ? "limit_invalid"
                : written == null && ticked == null ? "age_missing"
                : isUnreadable ? "age_invalid"
                : age.compareTo(limit) > 0 ? (isSilent(agreed, age, limit, beat)
                    ? "silence_expected" : "stale")
                : "fresh";
        JudgeHours hours = reason.equals("fresh") ? null : JudgeHours.of(baseline, agreed);
        boolean isQuiet = reason.equals("silence_expected") || (reason.equals("feed_missing")
                && Node.TRUE.equals(Node.get(agreed, "optional")));
        boolean isStarred = List.of("feed_down", "age_missing").contains(reason);
        if (isStarred && hours != null && limit != null) {
            boolean saysNoTick = Node.NULL.equals(Node.get(claim, "last_tick_age_seconds"))
                    || Node.NULL.equals(Node.get(claim, "last_tick_at"));
            boolean wasDue = age == null ? isUnreadable || !saysNoTick
                    : hours.wasOpenFor(limit, age, now);
            boolean wasBeatDue = !isBeatKnown
                    || (beat != null && hours.wasOpenFor(beat.limit, beat.age, now));
            isQuiet = !hours.isOpen(now) && !wasDue && !wasBeatDue
                    && stateAge().compareTo(limit) <= 0;
        }
        if (reason.equals("heartbeat_stale") && hours != null && limit != null) {
            boolean isTickQuiet = age != null ? !hours.wasOpenFor(limit, age, now)
                    : !isUnreadable && !hours.isOpen(now)
                        && (Node.NULL.equals(Node.get(claim, "last_tick_age_seconds"))
                            || Node.NULL.equals(Node.get(claim, "last_tick_at")));
            isQuiet = isTickQuiet && !hours.wasOpenFor(beat.limit, beat.age, now)
                    && asOf != null && stateAge().compareTo(limit) <= 0;
        }
        if (AGELESS.contains(reason)) {
            age = null;
        }
        String opensAt = hours == null ? null : String.valueOf(hours.opensAt(now));
        boolean isLate = reason.equals("fresh") && isLate(agreed, age, limit);
        return new Verdict(name, reason, alive, age, limit, isLoose, isLate, isQuiet, beat,
                opensAt);
    }

    /** Returns whether a fresh feed is past the age that raises a ticket. */
    private boolean isLate(Node agreed, BigDecimal age, BigDecimal limit) {
        boolean hasOwnLimit = Node.get(agreed, "max_age_seconds") != null;
        BigDecimal warn = limit(agreed, hasOwnLimit ? null : baseline, WARN, precision);
        if (warn == null) {
            warn = limit.divide(TWO);
        }
        JudgeHours hours = JudgeHours.of(baseline, agreed);
        return age.compareTo(warn) > 0 && (hours == null || hours.wasOpenFor(warn, age, now));
    }

    /** Returns the heartbeat of a feed that is listed; null if none is required. */
    private Beat beat(Node agreed, Node claim, Instant skewed) {
        BigDecimal longest = limit(agreed, baseline, HEARTBEAT, precision);
        if (longest == null) {
            return null;
        }
        Instant at = instant(Node.get(claim, "last_heartbeat_at"));
        if (at == null || at.isAfter(skewed)
                || secondsBetween(at, now).compareTo(MAX_AGE_SECONDS) > 0) {
            return new Beat(null, longest);
        }
        return new Beat(secondsBetween(at, now).max(unchangedSeconds), longest);
    }

    /** Returns whether no tick was due, and something proves that the writer of the state lives. */
    private boolean isSilent(Node agreed, BigDecimal age, BigDecimal limit, Beat beat) {
        JudgeHours hours = JudgeHours.of(baseline, agreed);
        boolean isDated = asOf != null && stateAge().compareTo(limit) <= 0;
        return hours != null && (isDated || beat != null) && !hours.wasOpenFor(limit, age, now);
    }

    /** Returns how old the state is, as far as anybody can know. */
    private BigDecimal stateAge() {
        return secondsBetween(asOf, now).max(unchangedSeconds);
    }

    private boolean isUndated() {
        return dated == null || Node.NULL.equals(dated);
    }

    /** Returns whether feeds without a tick need a date: a null says that there should be one. */
    private boolean isDateRequired() {
        return Node.NULL.equals(dated) || Node.TRUE.equals(Node.get(baseline, "require_as_of"));
    }

    /**
     * Returns the limit that the state claims; if it claims none, the one that was agreed. What it
     * claims for all is not compared with what was agreed for one feed, but must be a limit.
     */
    private BigDecimal ownLimit(Node agreed, Node claim, BigDecimal agreedLimit) {
        boolean isOwn = Node.get(claim, "max_age_seconds") != null;
        boolean isClaimed = isOwn || Node.get(state, "max_age_seconds") != null;
        if (claim == null || !isClaimed) {
            return agreedLimit;
        }
        BigDecimal claimed = limit(claim, state, precision);
        boolean isAgreedForOne = Node.get(agreed, "max_age_seconds") != null;
        return claimed != null && !isOwn && isAgreedForOne ? agreedLimit : claimed;
    }

    /** Returns the age now: of what was written and the tick the older one, or null. */
    private BigDecimal age(BigDecimal writtenAge, Instant tick) {
        BigDecimal age = null;
        if (writtenAge != null) {
            age = writtenAge.add(secondsBetween(asOf, now).max(unchangedSeconds));
        }
        if (tick == null) {
            return age;
        }
        BigDecimal ticked = secondsBetween(tick, now).max(unchangedSeconds);
        return age == null ? ticked : age.max(ticked);
    }

    private BigDecimal writtenAge(Node written) {
        BigDecimal age = number(written);
        if (age == null || age.compareTo(MAX_AGE_SECONDS) > 0) {
            return null;
        }
        if (age.signum() <= 0) {
            boolean isSkewed = age.compareTo(BigDecimal.ONE.negate()) < 0;
            return isSkewed ? null : BigDecimal.ZERO;
        }
        if (precision == Precision.ROUNDED && age.scale() > NANO_DIGITS) {
            age = age.setScale(NANO_DIGITS, RoundingMode.CEILING);
        }
        return age.compareTo(MAX_AGE_SECONDS) > 0 ? null : age;
    }

    /** Returns the limit of a feed, or of a document if that is null; null if it is none. */
    static BigDecimal limit(Node feed, Node document, Precision precision) {
        return limit(feed, document, "max_age_seconds", precision);
    }

    private static BigDecimal limit(Node feed, Node document, String member,
            Precision precision) {
        Node own = Node.get(feed, member);
        BigDecimal limit = number(own != null ? own : Node.get(document, member));
        boolean isNone = limit == null || limit.signum() <= 0;
        if (isNone || limit.compareTo(MAX_LIMIT_SECONDS) > 0) {
            return null;
        }
        if (precision == Precision.ROUNDED && limit.scale() > NANO_DIGITS) {
            limit = limit.setScale(NANO_DIGITS, RoundingMode.FLOOR);
        }
        return limit.signum() == 0 ? null : limit;
    }

    private static Boolean booleanOrNull(Node node) {
        if (Node.TRUE.equals(node)) {
            return Boolean.TRUE;
        }
        return Node.FALSE.equals(node) ? Boolean.FALSE : null;
    }

    /** Returns a member if it says something: null is as absent. */
    private static Node present(Node feed, String name) {
        Node value = Node.get(feed, name);
        return Node.NULL.equals(value) ? null : value;
    }

    /** Returns the time from then to now; none if then is unknown or still to come. */
    static BigDecimal secondsBetween(Instant then, Instant now) {
        Duration elapsed = Duration.ZERO;
        if (then != null && then.isBefore(now)) {
            elapsed = Duration.between(then, now);
        }
        BigDecimal fraction = BigDecimal.valueOf(elapsed.getNano(), NANO_DIGITS);
        return BigDecimal.valueOf(elapsed.getSeconds()).add(fraction);
    }

    // ---- Numbers and instants ----

    /** What was read, by its text: the texts are few, and the exhaustive part asks often. */
    private static final Map<String, Optional<BigDecimal>> NUMBERS_READ = new ConcurrentHashMap<>();
    private static final Map<String, Optional<Instant>> INSTANTS_READ = new ConcurrentHashMap<>();

    private static BigDecimal number(Node node) {
        if (!(node instanceof Node.Num number)) {
            return null;
        }
        return NUMBERS_READ.computeIfAbsent(number.text(), JudgeRules::readNumber).orElse(null);
    }

    /** Reads a number if it has not too many characters, nor too many decimals written out. */
    private static Optional<BigDecimal> readNumber(String text) {
        if (text.length() > MAX_NUMBER_CHARS) {
            return Optional.empty();
        }
        BigDecimal value = exact(text);
        boolean isTooFine = value.stripTrailingZeros().scale() > MAX_DECIMALS;
        return value.signum() != 0 && isTooFine ? Optional.empty() : Optional.of(value);
    }

    /** Returns the exact value. An exponent is cut to a billion: no other number comes near. */
    static BigDecimal exact(String text) {
        int e = text.toLowerCase().indexOf('e');
        if (e < 0) {
            return new BigDecimal(text);
        }
        BigDecimal digits = new BigDecimal(text.substring(0, e));
        if (digits.signum() == 0) {
            return digits;
        }
        BigInteger most = BigInteger.valueOf(MAX_EXPONENT);
        BigInteger exponent = new BigInteger(text.substring(e + 1)).min(most).max(most.negate());
        return digits.scaleByPowerOfTen(exponent.intValue());
    }

    private static final Pattern RFC_3339 = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]"
            + "([0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9}+)?)(?:(?<=[.][0-9]{9})[0-9]*+)?"
            + "([Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))");

    /** Returns the instant that a string is; null if it is none. It is cut to nanoseconds. */
    static Instant instant(Node node) {
        String text = Node.string(node);
        if (text == null) {
            return null;
        }
        return INSTANTS_READ.computeIfAbsent(text, JudgeRules::readInstant).orElse(null);
    }

    private static Optional<Instant> readInstant(String text) {
        Matcher matcher = RFC_3339.matcher(text);
        if (!matcher.matches() || matcher.group(2).startsWith("24")) {
            return Optional.empty(); // some of java.time reads 24:00 as the next day
        }
        try {
            String local = matcher.group(1) + "T" + matcher.group(2);
            Instant instant = LocalDateTime.parse(local).toInstant(ZoneOffset.UTC);
            return Optional.of(instant.minusSeconds(offsetSeconds(matcher)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static long offsetSeconds(Matcher matcher) {
        if (matcher.group(5) == null) {
            return 0;
        }
        long hours = Long.parseLong(matcher.group(6));
        long minutes = Long.parseLong(matcher.group(7));
        long seconds = 3600 * hours + 60 * minutes;
        return matcher.group(5).equals("-") ? -seconds : seconds;
    }
}
