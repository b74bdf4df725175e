import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** ReportsTest: what status says to people and to programs. */
final class ReportsTest extends Sandbox {
    // ---- Status ----

    static void status() {
        test("status: every finding of the contract, with what it allows", () -> {
            String contract = document("limit 90, require_as_of true", feed("x", "alive true, age 8"));
            write("base.json", contract);
            Map<String, String> states = new LinkedHashMap<>();
            states.put("state_invalid", contract.substring(1));
            states.put("feed_missing", document("limit 90, as_of 'NOW'", feed("y", "alive true, age 8")));
            states.put("as_of_missing", document("limit 90", feed("x", "alive true, age 8")));
            states.put("as_of_invalid", document("limit 90, as_of 'then'", feed("x", "alive true, age 8")));
            states.put("clock_skew", document("limit 90, as_of '2026-11-22T09:37:02Z'", feed("x", "alive true, age 8")));
            states.put("alive_invalid", document("limit 90, as_of 'NOW'", feed("x", "alive 1, age 8")));
            states.put("feed_down", document("limit 90, as_of 'NOW'", feed("x", "alive false, age 8")));
            states.put("limit_invalid", document("limit 0, as_of 'NOW'", feed("x", "alive true, age 8")));
            states.put("age_missing", document("limit 90, as_of 'NOW'", feed("x", "alive true, age null")));
            states.put("age_invalid", document("limit 90, as_of 'NOW'", feed("x", "alive true, age -30")));
            states.put("stale", document("limit 90, as_of 'NOW'", feed("x", "alive true, age 90.1")));
            states.put("fresh", document("limit 90, as_of 'NOW'", feed("x", "alive true, age 45")));
            for (var row : states.entrySet()) {
                write("in.json", row.getValue().replace("NOW", NOW));
                finding(row.getKey(), 0, row.getKey().equals("state_invalid") ? 3 : row.getKey().equals("fresh") ? 0 : 2);
            }
            write("in.json", states.get("feed_missing").replace("NOW", NOW));
            finding("feed_unexpected", 1, 2);
        });

        test("status: the members of its JSON, in their order", () -> {
            Run run = run("status --state @stale.json --format json --now " + NOW).exits(2);
            run.members("", "overall_status", "unsafe_feeds", "max_age_seconds", "fresh_feeds", "alive_feeds", "total_feeds", "evaluated_at",
                    "as_of", "state", "state_sha256", "baseline", "baseline_sha256", "exit", "feeds");
            run.members("feeds.1", "name", "alive", "last_tick_age_seconds", "max_age_seconds", "freshness_status", "safe_to_serve",
                    "allowed_actions", "blocked_actions", "blocked_reason", "reason_code", "alert");
            run.reports("overall_status 'restricted'", "unsafe_feeds ['bravo']", "max_age_seconds 90", "fresh_feeds 2", "alive_feeds 3",
                    "total_feeds 3", "feeds.1.name 'bravo'", "feeds.1.alive true", "feeds.1.last_tick_age_seconds 660", "feeds.1.max_age_seconds 90");
            run.has("state", dir + "/stale.json").has("state_sha256", sha256("stale.json"));
            equal("figures", run.get("feeds.1.blocked_reason").toString().matches(".*660.*90.*"), true);
            run("status --state @healthy.json --format json").exits(0).reports("overall_status 'eligible'", "unsafe_feeds []");

            write("in.json", document("limit 60, as_of '2026-11-22T09:36:59.5Z'", feed("alpha", "alive true, age 8.25, limit 1e2"),
                    feed("bravo", "alive false"), feed("charlie", "alive 1, age 1e400")));
            run("status --state @in.json --format json --now " + NOW).exits(2).reports("alive_feeds 1", "max_age_seconds 60",
                    "feeds.0.last_tick_age_seconds 8.75", "feeds.0.max_age_seconds 90", "feeds.0.alert 'ticket'",
                    "feeds.1.last_tick_age_seconds null", "feeds.1.max_age_seconds 60", "feeds.1.alive false",
                    "feeds.2.last_tick_age_seconds null", "feeds.2.alive null");
        });

        test("status: why and what next, with the figures", () -> {
            String[][] rows = { // the state, the baseline, why, what next
                {document("limit 90, as_of '2026-11-22T09:39:00Z'", feed("x", "alive true, age 8")), document("limit 90", feed("x", "alive true")),
                    "as_of is 120s in the future", "compare the clock"},
                {document("limit 90", feed("x", "alive true, age 8")), document("limit 'long'", feed("x", "alive true")),
                    "max_age_seconds is \"long\" in the baseline", "correct max_age_seconds"},
                {document("limit 0", feed("x", "alive true, age 8")), document("limit 90", feed("x", "alive true")),
                    "max_age_seconds is 0 in the state", "correct max_age_seconds"},
                {document("limit 90, as_of '2026-11-22T08:37:00Z'", feed("x", "alive true, age 8")), document("limit 90", feed("x", "alive true")),
                    "last tick 3608s old, limit 90s", "restart the collector: the state is 3600s old"},
                {document("limit 90, as_of '2026-11-22T09:36:00Z'", feed("x", "alive true, age 31")), document("limit 90", feed("x", "alive true")),
                    "last tick 91s old, limit 90s", "recover --feed x"},
                {document("limit 90, as_of '2026-11-22T09:35:29Z'", feed("x", "alive false")), document("limit 90", feed("x", "alive true")),
                    "the feed consumer does not answer: alive is false", "restart the collector: the state is 91s old"},
                {document("limit 90, as_of '2026-11-22T09:35:30Z'", feed("x", "alive false")), document("limit 90", feed("x", "alive true")),
                    "the feed consumer does not answer: alive is false", "recover --feed x"},
                {document("limit 3", feed("x", "alive false")), document("limit 90", feed("x", "alive true")), "the feed consumer does not answer: alive is false", "recover --feed x"},
                {document("limit 'x'", feed("x", "alive false")), document("limit 90", feed("x", "alive true")), "the feed consumer does not answer: alive is false", "correct max_age_seconds"},
            };
            for (String[] row : rows) {
                write("in.json", row[0]);
                write("base.json", row[1]);
                String out = run("status --state @in.json --baseline @base.json --now " + NOW).exits(2).out();
                equal(row[2], out.contains("why:  " + row[2]), true);
                equal(row[3], out.contains(row[3]), true);
            }
        });

        test("status: a command that is shown can be typed, and where none would help there is advice", () -> {
            for (String[] row : new String[][] {{"a\0b", "next: give this feed another name"}, {"a\u202eb", "--feed $'\\x61\\xe2\\x80\\xae\\x62' --state"}}) {
                String name = row[0].replace("\0", "\\u0000");
                write("in.json", "{\"max_age_seconds\":90,\"feeds\":[{\"name\":\"" + name + "\",\"alive\":true,\"last_tick_age_seconds\":660}]}");
                equal(name, run("status --state @in.json --baseline @in.json").exits(2).out().contains(row[1]), true);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Freshness.run(new String[] {"recover", "--feed", "a\u202eb", "--state", dir + "/in.json", "--baseline", dir + "/in.json", "--output", dir + "/out.json"},
                    null, out, OutputStream.nullOutputStream());
            equal("replay", out.toString().contains("\n  replay: java ") && out.toString().contains("--feed $'\\x61\\xe2"), true);
            equal("replay by the same clock", out.toString().matches("(?s).*\n  time: (\\S+)\n.*\n  replay: .* --now \\1\n"), true);
            write("in.json", document("limit 90, as_of '2026-11-22T09:39:00Z'", feed("x", "alive true, age 8")));
            write("base.json", document("limit 90", feed("x", "alive true"), feed("gone", "alive true")));
            out.reset();
            run("status --state @in.json --baseline @base.json --now " + NOW).exits(2);
            equal("missing and skewed", run("status --state @in.json --baseline @base.json --now " + NOW).out().contains("recover --feed gone"), false);
            Freshness.run(new String[] {"gate", "--feed", "bravo", "--state", "-"}, Files.newInputStream(Path.of(dir + "/stale.json")), out, OutputStream.nullOutputStream());
            equal("standard input", out.toString().contains("next: save the state to a file"), true);
            run("scenario stale --feed bravo --state @healthy.json --output @out.json --format json").exits(0)
                    .reports("changed ['bravo last_tick_age_seconds 11 -> 660']");
            equal("an added member has a line of its own", run("scenario frozen --state @healthy.json --output - --now " + NOW).exits(0).out()
                    .endsWith("\n  ],\n  \"as_of\": \"2026-11-22T08:37:00Z\"\n}\n"), true);
            equal("a bar is never empty", run("status --state @healthy.json").out().contains("[##........]    11s of 90s"), true);
            String gate = run("gate --feed bravo --action read_last_price --action price_order --state @stale.json").exits(2).out();
            equal("only what is blocked", gate.substring(0, gate.indexOf('\n')).endsWith("; not allowed: price_order"), true);
        });

        test("status: a headline names five feeds, a text explains twenty, and both say how many more there are", () -> {
            for (int count : new int[] {5, 6, 20, 21}) {
                List<String> feeds = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    feeds.add(feed("feed-" + i, "alive true, age 660"));
                }
                write("in.json", document("limit 90", feeds.toArray(new String[0])));
                String out = run("status --state @in.json --baseline @in.json --now " + NOW).exits(2).out();
                String headline = out.substring(0, out.indexOf('\n'));
                equal(count + " in the headline", headline.split(" stale,", -1).length - 1, Math.min(count, 5));
                equal(count + ": how many more", headline.endsWith("; and " + (count - 5) + " more"), count > 5);
                equal(count + " explained", out.split("\nblocked on ", -1).length - 1, Math.min(count, 20));
                equal(count + ": how many more are not", out.contains("\nand 1 more, "), count > 20);
            }
        });

        test("status: machine formats are never empty, and name every feed of the baseline unsafe", () -> {
            write("broken.json", "{");
            for (String state : List.of("@broken.json", "@absent.json", "/dev/null")) {
                Run json = run("status --state " + state + " --format json").exits(3);
                json.members("", "overall_status", "unsafe_feeds", "max_age_seconds", "fresh_feeds", "alive_feeds", "total_feeds", "evaluated_at",
                        "as_of", "state", "state_sha256", "baseline", "baseline_sha256", "exit", "error", "feeds");
                json.reports("overall_status 'restricted'", "unsafe_feeds ['alpha', 'bravo', 'charlie']", "fresh_feeds 0", "total_feeds 3");
                for (String feed : List.of("feeds.0", "feeds.1", "feeds.2")) {
                    json.reports(feed + ".reason_code 'state_invalid'", feed + ".safe_to_serve false", feed + ".max_age_seconds 90",
                            feed + ".allowed_actions ['inspect_status']");
                }
                Run metrics = run("status --state " + state + " --format prometheus --now " + NOW).exits(3);
                equal(state, samples(metrics.out()), Stream.concat(Stream.of("alive 0", "safe_to_serve 0", "max_age_seconds 90").flatMap(sample ->
                    Stream.of("alpha", "bravo", "charlie").map(feed -> "freshness_feed_" + sample.replace(" ", "{feed=\"" + feed + "\"} "))),
                    Stream.concat(
                    Stream.of("alpha", "bravo", "charlie").map(feed -> "freshness_feed_info{feed=\"" + feed
                        + "\",freshness_status=\"unknown\",reason_code=\"state_invalid\",alert=\"page\"} 1"),
                    Stream.of("freshness_state_valid 0", "freshness_last_evaluation_timestamp_seconds 1795340220"))).toList());
            }
            for (String baseline : List.of("@broken.json", "@absent.json")) {
                for (String state : List.of("", " --state @healthy.json")) {
                    Run json = run("status --baseline " + baseline + state + " --format json").exits(3);
                    json.reports("overall_status 'restricted'", "feeds null", "unsafe_feeds null", "fresh_feeds 0");
                    equal(baseline, json.get("error").toString().startsWith("baseline " + at(baseline)), true);
                    equal(baseline, samples(run("status --baseline " + baseline + state + " --format prometheus --now " + NOW).exits(3).out()),
                        List.of("freshness_state_valid 0", "freshness_last_evaluation_timestamp_seconds 1795340220"));
                }
            }
        });

        test("status: Prometheus metrics", () -> {
            write("in.json", document("limit 60", feed("alpha", "alive true, age 8.50"), feed("bravo", "alive false, age null"),
                    feed("charlie", "alive true, age 1e2")));
            String metrics = run("status --state @in.json --format prometheus --now " + NOW + "").exits(2).out();
            equal("samples", samples(metrics), List.of(
                "freshness_feed_alive{feed=\"alpha\"} 1", "freshness_feed_alive{feed=\"bravo\"} 0", "freshness_feed_alive{feed=\"charlie\"} 1",
                "freshness_feed_safe_to_serve{feed=\"alpha\"} 1", "freshness_feed_safe_to_serve{feed=\"bravo\"} 0",
                "freshness_feed_safe_to_serve{feed=\"charlie\"} 0", "freshness_feed_last_tick_age_seconds{feed=\"alpha\"} 8.5",
                "freshness_feed_last_tick_age_seconds{feed=\"charlie\"} 100", "freshness_feed_max_age_seconds{feed=\"alpha\"} 60",
                "freshness_feed_max_age_seconds{feed=\"bravo\"} 60", "freshness_feed_max_age_seconds{feed=\"charlie\"} 60",
                "freshness_feed_last_tick_timestamp_seconds{feed=\"alpha\"} 1795340211.5",
                "freshness_feed_last_tick_timestamp_seconds{feed=\"charlie\"} 1795340120",
                "freshness_feed_info{feed=\"alpha\",freshness_status=\"fresh\",reason_code=\"fresh\",alert=\"none\"} 1",
                "freshness_feed_info{feed=\"bravo\",freshness_status=\"unknown\",reason_code=\"feed_down\",alert=\"page\"} 1",
                "freshness_feed_info{feed=\"charlie\",freshness_status=\"stale\",reason_code=\"stale\",alert=\"page\"} 1",
                "freshness_state_valid 1", "freshness_last_evaluation_timestamp_seconds 1795340220"));
            // Counted back from that day, as long as an age that is not known is said to be, it would be a time after 1970.
            String late = run("status --state @in.json --format prometheus --now 2200-01-01T00:00:00Z").exits(2).out();
            equal("no tick is known", late.contains("freshness_feed_last_tick_timestamp_seconds{feed=\"bravo\"}"), false);
            write("in.json", document("limit 60, as_of '1800-01-01T00:00:00Z'", feed("alpha", "alive true, age 8")));
            late = run("status --state @in.json --baseline @in.json --format prometheus --now 2200-01-01T00:00:00Z").exits(2).out();
            equal("nor where the age is cut", late.contains("freshness_feed_last_tick_timestamp_seconds{"), false);
            // A tick's time by clocks of any year; none before 1970, and none where the age is cut.
            for (String row : List.of("2100-01-01T12:00:00Z 2100-01-01T11:59:55.25Z 4102487995.25", "1970-01-01T00:00:05Z 1970-01-01T00:00:00Z 0",
                    "1970-01-01T00:00:05Z 1969-12-31T23:59:59.5Z -")) {
                String[] words = row.split(" ");
                write("tick.json", document("limit 90", feed("alpha", "alive true, last_tick_at '" + words[1] + "'")));
                String out = run("status --state @tick.json --baseline @tick.json --format prometheus --now " + words[0]).exits(0).out();
                equal(row, samples(out).stream().filter(sample -> sample.startsWith("freshness_feed_last_tick_timestamp")).toList(),
                    words[2].equals("-") ? List.of() : List.of("freshness_feed_last_tick_timestamp_seconds{feed=\"alpha\"} " + words[2]));
            }
            Set<String> described = new TreeSet<>();
            for (String line : metrics.split("\n")) {
                String family = line.replaceFirst("^# (HELP|TYPE) ", "").replaceFirst("[ {].*", "");
                if (line.startsWith("# HELP ")) {
                    equal(line, described.add(family) && line.length() > family.length() + 10, true);
                } else {
                    equal(line, described.contains(family) && (!line.startsWith("#") || line.endsWith(" gauge")), true);
                }
            }
            equal("the last line ends", metrics.endsWith("\n"), true);
            for (String state : List.of("healthy", "stale")) {
                run("status --state @" + state + ".json --format prometheus --output @feeds.prom")
                    .exits(state.equals("stale") ? 2 : 0).says("FRESHNESS ");
                String sample = "freshness_feed_safe_to_serve{feed=\"bravo\"} " + (state.equals("stale") ? 0 : 1);
                equal("written whether or not the feeds are safe", samples(read("feeds.prom")).contains(sample), true);
            }
        });

        test("status: text begins with the verdict and has a line for each feed", () -> {
            run("status --state @healthy.json").exits(0).says("FRESHNESS OK: 3 of 3 feeds", "alpha", "bravo", "charlie", "8s", "11s", "7s", "90s");
            run("status --state @stale.json").exits(2).says("FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s",
                "price_order, publish_signal, rebalance_position", "last tick 660s old, limit 90s", "recover --feed bravo");
            write("in.json", fixture.replace(": 11\n", ": 46\n"));
            run("status --state @in.json").exits(0).says("FRESHNESS OK", "ticket");
            run("status --state @absent.json").exits(3).says("FRESHNESS UNKNOWN: " + dir + "/absent.json: ", "no such file");
            String[] many = new String[30];
            Arrays.setAll(many, i -> feed("feed" + i, "alive true, age 91"));
            write("many.json", document("limit 90", many));
            Run run = run("status --state @many.json --baseline @many.json").exits(2).says("FRESHNESS CRITICAL: 30 of 30 feeds unsafe", "feed29");
            equal("a headline stays short", run.head().length() < 250, true);
        });

        test("status: its verdict is on standard error where standard output has something else", () -> {
            Run run = run("status --state @stale.json --output - --now " + NOW).exits(2);
            equal(run.call(), run.err(), run.head() + "\n");
            for (String format : List.of("json", "prometheus")) {
                equal(format, run("status --state @stale.json --format " + format).exits(2).err(), "");
                equal(format, run("status --state @absent.json --format " + format).exits(3).err(),
                    "FRESHNESS UNKNOWN: " + dir + "/absent.json: cannot be read: no such file; nothing is safe to serve\n");
            }
            run("status --state @stale.json --color always --output @o").exits(2).says(run.head() + "\n");
            equal("colors in a file, where asked for", read("o").startsWith("\u001b[31mFRESHNESS"), true);
        });

        test("status: the columns that a character takes, at both ends of each range", () -> {
            var width = Freshness.Text.class.getDeclaredMethod("width", String.class);
            width.setAccessible(true);
            for (String row : List.of("0 300 36f 20dd 483 489", "1 903 20 7e e9 2ff 10ff 1160 2014 2192 2e7f a4d0 abff d7a4 fb00 fe70 ff61 1f2ff 1fb00 1ffff",
                    "2 1100 115f 2e80 4e00 a4cf ac00 d7a3 f900 faff fe30 fe6f ff00 ff60 1f300 1f600 1faff 20000 3fffd")) {
                for (String code : row.substring(2).split(" ")) {
                    String character = Character.toString(Integer.parseInt(code, 16));
                    equal(code, width.invoke(null, character), Integer.parseInt(row.substring(0, 1)));
                    equal(code + " in a text", width.invoke(null, "a" + character + "b"), 2 + Integer.parseInt(row.substring(0, 1)));
                }
            }
        });

        test("status: the columns of its table are aligned, also under long and wide names", () -> {
            write("in.json", document("limit 90", feed("ab", "alive true, age 8"), feed("\u65e5", "alive true, age 80.25"),
                    feed("e\u0301x", "alive false, age 8"),
                feed("x".repeat(60), "alive true, age 1000")));
            List<String> rows = run("status --state @in.json --baseline @in.json").exits(2).out().lines().filter(line -> line.contains("[")).toList();
            equal("rows", rows.size(), 4);
            for (int i = 0; i < 4; i++) {
                // What stands behind the name begins where the name's columns end: 2, 2, 2 and 60 of them.
                equal(rows.get(i), rows.get(i).indexOf("[") + new int[] {0, 1, -1, 0}[i], rows.get(0).indexOf("["));
            }
            for (String line : run("status --state @stale.json").out().lines().filter(line -> line.contains("[")).toList()) {
                equal(line, line.length() <= 80, true);
            }
        });

        test("status: colors only where they are asked for", () -> {
            for (String row : List.of(" => false", " --color auto => false", " --color never => false", " --color always => true")) {
                String[] half = row.split(" => ");
                equal(row, run("status --state @stale.json" + half[0]).out().contains("\u001b[31m"), half[1].equals("true"));
            }
            equal("in a file", run("status --state @stale.json --color auto --output @out").exits(2).out().contains("\u001b")
                    || read("out").contains("\u001b"), false);
        });

        test("status: without a state it shows the baseline, and says so", () -> {
            run("status").exits(0).says("FRESHNESS OK", home + "/data/healthy.json", "the baseline itself");
            run("status --baseline @stale.json").exits(2).says("FRESHNESS CRITICAL", dir + "/stale.json", "the baseline itself");
            run("status --format json").exits(0).has("state", home + "/data/healthy.json");
            equal("a state is said to be one", run("status --state @healthy.json").out().contains("the baseline itself"), false);
        });

        test("status: only the set of feeds, the limits and require_as_of of a baseline count", () -> {
            write("base.json", document("limit 90, as_of '2030-01-01T00:00:00Z'", feed("alpha", "alive false, age 900"), feed("bravo", "age 'x'"),
                    feed("charlie", "")));
            run("status --state @healthy.json --baseline @base.json").exits(0);
            run("status --baseline @base.json").exits(2);
            write("strict.json", fixture.replace("{\n  \"max", "{\n  \"require_as_of\": true,\n  \"max"));
            run("status --state @healthy.json --baseline @strict.json --format json").exits(2).reports("feeds.0.reason_code 'as_of_missing'");
            for (String value : List.of("'yes'", "1", "null", "[]")) {
                write("wrong.json", document("limit 90, require_as_of " + value, feed("alpha", "alive true, age 8")));
                run("status --state @healthy.json --baseline @wrong.json").exits(3).says("FRESHNESS UNKNOWN: baseline ", "true or false");
                run("status --baseline @wrong.json").exits(3).says("FRESHNESS UNKNOWN: baseline ", "true or false");
            }
        });

        test("status: a new limit is tried beside the current one", () -> {
            write("candidate.json", fixture.replace("90", "10"));
            run("status --state @healthy.json").exits(0);
            run("status --state @healthy.json --baseline @candidate.json --format json").exits(2).reports("unsafe_feeds ['bravo']");
        });

        test("status: the clock, where --now does not replace it", () -> {
            write("in.json", fixture.replace("{\n  \"max", "{\n  \"as_of\": \"" + Instant.now().minusSeconds(40) + "\",\n  \"max"));
            String age = run("status --state @in.json --format json").exits(0).get("feeds.0.last_tick_age_seconds").toString();
            equal(age, age.matches("4[89]\\..*|5[0-9]\\..*"), true);
            run("gate --feed alpha --state @in.json").exits(0);
            run("gate --feed alpha --state @in.json --now 2126-11-22T09:37:00Z").exits(2);
            run("recover --feed alpha --state @in.json --output @out.json --now 2126-11-22T09:37:00Z").exits(2);
        });
    }

    /** Looks at in.json, judged by base.json, for that finding on the feed of that row. */
    static void finding(String reason, int row, int exit) throws Exception {
        Run run = run("status --state @in.json --baseline @base.json --format json --now " + NOW).exits(exit);
        String status = List.of("fresh", "stale").contains(reason) ? reason : "unknown";
        String feed = "feeds." + row;
        run.has(feed + ".reason_code", reason).has(feed + ".freshness_status", status).has(feed + ".safe_to_serve", exit == 0);
        run.has(feed + ".alert", exit == 0 ? "none" : "page").has("overall_status", exit == 0 ? "eligible" : "restricted");
        Set<String> blocked = new TreeSet<>(ACTIONS);
        blocked.removeAll(allowed(status));
        equal(reason, new TreeSet<>((List<?>) run.get(feed + ".allowed_actions")), new TreeSet<>(allowed(status)));
        equal(reason, new TreeSet<>((List<?>) run.get(feed + ".blocked_actions")), blocked);
        Object why = run.get(feed + ".blocked_reason");
        equal(reason + ": " + why, exit == 0 ? why == null : why instanceof String sentence && sentence.length() > 10, true);
        String text = run("status --state @in.json --baseline @base.json --now " + NOW).exits(exit).head();
        equal(text, text.startsWith(exit == 0 ? "FRESHNESS OK: " : exit == 2 ? "FRESHNESS CRITICAL: " : "FRESHNESS UNKNOWN: "), true);
        equal(reason, samples(run("status --state @in.json --baseline @base.json --format prometheus --now " + NOW).out()).stream()
            .filter(sample -> sample.matches("freshness_feed_safe_to_serve.* 1")).count(), exit == 0 ? 1L : 0L);
        String name = run.get(feed + ".name").toString();
        run("gate --feed % --state @in.json --baseline @base.json --now " + NOW, name).exits(exit);
        run("gate --feed % --action inspect_status --state @in.json --baseline @base.json --now " + NOW, name).exits(exit == 3 ? 3 : 0);
    }

    static List<String> samples(String metrics) {
        return metrics.lines().filter(line -> !line.startsWith("#")).toList();
    }

    // ---- Reports ----

    static void reports() {
        test("report: an audit can be made from one JSON report", () -> {
            write("in.json", document("limit 90, as_of '2026-11-22T09:36:59Z'", feed("alpha", "alive true, age 8"),
                    feed("bravo", "alive true, age 660"), feed("charlie", "alive true, age 8")));
            for (String call : List.of("status", "gate --feed bravo --feed alpha")) {
                run(call + " --state @in.json --format json --now " + NOW).exits(2)
                        .reports("evaluated_at '" + NOW + "'", "as_of '2026-11-22T09:36:59Z'", "exit 2")
                        .has("state", dir + "/in.json").has("state_sha256", sha256("in.json"))
                        .has("baseline", home + "/data/healthy.json").has("baseline_sha256", sha256("healthy.json"));
                run(call + " --state @healthy.json --format json --now " + NOW).exits(0).reports("as_of null", "exit 0");
                // What was read is named, also where it is not valid.
                write("broken.json", "{");
                run(call + " --state @broken.json --format json").exits(3).reports("exit 3").has("state_sha256", sha256("broken.json"));
                run(call + " --state @absent.json --format json").exits(3).reports("exit 3", "state_sha256 null")
                        .has("baseline_sha256", sha256("healthy.json"));
                run(call + " --state @in.json --baseline @broken.json --format json").exits(3)
                        .reports("state_sha256 null", "feeds null", call.equals("status") ? "unsafe_feeds null" : "next null");
            }
            run("gate --feed alpha --feed nobody --feed bravo --state @in.json --format json --now " + NOW).exits(3)
                    .reports("blocked_feeds ['nobody', 'bravo']", "exit 3");
            run("gate --feed alpha --feed bravo --state @absent.json --format json").exits(3).reports("blocked_feeds ['alpha', 'bravo']");
            // What is allowed on an unknown feed is not proved either, where nothing could be evaluated.
            for (String state : List.of("@absent.json", "@broken.json")) {
                Run inspected = run("gate --feed alpha --feed bravo --action inspect_status --state " + state + " --format json").exits(3)
                        .reports("gate 'blocked'", "blocked_feeds ['alpha', 'bravo']", "exit 3");
                equal(inspected.call(), ((List<?>) inspected.get("next")).size(), 2);
            }
            run("gate --feed alpha --state @in.json --baseline @broken.json --format json").exits(3).reports("blocked_feeds ['alpha']");
        });

        test("report: as_of is shown in UTC, and to the nanosecond", () -> {
            for (String row : List.of("2026-11-22T10:36:59+01:00 => 2026-11-22T09:36:59Z", "2026-11-22T09:36:59.000000001Z => 2026-11-22T09:36:59.000000001Z",
                    "2026-11-22t09:36:59.50z => 2026-11-22T09:36:59.500Z")) {
                String[] half = row.split(" => ");
                write("in.json", document("limit 90, as_of '" + half[0] + "'", feed("alpha", "alive true, age 8")));
                run("gate --feed alpha --state @in.json --format json --now " + NOW).exits(0).has("as_of", half[1]);
                run("status --state @in.json --format json --now 2026-11-22T10:37:00.5+01:00").exits(2).has("as_of", half[1])
                    .has("evaluated_at", "2026-11-22T09:37:00.500Z");
            }
            for (String invalid : List.of("'soon'", "null", "7")) {
                write("in.json", document("limit 90, as_of " + invalid, feed("alpha", "alive true, age 8")));
                run("gate --feed alpha --state @in.json --format json").exits(2).has("as_of", null);
            }
        });

        test("report: a row says why there is a ticket", () -> {
            write("in.json", document("limit 900", feed("alpha", "alive true, age 8"),
                    feed("bravo", "alive true, age 46, limit 90"), feed("charlie", "alive true, age 45, limit 90")));
            equal("rows", run("status --state @in.json").exits(0).out().lines().filter(line -> line.contains("[")).toList(), List.of(
                    "  alpha    fresh    [#.........]     8s of 90s  ticket: the state's own limit, 900s, is looser",
                    "  bravo    fresh    [######....]    46s of 90s  ticket: past half its limit",
                    "  charlie  fresh    [#####.....]    45s of 90s"));
        });
    }

    // ---- Hostile names ----

    static void hostileNames() {
        List<String> names = List.of("\u001b[31mred\u001b[0m", "\u001b]0;title\u0007", "a\nFRESHNESS OK: 1 of 1", "a\r\nb", "tab\tx", "nul\0x",
            "bell\b\u0007\u007f", "csi\u009b31m", "next\u0085line", "rtl\u202eevil", "iso\u2066x\u2069", "zero\u200bwidth", "bom\ufeff",
            "line\u2028x\u2029", "tag\udb40\udc41", "soft\u00adhyphen", "a\"b", "a\\", "a\\nb", "\\", "a|b=1;2", "'", "$(x)`x`", "{feed=\"x\"} 1",
            "\u00e9t\u00e9", "\ud83d\ude00", "\ud83d\ude00".repeat(200), "x".repeat(200), " ", "#", "unknown");
        test("hostile names: of files, too, and in a table", () -> {
            for (String name : List.of("state\u001b[2J.json", "state\n.json")) {
                write(name, document("limit 90", feed("a\\u001b", "alive true, age 1"), feed("b", "alive true, age 400")));
                String call = "--state % --baseline %";
                Run run = run("status " + call, dir + "/" + name, dir + "/" + name).exits(2);
                equal(run.call(), silent(run.out()), true);
                equal(run.call(), run.out().lines().skip(2).limit(2).toList(), List.of("  a\\u001b  fresh    [#.........]     1s of 90s",
                    "  b        stale    [##########]   400s of 90s  page"));
                run = run("doctor " + call, dir + "/" + name, dir + "/" + name).exits(0);
                equal(run.call(), silent(run.out()), true);
                run = run("doctor --state %", dir + "/absent " + name).exits(2);
                equal(run.call(), silent(run.out()), true);
                run = run("gate --format json --feed b --state %", dir + "/absent " + name).exits(3);
                equal(run.call(), silent(run.err()), true);
            }
        });

        test("hostile names: what prints is shown as it is", () -> {
            for (String text : List.of("\u00e9t\u00e9", "e\u0301", "e\u0301\u0323x", "1\u20e3", "\u0915\u0903", "\u65e5\u672c", "a \ud83d\ude00 b", "x~y",
                    "\u05d0\u05b8", "\u0e01\u0e34\u0e49", "{}", "a  b")) {
                equal(text, Freshness.Text.visible(text), text);
                equal(text, Freshness.Text.quoted(text), "\"" + text + "\"");
            }
        });

        test("hostile names: a mark is shown only upon a letter or a digit of its own text", () -> {
            for (String row : List.of("\u0301 \\u0301", "\u0301x \\u0301x", "\u0301\u0302x \\u0301\\u0302x", "\u20ddx \\u20ddx", "\u0903x \\u0903x", "a\u200b\u0301 a\\u200b\\u0301",
                    "a\\\u0301 a\\\\\\u0301", "a/\u0301 a/\\u0301", "a:\u0301 a:\\u0301", "\ud83d\ude00\u0301 \ud83d\ude00\\u0301", "\ud802\ude01 \\ud802\\ude01",
                    "a\ud802\ude01 a\ud802\ude01", "a\ufe0f\u20e3 a\\ufe0f\\u20e3", "a\u0301\ufe0f\u0301 a\u0301\\ufe0f\\u0301")) {
                String[] half = row.split(" ");
                equal(row, Freshness.Text.visible(half[0]), half[1]);
                equal(row, Freshness.Text.quoted(half[0]), "\"" + half[1] + "\"");
                equal(row + " in a sentence", Freshness.Text.visible("unknown feed: " + half[0]), "unknown feed: " + half[1]);
            }
        });

        test("hostile names: all characters that there are: what a terminal does not draw is escaped, and reads back as it was", () -> {
            // Unicode's Default_Ignorable_Code_Point, then the spaces but the plain one, then what is blank by its name.
            BitSet hidden = new BitSet();
            for (String range : ("ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff0-fff8"
                    + " 1bca0-1bca3 1d173-1d17a e0000-e0fff a0 1680 2000-200a 202f 205f 3000 2800 13441-13442 16fe4 1d159").split(" ")) {
                String[] ends = range.split("-");
                hidden.set(Integer.parseInt(ends[0], 16), Integer.parseInt(ends[ends.length - 1], 16) + 1);
            }
            Pattern category = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Cn}\\p{Zl}\\p{Zp}|\\\\]");
            Pattern mark = Pattern.compile("\\p{M}");
            Method width = Freshness.Text.class.getDeclaredMethod("width", String.class);
            width.setAccessible(true);
            int shown = 0;
            for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
                String character = Character.toString(point);
                boolean plain = !hidden.get(point) && !category.matcher(character).matches();
                StringBuilder units = new StringBuilder();
                for (char unit : character.toCharArray()) {
                    units.append("\\u").append(HexFormat.of().toHexDigits(unit));
                }
                String escape = point == '\\' ? "\\\\" : units.toString();
                String text = Freshness.Text.visible("a" + character + "b");
                String alone = Freshness.Text.visible(character);
                String json = Freshness.Text.quoted("a" + character + "b");
                boolean right = text.equals("a" + (plain ? character : escape) + "b")
                        && alone.equals(plain && !mark.matcher(character).matches() ? character : escape)
                        && (point == '|' || json.equals("\"" + (point == '"' ? "a\\\"b" : text) + "\""))
                        && (plain && point > '~' || Reader.read(json).equals("a" + character + "b"))
                        && (plain || width.invoke(null, text).equals(text.length()));
                if (!right) {
                    equal(Integer.toHexString(point) + " " + Character.getName(point), text + " " + alone + " " + json, plain ? "as it is" : escape);
                }
                shown += plain ? 1 : 0;
            }
            equal("how many are shown: " + shown, shown > 130_000 && shown < 200_000, true);
        });

        test("hostile names: two that look the same do not, in any report", () -> {
            for (String more : List.of("\ufe0f", "\udb40\udd00", "\u034f", "\u17b4", "\u17b5", "\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\u00a0", "\u2003", "\u3000",
                    "\u180b", "\u2065", "\ufff0", "\ue000", "\udbff\udffd", "\u200d", "\ufeff", "\u00ad", "\u061c")) {
                write("in.json", document("limit 90", feed("alpha", "alive true, age 400"), feed("alpha" + more, "alive true, age 500")));
                String escape = Freshness.Text.visible(more);
                equal(escape, escape.startsWith("\\u"), true);
                String call = " --state @in.json --baseline @in.json";
                for (String each : List.of("status" + call, "status --format json" + call, "gate --feed %" + call, "gate --feed % --format json" + call,
                        "recover --output @o --feed %" + call, "recover --output @o --feed %x" + call)) {
                    Run run = run(each, "alpha" + more);
                    equal(run.call(), (run.out() + run.err()).contains("alpha" + escape) && !(run.out() + run.err()).contains(more), true);
                }
                // A column of its table is as wide as what stands in it.
                List<String> rows = run("status" + call).out().lines().filter(line -> line.contains("[")).toList();
                equal(escape, rows.get(0).indexOf("["), rows.get(1).indexOf("["));
            }
        });

        test("hostile names: in text they stay on their line, and nothing in them acts on a terminal", () -> {
            for (String name : names) {
                hostileFeed(name);
                for (String call : List.of("status --state @in.json", "gate --feed % --state @in.json",
                        "scenario down --feed % --state @in.json --output @out.json", "recover --feed % --state @in.json --output @out.json",
                        "recover --feed % --state @in.json --output @out.json --age-seconds 91", "gate --feed %x --state @in.json",
                        "recover --feed %x --state @in.json --output @out.json", "status --state %")) {
                    call += call.startsWith("scenario") ? "" : " --baseline @in.json";
                    hostileFeed(name);
                    Run hostile = run(call, name);
                    hostileFeed("plain");
                    Run plain = run(call, "plain");
                    equal(call + " of " + name, hostile.exit(), plain.exit());
                    equal(call + " of " + name, hostile.out().lines().count(), plain.out().lines().count());
                    equal(call + " of " + name, hostile.err().lines().count(), plain.err().lines().count());
                    equal(call + " of " + name, silent(hostile.out() + hostile.err()), true);
                    equal(call + " of " + name + ", as a plugin's output", hostile.head().contains("|"), false);
                }
            }
        });

        // The directory of the program, of the data, and of the temporary files: their names are data, for a terminal and for a shell.
        test("hostile names: of directories, in every command and in what is printed for pasting", () -> {
            String source = System.getProperty("jdk.launcher.sourcefile");
            String tmp = System.getProperty("java.io.tmpdir");
            for (String name : List.of("a\n0 status", "a\n- x\n0 help\nabsent @state", "it's", "a\"b", "{}", "@state", "$(id)`id`", "a\\b", "a b", "-x", "--", "a|b", "*",
                    "\u00e9", "e\u0301 \ufe0f", "NAME KIND EXIT OTHERS UNSAFE", "%s")) {
                Path place = Files.createDirectories(dir.resolve("d").resolve(name));
                Files.createDirectory(place.resolve("data"));
                Files.copy(home.resolve("Freshness.java"), place.resolve("Freshness.java"));
                Files.writeString(place.resolve("data/healthy.json"), fixture);
                Files.writeString(place.resolve("stale.json"), fixture.replace(": 11\n", ": 660\n"));
                System.setProperty("jdk.launcher.sourcefile", place.resolve("Freshness.java").toString());
                System.setProperty("java.io.tmpdir", place.toString());
                try {
                    for (String row : List.of("doctor => 0 7", "doctor --state % => 0 8", "smoke => 0 22")) {
                        String[] half = row.split(" => "); // the call; its exit code and how many lines it prints
                        Run run = runThese(UNREAD, row + " in " + name, arguments(half[0], place + "/stale.json"));
                        equal(run.call(), run.exit() + " " + run.out().lines().count(), half[1]);
                        equal(run.call(), silent(run.out()) && run.err().isEmpty(), true);
                    }
                    equal(name, Files.exists(place.resolve("state")), false);
                    String file = place + "/stale.json";
                    String next = runThese(UNREAD, "gate in " + name, "gate", "--feed", "bravo", "--state", file).out().lines().reduce("", (a, b) -> b);
                    String out = place + "/o.json";
                    Run made = runThese(UNREAD, "scenario in " + name, "scenario", "stale", "--feed", "bravo", "--output", out);
                    String show = made.out().lines().reduce("", (a, b) -> b);
                    Run done = runThese(UNREAD, "recover in " + name, "recover", "--feed", "bravo", "--state", file, "--output", out);
                    String replay = done.out().lines().reduce("", (a, b) -> b);
                    String help = runThese(UNREAD, "usage in " + name, "gate", "--stat").err().replaceFirst("(?s).*; see: ", "").stripTrailing();
                    String usage = runThese(UNREAD, "help in " + name, "help", "smoke").out().lines().findFirst().orElse("");
                    String program = place + "/Freshness.java";
                    equal(next, shell(next.replaceFirst("^  next: ", "")), List.of("java", program, "recover", "--feed", "bravo", "--state", file,
                        "--output", file.replace("stale.json", "stale-recovered.json"), "--age-seconds", "AGE"));
                    equal(show, shell(show.replaceFirst("^  show: ", "")), List.of("java", program, "status", "--state", out));
                    equal(replay, shell(replay.replaceFirst("^  replay: ", "").replaceFirst(" --now \\S+$", "")), List.of("java", program, "recover", "--feed",
                        "bravo", "--state", file, "--output", out, "--age-seconds", "5"));
                    equal(help, shell(help), List.of("java", program, "help", "gate"));
                    equal(usage, shell(usage.substring(7, usage.length() - 21)), List.of("java", program, "smoke"));
                } finally {
                    System.setProperty("jdk.launcher.sourcefile", source);
                    System.setProperty("java.io.tmpdir", tmp);
                    delete(dir.resolve("d"));
                }
            }
        });

        test("hostile names: how each is written", () -> {
            String[][] rows = { // the name; in text, in JSON, in a metric's label; as a word of a shell
                {"plain-1_./:=@%+,", "plain-1_./:=@%+,", "plain-1_./:=@%+,", "plain-1_./:=@%+,", "plain-1_./:=@%+,"},
                {"a b", "a b", "a b", "a b", "'a b'"},
                {"it's", "it's", "it's", "it's", "'it'\\''s'"},
                {"$HOME*?", "$HOME*?", "$HOME*?", "$HOME*?", "'$HOME*?'"},
                {"a\"b", "a\"b", "a\\\"b", "a\\\"b", "'a\"b'"},
                {"a|b", "a\\u007cb", "a|b", "a|b", "$'\\x61\\x7c\\x62'"},
                {"a\\b", "a\\\\b", "a\\\\b", "a\\\\b", "$'\\x61\\x5c\\x62'"},
                {"a\nb", "a\\u000ab", "a\\u000ab", "a\\nb", "$'\\x61\\x0a\\x62'"},
                {"\u007f", "\\u007f", "\\u007f", "\u007f", "$'\\x7f'"},
                {"\u009b", "\\u009b", "\\u009b", "\u009b", "$'\\xc2\\x9b'"},
                {"\u00ad", "\\u00ad", "\\u00ad", "\u00ad", "$'\\xc2\\xad'"},
                {"\u202e", "\\u202e", "\\u202e", "\u202e", "$'\\xe2\\x80\\xae'"},
                {"\u2028\u2029", "\\u2028\\u2029", "\\u2028\\u2029", "\u2028\u2029", "$'\\xe2\\x80\\xa8\\xe2\\x80\\xa9'"},
                {"\udb40\udc41", "\\udb40\\udc41", "\\udb40\\udc41", "\udb40\udc41", "$'\\xf3\\xa0\\x81\\x81'"},
                {"\u0378", "\\u0378", "\\u0378", "\u0378", "$'\\xcd\\xb8'"}, // assigned to nobody: who knows what a terminal makes of it
                {"\u00e9\ud83d\ude00", "\u00e9\ud83d\ude00", "\u00e9\ud83d\ude00", "\u00e9\ud83d\ude00", "'\u00e9\ud83d\ude00'"},
                {"-x", "-x", "-x", "-x", "-x"},
            };
            for (String[] row : rows) {
                hostileFeed(row[0]);
                String text = run("gate --feed=% --state @in.json --baseline @in.json", row[0]).exits(2).out();
                equal(row[1], text.lines().limit(2).toList(), List.of("GATE BLOCKED: " + row[1] + " stale, 660s > 90s; not safe to serve",
                    "blocked on " + row[1] + ": price_order, publish_signal, rebalance_position"));
                equal(row[1], text.substring(text.indexOf("next: ")).startsWith("next: java '" + home + "/Freshness.java' recover --feed " + row[4] + " --state '"), true);
                equal(row[2], run("status --state @in.json --baseline @in.json --format json").out().contains("{\"name\": \"" + row[2] + "\", "), true);
                equal(row[3], run("status --state @in.json --baseline @in.json --format prometheus").out().contains("\nfreshness_feed_alive{feed=\"" + row[3] + "\"} 1\n"), true);
            }
            hostileFeed("--x");
            equal("--x", run("gate --feed=--x --state @in.json --baseline @in.json").out().contains(" recover --feed=--x --state '"), true);
            hostileFeed("a\0b");
            equal("a NUL", run("gate --feed % --state @in.json --baseline @in.json", "a\0b").out().lines().skip(3).toList(),
                List.of("  next: give this feed another name: no command line can carry this one"));
        });

        test("hostile names: JSON and metrics bring them back unharmed", () -> {
            for (String name : names) {
                hostileFeed(name);
                run("status --state @in.json --baseline @in.json --format json").exits(2)
                    .has("feeds.0.name", name).has("unsafe_feeds", List.of(name, "z"));
                run("gate --feed % --state @in.json --baseline @in.json --format json", name).exits(2)
                    .has("feeds.0.name", name).has("blocked_feeds", List.of(name));
                run("scenario stale --feed % --state @in.json --output @out.json --format json", name).exits(0).has("feed", name);
                run("recover --feed % --state @in.json --baseline @in.json --output @out.json --record @record --format json", name)
                    .exits(0).has("feed", name);
                equal("a record of " + name, read("record").lines().count(), 1L);
                delete(dir.resolve("record"));
                List<String> labels = new ArrayList<>();
                for (String sample : run("status --state @in.json --baseline @in.json --format prometheus").exits(2).out().split("\n")) {
                    if (sample.startsWith("freshness_feed_alive{")) {
                        Matcher label = Pattern.compile("freshness_feed_alive\\{feed=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"\\} 1").matcher(sample);
                        equal(sample, label.matches(), true);
                        labels.add(label.group(1).replace("\\\\", "\ue000").replace("\\n", "\n").replace("\\\"", "\"").replace('\ue000', '\\'));
                    }
                }
                equal("labels", labels, List.of(name, "z"));
            }
        });

        test("hostile names: a value that is echoed in an error is not echoed as it is", () -> {
            for (String name : names) {
                for (String call : List.of("%", "status %", "status --% 1", "status --state @healthy.json --format=%",
                        "gate --feed alpha --state @healthy.json --action=%", "scenario x% --output @out.json", "help %", "status --now=%",
                        "recover --feed x --state y --output z --age-seconds=%")) {
                    refused(call, "", name);
                }
            }
        });
    }

    /** The words of a command, as bash takes them. */
    static List<String> shell(String command) throws Exception {
        Process bash = new ProcessBuilder("bash", "-c", "printf '%s\\0' " + command).redirectErrorStream(true).start();
        bash.getOutputStream().close();
        String words = new String(bash.getInputStream().readAllBytes(), UTF_8);
        return List.of(words.split("\0"));
    }

    static void hostileFeed(String name) throws IOException {
        StringBuilder escaped = new StringBuilder();
        name.chars().forEach(c -> escaped.append("\\u%04x".formatted(c)));
        write("in.json", document("limit 90", feed(escaped.toString(), "alive true, age 660"), feed("z", "alive true, age 660")));
    }
}
