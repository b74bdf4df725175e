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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DocumentsTest runs what the documents show and compares it with what they say. It starts in the repository.
 *
 * In a console block "$ " begins a command, "> " continues it, and the other lines are its output, errors included. The
 * commands of a document run in order, in one shell, in a copy of the repository whose path has a space. What they write
 * below /tmp/ stays in the sandbox. A command that does not end with 0 fails the test, so a document shows it as:
 * command; echo "exit $?". UPDATE=1 rewrites the outputs in place.
 */
final class DocumentsTest {
    private static final List<String> DOCUMENTS = List.of("README.md", "INCIDENT.md");
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
    private static final Set<String> FENCES = Set.of("console", "yaml", "ini", "nagios", "cron", "json", "text");
    private static final String FENCED = "(?ms)^```.*?^```$";
    private static final String MARK = "\n-- DocumentsTest: exit ";
    /** The contract's exit codes, to the letter. */
    private static final String EXIT_CODES = """
            | exit | meaning | rule for callers |
            |---|---|---|
            | 0 | everything asked about is proved safe, or the command did its work | go on only on 0 |
            | 2 | evaluated, and not safe: status restricted, gate blocked, recovery refused, smoke or doctor failed | blocked |
            | 3 | could not be evaluated: unreadable or invalid state or baseline, bad usage, output not written, internal error | blocked |
            """;

    private static Path sandbox;

    /** A command, and the lines of its output: from first up to end, counted from 0. */
    record Step(String command, int first, int end) { }

    public static void main(String... args) throws Exception {
        sandbox = Files.createTempDirectory(Path.of("/tmp"), "freshness-documents-").toRealPath(); // without a space, unlike TMPDIR perhaps
        try {
            for (String document : DOCUMENTS) {
                console(document);
                String text = Files.readString(Path.of(document));
                Harness.run(document + ": links, and the files it names", () -> links(document, text));
                Harness.run(document + ": no white space at the end of a line",
                        () -> Harness.equal(document, Pattern.compile("(?m)^.*[ \t]$").matcher(text).results().map(MatchResult::group).toList(), List.of()));
            }
            Harness.run("README.md: every command and option of help", DocumentsTest::help);
            Harness.run("README.md: the exit codes of the contract",
                    () -> Harness.equal("its table", Files.readString(Path.of("README.md")).contains(EXIT_CODES), true));
        } finally {
            bash(Path.of("/"), "rm -rf '" + sandbox + "'");
        }
        System.exit(Harness.exitCode());
    }

    // ---- Console blocks ----

    private static void console(String document) throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(document)));
        List<Step> steps = new ArrayList<>();
        Harness.run(document + ": fences and commands", () -> steps(document, lines, steps));
        Path home = sandbox.resolve(document);
        StringBuilder script = new StringBuilder();
        for (Step step : steps) {
            script.append(step.command.startsWith(WHOLE_SUITE) ? ":" : step.command.replace("/tmp/", home + "/tmp/"))
                    .append("\nprintf '").append(MARK).append("%s\\n' $?\n");
        }
        bash(Path.of(""), "mkdir -p '" + home + "/tmp' && cp -R . '" + home + "/a copy' && rm -rf '" + home + "/a copy/.git'");
        String output = bash(home.resolve("a copy"), script.toString()).replace(home + "/tmp/", "/tmp/");
        Matcher mark = Pattern.compile(MARK + "(\\d+)\n").matcher(output);
        boolean update = "1".equals(System.getenv("UPDATE"));
        List<List<String>> outputs = new ArrayList<>();
        int from = 0;
        for (Step step : steps) {
            boolean ended = !mark.find(from);
            List<String> got = output.substring(from, ended ? output.length() : mark.start()).lines().toList();
            List<String> want = List.copyOf(lines.subList(step.first, step.end));
            outputs.add(update && !step.command.startsWith(WHOLE_SUITE) ? rewritten(want, got) : want);
            from = ended ? output.length() : mark.end();
            Harness.run(document + ":" + step.first + ": " + step.command.lines().findFirst().orElse(""), () -> {
                Harness.equal(step.command + "\n(its exit code)", ended ? "none: the shell ended" : mark.group(1), "0");
                if (step.command.startsWith(WHOLE_SUITE)) {
                    Harness.equal("shown, not run; the form of its last line", want, List.of("<count> passed, 0 failed"));
                } else if (!update) {
                    compare(document, step, got, want);
                }
            });
        }
        for (int i = steps.size() - 1; update && i >= 0; i--) {
            lines.subList(steps.get(i).first, steps.get(i).end).clear();
            lines.addAll(steps.get(i).first, outputs.get(i));
        }
        if (update) {
            Files.writeString(Path.of(document), String.join("\n", lines) + "\n");
        }
    }

    private static void steps(String document, List<String> lines, List<Step> steps) {
        String fence = null;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                fence = fence == null ? lines.get(i).substring(3) : null;
                Harness.equal(document + ":" + (i + 1) + ": " + lines.get(i), fence == null || FENCES.contains(fence), true);
            } else if ("console".equals(fence)) {
                Harness.equal(document + ":" + (i + 1) + ": a command first", lines.get(i).substring(0, 2), "$ ");
                StringBuilder command = new StringBuilder(lines.get(i).substring(2));
                int first = i + 1;
                while (lines.get(first).startsWith("> ")) {
                    command.append('\n').append(lines.get(first++).substring(2));
                }
                for (i = first; !lines.get(i).startsWith("$ ") && !lines.get(i).startsWith("```");) {
                    i++;
                }
                steps.add(new Step(command.toString(), first, i--));
            }
        }
        Harness.equal(document + ": has commands", !steps.isEmpty() && fence == null, true);
    }

    /** Runs a script and returns what it printed, errors included. Nothing of the caller's environment is left but the PATH. */
    private static String bash(Path directory, String script) throws IOException {
        Path file = Files.writeString(sandbox.resolve("script"), script);
        ProcessBuilder shell = new ProcessBuilder("bash", "--noprofile", "--norc", file.toString());
        String java = System.getProperty("java.home");
        // With the quick compiler alone a start from the source takes half of the time; processes.sh starts it as users do.
        Path quick = Files.createDirectories(sandbox.resolve("bin")).resolve("java");
        Files.writeString(quick, "#!/bin/sh\nexec '" + java + "/bin/java' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \"$@\"\n").toFile().setExecutable(true);
        String path = quick.getParent() + ":" + java + "/bin:" + System.getenv("PATH");
        shell.environment().clear();
        shell.environment().putAll(Map.of("PATH", path, "JAVA_HOME", java, "HOME", sandbox + "/a home",
                "XDG_CACHE_HOME", sandbox + "/a home/.cache", "TZ", "UTC", "LC_ALL", "C", "TERM", "dumb"));
        Process process = shell.directory(directory.toAbsolutePath().toFile()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void compare(String document, Step step, List<String> got, List<String> want) {
        for (int i = 0; i < Math.max(got.size(), want.size()); i++) {
            String is = i < got.size() ? got.get(i) : "(the end)";
            String shown = i < want.size() ? want.get(i) : "(the end)";
            if (!matches(shown, is)) {
                Harness.equal(document + ":" + (step.first + i + 1) + ": " + step.command, is, shown);
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

    /** The new output, where a line of the old one still matches with its placeholders. */
    private static List<String> rewritten(List<String> old, List<String> got) {
        return got.stream().map(line -> old.stream().filter(each -> matches(each, line)).findFirst().orElse(line)).toList();
    }

    // ---- The rest ----

    private static void links(String document, String text) throws IOException {
        String prose = text.replaceAll(FENCED, "");
        for (MatchResult link : Pattern.compile("\\]\\(([^)\\s]+)\\)").matcher(prose).results().toList()) {
            String[] target = (link.group(1) + "#").split("#", -1);
            Path file = Path.of(target[0].isEmpty() ? document : target[0]);
            Harness.equal(link.group(1), link.group(1).startsWith("https://")
                    || Files.exists(file) && (target[1].isEmpty() || anchors(file).contains(target[1])), true);
        }
        for (MatchResult name : Pattern.compile("`((?:data|tests|\\.github|\\.ci)/[^` ]*)").matcher(prose).results().toList()) {
            Harness.equal(name.group(1), Files.exists(Path.of(name.group(1))), true);
        }
    }

    private static List<String> anchors(Path file) throws IOException {
        return Pattern.compile("(?m)^#+ (.*)$").matcher(Files.readString(file).replaceAll(FENCED, "")).results()
                .map(heading -> heading.group(1).toLowerCase().replaceAll("[^a-z0-9 _-]", "").replace(' ', '-')).toList();
    }

    private static void help() throws IOException {
        Set<String> words = new TreeSet<>();
        for (MatchResult command : Pattern.compile("(?m)^  ([a-z]+) ").matcher(help("help")).results().toList()) {
            words.add(command.group(1));
            Pattern.compile("--[a-z-]+").matcher(help("help", command.group(1))).results().forEach(option -> words.add(option.group()));
        }
        Harness.equal("help itself", words.containsAll(Set.of("status", "gate", "recover", "doctor", "--state", "--record")), true);
        String readme = Files.readString(Path.of("README.md"));
        for (String word : words) {
            Harness.equal(word, Pattern.compile("(?<![\\w-])" + word + "(?![\\w-])").matcher(readme).find(), true);
        }
    }

    private static String help(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Freshness.run(args, InputStream.nullInputStream(), out, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
