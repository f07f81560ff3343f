// Nothing is lost by a slip of the hand, and the keyboard reaches everything.
import { describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { makePictures } from "./pictures";
import { setBrowser, setMock } from "./stage";
import { TWO_SCREENS, Visitor } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
setMock((started) => {
  mock = started;
});

describe.each(TWO_SCREENS)("$name, in $language and $scheme", (screen) => {
  const arriveWith = async (count: number, delayMs = 4) => {
    mock.script.delayMs = delayMs;
    const visitor = await Visitor.arrive(stage.browser, mock.url, screen);
    await visitor.open();
    await visitor.page.locator('[data-link="live"]').waitFor();
    await visitor.choose(await makePictures(visitor.page, count));
    return visitor;
  };
  const focusedPicture = (visitor: Visitor) =>
    visitor.page.evaluate(
      () => document.activeElement?.getAttribute("data-picture") ?? "none",
    );

  test("what is cleared in mid-run can be taken back, and goes on", async () => {
    const visitor = await arriveWith(20, 1500);
    await visitor.cards("sending").nth(4).waitFor();

    await visitor.showTools();
    await visitor.button("results.clear").click();
    await visitor.page.locator(".welcome").waitFor();
    await visitor.screenshot(`undo-${screen.name}`);
    await visitor.expectAccessible();
    mock.script.delayMs = 4;
    await visitor.button("undo.undo").click();

    await visitor.cards("answered").nth(19).waitFor();
    await visitor.leave();
  });

  test("a removed picture comes back with its answer", async () => {
    const visitor = await arriveWith(3);
    await visitor.cards("answered").nth(2).waitFor();
    const asked = mock.received.length;
    const second = visitor.page.locator(".card").nth(1);
    const name = await second.locator(".file-name").innerText();

    await second.locator(".card-remove").click();
    await visitor.page.getByText(visitor.says("undo.removed", { name })).waitFor();
    expect(await visitor.page.locator(".card").count()).toBe(2);
    await visitor.button("undo.undo").click();

    // Drawn only once it is in view, so it may be there a moment without text.
    await second.locator(".file-name", { hasText: name }).waitFor();
    expect(await visitor.page.locator(".card").count()).toBe(3);
    expect(mock.received.length).toBe(asked);
    await visitor.leave();
  });

  test("leaving in mid-run asks first; the brand does not leave", async () => {
    const visitor = await arriveWith(20, 1500);
    const { page } = visitor;
    await visitor.cards("sending").nth(4).waitFor();
    await page.locator(".brand").click();
    expect(await page.locator(".card").count()).toBe(20);

    const asked = new Promise<string>((resolve) =>
      page.once("dialog", (dialog) => {
        resolve(dialog.type());
        void dialog.dismiss();
      }),
    );
    await page.evaluate(() => setTimeout(() => location.reload()));

    expect(await asked).toBe("beforeunload");
    expect(await page.locator(".card").count()).toBe(20);
    await visitor.button("results.cancel").click();
    await visitor.leave();
  });

  test("Back closes the details and stays on the page", async () => {
    const visitor = await arriveWith(3);
    const { page } = visitor;
    await visitor.cards("answered").nth(2).waitFor();

    await page.locator(".card-picture").nth(1).click();
    await page.locator("dialog .candidates").waitFor();
    await page.goBack();
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await page.locator(".card").count()).toBe(3);
    await page.locator(".card-picture").nth(1).click();
    await page.locator("dialog .dialog-head button").click();
    await page.locator("dialog").waitFor({ state: "detached" });

    expect(await page.evaluate(() => history.state as unknown)).toBeNull();
    await visitor.leave();
  });

  test("the grid is one stop, with the arrow keys inside", async () => {
    const visitor = await arriveWith(9);
    const { page } = visitor;
    await visitor.cards("answered").nth(8).waitFor();
    const stops = page.locator('.grid button:not([tabindex="-1"])');
    expect(await stops.count()).toBe(1);
    const cards = await page
      .locator(".card-picture")
      .evaluateAll((all) => all.map((one) => one.getAttribute("data-picture")));

    await stops.focus();
    await page.keyboard.press("ArrowRight");
    expect(await focusedPicture(visitor)).toBe(cards[1]);
    await page.keyboard.press("End");
    expect(await focusedPicture(visitor)).toBe(cards[8]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    expect(await focusedPicture(visitor)).toBe(cards[8]);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await visitor.screenshot(`focus-${screen.name}`);
    await page.keyboard.press("Delete");
    await expect.poll(() => focusedPicture(visitor)).toBe(cards[2]);

    expect(await stops.count()).toBe(1);
    await visitor.leave();
  });

  test("arrow keys turn the pages of the details", async () => {
    const visitor = await arriveWith(3);
    const { page } = visitor;
    await visitor.cards("answered").nth(2).waitFor();
    const title = page.locator("dialog h2").first();

    await page.locator(".card-picture").first().click();
    const first = await title.innerText();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => title.innerText()).not.toBe(first);
    const place = visitor.says("picture.place", { place: 2, all: 3 });
    await page.getByText(place).waitFor();
    await visitor.screenshot(`neighbours-${screen.name}`);
    await page.keyboard.press("Escape");

    await page.locator("dialog").waitFor({ state: "detached" });
    const second = await page
      .locator(".card-picture")
      .nth(1)
      .getAttribute("data-picture");
    await expect.poll(() => focusedPicture(visitor)).toBe(second);
    await visitor.leave();
  });

  test("the keyboard is never without a place", async () => {
    mock.script.delayMs = 4;
    const visitor = await Visitor.arrive(stage.browser, mock.url, screen);
    const { page } = visitor;
    await visitor.open();
    const focused = () =>
      page.evaluate(() => document.activeElement?.className ?? "");
    await page.locator(".samples img").last().waitFor();

    await page.locator('[data-sample="chelsea.png"]').focus();
    await page.keyboard.press("Enter");
    await page.locator(".candidates").waitFor();
    await expect.poll(focused).toBe("sample");
    await page.locator('[data-sample="coffee.png"]').focus();
    await page.keyboard.press("Enter");
    await visitor.cards("answered").nth(1).waitFor();
    await expect.poll(focused).not.toBe("");
    await visitor.showTools();
    await visitor.button("results.clear").focus();
    await page.keyboard.press("Enter");

    await expect.poll(focused).toBe("primary");
    await visitor.leave();
  });
});
