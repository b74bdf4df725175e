import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** TextsTest: whole texts, compared to the letter. */
final class TextsTest extends Sandbox {
    // ---- Reasons ----

    private static final String PRODUCER = "make the producer write last_tick_at as an instant, or last_tick_age_seconds as a number";
    private static final String LIMITS = "correct max_age_seconds in the state and in the baseline";
    private static final String CLOCKS = "compare the clock of this host with that of the host that wrote the state";
    private static final String BOOLEAN = "make the producer write alive as true or false";
    private static final String RECOVER = "java 'HOME/Freshness.java' recover --feed x --state 'DIR/in.json' --output 'DIR/in-recovered.json'"
            + " --baseline 'DIR/base.json' --now 2026-11-22T09:37:00Z --age-seconds AGE";

    /**
     * What a state says of its one feed, and what is said of that. One row is: the reason; the members of the baseline, of the
     * state, and of the feed; alive, age and limit in JSON; bar, age and limit of the table; why; what next.
     */
    private static final String[][] REASONS = {
        {"as_of_missing", "limit 90, require_as_of true", "limit 90", "alive true, age 8", "true null 90", "[??????????]      ? of 90s",
            "the baseline requires as_of and the state has none", "make the producer write as_of, or last_tick_at for each feed"},
        {"as_of_invalid", "limit 90", "limit 90, as_of 'x'", "alive true, age 8", "true null 90", "[??????????]      ? of 90s",
            "as_of is x, not an RFC 3339 instant", "make the producer write as_of like 2026-11-22T09:37:00Z"},
        {"as_of_invalid", "limit 90", "limit 90, as_of 1795340220", "alive false, age 8", "false null 90", "[??????????]      ? of 90s",
            "as_of is 1795340220, not an RFC 3339 instant", "make the producer write as_of like 2026-11-22T09:37:00Z"},
        {"clock_skew", "limit 90", "limit 90, as_of '2026-11-22T09:37:01.000000001Z'", "alive true, age 8", "true null 90",
            "[??????????]      ? of 90s", "as_of is 1.000000001s in the future", CLOCKS},
        {"tick_skew", "limit 90", "limit 90", "alive true, last_tick_at '2026-11-22T09:38:00Z'", "true null 90",
            "[??????????]      ? of 90s", "last_tick_at is 60s in the future", CLOCKS},
        {"alive_invalid", "limit 90", "limit 90", "alive 'true', age 8", "null 8 90", "[#.........]     8s of 90s",
            "alive is \"true\", neither true nor false", BOOLEAN},
        {"alive_invalid", "limit 90", "limit 90", "age 8", "null 8 90", "[#.........]     8s of 90s",
            "alive is absent, neither true nor false", BOOLEAN},
        {"feed_down", "limit 90", "limit 90", "alive false, age 8", "false 8 90", "[#.........]     8s of 90s",
            "the feed consumer does not answer: alive is false", RECOVER},
        {"feed_down", "limit 90", "limit 90, as_of '2026-11-22T09:35:30Z'", "alive false", "false null 90", "[??????????]      ? of 90s",
            "the feed consumer does not answer: alive is false", RECOVER},
        {"feed_down", "limit 90", "limit 90, as_of '2026-11-22T09:35:29Z'", "alive false", "false null 90", "[??????????]      ? of 90s",
            "the feed consumer does not answer: alive is false", "restart the collector: the state is 91s old"},
        {"feed_down", "limit 90", "limit 'x'", "alive false", "false null null", "[??????????]      ? of ?",
            "the feed consumer does not answer: alive is false", LIMITS},
        {"alive_invalid", "limit 90", "limit 90, as_of '2026-11-22T09:35:29Z'", "alive 1, age 8", "null 99 90", "[##########]    99s of 90s",
            "alive is 1, neither true nor false", BOOLEAN},
        {"limit_invalid", "limit 'long'", "limit 0", "alive true, age 8", "true 8 null", "[??????????]     8s of ?",
            "max_age_seconds is \"long\" in the baseline, not a number above 0", LIMITS},
        {"limit_invalid", "limit 'long'", "limit -", "alive true, age 8, limit null", "true 8 null", "[??????????]     8s of ?",
            "max_age_seconds is \"long\" in the baseline, not a number above 0", LIMITS},
        {"limit_invalid", "limit 90", "limit 0", "alive true, age 8", "true 8 null", "[??????????]     8s of ?",
            "max_age_seconds is 0 in the state, not a number above 0", LIMITS},
        {"limit_invalid", "limit 90", "limit 90", "alive true, age 8, limit null", "true 8 null", "[??????????]     8s of ?",
            "max_age_seconds is null in the state, not a number above 0", LIMITS},
        {"limit_invalid", "limit 'long'", "limit 90", "alive true, age 8", "true 8 null", "[??????????]     8s of ?",
            "max_age_seconds is \"long\" in the baseline, not a number above 0", LIMITS},
        {"limit_invalid", "limit -", "limit 90", "alive true, age 8", "true 8 null", "[??????????]     8s of ?",
            "max_age_seconds is absent in the baseline, not a number above 0", LIMITS},
        {"age_missing", "limit 90", "limit 90", "alive true, age null", "true null 90", "[??????????]      ? of 90s",
            "the age of the newest tick is not known: last_tick_age_seconds is null", RECOVER},
        {"age_missing", "limit 90", "limit 90, as_of '2026-11-22T09:35:29Z'", "alive true, age null", "true null 90", "[??????????]      ? of 90s",
            "the age of the newest tick is not known: last_tick_age_seconds is null", "restart the collector: the state is 91s old"},
        {"age_missing", "limit 90", "limit 90", "alive true", "true null 90", "[??????????]      ? of 90s",
            "the age of the newest tick is not known: last_tick_age_seconds is absent", PRODUCER},
        {"age_missing", "limit 90", "limit 90", "alive true, last_tick_age_second 8", "true null 90", "[??????????]      ? of 90s",
            "the age of the newest tick is not known: last_tick_age_seconds is absent", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, age '8'", "true null 90", "[??????????]      ? of 90s",
            "last_tick_age_seconds is \"8\", not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90, as_of '2026-11-22T09:35:29Z'", "alive true, age '8'", "true null 90", "[??????????]      ? of 90s",
            "last_tick_age_seconds is \"8\", not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, age '8', last_tick_at '2026-11-22T09:36:52Z'", "true null 90", "[??????????]      ? of 90s",
            "last_tick_age_seconds is \"8\", not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, age -30", "true null 90", "[??????????]      ? of 90s",
            "last_tick_age_seconds is -30, not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, age 1795340212", "true null 90", "[??????????]      ? of 90s",
            "last_tick_age_seconds is 1795340212, not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, age '" + "9".repeat(39) + "'", "true null 90", "[??????????]      ? of 90s",
            "last_tick_age_seconds is \"" + "9".repeat(39) + "..., not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, age '" + "9".repeat(38) + "'", "true null 90", "[??????????]      ? of 90s",
            "last_tick_age_seconds is \"" + "9".repeat(38) + "\", not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, age 8, last_tick_at 'x'", "true null 90", "[??????????]      ? of 90s",
            "last_tick_at is \"x\", not a plausible time", PRODUCER},
        {"age_invalid", "limit 90", "limit 90", "alive true, last_tick_at '1970-01-01T00:00:00Z'", "true null 90", "[??????????]      ? of 90s",
            "last_tick_at is \"1970-01-01T00:00:00Z\", not a plausible time", PRODUCER},
        {"stale", "limit 90", "limit 90", "alive true, age 660", "true 660 90", "[##########]   660s of 90s",
            "last tick 660s old, limit 90s", RECOVER},
        {"stale", "limit 90", "limit 90", "alive true, last_tick_at '2026-11-22T09:35:29.5Z'", "true 90.5 90", "[##########]  90.5s of 90s",
            "last tick 90.5s old, limit 90s", RECOVER},
        {"stale", "limit 90", "limit 90, as_of '2026-11-22T09:35:30Z'", "alive true, age 8", "true 98 90", "[##########]    98s of 90s",
            "last tick 98s old, limit 90s", RECOVER},
        {"stale", "limit 90", "limit 90, as_of '2026-11-22T09:35:29Z'", "alive true, age 8", "true 99 90", "[##########]    99s of 90s",
            "last tick 99s old, limit 90s", "restart the collector: the state is 91s old"},
        {"stale", "limit 90", "limit 90, as_of '1800-01-01T00:00:00Z'", "alive true, age 8", "true 4000000000 90", "[##########] 4000000000s of 90s",
            "last tick 4000000000s old, limit 90s", "restart the collector: the state is 4000000000s old"},
        {"stale", "limit 90", "limit 900", "alive true, age 90.000000001", "true 90.000000001 90", "[##########] 90.000000001s of 90s",
            "last tick 90.000000001s old, limit 90s", RECOVER},
        {"fresh", "limit 90", "limit 90", "alive true, age 0", "true 0 90", "[..........]     0s of 90s", "", "none"},
        {"fresh", "limit 90", "limit 90", "alive true, age 45", "true 45 90", "[#####.....]    45s of 90s", "", "none"},
        {"fresh", "limit 90", "limit 90", "alive true, age 45.1", "true 45.1 90", "[######....]  45.1s of 90s  ticket: past half its limit", "",
            "ticket"},
        {"fresh", "limit 90", "limit 90", "alive true, age 90", "true 90 90", "[##########]    90s of 90s  ticket: past half its limit", "",
            "ticket"},
        {"fresh", "limit 90", "limit 90", "alive true, age 8, limit 900.50", "true 8 90",
            "[#.........]     8s of 90s  ticket: the state's own limit, 900.5s, is looser", "", "ticket"},
        {"fresh", "limit 90", "limit 90", "alive true, age 60, limit 900", "true 60 90",
            "[#######...]    60s of 90s  ticket: the state's own limit, 900s, is looser", "", "ticket"},
    };

    static void reasons() {
        test("texts: every reason, in every report", () -> {
            Set<String> seen = new TreeSet<>(List.of("state_invalid", "feed_missing", "feed_unexpected")); // in the tests below
            for (String[] row : REASONS) {
                seen.add(row[0]);
                write("base.json", document(row[1], feed("x", "")));
                write("in.json", document(row[2], feed("x", row[3])));
                String status = List.of("fresh", "stale").contains(row[0]) ? row[0] : "unknown";
                boolean safe = status.equals("fresh");
                String[] figures = row[4].split(" ");
                String blocked = String.join(", ", ACTIONS.subList(allowed(status).size(), 6));
                String brief = safe ? "x fresh, " + figures[1] + "s of " + figures[2] + "s"
                        : status.equals("stale") ? "x stale, " + figures[1] + "s > " + figures[2] + "s" : "x unknown (" + row[0] + ")";
                String alert = safe ? row[7] : "page";
                String explained = safe ? "" : "blocked on x: " + blocked + "\n  why:  " + row[6] + "\n  next: " + row[7] + "\n";
                String call = " --state @in.json --baseline @base.json --now " + NOW;
                whole("status" + call, safe ? 0 : 2, (safe ? "FRESHNESS OK: 1 of 1 feeds fresh and safe to serve\n"
                        : "FRESHNESS CRITICAL: 1 of 1 feeds unsafe: " + brief + "\n")
                    + "\n  x  " + (status + "  ").substring(0, 7) + "  " + row[5] + (safe ? "" : status.equals("stale") ? "  page" : "  page: " + row[0])
                    + "\n" + (safe ? "" : "\n" + explained) + "\nstate: DIR/in.json, judged by the baseline DIR/base.json\n");
                whole("gate --feed x" + call, safe ? 0 : 2,
                    (safe ? "GATE OPEN: " + brief + "; safe to serve\n" : "GATE BLOCKED: " + brief + "; not safe to serve\n") + explained);
                String feed = "    {\"name\": \"x\", \"alive\": " + figures[0] + ", \"last_tick_age_seconds\": " + figures[1]
                    + ", \"max_age_seconds\": " + figures[2] + ", \"freshness_status\": \"" + status + "\", \"safe_to_serve\": " + safe
                    + ", \"allowed_actions\": " + strings(allowed(status)) + ", \"blocked_actions\": "
                    + strings(ACTIONS.subList(allowed(status).size(), 6)) + ", \"blocked_reason\": " + (safe ? "null" : string(row[6]))
                    + ", \"reason_code\": \"" + row[0] + "\", \"alert\": \"" + alert + "\"}\n  ]\n}\n";
                String json = plain(run("status --format json" + call).out());
                equal(call + " in JSON", json.substring(json.indexOf("    {")), feed);
                json = plain(run("gate --feed x --format json" + call).out());
                equal(call + " in the gate's JSON", json.substring(json.indexOf("    {")), feed);
                equal(call + " next", json.lines().filter(line -> line.startsWith("  \"next\"")).toList(),
                    List.of("  \"next\": [" + (safe ? "" : string(row[7])) + "],"));
                equal(call + " in metrics", run("status --format prometheus" + call).out().lines().filter(line -> line.startsWith("freshness_feed_info"))
                    .toList(), List.of("freshness_feed_info{feed=\"x\",freshness_status=\"" + status + "\",reason_code=\"" + row[0] + "\",alert=\""
                    + alert + "\"} 1"));
            }
            for (Freshness.Reason reason : Freshness.Reason.values()) {
                equal("a row for " + reason, seen.contains(reason.name()), true);
            }
        });

        test("texts: missing and unexpected feeds", () -> {
            write("base.json", document("limit 90", feed("x", ""), feed("y", "")));
            write("in.json", document("limit 90", feed("y", "alive true, age 1"), feed("z", "alive true, age 1")));
            whole("status --state @in.json --baseline @base.json --now " + NOW, 2, """
                FRESHNESS CRITICAL: 2 of 3 feeds unsafe: x unknown (feed_missing); z unknown (feed_unexpected)

                  x  unknown  [??????????]      ? of 90s  page: feed_missing
                  y  fresh    [#.........]     1s of 90s
                  z  unknown  [??????????]      ? of ?  page: feed_unexpected

                blocked on x: read_last_price, serve_cached_status, price_order, publish_signal, rebalance_position
                  why:  the baseline lists this feed, the state does not
                  next: RECOVER

                blocked on z: read_last_price, serve_cached_status, price_order, publish_signal, rebalance_position
                  why:  the state lists this feed, the baseline does not
                  next: add this feed to the baseline after review, or stop the producer from writing it

                state: DIR/in.json, judged by the baseline DIR/base.json
                """.replace("RECOVER", RECOVER));
            whole("gate --feed z --feed x --state @in.json --baseline @base.json --now " + NOW, 2, """
                GATE BLOCKED: z unknown (feed_unexpected); x unknown (feed_missing); not safe to serve
                blocked on z: read_last_price, serve_cached_status, price_order, publish_signal, rebalance_position
                  why:  the state lists this feed, the baseline does not
                  next: add this feed to the baseline after review, or stop the producer from writing it
                blocked on x: read_last_price, serve_cached_status, price_order, publish_signal, rebalance_position
                  why:  the baseline lists this feed, the state does not
                  next: RECOVER
                """.replace("RECOVER", RECOVER));
            // What makes a recovery pointless for the others does so for a missing feed.
            for (String[] row : new String[][] {{"limit 90, as_of 'x'", "make the producer write as_of like 2026-11-22T09:37:00Z", "limit 90"},
                    {"limit 90, as_of '2026-11-22T09:38:00Z'", CLOCKS, "limit 90"},
                    {"limit 90, as_of '2026-11-22T09:00:00Z'", "restart the collector: the state is 2220s old", "limit 90"},
                    {"limit 90", "make the producer write as_of, or last_tick_at for each feed", "limit 90, require_as_of true"},
                    {"limit 90", LIMITS, "limit -"}}) {
                write("base.json", document(row[2], feed("x", ""), feed("y", "")));
                write("in.json", document(row[0], feed("y", "alive true, age 1")));
                equal(row[0], run("gate --feed x --state @in.json --baseline @base.json --now " + NOW).exits(2).out().lines().skip(3).toList(),
                    List.of("  next: " + row[1]));
            }
        });

        test("texts: a state or baseline that cannot be evaluated", () -> {
            write("base.json", document("limit 90", feed("x", "")));
            write("in.json", "{");
            String error = "DIR/in.json:1:2: expected a member name in double quotes, found the end";
            String call = " --state @in.json --baseline @base.json --now " + NOW;
            whole("status" + call, 3, "FRESHNESS UNKNOWN: " + error + "; nothing is safe to serve\n");
            whole("gate --feed x" + call, 3, "GATE BLOCKED: " + error + "\n");
            String end = """
                  "evaluated_at": "2026-11-22T09:37:00Z",
                  "as_of": null,
                  "state": "DIR/in.json",
                  "state_sha256": "021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96",
                  "baseline": "DIR/base.json",
                  "baseline_sha256": "SHA256",
                  "exit": 3,
                  "error": "ERROR",
                  "feeds": [
                    {"name": "x", "alive": null, "last_tick_age_seconds": null, "max_age_seconds": 90, "freshness_status": "unknown", \
                "safe_to_serve": false, "allowed_actions": ["inspect_status"], "blocked_actions": ["read_last_price", \
                "serve_cached_status", "price_order", "publish_signal", "rebalance_position"], "blocked_reason": \
                "the state cannot be evaluated: ERROR", "reason_code": "state_invalid", "alert": "page"}
                  ]
                }
                """.replace("SHA256", sha256("base.json")).replace("ERROR", error);
            Run status = run("status --format json" + call).exits(3);
            equal(status.call(), plain(status.out()), """
                {
                  "overall_status": "restricted",
                  "unsafe_feeds": ["x"],
                  "max_age_seconds": 90,
                  "fresh_feeds": 0,
                  "alive_feeds": 0,
                  "total_feeds": 1,
                """ + end);
            equal(status.call(), plain(status.err()), "FRESHNESS UNKNOWN: " + error + "; nothing is safe to serve\n");
            Run gate = run("gate --feed x --action price_order --format json" + call).exits(3);
            equal(gate.call(), plain(gate.out()), """
                {
                  "gate": "blocked",
                  "actions": ["price_order"],
                  "blocked_feeds": ["x"],
                  "next": ["correct the state, or the producer that writes it"],
                """ + end);
            equal(gate.call(), plain(gate.err()), "freshness: " + error + "\n");
            Run neither = run("status --format json --baseline @in.json --now " + NOW).exits(3);
            equal(neither.call(), plain(neither.out()), """
                {
                  "overall_status": "restricted",
                  "unsafe_feeds": null,
                  "max_age_seconds": null,
                  "fresh_feeds": 0,
                  "alive_feeds": 0,
                  "total_feeds": 0,
                  "evaluated_at": "2026-11-22T09:37:00Z",
                  "as_of": null,
                  "state": "DIR/in.json",
                  "state_sha256": null,
                  "baseline": "DIR/in.json",
                  "baseline_sha256": "021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96",
                  "exit": 3,
                  "error": "baseline ERROR",
                  "feeds": null
                }
                """.replace("ERROR", error));
        });

        test("texts: the same explanation for several feeds is given once", () -> {
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

    private static Run piped(String state, String call, String... values) {
        return runWith(new ByteArrayInputStream(state.getBytes(UTF_8)), call, values);
    }

    private static String string(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String strings(List<String> words) {
        return "[" + String.join(", ", words.stream().map(TextsTest::string).toList()) + "]";
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

        test("messages: whatever is wrong with a command line, whole", () -> {
            // The call; the message; the command whose help it points to.
            for (String row : List.of(
                    "status --bogus => unknown option: --bogus; known are --state, --baseline, --format, --output, --watch, --color, --now => status",
                    "status --stat @stale.json => unknown option: --stat; did you mean --state? => status",
                    "gate --fed alpha => unknown option: --fed; did you mean --feed? => gate",
                    "smoke --state x => unknown option: --state; known are --format => smoke",
                    "doctor --record x => unknown option: --record; known are --baseline, --state, --format => doctor",
                    "help --state => unknown option: --state => help",
                    "status - => unknown option: -; did you mean --state? => status",
                    "gate help => unexpected argument: help; did you mean --feed help? => gate",
                    "gate -help => unknown option: -help; known are --feed, --state, --action, --baseline, --format, --watch, --quiet, --now => gate",
                    "recover bravo => unexpected argument: bravo; did you mean --state bravo? => recover",
                    "status --format json --format xml => --format is given twice => status",
                    "status --format JSON => invalid value given for --format: JSON; known are text, json, prometheus => status",
                    "recover --age-seconds age => invalid value given for --age-seconds: age; expected a number from 0 to 1000000000 => recover",
                    "scenario down --age-seconds 5 --output x => --feed is missing => scenario",
                    "doctor --baseline - => invalid value given for --baseline: -; expected a file => doctor",
                    "recover --feed bravo --state @stale.json --output @o --record @./o => --record and --output are one file: DIR/o => recover",
                    "--version --state => unknown option: --state => --version",
                    "status --state => no value given for --state, expected FILE => status",
                    "status --state= => no value given for --state, expected FILE => status",
                    "status --format => no value given for --format, expected text or json or prometheus => status",
                    "status --now --state @stale.json => no value given for --now, expected INSTANT => status",
                    "status --watch => no value given for --watch, expected SECONDS => status",
                    "gate --feed => no value given for --feed, expected NAME => gate",
                    "gate --action => no value given for --action, expected ACTION => gate",
                    "recover --age-seconds => no value given for --age-seconds, expected N => recover",
                    "gate --quiet=yes => --quiet takes no value => gate",
                    "gate --quiet --quiet => --quiet is given twice => gate",
                    "gate --state a --state b => --state is given twice => gate",
                    "status --now now => invalid value given for --now: now; expected an RFC 3339 instant, like 2026-11-22T09:37:00Z => status",
                    "recover --age-seconds -1 => invalid value given for --age-seconds: -1; expected a number from 0 to 1000000000 => recover",
                    "recover --age-seconds AGE => invalid value given for --age-seconds: AGE; give the age of a tick that you have seen, in seconds => recover",
                    "scenario stale --age-seconds AGE => invalid value given for --age-seconds: AGE; give the age of a tick that you have seen, in seconds => scenario",
                    "status --watch 0.099 => invalid value given for --watch: 0.099; expected a number of seconds from 0.1 to 86400 => status",
                    "gate --watch 86400.001 => invalid value given for --watch: 86400.001; expected a number of seconds from 0.1 to 86400 => gate",
                    "status --format xml => invalid value given for --format: xml; known are text, json, prometheus => status",
                    "status --format jso => invalid value given for --format: jso; did you mean json? => status",
                    "gate --format prometheus => invalid value given for --format: prometheus; known are text, json => gate",
                    "status --color on => invalid value given for --color: on; known are auto, always, never => status",
                    "gate --action price_ordr => invalid value given for --action: price_ordr; did you mean price_order? => gate",
                    "gate --action sell => invalid value given for --action: sell; known are inspect_status, read_last_price, serve_cached_status,"
                        + " price_order, publish_signal, rebalance_position => gate",
                    "scenario stal => invalid value given for KIND: stal; did you mean stale? => scenario",
                    "scenario explode => invalid value given for KIND: explode; known are stale, unknown, down, missing, skewed, loosened, frozen, corrupt => scenario",
                    "scenario stale down => unexpected argument: down; did you mean --state down? => scenario",
                    "status --baseline - => invalid value given for --baseline: -; expected a file => status",
                    "recover --feed x --state y --output z --record - => invalid value given for --record: -; expected a file => recover",
                    "gate => --feed is missing => gate",
                    "gate --feed x => --state is missing => gate",
                    "scenario --output x => KIND is missing: stale unknown down missing skewed loosened frozen corrupt => scenario",
                    "scenario stale => --output is missing => scenario",
                    "recover --state y --output z => --feed is missing => recover",
                    "recover --feed x --output z => --state is missing => recover",
                    "recover --feed x --state y => --output is missing => recover",
                    "scenario stale --output x => --feed is missing => scenario",
                    "scenario frozen --feed bravo --output x => scenario frozen is of the whole state; leave out --feed => scenario",
                    "scenario down --feed bravo --age-seconds 1 --output x => --age-seconds goes with scenario stale only => scenario",
                    "recover --feed bravo --state @stale.json --output @o --record @o => --record and --output are one file: DIR/o => recover",
                    "status --watch 1 --now 2026-11-22T09:37:00Z => --watch reads a file again and again, by the real clock; leave out --now and --state - => status",
                    "gate --watch 1 --feed x --state - => --watch reads a file again and again, by the real clock; leave out --now and --state - => gate",
                    "status --watch 1 --format json => status --watch shows text, or writes a file with --format prometheus --output FILE => status",
                    "status --watch 1 --output @o => status --watch shows text, or writes a file with --format prometheus --output FILE => status",
                    "status @stale.json => unexpected argument: DIR/stale.json; did you mean --state DIR/stale.json? => status",
                    "gate alpha => unexpected argument: alpha; did you mean --feed alpha? => gate",
                    "smoke now => unexpected argument: now => smoke",
                    "doctor @stale.json => unexpected argument: DIR/stale.json; did you mean --state DIR/stale.json? => doctor",
                    "help gate status => unexpected argument: status => help",
                    "--help gate status => unexpected argument: status => help",
                    "--version now => unexpected argument: now => --version",
                    "gate --state @stale.json --feed bravo -h => -h counts only as the one argument behind a command => gate",
                    "gate --state @stale.json --feed bravo --help => --help counts only as the one argument behind a command => gate",
                    "gate --help --feed bravo --state @stale.json => --help counts only as the one argument behind a command => gate",
                    "--version --help status => --help counts only as the one argument behind a command => --version",
                    "help gate -h => -h counts only as the one argument behind a command => help",
                    // These have no help of their own.
                    " => no command given => ",
                    "stauts => unknown command: stauts; did you mean status? => ",
                    "s => unknown command: s; did you mean status? => ",
                    "frobnicate => unknown command: frobnicate; known are status, gate, scenario, recover, smoke, doctor, help, --version => ",
                    "--state @stale.json status => unknown command: --state; the command comes first => ",
                    "--format=json status => unknown command: --format=json; the command comes first => ",
                    "-v => unknown command: -v; the command comes first => ",
                    "help nothing => unknown command: nothing; known are status, gate, scenario, recover, smoke, doctor, help, --version => ")) {
                String[] part = (row + " ").split(" => ", -1);
                String help = ("help " + part[2]).strip();
                whole(part[0], 3, "freshness: " + part[1] + "; see: java 'HOME/Freshness.java' " + help + "\n");
            }
            whole("%", 3, "freshness: unknown command: ; did you mean status?; see: java 'HOME/Freshness.java' help\n", "");
            whole("scenario stale --feed bravo --output %", 3, "freshness: the value of --output is not text in this locale; set LC_ALL=C.UTF-8;"
                + " see: java 'HOME/Freshness.java' help scenario\n", dir + "/\ufffd");
            whole("gate --feed % --state @stale.json", 3, "freshness: the value of --feed is not text in this locale; set LC_ALL=C.UTF-8;"
                + " see: java 'HOME/Freshness.java' help gate\n", "\ufffd");
        });

        test("messages: what is wrong with files and feeds, whole", () -> {
            oddFiles();
            write("typo.json", "{");
            write("delta.json", document("limit 90", feed("delta", "")));
            write("only.json", document("limit 7200", feed("only", "alive true, age 8")));
            write("unlimited.json", document("", feed("only", "alive true, age 8")));
            write("none.json", document("limit 'x'", feed("only", "alive true, age 8")));
            String missing = "cannot be read: no such file";
            String[][] rows = { // the call; the message
                {"recover --feed nobody --state @stale.json --output @o", "unknown feed: nobody; known are alpha, bravo, charlie"},
                {"recover --feed brav --state @stale.json --output @o", "unknown feed: brav; did you mean bravo?"},
                {"recover --feed alpha,bravo --state @stale.json --output @o", "unknown feed: alpha,bravo; several feeds take a --feed each"},
                {"scenario stale --feed charli --output @o", "unknown feed: charli; did you mean charlie?"},
                {"recover --feed dela --baseline @delta.json --state @stale.json --output @o", "unknown feed: dela; did you mean delta?"},
                {"scenario stale --feed onl --state @only.json --output @o", "unknown feed: onl; did you mean only?"},
                {"recover --feed bravo --state @absent.json --output @o", "DIR/absent.json: " + missing},
                {"recover --feed bravo --state @a{}.json --output @o", "DIR/a{}.json: " + missing},
                {"recover --feed bravo --state @stale.json --output @sub --record @soft.json", "--output DIR/sub: not a regular file"},
                {"scenario stale --feed bravo --state - --output @sub", "--output DIR/sub: not a regular file"},
                {"recover --feed bravo --state @stale.json --baseline @absent.json --output @o", "baseline DIR/absent.json: " + missing},
                {"recover --feed bravo --state @stale.json --baseline @typo.json --output @o",
                    "baseline DIR/typo.json:1:2: expected a member name in double quotes, found the end"},
                {"recover --feed bravo --state @sub --output @o", "DIR/sub: a directory; name a file in it"},
                {"recover --feed bravo --state @fifo --output @o", "DIR/fifo: not a regular file; a pipe is read with --state -"},
                {"recover --feed bravo --state http://localhost/state.json --output @o",
                    "http://localhost/state.json: " + missing + "; an address is read by another program, and its output with --state -"},
                {"recover --feed bravo --state @in.json --output @in.json", "--output DIR/in.json: the input, which is never written; name another file"},
                {"recover --feed bravo --state @in.json --output @base.json --baseline @base.json",
                    "--output DIR/base.json: the baseline, which is never written; name another file"},
                {"recover --feed bravo --state @in.json --output HOME/data/healthy.json",
                    "--output HOME/data/healthy.json: the baseline, which is never written; name another file"},
                {"recover --feed bravo --state @in.json --output HOME/Freshness.java", "--output HOME/Freshness.java: the program itself; name another file"},
                {"recover --feed bravo --state @in.json --output @o --record HOME/Freshness.java",
                    "--record HOME/Freshness.java: the program itself; name another file"},
                {"recover --feed bravo --state @in.json --output @soft.json", "--output DIR/soft.json: a link; name the file itself"},
                {"recover --feed bravo --state @in.json --output @sub", "--output DIR/sub: not a regular file"},
                {"recover --feed bravo --state @in.json --output @no/o", "--output DIR/no/o: no such directory: DIR/no"},
                {"scenario stale --feed bravo --age-seconds 90 --output @o",
                    "nothing written: still fresh by the limits of HOME/data/healthy.json; give a larger --age-seconds"},
                {"scenario loosened --feed only --state @only.json --output @o", "nothing written: still fresh by the limits of DIR/only.json"},
                {"scenario missing --feed only --state @only.json --output @o", "nothing written: only is the only feed, and a state must have one"},
                {"scenario loosened --feed only --state @none.json --output @o", "nothing written: only has no limit to loosen"},
                {"scenario loosened --feed only --state @unlimited.json --output @o", "nothing written: only has no limit to loosen"},
            };
            for (String[] row : rows) {
                whole(row[0], 3, "freshness: " + row[1] + "\n");
            }
            whole("recover --feed bravo --state % --output @o", 3, "freshness: DIR/nul\\u0000: no path: Nul character not allowed\n", dir + "/nul\0");
            // Gate and status have a verdict in their first line instead.
            whole("gate --feed alpha,bravo --state @stale.json", 3, "GATE BLOCKED: unknown feed: alpha,bravo; several feeds take a --feed each\n");
            whole("gate --feed % --state @stale.json", 3, "GATE BLOCKED: unknown feed: bravo -h; did you mean bravo?\n", "bravo -h");
            whole("gate --feed x --state @absent.json", 3, "GATE BLOCKED: DIR/absent.json: " + missing + "\n");
            whole("gate --feed x --state @stale.json --baseline @absent.json", 3, "GATE BLOCKED: baseline DIR/absent.json: " + missing + "\n");
            whole("status --state / --baseline @healthy.json", 3, "FRESHNESS UNKNOWN: /: a directory; name a file in it; nothing is safe to serve\n");
        });

        test("messages: the reports of scenario and recover, whole", () -> {
            String fresh = document("limit 90", feed("x", "alive true, age 8"));
            String stale = document("limit 90", feed("x", "alive true, age 660"));
            write("fresh.json", fresh);
            write("stale.json", stale);
            write("base.json", document("limit 90", feed("x", "")));
            Run run = piped(fresh, "scenario stale --feed x --state - --output - --now 2026-11-22T10:37:00+01:00").exits(0);
            equal("the scenario", run.out(), stale);
            equal(run.call(), plain(run.err()), "SCENARIO WRITTEN: stale x\n  scenario: stale\n  feed: x\n  changed: x last_tick_age_seconds 8 -> 660\n"
                + "  state: standard input\n  state_sha256: " + sha256("fresh.json") + "\n  output: -\n  output_sha256: " + sha256("stale.json")
                + "\n  show: java 'HOME/Freshness.java' status --state - --now 2026-11-22T10:37:00+01:00\n");
            equal("no failure", plain(piped(fresh, "scenario stale --feed x --state - --age-seconds 9 --output @o").exits(3).err()),
                "freshness: nothing written: still fresh by the limits of standard input; give a larger --age-seconds\n");
            for (String output : List.of("@o", "-")) {
                write("record", "");
                run = piped(stale, "recover --feed x --state - --output " + output + " --baseline @base.json --record @record --now " + NOW).exits(0);
                write("o", output.equals("-") ? run.out() : read("o"));
                equal(run.call(), plain(output.equals("-") ? run.err() : run.out()), "RECOVERED: x fresh, 5s of 90s\n  recovery: recovered\n  time: " + NOW
                    + "\n  feed: x\n  before: x stale, 660s > 90s\n  after: x fresh, 5s of 90s\n  changed: x last_tick_age_seconds 660 -> 5\n"
                    + "  baseline: DIR/base.json\n  state: -\n  state_sha256: " + sha256("stale.json") + "\n  output: " + plain(at(output))
                    + "\n  output_sha256: " + sha256("o") + "\n  replay: java 'HOME/Freshness.java' recover --feed x --state - --output "
                    + (output.equals("-") ? "-" : "'DIR/o'") + " --age-seconds 5 --baseline 'DIR/base.json' --now " + NOW + "\n");
                equal("one record", read("record").lines().count() + " " + read("record").contains("\"replay\""), "1 true");
            }
            // Whatever a feed is called, and however long what it said was.
            write("in.json", document("limit 90", feed("{}", "alive '" + "y".repeat(50) + "'")));
            equal("changes", run("scenario stale --feed {} --state @in.json --output @o").exits(0).out().lines().filter(line -> line.startsWith("  changed: ")).toList(),
                List.of("  changed: {} alive \"" + "y".repeat(39) + "... -> true, {} last_tick_age_seconds added: 660"));
            write("named", stale);
            equal("a state without .json in its name", lastLine(run("gate --feed x --state @named --baseline @named")),
                "  next: java 'HOME/Freshness.java' recover --feed x --state 'DIR/named' --output recovered.json --baseline 'DIR/named' --age-seconds AGE");
        });

        test("messages: what to do next about a state that no command can name", () -> {
            write("base.json", document("limit 90", feed("x", ""), feed("n\\u0000", "")));
            for (String[] row : new String[][] {{"alive true, age 660", "save the state to a file, and ask again for that file",
                    "give this feed another name: no command line can carry this one"}, {"alive 1, age 8", BOOLEAN, BOOLEAN}}) {
                String state = document("limit 90", feed("x", row[0]), feed("n\\u0000", row[0]));
                equal(row[0], lastLine(piped(state, "gate --feed x --state - --baseline @base.json").exits(2)), "  next: " + row[1]);
                equal(row[0] + ", NUL", lastLine(piped(state, "gate --feed % --state - --baseline @base.json", "n\0").exits(2)), "  next: " + row[2]);
            }
        });

        test("messages: what a shell would act on is quoted in a command", () -> {
            for (char c = '!'; c < 0x7f; c++) {
                if ("\"\\|".indexOf(c) < 0) { // those are escaped in a text, too: hostile names
                    write("in.json", document("limit 90", feed("a" + c, "alive true, age 660")));
                    String next = lastLine(run("gate --feed % --state @in.json --baseline @in.json", "a" + c).exits(2));
                    boolean plain = Character.isLetterOrDigit(c) || "-_./:=@%+,".indexOf(c) >= 0;
                    String word = plain ? "a" + c : "'" + ("a" + c).replace("'", "'\\''") + "'";
                    equal("a" + c, next.contains(" --feed " + word + " --state ") ? "" : next, "");
                }
            }
        });

        test("messages: what is wrong in a document, whole", () -> {
            String[][] rows = { // the document; the place and the message
                {"[]", "1:1: expected an object with max_age_seconds and feeds, found '['"},
                {"{'feeds':{}}", "1:10: expected an array of feeds, found '{'"},
                {"{'feeds':[1]}", "1:11: expected a feed, an object with a name, found '1'"},
                {"{}", "1:1: expected a member feeds"},
                {"{'feeds':[]}", "1:10: expected at least one feed"},
                {"{'feeds':[{}]}", "1:11: expected a feed with a name"},
                {"{'feeds':[{'name':7}]}", "1:19: expected a name, a string of 1 to 200 characters"},
                {"{'feeds':[{'name':'x'},{'name':'x'}]}", "1:24: expected each feed once, found a second x"},
                {"{'{}':1,'{}':2}", "1:9: expected each member once, found a second {}"},
                {"{'a':\u007f}", "1:6: expected a value, found byte 0x7f"},
                {"{'a':- 1}", "1:7: expected a digit, found byte 0x20"},
                {"{'a':[1,,2]}", "1:9: expected a value, found ','"},
                {"{'a':1,'a':2}", "1:8: expected each member once, found a second a"},
                {"{'" + "a".repeat(41) + "':1,'" + "a".repeat(41) + "':2}",
                    "1:48: expected each member once, found a second " + "a".repeat(40) + "..."},
                {"{'a':" + "[".repeat(64), "1:69: expected at most 64 levels of nesting"},
                {"{'a':01}", "1:6: expected a number without leading zeros"},
                {"{'a':-}", "1:7: expected a digit, found '}'"},
                {"{'a':tru}", "1:9: expected true, found '}'"},
                {"{'a':[1 2]}", "1:9: expected ',' or ']', found '2'"},
                {"{'a':1 2}", "1:8: expected ',' or '}', found '2'"},
                {"{'a':'\n'}", "1:7: expected control characters only escaped, found byte 0xa"},
                {"{'a':'", "1:7: expected '\"', found the end"},
                {"{'a':'\\x'}", "1:8: expected one of \" \\ / b f n r t u, found 'x'"},
                {"{'a':'\\u00g0'}", "1:11: expected four hexadecimal digits, found 'g'"},
                {"{'a':'\\ud800'}", "1:7: expected a pair of surrogates, found one alone"},
                {"{'a':'\u00ff','feeds':[{'name':'x'}]}", "1:7: expected UTF-8, found byte 0xff"},
            };
            for (String[] row : rows) {
                Files.write(dir.resolve("in.json"), row[0].replace('\'', '"').getBytes(ISO_8859_1));
                whole("gate --feed x --state @in.json", 3, "GATE BLOCKED: DIR/in.json:" + row[1].replace("\\", "\\\\") + "\n");
            }
            write("in.json", document("limit 90, " + "m".repeat(41) + " 1", feed("x", "")));
            String shown = "m".repeat(40) + "...";
            whole("gate --feed x --state @stale.json --baseline @in.json", 3, "GATE BLOCKED: baseline DIR/in.json:1:23: unknown member of a baseline: " + shown
                + "; known are max_age_seconds, as_of, require_as_of, feeds; a note is named x-" + shown + "\n");
            whole("gate --feed one --feed two --state @stale.json", 3, "GATE BLOCKED: unknown feed: one; known are alpha, bravo, charlie\n");
            write("in.json", document("limit 90, require_as_of 1", feed("x", "")));
            whole("gate --feed x --state @stale.json --baseline @in.json", 3, "GATE BLOCKED: baseline DIR/in.json:1:39: expected true or false\n");
        });

        test("messages: a check that failed says why", () -> {
            Files.writeString(home.resolve("data/healthy.json"), fixture.replace("90", "91"));
            Run edited = run("smoke").exits(2).says("SMOKE FAILED: ", "\nnot ok - the bundled fixture is as it was shipped\n  why: "
                    + home + "/data/healthy.json was edited; keep a baseline of your own in another file, and name it with --baseline\n");
            equal("JSON", run("smoke --format json").exits(2).get("checks.0.why").toString().contains("was edited"), true);
            Files.writeString(home.resolve("data/healthy.json"), fixture.replace("bravo", "delta"));
            equal("a step", run("smoke").exits(2).out().lines().anyMatch(line -> line.matches(
                "  why: exit 3 instead of 0 of scenario stale --feed bravo --state .+/state --output .+/failed: freshness: unknown feed: bravo; known are .*")), true);
            Locale locale = Locale.getDefault();
            Locale.setDefault(Locale.forLanguageTag("tr")); // where the capital of i has a dot
            try {
                run("smoke").exits(2).says("SMOKE FAILED: ");
            } finally {
                Locale.setDefault(locale);
            }
            run("doctor --state @absent.json").exits(2).says("DOCTOR FAILED: 6 of 7", "\n  why: " + dir + "/absent.json: cannot be read: no such file");
            write("typo.json", "{");
            run("doctor --baseline @typo.json --state @stale.json").exits(2).says("DOCTOR FAILED: 7 of 8", "ok - the state can be read and is valid: ");
            // A baseline need not be eligible.
            run("doctor --baseline @stale.json --state @stale.json").exits(0).says("DOCTOR PASSED: 8 of 8");
            Files.writeString(home.resolve("data/healthy.json"), fixture);
        });
    }
}
