import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * FreshnessTest holds Freshness.java against its contract, in one process.
 *
 *     javac -d DIR Freshness.java tests/unit/*.java && java -cp DIR FreshnessTest [SECTION...]
 */
final class FreshnessTest extends Sandbox {
    /** The sections by their names, in the order in which they run. */
    private static final Map<String, Runnable> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("files", FilesTest::files);
        SECTIONS.put("modes", FilesTest::modes);
        SECTIONS.put("both", FilesTest::both);
        SECTIONS.put("delivery", FilesTest::delivery);
        SECTIONS.put("usage", CommandsTest::usage);
        SECTIONS.put("words", CommandsTest::words);
        SECTIONS.put("gate", CommandsTest::gate);
        SECTIONS.put("bare", CommandsTest::unknownSource);
        SECTIONS.put("watches", CommandsTest::watches);
        for (Class<?> type : List.of(DecisionTest.class, EvaluationTest.class, StateTest.class, JsonTest.class,
                TimeTest.class, EditsTest.class)) {
            SECTIONS.put(type.getName(), () -> Harness.runClass(type));
        }
        SECTIONS.put("checks", CommandsTest::smokeAndDoctor);
        SECTIONS.put("status", ReportsTest::status);
        SECTIONS.put("reports", ReportsTest::reports);
        SECTIONS.put("names", ReportsTest::hostileNames);
        SECTIONS.put("reasons", TextsTest::reasons);
        SECTIONS.put("messages", TextsTest::messages);
        SECTIONS.put("outputs", OutputsTest::outputs);
        SECTIONS.put("watching", OutputsTest::watching);
        SECTIONS.put("source", FreshnessTest::source);
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

    // ---- Source ----

    static void source() {
        test("source: the map in the opening comment is the sections of the file", () -> {
            String source = Files.readString(home.resolve("Freshness.java"));
            List<String> map = new ArrayList<>();
            Matcher banner = Pattern.compile("(?m)^ *(?://|/\\*) -+ (.+?) -+$").matcher(source);
            List<String> banners = new ArrayList<>();
            while (banner.find()) {
                banners.add(banner.group(1));
            }
            String[] lines = source.substring(0, source.indexOf("\nimport ")).split("\n");
            for (int i = 0; i < lines.length; i++) {
                if (lines[i].matches(".*sections.*:")) {
                    while (lines[++i].strip().length() > 2) {
                        map.add(lines[i].replaceFirst("^[ */#]+", "").split(" {2,}")[0]);
                    }
                }
            }
            equal("map", map, banners);
            equal("banners", banners.size() > 5, true);
        });

        test("source: each type of java.lang is imported by name, so that none in the working directory takes its place", () -> {
            String code = Files.readString(home.resolve("Freshness.java")).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*|\"\"\".*?\"\"\"|\"(\\\\.|[^\"\\\\])*\"|'(\\\\.|[^'\\\\])+'", " ");
            Set<String> used = new TreeSet<>();
            Matcher name = Pattern.compile("(?<![.\\w])[A-Z]\\w*").matcher(code);
            while (name.find()) {
                try {
                    used.add(Class.forName("java.lang." + name.group()).getSimpleName());
                } catch (ClassNotFoundException | LinkageError another) {
                    continue; // a type of the program, or of another package
                }
            }
            equal("there are some", used.contains("String"), true);
            for (String type : used) {
                equal(type, code.contains("import java.lang." + type + ";"), true);
            }
        });

        test("source: ASCII, no package, and Freshness is the first type", () -> {
            String source = Files.readString(home.resolve("Freshness.java"));
            equal("ASCII", source.chars().allMatch(c -> c < 0x7f), true);
            equal("package", Pattern.compile("(?m)^package ").matcher(source).find(), false);
            Matcher type = Pattern.compile("(?m)^(?:public |final |sealed |abstract )*(?:class|record|enum|interface) (\\w+)").matcher(source);
            equal("first type", type.find() ? type.group(1) : "", "Freshness");
        });
    }
}
