import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * PageTest checks the page that status writes: what stands in it, and that nothing in it can be
 * taken for a proof, for markup or for a request. What its script makes of it is checked in a real
 * browser, see tests/integration/board.sh.
 */
final class PageTest extends Sandbox {
    private static final String CALL =
            "status --format html --state @in.json --baseline @base.json --now " + NOW;
    private static final String BUILT_IN = "inspect_status unknown - read_last_price stale -"
            + " serve_cached_status stale - price_order fresh - publish_signal fresh -"
            + " rebalance_position fresh -";

    /** Returns the page about these documents. */
    private static String page(String baseline, String state, int exit) throws Exception {
        write("base.json", baseline);
        write("in.json", state);
        return run(CALL).exits(exit).out();
    }

    /** Returns the rows of a page: what stands between its tbody and the next one. */
    private static List<String> rows(String page) {
        int from = page.indexOf("<tbody>\n") + "<tbody>\n".length();
        int to = page.indexOf("</tbody>", from);
        return page.substring(from, to).lines().toList();
    }

    /** Returns the first row with that text. */
    private static String row(String page, String text) {
        for (String row : rows(page)) {
            if (row.contains(text)) {
                return row;
            }
        }
        return "no row has " + text;
    }

    private static String between(String text, String before, String after) {
        int from = text.indexOf(before) + before.length();
        return text.substring(from, text.indexOf(after, from));
    }

    // ---- The page ----

    @Harness.Test("board: what stands before and behind the feeds, whole")
    static void frame() throws Exception {
        String page = page(document("limit 90", feed("x", "")),
                document("as_of '2026-11-22T09:36:59Z'", feed("x", "alive true, age 8")), 0);
        String style = between(page, "<style>", "</style>");
        String script = between(page, "<script>", "</script>");
        String frame = page.replace(style, "STYLE").replace(script, "SCRIPT")
                .replace(hash(style), "H1").replace(hash(script), "H2")
                .replace(rows(page).get(0) + "\n", "ROWS\n")
                .replace(sha256("in.json").substring(0, 8), "SHA1")
                .replace(sha256("base.json").substring(0, 8), "SHA2");
        sameLines(plain(frame.replace("&#39;", "'")), """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
            style-src 'H1'; script-src 'H2'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Freshness: not proved</title>
            <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
            viewBox='0 0 16 16'%3E%3Cpath fill='%23d5333e' d='M8 0 16 15H0z'/%3E%3C/svg%3E">
            <style>STYLE</style>
            </head>
            <body>
            <header data-tone="page">
            <h1>Not proved</h1>
            <p>This page proves nothing by itself: its script compares it with your clock, \
            and the script has not run here.</p>
            <p class="note">REPLAY 2026-11-22T09:37:00Z</p>
            </header>
            <p id="said" class="unseen" role="status"></p>
            <table data-evaluated="1795340220000" data-every="0" data-total="1" data-excused="0" \
            data-rules="RULES" data-unruled="0" data-replay>\
            <caption class="unseen">The feeds, unsafe ones first</caption>
            <thead><tr><th scope="col">feed</th><th scope="col">status</th>\
            <th scope="col">newest tick, limit</th>\
            <th scope="col">what is blocked, why, what next</th></tr></thead>
            <tbody>
            ROWS
            </tbody>
            <tbody id="fold" hidden><tr><td colspan="4"><button type="button"></button></td></tr>\
            </tbody>
            <tbody id="calm"></tbody>
            </table>
            <footer>
            <p>evaluated <time>2026-11-22T09:37:00Z</time>, \
            shown <time id="shown">not proved when</time> by your clock</p>
            <p>state DIR/in.json, sha256 SHA1, written 2026-11-22T09:36:59Z; \
            baseline DIR/base.json, sha256 SHA2</p>
            <p>made with <code>java 'HOME/Freshness.java' status --state 'DIR/in.json' \
            --baseline 'DIR/base.json' --format html --now 2026-11-22T09:37:00Z</code></p>
            </footer>
            <script>SCRIPT</script>
            </body>
            </html>
            """.replace("RULES", BUILT_IN));
    }

    /** Compares two texts line by line: each is too long to be shown whole. */
    private static void sameLines(String got, String want) {
        List<String> lines = want.lines().toList();
        equal("lines", got.lines().count(), (long) lines.size());
        for (int i = 0; i < lines.size(); i++) {
            equal("line " + (i + 1), got.lines().skip(i).findFirst().orElse(null), lines.get(i));
        }
    }

    private static String hash(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    @Harness.Test("board: nothing in it asks for anything, and no text of it becomes markup")
    static void asksForNothing() throws Exception {
        String page = page(document("limit 90", feed("x", "")),
                document("", feed("x", "alive true, age 8")), 0);
        String own = page.replace("http://www.w3.org/2000/svg", "");
        for (String word : List.of("//", "src=", "@import", "url(", "innerHTML", "outerHTML",
                "insertAdjacent", "document.write", "eval(", "Function(", "fetch(", "XMLHttp",
                "WebSocket", "sendBeacon", "import(", " style=", "unsafe-", "<a ", "<form")) {
            // A comment of the script begins with two slashes.
            String text = word.equals("//") ? own.replaceAll("(?m)^ *// .*$", "") : own;
            equal(word, text.contains(word), false);
        }
        Matcher handler = Pattern.compile("<[^>]* on[a-z]+=").matcher(page);
        equal("no handler", handler.find(), false);
        equal("one style, one script", page.split("<style|<script", -1).length, 3);
    }

    // ---- Rows ----

    @Harness.Test("board: rows, whole")
    static void wholeRows() throws Exception {
        String page = page("""
            {"max_age_seconds": 90, "calendar": "c",
             "calendars": {"c": {"zone": "UTC", "open": ["Mon 09:30-16:00"]}},
             "feeds": [{"name": "fresh"}, {"name": "late"}, {"name": "stale"}, {"name": "silent"},
              {"name": "down"}, {"name": "planned", "optional": true}, {"name": "gone"},
              {"name": "quiet", "max_heartbeat_age_seconds": 5.5}]}""", """
            {"as_of": "2026-11-22T09:37:00Z", "feeds": [
              {"name": "fresh", "alive": true, "last_tick_age_seconds": 8.0001},
              {"name": "late", "alive": true, "last_tick_age_seconds": 46, "max_age_seconds": 90.5},
              {"name": "stale", "alive": true, "last_tick_age_seconds": 600000},
              {"name": "silent", "alive": true, "last_tick_age_seconds": 660},
              {"name": "down", "alive": false, "last_tick_age_seconds": 8},
              {"name": "quiet", "alive": true, "last_tick_age_seconds": 8,
               "last_heartbeat_at": "2026-11-22T09:36:59.1234Z"}]}""", 2);
        String next = "next: java &#39;HOME/Freshness.java&#39; recover --feed NAME"
                + " --state &#39;DIR/in.json&#39; --output &#39;DIR/in-recovered.json&#39;"
                + " --baseline &#39;DIR/base.json&#39; --now 2026-11-22T09:37:00Z"
                + " --age-seconds AGE";
        String unproved = "</bdi></th><td>not proved</td><td></td>";
        sameLines(plain(String.join("\n", rows(page))), """
            <tr data-status="stale" data-alert="page" data-age="600000000" data-limit="90000" \
            data-opens="1795426200000" data-said="600000s (6d 22h 40m)">\
            <th scope="row"><bdi>staleUNPROVED\
            <td><p>blocked: price_order, publish_signal, rebalance_position</p>\
            <p>last tick 600000s (6d 22h 40m) old, limit 90s</p><p>NEXT stale</p></td></tr>
            <tr data-status="unknown" data-alert="page" data-limit="90000" \
            data-opens="1795426200000"><th scope="row"><bdi>goneUNPROVED\
            <td><p>blocked: read_last_price, serve_cached_status, price_order, publish_signal, \
            rebalance_position</p>\
            <p>listed in the baseline but missing from the state</p><p>NEXT gone</p></td></tr>
            <tr data-status="stale" data-alert="none" data-age="660000" data-limit="90000" \
            data-opens="1795426200000" data-said="660s"><th scope="row"><bdi>silentUNPROVED\
            <td><p>blocked: price_order, publish_signal, rebalance_position</p>\
            <p>last tick 660s old, limit 90s; market closed until Mon 09:30 UTC</p>\
            <p>next: wait: the next tick opens the gate</p></td></tr>
            <tr data-status="unknown" data-alert="none" data-age="8000" data-limit="90000" \
            data-opens="1795426200000"><th scope="row"><bdi>downUNPROVED\
            <td><p>blocked: read_last_price, serve_cached_status, price_order, publish_signal, \
            rebalance_position</p>\
            <p>the feed consumer is down (alive is false); market closed until \
            Mon 09:30 UTC</p><p>next: nothing to do while the \
            market is closed; you will be paged if the feed is still unsafe after it \
            opens</p></td></tr>
            <tr data-status="unknown" data-alert="none" data-limit="90000" \
            data-opens="1795426200000" data-nothing data-optional><th scope="row">\
            <bdi>plannedUNPROVED<td><p>blocked: inspect_status, read_last_price, \
            serve_cached_status, price_order, \
            publish_signal, and 1 more</p>\
            <p>optional in the baseline, and missing from the state</p>\
            <p>next: wait until its producer writes it: this feed is optional</p>\
            </td></tr>
            <tr data-status="fresh" data-alert="ticket" data-age="46000" data-limit="90000" \
            data-said="46s" data-left="44000" data-why="last tick 46s old, limit 90s">\
            <th scope="row"><bdi>lateUNPROVED\
            <td><p></p><p>the state claims a looser limit (90.5s)</p><p></p></td></tr>
            <tr data-status="fresh" data-alert="none" data-age="8001" data-limit="90000" \
            data-said="8.001s" data-left="81999" data-why="last tick 8.001s old, limit 90s">\
            <th scope="row"><bdi>freshUNPROVED<td><p></p><p></p><p></p></td></tr>
            <tr data-status="fresh" data-alert="none" data-age="8000" data-limit="90000" \
            data-beat="877" data-beat-limit="5500" data-said="8s" data-left="4623" \
            data-why="last tick 8s old, limit 90s">\
            <th scope="row"><bdi>quietUNPROVED<td><p></p><p></p><p></p></td></tr>
            """.replace("UNPROVED", unproved).replaceAll("NEXT (\\w+)",
                Matcher.quoteReplacement(next).replace("NAME", "$1")));
        equal("excused", page.contains("data-total=\"8\" data-excused=\"1\""), true);
    }

    @Harness.Test("board: each feed is not proved, whatever is known")
    static void provesNothing() throws Exception {
        for (String members : List.of("alive true, age 8", "alive true, age 91",
                "alive false, age 8", "alive true, age null", "alive true, age -9")) {
            String state = document("", feed("x", members));
            write("base.json", document("limit 90", feed("x", "")));
            write("in.json", state);
            String page = run(CALL).out();
            String cells = row(page, "<bdi>x</bdi>").replaceFirst("(<tr) [^>]*", "$1");
            equal(state, cells.startsWith("<tr><th scope=\"row\"><bdi>x</bdi></th>"
                + "<td>not proved</td><td></td>"), true);
            equal(state, page.contains("<h1>Not proved</h1>"), true);
            String shown = cells.replaceAll("<[^>]*>", " ");
            equal(shown, shown.matches(".*\\b(fresh|safe)\\b.*"), false);
        }
    }

    @Harness.Test("board: without a verdict each feed of the baseline is there, and why")
    static void notEvaluated() throws Exception {
        String page = page(document("limit 90", feed("x", ""), feed("y", "limit 5")), "{", 3);
        String error = "DIR/in.json:1:2: expected a member name in double quotes,"
            + " found the end of the input";
        equal("error", page.contains(" data-error>"), true);
        equal("note", plain(between(page, "class=\"note\">", "<")),
            "REPLAY 2026-11-22T09:37:00Z: " + error);
        equal("row", plain(row(page, "<bdi>y</bdi>")), """
            <tr data-status="unknown" data-alert="page" data-limit="5000" data-nothing>\
            <th scope="row"><bdi>y</bdi></th><td>not proved</td><td></td>\
            <td><p>blocked: inspect_status, read_last_price, serve_cached_status, price_order, \
            publish_signal, and 1 more</p><p>the state cannot be evaluated: ERROR</p>\
            <p>next: fix the state file or the producer that writes it</p></td></tr>"""
                .replace("ERROR", error));
        equal("rows", rows(page).size(), 2);
        page = page("{", "{}", 3);
        equal("no baseline", rows(page), List.of());
        equal("no baseline", page.contains("<p class=\"note\">REPLAY 2026-11-22T09:37:00Z:"
            + " baseline "), true);
        run("status --format html --state @absent.json").exits(3)
            .warns("FRESHNESS UNKNOWN: cannot read ", "absent.json: no such file; ");
        page = page(document("limit 90", feed("x", "")), document("", feed("y", "age 8")), 2);
        equal("no shared feed",
            between(page, "class=\"note\">", "<").contains("no feeds in common"), true);
    }

    // ---- Hostile input ----

    private static final String[][] WRITTEN = {
        {"<b>", "&lt;b&gt;"},
        {"</script><script>x", "&lt;/<wbr>script&gt;&lt;script&gt;x"},
        {"\"'&amp;", "&quot;&#39;&amp;amp;"},
        {"'\">", "&#39;&quot;&gt;"},
        {"a|b\\", "a\\u007cb\\\\"},
        {"\n\t\u0000", "\\u000a\\u0009\\u0000"},
        {"\u202ea\u2066", "\\u202ea\\u2066"},
        {"\u2028\ufeff", "\\u2028\\ufeff"},
        {" a ", "\\u0020a\\u0020"},
        {"{}", "{}"},
        {"a_b.c:d/e-f", "a_<wbr>b.<wbr>c:<wbr>d/<wbr>e-f"},
        {"\u05d0\u00e9\ud83d\ude80", "\u05d0\u00e9\ud83d\ude80"},
    };

    @Harness.Test("board: names are texts: no markup, no attribute, no direction")
    static void names() throws Exception {
        for (String[] row : WRITTEN) {
            String name = between(Freshness.Text.quoted(row[0]) + "END", "\"", "\"END");
            for (String age : List.of("8", "660")) {
                write("base.json", document("limit 90", feed(name, "")));
                write("in.json", document("", feed(name, "alive true, age " + age)));
                String page = run(CALL).out();
                equal(name, rows(page).size(), 1);
                String got = between(rows(page).get(0), "<bdi>", "</bdi>");
                equal(name, got, row[1]);
                equal(name + ": tags", tags(rows(page).get(0)), "bdi p td th tr wbr");
            }
        }
    }

    /** Returns the names of the tags there are, with wbr. */
    private static String tags(String html) {
        TreeSet<String> tags = new TreeSet<>(List.of("wbr"));
        Matcher tag = Pattern.compile("<([a-z!][^ >]*)").matcher(html);
        while (tag.find()) {
            tags.add(tag.group(1));
        }
        return String.join(" ", tags);
    }

    @Harness.Test("board: names of files are texts, too")
    static void namesOfFiles() throws Exception {
        String name = "<b>'\"&\u202e";
        Files.createDirectory(dir.resolve(name));
        write(name + "/in.json", document("", feed("x", "alive true, age 660")));
        write("base.json", document("limit 90", feed("x", "")));
        String call = "status --format html --baseline @base.json --state %";
        String page = run(call, dir + "/" + name + "/in.json").exits(2).out();
        equal(name, page.contains("<p>state " + dir
            + "/&lt;b&gt;&#39;&quot;&amp;\\u202e/in.json, sha256 "), true);
        equal(name, page.contains("<b>"), false);
        equal(name, page.contains("\u202e"), false);
        page = run(call, dir + "/" + name + "/absent.json").exits(3).out();
        equal(name, page.contains("<p class=\"note\">cannot read " + dir
            + "/&lt;b&gt;&#39;&quot;&amp;\\u202e/absent.json: no such file"), true);
    }

    // ---- Size ----

    /** Returns so many feeds, each with these members. */
    private static String[] feeds(String prefix, int count, String members) {
        String[] feeds = new String[count];
        for (int i = 0; i < count; i++) {
            feeds[i] = feed(prefix + i, members);
        }
        return feeds;
    }

    private static String[] together(String[]... parts) {
        List<String> all = new ArrayList<>();
        for (String[] part : parts) {
            all.addAll(List.of(part));
        }
        return all.toArray(new String[0]);
    }

    @Harness.Test("board: a thousand feeds have a row each; of more, a row has the number")
    static void manyFeeds() throws Exception {
        String[] safe = feeds("safe", 997, "alive true, age 8");
        String[] stale = feeds("stale", 3, "alive true, age 660");
        String page = page(document("limit 90", together(safe, stale)),
            document("", together(safe, stale)), 2);
        equal("1,000", rows(page).size(), 1000);
        equal("1,000", rows(page).get(2).contains("<bdi>stale2</bdi>"), true);
        equal("1,000", page.contains("data-count"), false);
        String[] most = feeds("b", 1500, "alive true, age 660");
        String[] late = feeds("late", 2, "alive true, age 80");
        String[] down = feeds("down", 2, "alive true, age 20");
        page = page(document("limit 90", together(safe, late, most, down)),
            document("", together(safe, late, most, down)), 2);
        equal("2,501", rows(page).size(), 1003);
        equal("the unsafe", rows(page).get(1000), """
            <tr data-status="unknown" data-alert="page" data-count="500">\
            <th scope="row">500 more: unsafe</th><td>not proved</td><td></td><td><p></p>\
            <p>too many for a page; status --format json has each</p><p></p></td></tr>""");
        equal("with a ticket", rows(page).get(1001), """
            <tr data-status="fresh" data-alert="ticket" data-count="2" data-left="10000" \
            data-why="one of them may be past its limit">\
            <th scope="row">2 more: safe when evaluated, with a ticket</th><td>not proved</td>\
            <td></td><td><p></p><p></p><p></p></td></tr>""");
        equal("the safe", rows(page).get(1002), """
            <tr data-status="fresh" data-alert="none" data-count="999" data-left="70000" \
            data-why="one of them may be past its limit">\
            <th scope="row">999 more: safe when evaluated</th><td>not proved</td>\
            <td></td><td><p></p><p></p><p></p></td></tr>""");
    }

    @Harness.Test("board: its size has a bound, whatever the names, the feeds and the actions are")
    static void boundedSize() throws Exception {
        String name = "\\u0001".repeat(194);
        StringBuilder actions = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            actions.append(i == 0 ? "" : ",").append("'").append("a".repeat(190)).append(i)
                .append("':{}");
        }
        for (String age : List.of("8", "660")) {
            String[] feeds = feeds(name, 5_000, "alive true, age " + age);
            String baseline = document("limit 90", feeds).replaceFirst("\\{",
                ("{'actions':{" + actions + "},").replace('\'', '"'));
            String page = page(baseline, document("", feeds), age.equals("8") ? 0 : 2);
            int size = page.getBytes(UTF_8).length;
            equal(age + ": " + size, size < 1_300_000, true);
            equal(age, page.contains("data-unruled=\"256\""), true);
            int left = Integer.parseInt(between(page, "data-count=\"", "\""));
            equal(age, rows(page).size() - 1 + left, 5_000);
        }
    }

    // ---- Commands ----

    @Harness.Test("board: exit codes and what people get are those of any status")
    static void commands() throws Exception {
        String ok = "FRESHNESS OK: 3 of 3 feeds fresh and safe to serve\n";
        String call = "status --format html --state @healthy.json --baseline @=healthy.json";
        Run run = run(call).exits(0);
        equal("to standard output", run.out().startsWith("<!doctype html>\n"), true);
        equal("to standard output", run.err(), "");
        String shown = run.out();
        equal("says", run(call + " --output @b.html").exits(0).out(), ok);
        equal("the same page", steady(read("b.html")), steady(shown));
        run = run(call + " --output -").exits(0);
        equal("the same page", steady(run.out()), steady(shown));
        equal("says", run.err(), ok);
        run(call.replace("healthy.json --base", "stale.json --base") + " --output @b.html").exits(2)
            .says("FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s");
        equal("it is replaced", read("b.html").contains("data-status=\"stale\""), true);
        run(call.replace("healthy.json --base", "absent.json --base") + " --output @b.html")
            .exits(3).says("FRESHNESS UNKNOWN: ");
        equal("it says so", read("b.html").contains("absent.json: no such file"), true);
        refused(call + " --quiet", "unknown option: --quiet");
        refused(call + " --output @absent/b.html", "no such directory");
        refused(call + " --output @healthy.json", "the input file, which is never overwritten");
        refused("gate --feed x --state @healthy.json --format html", "invalid value");
        refused(call + " --watch 1", "--output FILE");
        refused(call + " --watch 1 --output -", "--output FILE");
    }

    /** Returns a page without what differs from run to run. */
    private static String steady(String page) {
        return page.replaceAll("data-evaluated=\"\\d+\"|<time>[^<]*</time>|<code>.*</code>", "");
    }

    @Harness.Test("board: that of a watch says how often it is written, and loads itself again")
    static void watched() throws Exception {
        for (Row row : Row.table("""
                5 => 5000 => 5
                0.1 => 1000 => 1
                1 => 1000 => 1
                2.5 => 2500 => 3
                86400 => 86400000 => 86400""")) {
            String page = watchedPage(row.cell(0));
            String refresh = "<noscript><meta http-equiv=\"refresh\" content=\"" + row.cell(2)
                + "\"></noscript>\n<title>";
            equal(row.toString(), page.contains(" data-every=\"" + row.cell(1) + "\" "), true);
            equal(row.toString(), page.contains(refresh), true);
            equal(row.toString(), page.contains(" --watch " + row.cell(0) + "</code>"), true);
        }
        equal("once", run("status --format html").exits(0).out().contains("refresh"), false);
    }

    private static String watchedPage(String seconds) throws Exception {
        Freshness.Call call = Freshness.Call.parse("status", "--state", dir + "/healthy.json",
            "--format", "html", "--output", dir + "/b.html", "--watch", seconds);
        Freshness.Inputs inputs = Freshness.Inputs.read(call, UNREAD);
        Freshness.Evaluation evaluation =
            Freshness.Evaluation.ofAll(inputs, Freshness.Watch.NOTHING);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        Freshness.Output out = new Freshness.Output(page);
        new Freshness.StatusBoard(call, evaluation, out).show();
        out.flush();
        return page.toString(UTF_8);
    }

    @Harness.Test("board: actions of a baseline, with the least status and the highest age")
    static void rules() throws Exception {
        String actions = "'actions':{'quote_mm':{'max_age_seconds':2.0009},"
            + "'show':{'min_status':'stale','max_age_seconds':3600},'price_order':"
            + "{'max_age_seconds':30}},";
        String page = page(document("limit 90", feed("x", "")).replaceFirst("\\{",
            "{" + actions.replace('\'', '"')), document("", feed("x", "alive true, age 8")), 0);
        equal("rules", between(page, "data-rules=\"", "\""),
            BUILT_IN.replace("price_order fresh -", "price_order fresh 30000")
                + " quote_mm fresh 2000 show stale 3600000");
    }
}
