"""The rows of board.sh: what a board says in a real browser, as time passes.

A row is a page, what happens to it, and what it then says. Times are milliseconds after the
evaluation, by the reader's clock.
"""
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser  # noqa: E402

work = sys.argv[1]
pages = work + "/pages"
os.chdir(pages)
passed = failed = 0


def equal(name, what, got, want):
    global passed, failed
    same = got == want
    passed, failed = passed + same, failed + (not same)
    print(("ok - " if same else "not ok - ") + name, flush=True)
    if not same:
        for label, text in (("input", what), ("got", got), ("want", want)):
            print(f"  {label + ':':<6} {text!a}"[:1500])


# --- The program ----------------------------------------------------------------------------------

PROGRAM = [
    "java",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    f"-Djdk.launcher.sourcefile={work}/program/Freshness.java",
    "-cp",
    f"{work}/classes",
    "Freshness",
]


def program(*arguments):
    done = subprocess.run(
        PROGRAM + list(arguments), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def ago(seconds):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now - datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def save(name, value):
    with open(f"{pages}/{name}", "w", encoding="utf-8") as file:
        json.dump(value, file)


def tick(name, age, **members):
    return {"name": name, "alive": True, "last_tick_at": ago(age), **members}


class Board:
    """What the program wrote about a state: the page, and when it was evaluated."""

    def __init__(self, name, baseline, state, *options):
        self.path = f"{pages}/{name}.html"
        save(name + ".base.json", baseline)
        if isinstance(state, str):
            with open(f"{pages}/{name}.json", "w", encoding="utf-8") as file:
                file.write(state)
        else:
            save(name + ".json", state)
        self.files = ["--baseline", name + ".base.json", "--state", name + ".json"]
        self.exit, self.out, self.err = program(
            "status", *self.files, "--format", "html", "--output", name + ".html", *options
        )
        self.text = open(self.path, encoding="utf-8").read()
        self.evaluated = int(re.search(r'data-evaluated="(\d+)"', self.text).group(1))

    def json(self):
        return json.loads(program("status", *self.files, "--format", "json")[1])

    def open(self, milliseconds=0):
        browser.open(self.path, self.evaluated + milliseconds)
        seen.append((self.path, browser.requests, browser.complaints))

    def edited(self, name, change):
        """The same page with another text, as a file of its own."""
        copy = object.__new__(Board)
        copy.path, copy.text = f"{pages}/{name}.html", change(self.text)
        copy.evaluated = self.evaluated
        with open(copy.path, "w", encoding="utf-8") as file:
            file.write(copy.text)
        return copy


# --- A page ---------------------------------------------------------------------------------------

# Each page that was opened, with what it asked for and complained about.
seen = []

ROWS = """Array.from(document.querySelectorAll("tbody:not(#fold) > tr")).map((row) => ({
  name: row.cells[0].textContent, tone: row.dataset.tone,
  status: (row.querySelector(".pill") || row.cells[1]).textContent.replace(/^[^ ]+ (?!proved)/, ""),
  mark: (row.querySelector(".pill") || row.cells[1]).textContent.split(" ")[0],
  alert: (row.querySelector("small") || row).textContent,
  age: (row.querySelector(".age") || row.cells[2]).textContent,
  blocked: row.cells[3].children[0].textContent, why: row.cells[3].children[1].textContent,
  next: row.cells[3].children[2].textContent, isShown: row.offsetHeight > 0,
  color: getComputedStyle(row.querySelector(".pill") || row).color }))"""


def rows():
    return browser.run(ROWS)


def row(name):
    return [each for each in rows() if each["name"] == name][0]


def headline():
    return browser.run("document.querySelector('h1').textContent")


def about():
    return browser.run("document.querySelector('header p').textContent")


def advance(milliseconds):
    browser.run(f"advance({milliseconds})")


def forget():
    """Empties the storage, and lets this page write no more, not even while it is left."""
    browser.run("localStorage.clear(); sessionStorage.clear();"
                "Storage.prototype.setItem = () => {}")


def reload(clock):
    """Loads the page again, with the clock there."""
    before = browser.loads
    browser.at(clock)
    browser.call("Page.reload")
    browser.until_loaded(before + 1)


def says(name, what, *wants):
    """The headline now; the title and the icon say the same."""
    got = headline()
    title = browser.run("document.title")
    equal(name, what, (got, title[2:]), (wants[0], wants[0]))
    tone = browser.run("document.querySelector('header').dataset.tone")
    color = {"page": "d5333e", "quiet": "7a8490", "ticket": "c98a10", "fresh": "1f9355"}[tone]
    icon = browser.run("document.querySelector('link').href")
    equal(name + ": its color and its icon", what, (tone, color in icon), (wants[1], True))


LIMIT = {"max_age_seconds": 90}
THREE = {**LIMIT, "feeds": [{"name": "alpha"}, {"name": "bravo"}, {"name": "charlie"}]}
BUILT_IN = (
    "inspect_status, read_last_price, serve_cached_status, price_order, publish_signal,"
    " rebalance_position"
)


def three(alpha=8, bravo=11, charlie=7):
    return {"feeds": [tick("alpha", alpha), tick("bravo", bravo), tick("charlie", charlie)]}


# --- Rows -----------------------------------------------------------------------------------------


def proves_nothing_by_itself():
    board = Board("plain", THREE, three(bravo=660))
    unproved = [("alpha", "not proved"), ("bravo", "not proved"), ("charlie", "not proved")]
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(board.path)
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    got = sorted((each["name"], each["status"]) for each in rows())
    equal("no script: no feed is proved", board.path, got, unproved)
    equal("no script: the whole is not proved", board.path, headline(), "Not proved")
    body = browser.run("document.querySelector('tbody').innerText")
    claims = re.findall(r"\b(?:fresh|safe)\b", body)
    equal("no script: nothing is called fresh or safe", body, claims, [])
    title = browser.run("document.title")
    equal("no script: nor does the title say so", board.path, title, "Freshness: not proved")

    changed = board.edited("changed", lambda text: text.replace("const evaluated", "let evaluated"))
    browser.open(changed.path)
    got = sorted((each["name"], each["status"]) for each in rows())
    equal("a script of another text is blocked", changed.path, got, unproved)
    equal("and then the whole is not proved", changed.path, headline(), "Not proved")
    cut = board.edited("cut", lambda text: text[: text.rindex("tick();")])
    browser.open(cut.path)
    equal("nor is it on a page that was cut", cut.path, headline(), "Not proved")
    broken = board.edited("broken", lambda text: re.sub(r'data-evaluated="\d+"', "", text))
    browser.open(broken.path, board.evaluated)
    equal("nor on one that lacks its time", broken.path, headline()[:10], "Not proved")
    equal("and none of its feeds", broken.path, {each["status"] for each in rows()}, {"not proved"})


def each_reason():
    """Each reason, with a state that leads to it, against the JSON of the same files."""
    day = (datetime.datetime.now() + datetime.timedelta(days=3)).strftime("%a")
    closed = {"zone": "UTC", "open": [day + " 08:30-15:00"]}
    baseline = {
        **LIMIT,
        "calendars": {"closed": closed},
        "actions": {
            "quote_mm": {"max_age_seconds": 30},
            "show_last_price": {"min_status": "stale", "max_age_seconds": 3600},
        },
        "feeds": [
            {"name": "feed_missing"},
            {"name": "optional", "optional": True},
            {"name": "tick_skew"},
            {"name": "alive_invalid"},
            {"name": "feed_down"},
            {"name": "down, market closed", "calendar": "closed"},
            {"name": "heartbeat_invalid", "max_heartbeat_age_seconds": 5},
            {"name": "heartbeat_stale", "max_heartbeat_age_seconds": 5},
            {"name": "limit_invalid"},
            {"name": "age_missing"},
            {"name": "age_invalid"},
            {"name": "silence_expected", "calendar": "closed"},
            {"name": "stale"},
            {"name": "very stale"},
            {"name": "ticket"},
            {"name": "fresh"},
            {"name": "beating", "max_heartbeat_age_seconds": 300},
        ],
    }
    feeds = [
        tick("feed_unexpected", 1),
        tick("tick_skew", -900),
        tick("alive_invalid", 1, alive="yes"),
        tick("feed_down", 1, alive=False),
        tick("down, market closed", 400, alive=False),
        tick("heartbeat_invalid", 1),
        tick("heartbeat_stale", 1, last_heartbeat_at=ago(70)),
        tick("limit_invalid", 1, max_age_seconds=-1),
        {"name": "age_missing", "alive": True},
        tick("age_invalid", 1) | {"last_tick_at": "soon"},
        tick("silence_expected", 400),
        tick("stale", 660),
        tick("very stale", 226804),
        tick("ticket", 60),
        tick("fresh", 0),
        tick("beating", 0, last_heartbeat_at=ago(1)),
    ]
    found = set()
    boards = [Board("reasons", baseline, {"as_of": ago(0), "feeds": feeds})]
    dated = {**THREE, "require_as_of": True}
    undated = {"feeds": [{"name": "alpha", "alive": True, "last_tick_age_seconds": 1}]}
    boards.append(Board("missing", dated, undated))
    boards.append(Board("invalid", dated, {"as_of": "yesterday", **undated}))
    boards.append(Board("skew", dated, {"as_of": ago(-900), **undated}))
    boards.append(Board("state", THREE, "{"))
    for board in boards:
        board.open()
        said = {each["name"]: each for each in rows()}
        report = board.json()
        texts = program("status", *board.files)[1]
        for feed in report["feeds"]:
            name, reason = feed["name"], feed["reason_code"]
            found.add(reason)
            each = said[name]
            got = (each["status"], each["alert"])
            alert = {"none": "no page needed"}.get(feed["alert"], feed["alert"])
            if feed["safe_to_serve"] and feed["alert"] == "none":
                alert = ""
            if name == "optional":
                alert = "optional, missing"
            label = f"{os.path.basename(board.path)}, {name} ({reason}): "
            equal(label + "status and alert", each, got, (feed["freshness_status"], alert))
            quiet = "quiet" if feed["alert"] == "none" else "page"
            safe = "ticket" if feed["alert"] == "ticket" else "fresh"
            tone = safe if feed["safe_to_serve"] else quiet
            equal(label + "tone", each, each["tone"], tone)
            blocked = feed["blocked_actions"]
            got = [word for word in blocked if word not in each["blocked"]]
            equal(label + "blocked", each, (got, each["blocked"] != ""), ([], bool(blocked)))
            # Figures go on, so what they say is compared without them.
            words = re.sub(r"[\d.]+s( \([^)]*\))?", "#s", feed["blocked_reason"] or "")
            got = re.sub(r"[\d.]+s( \([^)]*\))?", "#s", each["why"])
            begins = got.startswith(words) if words else name == "ticket" or got == ""
            equal(label + "why", each, (begins, got, words) if not begins else True, True)
            if feed["blocked_reason"] and not report.get("error"):
                # One of several causes in the text is the one of this feed.
                mine = each["next"].removeprefix("next: ").split(" --feed")[0]
                equal(label + "next", texts, mine in texts and mine != "", True)
    source = open(work + "/program/Freshness.java", encoding="utf-8").read()
    reasons = re.search(r"enum Reason \{(.*?);\n\n", source, re.S).group(1)
    known = set(re.findall(r"^        (\w+)\(", reasons, re.M))
    equal("each reason was shown", sorted(found), sorted(known), sorted(found))

    boards[0].open()
    order = [each["tone"] for each in rows()]
    by_rank = sorted(order, key=["page", "quiet", "ticket", "fresh"].index)
    equal("unsafe feeds come first", order, order, by_rank)
    colors = {each["tone"]: each["color"] for each in rows()}
    equal("each tone has a color", colors, len(set(colors.values())), 4)
    got = {(each["tone"], each["mark"]) for each in rows()}
    want = {("page", "\u25b2"), ("page", "?"), ("quiet", "\u25cb"), ("ticket", "\u25d0")}
    equal("and a mark", got, got, want | {("fresh", "\u25cf")})
    equal("unknown is red", row("feed_down"), row("feed_down")["color"], row("stale")["color"])
    equal("an age for people", row("very stale"), row("very stale")["age"], "2 d 15 h of 90 s")
    equal("and one of minutes", row("stale"), row("stale")["age"], "11 min of 90 s")
    got = re.sub(r"^\d+", "#", row("limit_invalid")["age"])
    equal("and one without a limit", got, got, "# s, no valid limit")
    equal("none", row("age_missing"), row("age_missing")["age"], "not known, limit 90 s")
    says(
        "the headline counts",
        "",
        "14 of 18 feeds unsafe, 1 optional missing",
        "page",
    )
    equal("silence is grey, and says until when", "", row("silence_expected")["tone"], "quiet")
    until = f"market closed until {day} 08:30 UTC"
    equal("with the next opening", "", until in row("silence_expected")["why"], True)
    equal("a feed that is down, too", "", until in row("down, market closed")["why"], True)
    # An action of its own ends at an age of its own.
    equal("an age of an action", row("stale"), "show_last_price" in row("stale")["blocked"], False)
    advance(3600 * 1000)
    got = "show_last_price" in row("stale")["blocked"]
    equal("is counted on, too", row("stale"), got, True)
    equal("without an evaluation, silence is red", "", row("silence_expected")["tone"], "page")

    boards[-1].open()
    says("an invalid state", "", "Unknown: nothing is safe to serve", "page")
    note = browser.run("document.querySelector('.note').textContent")
    equal("says what is wrong", note, "state.json:1:2: expected a member name" in note, True)
    gone = Board("gone", THREE, three())
    os.remove(f"{pages}/gone.json")
    code, out, _ = program(
        "status", *gone.files, "--format", "html", "--output", "gone.html"
    )
    equal("a state that is gone", out, code, 3)
    gone.text = open(gone.path, encoding="utf-8").read()
    gone.evaluated = int(re.search(r'data-evaluated="(\d+)"', gone.text).group(1))
    gone.open()
    says("is said to be unreadable", "", "Unknown: nothing is safe to serve", "page")
    note = browser.run("document.querySelector('.note').textContent")
    equal("and why", note, note[:37], "cannot read gone.json: no such file; ")
    got = {(each["status"], each["blocked"]) for each in rows()}
    equal("and each feed is there", got, got, {("unknown", "blocked: " + BUILT_IN)})


def opening_of_the_market():
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=90)
    if soon.strftime("%H:%M") > "23:00" or soon.strftime("%H:%M") < "02:00":
        soon += datetime.timedelta(hours=4)
    calendar = {"zone": "UTC", "open": [soon.strftime("%a %H:%M") + "-24:00"]}
    baseline = {
        **LIMIT,
        "calendars": {"c": calendar},
        "feeds": [{"name": "x", "calendar": "c"}],
    }
    state = {"as_of": ago(0), "feeds": [tick("x", 400)]}
    board = Board("opening", baseline, state)
    opens = int(re.search(r'data-opens="(\d+)"', board.text).group(1)) - board.evaluated
    # As if it were evaluated once a day: so the evaluation counts until after the opening.
    board = board.edited("daily", lambda text: text.replace('every="0"', 'every="86400000"'))
    board.open(1000)
    says("before the opening", "", "1 of 1 feed unsafe, no page needed", "quiet")
    board.open(opens)
    equal("at the opening", "", row("x")["tone"], "quiet")
    advance(501)
    equal("after the opening it is red", "", row("x")["tone"], "page")


def turns_stale():
    board = Board("turns", THREE, three(alpha=20, bravo=8, charlie=50))
    board.open()
    says("three that are fresh", "", "All 3 feeds safe to serve, 1 with a ticket", "ticket")
    board = board.edited("turns2", lambda text: text.replace('every="0"', 'every="99999"'))
    lefts = sorted(int(each) for each in re.findall(r'data-left="(\d+)"', board.text))
    board.open()
    loads = browser.loads
    advance(lefts[0])
    equal("at the limit", rows(), [each["status"] for each in rows()], ["fresh"] * 3)
    advance(1)
    got = [(each["name"], each["status"], each["tone"]) for each in rows()]
    want = [("charlie", "stale", "page"), ("alpha", "fresh", "fresh"), ("bravo", "fresh", "fresh")]
    equal("a millisecond later", rows(), got, want)
    says("the headline follows", "", "1 of 3 feeds unsafe", "page")
    got = row("charlie")
    equal("so does the reason", got, got["why"], "last tick 91s old, limit 90s")
    equal("what is blocked", got, got["blocked"],
          "blocked: price_order, publish_signal, rebalance_position")
    equal("what next", got, got["next"],
          "next: evaluate the state again; this page has no newer tick")
    equal("and the age", got, got["age"], "91 s of 90 s")
    advance(60500)
    equal("ages go on", row("charlie"), row("charlie")["why"], "last tick 151s old, limit 90s")
    equal("and all turn", "", headline(), "3 of 3 feeds unsafe")
    equal("without a reload", "", browser.loads - loads, 0)
    said = browser.run("document.querySelector('[role=status]').textContent")
    equal("it is said aloud", "", said, "3 of 3 feeds unsafe")

    baseline = {**LIMIT, "max_heartbeat_age_seconds": 20, "feeds": [{"name": "x"}]}
    state = {"feeds": [tick("x", 30, last_heartbeat_at=ago(1))]}
    board = Board("beats", baseline, state)
    left = int(re.search(r'data-left="(\d+)"', board.text).group(1))
    board.open()
    says("with a heartbeat", "", "The one feed is safe to serve", "fresh")
    advance(left)
    equal("at its limit", row("x"), row("x")["status"], "fresh")
    advance(1)
    got = row("x")
    equal("past it", got, got["status"], "unknown")
    equal("and why", got, got["why"], "last heartbeat 21s old, limit 20s")
    level = "blocked: " + BUILT_IN.replace("inspect_status, ", "")
    equal("and what is blocked", got, got["blocked"], level)


def no_evaluation():
    two_minutes = {"max_age_seconds": 120, "feeds": THREE["feeds"]}
    board = Board("once", two_minutes, three())
    board.open()
    says("written once", "", "All 3 feeds safe to serve", "fresh")
    advance(60000)
    says("60 s later", "", "All 3 feeds safe to serve", "fresh")
    advance(501)
    says("and after that", "", "Not proved: no evaluation for 60 s", "page")
    ages = {each["age"] for each in rows()}
    equal("the rows go on counting", ages, row("alpha")["status"], "fresh")
    advance(15000)
    equal("so does the headline", "", headline(), "Not proved: no evaluation for 75 s")
    said = browser.run("document.querySelector('[role=status]').textContent")
    equal("but not aloud", "", said, "Not proved: no evaluation")
    equal("a limit passes", row("alpha"), row("alpha")["status"], "fresh")
    advance(60000)
    equal("as anywhere", row("alpha"), row("alpha")["status"], "stale")
    board.open(3600 * 1000)
    says("opened an hour later", "", "Not proved: no evaluation for 60 min", "page")
    equal("an hour later each is stale", "", {each["status"] for each in rows()}, {"stale"})


def clock_behind():
    board = Board("behind", THREE, three())
    line = "Not proved: your clock is behind the evaluation's"
    for milliseconds, want in ((-2000, "All 3 feeds safe to serve"), (-2001, line)):
        forget()
        board.open(milliseconds)
        tone = "page" if want == line else "fresh"
        says(f"a clock at {milliseconds} ms", "", want, tone)
    got = {(each["status"], each["blocked"]) for each in rows()}
    equal("no feed is proved by it", got, got, {("not proved", "blocked: " + BUILT_IN)})
    board.open(-90000)
    equal("it says by how much", about(), about(), "It is 90 s behind, so no age is known.")
    board.open()
    browser.run(f"setClock({board.evaluated - 5000})")
    advance(501)
    says("a clock that is set back meanwhile", "", line, "page")


def remembers():
    board = Board("memory", THREE, three())
    forget()
    board.open(-1500)
    advance(20000)
    reload(board.evaluated - 1500 + 61000)
    late = "Not proved: no evaluation for 61 s"
    says("a slow clock, 61 s after the first look", "", late, "page")
    forget()
    board.open()
    advance(50000)
    reload(board.evaluated - 1000)
    equal("a clock set back between two looks", about(), about()[:21], "Evaluated 50 s ago. A")
    advance(10501)
    says("ends no later", "", "Not proved: no evaluation for 60 s", "page")
    browser.run(f"setClock({board.evaluated})")
    advance(1001)
    says("nor by one set back while it looks", "", "Not proved: no evaluation for 61 s", "page")
    other = Board("memory", THREE, three())
    other.open()
    says("a new evaluation counts anew", "", "All 3 feeds safe to serve", "fresh")
    blocked = (
        "for (const area of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, area, { get() { throw new Error('no'); } });"
    )
    answer = browser.call("Page.addScriptToEvaluateOnNewDocument", source=blocked)
    other.open()
    says("without a storage it works, too", "", "All 3 feeds safe to serve", "fresh")
    advance(60501)
    says("and ends as well", "", "Not proved: no evaluation for 60 s", "page")
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=answer["identifier"])


def a_fault_of_the_script():
    board = Board("fault", THREE, three())
    board.open()
    says("before a fault", "", "All 3 feeds safe to serve", "fresh")
    browser.run("window.kept = Array.prototype.map;"
                "Array.prototype.map = () => { throw new Error('broken'); }")
    advance(501)
    equal("a fault proves nothing", headline(), headline(), "Not proved: this page failed")
    got = {each["status"] for each in browser.run(
        "Array.from(document.querySelectorAll('tbody:not(#fold) > tr')).reduce((all, row) =>"
        " (all.push({ status: row.cells[1].textContent }), all), [])")}
    equal("of no feed", got, got, {"not proved"})
    browser.run("Array.prototype.map = window.kept; dispatchEvent(new Event('pageshow'))")
    advance(501)
    says("nor does it later", "", "Not proved: this page failed", "page")


def saved_while_shown():
    """A browser saves a page as its script has changed it."""
    board = Board("shown", THREE, three())
    board.open()
    says("before it is saved", "", "All 3 feeds safe to serve", "fresh")
    text = browser.run("document.documentElement.outerHTML")
    copy = board.edited("saved", lambda _: "<!doctype html>\n" + text)
    copy.open(30000)
    seen.pop()  # it complains: its bars were saved with style attributes, which no page may have
    says("a copy proves nothing", "", "Not proved: this page failed", "page")
    got = [row.split("<")[0] for row in browser.run(
        "Array.from(document.querySelectorAll('tr[data-status]'))"
        ".map((row) => row.cells[1].textContent)")]
    equal("of no feed", got, got, ["not proved"] * 3)


def unanswered():
    """A server that never answers: the page goes on counting."""
    board = Board("unanswered", THREE, three())
    board = board.edited("unanswered", lambda text: text.replace('every="0"', 'every="1000"'))
    board.open()
    says("before it asks", "", "All 3 feeds safe to serve", "fresh")
    before = browser.loads
    browser.run("advance(1500); stop()")
    says("while it waits", "", "All 3 feeds safe to serve", "fresh")
    browser.run("advance(2000); stop()")
    equal("it was not loaded again", "", browser.loads - before, 0)
    equal("no answer proves nothing", headline(), headline()[:25], "Not proved: no evaluation")


def replay():
    board = Board("replay", THREE, three(), "--now", ago(0))
    board.open()
    says("a replay", "", "Not proved: a replay", "page")
    note = browser.run("document.querySelector('.note').textContent")
    equal("says of when", note, note[:7], "REPLAY ")


def watched():
    """A page of a watch: it loads itself again, and the reader stays in place."""
    names = [f"feed {i}" for i in range(60)]
    baseline = {**LIMIT, "feeds": [{"name": name} for name in names]}
    save("watched.base.json", baseline)
    save("watched.json", {"feeds": [tick(name, 660) for name in names]})
    target = pages + "/watched.html"
    files = ["--baseline", "watched.base.json", "--state", "watched.json"]
    watch = subprocess.Popen(
        PROGRAM + ["status", *files, "--format", "html", "--output", target, "--watch", "1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    first = second = None
    while second is None:
        try:
            with open(target, encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            text = ""
        found = re.search(r'data-evaluated="(\d+)"', text)
        if found and first is None:
            first = int(found.group(1))
        elif found and int(found.group(1)) != first:
            second = int(found.group(1))
        equal_end = text.endswith("</html>\n")
        if text and not equal_end:
            break
        time.sleep(0.02)
    equal("a watch writes it again and again, whole", text[-80:], second is not None, True)
    watch.send_signal(signal.SIGTERM)
    said = watch.communicate()[0].decode()
    equal("and says on its output what it saw", said, "60 of 60 feeds unsafe" in said, True)
    equal("as Java ends on that signal", watch.returncode, watch.returncode, 143)

    with open(target, encoding="utf-8") as file:
        evaluated = int(re.search(r'data-evaluated="(\d+)"', file.read()).group(1))
    browser.open(target, evaluated)
    equal("it has rows of 60", "", len(rows()), 60)
    browser.run("scrollTo(0, 700)")
    before = browser.loads
    browser.at(evaluated + 1000)
    advance(998)
    browser.run("1")
    equal("not before its interval is over", "", browser.loads - before, 0)
    advance(502)
    browser.until_loaded(before + 1)
    equal("then it loads itself again", "", browser.loads - before, 1)
    equal("and stays where the reader is", "", browser.run("scrollY"), 700)
    says("of the same evaluation", "", "60 of 60 feeds unsafe", "page")
    browser.run("getSelection().selectAllChildren(document.querySelector('tbody th'))")
    before = browser.loads
    advance(1200)
    browser.run("1")
    equal("not while text is selected", "", browser.loads - before, 0)
    advance(1000)
    browser.until_loaded(before + 1)
    equal("but at the latest after three intervals", "", browser.loads - before, 1)
    forget()
    browser.open(target, evaluated + 3001)
    says("three intervals", "", "Not proved: no evaluation for 3 s", "page")
    announced = browser.run("document.querySelector('[role=status]').textContent")
    equal("are said aloud", "", announced, "Not proved: no evaluation")
    reload(evaluated + 3900)
    announced = browser.run("document.querySelector('[role=status]').textContent")
    equal("once, not at each reload", "", announced, "")


def many():
    names = [f"feed-{i:04}" for i in range(1000)]
    baseline = {**LIMIT, "feeds": [{"name": name} for name in names]}
    feeds = [tick(name, 660 if i in (17, 500, 999) else 8) for i, name in enumerate(names)]
    feeds[600]["last_tick_at"] = ago(44)
    board = Board("many", baseline, {"feeds": feeds})
    board.open()
    says("a thousand feeds", "", "3 of 1000 feeds unsafe", "page")
    shown = [each["name"] for each in rows() if each["isShown"]]
    equal("the unsafe ones are shown", shown, shown, ["feed-0017", "feed-0500", "feed-0999"])
    button = "document.querySelector('button')"
    label = browser.run(button + ".textContent")
    equal("the others are a count", label, label, "show 997 feeds safe to serve")
    browser.run(button + ".click()")
    shown = [each for each in rows() if each["isShown"]]
    equal("that opens", "", (len(shown), {each["status"] for each in shown}),
          (1000, {"stale", "fresh"}))
    equal("and says so", "", browser.run(button + ".ariaExpanded"), "true")
    reload(board.evaluated + 1000)
    equal("a reload keeps it open", "", len([1 for each in rows() if each["isShown"]]), 1000)
    browser.run(button + ".focus()")
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
                     windowsVirtualKeyCode=13)
    equal("a key closes it", "", len([1 for each in rows() if each["isShown"]]), 3)
    advance(47000)
    shown = [each["name"] for each in rows() if each["isShown"]]
    equal("one of them turns, and is shown", shown, shown,
          ["feed-0017", "feed-0500", "feed-0999", "feed-0600"])
    equal("it is counted", "", headline(), "4 of 1000 feeds unsafe")
    small = Board("few", {**LIMIT, "feeds": baseline["feeds"][:20]}, {"feeds": feeds[:20]})
    small.open()
    equal("twenty are all shown", "", len([1 for each in rows() if each["isShown"]]), 20)
    size = len(board.text)
    equal("its size", size, size < 500_000, True)


def too_many():
    hostile = "<script>owned=1</script>&\"'\u202e\u0001"
    names = [f"{hostile * 6}{i:06}" for i in range(20_000)]
    baseline = {**LIMIT, "warn_age_seconds": 85, "feeds": [{"name": name} for name in names]}
    feeds = [tick(name, 8) for name in names]
    # The last one, which has no row of its own, is the first to turn stale.
    feeds[-1]["last_tick_at"] = ago(70)
    for i in range(5):
        feeds[i]["last_tick_at"] = ago(660)
    board = Board("size", baseline, {"feeds": feeds})
    equal("its size has a bound", len(board.text), len(board.text.encode()) < 2_500_000, True)
    board.open()
    says("20,000 feeds", "", "5 of 20000 feeds unsafe", "page")
    label = browser.run("document.querySelector('button').textContent")
    equal("those without a row are counted, too", label, label, "show 19995 feeds safe to serve")
    advance(21000)
    says("one without a row turns", "", "at least 6 of 20000 feeds unsafe", "page")
    got = [each for each in rows() if " more: " in each["name"]]
    what = [(each["status"], each["isShown"], each["why"]) for each in got]
    equal("and is shown", got, what, [("stale", True, "one of them may be past its limit")])
    for i in range(4000):
        feeds[i]["last_tick_at"] = ago(660)
    board = Board("worse", baseline, {"feeds": feeds})
    board.open()
    says("4,000 of them", "", "4000 of 20000 feeds unsafe", "page")
    equal("nothing was run", "", browser.run("typeof owned"), "undefined")
    actions = {f"{'a' * 190}{i}": {} for i in range(2000)}
    board = Board("actions", {**baseline, "actions": actions}, {"feeds": feeds})
    equal("2,000 actions change little", len(board.text), len(board.text) < 2_500_000, True)
    board.open()
    got = rows()[0]["blocked"]
    equal("they are counted", got, got.endswith("; not known of 1956 actions more"), True)


NAMES = [
    "<b>bold</b>",
    "<img src=x onerror=owned=1>",
    "</th></tr></table><script>owned=1</script>",
    "\"><svg onload=owned=1>",
    "' onmouseover='owned=1",
    "&lt;b&gt; &amp; &#60;",
    "</script><script>owned=1</script>",
    "<!-- ",
    "-->",
    "{{7*7}} ${owned=1} {}",
    "javascript:owned=1",
    "http://example.com/x",
    "a\u202eb\u2066c\u200fd",
    "\u05d0\u05d1\u05d2 \u0627\u0628",
    "line\nfeed\ttab\u0000nul\u001besc",
    "\u2028\u2029\ufeff\u00a0",
    " edge ",
    "x" * 200,
    "\U0001f680 \u00e9t\u00e9",
    "a\\b|c`d",
    "$& $1 $` $'",
]


def hostile_names():
    baseline = {**LIMIT, "feeds": [{"name": name} for name in NAMES]}
    for age in (8, 660):
        board = Board(f"hostile{age}", baseline, {"feeds": [tick(name, age) for name in NAMES]})
        text = program("status", *board.files)[1]
        column = [line[2:] for line in text.split("\n") if re.search(r"\[[#.]{10}\]", line)]
        want = [re.split(r" +(?:fresh|stale) +\[[#.]{10}\]", line)[0] for line in column]
        board.open()
        got = [each["name"] for each in rows()]
        equal(f"hostile names, {age} s: they are texts, as status has them", text, got, want)
        got = browser.run("Array.from(new Set(Array.from(document.querySelectorAll('*'))"
                          ".map((each) => each.localName))).sort().join(' ')")
        known = ("bdi body button caption code footer h1 head header html i link meta p script"
                 " small span style table tbody td th thead time title tr wbr")
        equal("nothing of them is markup", got, set(got.split()) <= set(known.split()), True)
        advance(120_500)
        equal("nothing of them is run", "", browser.run("typeof owned"), "undefined")
        got = {re.sub(r"\d+s", "#s", each["why"]) for each in rows()}
        equal("nor does one change a reason", got, got, {"last tick #s old, limit #s"})
    directory = pages + "/<b>'\" &"
    os.mkdir(directory)
    save("<b>'\" &/state.json", three())
    save("<b>'\" &/base.json", THREE)
    target = directory + "/board.html"
    program("status", "--state", directory + "/state.json", "--baseline", directory + "/base.json",
            "--format", "html", "--output", target)
    with open(target, encoding="utf-8") as file:
        text = file.read()
    browser.open(target.replace("%", "%25").replace("&", "%26").replace("<", "%3C"),
                 int(re.search(r'data-evaluated="(\d+)"', text).group(1)))
    footer = browser.run("document.querySelector('footer').textContent")
    equal("so are names of files", footer, f"state {directory}/state.json" in footer, True)
    equal("it is the page", "", headline(), "All 3 feeds safe to serve")


def for_everybody():
    board = Board("look", THREE, three(bravo=660, charlie=60))
    board.open()
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = [each["role"]["value"] for each in tree if not each.get("ignored")]
    equal("it is a table with headers", roles,
          (roles.count("columnheader"), roles.count("rowheader"), "table" in roles), (4, 3, True))
    live = [each for each in tree if each["role"]["value"] == "status"]
    equal("with a live headline", live, len(live), 1)
    for width in (320, 380, 800, 1280, 3840):
        browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800,
                     deviceScaleFactor=1, mobile=False)
        long = Board("long", {**LIMIT, "feeds": [{"name": "x" * 200}]},
                     {"feeds": [tick("x" * 200, 660)]})
        for each in (board, long):
            each.open()
            got = browser.run("document.scrollingElement.scrollWidth")
            equal(f"it fits {width} pixels", each.path, got, width)
    size = browser.run("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
    equal("a wall has large letters", size, size > 70, True)
    browser.call("Emulation.setDeviceMetricsOverride", width=380, height=800, deviceScaleFactor=1,
                 mobile=True)
    board.open()
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = [each["role"]["value"] for each in tree if not each.get("ignored")]
    equal("it is a table on a phone, too", roles.count("rowheader"), roles.count("rowheader"), 3)
    browser.call("Emulation.clearDeviceMetricsOverride")
    color = "getComputedStyle(document.body).backgroundColor"
    got = []
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        browser.call("Emulation.setEmulatedMedia", features=[feature])
        got.append(browser.run(color))
        contrast()
    equal("dark and light differ", got, got[0] != got[1], True)
    moves = "getComputedStyle(document.querySelector('.bar i')).transitionDuration"
    for motion, want in (("no-preference", "0.4s"), ("reduce", "0s")):
        feature = {"name": "prefers-reduced-motion", "value": motion}
        browser.call("Emulation.setEmulatedMedia", features=[feature])
        equal(f"motion: {motion}", "", browser.run(moves), want)
    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    equal("print has its rows", "", len([1 for each in rows() if each["isShown"]]), 3)
    browser.call("Emulation.setEmulatedMedia", media="", features=[])


CONTRAST = """(() => {
  const parts = (color) => color.startsWith("color(") ?
    color.match(/[\\d.]+/g).slice(0, 3).map(Number) :
    color.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255);
  const light = (color) => {
    const [r, g, b] = parts(color).map((c) =>
      c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)") { return color; }
    }
    return "rgb(255, 255, 255)";
  };
  return Math.min(...Array.from(document.querySelectorAll("h1, p, .pill, small, .age, th"))
    .filter((each) => each.textContent !== "").map((each) => {
      const [a, b] = [light(getComputedStyle(each).color), light(background(each))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));
})()"""


def contrast():
    got = browser.run(CONTRAST)
    equal("each text stands out (4.5 to 1)", got, got >= 4.5, True)


def by_the_real_clock():
    """The browser's own clocks and timers, once."""
    board = Board("real", {"max_age_seconds": 6, "feeds": [{"name": "x"}]},
                  {"feeds": [tick("x", 0)]})
    browser.open(board.path)
    end = time.monotonic() + 60
    first = headline()
    while "unsafe" not in headline() and time.monotonic() < end:
        time.sleep(0.1)
    equal("by the real clock it turns stale", first, headline(), "1 of 1 feed unsafe")
    equal("for the reason", "", row("x")["why"][:9], "last tick")


def asks_for_nothing():
    requests = set()
    for path, asked, _ in seen:
        own = "file://" + urllib.parse.quote(path)
        requests |= {each for each in asked if each != own and not each.startswith("data:")}
    equal("no page asks for anything", requests, sorted(requests), [])
    complaints = [each for _, _, complained in seen for each in complained]
    equal("no page complains", complaints, complaints, [])
    equal("of so many", len(seen), len(seen) > 30, True)


browser = Browser(work + "/profile")
try:
    for test in (
        proves_nothing_by_itself,
        each_reason,
        opening_of_the_market,
        turns_stale,
        no_evaluation,
        clock_behind,
        remembers,
        a_fault_of_the_script,
        saved_while_shown,
        unanswered,
        replay,
        watched,
        many,
        too_many,
        hostile_names,
        for_everybody,
        by_the_real_clock,
        asks_for_nothing,
    ):
        try:
            test()
        except Exception as error:  # a row that breaks off must be seen
            equal(test.__name__ + " ran to its end", "", repr(error), "")
            raise
finally:
    browser.close()
    print(f"board: {passed} passed, {failed} failed")
sys.exit(0 if passed and not failed else 1)
