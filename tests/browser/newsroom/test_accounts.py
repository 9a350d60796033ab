"""The door of the newsroom in a browser: passwords, codes, passkeys, mails, invitations."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.articles.accounts import PASSWORD, code
from tests.browser.accessible import axe
from tests.browser.progress import Watch
from tests.conftest import Site, quickstarted

PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name in ("ada", "bo", "cy", "di"):
    user = User.objects.create_user(
        name, f"{{name}}@example.org", {PASSWORD!r}, is_staff=True, first_name=name.title())
    user.groups.add(Group.objects.get(name="Chief"))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("accounts")
    with quickstarted(var, "magazine_accounts_of_tests", "--no-demo") as site:
        site.run(PEOPLE)
        yield site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A fresh window; the test fails if the browser complained of anything in it."""
    with window(browser, site) as watch:
        yield watch.page


@contextmanager
def window(browser: Browser, site: Site) -> Iterator[Watch]:
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    watch = Watch(context.new_page())
    yield watch
    context.close()
    assert watch.complaints == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    press(page, "Log in")


def expect_newsroom(page: Page) -> None:
    expect(page).to_have_url(re.compile("/admin/$"))
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def prove(page: Page) -> None:
    """The password once more, where a page asks for it."""
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")


def add_app(page: Page) -> tuple[str, list[str]]:
    """Its key and the recovery codes that come with it."""
    page.goto("/accounts/")
    page.get_by_role("link", name="Add an app").click()
    prove(page)
    picture = page.locator(".account__qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    key = page.locator(".account__key").inner_text()
    page.get_by_label("Authenticator code").fill(code(key))
    press(page, "Add the app")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return key, page.locator(".account__codes code").all_inner_texts()


def newest_mail(site: Site) -> str:
    outbox = Path(site.env["VAR_DIR"]) / "outbox"
    return max(outbox.iterdir(), key=lambda file: file.stat().st_mtime_ns).read_text()


def link_in(mail: str) -> str:
    found = re.search(r"http://localhost:\d+/accounts/\S+", mail)
    assert found
    return found[0]


def test_a_code_or_a_recovery_code_is_the_second_step(page, site):
    """And the app on the phone is set up without a mouse on anything but links and buttons."""
    log_in(page, "ada", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    log_in(page, "ada")
    expect_newsroom(page)
    key, codes = add_app(page)
    assert len(codes) == 10
    assert "An app for codes has been added" in newest_mail(site)
    page.reload()
    expect(page.locator(".account__codes")).to_have_count(0)
    for typed in (code(key), codes[3]):
        page.get_by_role("button", name="Log out").click()
        log_in(page, "ada")
        page.get_by_label("Code").fill("000000")
        press(page, "Log in")
        expect(page.get_by_text("That did not match")).to_be_visible()
        page.get_by_label("Code").fill(typed)
        press(page, "Log in")
        expect_newsroom(page)


def test_a_passkey_opens_the_newsroom(page):
    """After the password, and alone; without the passkey, the password is not enough."""
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = chromium.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    log_in(page, "bo")
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Add a passkey").click()
    prove(page)
    page.get_by_label("Name").fill("Office laptop")
    press(page, "Add the passkey")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Office laptop: added")).to_be_visible()

    page.get_by_role("button", name="Log out").click()
    log_in(page, "bo")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    press(page, "Use a passkey")
    expect_newsroom(page)

    page.get_by_role("button", name="Log out").click()
    page.goto("/admin/")
    press(page, "Use a passkey")
    expect_newsroom(page)

    page.get_by_role("button", name="Log out").click()
    page.goto("/admin/")
    chromium.send(
        "WebAuthn.setUserVerified",
        {"authenticatorId": added["authenticatorId"], "isUserVerified": False},
    )
    press(page, "Use a passkey")
    expect(page.get_by_text("No passkey was used")).to_be_visible()


def test_a_colleague_is_invited_and_then_loses_the_password(browser, page, site):
    """Two people, two windows, and the mails between them."""
    log_in(page, "di")
    page.goto("/admin/auth/user/")
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("E-mail address").fill("eve@example.org")
    page.get_by_label("First name").fill("Eve")
    page.get_by_label("Writer").check()
    press(page, "Send the invitation")
    expect(page.locator(".messagelist")).to_contain_text("on its way to eve@example.org")
    with window(browser, site) as watch:
        other = watch.page
        other.goto(link_in(newest_mail(site)))
        expect(other.get_by_label("Username")).to_have_value("eve")
        other.get_by_label("Password", exact=True).fill(PASSWORD)
        other.get_by_label("Password confirmation").fill(PASSWORD)
        press(other, "Make my account")
        expect(other.locator(".messagelist")).to_contain_text("Your account is ready")

        other.get_by_role("link", name="Forgot your password?").click()
        other.get_by_label("Email").fill("eve@example.org")
        press(other, "Send me the link")
        expect(other.get_by_role("heading", name="Look at your mail")).to_be_visible()
        other.goto(link_in(newest_mail(site)))
        other.get_by_label("New Password", exact=True).fill("a quite different one")
        other.get_by_label("New Password (again)").fill("a quite different one")
        press(other, "Change the password")
        expect(other.get_by_text("You are not logged in yet")).to_be_visible()
        log_in(other, "eve", "a quite different one")
        expect_newsroom(other)
    page.reload()
    expect(page.get_by_text("0 invitations")).to_be_visible()


OUTSIDE = [
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-x/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/accounts/invitation/nothing/",
]
INSIDE = [
    "/accounts/",
    "/accounts/password/change/",
    "/accounts/app/remove/",
    "/accounts/passkey/add/",
    "/accounts/recovery-codes/",
    "/accounts/recovery-codes/new/",
    "/accounts/reauthenticate/",
    "/accounts/second-step/again/",
    "/admin/auth/user/",
    "/admin/articles/invitation/",
    "/admin/articles/invitation/add/",
]


def look(watch: Watch) -> None:
    """No rule of accessibility is broken in either theme, and nothing is wider than a phone."""
    page = watch.page
    heard = len(watch.complaints)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = axe(page)
        assert found.violations_count == 0, f"{page.url} {theme}\n{found.generate_report()}"
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    page.set_viewport_size({"width": 1280, "height": 900})
    # What Axe itself does to a page is against the policy.
    del watch.complaints[heard:]


def test_every_page_is_accessible_and_fits_a_phone(browser, site):
    """Outside, between the two steps, and inside; with the errors of a form, too."""
    with window(browser, site) as watch:
        page = watch.page
        for address in OUTSIDE:
            page.goto(address)
            look(watch)
        log_in(page, "cy", "wrong")
        look(watch)
        log_in(page, "cy")
        page.goto("/accounts/app/add/")
        prove(page)
        look(watch)
        page.get_by_label("Authenticator code").fill("000000")
        press(page, "Add the app")
        look(watch)
        key = page.locator(".account__key").inner_text()
        page.get_by_label("Authenticator code").fill(code(key))
        press(page, "Add the app")
        expect(page.locator(".account__codes")).to_be_visible()
        look(watch)
        for address in INSIDE:
            page.goto(address)
            assert page.url.endswith(address)
            look(watch)
        page.get_by_role("button", name="Log out").click()
        log_in(page, "cy")
        expect(page.get_by_role("heading", name="Second step")).to_be_visible()
        look(watch)
    assert len(OUTSIDE) + len(INSIDE) == 18
