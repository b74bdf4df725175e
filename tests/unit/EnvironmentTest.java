import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** EnvironmentTest checks where the program is, what it calls itself, and its colors. */
final class EnvironmentTest extends Sandbox {
    private static final String SOURCE = "jdk.launcher.sourcefile";
    private static final String NO_BASELINE = "baseline not found: started this way, the program"
        + " does not know where Freshness.java is; pass --baseline";
    private static final String CLASSES =
            "java -cp " + System.getProperty("java.class.path") + " Freshness";

    // ---- An unknown source ----

    /** Runs this as if Java said this of the source; null if it says nothing. */
    static void withSource(String said, Harness.Body body) throws Exception {
        String before = System.getProperty(SOURCE);
        if (said == null) {
            System.clearProperty(SOURCE);
        } else {
            System.setProperty(SOURCE, said);
        }
        try {
            body.run();
        } finally {
            System.setProperty(SOURCE, before);
        }
    }

    /** Runs this in both ways in which a start can fail to say where the source is. */
    private static void withoutSource(Harness.Body body) throws Exception {
        withSource(null, body);
        withSource("", body);
    }

    @Harness.Test("environment: without a source there is no default baseline")
    static void noSourceIsNoBaseline() throws Exception {
        boolean isTempting = Files.exists(Path.of("Freshness.java"))
                && Files.exists(Path.of("data/healthy.json"));
        equal("a contract that lies in the working directory", isTempting, true);
        withoutSource(() -> {
            equal("source", Freshness.Environment.source(), null);
            equal("hasSource", Freshness.Environment.hasSource(), false);
            equal("bundledBaseline", Freshness.Environment.bundledBaseline(), null);
        });
    }

    @Harness.Test("environment: without a source, a status without --baseline is unknown")
    static void statusWithoutSourceIsUnknown() throws Exception {
        withoutSource(() -> {
            for (String state : Arrays.asList(null, "@healthy.json", "data/healthy.json")) {
                String status = state == null ? "status" : "status --state " + state;
                String headline = "FRESHNESS UNKNOWN: " + NO_BASELINE;
                run(status).exits(3).says(headline + "; nothing is safe to serve\n");
                run(status + " --format prometheus").exits(3).warns(headline);
                run(status + " --format json").exits(3)
                        .reports("baseline null", "baseline_sha256 null")
                        .reports("state_sha256 null", "feeds null")
                        .has("error", NO_BASELINE)
                        .has("state", state == null ? null : at(state));
            }
        });
    }

    @Harness.Test("environment: without a source, a gate without --baseline is blocked")
    static void gateWithoutSourceIsBlocked() throws Exception {
        String gate = "gate --feed alpha --state @healthy.json";
        withoutSource(() -> {
            run(gate).exits(3).says("GATE BLOCKED: " + NO_BASELINE + "\n");
            run(gate + " --watch 1").exits(3).says("GATE BLOCKED: " + NO_BASELINE + "\n");
            Run json = run(gate + " --format json").exits(3);
            json.reports("gate 'blocked'", "baseline null");
        });
    }

    /** A call that needs the source, and what it says to do. */
    private record Advice(String call, String toDo) { }

    @Harness.Test("environment: without a source, what needs it says what to do")
    static void adviceWithoutSource() throws Exception {
        withoutSource(() -> {
            refused("recover --feed bravo --state @stale.json --output @out.json", NO_BASELINE);
            for (Advice row : List.of(
                    new Advice("doctor", "pass --baseline"),
                    new Advice("doctor --state @healthy.json", "pass --baseline"),
                    new Advice("smoke", "start it as java Freshness.java smoke"),
                    new Advice("scenario frozen --output @out.json",
                            "pass --state"))) {
                String start = "freshness: started this way, the program does not know where"
                    + " Freshness.java is; ";
                whole(row.call, 3, start + row.toDo + "\n");
            }
        });
    }

    @Harness.Test("environment: without a source, all works that is told what it needs")
    static void commandsWorkWithoutSource() throws Exception {
        withoutSource(() -> {
            run("status --state @healthy.json --baseline @=healthy.json").exits(0)
                    .says("FRESHNESS OK");
            run("gate --feed alpha --state @healthy.json --baseline @=healthy.json").exits(0)
                    .says("GATE OPEN");
            run("scenario stale --feed bravo --state @healthy.json --output @out.json").exits(0)
                    .says("SCENARIO WRITTEN");
            run("recover --feed bravo --state @out.json --baseline @healthy.json"
                    + " --output @in.json").exits(0).says("RECOVERED");
            Run doctor = run("doctor --baseline @healthy.json").exits(0);
            doctor.says("DOCTOR PASSED: 6 of 6", "\nok - started from compiled classes\n");
            equal("a fixture that is not there", doctor.out().contains("fixture"), false);
        });
    }

    @Harness.Test("environment: without a source, input and baseline are not written either")
    static void inputsAreRefusedWithoutSource() throws Exception {
        String recover = "recover --feed bravo --state @stale.json --baseline @healthy.json";
        withoutSource(() -> {
            refused(recover + " --output @healthy.json", "this is the baseline, which is never"
                + " overwritten");
            refused(recover + " --output @stale.json", "this is the input file, which is never"
                + " overwritten");
        });
    }

    @Harness.Test("environment: without a source, the program is its classes")
    static void programWithoutSourceIsClasses() throws Exception {
        withoutSource(() -> {
            String usage = usageLine();
            String want = "Usage: " + CLASSES + " smoke [--format text|json]";
            equal("usage", usage.replace("'", ""), want);

            Run gate = run("gate --feed bravo --state @stale.json --baseline @healthy.json");
            String beginning = "  next: " + CLASSES + " recover --feed bravo --state ";
            equal("next", lastLine(gate).replace("'", "").startsWith(beginning), true);
        });
    }

    /** Returns the usage line of a command. */
    private static String usageLine() {
        return run("help smoke").out().lines()
                .filter(line -> line.startsWith("Usage: ")).findFirst().orElse("");
    }

    // ---- How the program calls itself ----

    /** What Java says of the source, and the first words of a command. */
    private record Name(String source, String program) { }

    @Harness.Test("environment: the program's name in a command can be pasted")
    static void programCanBePasted() throws Exception {
        Files.copy(home.resolve("Freshness.java"), dir.resolve("freshness"));
        Files.createDirectory(dir.resolve("data"));
        Files.copy(home.resolve("data/healthy.json"), dir.resolve("data/healthy.json"));
        for (Name row : List.of(
                new Name(dir + "/freshness", "'DIR/freshness'"),
                new Name(home + "/Freshness.java", "java 'HOME/Freshness.java'"),
                new Name("Freshness.java", "java Freshness.java"),
                new Name(Path.of("Freshness.java").toAbsolutePath().toString(),
                        "java Freshness.java"),
                // Java itself would take these for a file of arguments and for an option.
                new Name("@Freshness.java", "java ./@Freshness.java"),
                new Name("-Freshness.java", "java ./-Freshness.java"),
                new Name("@x y.java", "java './@x y.java'"),
                new Name("/nowhere/@x/-.java", "java /nowhere/@x/-.java"))) {
            withSource(row.source, () -> {
                equal(row.source, plain(Freshness.Environment.program()), row.program);
                String usage = plain(usageLine());
                String want = "Usage: " + row.program + " smoke [--format text|json]";
                equal(row.source, usage, want);
            });
        }
    }

    /** Options with their values in turn, and the end of the command. */
    private record Options(List<String> options, String line) { }

    @Harness.Test("environment: a command for a shell has its values quoted, and none that is null")
    static void commandLineIsQuoted() throws Exception {
        withSource("Freshness.java", () -> {
            for (Options row : List.of(
                    new Options(Arrays.asList("--feed", "bravo"), " --feed bravo"),
                    new Options(Arrays.asList("--feed", "a b"), " --feed 'a b'"),
                    new Options(Arrays.asList("--feed", "it's"), " --feed 'it'\\''s'"),
                    new Options(Arrays.asList("--feed", "--x"), " --feed=--x"),
                    new Options(Arrays.asList("--feed", null), ""),
                    new Options(Arrays.asList("--feed", "a", "--state", null, "--output", "o"),
                            " --feed a --output o"))) {
                String[] options = row.options.toArray(new String[0]);
                String line = Freshness.Environment.commandLine("gate", options);
                equal(row.options.toString(), line, "java Freshness.java gate" + row.line);
            }
        });
    }

    /** What Java says of the source, and the baseline beside it. */
    private record Bundled(String source, String baseline) { }

    @Harness.Test("environment: the default baseline is beside the source, and has a short name")
    static void bundledBaselineIsBesideSource() throws Exception {
        Files.createSymbolicLink(dir.resolve("gate.java"), home.resolve("Freshness.java"));
        for (Bundled row : List.of(
                new Bundled("Freshness.java", "data/healthy.json"),
                new Bundled("./tests/../Freshness.java", "data/healthy.json"),
                new Bundled(home + "/Freshness.java", "HOME/data/healthy.json"),
                new Bundled(dir + "/gate.java", "HOME/data/healthy.json"),
                new Bundled(dir + "/gone.java", "DIR/data/healthy.json"))) {
            withSource(row.source, () -> {
                String baseline = Freshness.Environment.bundledBaseline();
                equal(row.source, plain(baseline), row.baseline);
                equal(row.source, Freshness.Environment.fixture("-"), baseline);
                boolean isThere = !row.source.endsWith("gone.java");
                equal(row.source, Freshness.Environment.hasSource(), isThere);
            });
        }
    }

    // ---- Colors ----

    /** A call, and whether its report has colors. */
    private record Colors(String call, boolean areWanted) { }

    @Harness.Test("environment: colors are there if asked for, and by themselves never in a file")
    static void colorsFollowTheOption() {
        for (Colors row : List.of(
                new Colors("status --color always", true),
                new Colors("status --color always --output @out", true),
                new Colors("status --color never", false),
                new Colors("status --color never --output @out", false),
                new Colors("status --color auto --output @out", false),
                new Colors("status --output @out", false))) {
            Freshness.Call call = Freshness.Call.parse(arguments(row.call));
            equal(row.call, Freshness.Environment.wantsColors(call), row.areWanted);
        }
    }
}
