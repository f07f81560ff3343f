// What the page does when something goes wrong.
import { afterEach, describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { makeBitmap, makePictures, makePng } from "./pictures";
import { setMock, setStage } from "./stage";
import { TWO_LOOKS, Visitor } from "./visitor";

const stage = setStage();
let mock: MockGateway;
let usual: MockGateway["script"];
setMock((started) => {
  mock = started;
  usual = { ...mock.script };
});
afterEach(() => Object.assign(mock.script, usual));

const REFUSALS = /\/v1\/(classify|status|models)/;

describe.each(TWO_LOOKS)("in $language and $scheme", (look) => {
  const arrive = async (url: string) => {
    const visitor = await Visitor.arrive(stage.browser, url, look);
    await visitor.open();
    await visitor.page.locator('[data-link="live"]').waitFor();
    return visitor;
  };

  // A map of what mattered is under way; `before` it so many requests had come.
  const beginMap = async () => {
    const visitor = await arrive(mock.url);
    Object.assign(mock.script, { everythingIs: "chelsea.png", delayMs: 40 });
    await visitor.clickSample("chelsea.png");
    await visitor.page.locator(".preview > img").waitFor();
    // It is there once the picture is answered.
    await visitor.button("heat.show").waitFor();
    const before = mock.received.length;

    await visitor.button("heat.show").click();
    await expect
      .poll(() => mock.received.length - before, { interval: 10 })
      .toBeGreaterThan(4);
    return { visitor, before };
  };

  test("a refused file says why and what to do", async () => {
    const visitor = await arrive(stage.stack.url);
    const { page } = visitor;

    await visitor.choose([
      {
        name: "letter.png",
        mimeType: "image/png",
        buffer: Buffer.from("Dear reader, this is no picture."),
      },
    ]);

    const title = visitor.says("failure.pictureUnsupported");
    await page.locator(".failure-title", { hasText: title }).waitFor();
    await page.getByText(visitor.says("advice.pictureUnsupported")).waitFor();
    expect(await visitor.button("picture.retry").count()).toBe(0);
    await visitor.screenshot("refused-wide");
    await visitor.expectAccessible();
    await visitor.leave(REFUSALS);
  });

  test("a format that only the browser knows is converted on request", async () => {
    const visitor = await arrive(mock.url);
    const { page } = visitor;

    await visitor.choose([makeBitmap("old.bmp")]);
    await page.getByText(visitor.says("advice.convert")).waitFor();
    await visitor.screenshot("convert-wide");
    await visitor.expectAccessible();
    await visitor.button("picture.convert").click();

    await page.locator(".candidates").waitFor();
    const size = { width: 64, height: 48 };
    await page.getByText(visitor.says("picture.converted", size)).waitFor();
    await visitor.leave(REFUSALS);
  });

  test("several are converted at once, and what is broken is not retried", async () => {
    const visitor = await arrive(mock.url);
    const { page } = visitor;

    await visitor.choose([
      makeBitmap("one.bmp"),
      makeBitmap("two.bmp"),
      { name: "empty.png", mimeType: "image/png", buffer: Buffer.alloc(0) },
    ]);
    await visitor.cards("failed").nth(2).waitFor();
    const retry = visitor.says("results.retryFailed.other", { count: 3 });
    expect(await page.getByRole("button", { name: retry }).count()).toBe(0);
    await visitor.button("results.convert.other", { count: 2 }).click();

    await visitor.cards("answered").nth(1).waitFor();
    expect(await visitor.cards("failed").count()).toBe(1);
    await visitor.leave(REFUSALS);
  });

  test("limits are told with their units, and what to do about each", async () => {
    const visitor = await arrive(mock.url);
    const { page } = visitor;
    const [large] = await makePictures(page, 1, { width: 1600, height: 1200 });
    const narrow = await makePng(page, "narrow.png", 3000, 10);
    mock.script.maxBytes = 50_000;

    await visitor.choose([large!, narrow]);
    await visitor.cards("failed").nth(1).waitFor();
    const limit = visitor.says("limit.bytes", { limit: "50 kB", value: "…" });
    await page.getByText(limit.split("…")[0]!).waitFor();
    const narrowTitle = visitor.says("failure.pictureTooNarrow");
    await page.getByText(narrowTitle, { exact: true }).waitFor();
    await page
      .getByText(visitor.says("limit.ratio", { limit: 100, value: 300 }))
      .waitFor();
    await visitor.screenshot("limits-wide");
    await visitor.expectAccessible();
    mock.script.maxBytes = 16 * 2 ** 20;
    await visitor.button("picture.convert").click();

    await visitor.cards("answered").first().waitFor();
    await visitor.leave(REFUSALS);
  });

  test("a server that goes and comes back loses no picture", async (context) => {
    if (!stage.stack.ownsServer) context.skip();
    const visitor = await arrive(stage.stack.url);
    const { page } = visitor;
    const pictures = await makePictures(page, 12);

    await stage.stack.stopServer();
    await page.getByText(visitor.says("banner.serverDown")).waitFor();
    await visitor.choose(pictures);
    await visitor.cards("waiting").nth(11).waitFor();
    // What it reported before is no longer so.
    await expect
      .poll(() => page.locator(".plot-newest").first().innerText(), {
        timeout: 2_000,
      })
      .toBe(visitor.says("live.none"));
    expect(await page.locator(".lanes li, .live-totals").count()).toBe(0);
    await visitor.screenshot("down-wide");
    await visitor.expectAccessible();
    await stage.stack.startServer();

    await visitor.cards("answered").nth(11).waitFor();
    await page.locator(".banner").waitFor({ state: "detached" });
    await visitor.leave(REFUSALS);
  });

  test("a gateway that goes and comes back loses no picture", async () => {
    const visitor = await arrive(mock.url);
    const { page } = visitor;
    const pictures = await makePictures(page, 12);
    mock.script.delayMs = 150;

    await visitor.choose(pictures);
    await visitor.cards("answered").first().waitFor();
    await mock.stop();
    await page.getByText(visitor.says("banner.gatewayDown")).waitFor();
    mock.script.delayMs = 4;
    await mock.start();

    await visitor.cards("answered").nth(11).waitFor();
    await page.locator(".banner").waitFor({ state: "detached" });
    await visitor.leave(/ERR_/);
  });

  test("a busy server is asked again after the time it named", async () => {
    mock.script.busyFor = 3;
    const visitor = await arrive(mock.url);
    const { page } = visitor;
    const pictures = await makePictures(page, 3);

    await visitor.choose(pictures);

    await visitor.cards("retrying").nth(2).waitFor();
    await page.getByText(visitor.says("failure.busy")).first().waitFor();
    await visitor.screenshot("busy-wide");
    await visitor.cards("answered").nth(2).waitFor();
    await visitor.leave(REFUSALS);
  });

  test("a map of what mattered waits for a server that gets busy", async () => {
    const { visitor, before } = await beginMap();
    const { page } = visitor;
    const note = page.locator(".heat-note");
    Object.assign(mock.script, { busyFor: 3, retryAfterS: 1 });
    await expect.poll(() => mock.script.busyFor, { interval: 10 }).toBe(0);
    expect(await page.locator(".heat-cell").count()).toBe(0);
    const working = visitor.says("heat.working", { count: "" });
    expect(await note.innerText()).toContain(working.trim());
    await page.locator(".heat-cell").nth(48).waitFor();

    // The whole picture and 36 parts, each answered once.
    expect(mock.received.length - before).toBe(37);
    expect(await note.innerText()).toContain("37");
    await visitor.screenshot("heat-busy-wide");
    await visitor.expectAccessible();
    await visitor.leave(REFUSALS);
  });

  test("a map of what mattered that cannot be made is given up", async () => {
    const { visitor } = await beginMap();
    const { page } = visitor;
    mock.script.wantsToken = true;

    await page.getByText(visitor.says("heat.failed")).waitFor();
    await expect.poll(() => mock.inFlight, { interval: 10 }).toBe(0);
    mock.script.wantsToken = false;
    const then = mock.received.length;
    await visitor.listsToFollow();
    expect(mock.received.length).toBe(then);
    expect(await page.locator(".heat-cell").count()).toBe(0);
    await visitor.leave(REFUSALS);
  });

  test("what is cancelled stops, and goes on when asked to", async () => {
    mock.script.delayMs = 2000;
    const before = mock.received.length;
    const visitor = await arrive(mock.url);
    const { page } = visitor;
    const pictures = await makePictures(page, 20);

    await visitor.choose(pictures);
    await visitor.cards("sending").nth(4).waitFor();
    await visitor.screenshot("working-wide");
    await visitor.button("results.cancel").click();
    await visitor.cards("cancelled").nth(19).waitFor();
    mock.script.delayMs = 4;
    await visitor.button("results.resume.other", { count: 20 }).click();

    await visitor.cards("answered").nth(19).waitFor();
    expect(mock.received.length - before).toBe(20);
    expect(mock.mostInFlight).toBeLessThanOrEqual(5);
    await visitor.leave();
  });
});
