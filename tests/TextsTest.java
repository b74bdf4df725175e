import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** TextsTest: whole texts, compared to the letter. */
final class TextsTest extends Sandbox {
    // ---- Advice ----

    static void advice() {
        test("advice: by the cause, whole", () -> {
            String producer = "make the producer write last_tick_at as an instant, or last_tick_age_seconds as a number";
            String recover = "java HOME/Freshness.java recover --feed x --state DIR/in.json --output DIR/in-recovered.json --baseline DIR/base.json --now "
                    + NOW + " --age-seconds AGE";
            String[][] rows = { // the state's members, the feed; why; what next
                {"limit 90", "alive true, age 660", "last tick 660s old, limit 90s", recover},
                {"limit 90", "alive false, age 8", "the feed consumer does not answer: alive is false", recover},
                {"limit 90", "alive true, age null", "the age of the newest tick is not known: last_tick_age_seconds is null", recover},
                {"limit 90", "alive true", "the age of the newest tick is not known: last_tick_age_seconds is absent", producer},
                {"limit 90", "alive true, last_tick_age_second 8", "the age of the newest tick is not known: last_tick_age_seconds is absent", producer},
                {"limit 90", "alive true, age '8'", "last_tick_age_seconds is \"8\", not a plausible time", producer},
                {"limit 90", "alive true, age -30", "last_tick_age_seconds is -30, not a plausible time", producer},
                {"limit 90", "alive true, age 1795340212", "last_tick_age_seconds is 1795340212, not a plausible time", producer},
                {"limit 90", "alive true, age 8, last_tick_at 'x'", "last_tick_at is \"x\", not a plausible time", producer},
                {"limit 90", "alive true, last_tick_at '2026-11-22T09:38:00Z'", "last_tick_at is 60s in the future",
                    "compare the clock of this host with that of the host that wrote the state"},
                {"limit 90", "alive 'true', age 8", "alive is \"true\", neither true nor false", "make the producer write alive as true or false"},
                {"limit 90", "age 8", "alive is absent, neither true nor false", "make the producer write alive as true or false"},
                {"limit 0", "alive true, age 8", "max_age_seconds is 0 in the state, not a number above 0", "correct max_age_seconds in the state and in the baseline"},
                {"limit 90", "alive true, age 8, limit null", "max_age_seconds is null in the state, not a number above 0", "correct max_age_seconds in the state and in the baseline"},
                {"limit 90, as_of 'x'", "alive true, age 8", "as_of is x, not an RFC 3339 instant", "make the producer write as_of like 2026-11-22T09:37:00Z"},
                {"limit 90, as_of '2026-11-22T09:37:02Z'", "alive true, age 8", "as_of is 2s in the future",
                    "compare the clock of this host with that of the host that wrote the state"},
                {"limit 90, as_of '2026-11-22T09:35:30Z'", "alive true, age 8", "last tick 98s old, limit 90s", recover},
                {"limit 90, as_of '2026-11-22T09:35:29Z'", "alive true, age 8", "last tick 99s old, limit 90s", "restart the collector: the state is 91s old"},
            };
            write("base.json", document("limit 90", feed("x", "")));
            for (String[] row : rows) {
                write("in.json", document(row[0], feed("x", row[1])));
                Run run = run("status --state @in.json --baseline @base.json --now " + NOW).exits(2);
                String out = run.out().replace("'" + home + "/Freshness.java'", "HOME/Freshness.java")
                        .replaceAll("'" + dir + "(/[^']*)'", "DIR$1");
                equal(run.call() + " of " + row[0] + " | " + row[1], out.lines().filter(line -> line.matches("  (why|next): .*")).toList(),
                        List.of("  why:  " + row[2], "  next: " + row[3]));
            }
        });

        test("advice: the same for several feeds is given once", () -> {
            List<String> feeds = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                feeds.add(feed("f" + i, "alive " + (i == 7 ? "true, age 660" : "1, age 8")));
            }
            write("in.json", document("limit 90", feeds.toArray(new String[0])));
            String out = run("status --state @in.json --baseline @in.json --now " + NOW).exits(2).out();
            equal("once", out.lines().filter(line -> line.startsWith("blocked on ")).toList(), List.of(
                    "blocked on f0, f1, f2, f3, f4, and 2 more: read_last_price, serve_cached_status, price_order, publish_signal, rebalance_position",
                    "blocked on f7: price_order, publish_signal, rebalance_position"));
        });
    }

    // ---- Messages ----

    static void messages() {
        test("messages: the usual mistakes in a file, by name", () -> {
            String[][] rows = { // bytes, one a character; the message
                {"\u00ef\u00bb\u00bf{}", "1:1: expected an object with max_age_seconds and feeds, found a byte-order mark; write UTF-8 without one"},
                {"\u00ff\u00fe{\0}\0", "1:1: expected an object with max_age_seconds and feeds, found UTF-16; write UTF-8"},
                {"\u00fe\u00ff\0{\0}", "1:1: expected an object with max_age_seconds and feeds, found UTF-16; write UTF-8"},
                {"{\0}\0", "1:2: expected a member name in double quotes, found UTF-16 or binary data; write UTF-8"},
                {"{'feeds':[{'name':'x',}]}", "1:23: expected a member name in double quotes, found a trailing comma"},
                {"{'feeds':[{'name':'x'},\n ]}", "2:2: expected a feed, an object with a name, found a trailing comma"},
                {"{'a':NaN}", "1:6: expected a value, found NaN; an age that is not known is null"},
                {"{'a':Infinity}", "1:6: expected a value, found Infinity; an age that is not known is null"},
                {"{'a':-Infinity}", "1:7: expected a digit, found Infinity; an age that is not known is null"},
                {"// note\n{}", "1:1: expected an object with max_age_seconds and feeds, found a comment, which JSON does not have"},
                {"{/* note */}", "1:2: expected a member name in double quotes, found a comment, which JSON does not have"},
                {"{ # note\n}", "1:3: expected a member name in double quotes, found a comment, which JSON does not have"},
                {"{`a`:1}", "1:2: expected a member name in double quotes, found a single quote; JSON has double quotes"},
                {"{'a':1 }}", "1:9: expected the end of the file, found '}'"},
                {"{'a' 1}", "1:6: expected ':', found '1'"},
                {"{", "1:2: expected a member name in double quotes, found the end"},
                {"{'a':\u0001}", "1:6: expected a value, found byte 0x1"},
            };
            for (String[] row : rows) {
                Files.write(dir.resolve("in.json"), row[0].replace('\'', '"').replace('`', '\'').getBytes(ISO_8859_1));
                run("gate --feed alpha --state @in.json").exits(3).says("GATE BLOCKED: " + dir + "/in.json:" + row[1] + "\n");
            }
        });

        test("messages: the usual mistakes on the command line, with what was meant", () -> {
            refused("status @stale.json", "unexpected argument: " + dir + "/stale.json; did you mean --state " + dir + "/stale.json?");
            refused("gate alpha --state @stale.json", "unexpected argument: alpha; did you mean --feed alpha?");
            refused("--state @stale.json status", "unknown command: --state; the command comes first");
            refused("--format=json status", "unknown command: --format=json; the command comes first");
            run("gate --feed alpha,bravo --state @stale.json").exits(3).says("GATE BLOCKED: unknown feed: alpha,bravo; several feeds take a --feed each\n");
            run("status --state " + base.getRoot() + " --baseline @healthy.json").exits(3).says("FRESHNESS UNKNOWN: /: a directory; name a file in it");
            run("status --state http://localhost/state.json").exits(3).says("FRESHNESS UNKNOWN: http://localhost/state.json: cannot be read: no such file;"
                    + " an address is read by another program, and its output with --state -");
            run("gate --feed % --state @stale.json", "bravo -h").exits(3).says("GATE BLOCKED: unknown feed: bravo -h");
            refused("gate --state @stale.json --feed bravo -h", "-h counts only as the one argument behind a command");
            refused("gate --state @stale.json --feed bravo --help", "--help counts only as the one argument behind a command");
            refused("--version --help status", "--help counts only as the one argument behind a command");
        });

        test("messages: a check that failed says why", () -> {
            Files.writeString(home.resolve("data/healthy.json"), fixture.replace("90", "91"));
            Run edited = run("smoke").exits(2).says("SMOKE FAILED: ", "\nnot ok - the bundled fixture is as it was shipped\n  why: "
                    + home + "/data/healthy.json was edited; keep a baseline of your own in another file, and name it with --baseline\n");
            equal("JSON", run("smoke --format json").exits(2).get("checks.0.why").toString().contains("was edited"), true);
            Files.writeString(home.resolve("data/healthy.json"), fixture.replace("bravo", "delta"));
            equal("a step", run("smoke").exits(2).out().contains("\n  why: exit 3 instead of 0 scenario stale --feed bravo --state @state --output @failed: freshness: unknown feed: bravo"), true);
            run("doctor --state @absent.json").exits(2).says("DOCTOR FAILED: 6 of 7", "\n  why: " + dir + "/absent.json: cannot be read: no such file");
            write("typo.json", "{");
            run("doctor --baseline @typo.json --state @stale.json").exits(2).says("DOCTOR FAILED: 7 of 8", "ok - the state can be read and is valid: ");
            // A baseline need not be eligible.
            run("doctor --baseline @stale.json --state @stale.json").exits(0).says("DOCTOR PASSED: 8 of 8");
            Files.writeString(home.resolve("data/healthy.json"), fixture);
        });
    }
}
