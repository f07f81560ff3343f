// Results out by the clipboard, pictures in by their addresses.
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MockGateway } from "./mock_gateway";
import { PHOTOS } from "./stack";
import { setBrowser, setMock } from "./stage";
import { TWO_SCREENS, Visitor } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
setMock((started) => {
  mock = started;
});

// Another site: lets any page have its picture, and none its secret.
let site: Server;
let origin: string;
beforeAll(async () => {
  const bytes = await readFile(join(PHOTOS, "coffee.png"));
  site = createServer(({ url }, response) => {
    const open = url === "/coffee.png";
    response.writeHead(200, {
      "Content-Type": "image/png",
      ...(open && { "Access-Control-Allow-Origin": "*" }),
    });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(() => void site.close());

const BLOCKED = /Content Security Policy|CSP|CORS|ERR_FAILED/;

describe.each(TWO_SCREENS)("$name, in $language and $scheme", (screen) => {
  const arrive = async () => {
    const visitor = await Visitor.arrive(stage.browser, mock.url, screen);
    await visitor.open();
    await visitor.page.locator('[data-link="live"]').waitFor();
    return visitor;
  };
  const paste = ({ page }: Visitor, text: string) =>
    page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      document.body.dispatchEvent(
        new ClipboardEvent("paste", {
          clipboardData,
          bubbles: true,
          cancelable: true,
        }),
      );
    }, text);

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
    mock.script.pictureOrigins = origin;
    const visitor = await arrive();
    const { page } = visitor;

    await paste(visitor, `${origin}/coffee.png\n`);

    await page.locator(".candidates").waitFor();
    expect(await page.locator(".file-name").innerText()).toBe("coffee.png");
    await paste(visitor, `${origin}/secret.png`);
    await page.getByText(visitor.says("notice.addressOnly")).waitFor();
    await visitor.leave(BLOCKED);
  });

  test("no other site is asked unless whoever runs the server allows it", async () => {
    mock.script.pictureOrigins = "";
    const visitor = await arrive();
    let asked = 0;
    const count = () => (asked += 1);
    site.on("request", count);

    await paste(visitor, `${origin}/coffee.png`);

    const { page } = visitor;
    await page.getByText(visitor.says("notice.addressOnly")).waitFor();
    expect(asked).toBe(0);
    site.off("request", count);
    await paste(visitor, "no address");
    await page.getByText(visitor.says("notice.nothingToPaste")).waitFor();
    await visitor.leave(BLOCKED);
  });
});
