import java.io.ByteArrayInputStream;
import java.time.Instant;

import static java.nio.charset.StandardCharsets.UTF_8;

/** DoctorTest: what doctor checks and prints. SmokeTest covers what both have in common. */
final class DoctorTest extends Sandbox {
    private static final String NO_NAME =
        "expected a member name in double quotes, found the end of the input";

    @Harness.Test("doctor: its report, whole")
    static void report() throws Exception {
        write("typo.json", "{");
        report("doctor", 0, "PASSED: 6 of 6", "");
        report("doctor --state @stale.json --baseline @healthy.json", 0, "PASSED: 8 of 8", """
            ok - the baseline can be read and is valid: DIR/healthy.json
            ok - the state can be read and is valid: DIR/stale.json
            """);
        report("doctor --state @typo.json", 2, "FAILED: 6 of 7", """
            not ok - the state can be read and is valid: DIR/typo.json
              why: DIR/typo.json:1:2: NO_NAME
            """.replace("NO_NAME", NO_NAME));
        report("doctor --baseline @typo.json --state @absent.json", 2, "FAILED: 6 of 8", """
            not ok - the baseline can be read and is valid: DIR/typo.json
              why: baseline DIR/typo.json:1:2: NO_NAME
            not ok - the state can be read and is valid: DIR/absent.json
              why: cannot read DIR/absent.json: no such file; check the path given with --state, \
            and that your collector is running
            """.replace("NO_NAME", NO_NAME));
    }

    private static void report(String call, int exit, String verdict, String documents) {
        String out = run(call).exits(exit).out();
        int time = out.lastIndexOf(' ') + 1;
        equal(call, plain(out.substring(0, time)), """
            DOCTOR VERDICT checks passed
            ok - Java is 17 or newer: VERSION
            ok - started from source, compiled by java
            ok - the bundled fixture was found and is safe to serve: HOME/data/healthy.json
            DOCUMENTSok - a temporary file can be written, renamed and read back: TEMPORARY
            ok - output is UTF-8
            ok - the clock is plausible:\s""".replace("VERDICT", verdict)
            .replace("VERSION", Runtime.version().toString()).replace("DOCUMENTS", documents)
            .replace("TEMPORARY", System.getProperty("java.io.tmpdir")));
        Instant now = Instant.parse(out.substring(time).strip());
        equal(call + ": the time", now.isAfter(Instant.EPOCH), true);
    }

    @Harness.Test("doctor: JSON of a check that failed")
    static void json() throws Exception {
        write("typo.json", "{");
        String out = plain(run("doctor --state @typo.json --format json").exits(2).out());
        String check = """
                {"name": "the state can be read and is valid: DIR/typo.json", "ok": false, \
            "why": "DIR/typo.json:1:2: NO_NAME"},
            """.replace("NO_NAME", NO_NAME);
        equal(out, out.contains(check), true);
    }

    @Harness.Test("doctor: a document is checked by its role; a baseline need not be eligible")
    static void documents() throws Exception {
        run("doctor --state @absent.json").exits(2).says("DOCTOR FAILED: 6 of 7",
            "\n  why: cannot read " + dir + "/absent.json: no such file; ");
        write("typo.json", "{");
        run("doctor --baseline @typo.json --state @stale.json").exits(2)
            .says("DOCTOR FAILED: 7 of 8", "ok - the state can be read and is valid: ");
        run("doctor --baseline @=stale.json --state @stale.json").exits(0)
            .says("DOCTOR PASSED: 8 of 8");
    }

    @Harness.Test("doctor: a baseline without a limit, and one file for both, are faults")
    static void whatNoGateOpensOn() throws Exception {
        write("base.json", document("", feed("x", "limit 90"), feed("y", "")));
        run("doctor --baseline @base.json").exits(2).says("DOCTOR FAILED: 6 of 7",
            "\n  why: y has no limit: give it a max_age_seconds, or give the baseline one for all"
                + " feeds\n");
        run("doctor --baseline @stale.json --state @stale.json").exits(2).says(
            "DOCTOR FAILED: 8 of 9", "not ok - the state and the baseline are different files\n"
                + "  why: they are the same file, and a contract proves nothing about a feed\n");
    }

    @Harness.Test("doctor: the state may come from a pipe")
    static void pipe() {
        runWith(new ByteArrayInputStream(fixture.getBytes(UTF_8)), "doctor --state -").exits(0)
            .says("DOCTOR PASSED", "ok - the state can be read and is valid: -\n");
    }

    @Harness.Test("doctor: a clock is plausible for the hundred years from 2026 on")
    static void clock() {
        for (Row row : Row.table("""
                -1000000000-01-01T00:00:00Z => false
                1970-01-01T00:00:00Z => false
                2025-12-31T23:59:59.999999999Z => false
                2026-01-01T00:00:00Z => true
                2125-12-31T23:59:59.999999999Z => true
                2126-01-01T00:00:00Z => false
                +1000000000-12-31T23:59:59.999999999Z => false""")) {
            String instant = Instant.parse(row.cell(0)).toString();
            equal(row.line(), Freshness.Doctor.isPlausible(instant), row.cell(1).equals("true"));
        }
    }
}
