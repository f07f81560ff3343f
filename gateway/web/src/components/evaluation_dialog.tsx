import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { download, fileName } from "../export/download";
import { evaluationCsv } from "../export/evaluation_csv";
import { formatCount, formatPercent, listed, t, tCount } from "../i18n/language";
import {
  intervalOf,
  type Confusion,
  type Evaluation,
  type FolderResult,
} from "../pictures/evaluation";
import { NO_FILTER } from "../pictures/filter";
import { comparedModel } from "../state/comparison";
import { bothEvaluations, canEvaluate, evaluation } from "../state/evaluation";
import { filter } from "../state/pictures";
import { currentModel } from "../state/server";
import { Dialog } from "./dialog";
import { Icon } from "./icons";

const isOpen = signal(false);

// Rows that a table shows.
const ROWS = 50;

export function EvaluationButton(): JSX.Element | null {
  if (!canEvaluate.value) return null;
  return (
    <button
      type="button"
      class="evaluate-open"
      aria-haspopup="dialog"
      onClick={() => (isOpen.value = true)}
    >
      {t("evaluate.open")}
    </button>
  );
}

// How often the model says what the folders are called.
export function EvaluationDialog(): JSX.Element | null {
  if (!isOpen.value) return null;
  const found = evaluation.value;
  const { pictures, unknown } = found;
  return (
    <Dialog
      title={t("evaluate.title")}
      class="evaluation-dialog"
      onClose={() => (isOpen.value = false)}
    >
      <p class="quiet">{t("evaluate.lead")}</p>
      <Shares />
      <BothNote />
      <p class="quiet">
        {tCount("evaluate.counted", pictures)}
        {unknown.length > 0 && (
          <>
            <br />
            {t("evaluate.unknown", { folders: listed(unknown) })}
          </>
        )}
      </p>
      <Confusions confusions={found.confusions} />
      <Folders folders={found.folders} />
      <div class="code-buttons">
        <button type="button" class="primary" onClick={() => exportCsv(found)}>
          <Icon name="download" />
          {t("evaluate.export")}
        </button>
      </div>
    </Dialog>
  );
}

function exportCsv(found: Evaluation): void {
  const name = fileName("csv", new Date()).replace("wanwu-", "wanwu-folders-");
  download(name, "text/csv;charset=utf-8", evaluationCsv(found));
}

function Shares(): JSX.Element {
  const other = comparedModel.value;
  const both = other && bothEvaluations.value;
  return (
    <table class="figures shares">
      <thead>
        <tr>
          <th scope="col">{t("evaluate.model")}</th>
          <th scope="col">{t("evaluate.first")}</th>
          <th scope="col">{t("evaluate.five")}</th>
          <th scope="col">{t("evaluate.interval")}</th>
        </tr>
      </thead>
      <tbody>
        <ShareRow
          name={currentModel.value?.name ?? ""}
          found={both ? both[0] : evaluation.value}
        />
        {both && <ShareRow name={other.name} found={both[1]} />}
      </tbody>
    </table>
  );
}

// Where the table is of fewer pictures than were counted.
function BothNote(): JSX.Element | null {
  const all = evaluation.value.pictures;
  const both = bothEvaluations.value[0].pictures;
  if (!comparedModel.value || both === all) return null;
  return <p class="quiet both-note">{tCount("evaluate.both", both)}</p>;
}

function ShareRow(props: { name: string; found: Evaluation }): JSX.Element {
  const { pictures, right, amongFive } = props.found;
  const share = (count: number) =>
    pictures > 0 ? formatPercent(count / pictures) : t("live.none");
  const [low, high] = intervalOf(right, Math.max(1, pictures));
  return (
    <tr>
      {/* May go on in the next line after an underscore. */}
      <th scope="row">{props.name.replaceAll("_", "_\u200b")}</th>
      <td class="share">{share(right)}</td>
      <td class="share">{share(amongFive)}</td>
      <td>
        {pictures > 0
          ? t("evaluate.range", {
              low: formatPercent(low),
              high: formatPercent(high),
            })
          : t("live.none")}
      </td>
    </tr>
  );
}

function Confusions({ confusions }: { confusions: Confusion[] }): JSX.Element {
  if (confusions.length === 0) return <p>{t("evaluate.noConfusions")}</p>;
  return (
    <section class="confusions">
      <h3>{t("evaluate.confusions")}</h3>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t("evaluate.folder")}</th>
            <th scope="col">{t("evaluate.taken")}</th>
            <th scope="col">{t("evaluate.pictures")}</th>
          </tr>
        </thead>
        <tbody>
          {confusions.slice(0, ROWS).map((one) => (
            <ConfusionRow
              key={`${one.folder}/${one.taken.index}`}
              confusion={one}
            />
          ))}
        </tbody>
      </table>
      <More all={confusions.length} />
    </section>
  );
}

function ConfusionRow({ confusion }: { confusion: Confusion }): JSX.Element {
  const { folder, taken, pictures } = confusion;
  const show = () => {
    filter.value = { ...NO_FILTER, text: `${folder}/`, first: taken.index };
    isOpen.value = false;
  };
  return (
    <tr>
      <th scope="row">{folder}</th>
      <td>{taken.label}</td>
      <td>
        <button
          type="button"
          class="link"
          aria-label={t("evaluate.showThem", {
            count: formatCount(pictures),
            folder,
            taken: taken.label,
          })}
          onClick={show}
        >
          {formatCount(pictures)}
        </button>
      </td>
    </tr>
  );
}

function Folders({ folders }: { folders: FolderResult[] }): JSX.Element {
  return (
    <section class="confusions">
      <h3>{t("evaluate.folders")}</h3>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t("evaluate.folder")}</th>
            <th scope="col">{t("evaluate.pictures")}</th>
            <th scope="col">{t("evaluate.first")}</th>
          </tr>
        </thead>
        <tbody>
          {folders.slice(0, ROWS).map(({ folder, pictures, right }) => (
            <tr key={folder}>
              <th scope="row">{folder}</th>
              <td>{formatCount(pictures)}</td>
              <td>{formatPercent(right / pictures, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More all={folders.length} />
    </section>
  );
}

function More({ all }: { all: number }): JSX.Element | null {
  if (all <= ROWS) return null;
  return (
    <p class="quiet">
      {t("evaluate.more", { shown: ROWS, all: formatCount(all) })}
    </p>
  );
}
