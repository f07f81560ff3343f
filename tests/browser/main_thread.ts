// How long the page's main thread was busy without a pause.
import type { Page } from "playwright-core";

// Of a task. The goal is 50 ms, which a slow machine that is recorded misses:
// the journeys print what they saw.
export const GROSSLY_LONG_MS = 250;

export interface Task {
  wallMs: number;
  // Without the time in which other programs had the processor.
  cpuMs: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

// Records every task of the page's main thread until the function returned is
// called.
export async function recordTasks(page: Page): Promise<() => Promise<Task[]>> {
  const driver = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  driver.on("Tracing.dataCollected", ({ value }) =>
    events.push(...(value as unknown as TraceEvent[])),
  );
  await driver.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["disabled-by-default-devtools.timeline"] },
  });
  return async () => {
    const complete = new Promise((resolve) =>
      driver.once("Tracing.tracingComplete", resolve),
    );
    await driver.send("Tracing.end");
    await complete;
    return tasksOf(events);
  };
}

// Waits until so many pictures are answered. Without a locator, whose search
// through all cards would be among the tasks.
export async function waitForAnswers(
  page: Page,
  count: number,
  timeout: number,
): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      document.querySelectorAll('.card[data-state="answered"]').length ===
      wanted,
    count,
    { timeout, polling: 500 },
  );
}

function tasksOf(events: TraceEvent[]): Task[] {
  const mains = events.filter(
    ({ name, args }) =>
      name === "thread_name" && args?.name === "CrRendererMain",
  );
  const tasks = events.filter(
    ({ name, ph, pid, tid }) =>
      name === "RunTask" &&
      ph === "X" &&
      mains.some((main) => main.pid === pid && main.tid === tid),
  );
  return tasks.map(({ dur = 0, tdur = 0 }) => ({
    wallMs: dur / 1000,
    cpuMs: tdur / 1000,
  }));
}
