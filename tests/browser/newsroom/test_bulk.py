"""An act on several articles, as somebody with a quick finger does it."""

from playwright.sync_api import Page, expect

from tests.browser.logged_in import Desk

# What stands on the page once its own script has heard of the click, and after one more.
WATCH = """() => {
  const form = document.querySelector("form.bulk")
  const button = form.querySelector("button.default")
  let count = 0
  form.addEventListener("submit", () => {
    count += 1
    button.click()
    const status = form.querySelector("[role=status]").textContent
    const seen = { count, words: button.textContent, isDisabled: button.disabled, status }
    sessionStorage.setItem("seen", JSON.stringify(seen))
  })
}"""


def asked_for_a_date(desk: Desk) -> Page:
    """The page that asks, for the first article of the list."""
    desk.open("/admin/articles/article/")
    desk.page.locator("input[name=_selected_action]").first.check()
    desk.page.locator("select[name=action]").select_option("due")
    with desk.page.expect_navigation():  # ends when the page's scripts have run
        desk.page.get_by_role("button", name="Go", exact=True).click()
    return desk.page


def test_an_act_says_that_it_is_at_work_and_takes_no_second_click(desk: Desk):
    """While the server changes one row after another; then the list says what was done."""
    page = asked_for_a_date(desk)
    page.get_by_label("Due").fill("2030-01-02")
    page.evaluate(WATCH)
    page.get_by_role("button", name="Set the date").click()
    expect(page.locator(".messagelist")).to_contain_text("Set the due date: 1 article changed.")
    assert page.evaluate("JSON.parse(sessionStorage.getItem('seen'))") == {
        "count": 1,
        "words": "Working on 1 article …",
        "isDisabled": True,
        "status": "Keep this page open until the list comes back.",
    }


def test_the_way_back_finds_the_button_ready_again(desk: Desk):
    """A page that the browser kept as it was left would be at work for ever."""
    page = asked_for_a_date(desk)
    button = page.locator("form.bulk button.default")
    page.evaluate(
        """() => {
          const form = document.querySelector("form.bulk")
          form.addEventListener("submit", (event) => event.preventDefault())
          form.requestSubmit()
        }"""
    )
    expect(button).to_be_disabled()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(button).to_be_enabled()
    expect(button).to_have_text("Set the date")
