"""A headless Chromium, driven over its DevTools protocol through a pipe.

With a clock of its own for each page: time passes only when a test says so.
"""
import json
import os
import select
import subprocess
import time

DEADLINE_SECONDS = 60

# The page's clocks and timers. advance() lets time pass; the clock on the wall may be set
# meanwhile.
CLOCK = """
(() => {
  let wall = %d, mono = 0;
  const timers = [];
  const RealDate = Date;
  window.Date = class extends RealDate {
    constructor(...given) { super(...(given.length ? given : [wall])); }
    static now() { return wall; }
  };
  performance.now = () => mono;
  window.setTimeout = (task, ms) => timers.push({ at: mono + ms, task });
  window.advance = (ms) => {
    const end = mono + ms;
    for (;;) {
      timers.sort((a, b) => a.at - b.at);
      if (timers.length === 0 || timers[0].at > end) { break; }
      const timer = timers.shift();
      wall += timer.at - mono;
      mono = timer.at;
      timer.task();
    }
    wall += end - mono;
    mono = end;
  };
  window.setClock = (ms) => { wall = ms; };
  window.wallClock = () => wall;
})();
"""


class Browser:
    """One browser process, with one page."""

    def __init__(self, profile, width=1280, height=900):
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        command = [
            os.environ.get("CHROMIUM", "chromium"),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            f"--window-size={width},{height}",
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
            "about:blank",
        ]
        self._log = open(profile + ".log", "w", encoding="utf-8")
        # Chromium reads from descriptor 3 and writes to 4.
        script = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "chromium"] + command,
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._last = 0
        self._session = None
        self._clock = None
        self.requests = []
        self.complaints = []
        self.loads = 0
        targets = self.call("Target.getTargets")["targetInfos"]
        page = [each["targetId"] for each in targets if each["type"] == "page"][0]
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def close(self):
        try:
            self._send("Browser.close", {})
            self._process.wait(DEADLINE_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._log.close()

    # --- The protocol -----------------------------------------------------------------------------

    def _send(self, method, arguments):
        self._last += 1
        message = {"id": self._last, "method": method, "params": arguments}
        if self._session:
            message["sessionId"] = self._session
        text = json.dumps(message).encode() + b"\0"
        while text:
            text = text[os.write(self._out, text) :]
        return self._last

    def _receive(self):
        end = time.monotonic() + DEADLINE_SECONDS
        while b"\0" not in self._buffer:
            if not select.select([self._in], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser says nothing")
            data = os.read(self._in, 1 << 16)
            if not data:
                raise EOFError("the browser has ended")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(line)

    def _note(self, event):
        method, given = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(given["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(json.dumps(given["args"]))
        elif method == "Log.entryAdded":
            self.complaints.append(given["entry"]["text"])

    def call(self, method, **arguments):
        number = self._send(method, arguments)
        while True:
            message = self._receive()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def until_loaded(self, loads):
        while self.loads < loads:
            self._note(self._receive())

    # --- A page -----------------------------------------------------------------------------------

    def at(self, milliseconds):
        """Sets what the clock shows when the next page begins; None for the real clock."""
        if self._clock:
            self.call("Page.removeScriptToEvaluateOnNewDocument", identifier=self._clock)
            self._clock = None
        if milliseconds is not None:
            answer = self.call(
                "Page.addScriptToEvaluateOnNewDocument", source=CLOCK % milliseconds
            )
            self._clock = answer["identifier"]

    def open(self, path, clock=None):
        """Opens a file; returns what it complained about and asked for meanwhile."""
        self.at(clock)
        before = self.loads
        self.requests, self.complaints = [], []
        self.call("Page.navigate", url="file://" + path)
        self.until_loaded(before + 1)

    def run(self, expression):
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def picture(self, whole=False):
        """A PNG in base64: the window, or the whole page."""
        if not whole:
            return self.call("Page.captureScreenshot", format="png")["data"]
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        return self.call(
            "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
        )["data"]
