import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;

/**
 * Harness runs tests. A test is a static method without parameters that has a sentence for a name:
 *
 * <pre>
 *     &#64;Test("time: an age is rounded up")
 *     static void ageIsRoundedUp() {
 *         equal("90.0000000001", Freshness.Time.ageNanos("90.0000000001"), 90_000_000_001L);
 *     }
 * </pre>
 *
 * For each it prints "ok - name", or "not ok - name" and the rows that failed: where the row
 * stands, its input, what it got and what it wanted.
 */
final class Harness {
    /** Test marks a test, and names what holds if it passes. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface Test {
        String value();
        /** Whether it takes seconds: it then runs in the part unit-long, and not in its own. */
        boolean isLong() default false;
    }

    /** Body is what a test does. */
    interface Body {
        void run() throws Exception;
    }

    /** For each test: some of them are about inputs that could block forever. */
    private static final int DEADLINE_SECONDS = 120;
    private static final int SHOWN_ROWS = 5;
    private static final int SHOWN_CHARS = 700;
    /** Rows are checked on behalf of other classes; a failed row shows where that is. */
    private static final Set<String> HELPERS = Set.of("Harness", "Sandbox", "Sandbox$Run");

    private static final boolean RUNS_LONG_TESTS = Boolean.getBoolean("long");
    private static final Timer TIMER = new Timer(true);
    private static final StringBuilder FAILURES = new StringBuilder();
    /** The test that runs; null if it has no annotation. */
    private static Method current;
    private static int tests;
    private static int failedTests;
    private static int rows;
    private static int failedRows;

    private Harness() { }

    /** Runs the tests of the classes that are named, and exits with 0 only if all passed. */
    public static void main(String... classes) throws Exception {
        Sandbox.open();
        try {
            for (String name : classes) {
                runClass(Class.forName(name));
            }
        } finally {
            Sandbox.close();
        }
        System.exit(exitCode());
    }

    /** Returns 0 only if there were tests and all of them passed. */
    static int exitCode() {
        return tests > 0 && failedTests == 0 ? 0 : 1;
    }

    /** Runs the tests of a class in the order of their names: Java itself keeps none. */
    static void runClass(Class<?> type) {
        List<Method> methods = new ArrayList<>();
        for (Method method : type.getDeclaredMethods()) {
            Test test = method.getAnnotation(Test.class);
            if (test != null && test.isLong() == RUNS_LONG_TESTS) {
                methods.add(method);
            }
        }
        methods.sort(Comparator.comparing(Harness::nameOf));
        for (Method method : methods) {
            current = method;
            run(nameOf(method), () -> Sandbox.runInDirectory(() -> call(method)));
            current = null;
        }
        if (methods.isEmpty() && !RUNS_LONG_TESTS) {
            run(type.getName() + " has tests", () -> equal(type.getName(), "none", "some"));
        }
    }

    private static String nameOf(Method method) {
        return method.getAnnotation(Test.class).value();
    }

    private static void call(Method method) throws Exception {
        try {
            method.invoke(null);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        }
    }

    /** Runs one test and prints its result. */
    static void run(String name, Body body) {
        rows = 0;
        failedRows = 0;
        FAILURES.setLength(0);
        TimerTask deadline = new Deadline(name);
        TIMER.schedule(deadline, DEADLINE_SECONDS * 1000L);
        try {
            body.run();
            equal("whether the test has rows", rows > 0, true);
        } catch (Exception | Error e) {
            fail(placeOf(e), "the test itself", e.toString(), "no exception");
        }
        deadline.cancel();
        tests++;
        if (failedRows > 0) {
            failedTests++;
        }
        System.out.println((failedRows == 0 ? "ok - " : "not ok - ") + name);
        System.out.print(FAILURES);
        if (failedRows > SHOWN_ROWS) {
            System.out.println("  and " + (failedRows - SHOWN_ROWS) + " rows more");
        }
    }

    /** Checks one row. */
    static void equal(String input, Object got, Object want) {
        rows++;
        if (!Objects.equals(got, want)) {
            fail(placeOfRow(), input, String.valueOf(got), String.valueOf(want));
        }
    }

    private static void fail(String place, String input, String got, String want) {
        failedRows++;
        if (failedRows > SHOWN_ROWS) {
            return;
        }
        FAILURES.append("  at:    ").append(place).append('\n');
        FAILURES.append("  input: ").append(shown(input)).append('\n');
        FAILURES.append("  got:   ").append(shown(got)).append('\n');
        FAILURES.append("  want:  ").append(shown(want)).append('\n');
    }

    /** Returns the file and line in a test that checked a row, such as "TimeTest.java:42". */
    private static String placeOfRow() {
        return placeOf(new Throwable());
    }

    /** Returns where that came from: the line of the test itself, not of what helped it. */
    private static String placeOf(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        for (StackTraceElement element : trace) {
            if (isInCurrentTest(element)) {
                return element.getFileName() + ":" + element.getLineNumber();
            }
        }
        for (StackTraceElement element : trace) {
            if (!HELPERS.contains(element.getClassName())) {
                return element.getFileName() + ":" + element.getLineNumber();
            }
        }
        return "?";
    }

    /** Returns whether that is a line of the test, or of a lambda in it. */
    private static boolean isInCurrentTest(StackTraceElement element) {
        if (current == null) {
            return false;
        }
        if (!element.getClassName().equals(current.getDeclaringClass().getName())) {
            return false;
        }
        String method = element.getMethodName();
        String name = current.getName();
        return method.equals(name) || method.startsWith("lambda$" + name + "$");
    }

    /** Returns a text on its own lines, with everything escaped that is not ASCII. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (char c : text.substring(0, Math.min(text.length(), SHOWN_CHARS)).toCharArray()) {
            if (c == '\n') {
                shown.append("\n         ");
            } else if (c < ' ' || c > '~') {
                shown.append(String.format("\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        if (text.length() > SHOWN_CHARS) {
            shown.append("... (").append(text.length()).append(" characters)");
        }
        return shown.toString();
    }

    /** Deadline ends the whole run: a test that hangs cannot be stopped otherwise. */
    private static final class Deadline extends TimerTask {
        private final String test;

        Deadline(String test) {
            this.test = test;
        }

        @Override public void run() {
            System.out.println("not ok - " + test);
            System.out.println("  got:   no end after " + DEADLINE_SECONDS + " s");
            System.out.println("  want:  an end");
            Runtime.getRuntime().halt(1);
        }
    }
}
