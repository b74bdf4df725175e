import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Judge is an independent second opinion on Freshness, written from the contract's tables. It
 * shares no code with the program.
 *
 * <pre>
 *     java -cp DIR Judge [STATES [SEED]]          generated states, a sample of damaged files, one
 *                                                 of combinations for one feed, and calendars
 *     java -cp DIR Judge COUNT SEED FIRST         these states of that seed, printed in full
 *     java -cp DIR Judge bytes [SEED]             every truncation, deletion and telling byte of
 *                                                 the fixture and of the scenarios
 *     java -cp DIR Judge combinations [N]         every combination for one feed, or of one state
 *                                                 in N: a prime that divides no count of values
 *     java -cp DIR Judge exhaustive               every combination for one feed, of the rarer
 *                                                 classes too (some minutes)
 *     java -cp DIR Judge documents STATES [SEED]  judges nothing: shows what the program says of
 *                                                 documents, for other readers of them
 * </pre>
 *
 * JudgeGenerator makes a baseline and a state as trees, spoils them, and writes them as bytes.
 * JudgeRules decides from the trees, the program from the files, and JudgeComparer holds one
 * against the other in text, JSON, Prometheus and gate. Any difference is a failure; "safe, and the
 * judge says no" is shown first. State number I comes from SEED and I alone. Exit 0 only if
 * everything agrees.
 */
final class Judge {
    private static final long DEFAULT_SEED = 20261122;
    private static final int DEFAULT_STATES = 1500;
    private static final int SAMPLED_FILES = 500;
    private static final int STATES_PER_CALENDAR = 5;
    /** So many states must meet every kind: fewer may miss one by chance. */
    private static final int TELLING_STATES = 1000;

    private final Path directory;
    private final JudgeComparer comparer;
    private final long seed;
    private boolean agrees = true;

    private Judge(Path directory, long seed) {
        this.directory = directory;
        this.seed = seed;
        comparer = new JudgeComparer(directory);
    }

    // ---- Main ----

    public static void main(String... args) throws IOException {
        String mode = "states";
        List<String> rest = new ArrayList<>(Arrays.asList(args));
        List<String> modes = List.of("bytes", "combinations", "exhaustive", "documents");
        if (!rest.isEmpty() && modes.contains(rest.get(0))) {
            mode = rest.get(0);
        }
        boolean hasCount = mode.equals("states") || mode.equals("documents");
        if (mode.equals("documents")) {
            rest.remove(0);
        }
        int step = 1;
        if (mode.equals("combinations") && rest.size() > 1) {
            step = Integer.parseInt(rest.remove(1));
        }
        long seed = rest.size() > 1 ? Long.parseLong(rest.get(1)) : DEFAULT_SEED;
        int states = DEFAULT_STATES;
        if (hasCount && !rest.isEmpty()) {
            states = Integer.parseInt(rest.get(0));
        }
        System.out.println("# seed " + seed);
        Path directory = Files.createTempDirectory("judge");
        Judge judge = new Judge(directory, seed);
        try {
            switch (mode) {
                case "documents" -> judge.showDocuments(states);
                case "bytes" -> judge.judgeBytes(true);
                case "combinations" -> judge.report(
                        JudgeExhaustive.judge(false, step));
                case "exhaustive" -> judge.report(
                        JudgeExhaustive.judge(true, 1));
                default -> judge.judgeAll(states, rest);
            }
        } finally {
            judge.delete();
        }
        System.exit(judge.agrees ? 0 : 1);
    }

    private void judgeAll(int states, List<String> args) throws IOException {
        if (args.size() > 2) {
            judgeStates(states, Integer.parseInt(args.get(2)), true);
            return;
        }
        judgeStates(states, 0, false);
        judgeBytes(false);
        report(JudgeExhaustive.judge(false, JudgeExhaustive.SAMPLED_STATES));
        report(JudgeCalendar.judge(states / STATES_PER_CALENDAR, seed));
    }

    private void report(boolean isAgreed) {
        agrees = agrees && isAgreed;
    }

    private void delete() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    // ---- Generated states ----

    private JudgeGenerator generated(int i) {
        // Neighbouring seeds begin alike: the odd factor spreads them.
        return new JudgeGenerator(new Random((seed * 1_000_003 + i) * 0x9E3779B97F4A7C15L));
    }

    private void judgeStates(int states, int first, boolean isPrinted) throws IOException {
        List<JudgeCase> cases = new ArrayList<>();
        Map<String, Integer> met = new TreeMap<>();
        for (int i = first; i < first + states; i++) {
            JudgeGenerator made = generated(i);
            JudgeRules.Decision want = JudgeRules.decide(made.baselineTree, made.stateTree,
                    made.now);
            JudgeCase one = new JudgeCase("Judge 1 " + seed + " " + i + ", --now " + made.now
                    + ", state " + text(made.stateBytes) + ", baseline "
                    + text(made.baselineBytes), want);
            if (isPrinted) {
                System.out.println("# " + one.input() + "\n# judge: " + want);
            }
            // A judge that decides otherwise from the bytes that it wrote is itself at fault.
            one.same("JUDGE AT FAULT", JudgeRules.decide(Reader.parse(made.baselineBytes),
                    Reader.parse(made.stateBytes), made.now), want);
            comparer.compare(one, made.baselineBytes, made.stateBytes, made.baselineTree,
                    made.stateTree, made.now, made.random);
            cases.add(one);
            for (String kind : JudgeKinds.met(made.baselineTree, made.stateTree, made.now, want)) {
                met.merge(kind, 1, Integer::sum);
            }
            for (String kind : JudgeKinds.verdicts(want)) {
                met.merge(kind, 1, Integer::sum);
            }
        }
        report(JudgeCase.report("judge: " + states + " states agree in text, json, prometheus and"
                + " gate (" + JudgeKinds.summary(met) + ")", cases));
        System.out.println("# judged: " + met);
        if (states >= TELLING_STATES) {
            JudgeCase coverage = new JudgeCase("seed " + seed, null);
            JudgeKinds.ALL.forEach(kind -> coverage.same(kind, met.containsKey(kind), true));
            report(JudgeCase.report("judge: every kind of verdict was met", List.of(coverage)));
        }
    }

    // ---- Documents for other readers ----

    /**
     * Shows the documents of standard input, and then those of the generator: "state" or
     * "baseline", the exit code of status, the bytes in Base64. Standard input has the same lines
     * without the code. Code 3 is a document that is invalid as a whole: a state is judged by a
     * sound baseline, and a baseline by itself.
     */
    private void showDocuments(int states) throws IOException {
        List<String> lines = new ArrayList<>(text(System.in.readAllBytes()).lines().toList());
        Base64.Encoder base64 = Base64.getEncoder();
        for (int i = 0; i < states; i++) {
            JudgeGenerator made = generated(i);
            lines.add("state " + base64.encodeToString(made.stateBytes));
            lines.add("baseline " + base64.encodeToString(made.baselineBytes));
        }
        Path sound = Files.writeString(directory.resolve("sound"), FIXTURE);
        Path document = directory.resolve("document");
        for (String line : lines) {
            String[] words = line.split(" ");
            Files.write(document, Base64.getDecoder().decode(words[1]));
            List<String> files = List.of("--baseline", document.toString(),
                    "--state", sound.toString());
            if (words[0].equals("state")) {
                files = List.of("--baseline", sound.toString(), "--state", document.toString());
            }
            JudgeCase one = new JudgeCase(line, null);
            int exit = JudgeComparer.run(one, new byte[0], files, "status").exit();
            System.out.println(words[0] + " " + (one.agrees() ? exit : -1) + " " + words[1]);
        }
    }

    // ---- The fixture and the scenarios, damaged one byte at a time ----

    private static final Instant NOW = Instant.parse("2026-11-22T09:37:00Z");
    private static final String FIXTURE = """
            {
              "max_age_seconds": 90,
              "feeds": [
                { "name": "alpha", "alive": true, "last_tick_age_seconds": 8 },
                { "name": "bravo", "alive": true, "last_tick_age_seconds": 11 },
                { "name": "charlie", "alive": true, "last_tick_age_seconds": 7 }
              ]
            }
            """;
    private static final int CUT = -1;
    private static final int DELETED = -2;

    private void judgeBytes(boolean isEvery) throws IOException {
        Random random = new Random(seed);
        List<JudgeCase> cases = new ArrayList<>();
        Map<String, byte[]> documents = documents(cases);
        byte[] fixture = documents.get("healthy");
        int places = 0;
        for (byte[] document : documents.values()) {
            places += document.length;
        }
        for (String name : documents.keySet()) {
            String text = new String(documents.get(name), ISO_8859_1);
            for (int at = 0; at <= text.length(); at++) {
                int[] changes = changes(at == text.length(), random);
                int tries = places * changes.length;
                for (int change : changes) {
                    boolean isLast = at == text.length();
                    if (isEvery || isLast || random.nextInt(tries) < SAMPLED_FILES) {
                        cases.add(damaged(name, text, at, change, fixture, random));
                    }
                }
            }
        }
        long safe = cases.stream()
                .filter(one -> one.decision() != null && one.decision().exit() == 0).count();
        String extent = isEvery ? "every truncation, deletion and telling byte"
                : "a sample of damages";
        report(JudgeCase.report("bytes: " + cases.size() + " files agree (" + extent + " of "
                + documents.size() + " documents; " + safe + " still eligible)", cases));
    }

    /** Returns the fixture and each scenario that the program makes of it, by their names. */
    private Map<String, byte[]> documents(List<JudgeCase> cases) throws IOException {
        Path bundled = Path.of("data/healthy.json");
        byte[] fixture = FIXTURE.getBytes(UTF_8);
        if (Files.exists(bundled)) {
            fixture = Files.readAllBytes(bundled);
        }
        Path start = Files.write(directory.resolve("healthy"), fixture);
        Map<String, byte[]> documents = new LinkedHashMap<>(Map.of("healthy", fixture));
        for (String kind : List.of("stale", "unknown", "down", "missing", "skewed", "loosened",
                "frozen", "corrupt")) {
            Path file = directory.resolve(kind);
            List<String> options = new ArrayList<>(List.of("--state", start.toString(),
                    "--output", file.toString(), "--now", NOW.toString()));
            if (!kind.equals("frozen") && !kind.equals("corrupt")) {
                options.addAll(List.of("--feed", "bravo"));
            }
            JudgeCase made = new JudgeCase("scenario " + kind, null);
            made.same("exit", JudgeComparer.run(made, new byte[0], options, "scenario", kind)
                    .exit(), 0);
            made.same("the file was written", Files.exists(file), true);
            documents.put(kind, Files.exists(file) ? Files.readAllBytes(file) : fixture);
            cases.add(made);
        }
        return documents;
    }

    /** Returns what to do at a place; at the end there is only to cut, which changes nothing. */
    private static int[] changes(boolean isEnd, Random random) {
        if (isEnd) {
            return new int[] {CUT};
        }
        return new int[] {CUT, DELETED, random.nextInt(256), '"', '}', ']', ',', '0', '9', 'e',
            '-', ' ', 0, 0xff, '\\'};
    }

    private JudgeCase damaged(String name, String text, int at, int change, byte[] fixture,
            Random random) throws IOException {
        String damaged = text.substring(0, at);
        String what = "cut here";
        if (change == DELETED) {
            damaged += text.substring(at + 1);
            what = "deleted";
        } else if (change != CUT) {
            damaged += (char) change + text.substring(at + 1);
            what = "to " + change;
        }
        byte[] bytes = damaged.getBytes(ISO_8859_1);
        // A damaged fixture is the state or, one time in three, the baseline of a healthy state.
        boolean isBaseline = name.equals("healthy") && random.nextInt(3) == 0;
        byte[] baseline = isBaseline ? bytes : fixture;
        byte[] state = isBaseline ? fixture : bytes;
        Node baselineTree = Reader.parse(baseline);
        Node stateTree = Reader.parse(state);
        JudgeCase one = new JudgeCase(name + (isBaseline ? " as the baseline" : "") + ", byte "
                + at + " " + what + ": " + damaged,
                JudgeRules.decide(baselineTree, stateTree, NOW));
        comparer.compare(one, baseline, state, baselineTree, stateTree, NOW, random);
        return one;
    }
}
