// Hundreds of pictures at once: the page must not stand still, and none may be
// lost.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GROSSLY_LONG_MS, recordTasks, waitForAnswers } from "./main_thread";
import { makeFolder, makePictures } from "./pictures";
import { REPOSITORY } from "./stack";
import { setStage } from "./stage";
import { Visitor } from "./visitor";

const stage = setStage();

test("500 pictures leave the page responsive", { timeout: 240_000 }, async () => {
  const visitor = await Visitor.arrive(stage.browser, stage.stack.url);
  const { page } = visitor;
  await visitor.open();
  const folder = await makeFolder(await makePictures(page, 500));
  await page.reload();
  await page.locator('[data-link="live"]').waitFor();
  const stopRecording = await recordTasks(page);

  const begin = Date.now();
  await visitor.choose(folder.files);
  await page.locator(".card").first().waitFor();
  await visitor.wheel(20, 15);
  await waitForAnswers(page, 500, 200_000);
  const seconds = (Date.now() - begin) / 1000;

  const tasks = await stopRecording();
  const longest = Math.max(...tasks.map(({ cpuMs }) => cpuMs));
  const over = tasks.filter(({ wallMs }) => wallMs > 50).length;
  console.log(
    `500 pictures in ${seconds.toFixed(1)} s; ${tasks.length} tasks, the ` +
      `longest ${longest.toFixed(0)} ms of processor time; ${over} took over ` +
      "50 ms by the clock",
  );
  expect(tasks.length).toBeGreaterThan(500);
  expect(longest).toBeLessThan(GROSSLY_LONG_MS);
  await visitor.screenshot("five-hundred-wide");
  await folder.remove();
  await visitor.leave();
});

const SHARED = join(REPOSITORY, "../shared/images");

const TIME_FOR_200 = { timeout: 180_000 };

test("200 photographs fill the grid", TIME_FOR_200, async (context) => {
  if (!existsSync(SHARED)) context.skip();
  const photographs = (await readdir(SHARED))
    .filter((name) => /\.jpe?g$/i.test(name))
    .slice(0, 200)
    .map((name) => join(SHARED, name));
  const visitor = await Visitor.arrive(stage.browser, stage.stack.url);
  const { page } = visitor;
  await visitor.open();

  const begin = Date.now();
  await visitor.choose(photographs);
  await page.locator('.progress[data-open="true"]').waitFor();
  await page
    .locator('.progress[data-open="false"]')
    .waitFor({ timeout: 150_000 });

  const seconds = (Date.now() - begin) / 1000;
  console.log(`200 photographs in ${seconds.toFixed(1)} s`);
  expect(await visitor.cards("answered").count()).toBe(200);
  await visitor.screenshot("two-hundred-wide");
  await visitor.leave();
});
