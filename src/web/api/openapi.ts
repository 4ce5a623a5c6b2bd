import { z } from 'zod';
import { PROBLEM_JSON, problemSchema } from '../problem.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** The API as OpenAPI 3.1 has it, made of the schemas that its handlers parse with. https://spec.openapis.org/oas/v3.1.1 */
export function openapi(baseUrl: string): object {
  const paths = Map.groupBy(OPERATIONS, ({ path }) => path);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Paperboy',
      version: '1',
      description:
        'Trending research papers, day by day. Reading needs no key. 429 and Retry-After tell a client that asks too much to wait.',
    },
    servers: [{ url: baseUrl }],
    paths: Object.fromEntries(
      [...paths].map(([path, operations]) => [
        path,
        Object.fromEntries(operations.map((operation) => [operation.method, described(operation)])),
      ]),
    ),
    components: { schemas: { Problem: outputSchema(problemSchema) } },
  };
}

function described({
  method,
  path,
  title,
  says,
  pathParts,
  query,
  body,
  answer,
  refusals,
}: Operation): object {
  return {
    operationId: `${method}${path.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')}`,
    summary: title,
    description: says,
    parameters: [...parameters('path', pathParts), ...parameters('query', query)],
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: inputSchema(body) } } } }
      : {}),
    responses: {
      [answer.status]: {
        description: answer.status === 202 ? 'Taken.' : 'What was asked for.',
        content: { 'application/json': { schema: outputSchema(answer.schema) } },
      },
      ...Object.fromEntries([...refusals, 429 as const].map((status) => [status, refusal(status)])),
    },
  };
}

const refusal = (status: 400 | 404 | 429) => ({
  description: { 400: 'Something in it is wrong.', 404: 'There is none.', 429: 'Too much was asked; wait.' }[
    status
  ],
  ...(status === 429
    ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }
    : {}),
  content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** Parameters by name, as the document and the page about the API show them. */
export function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined) {
  if (!schema) return [];
  return fieldsOf(schema).map(({ name, description, required, schema }) => ({
    name,
    in: place,
    required: place === 'path' || required,
    ...(description ? { description } : {}),
    schema,
  }));
}

export type Field = { name: string; description: string; required: boolean; schema: Json };

/** What an object may have in it, as it is sent. */
export function fieldsOf(object: z.ZodObject): Field[] {
  const { properties = {}, required = [] } = inputSchema(object);
  return Object.entries(properties as Record<string, Json>).map(([name, { description, ...schema }]) => ({
    name,
    description: String(description ?? ''),
    required: (required as string[]).includes(name),
    schema,
  }));
}

type Json = Record<string, unknown>;

/** As it is sent: what a field is read from, before it is turned into what it means. */
const inputSchema = (schema: z.ZodType): Json => json(schema, 'input');
const outputSchema = (schema: z.ZodType): Json => json(schema, 'output');

function json(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
