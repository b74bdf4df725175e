import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** StateTest checks what makes a whole document valid: feeds, names, roles, and its size. */
final class StateTest extends Sandbox {
    // ---- Feeds ----

    @Harness.Test("state: what no feed can be blamed for makes the state invalid")
    static void invalidStates() {
        JsonTest.malformed("""
                {"max_age_seconds":90} => 1:1: a member named "feeds"
                {"Feeds":[{"name":"x"}]} => 1:1: a member named "feeds"
                {"feeds":null} => 1:10: an array
                {"feeds":{}} => 1:10: an array
                {"feeds":"x"} => 1:10: an array
                {"feeds":[]} => 1:10: at least one feed
                {"feeds":[[]]} => 1:11: an object
                {"feeds":["x"]} => 1:11: an object
                {"feeds":[null]} => 1:11: an object
                {"feeds":[{"name":"x"},1]} => 1:24: an object
                {"feeds":[{"name":"x"},]} => 1:24: an object
                {"feeds":[{}]} => 1:11: a name
                {"feeds":[{"alive":true}]} => 1:11: a name
                {"feeds":[{"Name":"x"}]} => 1:11: a name
                {"feeds":[{"name":null}]} => 1:19: a name
                {"feeds":[{"name":1}]} => 1:19: a name
                {"feeds":[{"name":true}]} => 1:19: a name
                {"feeds":[{"name":["x"]}]} => 1:19: a name
                {"feeds":[{"name":{}}]} => 1:19: a name
                {"feeds":[{"name":""}]} => 1:19: a name
                {"feeds":[{"name":"x"},{"name":"y"},{"name":"x"}]} => 1:37: duplicate
                {"feeds":[{"name":"x"},{"name":"\\u0078"}]} => 1:24: duplicate
                {"feeds":[{"name":"x","note":01}]} => 1:30: leading zeros
                """);
    }

    @Harness.Test("state: members and names may be spelled with escapes")
    static void escapedMembers() {
        String escaped = "{\"f\\u0065eds\":[{\"\\u006eame\":\"\\u0061lpha\",\"aliv\\u0065\":true,"
                + "\"last\\u005ftick_age_seconds\":8}],\"max\\u005fage_seconds\":90}";
        for (String text : List.of(" \r\n\t" + escaped + "\n\n", escaped, escaped + "\r\n")) {
            equal(text, decided(fixture, text, NOW), "alpha fresh none 8/90,"
                    + " bravo feed_missing page ?/90, charlie feed_missing page ?/90");
        }
        String longer = "\\u0022\\u005c\\u002f\\u0008\\u000c\\u000a\\u000d\\u0009\\u00e9"
                + "\\ud83d\\ude00A";
        String shorter = "\\\"\\\\\\/\\b\\f\\n\\r\\t\u00e9\ud83d\ude00\\u0041";
        String baseline = document("limit 90", feed(longer, "alive true, age 8"));
        String state = document("limit 90", feed(shorter, "alive true, age 8"));
        String name = "\"\\/\b\f\n\r\t\u00e9\ud83d\ude00A";
        equal(state, decided(baseline, state, NOW), name + " fresh none 8/90");
    }

    @Harness.Test("state: its own limit is optional")
    static void optionalLimit() throws Exception {
        String state = document("",
                feed("x", "alive true, age 50"), feed("y", "alive true, age 50, limit 40"));
        write("in.json", state.replace("[{", "[ {"));
        write("base.json", document("limit 90", feed("x", "limit 60"), feed("y", "")));
        run("status --state @in.json --baseline @base.json --format json").exits(2).reports(
                "feeds.0.max_age_seconds 60", "feeds.0.alert 'ticket'",
                "feeds.1.max_age_seconds 40", "feeds.1.reason_code 'stale'", "max_age_seconds 90");
    }

    // ---- Names ----

    @Harness.Test("state: a name has 200 characters at most, however they are written")
    static void longestName() throws Exception {
        equal("MAX_NAME_CHARS", Freshness.MAX_NAME_CHARS, 200);
        for (String character : List.of("x", "\u00e9", "\u20ac", "\ud83d\ude00", "\\u0078",
                "\\ud83d\\ude00", "\\n")) {
            for (int count : new int[] {1, 199, 200, 201, 400}) {
                String feed = feed(character.repeat(count), "alive true, age 8");
                write("n.json", document("limit 90", feed));
                Run run = run("status --baseline @=n.json --state @n.json");
                String expected = "expected a name, a string of 1 to 200 characters";
                boolean isTold = run.head().contains(expected);
                equal(count + " times " + character, run.exit() + (isTold ? " " + expected : ""),
                        count > 200 ? "3 " + expected : "0");
            }
        }
    }

    // All of these names have one hash by String.hashCode: a table of those would take hours.
    @Harness.Test("state: names that collide are told apart in time")
    static void collidingNames() throws Exception {
        List<String> names = collidingNames(14);
        long hashes = names.stream().map(String::hashCode).distinct().count();
        equal("colliding", hashes + " of " + names.size(), "1 of 16384");
        List<String> feeds = new ArrayList<>();
        List<String> members = new ArrayList<>();
        for (String name : names) {
            feeds.add(feed(name, "alive true, age 8"));
            members.add("\"" + name + "\":1");
        }
        write("in.json", document("limit 90", feeds.toArray(new String[0])));
        run("status --state @in.json --baseline @=in.json").exits(0)
                .says("FRESHNESS OK: 16384 of 16384 feeds");
        String twice = names.get(9999);
        feeds.add(feed(twice, ""));
        write("twice.json", document("limit 90", feeds.toArray(new String[0])));
        run("gate --feed AaAa --state @twice.json").exits(3)
                .says("GATE BLOCKED: ", "duplicate feed: " + twice);
        String object = "{" + String.join(",", members);
        JsonTest.wellFormedValues(object + "}");
        int column = object.length() + 2;
        JsonTest.malformedValues(object + ",\"" + twice + "\":1} => " + column + " duplicate");
    }

    private static List<String> collidingNames(int pairs) {
        List<String> names = List.of("");
        for (int i = 0; i < pairs; i++) {
            List<String> longer = new ArrayList<>();
            for (String name : names) {
                longer.add(name + "Aa");
                longer.add(name + "BB");
            }
            names = longer;
        }
        return names;
    }

    @Harness.Test("index: the hash of a name is a polynomial over the field of 2^61 - 1")
    static void hash() throws Exception {
        Field field = Freshness.Index.class.getDeclaredField("HASH_POINT");
        field.setAccessible(true);
        BigInteger point = BigInteger.valueOf(field.getLong(null));
        BigInteger prime = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);
        for (String name : List.of("", "a", "bravo", "\0", "\u00e9\ud83d\ude00", "x".repeat(200))) {
            BigInteger hash = BigInteger.ONE;
            for (char c : name.toCharArray()) {
                hash = hash.multiply(point).add(BigInteger.valueOf(c)).mod(prime);
            }
            long folded = hash.longValue() ^ (hash.longValue() >>> 30);
            equal(name, Freshness.Index.hash(name), (int) folded);
        }
    }

    @Harness.Test("index: two names of one hash are two feeds")
    static void oneHash() throws Exception {
        Map<Integer, String> seen = new HashMap<>();
        String name = "feed";
        String other = null;
        for (int i = 0; other == null; i++) { // some 80,000: a hash has 32 bits
            name = "feed-" + i;
            other = seen.put(Freshness.Index.hash(name), name);
        }
        String state = document("limit 90",
                feed(name, "alive true, age 8"), feed(other, "alive true, age 91"));
        equal(state, decided(state, state, NOW),
                name + " fresh none 8/90, " + other + " stale page 91/90");
        write("in.json", state);
        run("gate --feed " + name + " --state @in.json --baseline @=in.json").exits(0);
    }

    // ---- Roles ----

    @Harness.Test("baseline: an unknown member is refused; in a state, it is kept")
    static void unknownMembers() throws Exception {
        write("in.json", document("limit 90", feed("x", "alive true, age 1")));
        String feeds = "'max_age_seconds':90,'feeds':[{'name':'x'}]";
        // Written in a baseline; where it is; which it is, and what was meant.
        for (String row : List.of(
                "'max_age_seconds':90,'require_asof':true,'feeds':[{'name':'x'}]"
                    + " => 1:23: require_asof; did you mean require_as_of?",
                "'max_age_second':5,'feeds':[{'name':'x'}]"
                    + " => 1:2: max_age_second; did you mean max_age_seconds?",
                "'max_age_seconds':90,'feeds':[{'name':'x','max_age_second':5}]"
                    + " => 1:44: max_age_second; did you mean max_age_seconds?",
                "'max_age_seconds':90,'feeds':[{'host':{'a':[1]},'name':'x'}]"
                    + " => 1:33: host; expected one of name, alive,",
                feeds + ",'Max_age_seconds':1 => 1:46: Max_age_seconds; did you mean",
                feeds + ",'xnote':1 => 1:46: xnote;",
                feeds + ",'':1 => 1:46: ;")) {
            String[] half = halves(row);
            write("base.json", "{" + half[0].replace('\'', '"') + "}");
            String fault = half[1].replaceFirst(": ", ": unknown member: ");
            String want = "baseline " + dir + "/base.json:" + fault;
            String baseline = " --baseline @base.json";
            run("status --state @in.json" + baseline).exits(3)
                    .says("FRESHNESS UNKNOWN: " + want, " If it is a note, name it x-");
            run("gate --feed x --state @in.json" + baseline).exits(3)
                    .says("GATE BLOCKED: " + want);
            run("status" + baseline).exits(3).says("FRESHNESS UNKNOWN: " + want);
            refused("recover --feed x --state @in.json --output @out.json" + baseline, fault);
            run("doctor" + baseline).exits(2)
                    .says("DOCTOR FAILED", "not ok - the baseline can be read", fault);
            // The same as a state: a producer adds what it likes.
            run("doctor --state @base.json").exits(0)
                    .says("DOCTOR PASSED", "ok - the state can be read and is valid");
        }
    }

    @Harness.Test("baseline: notes are free, and its own ages and dates decide nothing")
    static void notes() throws Exception {
        write("in.json", document("limit 90", feed("x", "alive true, age 1")));
        write("base.json", """
                {
                  "$schema": "baseline.schema.json", "x-owner": {"max_age_second": 1},
                  "max_age_seconds": 90, "as_of": null,
                  "feeds": [
                    { "name": "x", "x-": 1, "$comment": 2, "alive": 0, "last_tick_at": 1,
                      "last_tick_age_seconds": "?" }
                  ]
                }
                """);
        run("status --state @in.json --baseline @base.json").exits(0).says("FRESHNESS OK");
    }

    @Harness.Test("baseline: require_as_of is true or false; in a state, it is anything")
    static void requireAsOf() {
        for (String value : List.of("'yes'", "1", "null", "[]", "{}", "'true'")) {
            String text = document("require_as_of " + value, feed("x", ""));
            equal(text, state(text, false).requiresAsOf(), false);
            String message = "none";
            try {
                state(text, true);
            } catch (Freshness.DataException e) {
                message = e.getMessage();
            }
            equal(text, message, "test:1:18: expected true or false");
        }
        for (boolean asBaseline : new boolean[] {true, false}) {
            String yes = document("require_as_of true", feed("x", ""));
            String no = document("require_as_of false", feed("x", ""));
            equal(yes, state(yes, asBaseline).requiresAsOf(), true);
            equal(no, state(no, asBaseline).requiresAsOf(), false);
        }
    }

    // ---- Sizes ----

    @Harness.Test(isLong = true,
            value = "state: a file has 256 MiB at most")
    static void largestFile() throws Exception {
        equal("MAX_FILE_BYTES", Freshness.MAX_FILE_BYTES, 256 * 1024 * 1024);
        Path large = dir.resolve("large.json");
        writeLargest(large);
        equal("size", Files.size(large), (long) Freshness.MAX_FILE_BYTES);
        run("status --state @large.json").exits(0).says("FRESHNESS OK");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            // A recovery makes this state longer.
            String longer = fixture.replace("alive\": true", "alive\": 1   ");
            file.write(longer.getBytes(UTF_8));
        }
        write("old.json", "old");
        refused("recover --feed bravo --state @large.json --output @old.json --record @record",
                "the new state is larger than 256 MiB");
        equal("the old output", read("old.json"), "old");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(Freshness.MAX_FILE_BYTES + 1L);
        }
        run("status --state @large.json").exits(3).says("FRESHNESS UNKNOWN", "256 MiB");
        run("status --baseline @large.json").exits(3)
                .says("FRESHNESS UNKNOWN", "baseline", "256 MiB");
    }

    private static void writeLargest(Path file) throws Exception {
        byte[] spaces = " ".repeat(1 << 20).getBytes(UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(fixture.getBytes(UTF_8));
            for (int i = 0; i < 255; i++) {
                out.write(spaces);
            }
            out.write(spaces, 0, spaces.length - fixture.length());
        }
    }

    @Harness.Test("state: standard input without an end is refused at the same size")
    static void endlessInput() {
        InputStream endless = new InputStream() {
            @Override public int read() {
                return ' ';
            }

            @Override public int read(byte[] bytes, int from, int count) {
                Arrays.fill(bytes, from, from + count, (byte) ' ');
                return count;
            }
        };
        runWith(endless, "status --state -").exits(3)
                .says("FRESHNESS UNKNOWN: standard input", "256 MiB");
    }

    @Harness.Test("state: an error does not echo the file at length")
    static void shortErrors() {
        // The character before each * many times.
        for (String text : List.of("{\"k*\" x", "{\"a\":\"v*", "{\"feeds\":[{\"name\":\"n*\"}]}",
                "{\"a\":9*x", "{\"k*\":1,\"k*\":2}", "{\"a\":t*")) {
            String line = JsonTest.status(text.replaceAll("(.)\\*", "$1".repeat(9999))).head();
            equal(text + ": " + line.length() + " characters", line.length() < 400, true);
        }
        String nines = "9".repeat(9999);
        for (String claim : List.of("as_of '" + nines + "'", "as_of " + nines,
                "as_of [" + nines + "]", "limit " + nines, "limit '" + nines + "'")) {
            String state = document(claim, feed("alpha", "alive true, age 8"));
            int length = JsonTest.status(state).out().length();
            equal(claim + ": " + length + " characters", length < 2000, true);
        }
        for (String claim : List.of("age " + nines, "age '" + nines + "'",
                "age 8, limit " + nines, "age 8, limit '" + nines + "'")) {
            String state = document("limit 90", feed("alpha", "alive true, " + claim));
            int length = JsonTest.status(state).out().length();
            equal(claim + ": " + length + " characters", length < 2000, true);
        }
    }
}
