// What the page says of using it from code is true: its programs run.
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { PHOTOS } from "./stack";
import { setStage } from "./stage";
import { TWO_SCREENS, Visitor } from "./visitor";

const stage = setStage();
const run = promisify(execFile);

const PROGRAMS = [
  { title: "curl", file: "ask.sh", command: "sh" },
  { title: "Python", file: "ask.py", command: "python3" },
  { title: "JavaScript", file: "ask.mjs", command: process.execPath },
];

describe.each(TWO_SCREENS)("$name, in $language and $scheme", (screen) => {
  test("the programs shown name the cat", async () => {
    const visitor = await Visitor.arrive(
      stage.browser,
      stage.stack.url,
      screen,
    );
    const { page } = visitor;
    await visitor.open();
    const folder = await mkdtemp(join(tmpdir(), "wanwu-code-"));
    await copyFile(join(PHOTOS, "chelsea.png"), join(folder, "picture.jpg"));

    await visitor.button("code.open").click();
    await page.locator(".code").waitFor();
    await visitor.screenshot(`code-${screen.name}`);
    await visitor.expectNothingSticksOut();
    await visitor.expectAccessible();
    for (const { title, file, command } of PROGRAMS) {
      await page.getByRole("button", { name: title, exact: true }).click();
      await writeFile(join(folder, file), await page.locator(".code").innerText());
      const { stdout } = await run(command, [file], { cwd: folder });
      expect(stdout, title).toMatch(screen.language === "zh" ? /猫/ : /cat/);
    }

    await rm(folder, { recursive: true });
    await visitor.leave();
  });

  test("a program is copied", async () => {
    const visitor = await Visitor.arrive(
      stage.browser,
      stage.stack.url,
      screen,
    );
    const { page } = visitor;
    await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await visitor.open();

    await visitor.button("code.open").click();
    await page.getByRole("button", { name: "grpcurl", exact: true }).click();
    await page.getByText(visitor.says("code.grpc")).waitFor();
    await visitor.button("code.copy").click();
    await page.getByText(visitor.says("code.copied")).waitFor();

    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain("wanwu.v1.ImageClassifier/Classify");
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await visitor.leave();
  });
});
