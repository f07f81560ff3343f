// A thousand pictures: nothing on the page takes long, and memory comes back.
import { expect, test } from "vitest";
import { GROSSLY_LONG_MS, recordTasks, waitForAnswers } from "./main_thread";
import type { MockGateway } from "./mock_gateway";
import { makeFolder, makePictures } from "./pictures";
import { setBrowser, setMock } from "./stage";
import { Visitor } from "./visitor";

const stage = setBrowser();
let mock: MockGateway;
setMock((started) => {
  mock = started;
});

const COUNT = 1000;
// Twice the goal. What other programs take from the processor does not count.
const LONG_MS = 100;
const HEAP_BYTES = 40e6;
const TIME = { timeout: 300_000 };

test("a thousand pictures are smooth, and their memory comes back", TIME, async () => {
  const visitor = await Visitor.arrive(stage.browser, mock.url);
  const { page } = visitor;
  await visitor.open();
  const folder = await makeFolder(
    await makePictures(page, COUNT, { width: 320, height: 240 }),
  );
  await page.reload();
  await page.locator('[data-link="live"]').waitFor();
  const driver = await visitor.context.newCDPSession(page);
  const heap = async () => {
    await driver.send("HeapProfiler.collectGarbage");
    const { usedSize } = await driver.send("Runtime.getHeapUsage");
    return usedSize;
  };
  const before = await heap();
  const stopRecording = await recordTasks(page);

  await visitor.choose(folder.files);
  await page.locator(".card").first().waitFor();
  await visitor.wheel(40, 30);
  await waitForAnswers(page, COUNT, 240_000);

  const tasks = await stopRecording();
  // The browser's handing over of the files is one task; the page's part of it
  // is a third.
  const [handingOver = 0, longest = 0] = tasks
    .map(({ cpuMs }) => cpuMs)
    .sort((a, b) => b - a);
  const full = await heap();
  console.log(
    `${tasks.length} tasks, the longest ${handingOver.toFixed(0)} and ` +
      `${longest.toFixed(0)} ms of processor time; heap ` +
      `${before} before, ${full} with ${COUNT} pictures`,
  );
  expect(tasks.length).toBeGreaterThan(COUNT);
  expect(handingOver).toBeLessThan(GROSSLY_LONG_MS);
  expect(longest).toBeLessThan(LONG_MS);
  expect(full).toBeLessThan(HEAP_BYTES);

  await visitor.button("results.clear").click();
  await page.locator(".welcome").waitFor();
  // Once it can no longer be undone.
  await page.locator(".undo").waitFor({ state: "detached", timeout: 20_000 });
  await expect.poll(heap, { timeout: 20_000 }).toBeLessThan(before + 4e6);
  await folder.remove();
  await visitor.leave();
});
