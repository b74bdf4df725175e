import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** JsonTest: what is JSON and what a document may be; each fault with its place. */
final class JsonTest extends Sandbox {
    // ---- JSON ----

    // Rows of bytes, the place where they go wrong, and what was expected there. <c3 a9> stands for these bytes.
    static void json() {
        test("JSON: numbers", () -> malformedValues("""
            01 => 1 leading zeros
            -01 => 2 leading zeros
            00 => 1 leading zeros
            00.5 => 1 leading zeros
            1. => 3 a digit
            1.e5 => 3 a digit
            -.5 => 2 a digit
            - 1 => 2 a digit
            -- => 2 a digit
            -Infinity => 2 a digit
            1e => 3 a digit
            1e+ => 4 a digit
            1E- => 4 a digit
            1e+-1 => 4 a digit
            .5 => 1 a value
            +1 => 1 a value
            NaN => 1 a value
            Infinity => 1 a value
            <d9 a1> => 1 a value
            1e1.5 => 4 ',' or '}'
            1.2.3 => 4 ',' or '}'
            1x => 2 ',' or '}'
            0x10 => 2 ',' or '}'
            1_000 => 2 ',' or '}'
            1,000 => 3 a member name
            """));

        test("JSON: literals, comments and other spellings", () -> malformedValues("""
            tru => 4 true
            truE => 4 true
            fals => 5 false
            nul => 4 null
            nan => 2 null
            truer => 5 ',' or '}'
            falsetrue => 6 ',' or '}'
            True => 1 a value
            TRUE => 1 a value
            undefined => 1 a value
            'x' => 1 a value
            `x` => 1 a value
            x => 1 a value
            /* c */ 1 => 1 a value
            1 /* c */ => 3 ',' or '}'
            // c<0a>1 => 1 a value
            # c<0a>1 => 1 a value
            """));

        test("JSON: arrays and objects", () -> malformedValues("""
            [1,] => 4 a value
            [,1] => 2 a value
            [1,,2] => 4 a value
            [,] => 2 a value
            ] => 1 a value
            } => 1 a value
            [1 2] => 4 ',' or ']'
            [1;2] => 3 ',' or ']'
            [1} => 3 ',' or ']'
            [[1] => 13 ',' or ']'
            {"a":1,} => 8 a member name
            {,"a":1} => 2 a member name
            {"a":1,,"b":2} => 8 a member name
            {a:1} => 2 a member name
            {'a':1} => 2 a member name
            {1:2} => 2 a member name
            {null:1} => 2 a member name
            {[]:1} => 2 a member name
            {"a" 1} => 6 ':'
            {"a"} => 5 ':'
            {"a"=1} => 5 ':'
            {"a":} => 6 a value
            {"a"::1} => 6 a value
            {"a":1 "b":2} => 8 ',' or '}'
            {"a":1] => 7 ',' or '}'
            """));

        test("JSON: strings", () -> malformedValues("""
            "a<0a>b" => 3 control characters
            "<09>" => 2 control characters
            "<0d>" => 2 control characters
            "<00>" => 2 control characters
            "<1f>" => 2 control characters
            "a"b" => 4 ',' or '}'
            "\\v" => 3 one of
            "\\0" => 3 one of
            "\\x" => 3 one of
            "\\'" => 3 one of
            "\\U0041" => 3 one of
            "\\<c3 a9>" => 3 one of
            "\\<0a>" => 3 one of
            "\\u" => 4 hexadecimal
            "\\u004" => 7 hexadecimal
            "\\u004G" => 7 hexadecimal
            "\\u+041" => 4 hexadecimal
            "\\u-041" => 4 hexadecimal
            "\\u 041" => 4 hexadecimal
            "\\u{41}" => 4 hexadecimal
            "\\u<ef bc 91 ef bc 91>" => 4 hexadecimal
            "a\\ud800" => 3 surrogate
            "\\ud800x" => 2 surrogate
            "\\ud800\\" => 2 surrogate
            "\\udbff\\n" => 2 surrogate
            "\\ud800\\u0041" => 2 surrogate
            "\\ud800\\ud800" => 2 surrogate
            "\\ud83d\\ue000" => 2 surrogate
            "\\ud83dude00" => 2 surrogate
            "\\ud83dxude00" => 2 surrogate
            "\\udc00" => 2 surrogate
            "\\ude00\\ud83d" => 2 surrogate
            "\\ud83d\\ude00\\ude00" => 14 surrogate
            "\\ud83d\\u" => 10 hexadecimal
            """));

        test("JSON: UTF-8", () -> {
            for (String bad : List.of("<80>", "<bf>", "<c0 80>", "<c1 bf>", "<c2>", "<c3 28>", "<c2 c2 a0>", "<e0 80 80>", "<e0 9f bf>", "<e2 82>",
                    "<e2 28 a1>", "<e2 82 28>", "<ed a0 80>", "<ed bf bf>", "<ed a0 bd ed b8 80>", "<f0 80 80 80>", "<f0 8f bf bf>", "<f0 9f 98>",
                    "<f0 28 8c bc>", "<f4 90 80 80>", "<f5 80 80 80>", "<f8 88 80 80 80>", "<fc 84 80 80 80 80>", "<fe>", "<ff>")) {
                malformedValues("\"" + bad + "\" => 2 UTF-8");
                malformedValues("\"<c3 a9>a" + bad + "\" => 4 UTF-8");
                malformedValues("\"" + "x".repeat(5000) + bad + "\" => 5002 UTF-8");
                malformedValues("{\"" + bad + "\":1} => 3 UTF-8");
                malformedValues(bad + " => 1 a value");
            }
        });

        test("JSON: UTF-8 is checked to the end, past every buffer", () -> {
            for (int before : new int[] {8192, 16_384, 65_536, 100_000}) {
                malformedValues("\"" + "x".repeat(before) + "<ff>\" => " + (before + 2) + " UTF-8");
                malformedValues("\"" + "x".repeat(before) + "<e2 82 ac>\",\"w\":\"<e2 82>\" => " + (before + 10) + " UTF-8");
            }
            malformedValues("\"" + "<c3 a9>".repeat(8192) + "<c3>\" => 8194 UTF-8");
        });

        test("JSON: a member twice, at any depth and in any spelling", () -> {
            malformedValues("""
                {"a":1,"a":2} => 8 once
                {"a":1,"\\u0061":2} => 8 once
                {"\\u0061":1,"a":2} => 13 once
                {"":1,"":2} => 7 once
                {"a":{},"b":1,"a":[]} => 15 once
                [[{"x":{"a":1,"a":2}}]] => 15 once
                {"\\u00e9":1,"<c3 a9>":2} => 13 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"1":0} => 50 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"8":0} => 50 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"8":0} => 56 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"9":0} => 56 once
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":9,"\\u0039":0} => 63 once
                """);
            String many = "";
            for (int i = 0; i < 40; i++) {
                many += "\"" + i + "\":0,";
            }
            malformedValues("{" + many + "\"0\":0} => " + (many.length() + 2) + " once\n"
                + "[{" + many + "\"x\":0},{" + many + "\"39\":0}] => " + (2 * many.length() + 11) + " once");
            runWith(new ByteArrayInputStream(document("limit 90, x [{'a':0," + many.replace('"', '\'') + "'b':0},{'a':0,'0':0},{'a':0}]", feed("alpha", "")).getBytes(UTF_8)), "status --state -").exits(2);
            malformed("""
                {"feeds":[],"feeds":[{"name":"x"}]} => 1:13: once
                {"max_age_seconds":90,"max_age_s\\u0065conds":9} => 1:23: once
                {"feeds":[{"name":"x","alive":false,"aliv\\u0065":true}]} => 1:37: once
                {"feeds":[{"name":"x","name":"y"}]} => 1:23: once
                """);
        });

        test("JSON: before the document, behind it and instead of it", () -> {
            malformed("""
                <20 0a 09 0d 0a 20> => 3:2: an object
                <ef bb bf>{"feeds":[{"name":"x"}]} => 1:1: an object
                <ff fe>{<00> => 1:1: an object
                <00> => 1:1: an object
                [] => 1:1: an object
                [{"feeds":[{"name":"x"}]}] => 1:1: an object
                "x" => 1:1: an object
                1 => 1:1: an object
                null => 1:1: an object
                { => 1:2: a member name
                {} => 1:1: a member feeds
                """);
            malformed(" => 1:1: an object");
            for (String behind : List.of("x", "{}", ",", "]", "}", "null", "# end", "<00>", "<1a>", "<ff>")) {
                malformed("{\"feeds\":[{\"name\":\"x\"}]}" + behind + " => 1:25: the end of the file");
                malformed("{\"feeds\":[{\"name\":\"x\"}]}<0a 0a 20>" + behind + " => 3:2: the end of the file");
            }
        });

        test("JSON: no other white space", () -> {
            for (String space : List.of("<0c>", "<0b>", "<1c>", "<00>", "<85>", "<c2 a0>", "<e2 80 a8>", "<ef bb bf>")) {
                malformedValues("S1 => 1 a value\n1S => 2 ',' or '}'\n[1S] => 3 ',' or ']'\n{S} => 2 a member name".replace("S", space));
            }
        });

        test("JSON: lines and columns count characters from 1", () -> malformed("""
            {<0a>  "a": x<0a>} => 2:8: a value
            {<0d 0a 09>"a": x<0d 0a>} => 2:7: a value
            {"<c3 a9 f0 9f 98 80>":x} => 1:7: a value
            {<0a 0a 0a>"a":<0a>[<0a>] => 6:2: ',' or '}'
            """));

        test("JSON: every truncation of a document", () -> {
            String whole = "{\"max_age_seconds\":9.5e1,\"n\":[true,null,{\"\\u00e9\\n\":\"~\"}],\"feeds\":[{\"name\":\"alpha\",\"alive\":false}]}";
            for (int i = 0; i < whole.length(); i++) {
                malformed(whole.substring(0, i).replace("~", "<c3 a9>") + " => 1: expected");
            }
        });

        test("JSON: nesting of 64 from the top-level object on, and of 65", () -> {
            int deep = Freshness.MAX_NESTING - 1;
            equal("MAX_NESTING", deep, 63);
            for (String value : List.of("[".repeat(deep) + "]".repeat(deep), "{\"a\":".repeat(deep) + "1" + "}".repeat(deep))) {
                equal(value, feed("{\"v\":" + value + "," + fixture.substring(1)).exit(), 0);
            }
            wellFormedValues("[".repeat(deep - 2) + "]".repeat(deep - 2) + "\n[" + "[],".repeat(1000) + "[]]\n[" + "{},".repeat(1000) + "[{}]]");
            malformedValues("[".repeat(deep + 1) + "]".repeat(deep + 1) + " => 64 64 levels");
            malformedValues("{\"a\":".repeat(deep) + "{}" + "}".repeat(deep) + " => 316 64 levels");
            malformedValues("[".repeat(100_000) + " => 64 64 levels");
            malformedValues("{\"a\":".repeat(100_000) + " => 316 64 levels");
            malformedValues("[{\"a\":".repeat(100_000) + " => 188 64 levels");
            malformedValues("[".repeat(deep) + "[   1 => 64 64 levels");
            malformed("[".repeat(100_000) + " => 1:1: an object");
            malformed("{\"feeds\":[{\"name\":\"x\",\"a\":" + "[".repeat(62) + " => 1:88: 64 levels");
        });

        test("JSON: all that RFC 8259 accepts", () -> {
            wellFormedValues("""
                0
                -0
                0.0
                -0.0e-0
                1E+2
                1e-2
                1.50
                1e400
                123456789012345678901234567890
                true
                false
                null
                ""
                {}
                []
                {"":1}
                {"a":{"a":{"a":1}}}
                [{"a":1},{"a":1}]
                {"a":1,"A":1,"a ":1}
                [[],{},"",0,null,true,false]
                "\\"\\\\\\/\\b\\f\\n\\r\\t"
                "\\u0000\\u001F\\u00e9\\uFFFF"
                "\\ud83d\\ude00\\uD83D\\uDE00\\uDBFF\\uDFFF"
                "\\\\u12"
                "/ <7f> <!-- // /* #"
                "<c3 a9> <e2 82 ac> <f0 9f 98 80>"
                "<c2 80 df bf e0 a0 80 ed 9f bf ee 80 80 ef bf bf f0 90 80 80 f4 8f bf bf>"
                <20 09 0d 0a>1<20 09 0d 0a>
                [ 1 ,<0a>2<0d>,<09>3 ]
                { "a" : 1 , "b"<0a>:<09>2 }
                """);
            wellFormedValues("\"" + "x".repeat(100_000) + "\"\n\"" + "<c3 a9>".repeat(10_000) + "\"\n1" + "0".repeat(5000));
        });

        // A reader may keep names it has seen, or hashes of them: these are as alike as they can be.
        test("JSON: members that look alike are told apart", () -> {
            wellFormedValues("""
                {"a":{"a":1},"b":{"a":1}}
                {"\\u0000":1,"":2}
                {"a":1,"\\u0061\\u0000":2}
                {"<c3 a9>":1,"<c3 a8>":2,"e<cc 81>":3}
                {"ab":1,"ba":2,"AaBB":3,"BBAa":4}
                [{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9},{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9}]
                """);
            wellFormedValues("{\"x" + "<c3 a9>".repeat(32) + "\":1,\"x" + "<c3 a9>".repeat(16) + "\":2}");
            wellFormedValues("{\"" + "x".repeat(64) + "\":1,\"" + "x".repeat(32) + "\":2}");
        });

        // All of these names have one hash as Java's strings have it: a table that trusts in it takes hours.
        test("JSON: the hash of a name is a polynomial over the field of 2^61 - 1", () -> {
            var field = Freshness.Index.class.getDeclaredField("HASH_POINT");
            field.setAccessible(true);
            BigInteger point = BigInteger.valueOf(field.getLong(null));
            BigInteger prime = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);
            for (String name : List.of("", "a", "bravo", "\0", "\u00e9\ud83d\ude00", "x".repeat(200))) {
                BigInteger hash = BigInteger.ONE;
                for (char c : name.toCharArray()) {
                    hash = hash.multiply(point).add(BigInteger.valueOf(c)).mod(prime);
                }
                equal(name, Freshness.Index.hash(name), (int) (hash.longValue() ^ hash.longValue() >>> 30));
            }
        });

        test("JSON: names that collide are told apart in time", () -> {
            List<String> names = new ArrayList<>(List.of(""));
            for (int i = 0; i < 14; i++) {
                List<String> longer = new ArrayList<>();
                names.forEach(name -> longer.addAll(List.of(name + "Aa", name + "BB")));
                names = longer;
            }
            equal("colliding", names.stream().map(String::hashCode).distinct().count() + " of " + names.size(), "1 of 16384");
            String feeds = String.join(",", names.stream().map(name -> feed(name, "alive true, age 8")).toList());
            String members = String.join(",", names.stream().map(name -> "\"" + name + "\":1").toList());
            write("in.json", "{\"max_age_seconds\":90,\"feeds\":[" + feeds + "]}");
            run("status --state @in.json --baseline @in.json").exits(0).says("FRESHNESS OK: 16384 of 16384 feeds");
            write("twice.json", "{\"max_age_seconds\":90,\"feeds\":[" + feeds + "," + feed(names.get(9999), "") + "]}");
            run("gate --feed AaAa --state @twice.json").exits(3).says("GATE BLOCKED: ", "each feed once, found a second " + names.get(9999));
            wellFormedValues("{" + members + "}");
            malformedValues("{" + members + ",\"" + names.get(9999) + "\":1} => " + (members.length() + 3) + " once");
        });

        test("JSON: two names of one hash are two feeds", () -> {
            Map<Integer, String> seen = new HashMap<>();
            String name = "feed";
            String other = null;
            for (int i = 0; other == null; i++) { // some 80,000: the hashes have 32 bits
                name = "feed-" + i;
                other = seen.put(Freshness.Index.hash(name), name);
            }
            String state = document("limit 90", feed(name, "alive true, age 8"), feed(other, "alive true, age 91"));
            equal(state, decided(state, state, NOW), name + " fresh none 8/90, " + other + " stale page 91/90");
            write("in.json", state);
            run("gate --feed " + name + " --state @in.json --baseline @in.json").exits(0);
        });

        test("JSON: members and names may be spelled with escapes", () -> {
            String escaped = "{\"f\\u0065eds\":[{\"\\u006eame\":\"\\u0061lpha\",\"aliv\\u0065\":true,\"last\\u005ftick_age_seconds\":8}],"
                    + "\"max\\u005fage_seconds\":90}";
            String plain = document("limit 90", feed("\\u0022\\u005c\\u002f\\u0008\\u000c\\u000a\\u000d\\u0009\\u00e9\\ud83d\\ude00A",
                    "alive true, age 8"));
            String shorter = document("limit 90", feed("\\\"\\\\\\/\\b\\f\\n\\r\\t\u00e9\ud83d\ude00\\u0041", "alive true, age 8"));
            String name = "\"\\/\b\f\n\r\t\u00e9\ud83d\ude00A";
            equal(shorter, decided(plain, shorter, NOW), name + " fresh none 8/90");
            for (String text : List.of(" \r\n\t" + escaped + "\n\n", escaped, escaped + "\r\n")) {
                equal(text, decided(fixture, text, NOW), "alpha fresh none 8/90, bravo feed_missing page ?/90, charlie feed_missing page ?/90");
            }
        });

        test("JSON: what no feed can be blamed for makes the state invalid", () -> malformed("""
            {"max_age_seconds":90} => 1:1: a member feeds
            {"Feeds":[{"name":"x"}]} => 1:1: a member feeds
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
            {"feeds":[{"name":"x"},{"name":"y"},{"name":"x"}]} => 1:37: once
            {"feeds":[{"name":"x"},{"name":"\\u0078"}]} => 1:24: once
            {"feeds":[{"name":"x","note":01}]} => 1:30: leading zeros
            """));

        test("JSON: an error does not echo the file at length", () -> {
            for (String text : List.of("{\"k*\" x", "{\"a\":\"v*", "{\"feeds\":[{\"name\":\"n*\"}]}", "{\"a\":9*x", "{\"k*\":1,\"k*\":2}",
                    "{\"a\":t*")) {
                String line = feed(text.replaceAll("(.)\\*", "$1".repeat(9999))).head();
                equal(text + ": " + line.length() + " characters", line.length() < 400, true);
            }
            String nines = "9".repeat(9999);
            for (String claim : List.of("as_of '" + nines + "'", "as_of " + nines, "as_of [" + nines + "]", "limit " + nines,
                    "limit '" + nines + "'")) {
                int length = feed(document(claim, feed("alpha", "alive true, age 8"))).out().length();
                equal(claim + ": " + length + " characters", length < 2000, true);
            }
            for (String claim : List.of("age " + nines, "age '" + nines + "'", "age 8, limit " + nines, "age 8, limit '" + nines + "'")) {
                int length = feed(document("limit 90", feed("alpha", "alive true, " + claim))).out().length();
                equal(claim + ": " + length + " characters", length < 2000, true);
            }
        });
    }

    /** Lines of a value, the character where it goes wrong, and what was expected there. */
    static void malformedValues(String rows) {
        for (String row : rows.split("\n")) {
            String[] want = row.substring(row.lastIndexOf(" => ") + 4).split(" ", 2);
            refuses("{\"v\":" + row.substring(0, row.lastIndexOf(" => ")) + ",\"feeds\":[{\"name\":\"alpha\"}]}",
                    "1:" + (5 + Integer.parseInt(want[0])) + ":", want[1]);
        }
    }

    /** Lines of a document, the line and column where it goes wrong, and what was expected there. */
    static void malformed(String rows) {
        for (String row : rows.split("\n")) {
            String[] want = row.substring(row.lastIndexOf(" => ") + 4).split(" ", 2);
            refuses(row.substring(0, row.lastIndexOf(" => ")), want[0], want[1]);
        }
    }

    static void refuses(String text, String place, String expected) {
        Run run = feed(text);
        String prefix = "FRESHNESS UNKNOWN: standard input:" + place;
        boolean said = run.exit() == 3 && run.head().startsWith(prefix) && run.head().contains(expected);
        equal(text, said ? "" : run.exit() + " " + run.out(), said ? "" : "3 " + prefix + " ... " + expected);
    }

    /** Lines of a value that a member of the state, and then one of a feed, may have. */
    static void wellFormedValues(String rows) {
        for (String row : rows.split("\n")) {
            for (String before : List.of("\"max_age_seconds\"", "\"alive\"")) {
                Run run = feed(fixture.replaceFirst(before, "\"v\": VALUE, " + before).replace("VALUE", row));
                equal(row + " before " + before, run.exit() == 0 ? "0" : run.exit() + " " + run.head(), "0");
            }
        }
    }

    /** Hands bytes to status; <c3 a9> in the text stands for these bytes. */
    static Run feed(String text) {
        String latin1 = HEX_BYTES.matcher(text).replaceAll(hex ->
            Matcher.quoteReplacement(new String(HexFormat.ofDelimiter(" ").parseHex(hex.group(1)), ISO_8859_1)));
        return runWith(new ByteArrayInputStream(latin1.getBytes(ISO_8859_1)), "status --state - --now " + NOW);
    }

    static final Pattern HEX_BYTES = Pattern.compile("<([0-9a-f]{2}(?: [0-9a-f]{2})*)>");

    // ---- Limits ----

    static void limits() {
        test("limits: a file of 256 MiB, and one byte more", () -> {
            equal("MAX_FILE_BYTES", Freshness.MAX_FILE_BYTES, 256 * 1024 * 1024);
            Path large = dir.resolve("large.json");
            byte[] spaces = " ".repeat(1 << 20).getBytes(UTF_8);
            try (OutputStream out = Files.newOutputStream(large)) {
                out.write(fixture.getBytes(UTF_8));
                for (int i = 0; i < 255; i++) {
                    out.write(spaces);
                }
                out.write(spaces, 0, spaces.length - fixture.length());
            }
            equal("size", Files.size(large), (long) Freshness.MAX_FILE_BYTES);
            run("status --state @large.json").exits(0).says("FRESHNESS OK");
            try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) { // a recovery makes it longer
                file.write(fixture.replace("alive\": true", "alive\": 1   ").getBytes(UTF_8));
            }
            write("old.json", "old");
            refused("recover --feed bravo --state @large.json --output @old.json --record @record", "the new state: larger than 256 MiB");
            equal("the old output", read("old.json"), "old");
            try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
                file.setLength(Freshness.MAX_FILE_BYTES + 1L);
            }
            run("status --state @large.json").exits(3).says("FRESHNESS UNKNOWN", "256 MiB");
            run("status --baseline @large.json").exits(3).says("FRESHNESS UNKNOWN", "baseline", "256 MiB");
        });

        test("limits: standard input without end", () -> {
            InputStream endless = new InputStream() {
                @Override public int read() {
                    return ' ';
                }

                @Override public int read(byte[] bytes, int from, int count) {
                    Arrays.fill(bytes, from, from + count, (byte) ' ');
                    return count;
                }
            };
            runWith(endless, "status --state -").exits(3).says("FRESHNESS UNKNOWN: standard input", "256 MiB");
        });

        test("limits: a name of 200 characters, and of 201", () -> {
            equal("MAX_NAME_CHARS", Freshness.MAX_NAME_CHARS, 200);
            for (String character : List.of("x", "\u00e9", "\u20ac", "\ud83d\ude00", "\\u0078", "\\ud83d\\ude00", "\\n")) {
                for (int count : new int[] {1, 199, 200, 201, 400}) {
                    write("n.json", document("limit 90", feed(character.repeat(count), "alive true, age 8")));
                    Run run = run("status --baseline @n.json --state @n.json");
                    equal(count + " times " + character, run.exit() + (count > 200 ? run.head().replaceAll(".*, (a string of [^;]*);.*", " $1") : ""),
                        count > 200 ? "3 a string of 1 to 200 characters" : "0");
                }
            }
        });
    }
}
