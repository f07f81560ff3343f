// --picture_origins of a real gateway, and its policy beside the mock's.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pagePolicy } from "./mock_gateway";
import { BLOCKED, paste, startSite, type OtherSite } from "./other_site";
import { startStack, type Stack } from "./stack";
import { setBrowser } from "./stage";
import { Visitor } from "./visitor";

// Without the programs there is nothing to see.
describe.skipIf(!process.env.WANWU_BIN_DIR)("a gateway", () => {
  const stage = setBrowser();
  let named: OtherSite;
  let other: OtherSite;
  let stack: Stack;
  beforeAll(async () => {
    [named, other] = await Promise.all([startSite(), startSite()]);
    const flag = `--picture_origins=https://*.example:8443, ${named.origin}`;
    stack = await startStack("one", [flag]);
  });
  afterAll(async () => {
    await stack?.close();
    named?.close();
    other?.close();
  });

  test("has the policy that the mock has", async () => {
    const response = await fetch(stack.url);
    expect(response.headers.get("Content-Security-Policy")).toBe(
      pagePolicy(`https://*.example:8443 ${named.origin}`),
    );
  });

  test("brings pictures from the origins that it names, and no others", async () => {
    const visitor = await Visitor.arrive(stage.browser, stack.url);
    const { page } = visitor;
    await visitor.open();
    await page.locator('[data-link="live"]').waitFor();

    await paste(visitor, `${named.origin}/coffee.png`);
    await page.locator(".candidates").waitFor();
    expect(await page.locator(".file-name").innerText()).toBe("coffee.png");
    expect(named.asked).toEqual(["/coffee.png"]);
    await paste(visitor, `${other.origin}/coffee.png`);
    await page.getByText(visitor.says("notice.addressOnly")).waitFor();
    expect(other.asked).toEqual([]);
    await visitor.leave(BLOCKED);
  });
});
