import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * OperatorTest holds what an operator relies on beyond the decision's table: own baselines, dated ticks, watches, advice that
 * fits the cause, messages that name the mistake, and reports that an audit can be made from. It is run by FreshnessTest, in
 * its sandbox and with its calls.
 */
final class OperatorTest {
    private static final String NOW = FreshnessTest.NOW;

    static void all() {
        baselines();
        ticks();
        watches();
        advice();
        messages();
        reports();
        files();
    }

    // ---- Baselines ----

    private static void baselines() {
        FreshnessTest.test("baseline: a member that it does not know is refused, with its place and the nearest known name", () -> {
            // Written in a baseline; where it is; what was meant.
            for (String row : List.of(
                    "'max_age_seconds':90,'require_asof':true,'feeds':[{'name':'x'}] => 1:23: unknown member of a baseline: require_asof; did you mean require_as_of?",
                    "'max_age_second':5,'feeds':[{'name':'x'}] => 1:2: unknown member of a baseline: max_age_second; did you mean max_age_seconds?",
                    "'max_age_seconds':90,'feeds':[{'name':'x','max_age_second':5}] => 1:44: unknown member of a baseline: max_age_second; did you mean max_age_seconds?",
                    "'max_age_seconds':90,'feeds':[{'host':{'a':[1]},'name':'x'}] => 1:33: unknown member of a baseline: host; known are name, alive,",
                    "'max_age_seconds':90,'feeds':[{'name':'x'}],'Max_age_seconds':1 => 1:46: unknown member of a baseline: Max_age_seconds; did you mean",
                    "'max_age_seconds':90,'feeds':[{'name':'x'}],'xnote':1 => 1:46: unknown member of a baseline: xnote;",
                    "'max_age_seconds':90,'feeds':[{'name':'x'}],'':1 => 1:46: unknown member of a baseline: ;")) {
                String[] half = row.split(" => ");
                FreshnessTest.write("base.json", "{" + half[0].replace('\'', '"') + "}");
                FreshnessTest.write("in.json", FreshnessTest.document("limit 90", FreshnessTest.feed("x", "alive true, age 1")));
                String want = "baseline " + FreshnessTest.dir + "/base.json:" + half[1];
                FreshnessTest.run("status --state @in.json --baseline @base.json").exits(3).says("FRESHNESS UNKNOWN: " + want, "; a note is named x-");
                FreshnessTest.run("gate --feed x --state @in.json --baseline @base.json").exits(3).says("GATE BLOCKED: " + want);
                FreshnessTest.run("status --baseline @base.json").exits(3).says("FRESHNESS UNKNOWN: " + want);
                FreshnessTest.refused("recover --feed x --state @in.json --baseline @base.json --output @out.json", half[1]);
                FreshnessTest.run("doctor --baseline @base.json").exits(2).says("DOCTOR FAILED", "not ok - the baseline can be read", half[1]);
                // The same as a state: a producer adds what it likes.
                FreshnessTest.run("doctor --state @base.json").exits(0).says("DOCTOR PASSED", "ok - the state can be read and is valid");
            }
            FreshnessTest.write("base.json", "{'$schema':'baseline.schema.json','x-owner':{'max_age_second':1},'max_age_seconds':90,'as_of':null,'feeds':[{'name':'x','x-':1,'$comment':2,'alive':0,'last_tick_at':1,'last_tick_age_seconds':'?'}]}"
                    .replace('\'', '"'));
            FreshnessTest.run("status --state @in.json --baseline @base.json").exits(0).says("FRESHNESS OK");
        });

        FreshnessTest.test("baseline: swapped with the state, or of other feeds: the headline says so", () -> {
            FreshnessTest.write("base.json", FreshnessTest.document("limit 90, require_as_of true", FreshnessTest.feed("x", "alive true, age 660")));
            FreshnessTest.write("in.json", FreshnessTest.document("limit 90, as_of '" + NOW + "'", FreshnessTest.feed("x", "alive false")));
            FreshnessTest.write("other.json", FreshnessTest.document("limit 90, as_of '" + NOW + "'", FreshnessTest.feed("y", "alive true, age 1")));
            String swapped = "; are --state and --baseline swapped?";
            String strangers = "; state and baseline share no feed: name the baseline of these feeds with --baseline";
            for (String row : List.of("--state @base.json --baseline @in.json => " + swapped, "--state @in.json --baseline @base.json => ",
                    "--state @other.json --baseline @base.json => " + strangers, "--state @other.json => " + strangers, "--baseline @base.json => ")) {
                String[] half = (row + " ").split(" => ");
                FreshnessTest.Run status = FreshnessTest.run("status " + half[0] + " --now " + NOW).exits(2);
                FreshnessTest.equal(status.call(), ends(status.head(), swapped, strangers), half[1].strip());
                if (half[0].contains("--state")) {
                    FreshnessTest.Run gate = FreshnessTest.run("gate --feed x " + half[0] + " --now " + NOW);
                    FreshnessTest.equal(gate.call(), half[0].endsWith("other.json") ? gate.exit() == 3 : gate.exit() == 2 && ends(gate.head(), swapped, strangers).equals(half[1].strip()), true);
                }
            }
        });

        FreshnessTest.test("baseline: the limit of a state is optional", () -> {
            String state = FreshnessTest.document("", FreshnessTest.feed("x", "alive true, age 50"), FreshnessTest.feed("y", "alive true, age 50, limit 40"));
            FreshnessTest.write("in.json", state.replace("[{", "[ {"));
            FreshnessTest.write("base.json", FreshnessTest.document("limit 90", FreshnessTest.feed("x", "limit 60"), FreshnessTest.feed("y", "")));
            FreshnessTest.run("status --state @in.json --baseline @base.json --format json").exits(2).reports("feeds.0.max_age_seconds 60", "feeds.0.alert 'ticket'",
                    "feeds.1.max_age_seconds 40", "feeds.1.reason_code 'stale'", "max_age_seconds 90");
        });
    }

    private static String ends(String line, String... endings) {
        return Arrays.stream(endings).filter(line::endsWith).findFirst().orElse("");
    }

    // ---- Dated ticks ----

    private static void ticks() {
        FreshnessTest.test("last_tick_at: the age is now minus that instant, and the older of two counts", () -> {
            // What the feed says; the verdict by a limit of 90 s.
            for (String row : List.of(
                    "tick '2026-11-22T09:36:52Z' => fresh none 8/90",
                    "tick '2026-11-22T10:36:52+01:00' => fresh none 8/90",
                    "tick '2026-11-22T09:36:52.123456789Z' => fresh none 7.876543211/90",
                    "tick '2026-11-22T09:35:30Z' => fresh ticket 90/90",
                    "tick '2026-11-22T09:35:29.999999999Z' => stale page 90.000000001/90",
                    "tick '2026-11-22T09:37:00Z' => fresh none 0/90",
                    "tick '2026-11-22T09:37:01Z' => fresh none 0/90",
                    "tick '2026-11-22T09:37:01.000000001Z' => tick_skew page ?/90",
                    "tick '2999-11-22T09:37:00Z' => tick_skew page ?/90",
                    "tick '0001-01-01T00:00:00Z' => stale page 4000000000/90",
                    "tick '2026-11-22T09:36:52Z', age 100 => stale page 100/90",
                    "tick '2026-11-22T09:35:00Z', age 3 => stale page 120/90",
                    "tick '2026-11-22T09:37:01Z', age 3 => fresh none 3/90",
                    "tick '2026-11-22T09:36:52Z', age null => fresh none 8/90",
                    "tick '2026-11-22T09:36:52Z', age -30 => age_invalid page ?/90",
                    "tick '2026-11-22T09:36:52Z', age 'x' => age_invalid page ?/90",
                    "tick null, age 3 => fresh none 3/90",
                    "tick null => age_missing page ?/90",
                    "tick 'null', age 3 => age_invalid page ?/90",
                    "tick '', age 3 => age_invalid page ?/90",
                    "tick 'now', age 3 => age_invalid page ?/90",
                    "tick '2026-11-22 09:36:52Z', age 3 => age_invalid page ?/90",
                    "tick '2026-11-22T09:36:52', age 3 => age_invalid page ?/90",
                    "tick 1795340212, age 3 => age_invalid page ?/90",
                    "tick true, age 3 => age_invalid page ?/90",
                    "tick [], age 3 => age_invalid page ?/90")) {
                String[] half = row.split(" => ");
                String feed = half[0].replace("tick ", "last_tick_at ");
                FreshnessTest.verdicts("alive true, " + feed + " => " + half[1]);
            }
        });

        FreshnessTest.test("last_tick_at: with as_of, and in place of it", () -> {
            String strict = FreshnessTest.document("limit 90, require_as_of true", FreshnessTest.feed("x", ""), FreshnessTest.feed("y", ""));
            for (String row : List.of(
                    // as_of; x (dated) and y (not)
                    " => x fresh none 8/90, y as_of_missing page ?/90",
                    ", as_of '2026-11-22T09:36:50Z' => x fresh none 10/90, y fresh none 13/90",
                    ", as_of '2026-11-22T08:37:00Z' => x stale page 3600/90, y stale page 3603/90",
                    ", as_of 'soon' => x as_of_invalid page ?/90, y as_of_invalid page ?/90",
                    ", as_of '2026-11-22T09:37:02Z' => x clock_skew page ?/90, y clock_skew page ?/90")) {
                String[] half = row.split(" => ");
                String state = FreshnessTest.document("limit 90" + half[0],
                        FreshnessTest.feed("x", "alive true, last_tick_at '2026-11-22T09:36:52Z'" + (half[0].isEmpty() ? "" : ", age 0")), FreshnessTest.feed("y", "alive true, age 3"));
                FreshnessTest.equal(state, FreshnessTest.decided(strict, state, NOW), half[1]);
            }
            // A dated feed lives by its tick alone, however old the snapshot is.
            String state = FreshnessTest.document("limit 90, as_of '2026-11-22T08:37:00Z'", FreshnessTest.feed("x", "alive true, last_tick_at '2026-11-22T09:36:52Z'"));
            FreshnessTest.equal(state, FreshnessTest.decided(FreshnessTest.document("limit 90", FreshnessTest.feed("x", "")), state, NOW), "x fresh none 8/90");
        });

        FreshnessTest.test("last_tick_at: a recovery sets it, and the age only where there is one", () -> {
            // The feed before; after a tick of 4.5 s was seen at NOW.
            for (String row : List.of(
                    "'last_tick_at':'2026-11-22T09:00:00Z' => 'last_tick_at':'2026-11-22T09:36:55.500Z'",
                    "'last_tick_at':null => 'last_tick_at':'2026-11-22T09:36:55.500Z'",
                    "'last_tick_at':'?','last_tick_age_seconds':-1 => 'last_tick_at':'2026-11-22T09:36:55.500Z','last_tick_age_seconds':4.5",
                    "'last_tick_age_seconds':3,'last_tick_at':'2026-11-22T09:00:00Z' => 'last_tick_age_seconds':4.5,'last_tick_at':'2026-11-22T09:36:55.500Z'")) {
                String[] half = row.replace('\'', '"').split(" => ");
                String frame = "{\"feeds\":[{\"name\":\"x\",\"alive\":true,%s}]}";
                FreshnessTest.write("in.json", frame.formatted(half[0]));
                FreshnessTest.write("base.json", FreshnessTest.document("limit 90", FreshnessTest.feed("x", "")));
                String call = "recover --feed x --state @in.json --baseline @base.json --age-seconds 4.5 --now " + NOW + " --output ";
                FreshnessTest.run(call + "@out.json").exits(0).says("RECOVERED: x fresh, 4.5s of 90s");
                FreshnessTest.equal(half[0], FreshnessTest.read("out.json"), frame.formatted(half[1]));
                FreshnessTest.run(call + "@again.json").exits(0);
                FreshnessTest.equal("the same bytes", FreshnessTest.read("again.json"), FreshnessTest.read("out.json"));
            }
            FreshnessTest.refused("recover --feed x --state @in.json --baseline @base.json --age-seconds AGE --output @x.json",
                    "invalid value given for --age-seconds: AGE; give the age of a tick that you have seen, in seconds");
        });

        FreshnessTest.test("last_tick_at: scenarios fail feeds that have it", () -> {
            String state = "{\"max_age_seconds\":90,\"feeds\":[{\"name\":\"x\",\"alive\":true,\"last_tick_at\":\"2026-11-22T09:36:52Z\"}]}";
            FreshnessTest.write("in.json", state);
            for (String row : List.of("stale --feed x => \"2026-11-22T09:26:00Z\" stale", "skewed --feed x => \"2026-11-22T09:37:30Z\" tick_skew",
                    "unknown --feed x => null age_missing", "loosened --feed x => \"2026-11-22T09:26:00Z\" stale", "frozen => \"2026-11-22T08:36:52Z\" stale")) {
                String[] half = row.split(" => ");
                FreshnessTest.run("scenario " + half[0] + " --state @in.json --output @out.json --now " + NOW).exits(0);
                FreshnessTest.equal(row, FreshnessTest.read("out.json").contains("\"last_tick_at\":" + half[1].split(" ")[0]), true);
                FreshnessTest.run("status --state @out.json --baseline @in.json --format json --now " + NOW).exits(2)
                        .reports("feeds.0.reason_code '" + half[1].split(" ")[1] + "'");
            }
        });
    }

    // ---- Watches ----

    private static void watches() {
        FreshnessTest.test("watch: an undated state ages by the time since its bytes were first seen", () -> {
            String undated = FreshnessTest.document("limit 90", FreshnessTest.feed("x", "alive true, age 8"), FreshnessTest.feed("y", "alive true, last_tick_at '2026-11-22T09:36:52Z'"));
            String dated = undated.replace("{\"max", "{\"as_of\":\"" + NOW + "\",\"max");
            Freshness.State baseline = FreshnessTest.state(FreshnessTest.document("limit 90", FreshnessTest.feed("x", ""), FreshnessTest.feed("y", "")), true);
            for (String row : List.of("0 => x fresh none 8/90, y fresh none 8/90", "82000000000 => x fresh ticket 90/90, y fresh none 8/90",
                    "82000000001 => x stale page 90.000000001/90, y fresh none 8/90")) {
                String[] half = row.split(" => ");
                long unchanged = Long.parseLong(half[0]);
                for (String state : List.of(undated, dated)) {
                    String got = FreshnessTest.shown(new Freshness.Decision(baseline, FreshnessTest.state(state, false), null, Instant.parse(NOW), unchanged).all());
                    FreshnessTest.equal(state + " for " + unchanged, got, state.equals(dated) ? "x fresh none 8/90, y fresh none 8/90" : half[1]);
                }
            }
        });

        FreshnessTest.test("watch: what it goes with", () -> {
            String clock = "--watch reads a file again and again, by the real clock; leave out --now and --state -";
            for (String command : List.of("status", "gate --feed alpha")) {
                FreshnessTest.refused(command + " --state - --watch 1", clock);
                FreshnessTest.refused(command + " --state @healthy.json --watch 1 --now " + NOW, clock);
                for (String value : List.of("0", "0.09", "86401", "-1", "x", "1e9")) {
                    FreshnessTest.refused(command + " --state @healthy.json --watch " + value, "invalid value given for --watch: " + value, "expected a number of seconds from 0.1 to 86400");
                }
            }
            String format = "status --watch shows text, or writes a file with --format prometheus --output FILE";
            for (String options : List.of("--format json", "--format prometheus", "--output @out", "--format json --output @out", "--format prometheus --output -")) {
                FreshnessTest.refused("status --watch 1 " + options, format);
            }
            // A gate that is closed ends its watch at once, with the verdict.
            FreshnessTest.run("gate --feed bravo --state @stale.json --watch 1").exits(2).says("GATE BLOCKED: bravo stale, 660s > 90s; not safe to serve");
            FreshnessTest.run("gate --feed bravo --state @absent.json --watch 1").exits(3).says("GATE BLOCKED: ", "no such file");
        });

        FreshnessTest.test("gate: quiet prints only what is blocked", () -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            String[] open = FreshnessTest.arguments("gate --feed alpha --state @stale.json --quiet");
            FreshnessTest.equal("open", Freshness.run(open, InputStream.nullInputStream(), out, out) + out.toString(UTF_8), "0");
            FreshnessTest.run("gate --feed bravo --state @stale.json --quiet").exits(2).says("GATE BLOCKED: bravo");
            FreshnessTest.run("gate --quiet --feed alpha --state @absent.json").exits(3).says("GATE BLOCKED: ");
            FreshnessTest.refused("gate --feed alpha --state @healthy.json --quiet=yes", "--quiet takes no value");
            FreshnessTest.refused("gate --feed alpha --state @healthy.json --quiet yes", "unexpected argument: yes");
            FreshnessTest.refused("gate --feed alpha --state @healthy.json --quiet --quiet", "--quiet is given twice");
        });

        FreshnessTest.test("the clock is read after the last byte of the state", () -> {
            // The input ends only once the tick in it is older than its limit.
            Instant tick = Instant.now();
            String state = "{\"feeds\":[{\"name\":\"x\",\"alive\":true,\"last_tick_at\":\"" + tick + "\"}]}";
            FreshnessTest.write("base.json", FreshnessTest.document("limit 0.05", FreshnessTest.feed("x", "")));
            InputStream slow = new ByteArrayInputStream(state.getBytes(UTF_8)) {
                @Override public byte[] readNBytes(int length) {
                    while (Instant.now().isBefore(tick.plusMillis(60))) {
                        Thread.onSpinWait();
                    }
                    byte[] all = new byte[available()];
                    read(all, 0, all.length);
                    return all;
                }
            };
            FreshnessTest.runWith(slow, "gate --feed x --state - --baseline @base.json").exits(2).says("GATE BLOCKED: x stale");
        });
    }

    // ---- Advice ----

    private static void advice() {
        FreshnessTest.test("advice: by the cause, whole", () -> {
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
            FreshnessTest.write("base.json", FreshnessTest.document("limit 90", FreshnessTest.feed("x", "")));
            for (String[] row : rows) {
                FreshnessTest.write("in.json", FreshnessTest.document(row[0], FreshnessTest.feed("x", row[1])));
                FreshnessTest.Run run = FreshnessTest.run("status --state @in.json --baseline @base.json --now " + NOW).exits(2);
                String out = run.out().replace("'" + FreshnessTest.home + "/Freshness.java'", "HOME/Freshness.java")
                        .replaceAll("'" + FreshnessTest.dir + "(/[^']*)'", "DIR$1");
                FreshnessTest.equal(run.call() + " of " + row[0] + " | " + row[1], out.lines().filter(line -> line.matches("  (why|next): .*")).toList(),
                        List.of("  why:  " + row[2], "  next: " + row[3]));
            }
        });

        FreshnessTest.test("advice: the same for several feeds is given once", () -> {
            List<String> feeds = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                feeds.add(FreshnessTest.feed("f" + i, "alive " + (i == 7 ? "true, age 660" : "1, age 8")));
            }
            FreshnessTest.write("in.json", FreshnessTest.document("limit 90", feeds.toArray(new String[0])));
            String out = FreshnessTest.run("status --state @in.json --baseline @in.json --now " + NOW).exits(2).out();
            FreshnessTest.equal("once", out.lines().filter(line -> line.startsWith("blocked on ")).toList(), List.of(
                    "blocked on f0, f1, f2, f3, f4, and 2 more: read_last_price, serve_cached_status, price_order, publish_signal, rebalance_position",
                    "blocked on f7: price_order, publish_signal, rebalance_position"));
        });
    }

    // ---- Messages ----

    private static void messages() {
        FreshnessTest.test("messages: the usual mistakes in a file, by name", () -> {
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
                Files.write(FreshnessTest.dir.resolve("in.json"), row[0].replace('\'', '"').replace('`', '\'').getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                FreshnessTest.run("gate --feed alpha --state @in.json").exits(3).says("GATE BLOCKED: " + FreshnessTest.dir + "/in.json:" + row[1] + "\n");
            }
        });

        FreshnessTest.test("messages: the usual mistakes on the command line, with what was meant", () -> {
            FreshnessTest.refused("status @stale.json", "unexpected argument: " + FreshnessTest.dir + "/stale.json; did you mean --state " + FreshnessTest.dir + "/stale.json?");
            FreshnessTest.refused("gate alpha --state @stale.json", "unexpected argument: alpha; did you mean --feed alpha?");
            FreshnessTest.refused("--state @stale.json status", "unknown command: --state; the command comes first");
            FreshnessTest.refused("--format=json status", "unknown command: --format=json; the command comes first");
            FreshnessTest.run("gate --feed alpha,bravo --state @stale.json").exits(3).says("GATE BLOCKED: unknown feed: alpha,bravo; several feeds take a --feed each\n");
            FreshnessTest.run("status --state " + FreshnessTest.base.getRoot() + " --baseline @healthy.json").exits(3).says("FRESHNESS UNKNOWN: /: a directory; name a file in it");
            FreshnessTest.run("status --state http://localhost/state.json").exits(3).says("FRESHNESS UNKNOWN: http://localhost/state.json: cannot be read: no such file;"
                    + " an address is read by another program, and its output with --state -");
            FreshnessTest.run("gate --feed % --state @stale.json", "bravo -h").exits(3).says("GATE BLOCKED: unknown feed: bravo -h");
            FreshnessTest.refused("gate --state @stale.json --feed bravo -h", "-h counts only as the one argument behind a command");
            FreshnessTest.refused("gate --state @stale.json --feed bravo --help", "--help counts only as the one argument behind a command");
            FreshnessTest.refused("--version --help status", "--help counts only as the one argument behind a command");
        });

        FreshnessTest.test("messages: a check that failed says why", () -> {
            Files.writeString(FreshnessTest.home.resolve("data/healthy.json"), FreshnessTest.fixture.replace("90", "91"));
            FreshnessTest.Run edited = FreshnessTest.run("smoke").exits(2).says("SMOKE FAILED: ", "\nnot ok - the bundled fixture is as it was shipped\n  why: "
                    + FreshnessTest.home + "/data/healthy.json was edited; keep a baseline of your own in another file, and name it with --baseline\n");
            FreshnessTest.equal("JSON", FreshnessTest.run("smoke --format json").exits(2).get("checks.0.why").toString().contains("was edited"), true);
            Files.writeString(FreshnessTest.home.resolve("data/healthy.json"), FreshnessTest.fixture.replace("bravo", "delta"));
            FreshnessTest.equal("a step", FreshnessTest.run("smoke").exits(2).out().contains("\n  why: exit 3 instead of 0 scenario stale --feed bravo --state @state --output @failed: freshness: unknown feed: bravo"), true);
            FreshnessTest.run("doctor --state @absent.json").exits(2).says("DOCTOR FAILED: 6 of 7", "\n  why: " + FreshnessTest.dir + "/absent.json: cannot be read: no such file");
            FreshnessTest.write("typo.json", "{");
            FreshnessTest.run("doctor --baseline @typo.json --state @stale.json").exits(2).says("DOCTOR FAILED: 7 of 8", "ok - the state can be read and is valid: ");
            // A baseline need not be eligible.
            FreshnessTest.run("doctor --baseline @stale.json --state @stale.json").exits(0).says("DOCTOR PASSED: 8 of 8");
            Files.writeString(FreshnessTest.home.resolve("data/healthy.json"), FreshnessTest.fixture);
        });
    }

    // ---- Reports ----

    private static void reports() {
        FreshnessTest.test("report: an audit can be made from one JSON report", () -> {
            FreshnessTest.write("in.json", FreshnessTest.document("limit 90, as_of '2026-11-22T09:36:59Z'", FreshnessTest.feed("alpha", "alive true, age 8"),
                    FreshnessTest.feed("bravo", "alive true, age 660"), FreshnessTest.feed("charlie", "alive true, age 8")));
            for (String call : List.of("status", "gate --feed bravo --feed alpha")) {
                FreshnessTest.run(call + " --state @in.json --format json --now " + NOW).exits(2)
                        .reports("evaluated_at '" + NOW + "'", "as_of '2026-11-22T09:36:59Z'", "exit 2")
                        .has("state", FreshnessTest.dir + "/in.json").has("state_sha256", FreshnessTest.sha256("in.json"))
                        .has("baseline", FreshnessTest.home + "/data/healthy.json").has("baseline_sha256", FreshnessTest.sha256("healthy.json"));
                FreshnessTest.run(call + " --state @healthy.json --format json --now " + NOW).exits(0).reports("as_of null", "exit 0");
                // What was read is named, also where it is not valid.
                FreshnessTest.write("broken.json", "{");
                FreshnessTest.run(call + " --state @broken.json --format json").exits(3).reports("exit 3").has("state_sha256", FreshnessTest.sha256("broken.json"));
                FreshnessTest.run(call + " --state @absent.json --format json").exits(3).reports("exit 3", "state_sha256 null")
                        .has("baseline_sha256", FreshnessTest.sha256("healthy.json"));
                FreshnessTest.run(call + " --state @in.json --baseline @broken.json --format json").exits(3)
                        .reports("state_sha256 null", "feeds null", call.equals("status") ? "unsafe_feeds null" : "next null");
            }
            FreshnessTest.run("gate --feed alpha --feed nobody --feed bravo --state @in.json --format json --now " + NOW).exits(3)
                    .reports("blocked_feeds ['nobody', 'bravo']", "exit 3");
            FreshnessTest.run("gate --feed alpha --feed bravo --state @absent.json --format json").exits(3).reports("blocked_feeds ['alpha', 'bravo']");
            FreshnessTest.run("gate --feed alpha --state @in.json --baseline @broken.json --format json").exits(3).reports("blocked_feeds ['alpha']");
        });

        FreshnessTest.test("report: a row says why there is a ticket", () -> {
            FreshnessTest.write("in.json", FreshnessTest.document("limit 900", FreshnessTest.feed("alpha", "alive true, age 8"),
                    FreshnessTest.feed("bravo", "alive true, age 46, limit 90"), FreshnessTest.feed("charlie", "alive true, age 45, limit 90")));
            FreshnessTest.equal("rows", FreshnessTest.run("status --state @in.json").exits(0).out().lines().filter(line -> line.contains("[")).toList(), List.of(
                    "  alpha    fresh    [#.........]     8s of 90s  ticket: the state's own limit, 900s, is looser",
                    "  bravo    fresh    [######....]    46s of 90s  ticket: past half its limit",
                    "  charlie  fresh    [#####.....]    45s of 90s"));
        });
    }

    // ---- Files ----

    private static void files() {
        FreshnessTest.test("files: the mode of what is replaced is kept, and the program itself is never written", () -> {
            for (String mode : List.of("rw-------", "rw-r-----", "rw-r--r--", "rw-rw-rw-")) {
                FreshnessTest.write("out.json", "old");
                Path out = FreshnessTest.dir.resolve("out.json");
                Files.setPosixFilePermissions(out, PosixFilePermissions.fromString(mode));
                for (String call : List.of("scenario stale --feed bravo", "recover --feed bravo --state @stale.json", "status --format json")) {
                    FreshnessTest.run(call + " --output @out.json").exits(0);
                    FreshnessTest.equal(call, PosixFilePermissions.toString(Files.getPosixFilePermissions(out)), mode);
                }
            }
            String source = FreshnessTest.home + "/Freshness.java";
            Files.createSymbolicLink(FreshnessTest.dir.resolve("home"), FreshnessTest.home);
            for (String target : List.of(source, FreshnessTest.dir + "/home/Freshness.java")) {
                String refusal = target + ": the program itself; name another file";
                FreshnessTest.refused("status --output %", "--output " + refusal, target);
                FreshnessTest.refused("scenario stale --feed bravo --output %", "--output " + refusal, target);
                FreshnessTest.refused("recover --feed bravo --state @stale.json --output @x.json --record %", "--record " + refusal, target);
            }
        });
    }
}
