import java.util.ArrayList;
import java.util.List;

/** Row is one line of a table. Arrows separate its cells: "input => what is wanted". */
record Row(String line, List<String> cells) {
    /** Returns the rows of a text block. An arrow at the end of a line has an empty cell behind. */
    static List<Row> table(String text) {
        List<Row> rows = new ArrayList<>();
        for (String line : text.split("\n")) {
            rows.add(new Row(line, List.of(line.split(" =>(?: |$)", -1))));
        }
        return rows;
    }

    String cell(int column) {
        return cells.get(column);
    }

    @Override public String toString() {
        return line;
    }
}
