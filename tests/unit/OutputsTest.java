import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** OutputsTest: what each command prints, to the letter; and what a watch prints while its state changes. */
final class OutputsTest extends Sandbox {
    // ---- Outputs ----

    /** The lines of the help that explain options. */
    private static final String BASELINE = "  --baseline      who must be there, and how old is too old; data/healthy.json by default\n";
    private static final String STATE = "  --state         the state; - reads standard input; status and scenario start from data/healthy.json without it\n";
    private static final String FEED = "  --feed          the feed\n";
    private static final String OUTPUT = "  --output        write it there, whole or not at all; - writes to standard output\n";
    private static final String AGE = "  --age-seconds   the age of the tick: 660 by default in a scenario, 5 in a recovery\n";
    private static final String FORMAT = "  --format        for people or for programs\n";
    private static final String WATCH = "  --watch         evaluate again and again: status until interrupted, gate until it closes\n";
    private static final String CLOCK = "  --now           replaces the clock, like 2026-11-22T09:37:00Z\n";

    static void outputs() {
        test("outputs: help", () -> {
            whole("help", 0, """
                A fail-closed freshness gate: safe is what was proved, everything else is blocked.

                  status    shows each feed: alive, how old, safe to serve or not, and why
                  gate      may this work go on? exit 0 only if every feed allows every action
                  scenario  writes a failure that status then detects
                  recover   restores one feed on the evidence of a fresh tick, or refuses and writes nothing
                  smoke     runs the whole contract through real files
                  doctor    checks the environment
                  help      shows the commands, or the options of one
                  --version shows the version of this program and of Java

                example: java 'HOME/Freshness.java' gate --feed alpha --state state.json && ./publish.sh
                exit codes: 0 proved safe, or done; 2 evaluated, and not safe; 3 could not be evaluated. Go on only on 0.
                For the options of a command: java 'HOME/Freshness.java' help COMMAND
                """);
            String[][] rows = { // the command; its options; the lines for them
                {"status", " [--state FILE] [--baseline FILE] [--format text|json|prometheus] [--output FILE] [--watch SECONDS]"
                    + " [--color auto|always|never] [--now INSTANT]",
                    STATE + BASELINE + OUTPUT + FORMAT + WATCH + "  --color         auto colors on a terminal only\n" + CLOCK},
                {"gate", " --feed NAME... --state FILE [--action ACTION...] [--baseline FILE] [--format text|json] [--watch SECONDS] [--quiet]"
                    + " [--now INSTANT]",
                    FEED + STATE + "  --action        the work; without it, the feed must be safe to serve\n" + BASELINE + FORMAT + WATCH
                    + "  --quiet         print only where the gate is blocked\n" + CLOCK},
                {"scenario", " KIND --output FILE [--feed NAME] [--state FILE] [--age-seconds N] [--format text|json] [--now INSTANT]",
                    "  KIND            stale unknown down missing skewed loosened (of one --feed), frozen corrupt (of all)\n"
                    + FEED + STATE + OUTPUT + AGE + FORMAT + CLOCK},
                {"recover", " --feed NAME --state FILE --output FILE [--age-seconds N] [--record FILE] [--baseline FILE] [--format text|json]"
                    + " [--now INSTANT]",
                    FEED + STATE + BASELINE + OUTPUT + AGE + "  --record        append the report there, as one JSON line\n" + FORMAT + CLOCK},
                {"smoke", " [--format text|json]", FORMAT},
                {"doctor", " [--baseline FILE] [--state FILE] [--format text|json]", STATE + BASELINE + FORMAT},
                {"help", " [COMMAND]", "  COMMAND         one of status gate scenario recover smoke doctor\n"},
                {"--version", "", ""},
            };
            for (String[] row : rows) {
                String help = "usage: java 'HOME/Freshness.java' " + row[0] + row[1] + "\n\n" + row[2];
                for (String call : List.of(row[0] + " --help", row[0] + " -h", "help " + row[0], "--help " + row[0], "-h " + row[0])) {
                    if (!call.endsWith(" --version")) { // that is no COMMAND
                        whole(call, 0, help);
                    }
                }
            }
            whole("--version", 0, "freshness 1.0, Java " + Runtime.version() + "\n");
        });

        test("outputs: status of the fixture, in all formats", () -> {
            whole("status --now " + NOW, 0, """
                FRESHNESS OK: 3 of 3 feeds fresh and safe to serve

                  alpha    fresh    [#.........]     8s of 90s
                  bravo    fresh    [##........]    11s of 90s
                  charlie  fresh    [#.........]     7s of 90s

                state: HOME/data/healthy.json (the baseline itself; --state FILE judges a state)
                """);
            whole("status --color always --state @stale.json --now " + NOW, 2, """
                #31mFRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s#0m

                  alpha    #32mfresh#0m    [#.........]     8s of 90s
                  bravo    #33mstale#0m    [##########]   660s of 90s  page
                  charlie  #32mfresh#0m    [#.........]     7s of 90s

                blocked on bravo: price_order, publish_signal, rebalance_position
                  why:  last tick 660s old, limit 90s
                  next: java 'HOME/Freshness.java' recover --feed bravo --state 'DIR/stale.json' --output 'DIR/stale-recovered.json'\
                 --now 2026-11-22T09:37:00Z --age-seconds AGE

                state: DIR/stale.json, judged by the baseline HOME/data/healthy.json
                """.replaceAll("#(?=[0-9]+m)", "\u001b["));
            write("down.json", fixture.replaceFirst("true", "false"));
            equal("unknown is red, and so is what could not be evaluated", run("status --color always --state @down.json --now " + NOW).exits(2).out()
                .lines().filter(line -> line.contains("\u001b")).limit(2).toList(), List.of(
                "\u001b[31mFRESHNESS CRITICAL: 1 of 3 feeds unsafe: alpha unknown (feed_down)\u001b[0m",
                "  alpha    \u001b[31munknown\u001b[0m  [#.........]     8s of 90s  page: feed_down"));
            equal("eligible is green", run("status --color always").exits(0).head(),
                "\u001b[32mFRESHNESS OK: 3 of 3 feeds fresh and safe to serve\u001b[0m");
            whole("status --color always --state @absent.json", 3,
                "\u001b[31mFRESHNESS UNKNOWN: DIR/absent.json: cannot be read: no such file; nothing is safe to serve\u001b[0m\n");
            String fixtureSha256 = "62881c02e5348e8f234e6e2ff02dee093269966a9e9130b62e39e0e188010719";
            String all = "\"freshness_status\": \"fresh\", \"safe_to_serve\": true, \"allowed_actions\": [\"inspect_status\", \"read_last_price\","
                + " \"serve_cached_status\", \"price_order\", \"publish_signal\", \"rebalance_position\"], \"blocked_actions\": [],"
                + " \"blocked_reason\": null, \"reason_code\": \"fresh\", \"alert\": \"none\"}";
            whole("status --format json --now " + NOW, 0, """
                {
                  "overall_status": "eligible",
                  "unsafe_feeds": [],
                  "max_age_seconds": 90,
                  "fresh_feeds": 3,
                  "alive_feeds": 3,
                  "total_feeds": 3,
                  "evaluated_at": "2026-11-22T09:37:00Z",
                  "as_of": null,
                  "state": "HOME/data/healthy.json",
                  "state_sha256": "SHA256",
                  "baseline": "HOME/data/healthy.json",
                  "baseline_sha256": "SHA256",
                  "exit": 0,
                  "feeds": [
                    {"name": "alpha", "alive": true, "last_tick_age_seconds": 8, "max_age_seconds": 90, ALL,
                    {"name": "bravo", "alive": true, "last_tick_age_seconds": 11, "max_age_seconds": 90, ALL,
                    {"name": "charlie", "alive": true, "last_tick_age_seconds": 7, "max_age_seconds": 90, ALL
                  ]
                }
                """.replace("SHA256", fixtureSha256).replace("ALL", all));
            whole("gate --feed charlie --feed alpha --action publish_signal --action price_order --format json --now " + NOW + " --state @healthy.json", 0, """
                {
                  "gate": "open",
                  "actions": ["publish_signal", "price_order"],
                  "blocked_feeds": [],
                  "next": [],
                  "evaluated_at": "2026-11-22T09:37:00Z",
                  "as_of": null,
                  "state": "DIR/healthy.json",
                  "state_sha256": "SHA256",
                  "baseline": "HOME/data/healthy.json",
                  "baseline_sha256": "SHA256",
                  "exit": 0,
                  "feeds": [
                    {"name": "charlie", "alive": true, "last_tick_age_seconds": 7, "max_age_seconds": 90, ALL,
                    {"name": "alpha", "alive": true, "last_tick_age_seconds": 8, "max_age_seconds": 90, ALL
                  ]
                }
                """.replace("SHA256", fixtureSha256).replace("ALL", all));
            write("in.json", document("limit 90, as_of '2026-11-22T09:36:59.5Z'", feed("a", "alive true, age 8"), feed("b", "alive false"),
                feed("c", "alive true, age 90, limit 'x'"), feed("d", "alive true, last_tick_at '2026-11-22T09:36:52Z', limit 9")));
            whole("status --state @in.json --baseline @in.json --format prometheus --now 2026-11-22T09:37:00.25Z", 2, """
                # HELP freshness_feed_alive Whether the feed consumer answers; 0 where that is not known.
                # TYPE freshness_feed_alive gauge
                freshness_feed_alive{feed="a"} 1
                freshness_feed_alive{feed="b"} 0
                freshness_feed_alive{feed="c"} 1
                freshness_feed_alive{feed="d"} 1
                # HELP freshness_feed_safe_to_serve Whether the feed is proved safe to serve.
                # TYPE freshness_feed_safe_to_serve gauge
                freshness_feed_safe_to_serve{feed="a"} 1
                freshness_feed_safe_to_serve{feed="b"} 0
                freshness_feed_safe_to_serve{feed="c"} 0
                freshness_feed_safe_to_serve{feed="d"} 1
                # HELP freshness_feed_last_tick_age_seconds Age of the newest tick at the evaluation; absent where it is not known.
                # TYPE freshness_feed_last_tick_age_seconds gauge
                freshness_feed_last_tick_age_seconds{feed="a"} 8.75
                freshness_feed_last_tick_age_seconds{feed="c"} 90.75
                freshness_feed_last_tick_age_seconds{feed="d"} 8.25
                # HELP freshness_feed_max_age_seconds Limit that counted; absent where there is no valid one.
                # TYPE freshness_feed_max_age_seconds gauge
                freshness_feed_max_age_seconds{feed="a"} 90
                freshness_feed_max_age_seconds{feed="b"} 90
                freshness_feed_max_age_seconds{feed="d"} 9
                # HELP freshness_feed_last_tick_timestamp_seconds When the newest tick was made, in seconds since 1970; absent where it is not known.
                # TYPE freshness_feed_last_tick_timestamp_seconds gauge
                freshness_feed_last_tick_timestamp_seconds{feed="a"} 1795340211.5
                freshness_feed_last_tick_timestamp_seconds{feed="c"} 1795340129.5
                freshness_feed_last_tick_timestamp_seconds{feed="d"} 1795340212
                # HELP freshness_feed_info Why: the status, the reason and the alert of the feed; always 1.
                # TYPE freshness_feed_info gauge
                freshness_feed_info{feed="a",freshness_status="fresh",reason_code="fresh",alert="none"} 1
                freshness_feed_info{feed="b",freshness_status="unknown",reason_code="feed_down",alert="page"} 1
                freshness_feed_info{feed="c",freshness_status="unknown",reason_code="limit_invalid",alert="page"} 1
                freshness_feed_info{feed="d",freshness_status="fresh",reason_code="fresh",alert="ticket"} 1
                # HELP freshness_state_valid Whether the state and the baseline could be evaluated.
                # TYPE freshness_state_valid gauge
                freshness_state_valid 1
                # HELP freshness_last_evaluation_timestamp_seconds When the state was evaluated, in seconds since 1970.
                # TYPE freshness_last_evaluation_timestamp_seconds gauge
                freshness_last_evaluation_timestamp_seconds 1795340220
                """);
        });

        test("outputs: headlines of status and gate", () -> {
            // Unsafe feeds after @N in the baseline; what status and gate say first.
            String[] names = {"a", "b", "c", "d", "e", "f", "g"};
            for (int count = 1; count <= names.length; count++) {
                List<String> feeds = new ArrayList<>();
                List<String> briefs = new ArrayList<>();
                StringBuilder asked = new StringBuilder();
                for (int i = 0; i < names.length; i++) {
                    feeds.add(feed(names[i], "alive true, age " + (i < count ? 91 : 1)));
                    briefs.add(i < count ? names[i] + " stale, 91s > 90s" : "");
                    asked.append(" --feed ").append(names[i]);
                }
                write("in.json", document("limit 90", feeds.toArray(new String[0])));
                String named = String.join("; ", briefs.subList(0, Math.min(count, 5))) + (count > 5 ? "; and " + (count - 5) + " more" : "");
                equal("status with " + count, run("status --state @in.json --baseline @in.json").exits(2).head(),
                    "FRESHNESS CRITICAL: " + count + " of 7 feeds unsafe: " + named);
                equal("gate with " + count, run("gate --state @in.json --baseline @in.json" + asked).exits(2).head(),
                    "GATE BLOCKED: " + named + "; not safe to serve");
            }
            write("in.json", fixture.replace(": 11\n", ": 660\n").replaceFirst("(?s)(charlie.*?)true", "$1false"));
            for (String row : List.of(
                    "--feed alpha => GATE OPEN: alpha fresh, 8s of 90s; safe to serve",
                    "--feed alpha --feed alpha => GATE OPEN: alpha fresh, 8s of 90s; safe to serve",
                    "--feed alpha --action price_order --action inspect_status => GATE OPEN: alpha fresh, 8s of 90s; allowed: price_order, inspect_status",
                    "--feed bravo --action read_last_price --feed alpha => GATE OPEN: bravo stale, 660s > 90s; alpha fresh, 8s of 90s; allowed: read_last_price",
                    "--feed charlie --action inspect_status => GATE OPEN: charlie unknown (feed_down); allowed: inspect_status",
                    "--feed alpha --feed bravo => GATE BLOCKED: bravo stale, 660s > 90s; not safe to serve",
                    "--feed bravo --feed charlie --action rebalance_position --action read_last_price --action inspect_status"
                        + " => GATE BLOCKED: bravo stale, 660s > 90s; charlie unknown (feed_down); not allowed: rebalance_position, read_last_price",
                    "--feed bravo --action price_order --action read_last_price => GATE BLOCKED: bravo stale, 660s > 90s; not allowed: price_order")) {
                String[] half = row.split(" => ");
                equal(half[0], run("gate --state @in.json " + half[0]).head(), half[1]);
            }
            List<String> feeds = new ArrayList<>();
            for (int i = 0; i < 22; i++) {
                feeds.add(feed("f" + i, "alive true, age " + (i == 21 ? 100 : 100 + i)));
            }
            write("many.json", document("limit 90", feeds.subList(0, 20).toArray(new String[0])));
            equal("twenty are explained", run("status --state @many.json --baseline @many.json").exits(2).out().contains("\nand "), false);
            write("many.json", document("limit 90", feeds.subList(0, 21).toArray(new String[0])));
            equal("not twenty-one", run("status --state @many.json --baseline @many.json").exits(2).out().lines().filter(line -> line.startsWith("and "))
                .toList(), List.of("and 1 more, which --format json explains"));
            write("many.json", document("limit 90", feeds.toArray(new String[0])));
            equal("nor what comes behind", run("status --state @many.json --baseline @many.json").exits(2).out().lines()
                .filter(line -> line.startsWith("and ")).toList(), List.of("and 2 more, which --format json explains"));
        });

        test("outputs: what has been explained takes no new place", () -> {
            List<String> feeds = new ArrayList<>();
            for (int i = 0; i < 19; i++) {
                feeds.add(feed("f" + i, "alive true, age 660"));
            }
            feeds.addAll(List.of(feed("f19", "alive 1, age 1"), feed("f20", "alive 1, age 1"), feed("f21", "alive true, age 1"), feed("f22", "alive 1, age 1")));
            for (int more = 0; more < 3; more++) {
                write("in.json", document("limit 90", feeds.toArray(new String[0])));
                String out = run("status --state @in.json --baseline @in.json").exits(2).out();
                equal(more + " more", out.lines().filter(line -> line.startsWith("and ")).toList(),
                    more == 0 ? List.of() : List.of("and " + more + " more, which --format json explains"));
                equal("together", out.contains("\nblocked on f19, f20, f22: read_last_price, "), true);
                feeds.add(feed("g" + more, "alive true, age 660")); // the first of these has no place left, and what comes behind it neither
            }
        });

        test("outputs: scenarios, all kinds", () -> {
            for (String[] row : new String[][] { // the kind; what it changed
                    {"stale", "bravo last_tick_age_seconds 11 -> 660"}, {"unknown", "bravo last_tick_age_seconds 11 -> null"},
                    {"down", "bravo alive true -> false"}, {"missing", "bravo removed"}, {"skewed", "bravo last_tick_age_seconds 11 -> -30"},
                    {"loosened", "bravo last_tick_age_seconds 11 -> 660, max_age_seconds 90 -> 900"},
                    {"frozen", "as_of added: \"2026-11-22T08:37:00Z\""}, {"corrupt", "cut after 158 bytes"}}) {
                boolean one = KINDS.indexOf(row[0]) < 6;
                String call = "scenario " + row[0] + (one ? " --feed bravo" : "") + " --output @out.json --now " + NOW;
                run(call).exits(0);
                String sha256 = sha256("out.json");
                whole(call, 0, "SCENARIO WRITTEN: " + row[0] + (one ? " bravo" : "") + "\n  scenario: " + row[0] + (one ? "\n  feed: bravo" : "")
                    + "\n  changed: " + row[1] + "\n  state: HOME/data/healthy.json\n  state_sha256: " + sha256("healthy.json")
                    + "\n  output: DIR/out.json\n  output_sha256: " + sha256
                    + "\n  show: java 'HOME/Freshness.java' status --state 'DIR/out.json' --now 2026-11-22T09:37:00Z\n");
            }
            run("scenario stale --feed bravo --state @stale.json --output @out.json").exits(0).says("SCENARIO WRITTEN: stale bravo\n", "\n  changed: nothing\n");
            equal("without --now", run("scenario down --feed alpha --output @out.json").exits(0).out().lines().filter(line -> line.startsWith("  show: "))
                .map(Sandbox::plain).toList(), List.of("  show: java 'HOME/Freshness.java' status --state 'DIR/out.json'"));
        });

        test("outputs: recoveries", () -> {
            String stale = sha256("stale.json");
            String replay = "\n  replay: java 'HOME/Freshness.java' recover --feed %s --state 'DIR/%s' --output 'DIR/out.json' --age-seconds %s --now 2026-11-22T09:37:00Z\n";
            run("recover --feed bravo --state @stale.json --output @out.json --now " + NOW).exits(0);
            String recovered = sha256("out.json");
            whole("recover --feed bravo --state @stale.json --output @out.json --now " + NOW, 0, """
                RECOVERED: bravo fresh, 5s of 90s
                  recovery: recovered
                  time: 2026-11-22T09:37:00Z
                  feed: bravo
                  before: bravo stale, 660s > 90s
                  after: bravo fresh, 5s of 90s
                  changed: bravo last_tick_age_seconds 660 -> 5
                  baseline: HOME/data/healthy.json
                  state: DIR/stale.json
                  state_sha256: STALE
                  output: DIR/out.json
                  output_sha256: RECOVERED""".replace("STALE", stale).replace("_sha256: RECOVERED", "_sha256: " + recovered)
                + replay.formatted("bravo", "stale.json", "5"));
            whole("recover --feed alpha --state @stale.json --output @out.json --now " + NOW, 0, """
                NOTHING TO RECOVER: alpha fresh, 8s of 90s; the state was copied unchanged
                  recovery: unchanged
                  time: 2026-11-22T09:37:00Z
                  feed: alpha
                  before: alpha fresh, 8s of 90s
                  after: alpha fresh, 8s of 90s
                  changed: nothing
                  baseline: HOME/data/healthy.json
                  state: DIR/stale.json
                  state_sha256: STALE
                  output: DIR/out.json
                  output_sha256: STALE""".replace("STALE", stale) + replay.formatted("alpha", "stale.json", "5"));
            whole("recover --feed bravo --state @stale.json --output @out.json --age-seconds 91 --now " + NOW, 2, """
                RECOVERY REFUSED: bravo: it would still be stale: last tick 91s old, limit 90s; nothing was written
                  recovery: refused
                  time: 2026-11-22T09:37:00Z
                  feed: bravo
                  refused_because: it would still be stale: last tick 91s old, limit 90s
                  before: bravo stale, 660s > 90s
                  after: bravo stale, 91s > 90s
                  changed: bravo last_tick_age_seconds 660 -> 91
                  baseline: HOME/data/healthy.json
                  state: DIR/stale.json
                  state_sha256: STALE""".replace("STALE", stale) + replay.formatted("bravo", "stale.json", "91"));
            run("scenario missing --feed bravo --output @in.json").exits(0);
            equal("a missing feed", run("recover --feed bravo --state @in.json --output @out.json").exits(0).out().lines()
                .filter(line -> line.matches("  (before|changed): .*")).toList(), List.of("  before: bravo unknown (feed_missing)",
                "  changed: bravo put back from the baseline"));
            write("in.json", fixture.replaceFirst("true", "1").replaceFirst("\\n *\"last_tick_age_seconds\": 8", "\"x\": 1"));
            equal("members that are set and added", run("recover --feed alpha --state @in.json --output @out.json").exits(0).out().lines()
                .filter(line -> line.startsWith("  changed: ")).toList(),
                List.of("  changed: alpha alive 1 -> true, alpha last_tick_age_seconds added: 5"));
        });

        // A check of smoke that asks less would pass all the same.
        test("outputs: what smoke plays", () -> {
            StringBuilder want = new StringBuilder("""
                - the healthy state is eligible
                0 status --state @state
                """);
            for (String kind : KINDS) {
                boolean whole = KINDS.indexOf(kind) >= 6;
                String exit = kind.equals("corrupt") ? "3" : "2";
                want.append("""
                    - NAME fails closed and names only its feeds
                    0 scenario NAME OPTION--state @state --output @failed
                    EXIT status --format json --state @failed --output @report
                    names @report "unsafe_feeds": [UNSAFE],
                    - NAME blocks unsafe work on its feeds, and on no other
                    EXIT gate --feed bravo --action price_order --state @failed
                    EXIT gate --feed bravo --action publish_signal --state @failed
                    EXIT gate --feed bravo --action rebalance_position --state @failed
                    OTHERS gate --feed alpha --feed charlie --state @failed
                    """.replace("NAME", kind).replace("OPTION", whole ? "" : "--feed bravo ").replace("EXIT", exit).replace("OTHERS", whole ? exit : "0")
                    .replace("UNSAFE", whole ? "\"alpha\", \"bravo\", \"charlie\"" : "\"bravo\""));
            }
            want.append("""
                - a recovery that would not be safe is refused and writes nothing
                0 scenario stale --feed bravo --state @state --output @failed
                2 recover --feed bravo --state @failed --output @recovered --age-seconds 91
                absent @recovered
                - a recovery on a fresh tick restores eligibility
                0 recover --feed bravo --state @failed --output @recovered
                0 status --state @recovered
                - the same recovery gives the same bytes
                0 recover --feed bravo --state @failed --output @again
                same @recovered @again
                """);
            StringBuilder played = new StringBuilder();
            new Freshness.Smoke(dir, new Freshness.Checks()) {
                private void note(String... words) {
                    played.append(String.join(" ", words).replace(dir + "/", "@")).append("\n");
                }

                @Override void begin(String check) {
                    note("-", check);
                }

                @Override void run(int exit, String... args) {
                    note(exit + "", String.join(" ", args));
                }

                @Override void names(String file, String text) {
                    note("names", file, text);
                }

                @Override void absent(String file) {
                    note("absent", file);
                }

                @Override void same(String one, String other) {
                    note("same", one, other);
                }
            }.checkAll();
            equal("the calls", played.toString(), want.toString());
        });

        test("outputs: what smoke plays has to be as it says", () -> {
            write("one", "1\n");
            write("two", "2\n");
            write("report", "1\n");
            write("healthy", fixture);
            write("stale", read("stale.json"));
            for (String row : List.of("0 status --state @healthy =>", "2 status --state @healthy => exit 0 instead of 2 of status --state DIR/healthy: "
                    + "FRESHNESS OK: 3 of 3 feeds fresh and safe to serve", "0 status --state @stale => exit 2 instead of 0 of status --state DIR/stale: "
                    + "FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s", "2 status --state @stale =>",
                    "absent @one => it wrote a file", "absent @none =>", "same @one @report =>", "same @one @two => they differ",
                    "same @one @none => they differ", "same @none @one => they differ", "names @report 1 =>",
                    "names @report 2 => the report does not name its feeds, and only these",
                    "names @none 2 => the report does not name its feeds, and only these")) {
                String[] half = row.split(" =>");
                String[] words = arguments(half[0]);
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                Freshness.Checks checks = new Freshness.Checks();
                Freshness.Smoke rehearsal = new Freshness.Smoke(dir, checks);
                rehearsal.begin("a check");
                switch (words[0]) {
                    case "absent" -> rehearsal.absent(words[1]);
                    case "same" -> rehearsal.same(words[1], words[2]);
                    case "names" -> rehearsal.names(words[1], words[2]);
                    default -> rehearsal.run(Integer.parseInt(words[0]), Arrays.copyOfRange(words, 1, words.length));
                }
                int exit = checks.report(Freshness.Call.parse("smoke"), new Freshness.Streams(UNREAD, out, out));
                equal(half[0], exit + "\n" + plain(out.toString(UTF_8)), half.length == 1 ? "0\nSMOKE PASSED: 1 of 1 checks passed\nok - a check\n"
                    : "2\nSMOKE FAILED: 0 of 1 checks passed\nnot ok - a check\n  why:" + half[1] + "\n");
            }
        });

        test("outputs: smoke and doctor", () -> {
            StringBuilder smoke = new StringBuilder("SMOKE PASSED: 21 of 21 checks passed\nok - the bundled fixture is as it was shipped\n"
                + "ok - the healthy state is eligible\n");
            for (String kind : KINDS) {
                smoke.append("ok - ").append(kind).append(" fails closed and names only its feeds\nok - ").append(kind)
                    .append(" blocks unsafe work on its feeds, and on no other\n");
            }
            whole("smoke", 0, smoke + "ok - a recovery that would not be safe is refused and writes nothing\n"
                + "ok - a recovery on a fresh tick restores eligibility\nok - the same recovery gives the same bytes\n");
            String json = run("smoke --format json").exits(0).out();
            equal("JSON", json.lines().limit(4).toList(), List.of("{", "  \"smoke\": \"passed\",", "  \"checks\": [",
                "    {\"name\": \"the bundled fixture is as it was shipped\", \"ok\": true, \"why\": null},"));
            write("typo.json", "{");
            equal("JSON of what failed", plain(run("doctor --state @typo.json --format json").exits(2).out()).lines().filter(line -> line.contains("typo")).toList(),
                List.of("    {\"name\": \"the state can be read and is valid: DIR/typo.json\", \"ok\": false, "
                    + "\"why\": \"DIR/typo.json:1:2: expected a member name in double quotes, found the end\"},"));
            for (String row : List.of("doctor => 0 PASSED 6 6", "doctor --state @stale.json --baseline @healthy.json => 0 PASSED 8 8",
                    "doctor --state @typo.json => 2 FAILED 6 7", "doctor --baseline @typo.json --state @absent.json => 2 FAILED 6 8")) {
                String[] half = row.split(" => ");
                String[] want = half[1].split(" ");
                Run run = run(half[0]).exits(Integer.parseInt(want[0]));
                StringBuilder text = new StringBuilder("DOCTOR " + want[1] + ": " + want[2] + " of " + want[3] + " checks passed\nok - Java is 17 or newer: "
                    + Runtime.version() + "\nok - started from the source, by java itself\nok - the bundled fixture is found and eligible: HOME/data/healthy.json\n");
                for (String role : List.of("baseline", "state")) {
                    int at = half[0].indexOf("--" + role + " @");
                    if (at >= 0) {
                        String file = half[0].substring(at).split(" ")[1].substring(1);
                        String line = "ok - the " + role + " can be read and is valid: DIR/" + file + "\n";
                        text.append(file.equals("typo.json") ? "not " + line + "  why: DIR/typo.json:1:2: expected a member name in double quotes, found the end\n"
                            : file.equals("absent.json") ? "not " + line + "  why: DIR/absent.json: cannot be read: no such file\n" : line);
                    }
                }
                text.append("ok - a temporary file can be written, renamed and read back: " + System.getProperty("java.io.tmpdir")
                    + "\nok - output is UTF-8\nok - the clock is plausible: ");
                equal(half[0], plain(run.out()).startsWith(text.toString()) ? "" : plain(run.out()), "");
                equal(half[0] + ": the time", Instant.parse(run.out().substring(run.out().lastIndexOf(' ') + 1).strip()).isAfter(Instant.EPOCH), true);
            }
        });
    }

    // ---- Watches ----

    /** One step of a watch: what is done once it has evaluated, to the state that it looks at next. */
    interface Step { void run() throws Exception; }

    /**
     * The output of a watch, which does the next step at each write; after the last of them the watch is interrupted, as a
     * signal does it from outside. A status writes at each evaluation, if only nothing.
     */
    private static final class Steps extends ByteArrayOutputStream {
        private final List<Step> steps;

        Steps(Step... steps) {
            this.steps = new ArrayList<>(List.of(steps));
        }

        @Override public void write(byte[] bytes) throws IOException {
            super.write(bytes);
            if (steps.isEmpty()) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                steps.remove(0).run();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        /** What was written, with "TIME" for the times that begin its lines. */
        String text() {
            return plain(toString(UTF_8)).replaceAll("(?m)^20[0-9-]{8}T[0-9:]{8}Z ", "TIME ");
        }
    }

    /** A watch ends with that exit code and these lines. */
    private static void watches(String call, int exit, String text, Step... steps) {
        Steps out = new Steps(steps);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        equal(call, Freshness.run(arguments(call), UNREAD, out, err) + "\n" + out.text() + err.toString(UTF_8), exit + "\n" + text);
        equal(call + ": interrupted", Thread.interrupted(), false);
    }

    static void watching() {
        String interrupted = "freshness: the watch was interrupted\n";
        String ok = "TIME FRESHNESS OK: 3 of 3 feeds fresh and safe to serve\n";
        Step nothing = () -> { };

        test("watching: status prints what changes, and an interrupted watch is no 0", () -> {
            watches("status --state @healthy.json --watch 0.1", 3, ok + interrupted);
            watches("status --state @healthy.json --watch 0.1", 3, ok + interrupted, nothing);
            watches("status --state @healthy.json --watch 0.1 --output -", 3, ok + interrupted);
            write("in.json", fixture);
            watches("status --state @in.json --watch 0.1", 3, ok
                + "TIME bravo fresh -> stale: last tick 660s old, limit 90s\n"
                + "TIME alpha fresh -> unknown: the state cannot be evaluated: DIR/in.json: cannot be read: no such file\n"
                + "TIME bravo stale -> unknown: the state cannot be evaluated: DIR/in.json: cannot be read: no such file\n"
                + "TIME charlie fresh -> unknown: the state cannot be evaluated: DIR/in.json: cannot be read: no such file\n"
                + "TIME alpha unknown -> fresh: last tick 8s old, limit 90s\n"
                + "TIME charlie unknown -> fresh: last tick 7s old, limit 90s\n"
                + "TIME bravo unknown -> fresh: last tick 11s old, limit 90s\n" + interrupted,
                () -> write("in.json", fixture.replace(": 11\n", ": 660\n")), () -> delete(dir.resolve("in.json")),
                // A cut does not bring another line: they are unknown already.
                () -> write("in.json", "{"), () -> write("in.json", fixture.replaceFirst("(?s)(bravo.*?)true", "$1false")),
                () -> write("in.json", fixture));
            // A feed that was not there before was unknown.
            write("in.json", document("limit 90", feed("x", "alive true, age 1")));
            watches("status --baseline @in.json --watch 0.1", 3, "TIME FRESHNESS OK: 1 of 1 feeds fresh and safe to serve\n"
                + "TIME y unknown -> stale: last tick 91s old, limit 90s\nTIME z unknown -> fresh: last tick 2s old, limit 90s\n" + interrupted,
                () -> write("in.json", document("limit 90", feed("x", "alive true, age 1"), feed("y", "alive true, age 91"), feed("z", "alive true, age 2"))));
            // Where the baseline cannot be read, there are no feeds to name, but it is said once.
            write("base.json", document("limit 90", feed("x", ""), feed("y", "")));
            write("in.json", document("limit 90", feed("x", "alive true, age 1"), feed("y", "alive true, age 2")));
            watches("status --state @in.json --baseline @base.json --watch 0.1", 3, "TIME FRESHNESS OK: 2 of 2 feeds fresh and safe to serve\n"
                + "TIME FRESHNESS UNKNOWN: baseline DIR/base.json: cannot be read: no such file; nothing is safe to serve\n"
                + "TIME x unknown -> fresh: last tick 1s old, limit 90s\nTIME y unknown -> fresh: last tick 2s old, limit 90s\n" + interrupted,
                () -> delete(dir.resolve("base.json")), nothing, () -> {
                    write("base.json", document("limit 90", feed("x", ""), feed("y", "")));
                    write("in.json", read("in.json") + " "); // other bytes: their age begins anew
                });
            // A feed that leaves and comes back as it was has been away.
            watches("status --baseline @in.json --watch 0.1", 3, "TIME FRESHNESS OK: 2 of 2 feeds fresh and safe to serve\n"
                + "TIME y unknown -> fresh: last tick 2s old, limit 90s\n" + interrupted,
                () -> write("in.json", document("limit 90", feed("x", "alive true, age 1"))),
                () -> write("in.json", document("limit 90", feed("x", "alive true, age 1"), feed("y", "alive true, age 2"))));
            // Nothing in a name or a state acts on a terminal.
            write("in.json", document("limit 90", feed("a\\u001b", "alive true, age 1")));
            watches("status --baseline @in.json --watch 0.1", 3, "TIME FRESHNESS OK: 1 of 1 feeds fresh and safe to serve\n"
                + "TIME a\\u001b fresh -> unknown: as_of is \\u001b, not an RFC 3339 instant\n" + interrupted,
                () -> write("in.json", document("limit 90, as_of '\\u001b'", feed("a\\u001b", "alive true, age 1"))));
            watches("status --state @absent.json --watch 0.1", 3,
                "TIME FRESHNESS UNKNOWN: DIR/absent.json: cannot be read: no such file; nothing is safe to serve\n" + interrupted);
        });

        test("watching: with Prometheus, the file is written at each evaluation", () -> {
            write("in.json", fixture);
            List<String> seen = new ArrayList<>();
            Step look = () -> seen.add(read("feeds.prom").lines().filter(line -> line.startsWith("freshness_feed_safe_to_serve{") || line.startsWith("freshness_state"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1)).toList() + "");
            watches("status --state @in.json --watch 0.1 --format prometheus --output @feeds.prom", 3, ok
                + "TIME bravo fresh -> stale: last tick 660s old, limit 90s\n"
                + "TIME alpha fresh -> unknown: the state cannot be evaluated: DIR/in.json:1:2: expected a member name in double quotes, found the end\n"
                + "TIME bravo stale -> unknown: the state cannot be evaluated: DIR/in.json:1:2: expected a member name in double quotes, found the end\n"
                + "TIME charlie fresh -> unknown: the state cannot be evaluated: DIR/in.json:1:2: expected a member name in double quotes, found the end\n"
                + interrupted, () -> {
                    look.run();
                    write("in.json", fixture.replace(": 11\n", ": 660\n"));
                }, () -> {
                    look.run();
                    write("in.json", "{");
                    delete(dir.resolve("feeds.prom"));
                }, look);
            equal("written", seen, List.of("[1, 1, 1, 1]", "[1, 0, 1, 1]", "[0, 0, 0, 0]"));
            // A target that can no longer be written ends the watch: the metrics would stand still.
            write("in.json", fixture);
            Files.createDirectory(dir.resolve("metrics"));
            watches("status --state @in.json --watch 0.1 --format prometheus --output @metrics/feeds.prom", 3,
                ok + "freshness: the output could not be delivered: no such file\n", () -> delete(dir.resolve("metrics")));
        });

        test("watching: a gate says once that it is open, and ends when it closes", () -> {
            String open = "GATE OPEN: alpha fresh, 8s of 90s; safe to serve\n";
            write("in.json", fixture);
            watches("gate --feed alpha --state @in.json --watch 0.1", 2, open + "GATE BLOCKED: alpha stale, 660s > 90s; not safe to serve\n"
                + "blocked on alpha: price_order, publish_signal, rebalance_position\n  why:  last tick 660s old, limit 90s\n  next: java 'HOME/Freshness.java'"
                + " recover --feed alpha --state 'DIR/in.json' --output 'DIR/in-recovered.json' --age-seconds AGE\n",
                () -> write("in.json", fixture.replace(": 8\n", ": 660\n")), nothing);
            write("in.json", fixture);
            watches("gate --feed alpha --state @in.json --watch 0.1", 3, open + "GATE BLOCKED: DIR/in.json: cannot be read: no such file\n",
                () -> delete(dir.resolve("in.json")), nothing);
            write("in.json", fixture);
            watches("gate --feed alpha --state @in.json --watch 0.1", 3, open + "GATE BLOCKED: unknown feed: alpha; known are beta\n", () -> {
                    write("base.json", document("limit 90", feed("beta", "")));
                    write("in.json", document("limit 90", feed("beta", "alive true, age 1")));
                    Files.writeString(home.resolve("data/healthy.json"), read("base.json"));
                }, nothing);
            Files.writeString(home.resolve("data/healthy.json"), fixture);
            write("in.json", fixture);
            // Other feeds do not close it; and it says nothing while it is open, so the interruption is the next thing there is.
            watches("gate --feed alpha --state @in.json --baseline @healthy.json --watch 0.1", 3, open + interrupted, () -> {
                write("in.json", fixture.replace(": 11\n", ": 660\n"));
                Thread.currentThread().interrupt();
            }, nothing);
        });

        test("watching: an undated state turns stale while its bytes stay the same, however it is written", () -> {
            String state = document("limit 0.35", feed("x", "alive true, age 0"));
            String call = "status --state @in.json --baseline @base.json --watch 0.1";
            write("base.json", state);
            write("in.json", state);
            Steps gate = new Steps(nothing, nothing);
            equal("a gate", Freshness.run(arguments("gate --feed x --state @in.json --baseline @base.json --watch 0.1"), UNREAD, gate, gate) + gate.text()
                .replaceAll("(?s)[0-9.]+s > 0.35s.*", "..."), "2GATE OPEN: x fresh, 0s of 0.35s; safe to serve\nGATE BLOCKED: x stale, ...");
            Step again = () -> {
                delete(dir.resolve("in.json"));
                write("in.json", state);
            };
            Step gone = () -> delete(dir.resolve("in.json"));
            for (Step[] steps : new Step[][] {{nothing, nothing, nothing, nothing, nothing}, {again, again, again, again, again},
                    {gone, again, gone, again, gone, again, gone, again}}) {
                again.run();
                Steps out = new Steps(steps);
                equal("exit", Freshness.run(arguments(call), UNREAD, out, new ByteArrayOutputStream()), 3);
                equal(out.text(), out.text().startsWith("TIME FRESHNESS OK: 1 of 1 ") && out.text().contains("-> stale: last tick "), true);
            }
            List<Step> others = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String other = document("limit 0.35, n " + i, feed("x", "alive true, age 0"));
                others.add(() -> write("in.json", other));
            }
            again.run();
            watches(call, 3, "TIME FRESHNESS OK: 1 of 1 feeds fresh and safe to serve\n" + interrupted, others.toArray(new Step[0]));
        });

        test("watching: a terminal shows as many lines as it has, unsafe feeds first", () -> {
            int lines = System.getenv("LINES") == null ? 24 : Integer.parseInt(System.getenv("LINES"));
            String clear = "\u001b[H\u001b[2J\u001b[3J\u001b[?7l";
            for (int feeds : new int[] {lines - 6, lines - 5, 200, 3000}) {
                boolean unsafe = feeds == 200;
                List<String> claims = new ArrayList<>();
                StringBuilder table = new StringBuilder();
                for (int i = 0; i < feeds; i++) {
                    boolean stale = unsafe && (i == 7 || i == 150);
                    claims.add(feed("f%04d".formatted(i), "alive true, age " + (stale ? 91 : 1)));
                    table.append(stale ? "" : "  f%04d  fresh    [#.........]     1s of 90s\n".formatted(i));
                }
                write("in.json", document("limit 90", claims.toArray(new String[0])));
                String rows = (unsafe ? "  f0007  stale    [##########]    91s of 90s  page\n  f0150  stale    [##########]    91s of 90s  page\n" : "") + table;
                String text = (unsafe ? "FRESHNESS CRITICAL: 2 of 200 feeds unsafe: f0007 stale, 91s > 90s; f0150 stale, 91s > 90s\n\n"
                    : "FRESHNESS OK: " + feeds + " of " + feeds + " feeds fresh and safe to serve\n\n") + rows
                    + (unsafe ? "\nblocked on ...\n  why:  ...\n  next: ...\n".repeat(2) : "")
                    + "\nstate: DIR/in.json, judged by the baseline DIR/in.json\n";
                int more = (int) text.lines().count() - (lines - 2);
                StringBuilder shown = new StringBuilder(clear);
                text.lines().limit(lines - 2).forEach(line -> shown.append(line).append('\n'));
                shown.append(more > 0 ? "and " + more + " lines more, which status shows without --watch\u001b[?7h\n" : "\u001b[?7h");
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                Freshness.Call call = Freshness.Call.parse(arguments("status --state @in.json --baseline @in.json --watch 1"));
                Freshness.Evaluation evaluation = Freshness.Evaluation.ofAll(Freshness.Inputs.read(call, UNREAD), Freshness.Watch.NOTHING);
                new Freshness.StatusText(call, evaluation, false).redraw(new Freshness.Output(out));
                equal(feeds + " feeds", plain(out.toString(UTF_8)), shown.toString());
            }
        });
    }
}
