import * as z from 'zod';
import type { Call } from '../team/index.ts';

/** Calls by their names, and the schemas by which what they are given is checked. */
export interface DescribedCalls {
  readonly calls: Readonly<Record<string, Call>>;
  readonly inputs: Readonly<Record<string, z.ZodType>>;
}

/** The OpenAPI 3.1 document of all calls, made of the same schemas by which requests are checked: https://spec.openapis.org/oas/v3.1.1 */
export function openApi(described: readonly DescribedCalls[], version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  const all = described.flatMap(({ calls, inputs }) =>
    Object.entries(calls).map(([name, call]) => ({ name, call, input: inputs[name] ?? z.never() })),
  );
  for (const { name, call, input } of all) {
    const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as {
      properties?: Record<string, unknown>;
      required?: string[];
    };
    const inPath = [...call.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    const others = Object.keys(properties).filter((property) => !inPath.includes(property));
    const parameter = (where: 'path' | 'query') => (property: string) => ({
      name: property,
      in: where,
      required: where === 'path' || required.includes(property),
      schema: properties[property],
    });
    const operation = {
      operationId: name,
      summary: call.summary,
      description: call.action === 'nobody' ? 'Needs no key.' : `Needs the right: ${call.action}.`,
      ...(call.action === 'nobody' ? { security: [] } : {}),
      parameters: [...inPath.map(parameter('path')), ...(call.method === 'POST' ? [] : others.map(parameter('query')))],
      ...(call.method === 'POST' && others.length > 0
        ? {
            requestBody: {
              required: others.some((property) => required.includes(property)),
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    properties: Object.fromEntries(others.map((property) => [property, properties[property]])),
                    required: required.filter((property) => others.includes(property)),
                    additionalProperties: false,
                  },
                },
              },
            },
          }
        : {}),
      responses: { '200': answer('done'), '4XX': answer('refused, with code, sentence and remedy'), '5XX': answer('failed') },
    };
    paths[call.path] = { ...paths[call.path], [call.method.toLowerCase()]: operation };
  }
  Object.assign(paths, besideCalls);
  return {
    openapi: '3.1.1',
    info: { title: 'Lockstep', version, description: 'Check-outs, versions and deployment of a team.' },
    security: [{ key: [] }],
    paths,
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } }, schemas: { Envelope: envelope } },
  };
}

/** What is answered without being a call of the team: the stream, a sign of life, this document. */
const besideCalls = {
  '/api/v1/stream': {
    get: {
      operationId: 'stream',
      summary: 'events as they happen, as server-sent events',
      description: 'Needs the right: look. Goes on behind the event that Last-Event-ID, or `after`, names; else from now on.',
      parameters: [
        { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'integer', minimum: 0 } },
        { name: 'after', in: 'query', required: false, schema: { type: 'integer', minimum: 0 } },
      ],
      responses: { '200': { description: 'a stream without end', content: { 'text/event-stream': { schema: { type: 'string' } } } } },
    },
  },
  '/api/v1/live': {
    get: {
      operationId: 'live',
      summary: 'what pages listen to: events of the team, and runs as they are now, as server-sent events',
      description: 'Needs the right: look. Begins with `reset`, upon which everything is to be asked anew.',
      parameters: [{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'integer', minimum: 0 } }],
      responses: { '200': { description: 'a stream without end', content: { 'text/event-stream': { schema: { type: 'string' } } } } },
    },
  },
  '/api/v1/session': {
    get: { operationId: 'session', summary: 'who is signed in, and the token for X-Lockstep-Csrf', responses: { '200': answer('it') } },
    post: {
      operationId: 'signIn',
      summary: 'begin the session of a browser by a key; a cookie stands for it from then on',
      security: [],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] } } },
      },
      responses: { '200': answer('it has begun') },
    },
    delete: { operationId: 'signOut', summary: 'end the session', responses: { '200': answer('it has ended') } },
  },
  '/healthz': {
    get: { operationId: 'health', summary: 'whether the server is there', security: [], responses: { '200': plainAnswer('it is') } },
  },
  '/openapi.json': { get: { operationId: 'document', summary: 'this document', security: [], responses: { '200': plainAnswer('it') } } },
};

function plainAnswer(description: string): unknown {
  return { description, content: { 'application/json': { schema: { type: 'object' } } } };
}

const envelope = {
  type: 'object',
  properties: {
    v: { const: 1 },
    ok: { type: 'boolean' },
    data: {},
    problems: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          code: { type: 'string' },
          level: { enum: ['error', 'warning'] },
          message: { type: 'string' },
          state: { type: 'string' },
          fix: { type: 'array', items: { type: 'string' } },
        },
        required: ['code', 'level', 'message', 'fix'],
      },
    },
  },
  required: ['v', 'ok', 'data', 'problems'],
};

function answer(description: string): unknown {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Envelope' } } } };
}
