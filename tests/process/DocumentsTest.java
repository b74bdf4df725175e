import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DocumentsTest runs what the documents show and compares it with what they say. It starts in the
 * repository.
 *
 * In a console block "$ " begins a command, "> " continues it, and the other lines are its output,
 * errors included. The commands of a document run in order, in one shell, in a copy of the
 * repository whose path has a space. What they write below /tmp/ stays in the sandbox. A command
 * that does not end with 0 fails the test, so a document shows it as: command; echo "exit $?".
 *
 * FRESHNESS_TEST_CACHE may name a cache that the launcher has filled. UPDATE=1 rewrites the outputs
 * in place.
 */
final class DocumentsTest {
    private static final List<String> DOCUMENTS = List.of("README.md", "INCIDENT.md");
    private static final String RULES = "data/monitoring/freshness.rules.yml";
    /** What varies between runs and machines, as the documents write it. Nothing else is loose. */
    private static final Map<String, String> PLACEHOLDERS = Map.of(
            "<time>", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z",
            "<version>", "\\d+(\\.\\d+)*([-+][-+.0-9A-Za-z]+)?",
            "<sha256>", "[0-9a-f]{64}",
            "<directory>", "(/[^/:]+)+",
            "<count>", "[1-9]\\d*");
    /** The one command that is shown and not run: it would run this test again. */
    private static final String WHOLE_SUITE = "./run-tests.sh";
    /** The fences there are: a shell command outside a console block would not be run. */
    private static final Set<String> FENCES = Set.of("console", "yaml", "ini", "nagios", "cron",
            "json", "text", "mermaid");
    private static final String FENCED = "(?ms)^```.*?^```$";
    private static final Pattern SPACE_AT_END = Pattern.compile("(?m)^.*[ \t]$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern FILE = Pattern.compile(
            "`((?:data|tests|\\.github|\\.ci)/[^` ]*)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern ALERT = Pattern.compile("(?m)^ +- alert: ");
    private static final Pattern RUNBOOK = Pattern.compile(
            "(?m)^ +runbook_url: https://github.com/OWNER/REPO/blob/main/(.*)$");
    private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z]+) ");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");
    private static final String MARK = "\n-- DocumentsTest: exit ";
    /** The contract's exit codes, to the letter. */
    private static final List<String> EXIT_CODES = List.of(
            "| exit | meaning | rule for callers |",
            "|---|---|---|",
            "| 0 | everything asked about is proved safe, or the command did its work"
                + " | go on only on 0 |",
            "| 2 | evaluated, and not safe: status restricted, gate blocked, recovery refused,"
                + " smoke or doctor failed | blocked |",
            "| 3 | could not be evaluated: unreadable or invalid state or baseline, bad usage,"
                + " output not written, internal error | blocked |",
            "");

    private static Path sandbox;

    /** A command, and the lines of its output: from first up to end, counted from 0. */
    private record Step(String command, int first, int end) {
        boolean isRun() {
            return !command.startsWith(WHOLE_SUITE);
        }

        String firstLine() {
            return command.lines().findFirst().orElse("");
        }
    }

    /** What a step printed, and the code that it ended with; null if the shell ended before. */
    private record Result(List<String> output, String exit) { }

    public static void main(String... args) throws Exception {
        // Without a space, unlike TMPDIR perhaps.
        sandbox = Files.createTempDirectory(Path.of("/tmp"), "freshness-documents-").toRealPath();
        try {
            for (String document : DOCUMENTS) {
                console(document);
                String text = Files.readString(Path.of(document));
                Harness.run(document + ": links, and the files it names",
                        () -> links(document, text));
                Harness.run(document + ": no white space at the end of a line",
                        () -> Harness.equal(document, found(SPACE_AT_END, text, 0), List.of()));
            }
            Harness.run("README.md: every command and option of help", DocumentsTest::help);
            Harness.run("README.md: the exit codes of the contract", DocumentsTest::exitCodes);
            Harness.run(RULES + ": the runbook of each alert", DocumentsTest::runbooks);
        } finally {
            bash(Path.of("/"), "rm -rf '" + sandbox + "'");
        }
        System.exit(Harness.exitCode());
    }

    // ---- Console blocks ----

    private static void console(String document) throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(document)));
        List<Step> steps = new ArrayList<>();
        Harness.run(document + ": fences and commands", () -> readSteps(document, lines, steps));
        List<Result> results = results(document, steps);
        boolean isUpdate = "1".equals(System.getenv("UPDATE"));
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Result result = results.get(i);
            List<String> want = List.copyOf(lines.subList(step.first, step.end));
            Harness.run(document + ":" + step.first + ": " + step.firstLine(),
                    () -> check(document, step, result, isUpdate ? null : want));
        }
        if (isUpdate) {
            update(document, lines, steps, results);
        }
    }

    private static void readSteps(String document, List<String> lines, List<Step> steps) {
        String fence = null;
        int i = 0;
        while (i < lines.size()) {
            String line = lines.get(i);
            if (line.startsWith("```")) {
                fence = fence == null ? line.substring(3) : null;
                Harness.equal(document + ":" + (i + 1) + ": " + line,
                        fence == null || FENCES.contains(fence), true);
            } else if ("console".equals(fence)) {
                Harness.equal(document + ":" + (i + 1) + ": a command first",
                        line.substring(0, 2), "$ ");
                Step step = step(lines, i);
                steps.add(step);
                i = step.end;
                continue;
            }
            i++;
        }
        Harness.equal(document + ": has commands", !steps.isEmpty() && fence == null, true);
    }

    /** Returns the step that begins in that line. */
    private static Step step(List<String> lines, int start) {
        StringBuilder command = new StringBuilder(lines.get(start).substring(2));
        int first = start + 1;
        while (lines.get(first).startsWith("> ")) {
            command.append('\n').append(lines.get(first).substring(2));
            first++;
        }
        int end = first;
        while (!lines.get(end).startsWith("$ ") && !lines.get(end).startsWith("```")) {
            end++;
        }
        return new Step(command.toString(), first, end);
    }

    /** Runs all steps in one shell, and returns what came of each. */
    private static List<Result> results(String document, List<Step> steps) throws IOException {
        Path home = sandbox.resolve(document);
        StringBuilder script = new StringBuilder();
        for (Step step : steps) {
            String command = step.isRun() ? step.command.replace("/tmp/", home + "/tmp/") : ":";
            script.append(command).append("\nprintf '").append(MARK).append("%s\\n' $?\n");
        }
        bash(Path.of(""), "mkdir -p '" + home + "/tmp' && cp -R . '" + home + "/a copy'"
                + " && rm -rf '" + home + "/a copy/.git'");
        String output = bash(home.resolve("a copy"), script.toString())
                .replace(home + "/tmp/", "/tmp/");
        Matcher mark = Pattern.compile(MARK + "(\\d+)\n").matcher(output);
        List<Result> results = new ArrayList<>();
        int from = 0;
        while (results.size() < steps.size()) {
            boolean hasEnded = mark.find(from);
            int end = hasEnded ? mark.start() : output.length();
            String exit = hasEnded ? mark.group(1) : null;
            results.add(new Result(output.substring(from, end).lines().toList(), exit));
            from = hasEnded ? mark.end() : output.length();
        }
        return results;
    }

    /**
     * Runs a script and returns what it printed, errors included. Nothing of the caller's
     * environment is left but the PATH.
     */
    private static String bash(Path directory, String script) throws IOException {
        Path file = Files.writeString(sandbox.resolve("script"), script);
        ProcessBuilder shell = new ProcessBuilder("bash", "--noprofile", "--norc",
                file.toString());
        String home = sandbox + "/a home";
        String cache = System.getenv().getOrDefault("FRESHNESS_TEST_CACHE", home + "/.cache");
        String java = System.getProperty("java.home");
        String path = writeJava().getParent() + ":" + java + "/bin:" + System.getenv("PATH");
        shell.environment().clear();
        shell.environment().putAll(Map.of("PATH", path, "JAVA_HOME", java, "HOME", home,
                "XDG_CACHE_HOME", cache, "TZ", "UTC", "LC_ALL", "C", "TERM", "dumb"));
        Process process = shell.directory(directory.toAbsolutePath().toFile())
                .redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /**
     * Writes the java on the PATH. It lets the classes of this test stand for Freshness.java, which
     * saves a compilation each time: processes.sh starts the source itself.
     */
    private static Path writeJava() throws IOException {
        Path java = Files.createDirectories(sandbox.resolve("bin")).resolve("java");
        Path classes = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
        Files.writeString(java, String.join("\n", "#!/bin/sh",
                "if [ \"$1\" = Freshness.java ]; then",
                "  shift",
                "  set -- -cp '" + classes + "' -Djdk.launcher.sourcefile=Freshness.java"
                    + " Freshness \"$@\"",
                "fi",
                "exec '" + System.getProperty("java.home") + "/bin/java'"
                    + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \"$@\"",
                ""));
        java.toFile().setExecutable(true);
        return java;
    }

    /** Checks one step; its output is not if none is given. */
    private static void check(String document, Step step, Result result, List<String> want) {
        String exit = result.exit == null ? "none: the shell ended" : result.exit;
        Harness.equal(step.command + "\n(its exit code)", exit, "0");
        if (!step.isRun()) {
            Harness.equal("shown, not run; the form of its last line", want,
                    want == null ? null : List.of("<count> passed, 0 failed"));
        } else if (want != null) {
            compare(document, step, result.output, want);
        }
    }

    private static void compare(String document, Step step, List<String> got,
            List<String> want) {
        for (int i = 0; i < Math.max(got.size(), want.size()); i++) {
            String is = i < got.size() ? got.get(i) : "(the end)";
            String shown = i < want.size() ? want.get(i) : "(the end)";
            if (!matches(shown, is)) {
                Harness.equal(document + ":" + (step.first + i + 1) + ": " + step.command, is,
                        shown);
                return;
            }
        }
    }

    private static boolean matches(String shown, String got) {
        String pattern = Pattern.quote(shown);
        for (Map.Entry<String, String> each : PLACEHOLDERS.entrySet()) {
            pattern = pattern.replace(each.getKey(), "\\E" + each.getValue() + "\\Q");
        }
        return got.matches(pattern);
    }

    // ---- Outputs written anew ----

    /** Puts what the steps printed in the place of their outputs, last first. */
    private static void update(String document, List<String> lines, List<Step> steps,
            List<Result> results) throws IOException {
        for (int i = steps.size() - 1; i >= 0; i--) {
            Step step = steps.get(i);
            if (step.isRun()) {
                List<String> output = lines.subList(step.first, step.end);
                List<String> rewritten = rewritten(List.copyOf(output), results.get(i).output);
                output.clear();
                lines.addAll(step.first, rewritten);
            }
        }
        Files.writeString(Path.of(document), String.join("\n", lines) + "\n");
    }

    /** Returns the new output, with a line of the old one if it still matches. */
    private static List<String> rewritten(List<String> old, List<String> got) {
        List<String> rewritten = new ArrayList<>();
        for (String line : got) {
            rewritten.add(old.stream().filter(each -> matches(each, line)).findFirst()
                    .orElse(line));
        }
        return rewritten;
    }

    // ---- The rest ----

    /** Returns that group of all that is found. */
    private static List<String> found(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(match -> match.group(group)).toList();
    }

    private static void links(String document, String text) throws IOException {
        String prose = text.replaceAll(FENCED, "");
        for (String link : found(LINK, prose, 1)) {
            Harness.equal(link, link.startsWith("https://") || leads(document, link), true);
        }
        for (String name : found(FILE, prose, 1)) {
            Harness.equal(name, Files.exists(Path.of(name)), true);
        }
    }

    /** Returns whether there is such a file, and such a heading in it. */
    private static boolean leads(String document, String link) throws IOException {
        String[] target = (link + "#").split("#", -1);
        Path file = Path.of(target[0].isEmpty() ? document : target[0]);
        if (!Files.exists(file)) {
            return false;
        }
        return target[1].isEmpty() || anchors(file).contains(target[1]);
    }

    private static List<String> anchors(Path file) throws IOException {
        List<String> anchors = new ArrayList<>();
        for (String heading : found(HEADING, Files.readString(file).replaceAll(FENCED, ""), 1)) {
            anchors.add(heading.toLowerCase().replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'));
        }
        return anchors;
    }

    /** Each alert carries a link to a heading that is there. */
    private static void runbooks() throws IOException {
        String rules = Files.readString(Path.of(RULES));
        List<String> runbooks = found(RUNBOOK, rules, 1);
        int alerts = found(ALERT, rules, 0).size();
        Harness.equal("has alerts", alerts > 0, true);
        Harness.equal("one runbook for each alert", runbooks.size(), alerts);
        for (String runbook : runbooks) {
            Harness.equal(runbook, runbook.contains("#") && leads(RULES, runbook), true);
        }
    }

    private static void exitCodes() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Harness.equal("its table", readme.contains(String.join("\n", EXIT_CODES)), true);
    }

    private static void help() throws IOException {
        Set<String> words = new TreeSet<>();
        for (String command : found(COMMAND, help("help"), 1)) {
            words.add(command);
            words.addAll(found(OPTION, help("help", command), 0));
        }
        Set<String> some = Set.of("status", "gate", "recover", "doctor", "--state", "--record");
        Harness.equal("help itself", words.containsAll(some), true);
        String readme = Files.readString(Path.of("README.md"));
        for (String word : words) {
            Pattern alone = Pattern.compile("(?<![\\w-])" + word + "(?![\\w-])");
            Harness.equal(word, alone.matcher(readme).find(), true);
        }
    }

    private static String help(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Freshness.run(args, InputStream.nullInputStream(), out, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
