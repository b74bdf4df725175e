import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Reader is a second, strict reader of JSON (RFC 8259), for the judge and for all other tests. It
 * shares no code with the program, so that both cannot be wrong in the same way.
 */
final class Reader {
    /** What a path leads to if there is nothing. */
    static final String ABSENT = "(absent)";

    private static final Pattern TOKEN = Pattern.compile("[ \\t\\r\\n]*+("
            + "[{}\\[\\]:,]|true|false|null"
            + "|-?(?:0|[1-9][0-9]*+)(?:[.][0-9]++)?(?:[eE][+-]?[0-9]++)?"
            + "|\"(?:[^\"\\\\\\x00-\\x1f]++|\\\\(?:[\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+\""
            + "|\\z)");
    /** Far beyond what is valid; the stack is finite here too. */
    private static final int MAX_NESTING = 1000;
    private static final int SHOWN_CHARS = 200;

    private final String text;
    /** Whether an escape may stand for half of a surrogate pair: JSON allows it, UTF-8 does not. */
    private final boolean allowsHalfPairs;
    private int at;

    private Reader(String text, boolean allowsHalfPairs) {
        this.text = text;
        this.allowsHalfPairs = allowsHalfPairs;
    }

    // ---- Trees, for the judge ----

    /** Returns the tree, or null if the bytes are not JSON. A doubled member is in it twice. */
    static Node parse(byte[] bytes) {
        try {
            return parse(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), false);
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static Node parse(String text, boolean allowsHalfPairs) {
        try {
            Reader reader = new Reader(text, allowsHalfPairs);
            Node node = reader.value(reader.token(), 0);
            reader.need(reader.token(), "");
            return node;
        } catch (NotJson e) {
            return null;
        }
    }

    // ---- Values, for what the program prints ----

    /** Returns a value: objects as maps in their order, numbers as BigDecimal. */
    static Object read(String text) {
        Node node = parse(text, true);
        if (node == null) {
            String start = text.substring(0, Math.min(text.length(), SHOWN_CHARS));
            throw new IllegalArgumentException("no JSON: " + start);
        }
        return value(node);
    }

    /** Returns the value at a path such as "feeds.1.name", or ABSENT. */
    static Object at(String text, String path) {
        Object value = read(text);
        for (String step : path.split("\\.")) {
            value = member(value, step);
        }
        return value;
    }

    private static Object member(Object value, String step) {
        if (value instanceof List<?> list) {
            int place = Integer.parseInt(step);
            return place < list.size() ? list.get(place) : ABSENT;
        }
        if (value instanceof Map<?, ?> map && map.containsKey(step)) {
            return map.get(step);
        }
        return ABSENT;
    }

    private static Object value(Node node) {
        if (node instanceof Node.Obj object) {
            return map(object);
        }
        if (node instanceof Node.Arr array) {
            List<Object> list = new ArrayList<>();
            array.items().forEach(item -> list.add(value(item)));
            return list;
        }
        if (node instanceof Node.Num number) {
            return new BigDecimal(number.text());
        }
        if (node instanceof Node.Word) {
            return node.equals(Node.NULL) ? null : node.equals(Node.TRUE);
        }
        return Node.plain(node);
    }

    private static Map<String, Object> map(Node.Obj object) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Node.Member member : object.members()) {
            if (map.containsKey(member.name())) {
                throw new IllegalArgumentException("a member twice: " + member.name());
            }
            map.put(member.name(), value(member.value()));
        }
        return map;
    }

    // ---- Grammar ----

    private static final class NotJson extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** Returns the next token; at the end of the text, an empty one. */
    private String token() throws NotJson {
        Matcher matcher = TOKEN.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw new NotJson();
        }
        at = matcher.end();
        return matcher.group(1);
    }

    private void need(String token, String wanted) throws NotJson {
        if (!token.equals(wanted)) {
            throw new NotJson();
        }
    }

    /** Reads the value that begins with that token, inside so many containers. */
    private Node value(String token, int containers) throws NotJson {
        if (containers > MAX_NESTING || token.isEmpty()) {
            throw new NotJson();
        }
        return switch (token.charAt(0)) {
            case '{' -> object(containers + 1);
            case '[' -> array(containers + 1);
            case '"' -> new Node.Str(string(token));
            case 't', 'f', 'n' -> new Node.Word(token);
            case '}', ']', ':', ',' -> throw new NotJson();
            default -> new Node.Num(token);
        };
    }

    private Node object(int containers) throws NotJson {
        List<Node.Member> members = new ArrayList<>();
        String token = token();
        if (token.equals("}")) {
            return new Node.Obj(members);
        }
        while (true) {
            String name = string(token);
            need(token(), ":");
            members.add(new Node.Member(name, value(token(), containers)));
            token = token();
            if (token.equals("}")) {
                return new Node.Obj(members);
            }
            need(token, ",");
            token = token();
        }
    }

    private Node array(int containers) throws NotJson {
        List<Node> items = new ArrayList<>();
        String token = token();
        if (token.equals("]")) {
            return new Node.Arr(items);
        }
        while (true) {
            items.add(value(token, containers));
            token = token();
            if (token.equals("]")) {
                return new Node.Arr(items);
            }
            need(token, ",");
            token = token();
        }
    }

    private String string(String token) throws NotJson {
        if (!token.startsWith("\"")) {
            throw new NotJson();
        }
        StringBuilder value = new StringBuilder();
        int end = token.length() - 1;
        int i = 1;
        while (i < end) {
            char c = token.charAt(i);
            if (c != '\\') {
                value.append(c);
                i++;
            } else if (token.charAt(i + 1) == 'u') {
                value.append((char) Integer.parseInt(token, i + 2, i + 6, 16));
                i += 6;
            } else {
                value.append(unescaped(token.charAt(i + 1)));
                i += 2;
            }
        }
        if (!allowsHalfPairs && !UTF_8.newEncoder().canEncode(value)) {
            throw new NotJson();
        }
        return value.toString();
    }

    private static char unescaped(char c) {
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }
}
