// As much of OpenAPI 3.1 as the page draws.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  example?: unknown;
  examples?: unknown[];
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: "query" | "path" | "header" | "cookie";
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export interface MediaType {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { $ref?: string; summary?: string; value?: unknown }>;
}

export interface Header {
  $ref?: string;
  description?: string;
  schema?: Schema;
}

export interface Body {
  $ref?: string;
  description?: string;
  required?: boolean;
  content?: Record<string, MediaType>;
  headers?: Record<string, Header>;
}

export interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: Body;
  responses?: Record<string, Body>;
}

export interface OpenApi {
  info?: { title?: string; version?: string; description?: string };
  paths?: Record<string, Record<string, unknown>>;
  components?: {
    schemas?: Record<string, Schema>;
    [kind: string]: Record<string, unknown> | undefined;
  };
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

export interface LocatedOperation {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

// What a local reference ("#/components/…") points to, followed to its end. A
// reference that leads nowhere stays as it is.
export function resolve<T extends object>(api: OpenApi, value: T): T {
  let current: unknown = value;
  for (let hops = 0; hops < 16; hops += 1) {
    const ref = (current as { $ref?: string } | undefined)?.$ref;
    if (!ref?.startsWith("#/")) break;
    const target = ref
      .slice(2)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>(
        (node, part) => (node as Record<string, unknown> | undefined)?.[part],
        api,
      );
    if (target === undefined) break;
    current = target;
  }
  return current as T;
}

export function operationsOf(api: OpenApi): LocatedOperation[] {
  return Object.entries(api.paths ?? {}).flatMap(([path, item]) => {
    const shared = (item.parameters as Parameter[] | undefined) ?? [];
    return METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      if (!operation) return [];
      const parameters = [...shared, ...(operation.parameters ?? [])].map(
        (parameter) => resolve(api, parameter),
      );
      return [
        {
          id: `${method}-${path}`.replaceAll(/[^a-z0-9]+/gi, "-"),
          method: method.toUpperCase(),
          path,
          operation: { ...operation, parameters },
        },
      ];
    });
  });
}

// The name of a schema's type in a few words: "integer", "Classification[]".
export function typeName(schema: Schema | undefined): string {
  if (!schema) return "";
  if (schema.$ref) return refName(schema.$ref);
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices) {
    return choices.map(typeName).join(schema.allOf ? " & " : " | ");
  }
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const types = [schema.type ?? "any"].flat();
  return types
    .map((type) => {
      if (type === "array") return `${typeName(schema.items) || "any"}[]`;
      return schema.format ? `${type} (${schema.format})` : type;
    })
    .join(" | ");
}

export function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

// "1 … 1000", "≥ 0", or nothing.
export function range({ minimum, maximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) {
    return `${minimum} … ${maximum}`;
  }
  if (minimum !== undefined) return `≥ ${minimum}`;
  return maximum !== undefined ? `≤ ${maximum}` : "";
}

export interface Example {
  title: string;
  text: string;
}

export function examplesOf(api: OpenApi, media: MediaType): Example[] {
  const show = (value: unknown) =>
    typeof value === "string" ? value : JSON.stringify(value, null, 2);
  if (media.examples) {
    return Object.entries(media.examples).map(([name, example]) => {
      const { summary, value } = resolve(api, example);
      return { title: summary ?? name, text: show(value) };
    });
  }
  const schema = media.schema ? resolve(api, media.schema) : undefined;
  const single = media.example ?? schema?.example ?? schema?.examples?.[0];
  return single === undefined ? [] : [{ title: "", text: show(single) }];
}

// A line for a terminal that makes the request.
export function curlOf({ method, path, operation }: LocatedOperation, origin: string): string {
  const types = Object.keys(operation.requestBody?.content ?? {});
  const url = `${origin}${path}`;
  if (method === "GET") return `curl ${url}`;
  if (types.some((type) => /^image\/|octet-stream/.test(type))) {
    return `curl --data-binary @cat.jpg ${url}`;
  }
  return `curl -X ${method} ${url}`;
}
