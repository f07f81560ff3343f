import { Fragment, type JSX } from "preact";
import { listed, t } from "../i18n/language";
import { said } from "./said";
import { range, refName, typeName, type Schema } from "./openapi";

// The name of a type; names of schemas link to where they are described.
export function TypeName({ schema }: { schema: Schema | undefined }): JSX.Element {
  const choices = schema?.oneOf ?? schema?.anyOf;
  if (choices) {
    return (
      <span class="type">
        {choices.map((choice, i) => (
          <Fragment key={i}>
            {i > 0 && " | "}
            <TypeName schema={choice} />
          </Fragment>
        ))}
      </span>
    );
  }
  const ref = schema?.$ref ?? schema?.items?.$ref;
  const name = typeName(schema);
  if (!ref) return <code class="type">{name}</code>;
  return (
    <a class="type" href={`#schema-${refName(ref)}`}>
      {name}
    </a>
  );
}

export function Limits({ schema }: { schema: Schema | undefined }): JSX.Element {
  const limits = [
    range(schema ?? {}),
    schema?.default === undefined
      ? ""
      : t("docs.default", { value: JSON.stringify(schema.default) }),
  ].filter(Boolean);
  return <>{limits.length > 0 && <span class="quiet">{listed(limits)}</span>}</>;
}

export function Properties({ schema }: { schema: Schema }): JSX.Element | null {
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0) return null;
  return (
    <dl class="fields">
      {entries.map(([name, property]) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
            <TypeName schema={property} />
            {schema.required?.includes(name) && (
              <span class="tag">{t("docs.required")}</span>
            )}
          </dt>
          <dd>
            <Limits schema={property} />
            {property.description && <Prose text={property.description} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

// Paragraphs, with `code` where the text has it.
export function Prose({ text }: { text: string }): JSX.Element {
  return (
    <>
      {said(text).split(/\n\s*\n/).map((paragraph, i) => (
        <p key={i}>
          {paragraph
            .split(/(`[^`]+`)/)
            .map((part, j) =>
              part.startsWith("`") ? (
                <code key={j}>{part.slice(1, -1)}</code>
              ) : (
                part
              ),
            )}
        </p>
      ))}
    </>
  );
}
