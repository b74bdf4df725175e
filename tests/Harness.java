import java.util.Objects;
import java.util.Timer;
import java.util.TimerTask;

/** Harness runs tests and prints "ok - name", or "not ok - name" and the input, got and want of the rows that failed. */
final class Harness {
    /** For each test: inputs that block for ever are what some of them are about. */
    private static final int DEADLINE_SECONDS = 120;
    private static final int SHOWN_ROWS = 5;
    private static final int SHOWN_CHARS = 700;
    private static final StringBuilder failures = new StringBuilder();
    private static final Timer timer = new Timer(true);
    private static int tests, failedTests;
    private static int rows, failedRows;

    interface Body { void run() throws Exception; }

    static void test(String name, Body body) {
        rows = failedRows = 0;
        failures.setLength(0);
        TimerTask deadline = new TimerTask() {
            @Override public void run() {
                System.out.println("not ok - " + name + "\n  got:   no end after " + DEADLINE_SECONDS + " s\n  want:  an end");
                Runtime.getRuntime().halt(1);
            }};
        timer.schedule(deadline, DEADLINE_SECONDS * 1000L);
        try {
            body.run();
            equal("whether the test has rows", rows > 0, true);
        } catch (Exception | Error e) {
            equal("the test itself", e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : "?"), "no exception");
        }
        deadline.cancel();
        tests++;
        failedTests += failedRows == 0 ? 0 : 1;
        System.out.print((failedRows == 0 ? "ok - " : "not ok - ") + name + "\n" + failures
                + (failedRows > SHOWN_ROWS ? "  and " + (failedRows - SHOWN_ROWS) + " rows more\n" : ""));
    }

    static void equal(String input, Object got, Object want) {
        rows++;
        if (!Objects.equals(got, want) && ++failedRows <= SHOWN_ROWS) {
            failures.append("  input: " + shown(input) + "\n  got:   " + shown("" + got) + "\n  want:  " + shown("" + want) + "\n");
        }
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (char c : text.substring(0, Math.min(text.length(), SHOWN_CHARS)).toCharArray()) {
            shown.append(c == '\n' ? "\n         " : c < ' ' || c > '~' ? "\\u%04x".formatted((int) c) : "" + c);
        }
        return shown + (text.length() > SHOWN_CHARS ? "... (" + text.length() + " characters)" : "");
    }

    /** The exit code: 0 only if there were tests and all of them passed. */
    static int exit() {
        return tests > 0 && failedTests == 0 ? 0 : 1;
    }
}
