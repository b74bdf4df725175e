import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/** NamesTest: hostile names of feeds, files and directories in everything that is printed. */
final class NamesTest extends Sandbox {
    static final List<String> NAMES = List.of("\u001b[31mred\u001b[0m", "\u001b]0;title\u0007",
        "a\nFRESHNESS OK: 1 of 1", "a\r\nb", "tab\tx", "nul\0x", "bell\b\u0007\u007f",
        "csi\u009b31m", "next\u0085line", "rtl\u202eevil", "iso\u2066x\u2069", "zero\u200bwidth",
        "bom\ufeff", "line\u2028x\u2029", "tag\udb40\udc41", "soft\u00adhyphen", "a\"b", "a\\",
        "a\\nb", "\\", "a|b=1;2", "'", "$(x)`x`", "{feed=\"x\"} 1", "\u00e9t\u00e9", "\ud83d\ude00",
        "\ud83d\ude00".repeat(200), "x".repeat(200), " ", "#", "unknown");

    private static final String FILES = " --state @in.json --baseline @=in.json";

    /** Writes a state with a stale feed of that name, and one without a tick. */
    private static void writeFeed(String name) throws IOException {
        StringBuilder escaped = new StringBuilder();
        for (char c : name.toCharArray()) {
            escaped.append("\\u%04x".formatted((int) c));
        }
        write("in.json", document("limit 90", feed(escaped.toString(), "alive true, age 660"),
            feed("z", "alive true, age null")));
    }

    // ---- Feeds ----

    private static final List<String> SAME_LOOKING = List.of("\ufe0f", "\udb40\udd00", "\u034f",
        "\u17b4", "\u17b5", "\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\u00a0", "\u2003",
        "\u3000", "\u180b", "\u2065", "\ufff0", "\ue000", "\udbff\udffd", "\u200d", "\ufeff",
        "\u00ad", "\u061c");

    @Harness.Test("names: two that look the same do not, in any report")
    static void thatLookTheSame() throws Exception {
        for (String more : SAME_LOOKING) {
            write("in.json", document("limit 90", feed("alpha", "alive true, age 400"),
                feed("alpha" + more, "alive true, age 500")));
            String escape = Freshness.Text.visible(more);
            equal(escape, escape.startsWith("\\u"), true);
            for (String call : List.of("status", "status --format json", "gate --feed %",
                    "gate --feed % --format json", "recover --output @o --feed %",
                    "recover --output @o --feed %x")) {
                Run run = run(call + FILES, "alpha" + more);
                String all = run.out() + run.err();
                equal(run.call(), all.contains("alpha" + escape) && !all.contains(more), true);
            }
            // A table column is as wide as its content.
            List<String> rows = linesWith("[#", run("status" + FILES));
            equal(escape, rows.get(0).indexOf("["), rows.get(1).indexOf("["));
        }
    }

    private static List<String> linesWith(String text, Run run) {
        return run.out().lines().filter(line -> line.contains(text)).toList();
    }

    @Harness.Test("names: in text they stay on their line, and nothing in them acts on a terminal")
    static void inText() throws Exception {
        for (String name : NAMES) {
            for (String call : List.of("status" + FILES, "gate --feed %" + FILES,
                    "scenario down --feed % --state @in.json --output @out.json",
                    "recover --feed % --output @out.json" + FILES,
                    "recover --feed % --output @out.json --age-seconds 91" + FILES,
                    "gate --feed %x" + FILES, "recover --feed %x --output @out.json" + FILES,
                    "status --state % --baseline @in.json")) {
                writeFeed(name);
                Run hostile = run(call, name);
                writeFeed("plain");
                Run plain = run(call, "plain");
                String which = call + " of " + name;
                equal(which, hostile.exit(), plain.exit());
                equal(which, hostile.out().lines().count(), plain.out().lines().count());
                equal(which, hostile.err().lines().count(), plain.err().lines().count());
                equal(which, silent(hostile.out() + hostile.err()), true);
                equal(which + ", as a plugin's output", hostile.head().contains("|"), false);
            }
        }
    }

    /** A name; how it is written in text, in JSON, in a metric's label, and for a shell. */
    private static final String[][] WRITTEN = {
        {"plain-1_./:=@%+,", "plain-1_./:=@%+,", "plain-1_./:=@%+,", "plain-1_./:=@%+,",
            "plain-1_./:=@%+,"},
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
        {"\u2028\u2029", "\\u2028\\u2029", "\\u2028\\u2029", "\u2028\u2029",
            "$'\\xe2\\x80\\xa8\\xe2\\x80\\xa9'"},
        {"\udb40\udc41", "\\udb40\\udc41", "\\udb40\\udc41", "\udb40\udc41",
            "$'\\xf3\\xa0\\x81\\x81'"},
        // Assigned to nobody: who knows what a terminal makes of it.
        {"\u0378", "\\u0378", "\\u0378", "\u0378", "$'\\xcd\\xb8'"},
        {"\u00e9\ud83d\ude00", "\u00e9\ud83d\ude00", "\u00e9\ud83d\ude00", "\u00e9\ud83d\ude00",
            "'\u00e9\ud83d\ude00'"},
        {"-x", "-x", "-x", "-x", "-x"},
    };

    @Harness.Test("names: how each is written in text, in JSON, in metrics and in a command")
    static void inEachForm() throws Exception {
        for (String[] row : WRITTEN) {
            writeFeed(row[0]);
            String gate = plain(run("gate --feed=%" + FILES, row[0]).exits(2).out());
            equal(row[1], gate.startsWith("GATE BLOCKED: " + row[1]
                + " stale, 660s > 90s; not safe to serve\nblocked on " + row[1]
                + ": price_order, publish_signal, rebalance_position\n"), true);
            equal(row[1], gate.contains("  next: java 'HOME/Freshness.java' recover --feed "
                + row[4] + " --state '"), true);
            String json = run("status --format json" + FILES).out();
            equal(row[2], json.contains("{\"name\": \"" + row[2] + "\", "), true);
            String metrics = run("status --format prometheus" + FILES).out();
            String sample = "\nfreshness_feed_alive{feed=\"" + row[3] + "\"} 1\n";
            equal(row[3], metrics.contains(sample), true);
        }
    }

    @Harness.Test("names: of a feed like an option in a command, and one that no command can carry")
    static void inCommands() throws Exception {
        writeFeed("--x");
        String out = run("gate --feed=--x" + FILES).out();
        equal("--x", out.contains(" recover --feed=--x --state '"), true);
        writeFeed("a\0b");
        equal("a NUL", lastLine(run("gate --feed %" + FILES, "a\0b")),
            "  next: rename this feed: its name contains a NUL character and cannot be passed on"
                + " a command line");
        for (char c = '!'; c < 0x7f; c++) {
            if ("\"\\|".indexOf(c) < 0) { // WRITTEN has these
                String name = "a" + c;
                write("in.json", document("limit 90", feed(name, "alive true, age 660")));
                String next = lastLine(run("gate --feed %" + FILES, name).exits(2));
                String word = " --feed " + Freshness.Text.shellWord(name) + " --state ";
                equal(name, next.contains(word) ? "" : next, "");
            }
        }
    }

    @Harness.Test("names: JSON brings them back unharmed, and a record is one line")
    static void inJson() throws Exception {
        for (String name : NAMES) {
            writeFeed(name);
            run("status --format json" + FILES).exits(2)
                .has("feeds.0.name", name)
                .has("unsafe_feeds", List.of(name, "z"));
            run("gate --feed % --format json" + FILES, name).exits(2)
                .has("feeds.0.name", name)
                .has("blocked_feeds", List.of(name));
            run("scenario stale --feed % --state @in.json --output @out.json --format json", name)
                .exits(0).has("feed", name);
            run("recover --feed % --output @out.json --record @record --format json" + FILES, name)
                .exits(0).has("feed", name);
            equal("a record of " + name, read("record").lines().count(), 1L);
            delete(dir.resolve("record"));
        }
    }

    private static final Pattern ALIVE =
        Pattern.compile("freshness_feed_alive\\{feed=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"\\} 1");

    @Harness.Test("names: metrics bring them back unharmed")
    static void inMetrics() throws Exception {
        for (String name : NAMES) {
            writeFeed(name);
            List<String> labels = new ArrayList<>();
            String metrics = run("status --format prometheus" + FILES).exits(2).out();
            for (String sample : metrics.split("\n")) {
                if (sample.startsWith("freshness_feed_alive{")) {
                    Matcher label = ALIVE.matcher(sample);
                    equal(sample, label.matches(), true);
                    labels.add(unescaped(label.group(1)));
                }
            }
            equal("labels", labels, List.of(name, "z"));
        }
    }

    private static String unescaped(String label) {
        String backslash = "\ue000"; // a character that no name here has
        return label.replace("\\\\", backslash).replace("\\n", "\n").replace("\\\"", "\"")
            .replace(backslash, "\\");
    }

    // ---- Files ----

    @Harness.Test("names: of files")
    static void ofFiles() throws Exception {
        for (String name : List.of("state\u001b[2J.json", "state\n.json")) {
            write(name, document("limit 90", feed("a\\u001b", "alive true, age 1"),
                feed("b", "alive true, age 400")));
            String file = dir + "/" + name;
            String absent = dir + "/absent " + name;
            Files.copy(Path.of(file), Path.of(file + ".base"),
                StandardCopyOption.REPLACE_EXISTING);
            Run status = run("status --state % --baseline %", file, file + ".base").exits(2);
            equal(status.call(), silent(status.out()), true);
            equal(status.call(), linesWith("[#", status), List.of(
                "  a\\u001b  fresh    [#.........]     1s of 90s",
                "  b        stale    [##########]   400s of 90s  page"));
            Run doctor = run("doctor --state % --baseline %", file, file + ".base").exits(0);
            equal(doctor.call(), silent(doctor.out()), true);
            doctor = run("doctor --state %", absent).exits(2);
            equal(doctor.call(), silent(doctor.out()), true);
            Run gate = run("gate --format json --feed b --state %", absent).exits(3);
            equal(gate.call(), silent(gate.err()), true);
        }
    }

    // ---- Directories ----

    private static final List<String> DIRECTORIES = List.of("a\n0 status",
        "a\n- x\n0 help\nabsent @state", "it's", "a\"b", "{}", "@state", "$(id)`id`", "a\\b", "a b",
        "-x", "--", "a|b", "*", "\u00e9", "e\u0301 \ufe0f", "NAME KIND EXIT OTHERS UNSAFE", "%s");

    /** The names of the program's directory and of the temporary one are data, too. */
    @Harness.Test("names: of directories, in every command and in what is printed for pasting")
    static void ofDirectories() throws Exception {
        String source = System.getProperty("jdk.launcher.sourcefile");
        String temporary = System.getProperty("java.io.tmpdir");
        for (String name : DIRECTORIES) {
            Path place = Files.createDirectories(dir.resolve("d").resolve(name));
            Files.createDirectory(place.resolve("data"));
            Files.copy(home.resolve("Freshness.java"), place.resolve("Freshness.java"));
            Files.writeString(place.resolve("data/healthy.json"), fixture);
            Files.writeString(place.resolve("stale.json"), fixture.replace(": 11\n", ": 660\n"));
            String program = place.resolve("Freshness.java").toString();
            System.setProperty("jdk.launcher.sourcefile", program);
            System.setProperty("java.io.tmpdir", place.toString());
            try {
                checksRunIn(place);
                commandsCanBePastedIn(place);
            } finally {
                System.setProperty("jdk.launcher.sourcefile", source);
                System.setProperty("java.io.tmpdir", temporary);
                delete(dir.resolve("d"));
            }
        }
    }

    private static void checksRunIn(Path place) {
        // The call; its exit code and how many lines it prints.
        for (Row row : Row.table("""
                doctor => 0 7
                doctor --state % => 0 8
                smoke => 0 27""")) {
            String[] words = arguments(row.cell(0), place + "/stale.json");
            Run run = runThese(UNREAD, row + " in " + place, words);
            equal(run.call(), run.exit() + " " + run.out().lines().count(), row.cell(1));
            equal(run.call(), silent(run.out()) && run.err().isEmpty(), true);
        }
        equal(place.toString(), Files.exists(place.resolve("state")), false);
    }

    private static void commandsCanBePastedIn(Path place) throws Exception {
        String program = place + "/Freshness.java";
        String state = place + "/stale.json";
        String out = place + "/o.json";
        String recovered = place + "/stale-recovered.json";

        String next = lastLineOf("gate", "--feed", "bravo", "--state", state);
        pasted(next.replaceFirst("^  next: ", ""), "java", program, "recover", "--feed", "bravo",
            "--state", state, "--output", recovered, "--age-seconds", "AGE");

        String show = lastLineOf("scenario", "stale", "--feed", "bravo", "--output", out);
        pasted(show.replaceFirst("^  show: ", ""), "java", program, "status", "--state", out);

        String replay =
            lastLineOf("recover", "--feed", "bravo", "--state", state, "--output", out);
        pasted(replay.replaceFirst("^  replay: ", "").replaceFirst(" --now \\S+$", ""),
            "java", program, "recover", "--feed", "bravo", "--state", state, "--output", out,
            "--age-seconds", "5");

        String problem = runThese(UNREAD, "usage in " + place, "gate", "--stat").err();
        pasted(problem.replaceFirst("(?s).* For usage, run: ", "").stripTrailing(),
            "java", program, "help", "gate");

        String help = runThese(UNREAD, "help in " + place, "help", "smoke").out();
        String usage = help.replaceFirst("(?s).*\nUsage: ", "").replaceFirst("(?s)\n.*", "");
        pasted(usage.replaceFirst(" \\[--format text\\|json\\]$", ""),
            "java", program, "smoke");
    }

    private static String lastLineOf(String... call) {
        Run run = runThese(UNREAD, String.join(" ", call), call);
        return run.out().lines().reduce("", (before, line) -> line);
    }

    /** Bash takes the command for these words. */
    private static void pasted(String command, String... words) throws Exception {
        Process bash = new ProcessBuilder("bash", "-c", "printf '%s\\0' " + command)
            .redirectErrorStream(true).start();
        bash.getOutputStream().close();
        String printed = new String(bash.getInputStream().readAllBytes(), UTF_8);
        equal(command, List.of(printed.split("\0")), List.of(words));
    }
}
