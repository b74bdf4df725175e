import com.sun.source.tree.*;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Types;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Mutate makes defects by rule over the whole of Freshness.java and asks of each whether a fast test fails.
 *
 * Started by tests/mutate.sh, which says how. javac itself reads the file, so that a rule sees expressions and their types
 * and never the inside of a comment; the shell lines of the launcher have rules of their own. A defect that does not
 * compile, or compiles to the same bytes, is left out and another of its section takes its place.
 *
 * Sections: Command line, Mutants, Rules for Java, Rules for the launcher, Sample, Accepted survivors, Compiler, Tests, Run,
 * Report. Start reading at main.
 */
final class Mutate {
    // ---- Command line ----

    private static final String USAGE = "usage: tests/mutate.sh [--seed N] [--count N] [--section NAME]... [--only FILE] [--id ID]... [--list]"
            + " [--by-hand] [--jobs N] [--out DIR] [--verify] [--anew] [--as-root] [--baseline-failures]";
    private static final Set<String> SWITCHES = Set.of("--list", "--by-hand", "--verify", "--anew", "--as-root", "--baseline-failures");
    private static final Set<String> OPTIONS = Set.of("--seed", "--count", "--section", "--only", "--id", "--jobs", "--out", "--root", "--work", "--limit");

    private final Map<String, List<String>> options = new HashMap<>();
    private final Path root;
    private final Path work;
    private final Path out;
    private final String source;
    private final boolean superuser;
    private final List<String> testSections = new ArrayList<>();

    public static void main(String... args) throws Exception {
        try {
            System.exit(new Mutate(args).run());
        } catch (IllegalArgumentException e) {
            System.err.println("mutate: " + e.getMessage());
            System.exit(3);
        }
    }

    private Mutate(String... args) throws IOException {
        for (int i = 0; i < args.length; i++) {
            if (!SWITCHES.contains(args[i]) && (!OPTIONS.contains(args[i]) || i + 1 == args.length)) {
                throw new IllegalArgumentException("not an option, or without its value: " + args[i] + "\n" + USAGE);
            }
            List<String> given = options.computeIfAbsent(args[i], name -> new ArrayList<>());
            given.add(SWITCHES.contains(args[i]) ? "" : args[++i]);
        }
        root = Path.of(one("--root", "."));
        work = Path.of(one("--work", "mutants"));
        out = Path.of(one("--out", work.toString()));
        source = Files.readString(root.resolve("Freshness.java"));
        superuser = "root".equals(System.getProperty("user.name"));
        Path tests = root.resolve("tests/FreshnessTest.java");
        Matcher section = Pattern.compile("SECTIONS\\.put\\(\"(\\w+)\"").matcher(Files.exists(tests) ? Files.readString(tests) : "");
        while (section.find()) {
            testSections.add(section.group(1));
        }
    }

    /** The last one counts: mutate.sh puts its own before those of the user. */
    private String one(String option, String otherwise) {
        List<String> given = options.getOrDefault(option, List.of(otherwise));
        return given.get(given.size() - 1);
    }

    private int number(String option, int otherwise) {
        return Integer.parseInt(one(option, "" + otherwise));
    }

    private boolean has(String option) {
        return options.containsKey(option);
    }

    // ---- Mutants ----

    private static final String LAUNCHER = "Launcher";

    /**
     * Mutant is one defect: a piece of the source, and what replaces it.
     *
     * @param key      "old => new" in whole lines, with lines before them where the same stands elsewhere: a name that
     *                 stays while the file is edited around it
     * @param constant whether other classes hold a copy of what is changed, and have to be compiled anew
     */
    record Mutant(String section, String rule, int line, int start, int end, String replacement, boolean constant, String key) {
        String id() {
            return digest(key).substring(0, 8);
        }

        String applied(String source) {
            return source.substring(0, start) + replacement + source.substring(end);
        }

        String shown() {
            int arrow = key.indexOf(" => ");
            return "Freshness.java:" + line + " [" + section + "] " + rule + "  (" + id() + ")\n  - " + key.substring(0, arrow) + "\n  + "
                    + key.substring(arrow + 4);
        }
    }

    /** Every defect that the rules can make, in the order of the file; whether it compiles is not known yet. */
    private static List<Mutant> candidates(String source) throws IOException {
        Map<String, Mutant> found = new LinkedHashMap<>(); // by the text that results: two rules may make the same
        new JavaRules(source, found).scan();
        new LauncherRules(source, found).scan();
        List<Mutant> mutants = new ArrayList<>(found.values());
        mutants.sort(Comparator.comparingInt(Mutant::start));
        return named(source, mutants);
    }

    /** The defects of tests/mutants.txt, which no rule makes. A text that does not stand in the source exactly once is a fault of the list. */
    private List<Mutant> byHand() throws IOException {
        List<Mutant> mutants = new ArrayList<>();
        for (String row : Files.readAllLines(root.resolve("tests/mutants.txt"))) {
            int arrow = row.indexOf(" =>");
            if (arrow < 0 || row.startsWith("# ")) {
                continue;
            }
            String old = row.substring(0, arrow).replace("<NL>", "\n");
            int at = source.indexOf(old);
            if (at < 0 || source.indexOf(old, at + 1) >= 0) {
                faults.add("not exactly once in the source: " + row);
                continue;
            }
            String replacement = row.substring(arrow + 3).strip().replace("<NL>", "\n");
            String section = at < source.indexOf('\n') ? LAUNCHER : sections(source).floorEntry(at).getValue();
            mutants.add(new Mutant(section, "by hand", lineOf(source, at), at, at + old.length(), replacement, true, ""));
        }
        return named(source, mutants);
    }

    /** Gives each mutant the shortest key that no other has. */
    private static List<Mutant> named(String source, List<Mutant> mutants) {
        List<Mutant> open = mutants;
        Map<Mutant, String> keys = new IdentityHashMap<>();
        for (int before = 0; !open.isEmpty(); before++) {
            Map<String, List<Mutant>> same = new LinkedHashMap<>();
            for (Mutant mutant : open) {
                keys.put(mutant, key(source, mutant, before));
                same.computeIfAbsent(keys.get(mutant), key -> new ArrayList<>()).add(mutant);
            }
            open = new ArrayList<>();
            for (List<Mutant> alike : same.values()) {
                if (alike.size() > 1 && before < 20) {
                    open.addAll(alike);
                }
            }
        }
        List<Mutant> named = new ArrayList<>();
        for (Mutant m : mutants) {
            named.add(new Mutant(m.section, m.rule, m.line, m.start, m.end, m.replacement, m.constant, keys.get(m)));
        }
        return named;
    }

    private static String key(String source, Mutant m, int linesBefore) {
        int from = source.lastIndexOf('\n', m.start - 1) + 1;
        int to = source.indexOf('\n', m.end);
        to = to < 0 ? source.length() : to;
        String changed = source.substring(from, m.start) + m.replacement + source.substring(m.end, to);
        int context = from;
        for (int i = 0; i < linesBefore && context > 0; i++) {
            context = source.lastIndexOf('\n', context - 2) + 1;
        }
        return oneLine(source.substring(context, to)) + " => " + (changed.isBlank() ? "(nothing)" : oneLine(changed));
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\n\\s*", " <NL> ");
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int lineOf(String source, int at) {
        return 1 + (int) source.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    /** The sections by the place where each begins. What stands before the first is "Head"; the shell's first line is the launcher's. */
    private static TreeMap<Integer, String> sections(String source) {
        TreeMap<Integer, String> sections = new TreeMap<>();
        sections.put(0, "Head");
        Matcher banner = Pattern.compile("(?m)^[ /*#]*-{2,} (\\S.*?) -{2,}$").matcher(source);
        while (banner.find()) {
            sections.put(banner.start(), banner.group(1));
        }
        return sections;
    }

    // ---- Rules for Java ----

    private static final Map<String, List<String>> OPERATORS = Map.ofEntries(
            Map.entry("<", List.of("<=", ">")), Map.entry("<=", List.of("<", ">=")),
            Map.entry(">", List.of(">=", "<")), Map.entry(">=", List.of(">", "<=")),
            Map.entry("==", List.of("!=")), Map.entry("!=", List.of("==")),
            Map.entry("&&", List.of("||")), Map.entry("||", List.of("&&")),
            Map.entry("+", List.of("-")), Map.entry("-", List.of("+")),
            Map.entry("*", List.of("/")), Map.entry("/", List.of("*")), Map.entry("%", List.of("/")),
            Map.entry("<<", List.of(">>")), Map.entry(">>", List.of("<<")), Map.entry("&", List.of("|")), Map.entry("|", List.of("&")),
            Map.entry("+=", List.of("-=")), Map.entry("-=", List.of("+=")), Map.entry("++", List.of("--")), Map.entry("--", List.of("++")));
    private static final Map<String, String> OTHER_METHODS = Map.of("min", "max", "max", "min", "startsWith", "endsWith", "endsWith", "startsWith",
            "indexOf", "lastIndexOf", "lastIndexOf", "indexOf", "getFirst", "getLast", "getLast", "getFirst");
    private static final List<String> EXIT_CODES = List.of("SAFE", "UNSAFE", "UNEVALUATED");

    /** JavaRules walks the syntax tree that javac made, with the types that it found. */
    private static final class JavaRules extends TreePathScanner<Void, Void> {
        private final String source;
        private final Map<String, Mutant> found;
        private final TreeMap<Integer, String> sections;
        private final CompilationUnitTree unit;
        private final Trees trees;
        private final Types types;
        private final SourcePositions positions;

        JavaRules(String source, Map<String, Mutant> found) throws IOException {
            this.source = source;
            this.found = found;
            sections = sections(source);
            JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, null,
                    List.of("--release", "17", "-proc:none"), null, List.of(new SourceText(source)));
            unit = task.parse().iterator().next();
            task.analyze();
            trees = Trees.instance(task);
            types = task.getTypes();
            positions = trees.getSourcePositions();
        }

        void scan() {
            for (Tree type : unit.getTypeDecls()) {
                scan(new TreePath(new TreePath(unit), type), null);
            }
        }

        // What the rules share.

        private int start(Tree tree) {
            return (int) positions.getStartPosition(unit, tree);
        }

        private int end(Tree tree) {
            return (int) positions.getEndPosition(unit, tree);
        }

        private String text(Tree tree) {
            return source.substring(start(tree), end(tree));
        }

        /** Whether the tree stands in the file: javac adds constructors and calls of its own. */
        private boolean written(Tree tree) {
            return tree != null && start(tree) >= 0 && end(tree) > start(tree);
        }

        private void add(String rule, int from, int to, String replacement) {
            if (from >= 0 && to >= from && !source.substring(from, to).equals(replacement)) {
                int first = from;
                while (first < to && Character.isWhitespace(source.charAt(first))) {
                    first++;
                }
                found.putIfAbsent(from + " " + to + " " + replacement, new Mutant(sections.floorEntry(first).getValue(), rule,
                        lineOf(source, first), from, to, replacement, inConstant(), ""));
            }
        }

        private void add(String rule, Tree tree, String replacement) {
            if (written(tree)) {
                add(rule, start(tree), end(tree), replacement);
            }
        }

        /** javac copies the value of a constant into each class that uses it. */
        private boolean inConstant() {
            for (TreePath path = getCurrentPath(); path != null; path = path.getParentPath()) {
                if (path.getLeaf() instanceof VariableTree && trees.getElement(path) instanceof VariableElement variable
                        && variable.getKind() == ElementKind.FIELD && variable.getConstantValue() != null) {
                    return true;
                }
            }
            return false;
        }

        private TypeMirror type(Tree tree) {
            return trees.getTypeMirror(new TreePath(getCurrentPath(), tree));
        }

        /** The operator, which stands alone but for white space and brackets between its operands. */
        private void operators(int from, int to) {
            Matcher operator = Pattern.compile("[-+*/%<>=!&|]+").matcher(source).region(from, to);
            if (operator.find()) {
                for (String other : OPERATORS.getOrDefault(operator.group(), List.of())) {
                    add("operator " + operator.group() + " to " + other, operator.start(), operator.end(), other);
                }
            }
        }

        private void condition(ExpressionTree condition) {
            if (written(condition) && !(unwrapped(condition) instanceof LiteralTree)) {
                ExpressionTree inner = unwrapped(condition);
                add("condition negated", inner, "!(" + text(inner) + ")");
                add("condition always true", inner, "true");
                add("condition always false", inner, "false");
            }
        }

        private static ExpressionTree unwrapped(ExpressionTree tree) {
            return tree instanceof ParenthesizedTree brackets ? unwrapped(brackets.getExpression()) : tree;
        }

        // One method for each kind of tree.

        @Override public Void visitIf(IfTree tree, Void none) {
            condition(tree.getCondition());
            if (tree.getElseStatement() != null) {
                add("else dropped", end(tree.getThenStatement()), end(tree.getElseStatement()), "");
            }
            return super.visitIf(tree, none);
        }

        @Override public Void visitWhileLoop(WhileLoopTree tree, Void none) {
            condition(tree.getCondition());
            return super.visitWhileLoop(tree, none);
        }

        @Override public Void visitDoWhileLoop(DoWhileLoopTree tree, Void none) {
            condition(tree.getCondition());
            return super.visitDoWhileLoop(tree, none);
        }

        @Override public Void visitForLoop(ForLoopTree tree, Void none) {
            if (tree.getCondition() != null) {
                condition(tree.getCondition());
            }
            return super.visitForLoop(tree, none);
        }

        @Override public Void visitConditionalExpression(ConditionalExpressionTree tree, Void none) {
            ExpressionTree yes = tree.getTrueExpression();
            ExpressionTree no = tree.getFalseExpression();
            add("ternary branches swapped", start(yes), end(no), text(no) + source.substring(end(yes), start(no)) + text(yes));
            add("ternary always its first", tree, text(yes));
            // The condition stays, so that what is bound in it stays bound.
            add("ternary always its second", tree, text(no));
            return super.visitConditionalExpression(tree, none);
        }

        @Override public Void visitBinary(BinaryTree tree, Void none) {
            ExpressionTree left = tree.getLeftOperand();
            ExpressionTree right = tree.getRightOperand();
            operators(end(left), start(right));
            boolean logic = tree.getKind() == Tree.Kind.CONDITIONAL_AND || tree.getKind() == Tree.Kind.CONDITIONAL_OR;
            if (logic) {
                add("right operand dropped", tree, text(left));
                add("left operand dropped", tree, text(right));
                for (ExpressionTree operand : List.of(left, right)) {
                    if (!(unwrapped(operand) instanceof BinaryTree)) {
                        add("operand negated", operand, "!(" + text(operand) + ")");
                    }
                }
            } else if (Set.of(Tree.Kind.MINUS, Tree.Kind.DIVIDE, Tree.Kind.REMAINDER, Tree.Kind.LEFT_SHIFT).contains(tree.getKind())) {
                add("operands swapped", tree, text(right) + source.substring(end(left), start(right)) + text(left));
            }
            return super.visitBinary(tree, none);
        }

        @Override public Void visitUnary(UnaryTree tree, Void none) {
            ExpressionTree operand = tree.getExpression();
            switch (tree.getKind()) {
                case LOGICAL_COMPLEMENT -> add("negation dropped", tree, text(operand));
                case UNARY_MINUS -> add("sign dropped", tree, text(operand));
                case PREFIX_INCREMENT, PREFIX_DECREMENT -> operators(start(tree), start(operand));
                case POSTFIX_INCREMENT, POSTFIX_DECREMENT -> operators(end(operand), end(tree));
                default -> { }
            }
            return super.visitUnary(tree, none);
        }

        @Override public Void visitCompoundAssignment(CompoundAssignmentTree tree, Void none) {
            operators(end(tree.getVariable()), start(tree.getExpression()));
            return super.visitCompoundAssignment(tree, none);
        }

        @Override public Void visitLiteral(LiteralTree tree, Void none) {
            if (!written(tree)) {
                return null;
            }
            String text = text(tree);
            switch (tree.getKind()) {
                case INT_LITERAL, LONG_LITERAL -> {
                    String suffix = tree.getKind() == Tree.Kind.LONG_LITERAL ? "L" : "";
                    long value = ((Number) tree.getValue()).longValue();
                    add("constant one more", tree, value + 1 + suffix);
                    add("constant one less", tree, value > 0 ? value - 1 + suffix : "(-1" + suffix + ")");
                }
                case BOOLEAN_LITERAL -> add("true and false swapped", tree, text.equals("true") ? "false" : "true");
                case CHAR_LITERAL -> {
                    char value = (Character) tree.getValue();
                    add("another character", tree, value >= ' ' && value < '~' && value != '&' && value != '[' ? "'" + (char) (value + 1) + "'" : "'#'");
                }
                case STRING_LITERAL -> strings(start(tree), text);
                default -> { }
            }
            return null;
        }

        private void strings(int start, String text) {
            if (text.startsWith("\"\"\"")) {
                int from = text.indexOf('\n') + 1;
                for (int to; (to = text.indexOf('\n', from)) >= 0; from = to + 1) {
                    if (!text.substring(from, to).isBlank()) {
                        add("line of a text dropped", start + from, start + to + 1, "");
                        int first = from;
                        while (text.charAt(first) == ' ') {
                            first++;
                        }
                        changed(start + first, text.substring(first, to));
                    }
                }
            } else if (text.length() > 2) {
                add("string emptied", start, start + text.length(), "\"\"");
                changed(start + 1, text.substring(1, text.length() - 1));
            } else {
                add("string filled", start, start + 2, "\"~\"");
            }
        }

        /** A "~" in the middle: the ends alone are what a test by startsWith would see. Never inside "{}" or an escape. */
        private void changed(int start, String content) {
            int at = content.length() / 2;
            while (at > 0 && (content.charAt(at - 1) == '\\' || content.charAt(at - 1) == '{' || at > 1 && content.charAt(at - 2) == '\\')) {
                at--;
            }
            add("string changed", start + at, start + at, "~");
        }

        @Override public Void visitExpressionStatement(ExpressionStatementTree tree, Void none) {
            if (written(tree) && source.charAt(end(tree) - 1) == ';') {
                add(unwrapped(tree.getExpression()) instanceof MethodInvocationTree ? "call dropped" : "assignment dropped", tree, ";");
            }
            return super.visitExpressionStatement(tree, none);
        }

        @Override public Void visitThrow(ThrowTree tree, Void none) {
            add("throw dropped", tree, ";");
            return super.visitThrow(tree, none);
        }

        @Override public Void visitBreak(BreakTree tree, Void none) {
            add("break dropped", tree, ";");
            return null;
        }

        @Override public Void visitContinue(ContinueTree tree, Void none) {
            add("continue dropped", tree, ";");
            return null;
        }

        @Override public Void visitCase(CaseTree tree, Void none) {
            if (!tree.getExpressions().isEmpty()) {
                add("case dropped", tree, "");
            }
            return super.visitCase(tree, none);
        }

        @Override public Void visitReturn(ReturnTree tree, Void none) {
            if (tree.getExpression() == null) {
                add("return dropped", tree, ";");
            } else {
                for (String value : defaults(type(tree.getExpression()))) {
                    add("returns " + value, tree.getExpression(), value);
                }
                if (type(tree.getExpression()).getKind() == TypeKind.BOOLEAN && !(unwrapped(tree.getExpression()) instanceof LiteralTree)) {
                    add("result negated", tree.getExpression(), "!(" + text(tree.getExpression()) + ")");
                }
            }
            return super.visitReturn(tree, none);
        }

        private static List<String> defaults(TypeMirror type) {
            return type == null ? List.of() : switch (type.getKind()) {
                case BOOLEAN -> List.of("true", "false");
                case INT, LONG, SHORT, BYTE, CHAR -> List.of("0");
                case DECLARED -> type.toString().equals("java.lang.String") ? List.of("null", "\"\"") : List.of("null");
                case ARRAY -> List.of("null");
                default -> List.of();
            };
        }

        @Override public Void visitMethod(MethodTree tree, Void none) {
            if (written(tree) && tree.getBody() != null && tree.getReturnType() != null && written(tree.getBody())) {
                boolean nothing = tree.getReturnType().getKind() == Tree.Kind.PRIMITIVE_TYPE
                        && ((PrimitiveTypeTree) tree.getReturnType()).getPrimitiveTypeKind() == TypeKind.VOID;
                if (nothing) {
                    int at = start(tree.getBody()) + 1;
                    add("returns at once", at, at, " if (true) { return; }");
                }
            }
            return super.visitMethod(tree, none);
        }

        @Override public Void visitVariable(VariableTree tree, Void none) {
            if (written(tree.getInitializer()) && unwrapped(tree.getInitializer()).getKind() == Tree.Kind.METHOD_INVOCATION) {
                List<String> values = defaults(type(tree.getInitializer()));
                if (!values.isEmpty()) {
                    add("starts as " + values.get(0), tree.getInitializer(), values.get(0));
                }
            }
            return super.visitVariable(tree, none);
        }

        @Override public Void visitMethodInvocation(MethodInvocationTree tree, Void none) {
            if (written(tree)) {
                if (!text(tree.getMethodSelect()).matches("Math\\.(min|max)")) { // the same either way
                    arguments(tree.getArguments());
                }
                if (tree.getMethodSelect() instanceof MemberSelectTree select && OTHER_METHODS.containsKey(select.getIdentifier().toString())
                        && !(select.getExpression() instanceof LiteralTree)) { // a table of characters has each once
                    String name = select.getIdentifier().toString();
                    add(name + " to " + OTHER_METHODS.get(name), end(select) - name.length(), end(select), OTHER_METHODS.get(name));
                }
            }
            return super.visitMethodInvocation(tree, none);
        }

        @Override public Void visitNewClass(NewClassTree tree, Void none) {
            if (written(tree)) {
                arguments(tree.getArguments());
            }
            return super.visitNewClass(tree, none);
        }

        /** Neighbours of one type, swapped. */
        private void arguments(List<? extends ExpressionTree> arguments) {
            for (int i = 1; i < arguments.size(); i++) {
                ExpressionTree left = arguments.get(i - 1);
                ExpressionTree right = arguments.get(i);
                TypeMirror one = type(left);
                TypeMirror other = type(right);
                if (written(left) && written(right) && one != null && other != null && one.getKind() != TypeKind.NULL && types.isSameType(one, other)) {
                    add("arguments swapped", start(left), end(right), text(right) + source.substring(end(left), start(right)) + text(left));
                }
            }
        }

        @Override public Void visitIdentifier(IdentifierTree tree, Void none) {
            names(tree, tree.getName().toString());
            return super.visitIdentifier(tree, none);
        }

        @Override public Void visitMemberSelect(MemberSelectTree tree, Void none) {
            names(tree, tree.getIdentifier().toString());
            return super.visitMemberSelect(tree, none);
        }

        private void names(Tree tree, String name) {
            Element element = written(tree) ? trees.getElement(getCurrentPath()) : null;
            if (element == null) {
                return;
            }
            int from = end(tree) - name.length();
            if (EXIT_CODES.contains(name) && element.getKind() == ElementKind.FIELD) {
                for (String other : EXIT_CODES) {
                    add("exit code", from, end(tree), other);
                }
            }
            // As a case of a switch it would only stand there twice.
            boolean label = getCurrentPath().getParentPath().getLeaf() instanceof CaseTree
                    && ((CaseTree) getCurrentPath().getParentPath().getLeaf()).getExpressions().contains(tree);
            if (element.getKind() == ElementKind.ENUM_CONSTANT && !label) {
                List<String> constants = new ArrayList<>();
                for (Element member : element.getEnclosingElement().getEnclosedElements()) {
                    if (member.getKind() == ElementKind.ENUM_CONSTANT) {
                        constants.add(member.getSimpleName().toString());
                    }
                }
                add("another constant", from, end(tree), constants.get((constants.indexOf(name) + 1) % constants.size()));
            }
        }
    }

    // ---- Rules for the launcher ----

    /** ShellRule replaces each match of a pattern in a line of shell. */
    private record ShellRule(String name, Pattern pattern, String replacement) {
        static ShellRule of(String name, String pattern, String replacement) {
            return new ShellRule(name, Pattern.compile(pattern), replacement);
        }
    }

    private static final List<ShellRule> SHELL_RULES = List.of(
            ShellRule.of("line dropped", "^.*\\S.*$", ""),
            ShellRule.of("test negated", "(?<![!\\w] )(?<=^|[\\s;({&|])\\[ ", "! [ "),
            ShellRule.of("negation dropped", "(?<=[\\[\\s])! ", ""),
            ShellRule.of("-z to -n", "(?<=\\s)-z ", "-n "),
            ShellRule.of("-n to -z", "(?<=\\s)-n ", "-z "),
            ShellRule.of("= to !=", "(?<= )= ", "!= "),
            ShellRule.of("&& to ||", "&&", "||"),
            ShellRule.of("|| to &&", "\\|\\|", "&&"),
            ShellRule.of("string emptied", "\"[^\"\\s][^\"]*\"", "\"\""),
            ShellRule.of("string emptied", "'[^']+'", "''"),
            ShellRule.of("exit code", "exit 3", "exit 0"),
            ShellRule.of("constant one more", "(?<![\\w$.:&>=%-])\\d(?=[\\s;)])", "9"),
            ShellRule.of("option dropped", "(?<= )-[-\\w+:=]+(?: (?=17\\b)17)? ?", ""),
            ShellRule.of("exec dropped", "\\bexec ", ""),
            ShellRule.of("redirection dropped", " (?:\\d?>|<)(?:/dev/null|&\\d|&-)", ""),
            ShellRule.of("case dropped", "(?<=^|\\s)[^\\s()]+(?: \\| [^\\s()]+)*\\) (?=\\S)", "no-such-case) "));

    /** LauncherRules go over the first line and the shell lines at the end, but for their comments. */
    private static final class LauncherRules {
        private final String source;
        private final Map<String, Mutant> found;

        LauncherRules(String source, Map<String, Mutant> found) {
            this.source = source;
            this.found = found;
        }

        void scan() {
            Integer begin = null;
            for (Map.Entry<Integer, String> section : sections(source).entrySet()) {
                begin = section.getValue().equals(LAUNCHER) ? section.getKey() : begin;
            }
            if (begin == null) {
                return;
            }
            int first = source.startsWith("//") ? 2 : 0;
            lines(first, source.indexOf('\n'), false);
            lines(source.indexOf('\n', begin) + 1, source.length(), true);
        }

        private void lines(int from, int end, boolean droppable) {
            for (int to; from < end; from = to + 1) {
                to = source.indexOf('\n', from);
                to = to < 0 ? end : to;
                String line = source.substring(from, to);
                // A comment goes from a # at a word's start, outside of quotes as far as this file is concerned, to the line's end.
                Matcher comment = Pattern.compile("(?:^|\\s)# ").matcher(line);
                String code = comment.find() ? line.substring(0, comment.start()) : line;
                if (!code.isBlank() && !code.strip().equals("*/")) {
                    line(from, code, droppable);
                }
            }
        }

        private void line(int from, String code, boolean droppable) {
            for (ShellRule rule : SHELL_RULES) {
                Matcher match = rule.pattern.matcher(code);
                while ((droppable || !rule.name.equals("line dropped")) && match.find()) {
                    found.putIfAbsent(from + match.start() + " " + (from + match.end()) + " " + rule.replacement, new Mutant(LAUNCHER, rule.name,
                            lineOf(source, from), from + match.start(), from + match.end(), rule.replacement, false, ""));
                }
            }
        }
    }

    // ---- Sample ----

    /** The mutants of each section in the order in which they are to be tried: one of every line before the second of any. */
    private static Map<String, Deque<Mutant>> queues(List<Mutant> candidates, long seed) {
        Map<String, TreeMap<Integer, List<Mutant>>> lines = new LinkedHashMap<>();
        for (Mutant mutant : candidates) {
            lines.computeIfAbsent(mutant.section, section -> new TreeMap<>()).computeIfAbsent(mutant.line, line -> new ArrayList<>()).add(mutant);
        }
        Map<String, Deque<Mutant>> queues = new LinkedHashMap<>();
        for (Map.Entry<String, TreeMap<Integer, List<Mutant>>> section : lines.entrySet()) {
            Random random = new Random(seed * 31 + section.getKey().hashCode());
            List<List<Mutant>> order = new ArrayList<>(section.getValue().values());
            for (List<Mutant> line : order) {
                Collections.shuffle(line, random);
            }
            Collections.shuffle(order, random);
            Deque<Mutant> queue = new ArrayDeque<>();
            for (int round = 0; order.stream().mapToInt(List::size).max().orElse(0) > round; round++) {
                for (List<Mutant> line : order) {
                    if (line.size() > round) {
                        queue.add(line.get(round));
                    }
                }
            }
            queues.put(section.getKey(), queue);
        }
        return queues;
    }

    /** How many of each section: its share of the lines that can be changed, and together exactly COUNT, if there are as many. */
    private static Map<String, Integer> shares(List<Mutant> candidates, int count) {
        Map<String, Set<Integer>> lines = new LinkedHashMap<>();
        Map<String, Integer> most = new HashMap<>();
        for (Mutant mutant : candidates) {
            lines.computeIfAbsent(mutant.section, section -> new HashSet<>()).add(mutant.line);
            most.merge(mutant.section, 1, Integer::sum);
        }
        int total = lines.values().stream().mapToInt(Set::size).sum();
        Map<String, Integer> shares = new LinkedHashMap<>();
        Map<String, Double> owed = new HashMap<>();
        lines.forEach((section, own) -> {
            double exact = (double) count * own.size() / total;
            shares.put(section, Math.min(most.get(section), (int) exact));
            owed.put(section, exact - (int) exact);
        });
        List<String> order = new ArrayList<>(shares.keySet());
        order.sort(Comparator.comparingDouble(section -> -owed.get(section)));
        int given = shares.values().stream().mapToInt(Integer::intValue).sum();
        for (int i = 0; given < Math.min(count, candidates.size()); i++) {
            String section = order.get(i % order.size());
            if (shares.get(section) < most.get(section)) {
                shares.merge(section, 1, Integer::sum);
                given++;
            }
        }
        return shares;
    }

    // ---- Accepted survivors ----

    /** The sentence of each accepted survivor, by its key. A key without a sentence, or without a mutant, is a fault of the list. */
    private Map<String, String> accepted(List<Mutant> candidates) throws IOException {
        Map<String, String> accepted = new LinkedHashMap<>();
        Path list = root.resolve("tests/mutants-equivalent.txt");
        String key = null;
        for (String line : Files.exists(list) ? Files.readAllLines(list) : List.<String>of()) {
            if (line.isBlank() || line.startsWith("# ")) {
                continue;
            } else if (line.startsWith(" ")) {
                accepted.merge(Objects.requireNonNull(key, "mutants-equivalent.txt begins with a sentence"), line.strip(), (a, b) -> (a + " " + b).strip());
            } else {
                key = line.strip();
                accepted.put(key, "");
            }
        }
        Set<String> known = new HashSet<>();
        candidates.forEach(mutant -> known.add(mutant.key));
        accepted.forEach((entry, sentence) -> {
            if (sentence.isEmpty() || !known.contains(entry) && !has("--by-hand")) {
                faults.add((sentence.isEmpty() ? "accepted without a sentence: " : "accepted, but no such mutant any more: ") + entry);
            }
        });
        return accepted;
    }

    // ---- Compiler ----

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

    /** Bench is where one mutant at a time is compiled and tested: a copy of the repository, classes, a home, and temporary files. */
    private final class Bench implements AutoCloseable {
        private final Path place;
        private final Path copy;
        private final Path classes;
        private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        private Map<String, byte[]> original = Map.of();
        private boolean testsAreForeign;

        Bench(int number) throws IOException {
            place = Files.createDirectories(work.resolve("bench " + number)).toRealPath();
            copy = place.resolve("copy");
            classes = Files.createDirectories(place.resolve("classes"));
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, List.of(classes));
            String fault = compile(source, true);
            if (fault != null) {
                throw new IllegalArgumentException("does not compile without a defect: " + fault);
            }
            original = programClasses();
        }

        /** Null, or why not. Line numbers are left out: then two programs that do the same are the same bytes. */
        private String compile(String text, boolean withTests) throws IOException {
            for (Path file : programFiles()) {
                Files.delete(file);
            }
            String fault = compile(List.of(new SourceText(text)), List.of("--release", "17", "-g:none", "-proc:none", "-nowarn"));
            if (fault == null && withTests) {
                List<Path> tests = testSources();
                List<JavaFileObject> units = new ArrayList<>();
                files.getJavaFileObjectsFromPaths(tests).forEach(units::add);
                fault = compile(units, List.of("-proc:none", "-nowarn"));
            }
            return fault;
        }

        private String compile(List<? extends JavaFileObject> units, List<String> flags) {
            DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
            boolean done = compiler.getTask(null, files, said, flags, null, units).call();
            return done ? null : said.getDiagnostics().stream().filter(d -> d.getKind() == Diagnostic.Kind.ERROR).map(Object::toString).findFirst().orElse("?");
        }

        private List<Path> testSources() throws IOException {
            try (Stream<Path> tests = Files.list(root.resolve("tests"))) {
                return tests.filter(file -> file.toString().endsWith(".java") && !file.endsWith("Mutate.java")).sorted().toList();
            }
        }

        private List<Path> programFiles() throws IOException {
            try (Stream<Path> all = Files.list(classes)) {
                return all.filter(file -> file.getFileName().toString().matches("Freshness(\\$.*)?\\.class")).toList();
            }
        }

        private Map<String, byte[]> programClasses() throws IOException {
            Map<String, byte[]> bytes = new TreeMap<>();
            for (Path file : programFiles()) {
                bytes.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
            return bytes;
        }

        /** Whether the mutant is a program, and another one than the original. */
        boolean prepare(Mutant mutant) throws IOException, InterruptedException {
            String text = mutant.applied(source);
            boolean shell = mutant.section.equals(LAUNCHER);
            if (shell && !shellReads(text) || compile(shell ? source : text, mutant.constant || testsAreForeign) != null) {
                return false;
            }
            testsAreForeign = mutant.constant;
            Map<String, byte[]> classesNow = programClasses();
            if (!shell && classesNow.keySet().equals(original.keySet())
                    && classesNow.keySet().stream().allMatch(name -> Arrays.equals(classesNow.get(name), original.get(name)))) {
                return false;
            }
            lay(text);
            return true;
        }

        /** Whether a shell can read the lines at the end. The first line is left to the tests: what is wrong there is seen at once. */
        private boolean shellReads(String text) throws IOException, InterruptedException {
            int begin = text.lastIndexOf("\nlaunch() {");
            int end = text.lastIndexOf("*/");
            if (begin < 0 || end < begin) {
                return false;
            }
            Path shell = Files.writeString(place.resolve("launcher.sh"), text.substring(begin, end));
            return new ProcessBuilder("sh", "-n", shell.toString()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        }

        /** A fresh copy of the repository with that program in it: the last mutant may have damaged the one before. */
        private void lay(String text) throws IOException {
            for (String directory : List.of("copy", "tmp", "home")) {
                delete(place.resolve(directory));
                Files.createDirectory(place.resolve(directory));
            }
            try (Stream<Path> all = Files.walk(root)) {
                for (Path from : (Iterable<Path>) all::iterator) {
                    Path name = root.relativize(from);
                    if (!name.startsWith(".git") && !name.toString().isEmpty()) {
                        Files.copy(from, copy.resolve(name.toString()), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                    }
                }
            }
            Files.writeString(copy.resolve("Freshness.java"), text);
            if (superuser && !has("--as-root")) {
                UserPrincipal nobody = place.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
                for (String directory : List.of("copy", "tmp", "home")) {
                    try (Stream<Path> all = Files.walk(place.resolve(directory))) {
                        for (Path file : (Iterable<Path>) all::iterator) {
                            Files.setAttribute(file, "owner:owner", nobody, java.nio.file.LinkOption.NOFOLLOW_LINKS);
                        }
                    }
                }
            }
        }

        @Override public void close() throws IOException {
            files.close();
        }

        // ---- Tests ----

        /** The first failure in the parts that this mutant is run against; null where all pass. */
        String firstFailure(String section) throws IOException, InterruptedException {
            for (String part : parts(section)) {
                String failure = run(part, new ArrayList<>());
                if (failure != null) {
                    return part.split(" ")[0] + ": " + failure;
                }
            }
            try (Stream<Path> left = Files.list(place.resolve("tmp"))) {
                String names = String.join(", ", left.map(file -> file.getFileName().toString()).toList());
                return names.isEmpty() || ignored.contains(LEFT) ? null : LEFT + ": " + names;
            }
        }

        /** Runs one part of the tests, up to its first failure if FAILURES is to hold none but that; null where it passes. */
        private String run(String part, List<String> failures) throws IOException, InterruptedException {
            Path tmp = place.resolve("tmp");
            List<String> command = new ArrayList<>();
            if (superuser && !has("--as-root")) {
                // A defect may do harm, for example put a file in the place of /dev/null.
                command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
            }
            command.add("setsid"); // a group of its own, which ends with it
            String name = part.split(" ")[0];
            String jdk = System.getProperty("java.home");
            if (name.endsWith(".sh")) {
                command.addAll(List.of("bash", "tests/" + name, classes.toString()));
            } else {
                command.addAll(List.of(jdk + "/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + tmp,
                        "-cp", classes.toString()));
                command.addAll(List.of(part.split(" ")));
            }
            ProcessBuilder builder = new ProcessBuilder(command).directory(copy.toFile()).redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.environment().putAll(Map.of("TMPDIR", tmp.toString(), "HOME", place.resolve("home").toString(), "JAVA_HOME", jdk,
                    "PATH", jdk + "/bin:" + System.getenv("PATH")));
            builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"));
            Process process = builder.start();
            running.add(process);
            int limit = number("--limit", 240);
            Thread watch = new Thread(() -> {
                try {
                    if (!process.waitFor(limit, TimeUnit.SECONDS)) {
                        end(process);
                    }
                } catch (InterruptedException done) {
                    return;
                }
            });
            watch.setDaemon(true);
            watch.start();
            long begun = System.nanoTime();
            boolean all = !failures.isEmpty();
            failures.clear();
            int passed = 0;
            boolean known = false;
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line; (line = lines.readLine()) != null && (all || failures.isEmpty()); ) {
                    passed += line.startsWith("ok ") ? 1 : 0;
                    if (line.startsWith("not ok")) {
                        known |= ignored.contains(name + ": " + line);
                        if (!ignored.contains(name + ": " + line)) {
                            // Under a "not ok" there is a line more, and the deadline of Harness says so there.
                            String next = all ? "" : lines.readLine();
                            failures.add(next != null && next.contains("no end after") ? "a hang: " + next.strip() + ", " + line : line);
                        }
                    }
                }
            } catch (IOException ended) {
                // A pipe that breaks off says no more than that the process has ended.
            }
            boolean late = System.nanoTime() - begun >= TimeUnit.SECONDS.toNanos(limit);
            if (late || !failures.isEmpty()) {
                end(process);
            }
            int exit = process.waitFor();
            watch.interrupt();
            end(process);
            running.remove(process);
            if (late) {
                return "a hang: no end after " + limit + " s";
            } else if (!failures.isEmpty()) {
                return failures.get(0);
            }
            return passed == 0 ? "no test ran, exit " + exit : exit != 0 && !known ? "exit " + exit : null;
        }
    }

    /** Ends the process and what it left behind: its children, and its group, whose number is its own. */
    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            new ProcessBuilder("kill", "-KILL", "--", "-" + process.pid()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException noKill) {
            return; // then the children that are known have to do
        }
    }

    /** A signal to this process ends the tests that run, too. */
    private void endWithThis() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            for (Process process : running) {
                try {
                    end(process);
                } catch (InterruptedException alsoEnded) {
                    return;
                }
            }
        }));
    }

    private static final String LEFT = "something is left in the temporary directory";

    /** The sections of FreshnessTest that look first at a section of the program: most defects end there, in seconds. */
    private static final Map<String, String> LOOKS_FIRST = Map.ofEntries(
            Map.entry("Limits and defaults", "limits decision checks"), Map.entry("Usage", "usage checks messages"), Map.entry("Start", "usage delivery"),
            Map.entry("Domain", "decision advice status"), Map.entry("Decision", "decision ticks advice baselines"),
            Map.entry("Commands", "gate recovery writer watches checks usage"), Map.entry("Reports", "status reports names advice gate recovery"),
            Map.entry("State", "json baselines decision limits"), Map.entry("Edits", "writer recovery"), Map.entry("JSON", "json limits messages"),
            Map.entry("Time", "decision ticks usage"), Map.entry("Files", "files modes delivery"), Map.entry("Text", "names messages status"),
            Map.entry("Command line", "usage messages"));

    /** The parts of run-tests.sh, the quick ones first, as far as they can see a defect of that section. */
    private List<String> parts(String section) {
        List<String> parts = switch (section) {
            case LAUNCHER -> List.of("launcher.sh", "processes.sh", "DocumentsTest", "FreshnessTest");
            case "Start", "Command line", "Usage", "Head" -> List.of("FreshnessTest", "Judge 300", "processes.sh", "DocumentsTest", "launcher.sh");
            default -> List.of("FreshnessTest", "Judge 300", "processes.sh", "DocumentsTest");
        };
        return parts.stream().filter(part -> Files.exists(root.resolve("tests").resolve(file(part))))
                .map(part -> part.equals("FreshnessTest") ? String.join(" ", inOrder(section)) : part).toList();
    }

    /** FreshnessTest and all of its sections, those first that look at this section of the program; without any if it has none. */
    private List<String> inOrder(String section) {
        Set<String> order = new LinkedHashSet<>(List.of(LOOKS_FIRST.getOrDefault(section, "source").split(" ")));
        order.retainAll(testSections);
        order.addAll(testSections);
        List<String> words = new ArrayList<>(List.of("FreshnessTest"));
        words.addAll(order);
        return words;
    }

    private static String file(String part) {
        return part.endsWith(".sh") ? part : part.split(" ")[0] + ".java";
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            path.toFile().setWritable(true);
            path.toFile().setExecutable(true);
            path.toFile().setReadable(true);
            try (Stream<Path> inside = Files.list(path)) {
                for (Path file : inside.toList()) {
                    delete(file);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    // ---- Run ----

    /** Outcome is what became of a mutant. CAUGHT covers a hang, whose detail says so. */
    private enum Outcome { CAUGHT, SURVIVED, ACCEPTED, NO_MUTANT }

    private record Result(Mutant mutant, Outcome outcome, String detail) { }

    private final Set<String> ignored = new HashSet<>();
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> known = new HashMap<>();
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    private int run() throws Exception {
        List<Mutant> candidates = has("--by-hand") ? byHand() : candidates(source);
        Map<String, String> accepted = accepted(candidates);
        if (has("--list")) {
            candidates.forEach(mutant -> System.out.println(mutant.shown()));
            System.out.println("# " + candidates.size() + " mutants by rule, before any is compiled: " + shares(candidates, candidates.size()));
            return candidates.isEmpty() || !faults.isEmpty() ? 2 : 0;
        }
        Map<String, Deque<Mutant>> queues = new LinkedHashMap<>();
        Map<String, Integer> wanted = new LinkedHashMap<>();
        choose(candidates, queues, wanted);
        Files.createDirectories(out);
        recall();

        endWithThis();
        List<Bench> benches = new ArrayList<>();
        for (int i = 1; i <= number("--jobs", 2); i++) {
            benches.add(new Bench(i));
        }
        withoutDefect(benches.get(0));
        Queue<Result> results = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> broken = Collections.synchronizedList(new ArrayList<>());
        long begun = System.nanoTime();
        for (Bench bench : benches) {
            Thread thread = new Thread(() -> {
                try (bench) {
                    work(bench, queues, wanted, accepted, results);
                } catch (Exception | Error e) {
                    broken.add(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (Throwable e : broken) {
            e.printStackTrace();
            faults.add("the run broke off: " + e);
        }
        return report(results, (System.nanoTime() - begun) / 1e9);
    }

    /** By seed, or by name: the keys in a file of survivors, or ids. */
    private void choose(List<Mutant> candidates, Map<String, Deque<Mutant>> queues, Map<String, Integer> wanted) throws IOException {
        Set<String> names = new HashSet<>(options.getOrDefault("--id", List.of()));
        if (has("--only")) {
            Matcher id = Pattern.compile("(?m)^Freshness\\.java:.*\\(([0-9a-f]{8})\\)$").matcher(Files.readString(Path.of(one("--only", ""))));
            while (id.find()) {
                names.add(id.group(1));
            }
        }
        boolean named = has("--id") || has("--only");
        List<Mutant> eligible = candidates.stream().filter(mutant -> named ? names.contains(mutant.id())
                : !has("--section") || options.get("--section").contains(mutant.section)).toList();
        if (named && eligible.size() < names.size()) {
            faults.add(names.size() - eligible.size() + " of the mutants named are not there any more");
        }
        if (eligible.isEmpty()) {
            throw new IllegalArgumentException("no such mutants");
        }
        queues.putAll(queues(eligible, number("--seed", 1)));
        wanted.putAll(shares(eligible, named || has("--by-hand") ? eligible.size() : number("--count", 100)));
        System.out.println("# " + candidates.size() + (has("--by-hand") ? " mutants by hand; " : " mutants by rule; ") + (named ? "by name" : "seed " + number("--seed", 1)) + ", to run: " + wanted);
    }

    /** What is known of these very files from a run before; it goes on where that one ended. */
    private void recall() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                String name = root.relativize(file).toString();
                if (Files.isRegularFile(file) && !name.startsWith(".git") && !name.matches("tests/(mutants?|mutate|Mutate)\\W.*|tests/mutants-.*")) {
                    all.append(name).append('\n').append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                }
            }
        }
        String version = "# " + digest(all.toString()) + " " + System.getProperty("java.version") + (has("--as-root") ? " as root" : "")
                + (has("--baseline-failures") ? " ignoring failures" : "");
        Path file = out.resolve("results.tsv");
        List<String> lines = Files.exists(file) && !has("--anew") ? Files.readAllLines(file) : List.of();
        if (!lines.isEmpty() && lines.get(0).equals(version)) {
            for (String line : lines) {
                String[] cells = line.split("\t", 3);
                if (cells.length == 3) {
                    known.put(cells[0], cells[1] + "\t" + cells[2]);
                }
            }
            System.out.println("# " + known.size() + " results are known from before: " + file);
        } else {
            Files.writeString(file, version + "\n");
        }
    }

    private synchronized void remember(String id, String result) {
        try {
            Files.writeString(out.resolve("results.tsv"), id + "\t" + result.replace('\n', ' ') + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            faults.add("results.tsv: " + e);
        }
    }

    /** A test that fails without any defect catches nothing. It ends the run, unless it is to be left out of account. */
    private void withoutDefect(Bench bench) throws IOException, InterruptedException {
        String id = "original";
        if (known.containsKey(id)) {
            ignored.addAll(List.of(known.get(id).split("\t")));
            return;
        }
        System.out.println("# without a defect");
        bench.lay(source);
        List<String> failures = new ArrayList<>();
        for (String part : parts("Start")) { // all there are
            long begun = System.nanoTime();
            List<String> rows = new ArrayList<>(List.of("all of them"));
            String failure = bench.run(part, rows);
            System.out.printf("#   %-14s %5.1f s%s%n", part.split(" ")[0], (System.nanoTime() - begun) / 1e9, failure == null ? "" : "  " + failure);
            (rows.isEmpty() && failure != null ? List.of(failure) : rows).forEach(row -> failures.add(part.split(" ")[0] + ": " + row));
        }
        if (!failures.isEmpty() && !has("--baseline-failures")) {
            throw new IllegalArgumentException("the tests fail without any defect:\n  " + String.join("\n  ", failures));
        }
        try (Stream<Path> left = Files.list(bench.place.resolve("tmp"))) {
            if (left.findAny().isPresent()) {
                failures.add(LEFT);
            }
        }
        failures.forEach(failure -> System.out.println("#   left out of account: " + failure));
        ignored.addAll(failures);
        remember(id, "IGNORED\t" + String.join("\t", failures));
    }

    private void work(Bench bench, Map<String, Deque<Mutant>> queues, Map<String, Integer> wanted, Map<String, String> accepted,
            Queue<Result> results) throws Exception {
        for (Mutant mutant; (mutant = next(queues, wanted)) != null; ) {
            long begun = System.nanoTime();
            String before = has("--anew") ? null : known.get(mutant.id());
            Result result;
            if (accepted.containsKey(mutant.key) && !has("--verify")) {
                result = new Result(mutant, Outcome.ACCEPTED, accepted.get(mutant.key));
            } else if (before != null) {
                result = new Result(mutant, Outcome.valueOf(before.split("\t")[0]), before.split("\t", 2)[1]);
            } else if (!bench.prepare(mutant)) {
                result = new Result(mutant, Outcome.NO_MUTANT, "");
            } else {
                String failure = bench.firstFailure(mutant.section);
                result = new Result(mutant, failure != null ? Outcome.CAUGHT : Outcome.SURVIVED, failure != null ? failure : "");
            }
            if (before == null && result.outcome != Outcome.ACCEPTED) {
                remember(mutant.id(), result.outcome + "\t" + result.detail);
            }
            if (result.outcome == Outcome.NO_MUTANT && has("--by-hand")) {
                faults.add("does not compile, or changes nothing: " + mutant.key);
            }
            if (result.outcome == Outcome.NO_MUTANT) {
                another(mutant, wanted);
                continue;
            }
            if (result.outcome == Outcome.CAUGHT && accepted.containsKey(mutant.key)) {
                faults.add("accepted, but caught: " + mutant.key);
            } else if (result.outcome == Outcome.SURVIVED && accepted.containsKey(mutant.key)) {
                result = new Result(mutant, Outcome.ACCEPTED, accepted.get(mutant.key));
            }
            results.add(result);
            String shown = mutant.shown();
            System.out.printf("%4d %-8s %5.1f s  %s%s%n", results.size(), result.outcome.toString().toLowerCase(Locale.ROOT),
                    (System.nanoTime() - begun) / 1e9, result.outcome == Outcome.SURVIVED ? shown : shown.lines().findFirst().orElse(""),
                    result.outcome == Outcome.SURVIVED ? "" : "\n       by " + shortened(result.detail));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 160 ? text : text.substring(0, 160) + "...";
    }

    /** The next one of a section that is still short; null at the end. */
    private static Mutant next(Map<String, Deque<Mutant>> queues, Map<String, Integer> wanted) {
        synchronized (wanted) {
            for (Map.Entry<String, Integer> section : wanted.entrySet()) {
                Deque<Mutant> queue = queues.get(section.getKey());
                if (section.getValue() > 0 && !queue.isEmpty()) {
                    section.setValue(section.getValue() - 1);
                    return queue.remove();
                }
            }
            return null;
        }
    }

    private static void another(Mutant instead, Map<String, Integer> wanted) {
        synchronized (wanted) {
            wanted.merge(instead.section, 1, Integer::sum);
        }
    }

    // ---- Report ----

    private int report(Collection<Result> results, double seconds) throws IOException {
        Map<String, int[]> counts = new LinkedHashMap<>();
        int[] total = new int[Outcome.values().length];
        int hangs = 0;
        Map<String, Integer> by = new TreeMap<>();
        List<Result> survivors = new ArrayList<>();
        List<Result> order = new ArrayList<>(results);
        order.sort(Comparator.comparingInt(result -> result.mutant.start));
        for (Result result : order) {
            counts.computeIfAbsent(result.mutant.section, section -> new int[total.length])[result.outcome.ordinal()]++;
            total[result.outcome.ordinal()]++;
            hangs += result.detail.contains("a hang: ") ? 1 : 0;
            if (result.outcome == Outcome.SURVIVED) {
                survivors.add(result);
            } else if (result.outcome == Outcome.CAUGHT) {
                by.merge(result.detail.split(":")[0], 1, Integer::sum);
            }
        }
        counts.put("all", total);
        System.out.printf("%n%-20s %6s %4s %9s %9s%n", "section", "caught", "run", "survived", "accepted");
        counts.forEach((section, n) -> {
            int all = n[0] + n[1] + n[2];
            System.out.printf("%-20s %6d %4d %9d %9d  %5.1f %%%n", section, n[0], all, n[1], n[2], all == 0 ? 0.0 : 100.0 * n[0] / all);
        });
        System.out.println("# caught by: " + by);
        StringBuilder text = new StringBuilder();
        survivors.forEach(result -> text.append(result.mutant.shown()).append('\n'));
        Path file = out.resolve(has("--only") || has("--id") ? "survivors.txt" : "survivors-" + number("--seed", 1) + ".txt");
        Files.writeString(file, text.toString());
        if (!survivors.isEmpty()) {
            System.out.println("\nsurvivors, also in " + file + ":\n" + text.toString().strip());
        }
        for (Result result : order) {
            if (result.outcome == Outcome.ACCEPTED) {
                System.out.println("\naccepted: " + result.mutant.key + "\n  " + result.detail);
            }
        }
        new TreeSet<>(faults).forEach(fault -> System.out.println("FAULT " + fault));
        int run = order.size();
        System.out.printf("%n# mutants: %d caught (%d of them hung), %d survived, %d accepted, %d faults; %.0f s, %.1f a minute%n",
                total[0], hangs, total[1], total[2], faults.size(), seconds, run * 60 / Math.max(1, seconds));
        return run > 0 && survivors.isEmpty() && faults.isEmpty() ? 0 : 2;
    }
}
