import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SourceTest checks the text of the program: its map, its imports and its layout. */
final class SourceTest extends Sandbox {
    private static final int MAX_COLUMNS = 100;
    /** A banner of Java or of the shell, such as "// ---- Decision ----". */
    private static final Pattern BANNER = Pattern.compile("(?m)^ *(?://|/\\*) -+ (.+?) -+$");
    /** An entry of the map, such as " *   Decision      what it is about". */
    private static final Pattern ENTRY = Pattern.compile("(?m)^ \\*   (\\S+(?: \\S+)*) {2,}\\S");
    private static final Pattern TYPE = Pattern.compile(
            "(?m)^(?:public |final |sealed |abstract )*(?:class|record|enum|interface) (\\w+)");
    /** What is no code: comments, text blocks, strings and characters. */
    private static final Pattern NO_CODE = Pattern.compile(
            "(?s)/\\*.*?\\*/|//[^\n]*|\"\"\".*?\"\"\""
            + "|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])+'");

    private static String source() throws IOException {
        return Files.readString(home.resolve("Freshness.java"));
    }

    /** Returns the source without comments and literals, line by line. */
    private static List<String> codeLines() throws IOException {
        String code = NO_CODE.matcher(source()).replaceAll(SourceTest::lineBreaks);
        return code.lines().toList();
    }

    private static String lineBreaks(MatchResult match) {
        return " " + match.group().replaceAll("[^\n]", "");
    }

    @Harness.Test("source: the map in the opening comment is the sections of the file")
    static void mapIsSections() throws Exception {
        String source = source();
        int begin = source.indexOf("The sections, in order:");
        String map = source.substring(begin, source.indexOf("\n *\n", begin));
        List<String> banners = groups(BANNER, source);
        equal("the map", groups(ENTRY, map), banners);
        equal("more than five sections", banners.size() > 5, true);
    }

    private static List<String> groups(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Harness.Test("source: each type of java.lang is imported by name, so that none can shadow it")
    static void javaLangIsImported() throws Exception {
        String code = String.join("\n", codeLines());
        Set<String> used = new TreeSet<>();
        for (String name : groups(Pattern.compile("(?<![.\\w])([A-Z]\\w*)"), code)) {
            if (isInJavaLang(name)) {
                used.add(name);
            }
        }
        equal("String is used", used.contains("String"), true);
        for (String type : used) {
            equal(type, code.contains("import java.lang." + type + ";"), true);
        }
    }

    /** Returns whether this is a class there, to the letter: some file systems ignore the case. */
    private static boolean isInJavaLang(String name) {
        try {
            return Class.forName("java.lang." + name).getSimpleName().equals(name);
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    @Harness.Test("source: it is ASCII, has no package, and Freshness is its first type")
    static void sourceIsPlain() throws Exception {
        String source = source();
        equal("ASCII", source.chars().allMatch(c -> c < 0x7f), true);
        equal("package", Pattern.compile("(?m)^package ").matcher(source).find(), false);
        equal("first type", groups(TYPE, source).get(0), "Freshness");
    }

    @Harness.Test("source: all lines but the first have at most 100 columns")
    static void linesAreShort() throws Exception {
        List<String> lines = source().lines().toList();
        equal("lines", lines.size() > 1000, true);
        for (int i = 1; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.length() > MAX_COLUMNS) {
                equal("Freshness.java:" + (i + 1), line, "at most 100 columns");
            }
        }
    }

    @Harness.Test("source: no condition is made a number to calculate with")
    static void conditionsAreNoNumbers() throws Exception {
        List<String> lines = codeLines();
        equal("lines of code", lines.size(), source().lines().toList().size());
        String number = "\\? *[01] *: *[01]\\b";
        Pattern calculation = Pattern.compile("[-+*].*" + number + "|" + number + "[ )]*[-+*]");
        for (int i = 0; i < lines.size(); i++) {
            if (calculation.matcher(lines.get(i)).find()) {
                equal("Freshness.java:" + (i + 1), lines.get(i).strip(), "an if");
            }
        }
    }
}
