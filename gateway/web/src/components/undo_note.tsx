import type { JSX } from "preact";
import { t } from "../i18n/language";
import { holdUndo, releaseUndo, undo, undoable } from "../state/undo";
import { keepFocus } from "./focus";

// What was just removed, and the way back, for some seconds.
export function UndoNote(): JSX.Element {
  const action = undoable.value;
  const takeBack = () => {
    undo();
    keepFocus();
  };
  return (
    <div role="status">
      {action && (
        <div
          class="undo"
          onMouseEnter={holdUndo}
          onMouseLeave={releaseUndo}
          onFocusIn={holdUndo}
          onFocusOut={releaseUndo}
        >
          <p>{action.text()}</p>
          <button type="button" class="small" onClick={takeBack}>
            {t("undo.undo")}
          </button>
        </div>
      )}
    </div>
  );
}
