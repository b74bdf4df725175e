import java.nio.file.Files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** MessagesTest: what is said about a document, a file or a feed that cannot be used. */
final class MessagesTest extends Sandbox {
    /** A document, one byte a character; ' stands for ", and ` for '. The place and the message. */
    private static final String[][] MISTAKES = {
        {"\u00ef\u00bb\u00bf{}", "1:1: TOP, found a byte-order mark; write UTF-8 without one"},
        {"\u00ff\u00fe{\0}\0", "1:1: TOP, found UTF-16; write UTF-8"},
        {"\u00fe\u00ff\0{\0}", "1:1: TOP, found UTF-16; write UTF-8"},
        {"{\0}\0", "1:2: NAME, found UTF-16 or binary data; write UTF-8"},
        {"{'feeds':[{'name':'x',}]}", "1:23: NAME, found a trailing comma"},
        {"{'feeds':[{'name':'x'},\n ]}",
            "2:2: expected a feed, an object with a name, found a trailing comma"},
        {"{'bid':NaN}", "1:8: expected a value, found NaN NO_NUMBER"},
        {"{'feeds':[{'last_tick_age_seconds':NaN}]}",
            "1:36: expected a value, found NaN NO_NUMBER"},
        {"{'a':Infinity}", "1:6: expected a value, found Infinity NO_NUMBER"},
        {"{'a':-Infinity}", "1:7: expected a digit, found Infinity NO_NUMBER"},
        {"// note\n{}", "1:1: TOP, found a comment (JSON has no comments)"},
        {"{/* note */}", "1:2: NAME, found a comment (JSON has no comments)"},
        {"{ # note\n}", "1:3: NAME, found a comment (JSON has no comments)"},
        {"{`a`:1}", "1:2: NAME, found a single quote (JSON uses double quotes)"},
        {"{'a':1 }}", "1:9: expected the end of the file, found '}'"},
        {"{'a' 1}", "1:6: expected ':', found '1'"},
        {"{", "1:2: NAME, found the end of the input"},
        {"{'a':\u0001}", "1:6: expected a value, found byte 0x1"},
        {"[]", "1:1: TOP, found an array; put it into an object, as its member \"feeds\""},
        {" [{'name':'x'}]", "1:2: TOP, found an array; put it into an object, as its member"
            + " \"feeds\""},
        {"{'name':'x'}\n{'name':'y'}\n", "2:1: NDJSON"},
        {"{'feeds':[{'name':'x'}]}\n\n {'feeds':", "3:2: NDJSON"},
        {"{'feeds':[{'name':'x'}]}{", "1:25: NDJSON"},
        {"{'Feeds':[{'name':'x'}]}",
            "1:1: expected a member named \"feeds\"; found Feeds: did you mean feeds?"},
        {"{'feed':[{'name':'x'}]}",
            "1:1: expected a member named \"feeds\"; found feed: did you mean feeds?"},
        {"{'quotes':[{'name':'x'}]}", "1:1: expected a member named \"feeds\""},
        {"{'feeds':[{'name':'x'},{'bid':1,'Name':'y'}]}",
            "1:24: expected a feed with a name; found Name: did you mean name?"},
    };

    @Harness.Test("messages: the usual mistakes in a document, by name")
    static void mistakes() throws Exception {
        refusedDocuments(MISTAKES);
    }

    private static final String[][] FAULTS = {
        {"7", "1:1: TOP, found '7'"},
        {"{'feeds':{}}", "1:10: expected an array of feeds, found '{'"},
        {"{'feeds':[1]}", "1:11: expected a feed, an object with a name, found '1'"},
        {"{}", "1:1: expected a member named \"feeds\""},
        {"{'feeds':[]}", "1:10: expected at least one feed"},
        {"{'feeds':[{}]}", "1:11: expected a feed with a name"},
        {"{'feeds':[{'name':7}]}", "1:19: expected a name, a string of 1 to 200 characters"},
        {"{'feeds':[{'name':'x'},{'name':'x'}]}",
            "1:24: duplicate feed: x"},
        {"{'{}':1,'{}':2}", "1:9: duplicate member: {}"},
        {"{'a':\u007f}", "1:6: expected a value, found byte 0x7f"},
        {"{'a':- 1}", "1:7: expected a digit, found byte 0x20"},
        {"{'a':[1,,2]}", "1:9: expected a value, found ','"},
        {"{'a':1,'a':2}", "1:8: duplicate member: a"},
        {"{'" + "a".repeat(41) + "':1,'" + "a".repeat(41) + "':2}",
            "1:48: duplicate member: " + "a".repeat(40) + "..."},
        {"{'a':" + "[".repeat(64), "1:69: expected at most 64 levels of nesting"},
        {"{'a':01}", "1:6: expected a number without leading zeros"},
        {"{'a':-}", "1:7: expected a digit, found '}'"},
        {"{'a':tru}", "1:9: expected true, found '}'"},
        {"{'a':[1 2]}", "1:9: expected ',' or ']', found '2'"},
        {"{'a':1 2}", "1:8: expected ',' or '}', found '2'"},
        {"{'a':'\n'}", "1:7: expected an escaped control character, found byte 0xa"},
        {"{'a':'", "1:7: expected '\"', found the end of the input"},
        {"{'a':'\\x'}", "1:8: expected one of \" \\ / b f n r t u, found 'x'"},
        {"{'a':'\\u00g0'}", "1:11: expected four hexadecimal digits, found 'g'"},
        {"{'a':'\\ud800'}", "1:7: unpaired surrogate in an escape"},
        {"{'a':'\u00ff','feeds':[{'name':'x'}]}", "1:7: expected UTF-8, found byte 0xff"},
    };

    @Harness.Test("messages: what is wrong in a document, with its place")
    static void faults() throws Exception {
        refusedDocuments(FAULTS);
    }

    private static void refusedDocuments(String[][] rows) throws Exception {
        for (String[] row : rows) {
            String text = row[0].replace('\'', '"').replace('`', '\'');
            Files.write(dir.resolve("in.json"), text.getBytes(ISO_8859_1));
            String message = row[1].replace("\\", "\\\\")
                .replace("TOP", "expected an object with max_age_seconds and feeds")
                .replace("NAME", "expected a member name in double quotes")
                .replace("NO_NUMBER", "(not in JSON; write null for an unknown value)")
                .replace("NDJSON", "expected the end of the file, found a second object, as in"
                    + " NDJSON; write one object, with all feeds in its member \"feeds\"");
            whole("gate --feed x --state @in.json", 3,
                "GATE BLOCKED: DIR/in.json:" + message + "\n");
        }
    }

    // ---- Baselines ----

    private static final String UNKNOWN_MEMBERS = """
        'max_age_seconds':90,'require_asof':true,'feeds':[{'name':'x'}] => \
        1:23: unknown member: require_asof; did you mean require_as_of?
        'max_age_second':5,'feeds':[{'name':'x'}] => \
        1:2: unknown member: max_age_second; did you mean max_age_seconds?
        'max_age_seconds':90,'feeds':[{'name':'x','max_age_second':5}] => \
        1:44: unknown member: max_age_second; did you mean max_age_seconds?
        'max_age_seconds':90,'feeds':[{'host':{'a':[1]},'name':'x'}] => \
        1:33: unknown member: host; expected one of name, alive,
        'max_age_seconds':90,'feeds':[{'name':'x'}],'Max_age_seconds':1 => \
        1:46: unknown member: Max_age_seconds; did you mean
        'max_age_seconds':90,'feeds':[{'name':'x'}],'xnote':1 => \
        1:46: unknown member: xnote;
        'max_age_seconds':90,'feeds':[{'name':'x'}],'':1 => \
        1:46: unknown member: ;""";

    @Harness.Test("messages: a member that a baseline does not know, and the nearest")
    static void unknownMembers() throws Exception {
        write("in.json", document("limit 90", feed("x", "alive true, age 1")));
        for (Row row : Row.table(UNKNOWN_MEMBERS)) {
            write("base.json", "{" + row.cell(0).replace('\'', '"') + "}");
            String want = "baseline " + dir + "/base.json:" + row.cell(1);
            String files = " --state @in.json --baseline @base.json";
            run("status" + files).exits(3)
                .says("FRESHNESS UNKNOWN: " + want, " If it is a note, name it x-");
            run("gate --feed x" + files).exits(3).says("GATE BLOCKED: " + want);
            run("status --baseline @base.json").exits(3).says("FRESHNESS UNKNOWN: " + want);
            refused("recover --feed x --output @out.json" + files, row.cell(1));
            run("doctor --baseline @base.json").exits(2)
                .says("DOCTOR FAILED", "not ok - the baseline can be read", row.cell(1));
            // The same as a state: a producer adds what it likes.
            run("doctor --state @base.json").exits(0)
                .says("DOCTOR PASSED", "ok - the state can be read and is valid");
        }
        write("base.json", "{'$schema':'baseline.schema.json','x-owner':{'max_age_second':1},"
            .concat("'max_age_seconds':90,'as_of':null,'feeds':[{'name':'x','x-':1,'$comment':2,")
            .concat("'alive':0,'last_tick_at':1,'last_tick_age_seconds':'?'}]}")
            .replace('\'', '"'));
        run("status --state @in.json --baseline @base.json").exits(0).says("FRESHNESS OK");
    }

    @Harness.Test("messages: what is wrong in a baseline, whole")
    static void faultyBaselines() throws Exception {
        String call = "gate --feed x --state @stale.json --baseline @in.json";
        String blocked = "GATE BLOCKED: baseline DIR/in.json:";
        write("in.json", document("limit 90, " + "m".repeat(41) + " 1", feed("x", "")));
        whole(call, 3, (blocked + "1:23: unknown member: CUT; expected one of"
            + " max_age_seconds, warn_age_seconds, max_heartbeat_age_seconds, as_of,"
            + " require_as_of, calendars, calendar, actions, feeds."
            + " If it is a note, name it x-CUT\n")
            .replace("CUT", "m".repeat(40) + "..."));
        write("in.json", document("limit 90, require_as_of 1", feed("x", "")));
        whole(call, 3, blocked + "1:39: expected true or false\n");
    }

    // ---- Files and feeds ----

    private static final String RECOVERIES = """
        --feed nobody --state @stale.json --output @o => \
        unknown feed: nobody; expected one of alpha, bravo, charlie
        --feed brav --state @stale.json --output @o => unknown feed: brav; did you mean bravo?
        --feed alpha,bravo --state @stale.json --output @o => \
        unknown feed: alpha,bravo; to name several feeds, repeat --feed
        --feed dela --baseline @delta.json --state @stale.json --output @o => \
        unknown feed: dela; did you mean delta?
        --feed bravo --state @absent.json --output @o => cannot read DIR/absent.json: MISSING
        --feed bravo --state @a{}.json --output @o => cannot read DIR/a{}.json: MISSING
        --feed bravo --state @stale.json --baseline @absent.json --output @o => \
        cannot read baseline DIR/absent.json: no such file; \
        check the path given with --baseline
        --feed bravo --state @stale.json --baseline @typo.json --output @o => \
        baseline DIR/typo.json:1:2: expected a member name in double quotes, \
        found the end of the input
        --feed bravo --state @sub --output @o => DIR/sub is a directory; expected a file
        --feed bravo --state @fifo --output @o => \
        DIR/fifo is not a regular file; to read from a pipe use --state -
        --feed bravo --state http://localhost/state.json --output @o => \
        cannot read http://localhost/state.json: no such file; URLs are not supported: fetch it \
        with another \
        program and pipe it to --state -
        --feed bravo --state @stale.json --output @sub --record @soft.json => \
        --output DIR/sub: not a regular file; choose another
        --feed bravo --state @in.json --output @in.json => \
        --output DIR/in.json: this is the input file, which is never overwritten; choose another
        --feed bravo --state @in.json --output @base.json --baseline @base.json => \
        --output DIR/base.json: this is the baseline, which is never overwritten; choose another \
        file
        --feed bravo --state @in.json --output HOME/data/healthy.json => --output \
        HOME/data/healthy.json: this is the baseline, which is never overwritten; choose another \
        file
        --feed bravo --state @in.json --output HOME/Freshness.java => \
        --output HOME/Freshness.java: this is the program itself; choose another file
        --feed bravo --state @in.json --output @o --record HOME/Freshness.java => \
        --record HOME/Freshness.java: this is the program itself; choose another file
        --feed bravo --state @in.json --output @soft.json => \
        --output DIR/soft.json: this is a symbolic link; name its target instead
        --feed bravo --state @in.json --output @sub => --output DIR/sub: not a regular file; \
        choose another
        --feed bravo --state @in.json --output @no/o => \
        --output DIR/no/o: no such directory: DIR/no; create it first""";

    @Harness.Test("messages: what is wrong with files and feeds of a recovery, whole")
    static void filesAndFeeds() throws Exception {
        oddFiles();
        write("typo.json", "{");
        write("delta.json", document("limit 90", feed("delta", "")));
        String missing = "no such file; check the path given with --state, and that your"
            + " collector is running";
        for (Row row : Row.table(RECOVERIES)) {
            String message = row.cell(1).replace("MISSING", missing);
            whole("recover " + row.cell(0), 3, "freshness: " + message + "\n");
        }
        whole("recover --feed bravo --state % --output @o", 3,
            "freshness: DIR/nul\\u0000 is not a valid path: Nul character not"
                + " allowed\n", dir + "/nul\0");
    }
}
