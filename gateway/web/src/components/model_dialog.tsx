import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Accuracy, Model } from "../api/models";
import { formatCount, formatMs, formatPercent, t } from "../i18n/language";
import {
  chooseModel,
  currentModel,
  defaultModel,
  loadModels,
  models,
  modelsFailed,
} from "../state/server";
import { CompareChoice } from "./compare_choice";
import { Dialog } from "./dialog";

export function ModelDialog({ onClose }: { onClose: () => void }): JSX.Element {
  useEffect(() => void loadModels(), []);
  return (
    <Dialog title={t("model.title")} class="model-dialog" onClose={onClose}>
      <p class="quiet">{t("model.lead")}</p>
      {models.value.length === 0 ? (
        <p>{t(modelsFailed.value ? "model.unavailable" : "model.none")}</p>
      ) : (
        <fieldset class="models">
          <legend class="unseen">{t("model.choose")}</legend>
          {models.value.map((model) => (
            <ModelChoice key={model.name} model={model} />
          ))}
        </fieldset>
      )}
      <div class="arrange">
        <CompareChoice />
      </div>
    </Dialog>
  );
}

function ModelChoice({ model }: { model: Model }): JSX.Element {
  return (
    <label class="model" data-state={model.state}>
      <input
        type="radio"
        name="model"
        value={model.name}
        checked={model.name === currentModel.value?.name}
        disabled={model.state !== "ready"}
        onChange={() => chooseModel(model.name)}
      />
      <span class="model-facts">
        <span class="model-name">
          {model.name}
          {model.name === defaultModel.value && (
            <span class="tag">{t("model.default")}</span>
          )}
        </span>
        <span class="model-line">
          {[
            model.precision,
            t("model.version", { version: model.version }),
            t("model.classes", { count: formatCount(model.labelsCount) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {model.severalAtOnce && (
          <span class="model-line">{t("model.severalAtOnce")}</span>
        )}
        <AccuracyLine accuracy={model.accuracy} />
        <SpeedLine times={model.batchTimes} />
        {model.weightsLicence && (
          <span class="model-line">
            {t("model.licence", { licence: model.weightsLicence })}
          </span>
        )}
        {!model.trained && (
          <span class="model-warning">{t("model.untrained")}</span>
        )}
        <StateLine model={model} />
      </span>
    </label>
  );
}

function accuracyText({
  top1,
  top5,
  sameAsFp32,
  images,
}: Accuracy): string {
  if (top1 === null || top5 === null) {
    return t("model.agreement", {
      share: formatPercent(sameAsFp32),
      images: formatCount(images),
    });
  }
  return t("model.accuracy", {
    top1: formatPercent(top1),
    top5: formatPercent(top5),
    images: formatCount(images),
  });
}

function AccuracyLine({ accuracy }: { accuracy: Accuracy | null }): JSX.Element {
  if (!accuracy) {
    return <span class="model-line">{t("model.noAccuracy")}</span>;
  }
  return (
    <>
      <span class="model-line strong">{accuracyText(accuracy)}</span>
      {accuracy.dataset && (
        <span class="model-line">
          {t("model.dataset", { dataset: datasetText(accuracy.dataset) })}
        </span>
      )}
    </>
  );
}

// What the exporter writes of pictures in a folder, in the page's words.
function datasetText(dataset: string): string {
  const crops = /^(\d+) crops of (\d+) photographs$/.exec(dataset);
  if (crops) {
    const [count, photographs] = crops.slice(1).map(Number).map(formatCount);
    return t("model.crops", { count: count!, photographs: photographs! });
  }
  const found = /^(\d+) labelled pictures from (.+)$/.exec(dataset);
  const [, count, folder] = found ?? [];
  if (!count || !folder) return dataset;
  return t("model.labelled", { count: formatCount(Number(count)), folder });
}

function SpeedLine({ times }: { times: Model["batchTimes"] }): JSX.Element | null {
  const one = times.find(({ size }) => size === 1);
  if (!one) return null;
  const many = times.at(-1);
  const time = formatMs(one.ms);
  return (
    <span class="model-line">
      {many && many.size > 1
        ? t("model.speed", {
            time,
            batch: many.size,
            batchTime: formatMs(many.ms),
          })
        : t("model.speedOne", { time })}
    </span>
  );
}

function StateLine({ model }: { model: Model }): JSX.Element | null {
  if (model.state === "loading") {
    return <span class="model-line">{t("model.loading")}</span>;
  }
  if (model.state !== "failed") return null;
  return (
    <span class="model-warning">
      {model.stateMessage
        ? t("model.failedBecause", { message: model.stateMessage })
        : t("model.failed")}
    </span>
  );
}
