"""Pages in a real browser, and everything that must not happen on any of them."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client as Session
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response

from accounts.models import User

NETWORK_ERROR = "Failed to load resource"  # told again, with its status, by the response


@dataclass(frozen=True, slots=True)
class Device:
    """A window and how it is used."""

    width: int
    height: int
    is_touched: bool = False


SMALL = Device(320, 640, is_touched=True)
PHONE = Device(390, 844, is_touched=True)
DESKTOP = Device(1366, 768)


@dataclass(frozen=True, slots=True)
class Taste:
    """How somebody reads: device, theme, language, with or without scripts."""

    device: Device = DESKTOP
    theme: str = "light"
    language: str = "fr"
    with_scripts: bool = True

    def options(self) -> dict[str, object]:
        """Arguments of a browser context."""
        return {
            "viewport": {"width": self.device.width, "height": self.device.height},
            "has_touch": self.device.is_touched,
            "is_mobile": self.device.is_touched,
            "color_scheme": self.theme,
            "locale": {"fr": "fr-FR", "en": "en-GB"}[self.language],
            # Nothing in between two states: axe would read colours on their way.
            "reduced_motion": "reduce",
            "timezone_id": "Europe/Paris",
            "java_script_enabled": self.with_scripts,
        }


@dataclass
class Watch:
    """What went wrong on a page without anybody seeing it; empty at the end of each test."""

    site: str
    faults: list[str] = field(default_factory=list)
    # Statuses that the test asks for, such as the 403 of a refused page.
    expected: set[int] = field(default_factory=set)
    # The test cuts the network itself.
    is_cut: bool = False

    def over(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self._told(message.type, message.text))
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _told(self, kind: str, text: str) -> None:
        if kind not in ("log", "info", "debug") and not text.startswith(NETWORK_ERROR):
            self.faults.append(f"console {kind}: {text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != self.site:
            self.faults.append(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left while something loads, or a file that is kept, is no fault.
        cut = self.is_cut and request.failure == "net::ERR_INTERNET_DISCONNECTED"
        if request.failure != "net::ERR_ABORTED" and not cut:
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.url}")


class Visits:
    """Opens pages as somebody; keeps what is needed to understand a failed test."""

    def __init__(self, chromium: Browser, address: str, folder: Path) -> None:
        self.chromium = chromium
        self.address = address
        self.folder = folder
        self.watch = Watch(urlsplit(address).netloc)
        self._contexts: list[BrowserContext] = []
        self._traced: set[BrowserContext] = set()
        self._readers: list[tuple[User, str]] = []

    def page(
        self, person: User | None = None, taste: Taste | None = None, *, is_traced: bool = True
    ) -> Page:
        """A page of a browser of their own, signed in as the person in that language."""
        taste = taste or Taste()
        context = self.chromium.new_context(base_url=self.address, **taste.options())
        context.set_default_timeout(10_000)
        if is_traced:
            context.tracing.start(screenshots=False, snapshots=True)
            self._traced.add(context)
        self.watch.over(context)
        self._contexts.append(context)
        if person is not None:
            self.reads(person, taste.language)
            context.add_cookies([self.cookie(person)])
        return context.new_page()

    def reads(self, person: User, language: str) -> None:
        """A person's own language wins over the browser's; it is theirs again at the end."""
        before = User.objects.values_list("language", flat=True).get(pk=person.pk)
        self._readers.append((person, before))
        _speaks(person, language)

    def cookie(self, person: User) -> dict[str, str]:
        session = Session()
        session.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        return {"name": name, "value": session.cookies[name].value, "url": self.address}

    def expect(self, *statuses: int) -> None:
        """These answers are what the test is about."""
        self.watch.expected.update(statuses)

    def close(self, *, failed: bool, name: str) -> None:
        for number, context in enumerate(self._contexts):
            kept = self.folder / f"{name}-{number}"
            if failed:
                for page in context.pages:
                    page.screenshot(path=f"{kept}.png", full_page=True)
            if failed and context in self._traced:
                context.tracing.stop(path=f"{kept}.zip")
            context.close()
        self._contexts = []
        # Tests come in any order, and some pages know their reader without a browser's taste.
        for person, before in reversed(self._readers):
            _speaks(person, before)
        self._readers = []


def _speaks(person: User, language: str) -> None:
    """In the database and in hand alike: journeys of one module share their person."""
    User.objects.filter(pk=person.pk).update(language=language)
    person.language = language


def focus_on(page: Page, target: Locator) -> None:
    """Go there as people without a mouse do."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.locator(":focus").and_(target).count():
            return
    raise AssertionError(f"Tab never reaches {target}")
