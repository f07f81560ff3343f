import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { classify, type Answer } from "../api/classify";
import { remedyFor, type Failure } from "../api/failure";
import { uploadByXhr } from "../api/upload";
import { formatMs, formatNumber, language, sentences, t } from "../i18n/language";
import { grabFrame } from "../intake/camera";
import { classifyContinuously } from "../intake/live_loop";
import { isUnsure } from "../pictures/certainty";
import { wait } from "../queue/wait";
import { chosenModel, isDown } from "../state/server";
import { Candidates } from "./candidates";

export const isContinuous = signal(false);

interface Seen {
  answer: Answer;
  tookMs: number;
  // Answers a second, lately; null after the first one.
  rate: number | null;
}

interface View {
  seen: Seen | null;
  // Why there is nothing to be seen, and will not be by waiting.
  failure: Failure | null;
}

type Video = { current: HTMLVideoElement | null };

// What the camera sees, named again and again while this is there.
export function LiveNames({ video }: { video: Video }): JSX.Element {
  const [{ seen, failure }, setView] = useState<View>({
    seen: null,
    failure: null,
  });
  useEffect(() => {
    const controller = new AbortController();
    void follow(video, controller.signal, setView);
    return () => controller.abort();
  }, []);
  if (failure && !isDown.value) {
    return (
      <p class="live-names" role="status">
        {sentences(
          t(`failure.${failure.kind}`),
          // Not how to make another file of a picture.
          remedyFor(failure.kind) === "retry" ? t(`advice.${failure.kind}`) : "",
        )}
      </p>
    );
  }
  if (!seen || isDown.value) {
    return (
      <p class="live-names quiet">
        {t(isDown.value ? "camera.serverAway" : "camera.looking")}
      </p>
    );
  }
  const { answer, tookMs, rate } = seen;
  return (
    <div class="live-names">
      <Candidates
        classes={answer.classes.slice(0, 3)}
        label={t("candidates.title")}
        unsure={isUnsure(answer)}
      />
      <p class="quiet">
        {sentences(
          rate === null
            ? ""
            : t("camera.pace", {
                rate: formatNumber(rate, 1),
                time: formatMs(tookMs),
              }),
          t("camera.budget"),
        )}
      </p>
    </div>
  );
}

// Answers whose times make the rate.
const LATELY = 10;

async function follow(
  video: Video,
  abort: AbortSignal,
  show: (view: View) => void,
): Promise<void> {
  const canvas = document.createElement("canvas");
  const times: number[] = [];
  await classifyContinuously(
    {
      untilWanted,
      grab: async () => video.current && grabFrame(video.current, canvas),
      ask: (picture, signal) =>
        classify(
          uploadByXhr,
          {
            picture,
            model: chosenModel.peek(),
            language: language.peek(),
            priority: "interactive",
          },
          signal,
          () => undefined,
        ),
      show: (answer, tookMs) => {
        times.push(performance.now());
        if (times.length > LATELY) times.shift();
        const span = times.at(-1)! - times[0]!;
        const rate = span > 0 ? ((times.length - 1) * 1000) / span : null;
        show({ seen: { answer, tookMs, rate }, failure: null });
      },
      fail: (failure) => show({ seen: null, failure }),
      now: () => performance.now(),
      wait,
    },
    abort,
  );
}

function untilWanted(abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const look = () => {
      if (!abort.aborted && (document.hidden || isDown.peek())) return;
      controller.abort();
      resolve();
    };
    const listening = { signal: controller.signal };
    document.addEventListener("visibilitychange", look, listening);
    abort.addEventListener("abort", look, listening);
    const stop = isDown.subscribe(look);
    if (controller.signal.aborted) stop();
    else controller.signal.addEventListener("abort", stop);
  });
}
