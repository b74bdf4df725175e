import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * FreshnessTest runs the test classes that have sections instead of tests of their own yet.
 *
 *     javac -d DIR Freshness.java tests/unit/*.java && java -cp DIR FreshnessTest [SECTION...]
 */
final class FreshnessTest extends Sandbox {
    /** The sections by their names, in the order in which they run. */
    private static final Map<String, Runnable> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("usage", CommandsTest::usage);
        SECTIONS.put("words", CommandsTest::words);
        SECTIONS.put("gate", CommandsTest::gate);
        SECTIONS.put("baselines", CommandsTest::baselines);
        SECTIONS.put("watches", CommandsTest::watches);
        SECTIONS.put("checks", CommandsTest::smokeAndDoctor);
        SECTIONS.put("status", ReportsTest::status);
        SECTIONS.put("reports", ReportsTest::reports);
        SECTIONS.put("names", ReportsTest::hostileNames);
        SECTIONS.put("reasons", TextsTest::reasons);
        SECTIONS.put("messages", TextsTest::messages);
        SECTIONS.put("outputs", OutputsTest::outputs);
        SECTIONS.put("watching", OutputsTest::watching);
    }

    public static void main(String... args) throws Exception {
        open();
        try {
            for (String section : args.length == 0 ? SECTIONS.keySet() : List.of(args)) {
                SECTIONS.getOrDefault(section, () -> unknown(section)).run();
            }
        } finally {
            delete(base);
        }
        System.exit(Harness.exitCode());
    }

    private static void unknown(String section) {
        test("the section " + section, () -> equal("sections", section, SECTIONS.keySet()));
    }
}
