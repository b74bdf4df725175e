import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * JudgeActions are the actions of a baseline and what each needs of a feed, a second time from the
 * contract: a status, and perhaps an age that is not to be passed.
 *
 * @param needs by name
 */
record JudgeActions(Map<String, Need> needs) {
    private static final List<String> STATUSES = List.of("unknown", "stale", "fresh");
    private static final String NAME = "[A-Za-z0-9_.:-]{1,200}";
    private static final BigDecimal REFUSED = BigDecimal.ONE.negate();

    /**
     * Need is what one action needs.
     *
     * @param least   the index of a status in STATUSES
     * @param longest null if it bounds no age
     */
    record Need(int least, BigDecimal longest) { }

    /** The names are in the order in which the judge compares lists of actions. */
    private JudgeActions() {
        this(new TreeMap<>());
        for (String name : JudgeRules.FRESH_MAY) {
            int least = JudgeRules.UNKNOWN_MAY.contains(name) ? 0
                    : JudgeRules.STALE_MAY.contains(name) ? 1 : 2;
            needs.put(name, new Need(least, null));
        }
    }

    /** Returns the actions that a baseline knows, or null if it says no valid ones. */
    static JudgeActions of(Node baseline) {
        JudgeActions actions = new JudgeActions();
        Node entries = Node.get(baseline, "actions");
        if (entries == null) {
            return actions;
        }
        if (!(entries instanceof Node.Obj object)) {
            return null;
        }
        for (Node.Member entry : object.members()) {
            if (!JudgeRules.isNote(entry) && !actions.add(entry.name(), entry.value())) {
                return null;
            }
        }
        return actions;
    }

    private boolean add(String name, Node entry) {
        boolean isObject = entry instanceof Node.Obj;
        if (!name.matches(NAME) || !isObject || isMisspelt(name)
                || !JudgeRules.hasOnly(entry, List.of("min_status", "max_age_seconds"))) {
            return false;
        }
        Need builtIn = needs.get(name);
        int least = builtIn == null ? STATUSES.indexOf("fresh") : builtIn.least;
        Node status = Node.get(entry, "min_status");
        if (status != null) {
            int asked = STATUSES.indexOf(String.valueOf(Node.string(status)));
            boolean isLooser = builtIn != null && asked < builtIn.least;
            if (asked < STATUSES.indexOf("stale") || isLooser) {
                return false;
            }
            least = asked;
        }
        BigDecimal longest = null;
        if (Node.get(entry, "max_age_seconds") != null) {
            longest = JudgeRules.limit(entry, null, JudgeRules.Precision.ROUNDED);
            if (longest == null) {
                return false;
            }
        }
        needs.put(name, new Need(least, longest));
        return true;
    }

    /** Returns whether a name is not built in, and so close to one that is that it is refused. */
    private static boolean isMisspelt(String name) {
        return !JudgeRules.FRESH_MAY.contains(name) && JudgeRules.FRESH_MAY.stream()
                .anyMatch(builtIn -> edits(letters(name), letters(builtIn)) == 0
                        || (!name.matches(builtIn + "[_.:-].+")
                            && edits(letters(name), letters(builtIn))
                                <= letters(builtIn).length() / 5));
    }

    private static String letters(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    /** Returns how many letters have to be inserted, deleted or replaced. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

    List<String> names() {
        return new ArrayList<>(needs.keySet());
    }

    List<String> allowed(JudgeRules.Verdict verdict) {
        return needs.keySet().stream().filter(name -> isAllowed(verdict, name)).toList();
    }

    boolean isAllowed(JudgeRules.Verdict verdict, String action) {
        BigDecimal left = left(verdict, action);
        return left == null || left.signum() >= 0;
    }

    /**
     * Returns for how many seconds a feed allows an action if nothing comes. It is null if nothing
     * ends that, and negative if it is not allowed now.
     */
    BigDecimal left(JudgeRules.Verdict verdict, String action) {
        Need need = needs.get(action);
        boolean isLow = STATUSES.indexOf(verdict.status()) < need.least;
        if (isLow || verdict.reason().equals("state_invalid") || verdict.isExcused()) {
            return REFUSED;
        }
        BigDecimal left = null;
        if (need.longest != null) {
            left = verdict.age() == null ? REFUSED : need.longest.subtract(verdict.age());
        }
        if (need.least == STATUSES.indexOf("fresh")) {
            left = earlier(left, verdict.limit().subtract(verdict.age()));
        }
        if (need.least > 0 && verdict.beat() != null) {
            left = earlier(left, verdict.beat().left());
        }
        return left;
    }

    /** Returns the smaller of two times, of which a null has no end. */
    static BigDecimal earlier(BigDecimal one, BigDecimal other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.min(other);
    }
}
