import type { JSX } from "preact";
import { signal, useSignalEffect } from "@preact/signals";
import { LanguageButton, ThemeButton } from "../components/header_buttons";
import { Brand } from "../components/icons";
import { t } from "../i18n/language";
import { operationsOf, type LocatedOperation, type OpenApi } from "./openapi";
import { OperationView } from "./operation_view";
import { Properties, Prose, TypeName } from "./schema_view";

type Loaded = "loading" | "failed" | OpenApi;

const loaded = signal<Loaded>("loading");

export async function loadDescription(): Promise<void> {
  loaded.value = "loading";
  try {
    const response = await fetch("/openapi.json");
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    loaded.value = (await response.json()) as OpenApi;
  } catch {
    loaded.value = "failed";
  }
}

export function DocsPage(): JSX.Element {
  useSignalEffect(() => {
    document.title = t("docs.title");
  });
  const api = loaded.value;
  return (
    <>
      <header class="header">
        <Brand />
        <div class="header-status">
          <a href="/">{t("docs.back")}</a>
        </div>
        <div class="header-tools">
          <LanguageButton />
          <ThemeButton />
        </div>
      </header>
      {typeof api === "string" ? (
        <main class="docs-lone">
          <p role="status">{t(`docs.${api}`)}</p>
          {api === "failed" && (
            <button type="button" onClick={() => void loadDescription()}>
              {t("docs.retry")}
            </button>
          )}
        </main>
      ) : (
        <Description api={api} />
      )}
    </>
  );
}

function Description({ api }: { api: OpenApi }): JSX.Element {
  const operations = operationsOf(api);
  return (
    <div class="docs">
      <Contents api={api} operations={operations} />
      <main>
        <h1>{t("docs.title")}</h1>
        <p class="lead">
          {t("docs.lead")} <a href="/openapi.json">{t("docs.raw")}</a>
        </p>
        <div class="docs-text">
          {api.info?.description && <Prose text={api.info.description} />}
          {operations.map((located) => (
            <OperationView key={located.id} api={api} located={located} />
          ))}
          <Schemas api={api} />
        </div>
      </main>
    </div>
  );
}

// On a phone the contents would fill the first screen.
const isWide = matchMedia("(min-width: 56.01rem)").matches;

interface ContentsProperties {
  api: OpenApi;
  operations: LocatedOperation[];
}

function Contents({ api, operations }: ContentsProperties): JSX.Element {
  return (
    <nav class="contents" aria-label={t("docs.contents")}>
      <details open={isWide}>
      <summary>{t("docs.contents")}</summary>
      <p class="overline">{t("docs.operations")}</p>
      <ul>
        {operations.map(({ id, method, path }) => (
          <li key={id}>
            <a href={`#${id}`}>
              <span class="method">{method}</span> <code>{path}</code>
            </a>
          </li>
        ))}
      </ul>
      <p class="overline">{t("docs.schemas")}</p>
      <ul>
        {Object.keys(api.components?.schemas ?? {}).map((name) => (
          <li key={name}>
            <a href={`#schema-${name}`}>
              <code>{name}</code>
            </a>
          </li>
        ))}
      </ul>
      </details>
    </nav>
  );
}

function Schemas({ api }: { api: OpenApi }): JSX.Element {
  return (
    <>
      {Object.entries(api.components?.schemas ?? {}).map(([name, schema]) => (
        <section key={name} id={`schema-${name}`} class="operation">
          <h2>
            <code>{name}</code>
          </h2>
          {schema.description && <Prose text={schema.description} />}
          {!schema.properties && (
            <p>
              <TypeName schema={schema} />
            </p>
          )}
          <Properties schema={schema} />
        </section>
      ))}
    </>
  );
}
