import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Sandbox is what the test classes share: a directory for each test, calls of the program in this
 * process, and short ways to write documents.
 *
 * Most tests are a table: a row is one string, the input before " => " and what is wanted after it.
 * JSON is written with ' for " if that is shorter. Files live in a temporary directory with spaces
 * in its name. A copy of the program lies there too, and the program under test takes that one for
 * its own place, so that no fault of it can reach the repository.
 */
abstract class Sandbox {
    private static final String REPLAY_MEMBER = "  \"replay\": true,";
    static final String NOW = "2026-11-22T09:37:00Z";
    private static final FileTime YESTERDAY = FileTime.from(Instant.now().minusSeconds(86_400));
    static final List<String> KINDS = List.of("stale", "unknown", "down", "missing", "skewed",
            "loosened", "frozen", "corrupt");
    /** The kinds that affect the whole state and take no --feed. */
    static final List<String> WHOLE_KINDS = List.of("frozen", "corrupt");
    static final List<String> ACTIONS = List.of("inspect_status", "read_last_price",
            "serve_cached_status", "price_order", "publish_signal", "rebalance_position");

    /** Holds everything that the tests write. */
    static Path base;
    /** Holds a copy of the program and of its fixture. */
    static Path home;
    /** The directory of the test that runs, with healthy.json and stale.json; "@" in a call. */
    static Path dir;
    static String fixture;

    // ---- Tests ----

    /** Makes the directories, with a copy of the program from the working directory. */
    static void open() throws IOException {
        String program = System.getProperty("jdk.launcher.sourcefile", "Freshness.java");
        Path source = Path.of(program).toRealPath();
        base = Files.createTempDirectory("freshness test ").toRealPath();
        home = Files.createDirectories(base.resolve("a home"));
        Files.createDirectory(home.resolve("data"));
        for (String file : List.of("Freshness.java", "data/healthy.json")) {
            Files.copy(source.resolveSibling(file), home.resolve(file));
        }
        System.setProperty("jdk.launcher.sourcefile", home.resolve("Freshness.java").toString());
        fixture = Files.readString(home.resolve("data/healthy.json"));
    }

    /** Deletes what open() made. */
    static void close() throws IOException {
        delete(base);
    }

    /** Runs a test by its name, without the annotation. */
    static void test(String name, Harness.Body body) {
        Harness.run(name, () -> runInDirectory(body));
    }

    /** Runs a test in a directory of its own, and checks that it leaves no temporary files. */
    static void runInDirectory(Harness.Body body) throws Exception {
        dir = Files.createDirectories(base.resolve("its own"));
        write("healthy.json", fixture);
        write("stale.json", fixture.replace(": 11\n", ": 660\n"));
        try {
            body.run();
            checkNothingIsLeft();
        } finally {
            delete(dir);
            Files.writeString(home.resolve("data/healthy.json"), fixture);
        }
    }

    private static void checkNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".tmp")).toList()) {
                equal("files left behind", file, "none");
            }
        }
        if (!Files.readString(home.resolve("data/healthy.json")).equals(fixture)) {
            equal("the bundled fixture", "overwritten", "untouched");
        }
    }

    static void equal(String input, Object got, Object want) {
        Harness.equal(input, got, want);
    }

    /** Returns the two halves of a row: what is before " => ", and what is after it or "". */
    static String[] halves(String row) {
        int arrow = (row + " ").lastIndexOf(" => ");
        String after = arrow + 4 < row.length() ? row.substring(arrow + 4) : "";
        return new String[] {row.substring(0, arrow), after};
    }

    // ---- Calls ----

    /** A standard input that must not be read. */
    static final InputStream UNREAD = new InputStream() {
        @Override public int read() {
            throw new AssertionError("standard input was read");
        }
    };

    /** Run is what one call of the program gave. */
    record Run(String call, int exit, String out, String err) {
        /** Returns the first line of standard output. */
        String head() {
            return out.substring(0, Math.max(0, out.indexOf('\n')));
        }

        Run exits(int want) {
            equal(call, exit == want ? want : exit + "\n" + out + err, want);
            return this;
        }

        /** Checks how standard output begins, what is in it, and that standard error is empty. */
        Run says(String beginning, String... words) {
            return checkReport(out, beginning, words, err);
        }

        /** Checks the same of standard error, whatever is on standard output. */
        Run warns(String beginning, String... words) {
            return checkReport(err, beginning, words, "");
        }

        private Run checkReport(String report, String beginning, String[] words, String other) {
            List<String> missing = new ArrayList<>();
            if (!report.startsWith(beginning)) {
                missing.add(beginning);
            }
            for (String word : words) {
                if (!report.contains(word)) {
                    missing.add(word);
                }
            }
            if (!report.endsWith("\n")) {
                missing.add("a line end");
            }
            String got = missing.isEmpty() ? "" : report;
            equal(call, got + other, String.join(" ... ", missing));
            return this;
        }

        /** Checks the value at a path of the JSON report. */
        Run has(String path, Object want) {
            equal(call + ": " + path, get(path), want);
            return this;
        }

        /** Checks several values of the JSON report: each is "path value", the value as JSON. */
        Run reports(String... facts) {
            for (String fact : facts) {
                String[] pair = fact.split(" ", 2);
                has(pair[0], Reader.read(pair[1].replace('\'', '"')));
            }
            return this;
        }

        /** Checks the names, in order, of the members of the JSON report or of an object in it. */
        void members(String path, String... names) {
            Object object = path.isEmpty() ? Reader.read(out) : get(path);
            List<?> got = List.copyOf(((Map<?, ?>) object).keySet());
            equal(call + ": members " + path, got, List.of(names));
        }

        Object get(String path) {
            return Reader.at(out, path);
        }
    }

    static String lastLine(Run run) {
        return plain(run.out().lines().reduce("", (before, line) -> line));
    }

    /** Calls the program; each "%" in the call stands for the next of the values. */
    static Run run(String call, String... values) {
        return runWith(UNREAD, call, values);
    }

    static Run runWith(InputStream in, String call, String... values) {
        String with = values.length > 0 ? " with " + String.join(", ", values) : "";
        return runThese(in, call + with, arguments(call, values));
    }

    static Run runThese(InputStream in, String call, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Freshness.run(args, in, out, err);
        Run run = new Run(call, exit, out.toString(UTF_8), err.toString(UTF_8));
        checkSound(run);
        return isReplay(args) ? checkMarked(run) : run;
    }

    /** Returns whether the call asks for a verdict by another clock. */
    private static boolean isReplay(String... args) {
        boolean isVerdict = args.length > 0 && List.of("status", "gate").contains(args[0]);
        return isVerdict && Arrays.stream(args).anyMatch(word -> word.matches("--now(=.*)?"));
    }

    /**
     * Checks that each verdict of a replay is marked as one, and returns the run without the marks,
     * so that its rows read like those by the clock on the wall.
     */
    private static Run checkMarked(Run run) {
        for (String stream : List.of(run.out, run.err)) {
            boolean isUnmarked = stream.matches("(?s)(FRESHNESS|GATE) .*");
            boolean isUnmarkedJson = stream.startsWith("{") && !stream.contains(REPLAY_MEMBER);
            equal(run.call + ": is marked as a replay", isUnmarked || isUnmarkedJson, false);
        }
        return new Run(run.call, run.exit, unmarked(run.out), unmarked(run.err));
    }

    /** Returns a verdict without what marks it as a replay. */
    static String unmarked(String text) {
        String mark = "(?m)^(\u001b\\[31m)?REPLAY [0-9T:.+-]+Z: (FRESHNESS|GATE)";
        return text.replaceFirst(mark, "$1$2")
                .replaceFirst("\n" + REPLAY_MEMBER, "");
    }

    private static void checkSound(Run run) {
        String all = run.out + run.err;
        boolean isKnownExit = List.of(0, 2, 3).contains(run.exit);
        boolean isFault = all.contains("\tat ") || run.err.contains("internal error");
        boolean isSound = isKnownExit && !isFault && !all.isEmpty();
        String want = "exit 0, 2 or 3, some output, no internal error, no stack trace";
        equal(run.call, isSound ? want : run.exit + "\n" + all, want);
    }

    /** Returns the words of a call: "@" is the test's directory, "%" the next of the values. */
    static String[] arguments(String call, String... values) {
        List<String> words = new ArrayList<>();
        int next = 0;
        for (String word : call.isEmpty() ? new String[0] : call.split(" ")) {
            words.add(word.contains("%") ? word.replace("%", values[next++]) : at(word));
        }
        return words.toArray(new String[0]);
    }

    /** Returns a word with "@" for the test's directory; "@=" names a copy of that file in it. */
    static String at(String word) {
        if (word.startsWith("@=")) {
            return copy(word.substring(2)).toString();
        }
        return word.replace("@", dir + "/").replace("HOME", home.toString());
    }

    /**
     * Checks that a call is refused: exit 3, one line on standard error with these words, nothing
     * on standard output, and no file written. The last words are the values for each "%".
     */
    static void refused(String call, String... words) {
        int values = call.length() - call.replace("%", "").length();
        int expected = words.length - values;
        String before = snapshot();
        Run run = run(call, Arrays.copyOfRange(words, expected, words.length)).exits(3);
        boolean isOneLine = run.err.indexOf('\n') == run.err.length() - 1;
        boolean isPlain = isOneLine && run.err.startsWith("freshness: ") && silent(run.err);
        String want = "freshness: ... " + String.join(" ... ", words);
        boolean hasWords = true;
        for (String word : Arrays.asList(words).subList(0, expected)) {
            String shown = word.replace("\\", "\\\\").replace("\\\\u007c", "\\u007c");
            hasWords = hasWords && run.err.contains(shown);
        }
        equal(run.call, isPlain && hasWords ? want : run.err, want);
        equal(run.call + ": standard output", run.out, "");
        equal(run.call + ": files", snapshot(), before);
    }

    /**
     * Checks all that a call prints, and that the other stream is empty. A text "freshness: ..."
     * belongs on standard error.
     */
    static void whole(String call, int exit, String text, String... values) {
        Run run = run(call, values).exits(exit);
        boolean isError = text.startsWith("freshness: ");
        equal(run.call(), plain(run.out()), isError ? "" : text);
        equal(run.call() + ": standard error", plain(run.err()), isError ? text : "");
    }

    /** Returns how a JSON report ends if in.json, which is "{", cannot be evaluated at NOW. */
    static String unevaluated(String error) throws Exception {
        return """
              "evaluated_at": "2026-11-22T09:37:00Z",
              "as_of": null,
              "state": "DIR/in.json",
              "state_sha256": "021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96",
              "baseline": "DIR/base.json",
              "baseline_sha256": "SHA256",
              "exit": 3,
              "error": "ERROR",
              "feeds": [
                {"name": "x", "alive": null, "last_tick_age_seconds": null, \
            "max_age_seconds": 90, "freshness_status": "unknown", "safe_to_serve": false, \
            "safe_until": null, "allowed_actions": [], "blocked_actions": ["inspect_status", \
            "read_last_price", "serve_cached_status", "price_order", "publish_signal", \
            "rebalance_position"], \
            "blocked_reason": "the state cannot be evaluated: ERROR", \
            "reason_code": "state_invalid", "alert": "page"}
              ]
            }
            """.replace("SHA256", sha256("base.json")).replace("ERROR", error);
    }

    /** Returns a text with DIR and HOME for the directories of this run. */
    static String plain(String text) {
        return text.replace(dir.toString(), "DIR").replace(home.toString(), "HOME");
    }

    /** Runs a command that the program printed. */
    static Run paste(String command) {
        List<String> words = words(command);
        equal(command, words.subList(0, 2), List.of("java", home + "/Freshness.java"));
        return runThese(UNREAD, command, words.subList(2, words.size()).toArray(new String[0]));
    }

    /** Returns the words of a command as a shell takes them: plain, or in single quotes. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:[^ '\\\\]|'[^']*'|\\\\.)+").matcher(command);
        while (word.find()) {
            words.add(word.group().replace("'\\''", "\0").replace("'", "").replace('\0', '\''));
        }
        return words;
    }

    /** Returns a file of the same bytes, since no file is state and baseline at once. */
    private static Path copy(String name) {
        Path original = dir.resolve(name);
        Path copy = dir.resolve(name.replace(".json", ".base.json"));
        try {
            if (Files.exists(original)) {
                Files.copy(original, copy, StandardCopyOption.REPLACE_EXISTING);
                Files.setLastModifiedTime(copy, YESTERDAY);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }

    // ---- Documents ----

    /** Returns a document with these feeds; members are written "key value, key value". */
    static String document(String members, String... feeds) {
        String top = members(members);
        String comma = top.isEmpty() ? "" : ",";
        return "{" + top + comma + "\"feeds\":[" + String.join(",", feeds) + "]}";
    }

    static String feed(String name, String members) {
        String more = members(members);
        return "{\"name\":\"" + name + "\"" + (more.isEmpty() ? "" : ",") + more + "}";
    }

    /** Returns members as JSON. Some keys have a short form, and a value "-" leaves one out. */
    static String members(String spec) {
        List<String> members = new ArrayList<>();
        for (String member : spec.isEmpty() ? new String[0] : spec.split(", ")) {
            String[] pair = member.split(" ", 2);
            String name = SHORT_KEYS.getOrDefault(pair[0], pair[0]);
            if (!pair[1].equals("-")) {
                members.add("\"" + name + "\":" + pair[1].replace('\'', '"'));
            }
        }
        return String.join(",", members);
    }

    private static final Map<String, String> SHORT_KEYS = Map.of(
            "age", "last_tick_age_seconds", "limit", "max_age_seconds");

    // ---- Files ----

    /** Writes a file dated yesterday: one that was only just written is read more slowly. */
    static void write(String name, String text) throws IOException {
        Path file = Files.writeString(dir.resolve(name), text);
        Files.setLastModifiedTime(file, YESTERDAY);
    }

    static String read(String name) throws IOException {
        return Files.readString(dir.resolve(name));
    }

    static String sha256(String name) throws Exception {
        byte[] content = Files.readAllBytes(dir.resolve(name));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    /** Returns every file there is, with what it holds. */
    static String snapshot() {
        StringBuilder snapshot = new StringBuilder();
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted().toList()) {
                snapshot.append(file).append(": ").append(content(file)).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return snapshot.toString();
    }

    private static String content(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return Files.readSymbolicLink(file).toString();
        }
        return Files.isRegularFile(file) ? Files.readString(file, ISO_8859_1) : "";
    }

    /** Makes files that nothing must be written to. in.json is stale, base.json the fixture. */
    static void oddFiles() throws Exception {
        write("in.json", read("stale.json"));
        write("base.json", fixture);
        Files.createDirectory(dir.resolve("sub"));
        Files.createLink(dir.resolve("hard.json"), dir.resolve("in.json"));
        Files.createLink(dir.resolve("hardbase.json"), dir.resolve("base.json"));
        Files.createSymbolicLink(dir.resolve("linked"), dir);
        Files.createSymbolicLink(dir.resolve("soft.json"), dir.resolve("in.json"));
        write("sub/old.json", "old");
        Files.createSymbolicLink(dir.resolve("soft-old.json"), dir.resolve("sub/old.json"));
        Files.createSymbolicLink(dir.resolve("dangling.json"), dir.resolve("nowhere.json"));
        // A copy of /dev/null, not the machine's own: a faulty program run by root would replace
        // that one.
        String make = "mkfifo fifo && { mknod device c 1 3 2>/dev/null || mkfifo device; }";
        Process shell = new ProcessBuilder("sh", "-c", make).directory(dir.toFile()).start();
        equal(make, shell.waitFor(), 0);
    }

    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.toList()) {
                    delete(file);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    // ---- Decisions ----

    /** Returns the verdicts on all feeds, and checks that each is the same if asked for alone. */
    static String decided(String baseline, String state, String now) {
        Freshness.Decision decision = decision(baseline, state, now);
        for (Freshness.Verdict verdict : decision.all()) {
            String name = verdict.name();
            equal("the verdict on " + name + " alone, of " + state, decision.of(name), verdict);
        }
        return shown(decision.all());
    }

    static Freshness.Decision decision(String baseline, String state, String now) {
        return new Freshness.Decision(state(baseline, true), state(state, false), null,
                Instant.parse(now), 0);
    }

    /** Returns verdicts as "name reason alert age/limit"; a contradiction in one is shown. */
    static String shown(List<Freshness.Verdict> verdicts) {
        List<String> shown = new ArrayList<>();
        for (Freshness.Verdict verdict : verdicts) {
            shown.add(verdict.name() + " " + verdict.reason() + " " + verdict.alert() + " "
                    + shown(verdict.ageNanos()) + "/" + shown(verdict.limitNanos())
                    + (isSound(verdict) ? "" : " CONTRADICTS ITSELF"));
        }
        return String.join(", ", shown);
    }

    private static boolean isSound(Freshness.Verdict verdict) {
        boolean isFresh = verdict.reason() == Freshness.Reason.fresh;
        boolean isPaged = verdict.alert() == Freshness.Alert.page;
        boolean isSilent = verdict.silence() != null || verdict.isExcused();
        boolean hasSentence = !verdict.sentence(Freshness.Figures.EXACT).isEmpty();
        return verdict.isSafe() == isFresh && isPaged == !(isFresh || isSilent) && hasSentence;
    }

    /** Returns a time in seconds, exactly; a question mark if there is none. */
    static String shown(long nanos) {
        if (Freshness.Time.seconds(nanos) == null) {
            return "?";
        }
        return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    static Freshness.State state(String text, boolean asBaseline) {
        Freshness.Role role = asBaseline ? Freshness.Role.baseline : Freshness.Role.state;
        return Freshness.State.of(Freshness.Document.of("test", text), role);
    }

    // ---- Commands and options ----

    /** For each command a call that works, without the options that may be left out. */
    static final Map<String, String> CALLS = new LinkedHashMap<>();
    /** The options of each command. */
    static final Map<String, String> OPTIONS = new LinkedHashMap<>();
    /** For each option a value that it takes. */
    static final Map<String, String> VALUES = new LinkedHashMap<>();

    static {
        CALLS.put("status", "status");
        CALLS.put("gate", "gate --feed alpha --state @healthy.json");
        CALLS.put("scenario", "scenario stale --feed bravo --output @out.json");
        CALLS.put("recover", "recover --feed bravo --state @stale.json --output @out.json");
        CALLS.put("smoke", "smoke");
        CALLS.put("doctor", "doctor");
        OPTIONS.put("status", "--state --baseline --format --output --watch --color --now");
        OPTIONS.put("gate", "--feed --state --action --baseline --max-age-seconds"
                + " --valid-for --at-least --record --format --watch --now");
        OPTIONS.put("scenario", "--feed --output --state --age-seconds --format --now");
        OPTIONS.put("recover",
                "--feed --state --output --age-seconds --record --baseline --format --now");
        OPTIONS.put("smoke", "--format");
        OPTIONS.put("doctor", "--baseline --state --format");
        for (String pair : List.of("--state @healthy.json", "--baseline @healthy.json",
                "--format json", "--output @out.json", "--watch 1", "--color never",
                "--now " + NOW, "--feed bravo", "--action price_order", "--age-seconds 91",
                "--record @record", "--max-age-seconds 50", "--valid-for 1", "--at-least 1")) {
            VALUES.put(pair.split(" ")[0], pair.split(" ")[1]);
        }
    }

    /** Full is a standard output that accepts so many bytes and no more, like a full disk. */
    static final class Full extends OutputStream {
        private int room;

        Full(int room) {
            this.room = room;
        }

        @Override public void write(int b) throws IOException {
            if (room <= 0) {
                throw new IOException("No space left on device");
            }
            room--;
        }
    }

    private static final Set<Integer> ACTING_CATEGORIES = Set.of((int) Character.CONTROL,
            (int) Character.FORMAT, (int) Character.LINE_SEPARATOR,
            (int) Character.PARAGRAPH_SEPARATOR, (int) Character.SURROGATE);

    /** Returns whether no character of it acts on a terminal. */
    static boolean silent(String text) {
        return text.codePoints()
                .allMatch(c -> c == '\n' || !ACTING_CATEGORIES.contains(Character.getType(c)));
    }

    /** Returns the actions that are allowed on a feed of that status. */
    static List<String> allowed(String status) {
        int count = switch (status) {
            case "fresh" -> 6;
            case "stale" -> 3;
            case "unknown" -> 1;
            default -> throw new IllegalArgumentException(status);
        };
        return ACTIONS.subList(0, count);
    }
}
