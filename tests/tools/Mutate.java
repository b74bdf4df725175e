import com.sun.source.tree.*;
import com.sun.source.util.*;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.tools.*;

/**
 * Mutate makes defects in Freshness.java, one at a time, and asks of each whether a fast test
 * fails. tests/tools/mutate.sh starts it and says how.
 *
 * Defects come from two sources. Rules go over the syntax tree that javac makes, so they see
 * expressions with their types and never the inside of a comment; the shell lines of the launcher
 * have rules of their own. And lists name by hand what no rule makes: mutants.txt what has to be
 * caught, mutants-equivalent.txt what nobody can see, with the reason.
 *
 * Sections: Options, Mutants, Places, Lists, Rules for Java, Rules for the launcher, Bench, Run.
 * Start reading at run().
 */
final class Mutate {
    // ---- Options ----

    private static final Set<String> SWITCHES = Set.of("--list", "--by-hand", "--as-root");
    private static final Set<String> OPTIONS = Set.of("--seed", "--count", "--section", "--id",
            "--jobs", "--limit", "--root", "--work");

    private final Map<String, String> options = new HashMap<>();
    private final Path root;
    private final String source;
    private final TreeMap<Integer, String> sections = new TreeMap<>();
    private final Places places;
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    public static void main(String... args) throws Exception {
        try {
            System.exit(new Mutate(args).run());
        } catch (IllegalArgumentException e) {
            System.err.println("mutate: " + e.getMessage());
            System.exit(3);
        }
    }

    private Mutate(String... args) throws IOException {
        Iterator<String> words = List.of(args).iterator();
        while (words.hasNext()) {
            String option = words.next();
            if (SWITCHES.contains(option)) {
                options.put(option, "");
            } else if (OPTIONS.contains(option) && words.hasNext()) {
                options.put(option, words.next());
            } else {
                throw new IllegalArgumentException("not an option, or without its value: "
                        + option + "; see the top of tests/tools/mutate.sh");
            }
        }
        root = Path.of(options.get("--root"));
        source = Files.readString(root.resolve("Freshness.java"));
        sections.put(0, "Head");
        Matcher banner = Pattern.compile("(?m)^ *(?://|/\\*) -+ (.+?) -+$").matcher(source);
        while (banner.find()) {
            sections.put(banner.start(), banner.group(1));
        }
        places = new Places(source);
    }

    private int number(String option, int otherwise) {
        return Integer.parseInt(options.getOrDefault(option, String.valueOf(otherwise)));
    }

    private boolean has(String option) {
        return options.containsKey(option);
    }

    // ---- Mutants ----

    private static final String LAUNCHER = "Launcher";

    /** Mutant is one defect: a piece of the source, and what replaces it. */
    record Mutant(String section, String rule, int start, int end, String replacement) {
        String applied(String source) {
            return source.substring(0, start) + replacement + source.substring(end);
        }

        /** Returns a name that stays while other lines are edited, in 8 hexadecimal digits. */
        String id(String source) {
            return String.format("%08x", (rule + shownChange(source)).hashCode());
        }

        String shown(String source) {
            int line = 1 + (int) source.substring(0, start).chars().filter(c -> c == '\n').count();
            return "Freshness.java:" + line + " [" + section + "] " + rule
                    + "  (" + id(source) + ")" + shownChange(source);
        }

        private String shownChange(String source) {
            int from = source.lastIndexOf('\n', start - 1) + 1;
            int to = source.indexOf('\n', end);
            String before = source.substring(from, to);
            String after = source.substring(from, start) + replacement + source.substring(end, to);
            return "\n  - " + oneLine(before) + "\n  + " + oneLine(after);
        }

        private static String oneLine(String text) {
            return text.strip().replaceAll("\\s*\\n\\s*", " ");
        }
    }

    private String sectionAt(int offset) {
        return offset < source.indexOf('\n') ? LAUNCHER : sections.floorEntry(offset).getValue();
    }

    private String knownSection(String name) {
        if (!sections.containsValue(name)) {
            throw new IllegalArgumentException("no such section: " + name);
        }
        return name;
    }

    /** Adds a defect that a rule makes, once even if two rules make it. */
    private void addMutant(Map<String, Mutant> found, String rule, int from, int to,
            String with) {
        if (!source.substring(from, to).equals(with)) {
            found.putIfAbsent(from + " " + to + " " + with,
                    new Mutant(sectionAt(from), rule, from, to, with));
        }
    }

    // ---- Places ----

    /** Places are the pieces of the program that have a name, and what stands where in them. */
    private static final class Places {
        private static final Pattern FUNCTION = Pattern.compile("(?m)^(\\w+)\\(\\) [({]");
        private final String source;
        private final CompilationUnitTree unit;
        private final JavacTask task;
        private final Map<String, List<int[]>> ranges = new HashMap<>();

        Places(String source) throws IOException {
            this.source = source;
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            task = (JavacTask) compiler.getTask(null, null, null,
                    List.of("--release", "17", "-proc:none"), null,
                    List.of(new SourceText(source)));
            unit = task.parse().iterator().next();
            task.analyze();
            add("line 1", 0, source.indexOf('\n'));
            addTypesAndMethods();
            addShellFunctions();
        }

        private void add(String name, int from, int to) {
            ranges.computeIfAbsent(name, any -> new ArrayList<>()).add(new int[] {from, to});
        }

        private void addTypesAndMethods() {
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            new TreePathScanner<Void, String>() {
                @Override public Void visitClass(ClassTree tree, String outer) {
                    String name = tree.getSimpleName().toString();
                    add(name, tree);
                    return super.visitClass(tree, name);
                }

                @Override public Void visitMethod(MethodTree tree, String type) {
                    String name = tree.getName().toString();
                    add(type + "." + (name.equals("<init>") ? type : name), tree);
                    return super.visitMethod(tree, type);
                }

                private void add(String name, Tree tree) {
                    int from = (int) positions.getStartPosition(unit, tree);
                    int to = (int) positions.getEndPosition(unit, tree);
                    Places.this.add(name, from, to);
                }
            }.scan(unit, "");
        }

        private void addShellFunctions() {
            Matcher function = FUNCTION.matcher(source);
            while (function.find()) {
                Matcher end = Pattern.compile("(?m)^[)}]").matcher(source);
                if (end.find(function.end())) {
                    add(function.group(1), function.start(), end.end());
                }
            }
        }

        /**
         * Returns from where to where a text stands in the place of that name, white space aside.
         * Throws if there is no such place, or the text is there more than once or not at all.
         */
        int[] find(String name, String text) {
            if (!ranges.containsKey(name)) {
                throw new IllegalArgumentException("no such method, type or function: " + name);
            }
            String wanted = text.replaceAll("\\s+", "");
            List<int[]> found = new ArrayList<>();
            for (int[] range : ranges.get(name)) {
                StringBuilder dense = new StringBuilder();
                List<Integer> offsets = new ArrayList<>();
                for (int i = Math.max(0, range[0]); i < range[1]; i++) {
                    if (!Character.isWhitespace(source.charAt(i))) {
                        dense.append(source.charAt(i));
                        offsets.add(i);
                    }
                }
                int at = dense.indexOf(wanted);
                while (at >= 0) {
                    found.add(new int[] {offsets.get(at),
                        offsets.get(at + wanted.length() - 1) + 1});
                    at = dense.indexOf(wanted, at + 1);
                }
            }
            if (found.size() != 1) {
                throw new IllegalArgumentException("stands " + found.size() + " times in " + name
                        + ", not once: " + text);
            }
            return found.get(0);
        }
    }

    private static final class SourceText extends SimpleJavaFileObject {
        private final String text;

        SourceText(String text) {
            super(URI.create("string:///Freshness.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    // ---- Lists ----

    /** Row is an entry of a list: a defect, and for an accepted one the reason below it. */
    private record Row(Mutant mutant, String text, String reason) { }

    /**
     * Reads a list. "[Decision]" begins the entries of a section. An entry is "PLACE: OLD => NEW";
     * a place is a method like Decision.of, a type, a function of the launcher, or "line 1". What
     * is not in the program as the list says is a fault of the list.
     */
    private List<Row> list(String name) throws IOException {
        List<Row> rows = new ArrayList<>();
        Path file = root.resolve("tests/tools").resolve(name);
        if (!Files.exists(file)) {
            return rows;
        }
        String section = "Head";
        Row last = null; // whose reason follows; null below an entry that is a fault
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            try {
                if (line.startsWith("[")) {
                    section = knownSection(line.substring(1, line.length() - 1));
                } else if (!line.startsWith(" ")) {
                    last = null;
                    last = new Row(parsed(line, section), line, "");
                    rows.add(last);
                } else if (last != null) {
                    rows.remove(last);
                    last = new Row(last.mutant, last.text, (last.reason + line).strip());
                    rows.add(last);
                }
            } catch (IllegalArgumentException e) {
                faults.add(name + ": " + e.getMessage());
            }
        }
        return rows;
    }

    private Mutant parsed(String line, String section) {
        int colon = line.indexOf(": ");
        int arrow = line.indexOf(" =>");
        if (colon < 0 || arrow < colon) {
            throw new IllegalArgumentException("not PLACE: OLD => NEW: " + line);
        }
        String place = line.substring(0, colon);
        int[] found = places.find(place, line.substring(colon + 2, arrow));
        String actual = sectionAt(found[0]);
        if (!actual.equals(section)) {
            throw new IllegalArgumentException(place + " stands in " + actual + ", not in "
                    + section);
        }
        String replacement = line.substring(arrow + 3).strip();
        return new Mutant(section, "by hand", found[0], found[1], replacement);
    }

    /** Returns the accepted entries by the program that each makes, white space aside. */
    private Map<String, Row> accepted() throws IOException {
        Map<String, Row> accepted = new HashMap<>();
        for (Row row : list("mutants-equivalent.txt")) {
            if (row.reason.isEmpty()) {
                faults.add("accepted without a reason: " + row.text);
            }
            accepted.put(dense(row.mutant), row);
        }
        return accepted;
    }

    private String dense(Mutant mutant) {
        return mutant.applied(source).replaceAll("\\s+", "");
    }

    // ---- Rules for Java ----

    /** Neighbours in pairs: each stands for the other. */
    private static final List<String> OPERATORS = List.of("<", "<=", ">", ">=", "==", "!=",
            "&&", "||", "+", "-", "*", "/", "<<", ">>", "&", "|", "+=", "-=", "++", "--");
    private static final List<String> METHODS = List.of("min", "max", "startsWith", "endsWith");
    private static final List<String> EXIT_CODES = List.of("SAFE", "UNSAFE", "UNEVALUATED");

    /** JavaRules walks the syntax tree with the types that javac found. */
    private final class JavaRules extends TreePathScanner<Void, Void> {
        private final Map<String, Mutant> found;
        private final Trees trees = Trees.instance(places.task);
        private final SourcePositions positions = trees.getSourcePositions();
        private TreePath path;

        JavaRules(Map<String, Mutant> found) {
            this.found = found;
        }

        @Override public Void scan(Tree tree, Void none) {
            if (tree != null && isWritten(tree)) {
                path = new TreePath(getCurrentPath(), tree);
                apply(tree);
            }
            return super.scan(tree, none);
        }

        /** The rules: what is made of each kind of tree. */
        private void apply(Tree tree) {
            if (tree instanceof IfTree it) {
                condition(it.getCondition());
            } else if (tree instanceof WhileLoopTree loop) {
                condition(loop.getCondition());
            } else if (tree instanceof ForLoopTree loop && loop.getCondition() != null) {
                condition(loop.getCondition());
            } else if (tree instanceof ConditionalExpressionTree choice) {
                condition(choice.getCondition());
            } else if (tree instanceof BinaryTree binary) {
                binary(binary);
            } else if (tree instanceof CompoundAssignmentTree assignment) {
                operator(end(assignment.getVariable()), start(assignment.getExpression()));
            } else if (tree instanceof UnaryTree unary) {
                unary(unary);
            } else if (tree instanceof LiteralTree literal) {
                literal(literal);
            } else if (tree instanceof MethodInvocationTree call) {
                arguments(call.getArguments());
            } else if (tree instanceof NewClassTree creation) {
                arguments(creation.getArguments());
            } else if (tree instanceof IdentifierTree identifier) {
                name(identifier, identifier.getName().toString());
            } else if (tree instanceof MemberSelectTree member) {
                name(member, member.getIdentifier().toString());
            } else if (tree instanceof ReturnTree it && it.getExpression() != null) {
                result(it.getExpression());
            } else if (tree instanceof ReturnTree || tree instanceof ThrowTree
                    || tree instanceof BreakTree || tree instanceof ContinueTree
                    || tree instanceof ExpressionStatementTree) {
                if (source.charAt(end(tree) - 1) == ';') {
                    add("statement dropped", tree, ";");
                }
            }
        }

        private void condition(ExpressionTree condition) {
            ExpressionTree inner = condition;
            while (inner instanceof ParenthesizedTree parentheses) {
                inner = parentheses.getExpression();
            }
            add("always true", inner, "true");
            add("always false", inner, "false");
        }

        private void binary(BinaryTree tree) {
            int from = end(tree.getLeftOperand());
            int to = start(tree.getRightOperand());
            operator(from, to);
            if (tree.getKind() == Tree.Kind.CONDITIONAL_AND
                    || tree.getKind() == Tree.Kind.CONDITIONAL_OR) {
                add("right operand dropped", tree, text(tree.getLeftOperand()));
                add("left operand dropped", tree, text(tree.getRightOperand()));
            }
        }

        /** Takes the other one of a pair for the operator between these offsets. */
        private void operator(int from, int to) {
            Matcher operator = Pattern.compile("[-+*/<>=!&|]+").matcher(source).region(from, to);
            if (operator.find() && OPERATORS.contains(operator.group())) {
                String other = otherOf(OPERATORS, operator.group());
                addMutant(found, "operator", operator.start(), operator.end(), other);
            }
        }

        private static String otherOf(List<String> pairs, String name) {
            return pairs.get(pairs.indexOf(name) ^ 1);
        }

        private void unary(UnaryTree tree) {
            switch (tree.getKind()) {
                case LOGICAL_COMPLEMENT, UNARY_MINUS ->
                    add("sign dropped", tree, text(tree.getExpression()));
                case PREFIX_INCREMENT, PREFIX_DECREMENT ->
                    operator(start(tree), start(tree.getExpression()));
                case POSTFIX_INCREMENT, POSTFIX_DECREMENT ->
                    operator(end(tree.getExpression()), end(tree));
                default -> { }
            }
        }

        private void literal(LiteralTree tree) {
            Object value = tree.getValue();
            if (value instanceof Number number) {
                String suffix = value instanceof Long ? "L" : "";
                add("constant one more", tree, number.longValue() + 1 + suffix);
                add("constant one less", tree, "(" + (number.longValue() - 1) + suffix + ")");
            } else if (value instanceof Boolean) {
                add("true or false", tree, value.equals(true) ? "false" : "true");
            } else if (value instanceof Character) {
                add("another character", tree, value.equals('#') ? "'%'" : "'#'");
            } else if (value instanceof String) {
                string(start(tree), text(tree));
            }
        }

        /** Puts a "~" in the middle of each line, but never inside of "{}" or an escape. */
        private void string(int start, String text) {
            int from = text.startsWith("\"\"\"") ? text.indexOf('\n') + 1 : 1;
            while (from < text.length()) {
                int newline = text.indexOf('\n', from);
                int to = newline < 0 ? text.length() - 1 : newline;
                int at = (from + to) / 2;
                while (at > from && "\\{".indexOf(text.charAt(at - 1)) >= 0) {
                    at--;
                }
                addMutant(found, "string changed", start + at, start + at, "~");
                from = to + 1;
            }
        }

        /** Swaps neighbours of one type. */
        private void arguments(List<? extends ExpressionTree> arguments) {
            for (int i = 1; i < arguments.size(); i++) {
                ExpressionTree left = arguments.get(i - 1);
                ExpressionTree right = arguments.get(i);
                if (type(left) != null && type(right) != null
                        && places.task.getTypes().isSameType(type(left), type(right))) {
                    String between = source.substring(end(left), start(right));
                    addMutant(found, "arguments swapped", start(left), end(right),
                            text(right) + between + text(left));
                }
            }
        }

        /** Takes another constant of the same enum, another exit code, or another method. */
        private void name(Tree tree, String name) {
            String other = null;
            Element element = trees.getElement(path);
            if (EXIT_CODES.contains(name)) {
                other = EXIT_CODES.get((EXIT_CODES.indexOf(name) + 1) % EXIT_CODES.size());
            } else if (METHODS.contains(name)) {
                other = otherOf(METHODS, name);
            } else if (element != null && element.getKind() == ElementKind.ENUM_CONSTANT) {
                List<String> names = new ArrayList<>();
                for (Element member : element.getEnclosingElement().getEnclosedElements()) {
                    if (member.getKind() == ElementKind.ENUM_CONSTANT) {
                        names.add(member.getSimpleName().toString());
                    }
                }
                other = names.get((names.indexOf(name) + 1) % names.size());
            }
            if (other != null) {
                addMutant(found, "another name", end(tree) - name.length(), end(tree), other);
            }
        }

        private void result(ExpressionTree value) {
            TypeMirror type = type(value);
            TypeKind kind = type == null ? TypeKind.NONE : type.getKind();
            List<String> others = switch (kind) {
                case BOOLEAN -> List.of("true", "false");
                case INT, LONG, CHAR -> List.of("0");
                default -> List.of("null");
            };
            for (String other : others) {
                add("returns " + other, value, other);
            }
        }

        private TypeMirror type(Tree tree) {
            return trees.getTypeMirror(new TreePath(path, tree));
        }

        private int start(Tree tree) {
            return (int) positions.getStartPosition(places.unit, tree);
        }

        private int end(Tree tree) {
            return (int) positions.getEndPosition(places.unit, tree);
        }

        /** Returns whether it stands in the file: javac adds constructors and calls of its own. */
        private boolean isWritten(Tree tree) {
            return start(tree) >= 0 && end(tree) > start(tree);
        }

        private String text(Tree tree) {
            return source.substring(start(tree), end(tree));
        }

        private void add(String rule, Tree tree, String replacement) {
            addMutant(found, rule, start(tree), end(tree), replacement);
        }
    }

    // ---- Rules for the launcher ----

    /** Each is a name, a pattern in a line of shell, and what replaces a match. */
    private static final String[][] SHELL_RULES = {
        {"line dropped", "^.*\\S.*$", ""},
        {"test negated", "(?<![!\\w] )(?<=^|[\\s;({&|])\\[ ", "! [ "},
        {"negation dropped", "(?<=[\\[\\s])! ", ""},
        {"-z to -n", "(?<=\\s)-z ", "-n "},
        {"-n to -z", "(?<=\\s)-n ", "-z "},
        {"= to !=", "(?<= )= ", "!= "},
        {"&& to ||", "&&", "||"},
        {"|| to &&", "\\|\\|", "&&"},
        {"string emptied", "\"[^\"\\s][^\"]*\"", "\"\""},
        {"string emptied", "'[^']+'", "''"},
        {"exit code", "exit 3", "exit 0"},
        {"redirection dropped", " (?:\\d?>|<)(?:/dev/null|&\\d|&-)", ""},
        {"case dropped", "(?<=^|\\s)[^\\s()]+(?: \\| [^\\s()]+)*\\) (?=\\S)", "no-such-case) "},
    };

    /** Goes over the first line, whose comment marks stay, and over the shell lines at the end. */
    private void addShellMutants(Map<String, Mutant> found) {
        int begin = source.indexOf("\nlaunch() {");
        if (begin < 0) {
            return;
        }
        addShellMutants(found, source.startsWith("//") ? 2 : 0, source.indexOf('\n'));
        int from = begin + 1;
        while (from < source.length()) {
            int to = source.indexOf('\n', from);
            addShellMutants(found, from, to);
            from = to + 1;
        }
    }

    private void addShellMutants(Map<String, Mutant> found, int from, int to) {
        String line = source.substring(from, to);
        Matcher comment = Pattern.compile("(?:^|\\s)# ").matcher(line);
        String code = comment.find() ? line.substring(0, comment.start()) : line;
        for (String[] rule : SHELL_RULES) {
            Matcher match = Pattern.compile(rule[1]).matcher(code);
            while (match.find()) {
                addMutant(found, rule[0], from + match.start(), from + match.end(), rule[2]);
            }
        }
    }

    // ---- Bench ----

    /** Bench is where one mutant at a time is compiled and tested, in a copy of the repository. */
    private final class Bench {
        private final Path place;
        private final Path classes;
        private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        private final StandardJavaFileManager files;
        private final Map<String, String> original;

        Bench(int number) throws IOException, InterruptedException {
            place = Files.createDirectories(Path.of(options.get("--work"), "bench " + number));
            classes = Files.createDirectories(place.resolve("classes"));
            files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            String problem = compile(source);
            if (problem != null) {
                throw new IllegalArgumentException("does not compile unchanged: " + problem);
            }
            original = programClasses();
            lay(source);
        }

        /** Compiles the program and, since they hold copies of its constants, the tests. */
        private String compile(String text) throws IOException {
            List<JavaFileObject> units = new ArrayList<>(List.of(new SourceText(text)));
            for (String folder : List.of("tests/unit", "tests/process")) {
                files.getJavaFileObjectsFromPaths(javaFiles(folder)).forEach(units::add);
            }
            DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
            // Without line numbers two programs that do the same are the same bytes.
            List<String> flags = List.of("-g:none", "-proc:none", "-nowarn");
            boolean done = compiler.getTask(null, files, said, flags, null, units).call();
            return done ? null : said.getDiagnostics().toString();
        }

        private Map<String, String> programClasses() throws IOException {
            Map<String, String> bytes = new TreeMap<>();
            try (Stream<Path> all = Files.list(classes)) {
                for (Path file : all.toList()) {
                    String name = file.getFileName().toString();
                    if (name.matches("Freshness(\\$.*)?\\.class")) {
                        bytes.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
                    }
                }
            }
            return bytes;
        }

        /** Returns whether the mutant is a program, and another one than the original. */
        boolean prepare(Mutant mutant) throws IOException, InterruptedException {
            String text = mutant.applied(source);
            if (mutant.section.equals(LAUNCHER)) {
                String shell = text.substring(text.lastIndexOf("\nlaunch() {"));
                Path file = Files.writeString(place.resolve("launcher.sh"), shell);
                return sh("sed '/^# \\*\\/$/q' \"$1\" | sh -n", file.toString()) == 0
                        && compile(text) == null && lay(text);
            }
            return compile(text) == null && !programClasses().equals(original) && lay(text);
        }

        /** Makes a fresh copy: the mutant before may have damaged the last one. */
        private boolean lay(String text) throws IOException, InterruptedException {
            Files.writeString(place.resolve("program"), text);
            String owner = isNobody() ? "nobody" : System.getProperty("user.name");
            int exit = sh("cd \"$1\" && mkdir -p copy tmp home"
                    + " && chmod -R u+rwx copy tmp home && rm -rf copy tmp home"
                    + " && mkdir copy tmp home && cp -R \"$2\"/. copy && rm -rf copy/.git"
                    + " && cat program >copy/Freshness.java && chown -R \"$3\" copy tmp home",
                    place.toString(), root.toString(), owner);
            if (exit != 0) {
                throw new IOException("no fresh copy could be made in " + place);
            }
            return true;
        }

        private int sh(String script, String... values) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
            command.addAll(List.of(values));
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        }

        /** Returns the first failure of the tests that can see this section, or null. */
        String firstFailure(String section) throws IOException, InterruptedException {
            for (List<String> part : parts(section)) {
                String failure = failure(part);
                if (failure != null) {
                    return failure;
                }
            }
            try (Stream<Path> left = Files.list(place.resolve("tmp"))) {
                List<Path> names = left.toList();
                return names.isEmpty() ? null : "left in the temporary directory: " + names;
            }
        }

        private List<List<String>> parts(String section) throws IOException {
            List<String> order = List.of("tests/unit/Harness.java", "tests/unit/Judge.java",
                    "tests/process/processes.sh", "tests/process/DocumentsTest.java",
                    "tests/process/launcher.sh");
            if (section.equals(LAUNCHER)) {
                order = List.of("tests/process/launcher.sh", "tests/process/processes.sh",
                        "tests/process/DocumentsTest.java");
            }
            List<List<String>> parts = new ArrayList<>();
            for (String file : order) {
                if (Files.exists(root.resolve(file))) {
                    parts.add(command(file, section));
                }
            }
            return parts;
        }

        private List<String> command(String file, String section) throws IOException {
            if (file.endsWith(".sh")) {
                return List.of("bash", file, classes.toString());
            }
            String name = file.replaceAll(".*/|\\.java", "");
            List<String> command = new ArrayList<>(List.of("java", "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + place.resolve("tmp"),
                    "-cp", classes.toString()));
            switch (name) {
                case "Harness" -> command.addAll(unitTests(section));
                case "Judge" -> command.addAll(List.of(name, "300"));
                default -> command.addAll(hasTests(root.resolve(file))
                        ? List.of("Harness", name) : List.of(name));
            }
            return command;
        }

        /** Returns the classes in tests/unit that have tests; what is nearest comes first. */
        private List<String> unitTests(String section) throws IOException {
            List<String> words = new ArrayList<>(List.of("Harness"));
            String own = section.replace(" ", "") + "Test";
            for (Path file : javaFiles("tests/unit")) {
                String name = file.getFileName().toString().replace(".java", "");
                if (name.endsWith("Test") && hasTests(file)) {
                    words.add(name.equalsIgnoreCase(own) ? 1 : words.size(), name);
                }
            }
            return words;
        }

        private boolean hasTests(Path file) throws IOException {
            return Pattern.compile("(?m)^ *@(Harness\\.)?Test\\(").matcher(Files.readString(file))
                    .find();
        }

        private List<Path> javaFiles(String folder) throws IOException {
            if (!Files.exists(root.resolve(folder))) {
                return List.of();
            }
            try (Stream<Path> all = Files.list(root.resolve(folder))) {
                return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
            }
        }

        /** Runs a part up to its first failure, and returns that, or null. */
        private String failure(List<String> part) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>();
            if (isNobody()) { // a defect may do harm, for example replace /dev/null
                command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup",
                        "--clear-groups"));
            }
            // This leads a group of its own, and ends it after so many seconds.
            String seconds = options.getOrDefault("--limit", "240");
            command.addAll(List.of("timeout", "-s", "KILL", seconds));
            command.addAll(part);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                    .directory(place.resolve("copy").toFile())
                    .redirectInput(new java.io.File("/dev/null"));
            String jdk = System.getProperty("java.home");
            builder.environment().putAll(Map.of("JAVA_HOME", jdk,
                    "PATH", jdk + "/bin:" + System.getenv("PATH"),
                    "TMPDIR", place.resolve("tmp").toString(),
                    "HOME", place.resolve("home").toString()));
            Process process = builder.start();
            running.add(process);
            String name = part.get(part.get(0).equals("bash") ? 1 : 6);
            String failure = null;
            int passed = 0;
            try (BufferedReader lines = process.inputReader()) {
                String line = lines.readLine();
                while (line != null && !line.startsWith("not ok")) {
                    passed += line.startsWith("ok ") ? 1 : 0;
                    line = lines.readLine();
                }
                failure = line;
            } catch (IOException ended) {
                failure = "its output broke off"; // the process was killed
            }
            if (failure != null) {
                end(process);
            }
            int exit = process.waitFor();
            end(process);
            running.remove(process);
            if (failure == null && exit == 128 + 9) {
                failure = "no end in time";
            } else if (failure == null && (exit != 0 || passed == 0)) {
                failure = passed + " tests, exit " + exit;
            }
            return failure == null ? null : name + ": " + failure;
        }
    }

    private boolean isNobody() {
        return System.getProperty("user.name").equals("root") && !has("--as-root");
    }

    /** Ends what a part has started, too: its group has its number. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        try {
            new ProcessBuilder("kill", "-KILL", "--", "-" + process.pid())
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor();
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
        }
    }

    // ---- Run ----

    /** Result is what became of a mutant that was run; null for a failure means it survived. */
    private record Result(Mutant mutant, String failure) { }

    private final List<Result> results = new ArrayList<>();
    private final Deque<Mutant> queue = new ArrayDeque<>();
    private int wanted;

    private int run() throws Exception {
        List<Mutant> mutants = new ArrayList<>();
        if (has("--by-hand")) {
            list("mutants.txt").forEach(row -> mutants.add(row.mutant));
        } else {
            Map<String, Mutant> found = new LinkedHashMap<>();
            new JavaRules(found).scan(places.unit, null);
            addShellMutants(found);
            mutants.addAll(found.values());
        }
        if (has("--section")) {
            String section = knownSection(options.get("--section"));
            mutants.removeIf(mutant -> !mutant.section.equals(section));
        }
        if (has("--id")) {
            mutants.removeIf(mutant -> !mutant.id(source).equals(options.get("--id")));
        }
        Map<String, Row> accepted = accepted();
        if (has("--list")) {
            mutants.forEach(mutant -> System.out.println(mutant.shown(source)));
            System.out.println("# " + mutants.size() + " mutants, before any is compiled");
        } else {
            boolean isSample = !has("--by-hand") && !has("--id");
            wanted = isSample ? number("--count", 100) : mutants.size();
            queue.addAll(isSample ? sample(mutants) : mutants);
            runAll(accepted);
            report();
        }
        new TreeSet<>(faults).forEach(fault -> System.out.println("FAULT " + fault));
        boolean isCaught = results.stream().allMatch(result -> result.failure != null);
        boolean isRun = has("--list") ? !mutants.isEmpty() : !results.isEmpty();
        return isRun && isCaught && faults.isEmpty() ? 0 : 2;
    }

    /** Returns them in an order that the seed makes, one of each line before the second of any. */
    private List<Mutant> sample(List<Mutant> mutants) {
        Collections.shuffle(mutants, new Random(number("--seed", 1)));
        Map<Integer, Integer> ofLine = new HashMap<>();
        Map<Mutant, Integer> rounds = new HashMap<>();
        for (Mutant mutant : mutants) {
            int line = source.lastIndexOf('\n', mutant.start);
            rounds.put(mutant, ofLine.merge(line, 1, Integer::sum));
        }
        mutants.sort(Comparator.comparing(rounds::get));
        return mutants;
    }

    private void runAll(Map<String, Row> accepted) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Mutate::end)));
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= number("--jobs", 2); i++) {
            Bench bench = new Bench(i);
            if (i == 1) {
                String failure = bench.firstFailure("Start");
                if (failure != null) {
                    throw new IllegalArgumentException("the tests fail without any defect: "
                            + failure);
                }
            }
            threads.add(new Thread(() -> {
                try {
                    work(bench, accepted);
                } catch (Exception | Error e) {
                    faults.add("the run broke off: " + e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void work(Bench bench, Map<String, Row> accepted) throws Exception {
        Mutant mutant = next(false);
        while (mutant != null) {
            Row row = has("--by-hand") ? null : accepted.get(dense(mutant));
            boolean isRun = false;
            if (row != null) {
                System.out.println("accepted: " + row.text + "\n  " + row.reason);
            } else if (bench.prepare(mutant)) {
                isRun = true;
                add(new Result(mutant, bench.firstFailure(mutant.section)));
            } else if (has("--by-hand")) {
                faults.add("does not compile, or changes nothing: " + mutant.shown(source));
            }
            mutant = next(!isRun);
        }
    }

    /** Returns the next mutant, or null if that is all; another one for one that was not run. */
    private synchronized Mutant next(boolean another) {
        wanted += another ? 1 : 0;
        if (wanted == 0 || queue.isEmpty()) {
            return null;
        }
        wanted--;
        return queue.remove();
    }

    private synchronized void add(Result result) {
        results.add(result);
        String fate = result.failure == null ? "SURVIVED" : "caught by " + result.failure;
        System.out.println(results.size() + " " + result.mutant.shown(source) + "\n  " + fate);
    }

    private void report() {
        Map<String, int[]> counts = new TreeMap<>();
        for (Result result : results) {
            for (String section : List.of(result.mutant.section, "~ all")) {
                int[] count = counts.computeIfAbsent(section, any -> new int[2]);
                count[0] += result.failure == null ? 0 : 1;
                count[1]++;
            }
        }
        System.out.printf("%n%-20s %6s %4s%n", "section", "caught", "run");
        counts.forEach((section, n) -> System.out.printf("%-20s %6d %4d%n", section, n[0], n[1]));
        for (Result result : results) {
            if (result.failure == null) {
                System.out.println("survived: " + result.mutant.shown(source));
            }
        }
    }
}
