import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * JudgeKinds counts what the generated documents have in them. If a long run misses a kind, the
 * generator has gone blind, and its agreement means little.
 */
final class JudgeKinds {
    /** What a long run must meet. */
    static final List<String> ALL = List.of("state_invalid", "feed_missing", "feed_unexpected",
            "as_of_missing", "as_of_invalid", "clock_skew", "tick_skew", "alive_invalid",
            "feed_down", "heartbeat_invalid", "heartbeat_stale", "limit_invalid",
            "age_missing", "age_invalid", "silence_expected", "stale", "fresh",
            "unknown feeds", "invalid states", "invalid baselines", "exit 0", "exit 2", "exit 3",
            "alert none", "alert ticket", "alert page",
            "an unknown member at the top of a baseline",
            "an unknown member in a baseline's feed", "a note misspelt",
            "a note at the top of a baseline", "a note in a baseline's feed",
            "a tick in a baseline", "a state without a limit",
            "a feed fresh by the baseline's limit alone", "a looser limit that is fresh",
            "last_tick_at null", "last_tick_at unreadable", "last_tick_at of another type",
            "a tick with an offset", "a tick with a fraction", "a tick up to a second ahead",
            "a tick without an age", "a tick older than the age", "an age older than the tick",
            "a tick where as_of is required and missing", "a tick beside an unreadable as_of",
            "a tick beside an as_of that is null", "an age beside an as_of that is null",
            "an as_of up to a second ahead", "a feed that is down while its market is closed",
            "a feed without a fresh heartbeat that pages nobody",
            "an optional feed that is missing", "exit 0 beside an optional feed that is missing",
            "an action of its own", "a built-in action that is tightened",
            "a ticket by a warn age", "a fresh feed that is not past its warn age");

    private JudgeKinds() { }

    /** Returns the kinds of a decision, each as often as it is there. */
    static List<String> verdicts(JudgeRules.Decision decision) {
        List<String> kinds = new ArrayList<>();
        kinds.add("exit " + decision.exit());
        if (decision.isStateValid()) {
            kinds.add("valid states");
        } else {
            kinds.add(decision.isBaselineValid() ? "invalid states" : "invalid baselines");
        }
        for (JudgeRules.Verdict verdict : decision.verdicts()) {
            kinds.add(verdict.reason());
            kinds.add("alert " + verdict.alert());
            kinds.add(verdict.status() + " feeds");
            if (verdict.isQuiet() && verdict.reason().equals("feed_down")) {
                kinds.add("a feed that is down while its market is closed");
            }
            if (verdict.isExcused()) {
                kinds.add("an optional feed that is missing");
            }
            if (verdict.isExcused() && decision.exit() == 0) {
                kinds.add("exit 0 beside an optional feed that is missing");
            }
            if (verdict.isQuiet() && verdict.reason().equals("heartbeat_stale")) {
                kinds.add("a feed without a fresh heartbeat that pages nobody");
            }
        }
        return kinds;
    }

    private static void addActions(Set<String> kinds, Node actions) {
        if (!(actions instanceof Node.Obj object)) {
            return;
        }
        for (Node.Member action : object.members()) {
            if (JudgeRules.FRESH_MAY.contains(action.name())) {
                kinds.add("a built-in action that is tightened");
            } else if (!JudgeRules.isNote(action)) {
                kinds.add("an action of its own");
            }
        }
    }

    private static void addWarnAges(Set<String> kinds, Node baseline,
            JudgeRules.Decision decision) {
        for (JudgeRules.Verdict verdict : decision.verdicts()) {
            boolean hasWarnAge = verdict.isSafe()
                    && Node.get(baseline, "warn_age_seconds") != null;
            if (hasWarnAge) {
                kinds.add(verdict.isLate() ? "a ticket by a warn age"
                        : "a fresh feed that is not past its warn age");
            }
        }
    }

    static String summary(Map<String, Integer> met) {
        return "fresh " + met.getOrDefault("fresh", 0) + ", stale " + met.getOrDefault("stale", 0)
                + ", unknown " + met.getOrDefault("unknown feeds", 0)
                + ", invalid states " + met.getOrDefault("invalid states", 0);
    }

    /** Returns the kinds of a pair of documents that the verdicts alone do not tell. */
    static Set<String> met(Node baseline, Node state, Instant now, JudgeRules.Decision decision) {
        Set<String> kinds = new TreeSet<>();
        Map<String, Node> contract = JudgeRules.feeds(baseline);
        if (contract != null) {
            addBaseline(kinds, baseline, contract.values());
        }
        if (decision.isBaselineValid() && contract.values().stream().anyMatch(
                feed -> Node.get(feed, "last_tick_at") != null)) {
            kinds.add("a tick in a baseline");
        }
        if (!decision.isStateValid()) {
            return kinds;
        }
        addActions(kinds, Node.get(baseline, "actions"));
        Instant asOf = JudgeRules.instant(Node.get(state, "as_of"));
        if (asOf != null && isWithinASecondAhead(asOf, now)) {
            kinds.add("an as_of up to a second ahead");
        }
        addWarnAges(kinds, baseline, decision);
        if (Node.get(state, "max_age_seconds") == null) {
            kinds.add("a state without a limit");
        }
        Map<String, Node> claimed = JudgeRules.feeds(state);
        for (JudgeRules.Verdict verdict : decision.verdicts()) {
            Node feed = claimed.get(verdict.name());
            addFeed(kinds, verdict, feed, state);
            addTick(kinds, verdict, feed, baseline, state, now);
        }
        return kinds;
    }

    private static boolean isWithinASecondAhead(Instant instant, Instant now) {
        return instant.isAfter(now) && !instant.isAfter(now.plusSeconds(1));
    }

    private static void addBaseline(Set<String> kinds, Node baseline, Collection<Node> feeds) {
        if (!JudgeRules.hasOnly(baseline, JudgeRules.TOP_MEMBERS)) {
            kinds.add("an unknown member at the top of a baseline");
        }
        if (!feeds.stream().allMatch(feed -> JudgeRules.hasOnly(feed, JudgeRules.FEED_MEMBERS))) {
            kinds.add("an unknown member in a baseline's feed");
        }
        if (hasMisspeltNote(baseline) || feeds.stream().anyMatch(JudgeKinds::hasMisspeltNote)) {
            kinds.add("a note misspelt");
        }
        if (!JudgeRules.isClosed(baseline)) {
            return;
        }
        if (hasNote(baseline)) {
            kinds.add("a note at the top of a baseline");
        }
        if (feeds.stream().anyMatch(JudgeKinds::hasNote)) {
            kinds.add("a note in a baseline's feed");
        }
    }

    private static boolean hasNote(Node node) {
        return ((Node.Obj) node).members().stream().anyMatch(JudgeRules::isNote);
    }

    private static boolean hasMisspeltNote(Node node) {
        return ((Node.Obj) node).members().stream().anyMatch(JudgeKinds::isMisspeltNote);
    }

    private static boolean isMisspeltNote(Node.Member member) {
        String name = member.name().toLowerCase().strip();
        return name.startsWith("x") && !JudgeRules.isNote(member);
    }

    private static void addFeed(Set<String> kinds, JudgeRules.Verdict verdict, Node feed,
            Node state) {
        boolean isLimited = Node.get(state, "max_age_seconds") != null
                || Node.get(feed, "max_age_seconds") != null;
        if (verdict.isSafe() && !isLimited) {
            kinds.add("a feed fresh by the baseline's limit alone");
        }
        if (verdict.isSafe() && verdict.isLoose()) {
            kinds.add("a looser limit that is fresh");
        }
        Node ticked = Node.get(feed, "last_tick_at");
        if (Node.NULL.equals(ticked)) {
            kinds.add("last_tick_at null");
        }
        boolean isInvalid = verdict.reason().equals("age_invalid");
        if (ticked instanceof Node.Str && JudgeRules.instant(ticked) == null && isInvalid) {
            kinds.add("last_tick_at unreadable");
        }
        if (ticked != null && !(ticked instanceof Node.Str) && isInvalid) {
            kinds.add("last_tick_at of another type");
        }
    }

    private static void addTick(Set<String> kinds, JudgeRules.Verdict verdict, Node feed,
            Node baseline, Node state, Instant now) {
        Node ticked = Node.get(feed, "last_tick_at");
        Instant tick = JudgeRules.instant(ticked);
        Node dated = Node.get(state, "as_of");
        if (Node.NULL.equals(dated) && verdict.reason().equals("as_of_missing")) {
            kinds.add("an age beside an as_of that is null");
        }
        if (tick == null) {
            return;
        }
        if (Node.NULL.equals(dated) && verdict.age() != null) {
            kinds.add("a tick beside an as_of that is null");
        }
        if (dated != null && JudgeRules.instant(dated) == null) {
            kinds.add("a tick beside an unreadable as_of");
        }
        if (verdict.status().equals("unknown")) {
            return;
        }
        String text = Node.plain(ticked);
        if (!text.matches(".*[Zz]|.*[+-]00:00")) {
            kinds.add("a tick with an offset");
        }
        if (text.contains(".")) {
            kinds.add("a tick with a fraction");
        }
        if (tick.isAfter(now)) {
            kinds.add("a tick up to a second ahead");
        }
        Node written = Node.get(feed, "last_tick_age_seconds");
        if (written == null) {
            kinds.add("a tick without an age");
        }
        if (dated == null && Node.TRUE.equals(Node.get(baseline, "require_as_of"))) {
            kinds.add("a tick where as_of is required and missing");
        }
        if (written instanceof Node.Num) {
            boolean isTick = verdict.age().equals(JudgeRules.secondsBetween(tick, now));
            kinds.add(isTick ? "a tick older than the age" : "an age older than the tick");
        }
    }
}
