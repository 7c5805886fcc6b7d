"""A headless Chromium for check_report.py: opens pages of a report and reads what they show."""

import base64
import io
import json
import shutil
import time

import numpy as np
from PIL import Image


def missing_parts():
    """What keeps the browser from starting, "" when nothing does."""
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"{program} is not installed (Debian's chromium, chromium-driver)"
    try:
        import selenium  # noqa: F401  pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        return "python3-selenium is not installed"
    return ""


class Browser:
    def __init__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service
        options = Options()
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--force-color-profile=srgb", "--hide-scrollbars"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        self.driver.set_script_timeout(30)
        self.expected = 0
        self.told, self.asked = [], []
        self.look(1280, False)

    def look(self, width, dark):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def page(self, path):
        return Page(self, path)

    def collect(self):
        self.told += [entry["message"] for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.asked.append(message["params"]["request"]["url"])

    def complaints(self):
        """Messages on the console but for those about scripts that a test asked for in vain."""
        self.collect()
        return [text for text in self.told if "99999" not in text]

    def requests(self):
        self.collect()
        return self.asked

    def close(self):
        self.driver.quit()


CONTRAST = """
const luminance = ([r, g, b]) => { const f = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
const parse = text => { const v = text.match(/[\\d.]+/g).map(Number); return [v.slice(0, 3), v[3] ?? 1]; };
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement, style = getComputedStyle(element);
  if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('svg, noscript, option, .hidden, .off, .skip')) continue;
  if (!element.getClientRects().length) continue;
  let ground = null;
  for (let up = element; up && !ground; up = up.parentElement) {
    const [colour, alpha] = parse(getComputedStyle(up).backgroundColor);
    if (alpha > 0.99) ground = colour;
  }
  const a = luminance(parse(style.color)[0]), b = luminance(ground ?? [255, 255, 255]);
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) faint.push(walker.currentNode.data.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
}
return faint;
"""

NAMELESS = """
const bad = [];
for (const image of document.querySelectorAll('main img')) if (!image.alt) bad.push(image.outerHTML.slice(0, 80));
for (const canvas of document.querySelectorAll('main canvas')) if (!canvas.getAttribute('aria-label')) bad.push('canvas');
for (const each of document.querySelectorAll('button, a[href], input, select'))
  if (!each.textContent.trim() && !each.getAttribute('aria-label') && !each.labels?.length) bad.push(each.outerHTML.slice(0, 80));
if (document.querySelectorAll('h1').length !== 1) bad.push('not one h1');
return bad;
"""


class Page:
    """A report in the browser. Selectors are CSS."""

    def __init__(self, browser, path):
        self.browser, self.driver, self.url = browser, browser.driver, path.as_uri()

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def wait(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not self.script(condition):
            if time.monotonic() > end:
                raise AssertionError(f"never true: {condition}; at {self.address()}: {self.script('return document.body.innerText.slice(0, 300)')}")
            time.sleep(0.02)
        self.settle()

    def settle(self):
        """Until the page that the address names is shown."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.script("return document.documentElement.dataset.ready === 'true' && document.documentElement.dataset.shown === location.hash.split('?')[0]"):
                return
            time.sleep(0.01)
        raise AssertionError(f"the page does not come: {self.address()}")

    def open(self, address, errors=False):
        # A new document for each kind of page, a new address for the next of a kind.
        if self.script("return location.protocol") != "file:" or errors:
            self.driver.get("about:blank")
            self.driver.get(self.url + address)
        else:
            self.script("location.hash = arguments[0]", address)
            self.script("return new Promise(done => setTimeout(done, 0))")
        self.settle()

    def reload(self):
        self.driver.refresh()
        self.settle()

    def back(self):
        self.driver.back()

    def address(self):
        return self.script("return location.hash")

    def there(self, selector):
        return self.script("return !!document.querySelector(arguments[0])", selector)

    def count(self, selector):
        return self.script("return document.querySelectorAll(arguments[0]).length", selector)

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0]).textContent", selector).strip()

    def element(self, selector):
        return self.driver.find_element("css selector", selector)

    def click(self, selector):
        element = self.element(selector)
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def click_if_there(self, selector):
        if self.there(selector) and self.element(selector).is_displayed():
            self.click(selector)

    def click_text(self, selector, text):
        for element in self.driver.find_elements("css selector", selector):
            if element.get_attribute("textContent").strip().startswith(text):
                self.script("arguments[0].scrollIntoView({block: 'center'})", element)
                element.click()
                return
        raise AssertionError(f"no {selector} says {text}")

    def type(self, selector, text):
        element = self.element(selector)
        element.clear()
        element.send_keys(text)

    def choose(self, selector, text):
        """Types into a field and leaves it."""
        from selenium.webdriver.common.keys import Keys
        self.type(selector, text)
        self.element(selector).send_keys(Keys.TAB)
        self.settle()

    def key(self, name):
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys
        keys = {"ArrowRight": Keys.ARROW_RIGHT, "ArrowLeft": Keys.ARROW_LEFT, "Enter": Keys.ENTER}
        if name == "Enter":
            self.wait("return document.getElementById('search-list').querySelector('[aria-selected=true]') !== null")
        ActionChains(self.driver).send_keys(keys.get(name, name)).perform()

    def hover(self, selector, x, y):
        from selenium.webdriver.common.action_chains import ActionChains
        element = self.element(selector)
        self.script("arguments[0].scrollIntoView({block: 'center'})", element)
        width, height = self.script("const r = arguments[0].getBoundingClientRect(); return [r.width, r.height]", element)
        ActionChains(self.driver, duration=0).move_to_element_with_offset(
            element, round((x - 0.5) * width), round((y - 0.5) * height)).perform()

    def pairs(self, selector, name, value):
        return dict(self.script("return [...document.querySelectorAll(arguments[0])].map(e => [e.querySelector(arguments[1]).textContent, e.querySelector(arguments[2]).textContent])", selector, name, value))

    def pairs_list(self, selector):
        return self.script("return [...document.querySelectorAll(arguments[0] + ' > li')].map(e => [[...e.querySelectorAll('a')].map(a => a.textContent), e.querySelector('.figure').textContent.replaceAll(',', '')])", selector)

    def table(self, selector):
        return self.script("return [...document.querySelectorAll(arguments[0] + ' tbody tr')].map(r => [...r.children].map(c => c.textContent.trim()))", selector)

    def pixels(self, index, side):
        """The middle of each pixel of a picture, from the canvas itself: [side, side, 3]."""
        url = self.script("return document.querySelectorAll('canvas.picture')[arguments[0]].toDataURL('image/png')", index)
        return self.middles(url, side)

    @staticmethod
    def middles(url, side):
        """The middle of each pixel of a PNG, given as a data address, of side x side enlarged pixels."""
        picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB"))
        middle = (np.arange(side) * 2 + 1) * picture.shape[0] // (2 * side)
        return picture[np.ix_(middle, middle)]

    def nameless(self):
        return self.script(NAMELESS)

    def faint(self):
        return self.script(CONTRAST)
