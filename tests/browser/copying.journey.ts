// Results out by the clipboard, pictures in by their addresses.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { BLOCKED, paste, startSite, type OtherSite } from "./other_site";
import { setBrowser, setMock } from "./stage";
import { TWO_SCREENS, Visitor } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
setMock((started) => {
  mock = started;
});

let site: OtherSite;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

describe.each(TWO_SCREENS)("$name, in $language and $scheme", (screen) => {
  const arrive = async () => {
    const visitor = await Visitor.arrive(stage.browser, mock.url, screen);
    await visitor.open();
    await visitor.page.locator('[data-link="live"]').waitFor();
    return visitor;
  };

  test("a result is copied as text", async () => {
    mock.script.pictureOrigins = "";
    const visitor = await arrive();
    const { page } = visitor;
    await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await visitor.clickSample("chelsea.png");
    await page.locator(".candidates").waitFor();

    await visitor.button("picture.copy").click();

    await page.getByText(visitor.says("code.copied")).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const lines = copied.split("\n");
    expect(lines[0]).toBe("chelsea.png");
    expect(lines[1]).toMatch(/^\d\d\.\d%  \S/);
    expect(lines).toHaveLength(12);
    expect(lines[11]).toContain("resnet18");
    await visitor.screenshot(`copied-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();
    await visitor.leave();
  });

  test("an address that is allowed brings its picture", async () => {
    mock.script.pictureOrigins = site.origin;
    const visitor = await arrive();
    const { page } = visitor;

    await paste(visitor, `${site.origin}/coffee.png\n`);

    await page.locator(".candidates").waitFor();
    expect(await page.locator(".file-name").innerText()).toBe("coffee.png");
    await paste(visitor, `${site.origin}/secret.png`);
    await page.getByText(visitor.says("notice.addressOnly")).waitFor();
    await visitor.leave(BLOCKED);
  });

  test("no other site is asked unless whoever runs the server allows it", async () => {
    mock.script.pictureOrigins = "";
    const visitor = await arrive();
    const before = site.asked.length;

    await paste(visitor, `${site.origin}/coffee.png`);

    const { page } = visitor;
    await page.getByText(visitor.says("notice.addressOnly")).waitFor();
    expect(site.asked.length).toBe(before);
    // Relative to a page that nobody knows: our own has no such picture.
    const own: string[] = [];
    page.on("request", (request) => own.push(request.url()));
    await paste(visitor, '<img src="/coffee.png">', "text/html");
    await page.getByText(visitor.says("notice.nothingToPaste")).waitFor();
    expect(own.filter((url) => url.endsWith("/coffee.png"))).toEqual([]);
    await paste(visitor, "no address");
    await page.getByText(visitor.says("notice.nothingToPaste")).waitFor();
    await visitor.leave(BLOCKED);
  });
});
