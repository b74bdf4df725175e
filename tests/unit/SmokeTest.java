import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** SmokeTest: what smoke runs and prints. */
final class SmokeTest extends Sandbox {
    @Harness.Test("smoke: its report, whole")
    static void report() {
        StringBuilder text = new StringBuilder("""
            SMOKE PASSED: 26 of 26 checks passed
            ok - the bundled fixture is unmodified
            ok - the healthy state is safe to serve
            """);
        for (String kind : KINDS) {
            text.append("""
                ok - KIND: status fails closed and lists only the affected feeds
                ok - KIND: unsafe work is blocked on the affected feeds only
                """.replace("KIND", kind));
        }
        whole("smoke", 0, text + """
            ok - silence_expected: nobody is paged, and unsafe work is blocked
            ok - a feed that died before its market closed keeps paging
            ok - heartbeat_invalid: unsafe work is blocked, however fresh the tick
            ok - heartbeat_stale: unsafe work is blocked, however fresh the tick
            ok - an optional feed may be missing, but no action is allowed on it
            ok - a recovery that would not be safe is refused and writes nothing
            ok - recovering with a fresh tick makes the feed safe again
            ok - repeating a recovery produces identical bytes
            """);
    }

    @Harness.Test("smoke and doctor: JSON has the checks of the text")
    static void json() {
        for (String command : List.of("smoke", "doctor")) {
            Run text = run(command).exits(0).says(command.toUpperCase(Locale.ROOT) + " PASSED");
            Run json = run(command + " --format json").exits(0).has(command, "passed");
            List<?> checks = (List<?>) json.get("checks");
            long lines = text.out().lines().filter(line -> line.startsWith("ok - ")).count();
            equal("checks", checks.size(), (int) lines);
            equal("count", text.head().contains(lines + " of " + lines), true);
            for (Object each : checks) {
                Map<?, ?> check = (Map<?, ?>) each;
                equal(command, check.keySet() + " " + check.get("ok"), "[name, ok, why] true");
                equal(command, check.get("why"), null);
            }
        }
        equal("JSON", run("smoke --format json").out().startsWith("""
            {
              "smoke": "passed",
              "checks": [
                {"name": "the bundled fixture is unmodified", "ok": true, "why": null},
            """), true);
    }

    // ---- What it runs: a check that asks less would pass all the same ----

    @Harness.Test("smoke: what it plays")
    static void played() throws Exception {
        StringBuilder want = new StringBuilder("""
            - the healthy state is safe to serve
            0 status --state @state
            """);
        for (String kind : KINDS) {
            want.append(wanted(kind));
        }
        want.append("""
            write @baseline { "max_age_seconds": 90, "feeds": [{ "name": "bravo" }],\
             "calendar": "nyse", "calendars": { "nyse": { "zone": "America/New_York",\
             "open": ["Mon-Fri 09:30-16:00"] } } }
            - silence_expected: nobody is paged, and unsafe work is blocked
            """);
        want.append(wantedWeekend("2025-11-28T20:59:55Z", "silence_expected", "none"));
        want.append("- a feed that died before its market closed keeps paging\n");
        want.append(wantedWeekend("2025-11-28T20:50:00Z", "stale", "page"));
        want.append("""
            write @baseline { "max_age_seconds": 90, "feeds": [{ "name": "bravo",\
             "max_heartbeat_age_seconds": 5 }, { "name": "planned", "optional": true }] }
            - heartbeat_invalid: unsafe work is blocked, however fresh the tick
            """);
        want.append(wantedHeartbeat("null", "heartbeat_invalid"));
        want.append("- heartbeat_stale: unsafe work is blocked, however fresh the tick\n");
        want.append(wantedHeartbeat("\"2025-11-29T11:59:54Z\"", "heartbeat_stale"));
        want.append("- an optional feed may be missing, but no action is allowed on it\n");
        want.append(wantedOptional());
        want.append("""
            - a recovery that would not be safe is refused and writes nothing
            0 scenario stale --feed bravo --state @state --output @failed
            2 recover --feed bravo --state @failed --output @recovered --age-seconds 91
            absent @recovered
            - recovering with a fresh tick makes the feed safe again
            0 recover --feed bravo --state @failed --output @recovered
            0 status --state @recovered
            - repeating a recovery produces identical bytes
            0 recover --feed bravo --state @failed --output @again
            same @recovered @again
            """);
        Rehearsal rehearsal = new Rehearsal();
        rehearsal.checkAll();
        equal("the calls", rehearsal.played.toString(), want.toString());
    }

    private static String wanted(String kind) {
        boolean isOfAll = List.of("frozen", "corrupt").contains(kind);
        String exit = kind.equals("corrupt") ? "3" : "2";
        String unsafe = isOfAll ? "\"alpha\", \"bravo\", \"charlie\"" : "\"bravo\"";
        return """
            - NAME: status fails closed and lists only the affected feeds
            0 scenario NAME OPTION--state @state --output @failed
            EXIT status --format json --state @failed --output @report
            names @report "unsafe_feeds": [UNSAFE],
            - NAME: unsafe work is blocked on the affected feeds only
            EXIT gate --feed bravo --action price_order --state @failed
            EXIT gate --feed bravo --action publish_signal --state @failed
            EXIT gate --feed bravo --action rebalance_position --state @failed
            OTHERS gate --feed alpha --feed charlie --state @failed
            """.replace("NAME", kind).replace("OPTION", isOfAll ? "" : "--feed bravo ")
            .replace("EXIT", exit).replace("OTHERS", isOfAll ? exit : "0")
            .replace("UNSAFE", unsafe);
    }

    private static String wantedWeekend(String tick, String reason, String alert) {
        String call = " --state @failed --baseline @baseline --now 2025-11-29T12:00:00Z";
        return """
            write @failed { "as_of": "2025-11-29T12:00:00Z", "feeds": [{ "name": "bravo",\
             "alive": true, "last_tick_at": "TICK" }] }
            2 status --format jsonCALL --output @report
            says @report "reason_code": "REASON"
            says @report "alert": "ALERT"
            2 gate --feed bravo --action price_orderCALL
            2 gate --feed bravo --action publish_signalCALL
            2 gate --feed bravo --action rebalance_positionCALL
            """.replace("TICK", tick).replace("REASON", reason).replace("ALERT", alert)
            .replace("CALL", call);
    }

    private static String wantedHeartbeat(String value, String reason) {
        return writesHeartbeat(value) + wantedWeekend("TICK", reason, "page")
            .replaceAll("(?s)^write.*?\n(?=2)", "");
    }

    private static String writesHeartbeat(String value) {
        return """
            write @failed { "feeds": [{ "name": "bravo", "alive": true,\
             "last_tick_at": "2025-11-29T12:00:00Z", "last_heartbeat_at": VALUE }] }
            """.replace("VALUE", value);
    }

    private static String wantedOptional() {
        String call = " --state @failed --baseline @baseline --now 2025-11-29T12:00:00Z";
        StringBuilder want = new StringBuilder(writesHeartbeat("\"2025-11-29T12:00:00Z\""));
        want.append("0 status --format json" + call + " --output @report\n");
        want.append("says @report \"reason_code\": \"feed_missing\", \"alert\": \"none\"\n");
        for (String action : ACTIONS) {
            want.append("2 gate --feed planned --action " + action + call + "\n");
        }
        return want.toString();
    }

    /** Rehearsal records what would be run, and runs nothing. */
    private static final class Rehearsal extends Freshness.Smoke {
        private final StringBuilder played = new StringBuilder();

        Rehearsal() {
            super(dir, new Freshness.Checks());
        }

        private void note(String... words) {
            played.append(String.join(" ", words).replace(dir + "/", "@")).append("\n");
        }

        @Override void begin(String check) {
            note("-", check);
        }

        @Override void run(int exit, String... args) {
            note(String.valueOf(exit), String.join(" ", args));
        }

        @Override void names(String file, String text) {
            note("names", file, text);
        }

        @Override void says(String file, String text) {
            note("says", file, text);
        }

        @Override void write(String file, String text) {
            note("write", file, text.strip());
        }

        @Override void absent(String file) {
            note("absent", file);
        }

        @Override void same(String one, String other) {
            note("same", one, other);
        }
    }

    @Harness.Test("smoke: what it plays has to be as it says")
    static void failedSteps() throws Exception {
        write("one", "1\n");
        write("two", "2\n");
        write("report", "1\n");
        write("write", "1");
        write("healthy", fixture);
        write("stale", read("stale.json"));
        for (Row row : Row.table("""
                0 status --state @healthy =>
                2 status --state @healthy => exit 0 instead of 2 from status --state DIR/healthy: \
                FRESHNESS OK: 3 of 3 feeds fresh and safe to serve
                0 status --state @stale => exit 2 instead of 0 from status --state DIR/stale: \
                FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s
                2 status --state @stale =>
                write @new 1 =>
                same @new @write =>
                says @one 1 =>
                says @one 2 => the report should say 2
                says @none 2 => the report should say 2
                absent @one => it wrote a file
                absent @none =>
                same @one @report =>
                same @one @two => they differ
                same @one @none => they differ
                same @none @one => they differ
                names @report 1 =>
                names @report 2 => the report should list exactly the affected feeds
                names @none 2 => the report should list exactly the affected feeds""")) {
            String want = "0\nSMOKE PASSED: 1 of 1 checks passed\nok - a check\n";
            if (!row.cell(1).isEmpty()) {
                want = "2\nSMOKE FAILED: 0 of 1 checks passed\nnot ok - a check\n  why: "
                    + row.cell(1) + "\n";
            }
            equal(row.line(), step(arguments(row.cell(0))), want);
        }
    }

    /** Runs one step, and returns the exit code and the report. */
    private static String step(String... words) throws Exception {
        Freshness.Checks checks = new Freshness.Checks();
        Freshness.Smoke smoke = new Freshness.Smoke(dir, checks);
        smoke.begin("a check");
        switch (words[0]) {
            case "absent" -> smoke.absent(words[1]);
            case "same" -> smoke.same(words[1], words[2]);
            case "says" -> smoke.says(words[1], words[2]);
            case "write" -> smoke.write(words[1], words[2]);
            case "names" -> smoke.names(words[1], words[2]);
            default -> smoke.run(Integer.parseInt(words[0]),
                Arrays.copyOfRange(words, 1, words.length));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exit = checks.report(Freshness.Call.parse("smoke"),
            new Freshness.Streams(UNREAD, out, out));
        return exit + "\n" + plain(out.toString(UTF_8));
    }

    // ---- Fixtures that are not what they should be ----

    @Harness.Test("smoke: a check that failed says why, in any locale")
    static void failedChecks() throws Exception {
        Path healthy = home.resolve("data/healthy.json");
        Files.writeString(healthy, fixture.replace("90", "91"));
        run("smoke").exits(2).says("SMOKE FAILED: ",
            "\nnot ok - the bundled fixture is unmodified\n  why: " + healthy
            + " was edited; restore it, and keep your own baseline in another file, passed with"
            + " --baseline\n");
        String why = run("smoke --format json").exits(2).get("checks.0.why").toString();
        equal("JSON", why.contains("was edited"), true);
        Files.writeString(healthy, fixture.replace("bravo", "delta"));
        String step = "  why: exit 3 instead of 0 from scenario stale --feed bravo --state .+/state"
            + " --output .+/failed: freshness: unknown feed: bravo; expected one of .*";
        String out = run("smoke").exits(2).out();
        equal("a step", out.lines().anyMatch(line -> line.matches(step)), true);
        Locale locale = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr")); // there the capital of i has a dot
        try {
            run("smoke").exits(2).says("SMOKE FAILED: ");
        } finally {
            Locale.setDefault(locale);
            Files.writeString(healthy, fixture);
        }
    }

    @Harness.Test("smoke and doctor: failed if the fixture is not what it should be")
    static void faultyFixtures() throws Exception {
        Path faulty = Files.createDirectories(dir.resolve("faulty/data")).resolve("healthy.json");
        Path program = dir.resolve("faulty/Freshness.java");
        Files.copy(home.resolve("Freshness.java"), program);
        String source = System.setProperty("jdk.launcher.sourcefile", program.toString());
        try {
            for (String command : List.of("smoke", "doctor")) {
                run(command).exits(command.equals("smoke") ? 3 : 2);
                Files.writeString(faulty, read("stale.json"));
                failed(command);
                Files.writeString(faulty, "{");
                failed(command);
                Files.delete(faulty);
            }
            for (String feed : List.of("bravo", "charlie")) {
                Files.writeString(faulty, fixture.replace(feed, "delta"));
                failed("smoke");
            }
        } finally {
            System.setProperty("jdk.launcher.sourcefile", source);
        }
    }

    private static void failed(String command) {
        run(command).exits(2)
            .says(command.toUpperCase(Locale.ROOT) + " FAILED", "\nnot ok - ");
        run(command + " --format json").exits(2).has(command, "failed");
    }
}
