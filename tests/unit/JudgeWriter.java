import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** JudgeWriter writes one tree in one of its many spellings: white space and escapes differ. */
final class JudgeWriter {
    /** The characters that have a short escape, and the letters of those. */
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";
    private static final String ESCAPES = "\"\\/bfnrt";

    private final Random random;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int layout;
    private final int escapePercent;

    JudgeWriter(Random random) {
        this.random = random;
        layout = random.nextInt(4);
        escapePercent = random.nextInt(4) == 0 ? 30 : 0;
    }

    byte[] document(Node top) {
        gap(0);
        write(top, 0);
        gap(0);
        return out.toByteArray();
    }

    private void write(Node node, int depth) {
        if (node instanceof Node.Obj object) {
            object(object.members(), depth);
        } else if (node instanceof Node.Arr array) {
            array(array.items(), depth);
        } else if (node instanceof Node.Str string) {
            string(string.value());
        } else {
            out.writeBytes(Node.plain(node).getBytes(ISO_8859_1));
        }
    }

    private void object(List<Node.Member> members, int depth) {
        String before = "{";
        for (Node.Member member : members) {
            put(before);
            before = ",";
            gap(depth + 1);
            string(member.name());
            put(layout < 2 ? ": " : ":");
            write(member.value(), depth + 1);
        }
        end("{", members.isEmpty(), "}", depth);
    }

    private void array(List<Node> items, int depth) {
        String before = "[";
        for (Node item : items) {
            put(before);
            before = ",";
            gap(depth + 1);
            write(item, depth + 1);
        }
        end("[", items.isEmpty(), "]", depth);
    }

    private void end(String open, boolean isEmpty, String close, int depth) {
        if (isEmpty) {
            put(open);
        }
        gap(depth);
        put(close);
    }

    private void string(String value) {
        StringBuilder text = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            boolean mustEscape = c < ' ' || c == '"' || c == '\\';
            boolean isEscaped = mustEscape || random.nextInt(100) < escapePercent;
            for (char unit : Character.toChars(c)) { // both halves of a pair, or neither
                text.append(isEscaped ? escape(unit, ESCAPED.indexOf(c)) : unit);
            }
        });
        put(text.append('"').toString());
    }

    private String escape(char unit, int shortForm) {
        if (shortForm >= 0 && random.nextBoolean()) {
            return "\\" + ESCAPES.charAt(shortForm);
        }
        return String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) unit);
    }

    /** Writes white space: as for people, with CRLF and tabs, none, or anything that is allowed. */
    private void gap(int depth) {
        switch (layout) {
            case 0 -> put("\n" + "  ".repeat(depth));
            case 1 -> put("\r\n" + "\t".repeat(depth));
            case 2 -> put("");
            default -> put(" \t\r\n".substring(random.nextInt(5)).repeat(random.nextInt(3)));
        }
    }

    private void put(String text) {
        out.writeBytes(text.getBytes(UTF_8));
    }
}
