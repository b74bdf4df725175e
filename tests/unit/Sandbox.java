import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
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
 * Sandbox is what the test classes share: a directory of their own, calls of the program in this process, and a second reader
 * of JSON.
 *
 * Most tests are a table: a row is one string, the input before " => " and what is wanted behind it. JSON is written
 * with ' for " where that is shorter. Files live in a temporary directory with spaces in its name: each test has one of its
 * own, and the program under test believes to stand beside them, so that no fault of it can reach the repository.
 */
abstract class Sandbox {
    static final String NOW = "2026-11-22T09:37:00Z";
    private static final FileTime YESTERDAY = FileTime.from(Instant.now().minusSeconds(86_400));
    static final List<String> KINDS = List.of("stale", "unknown", "down", "missing", "skewed", "loosened", "frozen", "corrupt");
    static final List<String> ACTIONS = List.of("inspect_status", "read_last_price", "serve_cached_status",
            "price_order", "publish_signal", "rebalance_position");

    /** Holds a copy of the program and of its fixture, and one directory for each test. */
    static Path base;
    static Path home;
    /** The directory of the test that runs; "@name" in a call is a file in it. healthy.json and stale.json are there already. */
    static Path dir;
    static String fixture;

    /** Makes the directory, with a copy of the program from the working directory, that all tests run in. */
    static void open() throws IOException {
        Path source = Path.of(System.getProperty("jdk.launcher.sourcefile", "Freshness.java")).toRealPath();
        base = Files.createTempDirectory("freshness test ").toRealPath();
        home = Files.createDirectories(base.resolve("a home"));
        Files.createDirectory(home.resolve("data"));
        for (String file : List.of("Freshness.java", "data/healthy.json")) {
            Files.copy(source.resolveSibling(file), home.resolve(file));
        }
        System.setProperty("jdk.launcher.sourcefile", home.resolve("Freshness.java").toString());
        fixture = Files.readString(home.resolve("data/healthy.json"));
    }

    // ---- Tests ----

    /** Deletes what open() made. */
    static void close() throws IOException {
        delete(base);
    }

    /** Runs a test by its name, without the annotation. */
    static void test(String name, Harness.Body body) {
        Harness.run(name, () -> runInDirectory(body));
    }

    /** Runs a test in a directory of its own, and looks for temporary files that were left there. */
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

    /** A standard input that must not be read. */
    static final InputStream UNREAD = new InputStream() {
        @Override public int read() {
            throw new AssertionError("standard input was read");
        }
    };

    /** What one call of the program gave. */
    record Run(String call, int exit, String out, String err) {
        String head() {
            return out.substring(0, Math.max(0, out.indexOf('\n')));
        }

        Run exits(int want) {
            equal(call, exit == want ? want : exit + "\n" + out + err, want);
            return this;
        }

        /** The report on standard output begins with that, and has these words; standard error has nothing. */
        Run says(String beginning, String... words) {
            return said(out, beginning, words, err);
        }

        /** The same of standard error, whatever is on standard output. */
        Run warns(String beginning, String... words) {
            return said(err, beginning, words, "");
        }

        private Run said(String report, String beginning, String[] words, String other) {
            boolean all = report.startsWith(beginning) && report.endsWith("\n") && other.isEmpty();
            for (String word : words) {
                all &= report.contains(word);
            }
            equal(call, all ? "" : report + other, all ? "" : beginning + " ... " + String.join(" ... ", words));
            return this;
        }

        /** The JSON report has that value there. */
        Run has(String path, Object want) {
            equal(call + ": " + path, get(path), want);
            return this;
        }

        /** The same of several places: each is "path value", the value as JSON. */
        Run reports(String... facts) {
            for (String fact : facts) {
                String[] pair = fact.split(" ", 2);
                has(pair[0], Reader.read(pair[1].replace('\'', '"')));
            }
            return this;
        }

        /** The members of the JSON report, or of the object at that path, in their order. */
        void members(String path, String... names) {
            Object object = path.isEmpty() ? Reader.read(out) : get(path);
            equal(call + ": members " + path, ((Map<?, ?>) object).keySet().stream().toList(), List.of(names));
        }

        Object get(String path) {
            return Reader.at(out, path);
        }
    }

    static String lastLine(Run run) {
        return plain(run.out().lines().reduce("", (before, line) -> line));
    }

    static Run run(String call, String... values) {
        return runWith(UNREAD, call, values);
    }

    static Run runWith(InputStream in, String call, String... values) {
        return runThese(in, call + (values.length > 0 ? " with " + String.join(", ", values) : ""), arguments(call, values));
    }

    static Run runThese(InputStream in, String call, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Freshness.run(args, in, out, err);
        Run run = new Run(call, exit, out.toString(UTF_8), err.toString(UTF_8));
        boolean sound = List.of(0, 2, 3).contains(exit) && !(run.out + run.err).contains("\tat ") && !run.err.contains("internal error")
                && !(run.out + run.err).isEmpty();
        equal(call, sound ? "" : exit + "\n" + run.out + run.err, sound ? "" : "exit 0, 2 or 3, some output, no internal error, no stack trace");
        return run;
    }

    /** The words of a call: "@" stands for the test's directory, each "%" for the next of the values. */
    static String[] arguments(String call, String... values) {
        List<String> words = new ArrayList<>();
        int next = 0;
        for (String word : call.isEmpty() ? new String[0] : call.split(" ")) {
            words.add(word.contains("%") ? word.replace("%", values[next++]) : at(word));
        }
        return words.toArray(new String[0]);
    }

    static String at(String word) {
        return word.replace("@", dir + "/").replace("HOME", home.toString());
    }

    /**
     * A call that must be refused: exit 3, one line on standard error with these words, nothing on standard output, and no file
     * written. The last of the words are the values for each "%" in the call.
     */
    static void refused(String call, String... words) {
        int values = call.length() - call.replace("%", "").length();
        String before = snapshot();
        Run run = run(call, Arrays.copyOfRange(words, words.length - values, words.length)).exits(3);
        boolean all = run.err.startsWith("freshness: ") && run.err.indexOf('\n') == run.err.length() - 1 && silent(run.err);
        for (String word : Arrays.asList(words).subList(0, words.length - values)) {
            all &= run.err.contains(word.replace("\\", "\\\\").replace("\\\\u007c", "\\u007c"));
        }
        equal(run.call, all ? "" : run.err, all ? "" : "freshness: ... " + String.join(" ... ", words));
        equal(run.call + ": standard output", run.out, "");
        equal(run.call + ": files", snapshot(), before);
    }

    /** A call that prints that text, all of it, and nothing to the other stream: to standard error if it is "freshness: ...". */
    static void whole(String call, int exit, String text, String... values) {
        Run run = run(call, values).exits(exit);
        equal(run.call(), plain(run.out()), text.startsWith("freshness: ") ? "" : text);
        equal(run.call() + ": standard error", plain(run.err()), text.startsWith("freshness: ") ? text : "");
    }

    /** A text with DIR and HOME for the directories of this run. */
    static String plain(String text) {
        return text.replace(dir.toString(), "DIR").replace(home.toString(), "HOME");
    }

    /** Runs a command that the program printed. */
    static Run paste(String command) {
        List<String> words = words(command);
        equal(command, words.subList(0, 2), List.of("java", home + "/Freshness.java"));
        return runThese(UNREAD, command, words.subList(2, words.size()).toArray(new String[0]));
    }

    /** The words of a command as a shell takes them, with plain and single-quoted text. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:[^ '\\\\]|'[^']*'|\\\\.)+").matcher(command);
        while (word.find()) {
            words.add(word.group().replace("'\\''", "\0").replace("'", "").replace('\0', '\''));
        }
        return words;
    }

    /** A document with these members and feeds; members are written "key value, key value", with a few short keys. */
    static String document(String members, String... feeds) {
        String top = members(members);
        return "{" + top + (top.isEmpty() ? "" : ",") + "\"feeds\":[" + String.join(",", feeds) + "]}";
    }

    static String feed(String name, String members) {
        String more = members(members);
        return "{\"name\":\"" + name + "\"" + (more.isEmpty() ? "" : ",") + more + "}";
    }

    /** A value "-" leaves its member out. */
    static String members(String spec) {
        List<String> members = new ArrayList<>();
        for (String member : spec.isEmpty() ? new String[0] : spec.split(", ")) {
            String[] pair = member.split(" ", 2);
            String name = pair[0].equals("age") ? "last_tick_age_seconds" : pair[0].equals("limit") ? "max_age_seconds" : pair[0];
            if (!pair[1].equals("-")) {
                members.add("\"" + name + "\":" + pair[1].replace('\'', '"'));
            }
        }
        return String.join(",", members);
    }

    /** Writes a file of yesterday: one that was written only just now is read more slowly. */
    static void write(String name, String text) throws IOException {
        Path file = Files.writeString(dir.resolve(name), text);
        Files.setLastModifiedTime(file, YESTERDAY);
    }

    static String read(String name) throws IOException {
        return Files.readString(dir.resolve(name));
    }

    static String sha256(String name) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(dir.resolve(name))));
    }

    /** Every file there is, with what it holds. */
    static String snapshot() {
        StringBuilder snapshot = new StringBuilder();
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted().toList()) {
                snapshot.append(file).append(": ").append(Files.isSymbolicLink(file) ? Files.readSymbolicLink(file)
                        : Files.isRegularFile(file) ? Files.readString(file, ISO_8859_1) : "").append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return snapshot.toString();
    }

    /** Files that nothing must be written to: in.json is stale, base.json the fixture, and the others are what their names say. */
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
        // The device is like /dev/null, and our own: a faulty program that root runs would replace the one of the machine.
        String make = "mkfifo fifo && { mknod device c 1 3 2>/dev/null || mkfifo device; }";
        equal(make, new ProcessBuilder("sh", "-c", make).directory(dir.toFile()).start().waitFor(), 0);
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

    /** A second reader of JSON, for what the program prints: objects as maps in their order, numbers as BigDecimal. */
    static final class Reader {
        private static final Pattern TOKEN = Pattern.compile(
                "\\s*(\"((?:[^\"\\\\\\x00-\\x1f]|\\\\.)*)\"|-?[0-9][-+.0-9eE]*|true|false|null|[\\[\\]{},:])\\s*");
        private final Matcher token;
        private final String text;
        private int at;

        private Reader(String text) {
            this.text = text;
            token = TOKEN.matcher(text);
        }

        static Object read(String text) {
            Reader reader = new Reader(text);
            Object value = reader.value(reader.next());
            if (reader.at != text.length()) {
                throw new IllegalArgumentException("not the end of the JSON: " + text.substring(reader.at));
            }
            return value;
        }

        /** The value at a path like "feeds.1.name"; "(absent)" where there is none. */
        static Object at(String text, String path) {
            Object value = read(text);
            for (String step : path.split("\\.")) {
                if (value instanceof List<?> list) {
                    value = Integer.parseInt(step) < list.size() ? list.get(Integer.parseInt(step)) : "(absent)";
                } else {
                    value = value instanceof Map<?, ?> map && map.containsKey(step) ? map.get(step) : "(absent)";
                }
            }
            return value;
        }

        private String next() {
            if (!token.find(at) || token.start() != at) {
                throw new IllegalArgumentException("no JSON: " + text.substring(at, Math.min(text.length(), at + 200)));
            }
            at = token.end();
            return token.group(1);
        }

        private Object value(String first) {
            switch (first.charAt(0)) {
                case '{', '[' -> {
                    Map<String, Object> members = new LinkedHashMap<>();
                    List<Object> items = new ArrayList<>();
                    for (String each = next(); !each.equals("}") && !each.equals("]");) {
                        if (first.equals("[")) {
                            items.add(value(each));
                        } else if (!next().equals(":") || members.put((String) value(each), value(next())) != null) {
                            throw new IllegalArgumentException("no member of its own: " + each);
                        }
                        each = next();
                        each = each.equals(",") ? next() : each;
                    }
                    return first.equals("{") ? members : items;
                }
                case '"' -> {
                    return unescaped(first.substring(1, first.length() - 1));
                }
                case 't', 'f' -> {
                    return first.equals("true");
                }
                case 'n' -> {
                    return null;
                }
                default -> {
                    return new BigDecimal(first);
                }
            }
        }

        private static String unescaped(String inside) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < inside.length(); i++) {
                boolean escape = inside.charAt(i) == '\\';
                char c = inside.charAt(escape ? ++i : i);
                text.append(!escape ? c : c == 'u' ? (char) Integer.parseInt(inside.substring(i + 1, i + 5), 16)
                        : "\b\f\n\r\t\"\\/".charAt("bfnrt\"\\/".indexOf(c)));
                i += escape && c == 'u' ? 4 : 0;
            }
            return text.toString();
        }
    }

    // ---- Decisions ----

    static String decided(String baseline, String state, String now) {
        Freshness.Decision decision = new Freshness.Decision(state(baseline, true), state(state, false), null, Instant.parse(now), 0);
        for (Freshness.Verdict verdict : decision.all()) {
            equal("the verdict on " + verdict.name() + " alone, of " + state, decision.of(verdict.name()), verdict);
        }
        return shown(decision.all());
    }

    /** Verdicts as "name reason alert age/limit"; one that contradicts itself is shown as such. */
    static String shown(List<Freshness.Verdict> verdicts) {
        List<String> shown = new ArrayList<>();
        for (Freshness.Verdict v : verdicts) {
            boolean fresh = v.reason().name().equals("fresh");
            boolean sound = v.isSafe() == fresh && fresh != v.alert().name().equals("page") && !v.sentence().isEmpty();
            shown.add(v.name() + " " + v.reason() + " " + v.alert() + " " + shown(v.ageNanos()) + "/"
                    + shown(v.limitNanos()) + (sound ? "" : " CONTRADICTS ITSELF"));
        }
        return String.join(", ", shown);
    }

    /** A time in seconds, exactly; a question mark where there is none. */
    static String shown(long nanos) {
        return Freshness.Time.seconds(nanos) == null ? "?" : BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    static Freshness.State state(String text, boolean asBaseline) {
        return Freshness.State.of(Freshness.Document.of("test", text), asBaseline ? Freshness.Role.baseline : Freshness.Role.state);
    }

    /** A call of each command that works, without the options that may be left out. */
    static final Map<String, String> CALLS = new LinkedHashMap<>();
    /** The options of each command, and a value that each takes. */
    static final Map<String, String> OPTIONS = new LinkedHashMap<>();
    static final Map<String, String> VALUES = new LinkedHashMap<>();

    static {
        CALLS.put("status", "status");
        CALLS.put("gate", "gate --feed alpha --state @healthy.json");
        CALLS.put("scenario", "scenario stale --feed bravo --output @out.json");
        CALLS.put("recover", "recover --feed bravo --state @stale.json --output @out.json");
        CALLS.put("smoke", "smoke");
        CALLS.put("doctor", "doctor");
        OPTIONS.put("status", "--state --baseline --format --output --watch --color --now");
        OPTIONS.put("gate", "--feed --state --action --baseline --format --watch --now");
        OPTIONS.put("scenario", "--feed --output --state --age-seconds --format --now");
        OPTIONS.put("recover", "--feed --state --output --age-seconds --record --baseline --format --now");
        OPTIONS.put("smoke", "--format");
        OPTIONS.put("doctor", "--baseline --state --format");
        for (String pair : List.of("--state @healthy.json", "--baseline @healthy.json", "--format json", "--output @out.json", "--watch 1",
                "--color never", "--now " + NOW, "--feed bravo", "--action price_order", "--age-seconds 91", "--record @record")) {
            VALUES.put(pair.split(" ")[0], pair.split(" ")[1]);
        }
    }

    /** Standard output that takes so many bytes and then is a full disk or a closed pipe. */
    static final class Full extends OutputStream {
        private int room;

        Full(int room) {
            this.room = room;
        }

        @Override public void write(int b) throws IOException {
            if (--room < 0) {
                throw new IOException("No space left on device");
            }
        }
    }

    /** Whether no character of it acts on a terminal. */
    static boolean silent(String text) {
        return text.codePoints().allMatch(c -> c == '\n' || !Set.of(Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR, Character.SURROGATE).contains((byte) Character.getType(c)));
    }

    /** What work may do with a feed of that status. */
    static List<String> allowed(String status) {
        return ACTIONS.subList(0, Map.of("fresh", 6, "stale", 3, "unknown", 1).get(status));
    }
}
