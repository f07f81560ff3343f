import type { JSX } from "preact";
import { computed, useSignalEffect } from "@preact/signals";
import { formatCount, t } from "../i18n/language";
import { store } from "../state/pictures";
import { liveIsOpen } from "../state/preferences";
import { Banner } from "./banner";
import { CodeDialog } from "./code_dialog";
import { EvaluationDialog } from "./evaluation_dialog";
import { Footer } from "./footer";
import { Header } from "./header";
import { LivePanel } from "./live_panel";
import { Notices } from "./notices";
import { PageDrop } from "./page_drop";
import { Results } from "./results";
import { UndoNote } from "./undo_note";
import { Welcome } from "./welcome";

const isEmpty = computed(() => store.tally.value.all === 0);

export function App(): JSX.Element {
  useSignalEffect(() => {
    document.title = pageTitle();
  });
  return (
    <>
      <a class="skip" href="#main">
        {t("page.skip")}
      </a>
      <Header />
      <Banner />
      <div class="page" data-live={liveIsOpen.value}>
        <main id="main" tabIndex={-1}>
          <Notices />
          {isEmpty.value ? <Welcome /> : <Results />}
        </main>
        {liveIsOpen.value && <LivePanel />}
      </div>
      <Footer />
      <CodeDialog />
      <EvaluationDialog />
      <UndoNote />
      <PageDrop />
    </>
  );
}

function pageTitle(): string {
  const { all, open } = store.tally.value;
  if (open === 0 || all < 2) return t("page.title");
  return t("page.titleProgress", {
    done: formatCount(all - open),
    all: formatCount(all),
  });
}
