import java.io.ByteArrayInputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * JsonTest checks the grammar: what is JSON, what is not, and the place of each fault.
 *
 * <p>Its rows are bytes, the place at which they go wrong, and what was expected there. In a row,
 * &lt;c3 a9&gt; stands for these bytes.
 */
final class JsonTest extends Sandbox {
    // ---- Values ----

    @Harness.Test("JSON: numbers")
    static void numbers() {
        malformedValues("""
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
                """);
    }

    @Harness.Test("JSON: literals, comments and other spellings")
    static void literals() {
        malformedValues("""
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
                """);
    }

    @Harness.Test("JSON: arrays and objects")
    static void containers() {
        malformedValues("""
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
                """);
    }

    @Harness.Test("JSON: strings")
    static void strings() {
        malformedValues("""
                "a<0a>b" => 3 escaped control character
                "<09>" => 2 escaped control character
                "<0d>" => 2 escaped control character
                "<00>" => 2 escaped control character
                "<1f>" => 2 escaped control character
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
                """);
    }

    @Harness.Test("JSON: a string is UTF-8")
    static void utf8() {
        for (String bad : List.of("<80>", "<bf>", "<c0 80>", "<c1 bf>", "<c2>", "<c3 28>",
                "<c2 c2 a0>", "<e0 80 80>", "<e0 9f bf>", "<e2 82>", "<e2 28 a1>", "<e2 82 28>",
                "<ed a0 80>", "<ed bf bf>", "<ed a0 bd ed b8 80>", "<f0 80 80 80>", "<f0 8f bf bf>",
                "<f0 9f 98>", "<f0 28 8c bc>", "<f4 90 80 80>", "<f5 80 80 80>", "<f8 88 80 80 80>",
                "<fc 84 80 80 80 80>", "<fe>", "<ff>")) {
            malformedValues("\"" + bad + "\" => 2 UTF-8");
            malformedValues("\"<c3 a9>a" + bad + "\" => 4 UTF-8");
            malformedValues("\"" + "x".repeat(5000) + bad + "\" => 5002 UTF-8");
            malformedValues("{\"" + bad + "\":1} => 3 UTF-8");
            malformedValues(bad + " => 1 a value");
        }
    }

    @Harness.Test("JSON: UTF-8 is checked to the end, past every buffer")
    static void utf8PastBuffers() {
        for (int before : new int[] {8192, 16_384, 65_536, 100_000}) {
            String start = "\"" + "x".repeat(before);
            malformedValues(start + "<ff>\" => " + (before + 2) + " UTF-8");
            String euro = start + "<e2 82 ac>\"";
            malformedValues(euro + ",\"w\":\"<e2 82>\" => " + (before + 10) + " UTF-8");
        }
        malformedValues("\"" + "<c3 a9>".repeat(8192) + "<c3>\" => 8194 UTF-8");
    }

    @Harness.Test("JSON: all that RFC 8259 accepts")
    static void accepted() {
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
        wellFormedValues("\"" + "x".repeat(100_000) + "\"");
        wellFormedValues("\"" + "<c3 a9>".repeat(10_000) + "\"");
        wellFormedValues("1" + "0".repeat(5000));
    }

    // ---- Members ----

    @Harness.Test("JSON: a member twice is refused, at any depth and in any spelling")
    static void memberTwice() {
        malformedValues("""
                {"a":1,"a":2} => 8 duplicate
                {"a":1,"\\u0061":2} => 8 duplicate
                {"\\u0061":1,"a":2} => 13 duplicate
                {"":1,"":2} => 7 duplicate
                {"a":{},"b":1,"a":[]} => 15 duplicate
                [[{"x":{"a":1,"a":2}}]] => 15 duplicate
                {"\\u00e9":1,"<c3 a9>":2} => 13 duplicate
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"1":0} => 50 duplicate
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"8":0} => 50 duplicate
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"8":0} => 56 duplicate
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"9":0} => 56 duplicate
                {"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,\
                "10":9,"\\u0039":0} => 63 duplicate
                """);
        malformed("""
                {"feeds":[],"feeds":[{"name":"x"}]} => 1:13: duplicate
                {"max_age_seconds":90,"max_age_s\\u0065conds":9} => 1:23: duplicate
                {"feeds":[{"name":"x","alive":false,"aliv\\u0065":true}]} => 1:37: duplicate
                {"feeds":[{"name":"x","name":"y"}]} => 1:23: duplicate
                """);
    }

    @Harness.Test("JSON: a member twice is found among many, and another object has its own")
    static void memberTwiceAmongMany() {
        StringBuilder forty = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            forty.append('"').append(i).append("\":0,");
        }
        String many = forty.toString();
        malformedValues("{" + many + "\"0\":0} => " + (many.length() + 2) + " duplicate");
        malformedValues("[{" + many + "\"x\":0},{" + many + "\"39\":0}] => "
                + (2 * many.length() + 11) + " duplicate");
        String objects = "[{'a':0," + many.replace('"', '\'') + "'b':0},{'a':0,'0':0},{'a':0}]";
        byte[] state = document("limit 90, x " + objects, feed("alpha", "")).getBytes(UTF_8);
        runWith(new ByteArrayInputStream(state), "status --state -").exits(2);
    }

    // A reader may keep the names it has seen, or their hashes: these are as alike as can be.
    @Harness.Test("JSON: members that look alike are told apart")
    static void likeMembers() {
        wellFormedValues("""
                {"a":{"a":1},"b":{"a":1}}
                {"\\u0000":1,"":2}
                {"a":1,"\\u0061\\u0000":2}
                {"<c3 a9>":1,"<c3 a8>":2,"e<cc 81>":3}
                {"ab":1,"ba":2,"AaBB":3,"BBAa":4}
                """);
        String nine = "{'1':1,'2':2,'3':3,'4':4,'5':5,'6':6,'7':7,'8':8,'9':9}".replace('\'', '"');
        wellFormedValues("[" + nine + "," + nine + "]");
        String accents = "x" + "<c3 a9>".repeat(16);
        wellFormedValues(twoMembers(accents + "<c3 a9>".repeat(16), accents));
        wellFormedValues(twoMembers("x".repeat(64), "x".repeat(32)));
    }

    private static String twoMembers(String one, String other) {
        return "{\"" + one + "\":1,\"" + other + "\":2}";
    }

    // ---- Documents ----

    @Harness.Test("JSON: before the document, after it and instead of it")
    static void outsideOfDocument() {
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
                {} => 1:1: a member named "feeds"
                """);
        malformed(" => 1:1: an object");
        String whole = "{\"feeds\":[{\"name\":\"x\"}]}";
        for (String after : List.of("x", "{}", ",", "]", "}", "null", "# end", "<00>", "<1a>",
                "<ff>")) {
            malformed(whole + after + " => 1:25: the end of the file");
            malformed(whole + "<0a 0a 20>" + after + " => 3:2: the end of the file");
        }
    }

    @Harness.Test("JSON: no other white space")
    static void otherWhiteSpace() {
        for (String space : List.of("<0c>", "<0b>", "<1c>", "<00>", "<85>", "<c2 a0>", "<e2 80 a8>",
                "<ef bb bf>")) {
            malformedValues(space + "1 => 1 a value");
            malformedValues("1" + space + " => 2 ',' or '}'");
            malformedValues("[1" + space + "] => 3 ',' or ']'");
            malformedValues("{" + space + "} => 2 a member name");
        }
    }

    @Harness.Test("JSON: lines and columns count characters from 1")
    static void linesAndColumns() {
        malformed("""
                {<0a>  "a": x<0a>} => 2:8: a value
                {<0d 0a 09>"a": x<0d 0a>} => 2:7: a value
                {"<c3 a9 f0 9f 98 80>":x} => 1:7: a value
                {<0a 0a 0a>"a":<0a>[<0a>] => 6:2: ',' or '}'
                """);
    }

    @Harness.Test("JSON: every truncation of a document is refused")
    static void truncations() {
        String whole = "{\"max_age_seconds\":9.5e1,\"n\":[true,null,{\"\\u00e9\\n\":\"~\"}],"
                + "\"feeds\":[{\"name\":\"alpha\",\"alive\":false}]}";
        for (int i = 0; i < whole.length(); i++) {
            String cut = whole.substring(0, i).replace("~", "<c3 a9>");
            malformed(cut + " => 1: expected");
        }
    }

    @Harness.Test("JSON: nesting of 64 from the top-level object on is accepted")
    static void deepestNesting() {
        int deep = Freshness.MAX_NESTING - 1;
        equal("MAX_NESTING", deep, 63);
        for (String value : List.of("[".repeat(deep) + "]".repeat(deep),
                "{\"a\":".repeat(deep) + "1" + "}".repeat(deep))) {
            equal(value, status("{\"v\":" + value + "," + fixture.substring(1)).exit(), 0);
        }
        wellFormedValues("[".repeat(deep - 2) + "]".repeat(deep - 2));
        wellFormedValues("[" + "[],".repeat(1000) + "[]]");
        wellFormedValues("[" + "{},".repeat(1000) + "[{}]]");
    }

    @Harness.Test("JSON: nesting of 65 is refused, and more than that without a full stack")
    static void deeperNesting() {
        int deep = Freshness.MAX_NESTING - 1;
        String objects = "{\"a\":".repeat(deep) + "{}" + "}".repeat(deep);
        malformedValues("[".repeat(deep + 1) + "]".repeat(deep + 1) + " => 64 64 levels");
        malformedValues(objects + " => 316 64 levels");
        malformedValues("[".repeat(100_000) + " => 64 64 levels");
        malformedValues("{\"a\":".repeat(100_000) + " => 316 64 levels");
        malformedValues("[{\"a\":".repeat(100_000) + " => 188 64 levels");
        malformedValues("[".repeat(deep) + "[   1 => 64 64 levels");
        malformed("[".repeat(100_000) + " => 1:1: an object");
        String inFeed = "{\"feeds\":[{\"name\":\"x\",\"a\":" + "[".repeat(62);
        malformed(inFeed + " => 1:88: 64 levels");
    }

    // ---- Rows ----

    /** Checks lines of a value, the character at which it goes wrong, and what was expected. */
    static void malformedValues(String rows) {
        for (String row : rows.split("\n")) {
            int arrow = row.lastIndexOf(" => ");
            String value = row.substring(0, arrow);
            String[] want = row.substring(arrow + 4).split(" ", 2);
            int column = "{\"v\":".length() + Integer.parseInt(want[0]);
            String state = "{\"v\":" + value + ",\"feeds\":[{\"name\":\"alpha\"}]}";
            refuses(state, "1:" + column + ":", want[1]);
        }
    }

    /** Checks lines of a document, the line and column of its fault, and what was expected. */
    static void malformed(String rows) {
        for (String row : rows.split("\n")) {
            int arrow = row.lastIndexOf(" => ");
            String[] want = row.substring(arrow + 4).split(" ", 2);
            refuses(row.substring(0, arrow), want[0], want[1]);
        }
    }

    private static void refuses(String text, String place, String expected) {
        Run run = status(text);
        String prefix = "FRESHNESS UNKNOWN: standard input:" + place;
        String want = "3 " + prefix + " ... " + expected;
        String got = run.exit() + " " + run.out();
        if (run.exit() == 3 && run.head().startsWith(prefix) && run.head().contains(expected)) {
            got = want;
        }
        equal(text, got, want);
    }

    /** Checks lines of a value that a member of the state, and then one of a feed, may have. */
    static void wellFormedValues(String rows) {
        for (String row : rows.split("\n")) {
            for (String member : List.of("\"max_age_seconds\"", "\"alive\"")) {
                int at = fixture.indexOf(member);
                String state = fixture.substring(0, at) + "\"v\": " + row + ", "
                        + fixture.substring(at);
                Run run = status(state);
                String got = run.exit() == 0 ? "0" : run.exit() + " " + run.head();
                equal(row + " before " + member, got, "0");
            }
        }
    }

    private static final Pattern HEX_BYTES = Pattern.compile("<([0-9a-f]{2}(?: [0-9a-f]{2})*)>");

    /** Hands bytes to status; &lt;c3 a9&gt; in the text stands for these bytes. */
    static Run status(String text) {
        String latin1 = HEX_BYTES.matcher(text)
                .replaceAll(hex -> Matcher.quoteReplacement(bytes(hex.group(1))));
        byte[] state = latin1.getBytes(ISO_8859_1);
        return runWith(new ByteArrayInputStream(state), "status --state - --now " + NOW);
    }

    private static String bytes(String hex) {
        return new String(HexFormat.ofDelimiter(" ").parseHex(hex), ISO_8859_1);
    }

    @Harness.Test("JSON: a text that is cut is not cut inside a character")
    static void cutTexts() {
        String emoji = "\ud83d\ude00";
        for (String[] row : new String[][] {
                {"x".repeat(40), "x".repeat(40)},
                {"x".repeat(41), "x".repeat(40) + "..."},
                {"x".repeat(39) + emoji + "y", "x".repeat(39) + "..."},
                {"x".repeat(38) + emoji + "y", "x".repeat(38) + emoji + "..."},
        }) {
            equal(row[0], Freshness.Json.shortened(row[0]), row[1]);
        }
    }
}
