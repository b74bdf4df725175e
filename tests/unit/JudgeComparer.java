import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/** JudgeComparer asks the program in each of its forms, and compares with the judge's decision. */
final class JudgeComparer {
    private static final long MAX_NANOS = 10_000_000_000L;
    private static final List<String> ROW = List.of("name", "alive", "last_tick_age_seconds",
            "max_age_seconds", "freshness_status", "safe_to_serve", "safe_until",
            "allowed_actions", "blocked_actions", "blocked_reason", "reason_code", "alert");
    private static final List<String> FAMILIES = List.of("alive", "safe_to_serve", "page",
            "last_tick_age_seconds", "max_age_seconds", "last_tick_timestamp_seconds",
            "heartbeat_age_seconds", "safe_until_timestamp_seconds", "info");

    /** Run is what one call of the program gave. */
    record Run(int exit, String out) { }

    private final Path directory;

    JudgeComparer(Path directory) {
        this.directory = directory;
    }

    // ---- Calls ----

    /** Compares all that the program says of two documents, and of their trees, at an instant. */
    void compare(JudgeCase one, byte[] baseline, byte[] state, Node baselineTree, Node stateTree,
            Instant now, Random random) throws IOException {
        String baselineFile = Files.write(directory.resolve("baseline"), baseline).toString();
        String stateFile = Files.write(directory.resolve("state"), state).toString();
        List<String> options = List.of("--baseline", baselineFile, "--now", now.toString());
        List<String> files = new ArrayList<>(options);
        files.addAll(List.of("--state", stateFile));
        List<String> piped = new ArrayList<>(options);
        piped.add("--state=-");

        compareText(one, run(one, state, files, "status"), now);
        List<String> read = random.nextInt(4) == 0 ? piped : files;
        Run json = run(one, state, read, "status", "--format", "json");
        compareJson(one, json, baselineTree, stateTree, now);
        comparePrometheus(one, run(one, state, files, "status", "--format=prometheus"), now);
        compareGate(one, state, files, stateTree, now, random);
    }

    /** Runs a command, and checks what holds for each. */
    static Run run(JudgeCase one, byte[] in, List<String> files, String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(files);
        String what = String.join(" ", command);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        long start = System.nanoTime();
        int exit = -1;
        try {
            exit = Freshness.run(args.toArray(new String[0]), new ByteArrayInputStream(in), out,
                    err);
        } catch (RuntimeException | Error e) {
            one.same(what, e, "an exit code");
        }
        boolean isSlow = System.nanoTime() - start > MAX_NANOS;
        String all = "\n" + out.toString(UTF_8) + "\n" + err.toString(UTF_8);
        boolean isTrace = all.contains("\n\tat ") || all.contains("\nException in thread");
        boolean isKnown = exit == 0 || exit == 2 || exit == 3;
        one.same(what + " takes over 10 s", isSlow, false);
        one.same(what + " shows a stack trace", isTrace, false);
        one.same(what + " exits with 0, 2 or 3", isKnown ? true : exit, true);
        return new Run(exit, out.toString(UTF_8));
    }

    // ---- Text ----

    private static void compareText(JudgeCase one, Run run, Instant now) {
        int exit = one.decision().exit();
        String word = switch (exit) {
            case 0 -> "FRESHNESS OK";
            case 2 -> "FRESHNESS CRITICAL";
            default -> "FRESHNESS UNKNOWN";
        };
        String line = run.out.split("\n", 2)[0];
        String mark = "REPLAY " + now + ": ";
        one.same("is marked as a replay", line.startsWith(mark), true);
        line = line.replace(mark, "");
        if (line.startsWith(word)) {
            line = word;
        } else if (line.startsWith("FRESHNESS OK")) {
            line = "FRESHNESS OK";
        }
        boolean acts = run.out.codePoints().anyMatch(c -> Character.isISOControl(c) && c != '\n');
        one.same("text exit", run.exit, exit, 0);
        one.same("first line", line, word, "FRESHNESS OK");
        one.same("control characters in text", acts, false);
    }

    // ---- JSON ----

    private void compareJson(JudgeCase one, Run run, Node baseline, Node state, Instant now) {
        JudgeRules.Decision want = one.decision();
        one.same("json exit", run.exit, want.exit(), 0);
        Node top = document(one, run);
        if (top == null) {
            return;
        }
        List<String> names = new ArrayList<>();
        List<String> unsafe = new ArrayList<>();
        int alive = 0;
        int excused = 0;
        for (JudgeRules.Verdict verdict : want.verdicts()) {
            names.add(verdict.name());
            if (verdict.isExcused() && want.exit() != 3) {
                excused++;
            } else if (!verdict.isSafe()) {
                unsafe.add(verdict.name());
            }
            if (Boolean.TRUE.equals(verdict.alive())) {
                alive++;
            }
        }
        one.same("members", names(top), members(want.exit(), "overall_status", "unsafe_feeds",
                "max_age_seconds", "fresh_feeds", "alive_feeds", "total_feeds"));
        one.same("overall_status", plain(top, "overall_status"),
                want.exit() == 0 ? "eligible" : "restricted", "eligible");
        one.same("total_feeds", plain(top, "total_feeds"), names.size());
        one.same("fresh_feeds", plain(top, "fresh_feeds"), 
                names.size() - unsafe.size() - excused);
        one.same("alive_feeds", plain(top, "alive_feeds"), alive);
        // If nothing could be evaluated, nothing is listed: not "none is unsafe".
        one.same("unsafe_feeds", plain(top, "unsafe_feeds"), names.isEmpty() ? null : unsafe);
        compareEvidence(one, top, state, now);
        compareFeeds(one, top, want.verdicts(), want.exact());
        figure(one, "max_age_seconds", Node.get(top, "max_age_seconds"),
                commonLimit(want, baseline, state));
    }

    private static BigDecimal commonLimit(JudgeRules.Decision want, Node baseline, Node state) {
        if (!want.isBaselineValid()) {
            return null;
        }
        BigDecimal agreed = JudgeRules.limit(null, baseline, JudgeRules.Precision.ROUNDED);
        if (!want.isStateValid() || Node.get(state, "max_age_seconds") == null) {
            return agreed;
        }
        BigDecimal claimed = JudgeRules.limit(null, state, JudgeRules.Precision.ROUNDED);
        return agreed == null || claimed == null ? null : agreed.min(claimed);
    }

    /** Returns the one JSON document that a command has printed; null if it has not. */
    private static Node document(JudgeCase one, Run run) {
        Node top = Reader.parse(run.out.getBytes(UTF_8));
        boolean isSound = top instanceof Node.Obj && JudgeRules.isSound(top);
        one.same("json", isSound ? true : run.out, true);
        return isSound ? top : null;
    }

    private static String plain(Node node, String name) {
        return Node.plain(Node.get(node, name));
    }

    private static List<String> names(Node node) {
        List<String> names = new ArrayList<>();
        if (node instanceof Node.Obj object) {
            object.members().forEach(member -> names.add(member.name()));
        }
        return names;
    }

    private static List<String> members(int exit, String... first) {
        List<String> members = new ArrayList<>(List.of(first));
        members.addAll(List.of("evaluated_at", "replay", "as_of", "state", "state_sha256",
                "baseline", "baseline_sha256", "exit"));
        if (exit == 3) {
            members.add("error");
        }
        members.add("feeds");
        return members;
    }

    /** Compares when, of what and by what the decision was made. */
    private void compareEvidence(JudgeCase one, Node top, Node state, Instant now) {
        JudgeRules.Decision want = one.decision();
        Instant asOf = null;
        if (want.isStateValid()) {
            asOf = JudgeRules.instant(Node.get(state, "as_of"));
        }
        one.same("evaluated_at", plain(top, "evaluated_at"), now);
        one.same("replay", plain(top, "replay"), "true");
        one.same("as_of", plain(top, "as_of"), asOf);
        one.same("error is set", Node.get(top, "error") instanceof Node.Str,
                names(top).contains("error"));
        one.same("baseline_sha256", plain(top, "baseline_sha256"), sha256("baseline"));
        one.same("baseline", plain(top, "baseline"), directory.resolve("baseline"));
        String name = plain(top, "state");
        boolean isNamed = name.equals("-") || name.equals(directory.resolve("state").toString());
        one.same("state", isNamed ? true : name, true);
        // If the baseline is refused, the state need not have been read.
        String sum = plain(top, "state_sha256");
        boolean isRead = want.isBaselineValid() || !sum.equals("null");
        one.same("state_sha256", sum, isRead ? sha256("state") : null);
    }

    private String sha256(String file) {
        try {
            byte[] content = Files.readAllBytes(directory.resolve(file));
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(content);
            return String.format("%064x", new BigInteger(1, sum));
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compares the rows of a document, or their absence if nothing was evaluated. */
    private static void compareFeeds(JudgeCase one, Node top, List<JudgeRules.Verdict> verdicts,
            List<JudgeRules.Verdict> exact) {
        List<Node> rows = Node.items(Node.get(top, "feeds"));
        if (verdicts.isEmpty()) {
            boolean isSafe = rows.stream()
                    .anyMatch(row -> !Node.FALSE.equals(Node.get(row, "safe_to_serve")));
            one.same("a feed is safe, none was evaluated", isSafe, false, true);
            one.same("feeds", plain(top, "feeds"), null);
            return;
        }
        one.same("feeds", rows.stream().map(row -> plain(row, "name")).toList(),
                verdicts.stream().map(JudgeRules.Verdict::name).toList());
        for (int i = 0; i < Math.min(rows.size(), verdicts.size()); i++) {
            compareFeed(one, rows.get(i), verdicts.get(i));
            compareExact(one, rows.get(i), exact.get(i));
        }
    }

    private static void compareFeed(JudgeCase one, Node row, JudgeRules.Verdict want) {
        String feed = shortName(want);
        JudgeActions actions = one.decision().actions();
        List<String> allowed = actions.allowed(want);
        List<String> blocked = new ArrayList<>(actions.names());
        blocked.removeAll(allowed);
        List<String> members = new ArrayList<>(ROW);
        if (want.beat() != null) {
            members.add("last_heartbeat_age_seconds");
            figure(one, feed + "last_heartbeat_age_seconds",
                    Node.get(row, "last_heartbeat_age_seconds"), want.beat().age());
        }
        if (want.opensAt() != null) {
            members.add("opens_at");
            one.same(feed + "opens_at", plain(row, "opens_at"), want.opensAt());
        }
        one.same(feed + "members", names(row), members);
        one.same(feed + "reason_code", plain(row, "reason_code"), want.reason(), "fresh");
        one.same(feed + "freshness_status", plain(row, "freshness_status"), want.status(),
                "fresh");
        one.same(feed + "safe_to_serve", plain(row, "safe_to_serve"), want.isSafe(), true);
        one.same(feed + "safe_until", Node.NULL.equals(Node.get(row, "safe_until")), !want.isSafe(),
                false);
        one.same(feed + "allowed_actions", sorted(Node.get(row, "allowed_actions")),
                allowed, JudgeRules.FRESH_MAY);
        one.same(feed + "blocked_actions", sorted(Node.get(row, "blocked_actions")), blocked,
                List.of());
        one.same(feed + "alert", plain(row, "alert"), want.alert());
        one.same(feed + "alive", plain(row, "alive"), want.alive());
        figure(one, feed + "max_age_seconds", Node.get(row, "max_age_seconds"), want.limit());
        figure(one, feed + "last_tick_age_seconds", Node.get(row, "last_tick_age_seconds"),
                want.age());
        compareSentence(one, row, want);
    }

    /** Compares what a sentence must have in it: the figures that decided, if they are known. */
    private static void compareSentence(JudgeCase one, Node row, JudgeRules.Verdict want) {
        String feed = shortName(want);
        String why = plain(row, "blocked_reason");
        boolean isSet = Node.get(row, "blocked_reason") instanceof Node.Str;
        boolean isUnfilled = why.contains("nulls") || why.contains("{}s");
        one.same(feed + "blocked_reason is set", isSet, !want.isSafe());
        one.same(feed + "blocked_reason", isUnfilled ? why : true, true);
        if (want.status().equals("stale")) {
            String age = Pattern.quote(plain(row, "last_tick_age_seconds"));
            String limit = Pattern.quote(plain(row, "max_age_seconds"));
            boolean hasFigures = why.matches(".*\\b" + age + "s.*" + limit + "s.*");
            one.same(feed + "blocked_reason has the figures", hasFigures ? true : why, true);
        }
    }

    /** Checks that the program is never safer than exact, and less than a nanosecond from it. */
    private static void compareExact(JudgeCase one, Node row, JudgeRules.Verdict exact) {
        String feed = shortName(exact);
        boolean isSafer = Node.TRUE.equals(Node.get(row, "safe_to_serve")) && !exact.isSafe();
        boolean isQuieter = exact.alert().equals("ticket") && plain(row, "alert").equals("none");
        one.same(feed + "safer than it is", isSafer, false, true);
        one.same(feed + "an alert less", isQuieter, false);
        if (Node.get(row, "last_tick_age_seconds") instanceof Node.Num age
                && exact.age() != null) {
            BigDecimal most = exact.age().min(JudgeRules.FOREVER_SECONDS);
            one.same(feed + "an age of exact up to a nanosecond more",
                    isNear(JudgeRules.exact(age.text()).subtract(most)), true);
        }
        if (Node.get(row, "max_age_seconds") instanceof Node.Num limit && exact.limit() != null) {
            one.same(feed + "a limit of exact up to a nanosecond less",
                    isNear(exact.limit().subtract(JudgeRules.exact(limit.text()))), true);
        }
    }

    private static String shortName(JudgeRules.Verdict verdict) {
        String name = verdict.name();
        return name.substring(0, Math.min(30, name.length())) + ": ";
    }

    private static List<String> sorted(Node node) {
        if (node instanceof Node.Arr array) {
            return array.items().stream().map(Node::plain).sorted().toList();
        }
        return List.of(Node.plain(node));
    }

    /** Returns whether a difference is from 0 up to a nanosecond, which is excluded. */
    static boolean isNear(BigDecimal difference) {
        return difference.signum() >= 0 && difference.compareTo(JudgeRules.NANOSECOND) < 0;
    }

    private static void figure(JudgeCase one, String what, Node answer, BigDecimal want) {
        Object got = Node.plain(answer);
        if (want != null && answer instanceof Node.Num number) {
            BigDecimal most = want.min(JudgeRules.FOREVER_SECONDS);
            boolean isEqual = JudgeRules.exact(number.text()).compareTo(most) == 0;
            got = isEqual ? want : got;
        }
        one.same(what, got, want);
    }

    // ---- Prometheus ----

    private static final Pattern SAMPLE = Pattern.compile("(freshness_[a-z_]+)"
            + "(?:[{]feed=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*+)\"(|,.*)[}])? ([0-9.]+)",
            Pattern.DOTALL);

    private static void comparePrometheus(JudgeCase one, Run run, Instant now) {
        one.same("prometheus exit", run.exit, one.decision().exit(), 0);
        one.same("prometheus ends with a line feed", run.out.endsWith("\n"), true);
        Map<String, String> got = samples(one, run);
        Map<String, String> wanted = wantedSamples(one.decision(), now);
        if (!got.equals(wanted)) {
            Set<String> names = new LinkedHashSet<>(wanted.keySet());
            names.addAll(got.keySet());
            for (String name : names) {
                String safe = name.contains("safe_to_serve") ? "1" : "safe";
                one.same(name, got.get(name), wanted.get(name), safe);
            }
        }
        one.same("the order in prometheus", List.copyOf(got.keySet()),
                List.copyOf(wanted.keySet()));
    }

    /** Returns the samples that were printed, by "family of feed". */
    private static Map<String, String> samples(JudgeCase one, Run run) {
        Map<String, String> samples = new LinkedHashMap<>();
        String family = null;
        for (String line : run.out.split("\n")) {
            if (line.startsWith("# HELP ")) {
                family = line.split(" ")[2];
                continue;
            }
            if (line.equals("# TYPE " + family + " gauge")) {
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches() || !sample.group(1).equals(family)) {
                one.same("a line of prometheus", line, "a sample of " + family);
                continue;
            }
            String name = family;
            String labels = "";
            if (sample.group(2) != null) {
                name += " of " + unescaped(sample.group(2));
                labels = sample.group(3);
            }
            Object earlier = samples.put(name, plain(new BigDecimal(sample.group(4))) + labels);
            one.same("earlier sample of " + name, earlier, null);
        }
        return samples;
    }

    /** Takes back the three escapes of the format. */
    private static String unescaped(String label) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (c == '\\') {
                i++;
                c = label.charAt(i) == 'n' ? '\n' : label.charAt(i);
            }
            text.append(c);
        }
        return text.toString();
    }

    private static Map<String, String> wantedSamples(JudgeRules.Decision want, Instant now) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (String family : FAMILIES) {
            for (JudgeRules.Verdict verdict : want.verdicts()) {
                BigDecimal value = sample(family, verdict, now);
                if (value == null) {
                    continue;
                }
                String labels = family.equals("info") ? labels(verdict) : "";
                wanted.put("freshness_feed_" + family + " of " + verdict.name(),
                        plain(value) + labels);
            }
        }
        wanted.put("freshness_state_valid", want.exit() == 3 ? "0" : "1");
        wanted.put("freshness_last_evaluation_timestamp_seconds",
                plain(BigDecimal.valueOf(now.getEpochSecond())));
        return wanted;
    }

    private static BigDecimal sample(String family, JudgeRules.Verdict verdict, Instant now) {
        BigDecimal age = null;
        if (verdict.age() != null) {
            age = verdict.age().min(JudgeRules.FOREVER_SECONDS);
        }
        return switch (family) {
            case "alive" -> oneIf(Boolean.TRUE.equals(verdict.alive()));
            case "safe_to_serve" -> oneIf(verdict.isSafe());
            case "page" -> oneIf(verdict.alert().equals("page"));
            case "last_tick_age_seconds" -> age;
            case "max_age_seconds" -> verdict.limit();
            case "last_tick_timestamp_seconds" -> timestamp(age, now);
            case "heartbeat_age_seconds" -> verdict.beat() == null ? null : verdict.beat().age();
            case "safe_until_timestamp_seconds" -> !verdict.isSafe() ? null
                    : timestamp(verdict.safeFor().negate(), now);
            case "info" -> BigDecimal.ONE;
            default -> throw new IllegalArgumentException(family);
        };
    }

    private static BigDecimal oneIf(boolean condition) {
        return condition ? BigDecimal.ONE : BigDecimal.ZERO;
    }

    /** Returns when the tick came; null if that is not known, or was before 1970. */
    private static BigDecimal timestamp(BigDecimal age, Instant now) {
        if (age == null) {
            return null;
        }
        BigDecimal seconds = BigDecimal.valueOf(now.getEpochSecond())
                .add(BigDecimal.valueOf(now.getNano(), 9));
        BigDecimal tick = seconds.subtract(age);
        return tick.signum() < 0 ? null : tick;
    }

    private static String labels(JudgeRules.Verdict verdict) {
        return ",freshness_status=\"" + verdict.status() + "\",reason_code=\"" + verdict.reason()
                + "\",alert=\"" + verdict.alert() + "\"";
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    // ---- Gate ----

    /** Asks for one or two feeds and up to two actions, now and then for one nobody knows. */
    private void compareGate(JudgeCase one, byte[] state, List<String> files, Node stateTree,
            Instant now, Random random) {
        JudgeRules.Decision decision = one.decision();
        boolean isJson = random.nextInt(3) > 0;
        List<JudgeRules.Verdict> verdicts = new ArrayList<>(decision.verdicts());
        if (verdicts.isEmpty() || random.nextInt(20) == 0) {
            verdicts.add(new JudgeRules.Verdict("no such feed", "nobody knows it", null, null,
                    null, false, false, false, null, null));
        }
        List<String> actions = new ArrayList<>(decision.actions().names());
        if (random.nextInt(10) == 0) {
            actions.add("no_such_action");
        }
        Collections.shuffle(verdicts, random);
        Collections.shuffle(actions, random);
        int feeds = random.nextInt(4) == 0 ? 2 : 1;
        List<JudgeRules.Verdict> asked = verdicts.subList(0, Math.min(verdicts.size(), feeds));
        List<String> needed = actions.subList(0, random.nextInt(3));

        List<String> command = new ArrayList<>(List.of("gate", "--format"));
        command.add(isJson ? "json" : "text");
        asked.forEach(verdict -> command.add("--feed=" + verdict.name()));
        Demand demand = Demand.of(needed, asked.size(), random);
        command.addAll(demand.options());
        Run run = run(one, state, files, command.toArray(new String[0]));

        GateAnswer want = new GateAnswer(decision, asked, demand);
        one.same(command + " exit", run.exit, want.exit(), 0);
        if (want.isUsage()) {
            return; // found before anything is evaluated; no document is promised for that
        }
        if (isJson) {
            compareGateJson(one, run, want, stateTree, now);
        } else {
            boolean isOpen = want.exit() == 0;
            String word = "REPLAY " + now + (isOpen ? ": GATE OPEN: " : ": GATE BLOCKED: ");
            one.same(command + " first line", run.out.startsWith(word) ? word : run.out, word);
            one.same(command + " says open", run.out.contains("GATE OPEN"), isOpen, true);
        }
    }

    /**
     * Demand is what a caller asks for: so much of each feed, and of how many feeds.
     *
     * @param longest  the highest age; null if the caller bounds none
     * @param validFor for how many seconds it is to stay open
     * @param atLeast  how many of the feeds are enough; 0 if all are needed
     */
    private record Demand(List<String> needed, BigDecimal longest, BigDecimal validFor,
            int atLeast) {
        static Demand of(List<String> needed, int feeds, Random random) {
            String[] ages = { "0.5", "8", "8.25", "90", "600.0", "1e9" };
            String[] times = { "0", "5", "2.5", "30.0", "82", "600" };
            boolean isTightened = random.nextInt(4) == 0;
            BigDecimal longest = null;
            BigDecimal validFor = BigDecimal.ZERO;
            int atLeast = 0;
            if (isTightened && random.nextInt(2) == 0) {
                longest = new BigDecimal(ages[random.nextInt(ages.length)]);
            }
            if (isTightened && random.nextInt(2) == 0) {
                validFor = new BigDecimal(times[random.nextInt(times.length)]);
            }
            if (isTightened && random.nextInt(2) == 0) {
                atLeast = 1 + random.nextInt(feeds);
            }
            return new Demand(needed, longest, validFor, atLeast);
        }

        List<String> options() {
            List<String> options = new ArrayList<>();
            needed.forEach(action -> options.addAll(List.of("--action", action)));
            if (longest != null) {
                options.addAll(List.of("--max-age-seconds", longest.toPlainString()));
            }
            if (validFor.signum() > 0) {
                options.addAll(List.of("--valid-for", validFor.toPlainString()));
            }
            if (atLeast > 0) {
                options.addAll(List.of("--at-least", Integer.toString(atLeast)));
            }
            return options;
        }

        /** Returns the members of a gate in JSON that only such a caller gets. */
        List<String> members() {
            List<String> members = new ArrayList<>();
            if (longest != null) {
                members.add("max_age_seconds");
            }
            if (validFor.signum() > 0) {
                members.add("valid_for_seconds");
            }
            if (atLeast > 0) {
                members.addAll(List.of("at_least", "open_feeds"));
            }
            return members;
        }
    }

    /** GateAnswer is the judge's answer to a gate that asked for these feeds. */
    private record GateAnswer(JudgeRules.Decision decision, List<JudgeRules.Verdict> asked,
            Demand demand) {
        boolean isUsage() {
            return !decision.actions().names().containsAll(demand.needed);
        }

        List<JudgeRules.Verdict> known() {
            return asked.stream().filter(decision.verdicts()::contains).toList();
        }

        /** If nothing could be evaluated, nothing is proved, whatever an unknown feed allows. */
        List<JudgeRules.Verdict> blocked() {
            return asked.stream().filter(verdict -> !isOpenFor(verdict)).toList();
        }

        private boolean isOpenFor(JudgeRules.Verdict verdict) {
            if (decision.exit() == 3 || !decision.verdicts().contains(verdict)) {
                return false;
            }
            BigDecimal left = left(verdict);
            return left == null || left.compareTo(demand.validFor) >= 0;
        }

        /** Returns for how long a feed is open; null if nothing ends that. */
        private BigDecimal left(JudgeRules.Verdict verdict) {
            BigDecimal left = null;
            if (demand.longest != null) {
                left = verdict.age() == null ? BigDecimal.ONE.negate()
                        : demand.longest.subtract(verdict.age());
            }
            List<String> needed = demand.needed.isEmpty() ? JudgeRules.FRESH_MAY : demand.needed;
            for (String action : needed) {
                left = JudgeActions.earlier(left, decision.actions().left(verdict, action));
            }
            return left;
        }

        int exit() {
            if (decision.exit() == 3 || isUsage() || known().size() < asked.size()) {
                return 3;
            }
            int enough = demand.atLeast == 0 ? asked.size() : demand.atLeast;
            return asked.size() - blocked().size() >= enough ? 0 : 2;
        }

        /** Returns when the gate closes if nothing comes; null if it is closed, or never does. */
        Instant openUntil(Instant now) {
            if (exit() != 0) {
                return null;
            }
            List<BigDecimal> ends = asked.stream().filter(this::isOpenFor).map(this::left)
                    .sorted(Comparator.nullsLast(Comparator.naturalOrder())).toList();
            int last = demand.atLeast == 0 ? 0 : ends.size() - demand.atLeast;
            BigDecimal end = ends.get(last);
            return end == null ? null : now.plusNanos(end.movePointRight(9).longValueExact());
        }
    }

    private void compareGateJson(JudgeCase one, Run run, GateAnswer want, Node stateTree,
            Instant now) {
        Node top = document(one, run);
        if (top == null) {
            return;
        }
        List<JudgeRules.Verdict> known = want.known();
        List<String> blocked = want.blocked().stream().map(JudgeRules.Verdict::name).toList();
        List<String> first = new ArrayList<>(List.of("gate", "open_until", "actions"));
        first.addAll(want.demand.members());
        first.addAll(List.of("blocked_feeds", "next"));
        // A baseline with actions of its own, or a caller who asks for more, is told why.
        List<String> got = new ArrayList<>(names(top));
        got.remove("why");
        one.same("members of gate", got, members(want.exit(), first.toArray(new String[0])));
        one.same("gate", plain(top, "gate"), want.exit() == 0 ? "open" : "blocked", "open");
        one.same("actions", plain(top, "actions"), want.demand.needed);
        one.same("open_until", plain(top, "open_until"), want.openUntil(now));
        one.same("blocked_feeds", plain(top, "blocked_feeds"), blocked);
        if (known.isEmpty()) {
            one.same("next", plain(top, "next"), null);
        } else {
            long advised = want.blocked().stream().filter(known::contains).count();
            boolean isArray = Node.get(top, "next") instanceof Node.Arr;
            int sentences = Node.items(Node.get(top, "next")).size();
            one.same("next", isArray && sentences == advised, true);
        }
        one.same("exit of gate", plain(top, "exit"), want.exit(), 0);
        compareEvidence(one, top, stateTree, now);
        List<JudgeRules.Verdict> exact = new ArrayList<>();
        for (JudgeRules.Verdict verdict : known) {
            int place = one.decision().verdicts().indexOf(verdict);
            exact.add(one.decision().exact().get(place));
        }
        compareFeeds(one, top, known, exact);
    }
}
