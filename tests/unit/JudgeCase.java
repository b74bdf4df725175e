import java.util.ArrayList;
import java.util.List;

/** JudgeCase is one input, the judge's decision on it, and where the program's answers differ. */
final class JudgeCase {
    private static final int SHOWN_CASES = 5;
    private static final int SHOWN_CHARS = 600;

    private final String input;
    private final JudgeRules.Decision decision;
    private final List<String> got = new ArrayList<>();
    private final List<String> want = new ArrayList<>();
    private boolean isUnsafe;

    JudgeCase(String input, JudgeRules.Decision decision) {
        this.input = input;
        this.decision = decision;
    }

    String input() {
        return input;
    }

    JudgeRules.Decision decision() {
        return decision;
    }

    boolean agrees() {
        return got.isEmpty();
    }

    /** Says that the program called safe what the judge does not. */
    void setUnsafe() {
        isUnsafe = true;
    }

    /** Compares an answer. */
    void same(String what, Object answer, Object wanted) {
        if (!String.valueOf(answer).equals(String.valueOf(wanted))) {
            got.add(what + " = " + answer);
            want.add(what + " = " + wanted);
        }
    }

    /** Compares an answer of which one value lets work go on: given wrongly, it is the worst. */
    void same(String what, Object answer, Object wanted, Object safe) {
        if (String.valueOf(answer).equals(String.valueOf(wanted))) {
            return;
        }
        boolean isWorst = String.valueOf(answer).equals(String.valueOf(safe));
        int place = isWorst ? 0 : got.size();
        got.add(place, what + " = " + answer);
        want.add(place, what + " = " + wanted);
        isUnsafe = isUnsafe || isWorst;
    }

    /** Prints whether all cases agree, and the first that do not. Returns whether all do. */
    static boolean report(String name, List<JudgeCase> cases) {
        List<JudgeCase> failed = new ArrayList<>();
        for (JudgeCase each : cases) {
            if (!each.agrees()) {
                failed.add(each);
            }
        }
        System.out.println((failed.isEmpty() ? "ok - " : "not ok - ") + name);
        if (failed.isEmpty()) {
            return true;
        }
        failed.sort((a, b) -> Boolean.compare(b.isUnsafe, a.isUnsafe));
        for (JudgeCase each : failed.subList(0, Math.min(SHOWN_CASES, failed.size()))) {
            each.print();
        }
        long unsafe = failed.stream().filter(each -> each.isUnsafe).count();
        System.out.println("  " + failed.size() + " of " + cases.size() + " differ, "
                + unsafe + " of them unsafe");
        return false;
    }

    private void print() {
        if (isUnsafe) {
            System.out.println("  THE PROGRAM SAYS SAFE, THE JUDGE DOES NOT");
        }
        System.out.println("  input: " + shown(input));
        System.out.println("  got:   " + shown(String.join("; ", got)));
        System.out.println("  want:  " + shown(String.join("; ", want)));
    }

    private static String shown(String text) {
        StringBuilder line = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (line.length() >= SHOWN_CHARS) {
                return line + "...";
            }
            if (c == '\n') {
                line.append("\\n");
            } else if (c < ' ' || c > '~') {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }
}
