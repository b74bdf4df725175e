import java.util.List;

/**
 * Node is a JSON value as the tests see it: what Reader has read, or what JudgeGenerator has made.
 * A number keeps its text, and an object its members in their order, even a member that is doubled.
 */
sealed interface Node {
    Node TRUE = new Word("true");
    Node FALSE = new Word("false");
    Node NULL = new Word("null");

    record Member(String name, Node value) { }

    record Obj(List<Member> members) implements Node { }

    record Arr(List<Node> items) implements Node { }

    record Str(String value) implements Node { }

    record Num(String text) implements Node { }

    /** Word is true, false or null. */
    record Word(String text) implements Node { }

    /** Broken is bytes (one in each char) that are no JSON value: what holds them is not JSON. */
    record Broken(String latin1) implements Node { }

    /** Returns the member of an object; null if it is absent or the node is no object. */
    static Node get(Node node, String name) {
        if (node instanceof Obj object) {
            for (Member member : object.members) {
                if (member.name.equals(name)) {
                    return member.value;
                }
            }
        }
        return null;
    }

    /** Returns the items of an array; none if the node is no array. */
    static List<Node> items(Node node) {
        return node instanceof Arr array ? array.items : List.of();
    }

    /** Returns the value of a string; null if the node is no string. */
    static String string(Node node) {
        return node instanceof Str string ? string.value : null;
    }

    /** Returns a value as text without quotes; of an array, its items. */
    static String plain(Node node) {
        if (node instanceof Str string) {
            return string.value;
        }
        if (node instanceof Num number) {
            return number.text;
        }
        if (node instanceof Word word) {
            return word.text;
        }
        if (node instanceof Broken broken) {
            return broken.latin1;
        }
        if (node instanceof Arr array) {
            return array.items.stream().map(Node::plain).toList().toString();
        }
        return "(not there) " + node;
    }
}
