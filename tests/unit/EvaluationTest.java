import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** EvaluationTest checks what is read and when, what a watch remembers, and who gets an answer. */
final class EvaluationTest extends Sandbox {
    private static final Instant START = Instant.parse(NOW);
    private static final long SECOND = 1_000_000_000;
    private static final String ONE_FEED = document("limit 90", feed("x", ""));
    private static final String STATE_A = document("limit 90", feed("x", "alive true, age 8"));
    private static final String STATE_B = document("limit 90", feed("x", "alive true, age 8.0"));
    private static final String LOOK = "status --state @in.json --baseline @base.json --now ";

    // ---- Evaluation: fails closed ----

    @Harness.Test("evaluation: without a feed or without valid documents, nothing is safe")
    static void unevaluated() throws Exception {
        String healthy = document("limit 90",
                feed("x", "alive true, age 8"), feed("y", "alive true, age 660"));
        // The state; the feeds that are asked for; the exit code.
        for (String row : List.of("whole x => 0", "whole x x => 0", "whole y => 2",
                "whole x y => 2", "whole => 3", "whole nobody => 3", "whole x nobody => 3",
                "whole y nobody => 3", "cut x => 3", "cut y => 3", "cut => 3", "gone x => 3")) {
            String[] half = halves(row);
            List<String> words = List.of(half[0].split(" "));
            write("base.json", healthy);
            delete(dir.resolve("in.json"));
            if (!words.get(0).equals("gone")) {
                write("in.json", words.get(0).equals("cut") ? "{" : healthy);
            }
            List<String> feeds = words.subList(1, words.size());
            for (List<String> actions : List.of(List.<String>of(), ACTIONS,
                    List.of("price_order"))) {
                Freshness.Evaluation evaluation = Freshness.Evaluation.ofFeeds(
                        inputs(LOOK + NOW), Freshness.Watch.NOTHING, feeds, actions, true);
                String what = row + " for " + actions;
                equal(what, Integer.toString(evaluation.exit()), half[1]);
                equal(what + ": safe", evaluation.isSafe(), half[1].equals("0"));
                equal(what + ": error", evaluation.error() != null,
                        half[1].equals("3") && !row.startsWith("whole =>"));
            }
        }
    }

    @Harness.Test("evaluation: without valid documents, not even inspect_status is allowed")
    static void nothingIsAllowed() throws Exception {
        write("base.json", ONE_FEED);
        for (String text : List.of(document("limit 90", feed("x", "alive false")), "{")) {
            write("in.json", text);
            Freshness.Evaluation evaluation = Freshness.Evaluation.ofFeeds(inputs(LOOK + NOW),
                    Freshness.Watch.NOTHING, List.of("x"), List.of("inspect_status"), true);
            boolean isWhole = !text.equals("{");
            equal(text, evaluation.allows(evaluation.verdicts().get(0)), isWhole);
            equal(text + ": exit", evaluation.exit(), isWhole ? 0 : 3);
            equal(text + ": blocked feeds", evaluation.unsafe().size(), isWhole ? 0 : 1);
        }
    }

    // ---- Watch: a state that does not change gets older ----

    @Harness.Test("watch: nothing in a state is younger than its bytes are known to be")
    static void unchangedState() {
        String undated = document("limit 90", feed("x", "alive true, age 8"),
                feed("y", "alive true, last_tick_at '2026-11-22T09:36:52Z'"));
        String dated = undated.replace("{\"max", "{\"as_of\":\"" + NOW + "\",\"max");
        String ahead = dated.replace(NOW, "2026-11-22T09:37:01Z");
        Freshness.State baseline = state(document("limit 90", feed("x", ""), feed("y", "")), true);
        for (String row : List.of(
                "0 => x fresh none 8/90, y fresh none 8/90",
                "82000000000 => x fresh ticket 90/90, y fresh ticket 82/90",
                "82000000001 => x stale page 90.000000001/90, y fresh ticket 82.000000001/90",
                "90000000001 => x stale page 98.000000001/90, y stale page 90.000000001/90")) {
            String[] half = halves(row);
            long unchangedNanos = Long.parseLong(half[0]);
            for (String text : List.of(undated, dated, ahead)) {
                Freshness.Decision decision = new Freshness.Decision(baseline,
                        state(text, false), null, START, unchangedNanos);
                equal(text + " for " + half[0], shown(decision.all()), half[1]);
            }
        }
    }

    @Harness.Test("watch: both clocks count, and neither of them makes a state younger")
    static void twoClocks() throws Exception {
        write("base.json", ONE_FEED);
        // Between two looks at the same bytes: seconds by the clock of the day, and nanoseconds by
        // the one that nobody sets.
        for (String row : List.of("0 0 => fresh 8", "0 1 => fresh 8.000000001", "37 1 => fresh 45",
                "82 1 => fresh 90", "83 1 => stale 91", "3600 1 => stale 3608",
                "-1 1 => fresh 8.000000001", "-3600 1 => fresh 8.000000001",
                "0 82000000000 => fresh 90", "0 82000000001 => stale 90.000000001",
                "-3600 83000000000 => stale 91", "10 20000000000 => fresh 28",
                "20 10000000000 => fresh 28")) {
            String[] half = halves(row);
            String[] clocks = half[0].split(" ");
            Instant now = START.plusSeconds(Long.parseLong(clocks[0]));
            long nanoTime = Long.parseLong(clocks[1]);
            write("in.json", STATE_A);
            Freshness.Evaluation first = look(START, 0, null);
            Freshness.Evaluation second = look(now, nanoTime, first);
            Freshness.Verdict verdict = second.decision().of("x");
            equal(row, verdict.reason() + " " + shown(verdict.ageNanos()), half[1]);
            // A third look still counts from the first; other bytes start over.
            Freshness.Evaluation third = look(now, nanoTime + 1, second);
            equal(row + ", again", ageNanos(third) >= verdict.ageNanos(), true);
            write("in.json", STATE_B);
            equal(row + ", other bytes", shown(ageNanos(look(now, nanoTime, second))), "8");
        }
    }

    @Harness.Test("watch: the clock that nobody sets is read with each state")
    static void realClock() throws Exception {
        write("base.json", ONE_FEED);
        write("in.json", STATE_A);
        Freshness.Evaluation first = evaluation(START, null);
        long before = System.nanoTime();
        Freshness.Evaluation second = evaluation(START, first);
        long sinceNanos = System.nanoTime() - first.inputs().nanoTime();
        long addedNanos = ageNanos(second) - 8 * SECOND;
        equal("added: " + addedNanos, addedNanos > 0 && addedNanos <= sinceNanos, true);
        long readNanos = second.inputs().nanoTime();
        equal("read: " + readNanos, readNanos >= before, true);
        // New bytes start over by this clock too.
        write("in.json", STATE_B);
        long begin = System.nanoTime();
        Freshness.Evaluation changed = evaluation(START, second);
        long age = ageNanos(evaluation(START, changed));
        equal("changed", age - 8 * SECOND <= System.nanoTime() - begin, true);
    }

    @Harness.Test("watch: bytes that are new begin anew, even if they were seen before")
    static void changedState() throws Exception {
        write("base.json", ONE_FEED);
        write("in.json", STATE_A);
        Freshness.Evaluation first = look(START, 0, null);
        Freshness.Evaluation still = look(START.plusSeconds(91), 0, first);
        String advice = still.decision().advice(still.decision().of("x"),
            Freshness.Figures.EXACT).text();
        equal("advice", advice, "restart the collector: the state is 91s old");
        write("in.json", STATE_B);
        Freshness.Evaluation changed = look(START.plusSeconds(50), 20 * SECOND, first);
        Freshness.Evaluation after = look(START.plusSeconds(50), 21 * SECOND, changed);
        equal("a second later", shown(ageNanos(after)), "9");
        Freshness.Evaluation later = look(START.plusSeconds(80), 20 * SECOND, changed);
        equal("half a minute later", shown(ageNanos(later)), "38");
        write("in.json", "{");
        Freshness.Evaluation broken = look(START.plusSeconds(90), 20 * SECOND, later);
        equal("cut", broken.error() != null, true);
        write("in.json", STATE_B);
        Freshness.Evaluation whole = look(START.plusSeconds(95), 20 * SECOND, broken);
        equal("whole again", shown(ageNanos(whole)), "53");
    }

    @Harness.Test("watch: only what is valid takes the place of the bytes that were seen")
    static void validStates() throws Exception {
        Map<String, String> states = Map.of("A", STATE_A, "B", STATE_B, "cut", "{", "empty", "",
                "feedless", document("limit 90"));
        // What the state is every ten seconds, and how old the tick is at last. A and B are valid;
        // with "contract" the state is A, and the baseline is cut.
        for (String row : List.of("A A => 18", "A cut A => 28", "A empty A => 28",
                "A feedless A => 28", "A gone A => 28", "A directory A => 28",
                "A contract A => 28", "A cut gone empty contract A => 58", "A B A => 8",
                "A cut B A => 8", "A B cut B => 28", "A cut B cut B => 28", "cut A => 8",
                "gone A A => 18", "contract A => 8", "A A cut A cut A => 58")) {
            String[] half = halves(row);
            Freshness.Evaluation last = null;
            Instant now = START;
            for (String step : half[0].split(" ")) {
                delete(dir.resolve("in.json"));
                write("base.json", step.equals("contract") ? "{" : ONE_FEED);
                if (step.equals("directory")) {
                    Files.createDirectory(dir.resolve("in.json"));
                } else if (!step.equals("gone")) {
                    write("in.json", states.getOrDefault(step, STATE_A));
                }
                last = look(now, 0, last);
                boolean isValid = step.equals("A") || step.equals("B");
                equal(row + ": " + step + " is valid", last.error() == null, isValid);
                now = now.plusSeconds(10);
            }
            equal(row, shown(ageNanos(last)), half[1]);
        }
    }

    @Harness.Test("watch: a dated state is not made younger by a clock that was behind")
    static void clockThatWasBehind() throws Exception {
        write("base.json", ONE_FEED);
        write("in.json", document("limit 90, as_of '" + NOW + "'", feed("x", "alive true, age 8")));
        Freshness.Evaluation early = look(START.minusSeconds(1), 0, null);
        equal("age", shown(ageNanos(look(START.plusSeconds(5), 0, early))), "14");
    }

    @Harness.Test("watch: the baseline is read again too, and the bundled one ages if it is shown")
    static void baselineIsReadAgain() throws Exception {
        write("base.json", ONE_FEED);
        write("in.json", STATE_A);
        Freshness.Evaluation first = evaluation(START, null);
        Files.delete(dir.resolve("base.json"));
        equal("gone", plain(evaluation(START, first).error()),
                "cannot read baseline DIR/base.json: no such file; check the path given with"
                    + " --baseline");
        for (String other : List.of("", " --state HOME/data/healthy.json",
                " --state HOME/data/../data/healthy.json")) {
            String call = "status" + other + " --now ";
            Freshness.Evaluation before = null;
            for (int age : new int[] {8, 98}) {
                Instant now = START.plusSeconds(age - 8);
                before = evaluation(inputs(call + now), before);
                long ageNanos = before.decision().of("alpha").ageNanos();
                equal(call, shown(ageNanos), Integer.toString(age));
                Freshness.Source state = before.inputs().state();
                Freshness.Source baseline = before.inputs().baseline();
                equal(other + ": document", state.document() == baseline.document(), true);
                equal(other + ": claims", state.claims() == baseline.claims(), true);
            }
        }
    }

    // ---- Inputs: do the documents go together? ----

    private static final String SWAPPED = "; are --state and --baseline swapped?";
    private static final String STRANGERS =
            "the state and the baseline have no feeds in common: pass the right --baseline, or"
                + " correct the feed names; ";

    @Harness.Test("inputs: state and baseline that are swapped, or of other feeds, are told")
    static void documentsThatDoNotGoTogether() throws Exception {
        String date = "limit 90, as_of '" + NOW + "'";
        String other = feed("y", "alive true, age 1");
        write("base.json", document("limit 90, require_as_of true",
                feed("x", "alive true, age 660")));
        write("in.json", document(date, feed("x", "alive false")));
        write("other.json", document(date, other));
        write("both.json", document(date, other, feed("x", "alive false")));
        write("contract.json", document("limit 90, require_as_of true", feed("y", "")));
        for (String row : List.of(
                "--state @base.json --baseline @in.json => " + SWAPPED,
                "--state @in.json --baseline @base.json => ",
                "--state @both.json --baseline @base.json => ",
                "--state @contract.json --baseline @base.json => " + STRANGERS,
                "--state @other.json --baseline @base.json => " + STRANGERS,
                "--state @other.json => " + STRANGERS)) {
            String[] half = halves(row);
            String call = half[0] + " --now " + NOW;
            Run status = run("status " + call).exits(2);
            equal(status.call(), hint(status), half[1]);
            if (half[0].equals("--state @other.json")) { // the bundled baseline lists no x
                run("gate --feed x " + call).exits(3);
            } else {
                Run gate = run("gate --feed x " + call).exits(2);
                equal(gate.call(), hint(gate), half[1]);
            }
        }
    }

    @Harness.Test("inputs: swapped documents are told by the date alone")
    static void swappedByDate() throws Exception {
        String dated = "limit 90, as_of '" + NOW + "'";
        // The members of the baseline and of the state.
        for (String row : List.of(
                dated + " | limit 90 => " + SWAPPED,
                "limit 90 | limit 90, require_as_of true => " + SWAPPED,
                "limit 90, as_of null | limit 90 => " + SWAPPED,
                dated + " | " + dated + " => ",
                "limit 90 | " + dated + " => ",
                "limit 90 | limit 90 => ",
                dated + " | limit 90, as_of 'x' => ")) {
            String[] half = halves(row);
            String[] members = half[0].split(" \\| ");
            write("base.json", document(members[0], feed("x", "")));
            write("in.json", document(members[1], feed("x", "alive false")));
            String reason = half[0].endsWith("'x'") ? "as_of_invalid" : "feed_down";
            String files = " --state @in.json --baseline @base.json --now " + NOW;
            equal(row, run("status" + files).exits(2).head(), "FRESHNESS CRITICAL: 1 of 1 feeds"
                    + " unsafe: x unknown (" + reason + ")" + half[1]);
            equal(row, run("gate --feed x" + files).exits(2).head(),
                    "GATE BLOCKED: x unknown (" + reason + "); not safe to serve" + half[1]);
        }
    }

    private static String hint(Run run) {
        if (run.head().matches("(FRESHNESS CRITICAL|GATE BLOCKED): " + STRANGERS + ".*")) {
            return STRANGERS;
        }
        return run.head().endsWith(SWAPPED) ? SWAPPED : "";
    }

    // ---- Inputs: the clock ----

    @Harness.Test("clock: it is read after the last byte of the state")
    static void clockAfterLastByte() throws Exception {
        // The input ends only once the tick in it is older than its limit.
        Instant tick = Instant.now();
        String state = document("", feed("x", "alive true, last_tick_at '" + tick + "'"));
        write("base.json", document("limit 0.05", feed("x", "")));
        InputStream slow = new SlowInput(state, tick.plusMillis(60));
        runWith(slow, "gate --feed x --state - --baseline @base.json").exits(2)
                .says("GATE BLOCKED: x stale");
        SlowInput slower = new SlowInput(state, Instant.now().plusMillis(5));
        Run scenario = runWith(slower, "scenario frozen --state - --output -").exits(0);
        Instant asOf = Instant.parse(Reader.at(scenario.out(), "as_of").toString());
        boolean isLater = !asOf.plusSeconds(3600).isBefore(slower.end);
        equal("a scenario", isLater, true);
    }

    /** SlowInput is a standard input whose last byte comes only after some instant. */
    private static final class SlowInput extends ByteArrayInputStream {
        private final Instant until;
        /** When the last byte was read; null before that. */
        private Instant end;

        SlowInput(String text, Instant until) {
            super(text.getBytes(UTF_8));
            this.until = until;
        }

        @Override public byte[] readNBytes(int length) throws IOException {
            while (!Instant.now().isAfter(until)) {
                Thread.onSpinWait();
            }
            end = Instant.now();
            return super.readNBytes(length);
        }
    }

    @Harness.Test("clock: it is read once, and what is written is dated by that")
    static void clockIsReadOnce() throws Exception {
        // The entry is so long that a second look would come a millisecond later.
        String note = "x-note '" + "y".repeat(8_000_000) + "'";
        String entry = feed("x", note + ", alive false, last_tick_at null");
        write("base.json", document("limit 90", entry, feed("y", "")));
        for (String there : List.of(entry + ",", "")) { // what is down, and what is missing
            write("in.json", document("limit 90", there + feed("y", "alive true, age 8")));
            Run run = run("recover --feed x --state @in.json --baseline @base.json"
                    + " --output @out.json --format json").exits(0);
            Instant tick = Instant.parse(run.get("time").toString()).minusSeconds(5);
            String dated = "\"last_tick_at\":\"" + tick + "\"";
            String written = read("out.json");
            boolean isDated = written.contains(dated);
            equal("dated", isDated ? dated : written.replaceAll("y{9,}", "y"), dated);
        }
    }

    @Harness.Test("clock: it is read as the end of its millisecond, or as --now says")
    static void endOfMillisecond() {
        Freshness.Call call = Freshness.Call.parse("status");
        int within = 0;
        while (within < 100) {
            long before = System.currentTimeMillis();
            Instant now = Freshness.Inputs.clock(call);
            if (before == System.currentTimeMillis()) {
                equal("now", now, Instant.ofEpochMilli(before + 1));
                within++;
            }
        }
        Freshness.Call replay = Freshness.Call.parse("status", "--now", NOW);
        equal("--now", Freshness.Inputs.clock(replay), START);
        Freshness.Call finer = Freshness.Call.parse("status", "--now",
                "2026-11-22T09:37:00.0000000001Z");
        equal("--now, rounded up", Freshness.Inputs.clock(finer), START.plusNanos(1));
    }

    // ---- Looks ----

    private static Freshness.Inputs inputs(String call) {
        return Freshness.Inputs.read(Freshness.Call.parse(arguments(call)), UNREAD);
    }

    private static Freshness.Evaluation evaluation(Freshness.Inputs inputs,
            Freshness.Evaluation before) {
        Freshness.Watch seen = before == null ? Freshness.Watch.NOTHING : before.watch();
        return Freshness.Evaluation.ofAll(inputs, seen);
    }

    /** Looks at in.json, by base.json, at that instant, after an earlier look or null. */
    private static Freshness.Evaluation evaluation(Instant now, Freshness.Evaluation before) {
        return evaluation(inputs(LOOK + now), before);
    }

    /** Looks at them at that time of both clocks. */
    private static Freshness.Evaluation look(Instant now, long nanoTime,
            Freshness.Evaluation before) {
        Freshness.Inputs read = inputs(LOOK + now);
        Freshness.Inputs at = new Freshness.Inputs(read.baseline(), read.state(), now, true,
                nanoTime);
        return evaluation(at, before);
    }

    private static long ageNanos(Freshness.Evaluation evaluation) {
        return evaluation.decision().of("x").ageNanos();
    }
}
