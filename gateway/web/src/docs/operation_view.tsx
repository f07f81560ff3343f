import type { JSX } from "preact";
import { en, type MessageKey } from "../i18n/en";
import { listed, t } from "../i18n/language";
import {
  curlOf,
  examplesOf,
  resolve,
  type Body,
  type LocatedOperation,
  type OpenApi,
  type Parameter,
} from "./openapi";
import { said } from "./said";
import { Limits, Properties, Prose, TypeName } from "./schema_view";

interface OperationProperties {
  api: OpenApi;
  located: LocatedOperation;
}

export function OperationView({ api, located }: OperationProperties): JSX.Element {
  const { operation, method, path, id } = located;
  return (
    <section id={id} class="operation" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <span class="method">{method}</span> <code>{path}</code>
      </h2>
      {operation.summary && <p class="operation-summary">{said(operation.summary)}</p>}
      {operation.description && <Prose text={operation.description} />}
      <h3 class="overline">{t("docs.tryIt")}</h3>
      <pre tabIndex={0}>{curlOf(located, location.origin)}</pre>
      <Parameters parameters={operation.parameters ?? []} />
      {operation.requestBody && (
        <>
          <h3 class="overline">{t("docs.body")}</h3>
          <BodyView api={api} body={resolve(api, operation.requestBody)} />
        </>
      )}
      <h3 class="overline">{t("docs.responses")}</h3>
      <Responses api={api} responses={operation.responses ?? {}} />
    </section>
  );
}

interface ResponsesProperties {
  api: OpenApi;
  responses: Record<string, Body>;
}

// What comes back when all is well, and below it the errors by name.
function Responses({ api, responses }: ResponsesProperties): JSX.Element {
  const all = Object.entries(responses);
  const isGood = ([status]: [string, Body]) => status.startsWith("2");
  const errors = all.filter((one) => !isGood(one));
  return (
    <>
      {all.filter(isGood).map(([status, response]) => (
        <ResponseView key={status} api={api} status={status} body={response} />
      ))}
      {errors.length > 0 && (
        <details class="errors">
          <summary>
            {t("docs.errors")}{" "}
            <span class="count">{listed(errors.map(([status]) => status))}</span>
          </summary>
          {errors.map(([status, response]) => (
            <ResponseView key={status} api={api} status={status} body={response} />
          ))}
        </details>
      )}
    </>
  );
}

interface ResponseProperties {
  api: OpenApi;
  status: string;
  body: Body;
}

function ResponseView({ api, status, body }: ResponseProperties): JSX.Element {
  const response = resolve(api, body);
  const isGood = status.startsWith("2");
  return (
    <details class="response" open={isGood}>
      <summary>
        <code data-class={status[0]}>{status}</code>{" "}
        {isGood ? (
          said(response.description ?? "")
        ) : (
          <>
            <span class="error-name">{nameOf(status)}</span>{" "}
            <span class="quiet">{said(response.description ?? "")}</span>
          </>
        )}
      </summary>
      <BodyView api={api} body={{ ...response, description: "" }} />
    </details>
  );
}

function nameOf(status: string): string {
  const key = `docs.status.${status}`;
  return key in en ? t(key as MessageKey) : "";
}

function Parameters({ parameters }: { parameters: Parameter[] }): JSX.Element | null {
  if (parameters.length === 0) return null;
  return (
    <>
      <h3 class="overline">{t("docs.parameters")}</h3>
      <dl class="fields">
        {parameters.map((parameter) => (
          <div key={`${parameter.in}-${parameter.name}`}>
            <dt>
              <code>{parameter.name}</code>
              <span class="tag">{t(`docs.in.${parameter.in}`)}</span>
              <TypeName schema={parameter.schema} />
              {parameter.required && (
                <span class="tag">{t("docs.required")}</span>
              )}
            </dt>
            <dd>
              <Limits schema={parameter.schema} />
              {parameter.description && <Prose text={parameter.description} />}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function BodyView({ api, body }: { api: OpenApi; body: Body }): JSX.Element {
  const content = Object.entries(body.content ?? {});
  const headers = Object.entries(body.headers ?? {});
  return (
    <div class="body">
      {body.description && <Prose text={body.description} />}
      {content.length === 0 && headers.length === 0 && (
        <p class="quiet">{t("docs.nothing")}</p>
      )}
      {content.map(([type, media]) => (
        <div key={type} class="media">
          <p>
            <code>{type}</code> <TypeName schema={media.schema} />
          </p>
          {media.schema && !media.schema.$ref && (
            <Properties schema={media.schema} />
          )}
          {examplesOf(api, media).map(({ title, text }) => (
            <figure key={title} class="example">
              <figcaption class="quiet">{title || t("docs.example")}</figcaption>
              <pre tabIndex={0}>{text}</pre>
            </figure>
          ))}
        </div>
      ))}
      {headers.length > 0 && (
        <dl class="fields">
          {headers.map(([name, header]) => {
            const { schema, description } = resolve(api, header);
            return (
              <div key={name}>
                <dt>
                  <code>{name}</code>
                  <TypeName schema={schema} />
                </dt>
                <dd>{description && <Prose text={description} />}</dd>
              </div>
            );
          })}
        </dl>
      )}
    </div>
  );
}
