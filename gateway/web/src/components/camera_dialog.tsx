import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/language";
import {
  cameraIsAllowed,
  cameraProblem,
  closeCamera,
  countCameras,
  openCamera,
  takePicture,
  type CameraProblem,
  type Facing,
} from "../intake/camera";
import { addPictures } from "../state/pictures";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { isContinuous, LiveNames } from "./live_names";

interface Taken {
  blob: Blob;
  url: string;
}

export function CameraDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const [taken, setTaken] = useState<Taken | null>(null);
  useEffect(
    () => () => {
      if (taken) URL.revokeObjectURL(taken.url);
    },
    [taken],
  );
  const use = () => {
    if (!taken) return;
    const name = `${t("picture.photo")}.jpg`;
    addPictures([{ name, file: taken.blob }]);
    onClose();
  };
  return (
    <Dialog title={t("camera.title")} class="camera-dialog" onClose={onClose}>
      {taken ? (
        <>
          <div class="camera-view viewfinder">
            <img src={taken.url} alt={t("camera.taken")} />
          </div>
          <div class="camera-buttons">
            <button type="button" onClick={() => setTaken(null)}>
              <Icon name="again" />
              {t("camera.retake")}
            </button>
            <button type="button" class="primary" autofocus onClick={use}>
              {t("camera.use")}
            </button>
          </div>
        </>
      ) : (
        <Viewfinder
          onTake={(blob) => setTaken({ blob, url: URL.createObjectURL(blob) })}
        />
      )}
    </Dialog>
  );
}

function Viewfinder({ onTake }: { onTake: (blob: Blob) => void }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [facing, setFacing] = useState<Facing>("environment");
  const [attempt, setAttempt] = useState(0);
  const camera = useCamera(video, facing, attempt);

  if (camera.problem) {
    return (
      <div class="camera-problem">
        <p>{t(`camera.${camera.problem}`)}</p>
        {camera.problem !== "insecure" && (
          <button type="button" onClick={() => setAttempt(attempt + 1)}>
            <Icon name="again" />
            {t("camera.again")}
          </button>
        )}
      </div>
    );
  }
  const take = async () => {
    if (video.current) onTake(await takePicture(video.current));
  };
  return (
    <>
      <div class="camera-view viewfinder">
        <video ref={video} muted playsInline aria-label={t("camera.preview")} />
        {!camera.ready && <p class="camera-starting">{t("camera.starting")}</p>}
      </div>
      {isContinuous.value && camera.ready && <LiveNames video={video} />}
      <div class="camera-buttons">
        <label class="camera-continuous">
          <input
            type="checkbox"
            checked={isContinuous.value}
            onChange={(event) =>
              (isContinuous.value = event.currentTarget.checked)
            }
          />
          {t("camera.continuous")}
        </label>
        {camera.count > 1 && (
          <button
            type="button"
            onClick={() => setFacing(facing === "user" ? "environment" : "user")}
          >
            <Icon name="flip" />
            {t("camera.switch")}
          </button>
        )}
        <button
          type="button"
          class="primary"
          disabled={!camera.ready}
          onClick={() => void take()}
        >
          <Icon name="camera" />
          {t("camera.take")}
        </button>
      </div>
    </>
  );
}

interface CameraView {
  ready: boolean;
  count: number;
  problem: CameraProblem | null;
}

// Shows the camera in the video element while the component is there.
function useCamera(
  video: { current: HTMLVideoElement | null },
  facing: Facing,
  attempt: number,
): CameraView {
  const starting: CameraView = { ready: false, count: 0, problem: null };
  const [view, setView] = useState<CameraView>(starting);
  useEffect(() => {
    if (!cameraIsAllowed()) {
      setView({ ...starting, problem: "insecure" });
      return;
    }
    let stream: MediaStream | null = null;
    let gone = false;
    setView(starting);
    const start = async () => {
      stream = await openCamera(facing);
      if (gone || !video.current) return closeCamera(stream);
      video.current.srcObject = stream;
      await video.current.play();
      const count = await countCameras();
      if (!gone) setView({ ready: true, count, problem: null });
    };
    start().catch((error: unknown) => {
      closeCamera(stream);
      if (!gone) setView({ ...starting, problem: cameraProblem(error) });
    });
    return () => {
      gone = true;
      closeCamera(stream);
    };
  }, [facing, attempt]);
  return view;
}
